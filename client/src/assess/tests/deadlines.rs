//! When a subject counts, and by when it is due.

use super::*;

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
