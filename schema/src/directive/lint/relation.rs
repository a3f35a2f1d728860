//! Relations to what is published: is the target there, is it the text that is meant, and does it still stand.
//!
//! What the draft alone tells of a relation is in `reference`. What becomes of all relations together is decided by
//! [`crate::directive::resolve`].

use alloc::format;
use alloc::string::{String, ToString};

use super::{Context, Fact, Problems};
use crate::DateTime;
use crate::directive::resolve::{Document, Rights, resolve};
use crate::directive::{Directive, Relation, RelationKind, Revision, Target, deadline};
use crate::json::Pointer;

pub(super) fn check(directive: &Directive, context: &Context<'_>, problems: &mut Problems) {
    if let Some(previous) = context.previous {
        dropped(directive, previous.directive, problems);
    }
    let Some(published) = context.published else { return };
    if !directive.is_ended() {
        silenced(directive, published, problems);
    }
    for (number, relation) in directive.relations.iter().enumerate() {
        if relation.target.id != directive.id {
            let at = Pointer::root().join("relations").join(number);
            target(&at, directive, relation, published, context.rights, problems);
        }
    }
}

/// What a revision ended stays ended also where no later one says so: whoever leaves it out may have meant something else.
fn dropped(directive: &Directive, before: &Directive, problems: &mut Problems) {
    let same = |one: &Target, other: &Target| one.id == other.id && one.part == other.part;
    for relation in before.relations.iter().filter(|relation| relation.ends()) {
        let kept = directive.relations.iter().any(|own| own.ends() && same(&own.target, &relation.target));
        if !kept {
            let (kind, id) = (relation.kind.to_string(), relation.target.id.to_string());
            problems.add(Pointer::root().join("relations"), Fact::RelationDropped { kind, id });
        }
    }
}

/// A relation that names the revision before this one is silent as soon as this one is the text.
fn silenced(directive: &Directive, published: &[Document<'_>], problems: &mut Problems) {
    let is_newest = |document: &&Document<'_>| {
        let Directive { id, revision, .. } = document.directive;
        !published.iter().any(|other| other.directive.id == *id && other.directive.revision > *revision)
    };
    let before = |revision: &Revision| {
        published.iter().any(|document| {
            document.directive.id == directive.id
                && document.directive.revision == *revision
                && *revision < directive.revision
        })
    };
    for document in
        published.iter().filter(|document| document.directive.id != directive.id).filter(is_newest)
    {
        for relation in
            document.directive.relations.iter().filter(|relation| relation.target.id == directive.id)
        {
            let acts = relation.ends() || relation.changes();
            let Some(found) = relation.target.revision.filter(before).filter(|_| acts) else { continue };
            // Where another revision has come between, it is silent already.
            let newest = |other: &Document<'_>| {
                other.directive.id == directive.id
                    && other.directive.revision > found
                    && other.directive.revision < directive.revision
            };
            if !published.iter().any(newest) {
                let part = relation.target.part.as_ref();
                problems.add(
                    Pointer::root().join("revision"),
                    Fact::SilencesRelation {
                        by: document.directive.id.to_string(),
                        kind: relation.kind.to_string(),
                        part: part.map_or_else(String::new, |part| format!(", its part {part:?}")),
                        found,
                    },
                );
            }
        }
    }
}

fn target(
    at: &Pointer,
    directive: &Directive,
    relation: &Relation,
    published: &[Document<'_>],
    rights: Option<&Rights>,
    problems: &mut Problems,
) {
    let Target { id, revision, digest, part } = &relation.target;
    let at = at.join("target");
    let revisions = || published.iter().filter(|document| document.directive.id == *id);
    let Some(newest) = revisions().max_by_key(|document| document.directive.revision) else {
        return problems.add(at.join("id"), Fact::TargetAbsent { id: id.to_string() });
    };
    let meant =
        revision.and_then(|wanted| revisions().find(|document| document.directive.revision == wanted));
    match (*revision, meant) {
        (Some(found), None) => {
            return problems.add(at.join("revision"), Fact::TargetRevision { id: id.to_string(), found });
        }
        (Some(found), Some(_)) if found != newest.directive.revision => {
            let newest = newest.directive.revision;
            problems.add(at.join("revision"), Fact::TargetOutdated { id: id.to_string(), found, newest });
        }
        _ => {}
    }
    if let Some(found) = *digest {
        let there = match meant {
            Some(meant) => meant.digest == found,
            None => revisions().any(|document| document.digest == found),
        };
        if !there {
            problems.add(at.join("digest"), Fact::TargetDigest { id: id.to_string(), found });
        }
    }
    let text = meant.unwrap_or(newest).directive;
    if let Some(part) = part {
        let there = text.action(part).is_some() || text.subjects.iter().any(|subject| subject.id == *part);
        if !there {
            problems.add(at.join("part"), Fact::TargetPart { id: id.to_string(), part: part.clone() });
        }
    }
    if matches!(relation.kind, RelationKind::Amends | RelationKind::Supplements | RelationKind::Implements) {
        ended(&at, directive, relation, published, rights, problems);
    }
}

/// A supplement to what has ended orders nothing that anybody could add it to.
fn ended(
    at: &Pointer,
    directive: &Directive,
    relation: &Relation,
    published: &[Document<'_>],
    rights: Option<&Rights>,
    problems: &mut Problems,
) {
    let Ok(zone) = deadline::zone(&directive.zone) else { return };
    let start: DateTime = relation.effective.unwrap_or(*directive.effective()).begin(&zone);
    let nobody = Rights::none();
    let in_force = resolve(published.iter().copied(), rights.unwrap_or(&nobody), start);
    let Some(target) = in_force.get(&relation.target.id) else { return };
    let ended = relation.target.part.as_ref().and_then(|part| target.ended_parts.get(part));
    let ending = match &target.state {
        crate::directive::resolve::State::Ended(ending) => Some(ending),
        _ => ended,
    };
    // A later revision of a supplement comes after what ended its target, and changes nothing of that.
    if let Some(ending) = ending.filter(|ending| !directive.is_ended() && ending.by.id != directive.id) {
        let (kind, id) = (relation.kind.to_string(), relation.target.id.to_string());
        problems.add(
            at.join("id"),
            Fact::TargetEnded { kind, id, how: ending.how.as_str(), since: ending.since },
        );
    }
}
