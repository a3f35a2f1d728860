//! `key`: secrets stay closed, files are private and never overwritten.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as an attacker or a careless person would"
)]

use std::os::unix::fs::PermissionsExt;

use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_publisher::testing::Authority;

fn mode(authority: &Authority, name: &str) -> u32 {
    std::fs::metadata(authority.folder().join(name)).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_new_key_is_encrypted_private_and_shown_without_its_secret() {
    let authority = Authority::new();
    let world = TestWorld::new().passphrases(&["correct horse", "correct horse"]);
    let made = authority.run_in(world, &["key", "new", "a.key", "--label", "First officer"]).done();
    assert_eq!(mode(&authority, "a.key"), 0o600);
    let file: serde_json::Value =
        serde_json::from_slice(&std::fs::read(authority.folder().join("a.key")).unwrap()).unwrap();
    assert_eq!(file["encryption"]["kdf"], "argon2id");
    let shown = authority.run(&["key", "show", "a.key", "--json"]).done();
    let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!((&shown["label"], &shown["encrypted"]), (&"First officer".into(), &true.into()));
    assert_eq!(shown["keyid"], file["keyid"]);
    let secret = file["secret"].as_str().unwrap();
    assert!(!made.stdout.contains(secret) && !made.stderr.contains(secret));
}

#[test]
fn nothing_is_overwritten_and_two_different_passphrases_make_no_key() {
    let authority = Authority::new();
    authority.write("there.key", "something else");
    authority
        .run(&["key", "new", "there.key", "--label", "x", "--unencrypted"])
        .ended(Exit::Usage, "nothing is overwritten");
    assert_eq!(std::fs::read(authority.folder().join("there.key")).unwrap(), b"something else");
    let world = TestWorld::new().passphrases(&["one", "other"]);
    authority
        .run_in(world, &["key", "new", "a.key", "--label", "x"])
        .ended(Exit::Usage, "the two passphrases differ");
    assert!(!authority.folder().join("a.key").exists());
    authority
        .run(&["key", "new", "a.key", "--label", "x"])
        .ended(Exit::Usage, "give --passphrase-file FILE, or --unencrypted");
}

#[test]
fn an_encrypted_key_signs_with_its_passphrase_from_a_file_and_with_no_other() {
    let authority = Authority::founded();
    authority.write("right", "correct horse\n");
    authority.write("wrong", "battery staple\n");
    authority.run(&["key", "new", "a.key", "--label", "A", "--passphrase-file", "right"]).done();
    authority.write("d.jsonc", interdict_publisher::testing::draft("BOD-17-01", 1, None));
    let sign = ["sign", "d.jsonc", "--key", "a.key", "--yes", "--passphrase-file"];
    authority
        .run(&[&sign[..], &["wrong"]].concat())
        .ended(Exit::Usage, "the passphrase does not open the key file");
    assert!(!authority.folder().join("BOD-17-01.1.envelope.json").exists());
    authority.run(&[&sign[..], &["right"]].concat()).done();
    authority
        .run(&["sign", "d.jsonc", "--key", "a.key", "--yes", "-o", "b.json"])
        .ended(Exit::Usage, "no terminal to ask for a passphrase on\nhint: give --passphrase-file FILE");
}

#[test]
fn what_is_no_key_file_is_wrong_use() {
    let authority = Authority::new();
    authority.write("a.key", "{}");
    authority.run(&["key", "show", "a.key"]).ended(Exit::Usage, "not a key file");
    authority.run(&["key", "show", "absent.key"]).ended(Exit::Usage, "absent.key");
}
