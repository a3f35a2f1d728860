//! Version ranges of Conan (Conan 2, "Version ranges"): `>=1.0 <2`, `~1.2`, `^1.2 || 3.0`, in square brackets or not.
//!
//! A hyphen at the end of a version and the option `include_prerelease` say whether Conan picks pre-releases when it
//! looks for a version; what is installed was picked already, so they do not count here.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Comparator, Condition, Native, NativeError, NativeRule, Piece, Scheme, successor};

const OPERATORS: [(&str, Comparator); 5] = [
    (">=", Comparator::GreaterOrEqual),
    ("<=", Comparator::LessOrEqual),
    (">", Comparator::Greater),
    ("<", Comparator::Less),
    ("=", Comparator::Equal),
];

/// Which number of a version is counted up.
#[derive(Debug, Clone, Copy)]
enum Counted {
    /// The second, or the only one: `~`.
    Second,
    /// The first that is not zero, or the last: `^`.
    FirstNotZero,
}

/// The version before all that come with that number counted up, pre-releases among them.
fn bound(version: Piece, counted: Counted) -> Result<Condition, NativeError> {
    let main = version.text.split(['-', '+']).next().unwrap_or("");
    let items: Vec<&str> = main.split('.').collect();
    let is_zero = |item: &&str| item.bytes().all(|byte| byte == b'0');
    let place = match counted {
        Counted::Second => 1,
        Counted::FirstNotZero => items.iter().take_while(|item| is_zero(item)).count(),
    };
    let place = place.min(items.len().saturating_sub(1));
    let mut text = String::new();
    for (item, at) in items.iter().zip(0..=place) {
        if !item.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(version.broken(NativeRule::NotCountable));
        }
        match item.trim_start_matches('0') {
            number if at == place => text.push_str(&successor(number)),
            "" => text.push_str("0."),
            number => text.extend([number, "."]),
        }
    }
    Ok(Condition { comparator: Comparator::Less, version: format!("{text}-") })
}

/// Adds what one word of a range says.
fn word(word: Piece, conditions: &mut Vec<Condition>) -> Result<(), NativeError> {
    if matches!(word.text, "*" | "*-") {
        let version = String::from("0.0.0");
        conditions.push(Condition { comparator: Comparator::GreaterOrEqual, version });
        return Ok(());
    }
    let (behind, comparator, counted) = if let Some(behind) = word.without("~") {
        (behind, Comparator::GreaterOrEqual, Some(Counted::Second))
    } else if let Some(behind) = word.without("^") {
        (behind, Comparator::GreaterOrEqual, Some(Counted::FirstNotZero))
    } else {
        let operator =
            OPERATORS.iter().find_map(|(text, comparator)| Some((word.without(text)?, *comparator)));
        let (behind, comparator) = operator.unwrap_or((word, Comparator::Equal));
        (behind, comparator, None)
    };
    let version = Piece { text: behind.text.strip_suffix('-').unwrap_or(behind.text), ..behind };
    conditions.push(version.condition(Scheme::Conan, comparator)?);
    if let Some(counted) = counted {
        conditions.push(bound(version, counted)?);
    }
    Ok(())
}

pub(super) fn read(native: Piece) -> Result<Native, NativeError> {
    let mut range = native.trim();
    if let Some(inner) = range.without("[") {
        let closed = inner.text.strip_suffix(']').ok_or(range.broken(NativeRule::Bracket))?;
        range = Piece { text: closed, ..inner };
    }
    if let Some((before, options)) = range.cut_once(",") {
        range = before;
        for option in options.split(",").map(Piece::trim) {
            if !matches!(
                option.text,
                "include_prerelease" | "include_prerelease=True" | "include_prerelease=False"
            ) {
                return Err(option.broken(NativeRule::Option));
            }
        }
    }
    let mut alternatives = Vec::new();
    if range.trim().text.is_empty() {
        return Ok(Native::AnyOf(alternatives));
    }
    for alternative in range.split("||") {
        let mut conditions = Vec::new();
        for part in alternative.words() {
            word(part, &mut conditions)?;
        }
        if conditions.is_empty() {
            word(Piece { text: "*", ..alternative }, &mut conditions)?;
        }
        alternatives.push(conditions);
    }
    Ok(Native::AnyOf(alternatives))
}
