//! Each rule of recognition, tried on one component.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::needless_pass_by_value,
    reason = "a test that cannot go on fails"
)]

mod example;
mod traces;

use interdict_schema::entity::Lists;
use interdict_schema::policy::Source;
use serde_json::{Value, json};

use super::*;
use crate::inventory::{Component, DismissedCve, LooseFinding, Presence, SourceRow, csv, cyclonedx};
use crate::inventory::{Coverage, Limits};
use crate::testing_signed as signed;

fn row(row: u64) -> SourceRow {
    SourceRow { source: 0, row, byte: None, reference: None }
}

fn component(name: &str) -> Component {
    Component::named(name, row(1))
}

fn with(name: &str, change: impl FnOnce(&mut Component)) -> Component {
    let mut component = component(name);
    change(&mut component);
    component
}

fn inventory(components: Vec<Component>) -> Inventory {
    Inventory { components, findings: Vec::new(), coverage: vec![Coverage::new("test", None)] }
}

fn at(moment: &str) -> AsOf {
    moment.parse().unwrap()
}

/// A directive of one subject, in force since September 2017.
fn directive(subject: Value) -> Value {
    let mut whole = json!({
        "format": "interdict-directive/1", "id": "BOD-1", "revision": 1, "status": "in-force", "title": "t",
        "issuer": "dhs", "zone": "America/New_York", "issued": "2017-09-13",
        "subjects": [{"id": "s", "name": "S", "disposition": "prohibited"}],
    });
    whole["subjects"][0].as_object_mut().unwrap().extend(subject.as_object().unwrap().clone());
    whole
}

fn identified(identifiers: Value) -> Value {
    directive(json!({ "identifiers": identifiers }))
}

fn assessed<T>(directive: &Value, inventory: &Inventory, look: impl FnOnce(&Assessment<'_>) -> T) -> T {
    assessed_at(directive, inventory, at("2017-10-01T00:00:00Z"), look)
}

fn assessed_at<T>(
    directive: &Value,
    inventory: &Inventory,
    as_of: AsOf,
    look: impl FnOnce(&Assessment<'_>) -> T,
) -> T {
    let believed = signed::believed(&serde_json::to_vec(directive).unwrap());
    let lists = std::sync::Arc::new(Lists::default());
    let sources =
        [Source { repository: "main", directive: &believed, marks: Vec::new(), lists, waivers: None }];
    look(&assess(&sources, &Attached::default(), inventory, as_of))
}

/// The verdict on one component with its doubts or exclusion, or `none`.
fn verdict(directive: &Value, component: Component) -> String {
    assessed(directive, &inventory(vec![component]), |assessment| {
        let [judgement] = &assessment.judgements[..] else {
            assert!(assessment.judgements.is_empty(), "{:?}", assessment.judgements);
            return "none".to_owned();
        };
        let mut text = judgement.verdict.as_str().to_owned();
        match (&judgement.verdict, &judgement.exclusion) {
            (Verdict::Excluded, Some(exclusion)) => text = format!("{text}: {}", exclusion.id()),
            (Verdict::Possible, _) => {
                let doubts: Vec<String> = judgement.doubts.iter().map(ToString::to_string).collect();
                text = format!("{text}: {}", doubts.join("; "));
            }
            _ => {}
        }
        text
    })
}

#[test]
fn a_package_is_recognised_by_its_whole_name_in_its_ecosystem() {
    let rule = identified(json!([{"kind": "package", "value": "deb:kesl"}]));
    let deb = |name: &str| with(name, |c| c.ecosystem = Some("deb".into()));
    assert_eq!(verdict(&rule, deb("kesl")), "match");
    for friend in ["libkesl-doc", "kesl-exporter", "kes", "kesl2"] {
        assert_eq!(verdict(&rule, deb(friend)), "none", "{friend}");
    }
    assert_eq!(verdict(&rule, with("kesl", |c| c.ecosystem = Some("rpm".into()))), "none");
    let unknown = "possible: the component does not say which kind of package it is";
    assert_eq!(verdict(&rule, component("kesl")), unknown);
    let built = with("kesl-plugin", |c| {
        c.ecosystem = Some("deb".into());
        c.source_package = Some("kesl".into());
    });
    assert_eq!(verdict(&rule, built), "possible: only the source package has this name");
}

#[test]
fn what_package_managers_print_behind_a_name_hides_no_package() {
    let deb = |name: &str| with(name, |c| c.ecosystem = Some("deb".into()));
    for rule in
        [json!([{"kind": "package", "value": "kesl"}]), json!([{"kind": "purl", "value": "pkg:deb/kesl"}])]
    {
        assert_eq!(verdict(&identified(rule.clone()), deb("kesl:amd64")), "match", "{rule}");
        assert_eq!(verdict(&identified(rule.clone()), deb("kesl-gui:amd64")), "none", "{rule}");
    }
    let rule = identified(json!([{"kind": "package", "value": "kesl"}]));
    for name in ["kesl:amd64", "kesl.x86_64", "kesl-11.4.0-1135.x86_64"] {
        assert_eq!(verdict(&rule, component(name)), "match", "{name}");
    }
    for name in ["kesl.txt", "lib:kesl", "libkesl-doc:all", "kesl-doc-1.0-1.noarch"] {
        assert_eq!(verdict(&rule, component(name)), "none", "{name}");
    }
}

#[test]
fn another_letter_case_is_doubtful_where_no_ecosystem_says_whether_it_counts() {
    let rule = identified(json!([{"kind": "package", "value": "kesl"}]));
    assert!(
        verdict(&rule, component("KESL")).starts_with("possible"),
        "{}",
        verdict(&rule, component("KESL"))
    );
    assert_eq!(verdict(&rule, with("KESL", |c| c.ecosystem = Some("rpm".into()))), "none");
}

#[test]
fn a_scoped_package_is_not_the_one_without_the_scope() {
    let npm = |group: Option<&str>| {
        with("core", |c| {
            c.ecosystem = Some("npm".into());
            c.group = group.map(Into::into);
        })
    };
    let plain = identified(json!([{"kind": "package", "value": "npm:core"}]));
    assert_eq!(verdict(&plain, npm(None)), "match");
    assert_eq!(verdict(&plain, npm(Some("@scope"))), "none");
    let scoped = identified(json!([{"kind": "package", "value": "npm:@scope/core"}]));
    assert_eq!(verdict(&scoped, npm(Some("@scope"))), "match");
    assert_eq!(verdict(&scoped, npm(None)), "none");
}

#[test]
fn a_package_url_is_recognised_by_type_namespace_and_name() {
    let rule = identified(json!([{"kind": "purl", "value": "pkg:maven/org.a/log"}]));
    let found = |text: &str| with("log", |c| c.purl = Some(text.parse().unwrap()));
    assert_eq!(verdict(&rule, found("pkg:maven/org.a/log@2.14.1")), "match");
    for other in ["pkg:maven/org.b/log@1", "pkg:maven/org.a/logs@1", "pkg:npm/log@1"] {
        assert_eq!(verdict(&rule, found(other)), "none", "{other}");
    }
    let parts = |ecosystem: Option<&str>, group: Option<&str>| {
        with("log", |c| (c.ecosystem, c.group) = (ecosystem.map(Into::into), group.map(Into::into)))
    };
    assert_eq!(verdict(&rule, parts(Some("maven"), Some("org.a"))), "match");
    assert_eq!(verdict(&rule, parts(Some("maven"), Some("org.b"))), "none");
    assert_eq!(verdict(&rule, parts(Some("npm"), None)), "none");
    assert_eq!(
        verdict(&rule, parts(Some("maven"), None)),
        "possible: the component's package URL has no namespace"
    );
    assert_eq!(
        verdict(&rule, parts(None, None)),
        "possible: the component does not say which kind of package it is"
    );
    assert_eq!(verdict(&rule, parts(None, Some("org.b"))), "none");
}

#[test]
fn a_range_that_cannot_be_evaluated_is_possible_and_says_so() {
    let of = |versions: &str| {
        identified(json!([{"kind": "purl", "value": "pkg:deb/debian/a", "versions": versions}]))
    };
    let found = || with("a", |c| c.purl = Some("pkg:deb/debian/a@1.0".parse().unwrap()));
    assert_eq!(verdict(&of("*"), found()), "match");
    assert_eq!(verdict(&of("1.0"), found()), "match");
    assert_eq!(verdict(&of("1.1"), found()), "none");
    assert_eq!(verdict(&of("vers:deb/>=0.5|<2"), found()), "match");
    assert_eq!(verdict(&of(">=0.5|<2"), found()), "match");
    assert_eq!(verdict(&of("vers:deb/>1.0|<2"), found()), "none");
    assert_eq!(verdict(&of("vers:none/*"), found()), "none");
    assert_eq!(
        verdict(&of("vers:moon/>=0.5|<2"), found()),
        "possible: versions of this scheme cannot be compared"
    );
    let unreadable = with("a", |c| c.purl = Some("pkg:deb/debian/a@1_0".parse().unwrap()));
    assert_eq!(
        verdict(&of("vers:deb/>=0.5|<2"), unreadable),
        "possible: the component's version cannot be read as its kind is written"
    );
    let without = with("a", |c| c.purl = Some("pkg:deb/debian/a".parse().unwrap()));
    assert_eq!(verdict(&of("1.0"), without), "possible: the component has no version");
    let beside = with("a", |c| {
        c.purl = Some("pkg:deb/debian/a".parse().unwrap());
        c.version = Some("1.0".into());
    });
    assert_eq!(verdict(&of("1.0"), beside), "match");
}

#[test]
fn a_range_counts_in_every_ecosystem_as_its_own_scheme_orders_it() {
    for (ecosystem, versions, inside, outside) in [
        ("deb", "vers:deb/<1.10", "1.9", "1.10"),
        ("rpm", "vers:rpm/<1:1.0", "9.0-1.el9", "1:1.0-1.el9"),
        ("apk", "vers:apk/<1.0-r2", "1.0_rc1-r9", "1.0-r2"),
        ("alpm", "vers:alpm/<1.0-2", "1.0-1", "1.0.1-1"),
        ("pypi", "vers:pypi/<1.0", "1.0rc1", "1.0.post1"),
        ("npm", "vers:npm/<1.0.0", "1.0.0-rc.1", "1.0.0+build"),
        ("cargo", "vers:semver/<1.10.0", "1.9.0", "1.10.0"),
        ("maven", "vers:maven/<1.0", "1.0-SNAPSHOT", "1.0.1"),
        ("nuget", "vers:nuget/<1.0.0.1", "1.0", "1.0.0.1"),
        ("gem", "vers:gem/<1.0", "1.0.rc1", "1.0.0"),
        ("golang", "vers:golang/<v1.10.0", "v1.9.0", "v1.10.0+incompatible"),
    ] {
        let rule = identified(json!([{"kind": "package", "value": "a", "versions": versions}]));
        let found = |version: &str| {
            with("a", |c| {
                c.ecosystem = Some(ecosystem.into());
                c.version = Some(version.into());
            })
        };
        assert_eq!(verdict(&rule, found(inside)), "match", "{versions} {inside}");
        assert_eq!(verdict(&rule, found(outside)), "none", "{versions} {outside}");
        assert!(verdict(&rule, found("no version!")).starts_with("possible: "), "{versions}");
    }
}

#[test]
fn a_range_of_another_kind_of_version_is_possible_and_one_beside_a_cpe_name_is_the_makers() {
    let rule = identified(json!([{"kind": "package", "value": "a", "versions": "vers:deb/<2"}]));
    let of_rpm = with("a", |c| {
        c.ecosystem = Some("rpm".into());
        c.version = Some("3".into());
    });
    assert_eq!(
        verdict(&rule, of_rpm),
        "possible: the component's versions are of another kind than the rule's range"
    );
    let rule = identified(json!([{
        "kind": "cpe", "value": "cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*",
        "versions": "vers:openssl/>=1.0.1|<1.0.1g",
    }]));
    let found = |version: &str| {
        with("openssl", |c| {
            c.ecosystem = Some("deb".into());
            c.version = Some("1.0.1e-2+deb7u4".into());
            c.cpe = vec![format!("cpe:2.3:a:openssl:openssl:{version}:*:*:*:*:*:*:*").parse().unwrap()];
        })
    };
    assert_eq!(verdict(&rule, found("1.0.1f")), "match");
    assert_eq!(verdict(&rule, found("1.0.1g")), "none");
    assert!(verdict(&rule, found("*")).starts_with("possible: the component's versions are of another kind"));
}

#[test]
fn a_scheme_that_is_not_known_is_kept_and_reported_and_a_range_that_is_none_is_unreadable() {
    let rule = identified(json!([
        {"kind": "package", "value": "deb:a", "versions": "vers:moon/<2"},
        {"kind": "package", "value": "deb:a", "versions": "vers:deb/<2|<1"},
        {"kind": "cpe", "value": "cpe:2.3:a:a:b:*:*:*:*:*:*:*:*", "versions": "<2"},
    ]));
    assessed(&rule, &inventory(vec![component("x")]), |assessment| {
        let places: Vec<String> =
            assessment.unsupported.iter().map(|(_, found)| found.pointer.to_string()).collect();
        assert_eq!(places, ["/subjects/0/identifiers/0/versions"]);
        let errors: Vec<String> = assessment.unreadable.iter().map(|found| found.error.to_string()).collect();
        assert_eq!(
            errors,
            [
                "not versions, byte 12: found a version smaller than the one before, wanted them sorted",
                "not versions, byte 0: found a comparator and no scheme, wanted `vers:<scheme>/<constraint>|…`",
            ]
        );
    });
}

const MAKER: &str = r#"[
    {"kind": "vendor", "value": "Kaspersky Lab"},
    {"kind": "cpe", "value": "cpe:2.3:a:kaspersky:*:*:*:*:*:*:*:*:*"},
    {"kind": "cpe", "value": "cpe:2.3:a:kaspersky:endpoint_security:*:*:*:*:*:*:*:*"},
    {"kind": "cpe", "value": "cpe:2.3:a:kaspersky:tinycheck:*:*:*:*:*:*:*:*", "confidence": "review"}
]"#;

fn maker() -> Value {
    identified(serde_json::from_str(MAKER).unwrap())
}

fn with_cpe(name: &str, cpe: &str) -> Component {
    with(name, |c| c.cpe.push(cpe.parse().unwrap()))
}

fn of_vendor(name: &str, vendor: &str) -> Component {
    with(name, |c| c.vendors.push(vendor.into()))
}

#[test]
fn a_cpe_rule_recognises_what_it_is_a_superset_of_and_never_a_part_of_a_word() {
    let cpe = |text: &str| verdict(&maker(), with_cpe("x", text));
    assert_eq!(cpe("cpe:2.3:a:kaspersky:endpoint_security:10:*:*:*:*:*:*:*"), "match");
    assert_eq!(cpe("cpe:2.3:a:kaspersky:anything:1:*:*:*:*:*:*:*"), "match");
    assert_eq!(cpe("cpe:2.3:a:kasper_skarhoj:accessible_is_browse_results:0.1.2:*:*:*:*:*:*:*"), "none");
    assert_eq!(cpe("cpe:2.3:o:kaspersky:os:1:*:*:*:*:*:*:*"), "none");
    assert_eq!(
        cpe("cpe:2.3:a:*:endpoint_security:1:*:*:*:*:*:*:*"),
        "possible: the component's CPE name is less specific than the rule"
    );
}

#[test]
fn what_is_marked_for_review_is_possible_although_its_vendor_matches() {
    let cpe = with_cpe("TinyCheck", "cpe:2.3:a:kaspersky:tinycheck:1.0:*:*:*:*:*:*:*");
    assert_eq!(verdict(&maker(), cpe), "possible: the directive gives this identifier confidence review");
    let words = verdict(&maker(), of_vendor("TinyCheck", "Kaspersky Lab"));
    assert_eq!(
        words,
        "possible: the component has no CPE name, only its vendor and product as text; \
         the directive gives this identifier confidence review"
    );
}

#[test]
fn low_confidence_is_possible_at_most() {
    for (confidence, wanted) in [
        ("high", "match"),
        ("medium", "match"),
        ("low", "possible: the directive gives this identifier confidence low"),
        ("review", "possible: the directive gives this identifier confidence review"),
        ("hunch", "possible: the directive gives this identifier confidence hunch"),
    ] {
        let rule = identified(json!([{"kind": "package", "value": "kesl", "confidence": confidence}]));
        assert_eq!(verdict(&rule, component("kesl")), wanted);
    }
}

#[test]
fn a_vendor_is_recognised_by_its_whole_name() {
    assert_eq!(verdict(&maker(), of_vendor("Anything", "KASPERSKY-LAB")), "match");
    for friend in ["Kaspersky Labs", "Kasperska Consulting", "Kasper Skarhoj", "My Kaspersky Lab"] {
        assert_eq!(verdict(&maker(), of_vendor("Anything", friend)), "none", "{friend}");
    }
    let hint = with("kesl-x", |c| c.vendor_hints.push("Kaspersky Lab".into()));
    assert_eq!(verdict(&maker(), hint), "possible: a maintainer only hints at the vendor");
    // `kaspersky` is the dictionary's word and no name that the directive lists.
    assert_eq!(
        verdict(&maker(), of_vendor("Anything", "Kaspersky")),
        "possible: the component has no CPE name, only its vendor and product as text"
    );
}

#[test]
fn where_a_subject_names_products_a_vendor_alone_is_not_enough() {
    let rule = identified(json!([
        {"kind": "vendor", "value": "Example"}, {"kind": "product", "value": "Acrobat and Reader"}
    ]));
    assert_eq!(verdict(&rule, of_vendor("acrobat_AND reader", "EXAMPLE")), "match");
    assert_eq!(verdict(&rule, of_vendor("Acrobat", "Example")), "none");
    assert_eq!(verdict(&rule, of_vendor("Acrobat and Reader", "Other")), "none");
    assert_eq!(verdict(&rule, component("Acrobat and Reader")), "none");
    let cpe = with_cpe("x", "cpe:2.3:a:example:acrobat_and_reader:1:*:*:*:*:*:*:*");
    assert_eq!(verdict(&rule, cpe), "possible: the words of a CPE name are not the vendor's own");
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
fn a_subject_counts_from_its_first_second_to_its_last() {
    let rule = directive(json!({
        "identifiers": [{"kind": "package", "value": "kesl"}],
        "valid_from": "2018-01-01", "valid_until": "2018-01-31",
    }));
    let inventory = inventory(vec![component("kesl")]);
    for (moment, judgements) in [
        ("2018-01-01T04:59:59Z", 0),
        ("2018-01-01T05:00:00Z", 1),
        ("2018-02-01T04:59:59Z", 1),
        ("2018-02-01T05:00:00Z", 0),
    ] {
        assessed_at(&rule, &inventory, at(moment), |assessment| {
            assert_eq!(assessment.judgements.len(), judgements, "{moment}");
            assert_eq!(assessment.not_binding.len(), 1 - judgements, "{moment}");
        });
    }
}

#[test]
fn only_a_closed_or_revoked_directive_does_not_bind() {
    for (status, because) in [
        ("closed", Some(Because::Closed)),
        ("revoked", Some(Because::Revoked)),
        ("in-force", None),
        ("paused", None),
    ] {
        let mut rule = identified(json!([{"kind": "package", "value": "kesl"}]));
        rule["status"] = status.into();
        assessed(&rule, &inventory(vec![component("kesl")]), |assessment| {
            assert_eq!(assessment.judgements.len(), usize::from(because.is_none()), "{status}");
            assert_eq!(assessment.not_binding.first().map(|not| not.because.clone()), because, "{status}");
            assert_eq!(assessment.unsupported.is_empty(), status != "paused");
        });
    }
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
            assessment.findings_of(judgement).filter_map(|finding| finding.component?.host.clone()).collect()
        };
        let found: Vec<Vec<String>> = assessment.judgements.iter().map(hosts).collect();
        assert_eq!(found, [vec!["h1".to_owned(), "h2".to_owned()], vec!["h3".to_owned()]]);
    });
}

#[test]
fn a_deadline_that_had_to_be_complete_is_overdue_and_one_to_begin_is_not() {
    let mut rule = identified(json!([{"kind": "package", "value": "kesl"}]));
    let action = |id: &str, kind: &str, edge: &str, days: u32| {
        json!({"id": id, "modality": "must", "kind": kind,
            "due": {"edge": edge, "offset": {"n": days, "unit": "day", "anchor": "issued"}}})
    };
    rule["actions"] = json!([
        action("remove", "remove", "complete", 90),
        action("begin", "begin-removal", "begin", 60),
        action("report", "report", "report", 30),
    ]);
    let inventory = inventory(vec![component("kesl")]);
    for (moment, next, overdue) in [
        ("2017-10-14T03:59:59Z", Some("report"), None),
        ("2017-10-14T04:00:00Z", Some("begin"), None),
        ("2017-12-01T00:00:00Z", Some("remove"), None),
        ("2017-12-13T05:00:00Z", None, Some("remove")),
    ] {
        assessed_at(&rule, &inventory, at(moment), |assessment| {
            let bound = assessment.bound_of(&assessment.judgements[0]);
            let id = |due: Option<&Due<'_>>| due.map(|due| due.action.id.clone());
            assert_eq!(id(bound.next()).as_deref(), next, "{moment}");
            assert_eq!(id(bound.overdue()).as_deref(), overdue, "{moment}");
        });
    }
}
