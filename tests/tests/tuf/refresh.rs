//! What a refresh asks for, in which order, and what is kept of the answers. Not here: roots that follow (`roots.rs`), versions
//! that go down (`rollback.rs`), lifetimes (`expiration.rs`), and who may sign (`keys.rs`).

use std::fs;

use interdict_keys_example::Name;
use interdict_schema::tuf::{MetaFile, Snapshot};
use interdict_tests::simulator::{Simulator, sign};

use super::client::Client;
use super::site::Site;
use super::{TOP_LEVEL, one_target, replace_snapshot, replace_targets};

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
fn metadata_is_kept_byte_for_byte_as_it_was_received_blanks_and_all() {
    let (mut repository, client) = one_target();
    let mut spaced = repository.file("metadata/timestamp.json").to_vec();
    spaced.extend(b" \n\t ");
    repository.files.insert("metadata/timestamp.json".into(), spaced.clone());
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    assert!(client.kept("timestamp.json") == spaced);
}

/// A repository of a second version of every role, of which one is spoiled.
fn spoiled(spoil: impl FnOnce(&mut Simulator)) -> (Site, Client) {
    let mut repository = Simulator::new();
    let client = Client::trusting(&repository);
    repository.publish_root();
    repository.publish();
    spoil(&mut repository);
    (Site::of(&repository), client)
}

#[test]
fn of_a_role_that_its_keys_did_not_sign_nothing_is_kept_and_of_those_before_it_all() {
    let stranger = [Name::Officer1];
    let root = spoiled(|repository| {
        let bytes = sign(&repository.root, &stranger);
        repository.files.insert("metadata/2.root.json".into(), bytes);
    });
    let timestamp = spoiled(|repository| {
        let bytes = sign(&repository.timestamp, &stranger);
        repository.files.insert("metadata/timestamp.json".into(), bytes);
    });
    let snapshot = spoiled(|repository| {
        let bytes = sign(&repository.snapshot, &stranger);
        replace_snapshot(repository, bytes);
    });
    let targets = spoiled(|repository| {
        let bytes = sign(&repository.targets, &stranger);
        replace_targets(repository, bytes);
    });
    for ((site, client), role, threshold, kept, asked) in [
        (root, "root", 2, "root 1", 1),
        (timestamp, "timestamp", 1, "root 2", 3),
        (snapshot, "snapshot", 1, "root 2, timestamp 2", 4),
        (targets, "targets", 1, "root 2, snapshot 2, timestamp 2", 5),
    ] {
        assert_eq!(client.refresh(&site.metadata()), 1, "{role}");
        let wanted = format!("signatures by 0 of the trusted keys, wanted {threshold}\n");
        assert!(client.said().ends_with(&wanted), "{role}: {}", client.said());
        assert_eq!(client.versions(), kept, "{role}");
        assert_eq!(site.requests().len(), asked, "{role}");
    }
}

#[test]
fn a_file_of_another_version_than_it_was_asked_for_is_refused() {
    let root = spoiled(|repository| {
        let mut other = repository.root.clone();
        other.version = 3;
        let bytes = sign(&other, &repository.root_signers);
        repository.files.insert("metadata/2.root.json".into(), bytes);
    });
    let snapshot = spoiled(|repository| {
        let mut other = repository.snapshot.clone();
        other.version = 3;
        replace_snapshot(repository, sign(&other, &[Name::Snapshot]));
    });
    let targets = spoiled(|repository| {
        let mut other = repository.targets.clone();
        other.version = 3;
        replace_targets(repository, sign(&other, &[Name::Targets1]));
    });
    for ((site, client), role, kept) in [
        (root, "root", "root 1"),
        (snapshot, "snapshot", "root 2, timestamp 2"),
        (targets, "targets", "root 2, snapshot 2, timestamp 2"),
    ] {
        assert_eq!(client.refresh(&site.metadata()), 1, "{role}");
        let wanted = format!("{role}: found version 3, wanted 2\n");
        assert!(client.said().ends_with(&wanted), "{role}: {}", client.said());
        assert_eq!(client.versions(), kept, "{role}");
    }
}

#[test]
fn a_file_that_is_not_there_ends_it_and_what_came_before_it_is_kept() {
    for (file, kept) in [
        ("timestamp.json", "root 2, snapshot 1, targets 1, timestamp 1"),
        ("2.snapshot.json", "root 2, snapshot 1, targets 1, timestamp 2"),
        ("2.targets.json", "root 2, snapshot 2, targets 1, timestamp 2"),
    ] {
        let mut repository = Simulator::new();
        let (site, client) = (Site::of(&repository), Client::trusting(&repository));
        assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
        repository.publish_root();
        repository.publish();
        repository.files.remove(&format!("metadata/{file}")).unwrap();
        site.serve(&repository);
        site.requests();
        assert_eq!(client.refresh(&site.metadata()), 1, "{file}");
        assert_eq!(site.requests().last().unwrap(), &format!("/metadata/{file} 404"));
        assert_eq!(client.versions(), kept, "{file}");
    }
}

#[test]
fn a_file_of_one_role_in_the_place_of_another_is_refused_whoever_signed_it() {
    let (mut repository, client) = one_target();
    let meta = [("snapshot.json".to_owned(), MetaFile::of(2, b""))].into();
    let dressed_up = Snapshot { version: 3, expires: repository.snapshot.expires, meta };
    let bytes = sign(&dressed_up, &[Name::Timestamp]);
    repository.files.insert("metadata/timestamp.json".into(), bytes);
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 1);
    assert!(client.said().ends_with("found _type \"snapshot\", wanted \"timestamp\"\n"), "{}", client.said());
    assert_eq!(client.versions(), "root 1");
}

#[test]
fn lengths_and_digests_that_are_stated_must_agree_and_need_not_be_stated() {
    let mut repository = Simulator::new();
    let (site, client) = (Site::of(&repository), Client::trusting(&repository));
    repository.publish();
    let bare = |file: &mut MetaFile| (file.length, file.hashes) = (None, None);
    repository.snapshot.meta.values_mut().for_each(bare);
    repository.sign_snapshot();
    bare(&mut repository.timestamp.meta.snapshot);
    repository.sign_timestamp();
    site.serve(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    repository.publish();
    let mut other = repository.file("metadata/3.targets.json").to_vec();
    other.reverse();
    for (stated, said) in [(other.as_slice(), "found sha256 "), (b"short", "more than 5 bytes")] {
        repository.snapshot.meta.insert("targets.json".into(), MetaFile::of(3, stated));
        repository.snapshot.version += 1;
        repository.sign_snapshot();
        repository.timestamp.version += 1;
        repository.sign_timestamp();
        site.serve(&repository);
        assert_eq!(client.refresh(&site.metadata()), 1);
        assert!(
            client.said().contains("3.targets.json") && client.said().contains(said),
            "{}",
            client.said()
        );
        let [snapshot, timestamp] = [repository.snapshot.version, repository.timestamp.version];
        let kept = format!("root 1, snapshot {snapshot}, targets 2, timestamp {timestamp}");
        assert_eq!(client.versions(), kept);
    }
}

#[test]
fn what_is_served_and_not_named_is_neither_asked_for_nor_believed() {
    let mut repository = Simulator::new();
    let (site, client) = (Site::of(&repository), Client::trusting(&repository));
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    // Newer targets and a newer snapshot lie there; the timestamp goes on and names the snapshot that is held.
    let named = repository.timestamp.meta.snapshot.clone();
    repository.publish();
    repository.timestamp.meta.snapshot = named;
    repository.sign_timestamp();
    site.serve(&repository);
    site.requests();
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    assert_eq!(site.requests(), ["/metadata/2.root.json 404", "/metadata/timestamp.json 200"]);
    assert_eq!(client.versions(), "root 1, snapshot 1, targets 1, timestamp 2");
}
