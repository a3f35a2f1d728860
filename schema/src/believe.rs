//! The one function that believes a directive, a list of identifiers or a waiver (`trust.md`, rule 2). It stands beside envelopes,
//! documents and repository metadata, because it is the only thing that joins them. The rules are the same for all
//! kinds of [`Document`]; what differs is the payload type, the target path and the shape.

use alloc::string::String;
use alloc::vec::Vec;

use crate::directive::{Directive, DirectiveId, NotADirective, Revision, named_by};
use crate::dsse::{self, Envelope};
use crate::entity::{self, EntityList};
use crate::issuers::{Issuer, IssuerKey, Issuers};
use crate::json::Decoded;
use crate::key::{PublicKey, Verifier};
use crate::threshold::Count;
use crate::waiver::{self, WaiverDocument};
use crate::{Sha256, Verified, payload_type};

/// A document that an issuer signs, revision after revision.
pub trait Document: Sized {
    /// The DSSE payload type.
    const PAYLOAD_TYPE: &'static str;
    /// The form of its target path, for people.
    const TARGET_PATH: &'static str;

    /// Reads a payload.
    ///
    /// # Errors
    /// [`NotADirective`] with the place of the first thing that is wrong.
    fn parse(payload: &[u8]) -> Result<Decoded<Self>, NotADirective>;
    /// The id and revision that a target path names; none for the path of anything else.
    fn named_by(target_path: &str) -> Option<(DirectiveId, Revision)>;
    /// The target path of a revision, by its number.
    fn path_of(id: &DirectiveId, revision: u32) -> String;
    /// The document's name, the same in every revision.
    fn id(&self) -> &DirectiveId;
    /// Its revision.
    fn revision(&self) -> Revision;
    /// SHA-256 of the payload of the revision before.
    fn previous(&self) -> Option<Sha256>;
    /// The issuer's id in `issuers.json`.
    fn issuer(&self) -> &str;
    /// The name of this revision's envelope in the repository.
    fn target_path(&self) -> String;
}

macro_rules! document {
    ($of:ty, $payload_type:expr, $path:literal, $form:literal, $named_by:path) => {
        impl Document for $of {
            const PAYLOAD_TYPE: &'static str = $payload_type;
            const TARGET_PATH: &'static str = $path;

            fn parse(payload: &[u8]) -> Result<Decoded<Self>, NotADirective> {
                Self::parse(payload)
            }

            fn named_by(target_path: &str) -> Option<(DirectiveId, Revision)> {
                $named_by(target_path)
            }

            fn path_of(id: &DirectiveId, revision: u32) -> String {
                alloc::format!($form, id, revision)
            }

            fn id(&self) -> &DirectiveId {
                &self.id
            }

            fn revision(&self) -> Revision {
                self.revision
            }

            fn previous(&self) -> Option<Sha256> {
                self.previous
            }

            fn issuer(&self) -> &str {
                &self.issuer
            }

            fn target_path(&self) -> String {
                Self::path_of(&self.id, self.revision.number())
            }
        }
    };
}

document!(Directive, payload_type::DIRECTIVE, "<id>.<revision>.json", "{}.{}.json", named_by);
document!(
    EntityList,
    payload_type::ENTITY_LIST,
    "<id>.<revision>.entity-list.json",
    "{}.{}.entity-list.json",
    entity::named_by
);
document!(
    WaiverDocument,
    payload_type::WAIVER,
    "<id>.<revision>.waiver.json",
    "{}.{}.waiver.json",
    waiver::named_by
);

/// Whether a target path is that of a document that an issuer signs, of whatever kind.
pub fn is_document(target_path: &str) -> bool {
    let kinds = [named_by, entity::named_by, waiver::named_by];
    kinds.iter().any(|named_by| named_by(target_path).is_some())
}

/// A document that its issuer signed: a directive, unless it says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Believed<D = Directive> {
    /// The document, and the places of members that this version has no field for.
    pub document: Decoded<D>,
    /// Its payload's digest, and who signed it. The payload's bytes are in the envelope.
    pub payload: Attested,
}

/// What is known of a payload whose envelope met its threshold, besides its bytes: 10,000 of these are held at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attested {
    /// SHA-256 of the payload's bytes: the name of this document (`trust.md`, rule 4).
    pub digest: Sha256,
    /// Who signed.
    pub signed_by: Count,
}

/// A document that was not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The target path does not name a document of its kind and a revision.
    #[error("target path {found:?}, wanted {wanted}")]
    TargetPath {
        /// The path.
        found: String,
        /// The form of the path of such a document.
        wanted: &'static str,
    },
    /// The id lies in nobody's prefixes.
    #[error("no issuer may issue {id}")]
    NoIssuer {
        /// The id.
        id: DirectiveId,
    },
    /// The list of issuers names this payload as forged.
    #[error("payload {digest} was repudiated")]
    Repudiated {
        /// Its digest.
        digest: Sha256,
    },
    /// Another kind of document, or too few of the issuer's officers signed.
    #[error(transparent)]
    Envelope(#[from] dsse::Refusal),
    /// Signed, but not a document that this version can read.
    #[error(transparent)]
    Payload(#[from] NotADirective),
    /// The payload is another document than the target path says.
    #[error("found {found}, wanted {expected}")]
    Id {
        /// The payload's.
        found: DirectiveId,
        /// The target path's.
        expected: DirectiveId,
    },
    /// The payload is another revision than the target path says.
    #[error("found revision {found}, wanted {expected}")]
    Revision {
        /// The payload's.
        found: Revision,
        /// The target path's.
        expected: Revision,
    },
    /// The payload names another issuer than the one whose prefix the id has.
    #[error("found issuer {found:?}, wanted {expected:?}")]
    Issuer {
        /// The payload's.
        found: String,
        /// The one whose prefix it is.
        expected: String,
    },
}

/// Believes a document, or says why not. For many documents under one list of issuers, see [`Speakers`].
///
/// The target path names id and revision; the id's prefix names the issuer; that issuer's keys alone must meet its
/// threshold; and the payload must agree with all three. A payload that was repudiated is refused whoever signed it.
///
/// # Errors
/// The first of these that does not hold.
pub fn believe<D: Document>(
    envelope: &Envelope,
    target_path: &str,
    issuers: &Verified<Issuers>,
    verifier: &dyn Verifier,
) -> Result<Verified<Believed<D>>, Refusal> {
    Speakers::new(issuers, verifier).believe(envelope, target_path)
}

/// Those who may speak: a list of issuers whose keys have been parsed, once for many directives.
pub struct Speakers<'a> {
    issuers: &'a Verified<Issuers>,
    /// The usable keys of each issuer, in the order of the list.
    keys: Vec<Vec<(&'a IssuerKey, PublicKey)>>,
    verifier: &'a dyn Verifier,
}

impl<'a> Speakers<'a> {
    /// Those whom this list lets speak.
    pub fn new(issuers: &'a Verified<Issuers>, verifier: &'a dyn Verifier) -> Self {
        let usable = |issuer: &'a Issuer| {
            issuer.keys.iter().filter_map(|key| Some((key, key.public_key()?))).collect()
        };
        Self { issuers, keys: issuers.issuers.iter().map(usable).collect(), verifier }
    }

    /// Believes a document, or says why not: [`believe`].
    ///
    /// # Errors
    /// As [`believe`].
    pub fn believe<D: Document>(
        &self,
        envelope: &Envelope,
        target_path: &str,
    ) -> Result<Verified<Believed<D>>, Refusal> {
        let (id, revision) = D::named_by(target_path)
            .ok_or_else(|| Refusal::TargetPath { found: target_path.into(), wanted: D::TARGET_PATH })?;
        let issuer = self.issuers.issuers.iter().zip(&self.keys).find(|(issuer, _)| issuer.may_issue(&id));
        let (issuer, keys) = issuer.ok_or_else(|| Refusal::NoIssuer { id: id.clone() })?;
        let digest = envelope.digest();
        if self.issuers.repudiates(&digest) {
            return Err(Refusal::Repudiated { digest });
        }
        let keys = keys.iter().filter(|(key, _)| key.counts_for(&digest)).map(|(_, public)| public);
        let signed_by = envelope.signers(D::PAYLOAD_TYPE, keys, issuer.threshold, self.verifier)?;
        let document = D::parse(&envelope.payload)?;
        let value = &document.value;
        if *value.id() != id {
            return Err(Refusal::Id { found: value.id().clone(), expected: id });
        }
        if value.revision() != revision {
            return Err(Refusal::Revision { found: value.revision(), expected: revision });
        }
        if value.issuer() != issuer.id {
            return Err(Refusal::Issuer { found: value.issuer().into(), expected: issuer.id.clone() });
        }
        Ok(Verified::attest(Believed { document, payload: Attested { digest, signed_by } }))
    }
}

/// A break in the chain of revisions (`trust.md`, rule 4).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrokenChain {
    /// A revision is missing.
    #[error("found revision {found}, wanted {expected}")]
    Gap {
        /// The revision found.
        found: Revision,
        /// The one that should stand there.
        expected: Revision,
    },
    /// A revision does not name the one before it.
    #[error("revision {revision} names {found:?} as the one before it, wanted {expected:?}")]
    Previous {
        /// The revision.
        revision: Revision,
        /// The digest that it names.
        found: Option<Sha256>,
        /// The digest of the revision before it.
        expected: Option<Sha256>,
    },
}

/// Checks that revisions of one document, in order, rise from 1 by one and each names the one before.
///
/// # Errors
/// The first break.
pub fn check_chain<'a, D: Document + 'a>(
    revisions: impl IntoIterator<Item = &'a Believed<D>>,
) -> Result<(), BrokenChain> {
    let mut expected = Revision::FIRST;
    let mut before: Option<Sha256> = None;
    for believed in revisions {
        let document = &believed.document.value;
        if document.revision() != expected {
            return Err(BrokenChain::Gap { found: document.revision(), expected });
        }
        if document.previous() != before {
            return Err(BrokenChain::Previous {
                revision: document.revision(),
                found: document.previous(),
                expected: before,
            });
        }
        before = Some(believed.payload.digest);
        expected = expected.next();
    }
    Ok(())
}

#[cfg(test)]
mod tests;
