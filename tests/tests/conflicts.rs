//! A repository whose directives contradict one another, published by somebody who does not compare them: what the client
//! makes of it, through its command line, and that it recovers once the authority has mended it. trust.md rule 5.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

use interdict_host::exit::Exit;
use interdict_schema::Sha256;
use interdict_tests::agency::Agency;
use interdict_tests::simulator::{Simulator, payload};

/// A relation to a directive, or to its part `remove`.
fn relation(kind: &str, target: &str) -> String {
    match target.split_once('/') {
        Some((id, part)) => format!(r#"{{"kind":"{kind}","target":{{"id":"{id}","part":"{part}"}}}}"#),
        None => format!(r#"{{"kind":"{kind}","target":{{"id":"{target}"}}}}"#),
    }
}

/// A directive that prohibits a package of its own name, with these relations.
fn text(id: &str, revision: u32, previous: Option<Sha256>, relations: &[String]) -> Vec<u8> {
    let text = String::from_utf8(payload(id, revision, previous)).unwrap();
    let text = text.replace("\"value\":\"forbidden\"", &format!("\"value\":\"{}\"", id.to_lowercase()));
    let relations = format!(r#""relations":[{}],"subjects""#, relations.join(","));
    text.replace(r#""subjects""#, &relations).into_bytes()
}

/// A repository of `BOD-1` to `BOD-3` and of `BOD-9`, which nothing is about, and an agency that follows it.
fn three_and_another() -> (Simulator, Agency, [Sha256; 3]) {
    let mut authority = Simulator::new();
    let digests = [1, 2, 3].map(|number| authority.directive(&text(&format!("BOD-{number}"), 1, None, &[])));
    authority.directive(&text("BOD-9", 1, None, &[]));
    authority.publish();
    let agency = Agency::following(&authority);
    (authority, agency, digests)
}

/// The states of the directives that a client lists: id, revision, marks.
fn listed(agency: &Agency) -> Vec<String> {
    let policy: serde_json::Value = serde_json::from_str(&agency.policy()).unwrap();
    let directives = policy["directives"].as_array().unwrap();
    let one = |directive: &serde_json::Value| {
        let marks: Vec<&str> =
            directive["marks"].as_array().into_iter().flatten().filter_map(|mark| mark.as_str()).collect();
        let (id, revision) = (directive["id"].as_str().unwrap(), &directive["revision"]);
        format!("{id}.{revision} {}", marks.join(","))
    };
    directives.iter().map(|directive| one(directive).trim_end().to_owned()).collect()
}

/// The packages that the policy prohibits.
fn prohibited(agency: &Agency) -> Vec<String> {
    let policy: serde_json::Value = serde_json::from_str(&agency.policy()).unwrap();
    let rules = policy["rules"].as_array().unwrap().iter();
    let mut found: Vec<String> = rules
        .flat_map(|rule| rule["identifiers"].as_array().unwrap())
        .map(|identifier| identifier["value"].as_str().unwrap().to_owned())
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Syncs a conflict, and asserts that the client says so, exits 4 at every verb that judges, and takes everything else.
#[track_caller]
fn conflict(agency: &Agency, authority: &Simulator, says: &str) {
    let synced = agency.sync(authority);
    assert_eq!(synced.exit(), Exit::Refused, "{}{}", synced.stdout, synced.stderr);
    let status = agency.run(&["status"]);
    assert_eq!(status.exit(), Exit::Refused, "{}", status.stdout);
    for text in [&synced.stderr, &status.stdout] {
        assert!(text.contains(says), "wanted {says:?} in:\n{text}");
    }
    assert!(prohibited(agency).contains(&"bod-8".to_owned()), "what is new has been taken");
}

/// Syncs what has been mended, and asserts that nothing of the conflict is left.
#[track_caller]
fn mended(agency: &Agency, authority: &Simulator) {
    let synced = agency.sync(authority);
    assert_eq!(synced.exit(), Exit::Done, "{}{}", synced.stdout, synced.stderr);
    let status = agency.run(&["status"]);
    assert_eq!(status.exit(), Exit::Done, "{}", status.stdout);
    assert!(
        listed(agency).iter().all(|directive| !directive.contains("quarantined")),
        "{:?}",
        listed(agency)
    );
}

/// trust.md rule 5
#[test]
fn a_circle_keeps_its_last_consistent_texts_and_everything_else_advances() {
    let (mut authority, agency, [first, second, third]) = three_and_another();
    // The first is revised twice: once consistently, once into the circle.
    let again = authority.directive(&text("BOD-1", 2, Some(first), &[]));
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    let closing = authority.directive(&text("BOD-1", 3, Some(again), &[relation("supersedes", "BOD-2")]));
    authority.directive(&text("BOD-2", 2, Some(second), &[relation("supersedes", "BOD-3")]));
    authority.directive(&text("BOD-3", 2, Some(third), &[relation("revokes", "BOD-1")]));
    authority.directive(&text("BOD-8", 1, None, &[relation("closes", "BOD-9")]));
    authority.publish();
    let circle = "found a circle of relations: BOD-1 revision 3 supersedes BOD-2 revision 2 supersedes BOD-3 revision 2 \
                  revokes BOD-1 revision 3";
    conflict(&agency, &authority, circle);
    assert_eq!(
        listed(&agency),
        ["BOD-1.2 quarantined", "BOD-2.1 quarantined", "BOD-3.1 quarantined", "BOD-8.1", "BOD-9.1"]
    );
    // Nothing in it has ended another; what has nothing to do with it has.
    assert_eq!(prohibited(&agency), ["bod-1", "bod-2", "bod-3", "bod-8"]);
    // Once the first takes its part back, the second ends the third, which by then can no longer revoke the first.
    authority.directive(&text("BOD-1", 4, Some(closing), &[]));
    authority.publish();
    mended(&agency, &authority);
    assert_eq!(prohibited(&agency), ["bod-1", "bod-2", "bod-8"]);
}

/// trust.md rule 5
#[test]
fn two_that_replace_one_action_leave_it_as_it_was_until_one_is_about_the_other() {
    let (mut authority, agency, [_, second, third]) = three_and_another();
    let replaces = |id: &str, kind: &str, previous, more: &[String]| {
        let relations = [&[relation("amends", "BOD-1/remove")], more].concat();
        let text = String::from_utf8(text(id, 2, Some(previous), &relations)).unwrap();
        text.replace(r#""kind":"remove""#, &format!(r#""kind":"{kind}""#)).into_bytes()
    };
    let shown = |agency: &Agency| agency.run(&["show", "BOD-1"]).stdout;
    authority.directive(&replaces("BOD-2", "block", second, &[]));
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    assert!(shown(&agency).contains("remove: must block"), "{}", shown(&agency));
    let other = authority.directive(&replaces("BOD-3", "disconnect", third, &[]));
    authority.directive(&text("BOD-8", 1, None, &[]));
    authority.publish();
    let says = "BOD-2 revision 2 and BOD-3 revision 2 both change \"remove\" of BOD-1 as of 2017-09-13T04:00:00Z, and \
                neither comes before the other";
    conflict(&agency, &authority, says);
    assert_eq!(
        listed(&agency),
        ["BOD-1.1", "BOD-2.1 quarantined", "BOD-3.1 quarantined", "BOD-8.1", "BOD-9.1"]
    );
    assert!(shown(&agency).contains("remove: must remove"), "{}", shown(&agency));
    // A later text of one of them says which comes after.
    let ordered =
        String::from_utf8(replaces("BOD-3", "disconnect", other, &[relation("supplements", "BOD-2")]));
    authority.directive(ordered.unwrap().replace(r#""revision":2"#, r#""revision":3"#).as_bytes());
    authority.publish();
    mended(&agency, &authority);
    assert!(shown(&agency).contains("remove: must disconnect"), "{}", shown(&agency));
}

/// trust.md rule 5
#[test]
fn three_that_replace_one_action_are_all_quarantined_and_recover_one_after_the_other() {
    let (mut authority, agency, _) = three_and_another();
    let amends = |id: &str, revision, previous, more: &[String]| {
        text(id, revision, previous, &[&[relation("amends", "BOD-1/remove")], more].concat())
    };
    let [_, five, six] = ["BOD-4", "BOD-5", "BOD-6"].map(|id| authority.directive(&amends(id, 1, None, &[])));
    authority.directive(&text("BOD-8", 1, None, &[]));
    authority.publish();
    conflict(&agency, &authority, "BOD-4 revision 1 and BOD-5 revision 1 both change \"remove\" of BOD-1");
    let said = agency.run(&["status"]).stdout;
    assert!(said.contains("BOD-5 revision 1 and BOD-6 revision 1 both change"), "{said}");
    assert_eq!(
        listed(&agency),
        [
            "BOD-1.1",
            "BOD-2.1",
            "BOD-3.1",
            "BOD-4.1 quarantined",
            "BOD-5.1 quarantined",
            "BOD-6.1 quarantined",
            "BOD-8.1",
            "BOD-9.1"
        ]
    );
    // Each binds as it is: more is in force than less.
    assert!(
        ["bod-1", "bod-4", "bod-5", "bod-6"]
            .iter()
            .all(|name| prohibited(&agency).contains(&(*name).to_owned()))
    );
    authority.directive(&amends("BOD-5", 2, Some(five), &[relation("supplements", "BOD-4")]));
    authority.publish();
    conflict(&agency, &authority, "BOD-6 revision 1 both change \"remove\" of BOD-1");
    authority.directive(&amends("BOD-6", 2, Some(six), &[relation("supplements", "BOD-5")]));
    authority.publish();
    mended(&agency, &authority);
}
