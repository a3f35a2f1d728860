//! Targets: fetched once, checked always.

use std::fs;

use interdict_client::foreign::MAX_TARGET_BYTES;
use interdict_host::lock::Lock;
use interdict_host::write::Disk;
use interdict_schema::digest::{Sha256, Sha512};
use interdict_schema::tuf::Hashes;
use interdict_tests::simulator::Simulator;

use super::client::Client;
use super::site::Site;
use super::{TOP_LEVEL, one_target};

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
fn a_download_refreshes_first_and_keeps_the_metadata_though_the_target_is_absent() {
    let repository = Simulator::new();
    let (site, client) = (Site::of(&repository), Client::trusting(&repository));
    assert_eq!(client.download(&site, &["no such file"]), 1);
    assert!(client.said().contains("no role that may list no such file does"), "{}", client.said());
    assert_eq!(site.requests(), TOP_LEVEL);
    assert_eq!(client.versions(), "root 1, snapshot 1, targets 1, timestamp 1");
    assert_eq!(client.targets(), []);
}

#[test]
fn every_digest_that_is_known_is_checked_and_one_of_them_there_must_be() {
    let (mut repository, client) = one_target();
    repository.target("both.txt", b"both");
    repository.target("strange.txt", b"strange");
    let listed = &mut repository.targets.targets;
    listed.get_mut("both.txt").unwrap().hashes =
        Hashes { sha512: Some(Sha512::of(b"both")), ..Hashes::sha256_of(b"both") };
    listed.get_mut("strange.txt").unwrap().hashes = Hashes {
        others: [("sha3-256".to_owned(), Sha256::of(b"strange").to_string())].into(),
        ..Hashes::default()
    };
    repository.publish();
    repository.files.insert(format!("targets/{}.both.txt", Sha512::of(b"both")), b"both".to_vec());
    let site = Site::of(&repository);
    assert_eq!(client.download(&site, &["both.txt"]), 0, "{}", client.said());
    assert_eq!(client.download(&site, &["strange.txt"]), 1);
    assert!(
        client.said().contains("found no sha256 and no sha512 digest, wanted one of them"),
        "{}",
        client.said()
    );
    assert_eq!(client.targets().len(), 1);
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
fn what_a_download_left_that_was_killed_goes_at_the_next_unless_another_one_is_going_on() {
    let (repository, mut client) = one_target();
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    let names = |client: &Client| {
        let mut names: Vec<_> = fs::read_dir(client.target_dir())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    // The folder, its sync, and the temporary file.
    client.disk = Disk::stopping_after(3);
    assert_eq!(client.download(&site, &["file.txt"]), 1);
    client.disk = Disk::default();
    let left = names(&client);
    assert!(left.len() == 1 && left[0].starts_with(".tmp-"), "{left:?}");
    fs::write(client.target_dir().join(".tmp-of-another-program"), b"theirs").unwrap();
    let going_on = Lock::share_folder(&client.target_dir(), || {}).unwrap();
    assert_eq!(client.download(&site, &["file.txt"]), 0, "{}", client.said());
    let all = names(&client);
    assert!(all.len() == 3 && all.contains(&left[0]) && all.contains(&"file.txt".to_owned()), "{all:?}");
    drop(going_on);
    assert_eq!(client.download(&site, &["file.txt"]), 0, "{}", client.said());
    assert_eq!(names(&client), [".tmp-of-another-program", "file.txt"]);
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
