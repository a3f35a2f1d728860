//! `interdict tuf` against a simulated repository behind the real server: what is asked for, in which order, what is kept.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test may fail by panicking, works on real folders, and says what it skipped"
)]

mod tuf_client;

use std::fs;
use std::process::Command;

use interdict_client::foreign::MAX_TARGET_BYTES;
use interdict_host::world::World;
use interdict_keys_example::Name;
use interdict_schema::digest::Sha512;
use interdict_schema::tuf::{Hashes, Key, RoleKeys, Signature, Unsigned};
use interdict_tests::simulator::{Simulator, beginning, days_after, sign};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;
use tuf_client::{Client, RawServer, Site};

/// What a client that has the first root asks for first.
const TOP_LEVEL: [&str; 4] = [
    "/metadata/2.root.json 404",
    "/metadata/timestamp.json 200",
    "/metadata/1.snapshot.json 200",
    "/metadata/1.targets.json 200",
];

/// A repository with one target, and a client that trusts its root.
fn one_target() -> (Simulator, Client) {
    let mut repository = Simulator::new();
    repository.target("file.txt", b"content");
    repository.publish();
    let client = Client::trusting(&repository);
    (repository, client)
}

#[test]
fn a_root_is_trusted_without_a_request_and_metadata_is_kept_as_it_was_received() {
    let repository = Simulator::new();
    let client = Client::new();
    assert_eq!(client.init(repository.pin()), 0);
    assert_eq!(client.json_files(), ["root.json"]);
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    assert_eq!(site.requests(), TOP_LEVEL);
    assert_eq!(client.json_files(), ["root.json", "snapshot.json", "targets.json", "timestamp.json"]);
    for (kept, served) in [
        ("root.json", "1.root.json"),
        ("timestamp.json", "timestamp.json"),
        ("snapshot.json", "1.snapshot.json"),
        ("targets.json", "1.targets.json"),
    ] {
        assert!(client.kept(kept) == repository.file(&format!("metadata/{served}")), "{kept}");
    }
}

#[test]
fn a_second_refresh_with_nothing_new_is_two_requests() {
    let (repository, client) = one_target();
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0);
    let before = client.everything();
    site.requests();
    assert_eq!(client.refresh(&site.metadata()), 0);
    assert_eq!(site.requests(), ["/metadata/2.root.json 404", "/metadata/timestamp.json 200"]);
    assert!(client.everything() == before);
}

/// trust.md rule 9
#[test]
fn there_is_no_floor_under_the_clock() {
    let (repository, mut client) = one_target();
    let site = Site::of(&repository);
    client.now = days_after(beginning(), 3);
    assert_eq!(client.refresh(&site.metadata()), 0);
    client.now = beginning();
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
}

#[test]
fn an_invalid_or_unsigned_first_root_fails_without_a_request() {
    let repository = Simulator::new();
    let site = Site::of(&repository);
    let unsigned = sign(&repository.root, &[Name::Root1]);
    let text = String::from_utf8(repository.pin().to_vec()).unwrap();
    let without_version = text.replace("\"version\":1", "\"versiom\":1");
    assert_ne!(without_version, text);
    for root in [unsigned.as_slice(), without_version.as_bytes(), b"", b"{}"] {
        let client = Client::new();
        assert_eq!(client.init(root), 1);
        assert_eq!(client.json_files(), [""; 0]);
        assert_eq!(client.refresh(&site.metadata()), 1);
        assert!(client.said().contains("there is no trusted root"), "{}", client.said());
        // The same root, put there by hand.
        fs::write(client.metadata_dir().join("root.json"), root).unwrap();
        assert_eq!(client.refresh(&site.metadata()), 1);
        assert_eq!(client.download(&site, &["file.txt"]), 1);
    }
    assert_eq!(site.requests(), [""; 0]);
}

#[test]
fn an_expired_local_timestamp_does_not_stop_an_update_and_still_serves_as_the_floor() {
    let (mut repository, mut client) = one_target();
    repository.publish();
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0);
    let (now, later) = (repository.timestamp.expires, days_after(beginning(), 300));
    client.now = now;
    assert_eq!(client.refresh(&site.metadata()), 1, "nothing newer is there");
    assert!(client.said().contains("expired"), "{}", client.said());
    repository.timestamp.expires = later;
    repository.snapshot.expires = later;
    // A lower version, signed anew.
    repository.timestamp.version = 2;
    repository.sign_timestamp();
    site.serve(&repository);
    assert_eq!(client.refresh(&site.metadata()), 1);
    assert!(client.said().contains("wanted at least the trusted 3"), "{}", client.said());
    repository.timestamp.version = 3;
    repository.publish();
    site.serve(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    assert!(client.kept("timestamp.json") == repository.file("metadata/timestamp.json"));
}

#[test]
fn a_second_timestamp_of_the_version_that_is_held_is_no_news() {
    let (mut repository, client) = one_target();
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0);
    let before = client.everything();
    repository.timestamp.meta.snapshot.version = 100;
    repository.sign_timestamp();
    site.serve(&repository);
    site.requests();
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    assert!(client.said().contains("a second timestamp of this version"), "{}", client.said());
    assert_eq!(site.requests(), ["/metadata/2.root.json 404", "/metadata/timestamp.json 200"]);
    assert!(client.everything() == before);
}

#[test]
fn what_was_admitted_before_a_refusal_stays_and_nothing_after_it_is_asked_for() {
    let (mut repository, client) = one_target();
    repository.signers[0] = Name::Targets2;
    repository.publish();
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 1);
    assert!(client.said().contains("targets"), "{}", client.said());
    assert_eq!(client.json_files(), ["root.json", "snapshot.json", "timestamp.json"]);
    repository.signers[1] = Name::Targets2;
    repository.publish();
    site.serve(&repository);
    site.requests();
    assert_eq!(client.refresh(&site.metadata()), 1);
    assert_eq!(site.requests().last().unwrap(), "/metadata/4.snapshot.json 200");
}

#[test]
fn new_roots_are_walked_and_kept_and_one_that_has_expired_ends_it_there() {
    let (mut repository, client) = one_target();
    repository.publish_root();
    repository.root.expires = beginning();
    repository.publish_root();
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 1);
    assert_eq!(
        site.requests(),
        ["/metadata/2.root.json 200", "/metadata/3.root.json 200", "/metadata/4.root.json 404"]
    );
    assert_eq!(client.json_files(), ["root.json"]);
    assert!(client.kept("root.json") == repository.file("metadata/3.root.json"));
    repository.root.expires = days_after(beginning(), 365);
    repository.publish_root();
    site.serve(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    assert_eq!(site.requests()[0], "/metadata/4.root.json 200");
}

#[test]
fn a_root_that_changes_the_timestamp_keys_recovers_from_fast_forward() {
    let (mut repository, client) = one_target();
    repository.timestamp.version = 99_998;
    repository.snapshot.version = 99_998;
    repository.publish();
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0);
    repository.root.roles.timestamp = interdict_tests::simulator::role_keys(&[Name::Targets3], 1);
    repository.root.keys.extend([interdict_tests::simulator::tuf_key(Name::Targets3)]);
    repository.signers[2] = Name::Targets3;
    repository.publish_root();
    (repository.timestamp.version, repository.snapshot.version) = (1, 1);
    repository.publish();
    site.serve(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    assert!(client.kept("timestamp.json") == repository.file("metadata/timestamp.json"));
}

#[test]
fn a_target_that_is_there_is_not_fetched_again_and_one_that_differs_is() {
    let (mut repository, client) = one_target();
    let site = Site::of(&repository);
    assert_eq!(client.download(&site, &["file.txt"]), 0, "{}", client.said());
    assert_eq!(client.targets(), [("file.txt".to_owned(), b"content".to_vec())]);
    assert_eq!(site.requests().len(), 5);
    assert_eq!(client.download(&site, &["file.txt"]), 0);
    assert_eq!(site.requests().len(), 2);
    repository.target("file.txt", b"changed");
    repository.publish();
    site.serve(&repository);
    assert_eq!(client.download(&site, &["file.txt"]), 0);
    assert_eq!(client.targets(), [("file.txt".to_owned(), b"changed".to_vec())]);
    fs::write(client.target_dir().join("file.txt"), b"damaged").unwrap();
    assert_eq!(client.download(&site, &["file.txt"]), 0);
    assert_eq!(client.targets(), [("file.txt".to_owned(), b"changed".to_vec())]);
}

#[test]
fn a_target_of_other_bytes_is_refused_and_the_file_that_is_there_stays() {
    let (mut repository, client) = one_target();
    let site = Site::of(&repository);
    assert_eq!(client.download(&site, &["file.txt"]), 0);
    repository.target("file.txt", b"changed");
    repository.publish();
    for bytes in repository.files.values_mut().filter(|bytes| bytes.as_slice() == b"changed") {
        *bytes = b"CHANGED".to_vec();
    }
    site.serve(&repository);
    assert_eq!(client.download(&site, &["file.txt"]), 1);
    assert!(client.said().contains("found sha256"), "{}", client.said());
    for bytes in repository.files.values_mut().filter(|bytes| bytes.as_slice() == b"CHANGED") {
        bytes.push(b'!');
    }
    site.serve(&repository);
    assert_eq!(client.download(&site, &["file.txt"]), 1);
    assert!(client.said().contains("more than 7 bytes"), "{}", client.said());
    assert_eq!(client.targets(), [("file.txt".to_owned(), b"content".to_vec())]);
}

#[test]
fn a_large_target_comes_in_parts_and_nothing_is_left_of_one_that_is_refused() {
    let (mut repository, client) = one_target();
    let large: Vec<u8> = (0..=250).cycle().take(3_000_000).collect();
    repository.target("large.bin", &large);
    repository.publish();
    let site = Site::of(&repository);
    let mut wrong = repository.clone();
    for bytes in wrong.files.values_mut().filter(|bytes| **bytes == large) {
        *bytes.last_mut().unwrap() ^= 1;
    }
    site.serve(&wrong);
    assert_eq!(client.download(&site, &["large.bin"]), 1);
    assert!(client.said().contains("found sha256"), "{}", client.said());
    assert_eq!(fs::read_dir(client.target_dir()).unwrap().count(), 0, "no part of it is left");
    site.serve(&repository);
    assert_eq!(client.download(&site, &["large.bin"]), 0, "{}", client.said());
    assert!(client.targets() == [("large.bin".to_owned(), large)]);
    site.requests();
    assert_eq!(client.download(&site, &["large.bin"]), 0);
    assert_eq!(site.requests().len(), 2, "it is there, and is compared in parts too");
}

#[test]
fn a_target_of_the_most_bytes_is_asked_for_and_a_longer_one_is_not() {
    let (mut repository, client) = one_target();
    for (length, says) in
        [(MAX_TARGET_BYTES, "found 7 bytes"), (MAX_TARGET_BYTES + 1, "wanted at most 68719476736")]
    {
        repository.targets.targets.get_mut("file.txt").unwrap().length = length;
        repository.publish();
        let site = Site::of(&repository);
        assert_eq!(client.download(&site, &["file.txt"]), 1);
        assert!(client.said().contains(says), "{}", client.said());
        let asked = site.requests().iter().filter(|request| request.contains("file.txt")).count();
        assert_eq!(asked, usize::from(length == MAX_TARGET_BYTES));
    }
}

#[test]
fn targets_are_processed_in_order_with_one_client_and_the_first_failure_stops() {
    let (mut repository, client) = one_target();
    repository.target("another.txt", b"another");
    repository.target("last.txt", b"last");
    repository.publish();
    let site = Site::of(&repository);
    assert_eq!(client.download(&site, &["file.txt", "absent.txt", "last.txt"]), 1);
    assert!(client.said().contains("no role that may list absent.txt does"), "{}", client.said());
    assert_eq!(client.targets().iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["file.txt"]);
    site.requests();
    assert_eq!(client.download(&site, &["last.txt", "file.txt", "another.txt"]), 0);
    let asked = site.requests();
    assert_eq!(asked.len(), 4, "{asked:?}");
    assert!(asked[2].ends_with(".last.txt 200") && asked[3].ends_with(".another.txt 200"), "{asked:?}");
}

#[test]
fn a_target_path_with_folders_is_one_file_name() {
    let (mut repository, client) = one_target();
    repository.target("path/to/a/file.txt", b"deep");
    repository.publish();
    let site = Site::of(&repository);
    assert_eq!(client.download(&site, &["path/to/a/file.txt"]), 0, "{}", client.said());
    assert_eq!(client.targets(), [("path%2Fto%2Fa%2Ffile.txt".to_owned(), b"deep".to_vec())]);
    for path in ["../file.txt", "/file.txt", "a/../file.txt", ""] {
        site.requests();
        assert_eq!(client.download(&site, &[path]), 1, "{path}");
        assert!(client.said().contains("is not a target path"), "{path}: {}", client.said());
        assert_eq!(site.requests(), [""; 0], "{path}");
    }
}

#[test]
fn urls_are_taken_with_and_without_a_slash() {
    let repository = Simulator::new();
    for slash in ["", "/"] {
        let (client, site) = (Client::trusting(&repository), Site::of(&repository));
        let urls = [site.metadata(), site.targets()].map(|url| format!("{url}{slash}"));
        assert_eq!(client.download_from(&urls[0], &urls[1], &["issuers.json"]), 0, "{}", client.said());
        let asked = site.requests();
        assert_eq!(asked[..4], TOP_LEVEL);
        assert!(asked[4].starts_with("/targets/") && asked[4].ends_with(".issuers.json 200"), "{asked:?}");
    }
}

#[test]
fn a_target_with_sha_512_alone_is_fetched_and_checked() {
    let (mut repository, client) = one_target();
    repository.target("strong.txt", b"strong");
    let only = |bytes: &[u8]| Hashes { sha512: Some(Sha512::of(bytes)), ..Hashes::default() };
    repository.targets.targets.get_mut("strong.txt").unwrap().hashes = only(b"strong");
    repository.publish();
    let served = |bytes: &[u8]| format!("targets/{}.strong.txt", Sha512::of(bytes));
    repository.files.insert(served(b"strong"), b"strong".to_vec());
    let site = Site::of(&repository);
    assert_eq!(client.download(&site, &["strong.txt"]), 0, "{}", client.said());
    assert_eq!(client.targets(), [("strong.txt".to_owned(), b"strong".to_vec())]);
    repository.targets.targets.get_mut("strong.txt").unwrap().hashes = only(b"STRONG");
    repository.publish();
    repository.files.insert(served(b"STRONG"), b"strong".to_vec());
    site.serve(&repository);
    assert_eq!(client.download(&site, &["strong.txt"]), 1);
    assert!(client.said().contains("found sha512"), "{}", client.said());
}

#[test]
fn without_consistent_snapshots_nothing_but_roots_carries_a_version() {
    let mut repository = Simulator::new();
    repository.root.consistent_snapshot = false;
    repository.publish_root();
    repository.delegate("targets", "role", &["*.bin"], Name::Targets2);
    repository.target_by("role", "file.bin", b"plain");
    repository.publish();
    let client = Client::new();
    assert_eq!(client.init(repository.file("metadata/2.root.json")), 0);
    let site = Site::of(&repository);
    assert_eq!(client.download(&site, &["file.bin"]), 0, "{}", client.said());
    assert_eq!(
        site.requests(),
        [
            "/metadata/3.root.json 404",
            "/metadata/timestamp.json 200",
            "/metadata/snapshot.json 200",
            "/metadata/targets.json 200",
            "/metadata/role.json 200",
            "/targets/file.bin 200",
        ]
    );
}

#[test]
fn delegations_are_searched_lazily_depth_first_with_one_request_a_role() {
    let mut repository = Simulator::new();
    for (delegator, name, patterns) in [
        ("targets", "A", ["*"]),
        ("targets", "other", ["*.py"]),
        ("targets", "B", ["*"]),
        ("A", "C", ["*"]),
        ("A", "D", ["*"]),
        ("D", "A", ["*"]),
        ("B", "C", ["*"]),
        ("B", "E", ["*"]),
    ] {
        repository.delegate(delegator, name, &patterns, Name::Targets2);
    }
    repository.target_by("D", "found", b"by D");
    repository.publish();
    let site = Site::of(&repository);
    let asked = |site: &Site| -> Vec<String> {
        let requests = site.requests();
        requests.iter().filter(|line| line.contains("/metadata/1.")).cloned().collect()
    };
    let roles = |names: &[&str]| -> Vec<String> {
        names.iter().map(|name| format!("/metadata/1.{name}.json 200")).collect()
    };
    let client = Client::trusting(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0);
    assert!(asked(&site).is_empty(), "a refresh asks for no delegated role");
    assert_eq!(client.download(&site, &["found"]), 0, "{}", client.said());
    assert_eq!(asked(&site), roles(&["A", "C", "D"]));
    assert_eq!(client.download(&site, &["absent"]), 1);
    assert_eq!(asked(&site), roles(&["B", "E"]), "what is held is not asked for again");
    assert_eq!(
        client.json_files(),
        [
            "A.json",
            "B.json",
            "C.json",
            "D.json",
            "E.json",
            "root.json",
            "snapshot.json",
            "targets.json",
            "timestamp.json"
        ]
    );
    repository.role("targets").delegations.as_mut().unwrap().roles[0].terminating = true;
    repository.publish();
    site.serve(&repository);
    let client = Client::trusting(&repository);
    assert_eq!(client.download(&site, &["absent"]), 1);
    let requests = site.requests();
    assert_eq!(requests[4..], ["A", "C", "D"].map(|name| format!("/metadata/2.{name}.json 200")));
}

#[test]
fn a_role_counts_only_on_the_word_of_the_delegator_of_this_lookup_cached_or_not() {
    let mut repository = Simulator::new();
    repository.delegate("targets", "A", &["a-*"], Name::Targets2);
    repository.delegate("targets", "B", &["b-*"], Name::Targets2);
    repository.delegate("A", "shared", &["*"], Name::Targets3);
    // B names another key for the same role.
    let wrong = repository.delegate("B", "shared", &["*"], Name::Targets2);
    assert_eq!(wrong.name, "shared");
    repository.target_by("shared", "a-file", b"a");
    repository.target_by("shared", "b-file", b"b");
    repository.publish();
    let site = Site::of(&repository);
    let client = Client::trusting(&repository);
    assert_eq!(client.download(&site, &["a-file"]), 0, "{}", client.said());
    // In the folder from the run before, and in the set from the lookup before.
    assert_eq!(client.download(&site, &["b-file"]), 1);
    assert!(client.said().contains("shared"), "{}", client.said());
    assert_eq!(client.download(&site, &["a-file", "b-file"]), 1);
    assert_eq!(client.targets().len(), 1);
}

#[test]
fn a_delegated_role_that_has_expired_is_not_used_and_a_newer_one_is() {
    let mut repository = Simulator::new();
    repository.delegate("targets", "role", &["*"], Name::Targets2);
    repository.role("role").expires = days_after(beginning(), 5);
    repository.target_by("role", "first", b"1");
    repository.target_by("role", "second", b"2");
    repository.publish();
    let site = Site::of(&repository);
    let mut client = Client::trusting(&repository);
    assert_eq!(client.download(&site, &["first"]), 0, "{}", client.said());
    client.now = days_after(beginning(), 6);
    assert_eq!(client.download(&site, &["second"]), 1);
    assert_eq!(client.targets().len(), 1);
    repository.role("role").expires = days_after(beginning(), 20);
    repository.publish();
    site.serve(&repository);
    assert_eq!(client.download(&site, &["second"]), 0, "{}", client.said());
    // Expired from the first: never trusted.
    repository.role("role").expires = beginning();
    repository.publish();
    site.serve(&repository);
    let fresh = Client::trusting(&repository);
    assert_eq!(fresh.download(&site, &["first"]), 1);
    assert_eq!(fresh.json_files(), ["root.json", "snapshot.json", "targets.json", "timestamp.json"]);
}

#[test]
fn odd_role_names_are_quoted_in_requests_and_are_safe_file_names() {
    for (name, quoted) in [
        ("?", "%3F"),
        ("#", "%23"),
        ("/delegated", "%2Fdelegated"),
        ("../delegated", "..%2Fdelegated"),
        ("a b", "a%20b"),
    ] {
        let mut repository = Simulator::new();
        repository.delegate("targets", name, &["*"], Name::Targets2);
        repository.publish();
        let server = RawServer::of(&repository);
        let client = Client::trusting(&repository);
        assert_eq!(client.download_from(&server.url("metadata"), &server.url("targets"), &["absent"]), 1);
        assert!(client.said().contains("no role that may list absent does"), "{}", client.said());
        assert_eq!(server.requests()[4..], [format!("/metadata/1.{quoted}.json")]);
        assert_eq!(client.json_files().len(), 5, "{name}");
        assert!(client.json_files().contains(&format!("{quoted}.json")), "{name}");
        assert_eq!(client.download_from(&server.url("metadata"), &server.url("targets"), &["absent"]), 1);
        assert_eq!(server.requests().len(), 2, "the role is held");
    }
}

#[test]
fn a_repository_signed_with_ecdsa_is_verified() {
    let (mut repository, client) = one_target();
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random).unwrap();
    let point = base16ct::lower::encode_string(pair.public_key().as_ref());
    let key = Key::from(json!({
        "keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256", "keyval": { "public": point },
    }));
    repository.root.roles.timestamp = RoleKeys { keyids: vec![key.keyid()], threshold: 1 };
    repository.root.keys.insert(key.keyid(), key.clone());
    repository.publish_root();
    let unsigned = Unsigned::new(&repository.timestamp).unwrap();
    let sig = pair.sign(&random, unsigned.message()).unwrap().as_ref().to_vec();
    let signed = |sig: Vec<u8>| {
        Unsigned::new(&repository.timestamp).unwrap().with_signatures([Signature { keyid: key.keyid(), sig }])
    };
    let mut wrong = sig.clone();
    *wrong.last_mut().unwrap() ^= 1;
    let (good, bad) = (signed(sig), signed(wrong));
    repository.files.insert("metadata/timestamp.json".into(), bad);
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 1);
    assert!(client.said().contains("timestamp"), "{}", client.said());
    repository.files.insert("metadata/timestamp.json".into(), good);
    site.serve(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
}

#[test]
fn the_clock_is_the_systems_and_can_be_shifted_under_the_program() {
    if Command::new("faketime").arg("--version").output().is_err() {
        eprintln!("skipped: faketime is not installed");
        return;
    }
    let program = interdict_tests::programs::build().unwrap().client;
    let repository = Simulator::at(World::real().now().unwrap());
    let (site, client) = (Site::of(&repository), Client::new());
    fs::create_dir(client.metadata_dir()).unwrap();
    let root = client.metadata_dir().with_file_name("initial.json");
    fs::write(&root, repository.pin()).unwrap();
    let run = |shift: &str, arguments: &[&str]| {
        let mut command = Command::new("faketime");
        command.args(["-f", shift]).arg(&program).args(["tuf", "--metadata-dir"]).arg(client.metadata_dir());
        let output = command.args(arguments).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let refresh = ["--metadata-url", &site.metadata(), "refresh"];
    assert_eq!(run("+0d", &["init", root.to_str().unwrap()]), (0, String::new()));
    assert_eq!(run("+6d", &refresh), (0, String::new()));
    // The timestamp is good for seven days.
    let (code, said) = run("+8d", &refresh);
    assert_eq!(code, 1);
    assert!(said.contains("expired"), "{said}");
    assert_eq!(run("+0d", &refresh), (0, String::new()), "no floor under the clock");
}

#[test]
fn every_failure_is_exit_1_and_nothing_else() {
    let (repository, client) = one_target();
    let site = Site::of(&repository);
    let (metadata, targets) = (site.metadata(), site.targets());
    for arguments in [
        vec!["refresh"],
        vec!["--metadata-url", "ftp://x/", "refresh"],
        vec!["--metadata-url", "a-folder", "refresh"],
        vec!["--metadata-url", "http://127.0.0.1:1/", "refresh"],
        vec!["--metadata-url", &metadata, "download"],
        vec!["--metadata-url", &metadata, "--target-dir", "t", "--target-base-url", &targets, "download"],
        vec!["--metadata-url", &metadata, "--target-name", "file.txt", "--target-dir", "t", "download"],
        vec![
            "--metadata-url",
            &metadata,
            "--target-name",
            "file.txt",
            "--target-base-url",
            &targets,
            "download",
        ],
        vec!["--no-such-option", "refresh"],
        vec!["no-such-command"],
        vec![],
        vec!["init"],
        vec!["init", "no-such-file"],
    ] {
        assert_eq!(client.run(&arguments), 1, "{arguments:?}");
        assert!(
            client.said().starts_with("error: ") || client.said().contains("Usage: "),
            "{}",
            client.said()
        );
    }
    assert_eq!(site.requests(), [""; 0]);
    assert_eq!(client.run(&["--help"]), 0);
}

#[test]
fn a_crash_after_any_write_leaves_a_folder_that_the_next_run_accepts() {
    let mut repository = Simulator::new();
    repository.publish_root();
    repository.delegate("targets", "role", &["*"], Name::Targets2);
    repository.target_by("role", "file.txt", b"content");
    repository.publish();
    let site = Site::of(&repository);
    for steps in 0.. {
        let mut client = Client::trusting(&repository);
        client.disk = interdict_host::write::Disk::stopping_after(steps);
        let code = client.download(&site, &["file.txt"]);
        client.disk = interdict_host::write::Disk::default();
        assert_eq!(client.download(&site, &["file.txt"]), 0, "{steps}: {}", client.said());
        assert!(client.targets().contains(&("file.txt".to_owned(), b"content".to_vec())), "{steps}");
        if code == 0 {
            assert!(steps > 20, "{steps} steps");
            break;
        }
    }
}
