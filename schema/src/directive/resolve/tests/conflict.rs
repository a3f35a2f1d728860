//! Documents that contradict one another, and what is quarantined.

use super::*;

#[test]
fn a_circle_is_spelled_out_and_quarantines_the_directives_in_it_alone() {
    let set = Set::of(&[
        text("A-1", 1, "2020-01-01", &relation("supersedes", "A-2", "")),
        text("A-2", 1, "2020-01-01", &relation("supersedes", "A-3", "")),
        text("A-3", 1, "2020-01-01", ""),
        text(
            "A-3",
            2,
            "2020-01-01",
            &alloc::format!(r#","revised":"2020-05-01"{}"#, relation("revokes", "A-1", "")),
        ),
        text("B-1", 1, "2020-01-01", ""),
        text("B-2", 1, "2020-02-01", &relation("revokes", "B-1", "")),
    ]);
    let before = set.at("2020-04-01");
    assert!(before.conflicts.is_empty() && one(&before, "A-2").is_ended());
    let after = set.at("2020-05-01");
    let found: Vec<String> = after.conflicts.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "found a circle of relations: A-1 revision 1 supersedes A-2 revision 1 supersedes A-3 revision 2 revokes A-1 revision 1"
        ]
    );
    for id in ["A-1", "A-2", "A-3"] {
        let directive = one(&after, id);
        assert!(directive.quarantined && !directive.is_ended(), "{id}");
    }
    assert_eq!(one(&after, "A-3").document.revision.number(), 1, "the last consistent text");
    assert!(!one(&after, "B-1").quarantined && one(&after, "B-1").is_ended());
    assert_eq!(conflicts(set.documents(), &Rights::none(), moment("2020-01-01")), after.conflicts);
}

#[test]
fn two_amendments_of_one_part_need_an_order() {
    let change = |id: &str, issued: &str, also: &str| {
        let relations = alloc::format!(
            r#","relations":[{{"kind":"amends","target":{{"id":"D-1","part":"four"}}}}{also}]"#
        );
        text(id, 1, issued, &relations).replace("disconnect", if id == "D-2" { "update" } else { "block" })
    };
    let kind = |set: &Set| one(&set.at("2020-03-01"), "D-1").text.action("four").unwrap().kind.to_string();
    let base = || text("D-1", 1, "2020-01-01", "");
    let same = Set::of(&[base(), change("D-2", "2020-02-01", ""), change("D-3", "2020-02-01", "")]);
    let after = same.at("2020-03-01");
    assert_eq!(
        after.conflicts.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "D-2 revision 1 and D-3 revision 1 both change \"four\" of D-1 as of 2020-02-01T00:00:00Z, and neither comes before the other"
        ]
    );
    assert_eq!(kind(&same), "disconnect");
    assert!(one(&after, "D-2").text.action("four").is_some() && !one(&after, "D-1").quarantined);
    let later = Set::of(&[base(), change("D-2", "2020-02-02", ""), change("D-3", "2020-02-01", "")]);
    assert_eq!((kind(&later), later.at("2020-03-01").conflicts.len()), ("update".into(), 0));
    let about = r#",{"kind":"amends","target":{"id":"D-3","part":"report"}}"#;
    let related = Set::of(&[base(), change("D-2", "2020-02-01", about), change("D-3", "2020-02-01", "")]);
    assert_eq!((kind(&related), related.at("2020-03-01").conflicts.len()), ("update".into(), 0));
}

/// trust.md rule 5
#[test]
fn what_a_document_ended_before_it_came_into_a_conflict_stays_ended() {
    let two = r#","relations":[{"kind":"supersedes","target":{"id":"X-1"}},{"kind":"amends","target":{"id":"A-2","part":"four"}}]"#;
    let texts = [
        text("X-1", 1, "2020-01-01", ""),
        text("A-1", 1, "2020-02-01", two),
        text("A-2", 1, "2020-02-01", ""),
        text(
            "A-2",
            2,
            "2020-02-01",
            &alloc::format!(r#","revised":"2020-05-01"{}"#, relation("amends", "A-1", r#","part":"four""#)),
        ),
    ];
    let set = Set::of(&texts);
    let after = set.at("2020-05-01");
    assert_eq!(after.conflicts.len(), 1);
    assert!(one(&after, "A-1").quarantined && !one(&after, "A-1").is_ended());
    let ending = ending(&after, "X-1").unwrap();
    assert_eq!((ending.how, ending.by.id.as_str()), (How::Superseded, "A-1"));
    // What begins together with the conflict ends nothing: in doubt nothing is lifted.
    let at_once = [
        text("X-1", 1, "2020-01-01", ""),
        text("A-1", 1, "2020-02-01", two),
        text("A-2", 1, "2020-02-01", &relation("amends", "A-1", r#","part":"four""#)),
    ];
    assert!(!one(&Set::of(&at_once).at("2020-05-01"), "X-1").is_ended());
}
