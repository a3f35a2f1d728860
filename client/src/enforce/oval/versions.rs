//! The versions of a package that a ban means, as spans between two bounds that a scanner can compare.
//!
//! What an order leaves out is taken away here, version by version, and not by a negated test: a machine may have one version
//! that is banned and another one that is not.
//!
//! OVAL 5.11.2: `evr_string` has the order of `rpmvercmp`, `debian_evr_string` that of dpkg. In rpm, a bound without a
//! release means every release; `EVERY_RELEASE` stands for the end of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, RangeBounds as _};

use interdict_schema::product::Versions;
use interdict_schema::product::version::{Constraints, Interval, Key, Scheme};

/// A release behind those that packages have: rpm compares numbers by their length first.
const EVERY_RELEASE: &str = "9999999999999999999999999999999999999999";

/// Versions of one scheme.
#[derive(Debug, Clone)]
pub struct Set {
    intervals: Vec<Interval>,
    /// How the key of a bound is written.
    texts: BTreeMap<Key, String>,
}

/// The versions between two bounds, each with how a scanner writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// All versions.
    All,
    /// This one, as its scheme holds them equal.
    One(String),
    /// From here on; `true` where the bound is in it.
    From(String, bool),
    /// Up to here.
    To(String, bool),
    /// From here to there.
    Between((String, bool), (String, bool)),
}

impl Set {
    /// The versions that a rule means for packages of this scheme. `None` where that cannot be told.
    pub fn of(versions: &Versions, scheme: Scheme) -> Option<Self> {
        let mut texts = BTreeMap::new();
        let everything = || vec![Interval { lower: Bound::Unbounded, upper: Bound::Unbounded }];
        let intervals = match versions {
            Versions::Any => everything(),
            Versions::Exactly(version) => {
                let (first, last) = note(version, scheme, &mut texts)?;
                vec![Interval { lower: Bound::Included(first), upper: Bound::Included(last) }]
            }
            Versions::Range(range) => {
                if range.scheme().is_some_and(|found| !found.orders(scheme)) {
                    return None;
                }
                let written = Constraints::parse(&range.to_string()).ok()?;
                for constraint in written.as_slice() {
                    note(&constraint.version, scheme, &mut texts)?;
                }
                range.intervals().as_slice().to_vec()
            }
            Versions::Unsupported { .. } => return None,
        };
        Some(Self { intervals, texts })
    }

    /// The versions that are in all of some sets and in none of others, from the smallest to the greatest. `None` where a bound
    /// has no text, which is so for no set that was made by [`of`](Self::of).
    pub fn spans(all: &[&Self], none: &[&Self]) -> Option<Vec<Span>> {
        let sets = || all.iter().chain(none);
        let bounds = sets().flat_map(|set| &set.intervals).flat_map(|one| [&one.lower, &one.upper]);
        let points: BTreeSet<&Key> = bounds.filter_map(key).collect();
        let text = |key: &Key| sets().filter_map(|set| set.texts.get(key)).min().cloned();
        let mut spans = Vec::new();
        let mut begun: Option<Bound<&Key>> = None;
        let mut last = Bound::Unbounded;
        for piece in pieces(&points) {
            let is_in = all.iter().all(|set| set.has(piece)) && !none.iter().any(|set| set.has(piece));
            match (begun, is_in) {
                (None, true) => begun = Some(piece.begin()),
                (Some(from), false) => {
                    spans.push(span(from, last, &text)?);
                    begun = None;
                }
                _ => {}
            }
            last = piece.end();
        }
        if let Some(from) = begun {
            spans.push(span(from, Bound::Unbounded, &text)?);
        }
        Some(spans)
    }

    /// The versions that are in all of some sets, as a set.
    pub fn common(sets: &[&Self]) -> Self {
        let bounds = sets.iter().flat_map(|set| &set.intervals).flat_map(|one| [&one.lower, &one.upper]);
        let points: BTreeSet<&Key> = bounds.filter_map(key).collect();
        let mut texts = BTreeMap::new();
        for (key, text) in sets.iter().flat_map(|set| &set.texts) {
            let kept: &mut String = texts.entry(key.clone()).or_insert_with(|| text.clone());
            if *text < *kept {
                kept.clone_from(text);
            }
        }
        let shared = pieces(&points).into_iter().filter(|piece| sets.iter().all(|set| set.has(*piece)));
        let owned = |bound: Bound<&Key>| bound.map(Key::clone);
        let intervals =
            shared.map(|piece| Interval { lower: owned(piece.begin()), upper: owned(piece.end()) });
        Self { intervals: intervals.collect(), texts }
    }

    fn has(&self, piece: Piece<'_>) -> bool {
        self.intervals.iter().any(|interval| piece.is_within(interval))
    }
}

/// A bound itself, or what lies between two neighbours.
#[derive(Debug, Clone, Copy)]
enum Piece<'k> {
    At(&'k Key),
    Open(Option<&'k Key>, Option<&'k Key>),
}

fn pieces<'k>(points: &BTreeSet<&'k Key>) -> Vec<Piece<'k>> {
    let mut pieces = Vec::with_capacity(points.len().saturating_mul(2).saturating_add(1));
    let mut before = None;
    for point in points {
        pieces.extend([Piece::Open(before, Some(point)), Piece::At(point)]);
        before = Some(*point);
    }
    pieces.push(Piece::Open(before, None));
    pieces
}

impl<'k> Piece<'k> {
    /// No bound of an interval lies inside a piece.
    fn is_within(self, interval: &Interval) -> bool {
        match self {
            Self::At(at) => (interval.lower.as_ref(), interval.upper.as_ref()).contains(at),
            Self::Open(after, before) => {
                key(&interval.lower).is_none_or(|lower| after.is_some_and(|after| lower <= after))
                    && key(&interval.upper).is_none_or(|upper| before.is_some_and(|before| upper >= before))
            }
        }
    }

    fn begin(self) -> Bound<&'k Key> {
        match self {
            Self::At(at) => Bound::Included(at),
            Self::Open(after, _) => after.map_or(Bound::Unbounded, Bound::Excluded),
        }
    }

    fn end(self) -> Bound<&'k Key> {
        match self {
            Self::At(at) => Bound::Included(at),
            Self::Open(_, before) => before.map_or(Bound::Unbounded, Bound::Excluded),
        }
    }
}

const fn key(bound: &Bound<Key>) -> Option<&Key> {
    match bound {
        Bound::Included(key) | Bound::Excluded(key) => Some(key),
        Bound::Unbounded => None,
    }
}

fn span(lower: Bound<&Key>, upper: Bound<&Key>, text: &dyn Fn(&Key) -> Option<String>) -> Option<Span> {
    let written = |bound: Bound<&Key>| match bound {
        Bound::Included(key) => Some(Some((text(key)?, true))),
        Bound::Excluded(key) => Some(Some((text(key)?, false))),
        Bound::Unbounded => Some(None),
    };
    Some(match (written(lower)?, written(upper)?) {
        (None, None) => Span::All,
        (Some((one, true)), Some((other, true))) if one == other => Span::One(one),
        (Some(lower), Some(upper)) => Span::Between(lower, upper),
        (Some((lower, included)), None) => Span::From(lower, included),
        (None, Some((upper, included))) => Span::To(upper, included),
    })
}

/// Takes down how the two keys are written between which a version lies, and returns them.
fn note(version: &str, scheme: Scheme, texts: &mut BTreeMap<Key, String>) -> Option<(Key, Key)> {
    let (first, last) = scheme.span(version).ok()?;
    let epoch = if version.contains(':') { "" } else { "0:" };
    let written = format!("{epoch}{version}");
    // Of several texts for one key always the same is taken.
    let mut take_down = |key: &Key, text: String| {
        let kept = texts.entry(key.clone()).or_insert_with(|| text.clone());
        if text < *kept {
            *kept = text;
        }
    };
    if first != last {
        take_down(&last, format!("{}-{EVERY_RELEASE}", written.trim_end_matches('-')));
    }
    take_down(&first, written);
    Some((first, last))
}

#[cfg(test)]
#[path = "versions_tests.rs"]
mod tests;
