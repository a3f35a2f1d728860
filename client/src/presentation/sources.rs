//! Which documents made a text what it is, and what became of the rest of it.

use std::collections::BTreeMap;

use interdict_host::terminal::Paint;
use interdict_schema::directive::resolve::{Ending, Origin, Situation, State};
use interdict_schema::directive::{Directive, DirectiveId};

use super::Page;
use super::obligations::Of;
use crate::store::generation::Settled;

/// Whether the source of every part is named, or of those alone that another document has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sources {
    /// Of every part.
    All,
    /// Of the changed ones.
    Changed,
}

/// Whether it binds, in one line.
pub(super) fn state(page: &mut Page, directive: &Directive, situation: &Situation, of: Of<'_>) {
    match &situation.state {
        State::NotYet { from } => page.painted(Paint::Warning, format!("not in force before {from}")),
        State::Ended(ending) if ending.by.id == directive.id => {
            page.painted(Paint::Warning, format!("{} since {}", ending.how.as_str(), ending.since));
        }
        State::Ended(ending) => page.painted(Paint::Warning, ended(ending)),
        State::InForce { .. } => page.painted(Paint::Good, directive.status.as_str()),
    }
    if let Some(until) = situation.restricted_until {
        page.painted(Paint::Warning, format!("restricted to its addressees until {until}"));
    }
    if let Err(why) = directive.scope.binds(&of.party.profile) {
        page.painted(Paint::Warning, format!("does not bind this agency: {}", of.because(&why)));
    }
}

/// How something ended, by what, and what governs now.
pub fn ended(ending: &Ending) -> String {
    let reason = ending.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
    let now = match &ending.now {
        Some(now) if *now == ending.by.id => String::new(),
        Some(now) => format!("; {now} governs now"),
        None => "; nothing governs in its place".into(),
    };
    format!("{} by {} since {}{reason}{now}", ending.how.as_str(), ending.by, ending.since)
}

/// The documents behind each part; parts that have ended or stand elsewhere; relations that do not act.
pub(super) fn sources(page: &mut Page, directive: &Directive, settled: &Settled, which: Sources) {
    let situation = &settled.current.situation;
    let parts = directive.subjects.iter().map(|subject| subject.id.as_str());
    let parts: Vec<&str> = parts.chain(directive.actions.iter().map(|action| action.id.as_str())).collect();
    let mut lines = Vec::new();
    for part in parts {
        match situation.origins.get(part) {
            Some(origins) => lines.push(format!("  {part}: {}", chain(origins))),
            None if which == Sources::All => lines.push(format!("  {part}: {}", situation.document)),
            None => {}
        }
    }
    for (part, ending) in &situation.ended_parts {
        lines.push(format!("  {part}: {}", ended(ending)));
    }
    for (part, targets) in &situation.moved_parts {
        let targets: Vec<&str> = targets.iter().map(DirectiveId::as_str).collect();
        lines.push(format!("  {part}: stands in the text of {}", targets.join(", ")));
    }
    for beside in &situation.beside {
        lines.push(format!("  beside it: {} {} it, since {}", beside.document, beside.kind, beside.since));
    }
    if !lines.is_empty() {
        page.heading("Which document says so");
        for line in lines {
            page.line(line);
        }
    }
    if !settled.without_effect.is_empty() {
        page.heading("Without effect");
        for not in &settled.without_effect {
            page.painted(Paint::Warning, format!("  {} {}: {}", not.kind, not.target, not.why));
        }
    }
}

fn chain(origins: &[Origin]) -> String {
    let words = |origin: &Origin| match &origin.kind {
        None => origin.document.to_string(),
        Some(kind) => format!("{} ({}) {kind} it since {}", origin.document, origin.part, origin.since),
    };
    origins.iter().map(words).collect::<Vec<_>>().join("; ")
}

/// A text and its sources for programs.
pub fn text_json(directive: &Directive, settled: &Settled, as_of: impl std::fmt::Display) -> Vec<u8> {
    let situation = &settled.current.situation;
    let document = |document: &interdict_schema::directive::resolve::DocumentRef| {
        serde_json::json!({
            "id": document.id, "revision": document.revision, "digest": document.digest.to_string(),
        })
    };
    let ending = |ending: &Ending| {
        serde_json::json!({
            "how": ending.how.as_str(), "since": ending.since, "by": document(&ending.by), "reason": ending.reason,
            "now": ending.now,
        })
    };
    let origin = |origin: &Origin| {
        serde_json::json!({
            "document": document(&origin.document), "part": origin.part, "kind": origin.kind, "since": origin.since,
        })
    };
    let state = match &situation.state {
        State::NotYet { from } => serde_json::json!({"is": "not-yet", "from": from}),
        State::InForce { since } => serde_json::json!({"is": "in-force", "since": since}),
        State::Ended(found) => serde_json::json!({"is": "ended", "ending": ending(found)}),
    };
    let parts = directive.subjects.iter().map(|subject| &subject.id);
    let parts = parts.chain(directive.actions.iter().map(|action| &action.id));
    let sources: BTreeMap<&String, serde_json::Value> = parts
        .map(|part| {
            let origins = situation.origins.get(part).map(|list| list.iter().map(origin).collect::<Vec<_>>());
            let own = || vec![serde_json::json!({"document": document(&situation.document), "part": part})];
            (part, origins.unwrap_or_else(own).into())
        })
        .collect();
    let ended_parts: BTreeMap<&String, serde_json::Value> =
        situation.ended_parts.iter().map(|(part, found)| (part, ending(found))).collect();
    let granted: Vec<serde_json::Value> = settled.current.granted.iter().map(document).collect();
    let without_effect: Vec<String> = settled.without_effect.iter().map(ToString::to_string).collect();
    super::json(&serde_json::json!({
        "format": "interdict-text/1",
        "as_of": as_of.to_string(),
        "state": state,
        "directive": directive,
        "sources": sources,
        "granted_by": granted,
        "ended_parts": ended_parts,
        "moved_parts": situation.moved_parts,
        "without_effect": without_effect,
        "quarantined": situation.quarantined,
    }))
}
