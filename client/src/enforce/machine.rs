//! What enforcement has to know of the machine: its packages, its gateways, the digests of its own tools, and which files and
//! units are there. Read beneath a root, once, by a thin reader; everything else decides over values.
//!
//! Not here: the inventory ([`crate::inventory`]), and the files that targets write ([`plan`](super::plan)).

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use interdict_host::read::read_bounded;
use interdict_schema::Sha256;
use interdict_schema::digest::RunningSha256;
use interdict_schema::product::Purl;
use interdict_schema::product::network::address;

use super::protected::builtin;
use crate::config::enforce::Required;
use crate::inventory::Inventory;
use crate::inventory::component::Presence;
use crate::inventory::format::Format;
use crate::inventory::rooted::{Folder, Found};

/// Where programs are looked for, in this order; the same places from which commands are run.
pub const PROGRAM_FOLDERS: [&str; 6] =
    ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Where units of systemd stand, the first that has one counts.
const UNIT_FOLDERS: [&str; 4] =
    ["etc/systemd/system", "run/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"];

/// The kinds of packages that a system is made of.
pub const SYSTEM_PACKAGES: [&str; 4] = ["deb", "rpm", "apk", "alpm"];

/// The longest table of routes or resolvers that is read, in bytes.
const MAX_TABLE_BYTES: u64 = 1_000_000;

/// What is to be known of a machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Machine {
    /// The root beneath which it was read.
    pub root: PathBuf,
    /// The packages of the system that are installed, by name.
    pub packages: BTreeMap<String, Vec<Installed>>,
    /// The kinds of packages of which not every one is known, because a database could not be read, or there is none.
    pub unread: BTreeSet<&'static str>,
    /// Addresses that it needs, and what each is.
    pub addresses: Vec<(IpAddr, &'static str)>,
    /// The digests of files that it needs, and what each is.
    pub digests: BTreeMap<Sha256, String>,
}

/// An installed package of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The kind of package.
    pub ecosystem: String,
    /// Its version.
    pub version: Option<String>,
    /// Its package URL.
    pub purl: Option<Purl>,
}

/// Whether the files that a machine needs are read for their digests, which takes a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hashing {
    /// They are: something is banned by its digest.
    Read,
    /// They are not.
    NotRead,
}

impl Machine {
    /// Reads it beneath a root, with what an inventory says of its packages.
    pub fn read(root: &Path, inventory: &Inventory, hashing: Hashing) -> Self {
        let mut machine = Self {
            root: root.into(),
            packages: packages(inventory),
            unread: unread(inventory),
            ..Self::default()
        };
        if root == Path::new("/") {
            machine.addresses = addresses();
        }
        if hashing == Hashing::Read {
            machine.hash_files();
        }
        machine
    }

    /// Whether something that a gate asks for is there.
    ///
    /// # Errors
    /// It cannot be told: what the system said.
    pub fn has(&self, required: &Required) -> io::Result<bool> {
        match required {
            Required::Package(name) => Ok(self.packages.contains_key(name)),
            Required::Path(path) => there(Folder::root(&self.root)?.find(path)).map(|found| found.is_some()),
            Required::Service(name) => is_enabled(&Folder::root(&self.root)?, name),
        }
    }

    /// The programs of these that are nowhere: neither beneath the root nor, for the root of an image, on this machine.
    pub fn missing(&self, programs: &[&'static str]) -> Vec<&'static str> {
        let roots = BTreeSet::from([self.root.as_path(), Path::new("/")]);
        let is_there = |program: &str| {
            roots.iter().filter_map(|root| Folder::root(root).ok()).any(|root| {
                let found = |folder: &&str| root.find(Path::new(folder).join(program));
                PROGRAM_FOLDERS.iter().any(|folder| matches!(found(folder), Ok(Found::File(_))))
            })
        };
        programs.iter().copied().filter(|program| !is_there(program)).collect()
    }

    fn hash_files(&mut self) {
        // The program that runs, wherever it was started from.
        let running =
            File::open("/proc/self/exe").ok().map(|file| (file, "interdict, as it runs".to_owned()));
        let root = Folder::root(&self.root).ok();
        let named = root.iter().flat_map(|root| {
            builtin::FILES.iter().filter_map(|path| match root.find(path) {
                Ok(Found::File(file)) => Some((file, (*path).to_owned())),
                _ => None,
            })
        });
        for (file, what) in running.into_iter().chain(named) {
            if let Ok(digest) = digest_of(file) {
                self.digests.entry(digest).or_insert(what);
            }
        }
    }
}

fn digest_of(mut file: File) -> io::Result<Sha256> {
    let mut digest = RunningSha256::default();
    let mut part = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut part)?;
        if read == 0 {
            return Ok(digest.finish());
        }
        digest.update(part.get(..read).unwrap_or_default());
    }
}

fn packages(inventory: &Inventory) -> BTreeMap<String, Vec<Installed>> {
    let mut packages: BTreeMap<String, Vec<Installed>> = BTreeMap::new();
    for component in &inventory.components {
        let Some(ecosystem) = component.ecosystem.as_deref() else { continue };
        let there = matches!(component.presence, Presence::Installed | Presence::Incomplete);
        if there && SYSTEM_PACKAGES.contains(&ecosystem) {
            packages.entry(component.name.clone()).or_default().push(Installed {
                ecosystem: ecosystem.to_owned(),
                version: component.version.clone(),
                purl: component.purl.clone(),
            });
        }
    }
    packages
}

/// The kinds of packages of which not every one is known.
fn unread(inventory: &Inventory) -> BTreeSet<&'static str> {
    let wanting = inventory.coverage.iter().filter(|coverage| !coverage.is_complete());
    let kinds = wanting.flat_map(|coverage| match coverage.format {
        Some(Format::Dpkg) => &["deb"][..],
        Some(Format::RpmSqlite) => &["rpm"],
        Some(Format::Apk) => &["apk"],
        Some(Format::Alpm) => &["alpm"],
        // No database at all, or no root.
        None => &SYSTEM_PACKAGES,
        Some(_) => &[],
    });
    kinds.copied().collect()
}

/// What a path leads to; `None` where nothing is there.
fn there(found: io::Result<Found>) -> io::Result<Option<Found>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Whether a unit is there, not masked, and wanted or required by another (systemd.unit(5), `[Install]`).
fn is_enabled(root: &Folder, name: &str) -> io::Result<bool> {
    let mut unit = None;
    for path in UNIT_FOLDERS.map(|folder| Path::new(folder).join(name)) {
        unit = there(root.find(&path))?;
        // A masked unit is a link to /dev/null, which an image does not have.
        if unit.is_some() || root.is_link(&path).unwrap_or(false) {
            break;
        }
    }
    if !matches!(unit, Some(Found::File(_))) {
        return Ok(false);
    }
    for folder in UNIT_FOLDERS {
        let Some(Found::Folder(units)) = there(root.find(folder))? else { continue };
        for wants in units.names().unwrap_or_default() {
            let text = wants.to_string_lossy();
            if (text.ends_with(".wants") || text.ends_with(".requires"))
                && there(units.find(Path::new(&wants).join(name)))?.is_some()
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The default gateways, and the resolvers that are asked.
fn addresses() -> Vec<(IpAddr, &'static str)> {
    let text = |path: &str| {
        let bytes = read_bounded(Path::new(path), MAX_TABLE_BYTES).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let four = gateways_4(&text("/proc/net/route"));
    let six = gateways_6(&text("/proc/net/ipv6_route"));
    let gateways = four.into_iter().map(IpAddr::V4).chain(six.into_iter().map(IpAddr::V6));
    let resolvers = resolvers(&text("/etc/resolv.conf"));
    gateways
        .map(|address| (address, "the default gateway"))
        .chain(resolvers.into_iter().map(|address| (address, "a resolver of this machine")))
        .collect()
}

/// `/proc/net/route`: hexadecimal, in the byte order of the machine, which is little-endian wherever this runs but for a few.
fn gateways_4(table: &str) -> Vec<Ipv4Addr> {
    let row = |line: &str| {
        let mut cells = line.split_whitespace().skip(1);
        let (to, gateway) = (cells.next()?, cells.next()?);
        let gateway = u32::from_str_radix(gateway, 16).ok().filter(|gateway| *gateway != 0)?;
        (to == "00000000").then(|| Ipv4Addr::from(gateway.to_ne_bytes()))
    };
    table.lines().skip(1).filter_map(row).collect()
}

/// `/proc/net/ipv6_route`: destination, prefix, source, prefix, next hop.
fn gateways_6(table: &str) -> Vec<Ipv6Addr> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let [to, "00", _, _, hop, ..] = cells.as_slice() else { return None };
        let hop = u128::from_str_radix(hop, 16).ok().filter(|hop| *hop != 0)?;
        to.bytes().all(|digit| digit == b'0').then(|| Ipv6Addr::from(hop))
    };
    table.lines().filter_map(row).collect()
}

fn resolvers(text: &str) -> Vec<IpAddr> {
    let server = |line: &str| address(line.strip_prefix("nameserver")?.trim()).ok();
    text.lines().filter_map(server).collect()
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::disallowed_methods,
        reason = "a test may fail by panicking and write files"
    )]

    use super::*;

    #[test]
    fn gateways_and_resolvers_are_read_from_the_tables_of_linux() {
        let four = "Iface\tDestination\tGateway \tFlags\neth0\t00000000\t010200C0\t0003\neth0\t000200C0\t00000000\t0001\n";
        assert_eq!(gateways_4(four), [Ipv4Addr::new(192, 0, 2, 1)]);
        let hop = "20010db8000000000000000000000001";
        let zero = "0".repeat(32);
        let six =
            format!("{zero} 00 {zero} 00 {hop} 00000400 1 0 3 eth0\n{hop} 80 {zero} 00 {zero} 0 1 0 1 lo\n");
        assert_eq!(gateways_6(&six), ["2001:db8::1".parse::<Ipv6Addr>().unwrap()]);
        let resolv = "# by hand\nnameserver 192.0.2.53\nsearch example\nnameserver fe80::1%eth0\n";
        assert_eq!(resolvers(resolv).len(), 2);
    }

    #[test]
    fn a_unit_counts_where_it_is_enabled_and_not_masked() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let units = root.join("usr/lib/systemd/system");
        let etc = root.join("etc/systemd/system");
        std::fs::create_dir_all(&units).unwrap();
        std::fs::create_dir_all(etc.join("multi-user.target.wants")).unwrap();
        let machine = Machine { root: root.into(), ..Machine::default() };
        let has = |name: &str| machine.has(&Required::Service(name.into())).unwrap();
        assert!(!has("clamd.service"), "it is not there");
        std::fs::write(units.join("clamd.service"), "[Unit]\n").unwrap();
        assert!(!has("clamd.service"), "nothing wants it");
        std::os::unix::fs::symlink(
            "/usr/lib/systemd/system/clamd.service",
            etc.join("multi-user.target.wants/clamd.service"),
        )
        .unwrap();
        assert!(has("clamd.service"));
        std::os::unix::fs::symlink("/dev/null", etc.join("clamd.service")).unwrap();
        assert!(!has("clamd.service"), "it is masked");
        assert!(machine.has(&Required::Path("/usr/lib/systemd".into())).unwrap());
        assert!(!machine.has(&Required::Path("/usr/lib/nothing".into())).unwrap());
    }

    #[test]
    fn a_program_is_looked_for_beneath_the_root_and_on_this_machine() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("usr/sbin")).unwrap();
        std::fs::write(folder.path().join("usr/sbin/toolofimage"), "").unwrap();
        let machine = Machine { root: folder.path().into(), ..Machine::default() };
        assert_eq!(machine.missing(&["toolofimage", "sh", "no-such-tool"]), ["no-such-tool"]);
    }
}
