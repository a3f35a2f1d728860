//! CPE names: each form reads back as the same name, and the relations of NISTIR 7696 between three of them are those of
//! sets, wherever no wildcards leave them undefined.
#![no_main]

use interdict_schema::product::cpe::Attribute;
use interdict_schema::product::{Answer, Cpe};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let texts = [lines.next().unwrap_or(""), lines.next().unwrap_or(""), lines.next().unwrap_or("")];
    let mut names = Vec::new();
    for text in texts {
        match Cpe::parse(text) {
            Ok(name) => {
                assert_eq!(Cpe::parse(&name.to_string()).as_ref(), Ok(&name), "{name}");
                assert_eq!(Cpe::parse(&name.uri().to_string()).as_ref(), Ok(&name), "{}", name.uri());
                let _ = name.well_formed_name().to_string();
                names.push(name);
            }
            Err(error) => assert!(error.at <= text.len(), "{text}: {error}"),
        }
    }
    for one in &names {
        for other in &names {
            related(one, other);
            for third in &names {
                if [one, other, third].into_iter().all(plain) && one.is_superset_of(other) && other.is_superset_of(third) {
                    assert!(one.is_superset_of(third), "{one} {other} {third}");
                }
            }
        }
    }
});

/// Without wildcards, so that every relation to it is defined, and without a quoted one at an end, which the reference
/// implementation reads as a wildcard in a source and not in a target (`Attribute::relation`).
fn plain(name: &Cpe) -> bool {
    let quoted = |attribute: &Attribute| attribute.literal().is_some_and(|text| text.ends_with(['*', '?']));
    !name.attributes().iter().any(|attribute| attribute.has_wildcards() || quoted(attribute))
}

fn related(one: &Cpe, other: &Cpe) {
    let (superset, subset) = (one.is_superset_of(other), one.is_subset_of(other));
    let (equal, disjoint) = (one.is_equal_to(other), one.is_disjoint_from(other));
    assert!(!(disjoint && (superset || subset || equal)), "{one} {other}");
    assert!(!equal || (superset && subset), "{one} {other}");
    if plain(one) && plain(other) {
        assert_eq!(equal, superset && subset, "{one} {other}");
        assert_eq!(equal, other.is_equal_to(one), "{one} {other}");
        assert_eq!(superset, other.is_subset_of(one), "{one} {other}");
        assert_eq!(disjoint, other.is_disjoint_from(one), "{one} {other}");
        assert_eq!(one == other, equal, "{one} {other}");
    }
    match one.matches(other) {
        Answer::Match => assert!(superset, "{one} {other}"),
        Answer::NoMatch => assert!(!superset && disjoint, "{one} {other}"),
        Answer::Unknown(_) => {}
    }
}
