//! `publish`: directives whose relations contradict one another do not go live.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and look at the files of a repository"
)]

use std::collections::BTreeMap;
use std::path::Path;

use interdict_host::exit::Exit;
use interdict_keys_example::Name;
use interdict_publisher::testing::{Authority, draft};
use interdict_schema::Sha256;

const HINT: &str = "hint: nothing was published: take out a relation, or let one of the two name the other, in the next \
                    revision of one of them, and let the officers sign it";

/// Every file that is served, and its bytes.
fn files(authority: &Authority) -> BTreeMap<String, Vec<u8>> {
    let folders = ["metadata", "targets"].map(|below| authority.public().join(below));
    let paths = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let read = |path: &Path| (path.display().to_string(), std::fs::read(path).unwrap());
    paths.map(|entry| read(&entry.unwrap().path())).collect()
}

/// A draft with relations, each a kind, a target and more members of the target and of the relation.
fn related(
    id: &str,
    revision: u32,
    previous: Option<Sha256>,
    relations: &[(&str, &str, &str, &str)],
) -> String {
    let relations: Vec<String> = relations
        .iter()
        .map(|(kind, target, part, more)| {
            format!(r#"{{ "kind": "{kind}", "target": {{ "id": "{target}"{part} }}{more} }}"#)
        })
        .collect();
    let before = "  \"issued\": \"2017-09-13\",\n";
    let with = format!("{before}  \"relations\": [{}],\n", relations.join(", "));
    draft(id, revision, previous).replace(before, &with)
}

fn supersedes(id: &str, target: &str) -> String {
    related(id, 1, None, &[("supersedes", target, "", "")])
}

fn amends(id: &str, more: &[(&str, &str, &str, &str)]) -> String {
    let amends = ("amends", "BOD-1", r#", "part": "remove""#, "");
    related(id, 1, None, &[&[amends], more].concat())
}

fn signed(authority: &Authority, name: &str, text: &str) -> String {
    let name = format!("{name}.jsonc");
    authority.write(&name, text);
    authority.sign(&name, &[Name::Officer1, Name::Officer2])
}

#[track_caller]
fn refused(authority: &Authority, envelopes: &[&str], why: &str) {
    let before = files(authority);
    let wanted = format!("the directives would contradict one another\n  caused by: {why}\n{HINT}\n");
    authority.publish(envelopes).ended(Exit::Refused, &wanted);
    assert_eq!(files(authority), before);
}

#[test]
fn a_circle_is_spelled_out_and_nothing_of_it_is_written() {
    let authority = Authority::founded();
    let one = signed(&authority, "1", &supersedes("BOD-1", "BOD-2"));
    let two = signed(&authority, "2", &supersedes("BOD-2", "BOD-3"));
    let three = signed(&authority, "3", &related("BOD-3", 1, None, &[("revokes", "BOD-1", "", "")]));
    let circle = "found a circle of relations: BOD-1 revision 1 supersedes BOD-2 revision 1 supersedes BOD-3 revision 1 \
                  revokes BOD-1 revision 1";
    refused(&authority, &[&one, &two, &three], circle);
    // As well when two of them are there: their target is not.
    authority.publish(&[&one, &two]).done();
    refused(&authority, &[&three], circle);
}

#[test]
fn directives_that_follow_one_another_are_published_and_verified() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-1", 1, None));
    authority.issue(&supersedes("BOD-2", "BOD-1"));
    authority.issue(&supersedes("BOD-3", "BOD-2"));
    let ran = authority.run(&["verify", "repo"]).done();
    assert_eq!(ran.stderr, "repo: targets 4, directives 3, problems 0\n");
}

#[test]
fn a_circle_that_closes_later_is_refused_today() {
    let authority = Authority::founded();
    authority.issue(&related("BOD-1", 1, None, &[("amends", "BOD-2", "", "")]));
    let later = related("BOD-2", 1, None, &[("amends", "BOD-1", "", r#", "effective": "2019-01-01""#)]);
    let circle =
        "found a circle of relations: BOD-1 revision 1 amends BOD-2 revision 1 amends BOD-1 revision 1";
    refused(&authority, &[&signed(&authority, "2", &later)], circle);
}

#[test]
fn two_amendments_of_one_part_are_refused_until_one_is_about_the_other() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-1", 1, None));
    authority.issue(&amends("BOD-2", &[]));
    let why = "BOD-2 revision 1 and BOD-3 revision 1 both change \"remove\" of BOD-1 as of 2017-09-13T04:00:00Z, and neither \
               comes before the other";
    let envelope = signed(&authority, "3", &amends("BOD-3", &[]));
    refused(&authority, &[&envelope], why);
    std::fs::remove_file(authority.folder().join(envelope)).unwrap();
    authority.issue(&amends("BOD-3", &[("supplements", "BOD-2", "", "")]));
}

const UNORDERED: &str = "BOD-2 revision 1 and BOD-3 revision 1 both change \"remove\" of BOD-1 as of 2017-09-13T04:00:00Z, and \
                         neither comes before the other";

/// Makes the publisher forget every relation, so that it compares a publication with nothing.
fn forget(authority: &Authority) {
    let path = authority.repository().join("memory/relations.json");
    let mut memory: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert!(memory["acts_on"].as_object().is_some_and(|relations| !relations.is_empty()), "{memory}");
    memory["acts_on"] = serde_json::json!({});
    std::fs::write(path, memory.to_string()).unwrap();
}

#[test]
fn the_target_of_two_amendments_is_refused_where_it_comes_last() {
    let authority = Authority::founded();
    authority.issue(&amends("BOD-2", &[]));
    let third = authority.issue(&amends("BOD-3", &[]));
    let envelope = signed(&authority, "1", &draft("BOD-1", 1, None));
    refused(&authority, &[&envelope], UNORDERED);
    // Nor does it help that nobody remembers the relations, or those of another list.
    let memory = authority.repository().join("memory/relations.json");
    std::fs::write(&memory, format!(r#"{{"listed":"{}","acts_on":{{}}}}"#, Sha256::of(b"other"))).unwrap();
    refused(&authority, &[&envelope], UNORDERED);
    std::fs::write(&memory, "no JSON").unwrap();
    refused(&authority, &[&envelope], UNORDERED);
    std::fs::remove_file(&memory).unwrap();
    refused(&authority, &[&envelope], UNORDERED);
    // Lint says so before it is signed, at the draft as a whole: it has no relation of its own.
    authority.write("d.jsonc", draft("BOD-1", 1, None));
    let ran = authority.run(&["draft", "lint", "d.jsonc", "--repo", "repo"]).ended(Exit::Usage, "errors: 1");
    assert_eq!(
        ran.stdout,
        format!("d.jsonc: error at /: {UNORDERED}, so that publish refuses it [contradiction]\n")
    );
    // Once one of the two is about the other it goes live.
    let part = r#", "part": "remove""#;
    let again = [("amends", "BOD-1", part, ""), ("supplements", "BOD-2", "", "")];
    authority.issue(&related("BOD-3", 2, Some(third), &again));
    authority.publish(&[&envelope]).done();
    authority.run(&["draft", "lint", "d.jsonc", "--repo", "repo"]).ended(Exit::Usage, "errors: 2");
}

#[test]
fn two_amendments_that_begin_together_years_later_are_refused_today() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-1", 1, None));
    let amends = |id: &str| {
        related(
            id,
            1,
            None,
            &[("amends", "BOD-1", r#", "part": "remove""#, r#", "effective": "2031-01-01""#)],
        )
    };
    authority.issue(&amends("BOD-2"));
    let why = UNORDERED.replace("2017-09-13T04", "2031-01-01T05");
    refused(&authority, &[&signed(&authority, "3", &amends("BOD-3"))], &why);
    authority.write("d.jsonc", amends("BOD-3"));
    let ran = authority.run(&["draft", "lint", "d.jsonc", "--repo", "repo", "--json"]).ended(Exit::Usage, "");
    let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let problems = shown["problems"].as_array().unwrap();
    let found = problems.iter().find(|problem| problem["code"] == "contradiction").unwrap();
    assert_eq!((&found["pointer"], &found["severity"]), (&"/relations/0".into(), &"error".into()));
}

#[test]
fn an_order_through_several_documents_is_found_in_what_is_published() {
    let authority = Authority::founded();
    // A chain of ten, each of which says nothing of the others but the next.
    for number in 2..=10 {
        authority.issue(&supersedes(&format!("BOD-{number}"), &format!("BOD-{}", number - 1)));
    }
    authority.issue(&draft("BOD-99", 1, None));
    let envelope = signed(&authority, "1", &supersedes("BOD-1", "BOD-10"));
    let steps = (1..10).rev().map(|number| format!("revision 1 supersedes BOD-{number} "));
    let circle = format!(
        "found a circle of relations: BOD-1 revision 1 supersedes BOD-10 {}revision 1",
        steps.collect::<String>()
    );
    refused(&authority, &[&envelope], &circle);
}

#[test]
fn a_contradiction_that_is_published_already_keeps_nothing_else_from_being_published() {
    let authority = Authority::founded();
    let first = authority.issue(&amends("BOD-2", &[]));
    authority.issue(&amends("BOD-3", &[]));
    // A publisher that compares nothing brings it about.
    forget(&authority);
    authority.issue(&draft("BOD-1", 1, None));
    std::fs::remove_file(authority.repository().join("memory/relations.json")).unwrap();
    authority.issue(&draft("BOD-8", 1, None));
    authority.issue(&supersedes("BOD-9", "BOD-8"));
    // A revision of a directive in it has to resolve it.
    let part = r#", "part": "remove""#;
    let again = related("BOD-2", 2, Some(first), &[("amends", "BOD-1", part, "")]);
    let envelope = signed(&authority, "2", &again);
    refused(&authority, &[&envelope], &UNORDERED.replace("BOD-2 revision 1", "BOD-2 revision 2"));
    std::fs::remove_file(authority.folder().join(envelope)).unwrap();
    authority.issue(&draft("BOD-2", 2, Some(first)));
}
