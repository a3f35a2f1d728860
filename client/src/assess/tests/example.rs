//! The example directive against a synthetic fleet: everything by which it recognises the maker is found, in the
//! spellings that tools print, and what only looks alike is not.

use std::collections::BTreeSet;

use interdict_schema::directive::draft::payload_of;

use super::*;

const DRAFT: &[u8] = include_bytes!("../../../../docs/examples/directives/bod-17-01.draft.jsonc");
const FLEET: &[u8] = include_bytes!("../../../../docs/examples/inventories/fleet.csv");

#[test]
fn every_identifier_of_the_example_directive_is_found_and_the_false_friends_are_not() {
    let directive: Value = serde_json::from_slice(&payload_of(DRAFT).unwrap()).unwrap();
    let inventory = csv::read(FLEET, "fleet.csv", &Limits::STANDARD);
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    assessed(&directive, &inventory, |assessment| {
        assert!(assessment.unreadable.is_empty() && assessment.not_looked_for.is_empty());
        let met: BTreeSet<(&str, &str)> = assessment
            .judgements
            .iter()
            .flat_map(|judgement| &judgement.evidence)
            .map(|evidence| (evidence.identifier.kind.as_str(), evidence.identifier.value.as_str()))
            .collect();
        let subject = &assessment.bound[0].subject;
        let missed: Vec<_> = subject
            .identifiers
            .iter()
            .map(|identifier| (identifier.kind.as_str(), identifier.value.as_str()))
            .filter(|identifier| !met.contains(identifier))
            .collect();
        assert!(missed.is_empty(), "{missed:?}");
        assert_eq!(met.len(), subject.identifiers.len());

        let found: BTreeSet<u64> =
            assessment.findings().filter_map(|finding| finding.row()).map(|row| row.row).collect();
        for component in &inventory.components {
            let friend = component.host.as_deref() == Some("friends");
            assert_eq!(found.contains(&component.source.row), !friend, "{component:?}");
        }
        // What is not to be relied on, or perhaps not meant, is no more than possible.
        let verdict_of = |name: &str| {
            let named = |f: &Finding<'_, '_>| f.component.is_some_and(|c| c.name == name);
            assessment.findings().find(named).map(|finding| finding.judgement.verdict)
        };
        assert_eq!(verdict_of("Phone capture"), Some(Verdict::Possible));
        assert_eq!(verdict_of("driver"), Some(Verdict::Possible));
        assert_eq!(verdict_of("Rescue disk"), Some(Verdict::Match));
    });
}
