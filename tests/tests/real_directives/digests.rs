//! Relations by digest: each names a payload that is there, and so does each revision the one before.

use interdict_schema::Sha256;
use interdict_schema::directive::{Relation, RelationKind, Revision};

use crate::fixtures::{ALL, Fixture, INVENTED, revision};

/// What a draft names and what it should name.
fn named(fixture: &Fixture) -> Vec<(String, Option<Sha256>, &'static Fixture)> {
    let directive = &fixture.directive;
    // What carries out another goes with every text of it, and needs to name none.
    let goes_with_all =
        |relation: &&Relation| relation.kind == RelationKind::Implements && relation.target.digest.is_none();
    let relations = directive.relations.iter().filter(|relation| !goes_with_all(relation)).map(|relation| {
        let target = &relation.target;
        let number = target.revision.map_or(1, Revision::number);
        (target.id.to_string(), number, target.digest)
    });
    let previous = directive.previous.map(|digest| {
        (directive.id.to_string(), directive.revision.number().saturating_sub(1), Some(digest))
    });
    relations
        .chain(previous)
        .map(|(id, number, digest)| {
            let target = revision(&id, number);
            let target = target.unwrap_or_else(|| panic!("{}: no example {id} {number}", fixture.name));
            (format!("{} names {id} {number}", fixture.name), digest, target)
        })
        .collect()
}

/// Run it with `UPDATE=1`, again and again until it changes nothing, after a draft was edited that others name.
#[test]
fn every_digest_in_an_example_is_that_of_the_example_that_is_meant() {
    let mut wrong = Vec::new();
    for fixture in ALL.iter().chain(INVENTED.iter()) {
        let mut draft = fixture.draft.clone();
        for (what, found, target) in named(fixture) {
            if found != Some(target.digest) {
                if let Some(found) = found {
                    draft = draft.replace(&found.to_string(), &target.digest.to_string());
                }
                wrong.push(what);
            }
        }
        if std::env::var_os("UPDATE").is_some() && draft != fixture.draft {
            std::fs::write(&fixture.path, draft).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_part_that_a_relation_names_is_there() {
    for fixture in ALL.iter().chain(INVENTED.iter()) {
        for relation in &fixture.directive.relations {
            let Some(part) = &relation.target.part else { continue };
            let number = relation.target.revision.map_or(1, Revision::number);
            let target = &revision(relation.target.id.as_str(), number).unwrap().directive;
            let there = target.action(part).is_some() || target.subjects.iter().any(|it| it.id == *part);
            assert!(there, "{}: {} has no {part}", fixture.name, target.id);
        }
    }
}
