//! CPE names, vendors and products.

use super::*;

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
