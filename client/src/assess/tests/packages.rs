//! Package names and package URLs.

use interdict_schema::product::Purl;

use super::*;

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
fn a_namespace_means_every_package_in_it_and_no_neighbour() {
    let of = |value: &str| identified(json!([{"kind": "purl-namespace", "value": value}]));
    let purl = |text: &str| with("x", |c| c.purl = Some(Purl::parse(text).unwrap()));
    for (rule, found, friend) in [
        ("pkg:npm/%40kaspersky", "pkg:npm/%40kaspersky/sdk@1.0", "pkg:npm/%40kaspersky2/sdk@1.0"),
        ("pkg:npm/@kaspersky", "pkg:npm/@kaspersky/x", "pkg:npm/kaspersky"),
        ("pkg:github/Kaspersky", "pkg:github/kasperskY/KLara", "pkg:bitbucket/kaspersky/klara"),
        ("pkg:golang/github.com/k", "pkg:golang/github.com/k/a/v2", "pkg:golang/github.com/kk/a"),
        ("pkg:maven/com.k", "pkg:maven/com.k.sdk/a@1", "pkg:maven/com.kk/a@1"),
        ("pkg:git/github.com/k", "pkg:git/github.com/K/a@1", "pkg:git/github.com/a/k@1"),
    ] {
        assert_eq!(verdict(&of(rule), purl(found)), "match", "{rule} {found}");
        assert_eq!(verdict(&of(rule), purl(friend)), "none", "{rule} {friend}");
    }
    let npm = |name: &str, group: Option<&str>, ecosystem: Option<&str>| {
        with(name, |c| {
            c.ecosystem = ecosystem.map(Into::into);
            c.group = group.map(Into::into);
        })
    };
    let scope = of("pkg:npm/%40kaspersky");
    assert_eq!(verdict(&scope, npm("@kaspersky/sdk", None, Some("npm"))), "match");
    assert_eq!(verdict(&scope, npm("sdk", Some("@kaspersky"), Some("npm"))), "match");
    assert_eq!(verdict(&scope, npm("sdk", Some("@kaspersky"), Some("composer"))), "none");
    assert_eq!(verdict(&scope, npm("@kaspersky/sdk", None, None)), "none");
    assert_eq!(
        verdict(&scope, npm("sdk", Some("@kaspersky"), None)),
        "possible: the component does not say which kind of package it is"
    );
    assert_eq!(verdict(&of("pkg:composer/k"), npm("sdk", Some("K"), Some("composer"))), "match");
}

#[test]
fn an_exclusion_can_leave_out_a_namespace_or_one_package_of_it() {
    let (all, one) = (
        json!({"kind": "purl-namespace", "value": "pkg:npm/%40kaspersky"}),
        json!({"kind": "purl", "value": "pkg:npm/%40kaspersky/sdk"}),
    );
    let of = |own: &Value, excluded: &Value| {
        directive(
            json!({"identifiers": [own], "excludes": [{"id": "x", "reason": "r", "identifiers": [excluded]}]}),
        )
    };
    let purl = |text: &str| with("x", |c| c.purl = Some(Purl::parse(text).unwrap()));
    assert_eq!(verdict(&of(&all, &one), purl("pkg:npm/%40kaspersky/sdk@1")), "excluded: x");
    assert_eq!(verdict(&of(&all, &one), purl("pkg:npm/%40kaspersky/gui@1")), "match");
    assert_eq!(verdict(&of(&one, &all), purl("pkg:npm/%40kaspersky/sdk@1")), "excluded: x");
}

#[test]
fn a_namespace_is_not_looked_for_where_nothing_says_where_it_belongs() {
    let rule = identified(json!([{"kind": "purl-namespace", "value": "pkg:npm/%40kaspersky"}]));
    let kinds = |component: Component| {
        let inventory = Inventory { components: vec![component], ..Inventory::default() };
        assessed(&rule, &inventory, |found| {
            found.not_looked_for.iter().map(|of| of.kind.clone()).collect::<Vec<_>>()
        })
    };
    assert_eq!(kinds(component("kesl")), ["purl-namespace"]);
    assert!(kinds(with("kesl", |c| c.ecosystem = Some("deb".into()))).is_empty());
}
