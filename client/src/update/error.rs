//! How an update can end other than well: no answer, or one that is not believed, and why.

use interdict_host::read::ReadError;
use interdict_host::write::DiskError;
use interdict_schema::directive::DirectiveId;
use interdict_schema::tuf;
use interdict_schema::{DateTime, Sha256};
use thiserror::Error;

use crate::fetch::{FetchError, Folder};

/// A refresh that did not come to its end. What was trusted before still is.
#[derive(Debug, Error)]
pub enum UpdateError {
    /// An answer that the rules forbid.
    #[error("{file} was refused")]
    Refused {
        /// The file: `metadata/timestamp.json`.
        file: String,
        /// Why.
        source: Box<Distrust>,
        /// The answer.
        bytes: Vec<u8>,
    },
    /// The pinned root, or a root after it, does not verify any more.
    #[error("the pinned root does not verify")]
    Pin {
        /// Why.
        source: Box<tuf::Refusal>,
    },
    /// No answer, or one that goes on for ever.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// More new roots than one refresh walks; the next refresh goes on.
    #[error("more than {limit} new roots")]
    TooManyRoots {
        /// The most that are walked.
        limit: u64,
    },
    /// The clock is before the last accepted refresh.
    #[error("the clock says {now}, which is before the last accepted refresh of {last}")]
    ClockBehind {
        /// The clock.
        now: DateTime,
        /// That refresh.
        last: DateTime,
    },
    /// The active generation cannot be read, and what is served no longer has a directive that was in it.
    #[error("{} can neither be read here nor is listed any more, and going on would lift it", list(lost))]
    WouldLift {
        /// The directives.
        lost: Vec<DirectiveId>,
    },
    /// A file of the store cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The disk does not take what was accepted.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

fn list(ids: &[DirectiveId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Why an answer is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Distrust {
    /// The rules of the repository's metadata forbid it.
    #[error(transparent)]
    Metadata(#[from] tuf::Refusal),
    /// The list of issuers is not believed.
    #[error(transparent)]
    Issuers(#[from] interdict_schema::issuers::Refusal),
    /// The list of issuers is not an envelope.
    #[error(transparent)]
    Envelope(#[from] interdict_schema::dsse::NotAnEnvelope),
    /// The metadata lists no list of issuers.
    #[error("the metadata does not list {path}")]
    NotListed {
        /// The target path.
        path: &'static str,
    },
    /// A key of the repository or of an issuer is an example key, whose secret is published.
    #[error(transparent)]
    ExampleKey(#[from] interdict_host::example_keys::ExampleKeyError),
    /// The list of issuers is older than the remembered one.
    #[error("found version {found} of the list of issuers, wanted at least the remembered {remembered}")]
    OldIssuers {
        /// Its version.
        found: u32,
        /// The version remembered.
        remembered: u32,
    },
    /// The list of issuers is another than the remembered one of the same version.
    #[error("version {version} of the list of issuers has another content than the remembered one")]
    IssuersEquivocation {
        /// The version.
        version: u32,
    },
    /// A generation that was carried here was made without it.
    #[error("it was left out of what was carried here")]
    LeftOut,
    /// More roles list files than are asked.
    #[error("found more than {limit} delegated roles")]
    TooManyRoles {
        /// The most that are asked.
        limit: usize,
    },
    /// The list of issuers repudiates what is remembered, and has come with expired metadata.
    #[error(
        "version {version} of the list of issuers repudiates what is held, and the metadata that lists it has expired"
    )]
    StaleRepudiation {
        /// The version.
        version: u32,
    },
    /// More is listed than is read.
    #[error("found {found} directives listed, wanted at most {limit}")]
    TooManyDirectives {
        /// How many are listed.
        found: usize,
        /// The most that are read.
        limit: usize,
    },
    /// A file of entries is not the one that the list names.
    #[error("found a file of {length} bytes with sha256 {found}, wanted {wanted}")]
    Entries {
        /// Its digest.
        found: Sha256,
        /// The digest that is signed.
        wanted: Sha256,
        /// Its length, in bytes.
        length: u64,
    },
    /// A file is longer than it may be.
    #[error("found a length of {found} bytes listed, wanted at most {limit}")]
    Length {
        /// The length.
        found: u64,
        /// The most that is read.
        limit: u64,
    },
}

impl Distrust {
    /// A word for counting, of a bounded set.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Metadata(refusal) => refusal.kind(),
            Self::OldIssuers { .. } => "rollback",
            Self::Issuers(_) | Self::Envelope(_) => "issuers",
            Self::StaleRepudiation { .. } => "expired",
            Self::Entries { .. } => "target",
            Self::NotListed { .. } => "unlisted",
            Self::LeftOut => "left-out",
            Self::ExampleKey(_) => "example-key",
            Self::IssuersEquivocation { .. } => "equivocation",
            Self::TooManyDirectives { .. } | Self::TooManyRoles { .. } | Self::Length { .. } => "too-long",
        }
    }
}

impl UpdateError {
    /// A refusal of a file.
    pub(crate) fn refused(folder: Folder, path: &str, why: impl Into<Distrust>, bytes: Vec<u8>) -> Self {
        Self::Refused { file: format!("{folder}/{path}"), source: Box::new(why.into()), bytes }
    }
}
