//! Made-up bans, for the tests of every target: all stages, what is left out, what is held back, and hostile text.
//!
//! The names are those that are kept for examples (RFC 2606, 5737, 3849), and a few that look like real packages.
#![allow(dead_code, reason = "tests of several packages use it, each a part")]

use std::collections::BTreeMap;

use interdict_client::enforce::{
    Bans, Because, Entry, Held, Mode, Options, Origin, Part, Seen, Stage, Target,
};
use interdict_schema::directive::{IdentifierKind, Revision};
use interdict_schema::{DateTime, Sha256};

/// The moment of the made-up bans.
pub fn now() -> DateTime {
    "2018-01-15T12:00:00Z".parse().unwrap()
}

/// A part of a directive: `part("X-1", "s", Stage::Enforce).with("domain", "a.example")`.
pub fn part(directive: &str, subject: &str, stage: Stage) -> Part {
    let because = match stage {
        Stage::Freed => {
            Because::Waived { waiver: "W-1".into(), until: "2018-06-30T23:59:59Z".parse().unwrap() }
        }
        Stage::Audit => Because::NotYet { from: "2018-03-01T00:00:00Z".parse().unwrap() },
        Stage::Enforce => Because::Ordered { from: "2017-12-12T05:00:00Z".parse().unwrap() },
    };
    let origin = Origin {
        repository: "cisa".into(),
        directive: directive.parse().unwrap(),
        revision: Revision::FIRST,
        digest: Sha256::of(directive.as_bytes()),
        subject: subject.into(),
        name: format!("The products of {subject}"),
        actions: vec!["remove".into()],
    };
    Part { origin, stage, because, entries: Vec::new(), excluded: Vec::new(), gaps: Vec::new() }
}

/// An identifier that nothing holds back.
pub fn entry(kind: &str, value: &str) -> Entry {
    Entry { kind: IdentifierKind::from(kind), value: value.into(), versions: None, held: None }
}

/// What a part is made of, one after the other.
pub trait With: Sized {
    /// With an identifier.
    fn with(self, kind: &str, value: &str) -> Self;
    /// With an identifier of some versions.
    fn with_versions(self, kind: &str, value: &str, versions: &str) -> Self;
    /// With an identifier that is held back.
    fn with_held(self, kind: &str, value: &str, held: Held) -> Self;
    /// Without what an identifier recognises.
    fn without(self, kind: &str, value: &str) -> Self;
}

impl With for Part {
    fn with(mut self, kind: &str, value: &str) -> Self {
        self.entries.push(entry(kind, value));
        self
    }

    fn with_versions(mut self, kind: &str, value: &str, versions: &str) -> Self {
        self.entries.push(Entry { versions: Some(versions.into()), ..entry(kind, value) });
        self
    }

    fn with_held(mut self, kind: &str, value: &str, held: Held) -> Self {
        self.entries.push(Entry { held: Some(held), ..entry(kind, value) });
        self
    }

    fn without(mut self, kind: &str, value: &str) -> Self {
        self.excluded.push(entry(kind, value));
        self
    }
}

/// Bans of these parts.
pub fn bans(parts: Vec<Part>) -> Bans {
    Bans { generation: 12, parts }
}

/// The same bans where the operator asks for audit.
pub fn audited(mut bans: Bans) -> Bans {
    for part in bans.parts.iter_mut().filter(|part| part.stage == Stage::Enforce) {
        part.stage = Stage::Audit;
        part.because = Because::Mode;
    }
    bans
}

/// Options of a target over these settings and files.
pub fn options<'o>(
    target: &dyn Target,
    mode: Mode,
    settings: &'o BTreeMap<String, String>,
    seen: &'o Seen,
) -> Options<'o> {
    Options { now: now(), mode, settings, known: target.settings(), seen }
}

/// What every target's golden files are rendered from.
pub fn made_up() -> Bans {
    let everywhere = part("BOD-01-01", "everywhere", Stage::Enforce)
        .with("domain", "banned.example")
        .with("domain", "update.banned.example")
        .with("domain", "xn--bcher-kva.example")
        .with("cidr", "192.0.2.0/24")
        .with("cidr", "2001:db8::/32")
        .with("asn", "AS64496")
        .with("package", "deb:bannedd")
        .with("package", "rpm:bannedd")
        .with("package", "libbanned1")
        .with_versions("package", "deb:partlybanned", "vers:deb/>=1.0|<2.0-3")
        .with_versions("package", "rpm:partlybanned", "vers:rpm/<3.4-1")
        .with_versions("purl", "pkg:deb/debian/partly-purl", "vers:deb/1.2.3-4|2.0-1")
        .with("purl", "pkg:deb/debian/banned-purl")
        .with("purl", "pkg:rpm/fedora/banned-purl")
        .with("purl", "pkg:npm/%40banned/scope")
        .with("sha256", &"ab".repeat(32))
        .with("sha256", &"cd".repeat(32))
        .with("path", "/opt/banned")
        .with("path", "/usr/lib*/banned-?/**/agent")
        .with("path", r"C:\Program Files\Banned")
        .with("process", "bannedd")
        .with("extension-id", "abcdefghijklmnopabcdefghijklmnop")
        .with("extension-id", "addon@banned.example")
        .with("extension-id", "{01234567-89ab-cdef-0123-456789abcdef}")
        .with("registry-key", r"HKLM\SOFTWARE\Banned")
        .with("cpe", "cpe:2.3:a:banned:suite:*:*:*:*:*:*:*:*")
        .with("vendor", "Banned Systems, Inc.")
        .with("product", "Banned Suite")
        .with("signer", "Banned Systems, Inc.")
        .with("image", "registry.banned.example/suite")
        .with("cve", "CVE-2017-0144")
        .with("hologram", "of a kind that this version does not know")
        .without("domain", "cert.banned.example")
        .without("cidr", "192.0.2.64/26")
        .without("package", "deb:bannedd-removal-tool")
        .without("path", "/opt/banned/uninstall");
    let later = part("BOD-02-01", "later", Stage::Audit)
        .with("domain", "later.example.com")
        .with("cidr", "198.51.100.0/25")
        .with("package", "deb:later")
        .with("package", "rpm:later")
        .with("sha256", &"12".repeat(32))
        .with("path", "/opt/later")
        .with("extension-id", "later@example.com")
        // Ordered out of use elsewhere already: the strictest counts.
        .with("domain", "banned.example");
    let freed = part("BOD-03-01", "freed", Stage::Freed)
        .with("domain", "freed.example.net")
        // Freed here, and banned by another directive all the same.
        .with("domain", "update.banned.example")
        .with("cidr", "203.0.113.0/24")
        .with("cidr", "192.0.2.128/25")
        .with("package", "deb:freed")
        .with("package", "rpm:freed")
        .with("sha256", &"34".repeat(32))
        .with("path", "/opt/freed")
        .with("extension-id", "ponmlkjihgfedcbaponmlkjihgfedcba");
    let held = part("BOD-04-01", "held", Stage::Enforce)
        .with_held("domain", "perhaps.example.org", Held::Confidence)
        .with_held("package", "deb:perhaps", Held::Confidence)
        .with_held("package", "deb:wanted-here", Held::Excepted { exception: "E-1".into() })
        .with_held("package", "deb:openssh-server", Held::Protected { protects: "openssh-server".into() })
        .with_held("path", "/opt/perhaps", Held::Gate { gate: "replacement-present".into() })
        .with_held("sha256", &"56".repeat(32), Held::Confidence)
        .with_held("cidr", "198.51.100.128/25", Held::Confidence)
        .with_held("extension-id", "perhaps@example.org", Held::Confidence);
    bans(vec![everywhere, later, freed, held, hostile()])
}

/// Identifiers whose text means something to a tool, or nothing at all.
pub fn hostile() -> Part {
    let mut part = part("BOD-05-01", "hostile", Stage::Enforce);
    for (kind, texts) in HOSTILE {
        part.entries.extend(texts.iter().map(|text| entry(kind, text)));
    }
    part
}

/// Hostile texts of each kind: some are refused when they are read, and some are well formed.
pub const HOSTILE: &[(&str, &[&str])] = &[
    (
        "domain",
        &[
            "evil.example\n*.gov",
            "evil.example. CNAME .",
            "$INCLUDE.example",
            "@.example",
            "*.example",
            "evil.example;comment",
            "\"evil\".example",
            "evil\\046example.example",
            "com",
            "co.uk",
            "_dmarc.evil.example",
            "büro.example",
            "-evil.example",
            "",
        ],
    ),
    (
        "cidr",
        &[
            "0.0.0.0/0",
            "192.0.2.1/24",
            "192.0.2.0/24 } ; flush ruleset",
            "::/0",
            "::ffff:198.18.0.0/111",
            "203.0.113.0/024",
        ],
    ),
    ("asn", &["AS0", "AS64496; drop"]),
    (
        "package",
        &[
            "deb:evil\nPin-Priority: 1000",
            "deb:*",
            "deb:-oAPT::x",
            "deb:evil;rm",
            "deb:/evil/",
            "deb:évil",
            "rpm:evil,glibc",
            "rpm:-evil",
            "rpm:[e]vil",
            "deb:evil$HOME",
            "deb:src:evil",
        ],
    ),
    ("purl", &["pkg:deb/debian/evil%0APin", "pkg:rpm/fedora/evil%2A", "pkg:deb/debian/*"]),
    ("sha256", &["00", "ABAB allow perm=any all : all", "zz"]),
    (
        "path",
        &[
            "/",
            "/usr",
            "/opt/evil dir",
            "/opt/evil\nallow perm=any all : all",
            "/opt/evil\"quote",
            "/opt/evil#hash",
            "/opt/evil%set",
            "/opt/evil,comma",
            "/opt/évil",
            "/opt/../etc",
        ],
    ),
    (
        "extension-id",
        &[
            "*",
            "abc",
            "evil\",\"x\":\"@example.org",
            "abcdefghijklmnopabcdefghijklmnoq",
            "{evil}",
            "é@example.org",
        ],
    ),
    ("registry-key", &["HKLM", "HKLM\\SOFTWARE\\Evil</key>", "HKLM\\SOFTWARE\\Evil]]>"]),
    ("vendor", &["<script>alert(1)</script>", "\u{202e}live"]),
];
