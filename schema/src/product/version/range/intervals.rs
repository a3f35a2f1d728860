//! Sets of versions as intervals of keys.

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::ops::Bound;

use crate::product::version::{Comparator, Key};

/// The versions between two bounds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Interval {
    /// Where it begins.
    pub lower: Bound<Key>,
    /// Where it ends.
    pub upper: Bound<Key>,
}

/// A set of versions of one scheme: intervals, sorted, none empty, none touching the next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Intervals(Vec<Interval>);

impl Interval {
    fn is_empty(&self) -> bool {
        match (&self.lower, &self.upper) {
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
            (Bound::Included(lower), Bound::Included(upper)) => lower > upper,
            (
                Bound::Included(lower) | Bound::Excluded(lower),
                Bound::Included(upper) | Bound::Excluded(upper),
            ) => lower >= upper,
        }
    }

    fn contains(&self, key: &Key) -> bool {
        use core::ops::RangeBounds as _;
        (self.lower.as_ref(), self.upper.as_ref()).contains(key)
    }
}

/// Which lower bound comes first.
fn lower_order(a: &Bound<Key>, b: &Bound<Key>) -> Ordering {
    let rank = |bound: &Bound<Key>| u8::from(matches!(bound, Bound::Excluded(_)));
    key_of(a).cmp(&key_of(b)).then(rank(a).cmp(&rank(b)))
}

/// The key of a bound. Of lower bounds none is before every key, as it is in an `Option`.
fn key_of(bound: &Bound<Key>) -> Option<&Key> {
    match bound {
        Bound::Included(key) | Bound::Excluded(key) => Some(key),
        Bound::Unbounded => None,
    }
}

/// The later of two upper bounds.
fn later(a: Bound<Key>, b: Bound<Key>) -> Bound<Key> {
    match (key_of(&a), key_of(&b)) {
        (None, _) => a,
        (_, None) => b,
        (Some(first), Some(second)) => match first.cmp(second) {
            Ordering::Greater => a,
            Ordering::Equal if matches!(a, Bound::Included(_)) => a,
            Ordering::Less | Ordering::Equal => b,
        },
    }
}

/// The sooner of two upper bounds.
fn sooner(a: Bound<Key>, b: Bound<Key>) -> Bound<Key> {
    let is_first = match (key_of(&a), key_of(&b)) {
        (None, _) => false,
        (_, None) => true,
        (Some(key), Some(other)) => key < other || (key == other && matches!(a, Bound::Excluded(_))),
    };
    if is_first { a } else { b }
}

/// Whether no version lies between the end of one interval and the beginning of the next.
fn touches(upper: &Bound<Key>, lower: &Bound<Key>) -> bool {
    match (upper, lower) {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => true,
        (Bound::Excluded(upper), Bound::Excluded(lower)) => lower < upper,
        (
            Bound::Included(upper) | Bound::Excluded(upper),
            Bound::Included(lower) | Bound::Excluded(lower),
        ) => lower <= upper,
    }
}

impl Intervals {
    /// All versions.
    pub fn everything() -> Self {
        Self(vec![Interval { lower: Bound::Unbounded, upper: Bound::Unbounded }])
    }

    /// What a list of constraints means, sorted by key. Of lower bounds in a row the first counts, of upper bounds the
    /// last; versions alone are added, and those that are excluded taken away last of all. Where nothing else is
    /// said, versions are taken away from all.
    ///
    /// Each constraint has two keys, between which its version lies ([`Scheme::span`](super::super::Scheme::span)).
    pub(super) fn of(constraints: &[(Comparator, (Key, Key))]) -> Self {
        let excluded = || constraints.iter().filter(|(comparator, _)| *comparator == Comparator::Unequal);
        let mut list = Vec::new();
        // An interval that has begun, and its end where one was seen.
        let mut begun: Option<(Bound<Key>, Option<Bound<Key>>)> = None;
        let finish =
            |(lower, upper): (_, Option<_>)| Interval { lower, upper: upper.unwrap_or(Bound::Unbounded) };
        for (comparator, (first, last)) in constraints {
            let included = |key: &Key| Bound::Included(key.clone());
            let excluded = |key: &Key| Bound::Excluded(key.clone());
            let (lower, upper) = match comparator {
                Comparator::Unequal => continue,
                Comparator::Equal => {
                    list.push(Interval { lower: included(first), upper: included(last) });
                    continue;
                }
                Comparator::Greater => (Some(excluded(last)), None),
                Comparator::GreaterOrEqual => (Some(included(first)), None),
                Comparator::Less => (None, Some(excluded(first))),
                Comparator::LessOrEqual => (None, Some(included(last))),
            };
            begun = match (begun.take(), lower) {
                (Some((first, None)), Some(_)) => Some((first, None)),
                (ended, Some(lower)) => {
                    list.extend(ended.map(finish));
                    Some((lower, None))
                }
                (None, None) => Some((Bound::Unbounded, upper)),
                (Some((lower, _)), None) => Some((lower, upper)),
            };
        }
        list.extend(begun.map(finish));
        let alone = list.is_empty() && excluded().next().is_some();
        let set = if alone { Self::everything() } else { Self::union(list) };
        excluded().fold(set, |set, (_, (first, last))| set.without(first, last))
    }

    /// Intervals in any order, overlapping or not, as one set.
    fn union(mut list: Vec<Interval>) -> Self {
        list.retain(|interval| !interval.is_empty());
        list.sort_by(|a, b| lower_order(&a.lower, &b.lower));
        let mut set: Vec<Interval> = Vec::with_capacity(list.len());
        for interval in list {
            match set.last_mut() {
                Some(before) if touches(&before.upper, &interval.lower) => {
                    let upper = core::mem::replace(&mut before.upper, Bound::Unbounded);
                    before.upper = later(upper, interval.upper);
                }
                _ => set.push(interval),
            }
        }
        Self(set)
    }

    /// Both sets together.
    pub(in super::super) fn and_also(self, other: Self) -> Self {
        let mut list = self.0;
        list.extend(other.0);
        Self::union(list)
    }

    fn without(self, first: &Key, last: &Key) -> Self {
        let apart = |interval: Interval| {
            let end = sooner(interval.upper.clone(), Bound::Excluded(first.clone()));
            let before = Interval { lower: interval.lower.clone(), upper: end };
            let begin = Bound::Excluded(last.clone());
            let begin = if lower_order(&interval.lower, &begin).is_gt() { interval.lower } else { begin };
            let behind = Interval { lower: begin, upper: interval.upper };
            [before, behind].into_iter().filter(|half| !half.is_empty())
        };
        Self(self.0.into_iter().flat_map(apart).collect())
    }

    /// Whether all of another set is in this one.
    pub fn include(&self, other: &Self) -> bool {
        self.clone().and_also(other.clone()) == *self
    }

    /// Whether some version can be in both.
    pub fn meet(&self, other: &Self) -> bool {
        let both = |one: &Interval, other: &Interval| {
            let later = if lower_order(&one.lower, &other.lower).is_lt() { other } else { one };
            let upper = sooner(one.upper.clone(), other.upper.clone());
            !Interval { lower: later.lower.clone(), upper }.is_empty()
        };
        self.0.iter().any(|one| other.0.iter().any(|other| both(one, other)))
    }

    /// Whether a version's key is in one of them.
    pub fn contain(&self, key: &Key) -> bool {
        let begun = self.0.partition_point(|interval| match &interval.lower {
            Bound::Unbounded => true,
            Bound::Included(lower) => lower <= key,
            Bound::Excluded(lower) => lower < key,
        });
        begun.checked_sub(1).and_then(|last| self.0.get(last)).is_some_and(|interval| interval.contains(key))
    }

    /// Whether there is no bound at all.
    pub fn is_everything(&self) -> bool {
        matches!(self.0.as_slice(), [Interval { lower: Bound::Unbounded, upper: Bound::Unbounded }])
    }

    /// Whether no version is in it.
    pub fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    /// The intervals, from the smallest versions to the greatest.
    pub fn as_slice(&self) -> &[Interval] {
        &self.0
    }
}
