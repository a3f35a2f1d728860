//! What is published and has too few signatures under a list of issuers: after a key was retired or found compromised.

use interdict_schema::Sha256;
use interdict_schema::believe::is_document;
use interdict_schema::directive::{DirectiveId, named_by};
use interdict_schema::issuers::{Issuers, KeyState};
use interdict_schema::key::PublicKey;
use interdict_schema::limits::ENVELOPE_LENGTH;
use interdict_schema::tuf::Key;
use interdict_schema::{entity, waiver};
use serde::Serialize;

use crate::officer;
use crate::repository::client_view::{self, ViewError};
use crate::repository::current::Current;
use crate::repository::files::Files;

/// A published document that has to be signed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Short {
    /// Its target path: `BOD-17-01.2.json`.
    pub path: String,
    /// SHA-256 of its payload.
    pub digest: Sha256,
    /// The issuer in whose prefixes it is.
    pub issuer: String,
    /// How many signatures count.
    pub signatures: u32,
    /// How many must.
    pub threshold: u32,
    /// Who may sign it and has not: holders, or keyids.
    pub may_sign: Vec<String>,
}

/// The published documents, every revision, that would be below their threshold under this list, by target path. Forged ones are left
/// out: nobody signs those again.
///
/// # Errors
///
/// [`ViewError`]: a listed document that is missing, or not what is listed.
pub fn shortfalls(current: &Current, files: &dyn Files, issuers: &Issuers) -> Result<Vec<Short>, ViewError> {
    let mut short = Vec::new();
    for (path, listed) in &current.targets().signed().targets {
        let Some(issuer) = id_of(path).and_then(|id| issuers.issuer_of(&id)) else { continue };
        // What was believed once is believed as long as every key counts.
        if !is_document(path) || issuer.keys.iter().all(|key| key.state == KeyState::Active) {
            continue;
        }
        let envelope = client_view::envelope(current.set(), files, path, listed, ENVELOPE_LENGTH)?;
        let digest = envelope.digest();
        if issuers.repudiates(&digest) {
            continue;
        }
        let signed = |key: &PublicKey| officer::has_signed(&envelope, key);
        let mut counting = issuer.keys_for(&digest);
        counting.retain(signed);
        counting.sort();
        counting.dedup();
        let signatures = u32::try_from(counting.len()).unwrap_or(u32::MAX);
        if signatures >= issuer.threshold {
            continue;
        }
        let active = issuer.keys.iter().filter(|key| key.state == KeyState::Active);
        let may_sign = active.filter_map(|key| {
            let public = key.public_key().filter(|public| !signed(public))?;
            Some(key.holder.clone().unwrap_or_else(|| Key::of(&public).keyid()))
        });
        short.push(Short {
            path: path.clone(),
            digest,
            issuer: issuer.id.clone(),
            signatures,
            threshold: issuer.threshold,
            may_sign: may_sign.collect(),
        });
    }
    Ok(short)
}

fn id_of(path: &str) -> Option<DirectiveId> {
    named_by(path).or_else(|| entity::named_by(path)).or_else(|| waiver::named_by(path)).map(|(id, _)| id)
}
