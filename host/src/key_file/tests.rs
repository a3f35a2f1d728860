#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a test may fail by panicking and write files"
)]

use std::os::unix::fs::PermissionsExt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use interdict_keys_example::Name;
use interdict_schema::key::KeyRefusal;

use super::*;
use crate::read::ReadError;
use crate::signer::Signer;
use crate::testing::CountedRandomness;
use crate::write::DiskErrorKind;

fn created() -> DateTime {
    "2017-09-13T12:00:00Z".parse().unwrap()
}

const CHEAP: Cost = Cost::INSECURE_FOR_TESTS;

fn encrypted(passphrase: &str) -> KeyFile {
    let passphrase = Secret::new(passphrase);
    let protection = Protection::Passphrase(&passphrase, CHEAP);
    KeyFile::generate(&mut CountedRandomness::default(), "officer", created(), protection).unwrap()
}

fn unencrypted() -> KeyFile {
    KeyFile::generate(&mut CountedRandomness::default(), "officer", created(), Protection::Unencrypted)
        .unwrap()
}

fn never() -> Result<Secret, PassphraseError> {
    panic!("a passphrase was asked for")
}

/// The file's text with one thing replaced.
fn changed(key_file: &KeyFile, from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(key_file.to_bytes().to_vec()).unwrap();
    assert!(text.contains(from), "{text}");
    text.replacen(from, to, 1).into_bytes()
}

fn refused(bytes: &[u8]) -> KeyFileError {
    KeyFile::parse(bytes, ExampleKeys::Refuse).unwrap_err()
}

#[test]
fn an_encrypted_key_is_read_back_with_its_passphrase() {
    let made = encrypted("correct horse");
    let read = KeyFile::parse(&made.to_bytes(), ExampleKeys::Refuse).unwrap();
    assert!(read.is_encrypted());
    assert_eq!(
        (read.label(), read.created(), read.public(), read.keyid()),
        ("officer", created(), made.public(), made.keyid())
    );
    let signer = read.unlock(|| Ok(Secret::new("correct horse"))).unwrap();
    assert_eq!(signer.public(), made.public());
    assert_eq!(signer.label(), "officer");
    signer.sign(b"message").unwrap();
}

#[test]
fn a_wrong_passphrase_is_its_own_error() {
    let error = encrypted("correct horse").unlock(|| Ok(Secret::new("correct hearse"))).unwrap_err();
    assert!(matches!(error, KeyFileError::WrongPassphrase));
}

#[test]
fn an_encrypted_file_holds_no_seed() {
    let made = encrypted("correct horse");
    let mut seed = [0; 32];
    CountedRandomness::default().fill(&mut seed).unwrap();
    assert_eq!(SigningKey::from_bytes(&seed).verifying_key().as_bytes(), made.public());
    let text = String::from_utf8(made.to_bytes().to_vec()).unwrap();
    assert!(!text.contains(&STANDARD.encode(seed)), "{text}");
}

#[test]
fn an_unencrypted_key_asks_for_no_passphrase() {
    let read = KeyFile::parse(&unencrypted().to_bytes(), ExampleKeys::Refuse).unwrap();
    assert!(!read.is_encrypted());
    read.unlock(never).unwrap();
}

#[test]
fn every_open_field_is_bound_to_the_secret() {
    let made = encrypted("x");
    for (from, to) in [
        ("\"officer\"", "\"0fficer\""),
        ("2017-09-13T12:00:00Z", "2017-09-13T12:00:01Z"),
        ("\"passes\": 1", "\"passes\": 2"),
        ("\"memory_kib\": 64", "\"memory_kib\": 65"),
    ] {
        let read = KeyFile::parse(&changed(&made, from, to), ExampleKeys::Refuse).unwrap();
        let error = read.unlock(|| Ok(Secret::new("x"))).unwrap_err();
        assert!(matches!(error, KeyFileError::WrongPassphrase), "{from}: {error}");
    }
}

#[test]
fn the_public_half_must_be_that_of_the_secret() {
    let mut randomness = CountedRandomness::default();
    let one = KeyFile::generate(&mut randomness, "officer", created(), Protection::Unencrypted).unwrap();
    let two = KeyFile::generate(&mut randomness, "officer", created(), Protection::Unencrypted).unwrap();
    let mixed = changed(&one, &STANDARD.encode(&*one.secret), &STANDARD.encode(&*two.secret));
    let error = KeyFile::parse(&mixed, ExampleKeys::Refuse).unwrap().unlock(never).unwrap_err();
    assert!(matches!(error, KeyFileError::PublicMismatch));
}

#[test]
fn the_keyid_must_be_that_of_the_public_half() {
    let made = unencrypted();
    let error = refused(&changed(
        &made,
        &STANDARD.encode(made.public()),
        &STANDARD.encode(interdict_keys_example::key(Name::Root1).verifying_key().to_bytes()),
    ));
    assert!(matches!(error, KeyFileError::KeyId));
}

#[test]
fn a_hostile_cost_is_refused_before_any_work() {
    let error = refused(&changed(&encrypted("x"), "\"memory_kib\": 64", "\"memory_kib\": 104857600"));
    assert_eq!(error.to_string(), "the key derivation asks for memory_kib 104857600, expected 8 to 1048576");
}

#[test]
fn what_is_not_a_key_file_is_refused_with_the_field() {
    let made = encrypted("x");
    assert!(matches!(refused(b"not json"), KeyFileError::Json(_)));
    assert!(matches!(refused(&changed(&made, "interdict-key", "another-key")), KeyFileError::Json(_)));
    assert!(matches!(refused(&changed(&made, "argon2id", "argon2i")), KeyFileError::Json(_)));
    assert!(matches!(
        refused(&changed(&made, "\"version\": 1", "\"version\": 2")),
        KeyFileError::Version { found: 2, expected: 1 }
    ));
    assert!(matches!(
        refused(&changed(&made, &STANDARD.encode(made.public()), "AAAA")),
        KeyFileError::Length { field: "public", found: 3, expected: 32 }
    ));
    assert!(matches!(refused(&changed(&made, "2017-09-13T12:00:00Z", "yesterday")), KeyFileError::Json(_)));
    assert!(matches!(
        refused(&changed(&made, &STANDARD.encode(made.public()), "?")),
        KeyFileError::Base64 { field: "public", .. }
    ));
    assert!(matches!(
        refused(&changed(&made, "\"label\"", "\"version\": 1, \"label\"")),
        KeyFileError::Json(_)
    ));
    assert!(matches!(
        refused(&changed(&made, &STANDARD.encode(made.public()), &STANDARD.encode([0; 32]))),
        KeyFileError::Public(KeyRefusal::Weak)
    ));
    let seed = STANDARD.encode(&*unencrypted().secret);
    let short = KeyFile::parse(&changed(&unencrypted(), &seed, "AAAA"), ExampleKeys::Refuse).unwrap();
    assert!(matches!(
        short.unlock(never),
        Err(KeyFileError::Length { field: "secret", found: 3, expected: 32 })
    ));
}

#[test]
fn a_label_has_1_to_128_visible_characters() {
    let make = |label: &str| {
        KeyFile::generate(&mut CountedRandomness::default(), label, created(), Protection::Unencrypted)
    };
    make(&"é".repeat(128)).unwrap();
    for label in ["", &"é".repeat(129), "off\u{202e}icer", "two\nlines"] {
        assert!(matches!(make(label), Err(KeyFileError::Label { max_characters: 128, .. })), "{label:?}");
    }
}

#[test]
fn an_example_key_is_refused_unless_allowed() {
    let seed = interdict_keys_example::seed(Name::Officer1);
    let file = KeyFile::of_seed(
        &seed,
        &mut CountedRandomness::default(),
        "officer-1",
        created(),
        Protection::Unencrypted,
    )
    .unwrap();
    assert!(
        matches!(refused(&file.to_bytes()), KeyFileError::ExampleKey(error) if error.name == Name::Officer1)
    );
    KeyFile::parse(&file.to_bytes(), ExampleKeys::Allow).unwrap();
}

#[test]
fn the_file_is_the_owners_alone_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("officer.key");
    let disk = Disk::default();
    unencrypted().write(&disk, &path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(unencrypted().write(&disk, &path).unwrap_err().kind(), DiskErrorKind::AlreadyExists);
    assert_eq!(KeyFile::read(&path, ExampleKeys::Refuse).unwrap().exposed_mode(), None);
}

#[test]
fn a_secret_in_the_clear_that_others_may_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("officer.key");
    let write = |key_file: &KeyFile, mode| {
        std::fs::write(&path, key_file.to_bytes()).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    write(&unencrypted(), 0o640);
    let error = KeyFile::read(&path, ExampleKeys::Refuse).unwrap_err();
    assert!(matches!(&error, KeyFileError::Permissions { mode: 0o640, .. }));
    assert_eq!(
        error.to_string(),
        format!("{} is not encrypted and has mode 0640, expected 0600", path.display())
    );
    write(&encrypted("x"), 0o644);
    assert_eq!(KeyFile::read(&path, ExampleKeys::Refuse).unwrap().exposed_mode(), Some(0o644));
}

#[test]
fn a_file_of_the_limit_is_read_and_one_byte_more_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("officer.key");
    let mut bytes = encrypted("x").to_bytes().to_vec();
    bytes.resize(usize::try_from(MAX_KEY_FILE_BYTES).unwrap(), b' ');
    std::fs::write(&path, &bytes).unwrap();
    KeyFile::read(&path, ExampleKeys::Refuse).unwrap();
    bytes.push(b' ');
    std::fs::write(&path, &bytes).unwrap();
    let error = KeyFile::read(&path, ExampleKeys::Refuse).unwrap_err();
    assert!(matches!(error, KeyFileError::Read(ReadError::TooLong { max_bytes: MAX_KEY_FILE_BYTES, .. })));
}

#[test]
fn debug_shows_no_secret() {
    let made = unencrypted();
    let shown = format!("{made:?}");
    assert!(shown.contains("officer") && !shown.contains("secret"), "{shown}");
    assert!(!shown.contains(&STANDARD.encode(&*made.secret)), "{shown}");
}

#[test]
fn the_recommended_cost_works() {
    let passphrase = Secret::new("x");
    let protection = Protection::Passphrase(&passphrase, Cost::RECOMMENDED);
    let made =
        KeyFile::generate(&mut CountedRandomness::default(), "officer", created(), protection).unwrap();
    made.unlock(|| Ok(Secret::new("x"))).unwrap();
}

#[test]
fn the_keyid_is_the_one_that_a_tuf_root_uses() {
    // Made with sha256sum from the canonical key object of the example key officer-1.
    let public = interdict_keys_example::key(Name::Officer1).verifying_key().to_bytes();
    assert_eq!(
        interdict_schema::tuf::Key::of(&PublicKey::ed25519(&public).unwrap()).keyid(),
        "0a987798f4650626cb8bc54eeb84553818792855adc944212bb15b4da29e4118"
    );
}
