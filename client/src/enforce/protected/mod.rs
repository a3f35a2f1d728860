//! The protected list: what no directive may hit on this machine, whoever signed it.
//!
//! A ban that would hit something of it is held back ([`Held::Protected`]) and shouted; it stays a finding. Identifiers are
//! compared as what they mean, never as they are spelled: a package by any ecosystem of a system, a path with what is below
//! it, a network with what lies in it, a domain with the hosts of the repositories that are followed. A ban of some versions
//! counts where the installed version is one of them, or cannot be compared, or where what is installed is not known.
//!
//! Not here: autonomous systems and names of makers, which no target can hit without another identifier.

pub mod builtin;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use interdict_schema::directive::DirectiveId;
use interdict_schema::product::identifier::Identifier;
use interdict_schema::product::version::Scheme;
use interdict_schema::product::{
    Answer, Cidr, Cpe, Domain, FilePath, PathPattern, ProcessName, Purl, Versions,
};

use super::ban::Held;
use super::bans::Bans;
use super::machine::{Installed, Machine, SYSTEM_PACKAGES};
use super::stage::Stage;
use crate::config::enforce::ProtectedIdentifier;
use crate::config::{Location, RepositoryConfig};

/// What no directive may hit, ready to be compared.
#[derive(Debug)]
pub struct Protected<'m> {
    machine: &'m Machine,
    packages: BTreeMap<&'static str, &'static str>,
    cpes: Vec<(Cpe, &'static str)>,
    files: Vec<FilePath>,
    folders: Vec<(PathPattern, FilePath, &'static str)>,
    everybodys: Vec<FilePath>,
    processes: Vec<(ProcessName, &'static str)>,
    /// The hosts of the repositories that are followed, and all domains above them.
    domains: BTreeMap<String, String>,
    addresses: Vec<(IpAddr, String)>,
    local: &'m [ProtectedIdentifier],
}

/// A ban that would hit something protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The directive.
    pub directive: DirectiveId,
    /// The subject's id.
    pub subject: String,
    /// The kind of the identifier.
    pub kind: String,
    /// Its value.
    pub value: String,
    /// What it would hit, in words.
    pub protects: String,
}

impl<'m> Protected<'m> {
    /// The built-in list, what of this machine belongs to it, the hosts of these repositories, and what the configuration adds.
    pub fn new(
        machine: &'m Machine,
        repositories: &[RepositoryConfig],
        local: &'m [ProtectedIdentifier],
    ) -> Self {
        let packages = builtin::PACKAGES.iter();
        let packages =
            packages.flat_map(|(what, names)| names.iter().map(move |name| (*name, *what))).collect();
        let cpes = builtin::CPES.iter().filter_map(|(what, name)| Some((Cpe::parse(name).ok()?, *what)));
        let path = |text: &&str| FilePath::parse(text).ok();
        let folders = builtin::FOLDERS.iter();
        let folders =
            folders.filter_map(|(what, text)| Some((PathPattern::parse(text).ok()?, path(text)?, *what)));
        let processes = builtin::PROCESSES.iter().flat_map(|(what, names)| {
            names.iter().filter_map(|name| Some((ProcessName::parse(name).ok()?, *what)))
        });
        let mut addresses: Vec<(IpAddr, String)> = vec![
            (Ipv4Addr::LOCALHOST.into(), "the loopback address".into()),
            (Ipv6Addr::LOCALHOST.into(), "the loopback address".into()),
        ];
        addresses.extend(machine.addresses.iter().map(|(address, what)| (*address, (*what).to_owned())));
        let mut domains = BTreeMap::from([("localhost".to_owned(), "this machine".to_owned())]);
        for host in repositories.iter().flat_map(RepositoryConfig::sources).filter_map(host_of) {
            let what = format!("the repository at {host}, which says what is lifted");
            if let Ok(address) = interdict_schema::product::network::address(host) {
                addresses.push((address, what));
            } else if let Ok(domain) = Domain::seen(host) {
                domains.extend(domain.and_above().map(|above| (above.to_owned(), what.clone())));
            }
        }
        Self {
            machine,
            packages,
            cpes: cpes.collect(),
            files: builtin::FILES.iter().filter_map(path).collect(),
            folders: folders.collect(),
            everybodys: builtin::EVERYBODYS.iter().filter_map(path).collect(),
            processes: processes.collect(),
            domains,
            addresses,
            local,
        }
    }

    /// Holds back every ban that would hit something protected, and tells which. Of parts from which this agency is freed
    /// nothing is written, so nothing is hit.
    pub fn hold(&self, bans: &mut Bans) -> Vec<Hit> {
        let mut hits = Vec::new();
        for part in bans.parts.iter_mut().filter(|part| part.stage != Stage::Freed) {
            for entry in &mut part.entries {
                let Some(protects) = entry.read().ok().and_then(|read| self.protects(&read)) else {
                    continue;
                };
                hits.push(Hit {
                    directive: part.origin.directive.clone(),
                    subject: part.origin.subject.clone(),
                    kind: entry.kind.to_string(),
                    value: entry.value.to_string(),
                    protects: protects.clone(),
                });
                entry.held = Some(Held::Protected { protects });
            }
        }
        hits
    }

    /// What an identifier would hit, in words.
    pub fn protects(&self, banned: &Identifier) -> Option<String> {
        let built_in = match banned {
            Identifier::Package(name, versions) => self.package(name.ecosystem(), name.name(), versions),
            Identifier::Purl(purl, versions) => self.purl(purl, versions),
            Identifier::PurlNamespace(space) => {
                let purls = self.machine.packages.iter().flat_map(|(name, all)| {
                    all.iter().filter_map(move |one| Some((name, one.purl.as_ref()?)))
                });
                let mut known = purls.filter_map(|(name, purl)| Some((name, purl, self.names(name)?)));
                known
                    .find(|(_, purl, _)| space.matches(purl))
                    .map(|(name, _, what)| format!("{what}: {name}"))
            }
            Identifier::Cpe(cpe, Versions::Any) => {
                let mut cpes = self.cpes.iter();
                cpes.find(|(narrow, _)| cpe.matches(narrow) == Answer::Match)
                    .map(|(narrow, what)| format!("{what}: {narrow}"))
            }
            Identifier::Path(pattern) => self.path(pattern),
            Identifier::Process(rule) => {
                let mut processes = self.processes.iter();
                processes.find(|(name, _)| rule.matches(name)).map(|(name, what)| format!("{what}: {name}"))
            }
            Identifier::Domain(domain) => self.domains.get(domain.as_str()).cloned(),
            Identifier::Cidr(network) => self.network(network),
            Identifier::Sha256(digest) => self.machine.digests.get(digest).cloned(),
            _ => None,
        };
        built_in.or_else(|| {
            let meant = |local: &&ProtectedIdentifier| {
                banned.covers(&local.parsed)
                    || local.parsed.covers(banned)
                    || is_same_package(banned, &local.parsed)
            };
            let local = self.local.iter().find(meant)?;
            Some(format!("protected by the configuration: {} {}", local.kind, local.value))
        })
    }

    /// What a package's name stands for, where it is one of the list.
    fn names(&self, name: &str) -> Option<&'static str> {
        let kernel = builtin::KERNELS.iter().any(|beginning| name.starts_with(beginning));
        self.packages.get(name).copied().or(kernel.then_some("the kernel"))
    }

    fn package(&self, ecosystem: Option<&str>, name: &str, versions: &Versions) -> Option<String> {
        if ecosystem.is_some_and(|ecosystem| !SYSTEM_PACKAGES.contains(&ecosystem)) {
            return None;
        }
        let what = self.names(name)?;
        let installed = self.machine.packages.get(name).map(Vec::as_slice).unwrap_or_default();
        let among = |one: &Installed| {
            let same = ecosystem.is_none_or(|ecosystem| ecosystem == one.ecosystem);
            let scheme = Scheme::of_package_type(&one.ecosystem);
            same && versions.contain_for(one.version.as_deref(), scheme) != Answer::NoMatch
        };
        if matches!(versions, Versions::Any) || installed.iter().any(among) {
            return Some(format!("{what}: {name}"));
        }
        let unread = &self.machine.unread;
        let unknown = ecosystem.map_or(!unread.is_empty(), |ecosystem| unread.contains(ecosystem));
        unknown.then(|| format!("{what}: {name}, {UNREAD}"))
    }

    fn purl(&self, purl: &Purl, versions: &Versions) -> Option<String> {
        let (kind, name) = (purl.package_type(), purl.name());
        match purl.ordered_version() {
            Some(version) => self.package(Some(kind), name, &Versions::Exactly(version.into_owned())),
            None => self.package(Some(kind), name, versions),
        }
    }

    fn path(&self, pattern: &PathPattern) -> Option<String> {
        let file = self.files.iter().find(|file| pattern.matches(file));
        let everybodys = || self.everybodys.iter().find(|folder| pattern.matches(folder));
        let folder = || {
            let meets =
                |(tree, path, _): &&(PathPattern, FilePath, _)| pattern.matches(path) || tree.covers(pattern);
            self.folders.iter().find(meets).map(|(_, path, what)| format!("{what}: {}", path.as_str()))
        };
        file.or_else(everybodys)
            .map(|path| format!("what a machine needs: {}", path.as_str()))
            .or_else(folder)
    }

    fn network(&self, network: &Cidr) -> Option<String> {
        if network.prefix() == 0 {
            return Some("every address".into());
        }
        let hit = self.addresses.iter().find(|(address, _)| network.contains(*address));
        hit.map(|(address, what)| format!("{what}: {address}"))
    }
}

/// Why a ban that may hit something counts as one that does.
const UNREAD: &str =
    "of which the installed version is not known, because the package database cannot be read";

/// Whether two identifiers name a package of the system alike, each in a grammar of its own.
fn is_same_package(banned: &Identifier, local: &Identifier) -> bool {
    fn name(identifier: &Identifier) -> Option<&str> {
        let (kind, name) = match identifier {
            Identifier::Package(package, _) => (package.ecosystem(), package.name()),
            Identifier::Purl(purl, _) => (Some(purl.package_type()), purl.name()),
            _ => return None,
        };
        kind.is_none_or(|kind| SYSTEM_PACKAGES.contains(&kind)).then_some(name)
    }
    name(banned).is_some_and(|banned| name(local) == Some(banned))
}

/// The host of a repository, without its port.
fn host_of(location: &Location) -> Option<&str> {
    let Location::Http(url) = location else { return None };
    let host = url.split_once("://")?.1.split('/').next()?;
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => Some(name),
        _ => Some(host),
    }
}

#[cfg(test)]
mod tests;
