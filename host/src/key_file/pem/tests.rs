#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files and run programs as a person would"
)]

use std::path::Path;
use std::process::Command;

use super::*;
use crate::testing::CountedRandomness;

const SEED: [u8; 32] = [7; 32];

fn nobody() -> Result<Secret, PassphraseError> {
    Err(PassphraseError::NoTerminal)
}

/// What openssl writes; `None` where there is none.
fn openssl(folder: &Path, arguments: &[&str]) -> Option<Vec<u8>> {
    let Ok(ran) = Command::new("openssl").args(arguments).current_dir(folder).output() else {
        #[expect(clippy::print_stderr, reason = "a test that was skipped says so")]
        {
            eprintln!("skipped: no openssl");
        }
        return None;
    };
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    Some(ran.stdout)
}

#[test]
fn a_key_in_the_clear_is_what_rfc_8410_shows() {
    // RFC 8410, section 10.3.
    let one = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    let seed = Pem::parse(one.as_bytes()).unwrap().seed(nobody).unwrap();
    assert_eq!(*Pem::clear(&seed), one);
    assert_eq!(seed[..4], [0xd4, 0xee, 0x72, 0xdb]);
}

#[test]
fn an_encrypted_key_opens_with_its_passphrase_and_no_other() {
    let right = Secret::new("correct horse");
    let text = Pem::encrypt(&SEED, &right, &mut CountedRandomness::default()).unwrap();
    let pem = Pem::parse(text.as_bytes()).unwrap();
    assert!(pem.is_encrypted() && !text.contains(&*Pem::clear(&SEED)));
    assert_eq!(*pem.seed(|| Ok(right)).unwrap(), SEED);
    assert!(matches!(pem.seed(|| Ok(Secret::new("other"))), Err(KeyFileError::WrongPassphrase)));
    assert!(matches!(pem.seed(nobody), Err(KeyFileError::Passphrase(PassphraseError::NoTerminal))));
    assert_eq!(format!("{pem:?}"), "Pem { encrypted: true, .. }");
}

#[test]
fn what_openssl_writes_is_read_in_the_clear_and_encrypted_each_way() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    if openssl(dir, &["genpkey", "-algorithm", "ed25519", "-out", "clear.pem"]).is_none() {
        return;
    }
    let clear = std::fs::read(dir.join("clear.pem")).unwrap();
    let seed = Pem::parse(&clear).unwrap().seed(nobody).unwrap();
    assert_eq!(Pem::clear(&seed).as_bytes(), clear);
    let raw = openssl(dir, &["pkey", "-in", "clear.pem", "-pubout", "-outform", "DER"]).unwrap();
    assert!(raw.ends_with(SigningKey::from_bytes(&seed).verifying_key().as_bytes()));
    for how in
        [&["-v2", "aes-256-cbc"][..], &["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512"], &["-scrypt"]]
    {
        let mut arguments = vec![
            "pkcs8",
            "-topk8",
            "-in",
            "clear.pem",
            "-passout",
            "pass:correct horse",
            "-out",
            "sealed.pem",
        ];
        arguments.extend(how);
        openssl(dir, &arguments).unwrap();
        let pem = Pem::parse(&std::fs::read(dir.join("sealed.pem")).unwrap()).unwrap();
        assert_eq!(*pem.seed(|| Ok(Secret::new("correct horse"))).unwrap(), *seed, "{how:?}");
        assert!(matches!(pem.seed(|| Ok(Secret::new("x"))), Err(KeyFileError::WrongPassphrase)), "{how:?}");
    }
}

#[test]
fn openssl_reads_what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    std::fs::write(dir.join("clear.pem"), Pem::clear(&SEED).as_bytes()).unwrap();
    let passphrase = Secret::new("correct horse");
    let sealed = Pem::encrypt(&SEED, &passphrase, &mut CountedRandomness::default()).unwrap();
    std::fs::write(dir.join("sealed.pem"), sealed.as_bytes()).unwrap();
    for arguments in [
        &["pkey", "-in", "clear.pem", "-pubout", "-outform", "DER"][..],
        &["pkey", "-in", "sealed.pem", "-passin", "pass:correct horse", "-pubout", "-outform", "DER"],
    ] {
        let Some(public) = openssl(dir, arguments) else { return };
        assert!(public.ends_with(SigningKey::from_bytes(&SEED).verifying_key().as_bytes()), "{arguments:?}");
    }
}

/// The same key with one byte of its DER changed.
fn changed(place: usize, to: u8) -> Result<Pem, KeyFileError> {
    let mut der = document(&SEED).to_vec();
    der[place] = to;
    Pem::parse(written("PRIVATE KEY", &der).as_bytes())
}

#[test]
fn everything_but_an_ed25519_private_key_is_refused_with_what_it_is() {
    assert!(matches!(changed(4, 1), Err(KeyFileError::Pkcs8(_))), "version 2 without a public half");
    assert!(
        matches!(changed(11, 0x6e), Err(KeyFileError::Algorithm { oid }) if oid == "1.3.101.110"),
        "a key of X25519"
    );
    assert!(matches!(changed(14, 3), Err(KeyFileError::Pkcs8(_))), "no octet string within");
    let mut short = document(&SEED).to_vec();
    short.pop();
    for (place, value) in [(1, 0x2d), (13, 0x21), (15, 0x1f)] {
        short[place] = value;
    }
    assert!(matches!(
        Pem::parse(written("PRIVATE KEY", &short).as_bytes()),
        Err(KeyFileError::Length { field: "private key", found: 31, expected: 32 })
    ));
    let text = Pem::clear(&SEED);
    let kind = text.replace("PRIVATE KEY", "OPENSSH PRIVATE KEY");
    assert!(
        matches!(Pem::parse(kind.as_bytes()), Err(KeyFileError::PemKind { found }) if found == "OPENSSH PRIVATE KEY")
    );
    for broken in [&text.as_bytes()[..40], b"-----BEGIN PRIVATE KEY-----\n", b"-----BEGIN \xff"] {
        assert!(matches!(Pem::parse(broken), Err(KeyFileError::Pkcs8(_))), "{broken:?}");
    }
    // A public half that is that of the seed, and one that is not.
    let public = SigningKey::from_bytes(&SEED).verifying_key().to_bytes();
    for (public, fits) in [(public, true), ([9; 32], false)] {
        let mut der = document(&SEED).to_vec();
        (der[1], der[4]) = (0x2e + 35, 1);
        der.extend([0x81, 33, 0]);
        der.extend(public);
        let read = Pem::parse(written("PRIVATE KEY", &der).as_bytes());
        assert!(if fits { read.is_ok() } else { matches!(read, Err(KeyFileError::PublicMismatch)) });
    }
}

#[test]
fn no_more_work_is_done_than_a_key_file_should_need() {
    let pbkdf2 = |rounds| {
        let parameters = Parameters::generate_pbkdf2_sha256_aes256cbc(rounds, &[1; 16], [2; 16]).unwrap();
        check_cost(&parameters.into())
    };
    assert!(pbkdf2(MAX_ITERATIONS).is_ok());
    assert!(matches!(pbkdf2(MAX_ITERATIONS + 1), Err(KeyFileError::Cost { parameter: "iterations", .. })));
    let scrypt = |cost, block_size, parallelization| {
        let salt = pkcs8::pkcs5::pbes2::Salt::new([1; 16]).unwrap();
        let kdf = pkcs8::pkcs5::pbes2::ScryptParams {
            salt,
            cost_parameter: cost,
            block_size,
            parallelization,
            key_length: None,
        };
        let encryption = pkcs8::pkcs5::pbes2::EncryptionScheme::Aes256Cbc { iv: [2; 16] };
        check_cost(&Parameters { kdf: kdf.into(), encryption }.into())
    };
    assert!(scrypt(1 << 20, 8, 16).is_ok());
    assert!(matches!(scrypt(1 << 21, 8, 1), Err(KeyFileError::Cost { parameter: "memory_kib", .. })));
    assert!(matches!(scrypt(u64::MAX, 8, 1), Err(KeyFileError::Cost { parameter: "memory_kib", .. })));
    assert!(matches!(scrypt(1 << 14, 8, 17), Err(KeyFileError::Cost { parameter: "lanes", found: 17, .. })));
}
