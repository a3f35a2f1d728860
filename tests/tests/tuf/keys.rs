//! Keys of every kind, and members of metadata that nobody knows.

use std::fs;
use std::path::Path;
use std::process::Command;

use ed25519_dalek::Signer;
use interdict_keys_example::{Name, key};
use interdict_schema::json::{canonical, parse};
use interdict_schema::tuf::{Key, RoleKeys, Root, Signature, Unsigned};
use interdict_tests::simulator::tuf_key;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use super::one_target;
use super::site::Site;

#[test]
fn a_repository_signed_with_ecdsa_is_verified() {
    let (mut repository, client) = one_target();
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random).unwrap();
    let point = base16ct::lower::encode_string(pair.public_key().as_ref());
    let ecdsa = Key::from(json!({
        "keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256", "keyval": { "public": point },
    }));
    repository.root.roles.timestamp = RoleKeys { keyids: vec![ecdsa.keyid()], threshold: 1 };
    repository.root.keys.insert(ecdsa.keyid(), ecdsa.clone());
    repository.publish_root();
    let unsigned = Unsigned::new(&repository.timestamp).unwrap();
    let sig = pair.sign(&random, unsigned.message()).unwrap().as_ref().to_vec();
    let signed = |sig: Vec<u8>| {
        Unsigned::new(&repository.timestamp)
            .unwrap()
            .with_signatures([Signature { keyid: ecdsa.keyid(), sig }])
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

fn openssl(at: &Path, arguments: &str) -> Option<Vec<u8>> {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(at).output().ok()?;
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

#[test]
fn a_repository_signed_with_rsa_is_verified_with_either_padding() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    if openssl(at, "version").is_none() {
        eprintln!("skipped: openssl is not installed");
        return;
    }
    openssl(at, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key");
    let public = String::from_utf8(openssl(at, "pkey -in key -pubout").unwrap()).unwrap();
    let pss = " -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha256";
    for (scheme, options) in [("rsassa-pss-sha256", pss), ("rsa-pkcs1v15-sha256", "")] {
        let (mut repository, client) = one_target();
        let rsa =
            Key::from(json!({ "keytype": "rsa", "scheme": scheme, "keyval": { "public": public.as_str() } }));
        repository.root.roles.timestamp = RoleKeys { keyids: vec![rsa.keyid()], threshold: 1 };
        repository.root.keys.insert(rsa.keyid(), rsa.clone());
        repository.root.version = 2;
        let root = written_elsewhere(&repository.root, &json!({}), &repository.root_signers);
        repository.files.insert("metadata/2.root.json".into(), root);
        let unsigned = Unsigned::new(&repository.timestamp).unwrap();
        fs::write(at.join("message"), unsigned.message()).unwrap();
        let good = openssl(at, &format!("dgst -sha256 -sign key{options} message")).unwrap();
        let mut wrong = good.clone();
        *wrong.last_mut().unwrap() ^= 1;
        for (sig, code) in [(wrong, 1), (good, 0)] {
            let signature = Signature { keyid: rsa.keyid(), sig };
            let file = Unsigned::new(&repository.timestamp).unwrap().with_signatures([signature]);
            repository.files.insert("metadata/timestamp.json".into(), file);
            let site = Site::of(&repository);
            assert_eq!(client.refresh(&site.metadata()), code, "{scheme}: {}", client.said());
        }
    }
}

/// A root as others write it: any members, and line ends in PEM, which our own writer does not write.
fn written_elsewhere(signed: &Root, members: &Value, signers: &[Name]) -> Vec<u8> {
    let mut signed = serde_json::to_value(signed).unwrap();
    signed["_type"] = "root".into();
    signed["spec_version"] = "1.0.31".into();
    signed.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let message = canonical(&parse(&serde_json::to_vec(&signed).unwrap()).unwrap());
    let signature = |name: &Name| {
        let sig = key(*name).sign(&message).to_bytes();
        json!({ "keyid": tuf_key(*name).0, "sig": base16ct::lower::encode_string(&sig) })
    };
    let signatures: Vec<Value> = signers.iter().map(signature).collect();
    serde_json::to_vec_pretty(&json!({ "signatures": signatures, "signed": signed })).unwrap()
}

#[test]
fn members_that_nobody_knows_are_signed_with_the_rest_and_change_nothing() {
    let (mut repository, client) = one_target();
    let mut object = serde_json::to_value(tuf_key(Name::Officer1).1).unwrap();
    object["keyid_hash_algorithms"] = "md5".into();
    object["x-owner"] = json!({ "name": "somebody", "since": 2017 });
    let odd = Key::from(object);
    assert_ne!(odd.keyid(), tuf_key(Name::Officer1).0);
    let keyids = vec![odd.keyid()];
    repository.root.roles.timestamp = RoleKeys { keyids, threshold: 1 };
    repository.root.keys.insert(odd.keyid(), odd.clone());
    repository.root.version = 2;
    let members = json!({ "x-signed-in": "a vault", "x-more": [1, { "a": null }] });
    let root = written_elsewhere(&repository.root, &members, &repository.root_signers);
    repository.files.insert("metadata/2.root.json".into(), root.clone());
    let unsigned = Unsigned::new(&repository.timestamp).unwrap();
    let sig = key(Name::Officer1).sign(unsigned.message()).to_bytes().to_vec();
    let timestamp = unsigned.with_signatures([Signature { keyid: odd.keyid(), sig }]);
    repository.files.insert("metadata/timestamp.json".into(), timestamp);
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    assert!(client.kept("root.json") == root);
    // Another value of such a member, under the same signatures.
    let text = String::from_utf8(root).unwrap().replace("a vault", "a tent!");
    repository.files.insert("metadata/2.root.json".into(), text.into_bytes());
    let (site, client) = (Site::of(&repository), super::client::Client::trusting(&repository));
    assert_eq!(client.refresh(&site.metadata()), 1);
    assert!(client.said().ends_with("signatures by 0 of the trusted keys, wanted 2\n"), "{}", client.said());
}
