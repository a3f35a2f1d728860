//! The steps for an officer's key.
//!
//! The next list of issuers marks the key; the root role's keys sign it. What the issuer has published and would then have too few
//! signatures is signed again by other officers, and published before the list is.

use interdict_schema::issuers::KeyState;

use super::plan::{By, Event, Means, Plan, Step};
use crate::standing::Short;

/// What is known of the issuer, and what was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficerPlan<'a> {
    /// The issuer's id.
    pub issuer: &'a str,
    /// What became of the key.
    pub event: Event,
    /// How many officers must sign.
    pub threshold: u32,
    /// The officers that are active in the next list: what people call them, or their keyids.
    pub active: &'a [String],
    /// How many root keys must sign.
    pub root_threshold: u32,
    /// The root keys: what people call them, or their keyids.
    pub root: &'a [String],
    /// For how many payloads the key goes on counting.
    pub vouches: usize,
    /// What has to be signed again.
    pub again: &'a [Short],
    /// Whether the signatures that are missing count under the next list alone, so that all of it has to be published at once.
    pub together: bool,
    /// Whether another key takes its place.
    pub has_another: bool,
    /// The version of the next list.
    pub version: u32,
    /// The repository, as it was given.
    pub repo: &'a str,
    /// The folder for what travels.
    pub pending: &'a str,
}

/// The state that a key has in the next list.
pub const fn next_state(event: Event) -> KeyState {
    match event {
        Event::Lost => KeyState::Retired,
        Event::Compromised => KeyState::Compromised,
    }
}

/// The draft of the next list, below the folder for what travels.
pub fn draft_name(version: u32) -> String {
    format!("issuers-{version}.draft.jsonc")
}

/// The envelope of a document that is signed again, below the folder for what travels.
pub fn envelope_name(path: &str) -> String {
    format!("{}.envelope.json", path.strip_suffix(".json").unwrap_or(path))
}

/// What has to be done.
pub fn officer_plan(of: &OfficerPlan<'_>) -> Plan {
    let below = |name: String| format!("{}/{name}", of.pending);
    let (draft, file) =
        (below(draft_name(of.version)), below(format!("issuers-{}.ceremony.json", of.version)));
    let active = u32::try_from(of.active.len()).unwrap_or(u32::MAX);
    let mut means = vec![match of.event {
        Event::Lost => format!(
            "in the next list of issuers it is retired: it goes on counting for the {} documents that it signed, and for nothing \
             new, should somebody find it",
            of.vouches
        ),
        Event::Compromised => "in the next list of issuers it is compromised: it counts for nothing, not for what it signed either. \
             Where forged documents are out, add their payload digests to `repudiated` in the draft before anybody signs it"
            .to_owned(),
    }];
    if active < of.threshold {
        means.push(format!(
            "{active} officers of {} are left and {} must sign: nothing new can be signed, nor anything again, before the list \
             has another key; give one with --with",
            of.issuer, of.threshold
        ));
    } else if active == of.threshold && !of.has_another {
        means.push(format!(
            "{active} officers of {} are left, as many as must sign: the next loss stops it; a key in its place is given with --with",
            of.issuer
        ));
    }
    if !of.again.is_empty() {
        means.push(format!(
            "{} published documents have too few signatures without it; clients go on enforcing them, and the list is not \
             published before they are signed again",
            of.again.len()
        ));
    }
    let mut steps =
        vec![Step::new(By::ThisProgram, format!("write the next list of issuers to {draft}"), &[])];
    for short in of.again {
        let envelope = below(envelope_name(&short.path));
        let what = format!("copy the published envelope of {} to {envelope}", short.path);
        steps.push(Step::new(By::ThisProgram, what, &[]));
    }
    if of.together {
        steps.extend(together(of, &draft, &below(envelope_name(&format!("issuers-{}.json", of.version)))));
        return Plan { means, clients: Means::FollowAlong, steps };
    }
    let start = ["ceremony", "start", "issuers", &draft, "--repo", of.repo, "--output", &file];
    steps.push(Step::new(By::ThisProgram, "make of it a file for the holders of the root keys", &start));
    steps.extend(sign_again(of));
    if !of.again.is_empty() {
        let envelopes = envelopes(of);
        let mut command = vec!["publish"];
        command.extend(envelopes.iter().map(String::as_str));
        command.extend(["--repo", of.repo]);
        steps.push(Step::new(By::TheOperator, "publish them with the new signatures", &command));
    }
    let holders = By::Holders { of: of.root_threshold, holders: of.root.to_vec() };
    let sign = ["ceremony", "sign", &file, "--key", "KEY"];
    steps.push(Step::new(holders, "sign the list, each with the root key that is theirs", &sign));
    let finish = ["ceremony", "finish", &file, "--repo", of.repo];
    steps.push(Step::new(By::TheOperator, "install the list", &finish));
    steps.push(Step::new(By::TheOperator, "see that a client takes it", &["verify", "--repo", of.repo]));
    Plan { means, clients: Means::FollowAlong, steps }
}

/// The envelopes that are signed again, below the folder for what travels.
fn envelopes(of: &OfficerPlan<'_>) -> Vec<String> {
    of.again.iter().map(|short| format!("{}/{}", of.pending, envelope_name(&short.path))).collect()
}

/// Officers sign them.
fn sign_again(of: &OfficerPlan<'_>) -> Vec<Step> {
    let all = of.again.iter().zip(envelopes(of));
    all.map(|(short, envelope)| {
        let missing = short.threshold.saturating_sub(short.signatures);
        let holders = By::Holders { of: missing, holders: short.may_sign.clone() };
        let command = ["sign", &envelope, "--key", "KEY"];
        Step::new(holders, format!("sign {} again", short.path), &command)
    })
    .collect()
}

/// Where the new key's signatures are wanted: they count under the next list alone.
fn together(of: &OfficerPlan<'_>, draft: &str, list: &str) -> Vec<Step> {
    let mut steps = sign_again(of);
    let holders = By::Holders { of: of.root_threshold, holders: of.root.to_vec() };
    let sign =
        ["sign", draft, "--payload-type", "issuers", "--output", list, "--repo", of.repo, "--key", "KEY"];
    steps.push(Step::new(holders, "sign the list, each with the root key that is theirs", &sign));
    let envelopes = envelopes(of);
    let mut command = vec!["publish"];
    command.extend(envelopes.iter().map(String::as_str));
    command.extend(["--issuers", list, "--repo", of.repo]);
    steps.push(Step::new(
        By::TheOperator,
        "publish the list and what was signed again, all at once",
        &command,
    ));
    steps.push(Step::new(By::TheOperator, "see that a client takes it", &["verify", "--repo", of.repo]));
    steps
}
