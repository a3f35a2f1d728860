use alloc::format;
use alloc::string::ToString as _;

use super::*;
use crate::limits::IDENTIFIER_LENGTH;

#[test]
fn every_kind_has_a_value_that_it_takes() {
    let digest = "a".repeat(64);
    let long = [
        ("purl", "pkg:deb/debian/kesl"),
        ("purl-namespace", "pkg:npm/%40kaspersky"),
        ("cpe", "cpe:2.3:a:kaspersky:anti-virus"),
        ("cpe", "cpe:2.3:a:kaspersky:*"),
        ("vendor", "AO Kaspersky Lab"),
        ("product", "Kaspersky Anti-Virus"),
        ("package", "rpm:klnagent64"),
        ("cve", "CVE-2017-0144"),
        ("sha256", &digest),
        ("path", "/opt/kaspersky/klnagent"),
        ("path", r"%ProgramFiles(x86)%\Kaspersky Lab"),
        ("path", r"C:\ProgramData\Kaspersky Lab"),
        ("path", "/Library/Application Support/Kaspersky Lab/*"),
        ("process", "avp.exe"),
        ("signer", "Kaspersky Lab JSC"),
        ("team-id", "2Y8XE5CQ94"),
        ("bundle-id", "com.kaspersky.kav.sysext"),
        ("app-id", "com.kms.free"),
        ("extension-id", "ahkjpbeeocnddjkakilopmfdlnjdpcdm"),
        ("extension-id", "light_plugin_D772DC8D6FAF43A29B25C4EBAA5AD1DE@kaspersky.com"),
        ("extension-id", "{d10d0bf8-f5b5-c8b4-a8b2-2b9879e08c5d}"),
        ("registry-key", r"HKLM\SOFTWARE\KasperskyLab"),
        ("domain", "kaspersky-labs.com"),
        ("cidr", "192.0.2.0/24"),
        ("cidr", "2001:db8::/32"),
        ("asn", "AS64496"),
        ("authenticode", &digest),
        ("cdhash", "0123456789abcdef0123456789abcdef01234567"),
        ("image", "registry.example/kaspersky/kesl:11"),
        ("signer", "CN=Kaspersky Lab JSC, O=AO Kaspersky Lab, C=RU"),
    ];
    for (kind, value) in long {
        assert_eq!(validate(kind, value), Ok(Support::Supported), "{kind} {value}");
    }
    for kind in KINDS {
        assert!(long.iter().any(|(used, _)| *used == kind), "{kind} has no example");
    }
}

#[test]
fn an_unknown_kind_is_kept_and_is_no_error() {
    assert_eq!(validate("hovercraft", ""), Ok(Support::UnknownKind));
    let kept = Identifier::parse("hovercraft", "eels", None);
    assert_eq!(kept, Ok(Identifier::Unsupported { kind: "hovercraft".to_string() }));
}

#[test]
fn refuses_what_would_match_everything() {
    for kind in KINDS {
        for value in ["", " ", "*", "**"] {
            assert!(validate(kind, value).is_err(), "{kind} {value:?}");
        }
    }
    assert_eq!(validate("purl", "pkg:deb/debian/*"), Err(IdentifierError::PurlEverything));
    for value in
        ["pkg:deb/debian", "pkg:golang/github.com", "pkg:maven/com", "pkg:maven/io.github", "pkg:npm/@*"]
    {
        let error = validate("purl-namespace", value).unwrap_err();
        assert!(error.is_everything(), "{value} {error}");
    }
    assert_eq!(validate("cpe", "cpe:2.3:a:*:*"), Err(IdentifierError::CpeEverything));
    assert_eq!(validate("cpe", "cpe:2.3:a:*:k*"), Err(IdentifierError::CpeEverything));
    for (kind, value) in [
        ("path", "/"),
        ("path", "/*/*"),
        ("path", r"C:\"),
        ("path", r"%SystemRoot%\*"),
        ("process", "*.exe"),
        ("registry-key", r"HKLM\*"),
        ("vendor", "* *"),
        ("cidr", "0.0.0.0/0"),
        ("cidr", "::/0"),
        ("signer", "CN=*"),
        ("domain", "co.uk"),
        ("domain", "net"),
    ] {
        let Err(IdentifierError::Text(error)) = validate(kind, value) else {
            panic!("{kind} {value} was taken")
        };
        assert!(IdentifierError::Text(error).is_everything(), "{kind} {value} {error}");
    }
}

#[test]
fn says_at_which_byte_a_text_breaks_which_rule() {
    for (kind, value, at, rule) in [
        ("vendor", "...", 0, TextRule::NoWord),
        ("product", "a\u{0}b", 1, TextRule::Control),
        ("package", "kes*", 3, TextRule::PackageCharacter),
        ("sha256", "ABC", 0, TextRule::Sha256),
        ("sha256", "abc", 3, TextRule::Sha256),
        ("path", "opt/kaspersky", 0, TextRule::RelativePath),
        ("path", "/opt/../etc", 5, TextRule::PathStep),
        ("process", "/usr/bin/avp", 0, TextRule::ProcessName),
        ("team-id", "2Y8XE5CQ9", 9, TextRule::TeamId),
        ("team-id", "2y8XE5CQ94", 1, TextRule::TeamId),
        ("bundle-id", "kaspersky", 0, TextRule::DottedId),
        ("app-id", "com.kms free", 7, TextRule::AppId),
        ("extension-id", "ahkj", 0, TextRule::ExtensionId),
        ("registry-key", r"HKXX\SOFTWARE\K", 0, TextRule::Hive),
        ("registry-key", r"HKLM\SOFTWARE\\K", 14, TextRule::RegistryKey),
        ("registry-key", "HKLM", 4, TextRule::RegistryKey),
        ("domain", "net", 0, TextRule::SingleLabel),
        ("domain", "*.kaspersky.com", 0, TextRule::Label),
        ("domain", "kaspersky.com.", 14, TextRule::Label),
        ("domain", "käse.example", 0, TextRule::Label),
        ("cidr", "192.0.2.0", 9, TextRule::Address),
        ("cidr", "192.0.2.0/33", 10, TextRule::Prefix { bits: 32 }),
        ("cidr", "192.0.2.1/24", 0, TextRule::HostBits),
        ("asn", "AS0", 2, TextRule::Asn),
        ("asn", "AS4294967295", 2, TextRule::Asn),
    ] {
        assert_eq!(validate(kind, value), Err(TextError { at, rule }.into()), "{kind} {value}");
    }
    let longest = "a".repeat(IDENTIFIER_LENGTH);
    assert_eq!(validate("vendor", &longest), Ok(Support::Supported));
    let limit = TextError { at: IDENTIFIER_LENGTH, rule: TextRule::TooLong { limit: IDENTIFIER_LENGTH } };
    assert_eq!(validate("vendor", &format!("{longest}a")), Err(limit.into()));
}

#[test]
fn versions_stand_beside_packages_alone() {
    let parsed = Identifier::parse("purl", "pkg:deb/debian/kesl", Some("vers:deb/*")).unwrap();
    assert!(matches!(parsed, Identifier::Purl(_, Versions::Any)));
    assert_eq!(Identifier::parse("cve", "CVE-2017-0144", Some("1")), Err(IdentifierError::VersionsBeside));
    assert_eq!(Identifier::parse("purl", "pkg:deb/debian/kesl", Some("vers:deb/")).unwrap_err().at(), 9);
}

#[test]
fn names_and_cpe_are_probable_and_ids_exact() {
    let certainty = |kind, value| Identifier::parse(kind, value, None).unwrap().certainty();
    assert_eq!(certainty("vendor", "Kaspersky"), Some(Certainty::Probable));
    assert_eq!(certainty("cpe", "cpe:2.3:a:kaspersky:anti-virus"), Some(Certainty::Probable));
    assert_eq!(certainty("package", "kesl"), Some(Certainty::Exact));
    assert_eq!(certainty("unknown", "x"), None);
}
