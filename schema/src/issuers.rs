//! Whose keys count for which directive: `issuers.json` (`trust.md`, "Who may speak").
//!
//! The list is a DSSE envelope signed by the root role's threshold. Changing it is a ceremony; losing one officer's key
//! changes this file and no client. Whether a directive is believed is decided in [`crate::believe`].

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::directive::DirectiveId;
use crate::dsse::{self, Envelope};
use crate::json::{self, DecodeError, ReadError};
use crate::key::{PublicKey, Verifier};
use crate::{Sha256, Verified, payload_type};

/// The only value of [`Issuers::format`] so far.
pub const FORMAT: &str = "interdict-issuers/1";

/// The target path of the list.
pub const TARGET_PATH: &str = "issuers.json";

/// The list of issuers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Issuers {
    /// The format of this document: `interdict-issuers/1`.
    pub format: String,
    /// 1, then rising with every change.
    pub version: u32,
    /// Who may issue directives.
    pub issuers: Vec<Issuer>,
    /// SHA-256 of the payloads of forged documents: removed from policy and memory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repudiated: Vec<Sha256>,
}

/// One issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Issuer {
    /// Its name in directives.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// How many of its officers must sign, at least 1.
    pub threshold: u32,
    /// Whole `-` tokens with which its directives' ids begin.
    pub prefixes: Vec<String>,
    /// Prefixes of other issuers' directives on which its relations and waivers may act.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_amend: Vec<String>,
    /// Its officers' keys.
    pub keys: Vec<IssuerKey>,
}

/// One officer's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct IssuerKey {
    /// The signing scheme: `ed25519` (TUF 1.0.34, 4.2.2). A key of another scheme counts for nothing yet.
    pub scheme: String,
    /// The public key, lower-case hexadecimal.
    pub public: String,
    /// Whether its signatures count.
    pub state: KeyState,
    /// For a retired key: SHA-256 of the payloads that it still vouches for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vouches: Vec<Sha256>,
    /// The officer or office that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
}

/// Whether a key's signatures count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyState {
    /// They do.
    Active,
    /// Only over the payloads that are listed beside it.
    Retired,
    /// They do not.
    Compromised,
}

/// A list of issuers that was not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not signed by the root role's threshold, or another kind of document.
    #[error(transparent)]
    Envelope(#[from] dsse::Refusal),
    /// Not strict JSON.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// JSON of another shape.
    #[error(transparent)]
    Shape(#[from] DecodeError),
    /// A format that this version does not know.
    #[error("found format {found:?}, wanted {FORMAT:?}")]
    Format {
        /// The format found.
        found: String,
    },
    /// Version 0.
    #[error("found version 0, wanted 1 or more")]
    Version,
    /// Two issuers of one id.
    #[error("two issuers have the id {id:?}")]
    DuplicateIssuer {
        /// The id.
        id: String,
    },
    /// An issuer whose threshold is 0.
    #[error("issuer {id:?} has a threshold of 0")]
    NoThreshold {
        /// The issuer.
        id: String,
    },
    /// A prefix that is not made of whole tokens.
    #[error("issuer {id:?} has the prefix {prefix:?}, wanted tokens of letters and digits joined by hyphens")]
    Prefix {
        /// The issuer.
        id: String,
        /// The prefix.
        prefix: String,
    },
    /// Prefixes of two issuers that cover the same ids.
    #[error("the prefixes {one:?} and {other:?} of two issuers overlap")]
    Overlap {
        /// A prefix of one.
        one: String,
        /// A prefix of the other.
        other: String,
    },
    /// A key that stands twice: for two issuers, twice for one, or for an issuer and for the repository.
    #[error("issuer {id:?} has a key that also serves elsewhere")]
    SharedKey {
        /// The issuer.
        id: String,
    },
}

impl Issuers {
    /// Opens an envelope with the root role's keys and threshold; `repository_keys` are all keys of the repository's roles,
    /// none of which may be an issuer's.
    ///
    /// # Errors
    /// [`Refusal`] where it is not signed by the root role's threshold or breaks a rule of `trust.md`, 1.
    pub fn open(
        envelope: &Envelope,
        root_keys: &[PublicKey],
        root_threshold: u32,
        repository_keys: &[PublicKey],
        verifier: &dyn Verifier,
    ) -> Result<Verified<Self>, Refusal> {
        let payload = envelope.open(payload_type::ISSUERS, root_keys, root_threshold, verifier)?;
        let issuers = Self::parse(&payload.bytes)?;
        issuers.check(repository_keys)?;
        Ok(Verified::attest(issuers))
    }

    /// Reads a payload that nobody has vouched for, for its author.
    ///
    /// # Errors
    /// [`Refusal`] where it is not a list of issuers.
    pub fn parse(payload: &[u8]) -> Result<Self, Refusal> {
        let value = json::parse(payload)?;
        Ok(json::decode(&value)?.value)
    }

    /// Whether the list keeps the rules that do not depend on signatures.
    ///
    /// # Errors
    /// The first rule of `trust.md`, 1 that it breaks.
    pub fn check(&self, repository_keys: &[PublicKey]) -> Result<(), Refusal> {
        if self.format != FORMAT {
            return Err(Refusal::Format { found: self.format.clone() });
        }
        if self.version == 0 {
            return Err(Refusal::Version);
        }
        let mut others: Vec<PublicKey> = repository_keys.to_vec();
        for (number, issuer) in self.issuers.iter().enumerate() {
            let before = self.issuers.get(..number).unwrap_or_default();
            if before.iter().any(|other| other.id == issuer.id) {
                return Err(Refusal::DuplicateIssuer { id: issuer.id.clone() });
            }
            if issuer.threshold == 0 {
                return Err(Refusal::NoThreshold { id: issuer.id.clone() });
            }
            issuer.check_prefixes(before)?;
            // Within an issuer too: a key that is compromised in one place and active in another would count.
            for key in issuer.keys.iter().filter_map(IssuerKey::public_key) {
                if others.contains(&key) {
                    return Err(Refusal::SharedKey { id: issuer.id.clone() });
                }
                others.push(key);
            }
        }
        Ok(())
    }

    /// The issuer in whose prefixes an id lies.
    pub fn issuer_of(&self, id: &DirectiveId) -> Option<&Issuer> {
        self.issuers.iter().find(|issuer| issuer.may_issue(id))
    }

    /// Whether a payload is listed as forged.
    pub fn repudiates(&self, digest: &Sha256) -> bool {
        self.repudiated.contains(digest)
    }
}

impl Issuer {
    /// The keys whose signatures count for a payload.
    pub fn keys_for(&self, digest: &Sha256) -> Vec<PublicKey> {
        self.keys.iter().filter(|key| key.counts_for(digest)).filter_map(IssuerKey::public_key).collect()
    }

    /// Whether an id lies in the issuer's prefixes.
    pub fn may_issue(&self, id: &DirectiveId) -> bool {
        self.prefixes.iter().any(|prefix| id.has_prefix(prefix))
    }

    fn check_prefixes(&self, others: &[Self]) -> Result<(), Refusal> {
        for prefix in &self.prefixes {
            let Ok(tokens) = prefix.parse::<DirectiveId>() else {
                return Err(Refusal::Prefix { id: self.id.clone(), prefix: prefix.clone() });
            };
            for other in others.iter().flat_map(|issuer| &issuer.prefixes) {
                let covered = other.parse::<DirectiveId>().is_ok_and(|other| other.has_prefix(prefix));
                if covered || tokens.has_prefix(other) {
                    return Err(Refusal::Overlap { one: other.clone(), other: prefix.clone() });
                }
            }
        }
        Ok(())
    }
}

impl IssuerKey {
    /// Whether the key's signature counts for a payload (`trust.md`, rule 3).
    pub fn counts_for(&self, digest: &Sha256) -> bool {
        match self.state {
            KeyState::Active => true,
            KeyState::Retired => self.vouches.contains(digest),
            KeyState::Compromised => false,
        }
    }

    /// The key, where this version can use it; a weak or malformed key counts for nothing.
    pub fn public_key(&self) -> Option<PublicKey> {
        let mut bytes = [0; 32];
        let decoded = base16ct::lower::decode(&self.public, &mut bytes).ok()?;
        (self.scheme == "ed25519").then(|| PublicKey::ed25519(decoded).ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use ed25519_dalek::SigningKey;

    use super::*;

    fn key(seed: u8) -> IssuerKey {
        let public = SigningKey::from_bytes(&[seed; 32]).verifying_key();
        IssuerKey {
            scheme: "ed25519".into(),
            public: base16ct::lower::encode_string(public.as_bytes()),
            state: KeyState::Active,
            vouches: Vec::new(),
            holder: None,
        }
    }

    fn issuer(id: &str, prefixes: &[&str], seed: u8) -> Issuer {
        Issuer {
            id: id.into(),
            name: id.into(),
            threshold: 1,
            prefixes: prefixes.iter().map(|prefix| (*prefix).into()).collect(),
            may_amend: Vec::new(),
            keys: vec![key(seed)],
        }
    }

    fn list(issuers: Vec<Issuer>) -> Issuers {
        Issuers { format: FORMAT.into(), version: 1, issuers, repudiated: Vec::new() }
    }

    /// trust.md rule 1
    #[test]
    fn prefixes_of_two_issuers_never_cover_the_same_id() {
        let overlap = |one: &str, other: &str| Err(Refusal::Overlap { one: one.into(), other: other.into() });
        for (one, other, wanted) in [
            ("BOD", "BOD-17", overlap("BOD", "BOD-17")),
            ("BOD-17", "BOD", overlap("BOD-17", "BOD")),
            ("BOD", "BOD", overlap("BOD", "BOD")),
            ("BOD", "BODY", Ok(())),
            ("BOD-1", "BOD-17", Ok(())),
        ] {
            let issuers = list(vec![issuer("a", &[one], 1), issuer("b", &[other], 2)]);
            assert_eq!(issuers.check(&[]), wanted, "{one} {other}");
        }
        assert_eq!(list(vec![issuer("a", &["BOD", "BOD-17"], 1)]).check(&[]), Ok(()));
    }

    /// trust.md rule 1
    #[test]
    fn a_key_serves_one_issuer_and_never_the_repository() {
        let shared = |id: &str| Err(Refusal::SharedKey { id: id.into() });
        let two = list(vec![issuer("a", &["A"], 1), issuer("b", &["B"], 1)]);
        assert_eq!(two.check(&[]), shared("b"));
        let repository = key(1).public_key().unwrap();
        assert_eq!(list(vec![issuer("a", &["A"], 1)]).check(&[repository]), shared("a"));
        // Stolen, and back again under another state.
        let mut twice = issuer("a", &["A"], 1);
        twice.keys.push(IssuerKey { state: KeyState::Compromised, ..key(1) });
        assert_eq!(list(vec![twice]).check(&[]), shared("a"));
    }

    #[test]
    fn refuses_lists_that_nobody_could_have_meant() {
        let with = |change: fn(&mut Issuers)| {
            let mut issuers = list(vec![issuer("a", &["A"], 1), issuer("b", &["B"], 2)]);
            change(&mut issuers);
            issuers.check(&[])
        };
        assert_eq!(with(|list| list.version = 0), Err(Refusal::Version));
        assert_eq!(with(|list| list.format = "x".into()), Err(Refusal::Format { found: "x".into() }));
        assert_eq!(
            with(|list| list.issuers.iter_mut().for_each(|issuer| issuer.threshold = 0)),
            Err(Refusal::NoThreshold { id: "a".into() })
        );
        assert_eq!(
            with(|list| list.issuers.iter_mut().for_each(|issuer| issuer.id = "a".into())),
            Err(Refusal::DuplicateIssuer { id: "a".into() })
        );
        assert_eq!(
            with(|list| list.issuers.iter_mut().for_each(|issuer| issuer.prefixes = vec!["A-".into()])),
            Err(Refusal::Prefix { id: "a".into(), prefix: "A-".into() })
        );
    }

    /// trust.md rule 3
    #[test]
    fn a_retired_key_counts_for_the_payloads_beside_it_and_a_compromised_key_for_none() {
        let digest = Sha256::of(b"order");
        let counts = |state, vouches: &[Sha256]| {
            IssuerKey { state, vouches: vouches.to_vec(), ..key(1) }.counts_for(&digest)
        };
        assert!(counts(KeyState::Active, &[]));
        assert!(!counts(KeyState::Retired, &[]));
        assert!(!counts(KeyState::Retired, &[Sha256::of(b"another")]));
        assert!(counts(KeyState::Retired, &[digest]));
        assert!(!counts(KeyState::Compromised, &[digest]));
    }
}
