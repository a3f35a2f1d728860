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

/// What openssl writes; `None` where there is none.
fn openssl(authority: &Authority, arguments: &[&str]) -> Option<String> {
    let ran = std::process::Command::new("openssl").args(arguments).current_dir(authority.folder()).output();
    let ran = ran.ok()?;
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    Some(String::from_utf8(ran.stdout).unwrap())
}

fn public(authority: &Authority, key: &str) -> String {
    let shown = authority.run(&["key", "public", key]).done().stdout;
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    shown["public"].as_str().unwrap().to_owned()
}

#[test]
fn a_key_of_openssl_is_imported_and_comes_back_as_it_was() {
    let authority = Authority::new();
    if openssl(&authority, &["genpkey", "-algorithm", "ed25519", "-out", "a.pem"]).is_none() {
        return;
    }
    authority.write("new", "battery staple\n");
    authority.write("pem", "correct horse\n");
    let import = ["key", "import", "a.pem", "a.key", "--label", "A", "--passphrase-file", "new"];
    authority.run(&import).ended(Exit::Done, "wrote a.key; a.pem still has the secret too\n");
    assert_eq!(
        (mode(&authority, "a.key"), public(&authority, "a.key")),
        (0o600, public(&authority, "a.pem"))
    );
    authority.run(&import).ended(Exit::Usage, "nothing is overwritten");
    // Encrypted by default: openssl needs the passphrase, and finds the same public half.
    let export =
        ["key", "export", "a.key", "b.pem", "--passphrase-file", "new", "--pem-passphrase-file", "pem"];
    authority.run(&export).ended(Exit::Done, "wrote b.pem\n");
    assert_eq!(mode(&authority, "b.pem"), 0o600);
    authority.run(&export).ended(Exit::Usage, "nothing is overwritten");
    let read = ["pkey", "-in", "b.pem", "-passin", "file:pem", "-pubout"];
    assert_eq!(openssl(&authority, &read), openssl(&authority, &["pkey", "-in", "a.pem", "-pubout"]));
    authority
        .run(&["key", "export", "a.key", "c.pem", "--passphrase-file", "new"])
        .ended(Exit::Usage, "hint: give --pem-passphrase-file FILE, or --unencrypted");
    assert!(!authority.folder().join("c.pem").exists());
    authority.run(&["key", "export", "a.key", "c.pem", "--passphrase-file", "new", "--unencrypted"]).done();
    let read = |name| std::fs::read(authority.folder().join(name)).unwrap();
    assert_eq!(read("c.pem"), read("a.pem"));
    // And back, from the encrypted one.
    let back = ["key", "import", "b.pem", "d.key", "--label", "D", "--unencrypted"];
    authority.run(&back).ended(Exit::Usage, "hint: give --pem-passphrase-file FILE\n");
    authority
        .run(&[&back[..], &["--pem-passphrase-file", "new"]].concat())
        .ended(Exit::Usage, "error: the passphrase does not open the key file\n");
    authority.run(&[&back[..], &["--pem-passphrase-file", "pem"]].concat()).done();
    assert_eq!(public(&authority, "d.key"), public(&authority, "a.key"));
}

#[test]
fn a_pem_file_signs_as_it_is_unless_others_may_read_it() {
    let authority = Authority::new();
    authority.run(&["key", "export", "keys/officer-1.key", "officer.pem", "--unencrypted"]).done();
    authority.write("d.jsonc", interdict_publisher::testing::draft("BOD-17-01", 1, None));
    let sign = ["sign", "d.jsonc", "--key", "officer.pem", "--yes"];
    authority.run(&sign).done();
    let path = authority.folder().join("officer.pem");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    authority
        .run(&sign)
        .ended(Exit::Usage, "is not encrypted and has mode 0644, expected 0600\nhint: run chmod 600 on it\n");
}

#[test]
fn pem_that_holds_something_else_says_what_it_is() {
    let authority = Authority::new();
    let hint = "\nhint: openssl genpkey -algorithm ed25519 -out FILE makes one\n";
    if openssl(&authority, &["genpkey", "-algorithm", "x25519", "-out", "a.pem"]).is_none() {
        return;
    }
    authority.run(&["key", "show", "a.pem"]).ended(
        Exit::Usage,
        &format!(
            "a key of the algorithm 1.3.101.110, expected Ed25519 (1.3.101.112) without parameters{hint}"
        ),
    );
    let text = openssl(&authority, &["pkey", "-in", "a.pem", "-pubout"]).unwrap();
    authority.write("b.pem", text);
    authority.run(&["key", "show", "b.pem"]).ended(
        Exit::Usage,
        &format!("PEM of the kind \"PUBLIC KEY\", expected PRIVATE KEY or ENCRYPTED PRIVATE KEY{hint}"),
    );
}

#[test]
fn the_public_part_travels_without_saying_where_the_key_is() {
    let authority = Authority::new();
    authority
        .run(&["key", "public", "keys/officer-1.key", "-o", "o.pub.json"])
        .ended(Exit::Done, "wrote o.pub.json\n");
    let text = std::fs::read_to_string(authority.folder().join("o.pub.json")).unwrap();
    assert_eq!(text, authority.run(&["key", "public", "keys/officer-1.key"]).done().stdout);
    assert!(!text.contains("keys/"), "{text}");
    authority
        .run(&["key", "public", "keys/officer-1.key", "-o", "o.pub.json"])
        .ended(Exit::Usage, "nothing is overwritten");
    // init takes it for an officer's key.
    let arguments: Vec<&str> = Authority::init_arguments()
        .into_iter()
        .map(|argument| if argument == "keys/officer-1.key" { "o.pub.json" } else { argument })
        .collect();
    authority.run(&arguments).done();
}

#[test]
fn online_keys_come_from_the_environment_and_officers_keys_do_not() {
    let authority = Authority::new();
    let key =
        |name: &str| std::fs::read_to_string(authority.folder().join(format!("keys/{name}.key"))).unwrap();
    let world =
        || TestWorld::new().variable("TIMESTAMP", &key("timestamp")).variable("SNAPSHOT", &key("snapshot"));
    let arguments: Vec<&str> = Authority::init_arguments()
        .into_iter()
        .map(|argument| match argument {
            "keys/timestamp.key" => "env:TIMESTAMP",
            "keys/snapshot.key" => "env:SNAPSHOT",
            other => other,
        })
        .collect();
    authority.run_in(world(), &arguments).done();
    let settings = std::fs::read_to_string(authority.repository().join("publisher.toml")).unwrap();
    assert!(settings.contains("timestamp = [\"env:TIMESTAMP\"]"), "{settings}");
    authority.run_in(world(), &["refresh", "--repo", "repo"]).done();
    authority
        .run(&["refresh", "--repo", "repo"])
        .ended(Exit::Usage, "under keys.timestamp in publisher.toml; not there: env:TIMESTAMP\n");

    authority.write("d.jsonc", interdict_publisher::testing::draft("BOD-17-01", 1, None));
    let officer = TestWorld::new().variable("KEY", &key("officer-1"));
    authority.run_in(officer, &["sign", "d.jsonc", "--key", "env:KEY", "--yes"]).ended(
        Exit::Usage,
        "error: a key in an environment variable for an officer, wanted a file, a token or an agent\n\
         hint: the environment and descriptors are for the snapshot and timestamp keys",
    );
    let officer = TestWorld::new().variable("KEY", &key("targets-1"));
    authority.run_in(officer, &["refresh", "--targets", "--repo", "repo", "--key", "env:KEY"]).ended(
        Exit::Usage,
        "error: a key in an environment variable for the targets role, wanted a file, a token or an agent\n",
    );
    let root = TestWorld::new().variable("KEY", &key("root-1"));
    let list = std::fs::read_dir(authority.public().join("targets")).unwrap().next().unwrap().unwrap().path();
    authority.run_in(root, &["sign", list.to_str().unwrap(), "--key", "env:KEY", "--yes", "-o", "x"]).ended(
        Exit::Usage,
        "error: a key in an environment variable for the root role, wanted a file, a token or an agent\n",
    );
    let issuer = Authority::init_arguments()
        .into_iter()
        .map(|argument| match argument {
            "keys/officer-2.key" => "env:KEY",
            "repo" => "other",
            argument => argument,
        })
        .collect::<Vec<_>>();
    authority
        .run(&issuer)
        .ended(Exit::Usage, "error: a key in an environment variable for an officer, wanted");
}

#[test]
fn a_list_is_of_a_token_or_an_agent() {
    let authority = Authority::new();
    for place in ["keys", "env:KEY"] {
        authority
            .run(&["key", "list", place])
            .ended(Exit::Usage, "error: not a place that has a list of keys, wanted ssh-agent: or pkcs11:\n");
    }
    authority.run(&["key", "list", "ssh-agent:"]).ended(
        Exit::Usage,
        "error: SSH_AUTH_SOCK is not set, so there is no agent to ask\nhint: start one with `ssh-agent`",
    );
    authority
        .run(&["key", "new", "--uri", "env:KEY"])
        .ended(Exit::Usage, "error: no key can be made there (environment variable), wanted a token\n");
}
