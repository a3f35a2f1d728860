//! `directive` and `diff`: drafts about what is published, and what two texts differ in.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and touch files"
)]

use interdict_host::exit::Exit;
use interdict_keys_example::Name;
use interdict_publisher::testing::{Authority, draft};
use interdict_schema::Sha256;
use interdict_schema::directive::Directive;
use interdict_schema::directive::draft::payload_of;

const OFFICERS: [Name; 2] = [Name::Officer1, Name::Officer2];

/// An authority that has published BOD-17-01, and the digest of that.
fn published() -> (Authority, Sha256) {
    let authority = Authority::founded();
    let digest = authority.issue(&draft("BOD-17-01", 1, None));
    (authority, digest)
}

fn text(authority: &Authority, file: &str) -> String {
    std::fs::read_to_string(authority.folder().join(file)).unwrap()
}

fn payload(text: &str) -> String {
    String::from_utf8(payload_of(text.as_bytes()).unwrap()).unwrap()
}

fn read(authority: &Authority, file: &str) -> Directive {
    Directive::parse(payload(&text(authority, file)).as_bytes()).unwrap().value
}

/// Fills every blank, so that the draft can be signed.
fn fill(authority: &Authority, file: &str) {
    authority.write(file, text(authority, file).replace("FILL: ", "Example "));
}

fn sign_and_publish(authority: &Authority, file: &str) {
    authority.run(&["draft", "lint", file, "--repo", "repo"]).done();
    let envelope = authority.sign(file, &OFFICERS);
    authority.publish(&[&envelope]).done();
}

#[test]
fn a_supplement_names_the_published_document_by_id_digest_and_part() {
    let (authority, digest) = published();
    let ran = authority
        .run(&[
            "directive",
            "supplement",
            "BOD-17-01",
            "--by",
            "BOD-17-02",
            "--part",
            "remove",
            "--effective",
            "2017-10-01",
            "--reason",
            "the date is \"another\"",
            "--repo",
            "repo",
        ])
        .done();
    assert_eq!(ran.stdout, "BOD-17-02.draft.jsonc\n");
    assert!(authority.folder().join("directive.schema.json").exists());
    authority
        .run(&["draft", "lint", "BOD-17-02.draft.jsonc", "--repo", "repo"])
        .ended(Exit::Usage, "errors: 2");
    fill(&authority, "BOD-17-02.draft.jsonc");
    let supplement = read(&authority, "BOD-17-02.draft.jsonc");
    assert_eq!(
        serde_json::to_value(&supplement.relations).unwrap(),
        serde_json::json!([{
            "kind": "supplements",
            "target": { "id": "BOD-17-01", "digest": digest.to_string(), "part": "remove" },
            "effective": "2017-10-01", "reason": "the date is \"another\"",
        }])
    );
    // The action as it stands, to be changed.
    assert_eq!(supplement.actions, read_text(&draft("BOD-17-01", 1, None)).actions);
    assert_eq!((supplement.issuer.as_str(), supplement.zone.as_str()), ("dhs", "America/New_York"));
    assert_eq!(supplement.issued.to_string(), "2017-09-13");
    sign_and_publish(&authority, "BOD-17-02.draft.jsonc");
}

fn read_text(text: &str) -> Directive {
    Directive::parse(payload(text).as_bytes()).unwrap().value
}

#[test]
fn each_kind_of_document_has_its_relation() {
    let (authority, _) = published();
    for (verb, kind) in [
        ("amend", "amends"),
        ("supplement", "supplements"),
        ("supersede", "supersedes"),
        ("close", "closes"),
        ("revoke", "revokes"),
    ] {
        let file = format!("{verb}.jsonc");
        authority
            .run(&["directive", verb, "BOD-17-01", "--by", "BOD-18-01", "--repo", "repo", "-o", &file])
            .done();
        fill(&authority, &file);
        assert_eq!(read(&authority, &file).relations[0].kind.as_str(), kind);
        authority.run(&["draft", "lint", &file, "--repo", "repo"]).done();
    }
}

#[test]
fn a_waiver_makes_the_next_revision_and_changes_no_other_byte() {
    let (authority, digest) = published();
    authority
        .run(&[
            "directive",
            "waive",
            "BOD-17-01",
            "--waiver",
            "w1",
            "--part",
            "remove",
            "--for",
            "Example Agency",
            "--condition",
            "it is isolated",
            "--from",
            "2017-10-01",
            "--until",
            "2017-11-30",
            "--granted-by",
            "DHS",
            "--repo",
            "repo",
        ])
        .done();
    let file = "BOD-17-01.2.draft.jsonc";
    let before = payload(&draft("BOD-17-01", 1, None));
    let waiver = r#","waivers":[{"id":"w1","part":"remove","beneficiaries":["Example Agency"],"conditions":["it is isolated"],"from":"2017-10-01","until":"2017-11-30","granted_by":"DHS"}]}"#;
    let wanted = before
        .replace("\"revision\":1,", &format!("\"revision\":2,\"previous\":\"{digest}\","))
        .strip_suffix('}')
        .unwrap()
        .to_owned()
        + waiver;
    assert_eq!(payload(&text(&authority, file)), wanted);
    sign_and_publish(&authority, file);
    let again = [
        "directive",
        "waive",
        "BOD-17-01",
        "--waiver",
        "w1",
        "--for",
        "A",
        "--from",
        "2017-10-01",
        "--granted-by",
        "D",
        "--repo",
        "repo",
    ];
    authority.run(&again).ended(Exit::Usage, "BOD-17-01 has a waiver \"w1\" already");
}

#[test]
fn a_directive_is_closed_by_its_next_revision_and_not_twice() {
    let (authority, _) = published();
    let close = ["directive", "close", "BOD-17-01", "--reason", "all is done", "--repo", "repo"];
    authority.run(&close).done();
    let closed = read(&authority, "BOD-17-01.2.draft.jsonc");
    assert_eq!((closed.status.as_str(), closed.summary.as_deref()), ("closed", Some("Closed: all is done.")));
    sign_and_publish(&authority, "BOD-17-01.2.draft.jsonc");
    authority.run(&close).ended(Exit::Usage, "BOD-17-01 is closed since revision 2, wanted in-force");
}

#[test]
fn what_is_not_published_or_has_no_such_part_is_refused_and_nothing_is_written() {
    let (authority, _) = published();
    let run = |arguments: &[&str]| authority.run(&[&["directive"], arguments, &["--repo", "repo"]].concat());
    run(&["amend", "BOD-99-01"]).ended(Exit::Usage, "BOD-99-01 is not published");
    run(&["amend", "BOD-17-01", "--by", "BOD-18-01", "--revision", "2"])
        .ended(Exit::Usage, "revision 2 of BOD-17-01 is not published");
    run(&["amend", "BOD-17-01", "--by", "BOD-18-01", "--part", "fly"])
        .ended(Exit::Usage, "BOD-17-01 revision 1 has neither an action nor a subject \"fly\"");
    run(&["amend", "BOD-17-01", "--part", "remove"])
        .ended(Exit::Usage, "--part says what another document does, and no --by names it");
    run(&["supplement", "BOD-17-01", "--by", "BOD-17-01"])
        .ended(Exit::Usage, "BOD-17-01 cannot act on itself, wanted another id");
    let drafts = std::fs::read_dir(authority.folder()).unwrap();
    assert_eq!(
        drafts
            .filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().contains("draft"))
            .count(),
        0
    );
}

#[test]
fn lint_refuses_a_relation_to_another_digest_and_warns_of_a_supplement_to_what_was_revoked() {
    let (authority, digest) = published();
    let supplement =
        ["directive", "supplement", "BOD-17-01", "--by", "BOD-17-02", "--repo", "repo", "-o", "s.jsonc"];
    authority.run(&supplement).done();
    fill(&authority, "s.jsonc");
    authority.run(&["draft", "lint", "s.jsonc", "--repo", "repo"]).done();
    let other = Sha256::of(b"").to_string();
    authority.write("other.jsonc", text(&authority, "s.jsonc").replace(&digest.to_string(), &other));
    let ran = authority.run(&["draft", "lint", "other.jsonc", "--repo", "repo"]);
    assert_eq!(ran.exit(), Exit::Usage);
    assert!(ran.stdout.contains("[target-digest]"), "{}", ran.stdout);

    authority.run(&["directive", "revoke", "BOD-17-01", "--repo", "repo", "-o", "r.jsonc"]).done();
    sign_and_publish(&authority, "r.jsonc");
    let ran = authority.run(&["draft", "lint", "s.jsonc", "--repo", "repo"]).done();
    assert!(ran.stdout.contains("[target-ended]"), "{}", ran.stdout);
}

#[test]
fn a_vendors_response_goes_from_invited_to_decided_with_its_documents() {
    let (authority, _) = published();
    let run = |arguments: &[&str]| {
        authority.run(&[&["directive", "response"], arguments, &["--repo", "repo"]].concat())
    };
    run(&[
        "add",
        "BOD-17-01",
        "--response",
        "lab",
        "--vendor",
        "Example Lab",
        "--state",
        "invited",
        "--due",
        "2017-11-03",
    ])
    .done();
    sign_and_publish(&authority, "BOD-17-01.2.draft.jsonc");

    authority.write("response.pdf", "a letter");
    run(&["update", "BOD-17-01", "--response", "lab", "--state", "received", "--received", "2017-11-02"])
        .ended(Exit::Usage, "found the state received and no --document");
    let ran = run(&[
        "update",
        "BOD-17-01",
        "--response",
        "lab",
        "--state",
        "received",
        "--received",
        "2017-11-02",
        "--document",
        "response.pdf",
    ])
    .done();
    assert!(ran.stderr.contains("publish it with --attach response.pdf"), "{}", ran.stderr);
    let file = "BOD-17-01.3.draft.jsonc";
    let response = read(&authority, file).responses.remove(0);
    assert_eq!((response.vendor.as_str(), response.state.as_str()), ("Example Lab", "received"));
    assert_eq!(response.due.unwrap().to_string(), "2017-11-03");
    let document = response.document.unwrap();
    assert_eq!(
        (document.path.as_deref(), document.digest, document.media_type.as_str()),
        (Some("response.pdf"), Sha256::of(b"a letter"), "application/pdf")
    );
    let envelope = authority.sign(file, &OFFICERS);
    authority.publish(&[&envelope]).ended(Exit::Refused, "names the attachment \"response.pdf\"");
    authority.publish(&[&envelope, "--attach", "response.pdf"]).done();

    let again = ["add", "BOD-17-01", "--response", "lab", "--vendor", "Example Lab", "--state", "invited"];
    run(&again).ended(Exit::Usage, "BOD-17-01 has a response \"lab\" already");
    run(&["update", "BOD-17-01", "--response", "nobody", "--state", "under-review"])
        .ended(Exit::Usage, "BOD-17-01 has no response \"nobody\"");
    authority
        .run(&["diff", "BOD-17-01@1", "BOD-17-01", "--repo", "repo"])
        .ended(Exit::Done, "BOD-17-01@1 to BOD-17-01@3: 1 added");
}

#[test]
fn a_signed_envelope_is_known_as_one_and_other_states_are_not_taken() {
    let (authority, _) = published();
    authority.write("d.jsonc", draft("BOD-18-01", 1, None));
    let envelope = authority.sign("d.jsonc", &OFFICERS[..1]);
    let add = |state: &'static str| {
        authority.run(&[
            "directive",
            "response",
            "add",
            "BOD-17-01",
            "--response",
            "r",
            "--vendor",
            "v",
            "--state",
            state,
            "--received",
            "2017-11-02",
            "--document",
            &envelope,
            "--repo",
            "repo",
            "-o",
            "r.jsonc",
        ])
    };
    add("lost")
        .ended(Exit::Usage, "found the state \"lost\", wanted invited, received, under-review or decided");
    add("under-review").done();
    let response = read(&authority, "r.jsonc").responses.remove(0);
    assert_eq!(response.document.unwrap().media_type, "application/vnd.dsse.envelope.v1+json");
}

#[test]
fn diff_compares_drafts_envelopes_and_what_is_published() {
    let (authority, digest) = published();
    let second = draft("BOD-17-01", 2, Some(digest)).replace("2017-12-12", "2018-01-12");
    authority.write("second.jsonc", &second);
    let words = "action remove: must remove (complete) by the end of 2017-12-12, America/New_York (2017-12-13T04:59:59Z) becomes \
                 must remove (complete) by the end of 2018-01-12, America/New_York (2018-01-13T04:59:59Z)\n";
    let ran = authority.run(&["diff", "BOD-17-01", "second.jsonc", "--repo", "repo"]).done();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (words, "BOD-17-01@1 to BOD-17-01@2: 1 moved\n"));
    let envelope = authority.sign("second.jsonc", &OFFICERS);
    assert_eq!(authority.run(&["diff", "BOD-17-01@1", &envelope, "--repo", "repo"]).done().stdout, words);
    authority.publish(&[&envelope]).done();
    let ran = authority.run(&["diff", "BOD-17-01@2", "BOD-17-01@1", "--repo", "repo", "--json"]).done();
    let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&shown["format"], &shown["from"]["revision"]), (&"interdict-diff/1".into(), &2.into()));
    let one = &shown["differences"][0];
    assert_eq!(
        (&one["change"], &one["of"], &one["id"]),
        (&"moved".into(), &"action".into(), &"remove".into())
    );
    authority
        .run(&["diff", "BOD-17-01@3", "BOD-17-01", "--repo", "repo"])
        .ended(Exit::Usage, "BOD-17-01@3 is not published, and no file has this name");
    authority
        .run(&["diff", "BOD-17-01", "--from", "2017-01-01", "--to", "2018-01-01", "--repo", "repo"])
        .ended(Exit::Usage, "BOD-17-01 had no text on 2017-01-01");
    let same = ["diff", "BOD-17-01", "--from", "2018-01-01", "--to", "2018-02-01", "--repo", "repo"];
    authority.run(&same).ended(Exit::Done, "BOD-17-01@2 to BOD-17-01@2: nothing");
}
