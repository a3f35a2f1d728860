//! What of a file of entries stands in an inventory.
//!
//! A file may have a million entries and an inventory a thousand components, so the file is streamed past the texts of the
//! inventory, and only the entries that are among them are kept. They are then compared like any other identifier of the
//! subject: a file of entries recognises exactly what the same entries in the list itself would.
//!
//! Not here: reading and verifying the file ([`HeldFile::read`](crate::store::generation::HeldFile::read)).

use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;

use interdict_schema::Sha256;
use interdict_schema::directive::{DirectiveId, Identifier, IdentifierKind};
use interdict_schema::entity::{EntryFile, NotEntries};
use interdict_schema::product::{Identifier as Parsed, IdentifierError, Purl};

use super::assessment::Why;
use super::index::key;
use super::package_name;
use crate::inventory::{Inventory, Trace};

/// The entries of files that stand in an inventory.
#[derive(Debug, Clone, Default)]
pub struct Attached {
    /// By the file's digest and its place in the list.
    found: BTreeMap<(Sha256, usize), Vec<Identifier>>,
    /// Entries that nothing was compared with, by kind.
    pub(super) not_looked_for: BTreeMap<(String, Why), usize>,
    /// Files whose lines are not of their form: nothing of them was compared.
    pub(super) unreadable: Vec<(DirectiveId, String, NotEntries)>,
    /// Entries that are not of their kind, by file.
    pub(super) malformed: Vec<Malformed>,
}

/// Entries of a file that are not of its kind, and were not looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The list.
    pub list: DirectiveId,
    /// The file's target path.
    pub path: String,
    /// What every entry should be.
    pub kind: IdentifierKind,
    /// How many are not; at least 1.
    pub entries: u64,
    /// The line of the first, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub error: IdentifierError,
}

/// The entries of one file, as they stream by: those among the texts of an inventory, and those that are not of their kind.
#[derive(Debug)]
pub struct Sifted<'t> {
    texts: &'t Texts,
    kept: Vec<String>,
    line: u64,
    malformed: u64,
    first: Option<(u64, IdentifierError)>,
}

/// What is wanted of a file of entries.
#[derive(Debug)]
pub enum Wanted {
    /// The entries among these texts.
    Among(Texts),
    /// Nothing, because of this.
    Nothing(Why),
}

/// The texts of an inventory that entries of a kind are compared with.
#[derive(Debug)]
pub struct Texts {
    kind: &'static str,
    exact: HashSet<String>,
    /// Addresses that a network may hold.
    addresses: Vec<IpAddr>,
    spelling: Spelling,
}

/// How an entry is brought into the form of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// It has that form.
    Same,
    /// By the normalised words of a name.
    Words,
    /// As its kind is compared.
    Parsed,
}

impl Texts {
    /// Whether an entry is among them, or may be: what is kept is compared exactly afterwards.
    ///
    /// # Errors
    /// The entry is not of its kind.
    pub fn may_have(&self, entry: &str) -> Result<bool, IdentifierError> {
        let known = match self.spelling {
            Spelling::Same => self.exact.contains(entry),
            Spelling::Words => self.exact.contains(&key(entry)),
            Spelling::Parsed => false,
        };
        if known {
            return Ok(true);
        }
        Ok(match Parsed::parse(self.kind, entry, None)? {
            Parsed::Cidr(network) => self.addresses.iter().any(|seen| network.contains(*seen)),
            parsed => text_of(&parsed).is_some_and(|text| self.exact.contains(&text)),
        })
    }
}

impl<'t> Sifted<'t> {
    /// Before the first line.
    pub const fn by(texts: &'t Texts) -> Self {
        Self { texts, kept: Vec::new(), line: 0, malformed: 0, first: None }
    }

    /// Takes the next line.
    pub fn take(&mut self, entry: &str) {
        self.line = self.line.saturating_add(1);
        match self.texts.may_have(entry) {
            Ok(true) => self.kept.push(entry.to_owned()),
            Ok(false) => {}
            Err(error) => {
                self.malformed = self.malformed.saturating_add(1);
                self.first.get_or_insert((self.line, error));
            }
        }
    }
}

/// What is wanted of files of a kind, for an inventory.
pub fn wanted(kind: &IdentifierKind, inventory: &Inventory) -> Wanted {
    let components = || inventory.components.iter();
    let mut addresses = Vec::new();
    let (word, texts, spelling): (&'static str, HashSet<String>, Spelling) = match kind {
        IdentifierKind::Sha256 => (
            "sha256",
            components().flat_map(|found| &found.sha256).map(ToString::to_string).collect(),
            Spelling::Same,
        ),
        IdentifierKind::Cve => {
            let dismissed = components().flat_map(|found| &found.dismissed).map(|away| away.cve.to_string());
            let named = components().flat_map(|found| &found.cves).map(ToString::to_string);
            let loose = inventory.findings.iter().map(|finding| finding.cve.to_string());
            ("cve", named.chain(dismissed).chain(loose).collect(), Spelling::Same)
        }
        IdentifierKind::Package => {
            let mut names = HashSet::new();
            for found in components() {
                let purl = found.purl.as_ref();
                let ecosystem = found.ecosystem.as_deref().or(purl.map(Purl::package_type));
                names.insert(key(&found.name));
                names.extend(package_name::alone(&found.name, ecosystem).map(key));
                names.extend(purl.map(|purl| key(purl.name())));
                names.extend(found.source_package.iter().map(|name| key(name)));
                if let Some(group) = purl.and_then(Purl::namespace).or(found.group.as_deref()) {
                    names.insert(key(&format!("{group}/{}", found.name)));
                }
            }
            ("package", names, Spelling::Words)
        }
        kind => {
            let Some(kind) = IdentifierKind::KNOWN.iter().copied().find(|word| *word == kind.as_str()) else {
                return Wanted::Nothing(Why::NothingToCompare);
            };
            let mut texts = HashSet::new();
            for trace in components().flat_map(|found| &found.traces) {
                match (kind, trace) {
                    ("domain", Trace::Domain(seen)) => texts.extend(seen.and_above().map(str::to_owned)),
                    ("cidr", Trace::Address(seen)) => addresses.push(*seen),
                    ("team-id", Trace::TeamId(_))
                    | ("bundle-id", Trace::BundleId(_))
                    | ("app-id", Trace::AppId(_))
                    | ("extension-id", Trace::ExtensionId(_))
                    | ("asn", Trace::Asn(_)) => _ = texts.insert(trace.to_string()),
                    _ => {}
                }
            }
            (kind, texts, Spelling::Parsed)
        }
    };
    if texts.is_empty() && addresses.is_empty() {
        Wanted::Nothing(Why::NothingToCompare)
    } else {
        Wanted::Among(Texts { kind: word, exact: texts, addresses, spelling })
    }
}

/// The text by which an identifier of these kinds is looked up.
fn text_of(parsed: &Parsed) -> Option<String> {
    Some(match parsed {
        Parsed::Domain(domain) => domain.to_string(),
        Parsed::TeamId(id) => id.to_string(),
        Parsed::BundleId(id) => id.to_string(),
        Parsed::AppId(id) => id.to_string(),
        Parsed::ExtensionId(id) => id.to_string(),
        Parsed::Asn(asn) => asn.to_string(),
        _ => return None,
    })
}

impl Attached {
    /// Keeps the entries of a file that stand in the inventory; `list` is the payload digest of the list, `number` the
    /// file's place in it. Entries that are not of their kind are told of with the list's `id`.
    pub fn keep(
        &mut self,
        id: &DirectiveId,
        list: Sha256,
        number: usize,
        file: &EntryFile,
        sifted: Sifted<'_>,
    ) {
        if let Some((line, error)) = sifted.first {
            self.malformed.push(Malformed {
                list: id.clone(),
                path: file.path.clone(),
                kind: file.kind.clone(),
                entries: sifted.malformed,
                line,
                error,
            });
        }
        let row = |value| Identifier {
            kind: file.kind.clone(),
            value,
            versions: None,
            source: file.source.clone(),
            confidence: file.confidence.clone(),
        };
        self.found.insert((list, number), sifted.kept.into_iter().map(row).collect());
    }

    /// Says that entries were compared with nothing.
    pub fn not_looked_for(&mut self, file: &EntryFile, why: Why) {
        let count = self.not_looked_for.entry((file.kind.to_string(), why)).or_default();
        *count = count.saturating_add(usize::try_from(file.entries).unwrap_or(usize::MAX));
    }

    /// Says that a file's lines are not of their form.
    pub fn unreadable(&mut self, list: &DirectiveId, file: &EntryFile, why: NotEntries) {
        self.unreadable.push((list.clone(), file.path.clone(), why));
    }

    /// The entries that were kept of a file.
    pub(super) fn entries(&self, list: Sha256, number: usize) -> &[Identifier] {
        self.found.get(&(list, number)).map_or(&[], Vec::as_slice)
    }
}
