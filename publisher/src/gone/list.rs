//! The next list of issuers, with a key marked and perhaps another in its place.

use interdict_schema::Sha256;
use interdict_schema::directive::named_by;
use interdict_schema::issuers::{Issuers, KeyState};
use interdict_schema::key::PublicKey;
use interdict_schema::limits::ENVELOPE_LENGTH;
use interdict_schema::{entity, waiver};
use serde_json::{Value, json};
use thiserror::Error;

use crate::officer;
use crate::repository::client_view::{self, ViewError};
use crate::repository::current::Current;
use crate::repository::files::Files;

/// A list that was not made.
#[derive(Debug, Error)]
pub enum ListError {
    /// The published one has another form than this version knows.
    #[error("the published list of issuers has no key {public} where it should be")]
    Form {
        /// The key.
        public: String,
    },
}

/// The payload of the next list: the published one, whose members that this version does not know are kept, with one more version,
/// the key in another state, vouching for these payloads, and perhaps another active key beside it.
///
/// # Errors
///
/// [`ListError`].
pub fn next_list(
    current: &Current,
    public: &str,
    state: KeyState,
    vouches: &[Sha256],
    with: Option<(&str, Option<&str>)>,
) -> Result<(Issuers, String), ListError> {
    let form = || ListError::Form { public: public.to_owned() };
    let mut list: Value = serde_json::from_slice(&current.issuers_envelope().payload).map_err(|_| form())?;
    let version = current.issuers().version.saturating_add(1);
    *list.get_mut("version").ok_or_else(form)? = version.into();
    let issuers = list.get_mut("issuers").and_then(Value::as_array_mut).ok_or_else(form)?;
    let mut found = false;
    for keys in issuers.iter_mut().filter_map(|issuer| issuer.get_mut("keys")?.as_array_mut()) {
        let is_it = |key: &Value| key.get("public").and_then(Value::as_str) == Some(public);
        let Some(key) = keys.iter_mut().find(|key| is_it(key)).and_then(Value::as_object_mut) else {
            continue;
        };
        found = true;
        key.insert("state".to_owned(), json!(state));
        match vouches {
            [] => drop(key.remove("vouches")),
            some => drop(key.insert("vouches".to_owned(), json!(some))),
        }
        if let Some((public, holder)) = with {
            let mut key = json!({ "scheme": "ed25519", "public": public, "state": KeyState::Active });
            if let (Some(key), Some(holder)) = (key.as_object_mut(), holder) {
                key.insert("holder".to_owned(), holder.into());
            }
            keys.push(key);
        }
    }
    let text = serde_json::to_string_pretty(&list).map_err(|_| form())? + "\n";
    match Issuers::parse(text.as_bytes()) {
        Ok(issuers) if found => Ok((issuers, text)),
        _ => Err(form()),
    }
}

/// The payloads of everything that an issuer has published and this key signed, those of forged documents left out: what a retired key
/// goes on counting for.
///
/// # Errors
///
/// [`ViewError`]: a listed document that is missing, or not what is listed.
pub fn vouched(
    current: &Current,
    files: &dyn Files,
    issuer: &str,
    key: &PublicKey,
) -> Result<Vec<Sha256>, ViewError> {
    let mut payloads = Vec::new();
    for (path, listed) in &current.targets().signed().targets {
        let id = named_by(path).or_else(|| entity::named_by(path)).or_else(|| waiver::named_by(path));
        let Some((id, _)) = id else { continue };
        if current.issuers().issuer_of(&id).is_none_or(|of| of.id != issuer) {
            continue;
        }
        let envelope = client_view::envelope(current.set(), files, path, listed, ENVELOPE_LENGTH)?;
        let digest = envelope.digest();
        if officer::has_signed(&envelope, key) && !current.issuers().repudiates(&digest) {
            payloads.push(digest);
        }
    }
    payloads.sort();
    payloads.dedup();
    Ok(payloads)
}
