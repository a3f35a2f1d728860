//! Relations against what is published: whether the document is there, is the one that is named, has the part, and is
//! still worth supplementing.
//!
//! What the relations lead to is not decided here: that is resolved from all documents together.

use alloc::format;
use alloc::string::{String, ToString};

use super::{Fact, Problems, Published};
use crate::directive::{Directive, DirectiveId, Relation, RelationKind, Status, Target};
use crate::json::Pointer;

pub(super) fn check(directive: &Directive, published: Option<&[Published<'_>]>, problems: &mut Problems) {
    let Some(published) = published else { return };
    for (number, relation) in directive.relations.iter().enumerate() {
        // Its own earlier revisions are the chain's business.
        if relation.target.id == directive.id {
            continue;
        }
        let at = Pointer::root().join("relations").join(number).join("target");
        let Some(target) = named(&relation.target, published, &at, problems) else { continue };
        if let Some(part) = &relation.target.part
            && !has_part(target.directive, part)
        {
            let document = name(target.directive);
            problems.add(at.join("part"), Fact::NoSuchPart { document, part: part.clone() });
        }
        if relation.kind == RelationKind::Supplements {
            supplements(directive, relation, published, &at, problems);
        }
    }
}

/// The document that a relation names; without a revision or digest, the newest of its id.
fn named<'p>(
    target: &Target,
    published: &[Published<'p>],
    at: &Pointer,
    problems: &mut Problems,
) -> Option<Published<'p>> {
    let of_id = published.iter().filter(|one| one.directive.id == target.id);
    let right = |one: &&Published<'p>| match (target.revision, &target.digest) {
        (Some(revision), _) => one.directive.revision == revision,
        (None, Some(digest)) => one.digest == *digest,
        (None, None) => true,
    };
    let found = of_id.filter(right).max_by_key(|one| one.directive.revision).copied();
    let Some(there) = found else {
        let document = target.revision.map_or_else(
            || match &target.digest {
                Some(digest) => format!("{} with the digest {digest}", target.id),
                None => target.id.to_string(),
            },
            |revision| format!("{}@{revision}", target.id),
        );
        problems.add(at.clone(), Fact::NotPublished { document });
        return None;
    };
    if let Some(found) = target.digest.filter(|found| *found != there.digest) {
        let (document, wanted) = (name(there.directive), there.digest);
        problems.add(at.join("digest"), Fact::OtherDigest { document, found, wanted });
    }
    Some(there)
}

/// A supplement orders something on the ground of its target: what was revoked is no ground.
fn supplements(
    own: &Directive,
    relation: &Relation,
    published: &[Published<'_>],
    at: &Pointer,
    problems: &mut Problems,
) {
    let (id, part) = (&relation.target.id, relation.target.part.as_deref());
    if let Some(by) = revoked_by(own, id, part, published) {
        let what = part.map_or_else(|| id.to_string(), |part| format!("{part} of {id}"));
        problems.add(at.clone(), Fact::OrdersRevoked { what, by });
    }
}

/// The document that withdrew this one, or the part: its own newest revision, or another that revokes it.
fn revoked_by(
    own: &Directive,
    id: &DirectiveId,
    part: Option<&str>,
    published: &[Published<'_>],
) -> Option<String> {
    let newest = |id: &DirectiveId| {
        published.iter().filter(|one| one.directive.id == *id).max_by_key(|one| one.directive.revision)
    };
    let itself = newest(id).filter(|one| one.directive.status == Status::Revoked);
    let revokes = |relation: &Relation| {
        let whole = relation.target.part.is_none();
        relation.kind == RelationKind::Revokes
            && relation.target.id == *id
            && (whole || relation.target.part.as_deref() == part)
    };
    let others = published.iter().filter(|one| {
        one.directive.id != own.id
            && one.directive.status == Status::InForce
            && newest(&one.directive.id)
                .is_some_and(|other| other.directive.revision == one.directive.revision)
            && one.directive.relations.iter().any(revokes)
    });
    itself.into_iter().chain(others).next().map(|one| name(one.directive))
}

fn has_part(directive: &Directive, id: &str) -> bool {
    directive.action(id).is_some() || directive.subjects.iter().any(|subject| subject.id == id)
}

/// `BOD-17-01@1`
fn name(directive: &Directive) -> String {
    format!("{}@{}", directive.id, directive.revision)
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;
    use crate::Sha256;
    use crate::directive::lint::{Context, lint_directive};

    fn text(id: &str, status: &str, relations: &str) -> Directive {
        let text = format!(
            r#"{{"format":"interdict-directive/1","id":"{id}","revision":1,"status":"{status}","title":"t","issuer":"i",
            "zone":"UTC","issued":"2017-09-13","actions":[{{"id":"plan","modality":"must","kind":"plan"}}],
            "relations":[{relations}]}}"#
        );
        Directive::parse(text.as_bytes()).unwrap().value
    }

    /// The errors of a draft with this relation, beside these documents, each with the digest of its id.
    fn errors(relation: &str, documents: &[Directive]) -> Vec<String> {
        let published: Vec<Published<'_>> = documents
            .iter()
            .map(|directive| Published { directive, digest: Sha256::of(directive.id.as_str().as_bytes()) })
            .collect();
        let context = Context { previous: None, published: Some(&published) };
        let problems = lint_directive(&text("NEW-1", "in-force", relation), &context);
        let mine = ["relation-to-nothing", "relation-digest", "relation-part", "orders-what-is-revoked"];
        problems
            .iter()
            .filter(|problem| mine.contains(&problem.fact.code()))
            .map(|problem| format!("{}: {}", problem.pointer, problem.fact))
            .collect()
    }

    fn digest(id: &str) -> Sha256 {
        Sha256::of(id.as_bytes())
    }

    #[test]
    fn a_relation_to_what_is_published_under_its_digest_is_right() {
        let old = [text("OLD-1", "in-force", "")];
        let relation = format!(
            r#"{{"kind":"supplements","target":{{"id":"OLD-1","revision":1,"digest":"{}","part":"plan"}}}}"#,
            digest("OLD-1")
        );
        assert_eq!(errors(&relation, &old), Vec::<String>::new());
    }

    #[test]
    fn a_document_that_is_not_in_the_repository_is_an_error() {
        let old = [text("OLD-1", "in-force", "")];
        assert_eq!(
            errors(r#"{"kind":"amends","target":{"id":"OTHER-1"}}"#, &old),
            ["/relations/0/target: names OTHER-1, which is not in the repository"]
        );
        assert_eq!(
            errors(r#"{"kind":"amends","target":{"id":"OLD-1","revision":2}}"#, &old),
            ["/relations/0/target: names OLD-1@2, which is not in the repository"]
        );
    }

    #[test]
    fn another_digest_and_a_part_that_is_not_there_are_errors() {
        let old = [text("OLD-1", "in-force", "")];
        let relation = format!(
            r#"{{"kind":"amends","target":{{"id":"OLD-1","revision":1,"digest":"{}","part":"fly"}}}}"#,
            digest("else")
        );
        assert_eq!(
            errors(&relation, &old),
            [
                format!(
                    "/relations/0/target/digest: names OLD-1@1 with the digest {}, wanted {}",
                    digest("else"),
                    digest("OLD-1")
                ),
                r#"/relations/0/target/part: names "fly" of OLD-1@1, which has neither an action nor a subject of this id"#
                    .into(),
            ]
        );
    }

    #[test]
    fn a_supplement_to_what_was_revoked_is_an_error_whoever_revoked_it() {
        let relation = r#"{"kind":"supplements","target":{"id":"OLD-1","revision":1,"part":"plan"}}"#;
        assert_eq!(
            errors(relation, &[text("OLD-1", "revoked", "")]),
            ["/relations/0/target: supplements plan of OLD-1, which OLD-1@1 revoked"]
        );
        let revokes = |part: &str| {
            text("BY-1", "in-force", &format!(r#"{{"kind":"revokes","target":{{"id":"OLD-1"{part}}}}}"#))
        };
        for part in ["", r#","part":"plan""#] {
            assert_eq!(
                errors(relation, &[text("OLD-1", "in-force", ""), revokes(part)]),
                ["/relations/0/target: supplements plan of OLD-1, which BY-1@1 revoked"]
            );
        }
        let other_part = vec![text("OLD-1", "in-force", ""), revokes(r#","part":"report""#)];
        assert_eq!(errors(relation, &other_part), Vec::<String>::new());
        let ended = vec![text("OLD-1", "in-force", ""), text("BY-1", "revoked", "")];
        assert_eq!(errors(relation, &ended), Vec::<String>::new());
    }
}
