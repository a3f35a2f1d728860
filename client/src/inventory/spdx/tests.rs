#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use super::super::component::Inventory;
use super::super::coverage::{Place, Reading};
use super::super::detect;
use super::super::limits::Limits;
use super::*;

fn json(rest: &str) -> Inventory {
    let text = format!(r#"{{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT",{rest}}}"#);
    detect::read(text.as_bytes(), "bom.spdx.json", None, &Limits::STANDARD).unwrap()
}

fn tags(rest: &str) -> Inventory {
    let text = format!("# written by hand\nSPDXVersion: SPDX-2.2\n{rest}");
    detect::read(text.as_bytes(), "bom.spdx", None, &Limits::STANDARD).unwrap()
}

const DIGEST: &str = "ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB";

/// The same content in both forms.
fn both() -> [Inventory; 2] {
    [
        json(&format!(
            r#""packages":[{{"SPDXID":"SPDXRef-a","name":"kesl","versionInfo":"11.1","downloadLocation":"NOASSERTION",
              "supplier":"Organization: AO Kaspersky Lab (info@example.org)","originator":"Person: Jane Doe (jane@example.org)",
              "externalRefs":[{{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:deb/debian/kesl@11.1"}},
                {{"referenceCategory":"SECURITY","referenceType":"cpe23Type","referenceLocator":"cpe:2.3:a:kaspersky:kesl:11.1:*:*:*:*:*:*:*"}},
                {{"referenceCategory":"SECURITY","referenceType":"cpe22Type","referenceLocator":"cpe:/a:kaspersky:kesl:11.1"}},
                {{"referenceCategory":"OTHER","referenceType":"swh","referenceLocator":"swh:1:x"}}],
              "checksums":[{{"algorithm":"SHA1","checksumValue":"x"}},{{"algorithm":"SHA256","checksumValue":"{DIGEST}"}}],
              "hasFiles":["SPDXRef-f"],"annotations":[{{"comment":[]}}]}},
              {{"name":"bare","versionInfo":"NOASSERTION","supplier":"NOASSERTION"}}],
            "files":[{{"SPDXID":"SPDXRef-f","fileName":"/opt/kesl/kesl","checksums":[{{"algorithm":"SHA256","checksumValue":"{DIGEST}"}}]}},
              {{"SPDXID":"SPDXRef-g","fileName":"./usr/share/doc"}}],"relationships":[]"#
        )),
        tags(&format!(
            "DocumentComment: <text>one\nPackageName: in a text\nend</text>\nCreator: Tool: x\n\nPackageName: kesl\nSPDXID: SPDXRef-a\n\
             PackageVersion: 11.1\nPackageSupplier: Organization: AO Kaspersky Lab (info@example.org)\n\
             PackageOriginator: Person: Jane Doe (jane@example.org)\nPackageComment: <text>short</text>\n\
             ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/kesl@11.1\n\
             ExternalRef: SECURITY cpe23Type cpe:2.3:a:kaspersky:kesl:11.1:*:*:*:*:*:*:*\n\
             ExternalRef: SECURITY cpe22Type cpe:/a:kaspersky:kesl:11.1\nExternalRef: OTHER swh swh:1:x\n\
             PackageChecksum: SHA1: x\nPackageChecksum: SHA256: {DIGEST}\n\n\
             PackageName: bare\nPackageVersion: NOASSERTION\nPackageSupplier: NOASSERTION\n\n\
             FileName: /opt/kesl/kesl\nSPDXID: SPDXRef-f\nFileChecksum: SHA256: {DIGEST}\n\
             FileName: ./usr/share/doc\nSPDXID: SPDXRef-g\nSnippetSPDXID: SPDXRef-s\nSPDXID: SPDXRef-never\n"
        )),
    ]
}

#[test]
fn both_forms_give_the_same_packages_and_files() {
    for inventory in both() {
        assert!(inventory.is_complete(), "{:?}", inventory.coverage);
        let [package, bare, file, other] = &inventory.components[..] else { panic!("{inventory:?}") };
        assert_eq!((package.name.as_str(), package.version.as_deref()), ("kesl", Some("11.1")));
        assert_eq!(package.vendors, ["AO Kaspersky Lab", "Jane Doe"]);
        assert_eq!(package.purl.as_ref().unwrap().to_string(), "pkg:deb/debian/kesl@11.1");
        assert_eq!((package.cpe.len(), package.sha256.len()), (2, 1));
        assert_eq!(package.source.reference.as_deref(), Some("SPDXRef-a"));
        assert_eq!((bare.name.as_str(), bare.version.as_deref(), bare.vendors.len()), ("bare", None, 0));
        assert_eq!((file.sha256.len(), file.traces.len()), (1, 1));
        assert_eq!(file.traces[0].to_string(), "/opt/kesl/kesl");
        assert_eq!((other.name.as_str(), other.traces.len()), ("./usr/share/doc", 0));
        assert_eq!(other.source.reference.as_deref(), Some("SPDXRef-g"));
    }
}

#[test]
fn other_versions_are_refused_by_name() {
    for version in ["SPDX-2.1", "SPDX-3.0", ""] {
        let text = format!(r#"{{"spdxVersion":"{version}","packages":[{{"name":7}}],"files":{{"a":[}}}}"#);
        let found = (!version.is_empty()).then(|| version.to_owned());
        let wanted = |read: &Reading| matches!(read, Reading::Unread { .. });
        let inventory = detect::read(text.as_bytes(), "x", None, &Limits::STANDARD).unwrap();
        assert!(wanted(&inventory.coverage[0].read));
        let whole = text.replace("[}", "1}");
        let inventory = detect::read(whole.as_bytes(), "x", None, &Limits::STANDARD).unwrap();
        let reason = Problem::SpdxVersion { found };
        assert_eq!(inventory.coverage[0].read, Reading::Unread { reason });
        let lines = format!("SPDXVersion: {version}\nPackageName: a\n");
        let inventory = detect::read(lines.as_bytes(), "x", None, &Limits::STANDARD).unwrap();
        let reason = Problem::SpdxVersion { found: Some(version.to_owned()) };
        assert_eq!(inventory.coverage[0].read, Reading::Unread { reason });
    }
    let inventory = (TAG_VALUE.read)(b"PackageName: a\n", "x", &Limits::STANDARD);
    assert_eq!(inventory.coverage[0].read, Reading::Unread { reason: Problem::SpdxVersion { found: None } });
}

#[test]
fn a_row_that_is_none_is_named_and_the_rest_is_read() {
    let inventory = json(
        r#""packages":[{"name":"a"},"b",{"versionInfo":"1"},{"name":"d","externalRefs":["x"]}],"files":[7]"#,
    );
    let names: Vec<_> = inventory.components.iter().map(|found| found.name.as_str()).collect();
    assert_eq!(names, ["a", "d"]);
    let place = Place { row: 2, byte: 0 };
    let reading = Reading::Partial { reason: Problem::RowShape, place, skipped: 3 };
    assert_eq!(inventory.coverage[0].read, reading);
    let part = Problem::PartShape { part: "externalRefs", at: 1 };
    assert_eq!(inventory.coverage[0].notes[0].problem, part);

    let inventory =
        tags("PackageName: a\nno tag\nPackageName: NOASSERTION\nPackageName: b\nExternalRef: x\n");
    let names: Vec<_> = inventory.components.iter().map(|found| found.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    let place = Place { row: 4, byte: 55 };
    assert_eq!(inventory.coverage[0].read, Reading::Partial { reason: Problem::NoField, place, skipped: 2 });
    assert_eq!(inventory.coverage[0].notes[0].problem, Problem::PartShape { part: "ExternalRef", at: 1 });
}

#[test]
fn a_part_of_a_package_that_cannot_be_read_leaves_the_source_incomplete() {
    for package in [
        r#"{"name":"a","externalRefs":[7]}"#,
        r#"{"name":"a","externalRefs":"x"}"#,
        r#"{"name":"a","checksums":[{"algorithm":"SHA256"}]}"#,
        r#"{"name":"a","checksums":[{"algorithm":"SHA256","checksumValue":"short"}]}"#,
        r#"{"name":"a","externalRefs":[{"referenceType":"purl","referenceLocator":"none"}]}"#,
        r#"{"name":"a","externalRefs":[{"referenceType":"cpe23Type","referenceLocator":"none"}]}"#,
    ] {
        let inventory = json(&format!(r#""packages":[{package}]"#));
        assert!(!inventory.is_complete() && inventory.components.len() == 1, "{package}");
    }
}

#[test]
fn a_text_that_is_never_closed_hides_what_follows() {
    let inventory = tags("PackageName: a\nPackageComment: <text>open\nPackageName: b\n");
    assert_eq!(inventory.components.len(), 1);
    let place = Place { row: 4, byte: 55 };
    assert_eq!(inventory.coverage[0].read, Reading::Partial { reason: Problem::OpenText, place, skipped: 0 });
}

#[test]
fn limits_hold_at_their_value_and_one_beyond() {
    let read = |text: &str, components| {
        let limits = Limits { components, row_bytes: 24, ..Limits::STANDARD };
        detect::read(text.as_bytes(), "x", None, &limits).unwrap()
    };
    let lines = "SPDXVersion: SPDX-2.2\nPackageName: a\nPackageName: b\nFileName: c\n";
    let object =
        r#"{"spdxVersion":"SPDX-2.3","packages":[{"name":"a"},{"name":"b"}],"files":[{"fileName":"c"}]}"#;
    for text in [lines, object] {
        assert!(read(text, 3).is_complete());
        let inventory = read(text, 2);
        assert_eq!(inventory.components.len(), 2, "{text}");
        let reason = Problem::TooManyComponents { limit: 2 };
        assert!(
            matches!(&inventory.coverage[0].read, Reading::Partial { reason: found, .. } if *found == reason)
        );
    }
    assert!(read("SPDXVersion: SPDX-2.2\nPackageName: 01234567890\n", 3).is_complete());
    let long = read("SPDXVersion: SPDX-2.2\nPackageName: 012345678901\n", 3);
    let place = Place { row: 2, byte: 22 };
    let reason = Problem::RowTooLong { limit: 24 };
    assert_eq!(long.coverage[0].read, Reading::Partial { reason, place, skipped: 1 });
}

#[test]
fn who_supplied_it_stands_between_the_kind_and_the_address() {
    for (text, name) in [
        ("Organization: A (B) GmbH", Some("A (B) GmbH")),
        ("Organization: A (B) (a@b)", Some("A (B)")),
        ("Organization: A ()", Some("A")),
        ("Person: ", None),
        ("NOASSERTION", None),
        ("A", Some("A")),
    ] {
        assert_eq!(party(text), name, "{text}");
    }
}
