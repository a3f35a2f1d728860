//! Intervals in brackets: `[1.0,2.0)` (`NuGet`, "Package versioning"; Maven, "POM Reference", Dependency Version
//! Requirement Specification).
//!
//! A version without brackets is the least one wanted for .NET, and the one wanted for Maven, whose "soft"
//! requirement it is. Floating versions (`1.*`) are no intervals and are refused.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::{Comparator, Condition, Native, NativeError, NativeRule, Piece, Scheme};

/// An interval, closed or open, bounded or not.
#[derive(Debug)]
struct Interval {
    lower: Option<Condition>,
    upper: Option<Condition>,
}

/// Reads one interval, and returns what stands behind it.
fn interval(text: Piece, scheme: Scheme) -> Result<(Interval, Piece), NativeError> {
    let (open, lower) = match (text.without("["), text.without("(")) {
        (Some(inner), _) => (inner, Comparator::GreaterOrEqual),
        (None, Some(inner)) => (inner, Comparator::Greater),
        (None, None) => return Err(text.broken(NativeRule::Bracket)),
    };
    let end = open.text.find([']', ')']).ok_or(text.broken(NativeRule::Bracket))?;
    let (inner, close) = open.cut(end);
    let upper = if close.text.starts_with(']') { Comparator::LessOrEqual } else { Comparator::Less };
    let (_, behind) = close.cut(1);
    let Some((from, to)) = inner.cut_once(",") else {
        if (lower, upper) != (Comparator::GreaterOrEqual, Comparator::LessOrEqual) {
            return Err(text.broken(NativeRule::Point));
        }
        let lower = Some(inner.condition(scheme, Comparator::Equal)?);
        return Ok((Interval { lower, upper: None }, behind));
    };
    let bound = |at: Piece, comparator| match at.trim().text {
        "" => Ok(None),
        _ => at.condition(scheme, comparator).map(Some),
    };
    let interval = Interval { lower: bound(from, lower)?, upper: bound(to, upper)? };
    if let (Some(from), Some(to)) = (&interval.lower, &interval.upper) {
        let closed = lower == Comparator::GreaterOrEqual && upper == Comparator::LessOrEqual;
        match scheme.compare(&from.version, &to.version) {
            Ok(Ordering::Less) => {}
            Ok(Ordering::Equal) if closed => {}
            _ => return Err(text.broken(NativeRule::Backwards)),
        }
    }
    Ok((interval, behind))
}

pub(super) fn read_nuget(native: Piece) -> Result<Native, NativeError> {
    let text = native.trim();
    if !text.text.starts_with(['[', '(']) {
        let condition = text.condition(Scheme::Nuget, Comparator::GreaterOrEqual)?;
        return Ok(Native::AnyOf([[condition].into()].into()));
    }
    let (interval, behind) = interval(text, Scheme::Nuget)?;
    if !behind.text.is_empty() {
        return Err(behind.broken(NativeRule::Bracket));
    }
    Ok(joined([interval]))
}

pub(super) fn read_maven(native: Piece) -> Result<Native, NativeError> {
    let mut text = native.trim();
    if !text.text.starts_with(['[', '(']) {
        let condition = text.condition(Scheme::Maven, Comparator::Equal)?;
        return Ok(Native::AnyOf([[condition].into()].into()));
    }
    let mut intervals: Vec<Interval> = Vec::new();
    loop {
        let (next, behind) = interval(text, Scheme::Maven)?;
        if intervals.last().is_some_and(|last| overlap(last, &next)) {
            return Err(text.broken(NativeRule::Overlap));
        }
        intervals.push(next);
        let behind = behind.trim();
        if behind.text.is_empty() {
            return Ok(joined(intervals));
        }
        text = behind.without(",").ok_or(behind.broken(NativeRule::Bracket))?.trim();
    }
}

/// Whether an interval begins before the one before it ends.
fn overlap(before: &Interval, after: &Interval) -> bool {
    let point = before.lower.as_ref().filter(|lower| lower.comparator == Comparator::Equal);
    let (Some(end), Some(begin)) = (point.or(before.upper.as_ref()), &after.lower) else { return true };
    let closed = |bound: &Condition| !matches!(bound.comparator, Comparator::Less | Comparator::Greater);
    match Scheme::Maven.compare(&end.version, &begin.version) {
        Ok(Ordering::Less) => false,
        Ok(Ordering::Equal) => closed(end) && closed(begin),
        _ => true,
    }
}

fn joined(intervals: impl IntoIterator<Item = Interval>) -> Native {
    let bounds = |interval: Interval| [interval.lower, interval.upper].into_iter().flatten().collect();
    let alternatives: Vec<Vec<Condition>> = intervals.into_iter().map(bounds).collect();
    if alternatives.iter().any(Vec::is_empty) { Native::Any } else { Native::AnyOf(alternatives) }
}
