#![allow(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod acting;
mod amending;
mod bearing;
mod begin;
mod closing;
mod conflict;
mod ending;
mod lasting;
mod waiving;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::*;
use crate::directive::scope::Profile;

/// A directive with an action and a subject; `extra` are further members, with a comma in front.
fn text(id: &str, revision: u32, issued: &str, extra: &str) -> String {
    let parts = r#""subjects":[{"id":"orion","name":"Orion","disposition":"prohibited"}],
        "actions":[{"id":"report","modality":"must","kind":"report"},
            {"id":"four","modality":"must","kind":"disconnect","subjects":["orion"],
             "due":{"edge":"complete","offset":{"n":2,"unit":"day","anchor":"issued"}}}]"#;
    with(id, revision, issued, parts, extra)
}

fn with(id: &str, revision: u32, issued: &str, parts: &str, extra: &str) -> String {
    alloc::format!(
        r#"{{"format":"interdict-directive/1","id":"{id}","revision":{revision},"status":"in-force","title":"{id}",
        "issuer":"dhs","zone":"UTC","issued":"{issued}",{parts}{extra}}}"#
    )
}

fn relation(kind: &str, target: &str, more: &str) -> String {
    alloc::format!(r#","relations":[{{"kind":"{kind}","target":{{"id":"{target}"{more}}}}}]"#)
}

struct Set(Vec<(Directive, Sha256, Acts)>);

impl Set {
    fn of(texts: &[String]) -> Self {
        let read = |text: &String| {
            (Directive::parse(text.as_bytes()).unwrap().value, Sha256::of(text.as_bytes()), Acts::Fully)
        };
        Self(texts.iter().map(read).collect())
    }

    fn documents(&self) -> Vec<Document<'_>> {
        self.0
            .iter()
            .map(|(directive, digest, acts)| Document { directive, digest: *digest, acts: *acts })
            .collect()
    }

    fn at(&self, day: &str) -> InForce<'_> {
        resolve(self.documents(), &Rights::none(), moment(day))
    }
}

fn moment(day: &str) -> DateTime {
    alloc::format!("{day}T12:00:00Z").parse().unwrap()
}

fn one<'i>(in_force: &'i InForce<'_>, id: &str) -> &'i Resolved<'i> {
    in_force.get(&id.parse().unwrap()).unwrap()
}

fn ending<'i>(in_force: &'i InForce<'_>, id: &str) -> Option<&'i Ending> {
    match &one(in_force, id).state {
        State::Ended(ending) => Some(ending),
        _ => None,
    }
}

fn reasons(in_force: &InForce<'_>) -> Vec<String> {
    in_force.without_effect.iter().map(ToString::to_string).collect()
}
