//! Requirements of Ruby's packages (`RubyGems`, `Gem::Requirement`): `~> 2.0.8`, `>= 1.0, < 2`.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Comparator, Condition, Native, NativeError, Piece, Scheme, successor};

const OPERATORS: [(&str, Comparator); 6] = [
    (">=", Comparator::GreaterOrEqual),
    ("<=", Comparator::LessOrEqual),
    ("!=", Comparator::Unequal),
    (">", Comparator::Greater),
    ("<", Comparator::Less),
    ("=", Comparator::Equal),
];

/// The first version that `~> version` leaves out: of the numbers before the first word, the last is taken away where
/// there is more than one, and the one then last is counted up.
fn bound(version: &str) -> String {
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut numbers: Vec<&str> = version.split('.').take_while(is_number).collect();
    // `1.2-rc` and `1.2rc` have a number at the beginning of the part where the word is.
    if let Some(part) = version.split('.').nth(numbers.len()) {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        numbers.extend(part.get(..digits).filter(|digits| !digits.is_empty()));
    }
    if numbers.len() > 1 {
        numbers.pop();
    }
    let last = numbers.pop().map(successor);
    let mut bound: String = numbers.into_iter().flat_map(|number| [number, "."]).collect();
    bound.extend(last);
    bound
}

pub(super) fn read(native: Piece) -> Result<Native, NativeError> {
    let mut rest = native.trim();
    if rest.text.is_empty() {
        return Ok(Native::Any);
    }
    let mut conditions = Vec::new();
    loop {
        let pessimistic = rest.without("~>");
        let operator =
            OPERATORS.iter().find_map(|(text, comparator)| Some((rest.without(text)?, *comparator)));
        let (behind, comparator) = match pessimistic {
            Some(behind) => (behind, Comparator::GreaterOrEqual),
            None => operator.unwrap_or((rest, Comparator::Equal)),
        };
        let behind = behind.trim();
        let is_end = |c: char| c == ',' || c.is_whitespace() || matches!(c, '<' | '>' | '=' | '!' | '~');
        let (version, after) = behind.cut(behind.text.find(is_end).unwrap_or(behind.text.len()));
        conditions.push(version.condition(Scheme::Gem, comparator)?);
        if pessimistic.is_some() {
            conditions.push(Condition { comparator: Comparator::Less, version: bound(version.text) });
        }
        let after = after.trim();
        rest = match after.without(",") {
            Some(behind) => behind.trim(),
            None if after.text.is_empty() => break,
            None => after,
        };
    }
    Ok(Native::AnyOf([conditions].into()))
}
