#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::config::RepositoryConfig;

fn machine() -> Machine {
    let installed = |version: &str, name: &str| Installed {
        ecosystem: "deb".into(),
        version: Some(version.into()),
        purl: Purl::parse(&format!("pkg:deb/debian/{name}@{version}")).ok(),
    };
    Machine {
        root: "/".into(),
        packages: BTreeMap::from([
            ("sudo".to_owned(), vec![installed("1.9.13", "sudo")]),
            ("kesl".to_owned(), vec![installed("11.4", "kesl")]),
        ]),
        unread: BTreeSet::new(),
        addresses: vec![("192.0.2.1".parse().unwrap(), "the default gateway")],
        digests: BTreeMap::from([(interdict_schema::Sha256::of(b"sshd"), "/usr/sbin/sshd".to_owned())]),
    }
}

fn repositories() -> [RepositoryConfig; 2] {
    let at = |name: &str, url: &str| {
        RepositoryConfig::new(name.parse().unwrap(), Location::parse(url, Path::new("/")).unwrap())
    };
    [at("main", "https://directives.agency.example.gov:8443/x"), at("other", "http://198.51.100.7/")]
}

fn local() -> Vec<ProtectedIdentifier> {
    [("package", "clamav"), ("path", "/opt/edr"), ("cidr", "203.0.113.0/24"), ("domain", "login.example.org")]
        .into_iter()
        .map(|(kind, value)| ProtectedIdentifier {
            kind: kind.into(),
            value: value.into(),
            parsed: Identifier::parse(kind, value, None).unwrap(),
        })
        .collect()
}

/// What an identifier would hit on that machine.
fn hit(kind: &str, value: &str, versions: Option<&str>) -> Option<String> {
    let (machine, local) = (machine(), local());
    let protected = Protected::new(&machine, &repositories(), &local);
    protected.protects(&Identifier::parse(kind, value, versions).unwrap())
}

#[test]
fn what_a_machine_needs_is_protected_however_it_is_spelled() {
    let sshd = interdict_schema::Sha256::of(b"sshd").to_string();
    for (kind, value, wanted) in [
        ("package", "apt", "the package manager: apt"),
        ("package", "deb:dpkg", "the package manager: dpkg"),
        ("package", "rpm:dnf", "the package manager: dnf"),
        ("package", "openssh-server", "ssh: openssh-server"),
        ("package", "linux-image-6.1.0-18-amd64", "the kernel"),
        ("package", "interdict", "Interdict"),
        ("purl", "pkg:deb/debian/libc6", "the C library: libc6"),
        ("purl", "pkg:rpm/fedora/systemd", "init: systemd"),
        ("purl", "pkg:deb/debian/sudo@1.9.13", "how an administrator gets in: sudo"),
        ("cpe", "cpe:2.3:a:openbsd:openssh", "ssh"),
        ("cpe", "cpe:2.3:a:openbsd:*", "ssh"),
        ("path", "/usr", "what a machine needs"),
        ("path", "/usr/bin/*", "what a machine needs"),
        ("path", "/usr/bin/ap?", "what a machine needs: /usr/bin/apt"),
        ("path", "/usr/sbin/sshd", "what a machine needs: /usr/sbin/sshd"),
        ("path", "/var/lib/interdict/generations", "Interdict: /var/lib/interdict"),
        ("path", "/etc/**/config.toml", "what a machine needs: /etc/interdict/config.toml"),
        ("process", "ssh?", "ssh: sshd"),
        ("process", "systemd*", "init: systemd"),
        ("domain", "example.gov", "the repository at directives.agency.example.gov"),
        ("domain", "directives.agency.example.gov", "the repository at"),
        ("cidr", "127.0.0.0/8", "the loopback address: 127.0.0.1"),
        ("cidr", "::1/128", "the loopback address: ::1"),
        ("cidr", "192.0.2.0/24", "the default gateway: 192.0.2.1"),
        ("cidr", "198.51.100.7/32", "the repository at 198.51.100.7"),
        ("cidr", "0.0.0.0/0", "every address"),
        ("sha256", &sshd, "/usr/sbin/sshd"),
        ("package", "clamav", "protected by the configuration: package clamav"),
        ("purl", "pkg:deb/debian/clamav", "protected by the configuration: package clamav"),
        ("path", "/opt", "protected by the configuration: path /opt/edr"),
        ("path", "/opt/edr/bin/agent", "protected by the configuration: path /opt/edr"),
        ("cidr", "203.0.113.7/32", "protected by the configuration: cidr"),
        ("domain", "example.org", "protected by the configuration: domain"),
    ] {
        match Identifier::parse(kind, value, None) {
            Ok(read) => {
                let (machine, local) = (machine(), local());
                let found = Protected::new(&machine, &repositories(), &local).protects(&read);
                let found = found.unwrap_or_else(|| "nothing".into());
                assert!(found.starts_with(wanted), "{kind} {value}: {found}");
            }
            // What is refused as everybody's is no ban at all.
            Err(error) => assert!(error.to_string().contains("everything"), "{kind} {value}: {error}"),
        }
    }
}

#[test]
fn what_no_machine_needs_is_not_protected() {
    for (kind, value) in [
        ("package", "kesl"),
        ("package", "npm:apt"),
        ("purl", "pkg:npm/apt"),
        ("purl", "pkg:pypi/dnf"),
        ("purl", "pkg:deb/debian/sudo@1.9.14"),
        ("cpe", "cpe:2.3:a:kaspersky:endpoint_security"),
        ("path", "/opt/kaspersky"),
        ("path", "/usr/lib/kaspersky"),
        ("path", "/usr/bin/kesl"),
        ("process", "kesl"),
        ("domain", "kaspersky.com"),
        ("domain", "cdn.directives.agency.example.gov"),
        ("cidr", "198.51.100.8/32"),
        ("sha256", "0000000000000000000000000000000000000000000000000000000000000000"),
        ("asn", "AS64496"),
    ] {
        assert_eq!(hit(kind, value, None), None, "{kind} {value}");
    }
}

#[test]
fn a_ban_of_some_versions_counts_where_the_installed_one_is_among_them() {
    let sudo = |versions: &str| hit("package", "deb:sudo", Some(versions)).is_some();
    assert!(sudo("vers:deb/<1.9.14"));
    assert!(!sudo("vers:deb/<1.9.13"));
    assert!(sudo("1.9.13"));
    assert!(hit("package", "deb:openssh-server", Some("vers:deb/<9")).is_none(), "it is not installed");
    assert!(hit("package", "deb:openssh-server", None).is_some(), "it may be, at any time");
}

#[test]
fn a_ban_of_some_versions_counts_where_what_is_installed_cannot_be_read() {
    let unread = Machine { packages: BTreeMap::new(), unread: BTreeSet::from(["deb"]), ..machine() };
    let protects = |kind, value, versions| {
        let protected = Protected::new(&unread, &[], &[]);
        protected.protects(&Identifier::parse(kind, value, versions).unwrap())
    };
    let unknown = "of which the installed version is not known, because the package database cannot be read";
    let sudo = Some(format!("how an administrator gets in: sudo, {unknown}"));
    assert_eq!(protects("package", "deb:sudo", Some("vers:deb/<1")), sudo);
    assert_eq!(protects("package", "sudo", Some("vers:deb/<1")), sudo, "of whatever system it is");
    assert_eq!(protects("purl", "pkg:deb/debian/sudo@0.1", None), sudo);
    for (kind, value, versions) in [
        ("package", "rpm:sudo", Some("vers:rpm/<1")),
        ("purl", "pkg:rpm/fedora/sudo@0.1", None),
        ("package", "deb:kesl", Some("vers:deb/<1")),
    ] {
        assert_eq!(protects(kind, value, versions), None, "{kind} {value}: of another database, or no need");
    }
}
