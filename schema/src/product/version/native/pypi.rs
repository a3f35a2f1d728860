//! Version specifiers of Python (PEP 440, "Version specifiers"): `>=1.0, !=1.5, <2`, `~=2.2`, `==1.2.*`.
//!
//! Differs: `>1.0` means every later version, also 1.0.post1, and `<1.0` every earlier one, also 1.0rc1: the order of
//! versions alone decides. Equality in letters (`===`) is no order and is refused, as is `!=1.2.*`,
//! which takes an interval away.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Comparator, Condition, Native, NativeError, NativeRule, Piece, Scheme, successor};
use crate::product::version::VersionRule;

const OPERATORS: [(&str, Comparator); 6] = [
    (">=", Comparator::GreaterOrEqual),
    ("<=", Comparator::LessOrEqual),
    ("!=", Comparator::Unequal),
    ("==", Comparator::Equal),
    (">", Comparator::Greater),
    ("<", Comparator::Less),
];

/// The numbers of a release with the last counted up; none where it is not only numbers, behind an epoch or not.
fn counted_up(release: &str) -> Option<String> {
    let before = release.rfind(['.', '!']).map_or(0, |place| place + 1);
    let (before, last) = release.split_at_checked(before)?;
    let numbers = |text: &str| {
        text.split(['.', '!']).all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    };
    numbers(release).then(|| format!("{before}{}", successor(last)))
}

/// The two ends of all versions that begin with a release, development versions among them.
fn prefix(release: Piece) -> Result<[String; 2], NativeError> {
    let next = counted_up(release.text).ok_or(release.broken(NativeRule::NotCountable))?;
    Ok([format!("{}.dev0", release.text), format!("{next}.dev0")])
}

fn one(part: Piece, conditions: &mut Vec<Condition>) -> Result<(), NativeError> {
    if part.text.starts_with("===") {
        return Err(part.broken(NativeRule::Operator));
    }
    if let Some(version) = part.without("~=") {
        let version = version.trim();
        conditions.push(version.condition(Scheme::Pypi, Comparator::GreaterOrEqual)?);
        // The release without its last number is the prefix; what stands behind the numbers does not count.
        let digits = |c: char| c.is_ascii_digit() || matches!(c, '.' | '!');
        let end = version.text.find(|c| !digits(c)).unwrap_or(version.text.len());
        let release = version.cut(end).0;
        let release = Piece { text: release.text.trim_end_matches('.'), ..release };
        let (release, _) =
            release.cut(release.text.rfind('.').ok_or(version.broken(NativeRule::NotCountable))?);
        let [_, end] = prefix(release)?;
        conditions.push(Condition { comparator: Comparator::Less, version: end });
        return Ok(());
    }
    let found = OPERATORS.iter().find_map(|(text, comparator)| Some((*comparator, part.without(text)?)));
    let Some((comparator, version)) = found else { return Err(part.broken(NativeRule::Operator)) };
    let version = version.trim();
    let Some(release) = version.text.strip_suffix(".*") else {
        conditions.push(version.condition(Scheme::Pypi, comparator)?);
        return Ok(());
    };
    let [begin, end] = prefix(Piece { text: release, ..version })?;
    match comparator {
        Comparator::Equal => conditions.extend([
            Condition { comparator: Comparator::GreaterOrEqual, version: begin },
            Condition { comparator: Comparator::Less, version: end },
        ]),
        Comparator::Unequal => return Err(part.broken(NativeRule::Operator)),
        _ => return Err(version.broken(NativeRule::Version(VersionRule::Character))),
    }
    Ok(())
}

pub(super) fn read(native: Piece) -> Result<Native, NativeError> {
    if native.trim().text.is_empty() {
        return Ok(Native::Any);
    }
    let mut conditions = Vec::new();
    for part in native.split(",").map(Piece::trim) {
        one(part, &mut conditions)?;
    }
    Ok(Native::AnyOf([conditions].into()))
}
