//! Ranges of versions.

use super::*;

#[test]
fn a_range_that_cannot_be_evaluated_is_unknown_and_says_so() {
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
        "unknown: versions of this scheme cannot be compared"
    );
    let unreadable = with("a", |c| c.purl = Some("pkg:deb/debian/a@1_0".parse().unwrap()));
    assert_eq!(
        verdict(&of("vers:deb/>=0.5|<2"), unreadable),
        "unknown: the component's version cannot be read as its kind is written"
    );
    let without = with("a", |c| c.purl = Some("pkg:deb/debian/a".parse().unwrap()));
    assert_eq!(verdict(&of("1.0"), without), "unknown: the component has no version");
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
        assert_eq!(
            verdict(&rule, found("no version!")),
            "unknown: the component's version cannot be read as its kind is written",
            "{versions}"
        );
    }
}

#[test]
fn a_range_of_another_kind_of_version_is_unknown_and_one_beside_a_cpe_name_is_the_makers() {
    let rule = identified(json!([{"kind": "package", "value": "a", "versions": "vers:deb/<2"}]));
    let of_rpm = with("a", |c| {
        c.ecosystem = Some("rpm".into());
        c.version = Some("3".into());
    });
    assert_eq!(
        verdict(&rule, of_rpm),
        "unknown: the component's versions are of another kind than the rule's range"
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
    assert!(verdict(&rule, found("*")).starts_with("unknown: the component's versions are of another kind"));
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

#[test]
fn a_version_is_keyed_once_for_each_scheme_however_many_ranges_name_the_product() {
    let ranges = |kind: &'static str, value: &'static str, scheme: &'static str| {
        (2..502).map(
            move |bound| json!({"kind": kind, "value": value, "versions": format!("vers:{scheme}/<{bound}")}),
        )
    };
    let rows: Vec<Value> = ranges("package", "a", "deb")
        .chain(ranges("purl", "pkg:deb/debian/a", "deb"))
        .chain(ranges("cpe", "cpe:2.3:a:a:a:*:*:*:*:*:*:*:*", "deb"))
        .chain(ranges("cpe", "cpe:2.3:a:a:a:*:*:*:*:*:*:*:*", "rpm"))
        .collect();
    let believed = signed::believed(&serde_json::to_vec(&identified(Value::Array(rows))).unwrap());
    let lists = std::sync::Arc::new(Lists::default());
    let sources = [Source {
        repository: "main",
        directive: &believed,
        marks: Vec::new(),
        lists,
        ended: None,
        waivers: None,
        granted: &[],
    }];
    let attached = Attached::default();
    let index = Index::new(&sources, &attached, at("2017-10-01T00:00:00Z"));
    let lookup = hit::Lookup::new(&index);
    let keys = |version: &str, cpe: &str| {
        let found = with("a", |c| {
            c.purl = Some(format!("pkg:deb/debian/a@{version}").parse().unwrap());
            c.ecosystem = Some("deb".into());
            c.version = Some(version.into());
            c.cpe = vec![format!("cpe:2.3:a:a:a:{cpe}:*:*:*:*:*:*:*").parse().unwrap()];
        });
        lookup.keys(&found)
    };
    // 2,000 rules: the package's version as deb, and the CPE name's as deb and as rpm, which may be the same.
    assert_eq!(keys("1.0", "1.0"), 2);
    assert_eq!(keys("1.0", "1.1"), 3);
    assert_eq!(keys("1_0", "1_0"), 2);
}
