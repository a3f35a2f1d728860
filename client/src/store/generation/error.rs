//! What is wrong with a generation that is not what it was when it was written.

use std::path::PathBuf;

use interdict_host::read::ReadError;
use interdict_schema::believe::{self, BrokenChain};
use interdict_schema::directive::DirectiveId;
use interdict_schema::dsse::NotAnEnvelope;
use interdict_schema::issuers;
use interdict_schema::tuf;
use thiserror::Error;

use crate::config::RepositoryName;

/// A generation that is not what it was when it was written.
#[derive(Debug, Error)]
pub enum GenerationError {
    /// A file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// `current` leads to something that is not a generation.
    #[error("{} leads to {found:?}, wanted generations/<number>", path.display())]
    Current {
        /// The link.
        path: PathBuf,
        /// Where it leads.
        found: PathBuf,
    },
    /// A file is not of its form.
    #[error("{}: not as it was written", path.display())]
    Form {
        /// The file.
        path: PathBuf,
    },
    /// A repository that is not pinned.
    #[error("repository {name} has no pinned root")]
    NotPinned {
        /// The repository.
        name: RepositoryName,
    },
    /// Metadata that does not verify.
    #[error("repository {name}: metadata does not verify")]
    Metadata {
        /// The repository.
        name: RepositoryName,
        /// Why.
        source: Box<tuf::Refusal>,
    },
    /// A file that metadata does not name, or that is another than it names.
    #[error("repository {name}: {path} is not the file that the metadata names")]
    Target {
        /// The repository.
        name: RepositoryName,
        /// The target path.
        path: String,
    },
    /// An envelope that cannot be read.
    #[error("{}: not an envelope", path.display())]
    Envelope {
        /// The file.
        path: PathBuf,
        /// Why.
        source: NotAnEnvelope,
    },
    /// A list of issuers that does not verify.
    #[error("repository {name}: the list of issuers does not verify")]
    Issuers {
        /// The repository.
        name: RepositoryName,
        /// Why.
        source: issuers::Refusal,
    },
    /// A directive that does not verify.
    #[error("repository {name}: {path} does not verify")]
    Directive {
        /// The repository.
        name: RepositoryName,
        /// The target path.
        path: String,
        /// Why.
        source: Box<believe::Refusal>,
    },
    /// A directive that is in force, and was taken out.
    #[error("repository {name}: {directive} is missing from what is held")]
    LeftOut {
        /// The repository.
        name: RepositoryName,
        /// The directive.
        directive: DirectiveId,
    },
    /// Revisions that do not follow each other.
    #[error("repository {name}: revisions do not follow each other")]
    Chain {
        /// The repository.
        name: RepositoryName,
        /// Why.
        source: BrokenChain,
    },
}
