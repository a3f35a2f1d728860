//! How many must sign, and what counts as a signature.

use ed25519_dalek::Signer;
use interdict_keys_example::{Name, key};
use interdict_schema::tuf::{Key, RoleKeys, Signature, Unsigned};
use interdict_tests::simulator::{role_keys, sign, tuf_key};
use serde_json::Value;

use super::client::Client;
use super::site::Site;
use super::{one_target, replace_snapshot};

/// A root whose snapshot role names these keys, of which so many must sign; and a snapshot that others sign.
fn snapshot_by(named: &[Name], threshold: u32, signers: &[Name]) -> (Site, Client) {
    let (mut repository, client) = one_target();
    repository.root.keys.extend(named.iter().copied().map(tuf_key));
    repository.root.roles.snapshot = role_keys(named, threshold);
    repository.publish_root();
    repository.publish();
    let bytes = sign(&repository.snapshot, signers);
    replace_snapshot(&mut repository, bytes);
    (Site::of(&repository), client)
}

#[test]
fn a_role_below_the_root_needs_its_threshold_of_the_keys_that_the_root_names() {
    let (a, b, c, stranger) = (Name::Snapshot, Name::Officer1, Name::Officer2, Name::Officer3);
    for (named, threshold, signers, enough) in [
        (vec![b], 1, vec![b], true),
        (vec![a], 1, vec![stranger, a, b], true),
        (vec![a, b, c], 2, vec![a, c], true),
        (vec![a, b, c], 2, vec![c, b], true),
        (vec![a, b, c], 3, vec![b, c, a], true),
        (vec![b], 1, vec![a, stranger], false),
        (vec![a, b, c], 3, vec![a, c], false),
        (vec![a, b, c], 3, vec![a, c, stranger], false),
        (vec![a, b, c], 4, vec![a, b, c], false),
        (vec![a], 1, vec![], false),
    ] {
        let (site, client) = snapshot_by(&named, threshold, &signers);
        let case = format!("{threshold} of {named:?}, by {signers:?}");
        assert_eq!(client.refresh(&site.metadata()), u8::from(!enough), "{case}: {}", client.said());
        assert_eq!(client.versions().contains("snapshot 3"), enough, "{case}");
        if !enough {
            let counted = named.iter().filter(|name| signers.contains(name)).count();
            let wanted = format!("signatures by {counted} of the trusted keys, wanted {threshold}\n");
            assert!(client.said().ends_with(&wanted), "{case}: {}", client.said());
        }
    }
}

#[test]
fn a_key_counts_once_however_often_it_is_named_or_signs() {
    // A keyid that a role names more than once: the root itself is refused.
    let (site, client) = snapshot_by(&[Name::Officer1; 6], 2, &[Name::Officer1]);
    assert_eq!(client.refresh(&site.metadata()), 1);
    let twice_named = format!("keyids: found the keyid \"{}\" twice\n", tuf_key(Name::Officer1).0);
    assert!(client.said().ends_with(&twice_named), "{}", client.said());
    assert_eq!(client.versions(), "root 1");
    // A keyid that signs twice where one is enough: the list of signatures is refused.
    let (mut repository, client) = one_target();
    let bytes = twice(repository.file("metadata/2.snapshot.json"));
    replace_snapshot(&mut repository, bytes);
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 1);
    let wanted =
        format!("found two signatures with the keyid \"{}\", wanted one\n", tuf_key(Name::Snapshot).0);
    assert!(client.said().ends_with(&wanted), "{}", client.said());
    assert_eq!(client.versions(), "root 1, timestamp 2");
    // One key under two keyids, each of which signs.
    let (mut repository, client) = one_target();
    let (keyid, snapshot_key) = tuf_key(Name::Snapshot);
    let mut object = serde_json::to_value(snapshot_key).unwrap();
    object["x-note"] = "the same key".into();
    let again = Key::from(object);
    repository.root.keys.insert(again.keyid(), again.clone());
    repository.root.roles.snapshot = RoleKeys { keyids: vec![keyid.clone(), again.keyid()], threshold: 2 };
    repository.publish_root();
    let unsigned = Unsigned::new(&repository.snapshot).unwrap();
    let sig = key(Name::Snapshot).sign(unsigned.message()).to_bytes().to_vec();
    let signatures = [keyid, again.keyid()].map(|keyid| Signature { keyid, sig: sig.clone() });
    replace_snapshot(&mut repository, unsigned.with_signatures(signatures));
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 1);
    assert!(client.said().ends_with("signatures by 1 of the trusted keys, wanted 2\n"), "{}", client.said());
    assert_eq!(client.versions(), "root 2, timestamp 2");
}

/// A file with its first signature once more.
fn twice(file: &[u8]) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(file).unwrap();
    let signatures = value["signatures"].as_array_mut().unwrap();
    signatures.push(signatures[0].clone());
    serde_json::to_vec(&value).unwrap()
}

#[test]
fn a_signature_that_is_wrong_or_empty_spoils_no_other() {
    for spoiled in ["00".repeat(64), String::new(), "no hexadecimal".to_owned()] {
        let (mut repository, client) = one_target();
        repository.root.keys.extend([tuf_key(Name::Officer1)]);
        repository.root.roles.timestamp = role_keys(&[Name::Timestamp, Name::Officer1], 1);
        repository.publish_root();
        let bytes = sign(&repository.timestamp, &[Name::Timestamp, Name::Officer1]);
        let mut value: Value = serde_json::from_slice(&bytes).unwrap();
        for signature in value["signatures"].as_array_mut().unwrap() {
            if signature["keyid"] == tuf_key(Name::Timestamp).0 {
                signature["sig"] = spoiled.clone().into();
            }
        }
        repository.files.insert("metadata/timestamp.json".into(), serde_json::to_vec(&value).unwrap());
        let site = Site::of(&repository);
        assert_eq!(client.refresh(&site.metadata()), 0, "{spoiled:?}: {}", client.said());
    }
}
