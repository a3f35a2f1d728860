//! What stands in an entry.

use std::collections::BTreeMap;
use std::fmt;

use interdict_schema::Sha256;
use interdict_schema::believe::is_document;
use interdict_schema::dsse::Envelope;
use interdict_schema::issuers::TARGET_PATH;
use interdict_schema::limits::ENVELOPE_LENGTH;
use interdict_schema::tuf::Version;
use serde::{Deserialize, Serialize};

use crate::repository::files::NewFiles;

/// Documents that one entry names; more are counted, and stand in the targets whose digest the entry has.
pub const MOST_DOCUMENTS: usize = 1_000;

/// The longest text in an entry, in characters.
const LONGEST_TEXT: usize = 1_000;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// A repository was made.
    Init,
    /// Documents were published, or a list of issuers.
    Publish,
    /// Snapshot and timestamp were signed anew.
    Refresh,
    /// A document was signed by one of its signers.
    Sign,
    /// A role's keys, threshold or lifetime were changed.
    Rotate,
    /// A file that travels was begun.
    CeremonyStart,
    /// Somebody signed it.
    CeremonySign,
    /// What it holds was installed.
    CeremonyFinish,
    /// A key was made for the repository.
    KeyNew,
    /// A key was taken over from elsewhere.
    KeyImport,
    /// A key is no longer at hand.
    KeyLost,
    /// A key is in somebody else's hands.
    KeyCompromised,
    /// What was published without an entry.
    Found,
}

impl Verb {
    /// Its name in an entry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Publish => "publish",
            Self::Refresh => "refresh",
            Self::Sign => "sign",
            Self::Rotate => "rotate",
            Self::CeremonyStart => "ceremony-start",
            Self::CeremonySign => "ceremony-sign",
            Self::CeremonyFinish => "ceremony-finish",
            Self::KeyNew => "key-new",
            Self::KeyImport => "key-import",
            Self::KeyLost => "key-lost",
            Self::KeyCompromised => "key-compromised",
            Self::Found => "found",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where an entry stands in the course of a deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// It is about to be done.
    Intended,
    /// It was done.
    Done,
    /// It was not done; what was published before still is.
    Failed,
    /// It changes nothing that is published.
    Noted,
}

/// The `what` of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What was done.
    pub verb: Verb,
    /// How far it came.
    pub step: Step,
    /// Of the end of something: the number of the entry in which it was intended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u64>,
    /// Of the end of something: that it was interrupted, and judged afterwards by what is published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub afterwards: bool,
    /// Why, with what caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// In words, what the digests do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Documents and attachments, at most [`MOST_DOCUMENTS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentEntry>,
    /// How many more there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_documents: u64,
    /// Target paths that are listed no longer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delisted: Vec<String>,
    /// Metadata.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileEntry>,
    /// What people call the keys whose keyids the entry has, as far as that is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde asks for")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A document, or another file that is published beside the metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentEntry {
    /// Its target path.
    pub path: String,
    /// SHA-256 of the payload of an envelope, and of the whole of any other file.
    pub digest: Sha256,
    /// The keyids on the envelope.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed_by: Vec<String>,
}

/// A file of metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name below `public/metadata/`.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// SHA-256 of the file.
    pub digest: Sha256,
    /// The keyids that signed it.
    pub signed_by: Vec<String>,
}

/// What is about to be done, or worth a note.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Deed {
    pub(super) record: Record,
}

impl Deed {
    /// A deed without anything to it yet.
    pub const fn new(verb: Verb) -> Self {
        Self {
            record: Record {
                verb,
                step: Step::Noted,
                of: None,
                afterwards: false,
                why: None,
                about: None,
                documents: Vec::new(),
                more_documents: 0,
                delisted: Vec::new(),
                files: Vec::new(),
                labels: BTreeMap::new(),
            },
        }
    }

    /// It installs these files: digest, version and signers of each are taken from its bytes.
    pub fn installing(mut self, new: &NewFiles) -> Self {
        for (name, bytes) in &new.targets {
            self = self.document(target(name, bytes));
        }
        self.record.files.extend(new.metadata.iter().map(|(name, bytes)| metadata(name, bytes)));
        self
    }

    /// It is about this document too.
    pub fn document(mut self, document: DocumentEntry) -> Self {
        if self.record.documents.len() < MOST_DOCUMENTS {
            self.record.documents.push(document);
        } else {
            self.record.more_documents = self.record.more_documents.saturating_add(1);
        }
        self
    }

    /// These target paths are listed no longer.
    pub fn delisting(mut self, paths: &[String]) -> Self {
        self.record.delisted.extend_from_slice(paths);
        self
    }

    /// What people call a key.
    pub fn called(mut self, keyid: impl Into<String>, label: &str) -> Self {
        self.record.labels.insert(keyid.into(), bounded(label));
        self
    }

    /// In words, what the digests do not say; never anything secret.
    pub fn about(mut self, text: &str) -> Self {
        self.record.about = Some(bounded(text));
        self
    }

    /// The labels of keys that have nothing to do with it are left out.
    pub(super) fn at(&self, step: Step) -> Record {
        let mut record = Record { step, ..self.record.clone() };
        let named = |keyid: &String| {
            let files = self.record.files.iter().flat_map(|file| &file.signed_by);
            let documents = self.record.documents.iter().flat_map(|document| &document.signed_by);
            files.chain(documents).any(|signer| signer == keyid)
                || self.record.about.as_ref().is_some_and(|about| about.contains(keyid.as_str()))
        };
        record.labels.retain(|keyid, _| named(keyid));
        record
    }
}

/// As much of a text as an entry takes.
pub(super) fn bounded(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}

/// A file of `targets/`, by its name there.
fn target(name: &str, bytes: &[u8]) -> DocumentEntry {
    let path = match name.split_once('.') {
        Some((prefix, path)) if prefix.parse::<Sha256>().is_ok() => path,
        _ => name,
    };
    let is_envelope = path == TARGET_PATH || is_document(path);
    let envelope = is_envelope.then(|| Envelope::parse(bytes, ENVELOPE_LENGTH).ok()).flatten();
    let (digest, signed_by) = match envelope {
        Some(envelope) => {
            let keyids = envelope.signatures.iter().filter_map(|signature| signature.keyid.clone());
            (envelope.digest(), keyids.collect())
        }
        None => (Sha256::of(bytes), Vec::new()),
    };
    DocumentEntry { path: path.to_owned(), digest, signed_by }
}

/// The part of metadata that an entry names.
#[derive(Deserialize)]
struct Head {
    signed: Signed,
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Signed {
    version: Version,
}

#[derive(Deserialize)]
struct Signature {
    keyid: String,
}

/// A file of metadata that was written here, or found; what cannot be read has version 0 and no signers.
pub(super) fn metadata(name: &str, bytes: &[u8]) -> FileEntry {
    let head = serde_json::from_slice::<Head>(bytes).ok();
    let (version, signed_by) = head.map_or((0, Vec::new()), |head| {
        (head.signed.version, head.signatures.into_iter().map(|signature| signature.keyid).collect())
    });
    FileEntry { name: name.to_owned(), version, digest: Sha256::of(bytes), signed_by }
}
