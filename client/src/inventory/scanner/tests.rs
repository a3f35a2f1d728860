#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use super::super::component::Inventory;
use super::super::coverage::Reading;
use super::super::detect;
use super::super::format::Format;
use super::super::limits::Limits;
use super::*;

fn read(text: &str) -> Inventory {
    detect::read(text.as_bytes(), "report.json", None, &Limits::STANDARD).unwrap()
}

/// Name, version, package URL, CVE ids, and those that are dismissed, of each component.
fn found(inventory: &Inventory) -> Vec<String> {
    let list = |cves: &[CveId]| cves.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let text = |it: &Component| {
        let purl = it.purl.as_ref().map(ToString::to_string).unwrap_or_default();
        let dismissed: Vec<_> =
            it.dismissed.iter().map(|one| format!("!{} {}", one.cve, one.state)).collect();
        let version = it.version.as_deref().unwrap_or_default();
        format!("{} {version} [{purl}] {}{}", it.name, list(&it.cves), dismissed.join(","))
    };
    inventory.components.iter().map(text).collect()
}

fn is_partial_list(inventory: &Inventory) -> bool {
    let part = Problem::NotExported { part: VULNERABLE_ONLY };
    inventory.coverage[0].notes.iter().any(|note| note.problem == part)
}

const GRYPE_REPORT: &str = r#"{"matches":[
  {"vulnerability":{"id":"CVE-2021-44228","severity":"Critical"},"relatedVulnerabilities":[{"id":"CVE-2021-44228"}],
   "artifact":{"id":"a1","name":"log4j-core","version":"2.14.1","type":"java-archive","purl":"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
     "cpes":["cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*"],"locations":[{"path":"/opt/app/log4j-core.jar","layerID":"x"}]}},
  {"vulnerability":{"id":"GHSA-7rjr-3q55-vv33"},"relatedVulnerabilities":[{"id":"CVE-2021-45046"}],
   "artifact":{"id":"a1","name":"log4j-core","version":"2.14.1","purl":"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"}},
  {"vulnerability":{"id":"GHSA-none"},"relatedVulnerabilities":[],"artifact":{"id":"a2","name":"other","version":"1"}}],
 "ignoredMatches":[{"vulnerability":{"id":"CVE-2017-0144"},"artifact":{"id":"a2","name":"other","version":"1"},"appliedIgnoreRules":[]}],
 "source":{"type":"image","target":{"userInput":"registry.example/app:1.0"}},"descriptor":{"name":"grype"}}"#;

#[test]
fn grype_gives_each_artifact_once_with_all_that_was_found() {
    assert_eq!(Format::of(GRYPE_REPORT.as_bytes()), Ok(Format::Grype));
    let inventory = read(GRYPE_REPORT);
    assert!(inventory.is_complete() && is_partial_list(&inventory), "{:?}", inventory.coverage);
    assert_eq!(
        found(&inventory),
        [
            "registry.example/app:1.0  [] ",
            "log4j-core 2.14.1 [pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1] CVE-2021-44228,CVE-2021-45046",
            "other 1 [] !CVE-2017-0144 ignored",
        ]
    );
    assert_eq!(inventory.components[1].cpe.len(), 1);
    assert_eq!(inventory.components[1].traces[0].to_string(), "/opt/app/log4j-core.jar");
    assert_eq!(inventory.components[0].traces.len(), 1);
}

const TRIVY_REPORT: &str = r#"{"SchemaVersion":2,"ArtifactName":"alpine:3.19","ArtifactType":"container_image","Results":[
  {"Target":"alpine:3.19 (alpine 3.19)","Class":"os-pkgs","Type":"alpine",
   "Packages":[{"ID":"openssl@3.1.0-r1","Name":"openssl","Identifier":{"PURL":"pkg:apk/alpine/openssl@3.1.0-r1?arch=x86_64","UID":"u1"},"Version":"3.1.0-r1","SrcName":"openssl"},
     {"ID":"bash@5:5.1-4","Name":"bash","Version":"5.1","Release":"4","Epoch":5,"SrcName":"bash-src","Maintainer":"A <b@c>"}],
   "Vulnerabilities":[{"VulnerabilityID":"CVE-2023-5678","PkgID":"openssl@3.1.0-r1","PkgName":"openssl","PkgIdentifier":{"UID":"u1"},"InstalledVersion":"3.1.0-r1"},
     {"VulnerabilityID":"CVE-2023-0001","PkgID":"bash@5:5.1-4","PkgName":"bash","InstalledVersion":"5:5.1-4"}]},
  {"Target":"app/package-lock.json","Class":"lang-pkgs","Type":"npm","Vulnerabilities":[
     {"VulnerabilityID":"GHSA-x","VendorIDs":["CVE-2023-0002"],"PkgName":"left","InstalledVersion":"1.0.0","PkgIdentifier":{"PURL":"pkg:npm/left@1.0.0"},"PkgPath":"/app/left"}]}]}"#;

#[test]
fn trivy_gives_packages_and_what_was_found_in_them() {
    assert_eq!(Format::of(TRIVY_REPORT.as_bytes()), Ok(Format::Trivy));
    let inventory = read(TRIVY_REPORT);
    assert!(inventory.is_complete() && is_partial_list(&inventory), "{:?}", inventory.coverage);
    assert_eq!(
        found(&inventory),
        [
            "alpine:3.19  [] ",
            "openssl 3.1.0-r1 [pkg:apk/alpine/openssl@3.1.0-r1?arch=x86_64] CVE-2023-5678",
            "bash 5:5.1-4 [] CVE-2023-0001",
            "left 1.0.0 [pkg:npm/left@1.0.0] CVE-2023-0002",
        ]
    );
    assert_eq!(inventory.components[0].traces[0].to_string(), "docker.io/library/alpine:3.19");
    assert_eq!(inventory.components[2].source_package.as_deref(), Some("bash-src"));
    assert_eq!(inventory.components[2].vendor_hints, ["A"]);
    assert_eq!(inventory.components[3].source.reference.as_deref(), Some("app/package-lock.json"));
    let whole =
        r#"{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Packages":[{"Name":"a","Version":"1"}]}]}"#;
    assert!(!is_partial_list(&read(whole)));
    assert!(is_partial_list(&read(r#"{"SchemaVersion":2,"ArtifactName":"x"}"#)));
}

const OSV_REPORT: &str = r#"{"results":[{"source":{"path":"/src/pom.xml","type":"lockfile"},"packages":[
   {"package":{"name":"org.example:core","version":"1.0","ecosystem":"Maven"},
    "vulnerabilities":[{"id":"GHSA-x","aliases":["CVE-2021-44228"],"affected":[{"package":{"name":"no"}}]},{"id":"CVE-2021-45046"}],
    "groups":[{"ids":["GHSA-x"],"aliases":["CVE-2021-44228","CVE-2021-44832"]}]},
   {"package":{"name":"@scope/left","version":"1.0.0","ecosystem":"npm"},"vulnerabilities":[{"id":"GHSA-y"}]},
   {"package":{"name":"openssl","version":"1.1","ecosystem":"Debian:11"},"vulnerabilities":[{"id":"DEBIAN-CVE-2023-1","upstream":["CVE-2023-5678"]}]},
   {"package":{"name":"example.org/mod","version":"1","ecosystem":"Go"},"vulnerabilities":[{"id":"GO-1"}]},
   {"package":{"name":"odd","version":"1","ecosystem":"Odd"},"vulnerabilities":[{"id":"X"}]}]}],"experimental_config":{}}"#;

#[test]
fn osv_scanner_gives_packages_in_their_ecosystems() {
    assert_eq!(Format::of(OSV_REPORT.as_bytes()), Ok(Format::Osv));
    let inventory = read(OSV_REPORT);
    assert!(inventory.is_complete() && is_partial_list(&inventory), "{:?}", inventory.coverage);
    assert_eq!(
        found(&inventory),
        [
            "org.example:core 1.0 [pkg:maven/org.example/core@1.0] CVE-2021-44228,CVE-2021-44832,CVE-2021-45046",
            "@scope/left 1.0.0 [pkg:npm/%40scope/left@1.0.0] ",
            "openssl 1.1 [pkg:deb/debian/openssl@1.1] CVE-2023-5678",
            "example.org/mod 1 [pkg:golang/example.org/mod@1] ",
            "odd 1 [] ",
        ]
    );
    assert_eq!(inventory.components[2].ecosystem.as_deref(), Some("deb"));
}

const SARIF_REPORT: &str = r#"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[
  {"tool":{"driver":{"name":"Grype","rules":[
     {"id":"CVE-2021-44228-log4j-core","properties":{"purls":["pkg:maven/org.example/log4j-core@2.14.1"],"security-severity":"10"}},
     {"id":"js/odd","properties":{"tags":["security"]}}]}},
   "results":[{"ruleId":"CVE-2021-44228-log4j-core","message":{"text":"x"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"app.jar"}}}]},
     {"ruleId":"js/odd","ruleIndex":0,"message":{"text":"x"}},
     {"ruleId":"CVE-2021-45046-log4j-core","properties":{"purl":"pkg:maven/org.example/log4j-core@2.14.1"}},
     {"ruleId":"CVE-2017-0144","kind":"pass","message":{"text":"x"}},
     {"rule":{"id":"CVE-2017-0145"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"smb.sys"}}}]},
     {"ruleId":"X-1","properties":{"cve":"CVE-2017-0146"},"suppressions":[{"kind":"external","status":"rejected"}]},
     {"ruleId":"CVE-2017-0147","suppressions":[{"kind":"external"}],"properties":{"purls":["pkg:npm/left@1"]}}]},
  {"tool":{"driver":{"name":"Trivy","rules":[{"id":"CVE-2023-5678"}]}},"results":[{"ruleIndex":0,"message":{"text":"Package: openssl\nInstalled Version: 3.1.0-r1\nVulnerability CVE-2023-5678\nSeverity: LOW"}}]}]}"#;

#[test]
fn sarif_gives_the_packages_that_results_name_and_findings_without_one() {
    assert_eq!(Format::of(SARIF_REPORT.as_bytes()), Ok(Format::Sarif));
    let inventory = read(SARIF_REPORT);
    assert!(inventory.is_complete() && is_partial_list(&inventory), "{:?}", inventory.coverage);
    assert_eq!(
        found(&inventory),
        [
            "log4j-core 2.14.1 [pkg:maven/org.example/log4j-core@2.14.1] CVE-2021-44228,CVE-2021-45046",
            "left 1 [pkg:npm/left@1] !CVE-2017-0147 suppressed",
            "openssl 3.1.0-r1 [] CVE-2023-5678",
        ]
    );
    let loose: Vec<_> = inventory
        .findings
        .iter()
        .map(|it| (it.cve.to_string(), it.affects.as_deref(), it.source.row))
        .collect();
    assert_eq!(
        loose,
        [("CVE-2017-0145".to_owned(), Some("smb.sys"), 5), ("CVE-2017-0146".to_owned(), None, 6)]
    );
    assert!(inventory.coverage[0].notes.iter().any(|note| note.problem == Problem::OtherFindings));
    let other = read(&SARIF_REPORT.replace(r#""version":"2.1.0""#, r#""version":"2.0.0""#));
    let reason = Problem::SarifVersion { found: Some("2.0.0".into()) };
    assert_eq!(other.coverage[0].read, Reading::Unread { reason });
}

#[test]
fn what_is_no_row_is_named_in_every_report() {
    for (text, reason) in [
        (r#"{"matches":[7],"source":{}}"#, Problem::RowShape),
        (r#"{"matches":[{"artifact":{"version":"1"}}],"source":{}}"#, Problem::NothingNamed),
        (r#"{"SchemaVersion":2,"Results":[7]}"#, Problem::RowShape),
        (r#"{"results":[7],"experimental_config":{}}"#, Problem::RowShape),
        (r#"{"version":"2.1.0","runs":[7]}"#, Problem::RowShape),
        (r#"{"version":"2.1.0","runs":[{"results":[7]}]}"#, Problem::RowShape),
    ] {
        let place = Place { row: 1, byte: 0 };
        let inventory = read(text);
        assert_eq!(inventory.coverage[0].read, Reading::Partial { reason, place, skipped: 1 }, "{text}");
    }
    for (text, part) in [
        (r#"{"SchemaVersion":2,"Results":[{"Packages":[7]}]}"#, "Packages"),
        (
            r#"{"SchemaVersion":2,"Results":[{"Vulnerabilities":[{"VulnerabilityID":"CVE-2017-0144"}]}]}"#,
            "Vulnerabilities",
        ),
        (r#"{"results":[{"packages":[{"package":7}]}],"experimental_config":{}}"#, "packages"),
        (
            r#"{"results":[{"packages":[{"package":{"name":"a"},"vulnerabilities":[7]}]}],"experimental_config":{}}"#,
            "vulnerabilities",
        ),
    ] {
        let inventory = read(text);
        assert!(!inventory.is_complete(), "{text}");
        let problem = Problem::PartShape { part, at: 1 };
        assert!(inventory.coverage[0].notes.iter().any(|note| note.problem == problem), "{text}");
    }
}

#[test]
fn limits_hold_at_their_value_and_one_beyond() {
    for (text, components, findings) in
        [(GRYPE_REPORT, 3, 3), (TRIVY_REPORT, 4, 3), (OSV_REPORT, 5, 4), (SARIF_REPORT, 3, 6)]
    {
        let read = |components, findings| {
            let limits = Limits { components, findings, ..Limits::STANDARD };
            detect::read(text.as_bytes(), "x", None, &limits).unwrap()
        };
        let all = read(components, findings);
        assert!(all.is_complete(), "{text} {:?}", all.coverage);
        assert_eq!(all.components.len(), components);
        for (inventory, wanted) in [
            (read(components - 1, findings), Problem::TooManyComponents { limit: components - 1 }),
            (read(components, findings - 1), Problem::TooManyFindings { limit: findings - 1 }),
        ] {
            let Reading::Partial { reason, .. } = &inventory.coverage[0].read else { panic!("{text}") };
            assert_eq!(*reason, wanted, "{text}");
        }
    }
}
