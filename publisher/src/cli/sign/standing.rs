//! Whose key may sign what, and everything else for which nothing is signed.

use std::path::PathBuf;

use interdict_host::example_keys::ExampleKeys;
use interdict_host::exit::Exit;
use interdict_host::signer::PublicPart;
use interdict_schema::believe::Document;
use interdict_schema::directive::{NotADirective, Revision};
use interdict_schema::dsse::{self, Envelope};
use interdict_schema::issuers::{self, Issuers, KeyState};
use interdict_schema::key::PublicKey;
use interdict_schema::payload_type;
use interdict_schema::tuf::RoleType;
use thiserror::Error;

use crate::cli::Failure;
use crate::keyring::{NotDistinct, distinct};
use crate::repository::client_view::{VERIFIER, repository_keys};
use crate::repository::current::Current;

/// Something that is not signed.
#[derive(Debug, Error)]
pub enum SignRefusal {
    #[error("found {errors} errors in the draft, wanted none")]
    Lint { errors: usize },
    #[error("{} holds another document", path.display())]
    OutputTaken { path: PathBuf },
    #[error(transparent)]
    Keys(Box<NotDistinct>),
    #[error("payload type {found:?} cannot be signed here")]
    PayloadType { found: String },
    #[error("the key {label:?} is not an active key of the issuer {issuer:?}")]
    NotAnOfficer { label: String, issuer: String },
    #[error("nobody may issue {id}")]
    NoIssuer { id: String },
    #[error("found issuer {found:?}, wanted {wanted:?}, which has the prefix of {id}")]
    Issuer { id: String, found: String, wanted: String },
    #[error("the key {label:?} is not a key of the root role")]
    NotARootKey { label: String },
    #[error("the list of issuers cannot be used")]
    Issuers(#[source] issuers::Refusal),
    #[error("found version {found} of the list of issuers, wanted more than the published {published}")]
    IssuersVersion { found: u32, published: u32 },
    #[error("revision {found} of {id}, wanted {wanted}")]
    Revision { id: String, found: Revision, wanted: Revision },
    #[error("the payload cannot be read")]
    NotADirective(#[source] NotADirective),
    #[error("found {limit} signatures already, and no client reads more")]
    TooManySignatures { limit: usize },
}

/// Whose signatures a document needs.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// How many of the keys.
    pub threshold: u32,
    keys: Vec<PublicKey>,
}

impl Wanted {
    /// How many of the keys have signed, counted as a client counts them.
    pub fn signed(&self, envelope: &Envelope) -> u32 {
        let kind = match envelope.payload_type.as_str() {
            payload_type::ISSUERS => payload_type::ISSUERS,
            payload_type::ENTITY_LIST => payload_type::ENTITY_LIST,
            payload_type::WAIVER => payload_type::WAIVER,
            _ => payload_type::DIRECTIVE,
        };
        match envelope.open(kind, &self.keys, self.threshold, &VERIFIER) {
            Ok(payload) => u32::try_from(payload.signed_by.keys.len()).unwrap_or(u32::MAX),
            Err(dsse::Refusal::Threshold(shortfall)) => shortfall.found,
            Err(dsse::Refusal::PayloadType { .. }) => 0,
        }
    }
}

/// Whether a key is an active one of the issuer that may issue this document; gives the keys that count for it.
pub fn check_officer<D: Document>(
    current: &Current,
    document: &D,
    envelope: &Envelope,
    key: &PublicPart,
) -> Result<Wanted, Failure> {
    let Some(issuer) = current.issuers().issuer_of(document.id()) else {
        return Err(Failure::new(SignRefusal::NoIssuer { id: document.id().to_string() }, Exit::Refused)
            .hint("the list of issuers gives nobody this id's prefix"));
    };
    if document.issuer() != issuer.id {
        let refusal = SignRefusal::Issuer {
            id: document.id().to_string(),
            found: document.issuer().to_owned(),
            wanted: issuer.id.clone(),
        };
        return Err(Failure::new(refusal, Exit::Refused).hint("correct `issuer` in the draft"));
    }
    let active = issuer
        .keys
        .iter()
        .any(|of| of.state == KeyState::Active && of.public_key().as_ref() == Some(&key.key));
    if active {
        return Ok(Wanted { threshold: issuer.threshold, keys: issuer.keys_for(&envelope.digest()) });
    }
    let refusal = SignRefusal::NotAnOfficer { label: key.label.clone(), issuer: issuer.id.clone() };
    Err(Failure::new(refusal, Exit::Refused)
        .hint("the signature would count for nothing; nothing was signed"))
}

/// Whether a key is one of the root role, and the list one that may follow the published one; gives the role's keys.
pub fn check_root(
    current: &Current,
    issuers: &Issuers,
    envelope: &Envelope,
    key: &PublicPart,
) -> Result<Wanted, Failure> {
    let root = current.root().signed();
    issuers
        .check(&repository_keys(root))
        .map_err(|error| Failure::new(SignRefusal::Issuers(error), Exit::Refused))?;
    let (found, published) = (issuers.version, current.issuers().version);
    if found <= published && envelope.payload != current.issuers_envelope().payload {
        return Err(Failure::new(SignRefusal::IssuersVersion { found, published }, Exit::Refused)
            .hint("raise `version`"));
    }
    if envelope.payload != current.issuers_envelope().payload {
        // Example keys were refused before, where they are.
        distinct(root, Some(issuers), ExampleKeys::Allow).map_err(|error| {
            Failure::new(SignRefusal::Keys(Box::new(error)), Exit::Refused).hint("give each a key of its own")
        })?;
    }
    let keys = root.public_keys(RoleType::Root);
    if keys.contains(&key.key) {
        return Ok(Wanted { threshold: root.role(RoleType::Root).threshold, keys });
    }
    let refusal = SignRefusal::NotARootKey { label: key.label.clone() };
    Err(Failure::new(refusal, Exit::Refused).hint("the list of issuers is signed by the root role's keys"))
}
