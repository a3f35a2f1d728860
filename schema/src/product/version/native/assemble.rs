//! Alternatives and their conditions as one sorted list of constraints.
//!
//! A list has no "and" and no "or": it is a row of bounds. So conditions are reduced to one lower and one upper bound
//! first, and alternatives are refused where the list would mean something else than they do.

use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::{Comparator, Condition, Native, NativeError, NativeRule, Scheme};
use crate::product::version::{Constraints, Key, VersionRule};

/// A condition with the key of its version.
type Keyed = (Key, Comparator, String);

fn broken(rule: NativeRule) -> NativeError {
    NativeError { at: 0, rule }
}

pub(super) fn constraints(scheme: Scheme, native: Native) -> Result<Constraints, NativeError> {
    let Native::AnyOf(alternatives) = native else { return Ok(Constraints::star(scheme)) };
    let mut list = Vec::new();
    let mut meant: Option<super::super::Intervals> = None;
    for conditions in alternatives {
        let all = together(keyed(scheme, conditions)?, scheme)?;
        let one = made(scheme, all.clone())?;
        list.extend(all);
        if let Ok(range) = one.range() {
            let intervals = range.intervals().clone();
            meant = Some(meant.map_or_else(|| intervals.clone(), |meant| meant.and_also(intervals.clone())));
        }
    }
    let made = made(scheme, list)?;
    match (meant, made.range()) {
        (Some(meant), Ok(range)) if *range.intervals() != meant => Err(broken(NativeRule::Alternatives)),
        _ => Ok(made),
    }
}

fn keyed(scheme: Scheme, conditions: Vec<Condition>) -> Result<Vec<Keyed>, NativeError> {
    let key = |condition: Condition| match scheme.key(&condition.version) {
        Ok(_) if !condition.version.is_ascii() => Err(broken(VersionRule::Character.into())),
        Ok(key) => Ok((key, condition.comparator, condition.version)),
        // Read before, but for a bound that was counted up and is too long: it stands nowhere in the text.
        Err(error) => Err(broken(error.rule.into())),
    };
    conditions.into_iter().map(key).collect()
}

fn made(scheme: Scheme, list: Vec<Keyed>) -> Result<Constraints, NativeError> {
    let list = list.into_iter().map(|(_, comparator, version)| (comparator, version));
    Constraints::new(scheme, list).map_err(|_| broken(NativeRule::Alternatives))
}

/// Whether a version meets a condition.
fn meets(version: &Key, (key, comparator, _): &Keyed) -> bool {
    let order = version.cmp(key);
    match comparator {
        Comparator::Less => order.is_lt(),
        Comparator::LessOrEqual => order.is_le(),
        Comparator::Equal => order.is_eq(),
        Comparator::Unequal => order.is_ne(),
        Comparator::GreaterOrEqual => order.is_ge(),
        Comparator::Greater => order.is_gt(),
    }
}

/// Conditions that must all hold, without those that others make needless.
///
/// npm's keep them, as the official suite has them.
fn together(conditions: Vec<Keyed>, scheme: Scheme) -> Result<Vec<Keyed>, NativeError> {
    let is_lower = |comparator| matches!(comparator, Comparator::Greater | Comparator::GreaterOrEqual);
    let of = |is_one: &dyn Fn(Comparator) -> bool| {
        conditions.iter().filter(|(_, comparator, _)| is_one(*comparator)).cloned().collect::<Vec<_>>()
    };
    let points = of(&|comparator| comparator == Comparator::Equal);
    if let Some(point) = points.first() {
        let possible = conditions.iter().all(|condition| meets(&point.0, condition));
        return match (possible, scheme) {
            (true, _) => Ok(points.into_iter().take(1).collect()),
            (false, Scheme::Npm) => Ok(conditions),
            (false, _) => Err(broken(NativeRule::Impossible)),
        };
    }
    // The strictest: of two bounds at one version the one without it.
    let strict = |(_, comparator, _): &Keyed| matches!(comparator, Comparator::Less | Comparator::Greater);
    let lower = of(&is_lower).into_iter().max_by(|a, b| a.0.cmp(&b.0).then(strict(a).cmp(&strict(b))));
    let upper =
        of(&Comparator::is_upper).into_iter().min_by(|a, b| a.0.cmp(&b.0).then(strict(b).cmp(&strict(a))));
    let mut excluded = of(&|comparator| comparator == Comparator::Unequal);
    if let (Some(lower), Some(upper)) = (&lower, &upper) {
        match lower.0.cmp(&upper.0) {
            Ordering::Less => {}
            Ordering::Equal
                if !strict(lower) && !strict(upper) && excluded.iter().all(|other| other.0 != lower.0) =>
            {
                return Ok([(lower.0.clone(), Comparator::Equal, lower.2.clone())].into());
            }
            _ => return Err(broken(NativeRule::Impossible)),
        }
    }
    if scheme == Scheme::Npm {
        return Ok(conditions);
    }
    let open = |bound: Keyed, comparator| {
        let is_excluded = excluded.iter().any(|other| other.0 == bound.0);
        if is_excluded { (bound.0, comparator, bound.2) } else { bound }
    };
    let lower = lower.map(|bound| open(bound, Comparator::Greater));
    let upper = upper.map(|bound| open(bound, Comparator::Less));
    let bounds: Vec<Keyed> = lower.into_iter().chain(upper).collect();
    excluded.retain(|other| bounds.iter().all(|bound| meets(&other.0, bound)));
    excluded.sort();
    excluded.dedup_by(|a, b| a.0 == b.0);
    Ok(bounds.into_iter().chain(excluded).collect())
}
