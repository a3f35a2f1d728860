//! The steps for a key of a role.
//!
//! A root that the old threshold and the new one sign takes the key out; clients that have any root of the repository follow it. Only
//! where fewer root keys are left than must sign is there no way but a new repository: a key that was lost signs nothing any more,
//! while one that somebody else has as well signs once more for its holder.

use interdict_schema::DateTime;
use interdict_schema::tuf::{RoleType, Version};

use super::plan::{By, Event, Means, Plan, Step};

/// What is known of the role, and what was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePlan<'a> {
    /// The key.
    pub keyid: &'a str,
    /// What people call it, or its keyid.
    pub name: &'a str,
    /// Its role.
    pub role: RoleType,
    /// What became of it.
    pub event: Event,
    /// How many of the role's keys must sign.
    pub threshold: u32,
    /// The other keys of the role: what people call them, or their keyids.
    pub left: &'a [String],
    /// How many root keys must sign.
    pub root_threshold: u32,
    /// The root keys that are left.
    pub root_left: &'a [String],
    /// The key that takes its place, as it was given.
    pub with: Option<&'a str>,
    /// Whether that is a key that signs from here, and not a public part alone.
    pub with_is_here: bool,
    /// Root keys that are at hand here, as URIs.
    pub root_here: &'a [String],
    /// The repository, as it was given.
    pub repo: &'a str,
    /// The version of the next root.
    pub next_root: Version,
    /// When the timestamp expires.
    pub timestamp_expires: DateTime,
    /// The folder for what travels.
    pub pending: &'a str,
}

/// What has to be done.
pub fn role_plan(of: &RolePlan<'_>) -> Plan {
    let root_left = u32::try_from(of.root_left.len()).unwrap_or(u32::MAX);
    let mut means = vec![what_it_allows(of)];
    if signs_once_more(of) {
        means.push(format!(
            "{root_left} other root keys and {} must sign: the next root has to be signed with this key once more, by its holder. \
             Do it now",
            of.root_threshold
        ));
    } else if root_left < of.root_threshold {
        means.push(format!(
            "{root_left} root keys are left and {} must sign: nobody can ever sign the next root, or the next list of issuers. \
             A new repository takes the place of this one, and every client has to pin its root",
            of.root_threshold
        ));
        return Plan { means, clients: Means::PinAnew, steps: found_anew(of) };
    }
    let left = u32::try_from(of.left.len()).unwrap_or(u32::MAX);
    if left < of.threshold && of.event == Event::Lost {
        means.push(format!(
            "{left} keys of the {} role are left and {} must sign: nothing that it signs can be signed until a new root \
             gives it another key",
            of.role, of.threshold
        ));
    }
    if let (RoleType::Timestamp, Event::Lost) = (of.role, of.event) {
        means.push(format!(
            "clients are stale from {} on, unless it is replaced before",
            of.timestamp_expires
        ));
    }
    Plan { means, clients: Means::FollowAlong, steps: rotate(of) }
}

/// Whether the next root has to be signed with the key itself: a root key without which too few are left, and which its holder has
/// still.
fn signs_once_more(of: &RolePlan<'_>) -> bool {
    let left = u32::try_from(of.root_left.len()).unwrap_or(u32::MAX);
    of.event == Event::Compromised && of.role == RoleType::Root && left < of.root_threshold
}

fn what_it_allows(of: &RolePlan<'_>) -> String {
    let alone = of.threshold == 1;
    let text = match (of.event, of.role) {
        (Event::Lost, _) => "it can do nobody any harm as long as nobody finds it",
        (Event::Compromised, RoleType::Root) if alone => {
            "with it alone anybody can sign a root of their own and a list of issuers: compare the newest root with what \
             mirrors and clients have, and tell every agency"
        }
        (Event::Compromised, RoleType::Root) => {
            "it is one of several that must sign: alone it can sign nothing that a client believes"
        }
        (Event::Compromised, RoleType::Targets) if alone => {
            "with it alone anybody can withhold what is published or show older texts, and order nothing: officers' keys do that"
        }
        (Event::Compromised, RoleType::Targets) => {
            "it is one of several that must sign: alone it can change nothing that is published"
        }
        (Event::Compromised, RoleType::Snapshot) => {
            "with the timestamp key it could mix older texts with newer ones; alone it can do nothing, and order nothing"
        }
        (Event::Compromised, RoleType::Timestamp) => {
            "whoever has it and the network can keep from clients, for as long as it counts, that there is something new"
        }
    };
    text.to_owned()
}

/// The way through a new root.
fn rotate(of: &RolePlan<'_>) -> Vec<Step> {
    let role = of.role.to_string();
    let file = format!("{}/root-{}.ceremony.json", of.pending, of.next_root);
    // A role keeps as many keys as must sign.
    let may_shrink = u32::try_from(of.left.len()).unwrap_or(u32::MAX) >= of.threshold.max(1);
    let mut steps = Vec::new();
    let with = match of.with {
        Some(with) => Some(with.to_owned()),
        None if may_shrink => None,
        None => {
            let new = format!("{role}-new.key");
            let label = format!("{role}, in place of {}", of.keyid.get(..8).unwrap_or(of.keyid));
            let what =
                "make another key, on the machine on which it will sign, and run this again with --with";
            steps.push(Step::new(By::TheOperator, what, &["key", "new", &new, "--label", &label]));
            Some(new)
        }
    };
    // One that was not made yet is made where it will sign, which for a role that signs at each publication is here.
    let is_here = of.with_is_here || of.with.is_none();
    let new_key = with.clone().filter(|_| is_here);
    let change = match &with {
        Some(with) => ["--replace".to_owned(), format!("{}={with}", of.keyid)],
        None => ["--remove".to_owned(), of.keyid.to_owned()],
    };
    let [flag, change] = [change[0].as_str(), change[1].as_str()];
    let ready = of.with.is_some() || with.is_none();
    let me = if ready { By::ThisProgram } else { By::TheOperator };
    let once_more = signs_once_more(of);
    let wanted = usize::try_from(of.root_threshold).unwrap_or(usize::MAX);
    let here: Vec<&String> = of.root_here.iter().take(wanted).collect();
    if here.len() == wanted && (is_here || !once_more) {
        let mut command = vec!["rotate", &role, flag, change, "--repo", of.repo];
        command.extend(new_key.iter().flat_map(|key| ["--key", key.as_str()]));
        command.extend(here.iter().flat_map(|uri| ["--key", uri.as_str()]));
        let what = "sign the next root with the root keys that are here, and install it";
        steps.push(Step::new(me.clone(), what, &command));
        steps.push(Step::new(me, "see that a client takes it", &["verify", "--repo", of.repo]));
    } else {
        let command = [
            "ceremony", "start", "root", "--role", &role, flag, change, "--repo", of.repo, "--output", &file,
        ];
        steps.push(Step::new(me, "write the next root for the holders of the root keys", &command));
        let mut holders = of.root_left.to_vec();
        let mut wanted = of.root_threshold;
        if once_more {
            // The key for the root before, and the new one for the root after.
            holders.push(of.name.to_owned());
            holders.extend(with.clone());
            wanted = wanted.saturating_add(1);
        }
        let holders = By::Holders { of: wanted, holders };
        let command = ["ceremony", "sign", &file, "--key", "KEY"];
        steps.push(Step::new(holders, "sign it, each with the key that is theirs", &command));
        let mut command = vec!["ceremony", "finish", &file, "--repo", of.repo];
        command.extend(new_key.iter().flat_map(|key| ["--key", key.as_str()]));
        let what = if of.role == RoleType::Targets {
            "install it; where the targets have to be signed anew it adds them to the file, for their holders to sign, and \
             wants to be run again"
        } else {
            "install it"
        };
        steps.push(Step::new(By::TheOperator, what, &command));
        steps.push(Step::new(By::TheOperator, "see that a client takes it", &["verify", "--repo", of.repo]));
    }
    steps
}

/// The way through a new repository.
fn found_anew(of: &RolePlan<'_>) -> Vec<Step> {
    let refresh = ["refresh", "--repo", of.repo];
    vec![
        Step::new(
            By::TheOperator,
            "look for a copy of the key: while one is found, none of this is needed",
            &[],
        ),
        Step::new(
            By::TheOperator,
            "found a new repository with new root keys, and the same list of issuers; `ceremony start founding --help` has \
             an example",
            &["ceremony", "start", "founding", "--help"],
        ),
        Step::new(
            By::TheOperator,
            "publish there the envelopes of public/targets, every revision in its order: the officers' signatures are still good",
            &[],
        ),
        Step::new(
            By::TheOperator,
            "tell every agency the new fingerprint by another way than the repository; each of them runs \
             `interdict trust ROOT.json --replace-trust`, which keeps what it remembers of directives",
            &[],
        ),
        Step::new(
            By::TheOperator,
            "go on with the old repository until they all have, as long as its root is valid: clients enforce what they hold",
            &refresh,
        ),
    ]
}
