//! Lists of identifiers that directives share: what a hostile repository, mirror or issuer tries with them, and what the
//! client then holds, recognises and says. `docs/threat-model.md` names these.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::fs;

use interdict_host::exit::Exit;
use interdict_keys_example::Name;
use interdict_schema::Sha256;
use interdict_schema::issuers::{Issuer, KeyState};
use interdict_tests::agency::{Agency, Run};
use interdict_tests::simulator::{Simulator, issuer_key, list_payload, payload, payload_from};
use serde_json::Value;

const FROM_X: &str = r#"[{"list":"BOD-X"}]"#;

/// Rows of a list: packages of these names.
fn packages(names: &[&str]) -> String {
    let rows: Vec<String> =
        names.iter().map(|name| format!(r#"{{"kind":"package","value":"{name}"}}"#)).collect();
    format!(r#""identifiers":[{}]"#, rows.join(","))
}

/// The attachment of a list: this file of digests.
fn hashes(path: &str, file: &[u8]) -> String {
    let (digest, length) = (Sha256::of(file), file.len());
    let entries = file.split(|byte| *byte == b'\n').count() - 1;
    format!(
        r#""attachments":[{{"kind":"sha256","path":"{path}","digest":"{digest}","length":{length},"entries":{entries}}}]"#
    )
}

/// A file of the digests of these texts, in order.
fn digests(texts: &[&str]) -> Vec<u8> {
    let mut lines: Vec<String> =
        texts.iter().map(|text| format!("{}\n", Sha256::of(text.as_bytes()))).collect();
    lines.sort();
    lines.concat().into_bytes()
}

/// Two directives that name one list, and an agency that holds all three. The digest of the list.
fn two_directives() -> (Simulator, Agency, Sha256) {
    let mut authority = Simulator::new();
    let list = authority.list(&list_payload("BOD-X", 1, None, &packages(&["listed"])));
    authority.directive(&payload_from("BOD-1", FROM_X));
    authority.directive(&payload_from("BOD-2", FROM_X));
    authority.publish();
    let agency = Agency::following(&authority);
    (authority, agency, list)
}

/// Checks components of these names, each with the digest of its name.
fn check(agency: &Agency, names: &[&str]) -> Run {
    let components: Vec<String> = names
        .iter()
        .map(|name| {
            let digest = Sha256::of(name.as_bytes());
            format!(
                r#"{{"type":"file","name":"{name}","hashes":[{{"alg":"SHA-256","content":"{digest}"}}]}}"#
            )
        })
        .collect();
    let inventory = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"components":[{}]}}"#,
        components.join(",")
    );
    fs::write(agency.path("inventory.json"), inventory).unwrap();
    agency.run(&["check", "inventory.json", "--format", "json"])
}

/// Directive and name of every finding of a check.
fn found(run: &Run) -> Vec<(String, String)> {
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let finding = |finding: &Value| (text(&finding["directive"]), text(&finding["component"]["name"]));
    let mut found: Vec<_> = report["findings"].as_array().unwrap().iter().map(finding).collect();
    found.sort();
    found
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(directive, name)| ((*directive).into(), (*name).into())).collect()
}

fn policy(agency: &Agency) -> Value {
    serde_json::from_str(&agency.policy()).unwrap()
}

/// The values by which the first rule of a directive recognises.
fn recognised(agency: &Agency, directive: &str) -> Vec<String> {
    let policy = policy(agency);
    let rules = policy["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["directive"] == directive).unwrap();
    let rows = rule["identifiers"].as_array().unwrap();
    rows.iter().map(|row| row["value"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn synced(agency: &Agency, authority: &Simulator, exit: Exit) -> Run {
    let run = agency.sync(authority);
    assert_eq!(run.exit(), exit, "{}{}", run.stdout, run.stderr);
    run
}

#[test]
fn revising_a_list_alone_changes_what_both_directives_recognise() {
    let (mut authority, agency, first) = two_directives();
    assert_eq!(recognised(&agency, "BOD-1"), ["own", "listed"]);
    let run = check(&agency, &["listed", "later"]);
    assert_eq!(found(&run), pairs(&[("BOD-1", "listed"), ("BOD-2", "listed")]), "{}", run.stdout);
    assert_eq!(run.exit(), Exit::Findings, "{}", run.stderr);

    let second = list_payload("BOD-X", 2, Some(first), &packages(&["listed", "later"]));
    let digest = authority.list(&second);
    authority.publish();
    synced(&agency, &authority, Exit::Done);
    for directive in ["BOD-1", "BOD-2"] {
        assert_eq!(recognised(&agency, directive), ["own", "listed", "later"], "{directive}");
    }
    let policy = policy(&agency);
    let list = serde_json::json!([{"list": "BOD-X", "revision": 2, "digest": digest}]);
    assert_eq!(policy["rules"][0]["lists"], list);
    assert_eq!(policy["rules"][1]["lists"], list);
    assert_eq!(policy["rules"][0]["identifiers"][1]["list"], "BOD-X");
    assert_eq!(policy["rules"][0]["identifiers"][0]["list"], Value::Null);
    assert_eq!(policy["rules"][0]["revision"], 1, "the directives themselves are as they were");
    let run = check(&agency, &["listed", "later"]);
    assert_eq!(
        found(&run),
        pairs(&[("BOD-1", "later"), ("BOD-1", "listed"), ("BOD-2", "later"), ("BOD-2", "listed")])
    );
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let evidence = &report["findings"][0]["evidence"][0];
    assert_eq!(evidence["list"], serde_json::json!({"id": "BOD-X", "revision": 2}), "{evidence}");
    let again = synced(&agency, &authority, Exit::Done);
    assert!(again.stdout.contains("up to date"), "{}", again.stdout);
}

#[test]
fn the_verbs_that_read_show_lists_beside_directives() {
    let (authority, agency, digest) = two_directives();
    let list = agency.run(&["list"]);
    assert!(list.stdout.contains("BOD-X") && list.stdout.contains("BOD-1, BOD-2"), "{}", list.stdout);
    let json: Value = serde_json::from_str(&agency.run(&["list", "--json"]).stdout).unwrap();
    assert_eq!(json["lists"][0]["id"], "BOD-X");
    assert_eq!(json["lists"][0]["named_by"], serde_json::json!(["BOD-1", "BOD-2"]));
    let page = agency.run(&["show", "BOD-X"]);
    assert_eq!(page.exit(), Exit::Done, "{}", page.stderr);
    for part in ["BOD-X, revision 1: Products of X", "package: listed", "named by    BOD-1, BOD-2"] {
        assert!(page.stdout.contains(part), "{part}: {}", page.stdout);
    }
    let payload = agency.run(&["show", "BOD-X", "--json"]);
    assert_eq!(Sha256::of(payload.stdout.as_bytes()), digest, "the bytes that were signed");
    assert_eq!(agency.run(&["show", "BOD-X", "--revision", "2"]).exit(), Exit::Usage);
    let directive = agency.run(&["show", "BOD-1"]);
    assert!(directive.stdout.contains("list: BOD-X, revision 1, 1 identifier"), "{}", directive.stdout);
    let path = authority.files.keys().find(|path| path.ends_with("BOD-X.1.entity-list.json")).unwrap();
    let path = agency.mirror().join(path);
    let verified = agency.run(&["verify", path.to_str().unwrap(), "--json"]);
    assert_eq!(verified.exit(), Exit::Done, "{}{}", verified.stdout, verified.stderr);
    let json: Value = serde_json::from_str(&verified.stdout).unwrap();
    assert_eq!((&json["list"], &json["directive"]), (&Value::from("BOD-X"), &Value::Null));
    let digest = agency.run(&["digest"]);
    assert!(digest.stdout.contains("new list: BOD-X, revision 1"), "{}", digest.stdout);
    assert_eq!(agency.run(&["status"]).exit(), Exit::Done);
}

#[test]
fn a_list_signed_by_another_issuer_under_a_stolen_id_is_not_held_and_the_gap_is_told() {
    let mut authority = Simulator::new();
    let officers = &[Name::OtherOfficer1, Name::OtherOfficer2];
    authority.list_by(&list_payload("BOD-X", 1, None, &packages(&["listed"])), officers);
    authority.directive(&payload_from("BOD-1", FROM_X));
    authority.publish();
    let agency = Agency::trusting(&authority);
    let run = synced(&agency, &authority, Exit::Refused);
    let says = "BOD-X: quarantined: signatures by 0 of the trusted keys, wanted 2";
    assert!(run.stderr.contains(says), "{}", run.stderr);
    assert_eq!(recognised(&agency, "BOD-1"), ["own"]);
    let policy = policy(&agency);
    let gap = serde_json::json!([{"list": "BOD-X", "gaps": ["list BOD-X is not held"]}]);
    assert_eq!(policy["rules"][0]["lists"], gap);
    // Nothing of the directive's own is in this inventory, and it is no all clear.
    let run = check(&agency, &["listed"]);
    assert_eq!(found(&run), []);
    assert_eq!(run.outcome.all(), [Exit::Refused, Exit::Unsupported], "{}", run.stdout);
    assert!(run.stdout.contains("list BOD-X is not held"), "{}", run.stdout);
    assert_eq!(found(&check(&agency, &["own"])), pairs(&[("BOD-1", "own")]));
}

/// trust.md rule 2
#[test]
fn a_list_of_another_issuer_of_the_repository_recognises_nothing_for_this_one() {
    let mut authority = Simulator::new();
    authority.issuers.issuers.push(Issuer {
        id: "other".into(),
        name: "Another".into(),
        threshold: 2,
        prefixes: vec!["X".into()],
        may_amend: Vec::new(),
        keys: [Name::OtherOfficer1, Name::OtherOfficer2].map(issuer_key).to_vec(),
    });
    authority.publish_issuers();
    let theirs = String::from_utf8(list_payload("X-1", 1, None, &packages(&["listed"]))).unwrap();
    let theirs = theirs.replace(r#""issuer":"dhs""#, r#""issuer":"other""#);
    authority.list_by(theirs.as_bytes(), &[Name::OtherOfficer1, Name::OtherOfficer2]);
    authority.directive(&payload_from("BOD-1", r#"[{"list":"X-1"}]"#));
    authority.publish();
    let agency = Agency::following(&authority);
    assert_eq!(recognised(&agency, "BOD-1"), ["own"]);
    let run = check(&agency, &["listed"]);
    assert_eq!((found(&run), run.exit()), (Vec::new(), Exit::Unsupported), "{}", run.stdout);
    assert!(run.stdout.contains(r#"list X-1 is of the issuer \"other\", wanted \"dhs\""#), "{}", run.stdout);
    let status = agency.run(&["status"]);
    assert_eq!(status.exit(), Exit::Unsupported);
    assert!(status.stdout.contains("BOD-1: list X-1 is of the issuer"), "{}", status.stdout);
}

#[test]
fn a_list_signed_by_one_officer_leaves_the_revision_before_it_in_force() {
    let (mut authority, agency, first) = two_directives();
    let second = list_payload("BOD-X", 2, Some(first), &packages(&[]));
    authority.list_by(&second, &[Name::Officer3]);
    authority.publish();
    let run = synced(&agency, &authority, Exit::Refused);
    assert!(run.stderr.contains("BOD-X: quarantined: signatures by 1"), "{}", run.stderr);
    assert_eq!(recognised(&agency, "BOD-2"), ["own", "listed"]);
    assert_eq!(policy(&agency)["lists"][0]["marks"], serde_json::json!(["quarantined"]));
    assert_eq!(check(&agency, &["harmless"]).exit(), Exit::Refused);
    synced(&agency, &authority, Exit::Refused);
}

/// trust.md rule 2
#[test]
fn a_list_is_never_taken_for_a_directive_nor_a_directive_for_a_list() {
    let (mut authority, agency, _) = two_directives();
    let list = authority.targets.targets["BOD-X.1.entity-list.json"].clone();
    let file = format!("targets/{}.BOD-X.1.entity-list.json", list.hashes.sha256.unwrap());
    let bytes = authority.file(&file).to_vec();
    authority.target("BOD-9.1.json", &bytes);
    authority.publish();
    let run = synced(&agency, &authority, Exit::Refused);
    assert!(run.stderr.contains("BOD-9: quarantined: found payload type"), "{}", run.stderr);
    assert_eq!(recognised(&agency, "BOD-1"), ["own", "listed"]);
}

#[test]
fn a_list_that_goes_back_to_an_older_revision_lifts_nothing() {
    let (mut authority, agency, first) = two_directives();
    authority.list(&list_payload("BOD-X", 2, Some(first), &packages(&["listed", "later"])));
    authority.publish();
    synced(&agency, &authority, Exit::Done);
    authority.unlist("BOD-X.2.entity-list.json");
    authority.publish();
    let run = synced(&agency, &authority, Exit::Refused);
    assert!(run.stderr.contains("BOD-X: vanished: revision 1 is the newest one listed"), "{}", run.stderr);
    assert_eq!(recognised(&agency, "BOD-1"), ["own", "listed", "later"]);
    authority.unlist("BOD-X.1.entity-list.json");
    authority.publish();
    synced(&agency, &authority, Exit::Refused);
    assert_eq!(recognised(&agency, "BOD-1"), ["own", "listed", "later"]);
}

#[test]
fn another_payload_of_a_revision_of_a_list_is_equivocation() {
    let (mut authority, agency, _) = two_directives();
    authority.list(&list_payload("BOD-X", 1, None, &packages(&["other"])));
    authority.publish();
    let run = synced(&agency, &authority, Exit::Refused);
    assert!(run.stderr.contains("BOD-X: equivocation"), "{}", run.stderr);
    assert_eq!(recognised(&agency, "BOD-1"), ["own", "listed"]);
    let evidence = agency.run(&["evidence", "list"]);
    assert!(evidence.stdout.contains("BOD-X.1.entity-list.json"), "{}", evidence.stdout);
}

#[test]
fn a_compromised_key_withdraws_a_signature_and_not_the_list_and_repudiation_removes_it() {
    let (mut authority, agency, digest) = two_directives();
    authority.issuers.issuers[0].keys[0].state = KeyState::Compromised;
    authority.publish_issuers();
    authority.publish();
    let run = synced(&agency, &authority, Exit::Refused);
    assert!(run.stderr.contains("BOD-X: signature-withdrawn"), "{}", run.stderr);
    assert_eq!(recognised(&agency, "BOD-1"), ["own", "listed"]);
    authority.issuers.issuers[0].keys[0].state = KeyState::Active;
    authority.issuers.repudiated.push(digest);
    authority.publish_issuers();
    authority.publish();
    synced(&agency, &authority, Exit::Refused);
    assert_eq!(recognised(&agency, "BOD-1"), ["own"], "only a root-signed list removes a forged one");
    authority.unlist("BOD-X.1.entity-list.json");
    authority.publish();
    synced(&agency, &authority, Exit::Done);
    assert_eq!(check(&agency, &["listed"]).exit(), Exit::Unsupported, "and the gap is told");
}

#[test]
fn a_reference_may_pin_a_revision_or_ask_for_one_that_is_new_enough() {
    let mut authority = Simulator::new();
    let first = authority.list(&list_payload("BOD-X", 1, None, &packages(&["old"])));
    authority.list(&list_payload("BOD-X", 2, Some(first), &packages(&["new"])));
    authority.directive(&payload_from("BOD-1", &format!(r#"[{{"list":"BOD-X","digest":"{first}"}}]"#)));
    authority.directive(&payload_from("BOD-2", r#"[{"list":"BOD-X","min_revision":2}]"#));
    authority.directive(&payload_from("BOD-3", r#"[{"list":"BOD-X","min_revision":3}]"#));
    authority.publish();
    let agency = Agency::following(&authority);
    assert_eq!(recognised(&agency, "BOD-1"), ["own", "old"]);
    assert_eq!(recognised(&agency, "BOD-2"), ["own", "new"]);
    assert_eq!(recognised(&agency, "BOD-3"), ["own", "new"], "what it has holds");
    let run = check(&agency, &["harmless"]);
    assert_eq!(run.exit(), Exit::Unsupported);
    assert!(
        run.stdout.contains("the newest revision of list BOD-X is 2, wanted at least 3"),
        "{}",
        run.stdout
    );
}

/// A directive whose list has a file of digests, and an agency that follows it.
fn with_file(file: &[u8]) -> (Simulator, Agency, Sha256) {
    let mut authority = Simulator::new();
    authority.target("BOD-X.hashes.1.txt", file);
    let list = authority.list(&list_payload("BOD-X", 1, None, &hashes("BOD-X.hashes.1.txt", file)));
    authority.directive(&payload_from("BOD-1", FROM_X));
    authority.publish();
    let agency = Agency::following(&authority);
    (authority, agency, list)
}

#[test]
fn entries_of_an_attachment_recognise_and_lie_in_the_generation_for_scripts() {
    let file = digests(&["bad", "worse"]);
    let (authority, agency, _) = with_file(&file);
    let run = check(&agency, &["bad", "good"]);
    assert_eq!(found(&run), pairs(&[("BOD-1", "bad")]), "{}", run.stdout);
    let attachment = &policy(&agency)["rules"][0]["lists"][0]["attachments"][0];
    assert_eq!((&attachment["kind"], &attachment["entries"]), (&"sha256".into(), &2.into()));
    let path = agency.state().join("current").join(attachment["file"].as_str().unwrap());
    assert_eq!(fs::read(path).unwrap(), file);
    assert!(!agency.state().join("repositories/main/incoming").exists());
    synced(&agency, &authority, Exit::Done);
    let names = agency.run(&["check", "inventory.json", "--format", "json"]).stdout;
    assert!(names.contains(r#""list""#), "{names}");
}

#[test]
fn files_on_a_disk_are_compared_with_entries_of_an_attachment() {
    let (_, agency, _) = with_file(&digests(&["bad", "worse"]));
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("a.txt", "bad"), ("bad", "good"), ("c", "")] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let path = folder.path().to_str().unwrap();
    let run = agency.run(&["check", "--files", path, "--format", "json"]);
    assert_eq!(found(&run), pairs(&[("BOD-1", "a.txt")]), "{}", run.stdout);
}

#[test]
fn an_attachment_stays_with_its_list_over_revisions_and_goes_with_it() {
    let file = digests(&["bad"]);
    let (mut authority, agency, first) = with_file(&file);
    let members = format!("{},{}", packages(&["listed"]), hashes("BOD-X.hashes.1.txt", &file));
    let second = authority.list(&list_payload("BOD-X", 2, Some(first), &members));
    authority.publish();
    // It is held, and not fetched again.
    let served = authority.files.keys().find(|path| path.ends_with("hashes.1.txt")).cloned().unwrap();
    authority.files.remove(&served).unwrap();
    synced(&agency, &authority, Exit::Done);
    assert_eq!(found(&check(&agency, &["bad"])), pairs(&[("BOD-1", "bad")]));
    authority.list(&list_payload("BOD-X", 3, Some(second), &packages(&["listed"])));
    authority.publish();
    synced(&agency, &authority, Exit::Done);
    assert_eq!(found(&check(&agency, &["bad"])), []);
}

#[test]
fn an_attachment_that_is_listed_but_not_served_stops_the_sync_without_an_answer() {
    let (mut authority, agency, _) = two_directives();
    let file = digests(&["bad"]);
    authority.target("h.txt", &file);
    authority.list(&list_payload("BOD-Y", 1, None, &hashes("h.txt", &file)));
    authority.publish();
    let served = authority.files.keys().find(|path| path.ends_with("h.txt")).cloned().unwrap();
    let bytes = authority.files.remove(&served).unwrap();
    let before = agency.held();
    synced(&agency, &authority, Exit::NoAnswer);
    synced(&agency, &authority, Exit::NoAnswer);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let policy = |held: &std::collections::BTreeMap<std::path::PathBuf, Vec<u8>>| {
        held.iter().find(|(path, _)| path.ends_with("policy.json")).map(|(_, bytes)| bytes.clone())
    };
    assert_eq!(policy(&agency.held()), policy(&before), "{text}");
    authority.files.insert(served, bytes);
    synced(&agency, &authority, Exit::Done);
}

#[test]
fn a_tampered_attachment_is_refused_and_nothing_of_it_stays() {
    type Tamper = fn(&mut Vec<u8>);
    let cases: [(Tamper, &str); 4] = [
        (|bytes| bytes[0] ^= 1, "found a file of 65 bytes with sha256"),
        (|bytes| bytes.truncate(64), "found a file of 64 bytes with sha256"),
        (|bytes| bytes.push(b'x'), "more than 65 bytes"),
        (|bytes| bytes.extend(std::iter::repeat_n(b'0', 1_000_000)), "more than 65 bytes"),
    ];
    for (tamper, says) in cases {
        let (mut authority, agency, _) = two_directives();
        let file = digests(&["bad"]);
        authority.target("h.txt", &file);
        authority.list(&list_payload("BOD-Y", 1, None, &hashes("h.txt", &file)));
        authority.publish();
        let served = authority.files.keys().find(|path| path.ends_with("h.txt")).cloned().unwrap();
        tamper(authority.files.get_mut(&served).unwrap());
        let run = synced(&agency, &authority, Exit::Refused);
        assert!(run.stderr.contains(says), "{}", run.stderr);
        assert!(!agency.policy().contains("BOD-Y"));
        assert!(!agency.state().join("repositories/main/incoming").exists());
        assert_eq!(
            agency.run(&["evidence", "list"]).stdout.lines().count(),
            2,
            "one record under its header"
        );
    }
}

#[test]
fn a_list_whose_attachment_the_metadata_does_not_name_as_the_list_does_is_quarantined() {
    let (mut authority, agency, first) = two_directives();
    let file = digests(&["bad"]);
    let members = format!("{},{}", packages(&["listed", "later"]), hashes("h.txt", &file));
    authority.list(&list_payload("BOD-X", 2, Some(first), &members));
    authority.publish();
    let says =
        "BOD-X: quarantined: revision 2 names the entries h.txt, which are not listed as it names them";
    let run = synced(&agency, &authority, Exit::Refused);
    assert!(run.stderr.contains(says), "{}", run.stderr);
    assert_eq!(recognised(&agency, "BOD-1"), ["own", "listed"], "the last consistent text stays");
    authority.target("h.txt", &digests(&["other"]));
    authority.publish();
    let run = synced(&agency, &authority, Exit::Refused);
    assert!(run.stderr.contains(says), "{}", run.stderr);
    authority.target("h.txt", &file);
    authority.publish();
    synced(&agency, &authority, Exit::Done);
    assert_eq!(recognised(&agency, "BOD-1"), ["own", "listed", "later"]);
}

#[test]
fn an_attachment_that_was_changed_on_disk_is_noticed_before_it_says_anything() {
    let file = digests(&["bad"]);
    let (authority, agency, _) = with_file(&file);
    let path = policy(&agency)["rules"][0]["lists"][0]["attachments"][0]["file"].as_str().unwrap().to_owned();
    let path = agency.state().join("current").join(path);
    fs::write(&path, digests(&["good"])).unwrap();
    let run = check(&agency, &["bad"]);
    assert_eq!(run.exit(), Exit::Refused, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("is not the file of entries that the list names"), "{}", run.stderr);
    fs::remove_file(&path).unwrap();
    assert_eq!(check(&agency, &["bad"]).exit(), Exit::Refused);
    synced(&agency, &authority, Exit::Done);
    assert_eq!(found(&check(&agency, &["bad"])), pairs(&[("BOD-1", "bad")]), "and is fetched again");
}

#[test]
fn entries_of_another_form_than_is_agreed_are_told_of_and_everything_else_holds() {
    let mut file = digests(&["a", "b", "bad"]);
    file.rotate_left(65);
    let (_, agency, _) = with_file(&file);
    let run = check(&agency, &["bad", "own"]);
    assert_eq!(found(&run), pairs(&[("BOD-1", "own")]));
    assert!(run.outcome.all().contains(&Exit::Unsupported), "{}", run.stdout);
    assert!(run.stdout.contains("does not come after the line before it"), "{}", run.stdout);
    let domains = b"a.example\nb.example\n";
    let mut authority = Simulator::new();
    authority.target("d.txt", domains);
    let members = hashes("d.txt", domains).replace("\"sha256\"", "\"domain\"");
    authority.list(&list_payload("BOD-X", 1, None, &members));
    authority.directive(&payload_from("BOD-1", FROM_X));
    authority.publish();
    let agency = Agency::following(&authority);
    let run = check(&agency, &["harmless"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let not = report["coverage"]["not_looked_for"].as_array().unwrap();
    assert!(not.iter().any(|not| not["kind"] == "domain" && not["identifiers"] == 2), "{not:?}");
}

#[test]
fn entries_that_are_not_of_their_kind_are_counted_and_told_of_and_the_others_are_compared() {
    let file = [digests(&["bad"]), b"no digest\nnone either\n".to_vec()].concat();
    let (_, agency, _) = with_file(&file);
    let run = check(&agency, &["bad", "good"]);
    assert_eq!(found(&run), pairs(&[("BOD-1", "bad")]), "{}", run.stdout);
    assert_eq!(run.outcome.all(), [Exit::Unsupported, Exit::Findings]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let told = report["unsupported"].as_array().unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (told[0]["directive"].as_str(), told[0]["place"].as_str(), told[0]["what"].as_str()),
        (
            Some("BOD-X"),
            Some("BOD-X.hashes.1.txt"),
            Some(
                "2 of the entries are no sha256, the first in line 2: not of this kind, byte 0: found another form, \
                 wanted 64 lower-case hexadecimal digits"
            )
        )
    );
}

#[test]
fn a_bundle_carries_lists_and_their_attachments() {
    let file = digests(&["bad"]);
    let (authority, agency, _) = with_file(&file);
    let bundle = agency.path("bundle.tar");
    let run = agency.run(&["bundle", "export", bundle.to_str().unwrap()]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    let other = Agency::trusting(&authority);
    let run = other.run(&["bundle", "import", bundle.to_str().unwrap()]);
    assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
    assert_eq!(found(&check(&other, &["bad"])), pairs(&[("BOD-1", "bad")]));
}

#[test]
fn a_directive_without_lists_is_untouched_by_all_of_them() {
    let (mut authority, agency, _) = two_directives();
    authority.directive(&payload("BOD-3", 1, None));
    authority.unlist("BOD-X.1.entity-list.json");
    authority.publish();
    synced(&agency, &authority, Exit::Refused);
    assert_eq!(recognised(&agency, "BOD-3"), ["forbidden"]);
    assert_eq!(recognised(&agency, "BOD-1"), ["own", "listed"]);
}
