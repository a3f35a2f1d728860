//! What is being signed, in words: enough for an officer to notice that it is the wrong document (`trust.md`, rule 24).
//!
//! Text in what these return comes from documents: whoever shows it escapes it.

use std::collections::BTreeMap;

use interdict_schema::issuers::{Issuer, IssuerKey, Issuers, KeyState};
use interdict_schema::tuf::{Key, RoleKeys, RoleType, Root, Targets};
use interdict_schema::{DateTime, Sha256};

use super::{OpenDocument, Opened, What};
use crate::officer::{self, Line};

const ROLES: [RoleType; 4] = [RoleType::Root, RoleType::Targets, RoleType::Snapshot, RoleType::Timestamp];

fn line(label: impl Into<String>, text: impl Into<String>) -> Line {
    Line { label: label.into(), text: text.into() }
}

/// A key in words: who holds it, and its keyid.
pub fn holder(keyid: &str, holders: &BTreeMap<String, String>) -> String {
    match holders.get(keyid) {
        Some(holder) => format!("{holder} ({keyid})"),
        None => keyid.to_owned(),
    }
}

/// What a document of a ceremony says, and what it changes against what the ceremony builds on.
pub fn of_document(opened: &Opened, open: &OpenDocument, now: DateTime) -> Vec<Line> {
    let base = opened.base();
    let digest = opened.file().documents.iter().find(|document| document.name == open.what.name());
    let envelope = opened.envelopes().remove(open.what.name().as_str());
    let mut lines = match (&open.what, envelope) {
        (What::Root(root), _) => of_root(base.map(|base| base.root.signed()), root, &opened.file().holders),
        (What::Targets(targets), _) => of_targets(targets),
        (What::Issuers(issuers), Some(envelope)) => {
            let mut lines = officer::of_issuers(&envelope, issuers);
            lines.extend(base.into_iter().flat_map(|base| of_issuers(&base.issuers, issuers)));
            return lines;
        }
        (What::Directive(directive), Some(envelope)) => {
            return officer::of_directive(&envelope, directive, now);
        }
        (What::List(list), Some(envelope)) => return officer::of_list(&envelope, list),
        (What::Waiver(waiver), Some(envelope)) => return officer::of_waiver(&envelope, waiver),
        (_, None) => Vec::new(),
    };
    lines.extend(digest.map(|document| line("sha256", document.sha256.to_string())));
    lines
}

/// What a root says: every role with its keys, and what is another than in the root before.
pub fn of_root(before: Option<&Root>, root: &Root, holders: &BTreeMap<String, String>) -> Vec<Line> {
    let mut lines = vec![line("root", format!("version {}", root.version))];
    let was = before.map_or_else(String::new, |before| format!(" (until now {})", before.expires));
    lines.push(line("expires", format!("{}{was}", root.expires)));
    for role in ROLES {
        let keys = root.role(role);
        lines.push(line(role.as_str(), format!("{} of {} keys", keys.threshold, keys.keyids.len())));
        lines.extend(keys.keyids.iter().map(|keyid| line("  key", holder(keyid, holders))));
    }
    let Some(before) = before else { return lines };
    let changes: Vec<Line> = ROLES
        .into_iter()
        .flat_map(|role| of_role(role, before.role(role), root.role(role), holders))
        .collect();
    if changes.is_empty() {
        lines.push(line("changes", "no key and no threshold"));
    }
    lines.extend(changes);
    lines
}

fn of_role(
    role: RoleType,
    before: &RoleKeys,
    after: &RoleKeys,
    holders: &BTreeMap<String, String>,
) -> Vec<Line> {
    let label = || format!("changes {role}");
    let mut lines = Vec::new();
    let gone = before.keyids.iter().filter(|keyid| !after.keyids.contains(keyid));
    lines.extend(gone.map(|keyid| line(label(), format!("removes {}", holder(keyid, holders)))));
    let new = after.keyids.iter().filter(|keyid| !before.keyids.contains(keyid));
    lines.extend(new.map(|keyid| line(label(), format!("adds {}", holder(keyid, holders)))));
    if before.threshold != after.threshold {
        lines.push(line(label(), format!("threshold {} instead of {}", after.threshold, before.threshold)));
    }
    lines
}

fn of_targets(targets: &Targets) -> Vec<Line> {
    let mut lines = vec![
        line("targets", format!("version {}", targets.version)),
        line("expires", targets.expires.to_string()),
        line("lists", format!("{} files", targets.targets.len())),
    ];
    if let Some(delegations) = &targets.delegations {
        lines.push(line("delegates", format!("to {} roles", delegations.roles.len())));
    }
    lines
}

/// What a list of issuers changes.
fn of_issuers(before: &Issuers, after: &Issuers) -> Vec<Line> {
    let changes = |text: String| line("changes", text);
    let mut lines = Vec::new();
    for gone in before.issuers.iter().filter(|old| after.issuers.iter().all(|new| new.id != old.id)) {
        lines.push(changes(format!("removes the issuer {}", gone.id)));
    }
    for new in &after.issuers {
        match before.issuers.iter().find(|old| old.id == new.id) {
            None => lines.push(changes(format!("adds the issuer {}", new.id))),
            Some(old) => lines.extend(of_issuer(old, new).into_iter().map(changes)),
        }
    }
    let digest = |digest: &&Sha256| !before.repudiated.contains(digest);
    lines.extend(after.repudiated.iter().filter(digest).map(|it| changes(format!("repudiates {it}"))));
    let back = before.repudiated.iter().filter(|it| !after.repudiated.contains(it));
    lines.extend(back.map(|it| changes(format!("no longer repudiates {it}"))));
    if lines.is_empty() {
        lines.push(changes("nothing but the version, or only who signs it".to_owned()));
    }
    lines
}

fn of_issuer(before: &Issuer, after: &Issuer) -> Vec<String> {
    let id = &after.id;
    let mut found = Vec::new();
    if before.name != after.name {
        found.push(format!("{id} is called {} instead of {}", after.name, before.name));
    }
    if before.threshold != after.threshold {
        found.push(format!("{id}: threshold {} instead of {}", after.threshold, before.threshold));
    }
    let mut listed = |what: &str, before: &[String], after: &[String]| {
        let gone = before.iter().filter(|it| !after.contains(it));
        found.extend(gone.map(|it| format!("{id}: {what} {it} no longer")));
        let new = after.iter().filter(|it| !before.contains(it));
        found.extend(new.map(|it| format!("{id}: {what} {it}")));
    };
    listed("may issue", &before.prefixes, &after.prefixes);
    listed("may amend", &before.may_amend, &after.may_amend);
    let same = |one: &IssuerKey, other: &IssuerKey| one.public == other.public && one.scheme == other.scheme;
    for gone in before.keys.iter().filter(|old| after.keys.iter().all(|new| !same(old, new))) {
        found.push(format!("{id}: removes the key of {}", of_key(gone)));
    }
    for new in &after.keys {
        match before.keys.iter().find(|old| same(old, new)) {
            None => found.push(format!("{id}: adds the {} key of {}", state(new), of_key(new))),
            Some(old) if old.state != new.state || old.vouches != new.vouches => found.push(format!(
                "{id}: the key of {} is {} instead of {}, and vouches for {} documents",
                of_key(new),
                state(new),
                state(old),
                new.vouches.len()
            )),
            Some(old) if old.holder != new.holder => {
                found.push(format!("{id}: the key of {} is held by {}", of_key(old), of_key(new)));
            }
            Some(_) => {}
        }
    }
    found
}

fn of_key(key: &IssuerKey) -> String {
    let keyid = key.public_key().map_or_else(|| key.public.clone(), |public| Key::of(&public).keyid());
    match &key.holder {
        Some(holder) => format!("{holder} ({keyid})"),
        None => keyid,
    }
}

const fn state(key: &IssuerKey) -> &'static str {
    match key.state {
        KeyState::Active => "active",
        KeyState::Retired => "retired",
        KeyState::Compromised => "compromised",
    }
}
