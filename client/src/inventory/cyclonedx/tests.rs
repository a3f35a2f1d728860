#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use interdict_schema::product::CveId;

use super::super::component::Description;
use super::super::coverage::{Place, Reading};
use super::super::trace::Trace;
use super::*;

fn read(text: &str) -> Inventory {
    super::read(text.as_bytes(), "bom.json", &Limits::STANDARD)
}

fn bom(rest: &str) -> String {
    format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6",{rest}}}"#)
}

fn unread(text: &str) -> Problem {
    let inventory = read(text);
    assert!(inventory.components.is_empty() && !inventory.is_complete());
    match &inventory.coverage[0].read {
        Reading::Unread { reason } => reason.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn reads_what_is_matched_and_ignores_the_rest() {
    let digest = "AB".repeat(32);
    let inventory = read(&bom(&format!(
        r#""metadata":{{"component":{{"type":"device","name":"ws-17"}}}},
           "components":[{{"type":"application","bom-ref":"k","name":"Endpoint \u0053ecurity","group":"g","version":"11",
             "supplier":{{"name":"AO Kaspersky Lab"}},"publisher":"AO Kaspersky Lab","manufacturer":{{"name":"Other"}},
             "purl":"pkg:generic/kes@11","cpe":"cpe:2.3:a:kaspersky:endpoint_security:11:*:*:*:*:*:*:*",
             "hashes":[{{"alg":"MD5","content":"x"}},{{"alg":"SHA-256","content":"{digest}"}}],
             "evidence":{{"identity":[1.5e3]}}}}]"#
    )));
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    let [device, found] = &inventory.components[..] else { panic!("{inventory:?}") };
    assert_eq!(device.name, "ws-17");
    assert_eq!(found.name, "Endpoint Security");
    assert_eq!(found.vendors, ["AO Kaspersky Lab", "Other"]);
    assert_eq!(found.ecosystem.as_deref(), Some("generic"));
    assert_eq!(found.cpe[0].vendor().literal().as_deref(), Some("kaspersky"));
    assert_eq!(found.sha256[0].to_string(), digest.to_lowercase());
    assert_eq!(found.source.reference.as_deref(), Some("k"));
}

/// What was seen of each component, as kind of trace and text.
fn traces(inventory: &Inventory) -> Vec<Vec<String>> {
    let word = |trace: &Trace| match trace {
        Trace::Path(path) => format!("path {path}"),
        Trace::Image(image) => format!("image {image}"),
        Trace::Domain(domain) => format!("domain {domain}"),
        Trace::Address(address) => format!("ip {address}"),
        other => format!("{other:?}"),
    };
    inventory.components.iter().map(|found| found.traces.iter().map(word).collect()).collect()
}

#[test]
fn places_files_images_and_endpoints_are_what_was_seen_of_a_component() {
    let digest = format!("sha256:{}", "0a".repeat(32));
    let inventory = read(&bom(&format!(
        r#""components":[
          {{"type":"library","name":"a","evidence":{{"occurrences":[
            {{"location":"/opt/kaspersky/a.jar","line":7}},{{"location":"package.json#12"}},{{"bom-ref":"x"}}]}}}},
          {{"type":"file","name":"/opt/kaspersky/kesl"}},{{"type":"file","name":"kesl"}},
          {{"type":"library","name":"/opt/no-file"}},
          {{"type":"container","name":"registry.example/kesl","version":"1.0"}},
          {{"type":"container","name":"alpine","version":"{digest}"}},
          {{"type":"container","name":"no image","version":"1"}},
          {{"type":"container","name":"kesl","version":"9","purl":"pkg:docker/x/kesl@2?repository_url=gcr.io"}}],
        "services":[{{"name":"s","endpoints":["https://user@Update.Example.org:8443/x?y=https://other.example",
          "https://192.0.2.7/","http://[2001:db8::1]:80","/relative","urn:x"]}}]"#
    )));
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    assert_eq!(
        traces(&inventory),
        [
            vec!["path /opt/kaspersky/a.jar".to_owned()],
            vec!["path /opt/kaspersky/kesl".to_owned()],
            vec![],
            vec![],
            vec!["image registry.example/kesl:1.0".to_owned()],
            vec![format!("image docker.io/library/alpine@{digest}")],
            vec![],
            vec!["image gcr.io/x/kesl:2".to_owned()],
            vec![
                "domain update.example.org".to_owned(),
                "ip 192.0.2.7".to_owned(),
                "ip 2001:db8::1".to_owned()
            ],
        ]
    );
}

#[test]
fn what_is_about_a_component_is_not_what_was_seen_of_it() {
    let inventory = read(&bom(
        r#""components":[{"type":"library","name":"a","hashes":[{"alg":"SHA-1","content":"00"},{"alg":"MD5","content":"x"}],
           "externalReferences":[{"type":"website","url":"https://example.org"}],
           "signature":{"algorithm":"ES256","value":"x"},"swid":{"tagId":"t","name":"a"}}]"#,
    ));
    assert!(inventory.is_complete());
    assert_eq!((traces(&inventory), inventory.components[0].sha256.len()), (vec![vec![]], 0));
}

#[test]
fn the_described_component_is_of_the_documents_supplier_and_a_version_may_stand_in_the_package_url() {
    let inventory = read(&bom(
        r#""metadata":{"component":{"name":"gateway","supplier":{"name":"One"},"components":[{"name":"part"}]},
           "supplier":{"name":"Two"},"manufacture":{"name":"Three"},"manufacturer":{"name":"who wrote the document"}},
           "components":[{"name":"kesl","purl":"pkg:deb/debian/kesl@11"},
             {"name":"kesl","version":"12","purl":"pkg:deb/debian/kesl@11"}]"#,
    ));
    assert_eq!(inventory.components[0].vendors, ["One", "Two", "Three"]);
    assert!(inventory.components[1].vendors.is_empty());
    let versions: Vec<_> = inventory.components[2..].iter().map(|found| found.version.as_deref()).collect();
    assert_eq!(versions, [Some("11"), Some("12")]);
}

#[test]
fn children_of_components_are_nested_at_every_depth() {
    let inventory = read(&bom(
        r#""components":[{"name":"a","components":[{"name":"b","components":[{"name":"c"}]}]},{"name":"d"}]"#,
    ));
    let nested: Vec<_> =
        inventory.components.iter().map(|found| (found.name.as_str(), found.nested)).collect();
    assert_eq!(nested, [("a", false), ("b", true), ("c", true), ("d", false)]);
}

#[test]
fn a_vulnerability_comes_to_the_components_that_it_names() {
    let inventory = read(&bom(
        r#""components":[{"bom-ref":"a","name":"a"},{"bom-ref":"b","name":"b"}],"vulnerabilities":[
           {"id":"CVE-2017-0144","affects":[{"ref":"a"},{"ref":"urn:cdx:x/1#b"}]},
           {"id":"SNYK-1","references":[{"id":"cve-2021-44228"}],"affects":[{"ref":"b"},{"ref":"b"}]},
           {"id":"CVE-2020-0001","analysis":{"state":"not_affected"},"affects":[{"ref":"a"}]},
           {"id":"CVE-2020-0002","affects":[{"ref":"a","versions":[{"version":"1","status":"unaffected"}]}]},
           {"id":"CVE-2020-0003"},{"id":"CVE-2020-0004","affects":[{"ref":"elsewhere"}]},{"id":"GHSA-x"}]"#,
    ));
    let ids = |cves: &[CveId]| cves.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(ids(&inventory.components[0].cves), "CVE-2017-0144");
    assert_eq!(ids(&inventory.components[1].cves), "CVE-2017-0144 CVE-2021-44228");
    let dismissed: Vec<_> = inventory.components[0].dismissed.iter().map(|d| d.state.as_str()).collect();
    assert_eq!(dismissed, ["not_affected", "unaffected"]);
    let loose: Vec<_> =
        inventory.findings.iter().map(|f| (f.cve.to_string(), f.affects.as_deref())).collect();
    assert_eq!(loose, [("CVE-2020-0003".into(), None), ("CVE-2020-0004".into(), Some("elsewhere"))]);
}

#[test]
fn refuses_what_is_no_document_of_a_known_version() {
    assert_eq!(unread(r#"{"specVersion":"1.6"}"#), Problem::BomFormat { found: None });
    let other = r#"{"bomFormat":"SPDX","specVersion":"1.6"}"#;
    assert_eq!(unread(other), Problem::BomFormat { found: Some("SPDX".into()) });
    let version = r#"{"bomFormat":"CycloneDX","specVersion":"2.0"}"#;
    assert_eq!(unread(version), Problem::SpecVersion { found: Some("2.0".into()) });
    for (text, detail) in [
        (bom(r#""components":[{"version":"1"}]"#), "missing field `name`"),
        (bom(r#""components":[{"name":"a","name":"b"}]"#), "duplicate field `name`"),
        (bom(r#""components":[{"name":7}]"#), "invalid type"),
        (bom(r#""components":[]"#).replace("]}", ""), "EOF while parsing"),
        (bom(r#""components":[]"#) + "x", "trailing characters"),
    ] {
        let Problem::Json { detail: found } = unread(&text) else { panic!("{text}") };
        assert!(found.contains(detail) && found.contains("line 1 column"), "{found}");
    }
    let inventory = super::read(b"{\"bomFormat\":\"\xff\"}", "b", &Limits::STANDARD);
    assert_eq!(inventory.coverage[0].read, Reading::Unread { reason: Problem::NotUtf8 { at: 14 } });
}

#[test]
fn nesting_and_numbers_are_bounded() {
    let deep = |levels: usize| {
        let open = r#"{"name":"y","components":["#.repeat(levels);
        bom(&format!(r#""components":[{open}{{"name":"x"}}{}]"#, "]}".repeat(levels)))
    };
    // Two levels each, two for the document and its list, one for the innermost: 127 fit.
    assert_eq!(read(&deep(62)).components.len(), 63);
    let Problem::Json { detail } = unread(&deep(63)) else { panic!() };
    assert!(detail.contains("recursion limit"), "{detail}");
    assert!(matches!(unread(&deep(100_000)), Problem::Json { .. }));
    let limits = Limits { components: 2, ..Limits::STANDARD };
    let read = |text: &str| super::read(text.as_bytes(), "bom", &limits);
    assert!(read(&bom(r#""components":[{"name":"a"},{"name":"b"}]"#)).is_complete());
    let three = read(&bom(r#""components":[{"name":"a"},{"name":"b"},{"name":"c"}]"#));
    assert_eq!(three.components.len(), 2);
    let reason = Problem::TooManyComponents { limit: 2 };
    assert_eq!(
        three.coverage[0].read,
        Reading::Partial { reason, place: Place { row: 3, byte: 0 }, skipped: 0 }
    );
}

#[test]
fn a_document_cannot_multiply_its_vulnerabilities_without_end() {
    let text = bom(
        r#""components":[{"bom-ref":"a","name":"a"},{"bom-ref":"a","name":"b"}],"vulnerabilities":[
           {"id":"CVE-2017-0144","references":[{"id":"CVE-2017-0145"}],"affects":[{"ref":"a"},{"ref":"a"}]}]"#,
    );
    let read = |findings| {
        let limits = Limits { findings, ..Limits::STANDARD };
        super::read(text.as_bytes(), "bom", &limits)
    };
    assert!(read(8).is_complete());
    assert_eq!(read(8).components[1].cves.len(), 2);
    let reason = Problem::TooManyFindings { limit: 7 };
    let place = Place { row: 1, byte: 0 };
    assert_eq!(read(7).coverage[0].read, Reading::Partial { reason, place, skipped: 0 });
}

#[test]
fn a_list_that_is_null_is_an_empty_one() {
    assert!(read(&bom(r#""components":null,"vulnerabilities":null"#)).is_complete());
}

#[test]
fn an_identifier_that_does_not_parse_leaves_the_source_incomplete() {
    let inventory = read(&bom(r#""components":[{"name":"a","purl":"nonsense","cpe":"cpe:2.3:a"}]"#));
    assert_eq!(inventory.components.len(), 1);
    assert!(!inventory.is_complete());
    assert_eq!(inventory.coverage[0].notes.len(), 2);
    assert_eq!(inventory.coverage[0].notes[0].place.row, 1);
}

#[test]
fn services_and_the_authors_of_later_versions_are_read() {
    let inventory = read(
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6",
            "components":[{"name":"a","authors":[{"name":"One"},{"email":"x"},{"name":"Two"}]}],
            "services":[{"bom-ref":"s","name":"cloud","version":"2","provider":{"name":"Kaspersky Lab"},
                "services":[{"name":"inner"}]}],
            "vulnerabilities":[{"id":"CVE-2017-0144","affects":[{"ref":"s"}]}]}"#,
    );
    assert!(inventory.is_complete(), "{inventory:?}");
    let [a, cloud, inner] = &inventory.components[..] else { panic!("{inventory:?}") };
    assert_eq!(a.vendors, ["One", "Two"]);
    assert_eq!((cloud.name.as_str(), cloud.version.as_deref(), cloud.nested), ("cloud", Some("2"), false));
    assert_eq!((&cloud.vendors[..], cloud.cves.len()), (&["Kaspersky Lab".to_owned()][..], 1));
    assert_eq!((inner.name.as_str(), inner.nested), ("inner", true));
    assert_eq!(inventory.coverage[0].components, 3);
}

/// Reads a document for something that recognises what `named` begins the name of, and what has a vulnerability.
fn recognised(text: &str, named: &str) -> (Inventory, Inventory) {
    let recognises = |found: &Description| found.name.starts_with(named) || !found.cves.is_empty();
    let early = read_recognised(text.as_bytes(), "bom.json", &Limits::STANDARD, &recognises);
    let mut late = read(text);
    late.keep_recognised(&recognises);
    (early, late)
}

#[test]
fn what_is_kept_while_it_is_read_is_what_is_kept_of_all_and_little_more() {
    let one = |name: &str, rest: &str| format!(r#"{{"name":"{name}","bom-ref":"r-{name}"{rest}}}"#);
    let around =
        |name: &str, inside: &[String]| one(name, &format!(r#","components":[{}]"#, inside.join(",")));
    let components = [
        one("a", ""),
        one("b", r#","purl":"pkg:npm/b@1","supplier":{"name":"V"}"#),
        one("c", r#","purl":"pkg:npm/c@1","supplier":{"name":"V"},"cpe":"broken""#),
        around("d", &[one("x1", ""), one("d2", ""), around("d3", &[around("d4", &[one("x5", "")])])]),
        around("e", &[one("e1", ""), one("e2", "")]),
        around("x2", &[one("x3", ""), one("f", "")]),
        one("g", r#","hashes":[{"alg":"SHA-256","content":"0"}]"#),
        one("h", ""),
        one("i", ""),
    ]
    .join(",");
    let services = r#","services":[{"name":"x6","services":[{"name":"s"}]},{"name":"t"}]"#;
    let affected =
        |reference: &str| format!(r#"{{"id":"CVE-2021-44228","affects":[{{"ref":"{reference}"}}]}}"#);
    let vulnerabilities = ["r-h", "urn:cdx:x/1#r-e1", "nowhere"].map(affected).join(",");
    let metadata = around("product", &[one("x0", ""), one("part", "")]);
    for named in ["x", "nothing", ""] {
        for text in [
            format!(r#""components":[{components}]"#),
            format!(r#""components":[{components}]{services}"#),
            format!(r#""metadata":{{"component":{metadata}}},"components":[{components}]{services}"#),
            format!(
                r#""components":[{components}],"metadata":{{"component":{metadata},"supplier":{{"name":"M"}}}}"#
            ),
            format!(r#""components":[{components}],"vulnerabilities":[{vulnerabilities}]"#),
            format!(r#""vulnerabilities":[{vulnerabilities}],"components":[{components}]{services}"#),
            format!(r#""metadata":{{}},"components":[{components}],"vulnerabilities":[]"#),
        ] {
            let (early, late) = recognised(&bom(&text), named);
            assert_eq!((&early.coverage, &early.findings), (&late.coverage, &late.findings), "{text}");
            let mut again = early.clone();
            again.keep_recognised(&|found: &Description| {
                found.name.starts_with(named) || !found.cves.is_empty()
            });
            assert_eq!(again, late, "{text}");
            // Services, and what a vulnerability names.
            assert!(early.components.len() <= late.components.len() + 5, "{text}");
        }
    }
}

#[test]
fn components_are_counted_to_the_limit_whether_they_are_kept_or_not() {
    let text = bom(r#""components":[{"name":"a"},{"name":"b","components":[{"name":"c"}]},{"name":"d"}]"#);
    for (components, whole) in [(4, true), (3, false)] {
        let limits = Limits { components, ..Limits::STANDARD };
        let nothing = |_: &Description| false;
        for found in [
            super::read(text.as_bytes(), "bom.json", &limits),
            read_recognised(text.as_bytes(), "bom.json", &limits, &nothing),
        ] {
            assert_eq!((found.is_complete(), found.components_read()), (whole, if whole { 4 } else { 3 }));
        }
    }
}
