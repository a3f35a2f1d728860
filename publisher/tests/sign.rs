//! `sign`: what an officer is shown, and what is never signed.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as an attacker or a careless person would"
)]

use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_keys_example::Name;
use interdict_publisher::testing::{Authority, draft};
use interdict_schema::Sha256;
use interdict_schema::directive::draft::payload_of;
use interdict_schema::dsse::Envelope;

fn envelope(authority: &Authority, name: &str) -> Envelope {
    Envelope::parse(&std::fs::read(authority.folder().join(name)).unwrap(), 1_000_000).unwrap()
}

/// trust.md rule 24
#[test]
fn an_officer_sees_the_digest_of_the_very_bytes_and_the_deadlines_as_dates() {
    let authority = Authority::founded();
    let text = draft("BOD-17-01", 1, None);
    authority.write("d.jsonc", &text);
    let ran =
        authority.run(&["sign", "d.jsonc", "--key", "keys/officer-1.key", "--yes", "--repo", "repo"]).done();
    let signed = envelope(&authority, "BOD-17-01.1.envelope.json");
    assert_eq!(signed.payload, payload_of(text.as_bytes()).unwrap());
    assert_eq!((ran.stdout.as_str(), signed.signatures.len()), ("BOD-17-01.1.envelope.json\n", 1));
    let digest = Sha256::of(&signed.payload);
    let wanted = format!(
        "to be signed:
  title          Remove the example package
  directive      BOD-17-01, revision 1
  status         in-force
  issuer         dhs
  issued         2017-09-13 (America/New_York)
  effective      2017-09-13
  payload        {} bytes, sha256 {digest}
  ban list       Example package (prohibited)
  action remove  must remove (complete), by the end of 2017-12-12, America/New_York (2017-12-13T04:59:59Z)
signatures: 1, wanted 2
",
        signed.payload.len()
    );
    assert_eq!(ran.stderr, wanted);
}

#[test]
fn without_a_terminal_or_a_yes_nothing_is_signed() {
    let authority = Authority::founded();
    authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    let sign = ["sign", "d.jsonc", "--key", "keys/officer-1.key"];
    authority.run(&sign).ended(Exit::Usage, "no terminal to ask for a confirmation on");
    for answer in ["no\n", "\n", ""] {
        let world = TestWorld::new().terminal(100).stdin(answer);
        authority.run_in(world, &sign).ended(Exit::Usage, "not confirmed; nothing was changed");
    }
    assert!(!authority.folder().join("BOD-17-01.1.envelope.json").exists());
    authority.run_in(TestWorld::new().terminal(100).stdin("yes\n"), &sign).done();
    assert_eq!(envelope(&authority, "BOD-17-01.1.envelope.json").signatures.len(), 1);
}

#[test]
fn officers_at_one_desk_or_several_add_to_the_same_envelope() {
    let authority = Authority::founded();
    authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    authority.sign("d.jsonc", &[Name::Officer1, Name::Officer2]);
    // The third signs the draft again rather than the envelope.
    authority.run(&["sign", "d.jsonc", "--key", "keys/officer-3.key", "--yes"]).done();
    assert_eq!(envelope(&authority, "BOD-17-01.1.envelope.json").signatures.len(), 3);
    let before = std::fs::read(authority.folder().join("BOD-17-01.1.envelope.json")).unwrap();
    authority
        .run(&["sign", "d.jsonc", "--key", "keys/officer-3.key", "--yes"])
        .ended(Exit::Done, "has signed this already; nothing was changed");
    assert_eq!(std::fs::read(authority.folder().join("BOD-17-01.1.envelope.json")).unwrap(), before);
    // Another text under the same name is not overwritten.
    authority.write("d.jsonc", draft("BOD-17-01", 1, None).replace("2017-12-12", "2017-12-13"));
    authority
        .run(&["sign", "d.jsonc", "--key", "keys/officer-1.key", "--yes"])
        .ended(Exit::Usage, "BOD-17-01.1.envelope.json holds another document");
    assert_eq!(std::fs::read(authority.folder().join("BOD-17-01.1.envelope.json")).unwrap(), before);
}

#[test]
fn a_key_that_is_no_active_key_of_the_issuer_is_refused() {
    let authority = Authority::founded();
    authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    for key in ["keys/other-officer-1.key", "keys/root-1.key"] {
        authority
            .run(&["sign", "d.jsonc", "--key", key, "--yes", "--repo", "repo"])
            .ended(Exit::Refused, "is not an active key of the issuer \"dhs\"");
    }
    authority.write("d.jsonc", draft("XYZ", 1, None));
    authority
        .run(&["sign", "d.jsonc", "--key", "keys/officer-1.key", "--yes", "--repo", "repo"])
        .ended(Exit::Refused, "nobody may issue XYZ");
    authority.write("d.jsonc", draft("BOD-17-01", 1, None).replace("dhs", "DHS"));
    authority
        .run(&["sign", "d.jsonc", "--key", "keys/officer-1.key", "--yes", "--repo", "repo"])
        .ended(Exit::Refused, "found issuer \"DHS\", wanted \"dhs\", which has the prefix of BOD-17-01");
    assert!(!authority.folder().join("BOD-17-01.1.envelope.json").exists());
}

#[test]
fn only_signatures_that_count_are_counted_for_an_officer() {
    let authority = Authority::founded();
    authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    // Without the repository nobody knows whose keys count.
    authority.sign("d.jsonc", &[Name::OtherOfficer1, Name::OtherOfficer2]);
    let sign = ["sign", "BOD-17-01.1.envelope.json", "--yes", "--repo", "repo", "--key"];
    authority
        .run(&[&sign[..], &["keys/officer-1.key"]].concat())
        .ended(Exit::Done, "signatures: 1, wanted 2");
    authority
        .run(&[&sign[..], &["keys/officer-2.key"]].concat())
        .ended(Exit::Done, "signatures: 2, wanted 2");
    assert_eq!(envelope(&authority, "BOD-17-01.1.envelope.json").signatures.len(), 4);
    authority.publish(&["BOD-17-01.1.envelope.json"]).done();
}

#[test]
fn a_draft_with_errors_is_not_signed() {
    let authority = Authority::new();
    authority.write("d.jsonc", draft("BOD-17-01", 1, None).replace("America/New_York", "America/Nowhere"));
    authority.run(&["draft", "lint", "d.jsonc"]).ended(Exit::Usage, "errors: 1");
    authority.run(&["sign", "d.jsonc", "--key", "keys/officer-1.key", "--yes"]).ended(
        Exit::Usage,
        "found 1 errors in the draft, wanted none\nhint: they are shown above, with their places",
    );
    authority.write("d.jsonc", "{ \"id\": ");
    authority
        .run(&["sign", "d.jsonc", "--key", "keys/officer-1.key", "--yes"])
        .ended(Exit::Usage, "neither a draft nor an envelope\n  caused by: byte 8 (line 1, column 9)");
}

/// trust.md rule 24
#[test]
fn a_revision_is_compared_with_the_published_one() {
    let authority = Authority::founded();
    let first = authority.issue(&draft("BOD-17-01", 1, None));
    let second = draft("BOD-17-01", 2, Some(first)).replace("2017-12-12", "2018-01-31").replace(
        "\"id\": \"example\", \"name\": \"Example package\"",
        "\"id\": \"other\", \"name\": \"Other package\"",
    );
    authority.write("d.jsonc", &second);
    let ran =
        authority.run(&["sign", "d.jsonc", "--key", "keys/officer-1.key", "--yes", "--repo", "repo"]).done();
    let wanted = "against revision 1, which is published:
  becomes prohibited: Other package (other)
  lifted, no longer prohibited: Example package (example)
  action remove: must remove (complete) by the end of 2017-12-12, America/New_York (2017-12-13T04:59:59Z) becomes must remove (complete) by the end of 2018-01-31, America/New_York (2018-02-01T04:59:59Z)
";
    assert!(ran.stderr.contains(wanted), "{}", ran.stderr);
}

/// trust.md rule 24
#[test]
fn characters_that_move_or_hide_text_are_shown_escaped() {
    let authority = Authority::new();
    authority
        .write("d.jsonc", draft("BOD-17-01", 1, None).replace("Example package", "Exam\u{202e}ple\u{200b}"));
    let ran = authority.run(&["sign", "d.jsonc", "--key", "keys/officer-1.key", "--yes"]);
    assert!(!ran.stderr.contains('\u{202e}') && !ran.stderr.contains('\u{200b}'), "{}", ran.stderr);
    assert!(ran.stderr.contains("\\u{202e}"), "{}", ran.stderr);
}

#[test]
fn json_output_names_the_file_the_digest_and_what_is_still_wanted() {
    let authority = Authority::founded();
    let text = draft("BOD-17-01", 1, None);
    authority.write("d.jsonc", &text);
    let ran = authority
        .run(&["sign", "d.jsonc", "--key", "keys/officer-1.key", "--yes", "--repo", "repo", "--json"])
        .done();
    let digest = Sha256::of(&payload_of(text.as_bytes()).unwrap());
    assert_eq!(
        ran.stdout,
        format!(
            "{{\"output\":\"BOD-17-01.1.envelope.json\",\"digest\":\"sha256:{digest}\",\"payload_type\":\"application/vnd.interdict.directive+json\",\"added\":true,\"signatures\":1,\"threshold\":2}}\n"
        )
    );
}

/// A person who, before they answer, lets another officer sign.
struct Meanwhile {
    authority: std::sync::Arc<Authority>,
    file: &'static str,
    answered: bool,
}

impl std::io::Read for Meanwhile {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.answered {
            return Ok(0);
        }
        self.answered = true;
        self.authority.run(&["sign", self.file, "--key", "keys/officer-2.key", "--yes"]).done();
        buffer[..4].copy_from_slice(b"yes\n");
        Ok(4)
    }
}

#[test]
fn a_signature_that_came_while_another_officer_was_reading_is_kept() {
    for file in ["d.jsonc", "BOD-17-01.1.envelope.json"] {
        let authority = std::sync::Arc::new(Authority::founded());
        authority.write("d.jsonc", draft("BOD-17-01", 1, None));
        authority.sign("d.jsonc", &[Name::Officer3]);
        let mut world = TestWorld::new().terminal(100);
        let meanwhile = Meanwhile { authority: authority.clone(), file, answered: false };
        world.world.stdin = Box::new(std::io::BufReader::new(meanwhile));
        authority.run_in(world, &["sign", file, "--key", "keys/officer-1.key"]).done();
        assert_eq!(envelope(&authority, "BOD-17-01.1.envelope.json").signatures.len(), 3, "{file}");
    }
}

#[test]
fn a_draft_is_not_overwritten_by_its_own_envelope() {
    let authority = Authority::founded();
    let text = draft("BOD-17-01", 1, None);
    authority.write("d.jsonc", &text);
    authority
        .run(&["sign", "d.jsonc", "--key", "keys/officer-1.key", "--yes", "-o", "d.jsonc"])
        .ended(Exit::Usage, "d.jsonc holds another document");
    assert_eq!(std::fs::read_to_string(authority.folder().join("d.jsonc")).unwrap(), text);
}

#[test]
fn a_draft_an_envelope_and_a_publication_may_come_from_standard_input() {
    let authority = Authority::founded();
    let from = |bytes: Vec<u8>, arguments: &[&str]| {
        authority.run_in(TestWorld::new().stdin(bytes), arguments).done().stdout
    };
    let name = "BOD-17-01.1.envelope.json";
    let sign = |key| ["sign", "-", "--key", key, "--yes"];
    let draft = draft("BOD-17-01", 1, None).into_bytes();
    assert_eq!(from(draft, &sign("keys/officer-1.key")), format!("{name}\n"));
    let signed = || std::fs::read(authority.folder().join(name)).unwrap();
    assert_eq!(from(signed(), &sign("keys/officer-2.key")), format!("{name}\n"));
    assert_eq!(from(signed(), &["publish", "-", "--repo", "repo"]), "published BOD-17-01.1.json\n");
    assert!(!authority.folder().join("-").exists());
}
