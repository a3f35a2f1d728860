//! Ranges: a scheme, its range or native range, and three versions. What a range holds is what its own constraints say when
//! they are read one by one, and a native range is the range that it is written as.
#![no_main]

use interdict_schema::product::Answer;
use interdict_schema::product::version::{Comparator, Constraints, NpmRange, Scheme, VersionRange};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(4, '\n');
    let first = lines.next().unwrap_or("");
    let versions = [lines.next().unwrap_or(""), lines.next().unwrap_or(""), lines.next().unwrap_or("")];
    vers(first, &versions);
    let Some((scheme, native)) = first.split_once(' ') else { return };
    let Some(scheme) = Scheme::parse(scheme) else { return };
    match Constraints::from_native(scheme, native) {
        Ok(constraints) => {
            // Needless ones, which npm's and alternatives keep, stand in no range that can be read.
            if let (Ok(range), Ok(())) = (constraints.range(), constraints.check_sequence()) {
                let written = range.to_string();
                let again = VersionRange::parse(&written).expect("what was written can be read");
                assert_eq!(again.intervals(), range.intervals(), "{written}");
                vers(&written, &versions);
            }
        }
        Err(error) => assert!(error.at <= native.len(), "{scheme} {native}: {error}"),
    }
    if let Ok(range) = NpmRange::parse(native) {
        for version in versions {
            let _ = range.is_satisfied_by(version);
        }
    }
});

fn vers(text: &str, versions: &[&str; 3]) {
    let range = match VersionRange::parse(text) {
        Ok(range) => range,
        Err(error) => return assert!(error.at <= text.len(), "{text}: {error}"),
    };
    assert_eq!(range.to_string(), text);
    let constraints = Constraints::sorted(text).expect("what is canonical is readable");
    assert_eq!(constraints.range().as_ref().map(VersionRange::intervals), Ok(range.intervals()), "{text}");
    let Some(scheme) = range.scheme() else { return };
    // A version without a release stands for all of its releases, none of which is equal to it.
    if matches!(scheme, Scheme::Alpm | Scheme::Rpm) {
        return;
    }
    for version in versions.iter().filter(|version| scheme.key(version).is_ok()) {
        let wanted = constraints.is_star() || holds(scheme, &constraints, version);
        assert_eq!(range.contains(version), Answer::when(wanted), "{text} {version}");
    }
    for version in versions.iter().filter(|version| scheme.key(version).is_err() && !constraints.is_star()) {
        assert!(matches!(range.contains(version), Answer::Unknown(_)), "{text} {version}");
    }
}

/// Constraint by constraint, without intervals: an equal one decides; otherwise the nearest bound on either side, of which
/// one says as much as both, since lower and upper ones take turns.
fn holds(scheme: Scheme, constraints: &Constraints, version: &str) -> bool {
    let (mut below, mut above) = (None, None);
    for constraint in constraints.as_slice() {
        let order = scheme.compare(&constraint.version, version).expect("both can be read");
        let comparator = constraint.comparator;
        match comparator {
            _ if order.is_eq() => {
                return !matches!(comparator, Comparator::Unequal | Comparator::Less | Comparator::Greater);
            }
            Comparator::Equal | Comparator::Unequal => {}
            _ if order.is_lt() => below = Some(comparator),
            _ => above = above.or(Some(comparator)),
        }
    }
    let opens = below.map(|bound| matches!(bound, Comparator::Greater | Comparator::GreaterOrEqual));
    let closes = above.map(|bound| matches!(bound, Comparator::Less | Comparator::LessOrEqual));
    match (opens, closes) {
        (Some(opens), Some(closes)) => {
            assert_eq!(opens, closes, "bounds take turns");
            opens
        }
        (Some(one), None) | (None, Some(one)) => one,
        // Without bounds: all but the excluded ones, where nothing is said but what is excluded.
        (None, None) => constraints.as_slice().iter().all(|c| c.comparator == Comparator::Unequal),
    }
}
