//! What hits come to: doubts, exclusions, what is nested, what was not looked for.

use super::*;

fn bom(outer_vendor: &str) -> Inventory {
    let bom = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "components": [
            {"name": "Before", "type": "library"},
            {"name": "Gateway", "type": "application", "supplier": {"name": outer_vendor}, "components": [
                {"name": "Other", "type": "library"},
                {"name": "Engine", "type": "library", "supplier": {"name": "Kaspersky Lab"}}
            ]},
        ],
    });
    cyclonedx::read(&serde_json::to_vec(&bom).unwrap(), "bom", &Limits::STANDARD)
}

#[test]
fn digests_and_vulnerabilities_are_recognised_exactly() {
    let digest = "aa".repeat(32);
    let rule = identified(json!([
        {"kind": "sha256", "value": digest}, {"kind": "cve", "value": "CVE-2021-44228"}
    ]));
    assert_eq!(verdict(&rule, with("x", |c| c.sha256.push(digest.parse().unwrap()))), "match");
    assert_eq!(verdict(&rule, with("x", |c| c.sha256.push("ab".repeat(32).parse().unwrap()))), "none");
    let cve = |text: &str| with("x", |c| c.cves.push(text.parse().unwrap()));
    assert_eq!(verdict(&rule, cve("CVE-2021-44228")), "match");
    assert_eq!(verdict(&rule, cve("CVE-2021-4422")), "none");
    let away = DismissedCve { cve: "CVE-2021-44228".parse().unwrap(), state: "not_affected".into() };
    let dismissed = with("x", |c| c.dismissed.push(away.clone()));
    assert_eq!(verdict(&rule, dismissed), "excluded: not_affected");
    let both = with("x", |c| {
        c.cves.push(away.cve);
        c.dismissed.push(away);
    });
    assert_eq!(verdict(&rule, both), "match");
}

#[test]
fn a_vulnerability_of_no_component_is_a_finding_too() {
    let rule = identified(json!([{"kind": "cve", "value": "CVE-2021-44228"}]));
    let loose = |cve: &str| LooseFinding { cve: cve.parse().unwrap(), affects: None, source: row(7) };
    let inventory = Inventory {
        findings: vec![loose("CVE-2020-0001"), loose("CVE-2021-44228")],
        coverage: vec![Coverage::new("test", None)],
        ..Inventory::default()
    };
    assessed(&rule, &inventory, |assessment| {
        let rows: Vec<u64> = assessment.findings().filter_map(|f| f.row()).map(|row| row.row).collect();
        assert_eq!(rows, [7]);
        assert_eq!(assessment.judgements[0].verdict, Verdict::Match);
    });
}

#[test]
fn what_wants_repair_is_possible_where_no_versions_are_named() {
    let of = |identifiers: Value| directive(json!({"disposition": "remediate", "identifiers": identifiers}));
    let names = of(json!([{"kind": "vendor", "value": "Example"}, {"kind": "product", "value": "Reader"}]));
    assert_eq!(verdict(&names, of_vendor("Reader", "Example")), "possible: the directive names no versions");
    let package = of(json!([{"kind": "package", "value": "deb:a", "versions": "1.0"}]));
    let found = with("a", |c| (c.ecosystem, c.version) = (Some("deb".into()), Some("1.0".into())));
    assert_eq!(verdict(&package, found), "match");
    assessed(&names, &inventory(vec![of_vendor("Reader", "Example")]), |assessment| {
        let [judgement] = &assessment.judgements[..] else { panic!() };
        assert!(assessment.is_summarised(judgement) && !assessment.is_outstanding(judgement));
    });
}

#[test]
fn an_exclusion_is_shown_with_its_name_and_a_doubtful_one_makes_possible() {
    let rule = directive(json!({
        "identifiers": [{"kind": "vendor", "value": "Kaspersky Lab"}],
        "excludes": [
            {"id": "intelligence", "reason": "a service", "identifiers": [{"kind": "product", "value": "Threat Intelligence"}]},
            {"id": "old", "reason": "r", "identifiers": [{"kind": "package", "value": "old", "confidence": "low"}]},
        ],
    }));
    assert_eq!(verdict(&rule, of_vendor("threat intelligence", "Kaspersky Lab")), "excluded: intelligence");
    assert_eq!(verdict(&rule, of_vendor("old", "Kaspersky Lab")), "possible: exclusion old may hold");
    assert_eq!(verdict(&rule, of_vendor("else", "Kaspersky Lab")), "match");
    assert_eq!(verdict(&rule, of_vendor("threat intelligence", "Another")), "none");
}

#[test]
fn a_package_of_which_only_configuration_is_left_is_possible() {
    let rule = identified(json!([{"kind": "package", "value": "kesl"}]));
    let left = |presence| with("kesl", |c| c.presence = presence);
    let residual = "possible: the package was removed, its configuration is left";
    assert_eq!(verdict(&rule, left(Presence::Residual)), residual);
    assert_eq!(verdict(&rule, left(Presence::Incomplete)), "match");
}

#[test]
fn code_inside_another_makers_product_follows_what_the_subject_says() {
    let identifiers = json!([{"kind": "vendor", "value": "Kaspersky Lab"}]);
    let of = |embedded: Option<&str>, outer: &str| {
        let mut rule = directive(json!({ "identifiers": identifiers }));
        if let Some(embedded) = embedded {
            rule["subjects"][0]["embedded"] = embedded.into();
        }
        assessed(&rule, &bom(outer), |assessment| {
            let engine = |f: &Finding<'_, '_>| f.component.is_some_and(|c| c.name == "Engine");
            let found = assessment.findings().find(engine).unwrap();
            assert_eq!(found.judgement.exclusion.is_some(), found.judgement.verdict == Verdict::Excluded);
            found.judgement.verdict
        })
    };
    assert_eq!(of(Some("in"), "Example Appliances"), Verdict::Match);
    assert_eq!(of(None, "Example Appliances"), Verdict::Possible);
    assert_eq!(of(Some("out"), "Example Appliances"), Verdict::Excluded);
    assert_eq!(of(Some("out"), "Kaspersky Lab"), Verdict::Match);
}

#[test]
fn kinds_that_were_not_looked_for_are_counted_and_unknown_ones_reported() {
    let rule = identified(json!([
        {"kind": "package", "value": "kesl"},
        {"kind": "path", "value": "/opt/kaspersky"}, {"kind": "path", "value": "/opt/kav"},
        {"kind": "cve", "value": "CVE-2021-44228"},
        {"kind": "smell", "value": "sulphur"},
        {"kind": "purl", "value": "not a purl"},
    ]));
    assessed(&rule, &inventory(vec![component("x")]), |assessment| {
        let counted: Vec<(&str, usize, Why)> = assessment
            .not_looked_for
            .iter()
            .map(|not| (not.kind.as_str(), not.identifiers, not.why))
            .collect();
        assert_eq!(counted, [("cve", 1, Why::NothingToCompare), ("path", 2, Why::NothingToCompare)]);
        let places: Vec<String> =
            assessment.unsupported.iter().map(|(_, found)| found.pointer.to_string()).collect();
        assert_eq!(places, ["/subjects/0/identifiers/4/kind"]);
        assert_eq!(assessment.unreadable[0].identifier.value, "not a purl");
    });
    let rule = identified(json!([{"kind": "product", "value": "Reader"}]));
    assessed(&rule, &inventory(vec![of_vendor("Reader", "x")]), |assessment| {
        let not = &assessment.not_looked_for[0];
        assert_eq!((not.identifiers, not.why), (1, Why::NoVendor));
    });
}

#[test]
fn equal_components_are_judged_once_and_found_everywhere() {
    let table = "name,version,vendor,host\nA,1,Kaspersky Lab,h1\nB,1,x,h1\nA,1,Kaspersky Lab,h2\nA,2,Kaspersky Lab,h3\n";
    let inventory = csv::read(table.as_bytes(), "t.csv", &Limits::STANDARD);
    assessed(&maker(), &inventory, |assessment| {
        // `B` has no word in common with any rule.
        assert_eq!(assessment.compared, 2);
        let hosts = |judgement: &Judgement<'_>| -> Vec<String> {
            assessment
                .findings_of(judgement)
                .filter_map(|finding| finding.component?.host.as_deref())
                .map(str::to_owned)
                .collect()
        };
        let found: Vec<Vec<String>> = assessment.judgements.iter().map(hosts).collect();
        assert_eq!(found, [vec!["h1".to_owned(), "h2".to_owned()], vec!["h3".to_owned()]]);
    });
}
