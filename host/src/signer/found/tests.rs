#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as a person would"
)]

use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use interdict_keys_example::{Name, seed};

use super::*;
use crate::key_file::{Cost, Pem, Protection};
use crate::passphrase::Secret;
use crate::signer::SecretSources;
use crate::testing::{CountedRandomness, TestWorld};

const SEED: [u8; 32] = [5; 32];

fn found(test: &mut TestWorld, uri: &str) -> Result<FoundKey, OpenError> {
    let mut credentials = Credentials::of(&mut test.world, ExampleKeys::Refuse, SecretSources::default());
    find(&uri.parse().unwrap(), &mut credentials)
}

fn key_file(protection: Protection<'_>) -> String {
    let created = interdict_schema::DateTime::EPOCH;
    let file = KeyFile::of_seed(&SEED, &mut CountedRandomness::default(), "A", created, protection).unwrap();
    String::from_utf8(file.to_bytes().to_vec()).unwrap()
}

fn private(path: &Path, text: &str) -> String {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path.display().to_string()
}

#[test]
fn a_pem_file_is_a_key_under_the_name_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let uri = private(&folder.path().join("root-1.pem"), &Pem::clear(&SEED));
    let key = found(&mut TestWorld::new(), &uri).unwrap();
    assert_eq!(key.part().label, "root-1.pem");
    assert_eq!(key.part().public, SigningKey::from_bytes(&SEED).verifying_key().to_bytes());
    std::fs::set_permissions(&uri, std::fs::Permissions::from_mode(0o644)).unwrap();
    let error = found(&mut TestWorld::new(), &uri).unwrap_err();
    assert!(matches!(error, OpenError::File(KeyFileError::Permissions { mode: 0o644, .. })));
}

#[test]
fn an_encrypted_pem_file_asks_for_its_passphrase_and_may_be_seen() {
    let folder = tempfile::tempdir().unwrap();
    let sealed = Pem::encrypt(&SEED, &Secret::new("right"), &mut CountedRandomness::default()).unwrap();
    let uri = private(&folder.path().join("a.pem"), &sealed);
    std::fs::set_permissions(&uri, std::fs::Permissions::from_mode(0o640)).unwrap();
    let key = found(&mut TestWorld::new().passphrases(&["right"]), &uri).unwrap();
    assert_eq!(key.exposed_mode(), Some(0o640));
    let error = found(&mut TestWorld::new().passphrases(&["wrong"]), &uri).unwrap_err();
    assert!(matches!(error, OpenError::File(KeyFileError::WrongPassphrase)));
}

#[test]
fn an_example_key_is_refused_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let seed = seed(Name::Root1);
    let sealed = Pem::encrypt(&seed, &Secret::new("right"), &mut CountedRandomness::default()).unwrap();
    let clear = Pem::clear(&seed);
    let mut test = TestWorld::new().passphrases(&["right"]).variable("KEY", &clear);
    for uri in [
        private(&folder.path().join("clear.pem"), &clear),
        private(&folder.path().join("sealed.pem"), &sealed),
        "env:KEY".to_owned(),
    ] {
        let error = found(&mut test, &uri).unwrap_err();
        assert!(matches!(error, OpenError::File(KeyFileError::ExampleKey(_))), "{uri}: {error}");
    }
}

#[test]
fn a_key_from_the_environment_is_taken_out_of_it() {
    for text in [Pem::clear(&SEED).to_string(), key_file(Protection::Unencrypted)] {
        let mut test = TestWorld::new().variable("KEY", &text);
        let key = found(&mut test, "env:KEY").unwrap();
        assert_eq!(key.part().public, SigningKey::from_bytes(&SEED).verifying_key().to_bytes());
        let mut credentials = Credentials::of(&mut test.world, ExampleKeys::Refuse, SecretSources::default());
        assert_eq!(key.open(&mut credentials).unwrap().backend(), Backend::Environment);
        assert!(!test.world.environment.contains_key("KEY"));
        let again = found(&mut test, "env:KEY").unwrap_err();
        assert!(matches!(again, OpenError::NoVariable) && again.is_absent());
    }
}

#[test]
fn a_key_is_read_from_a_descriptor() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    std::io::Write::write_all(&mut writer, Pem::clear(&SEED).as_bytes()).unwrap();
    drop(writer);
    let uri = format!("fd:{}", reader.as_raw_fd());
    let key = found(&mut TestWorld::new(), &uri).unwrap();
    assert_eq!(key.part().public, SigningKey::from_bytes(&SEED).verifying_key().to_bytes());
    assert_eq!(key.part().label, uri);
    let error = found(&mut TestWorld::new(), "fd:2147483647").unwrap_err();
    assert!(error.is_absent(), "{error}");
}

#[test]
fn a_machine_that_runs_by_itself_gets_its_key_in_the_clear_or_not_at_all() {
    let passphrase = Secret::new("x");
    let sealed = Pem::encrypt(&SEED, &passphrase, &mut CountedRandomness::default()).unwrap();
    let own = key_file(Protection::Passphrase(&passphrase, Cost::INSECURE_FOR_TESTS));
    for text in [sealed.to_string(), own] {
        let mut test = TestWorld::new().variable("KEY", &text).passphrases(&["x"]);
        let error = found(&mut test, "env:KEY").unwrap_err();
        assert!(matches!(error, OpenError::Encrypted { backend: Backend::Environment }));
    }
    let mut test = TestWorld::new().variable("KEY", "rubbish");
    assert!(matches!(found(&mut test, "env:KEY").unwrap_err(), OpenError::File(KeyFileError::Json(_))));
}
