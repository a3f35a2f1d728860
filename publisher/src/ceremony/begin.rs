//! New ceremony files.

use std::collections::BTreeMap;

use interdict_schema::ceremony::{Base, Ceremony, Document, FORMAT, Kind, SIGNED_AS_ROOT, SIGNED_AS_TARGETS};
use interdict_schema::tuf::{Root, Targets, Unsigned, Unwritable, Version};
use interdict_schema::{DateTime, Sha256};

use super::quorum::quorums;
use super::{CeremonyRefusal, OpenQuorum, Opened, ROOT_NAME, TARGETS_NAME, What};
use crate::repository::Lifetime;
use crate::repository::current::Current;

/// How long a ceremony may take at most.
pub const MAX_DURATION: Lifetime = Lifetime::days(366);

/// What all ceremonies begin with.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// Now.
    pub now: DateTime,
    /// How long it may take.
    pub valid_for: Lifetime,
    /// Who holds a key, by keyid.
    pub holders: BTreeMap<String, String>,
    /// Lifetimes that are other afterwards, by role.
    pub lifetimes: BTreeMap<String, String>,
    /// The head of the authority's journal.
    pub journal: Option<Sha256>,
}

impl Beginning {
    /// A ceremony that builds on what is published; `first` is the fingerprint of the first root.
    ///
    /// # Errors
    ///
    /// [`CeremonyRefusal`] where the documents do not make one.
    pub fn on(
        self,
        current: &Current,
        first: Sha256,
        kind: Kind,
        documents: Vec<Document>,
    ) -> Result<Opened, CeremonyRefusal> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let base = Base {
            repository: first,
            root: current.root().signed().version,
            targets: current.targets().signed().version,
            issuers: current.issuers().version,
            root_file: text(current.root().bytes()),
            issuers_file: text(&current.issuers_envelope().to_bytes()),
        };
        self.begin(kind, Some(base), documents)
    }

    /// A ceremony that founds a repository.
    ///
    /// # Errors
    ///
    /// [`CeremonyRefusal`] where the documents do not make one.
    pub fn founding(self, documents: Vec<Document>) -> Result<Opened, CeremonyRefusal> {
        self.begin(Kind::Founding, None, documents)
    }

    fn begin(
        self,
        kind: Kind,
        base: Option<Base>,
        documents: Vec<Document>,
    ) -> Result<Opened, CeremonyRefusal> {
        let file = Ceremony {
            format: FORMAT.to_owned(),
            kind,
            created: self.now,
            expires: self.valid_for.min(MAX_DURATION).after(self.now),
            base,
            journal: self.journal,
            lifetimes: self.lifetimes,
            holders: self.holders,
            documents,
        };
        Opened::with_quorums(file)
    }
}

impl Opened {
    /// Fills in who must sign each document, and checks the rest.
    fn with_quorums(mut file: Ceremony) -> Result<Self, CeremonyRefusal> {
        let base = file.base.as_ref().map(super::OpenBase::read).transpose()?;
        let whats = file.documents.iter().map(What::read).collect::<Result<Vec<_>, _>>()?;
        let root = whats.iter().find_map(|what| match what {
            What::Root(root) => Some(&**root),
            _ => None,
        });
        for (document, what) in file.documents.iter_mut().zip(&whats) {
            let wanted = quorums(what, base.as_ref(), root)?;
            document.wanted = wanted.iter().map(OpenQuorum::to_file).collect();
        }
        Self::new(file)
    }

    /// The same with the targets, which list the envelopes as they are signed now and follow the published ones of this
    /// version.
    ///
    /// # Errors
    ///
    /// [`CeremonyRefusal`] where they do not.
    pub fn with_targets(&self, targets: &Targets, published: Version) -> Result<Self, CeremonyRefusal> {
        let mut file = self.file().clone();
        if let Some(base) = &mut file.base {
            base.targets = published;
        }
        file.documents.push(targets_document(targets)?);
        Self::with_quorums(file)
    }
}

/// A document that nobody has signed.
pub fn document(name: String, signed_as: &str, text: String) -> Document {
    let sha256 = Sha256::of(text.as_bytes());
    let signed_as = signed_as.to_owned();
    Document { name, signed_as, text, sha256, wanted: Vec::new(), signatures: Vec::new() }
}

/// A root that nobody has signed.
///
/// # Errors
///
/// [`Unwritable`].
pub fn root_document(root: &Root) -> Result<Document, Unwritable> {
    Ok(document(ROOT_NAME.to_owned(), SIGNED_AS_ROOT, text(&Unsigned::new(root)?)))
}

/// Targets that nobody has signed.
///
/// # Errors
///
/// [`Unwritable`].
pub fn targets_document(targets: &Targets) -> Result<Document, Unwritable> {
    Ok(document(TARGETS_NAME.to_owned(), SIGNED_AS_TARGETS, text(&Unsigned::new(targets)?)))
}

fn text(unsigned: &Unsigned) -> String {
    String::from_utf8_lossy(unsigned.message()).into_owned()
}
