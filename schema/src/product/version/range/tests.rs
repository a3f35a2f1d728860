use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::ops::Bound;

use proptest::prelude::*;

use super::*;
use crate::product::version::VersionRule;

fn range(text: &str) -> VersionRange {
    VersionRange::parse(text).unwrap()
}

#[test]
fn a_version_is_inside_or_outside_whatever_the_constraints() {
    for (text, inside, outside) in [
        ("vers:deb/1.0", &["1.0", "0:1.0", "1.0-0"][..], &["1.0-1", "1.0~", "2"][..]),
        ("vers:deb/!=1.0", &["0.9", "1.0-1"], &["1.0"]),
        ("vers:deb/<1.0", &["1.0~rc1", "0"], &["1.0", "1:0"]),
        ("vers:deb/<=1.0", &["1.0"], &["1.0-1"]),
        ("vers:deb/>1.0", &["1.0-1", "1:0"], &["1.0", "1.0~"]),
        ("vers:deb/>=1.0", &["1.0"], &["1.0~"]),
        ("vers:deb/>=1.0|<2.0", &["1.0", "2.0~"], &["0.9", "2.0", "3"]),
        ("vers:deb/<1.0|>=2.0", &["0.9", "2.0"], &["1.0", "1.9"]),
        ("vers:deb/<=1.0|3.0", &["0.9", "1.0", "3.0"], &["2.0", "3.1"]),
        ("vers:deb/1.0|>=2.0|<3.0|4.0|>5.0", &["1.0", "2.0", "4.0", "5.1"], &["0.9", "1.1", "3.0", "5.0"]),
        ("vers:deb/>=1.0|!=1.5|<2.0", &["1.0", "1.4", "1.6"], &["1.5", "2.0"]),
        ("vers:deb/!=1.0|!=2.0", &["0", "1.5", "3"], &["1.0", "2.0"]),
        ("vers:deb/!=1.0|2.0", &["2.0"], &["1.0", "3"]),
        ("vers:alpm/<=1.5", &["1.5-1", "1.5-2", "1.5-10.1", "1.5", "1.5rc-1"], &["1.5.1-1"]),
        ("vers:alpm/<1.5", &["1.5rc-9", "1.4-9"], &["1.5-1", "1.5-2", "1.5"]),
        ("vers:alpm/>1.5", &["1.5.1-1"], &["1.5-1", "1.5-2", "1.5"]),
        ("vers:alpm/>=1.5", &["1.5-1", "1.5-2"], &["1.5rc-1"]),
        ("vers:alpm/1.5", &["1.5-1", "1.5-2"], &["1.5rc-1", "1.5.1-1"]),
        ("vers:alpm/!=1.5", &["1.5rc-1", "1.5.1-1"], &["1.5-1", "1.5-2"]),
        ("vers:alpm/>=1.5-2|!=1.6|<2-3", &["1.5-2", "1.5-3", "2-2", "1.6.1-1"], &["1.5-1", "2-3", "1.6-7"]),
        ("vers:rpm/<=1.5", &["1.5-1", "1.5-10.el9", "1.5-~", "1.5", "1.5~rc1-1"], &["1.5.1-1", "1.5^a-1"]),
        ("vers:rpm/<1.5", &["1.5~rc1-1", "1.4-9"], &["1.5-1", "1.5"]),
        ("vers:rpm/1.5", &["1.5-1", "1.5-^2", "1.5"], &["1.5~rc1-1", "1.5^a-1"]),
        ("vers:rpm/>1.5|<=1.6-2", &["1.5.1-1", "1.6-2", "1.6-1.el9"], &["1.5-1", "1.6-2.el9", "1.6-3"]),
        ("vers:pypi/1%212.0", &["1!2"], &["2.0"]),
        ("vers:golang/>=v1.2.0|<v1.3.0", &["v1.2.5", "1.2.5"], &["v1.3.0"]),
    ] {
        let range = range(text);
        assert_eq!(range.to_string(), text);
        for version in inside {
            assert_eq!(range.contains(version), Answer::Match, "{text} {version}");
        }
        for version in outside {
            assert_eq!(range.contains(version), Answer::NoMatch, "{text} {version}");
        }
    }
}

#[test]
fn a_version_that_its_scheme_cannot_read_is_unknown() {
    let unknown = Answer::Unknown(Reason::VersionUnreadable);
    for text in ["vers:semver/<2.0.0", "vers:semver/>2.0.0", "vers:semver/!=2.0.0"] {
        assert_eq!(range(text).contains("2.0"), unknown, "{text}");
        assert_eq!(range(text).contains(""), unknown, "{text}");
    }
    assert_eq!(range("vers:semver/*").contains("2.0"), Answer::Match);
    assert_eq!(range("vers:all/*").contains("2.0"), Answer::Match);
    assert_eq!(range("vers:none/*").contains("2.0"), Answer::NoMatch);
    assert!(range("vers:none/*").intervals().is_nothing());
}

#[test]
fn says_at_which_byte_a_range_breaks_which_rule() {
    for (text, at, rule) in [
        ("", 0, RangeRule::Prefix),
        ("deb/1", 0, RangeRule::Prefix),
        ("vers:deb", 8, RangeRule::NoConstraints),
        ("vers:deb/", 9, RangeRule::NoConstraints),
        ("vers:/1", 5, RangeRule::Scheme),
        ("vers:Deb/1", 5, RangeRule::Scheme),
        ("vers:1deb/1", 5, RangeRule::Scheme),
        ("vers:invalid/1", 5, RangeRule::Invalid),
        ("vers:example/>1|<2", 5, RangeRule::SchemeUnknown),
        ("vers:example/>1|", 16, RangeRule::TrailingPipe),
        ("vers:deb/|1", 9, RangeRule::LeadingPipe),
        ("vers:deb/>=1|", 13, RangeRule::TrailingPipe),
        ("vers:deb/1||2", 11, RangeRule::ConsecutivePipes),
        ("vers:deb/1| 2", 11, RangeRule::Blank),
        ("vers:deb/>=", 11, RangeRule::NoVersion),
        ("vers:deb/>=*", 11, RangeRule::StarNotAlone),
        ("vers:deb/>=1|*", 13, RangeRule::StarNotAlone),
        ("vers:deb/=1", 9, RangeRule::Equals),
        ("vers:deb/==1", 9, RangeRule::Equals),
        ("vers:deb/>1>2", 11, RangeRule::Character),
        ("vers:deb/1%2", 10, RangeRule::PercentEncoding),
        ("vers:deb/1%3A2", 10, RangeRule::DatetimeColons),
        ("vers:deb/1%2B2", 10, RangeRule::PercentCanonical),
        ("vers:all/1", 9, RangeRule::StarWanted),
        ("vers:deb/2|1", 11, RangeRule::NotSorted),
        ("vers:deb/>1|<1", 12, RangeRule::Duplicate),
        ("vers:deb/1.0|1.00", 13, RangeRule::Duplicate),
        ("vers:deb/>1|>2", 12, RangeRule::Sequence),
        ("vers:deb/<1|!=2|<=3", 16, RangeRule::Sequence),
        ("vers:deb/>1|2|<3", 14, RangeRule::Sequence),
        ("vers:deb/1|<3", 11, RangeRule::Sequence),
        ("vers:deb/>=1_0", 12, RangeRule::Version(VersionRule::Character)),
        ("vers:deb/>=1|<2_0", 15, RangeRule::Version(VersionRule::Character)),
        ("vers:pypi/1%212.x", 15, RangeRule::Version(VersionRule::Character)),
    ] {
        assert_eq!(VersionRange::parse(text), Err(RangeError { at, rule }), "{text}");
    }
}

#[test]
fn sorts_what_is_not_canonical_when_asked_to() {
    for (text, sorted) in [
        ("vers:pypi/2|>=1|0.5", "vers:pypi/0.5|>=1|2"),
        ("vers:deb/1%3a2|1%3A1", "vers:deb/1:1|1:2"),
        ("vers:deb/>=6|<=6", "vers:deb/<=6|>=6"),
    ] {
        assert_eq!(Constraints::sorted(text).unwrap().to_string(), sorted);
    }
    let unreadable = RangeError { at: 11, rule: RangeRule::Version(VersionRule::Character) };
    assert_eq!(Constraints::sorted("vers:deb/2_|1"), Err(RangeError { at: 10, ..unreadable }));
}

#[test]
fn a_row_of_bounds_counts_as_its_widest() {
    let all = |text: &str| Constraints::sorted(text).unwrap().range().unwrap();
    for (text, same) in [
        ("vers:deb/>1|>2|<3|<4", "vers:deb/>1|<4"),
        ("vers:deb/<1|<2|>3|>4", "vers:deb/<2|>3"),
        ("vers:deb/>1|<2|>=2|<3", "vers:deb/>1|<3"),
        ("vers:deb/<2|2|>2", "vers:deb/*"),
        ("vers:deb/>1|2|<3", "vers:deb/>1|<3"),
    ] {
        assert_eq!(all(text).intervals(), range(same).intervals(), "{text}");
    }
}

/// Constraints over the numbers 0 to 9, each once.
fn constraints() -> impl Strategy<Value = Vec<(&'static str, u8)>> {
    let comparator = prop::sample::select(&["", "!=", "<", "<=", ">", ">="][..]);
    prop::collection::btree_map(0_u8..10, comparator, 1..6)
        .prop_map(|list| list.into_iter().map(|(number, comparator)| (comparator, number)).collect())
}

/// What clause 5.3.3 says in words, for a list that takes turns: the version itself, no exclusion, between two bounds.
fn is_inside(list: &[(&str, u8)], version: u8) -> bool {
    if let Some((comparator, _)) =
        list.iter().find(|(comparator, number)| *number == version && matches!(*comparator, "" | "!="))
    {
        return comparator.is_empty();
    }
    if list.iter().all(|(comparator, _)| *comparator == "!=") {
        return true;
    }
    let bounds: Vec<_> = list.iter().filter(|(comparator, _)| !matches!(*comparator, "" | "!=")).collect();
    let meets = |(comparator, number): &(&str, u8)| match *comparator {
        "<" => version < *number,
        "<=" => version <= *number,
        ">" => version > *number,
        _ => version >= *number,
    };
    let lower = |(comparator, _): &(&str, u8)| comparator.starts_with('>');
    // The nearest bound below that is met, and the nearest above.
    let below = bounds
        .iter()
        .rfind(|bound| bound.1 < version || (bound.1 == version && lower(bound) == meets(bound)));
    let above =
        bounds.iter().find(|bound| bound.1 > version || (bound.1 == version && lower(bound) != meets(bound)));
    match (below, above) {
        (Some(below), _) => lower(below),
        (None, Some(above)) => !lower(above),
        (None, None) => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn intervals_hold_what_the_words_of_the_specification_say(list in constraints(), version in 0_u8..10) {
        let parts: Vec<String> = list.iter().map(|(comparator, number)| format!("{comparator}{number}")).collect();
        let text = format!("vers:intdot/{}", parts.join("|"));
        match VersionRange::parse(&text) {
            Ok(range) => {
                prop_assert_eq!(range.to_string(), text);
                let inside = Answer::when(is_inside(&list, version));
                prop_assert_eq!(range.contains(&version.to_string()), inside);
                for pair in range.intervals().as_slice().windows(2) {
                    let [a, b] = pair else { continue };
                    let (Bound::Included(upper) | Bound::Excluded(upper)) = &a.upper else {
                        return Err(TestCaseError::fail("an interval behind one without an end"));
                    };
                    let (Bound::Included(lower) | Bound::Excluded(lower)) = &b.lower else {
                        return Err(TestCaseError::fail("an interval without a beginning behind another"));
                    };
                    let point = matches!((&a.upper, &b.lower), (Bound::Excluded(_), Bound::Excluded(_)));
                    prop_assert!(upper < lower || (upper == lower && point));
                }
            }
            Err(error) => prop_assert_eq!(error.rule, RangeRule::Sequence),
        }
    }

    #[test]
    fn every_text_is_a_range_that_prints_itself_or_an_error_inside_it(text in "(vers:)?(deb|pypi|npm|x)?/?[-<>=!|%*0-9a.~]{0,12}") {
        match VersionRange::parse(&text) {
            Ok(range) => prop_assert_eq!(range.to_string(), text),
            Err(error) => prop_assert!(error.at <= text.len()),
        }
    }
}
