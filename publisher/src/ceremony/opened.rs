//! A ceremony file that was read and checked.

use std::collections::{BTreeMap, BTreeSet};

use interdict_host::example_keys::ExampleKeys;
use interdict_host::signer::{SignError, Signer};
use interdict_schema::ceremony::{Base, Ceremony, FORMAT, Kind, Signature};
use interdict_schema::dsse::Envelope;
use interdict_schema::issuers::Issuers;
use interdict_schema::key::PublicKey;
use interdict_schema::limits::{ENVELOPE_SIGNATURES, ISSUERS_LENGTH, ROOT_LENGTH};
use interdict_schema::tuf::{self, Key, Metadata, RoleType, Root, Targets, Unsigned};
use interdict_schema::{DateTime, Sha256, Verified, json, threshold};

use super::document::{bytes_of, envelope, message};
use super::quorum::quorums;
use super::{CeremonyRefusal, OpenQuorum, What};
use crate::keyring::distinct;
use crate::repository::client_view::{VERIFIER, open_issuers, repository_keys};

/// The longest ceremony file that is read, in bytes.
pub const MAX_CEREMONY_BYTES: u64 = 16 << 20;

/// The name of a root among the documents.
pub const ROOT_NAME: &str = "root.json";

/// The name of targets among the documents.
pub const TARGETS_NAME: &str = "targets.json";

/// The most documents in one ceremony.
pub const MAX_DOCUMENTS: usize = 64;

/// A ceremony whose file was checked: every signature in it is a good one by a key that counts.
#[derive(Debug, Clone)]
pub struct Opened {
    file: Ceremony,
    base: Option<OpenBase>,
    documents: Vec<OpenDocument>,
}

/// What a ceremony builds on. The root is signed by its own threshold, and the list of issuers by the root's; that they are
/// those of the repository is not known yet.
#[derive(Debug, Clone)]
pub struct OpenBase {
    /// The newest root.
    pub root: Metadata<Root>,
    /// The list of issuers.
    pub issuers: Verified<Issuers>,
}

/// A document and whose signatures it needs.
#[derive(Debug, Clone)]
pub struct OpenDocument {
    /// What it is.
    pub what: What,
    /// Whose signatures it needs, all of them.
    pub quorums: Vec<OpenQuorum>,
    message: Vec<u8>,
}

/// Signatures that a document still needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The document's name.
    pub name: String,
    /// Whose.
    pub of: String,
    /// How many were made.
    pub found: u32,
    /// How many are needed.
    pub threshold: u32,
    /// The keys that have not signed, by keyid.
    pub keyids: Vec<String>,
}

impl OpenBase {
    pub(super) fn read(base: &Base) -> Result<Self, CeremonyRefusal> {
        let unreadable =
            |source| CeremonyRefusal::Metadata { name: "root_file".to_owned(), source: Box::new(source) };
        let role = RoleType::Root.into();
        let root =
            Metadata::<Root>::parse(base.root_file.as_bytes(), &role, ROOT_LENGTH).map_err(unreadable)?;
        let signed = root.signed();
        root.count(signed.role(RoleType::Root), &signed.keys, &VERIFIER)
            .map_err(|source| unreadable(tuf::Refusal::Threshold { role, source }))?;
        let versions = |what, found, wanted| {
            if found == wanted { Ok(()) } else { Err(CeremonyRefusal::BaseVersion { what, found, wanted }) }
        };
        versions("the root", base.root, signed.version)?;
        if base.root == 1 && root.fingerprint() != base.repository {
            let (found, wanted) = (base.repository, root.fingerprint());
            return Err(CeremonyRefusal::OtherRepository { found, wanted });
        }
        let envelope = Envelope::parse(base.issuers_file.as_bytes(), ISSUERS_LENGTH).map_err(|source| {
            CeremonyRefusal::NotAnEnvelope { name: "issuers_file".to_owned(), source: Box::new(source) }
        })?;
        let issuers = open_issuers(&envelope, signed)?;
        versions("the list of issuers", base.issuers.into(), issuers.version.into())?;
        Ok(Self { root, issuers })
    }
}

impl Opened {
    /// Reads a file of at most [`MAX_CEREMONY_BYTES`] and checks all that it says of itself.
    ///
    /// # Errors
    ///
    /// [`CeremonyRefusal`]: the first thing that is not so.
    pub fn read(bytes: &[u8]) -> Result<Self, CeremonyRefusal> {
        let value = json::parse_within(bytes, MAX_CEREMONY_BYTES)?;
        Self::new(json::decode::<Ceremony>(&value)?.value)
    }

    /// Checks all that a ceremony says of itself.
    ///
    /// # Errors
    ///
    /// [`CeremonyRefusal`]: the first thing that is not so.
    pub fn new(file: Ceremony) -> Result<Self, CeremonyRefusal> {
        if file.format != FORMAT {
            return Err(CeremonyRefusal::Format { found: file.format });
        }
        if !(1..=MAX_DOCUMENTS).contains(&file.documents.len()) {
            return Err(CeremonyRefusal::Documents { found: file.documents.len() });
        }
        if file.base.is_none() != (file.kind == Kind::Founding) {
            return Err(CeremonyRefusal::NoBase);
        }
        let base = file.base.as_ref().map(OpenBase::read).transpose()?;
        let mut names = BTreeSet::new();
        let mut whats = Vec::new();
        for document in &file.documents {
            if !names.insert(&document.name) {
                return Err(CeremonyRefusal::DuplicateName { name: document.name.clone() });
            }
            let what = What::read(document)?;
            if !belongs(file.kind, &what) {
                return Err(CeremonyRefusal::Kind { name: document.name.clone() });
            }
            whats.push(what);
        }
        let new_root = whats.iter().find_map(|what| match what {
            What::Root(root) => Some((**root).clone()),
            _ => None,
        });
        if matches!(file.kind, Kind::Founding | Kind::Root) && new_root.is_none() {
            return Err(CeremonyRefusal::NoBase);
        }
        if let Some(root) = &new_root {
            let wanted = base.as_ref().map_or(0, |base| base.root.signed().version).saturating_add(1);
            if root.version != wanted {
                return Err(CeremonyRefusal::RootVersion { found: root.version, wanted });
            }
        }
        let mut documents = Vec::new();
        for (document, what) in file.documents.iter().zip(whats) {
            let quorums = quorums(&what, base.as_ref(), new_root.as_ref())?;
            if !document.wanted.iter().eq(quorums.iter().map(OpenQuorum::to_file).collect::<Vec<_>>().iter())
            {
                return Err(CeremonyRefusal::Quorum { name: document.name.clone() });
            }
            let open = OpenDocument { what, quorums, message: message(document) };
            open.check_signatures(&document.name, &document.signatures)?;
            documents.push(open);
        }
        let opened = Self { file, base, documents };
        opened.check_issuers(new_root.as_ref())?;
        opened.check_closed()?;
        Ok(opened)
    }

    /// A list of issuers has to go with the root, and no key may serve twice.
    fn check_issuers(&self, new_root: Option<&Root>) -> Result<(), CeremonyRefusal> {
        let root = new_root.or(self.base.as_ref().map(|base| base.root.signed()));
        let Some(root) = root else { return Err(CeremonyRefusal::NoBase) };
        let new = self.documents.iter().find_map(|document| match &document.what {
            What::Issuers(issuers) => Some(&**issuers),
            _ => None,
        });
        let issuers = new.or(self.base.as_ref().map(|base| &*base.issuers));
        let issuers = issuers.ok_or(CeremonyRefusal::NoBase)?;
        issuers.check(&repository_keys(root))?;
        if new_root.is_some() {
            // Whoever took the keys in has refused example keys, or was told not to.
            distinct(root, Some(issuers), ExampleKeys::Allow)?;
        }
        Ok(())
    }

    /// Once the targets list an envelope, the signatures on it stay what they are.
    fn check_closed(&self) -> Result<(), CeremonyRefusal> {
        let Some(targets) = self.targets() else { return Ok(()) };
        for (document, open) in self.file.documents.iter().zip(&self.documents) {
            if !open.what.is_in_an_envelope() {
                continue;
            }
            let listed = targets.targets.get(&document.name);
            if listed.is_none_or(|listed| listed.verify(&envelope(document).to_bytes()).is_err()) {
                return Err(CeremonyRefusal::Closed { name: document.name.clone() });
            }
        }
        Ok(())
    }

    /// The file.
    pub const fn file(&self) -> &Ceremony {
        &self.file
    }

    /// What it builds on; none where a repository is founded.
    pub const fn base(&self) -> Option<&OpenBase> {
        self.base.as_ref()
    }

    /// The documents, in the order of the file.
    pub fn documents(&self) -> &[OpenDocument] {
        &self.documents
    }

    /// The new root, where there is one.
    pub fn root(&self) -> Option<&Root> {
        self.documents.iter().find_map(|document| match &document.what {
            What::Root(root) => Some(&**root),
            _ => None,
        })
    }

    /// The new targets, where there are some.
    pub fn targets(&self) -> Option<&Targets> {
        self.documents.iter().find_map(|document| match &document.what {
            What::Targets(targets) => Some(&**targets),
            _ => None,
        })
    }

    /// The envelopes with the signatures that were made, by name.
    pub fn envelopes(&self) -> BTreeMap<&str, Envelope> {
        let all = self.file.documents.iter().zip(&self.documents);
        all.filter(|(_, open)| open.what.is_in_an_envelope())
            .map(|(document, _)| (document.name.as_str(), envelope(document)))
            .collect()
    }

    /// The file of the new root or targets with the signatures that were made.
    pub fn metadata(&self, name: &str) -> Option<Vec<u8>> {
        let document = self.file.documents.iter().find(|document| document.name == name)?;
        let signature = |signature: &Signature| tuf::Signature {
            keyid: signature.keyid.clone(),
            sig: bytes_of(&signature.sig),
        };
        let unsigned = match &self.documents.iter().find(|open| open.what.name() == name)?.what {
            What::Root(root) => Unsigned::new(&**root).ok()?,
            What::Targets(targets) => Unsigned::new(&**targets).ok()?,
            _ => return None,
        };
        Some(unsigned.with_signatures(document.signatures.iter().map(signature)))
    }

    /// SHA-256 over the file without its signatures: equal for all copies, and what officers compare.
    pub fn digest(&self) -> Sha256 {
        let mut bare = self.file.clone();
        bare.documents.iter_mut().for_each(|document| document.signatures.clear());
        Sha256::of(&serde_json::to_vec(&bare).expect("strings, numbers and lists are JSON"))
    }

    /// The file as it is written.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(&self.file).expect("strings, numbers and lists are JSON");
        bytes.push(b'\n');
        bytes
    }

    /// Whether it may still be signed.
    ///
    /// # Errors
    ///
    /// [`CeremonyRefusal::Expired`].
    pub fn check_expiry(&self, now: DateTime) -> Result<(), CeremonyRefusal> {
        let expires = self.file.expires;
        if now < expires { Ok(()) } else { Err(CeremonyRefusal::Expired { expires, now }) }
    }

    /// The signatures that are missing, document by document; of envelopes none, once the targets list them.
    pub fn missing(&self) -> Vec<Missing> {
        let all = self.file.documents.iter().zip(&self.documents);
        all.flat_map(|(document, open)| {
            open.quorums.iter().filter_map(|quorum| {
                let found = open.count(quorum, &document.signatures);
                let signed =
                    |keyid: &&String| document.signatures.iter().any(|signature| signature.keyid == **keyid);
                (found < quorum.threshold).then(|| Missing {
                    name: document.name.clone(),
                    of: quorum.of.clone(),
                    found,
                    threshold: quorum.threshold,
                    keyids: quorum.keys.keys().filter(|keyid| !signed(keyid)).cloned().collect(),
                })
            })
        })
        .collect()
    }

    /// Refuses what lacks a signature.
    ///
    /// # Errors
    ///
    /// [`CeremonyRefusal::Incomplete`].
    pub fn check_complete(&self) -> Result<(), CeremonyRefusal> {
        let missing = self.missing();
        let of = |one: &Missing| one.threshold.saturating_sub(one.found);
        let total: u32 = missing.iter().map(of).sum();
        if total == 0 {
            return Ok(());
        }
        let wanted: u32 =
            self.documents.iter().flat_map(|open| &open.quorums).map(|quorum| quorum.threshold).sum();
        Err(CeremonyRefusal::Incomplete { signed: wanted.saturating_sub(total), missing: total })
    }

    /// The names of the documents that a key may sign, and of those that it has signed.
    ///
    /// # Errors
    ///
    /// [`CeremonyRefusal::NotASigner`] where there is none of either.
    pub fn signable(
        &self,
        public: &PublicKey,
        label: &str,
    ) -> Result<(Vec<&str>, Vec<&str>), CeremonyRefusal> {
        let keyid = Key::of(public).keyid();
        let (mut open_ones, mut signed) = (Vec::new(), Vec::new());
        for (document, open) in self.file.documents.iter().zip(&self.documents) {
            if !open.quorums.iter().any(|quorum| quorum.keys.contains_key(&keyid)) {
                continue;
            }
            if document.signatures.iter().any(|signature| signature.keyid == keyid) {
                signed.push(document.name.as_str());
            } else if !(open.what.is_in_an_envelope() && self.targets().is_some()) {
                open_ones.push(document.name.as_str());
            }
        }
        if open_ones.is_empty() && signed.is_empty() {
            return Err(CeremonyRefusal::NotASigner { label: label.to_owned(), keyid });
        }
        Ok((open_ones, signed))
    }

    /// Adds a key's signature to every document that it may sign and has not. Gives their names.
    ///
    /// # Errors
    ///
    /// [`SignError`] when the key does not sign.
    pub fn sign(&mut self, signer: &dyn Signer) -> Result<Vec<String>, SignError> {
        let Ok(public) = PublicKey::ed25519(signer.public()) else { return Err(SignError::Faulty) };
        let keyid = Key::of(&public).keyid();
        let Ok((names, _)) = self.signable(&public, signer.label()) else { return Ok(Vec::new()) };
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        for (document, open) in self.file.documents.iter_mut().zip(&self.documents) {
            if names.contains(&document.name) && document.signatures.len() < ENVELOPE_SIGNATURES {
                let sig = hexadecimal(&signer.sign(&open.message)?);
                document.signatures.push(Signature { keyid: keyid.clone(), sig });
                document.signatures.sort_unstable();
            }
        }
        Ok(names)
    }

    /// Whether it is about this repository, given the fingerprint of its first root.
    ///
    /// # Errors
    ///
    /// [`CeremonyRefusal::OtherRepository`].
    pub fn check_repository(&self, wanted: Sha256) -> Result<(), CeremonyRefusal> {
        // The digest of a root's canonical form is its fingerprint.
        let first = self.file.documents.iter().find(|document| document.name == ROOT_NAME);
        let found = match (&self.file.base, first) {
            (Some(base), _) => base.repository,
            (None, Some(root)) => root.sha256,
            (None, None) => return Err(CeremonyRefusal::NoBase),
        };
        if found == wanted { Ok(()) } else { Err(CeremonyRefusal::OtherRepository { found, wanted }) }
    }

    /// Whether it builds on a root that is known: the repository's first, or the very one.
    ///
    /// # Errors
    ///
    /// [`CeremonyRefusal::OtherRepository`], [`CeremonyRefusal::Moved`], [`CeremonyRefusal::OtherRoot`], and
    /// [`CeremonyRefusal::KnownRoot`] where the known one is in between.
    pub fn check_known_root(&self, known: &Metadata<Root>) -> Result<(), CeremonyRefusal> {
        let version = known.signed().version;
        if version == 1 {
            self.check_repository(known.fingerprint())?;
        }
        let Some(base) = &self.base else { return Ok(()) };
        let on = base.root.signed().version;
        if version > on {
            return Err(CeremonyRefusal::Moved { what: "the root", found: on, published: version });
        }
        if version == on && known.canonical() != base.root.canonical() {
            let (found, wanted) = (base.root.fingerprint(), known.fingerprint());
            return Err(CeremonyRefusal::OtherRoot { version, found, wanted });
        }
        if version == 1 || version == on {
            return Ok(());
        }
        Err(CeremonyRefusal::KnownRoot { found: version, wanted: on })
    }
}

impl OpenDocument {
    /// The bytes that a signature is over.
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// How many of a quorum's keys have signed, each once.
    fn count(&self, quorum: &OpenQuorum, signatures: &[Signature]) -> u32 {
        let signatures: Vec<(&PublicKey, Vec<u8>)> = signatures
            .iter()
            .filter_map(|signature| Some((quorum.keys.get(&signature.keyid)?, bytes_of(&signature.sig))))
            .collect();
        let candidates = signatures.iter().map(|(key, sig)| (*key, sig.as_slice()));
        match threshold::meet(&self.message, candidates, quorum.threshold, &VERIFIER) {
            Ok(count) => u32::try_from(count.keys.len()).unwrap_or(u32::MAX),
            Err(shortfall) => shortfall.found,
        }
    }

    fn check_signatures(&self, name: &str, signatures: &[Signature]) -> Result<(), CeremonyRefusal> {
        let name = || name.to_owned();
        if signatures.len() > ENVELOPE_SIGNATURES {
            return Err(CeremonyRefusal::TooManySignatures { name: name(), found: signatures.len() });
        }
        for signature in signatures {
            let keyid = || signature.keyid.clone();
            let key = self.quorums.iter().find_map(|quorum| quorum.keys.get(&signature.keyid));
            let key = key.ok_or_else(|| CeremonyRefusal::NotInRole { name: name(), keyid: keyid() })?;
            if !key.verifies(&self.message, &bytes_of(&signature.sig), &VERIFIER) {
                return Err(CeremonyRefusal::BadSignature { name: name(), keyid: keyid() });
            }
        }
        Ok(())
    }
}

/// Whether a document has a place in a ceremony of a kind.
const fn belongs(kind: Kind, what: &What) -> bool {
    match what {
        What::Root(_) => matches!(kind, Kind::Founding | Kind::Root),
        What::Issuers(_) => matches!(kind, Kind::Founding | Kind::Root | Kind::Issuers),
        What::Targets(_) => true,
        What::Directive(_) | What::List(_) | What::Waiver(_) => matches!(kind, Kind::Documents),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
