//! Contradictions to what is published, and the paragraphs that a problem concerns.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::*;
use crate::directive::resolve::Acts;

/// A relation, with more members of the target and of the relation.
fn relation(kind: &str, target: &str, more: &str, after: &str) -> String {
    format!(r#"{{"kind":"{kind}","target":{{"id":"{target}"{more}}}{after}}}"#)
}

fn related(id: &str, issuer: &str, relations: &[String]) -> Directive {
    let relations = relations.join(",");
    let text = draft(&format!(r#""id":"{id}","issuer":"{issuer}","relations":[{relations}],"#), "", "");
    Directive::parse(text.as_bytes()).unwrap().value
}

/// The contradictions of a draft T-1 with these relations beside what is published, as of January 2020.
fn contradictions(published: &[Directive], rights: &Rights, relations: &[String]) -> Vec<String> {
    let documents: Vec<Document<'_>> = published
        .iter()
        .map(|directive| Document {
            directive,
            digest: Sha256::of(directive.id.as_str().as_bytes()),
            acts: Acts::Fully,
        })
        .collect();
    let now = "2020-01-01T00:00:00Z".parse().unwrap();
    let text = draft(&format!(r#""relations":[{}],"#, relations.join(",")), "", "");
    let report = lint(text.as_bytes(), &Context::default().beside(&documents, rights, now));
    let found = report.problems.iter().filter(|problem| problem.fact.code() == "contradiction");
    found.map(ToString::to_string).collect()
}

#[test]
fn a_circle_is_spelled_out_at_the_relation_that_closes_it() {
    let published = [
        related("T-2", "i", &[relation("supersedes", "T-3", "", "")]),
        related("T-3", "i", &[relation("revokes", "T-1", "", "")]),
    ];
    let other = relation("implements", "T-2", "", "");
    let closing = relation("closes", "T-2", "", r#","effective":"2030-01-01""#);
    let said = "error at /relations/1: found a circle of relations: T-1 revision 1 closes T-2 revision 1 supersedes T-3 \
                revision 1 revokes T-1 revision 1, so that publish refuses it [contradiction]";
    assert_eq!(contradictions(&published, &Rights::none(), &[other.clone(), closing]), [said]);
    assert_eq!(contradictions(&published, &Rights::none(), &[other]), NOTHING);
}

#[test]
fn two_changes_of_one_part_without_an_order_are_told_of() {
    let amends = || relation("amends", "T-2", r#","part":"a""#, "");
    let published = [related("T-2", "i", &[]), related("T-3", "i", &[amends()])];
    let said = "error at /relations/0: T-1 revision 1 and T-3 revision 1 both change \"a\" of T-2 as of \
                2017-09-13T04:00:00Z, and neither comes before the other, so that publish refuses it [contradiction]";
    assert_eq!(contradictions(&published, &Rights::none(), &[amends()]), [said]);
    let ordered = [amends(), relation("supplements", "T-3", "", "")];
    assert_eq!(contradictions(&published, &Rights::none(), &ordered), NOTHING);
    // Another issuer's changes nothing unless it may.
    let foreign = [related("T-2", "i", &[]), related("T-3", "j", &[amends()])];
    assert_eq!(contradictions(&foreign, &Rights::none(), &[amends()]), NOTHING);
}

#[test]
fn a_draft_that_lets_others_contradict_one_another_is_told_so() {
    let amends = || relation("amends", "T-1", r#","part":"a""#, "");
    let published = [related("T-2", "i", &[amends()]), related("T-3", "i", &[amends()])];
    let said = "error at /: T-2 revision 1 and T-3 revision 1 both change \"a\" of T-1 as of 2017-09-13T04:00:00Z, and \
                neither comes before the other, so that publish refuses it [contradiction]";
    assert_eq!(contradictions(&published, &Rights::none(), &[]), [said]);
}

#[test]
fn what_is_published_already_is_not_told_of_again() {
    let amends = || relation("amends", "T-4", r#","part":"a""#, "");
    let published =
        [related("T-4", "i", &[]), related("T-2", "i", &[amends()]), related("T-3", "i", &[amends()])];
    let other = relation("supersedes", "T-9", "", "");
    assert_eq!(contradictions(&published, &Rights::none(), &[other]), NOTHING);
}

#[test]
fn a_problem_tells_the_paragraphs_that_it_concerns() {
    let action = |id: &str, more: &str| format!(r#"{{"id":"{id}","modality":"must","kind":"block"{more}}}"#);
    let actions = [
        action(
            "a",
            r#","paragraph":"2","subjects":["s"],"due":{"offset":{"n":60,"unit":"day","anchor":"issued"}}"#,
        ),
        action("b", r#","paragraph":"3.1","subjects":["s","gone"],"due":{"table":"t"}"#),
        action(
            "c",
            r#","paragraph":"4","due":{"offset":{"n":2,"unit":"business-day","anchor":"issued","calendar":"own"}}"#,
        ),
    ];
    let members = format!(
        r#""actions":[{}],"subjects":[{{"id":"s","name":"s","disposition":"prohibited"}}],
        "tables":[{{"id":"t","inputs":[],"rows":[]}}],
        "calendars":[{{"id":"own","weekend":["monday","tuesday","wednesday","thursday","friday","saturday","sunday"]}}],
        "waivers":[{{"id":"w","part":"b","from":"2018-01-01","granted_by":"g"}}],
        "relations":[{{"kind":"amends","target":{{"id":"T-9","part":"x"}},"by":"c"}}],"#,
        actions.join(",")
    );
    let report = lint(draft(&members, "", "").as_bytes(), &Context::default());
    let said = |pointer: &str| {
        let found = report.problems.iter().find(|problem| problem.pointer.as_str() == pointer);
        found.unwrap_or_else(|| panic!("{pointer}: {:#?}", report.problems)).place()
    };
    assert_eq!(said("/actions/0/due/offset"), "/actions/0/due/offset (paragraph 2)");
    assert_eq!(said("/actions/1/subjects/1"), "/actions/1/subjects/1 (paragraph 3.1)");
    assert_eq!(said("/subjects/0"), "/subjects/0 (paragraphs 2, 3.1)");
    assert_eq!(said("/calendars/0/weekend"), "/calendars/0/weekend (paragraph 4)");
    assert_eq!(said("/waivers/0"), "/waivers/0 (paragraph 3.1)");
    assert_eq!(said("/relations/0/target"), "/relations/0/target (paragraph 4)");
    let whole = lint(b"{}", &Context::default());
    assert!(whole.problems.iter().all(|problem| problem.paragraphs.is_empty()));
    // Also of a draft of the wrong shape.
    let report = lint(br#"{"actions":[{"id":"a","paragraph":"7","modality":1}]}"#, &Context::default());
    let said: Vec<String> = report.problems.iter().map(super::super::Problem::place).collect();
    assert!(said.contains(&"/actions/0/modality (paragraph 7)".into()), "{said:?}");
}
