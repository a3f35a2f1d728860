//! Chains of revisions: only the whole chain from the first is one.

use interdict_schema::Sha256;
use interdict_schema::believe::{Attested, Believed, check_chain};
use interdict_schema::directive::{Directive, Revision};
use interdict_schema::threshold::Count;
use proptest::prelude::*;

/// A revision as `trust.md`, rule 4 sees it.
fn believed(revision: u32, previous: Option<Sha256>, salt: u8) -> Believed {
    let mut document = Directive::parse(
        br#"{"format":"interdict-directive/1","id":"BOD-17-01","revision":1,"status":"active","title":"t","issuer":"dhs",
            "zone":"America/New_York","issued":"2017-09-13"}"#,
    )
    .unwrap();
    document.value.revision = Revision::new(revision).unwrap();
    document.value.previous = previous;
    let bytes = [&[salt], serde_json::to_vec(&document.value).unwrap().as_slice()].concat();
    let digest = Sha256::of(&bytes);
    Believed { document, payload: Attested { digest, signed_by: Count { keys: Vec::new(), required: 1 } } }
}

fn chain(length: u32) -> Vec<Believed> {
    let mut chain: Vec<Believed> = Vec::new();
    for revision in 1..=length {
        let previous = chain.last().map(|before| before.payload.digest);
        chain.push(believed(revision, previous, 0));
    }
    chain
}

/// Each stands at its own number and names the one before it.
fn naive(revisions: &[Believed]) -> bool {
    revisions.iter().enumerate().all(|(place, believed)| {
        let directive = &believed.document.value;
        usize::try_from(directive.revision.number()).unwrap() == place + 1
            && directive.previous == place.checked_sub(1).map(|before| revisions[before].payload.digest)
    })
}

proptest! {
    #[test]
    fn any_choice_of_revisions_is_a_chain_exactly_where_the_plain_rule_says_so(
        choice in prop::collection::vec((1..5_u32, 0..6_usize, 0..2_u8), 0..5),
    ) {
        let honest = chain(4);
        let revisions: Vec<Believed> = choice
            .into_iter()
            .map(|(revision, previous, salt)| {
                let named = previous.checked_sub(1).and_then(|place| honest.get(place));
                believed(revision, named.map(|before| before.payload.digest), salt)
            })
            .collect();
        prop_assert_eq!(check_chain(&revisions).is_ok(), naive(&revisions));
    }

    #[test]
    fn a_chain_with_one_revision_left_out_doubled_or_swapped_is_broken(
        length in 2..8_u32, place in any::<prop::sample::Index>(), damage in 0..3,
    ) {
        let mut revisions = chain(length);
        prop_assert_eq!(check_chain(&revisions), Ok(()));
        let place = place.index(revisions.len() - 1);
        match damage {
            0 => drop(revisions.remove(place)),
            1 => revisions.insert(place, revisions[place].clone()),
            _ => revisions.swap(place, place + 1),
        }
        prop_assert!(check_chain(&revisions).is_err());
        prop_assert!(!naive(&revisions));
    }
}
