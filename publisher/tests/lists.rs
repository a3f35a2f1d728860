//! Lists of identifiers at the authority's desk: drafted, linted, signed and published, with their files of entries.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as a careless person would"
)]

use interdict_host::exit::Exit;
use interdict_keys_example::Name;
use interdict_publisher::testing::{Authority, draft};
use interdict_schema::Sha256;
use interdict_schema::directive::draft::payload_of;
use serde_json::Value;

const TWO: &[Name] = &[Name::Officer1, Name::Officer2];

/// A draft of a list, with these members besides.
fn list(revision: u32, previous: Option<Sha256>, members: &str) -> String {
    let previous = previous.map_or_else(String::new, |digest| format!("\"previous\": \"{digest}\","));
    format!(
        r#"{{ // Made for a test.
  "format": "interdict-entity-list/1", "id": "BOD-X", "revision": {revision}, {previous} "title": "Products of X",
  "issuer": "dhs", "issued": "2017-09-13", {members} }}"#
    )
}

const ROW: &str = r#""identifiers": [{ "kind": "package", "value": "example" }]"#;

/// A directive that names the list.
fn naming(id: &str, reference: &str) -> String {
    draft(id, 1, None)
        .replace(r#""disposition""#, &format!(r#""identifiers_from": [{reference}], "disposition""#))
}

fn signed(authority: &Authority, name: &str, text: &str) -> String {
    authority.write(name, text);
    authority.sign(name, TWO)
}

fn digest(text: &str) -> Sha256 {
    Sha256::of(&payload_of(text.as_bytes()).unwrap())
}

fn targets(authority: &Authority, version: u32) -> Value {
    let path = authority.public().join(format!("metadata/{version}.targets.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_list_and_a_directive_that_names_it_are_published_together_and_listed_for_ever() {
    let authority = Authority::founded();
    let first = list(1, None, ROW);
    let envelope = signed(&authority, "list.jsonc", &first);
    assert_eq!(envelope, "BOD-X.1.entity-list.envelope.json");
    let directive = signed(&authority, "bod.jsonc", &naming("BOD-17-01", r#"{ "list": "BOD-X" }"#));
    let ran = authority.publish(&[&directive, &envelope]).done();
    assert_eq!(ran.stdout, "published BOD-X.1.entity-list.json\npublished BOD-17-01.1.json\n");
    let custom = &targets(&authority, 2)["signed"]["targets"]["BOD-X.1.entity-list.json"]["custom"];
    let wanted =
        serde_json::json!({"id": "BOD-X", "revision": 1, "title": "Products of X", "issued": "2017-09-13"});
    assert_eq!(*custom, wanted);
    authority.publish(&[&envelope]).ended(Exit::Done, "nothing changed");

    let second = list(2, Some(digest(&first)), &ROW.replace("example", "other"));
    authority.write("list.jsonc", &second);
    let ran =
        authority.run(&["sign", "list.jsonc", "--key", "keys/officer-1.key", "--repo", "repo", "--yes"]);
    let ran = ran.done();
    for difference in ["against revision 1", "added: package other", "lifted: package example"] {
        assert!(ran.stderr.contains(difference), "{difference}: {}", ran.stderr);
    }
    let envelope = authority.sign("BOD-X.2.entity-list.envelope.json", &[Name::Officer3]);
    authority.publish(&[&envelope]).done();
    let listed = &targets(&authority, 3)["signed"]["targets"];
    assert!(listed["BOD-X.1.entity-list.json"].is_object() && listed["BOD-X.2.entity-list.json"].is_object());
    let ran = authority.run(&["verify", "repo", "--json"]).done();
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&found["lists"], &found["problems"]), (&1.into(), &Value::Array(Vec::new())), "{found}");
}

#[test]
fn a_new_list_begins_as_a_template_and_lint_knows_it_by_its_format() {
    let authority = Authority::founded();
    let new = ["draft", "new", "--kind", "entity-list", "--id", "BOD-X", "--issuer", "dhs"];
    assert_eq!(authority.run(&new).done().stdout, "BOD-X.draft.jsonc\n");
    assert!(authority.folder().join("entity-list.schema.json").exists());
    let ran = authority.run(&["draft", "lint", "BOD-X.draft.jsonc"]).ended(Exit::Usage, "errors: ");
    assert!(ran.stdout.contains("[blank]"), "{}", ran.stdout);
    let bad = list(1, None, r#""identifiers": [{ "kind": "domain", "value": "com" }]"#);
    authority.write("bad.jsonc", &bad);
    let ran = authority.run(&["draft", "lint", "bad.jsonc"]).ended(Exit::Usage, "errors: 1");
    assert!(ran.stdout.contains("/identifiers/0/value") && ran.stdout.contains("[matches-everything]"));
    authority
        .run(&["sign", "bad.jsonc", "--key", "keys/officer-1.key", "--yes"])
        .ended(Exit::Usage, "found 1 errors in the draft");
    let first = list(1, None, ROW);
    let envelope = signed(&authority, "list.jsonc", &first);
    authority.publish(&[&envelope]).done();
    authority.write("next.jsonc", list(3, Some(digest(&first)), ROW));
    let ran =
        authority.run(&["draft", "lint", "next.jsonc", "--repo", "repo"]).ended(Exit::Usage, "errors: 2");
    assert!(
        ran.stdout.contains("[revision-step]") && ran.stdout.contains("[same-content]"),
        "{}",
        ran.stdout
    );
}

#[test]
fn an_issuers_own_officers_alone_sign_a_list_and_its_id_is_no_directives() {
    let authority = Authority::founded();
    authority.write("list.jsonc", list(1, None, ROW));
    authority
        .run(&["sign", "list.jsonc", "--key", "keys/other-officer-1.key", "--repo", "repo", "--yes"])
        .ended(Exit::Refused, "is not an active key of the issuer \"dhs\"");
    let alone = authority.sign("list.jsonc", &[Name::Officer1]);
    authority.publish(&[&alone]).ended(Exit::Refused, "BOD-X.1.entity-list.json would not be believed");
    let stolen = list(1, None, ROW).replace("BOD-X", "ZZZ-X");
    let stolen = signed(&authority, "stolen.jsonc", &stolen);
    authority.publish(&[&stolen]).ended(Exit::Refused, "no issuer may issue ZZZ-X");
    let directive = signed(&authority, "bod.jsonc", &draft("BOD-X", 1, None));
    authority.publish(&[&directive]).done();
    let both = authority.sign(&alone, &[Name::Officer2]);
    authority.publish(&[&both]).ended(Exit::Refused, "BOD-X would be the id of a directive and of a list");
}

#[test]
fn a_directive_that_means_a_list_which_is_not_there_is_not_published() {
    let authority = Authority::founded();
    let first = list(1, None, ROW);
    let missing = signed(&authority, "a.jsonc", &naming("BOD-1", r#"{ "list": "BOD-X" }"#));
    authority.publish(&[&missing]).ended(Exit::Refused, "list BOD-X is not held");
    let envelope = signed(&authority, "list.jsonc", &first);
    authority.publish(&[&envelope]).done();
    let newer = signed(&authority, "b.jsonc", &naming("BOD-2", r#"{ "list": "BOD-X", "min_revision": 2 }"#));
    authority
        .publish(&[&newer])
        .ended(Exit::Refused, "the newest revision of list BOD-X is 1, wanted at least 2");
    let pinned = format!(r#"{{ "list": "BOD-X", "digest": "{}" }}"#, Sha256::of(b""));
    let pinned = signed(&authority, "c.jsonc", &naming("BOD-3", &pinned));
    authority.publish(&[&pinned]).ended(Exit::Refused, "no revision of list BOD-X has the payload");
    let pinned = format!(r#"{{ "list": "BOD-X", "digest": "{}" }}"#, digest(&first));
    let pinned = signed(&authority, "d.jsonc", &naming("BOD-4", &pinned));
    authority.publish(&[&missing, &pinned]).done();
    authority.run(&["verify", "repo"]).done();
}

#[test]
fn a_published_revision_of_a_list_keeps_its_payload() {
    let authority = Authority::founded();
    let envelope = signed(&authority, "list.jsonc", &list(1, None, ROW));
    authority.publish(&[&envelope]).done();
    std::fs::remove_file(authority.folder().join(&envelope)).unwrap();
    let other = signed(&authority, "list.jsonc", &list(1, None, &ROW.replace("example", "other")));
    authority.publish(&[&other]).ended(Exit::Refused, "is published with payload");
    let gap = list(3, Some(Sha256::of(b"x")), ROW);
    let gap = signed(&authority, "gap.jsonc", &gap);
    authority.publish(&[&gap]).ended(Exit::Refused, "the revisions of BOD-X would not follow each other");
}

#[test]
fn entries_are_described_checked_line_by_line_and_published_with_the_list() {
    let authority = Authority::founded();
    let (a, b) = (Sha256::of(b"2"), Sha256::of(b"1"));
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    authority.write("BOD-X.hashes.1.txt", format!("{low}\n{high}\n"));
    let described =
        authority.run(&["draft", "entries", "BOD-X.hashes.1.txt", "--kind", "sha256"]).done().stdout;
    let described = described.trim_end();
    let file: Value = serde_json::from_str(described).unwrap();
    assert_eq!((&file["entries"], &file["length"]), (&2.into(), &130.into()));
    for (text, says) in [
        (format!("{high}\n{low}\n"), "line 2 does not come after the line before it"),
        (format!("{low}\n{high}"), "line 2 does not end with a line feed"),
        (format!("{low}\nno digest\n"), "the first line 2: \"no digest\""),
        ("\n".into(), "line 1 is no line of text"),
    ] {
        authority.write("other.txt", text);
        authority.run(&["draft", "entries", "other.txt", "--kind", "sha256"]).ended(Exit::Usage, says);
    }
    authority.write("domains.txt", "com\n");
    authority
        .run(&["draft", "entries", "domains.txt", "--kind", "domain"])
        .ended(Exit::Usage, "the first line 1: \"com\"");
    let mut wrong: Vec<String> = (0..101).map(|number| format!("no digest {number:03}\n")).collect();
    authority.write("other.txt", wrong.concat());
    let ran = authority.run(&["draft", "entries", "other.txt", "--kind", "sha256"]);
    let ran = ran.ended(Exit::Usage, "found 101 entries that are not of their kind");
    assert_eq!(ran.stdout.lines().count(), 100, "the rest is counted");
    wrong.truncate(100);
    authority.write("other.txt", wrong.concat());
    let ran = authority.run(&["draft", "entries", "other.txt", "--kind", "sha256"]);
    assert_eq!(ran.stdout.lines().count(), 100);

    let envelope =
        signed(&authority, "list.jsonc", &list(1, None, &format!(r#""attachments": [{described}]"#)));
    authority.publish(&[&envelope]).ended(Exit::Refused, "BOD-X.hashes.1.txt is neither given nor published");
    let publish = |path: &str| authority.run(&["publish", "--repo", "repo", &envelope, "--attach", path]);
    std::fs::create_dir(authority.folder().join("odd")).unwrap();
    authority.write("odd/BOD-X.hashes.1.txt", format!("{low}\n{low}\n"));
    publish("odd/BOD-X.hashes.1.txt")
        .ended(Exit::Refused, "BOD-X.hashes.1.txt is not the file of entries that the list names");
    publish("BOD-X.hashes.1.txt").done();
    authority.run(&["verify", "repo"]).done();
    let wrong = described.replace("\"sha256\"", "\"cve\"");
    let second = list(
        2,
        Some(digest(&list(1, None, &format!(r#""attachments": [{described}]"#)))),
        &format!(r#""attachments": [{wrong}]"#),
    );
    let second = signed(&authority, "second.jsonc", &second);
    authority.publish(&[&second]).ended(
        Exit::Refused,
        "BOD-X.hashes.1.txt: found 2 entries that are not of their kind, the first line 1",
    );
}

#[test]
fn verify_tells_of_a_list_that_is_damaged() {
    let authority = Authority::founded();
    let list = signed(&authority, "list.jsonc", &list(1, None, ROW));
    let directive = signed(&authority, "bod.jsonc", &naming("BOD-17-01", r#"{ "list": "BOD-X" }"#));
    authority.publish(&[&list, &directive]).done();
    let targets = authority.public().join("targets");
    let path = std::fs::read_dir(targets)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_str().unwrap().ends_with("BOD-X.1.entity-list.json"))
        .unwrap();
    std::fs::remove_file(path).unwrap();
    let ran = authority.run(&["verify", "repo"]).ended(Exit::Refused, "problems 2");
    assert!(ran.stdout.contains("BOD-17-01 means a list that is not there"), "{}", ran.stdout);
}
