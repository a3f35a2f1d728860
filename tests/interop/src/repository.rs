//! A repository as plain JSON. Each role is signed after it was changed, and what lists it is linked to the bytes that came
//! of that; so a change deep down reaches the client with everything above it in order.

use std::collections::BTreeMap;
use std::rc::Rc;

use ed25519_dalek::{Signer, SigningKey};
use interdict_schema::Sha256;
use interdict_schema::json::{canonical, parse};
use serde_json::{Map, Value, json};

use crate::mutation::{Mutation, Place};

/// A role's document and who signs it.
#[derive(Clone)]
pub struct Document {
    /// What is signed.
    pub signed: Value,
    /// Who signs, and under which keyid.
    pub signers: Vec<(u8, String)>,
    /// Changes to the list of signatures, made after signing.
    pub after: Vec<Rc<dyn Fn(&mut Vec<Value>)>>,
    /// Changes to the text of `signed`, made before signing: what no JSON value can say.
    pub text: Vec<fn(String) -> String>,
}

/// What a server answers: by path below `metadata/` or `targets/`.
pub type Served = BTreeMap<String, Vec<u8>>;

/// A repository.
#[derive(Clone)]
pub struct Repository {
    /// The roots from version 1.
    pub roots: Vec<Document>,
    /// The other roles by name, delegated ones too.
    pub roles: BTreeMap<String, Document>,
    /// Target files by path.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Whether length and digests of metadata files are stated.
    pub pinned: bool,
}

/// A secret key that everyone may know.
pub fn secret(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

/// The key object of a seed.
pub fn key(seed: u8) -> Value {
    json!({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": hex(secret(seed).verifying_key().as_bytes())}})
}

/// The keyid of a seed.
pub fn keyid(seed: u8) -> String {
    digest(&canonical_of(&key(seed).to_string()).unwrap())
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::of(bytes).to_string()
}

/// Canonical JSON where the text is JSON as our reader takes it; otherwise the text as it is.
fn canonical_of(text: &str) -> Option<Vec<u8>> {
    parse(text.as_bytes()).ok().map(|value| canonical(&value))
}

/// Keys by keyid.
pub fn keys(seeds: &[u8]) -> Value {
    seeds.iter().map(|seed| (keyid(*seed), key(*seed))).collect::<Map<String, Value>>().into()
}

fn role_keys(seeds: &[u8], threshold: u32) -> Value {
    json!({"keyids": seeds.iter().map(|seed| keyid(*seed)).collect::<Vec<_>>(), "threshold": threshold})
}

fn document(signed: Value, seeds: &[u8]) -> Document {
    let signers = seeds.iter().map(|seed| (*seed, keyid(*seed))).collect();
    Document { signed, signers, after: Vec::new(), text: Vec::new() }
}

fn targets(version: u64, files: &[(&str, &[u8])], delegations: Option<Value>) -> Value {
    let listed: Map<String, Value> =
        files.iter().map(|(path, bytes)| ((*path).into(), listing(bytes))).collect();
    let mut signed = json!({"_type": "targets", "spec_version": "1.0.34", "version": version,
        "expires": "2026-06-01T00:00:00Z", "targets": listed});
    if let Some(delegations) = delegations {
        signed["delegations"] = delegations;
    }
    signed
}

/// What targets metadata state of a file.
pub fn listing(bytes: &[u8]) -> Value {
    json!({"length": bytes.len(), "hashes": {"sha256": digest(bytes)}})
}

/// A delegation.
pub fn delegation(name: &str, seeds: &[u8], paths: &[&str], terminating: bool) -> Value {
    let mut role = role_keys(seeds, 1);
    role["name"] = name.into();
    role["paths"] = paths.into();
    role["terminating"] = terminating.into();
    role
}

impl Repository {
    /// Root: keys 1 and 2, both needed. Targets: 3 and 4, both. Snapshot: 5. Timestamp: 6. `d` (key 7) has `d/*`, and
    /// `deep` (key 8) below it; `e` (key 9) has `e/*` and ends the search there; `f` (key 10) has everything else.
    pub fn new(version: u64) -> Self {
        let files: BTreeMap<String, Vec<u8>> =
            ["a.txt", "d/one.txt", "d/deep/two.txt", "e/three.txt", "f.txt"]
                .map(|path| (path.to_owned(), format!("{path} of {version}").into_bytes()))
                .into();
        let of = |path: &str| files[path].as_slice();
        let root = json!({"_type": "root", "spec_version": "1.0.34", "version": 1, "expires": "2027-01-01T00:00:00Z",
            "consistent_snapshot": true, "keys": keys(&[1, 2, 3, 4, 5, 6]), "roles": {
                "root": role_keys(&[1, 2], 2), "targets": role_keys(&[3, 4], 2),
                "snapshot": role_keys(&[5], 1), "timestamp": role_keys(&[6], 1)}});
        let top = json!({"keys": keys(&[7, 9, 10]), "roles": [
            delegation("d", &[7], &["d/*", "d/*/*"], false),
            delegation("e", &[9], &["e/*"], true),
            delegation("f", &[10], &["*"], false)]});
        let below = json!({"keys": keys(&[8]), "roles": [delegation("deep", &[8], &["d/deep/*"], false)]});
        let roles = BTreeMap::from([
            (
                "deep".into(),
                document(targets(version, &[("d/deep/two.txt", of("d/deep/two.txt"))], None), &[8]),
            ),
            ("d".into(), document(targets(version, &[("d/one.txt", of("d/one.txt"))], Some(below)), &[7])),
            ("e".into(), document(targets(version, &[("e/three.txt", of("e/three.txt"))], None), &[9])),
            ("f".into(), document(targets(version, &[("f.txt", of("f.txt"))], None), &[10])),
            ("targets".into(), document(targets(version, &[("a.txt", of("a.txt"))], Some(top)), &[3, 4])),
            (
                "snapshot".into(),
                document(
                    json!({"_type": "snapshot", "spec_version": "1.0.34", "version": version,
                "expires": "2026-02-01T00:00:00Z", "meta": {}}),
                    &[5],
                ),
            ),
            (
                "timestamp".into(),
                document(
                    json!({"_type": "timestamp", "spec_version": "1.0.34", "version": version,
                "expires": "2026-01-02T00:00:00Z", "meta": {}}),
                    &[6],
                ),
            ),
        ]);
        Self { roots: vec![document(root, &[1, 2])], roles, files, pinned: true }
    }

    /// Adds a root of the next version, signed by the keys of the last two.
    pub fn rotate(&mut self) -> &mut Document {
        let mut next = self.roots.last().unwrap().clone();
        next.signed["version"] = (self.roots.len() + 1).into();
        self.roots.push(next);
        self.roots.last_mut().unwrap()
    }

    /// Everything that a server would answer, with these changes made on the way.
    pub fn serve(mut self, mutations: &[Mutation]) -> Served {
        for mutation in mutations {
            if mutation.place == Place::Whole {
                (mutation.change)(&mut self, "");
            }
        }
        let mut served = Served::new();
        let mut meta = Map::new();
        let names: Vec<String> = self
            .roles
            .keys()
            .filter(|name| !matches!(name.as_str(), "snapshot" | "timestamp"))
            .cloned()
            .collect();
        for name in &names {
            let (version, bytes) = self.sign(name, mutations);
            meta.insert(format!("{name}.json"), self.pin(&version, &bytes));
            served.insert(format!("metadata/{}.{}.json", plain(&version), quoted(name)), bytes);
        }
        self.roles.get_mut("snapshot").unwrap().signed["meta"] = meta.into();
        let (version, bytes) = self.sign("snapshot", mutations);
        served.insert(format!("metadata/{}.snapshot.json", plain(&version)), bytes.clone());
        let pin = self.pin(&version, &bytes);
        self.roles.get_mut("timestamp").unwrap().signed["meta"] = json!({"snapshot.json": pin});
        let (_, bytes) = self.sign("timestamp", mutations);
        served.insert("metadata/timestamp.json".into(), bytes);
        for mutation in mutations {
            if mutation.place == Place::Root {
                (mutation.change)(&mut self, "root");
            }
        }
        for (number, root) in self.roots.iter().enumerate() {
            served.insert(format!("metadata/{}.root.json", number + 1), root.file());
        }
        for (path, bytes) in &self.files {
            let (folder, name) = path
                .rsplit_once('/')
                .map_or((String::new(), path.as_str()), |(folder, name)| (format!("{folder}/"), name));
            served.insert(format!("targets/{folder}{}.{name}", digest(bytes)), bytes.clone());
            served.insert(format!("targets/{path}"), bytes.clone());
        }
        for mutation in mutations {
            if let Some(change) = &mutation.served {
                change(&mut served);
            }
        }
        served
    }

    fn sign(&mut self, name: &str, mutations: &[Mutation]) -> (Value, Vec<u8>) {
        for mutation in mutations {
            if mutation.place == Place::Role(name.to_owned()) {
                (mutation.change)(self, name);
            }
        }
        let document = &self.roles[name];
        (document.signed["version"].clone(), document.file())
    }

    fn pin(&self, version: &Value, bytes: &[u8]) -> Value {
        if self.pinned {
            json!({"version": version, "length": bytes.len(), "hashes": {"sha256": digest(bytes)}})
        } else {
            json!({"version": version})
        }
    }
}

impl Document {
    /// The metadata file.
    pub fn file(&self) -> Vec<u8> {
        let text = self.text.iter().fold(self.signed.to_string(), |text, change| change(text));
        let message = canonical_of(&text).unwrap_or_else(|| text.clone().into_bytes());
        let mut signatures: Vec<Value> = self
            .signers
            .iter()
            .map(
                |(seed, keyid)| json!({"keyid": keyid, "sig": hex(&secret(*seed).sign(&message).to_bytes())}),
            )
            .collect();
        for change in &self.after {
            change(&mut signatures);
        }
        format!(r#"{{"signatures":{},"signed":{text}}}"#, Value::from(signatures)).into_bytes()
    }
}

fn plain(version: &Value) -> String {
    version.as_str().map_or_else(|| version.to_string(), str::to_owned)
}

/// Percent-encoded as TUF clients ask for it.
pub fn quoted(name: &str) -> String {
    name.bytes()
        .map(|byte| {
            let unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            if unreserved { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        })
        .collect()
}
