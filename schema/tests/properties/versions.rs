//! Versions, scheme by scheme: whatever is added to the list of schemes has to stand in one order and in that of its keys.

use interdict_schema::product::Answer;
use interdict_schema::product::version::{Comparator, Constraints, Scheme, VersionRange};
use proptest::prelude::*;

/// Every scheme that orders versions, once.
fn schemes() -> Vec<Scheme> {
    let mut schemes: Vec<Scheme> = Scheme::KNOWN.iter().filter_map(|name| Scheme::parse(name)).collect();
    schemes.sort_unstable();
    schemes.dedup();
    schemes
}

/// Texts near to what some scheme reads, with few different characters so that many are equal or next to one another.
fn version() -> impl Strategy<Value = String> {
    let numbers = r"v?[0-2]{1,2}(\.[0-2]{1,2}){0,3}";
    let suffix = r"(-r?[0-2]|[-~_.+]?(a|b|rc|alpha|beta|p|dev|post|SNAPSHOT)[0-2]?|[a-z]|\+[ab0]|-0\.2020010100000[0-2]-abcdefabcdef)?";
    prop_oneof![
        9 => (r"(0:|1:|1!)?", numbers, suffix).prop_map(|(epoch, numbers, suffix)| format!("{epoch}{numbers}{suffix}")),
        1 => r"20(19|20)-0[12]-(28|29)T2[23]:59:(59|60)(\.[05])?(Z|[+-]0[01]:00)",
    ]
}

/// What a range holds, constraint by constraint and without intervals: an equal one decides, otherwise the nearest bound.
fn holds(scheme: Scheme, constraints: &Constraints, version: &str) -> bool {
    let (mut below, mut above) = (None, None);
    for constraint in constraints.as_slice() {
        let order = scheme.compare(&constraint.version, version).unwrap();
        match constraint.comparator {
            comparator if order.is_eq() => {
                return matches!(
                    comparator,
                    Comparator::Equal | Comparator::LessOrEqual | Comparator::GreaterOrEqual
                );
            }
            Comparator::Equal | Comparator::Unequal => {}
            comparator if order.is_lt() => below = Some(comparator),
            comparator => above = above.or(Some(comparator)),
        }
    }
    let opens = below.map(|bound| matches!(bound, Comparator::Greater | Comparator::GreaterOrEqual));
    let closes = above.map(|bound| matches!(bound, Comparator::Less | Comparator::LessOrEqual));
    let only_unequal = || constraints.as_slice().iter().all(|of| of.comparator == Comparator::Unequal);
    opens.or(closes).unwrap_or_else(only_unequal)
}

#[test]
fn there_are_nineteen_schemes() {
    assert_eq!(schemes().len(), 19);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_scheme_is_one_total_order_and_its_keys_stand_in_it(a in version(), b in version(), c in version()) {
        for scheme in schemes() {
            let order = |one: &str, other: &str| scheme.compare(one, other).ok();
            for (one, other) in [(&a, &b), (&b, &c), (&a, &c), (&a, &a)] {
                let there = order(one, other);
                prop_assert_eq!(there.map(std::cmp::Ordering::reverse), order(other, one), "{} {} {}", scheme, one, other);
                let keys = scheme.key(one).ok().zip(scheme.key(other).ok());
                prop_assert_eq!(there, keys.map(|(one, other)| one.cmp(&other)), "{} {} {}", scheme, one, other);
            }
            let mut sorted = [&a, &b, &c].map(String::as_str);
            if sorted.iter().all(|text| scheme.key(text).is_ok()) {
                sorted.sort_by(|one, other| order(one, other).unwrap());
                prop_assert!(order(sorted[0], sorted[2]).unwrap().is_le(), "{} {:?}", scheme, sorted);
            }
        }
    }

    #[test]
    fn a_range_of_any_scheme_holds_what_its_constraints_say_one_by_one(
        texts in prop::collection::vec(version(), 3), seen in version(),
        comparators in prop::collection::vec(prop::sample::select(vec!["", "<", "<=", ">", ">=", "!="]), 3), count in 1..=3_usize,
    ) {
        for scheme in schemes() {
            let parts: Vec<String> = comparators.iter().zip(&texts).take(count)
                .map(|(comparator, text)| format!("{comparator}{}", text.replace('!', "%21")))
                .collect();
            let text = format!("vers:{scheme}/{}", parts.join("|"));
            let Ok(sorted) = Constraints::sorted(&text) else { continue };
            let Ok(range) = VersionRange::parse(&sorted.to_string()) else { continue };
            prop_assert_eq!(range.to_string(), sorted.to_string());
            // A bound without a release stands for every release.
            if scheme.key(&seen).is_err() || matches!(scheme, Scheme::Alpm | Scheme::Rpm) {
                continue;
            }
            prop_assert_eq!(range.contains(&seen), Answer::when(holds(scheme, &sorted, &seen)), "{} {}", range, seen);
        }
    }
}

#[test]
fn every_scheme_reads_many_of_the_texts_that_are_tried() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let texts: Vec<String> = (0..2_000).map(|_| version().new_tree(&mut runner).unwrap().current()).collect();
    for scheme in schemes() {
        let read = texts.iter().filter(|text| scheme.key(text).is_ok()).count();
        assert!(read >= 20, "{scheme} reads {read} of {}", texts.len());
    }
}
