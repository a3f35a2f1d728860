//! Package names and package URLs.

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
