//! Why a change is not published.

use interdict_schema::Sha256;
use interdict_schema::believe::{self, BrokenChain};
use interdict_schema::directive::DirectiveId;
use interdict_schema::directive::resolve::Conflict;
use interdict_schema::entity::Gap;
use interdict_schema::issuers;
use interdict_schema::tuf::portable::Unportable;
use interdict_schema::tuf::{NotATargetPath, RoleType, Unwritable};
use interdict_schema::waiver::NoEffect;
use thiserror::Error;

/// One fact that forbids the change.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StageRefusal {
    /// A directive that no client would believe: too few officers, another's prefix, a forged document.
    #[error("{path} would not be believed")]
    Directive {
        /// The target path.
        path: String,
        /// Why.
        source: Box<believe::Refusal>,
    },
    /// A directive that is published would no longer be believed under the new list of issuers.
    #[error("{path} is published, and would no longer be believed")]
    Withdrawn {
        /// The target path.
        path: String,
        /// Why.
        source: Box<believe::Refusal>,
    },
    /// The revisions of a directive would not follow each other.
    #[error("the revisions of {id} would not follow each other")]
    Chain {
        /// The directive.
        id: DirectiveId,
        /// Where they do not.
        source: BrokenChain,
    },
    /// A revision is published already, with another text.
    #[error("{path} is published with payload {published}, found another, {found}")]
    Republished {
        /// The target path.
        path: String,
        /// The payload that was to be published.
        found: Sha256,
        /// The one that is.
        published: Sha256,
    },
    /// The list of issuers is not signed by the root role's threshold, or breaks a rule.
    #[error("the list of issuers would not be believed")]
    Issuers(#[from] issuers::Refusal),
    /// The list of issuers does not rise.
    #[error("found version {found} of the list of issuers, wanted more than the published {published}")]
    IssuersVersion {
        /// The version found.
        found: u32,
        /// The version that is published.
        published: u32,
    },
    /// A name that not every client takes.
    #[error("target path {path:?}, wanted letters, digits, dots, hyphens and underscores, no dot in front")]
    Name {
        /// The name.
        path: String,
        /// What is wrong with it, where no client would take it.
        source: Option<NotATargetPath>,
    },
    /// An attachment whose name is that of a directive, or of the list of issuers.
    #[error("target path {path:?} is kept for directives and the list of issuers")]
    ReservedName {
        /// The name.
        path: String,
    },
    /// An attachment that is published already, with other content.
    #[error("{path} is published with other content: sha256 {published}, found {found}")]
    AttachmentChanged {
        /// The target path.
        path: String,
        /// The digest of the new content.
        found: Sha256,
        /// The digest of what is published.
        published: Sha256,
    },
    /// A directive names an attachment that is not there, or is another file.
    #[error("{path} names the attachment {attachment:?} with sha256 {wanted}, found {}", Found(*found))]
    Attachment {
        /// The directive's target path.
        path: String,
        /// The attachment's.
        attachment: String,
        /// The digest that the directive names.
        wanted: Sha256,
        /// The digest of the file of that name.
        found: Option<Sha256>,
    },
    /// A directive means a list that clients would not have.
    #[error("{path} means a list that is not there")]
    List {
        /// The directive's target path.
        path: String,
        /// What is missing.
        source: Gap,
    },
    /// A waiver of words that are not there.
    #[error("{path} would waive nothing of {directive}")]
    Waiver {
        /// The waiver's target path.
        path: String,
        /// The directive that it is from.
        directive: DirectiveId,
        /// Why.
        source: Box<NoEffect>,
    },
    /// Two documents of different kinds with one id: nobody could tell which of them is meant.
    #[error("{id} would be the id of {one} and of {other}")]
    IdTaken {
        /// The id.
        id: DirectiveId,
        /// What the one is.
        one: &'static str,
        /// What the other is.
        other: &'static str,
    },
    /// Directives that clients would quarantine, because their relations contradict one another.
    #[error("the directives would contradict one another")]
    Contradiction {
        /// How, with the documents in it.
        source: Box<Conflict>,
    },
    /// Metadata that some client in use does not read: too long for one, for instance.
    #[error("{role} metadata that some client does not read")]
    Unportable {
        /// Whose metadata.
        role: RoleType,
        /// The first place, and what is there.
        source: Unportable,
    },
    /// Metadata that cannot be written.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

struct Found(Option<Sha256>);

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(digest) => write!(f, "{digest}"),
            None => f.write_str("no such file"),
        }
    }
}
