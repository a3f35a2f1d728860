//! Waivers in documents of their own, the whole way: what a hostile repository, issuer or mirror tries with them, and what the
//! client then holds, applies and says. `docs/threat-model.md` names these.
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
use interdict_tests::simulator::{Simulator, days_after, issuer_key, payload, waiver_payload};
use serde_json::Value;

/// The agency says who it is; a waiver is for somebody.
fn examplia(agency: &Agency) {
    let path = agency.path("config.toml");
    let config = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{config}\n[agency]\nname = \"Examplia\"\n")).unwrap();
}

/// An authority with one directive, and the digest of its first text.
fn authority() -> (Simulator, Sha256) {
    let mut authority = Simulator::new();
    let digest = authority.directive(&payload("BOD-1", 1, None));
    (authority, digest)
}

/// An authority whose waiver frees Examplia of the subject, and the agency that has synced; the digest of the waiver.
fn waived() -> (Simulator, Agency, Sha256, Sha256) {
    let (mut authority, text) = authority();
    let waiver = authority.waiver(&granting(text, 1, None, ""));
    authority.publish();
    let agency = Agency::trusting(&authority);
    examplia(&agency);
    synced(&agency, &authority, Exit::Done);
    (authority, agency, text, waiver)
}

fn granting(text: Sha256, revision: u32, previous: Option<Sha256>, more: &str) -> Vec<u8> {
    waiver_payload(("BOD-1-W", revision, previous), ("BOD-1", text, "it"), more)
}

#[track_caller]
fn synced(agency: &Agency, authority: &Simulator, exit: Exit) -> Run {
    let run = agency.sync(authority);
    assert_eq!(run.exit(), exit, "{}{}", run.stdout, run.stderr);
    run
}

/// What a check of the forbidden package says.
fn check(agency: &Agency) -> (Value, Run) {
    fs::write(agency.path("inventory.csv"), "name,version\nforbidden,1.0\n").unwrap();
    let run = agency.run(&["check", "inventory.csv", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    (report, run)
}

#[track_caller]
fn verdict(agency: &Agency, wanted: &str) -> Run {
    let (report, run) = check(agency);
    assert_eq!(report["findings"][0]["verdict"], wanted, "{}{}", run.stdout, run.stderr);
    run
}

fn policy(agency: &Agency) -> Value {
    serde_json::from_str(&agency.policy()).unwrap()
}

#[test]
fn a_waiver_of_its_own_frees_the_agency_and_is_cited_everywhere() {
    let (_, agency, _, digest) = waived();
    let (report, run) = check(&agency);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stdout);
    let finding = &report["findings"][0];
    assert_eq!(finding["verdict"], "waived");
    let document = serde_json::json!({"id": "BOD-1-W", "revision": 1, "digest": digest});
    assert_eq!(finding["exclusion"]["document"], document);
    let reason =
        "waived without end, granted by The Director in BOD-1-W revision 1; conditions: a plan is filed";
    assert_eq!(finding["exclusion"]["reason"], reason);

    let policy = policy(&agency);
    let by = serde_json::json!({"waiver": "BOD-1-W", "revision": 1, "digest": digest});
    assert_eq!(policy["rules"][0]["waived_by"], by);
    assert!(policy["rules"][0]["waived_until"].is_string());
    let state = &policy["waivers"][0];
    assert_eq!((&state["id"], &state["waives"]), (&"BOD-1-W".into(), &"BOD-1".into()));
    assert_eq!(state["parts"], serde_json::json!([{"directive": "BOD-1", "part": "it"}]));
    assert_eq!(state["from"], "2017-09-13T04:00:00Z");

    let page = agency.run(&["show", "BOD-1"]).stdout;
    let says = format!("    says BOD-1-W revision 1, sha256:{digest}\n");
    assert!(page.contains("  BOD-1-W: Examplia from it") && page.contains(&says), "{page}");
    let own = agency.run(&["show", "BOD-1-W"]);
    assert_eq!(own.exit(), Exit::Done, "{}", own.stderr);
    assert!(own.stdout.contains("waiver from BOD-1: frees this agency without an end\n"), "{}", own.stdout);
    let bytes = agency.run(&["show", "BOD-1-W", "--json"]).stdout;
    assert_eq!(Sha256::of(bytes.as_bytes()), digest, "the bytes that were signed");
    let list = agency.run(&["list"]).stdout;
    assert!(list.contains("BOD-1-W") && list.contains("frees this agency without an end"), "{list}");
    let status = agency.run(&["status"]);
    assert_eq!(status.exit(), Exit::Done, "{}", status.stdout);
    assert!(status.stdout.contains("waivers in documents of their own: 1\n"), "{}", status.stdout);
    assert!(agency.run(&["digest"]).stdout.contains("new waiver: BOD-1-W, revision 1: A waiver\n"));
}

#[test]
fn verify_judges_a_waiver_as_it_judges_a_directive() {
    let (mut authority, agency, text, first) = waived();
    let path = |authority: &Simulator, name: &str| {
        let file = authority.files.keys().find(|path| path.ends_with(name)).unwrap();
        agency.mirror().join(file).to_str().unwrap().to_owned()
    };
    let one = path(&authority, "BOD-1-W.1.waiver.json");
    let run = agency.run(&["verify", &one, "--json"]);
    assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&json["waiver"], &json["directive"]), (&"BOD-1-W".into(), &Value::Null));
    authority.waiver(&granting(text, 2, Some(first), r#","until":"2030-01-01""#));
    authority.publish();
    synced(&agency, &authority, Exit::Done);
    let run = agency.run(&["verify", &one]);
    assert_eq!(run.exit(), Exit::Findings, "{}", run.stdout);
    assert!(run.stdout.contains("no: replaced by revision 2"), "{}", run.stdout);
}

#[test]
fn it_expires_in_plain_sight_and_a_clock_that_is_set_back_does_not_bring_it_back() {
    let (mut authority, mut agency, text, first) = waived();
    let until = r#","until":"2017-12-31""#;
    authority.waiver(&granting(text, 2, Some(first), until));
    authority.publish();
    synced(&agency, &authority, Exit::Done);
    fs::write(agency.path("inventory.csv"), "name,version\nforbidden,1.0\n").unwrap();
    let on = |day: &str| agency.run(&["check", "inventory.csv", "--as-of", day]).stdout;
    assert!(on("2018-01-01T04:59:59Z").contains("waived until 2018-01-01T04:59:59Z"));
    assert!(!on("2018-01-01T05:00:00Z").contains("waived until"));
    agency.now = days_after(agency.now, 3);
    let third = granting(text, 3, Some(Sha256::of(&granting(text, 2, Some(first), until))), "");
    let revoked = String::from_utf8(third).unwrap().replace("in-force", "revoked");
    let revoked = revoked.replace(r#""issued":"2017-09-13""#, &format!(r#""issued":"{}""#, agency.now));
    authority.waiver(revoked.as_bytes());
    authority.publish();
    synced(&agency, &authority, Exit::Done);
    verdict(&agency, "match");
    // Before the revocation was issued: what it was asked for is answered, what the clock says is not believed.
    agency.now = days_after(agency.now, -2);
    verdict(&agency, "match");
}

#[test]
fn a_revoked_waiver_frees_nobody_and_is_no_alarm() {
    let (mut authority, agency, text, first) = waived();
    let second =
        String::from_utf8(granting(text, 2, Some(first), "")).unwrap().replace("in-force", "revoked");
    authority.waiver(second.as_bytes());
    authority.publish();
    synced(&agency, &authority, Exit::Done);
    let run = verdict(&agency, "match");
    assert_eq!(run.exit(), Exit::Findings, "{}", run.stdout);
    assert_eq!(policy(&agency)["rules"][0]["waived_until"], Value::Null);
    assert_eq!(policy(&agency)["waivers"][0]["without_effect"], "it is revoked since 2017-09-13");
    let page = agency.run(&["show", "BOD-1"]).stdout;
    assert!(page.contains("Waivers that free nobody\n  BOD-1-W revision 2: it is revoked"), "{page}");
    assert_eq!(agency.run(&["status"]).exit(), Exit::Done);
}

/// trust.md rule 5
#[test]
fn a_waiver_signed_by_another_issuer_frees_nobody() {
    let (mut authority, text) = authority();
    authority.issuers.issuers.push(Issuer {
        id: "other".into(),
        name: "Another".into(),
        threshold: 2,
        prefixes: vec!["X".into()],
        may_amend: Vec::new(),
        keys: [Name::OtherOfficer1, Name::OtherOfficer2].map(issuer_key).to_vec(),
    });
    authority.publish_issuers();
    let officers = [Name::OtherOfficer1, Name::OtherOfficer2];
    // Under a stolen id: not believed at all.
    authority.waiver_by(&granting(text, 1, None, ""), &officers);
    // Under an id of its own, from another's directive: believed, and entitled to nothing.
    let theirs = String::from_utf8(waiver_payload(("X-1", 1, None), ("BOD-1", text, "it"), "")).unwrap();
    let theirs = theirs.replace(r#""issuer":"dhs""#, r#""issuer":"other""#);
    authority.waiver_by(theirs.as_bytes(), &officers);
    authority.publish();
    let agency = Agency::trusting(&authority);
    examplia(&agency);
    let run = synced(&agency, &authority, Exit::Refused);
    let says = "BOD-1-W: quarantined: signatures by 0 of the trusted keys, wanted 2; it waives nothing";
    assert!(run.stderr.contains(says), "{}", run.stderr);
    let run = verdict(&agency, "match");
    assert_eq!(run.outcome.all(), [Exit::Refused, Exit::Findings], "{}", run.stdout);
    let status = agency.run(&["status"]).stdout;
    assert!(status.contains(r#"X-1 waives nothing: "other" may not act on directives of "dhs""#), "{status}");
    // Until the root-signed list grants it.
    authority.issuers.issuers.last_mut().unwrap().may_amend = vec!["BOD".into()];
    authority.unlist("BOD-1-W.1.waiver.json");
    authority.publish_issuers();
    authority.publish();
    synced(&agency, &authority, Exit::Done);
    verdict(&agency, "waived");
}

#[test]
fn a_waiver_signed_by_one_officer_frees_nobody() {
    let (mut authority, text) = authority();
    authority.waiver_by(&granting(text, 1, None, ""), &[Name::Officer1]);
    authority.publish();
    let agency = Agency::trusting(&authority);
    examplia(&agency);
    let run = synced(&agency, &authority, Exit::Refused);
    assert!(run.stderr.contains("BOD-1-W: quarantined: signatures by 1"), "{}", run.stderr);
    verdict(&agency, "match");
    assert_eq!(policy(&agency)["waivers"], Value::Null);
}

#[test]
fn a_waiver_is_never_taken_for_a_directive_nor_for_a_list() {
    let (mut authority, agency, _, _) = waived();
    let file = authority.files.keys().find(|path| path.ends_with("BOD-1-W.1.waiver.json")).unwrap();
    let bytes = authority.file(&file.clone()).to_vec();
    authority.target("BOD-9.1.json", &bytes);
    authority.publish();
    let run = synced(&agency, &authority, Exit::Refused);
    assert!(run.stderr.contains("BOD-9: quarantined: found payload type"), "{}", run.stderr);
    verdict(&agency, "waived");
}

#[test]
fn a_revocation_that_is_taken_back_brings_no_waiver_back() {
    let (mut authority, agency, text, first) = waived();
    let second =
        String::from_utf8(granting(text, 2, Some(first), "")).unwrap().replace("in-force", "revoked");
    authority.waiver(second.as_bytes());
    authority.publish();
    synced(&agency, &authority, Exit::Done);
    authority.unlist("BOD-1-W.2.waiver.json");
    authority.publish();
    let run = synced(&agency, &authority, Exit::Refused);
    assert!(run.stderr.contains("BOD-1-W: vanished"), "{}", run.stderr);
    verdict(&agency, "match");
    // Nor does another text of the first revision.
    authority.unlist("BOD-1-W.1.waiver.json");
    authority.waiver(&granting(text, 1, None, r#","until":"2030-01-01""#));
    authority.publish();
    let run = synced(&agency, &authority, Exit::Refused);
    assert!(run.stderr.contains("BOD-1-W: equivocation"), "{}", run.stderr);
    verdict(&agency, "match");
}

#[test]
fn a_waiver_that_is_no_longer_listed_frees_nobody_and_is_shouted_until_it_is_listed_again() {
    let (mut authority, agency, text, _) = waived();
    authority.unlist("BOD-1-W.1.waiver.json");
    authority.publish();
    let run = synced(&agency, &authority, Exit::Refused);
    assert!(run.stderr.contains("BOD-1-W: vanished: no longer listed; it waives nothing"), "{}", run.stderr);
    let run = verdict(&agency, "match");
    assert_eq!(run.outcome.all(), [Exit::Refused, Exit::Findings]);
    assert_eq!(policy(&agency)["waivers"][0]["marks"], serde_json::json!(["vanished"]));
    synced(&agency, &authority, Exit::Refused);
    authority.waiver(&granting(text, 1, None, ""));
    authority.publish();
    synced(&agency, &authority, Exit::Done);
    verdict(&agency, "waived");
}

#[test]
fn an_envelope_that_was_changed_on_the_disk_is_noticed_before_anything_is_waived() {
    let (_, agency, ..) = waived();
    let file = agency.state().join("current/repositories");
    let repository = fs::read_dir(&file).unwrap().next().unwrap().unwrap().path();
    let envelope = repository.join("envelopes/BOD-1-W.1.waiver.json");
    let bytes = fs::read_to_string(&envelope).unwrap();
    fs::remove_file(&envelope).unwrap();
    fs::write(&envelope, bytes.replacen("sig\":\"", "sig\":\"A", 1)).unwrap();
    fs::write(agency.path("inventory.csv"), "name,version\nforbidden,1.0\n").unwrap();
    assert_eq!(agency.run(&["check", "inventory.csv"]).exit(), Exit::Refused);
}

#[test]
fn a_mark_that_is_taken_out_of_the_index_brings_no_waiver_back() {
    let (mut authority, agency, text, first) = waived();
    authority.waiver_by(&granting(text, 2, Some(first), r#","until":"2017-01-01""#), &[Name::Officer1]);
    authority.publish();
    synced(&agency, &authority, Exit::Refused);
    verdict(&agency, "match");
    let folder = agency.state().join("current/repositories");
    let repository = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let index = repository.join("index.json");
    let mut json: Value = serde_json::from_slice(&fs::read(&index).unwrap()).unwrap();
    assert_eq!(json["waivers"][0]["marks"], serde_json::json!(["quarantined"]));
    json["waivers"][0]["marks"] = serde_json::json!([]);
    fs::remove_file(&index).unwrap();
    fs::write(&index, serde_json::to_vec(&json).unwrap()).unwrap();
    verdict(&agency, "match");
}

#[test]
fn words_that_were_superseded_are_not_waived() {
    let (mut authority, agency, text, _) = waived();
    let second = String::from_utf8(payload("BOD-1", 2, Some(text))).unwrap();
    let second = second.replace(r#""name":"It""#, r#""name":"It and more""#);
    let digest = authority.directive(second.as_bytes());
    authority.publish();
    synced(&agency, &authority, Exit::Done);
    let run = verdict(&agency, "match");
    assert_eq!(run.exit(), Exit::Findings);
    let page = agency.run(&["show", "BOD-1"]).stdout;
    assert!(page.contains("BOD-1-W revision 1: BOD-1 revision 2 says something else there"), "{page}");
    // The authority grants it again, from the new words.
    authority.waiver(&waiver_payload(("BOD-1-V", 1, None), ("BOD-1", digest, "it"), ""));
    authority.publish();
    synced(&agency, &authority, Exit::Done);
    verdict(&agency, "waived");
}

#[test]
fn directives_in_a_circle_with_a_waiver_of_one_of_them_free_nobody_of_what_stays_in_force() {
    let (mut authority, agency, text, _) = waived();
    let ends = |id: &str, other: &str, revision: u32, previous: Option<Sha256>| {
        let more = format!(r#""relations":[{{"kind":"revokes","target":{{"id":"{other}"}}}}],"subjects""#);
        String::from_utf8(payload(id, revision, previous)).unwrap().replacen(r#""subjects""#, &more, 1)
    };
    authority.directive(ends("BOD-1", "BOD-2", 2, Some(text)).as_bytes());
    authority.directive(ends("BOD-2", "BOD-1", 1, None).as_bytes());
    authority.publish();
    let run = synced(&agency, &authority, Exit::Refused);
    assert!(run.stderr.contains("circle"), "{}", run.stderr);
    let (report, _) = check(&agency);
    let found: Vec<(&str, &str)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["directive"].as_str().unwrap(), it["verdict"].as_str().unwrap()))
        .collect();
    // The first goes back to its text without the contradiction, whose words are waived; the second binds.
    assert!(found.contains(&("BOD-2", "match")) && found.contains(&("BOD-1", "waived")), "{found:?}");
}

#[test]
fn a_word_that_is_not_understood_waives_nothing_and_ends_with_its_own_status() {
    let (mut authority, text) = authority();
    authority.waiver(&granting(text, 1, None, r#","only_systems":["mail"]"#));
    authority.publish();
    let agency = Agency::trusting(&authority);
    examplia(&agency);
    synced(&agency, &authority, Exit::Done);
    let run = verdict(&agency, "match");
    assert_eq!(run.outcome.all(), [Exit::Unsupported, Exit::Findings], "{}", run.stdout);
    let status = agency.run(&["status"]);
    assert_eq!(status.exit(), Exit::Unsupported, "{}", status.stdout);
}

#[test]
fn a_waiver_whose_keys_were_withdrawn_frees_nobody() {
    let (mut authority, agency, ..) = waived();
    authority.issuers.issuers[0].keys[0].state = KeyState::Compromised;
    authority.publish_issuers();
    authority.directive_by(&payload("BOD-1", 1, None), &[Name::Officer2, Name::Officer3]);
    authority.publish();
    let run = synced(&agency, &authority, Exit::Refused);
    assert!(run.stderr.contains("BOD-1-W: signature-withdrawn"), "{}", run.stderr);
    verdict(&agency, "match");
}

#[test]
fn a_bundle_carries_waivers_and_a_stale_one_brings_none() {
    let (authority, agency, ..) = waived();
    assert_eq!(agency.run(&["bundle", "export", "out.tar"]).exit(), Exit::Done);
    let bundle = agency.path("out.tar");
    let other = Agency::trusting(&authority);
    examplia(&other);
    let run = other.run(&["bundle", "import", bundle.to_str().unwrap()]);
    assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
    verdict(&other, "waived");

    // Weeks later: the directive comes, the waiver does not.
    let mut late = Agency::trusting(&authority);
    examplia(&late);
    late.now = days_after(late.now, 20);
    let run = late.run(&["bundle", "import", bundle.to_str().unwrap(), "--accept-stale", "60"]);
    assert!(run.stderr.contains("BOD-1-W: quarantined: revision 1 grants a waiver"), "{}", run.stderr);
    verdict(&late, "match");
}
