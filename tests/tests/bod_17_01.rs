//! BOD 17-01 as the project ships it: it lints without errors, and its dates are the order's.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use interdict_schema::DateTime;
use interdict_schema::directive::deadline::{Deadline, Events, deadline};
use interdict_schema::directive::draft::payload_of;
use interdict_schema::directive::lint::{Context, lint};
use interdict_schema::directive::{
    Anchor, Confidence, Directive, Edge, Embedded, IdentifierKind, NegativeReport,
};
use interdict_schema::product::{Answer, Cpe};

const DRAFT: &[u8] = include_bytes!("../../docs/examples/directives/bod-17-01.draft.jsonc");

fn directive() -> Directive {
    let decoded = Directive::parse(&payload_of(DRAFT).unwrap()).unwrap();
    assert!(decoded.unknown.is_empty(), "{:?}", decoded.unknown);
    decoded.value
}

fn due(id: &str) -> Deadline {
    let directive = directive();
    let issued: DateTime = "2017-09-13T04:00:00Z".parse().unwrap();
    deadline(&directive, directive.action(id).unwrap(), None, &Events::default(), issued).unwrap()
}

/// The last second of a day as New York has it.
fn end(id: &str) -> String {
    match due(id) {
        Deadline::Once { on, end, .. } => format!("{on} {end}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lints_without_errors_and_the_one_warning_is_day_60_a_sunday() {
    let report = lint(DRAFT, &Context::default());
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "warning at /actions/2/due/offset (paragraph 2.a-n): falls on Sunday, 2017-11-12, and no roll says whether that stands [falls-on-a-weekend]"
        ]
    );
    assert!(report.may_be_signed());
}

#[test]
fn its_deadlines_are_the_days_of_the_order_in_the_issuers_zone() {
    assert_eq!(end("identify"), "2017-10-13 2017-10-14T03:59:59Z");
    assert_eq!(end("report-findings"), "2017-10-13 2017-10-14T03:59:59Z");
    assert_eq!(end("plan"), "2017-11-12 2017-11-13T04:59:59Z");
    assert_eq!(end("begin-removal"), "2017-12-12 2017-12-13T04:59:59Z");
    let Deadline::Recurring { first, until, .. } = due("report-progress") else { panic!("not recurring") };
    assert_eq!(first.to_string(), "2018-01-12T04:59:59Z");
    assert_eq!(until, Some(Anchor::Action("remove".into())));
    let response = directive().responses.first().and_then(|response| response.due).unwrap();
    assert_eq!(response.to_string(), "2017-11-03");
}

#[test]
fn removal_must_begin_at_day_90_and_has_no_date_by_which_it_must_end() {
    let directive = directive();
    let begin = directive.action("begin-removal").and_then(|action| action.due.as_ref()).unwrap();
    assert_eq!((begin.edge.as_ref(), begin.unless_directed_otherwise), (Some(&Edge::Begin), true));
    assert_eq!(directive.action("remove").unwrap().due, None);
}

#[test]
fn nothing_found_must_be_reported_and_the_plan_has_14_elements() {
    let directive = directive();
    for id in ["identify", "report-findings"] {
        assert_eq!(directive.action(id).unwrap().negative_report, Some(NegativeReport::Required));
    }
    assert_eq!(directive.action("plan").unwrap().requires.len(), 14);
}

#[test]
fn its_subject_is_an_entity_with_ten_products_and_three_exclusions() {
    let directive = directive();
    let [subject] = directive.subjects.as_slice() else { panic!("{} subjects", directive.subjects.len()) };
    assert_eq!((subject.products.len(), subject.excludes.len()), (10, 3));
    assert_eq!(subject.embedded, Some(Embedded::Out));
    let values = |kind: IdentifierKind| {
        subject
            .identifiers
            .iter()
            .filter(move |identifier| identifier.kind == kind)
            .map(|found| found.value.as_str())
    };
    for vendor in ["kaspersky", "kaspersky_lab"] {
        let wanted = format!("cpe:2.3:a:{vendor}:*:*:*:*:*:*:*:*:*");
        assert!(values(IdentifierKind::Cpe).any(|value| value == wanted), "{wanted}");
    }
    // A product beside the vendors would make the vendors' names count for nothing without it.
    assert_eq!(values(IdentifierKind::Product).count(), 0);
    let review: Vec<&str> = subject
        .identifiers
        .iter()
        .filter(|identifier| identifier.confidence == Some(Confidence::Review))
        .map(|identifier| identifier.value.as_str())
        .collect();
    assert_eq!(review, ["cpe:2.3:a:kaspersky:tinycheck:*:*:*:*:*:*:*:*"]);
}

#[test]
fn every_identifier_of_the_collection_that_has_a_kind_is_there() {
    let Some(folder) = interdict_tests::official::folder("kaspersky") else { return };
    let text = std::fs::read_to_string(folder.join("identifiers.json")).unwrap();
    let collected: serde_json::Value = serde_json::from_str(&text).unwrap();
    let directive = directive();
    let held: Vec<&str> = directive
        .subjects
        .iter()
        .flat_map(|subject| &subject.identifiers)
        .map(|identifier| identifier.value.as_str())
        .collect();
    let rows = |list: &str, member: &str| -> Vec<String> {
        let rows = collected[list].as_array().unwrap().iter();
        rows.filter(|row| row["kind"] != "uninstall_display_name")
            .map(|row| row[member].as_str().unwrap().to_owned())
            .collect()
    };
    let mut missing = Vec::new();
    for (list, member) in [
        ("linux_paths", "path"),
        ("windows", "value"),
        ("macos", "value"),
        ("android", "value"),
        ("ios", "value"),
        ("browser_extensions", "id"),
    ] {
        missing.extend(
            rows(list, member).into_iter().filter(|value| !held.iter().any(|held| held.ends_with(value))),
        );
    }
    for row in collected["linux_packages"].as_array().unwrap() {
        let package = row["name"].as_str().unwrap();
        missing.extend((!held.contains(&package)).then(|| package.to_owned()));
    }
    for product in collected["directive_named_products"].as_array().unwrap() {
        for cpe in product["cpe"].as_array().unwrap() {
            let cpe = format!("{}:*:*:*:*:*:*:*:*", cpe.as_str().unwrap());
            missing.extend((!held.contains(&cpe.as_str())).then_some(cpe));
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn its_cpe_rules_mean_every_product_of_the_vendor_in_the_dictionary_and_no_other_vendors() {
    let Some(folder) = interdict_tests::official::folder("cpe") else { return };
    let pairs = std::fs::read_to_string(folder.join("kaspersky-cpe-vendor-product.csv")).unwrap();
    let directive = directive();
    let rules: Vec<Cpe> = directive.subjects[0]
        .identifiers
        .iter()
        .filter(|identifier| identifier.kind == IdentifierKind::Cpe)
        .map(|identifier| Cpe::parse(&identifier.value).unwrap())
        .collect();
    let mut friends = 0;
    for line in pairs.lines() {
        let (vendor, product) = line.trim_matches('"').split_once("\",\"").unwrap();
        // The dictionary's lists write values without their quotes.
        let found = Cpe::parse(&format!("cpe:2.3:a:{vendor}:{product}:1.0:*:*:*:*:*:*:*")).unwrap();
        let met = rules.iter().any(|rule| rule.matches(&found) != Answer::NoMatch);
        assert_eq!(met, vendor.starts_with("kaspersky"), "{line}");
        friends += usize::from(!met);
    }
    assert_eq!((pairs.lines().count(), friends), (46, 2));
}

#[test]
fn lint_has_an_answer_for_every_damaged_draft() {
    for at in (0..DRAFT.len()).step_by(53) {
        let cut = lint(DRAFT.get(..at).unwrap(), &Context::default());
        assert!(!cut.may_be_signed(), "cut at byte {at}");
        for byte in *b"\"{]/0 \xff" {
            let mut damaged = DRAFT.to_vec();
            *damaged.get_mut(at).unwrap() = byte;
            let report = lint(&damaged, &Context::default());
            assert!(report.decoded.is_some() || !report.may_be_signed(), "byte {at} is {byte}");
        }
    }
}
