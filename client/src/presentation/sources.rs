//! Which documents made a text what it is, and what became of the rest of it.

use std::collections::BTreeMap;

use interdict_host::terminal::Paint;
use interdict_schema::directive::resolve::{Beside, Ending, Origin, Situation, State};
use interdict_schema::directive::{Directive, DirectiveId, deadline};
use jiff::tz::TimeZone;

use super::Page;
use super::moment::since;
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
    let zone = zone_of(directive);
    match &situation.state {
        State::NotYet { from } => {
            page.painted(Paint::Warning, format!("not in force before {}", since(*from, &zone)));
        }
        State::Ended(found) => page.painted(Paint::Warning, ended(found, &directive.id, &zone)),
        State::InForce { .. } => page.painted(Paint::Good, directive.status.as_str()),
    }
    if let Some(until) = situation.restricted_until {
        page.painted(Paint::Warning, format!("restricted to its addressees until {}", since(until, &zone)));
    }
    if let Err(why) = directive.scope.binds(&of.party.profile) {
        page.painted(Paint::Warning, format!("does not bind this agency: {}", of.because(&why)));
    }
}

/// The issuer's zone; UTC shows what is in one that this version does not know.
pub(super) fn zone_of(directive: &Directive) -> TimeZone {
    deadline::zone(&directive.zone).unwrap_or(TimeZone::UTC)
}

/// How something of a directive ended, by what, and what governs now.
pub fn ended(ending: &Ending, of: &DirectiveId, zone: &TimeZone) -> String {
    let reason = ending.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
    let now = match &ending.now {
        Some(now) if *now == ending.by.id => String::new(),
        Some(now) => format!("; {now} governs now"),
        // It ended itself: nobody asks for what took its place.
        None if ending.by.id == *of => String::new(),
        None => "; nothing governs in its place".into(),
    };
    let since = since(ending.since, zone);
    format!("{} by {} since {since}{reason}{now}", ending.how.as_str(), ending.by)
}

/// The documents behind each part; parts that have ended or stand elsewhere; relations that do not act.
pub(super) fn sources(page: &mut Page, directive: &Directive, settled: &Settled, which: Sources) {
    let situation = &settled.current.situation;
    let zone = zone_of(directive);
    let parts = directive.subjects.iter().map(|subject| subject.id.as_str());
    let parts: Vec<&str> = parts.chain(directive.actions.iter().map(|action| action.id.as_str())).collect();
    let mut lines = Vec::new();
    for part in parts {
        match situation.origins.get(part) {
            Some(origins) => lines.push(format!("  {part}: {}", chain(origins, &zone))),
            None if which == Sources::All => lines.push(format!("  {part}: {}", situation.document)),
            None => {}
        }
    }
    if which == Sources::All {
        let waivers = directive.waivers.iter();
        lines.extend(waivers.map(|waiver| format!("  waiver {}: {}", waiver.id, situation.document)));
    }
    for (part, ending) in &situation.ended_parts {
        lines.push(format!("  {part}: {}", ended(ending, &directive.id, &zone)));
    }
    for (part, targets) in &situation.moved_parts {
        let targets: Vec<&str> = targets.iter().map(DirectiveId::as_str).collect();
        lines.push(format!("  {part}: stands in the text of {}", targets.join(", ")));
    }
    for beside in &situation.beside {
        let Beside { kind, document, since: from } = beside;
        lines.push(format!("  beside it: {document} {kind} it, since {}", since(*from, &zone)));
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
            let relation = directive.relations.get(not.relation).filter(|it| it.target.id == not.target);
            let part = relation.and_then(|relation| relation.target.part.as_ref());
            let part = part.map_or_else(String::new, |part| format!(", {part}"));
            page.painted(Paint::Warning, format!("  {} {}{part}: {}", not.kind, not.target, not.why));
        }
    }
}

fn chain(origins: &[Origin], zone: &TimeZone) -> String {
    let words = |origin: &Origin| match &origin.kind {
        None => origin.document.to_string(),
        Some(kind) => {
            let from = since(origin.since, zone);
            format!("{} ({}) {kind} it since {from}", origin.document, origin.part)
        }
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
    let beside: Vec<serde_json::Value> = situation
        .beside
        .iter()
        .map(|it| serde_json::json!({"kind": it.kind, "document": document(&it.document), "since": it.since}))
        .collect();
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
        "beside": beside,
        "without_effect": without_effect,
        "restricted_until": situation.restricted_until,
        "quarantined": situation.quarantined,
    }))
}
