//! Rules that recognise a component by what was seen of it, and the tables that lead to them.
//!
//! Every table gives a few candidates; [`answer`] compares. Paths and keys are looked up by each of their beginnings,
//! domains by each name above them, addresses by the network of each width that some rule has. Names of processes with
//! wildcards, of which an order has a handful, are tried one by one. Signers are texts, and looked up as texts are.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use interdict_schema::product::{Answer, Cidr, Identifier, ProcessName};

use super::assessment::Field;
use crate::inventory::Trace;

/// The kinds of identifier that are compared with traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Authenticode,
    CdHash,
    Path,
    Process,
    Signer,
    TeamId,
    BundleId,
    AppId,
    ExtensionId,
    RegistryKey,
    Domain,
    Address,
    Asn,
    Image,
}

/// The tables. Values are indices of rules.
#[derive(Debug, Default)]
pub(super) struct Traces {
    by_text: HashMap<(Kind, String), Vec<usize>>,
    /// Networks by their width, as few widths as the rules have.
    by_network: BTreeMap<u8, HashMap<Cidr, Vec<usize>>>,
    process_globs: Vec<(ProcessName, usize)>,
}

impl Kind {
    pub(super) const fn of_rule(identifier: &Identifier) -> Option<Self> {
        Some(match identifier {
            Identifier::Authenticode(_) => Self::Authenticode,
            Identifier::CdHash(_) => Self::CdHash,
            Identifier::Path(_) => Self::Path,
            Identifier::Process(_) => Self::Process,
            Identifier::Signer(_) => Self::Signer,
            Identifier::TeamId(_) => Self::TeamId,
            Identifier::BundleId(_) => Self::BundleId,
            Identifier::AppId(_) => Self::AppId,
            Identifier::ExtensionId(_) => Self::ExtensionId,
            Identifier::RegistryKey(_) => Self::RegistryKey,
            Identifier::Domain(_) => Self::Domain,
            Identifier::Cidr(_) => Self::Address,
            Identifier::Asn(_) => Self::Asn,
            Identifier::Image(_) => Self::Image,
            _ => return None,
        })
    }

    pub(super) const fn of(trace: &Trace) -> Self {
        match trace {
            Trace::Authenticode(_) => Self::Authenticode,
            Trace::CdHash(_) => Self::CdHash,
            Trace::Path(_) => Self::Path,
            Trace::Process(_) => Self::Process,
            Trace::Signer(_) => Self::Signer,
            Trace::TeamId(_) => Self::TeamId,
            Trace::BundleId(_) => Self::BundleId,
            Trace::AppId(_) => Self::AppId,
            Trace::ExtensionId(_) => Self::ExtensionId,
            Trace::RegistryKey(_) => Self::RegistryKey,
            Trace::Domain(_) => Self::Domain,
            Trace::Address(_) => Self::Address,
            Trace::Asn(_) => Self::Asn,
            Trace::Image(_) => Self::Image,
        }
    }

    pub(super) const fn field(self) -> Field {
        match self {
            Self::Authenticode => Field::Authenticode,
            Self::CdHash => Field::CdHash,
            Self::Path => Field::Path,
            Self::Process => Field::Process,
            Self::Signer => Field::Signer,
            Self::TeamId => Field::TeamId,
            Self::BundleId => Field::BundleId,
            Self::AppId => Field::AppId,
            Self::ExtensionId => Field::ExtensionId,
            Self::RegistryKey => Field::RegistryKey,
            Self::Domain => Field::Domain,
            Self::Address => Field::Address,
            Self::Asn => Field::Asn,
            Self::Image => Field::Image,
        }
    }
}

impl Traces {
    /// Enters a rule of one of these kinds; signers stand elsewhere.
    pub(super) fn add(&mut self, identifier: &Identifier, rule: usize) {
        let Some(kind) = Kind::of_rule(identifier) else { return };
        let mut put = |text: String| self.by_text.entry((kind, text)).or_default().push(rule);
        match identifier {
            Identifier::Authenticode(digest) => put(digest.to_string()),
            Identifier::CdHash(digest) => put(digest.to_string()),
            Identifier::Path(pattern) => {
                let mut beginnings: Vec<String> = pattern.beginnings().collect();
                beginnings.sort_unstable();
                beginnings.dedup();
                beginnings.into_iter().for_each(put);
            }
            Identifier::Process(name) if name.is_glob() => self.process_globs.push((name.clone(), rule)),
            Identifier::Process(name) => put(name.as_str().to_owned()),
            Identifier::TeamId(id) => put(id.to_string()),
            Identifier::BundleId(id) => put(id.to_string()),
            Identifier::AppId(id) => put(id.to_string()),
            Identifier::ExtensionId(id) => put(id.to_string()),
            Identifier::RegistryKey(key) => put(key.beginning()),
            Identifier::Domain(domain) => put(domain.to_string()),
            Identifier::Cidr(network) => {
                self.by_network.entry(network.prefix()).or_default().entry(*network).or_default().push(rule);
            }
            Identifier::Asn(asn) => put(asn.to_string()),
            Identifier::Image(image) => put(image.repository().to_owned()),
            _ => {}
        }
    }

    /// Rules that may recognise a trace.
    pub(super) fn candidates(&self, trace: &Trace) -> Vec<usize> {
        let kind = Kind::of(trace);
        let at = |text: &str| self.by_text.get(&(kind, text.to_owned())).map_or(&[][..], Vec::as_slice);
        let each = |texts: &mut dyn Iterator<Item = String>| -> Vec<usize> {
            texts.flat_map(|text| at(&text).to_vec()).collect()
        };
        match trace {
            Trace::Path(path) => each(&mut path.beginnings()),
            Trace::RegistryKey(key) => each(&mut key.beginnings()),
            Trace::Domain(domain) => each(&mut domain.and_above().map(str::to_owned)),
            Trace::Address(address) => self.networks(*address),
            Trace::Process(name) => {
                let globs = self.process_globs.iter().filter(|(glob, _)| glob.matches(name));
                at(name.as_str()).iter().copied().chain(globs.map(|(_, rule)| *rule)).collect()
            }
            Trace::Image(image) => at(image.repository()).to_vec(),
            // Looked up as the text that it is.
            Trace::Signer(_) => Vec::new(),
            Trace::Authenticode(_)
            | Trace::CdHash(_)
            | Trace::TeamId(_)
            | Trace::BundleId(_)
            | Trace::AppId(_)
            | Trace::ExtensionId(_)
            | Trace::Asn(_) => at(&trace.to_string()).to_vec(),
        }
    }

    fn networks(&self, address: IpAddr) -> Vec<usize> {
        let of_width = |(prefix, networks): (&u8, &HashMap<Cidr, Vec<usize>>)| {
            networks.get(&Cidr::around(address, *prefix)?).cloned()
        };
        self.by_network.iter().filter_map(of_width).flatten().collect()
    }
}

/// Whether a rule recognises a trace.
pub(super) fn answer(rule: &Identifier, trace: &Trace) -> Answer {
    match (rule, trace) {
        (Identifier::Authenticode(rule), Trace::Authenticode(seen)) => Answer::when(rule == seen),
        (Identifier::CdHash(rule), Trace::CdHash(seen)) => Answer::when(rule == seen),
        (Identifier::Path(rule), Trace::Path(seen)) => Answer::when(rule.matches(seen)),
        (Identifier::Process(rule), Trace::Process(seen)) => Answer::when(rule.matches(seen)),
        (Identifier::TeamId(rule), Trace::TeamId(seen)) => Answer::when(rule == seen),
        (Identifier::BundleId(rule), Trace::BundleId(seen)) => Answer::when(rule == seen),
        (Identifier::AppId(rule), Trace::AppId(seen)) => Answer::when(rule == seen),
        (Identifier::ExtensionId(rule), Trace::ExtensionId(seen)) => Answer::when(rule == seen),
        (Identifier::RegistryKey(rule), Trace::RegistryKey(seen)) => Answer::when(rule.matches(seen)),
        (Identifier::Domain(rule), Trace::Domain(seen)) => Answer::when(rule.matches(seen)),
        (Identifier::Cidr(rule), Trace::Address(seen)) => Answer::when(rule.contains(*seen)),
        (Identifier::Asn(rule), Trace::Asn(seen)) => Answer::when(rule == seen),
        (Identifier::Image(rule), Trace::Image(seen)) => rule.matches(seen),
        _ => Answer::NoMatch,
    }
}
