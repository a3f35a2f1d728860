#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use super::*;

fn read(text: &str) -> Result<KeyUri, KeyUriError> {
    text.parse()
}

#[test]
fn a_bare_path_is_a_file_and_reads_back_as_it_was_written() {
    for (text, path) in [
        ("a.key", "a.key"),
        ("../keys/a.key", "../keys/a.key"),
        ("./pkcs1:a", "./pkcs1:a"),
        ("/a:b", "/a:b"),
        ("9:a", "9:a"),
        ("file:a:b", "a:b"),
        ("file:/a", "/a"),
        ("file:///a%20b", "/a%20b"),
    ] {
        let uri = read(text).unwrap();
        assert_eq!(uri, KeyUri::File(path.into()), "{text}");
        assert_eq!(read(&uri.to_string()).unwrap(), uri, "{text}");
    }
    assert_eq!(KeyUri::File("keys/a.key".into()).to_string(), "keys/a.key");
    assert_eq!(KeyUri::File("env:A".into()).to_string(), "file:env:A");
    let odd = OsString::from_vec(b"odd\xff.key".to_vec());
    assert_eq!(KeyUri::parse(&odd).unwrap().to_os_string(), odd);
}

#[test]
fn relative_paths_start_from_the_folder_that_is_said() {
    let dir = Path::new("/repo");
    assert_eq!(read("../a.key").unwrap().beneath(dir).file(), Some(Path::new("/repo/../a.key")));
    let token = read("pkcs11:token=t?module-path=m.so&pin-source=file:pin").unwrap().beneath(dir);
    assert_eq!(token.to_string(), "pkcs11:token=t?module-path=/repo/m.so&pin-source=file:/repo/pin");
    let agent = read("env:KEY").unwrap();
    assert_eq!(agent.beneath(dir), agent);
}

#[test]
fn every_scheme_is_read_and_written() {
    let agent = format!("ssh-agent:SHA256:{}", STANDARD_NO_PAD.encode([7; 32]));
    for text in [
        agent.as_str(),
        "env:INTERDICT_KEY",
        "env:_1",
        "fd:3",
        "fd:2147483647",
        "pkcs11:",
        "pkcs11:token=root%20token;manufacturer=M;model=x;serial=1a2b;slot-id=7;object=root-1;id=%01%FF",
        "pkcs11:object=a?module-name=softhsm2",
        "pkcs11:object=a?module-path=/usr/lib/a.so&pin-source=file:/run/pin",
    ] {
        assert_eq!(read(text).unwrap().to_string(), text);
    }
    let token = |text| match read(text).unwrap() {
        KeyUri::Token(token) => token,
        other => unreachable!("{other}"),
    };
    let whole = token("pkcs11:id=%0a1;object=a%3bb;type=private?pin-source=file:///run/pin");
    assert_eq!((whole.id.unwrap(), whole.object.unwrap()), (b"\n1".to_vec(), "a;b".to_owned()));
    assert_eq!(whole.pin_source.unwrap(), Path::new("/run/pin"));
}

#[test]
fn what_is_no_key_uri_is_refused_with_what_is_wrong() {
    let scheme = |scheme: &str| KeyUriError::Scheme { scheme: scheme.into() };
    let value = |name, wanted| KeyUriError::Value { name, wanted };
    let utf8 = "percent-encoded UTF-8";
    for (text, wanted) in [
        ("", KeyUriError::Empty),
        ("file:", KeyUriError::Empty),
        ("file://host/a", KeyUriError::Host),
        ("file://", KeyUriError::Host),
        ("pkcs1:object=a", scheme("pkcs1")),
        ("PKCS11:object=a", scheme("PKCS11")),
        ("https://host/a", scheme("https")),
        ("ssh-agent:", KeyUriError::Fingerprint),
        ("ssh-agent:MD5:00", KeyUriError::Fingerprint),
        ("ssh-agent:SHA256:AAAA", KeyUriError::Fingerprint),
        ("env:", KeyUriError::Variable),
        ("env:1A", KeyUriError::Variable),
        ("env:A=B", KeyUriError::Variable),
        ("fd:2", KeyUriError::Descriptor),
        ("fd:03", KeyUriError::Descriptor),
        ("fd:+3", KeyUriError::Descriptor),
        ("fd:2147483648", KeyUriError::Descriptor),
        ("fd:", KeyUriError::Descriptor),
        ("pkcs11:object=a;object=b", KeyUriError::Twice { name: "object" }),
        ("pkcs11:object", value("object", utf8)),
        ("pkcs11:object=%f", value("object", utf8)),
        ("pkcs11:object=%ff", value("object", utf8)),
        ("pkcs11:token=%00", value("token", utf8)),
        ("pkcs11:id=", value("id", "percent-encoded bytes")),
        ("pkcs11:id=%", value("id", "percent-encoded bytes")),
        ("pkcs11:slot-id=+1", value("slot-id", "a number")),
        ("pkcs11:type=cert", value("type", "private or public")),
        ("pkcs11:?module-name=../a", value("module-name", "a name without folder and ending")),
        ("pkcs11:?pin-source=%7c/bin/echo", value("pin-source", "file:PATH")),
        ("pkcs11:?pin-source=file:", value("pin-source", "file:PATH")),
        ("pkcs11:?pin-source=file://host/a", value("pin-source", "file:PATH")),
        ("pkcs11:x-vendor=1", KeyUriError::Attribute { name: "x-vendor".into() }),
        ("pkcs11:;", KeyUriError::Attribute { name: String::new() }),
        ("pkcs11:?token=a", KeyUriError::Attribute { name: "token".into() }),
    ] {
        assert_eq!(read(text), Err(wanted), "{text}");
    }
    let odd = OsString::from_vec(b"env:\xff".to_vec());
    assert_eq!(KeyUri::parse(&odd), Err(KeyUriError::NotUtf8));
}

#[test]
fn a_pin_in_the_uri_is_refused_before_anything_else_and_never_repeated() {
    for text in ["pkcs11:object=a?pin-value=1234", "pkcs11:bad=1?module-path=x&pin-value=1234"] {
        let error = read(text).unwrap_err();
        assert_eq!(error, KeyUriError::PinValue);
        assert!(!error.to_string().contains("1234"));
    }
}

#[test]
fn the_longest_uri_is_read_and_one_byte_more_is_not() {
    assert!(read(&"a".repeat(MAX_KEY_URI_BYTES)).is_ok());
    let found = MAX_KEY_URI_BYTES + 1;
    assert_eq!(read(&"a".repeat(found)), Err(KeyUriError::TooLong { found }));
}
