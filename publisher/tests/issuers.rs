//! A change of the list of issuers: signed by the root role's threshold, rising, and never at the cost of a directive in
//! force (`trust.md`, 1 to 3).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as an attacker or a careless person would"
)]

use interdict_host::exit::Exit;
use interdict_keys_example::{Name, key};
use interdict_publisher::testing::{Authority, draft};
use interdict_schema::Sha256;

/// The public half of an example key: 32 bytes, as a digest has them.
fn hexadecimal(name: Name) -> String {
    Sha256::from_bytes(key(name).verifying_key().to_bytes()).to_string()
}

/// A list with the three officers of dhs in these states; `more` goes behind the issuers.
fn list(version: u32, states: [&str; 3], more: &str) -> String {
    let keys: Vec<String> = [Name::Officer1, Name::Officer2, Name::Officer3]
        .into_iter()
        .zip(states)
        .map(|(name, state)| {
            let public = hexadecimal(name);
            format!(r#"{{"scheme": "ed25519", "public": "{public}", "holder": "{name}", "state": {state}}}"#)
        })
        .collect();
    format!(
        r#"{{ // a change
  "format": "interdict-issuers/1", "version": {version},
  "issuers": [{{ "id": "dhs", "name": "dhs", "threshold": 2, "prefixes": ["BOD", "ED"], "keys": [{}] }}]{more} }}"#,
        keys.join(", ")
    )
}

const ACTIVE: &str = "\"active\"";
const COMPROMISED: &str = "\"compromised\"";

/// Has two root keys sign a list.
fn signed(authority: &Authority, list: &str, roots: &[Name]) -> String {
    authority.write("issuers.jsonc", list);
    let mut file = "issuers.jsonc".to_owned();
    for root in roots {
        let key = format!("keys/{root}.key");
        let arguments =
            ["sign", &file, "--key", &key, "--payload-type", "issuers", "--repo", "repo", "--yes"];
        let ran = authority.run(&arguments).done();
        ran.stdout.trim_end().clone_into(&mut file);
    }
    file
}

const ROOTS: [Name; 2] = [Name::Root1, Name::Root3];

#[test]
fn a_new_list_needs_the_root_threshold_and_a_higher_version() {
    let authority = Authority::founded();
    let file = signed(&authority, &list(2, [ACTIVE; 3], ""), &[Name::Root1]);
    assert_eq!(file, "issuers.2.envelope.json");
    let publish = ["publish", "--repo", "repo", "--issuers", &file];
    authority.run(&publish).ended(Exit::Refused, "signatures by 1 of the trusted keys, wanted 2");
    signed(&authority, &list(2, [ACTIVE; 3], ""), &[Name::Root2]);
    let ran = authority.run(&publish).done();
    assert_eq!(ran.stdout, "published issuers.json\n");
    authority.run(&publish).ended(Exit::Done, "nothing changed");
    // The same version with another content, and an officer's key instead of a root's.
    authority.write("issuers.jsonc", list(2, [ACTIVE, ACTIVE, COMPROMISED], ""));
    let sign = ["sign", "issuers.jsonc", "--payload-type", "issuers", "--repo", "repo", "--yes", "--key"];
    authority
        .run(&[&sign[..], &["keys/root-1.key"]].concat())
        .ended(Exit::Refused, "found version 2 of the list of issuers, wanted more than the published 2");
    authority.write("issuers.jsonc", list(3, [ACTIVE; 3], ""));
    authority
        .run(&[&sign[..], &["keys/officer-1.key"]].concat())
        .ended(Exit::Refused, "is not a key of the root role");
}

/// trust.md rule 3
#[test]
fn a_list_that_would_leave_a_directive_below_its_threshold_is_refused_until_it_is_signed_anew() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    let file = signed(&authority, &list(2, [ACTIVE, COMPROMISED, ACTIVE], ""), &ROOTS);
    let before = std::fs::read(authority.public().join("metadata/timestamp.json")).unwrap();
    authority
        .run(&["publish", "--repo", "repo", "--issuers", &file])
        .ended(Exit::Refused, "BOD-17-01.1.json is published, and would no longer be believed");
    assert_eq!(std::fs::read(authority.public().join("metadata/timestamp.json")).unwrap(), before);
    let anew = authority.sign("BOD-17-01.1.envelope.json", &[Name::Officer3]);
    let ran = authority.run(&["publish", "--repo", "repo", "--issuers", &file, &anew]).done();
    assert_eq!(ran.stdout, "published issuers.json\npublished BOD-17-01.1.json\n");
    authority.run(&["verify", "repo"]).done();
}

#[test]
fn a_retired_key_vouches_for_what_it_signed_and_for_nothing_new() {
    let authority = Authority::founded();
    let digest = authority.issue(&draft("BOD-17-01", 1, None));
    let retired = format!("\"retired\", \"vouches\": [\"{digest}\"]");
    let file = signed(&authority, &list(2, [ACTIVE, &retired, ACTIVE], ""), &ROOTS);
    authority.run(&["publish", "--repo", "repo", "--issuers", &file]).done();
    authority.write("d.jsonc", draft("ED-21-01", 1, None));
    let envelope = authority.sign("d.jsonc", &[Name::Officer1, Name::Officer2]);
    authority.publish(&[&envelope]).ended(Exit::Refused, "signatures by 1 of the trusted keys, wanted 2");
    authority
        .run(&["sign", "d.jsonc", "--key", "keys/officer-2.key", "--yes", "--repo", "repo"])
        .ended(Exit::Refused, "is not an active key of the issuer \"dhs\"");
    authority.run(&["verify", "repo"]).done();
}

#[test]
fn a_forged_directive_is_delisted_by_repudiation_and_its_place_is_free_again() {
    let authority = Authority::founded();
    let first = authority.issue(&draft("BOD-17-01", 1, None));
    let forged = authority.issue(&draft("BOD-17-01", 2, Some(first)));
    let more = format!(", \"repudiated\": [\"{forged}\"]");
    let file = signed(&authority, &list(2, [ACTIVE; 3], &more), &ROOTS);
    let ran = authority.run(&["publish", "--repo", "repo", "--issuers", &file]).done();
    assert_eq!(ran.stdout, "published issuers.json\nno longer listed BOD-17-01.2.json\n");
    std::fs::remove_file(authority.folder().join("BOD-17-01.2.envelope.json")).unwrap();
    authority.issue(&draft("BOD-17-01", 2, Some(first)).replace("2017-12-12", "2017-12-13"));
    authority.run(&["verify", "repo"]).done();
    assert_ne!(forged, Sha256::of(b""));
}

#[test]
fn a_list_with_a_repository_key_is_refused() {
    let authority = Authority::founded();
    let snapshot = hexadecimal(Name::Snapshot);
    let officer = hexadecimal(Name::Officer3);
    authority.write("issuers.jsonc", list(2, [ACTIVE; 3], "").replace(&officer, &snapshot));
    authority
        .run(&[
            "sign",
            "issuers.jsonc",
            "--key",
            "keys/root-1.key",
            "--payload-type",
            "issuers",
            "--repo",
            "repo",
            "--yes",
        ])
        .ended(Exit::Refused, "issuer \"dhs\" has a key that also serves elsewhere");
}

#[test]
fn an_officer_who_is_listed_twice_is_not_two_and_the_list_is_not_signed() {
    let authority = Authority::founded();
    let twice = list(2, [ACTIVE; 3], "").replace(&hexadecimal(Name::Officer2), &hexadecimal(Name::Officer1));
    authority.write("issuers.jsonc", &twice);
    let sign = ["sign", "issuers.jsonc", "--payload-type", "issuers", "--yes", "--key", "keys/root-1.key"];
    for (more, exit) in [(&["--repo", "repo"][..], Exit::Refused), (&[], Exit::Usage)] {
        authority
            .run(&[&sign[..], more].concat())
            .ended(exit, "issuer \"dhs\" has a key that also serves elsewhere");
    }
    assert!(!authority.folder().join("issuers.2.envelope.json").exists());
}
