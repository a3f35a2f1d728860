//! `interdict verify FILE`

use interdict_host::testing::TestWorld;
use interdict_keys_example::Name;
use interdict_schema::limits::ENVELOPE_SIGNATURES;
use interdict_schema::payload_type;
use interdict_schema::policy::Mark;

use crate::store::{BOD, KEV, Published, Store, envelope, published, revised, signed};

const GOOD: &str = "\
BOD-17-01, revision 1: Removal of Example-Branded Products
digest     sha256:2ccb324d1fa7671b55de2487cf190eab78bc61ecf74fd0f91d23593e37b3cdf7
repository main, as BOD-17-01.1.json
authentic  yes, signed by 2 of the issuer's keys, 2 required
listed     yes
in force   yes
";

/// A store with the first directive's envelope beside it.
fn store(name: &str) -> Store {
    let store = Store::with_both();
    store.file(name, &signed(BOD.as_bytes()).to_bytes());
    store
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| ["auth", "list", "in f"].iter().any(|word| line.starts_with(word))).collect()
}

#[test]
fn done_needs_all_three() {
    for name in [
        "BOD-17-01.1.json",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.BOD-17-01.1.json",
        "from-a-mail",
    ] {
        store(name).run(&["verify", name]).is(0, GOOD, "");
    }
    let test = TestWorld::new().stdin(signed(BOD.as_bytes()).to_bytes());
    Store::with_both().run_in(test, &["verify", "-"]).is(0, GOOD, "");
}

#[test]
fn too_few_officers_are_not_authentic() {
    let store = Store::with_both();
    store.file("f", &envelope(payload_type::DIRECTIVE, BOD.as_bytes(), &[Name::Officer1]).to_bytes());
    let ran = store.run(&["verify", "f"]);
    assert_eq!(ran.code(), 4);
    // The payload is that of the listed one, so it is listed and in force: the three are answered apart.
    assert_eq!(
        lines(&ran.stdout),
        [
            "authentic  no: signatures by 1 of the trusted keys, wanted 2",
            "listed     yes, in an envelope with other signatures",
            "in force   yes"
        ]
    );
}

#[test]
fn a_third_signature_is_another_envelope_round_the_same_directive() {
    let store = Store::with_both();
    let officers = [Name::Officer1, Name::Officer2, Name::Officer3];
    store.file("f", &envelope(payload_type::DIRECTIVE, BOD.as_bytes(), &officers).to_bytes());
    let ran = store.run(&["verify", "f"]);
    assert_eq!(ran.code(), 0);
    assert!(ran.stdout.contains("signed by 3 of the issuer's keys, 2 required\n"), "{}", ran.stdout);
}

#[test]
fn another_text_under_a_listed_name_is_refused() {
    let store = Store::with_both();
    store.file("f", &signed(BOD.replace("Removal", "Praise").as_bytes()).to_bytes());
    let ran = store.run(&["verify", "f"]);
    assert_eq!(ran.code(), 4);
    assert_eq!(
        lines(&ran.stdout),
        [
            "authentic  yes, signed by 2 of the issuer's keys, 2 required",
            "listed     no: another payload is listed under this name",
            "in force   no: nothing of this payload is held"
        ]
    );
}

#[test]
fn authentic_and_not_listed_is_refused() {
    let store = Store::of(&[published(&[KEV])]);
    store.file("f", &signed(BOD.as_bytes()).to_bytes());
    let ran = store.run(&["verify", "f"]);
    assert_eq!(ran.code(), 4);
    assert_eq!(lines(&ran.stdout)[1], "listed     no: nothing is listed under this name");
}

#[test]
fn what_has_vanished_is_in_force_and_not_listed() {
    let store = Store::of(&[Published { marks: vec![Mark::Vanished], ..published(&[BOD]) }]);
    store.file("f", &signed(BOD.as_bytes()).to_bytes());
    let ran = store.run(&["verify", "f"]);
    assert_eq!(ran.code(), 4);
    assert_eq!(
        lines(&ran.stdout)[1..],
        ["listed     no: nothing is listed under this name", "in force   yes"]
    );
}

#[test]
fn authentic_listed_and_not_in_force_is_a_finding() {
    let closed = revised(BOD, 2, &[(r#""status":"in-force""#, r#""status":"closed""#)]);
    let directive = published(&[BOD, &closed]);
    let store = Store::of(std::slice::from_ref(&directive));
    for (payload, line) in
        directive.payloads.iter().zip(["in force   no: replaced by revision 2", "in force   no: closed"])
    {
        store.file("f", &signed(payload).to_bytes());
        let ran = store.run(&["verify", "f"]);
        assert_eq!((ran.code(), lines(&ran.stdout)[2]), (1, line));
    }
    let later = BOD.replace(r#""issued":"2017-09-13""#, r#""issued":"2017-09-13","effective":"2017-10-01""#);
    let store = Store::of(&[published(&[&later])]);
    store.file("f", &signed(later.as_bytes()).to_bytes());
    let at = |now: &str| {
        let ran = store.run_at(now, &["verify", "f"]);
        (ran.code(), lines(&ran.stdout)[2].to_owned())
    };
    let not_before = "in force   not before Sun 1 Oct 2017, 04:00 UTC";
    assert_eq!(at("2017-09-14T00:00:00Z"), (1, not_before.into()));
    assert_eq!(at("2017-10-01T04:00:00Z").1, "in force   yes");
}

#[test]
fn a_name_that_is_not_the_payloads_is_refused() {
    let store = store("BOD-17-01.2.json");
    let ran = store.run(&["verify", "BOD-17-01.2.json"]);
    assert_eq!(ran.code(), 4);
    assert_eq!(lines(&ran.stdout)[0], "authentic  no: found revision 1, wanted 2");
    let ran = store.run(&["verify", "BOD-17-01.2.json", "--target-path", "BOD-17-01.1.json"]);
    assert_eq!(ran.code(), 0);
}

#[test]
fn every_byte_that_is_changed_is_refused_or_means_the_same() {
    let whole = signed(KEV.as_bytes()).to_bytes();
    let store = Store::with_both();
    let digest = interdict_schema::Sha256::of(KEV.as_bytes()).to_string();
    // Every byte of the frame, and samples of the payload and of the signatures.
    let places =
        (0..whole.len()).filter(|at| *at < 60 || at % 53 == 0 || (*at + 400 > whole.len() && at % 7 == 0));
    for at in places {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        store.file("f", &bytes);
        let ran = store.run(&["verify", "f", "--target-path", "KEV-1.1.json", "--json"]);
        assert!(ran.code() == 4 || ran.json()["digest"] == digest.as_str(), "{at}: {}", ran.stdout);
    }
}

#[test]
fn what_is_no_envelope_is_refused() {
    let store = Store::with_both();
    store.file("f", b"{}");
    store.run(&["verify", "f"]).is(
        4,
        "",
        "error: f is not read as an envelope\n  caused by: at /: missing field `payload`\n\
         hint: an envelope holds payloadType, payload and signatures; `--target-path NAME` judges it all the same\n",
    );
    let ran = store.run(&["verify", "f", "--target-path", "BOD-17-01.1.json"]);
    assert_eq!(ran.code(), 4);
    assert_eq!(
        lines(&ran.stdout),
        [
            "authentic  no: at /: missing field `payload`",
            "listed     no: another payload is listed under this name",
            "in force   no: nothing of this payload is held"
        ]
    );
}

#[test]
fn an_envelope_of_as_many_signatures_as_are_read_is_judged_and_one_more_is_told_as_what_it_is() {
    let store = Store::with_both();
    let mut envelope = signed(KEV.as_bytes());
    let one = envelope.signatures.first().cloned().unwrap();
    envelope.signatures.resize(ENVELOPE_SIGNATURES, one.clone());
    store.file("f", &envelope.to_bytes());
    assert_eq!(store.run(&["verify", "f"]).code(), 0, "the officers signed among them");
    envelope.signatures.push(one);
    store.file("f", &envelope.to_bytes());
    store.run(&["verify", "f"]).is(
        4,
        "",
        "error: f is not read as an envelope\n  caused by: found 33 signatures, wanted at most 32\n\
         hint: more signatures than that are not tried; `--target-path NAME` names it all the same\n",
    );
    let ran = store.run(&["verify", "f", "--target-path", "KEV-1.1.json"]);
    assert_eq!(
        (ran.code(), lines(&ran.stdout)[0]),
        (4, "authentic  no: found 33 signatures, wanted at most 32")
    );
}

#[test]
fn an_envelope_whose_payload_is_no_directive_is_told_as_what_it_is() {
    let store = Store::with_both();
    store.file("f", &signed(b"{}").to_bytes());
    let ran = store.run(&["verify", "f"]);
    assert_eq!(ran.code(), 4);
    assert!(
        ran.stderr.starts_with(
            "error: f is an envelope, and its payload is neither a directive, a list nor a waiver\n  caused by: "
        ),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_file_that_is_not_there_is_no_answer() {
    let ran = Store::with_both().run(&["verify", "absent"]);
    assert_eq!(ran.code(), 3);
}

#[test]
fn what_is_held_and_stale_is_said_and_not_done() {
    let ran = store("f").run_at("2017-09-21T00:00:00Z", &["verify", "f"]);
    assert_eq!((ran.code(), ran.stdout.as_str()), (5, GOOD));
    assert!(ran.stderr.starts_with("warning: stale: "), "{}", ran.stderr);
}

#[test]
fn content_that_is_not_understood_has_its_own_exit() {
    let strange = BOD.replace("\"prohibited\"", "\"frowned-upon\"");
    let store = Store::of(&[published(&[&strange])]);
    store.file("f", &signed(strange.as_bytes()).to_bytes());
    let ran = store.run(&["verify", "f"]);
    assert_eq!(ran.code(), 6);
    assert!(ran.stdout.ends_with("1 place that this version does not understand\n"), "{}", ran.stdout);
}

#[test]
fn json_answers_the_three_apart() {
    let json = store("f").run(&["verify", "f", "--json"]).json();
    let three = |json: &serde_json::Value| {
        ["authentic", "listed", "in_force"].map(|key| json[key].as_bool().unwrap())
    };
    assert_eq!(three(&json), [true; 3]);
    assert_eq!(json["reasons"], serde_json::json!([]));
    let store = Store::of(&[]);
    store.file("f", &envelope(payload_type::DIRECTIVE, BOD.as_bytes(), &[]).to_bytes());
    let json = store.run(&["verify", "f", "--json"]).json();
    assert_eq!(three(&json), [false; 3]);
    assert_eq!(
        json["reasons"],
        serde_json::json!([
            "signatures by 0 of the trusted keys, wanted 2",
            "listed: no: nothing is listed under this name",
            "in force: no: nothing of this payload is held"
        ])
    );
    assert_eq!(json["exits"], serde_json::json!(["refused"]));
}

#[test]
fn of_several_repositories_the_one_that_knows_it_answers() {
    let store = Store::empty();
    store.configure(&["main", "other"]);
    store.sync_two(&[published(&[KEV])], &[published(&[BOD])]);
    store.file("f", &signed(BOD.as_bytes()).to_bytes());
    let ran = store.run(&["verify", "f"]);
    assert_eq!(ran.code(), 0);
    assert!(ran.stdout.contains("repository other, as BOD-17-01.1.json\n"), "{}", ran.stdout);
}
