//! What is being signed, in words: enough for an officer to notice that it is the wrong document.

use std::collections::BTreeMap;

use interdict_schema::directive::difference::when;
use interdict_schema::directive::{Action, Directive};
use interdict_schema::dsse::Envelope;
use interdict_schema::entity::EntityList;
use interdict_schema::issuers::{Issuers, KeyState};
use interdict_schema::waiver::WaiverDocument;
use interdict_schema::{DateTime, Sha256};

/// How many names of subjects are written out.
const NAMES_SHOWN: usize = 12;

/// A line of a summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What the text is: `title`, `action 3.1`.
    pub label: String,
    /// The text, as the document has it.
    pub text: String,
}

fn line(label: impl Into<String>, text: impl Into<String>) -> Line {
    Line { label: label.into(), text: text.into() }
}

/// What a directive says. The digest is of the payload bytes that the envelope holds, which are what is signed.
pub fn of_directive(envelope: &Envelope, directive: &Directive, now: DateTime) -> Vec<Line> {
    let mut lines = vec![
        line("title", &directive.title),
        line("directive", format!("{}, revision {}", directive.id, directive.revision)),
        line("status", directive.status.as_str()),
        line("issuer", &directive.issuer),
        line("issued", format!("{} ({})", directive.issued, directive.zone)),
        line("effective", directive.effective().to_string()),
    ];
    if let Some(previous) = &directive.previous {
        lines.push(line("previous", previous.to_string()));
    }
    lines.push(line("payload", format!("{} bytes, sha256 {}", envelope.payload.len(), envelope.digest())));
    lines.push(line("ban list", subjects(directive)));
    for subject in &directive.subjects {
        for from in &subject.identifiers_from {
            let pin = from.digest.map_or_else(
                || "its newest revision".to_owned(),
                |digest| format!("the revision with payload sha256 {digest}"),
            );
            lines.push(line(format!("list {}", from.list), format!("for {}: {pin}", subject.id)));
        }
    }
    for action in &directive.actions {
        lines.push(line(format!("action {}", action.id), of_action(directive, action, now)));
    }
    for relation in &directive.relations {
        lines.push(line("relation", format!("{} {}", relation.kind, relation.target.id)));
    }
    for waiver in &directive.waivers {
        let until = waiver.until.map_or_else(|| "without end".to_owned(), |until| format!("until {until}"));
        lines.push(line("waiver", format!("{} from {} {until}", waiver.id, waiver.from)));
    }
    lines
}

fn subjects(directive: &Directive) -> String {
    let count = directive.subjects.len();
    let mut names: Vec<String> = directive
        .subjects
        .iter()
        .take(NAMES_SHOWN)
        .map(|subject| format!("{} ({})", subject.name, subject.disposition))
        .collect();
    if count > NAMES_SHOWN {
        names.push(format!("and {} more", count - NAMES_SHOWN));
    }
    match count {
        0 => "empty".to_owned(),
        1 => names.join("; "),
        _ => format!("{count} subjects: {}", names.join("; ")),
    }
}

fn of_action(directive: &Directive, action: &Action, now: DateTime) -> String {
    let edge = action.due.as_ref().and_then(|due| due.edge.as_ref());
    let edge = edge.map_or_else(String::new, |edge| format!(" ({edge})"));
    format!("{} {}{edge}, {}", action.modality, action.kind, when(directive, action, now))
}

/// What a list of identifiers says.
pub fn of_list(envelope: &Envelope, list: &EntityList) -> Vec<Line> {
    let mut lines = vec![
        line("title", &list.title),
        line("list", format!("{}, revision {}", list.id, list.revision)),
        line("issuer", &list.issuer),
        line("issued", list.issued.to_string()),
    ];
    if let Some(previous) = &list.previous {
        lines.push(line("previous", previous.to_string()));
    }
    lines.push(line("payload", format!("{} bytes, sha256 {}", envelope.payload.len(), envelope.digest())));
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for identifier in &list.identifiers {
        let count = kinds.entry(identifier.kind.as_str()).or_default();
        *count = count.saturating_add(1);
    }
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let rows = if kinds.is_empty() { "none".to_owned() } else { kinds.join(", ") };
    lines.push(line("identifiers", rows));
    for file in &list.attachments {
        let text = format!("{}, {} {}, sha256 {}", file.path, file.entries, file.kind, file.digest);
        lines.push(line("attachment", text));
    }
    lines
}

/// What a waiver says: who is freed from what, until when.
pub fn of_waiver(envelope: &Envelope, waiver: &WaiverDocument) -> Vec<Line> {
    let mut lines = vec![
        line("title", &waiver.title),
        line("waiver", format!("{}, revision {}", waiver.id, waiver.revision)),
        line("status", waiver.status.as_str()),
        line("issuer", &waiver.issuer),
        line("issued", waiver.issued.to_string()),
    ];
    if let Some(previous) = &waiver.previous {
        lines.push(line("previous", previous.to_string()));
    }
    lines.push(line("payload", format!("{} bytes, sha256 {}", envelope.payload.len(), envelope.digest())));
    let target = &waiver.target;
    let part = target.part.as_deref().unwrap_or("all of it");
    let digest =
        target.digest.map_or_else(|| "no digest".to_owned(), |digest| format!("payload sha256 {digest}"));
    lines.push(line("waives", format!("{}: {part}, in the words of {digest}", target.id)));
    let mut who: Vec<&str> = waiver.beneficiaries.iter().map(String::as_str).collect();
    if who.is_empty() && waiver.eligibility.is_none() {
        who.push("everyone");
    }
    lines.extend(who.into_iter().map(|who| line("frees", who)));
    if let Some(test) = &waiver.eligibility {
        lines.push(line("frees", format!("whoever claims to meet this test: {test}")));
    }
    lines.extend(waiver.conditions.iter().map(|condition| line("condition", condition)));
    let until = waiver.until.map_or_else(|| "without end".to_owned(), |until| format!("until {until}"));
    lines.push(line("from", format!("{} {until}", waiver.from)));
    lines.push(line("granted by", &waiver.granted_by));
    lines
}

/// What a list of issuers says.
pub fn of_issuers(envelope: &Envelope, issuers: &Issuers) -> Vec<Line> {
    let mut lines = vec![
        line("list of issuers", format!("version {}", issuers.version)),
        line("payload", format!("{} bytes, sha256 {}", envelope.payload.len(), envelope.digest())),
    ];
    for issuer in &issuers.issuers {
        let keys = issuer.keys.len();
        let threshold = issuer.threshold;
        lines.push(line(
            format!("issuer {}", issuer.id),
            format!(
                "{}, {threshold} of {keys} keys, ids {}",
                issuer.name,
                issuer.prefixes.iter().map(|prefix| format!("{prefix}-…")).collect::<Vec<_>>().join(", ")
            ),
        ));
        for key in &issuer.keys {
            let state = match key.state {
                KeyState::Active => "active",
                KeyState::Retired => "retired",
                KeyState::Compromised => "compromised",
            };
            let holder = key.holder.as_deref().unwrap_or("no holder named");
            lines.push(line("  key", format!("{} {state}, {holder}", key.public)));
        }
    }
    lines.extend(issuers.repudiated.iter().map(|digest: &Sha256| line("repudiated", digest.to_string())));
    lines
}
