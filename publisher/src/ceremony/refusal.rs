//! Why a ceremony is not gone on with.

use interdict_schema::ceremony::FORMAT;
use interdict_schema::directive::NotADirective;
use interdict_schema::dsse::NotAnEnvelope;
use interdict_schema::json::{DecodeError, ReadError};
use interdict_schema::limits::ENVELOPE_SIGNATURES;
use interdict_schema::tuf::{self, Unwritable, Version};
use interdict_schema::{DateTime, Sha256, issuers};
use thiserror::Error;

use super::opened::MAX_DOCUMENTS;
use crate::keyring::NotDistinct;

/// One fact that forbids going on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CeremonyRefusal {
    /// Not strict JSON.
    #[error("not a ceremony file")]
    Read(#[from] ReadError),
    /// JSON of another shape.
    #[error("not a ceremony file")]
    Shape(#[from] DecodeError),
    /// A format that this version does not know.
    #[error("found format {found:?}, wanted {FORMAT:?}")]
    Format {
        /// The format found.
        found: String,
    },
    /// More documents than are read, or none.
    #[error("found {found} documents, wanted 1 to {MAX_DOCUMENTS}")]
    Documents {
        /// How many there are.
        found: usize,
    },
    /// Two documents of one name.
    #[error("two documents have the name {name:?}")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// Documents that do not belong into a ceremony of this kind.
    #[error("{name} does not belong into this kind of ceremony")]
    Kind {
        /// The document.
        name: String,
    },
    /// A ceremony that builds on something and does not say on what, or the other way round.
    #[error("found a ceremony without what it builds on")]
    NoBase,
    /// A document that is not what its digest says.
    #[error("{name} was changed: sha256 {found}, wanted {wanted}")]
    Digest {
        /// The document.
        name: String,
        /// The digest of the text.
        found: Sha256,
        /// The digest that stands beside it.
        wanted: Sha256,
    },
    /// Metadata that is not the canonical form of itself: a signature over it would count for nothing.
    #[error("{name} is not in canonical form")]
    NotCanonical {
        /// The document.
        name: String,
    },
    /// Metadata that cannot be read.
    #[error("{name} cannot be read")]
    Metadata {
        /// The document.
        name: String,
        /// Why.
        source: Box<tuf::Refusal>,
    },
    /// A directive, list or waiver that cannot be read.
    #[error("{name} cannot be read")]
    NotADirective {
        /// The document.
        name: String,
        /// Why.
        source: Box<NotADirective>,
    },
    /// The envelope of the list of issuers on which it builds is none.
    #[error("{name} is not an envelope")]
    NotAnEnvelope {
        /// The document.
        name: String,
        /// Why.
        source: Box<NotAnEnvelope>,
    },
    /// A list of issuers that cannot be used.
    #[error("the list of issuers")]
    Issuers(#[source] Box<issuers::Refusal>),
    /// A document under another name than its own.
    #[error("found a document with the name {found:?}, wanted {wanted:?}")]
    Name {
        /// The name in the file.
        found: String,
        /// The name that follows from the document.
        wanted: String,
    },
    /// The version in the file is not that of what it builds on.
    #[error("the file says that it builds on version {found} of {what}, and holds version {wanted}")]
    BaseVersion {
        /// Of what.
        what: &'static str,
        /// What the file says.
        found: Version,
        /// What is in it.
        wanted: Version,
    },
    /// A root that does not follow the one before.
    #[error("found version {found} of the root, wanted {wanted}")]
    RootVersion {
        /// The version.
        found: Version,
        /// The one that follows.
        wanted: Version,
    },
    /// A document that nobody may sign.
    #[error("nobody may issue {name}")]
    NoIssuer {
        /// The document.
        name: String,
    },
    /// Who must sign is not who the file says must sign.
    #[error("{name}: who must sign was changed")]
    Quorum {
        /// The document.
        name: String,
    },
    /// More signatures than clients read.
    #[error("{name}: found {found} signatures, wanted at most {ENVELOPE_SIGNATURES}")]
    TooManySignatures {
        /// The document.
        name: String,
        /// How many there are.
        found: usize,
    },
    /// A signature by a key that counts for nothing there.
    #[error("{name}: found a signature by {keyid}, which may not sign it")]
    NotInRole {
        /// The document.
        name: String,
        /// The key.
        keyid: String,
    },
    /// A signature that does not verify.
    #[error("{name}: the signature by {keyid} does not verify")]
    BadSignature {
        /// The document.
        name: String,
        /// The key.
        keyid: String,
    },
    /// The signatures round a document are not those that the targets list.
    #[error("{name}: the targets list it with other signatures")]
    Closed {
        /// The document.
        name: String,
    },
    /// A key that may sign nothing of the file.
    #[error("the key {label:?} ({keyid}) may sign nothing of this ceremony")]
    NotASigner {
        /// What it is called.
        label: String,
        /// The key.
        keyid: String,
    },
    /// The ceremony is over.
    #[error("the ceremony expired at {expires}, and it is {now}")]
    Expired {
        /// When.
        expires: DateTime,
        /// What the clock says.
        now: DateTime,
    },
    /// Copies of two ceremonies.
    #[error("found the ceremony {found}, wanted copies of {wanted}")]
    OtherCeremony {
        /// The digest of the copy.
        found: Sha256,
        /// The digest of the first.
        wanted: Sha256,
    },
    /// The file is about another repository.
    #[error("found a ceremony of the repository {found}, wanted {wanted}")]
    OtherRepository {
        /// The fingerprint in the file.
        found: Sha256,
        /// The repository's own.
        wanted: Sha256,
    },
    /// What is published is another version by now, or another content of that version.
    #[error(
        "found a ceremony that builds on version {found} of {what}, and version {published} is published"
    )]
    Moved {
        /// Of what.
        what: &'static str,
        /// The version on which it builds.
        found: Version,
        /// The one that is published.
        published: Version,
    },
    /// The root in the file is not the known one of that version.
    #[error("found another root of version {version} than the one that is known: {found}, wanted {wanted}")]
    OtherRoot {
        /// The version.
        version: Version,
        /// The fingerprint in the file.
        found: Sha256,
        /// The known one.
        wanted: Sha256,
    },
    /// A known root with which nothing can be compared.
    #[error("found the known root of version {found}, wanted version 1 or {wanted}")]
    KnownRoot {
        /// Its version.
        found: Version,
        /// The version on which the ceremony builds.
        wanted: Version,
    },
    /// Not everyone has signed who must.
    #[error("found {signed} of the signatures, still missing {missing}")]
    Incomplete {
        /// How many of those that are needed are there.
        signed: u32,
        /// How many are missing.
        missing: u32,
    },
    /// A key that serves twice, or that nobody would verify with.
    #[error("the keys of the repository")]
    Keys(#[source] Box<NotDistinct>),
    /// Metadata that cannot be written.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    /// A version of a file that an earlier attempt left with another content.
    #[error("version {version} of the {what} is taken by another file")]
    VersionTaken {
        /// Of what.
        what: &'static str,
        /// The version.
        version: Version,
    },
}

impl From<NotDistinct> for CeremonyRefusal {
    fn from(refusal: NotDistinct) -> Self {
        Self::Keys(Box::new(refusal))
    }
}

impl From<issuers::Refusal> for CeremonyRefusal {
    fn from(refusal: issuers::Refusal) -> Self {
        Self::Issuers(Box::new(refusal))
    }
}
