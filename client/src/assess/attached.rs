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
use interdict_schema::product::{Identifier as Parsed, IdentifierError, ProcessName, Purl, PurlNamespace};

use super::assessment::Why;
use super::index::key;
use super::{namespaces, package_name};
use crate::inventory::{Component, Inventory, Trace};

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
    kind: IdentifierKind,
    exact: HashSet<String>,
    /// Addresses that a network may hold.
    addresses: Vec<IpAddr>,
    /// Processes that wildcards may mean.
    processes: Vec<ProcessName>,
}

impl Texts {
    /// Whether an entry is among them, or may be: what is kept is compared exactly afterwards.
    ///
    /// # Errors
    /// The entry is not of its kind.
    pub fn may_have(&self, entry: &str) -> Result<bool, IdentifierError> {
        let has = |text: &str| self.exact.contains(text);
        Ok(match &Parsed::parse(self.kind.as_str(), entry, None)? {
            // Their only spelling is the one in which they are compared.
            Parsed::Sha256(_) | Parsed::Authenticode(_) | Parsed::CdHash(_) | Parsed::Cve(_) => has(entry),
            Parsed::Package(package, _) => has(&key(package.name())),
            Parsed::Purl(purl, _) => has(&key(purl.name())),
            Parsed::PurlNamespace(namespace) => {
                has(&at_type(Some(namespace.package_type()), namespace.path()))
                    || has(&at_type(None, namespace.path()))
            }
            Parsed::Cidr(network) => self.addresses.iter().any(|seen| network.contains(*seen)),
            Parsed::Process(name) if name.is_glob() => self.processes.iter().any(|seen| name.matches(seen)),
            Parsed::Process(name) => has(name.as_str()),
            Parsed::Path(pattern) => pattern.beginnings().any(|beginning| has(&beginning)),
            Parsed::RegistryKey(key) => has(&key.beginning()),
            Parsed::Image(image) => has(image.repository()),
            Parsed::Domain(domain) => has(domain.as_str()),
            Parsed::TeamId(id) => has(id.as_str()),
            Parsed::BundleId(id) => has(id.as_str()),
            Parsed::AppId(id) => has(id.as_str()),
            Parsed::ExtensionId(id) => has(id.as_str()),
            Parsed::Asn(asn) => has(&asn.to_string()),
            // No file may hold these.
            Parsed::Cpe(..)
            | Parsed::Vendor(_)
            | Parsed::Product(_)
            | Parsed::Signer(_)
            | Parsed::Unsupported { .. } => false,
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

/// A namespace with its type, where that is known.
fn at_type(package_type: Option<&str>, path: &str) -> String {
    format!("{}/{path}", package_type.unwrap_or_default())
}

/// What is wanted of files of a kind, for an inventory.
pub fn wanted(kind: &IdentifierKind, inventory: &Inventory) -> Wanted {
    let components = || inventory.components.iter();
    let mut texts =
        Texts { kind: kind.clone(), exact: HashSet::new(), addresses: Vec::new(), processes: Vec::new() };
    let exact = &mut texts.exact;
    match kind {
        IdentifierKind::Sha256 => {
            exact.extend(components().flat_map(|found| &found.sha256).map(ToString::to_string));
        }
        IdentifierKind::Cve => {
            exact.extend(components().flat_map(|found| &found.dismissed).map(|away| away.cve.to_string()));
            exact.extend(components().flat_map(|found| &found.cves).map(ToString::to_string));
            exact.extend(inventory.findings.iter().map(|finding| finding.cve.to_string()));
        }
        IdentifierKind::Package | IdentifierKind::Purl => {
            components().filter(|found| !found.unnamed).for_each(|found| package_names(found, exact));
        }
        IdentifierKind::PurlNamespace => {
            for stated in components().filter_map(|component| namespaces::stated(component)) {
                let package_type = stated.package_type;
                let above = PurlNamespace::and_above(package_type.unwrap_or("maven"), &stated.path);
                for path in above {
                    exact.insert(at_type(package_type, path));
                    if package_type.is_none() {
                        // Some types fold letter case.
                        exact.insert(at_type(None, &path.to_lowercase()));
                    }
                }
            }
        }
        kind => {
            for trace in components().flat_map(|found| &found.traces) {
                trace_texts(kind, trace, &mut texts);
            }
        }
    }
    if texts.exact.is_empty() && texts.addresses.is_empty() {
        Wanted::Nothing(Why::NothingToCompare)
    } else {
        Wanted::Among(texts)
    }
}

/// The names by which a component's package may be meant.
fn package_names(found: &Component, names: &mut HashSet<String>) {
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

/// The texts by which identifiers of a kind may mean a trace.
fn trace_texts(kind: &IdentifierKind, trace: &Trace, texts: &mut Texts) {
    let exact = &mut texts.exact;
    match (kind, trace) {
        (IdentifierKind::Domain, Trace::Domain(seen)) => exact.extend(seen.and_above().map(str::to_owned)),
        (IdentifierKind::Cidr, Trace::Address(seen)) => texts.addresses.push(*seen),
        (IdentifierKind::Path, Trace::Path(seen)) => exact.extend(seen.beginnings()),
        (IdentifierKind::RegistryKey, Trace::RegistryKey(seen)) => exact.extend(seen.beginnings()),
        (IdentifierKind::Image, Trace::Image(seen)) => _ = exact.insert(seen.repository().to_owned()),
        (IdentifierKind::Process, Trace::Process(seen)) => {
            exact.insert(seen.as_str().to_owned());
            texts.processes.push(seen.clone());
        }
        (IdentifierKind::Authenticode, Trace::Authenticode(_))
        | (IdentifierKind::Cdhash, Trace::CdHash(_))
        | (IdentifierKind::TeamId, Trace::TeamId(_))
        | (IdentifierKind::BundleId, Trace::BundleId(_))
        | (IdentifierKind::AppId, Trace::AppId(_))
        | (IdentifierKind::ExtensionId, Trace::ExtensionId(_))
        | (IdentifierKind::Asn, Trace::Asn(_)) => _ = exact.insert(trace.to_string()),
        _ => {}
    }
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
