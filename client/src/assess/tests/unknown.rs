//! What cannot be told: every cause, what it comes to, and that none of it counts as clean.

use super::*;
use crate::inventory::Trace;
use interdict_schema::product::Image;

fn rule(kind: &str, value: &str, versions: Option<&str>) -> Value {
    let mut row = json!({"kind": kind, "value": value});
    if let Some(versions) = versions {
        row["versions"] = versions.into();
    }
    identified(json!([row]))
}

fn packaged(purl: &str) -> Component {
    with("a", |c| c.purl = Some(purl.parse().unwrap()))
}

fn seen_image(image: &str) -> Component {
    with("x", |c| c.traces.push(Trace::Image(Image::parse(image).unwrap())))
}

#[test]
fn the_product_itself_is_unknown_where_its_version_or_variant_cannot_be_compared() {
    let digest = format!("registry.example/kesl@sha256:{}", "aa".repeat(32));
    let cpe = "cpe:2.3:a:kaspersky:endpoint_security:11.0:*:*:*:*:windows:*:*";
    for (rule, found, wanted) in [
        (
            rule("purl", "pkg:deb/debian/a", Some("<2")),
            packaged("pkg:deb/debian/a@1_0"),
            "the component's version cannot be read as its kind is written",
        ),
        (
            rule("purl", "pkg:deb/debian/a", Some("<2")),
            packaged("pkg:deb/debian/a"),
            "the component has no version",
        ),
        (
            rule("purl", "pkg:deb/debian/a@1.0", None),
            packaged("pkg:deb/debian/a"),
            "the component has no version",
        ),
        (
            rule("purl", "pkg:deb/debian/a?arch=amd64", None),
            packaged("pkg:deb/debian/a@1.0"),
            "the component's package URL lacks a qualifier that the rule names",
        ),
        (
            rule("purl", "pkg:deb/debian/a", Some("vers:moon/<2")),
            packaged("pkg:deb/debian/a@1.0"),
            "versions of this scheme cannot be compared",
        ),
        (
            rule("package", "a", Some("vers:rpm/<2")),
            with("a", |c| (c.ecosystem, c.version) = (Some("deb".into()), Some("3".into()))),
            "the component's versions are of another kind than the rule's range",
        ),
        (
            rule("cpe", cpe, None),
            with_cpe("x", "cpe:2.3:a:kaspersky:endpoint_security:11.0:*:*:*:*:*:*:*"),
            "the component's CPE name leaves open the version, edition or platform that the rule names",
        ),
        (
            rule("image", "registry.example/kesl:1.0", None),
            seen_image(&digest),
            "the component's image has no tag",
        ),
        (
            rule("image", &digest, None),
            seen_image("registry.example/kesl:1.0"),
            "the component's image has no digest",
        ),
    ] {
        assert_eq!(verdict(&rule, found), format!("unknown: {wanted}"));
    }
}

#[test]
fn what_may_be_another_product_is_possible_whatever_else_cannot_be_told_of_it() {
    for (rule, found, wanted) in [
        (
            rule("purl", "pkg:deb/debian/a", Some("<2")),
            packaged("pkg:deb/a@1_0"),
            "the component's package URL has no namespace",
        ),
        (
            rule("package", "deb:a", Some("<2")),
            component("a"),
            "the component does not say which kind of package it is",
        ),
        (
            rule("cpe", "cpe:2.3:a:kaspersky:endpoint_security:11.0:*:*:*:*:*:*:*", None),
            with_cpe("x", "cpe:2.3:a:kaspersky:*:*:*:*:*:*:*:*:*"),
            "the component's CPE name is less specific than the rule",
        ),
    ] {
        assert_eq!(verdict(&rule, found), format!("possible: {wanted}"));
    }
    let weak = identified(json!([
        {"kind": "package", "value": "a", "versions": "vers:deb/<2", "confidence": "low"}
    ]));
    assert_eq!(
        verdict(&weak, component("a")),
        "possible: the component has no version; the directive gives this identifier confidence low"
    );
    let left = with("a", |c| c.presence = Presence::Residual);
    assert_eq!(
        verdict(&rule("package", "a", Some("vers:deb/<2")), left),
        "possible: the component has no version; the package was removed, its configuration is left"
    );
}

#[test]
fn one_comparison_that_can_be_made_decides() {
    let both = identified(json!([
        {"kind": "package", "value": "a", "versions": "vers:deb/<2"}, {"kind": "vendor", "value": "Kaspersky Lab"}
    ]));
    assert_eq!(verdict(&both, of_vendor("a", "Kaspersky Lab")), "match");
    // Of what is not sure, the product itself comes before what may be it, though the latter is the surer kind.
    let doubtful = identified(json!([
        {"kind": "cpe", "value": "cpe:2.3:a:a:b:*:*:*:*:*:*:*:*", "versions": "vers:deb/<2"},
        {"kind": "package", "value": "b", "confidence": "low"},
    ]));
    assert_eq!(
        verdict(&doubtful, with_cpe("b", "cpe:2.3:a:a:b:*:*:*:*:*:*:*:*")),
        "unknown: the component has no version"
    );
}

#[test]
fn a_range_of_another_scheme_is_nothing_beside_one_in_the_components_own() {
    let both = identified(json!([
        {"kind": "package", "value": "a", "versions": "vers:rpm/<2"},
        {"kind": "package", "value": "a", "versions": "vers:deb/<2"},
    ]));
    let of = |ecosystem: &str, version: &str| {
        with("a", |c| (c.ecosystem, c.version) = (Some(ecosystem.into()), Some(version.into())))
    };
    assert_eq!(verdict(&both, of("deb", "1")), "match");
    assert_eq!(verdict(&both, of("deb", "3")), "none");
    assert_eq!(verdict(&both, of("rpm", "3")), "none");
    assert_eq!(
        verdict(&both, of("deb", "1_0")),
        "unknown: the component's version cannot be read as its kind is written"
    );
    // Neither speaks of this kind, and one for another package does not.
    let differs = "unknown: the component's versions are of another kind than the rule's range";
    assert_eq!(verdict(&both, of("npm", "3.0.0")), differs);
    let another = identified(json!([
        {"kind": "package", "value": "a", "versions": "vers:rpm/<2"},
        {"kind": "package", "value": "b", "versions": "vers:deb/<2"},
        {"kind": "package", "value": "A", "versions": "vers:npm/<2.0.0"},
    ]));
    assert_eq!(verdict(&another, of("deb", "3")), differs);
}

#[test]
fn an_exclusion_that_cannot_be_told_makes_unknown_and_one_that_is_weak_makes_possible() {
    let rule = |versions: Value, confidence: &str| {
        directive(json!({
            "identifiers": [{"kind": "vendor", "value": "Kaspersky Lab"}],
            "excludes": [{"id": "new", "reason": "r", "identifiers": [
                {"kind": "package", "value": "a", "versions": versions, "confidence": confidence}
            ]}],
        }))
    };
    let found = |version: Option<&str>| {
        with("a", |c| {
            c.vendors.push("Kaspersky Lab".into());
            c.ecosystem = Some("deb".into());
            c.version = version.map(str::to_owned);
        })
    };
    let sure = rule("vers:deb/>=2".into(), "high");
    assert_eq!(verdict(&sure, found(Some("2.0"))), "excluded: new");
    assert_eq!(verdict(&sure, found(Some("1.0"))), "match");
    assert_eq!(verdict(&sure, found(None)), "unknown: exclusion new may hold: the component has no version");
    assert_eq!(
        verdict(&sure, found(Some("2_0"))),
        "unknown: exclusion new may hold: the component's version cannot be read as its kind is written"
    );
    let weak = rule("vers:deb/>=2".into(), "low");
    assert_eq!(verdict(&weak, found(Some("2.0"))), "possible: exclusion new may hold");
    assert_eq!(verdict(&weak, found(None)), "possible: exclusion new may hold");
}

#[test]
fn an_unknown_is_outstanding_and_listed_also_where_only_repair_is_wanted() {
    for disposition in ["prohibited", "remediate", "restricted"] {
        let rule = directive(json!({
            "disposition": disposition,
            "identifiers": [{"kind": "package", "value": "a", "versions": "vers:deb/<2"}],
        }));
        assessed(&rule, &inventory(vec![component("a")]), |assessment| {
            let [judgement] = &assessment.judgements[..] else { panic!() };
            assert_eq!(judgement.verdict, Verdict::Unknown, "{disposition}");
            assert!(assessment.is_outstanding(judgement) && !assessment.is_summarised(judgement));
        });
    }
}

#[test]
fn inside_another_makers_product_an_unknown_is_possible_or_excluded_as_the_subject_says() {
    let of = |embedded: Option<&str>| {
        let mut rule = rule("package", "Engine", Some("vers:deb/<2"));
        if let Some(embedded) = embedded {
            rule["subjects"][0]["embedded"] = embedded.into();
        }
        let mut parts = vec![component("Gateway"), component("Engine")];
        parts[1].nested = true;
        assessed(&rule, &inventory(parts), |assessment| assessment.judgements[0].verdict)
    };
    assert_eq!(of(Some("in")), Verdict::Unknown);
    assert_eq!(of(None), Verdict::Possible);
    assert_eq!(of(Some("out")), Verdict::Excluded);
}

#[test]
fn verdicts_are_ordered_the_worst_first() {
    let order = [Verdict::Match, Verdict::Unknown, Verdict::Possible, Verdict::Waived, Verdict::Excluded];
    assert!(order.is_sorted());
    let words: Vec<&str> = order.iter().map(|verdict| verdict.as_str()).collect();
    assert_eq!(words, ["match", "unknown", "possible", "waived", "excluded"]);
}
