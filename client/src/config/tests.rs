#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and write files"
)]

use super::*;

#[test]
fn reads_back_what_it_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("below/config.toml");
    assert_eq!(Config::read(&path).unwrap(), Config::default());
    let config = Config {
        agency: Some(Agency::named("Example \"Agency\"".into())),
        components: vec![Agency::named("Bureau".into())],
        repositories: vec![
            RepositoryConfig {
                mirrors: vec![Location::parse("https://example.net/d", folder.path()).unwrap()],
                ca_file: Some("/etc/ca.pem".into()),
                timeouts: Timeouts { read: "250ms".parse().unwrap(), ..Timeouts::default() },
                ..RepositoryConfig::new(
                    "dhs".parse().unwrap(),
                    Location::parse("https://example.gov/d", folder.path()).unwrap(),
                )
            },
            RepositoryConfig::new("usb".parse().unwrap(), Location::parse("media", folder.path()).unwrap()),
        ],
        enforce: None,
    };
    config.write(&Disk::default(), &path).unwrap();
    assert_eq!(Config::read(&path).unwrap(), config);
}

#[test]
fn a_mistake_is_an_error_and_never_an_empty_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    for (text, wanted) in [
        ("repositories = []", "not a configuration"),
        ("[[repository]]\nname = \"../x\"\nurl = \"http://a/\"", "not a configuration"),
        (
            "[[repository]]\nname = \"a\"\nurl = \"ftp://a/\"",
            "not a configuration: line 3: found \"ftp://a/\"",
        ),
        ("[[repository]]\nname = \"a\"\nurll = \"/x\"", "not a configuration: line 3: unknown field `urll`"),
        ("\n\nx = ", "not a configuration: line 3: "),
        (
            "[[repository]]\nname = \"a\"\nurl = \"/x\"\n[[repository]]\nname = \"a\"\nurl = \"/y\"",
            "have the name a",
        ),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = Config::read(&path).unwrap_err().to_string();
        assert!(error.contains(wanted), "{text}: {error}");
    }
}

#[test]
fn a_location_is_a_server_or_a_folder() {
    let base = Path::new("/base");
    assert_eq!(Location::parse("http://h:1/x", base), Ok(Location::Http("http://h:1/x/".into())));
    assert_eq!(Location::parse("rel", base), Ok(Location::Directory("/base/rel".into())));
    assert_eq!(Location::parse("file:///x", base), Ok(Location::Directory("/x".into())));
    for bad in ["", " ", "ftp://x/", "http://", "https:///x", "http://h/?q", "http://h/#f", "file://x"] {
        assert!(matches!(Location::parse(bad, base), Err(NotALocation::Form { .. })), "{bad}");
    }
    assert!(Location::parse("https://h/a@b", base).is_ok(), "not before the host");
}

#[test]
fn a_url_with_a_user_name_or_password_is_refused_and_not_repeated() {
    for bad in [
        "http://user@h/",
        "https://user:secret@h/x",
        "https://:secret@h",
        "http://a@b:secret@h/",
        "ftp://u:secret@h",
    ] {
        let refused = Location::parse(bad, Path::new("/base")).unwrap_err();
        assert_eq!(refused, NotALocation::Credentials, "{bad}");
        assert!(!refused.to_string().contains("secret"), "{refused}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, "[[repository]]\nname = \"a\"\nurl = \"http://user:secret@a/\"").unwrap();
    let refused = Config::read(&path).unwrap_err().to_string();
    assert!(refused.contains("line 3: found a URL with a user name"), "{refused}");
    assert!(!refused.contains("secret"), "{refused}");
}

#[test]
fn a_name_of_32_is_read_and_one_of_33_is_not() {
    assert!("a".repeat(32).parse::<RepositoryName>().is_ok());
    for bad in ["", "A", "1a", "a/b", "..", &"a".repeat(33)] {
        assert!(bad.parse::<RepositoryName>().is_err(), "{bad}");
    }
}
