//! The keys of every role and issuer: how many must sign, and where each is.

use std::collections::BTreeMap;
use std::error::Error;

use interdict_host::signer::{Backend, Credentials, KeyUri, PublicPart};
use interdict_schema::issuers::{IssuerKey, KeyState};
use interdict_schema::tuf::{Key, RoleType};
use serde::Serialize;

use crate::keyring;
use crate::repository::KeyUris;
use crate::repository::current::Current;

/// Who holds the keys of a role, or of an issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holding {
    /// The role, or the issuer's id.
    #[serde(flatten)]
    pub of: Of,
    /// How many must sign.
    pub threshold: u32,
    /// The keys.
    pub keys: Vec<HeldKey>,
    /// Keys that the settings name for the role and that are not at hand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_at_hand: Vec<NotAtHand>,
}

/// Whose keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// A role's.
    Role(String),
    /// An issuer's officers'.
    Issuer(String),
}

/// A place where a key of a role should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotAtHand {
    /// Where.
    pub uri: String,
    /// Why it is no use.
    pub why: String,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldKey {
    /// The keyid.
    pub keyid: String,
    /// What people call it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Of an officer's key: whether its signatures count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<KeyState>,
    /// Where it is, if it is here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

impl Holding {
    /// How many of the keys may sign something new.
    pub fn usable(&self) -> usize {
        self.keys.iter().filter(|key| key.state.is_none_or(|state| state == KeyState::Active)).count()
    }

    /// Whether fewer keys may sign than must.
    pub fn is_locked_out(&self) -> bool {
        u32::try_from(self.usable()).unwrap_or(u32::MAX) < self.threshold
    }
}

/// The keys of the four roles, then of each issuer. Keys are looked for where the settings say, and not opened; `labels` are names
/// that are known from elsewhere, by keyid.
pub fn holdings(
    current: &Current,
    settings: &KeyUris,
    labels: &BTreeMap<String, String>,
    credentials: &mut Credentials<'_>,
) -> Vec<Holding> {
    let root = current.root().signed();
    let mut all = Vec::new();
    for role in [RoleType::Root, RoleType::Targets, RoleType::Snapshot, RoleType::Timestamp] {
        let of_role = root.role(role);
        let mut found: BTreeMap<String, (KeyUri, PublicPart)> = BTreeMap::new();
        let mut not_at_hand = Vec::new();
        for (_, uri) in settings.iter().filter(|(of, _)| *of == role) {
            match look(uri, &of_role.keyids, credentials) {
                Ok(part) => drop(found.insert(part.keyid.clone(), (uri.clone(), part))),
                Err(why) => not_at_hand.push(NotAtHand { uri: uri.to_string(), why }),
            }
        }
        let keys = of_role.keyids.iter().map(|keyid| {
            let here = found.get(keyid);
            HeldKey {
                keyid: keyid.clone(),
                label: here.map(|(_, part)| &part.label).or_else(|| labels.get(keyid)).cloned(),
                state: None,
                uri: here.map(|(uri, _)| uri.to_string()),
            }
        });
        let keys = keys.collect();
        all.push(Holding { of: Of::Role(role.to_string()), threshold: of_role.threshold, keys, not_at_hand });
    }
    all.extend(current.issuers().issuers.iter().map(|issuer| Holding {
        of: Of::Issuer(issuer.id.clone()),
        threshold: issuer.threshold,
        keys: issuer.keys.iter().map(|key| officer(key, labels)).collect(),
        not_at_hand: Vec::new(),
    }));
    all
}

fn look(uri: &KeyUri, keyids: &[String], credentials: &mut Credentials<'_>) -> Result<PublicPart, String> {
    // A secret that can be read once is left for whoever signs with it.
    if matches!(uri.backend(), Backend::Environment | Backend::Descriptor) {
        return Err("is not looked for before it is needed".to_owned());
    }
    match keyring::find(uri, credentials) {
        Ok(found) if keyids.contains(&found.part().keyid) => Ok(found.part().clone()),
        Ok(_) => Err("is no key of the role".to_owned()),
        Err(error) if error.is_absent() => Err("is not here".to_owned()),
        Err(error) => {
            let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            Err(format!("cannot be used: {cause}"))
        }
    }
}

fn officer(key: &IssuerKey, labels: &BTreeMap<String, String>) -> HeldKey {
    // A key that nobody can verify with has no keyid; its digits have to do.
    let keyid = key.public_key().map_or_else(|| key.public.clone(), |public| Key::of(&public).keyid());
    let label = key.holder.clone().or_else(|| labels.get(&keyid).cloned());
    HeldKey { keyid, label, state: Some(key.state), uri: None }
}
