//! Which text is in force: the same whatever the order, unmoved by what comes later and by what is unrelated.

use std::fmt::Write as _;

use interdict_schema::directive::Directive;
use interdict_schema::directive::resolve::{Acts, Document, InForce, Resolved, Rights, State, resolve};
use interdict_schema::{DateTime, Sha256};
use proptest::prelude::*;

/// One revision: number of the directive, revision, day, issuer, ended, relations.
type Drawn = (usize, u32, u32, bool, bool, Vec<(usize, usize, usize, u32)>);

const KINDS: [&str; 7] =
    ["supersedes", "amends", "supplements", "revokes", "closes", "implements", "carries-over"];

fn drawn() -> impl Strategy<Value = Vec<Drawn>> {
    let relation = (0..KINDS.len(), 0..6_usize, 0..3_usize, 0..6_u32);
    let revision = (
        0..6_usize,
        1..4_u32,
        0..6_u32,
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.2),
        prop::collection::vec(relation, 0..3),
    );
    prop::collection::vec(revision, 1..12)
}

fn day(number: u32) -> String {
    format!("2020-01-{:02}", number + 10)
}

fn at(number: u32) -> DateTime {
    format!("{}T12:00:00Z", day(number)).parse().unwrap()
}

fn text((id, revision, revised, foreign, ended, relations): &Drawn) -> String {
    let mut list = String::new();
    for (kind, target, part, effective) in relations {
        let part = ["", r#","part":"a""#, r#","part":"s""#][*part];
        let comma = if list.is_empty() { "" } else { "," };
        let kind = KINDS[*kind];
        let effective = day(*effective);
        write!(
            list,
            r#"{comma}{{"kind":"{kind}","target":{{"id":"D-{target}"{part}}},"effective":"{effective}"}}"#
        )
        .unwrap();
    }
    let (issuer, status) =
        (if *foreign { "gsa" } else { "dhs" }, if *ended { "revoked" } else { "in-force" });
    format!(
        r#"{{"format":"interdict-directive/1","id":"D-{id}","revision":{revision},"status":"{status}","title":"{revised}",
        "issuer":"{issuer}","zone":"UTC","issued":"2020-01-01","revised":"{}",
        "subjects":[{{"id":"s","name":"{id}.{revision}","disposition":"prohibited"}}],
        "actions":[{{"id":"a","modality":"must","kind":"remove","subjects":["s"],"description":"{id}.{revision}"}}],
        "relations":[{list}]}}"#,
        day(*revised)
    )
}

struct Set(Vec<(Directive, Sha256)>);

impl Set {
    /// One text of each revision: the first that was drawn.
    fn of(drawn: &[Drawn]) -> Self {
        let mut seen = std::collections::BTreeSet::new();
        let first = drawn.iter().filter(|drawn| seen.insert((drawn.0, drawn.1)));
        Self(first.map(text).map(|text| read(&text)).collect())
    }

    fn documents(&self) -> Vec<Document<'_>> {
        self.0
            .iter()
            .map(|(directive, digest)| Document { directive, digest: *digest, acts: Acts::Fully })
            .collect()
    }

    fn resolve(&self, as_of: DateTime) -> InForce<'_> {
        resolve(self.documents(), &Rights::none(), as_of)
    }
}

fn read(text: &str) -> (Directive, Sha256) {
    (Directive::parse(text.as_bytes()).unwrap().value, Sha256::of(text.as_bytes()))
}

/// All that is said of a directive; whether the text is borrowed does not matter.
fn said(resolved: &Resolved<'_>) -> String {
    format!("{:?} {:?}", &*resolved.text, resolved.situation)
}

fn begun(in_force: &InForce<'_>) -> Vec<String> {
    let begun = |resolved: &&Resolved<'_>| !matches!(resolved.state, State::NotYet { .. });
    in_force.directives.iter().filter(begun).map(said).collect()
}

fn whole(in_force: &InForce<'_>) -> String {
    let directives: Vec<String> = in_force.directives.iter().map(said).collect();
    format!(
        "{directives:?} {:?} {:?} {:?}",
        in_force.conflicts, in_force.without_effect, in_force.next_change
    )
}

proptest! {
    #[test]
    fn the_order_of_the_documents_does_not_matter(drawn in drawn(), moment in 0..7_u32, turn in any::<prop::sample::Index>()) {
        let set = Set::of(&drawn);
        let mut other = Set::of(&drawn);
        other.0.reverse();
        let places = other.0.len();
        other.0.rotate_left(turn.index(places));
        prop_assert_eq!(whole(&set.resolve(at(moment))), whole(&other.resolve(at(moment))));
    }

    #[test]
    fn what_takes_effect_later_never_changes_an_earlier_answer(drawn in drawn(), moment in 0..7_u32) {
        let all = Set::of(&drawn);
        // What was not there yet at that moment.
        let known = Set(all.0.iter().filter(|(directive, _)| {
            directive.revised.unwrap().begin(&jiff_utc()) <= at(moment)
        }).cloned().collect());
        let (later, then) = (all.resolve(at(moment)), known.resolve(at(moment)));
        prop_assert_eq!(begun(&later), begun(&then));
        prop_assert_eq!(&later.conflicts, &then.conflicts);
        prop_assert_eq!(&later.without_effect, &then.without_effect);
    }

    /// What was asked about one day is answered in the same way after any other day was asked about.
    #[test]
    fn asking_about_another_day_changes_no_answer(drawn in drawn(), days in prop::collection::vec(0..7_u32, 1..6)) {
        let set = Set::of(&drawn);
        let answers: Vec<String> = days.iter().map(|day| whole(&set.resolve(at(*day)))).collect();
        let again: Vec<String> = days.iter().rev().map(|day| whole(&set.resolve(at(*day)))).collect();
        prop_assert_eq!(answers.into_iter().rev().collect::<Vec<_>>(), again);
    }

    #[test]
    fn an_unrelated_directive_changes_nothing(drawn in drawn(), moment in 0..7_u32) {
        let set = Set::of(&drawn);
        let mut more = Set::of(&drawn);
        more.0.push(read(&text(&(9, 1, 0, false, false, Vec::new()))));
        let without = |in_force: &InForce<'_>| {
            let others = in_force.directives.iter().filter(|resolved| resolved.document.id.as_str() != "D-9");
            let others: Vec<String> = others.map(said).collect();
            (others, in_force.conflicts.clone(), in_force.without_effect.clone())
        };
        prop_assert_eq!(without(&set.resolve(at(moment))), without(&more.resolve(at(moment))));
    }

    #[test]
    fn nothing_is_lifted_but_by_its_own_issuer_and_in_its_time(drawn in drawn(), moment in 0..7_u32) {
        let set = Set::of(&drawn);
        let in_force = set.resolve(at(moment));
        for resolved in &in_force.directives {
            let issuer_of = |document: &interdict_schema::directive::resolve::DocumentRef| {
                set.0.iter().find(|(_, digest)| *digest == document.digest).unwrap().0.issuer.clone()
            };
            if let State::Ended(ending) = &resolved.state {
                prop_assert!(ending.since <= in_force.as_of);
                prop_assert_eq!(&issuer_of(&ending.by), &resolved.text.issuer);
            }
            for origin in resolved.origins.values().flatten() {
                prop_assert!(origin.since <= in_force.as_of);
                prop_assert_eq!(&issuer_of(&origin.document), &resolved.text.issuer);
            }
        }
    }

    /// What has ended comes back by a newer revision of its own alone, or while it is itself in a conflict.
    #[test]
    fn nothing_is_revived_in_silence(drawn in drawn(), earlier in 0..7_u32, later in 0..7_u32) {
        // No revision has another issuer than the one before.
        let drawn: Vec<Drawn> = drawn.into_iter().map(|drawn| (drawn.0, drawn.1, drawn.2, drawn.0.is_multiple_of(3), drawn.4, drawn.5)).collect();
        let set = Set::of(&drawn);
        let (before, after) = (set.resolve(at(earlier.min(later))), set.resolve(at(earlier.max(later))));
        for resolved in before.directives.iter().filter(|resolved| resolved.is_ended()) {
            let now = after.get(&resolved.document.id).unwrap();
            prop_assert!(
                now.is_ended() || now.quarantined || now.document.revision > resolved.document.revision,
                "{}", resolved.document.id
            );
        }
        for resolved in before.directives.iter().filter(|resolved| !resolved.is_ended()) {
            let now = after.get(&resolved.document.id).unwrap();
            for part in resolved.ended_parts.keys() {
                prop_assert!(
                    now.ended_parts.contains_key(part) || now.is_ended() || now.quarantined
                        || now.document.revision > resolved.document.revision,
                    "{} {part}", resolved.document.id
                );
            }
        }
    }

    /// Whatever relations say, an obligation that nothing has ended stands in exactly one text: where it was written, or
    /// where its own directive's relation has put it; or else another directive's part stands in its place.
    #[test]
    fn no_obligation_is_lost_on_the_way(drawn in drawn(), moment in 0..7_u32) {
        let set = Set::of(&drawn);
        let in_force = set.resolve(at(moment));
        let stands = |words: &str| {
            let texts = in_force.directives.iter().filter(|resolved| !resolved.is_ended());
            texts.flat_map(|resolved| &resolved.text.actions).filter(|action| action.description.as_deref() == Some(words)).count()
        };
        for resolved in in_force.directives.iter().filter(|resolved| !resolved.is_ended()) {
            let words = format!("{}.{}", resolved.document.id.as_str().trim_start_matches("D-"), resolved.document.revision);
            let replaced = resolved.origins.contains_key("a") || resolved.ended_parts.contains_key("a");
            let moved_to = resolved.moved_parts.get("a");
            if moved_to.is_none() && !replaced {
                prop_assert_eq!(stands(&words), 1, "{}", words);
            }
            // What it was put into has its own chain that names it, or ends the part.
            for target in moved_to.into_iter().flatten() {
                let target = in_force.get(target).unwrap();
                prop_assert!(!target.is_ended());
                let named = target.origins.get("a").is_some_and(|chain| {
                    chain.iter().any(|origin| origin.document.id == resolved.document.id)
                });
                prop_assert!(named || target.ended_parts.contains_key("a") || target.moved_parts.contains_key("a"));
            }
        }
    }
}

fn jiff_utc() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::UTC
}
