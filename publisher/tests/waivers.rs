//! Waivers in documents of their own, at the authority's desk; and whose signature a vendor's response has.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and touch files"
)]

use interdict_host::exit::Exit;
use interdict_host::signer::MemorySigner;
use interdict_keys_example::{Name, key};
use interdict_publisher::officer::add_signature;
use interdict_publisher::testing::{Authority, Ran, draft};
use interdict_schema::directive::draft::payload_of;
use interdict_schema::directive::{Directive, Status};
use interdict_schema::dsse::Envelope;
use interdict_schema::waiver::WaiverDocument;
use interdict_schema::{Sha256, payload_type};
use serde_json::Value;

const OFFICERS: [Name; 2] = [Name::Officer1, Name::Officer2];
const FILE: &str = "BOD-17-01-W.draft.jsonc";

/// An authority that has published BOD-17-01, and the digest of that.
fn published() -> (Authority, Sha256) {
    let authority = Authority::founded();
    let digest = authority.issue(&draft("BOD-17-01", 1, None));
    (authority, digest)
}

fn waive(authority: &Authority, more: &[&str]) -> Ran {
    let arguments = [
        "directive",
        "waive",
        "BOD-17-01",
        "--document",
        "BOD-17-01-W",
        "--title",
        "Example Agency and one package",
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
    ];
    authority.run(&[&arguments[..], more].concat())
}

fn text(authority: &Authority, file: &str) -> String {
    std::fs::read_to_string(authority.folder().join(file)).unwrap()
}

fn read(authority: &Authority, file: &str) -> (WaiverDocument, Sha256) {
    let payload = payload_of(text(authority, file).as_bytes()).unwrap();
    let decoded = WaiverDocument::parse(&payload).unwrap();
    assert!(decoded.unknown.is_empty(), "{:?}", decoded.unknown);
    (decoded.value, Sha256::of(&payload))
}

fn examined(authority: &Authority) -> Value {
    serde_json::from_str(&authority.run(&["verify", "repo", "--json"]).stdout).unwrap()
}

#[test]
fn a_waiver_of_its_own_is_drafted_linted_signed_published_and_revoked() {
    let (authority, digest) = published();
    waive(&authority, &[]).done();
    assert!(authority.folder().join("waiver.schema.json").exists());
    let (waiver, first) = read(&authority, FILE);
    assert_eq!((waiver.target.digest, waiver.target.part.as_deref()), (Some(digest), Some("remove")));
    assert_eq!((waiver.issuer.as_str(), waiver.issued.to_string()), ("dhs", "2017-09-13".to_owned()));
    authority.run(&["draft", "lint", FILE, "--repo", "repo"]).ended(Exit::Done, "errors: 0, warnings: 0");
    let shown = authority.run(&["sign", FILE, "--key", "keys/officer-1.key", "--repo", "repo", "--yes"]);
    let shown = shown.ended(Exit::Done, "signatures: 1, wanted 2");
    for line in ["frees       Example Agency", "from        2017-10-01 until 2017-11-30", &digest.to_string()]
    {
        assert!(shown.stderr.contains(line), "{line}: {}", shown.stderr);
    }
    let envelope = "BOD-17-01-W.1.waiver.envelope.json";
    authority.publish(&[envelope]).ended(Exit::Refused, "BOD-17-01-W.1.waiver.json would not be believed");
    authority.sign(envelope, &OFFICERS[1..]);
    authority.publish(&[envelope]).done();
    let found = examined(&authority);
    assert_eq!((&found["waivers"], &found["problems"]), (&1.into(), &serde_json::json!([])));
    waive(&authority, &[]).ended(Exit::Usage, "BOD-17-01-W is published already");

    let revoke = ["directive", "revoke", "BOD-17-01-W", "--reason", "it was removed", "--repo", "repo"];
    authority.run(&revoke).done();
    let (revoked, _) = read(&authority, "BOD-17-01-W.2.draft.jsonc");
    assert_eq!((revoked.status, revoked.previous), (Status::Revoked, Some(first)));
    assert_eq!(revoked.summary.as_deref(), Some("Revoked: it was removed."));
    let second = authority.sign("BOD-17-01-W.2.draft.jsonc", &OFFICERS);
    authority.publish(&[&second]).done();
    authority.run(&revoke).ended(Exit::Usage, "BOD-17-01-W is revoked since revision 2, wanted in-force");
    assert_eq!(examined(&authority)["waivers"], 1);
}

#[test]
fn what_would_waive_nothing_is_told_by_lint_and_not_published() {
    let (authority, digest) = published();
    waive(&authority, &[]).done();
    let good = text(&authority, FILE);
    let other = Sha256::of(b"other").to_string();
    for (number, (from, to, lint, publish)) in [
        (digest.to_string(), other.clone(), "target-digest", "no revision of it has the digest"),
        (
            "\"BOD-17-01\"".into(),
            "\"BOD-17-02\"".into(),
            "target-absent",
            "that directive is not in the repository",
        ),
        (
            "\"part\": \"remove\"".into(),
            "\"part\": \"sing\"".into(),
            "target-part",
            "that text has no part \"sing\"",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let file = format!("bad-{number}.jsonc");
        authority.write(&file, good.replace(&from, &to));
        let ran = authority.run(&["draft", "lint", &file, "--repo", "repo"]);
        assert!(ran.stdout.contains(&format!("[{lint}]")), "{}", ran.stdout);
        let envelope = format!("bad-{number}.json");
        for officer in ["officer-1", "officer-2"] {
            let key = format!("keys/{officer}.key");
            let from = if officer == "officer-1" { &file } else { &envelope };
            authority.run(&["sign", from, "--key", &key, "--yes", "-o", &envelope]).done();
        }
        authority.publish(&[&envelope]).ended(Exit::Refused, publish);
    }
    authority.write("long.jsonc", good.replace("2017-11-30", "2018-11-30").replace("\"it is isolated\"", ""));
    let ran = authority.run(&["draft", "lint", "long.jsonc", "--repo", "repo"]).done();
    assert!(ran.stdout.contains("[waiver-without-conditions]"), "{}", ran.stdout);
}

#[test]
fn a_later_text_in_other_words_is_warned_of_and_the_id_of_a_directive_is_not_taken() {
    let (authority, digest) = published();
    waive(&authority, &[]).done();
    let envelope = authority.sign(FILE, &OFFICERS);
    authority.publish(&[&envelope]).done();
    let second = draft("BOD-17-01", 2, Some(digest)).replace("2017-12-12", "2018-01-12");
    authority.issue(&second);
    let found = examined(&authority);
    let problem = &found["problems"][0];
    assert_eq!(
        (&problem["severity"], &problem["problem"]),
        (&"warning".into(), &"BOD-17-01-W waives nothing of BOD-17-01".into())
    );
    let named = draft("BOD-17-01-W", 1, None);
    authority.write("taken.jsonc", named);
    let envelope = authority.sign("taken.jsonc", &OFFICERS);
    authority
        .publish(&[&envelope])
        .ended(Exit::Refused, "BOD-17-01-W would be the id of a directive and of a waiver");
}

/// What a vendor writes, signed by a key of its own.
fn response(authority: &Authority, payload_type: &str) {
    let payload = b"{\"we\":\"disagree\"}".to_vec();
    let mut envelope = Envelope { payload_type: payload_type.into(), payload, signatures: Vec::new() };
    let vendor = MemorySigner::new(key(Name::OtherOfficer1), "vendor");
    let _ = add_signature(&mut envelope, &vendor).unwrap();
    authority.write("response.json", envelope.to_bytes());
    let public = |name| base16(key(name).verifying_key().as_bytes());
    authority.write("vendor.pub", format!("{}\n", public(Name::OtherOfficer1)));
    authority.write("stranger.pub", public(Name::OtherOfficer2));
}

fn base16(bytes: &[u8; 32]) -> String {
    Sha256::from_bytes(*bytes).to_string()
}

fn add(authority: &Authority, more: &[&str]) -> Ran {
    let arguments = [
        "directive",
        "response",
        "add",
        "BOD-17-01",
        "--response",
        "lab",
        "--vendor",
        "Example Lab",
        "--state",
        "received",
        "--received",
        "2017-11-02",
        "--document",
        "response.json",
        "--repo",
        "repo",
    ];
    authority.run(&[&arguments[..], more].concat())
}

#[test]
fn a_response_is_verified_with_the_key_that_is_given_and_otherwise_it_is_said_that_it_is_not() {
    let (authority, _) = published();
    response(&authority, payload_type::RESPONSE);
    let public = base16(key(Name::OtherOfficer1).verifying_key().as_bytes());
    let said = format!("the response's signature: verified with the key {public}, given by the operator");
    add(&authority, &["--key", "stranger.pub", "-o", "a.jsonc"])
        .ended(Exit::Refused, "response.json is not signed by the key in stranger.pub");
    assert!(!authority.folder().join("a.jsonc").exists());
    add(&authority, &["--key", "vendor.pub", "-o", "b.jsonc"]).ended(Exit::Done, &said);
    add(&authority, &["-o", "c.jsonc"])
        .ended(Exit::Done, "the response's signature: not verified: no key of the vendor was given");
    authority.write("no.pub", "a key");
    add(&authority, &["--key", "no.pub", "-o", "d.jsonc"])
        .ended(Exit::Usage, "no.pub holds no Ed25519 public key");
    // Another kind of document, signed by the same vendor, is no response.
    response(&authority, payload_type::DIRECTIVE);
    add(&authority, &["--key", "vendor.pub", "-o", "e.jsonc"])
        .ended(Exit::Refused, "is not signed by the key");
    authority.write("response.json", "a letter");
    add(&authority, &["--key", "vendor.pub", "-o", "f.jsonc"])
        .ended(Exit::Usage, "response.json is not an envelope");
}

#[test]
fn bringing_a_response_up_to_date_keeps_what_this_version_does_not_know() {
    let authority = Authority::founded();
    let more = r#""responses": [{ "id": "lab", "vendor": "Example Lab", "state": "received", "received": "2017-11-02",
        "document": { "digest": "DIGEST", "media_type": "text/plain", "pages": 7 }, "counsel": "Smith" },
        { "id": "other", "vendor": "Another", "state": "invited", "by": "mail" }], "subjects""#;
    let more = more.replace("DIGEST", &Sha256::of(b"a letter").to_string());
    authority.issue(&draft("BOD-17-01", 1, None).replacen("\"subjects\"", &more, 1));
    authority.write("decision.txt", "no");
    let arguments =
        ["--response", "lab", "--state", "decided", "--decision", "decision.txt", "--repo", "repo"];
    authority.run(&[&["directive", "response", "update", "BOD-17-01"], &arguments[..]].concat()).done();
    let payload = payload_of(text(&authority, "BOD-17-01.2.draft.jsonc").as_bytes()).unwrap();
    let value: Value = serde_json::from_slice(&payload).unwrap();
    let lab = &value["responses"][0];
    assert_eq!((&lab["counsel"], &lab["document"]["pages"]), (&"Smith".into(), &7.into()));
    assert_eq!((&lab["state"], &lab["decision"]["path"]), (&"decided".into(), &"decision.txt".into()));
    assert_eq!(value["responses"][1]["by"], "mail");
    assert_eq!(Directive::parse(&payload).unwrap().value.responses.len(), 2);
}
