//! Versions of nginx as its security advisories name them: `1.4.1+`, `0.7.52-0.8.39`, one version, or `all`, with
//! commas between.
//!
//! `1.4.1+` means a stable branch from there on, and so ends with the branch. A mainline branch (an odd second number;
//! before 1.0 there was one, 0.9) goes over into the next stable one, and so has no end.

use alloc::format;
use alloc::vec::Vec;

use super::{Comparator, Condition, Native, NativeError, NativeRule, Piece, Scheme, successor};

/// The first version of the next branch, for a stable one.
fn end(version: Piece) -> Result<Option<Condition>, NativeError> {
    let mut numbers = version.text.split('.');
    let (Some(major), Some(minor)) = (numbers.next(), numbers.next()) else {
        return Err(version.broken(NativeRule::NotCountable));
    };
    let is_mainline = match (major, minor) {
        ("0", minor) => minor == "9",
        (_, minor) => minor.ends_with(['1', '3', '5', '7', '9']),
    };
    let next =
        || Condition { comparator: Comparator::Less, version: format!("{major}.{}.0", successor(minor)) };
    Ok((!is_mainline).then(next))
}

pub(super) fn read(native: Piece) -> Result<Native, NativeError> {
    if native.trim().text == "all" {
        return Ok(Native::Any);
    }
    let mut alternatives = Vec::new();
    for part in native.split(",").map(Piece::trim) {
        let mut conditions = Vec::new();
        if let Some((version, rest)) = part.cut_once("+") {
            conditions.push(version.condition(Scheme::Nginx, Comparator::GreaterOrEqual)?);
            if !rest.text.is_empty() {
                return Err(rest.broken(NativeRule::Version(super::VersionRule::Character)));
            }
            conditions.extend(end(version)?);
        } else if let Some((first, last)) = part.cut_once("-") {
            conditions.push(first.condition(Scheme::Nginx, Comparator::GreaterOrEqual)?);
            conditions.push(last.condition(Scheme::Nginx, Comparator::LessOrEqual)?);
        } else {
            conditions.push(part.condition(Scheme::Nginx, Comparator::Equal)?);
        }
        alternatives.push(conditions);
    }
    Ok(Native::AnyOf(alternatives))
}
