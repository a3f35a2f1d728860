//! An authority in memory: a true TUF repository of true envelopes, signed with the example keys, that signs whatever a
//! test has just changed. A test is two lines of arrangement and one call.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ed25519_dalek::{Signer, SigningKey};
use interdict_keys_example::{Name, key};
use interdict_schema::directive::Directive;
use interdict_schema::dsse::{self, Envelope, pae};
use interdict_schema::entity::EntityList;
use interdict_schema::issuers::{self, Issuer, IssuerKey, Issuers, KeyState};
use interdict_schema::key::PublicKey;
use interdict_schema::tuf::{
    DelegatedRole, Delegations, Key, MetaFile, Paths, Role, RoleKeys, RoleName, RoleType, Roles, Root,
    Signature, Snapshot, TargetFile, Targets, Timestamp, TimestampMeta, Unsigned, Version,
};
use interdict_schema::waiver::WaiverDocument;
use interdict_schema::{DateTime, Sha256, payload_type};

/// The moment at which every simulator begins.
pub const BEGINNING: &str = "2017-09-13T12:00:00Z";

/// An authority. Its fields are what it will sign next; [`publish`](Self::publish) signs them.
#[derive(Debug, Clone)]
pub struct Simulator {
    /// The root, before signing.
    pub root: Root,
    /// Who signs the root.
    pub root_signers: Vec<Name>,
    /// The list of issuers, before signing.
    pub issuers: Issuers,
    /// The targets, before signing.
    pub targets: Targets,
    /// The delegated roles, before signing, and who signs each.
    pub delegated: BTreeMap<String, (Targets, Name)>,
    /// The snapshot, before signing.
    pub snapshot: Snapshot,
    /// The timestamp, before signing.
    pub timestamp: Timestamp,
    /// Who signs targets, snapshot and timestamp.
    pub signers: [Name; 3],
    /// Who else signs the targets.
    pub cosigners: Vec<Name>,
    /// The secret behind each name: the example key, unless a test is about keys that are none.
    pub secrets: Secrets,
    /// Every file that is served, by its path: `metadata/timestamp.json`.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Gives the secret behind a name.
pub type Secrets = fn(Name) -> SigningKey;

/// So many days after a moment.
pub fn days_after(moment: DateTime, days: i64) -> DateTime {
    moment.saturating_add_seconds(days * 86_400)
}

/// The beginning.
pub fn beginning() -> DateTime {
    BEGINNING.parse().unwrap()
}

/// The key object of an example key, under its keyid.
pub fn tuf_key(name: Name) -> (String, Key) {
    tuf_key_of(&key(name))
}

fn tuf_key_of(secret: &SigningKey) -> (String, Key) {
    let key = Key::of(&PublicKey::ed25519(secret.verifying_key().as_bytes()).unwrap());
    (key.keyid(), key)
}

/// The keys of a role: example keys.
pub fn role_keys(names: &[Name], threshold: u32) -> RoleKeys {
    role_keys_of(key, names, threshold)
}

fn role_keys_of(secrets: Secrets, names: &[Name], threshold: u32) -> RoleKeys {
    RoleKeys { keyids: names.iter().map(|name| tuf_key_of(&secrets(*name)).0).collect(), threshold }
}

/// Metadata signed by these example keys.
pub fn sign<T: Role>(signed: &T, names: &[Name]) -> Vec<u8> {
    sign_with(key, signed, names)
}

fn sign_with<T: Role>(secrets: Secrets, signed: &T, names: &[Name]) -> Vec<u8> {
    let unsigned = Unsigned::new(signed).unwrap();
    let signature = |name: &Name| Signature {
        keyid: tuf_key_of(&secrets(*name)).0,
        sig: secrets(*name).sign(unsigned.message()).to_bytes().to_vec(),
    };
    unsigned.with_signatures(names.iter().map(signature))
}

/// An envelope round a payload, signed by these example keys.
pub fn envelope(payload_type: &str, payload: &[u8], names: &[Name]) -> Envelope {
    envelope_with(key, payload_type, payload, names)
}

fn envelope_with(secrets: Secrets, payload_type: &str, payload: &[u8], names: &[Name]) -> Envelope {
    let message = pae(payload_type, payload);
    let signature = |name: &Name| dsse::Signature {
        keyid: Some(tuf_key_of(&secrets(*name)).0),
        sig: secrets(*name).sign(&message).to_bytes().to_vec(),
    };
    Envelope {
        payload_type: payload_type.into(),
        payload: payload.into(),
        signatures: names.iter().map(signature).collect(),
    }
}

/// An officer's example key as the list of issuers has it.
pub fn issuer_key(name: Name) -> IssuerKey {
    issuer_key_of(key, name)
}

fn issuer_key_of(secrets: Secrets, name: Name) -> IssuerKey {
    let bytes = secrets(name).verifying_key();
    let public = Sha256::from_bytes(*bytes.as_bytes()).to_string();
    IssuerKey {
        scheme: "ed25519".into(),
        public,
        state: KeyState::Active,
        vouches: Vec::new(),
        holder: Some(name.to_string()),
    }
}

/// The payload of a small directive that prohibits the package `forbidden`.
pub fn payload(id: &str, revision: u32, previous: Option<Sha256>) -> Vec<u8> {
    let previous = previous.map(|digest| format!(r#""previous":"{digest}","#)).unwrap_or_default();
    format!(
        r#"{{"format":"interdict-directive/1","id":"{id}","revision":{revision},{previous}"status":"in-force","title":"Remove it","issuer":"dhs","zone":"America/New_York","issued":"2017-09-13","subjects":[{{"id":"it","name":"It","disposition":"prohibited","identifiers":[{{"kind":"package","value":"forbidden"}}]}}],"actions":[{{"id":"remove","modality":"must","kind":"remove","due":{{"edge":"complete","offset":{{"n":30,"unit":"day","anchor":"issued"}}}}}}]}}"#
    )
    .into_bytes()
}

/// The payload of a small directive whose subject is recognised by the package `own` and by lists:
/// `[{"list":"BOD-X"}]`.
pub fn payload_from(id: &str, lists: &str) -> Vec<u8> {
    format!(
        r#"{{"format":"interdict-directive/1","id":"{id}","revision":1,"status":"in-force","title":"Remove it","issuer":"dhs","zone":"America/New_York","issued":"2017-09-13","subjects":[{{"id":"it","name":"It","disposition":"prohibited","identifiers":[{{"kind":"package","value":"own"}}],"identifiers_from":{lists}}}],"actions":[{{"id":"remove","modality":"must","kind":"remove","due":{{"edge":"complete","offset":{{"n":30,"unit":"day","anchor":"issued"}}}}}}]}}"#
    )
    .into_bytes()
}

/// The payload of a waiver of `dhs` that frees the agency `Examplia` from a part of the text of this digest, with these
/// members too: `,"until":"2030-01-01"`.
pub fn waiver_payload(
    (id, revision, previous): (&str, u32, Option<Sha256>),
    (directive, digest, part): (&str, Sha256, &str),
    more: &str,
) -> Vec<u8> {
    let previous = previous.map(|digest| format!(r#""previous":"{digest}","#)).unwrap_or_default();
    format!(
        r#"{{"format":"interdict-waiver/1","id":"{id}","revision":{revision},{previous}"status":"in-force","title":"A waiver","issuer":"dhs","issued":"2017-09-13","target":{{"id":"{directive}","digest":"{digest}","part":"{part}"}},"beneficiaries":["Examplia"],"conditions":["a plan is filed"],"from":"2017-09-13","granted_by":"The Director"{more}}}"#
    )
    .into_bytes()
}

/// The payload of a list of identifiers of `dhs` with these members: `"identifiers":[…]`.
pub fn list_payload(id: &str, revision: u32, previous: Option<Sha256>, members: &str) -> Vec<u8> {
    let previous = previous.map(|digest| format!(r#""previous":"{digest}","#)).unwrap_or_default();
    format!(
        r#"{{"format":"interdict-entity-list/1","id":"{id}","revision":{revision},{previous}"title":"Products of X","issuer":"dhs","issued":"2017-09-13",{members}}}"#
    )
    .into_bytes()
}

impl Default for Simulator {
    fn default() -> Self {
        Self::new()
    }
}

impl Simulator {
    /// An authority with one issuer, `dhs`, two of whose three officers must sign, and nothing published but that.
    pub fn new() -> Self {
        Self::at(beginning())
    }

    /// The same at another moment, from which all lifetimes are counted.
    pub fn at(now: DateTime) -> Self {
        Self::with(now, key)
    }

    /// The same with other secrets behind the names.
    pub fn with(now: DateTime, secrets: Secrets) -> Self {
        let role_keys = |names: &[Name], threshold| role_keys_of(secrets, names, threshold);
        let [root_1, root_2, root_3] = [Name::Root1, Name::Root2, Name::Root3];
        let all = [root_1, root_2, root_3, Name::Targets1, Name::Snapshot, Name::Timestamp];
        let root = Root {
            version: 0,
            expires: days_after(now, 365),
            consistent_snapshot: true,
            keys: all.into_iter().map(|name| tuf_key_of(&secrets(name))).collect(),
            roles: Roles {
                root: role_keys(&[root_1, root_2, root_3], 2),
                timestamp: role_keys(&[Name::Timestamp], 1),
                snapshot: role_keys(&[Name::Snapshot], 1),
                targets: role_keys(&[Name::Targets1], 1),
            },
        };
        let officers = [Name::Officer1, Name::Officer2, Name::Officer3]
            .map(|name| issuer_key_of(secrets, name))
            .to_vec();
        let issuer = Issuer {
            id: "dhs".into(),
            name: "Department of Homeland Security".into(),
            threshold: 2,
            prefixes: vec!["BOD".into(), "ED".into()],
            may_amend: Vec::new(),
            keys: officers,
        };
        let nothing = MetaFile::of(1, b"");
        let mut simulator = Self {
            root,
            root_signers: vec![root_1, root_2],
            issuers: Issuers {
                format: issuers::FORMAT.into(),
                version: 0,
                issuers: vec![issuer],
                repudiated: Vec::new(),
            },
            targets: Targets {
                version: 0,
                expires: days_after(now, 365),
                targets: BTreeMap::new(),
                delegations: None,
            },
            delegated: BTreeMap::new(),
            snapshot: Snapshot { version: 0, expires: days_after(now, 14), meta: BTreeMap::new() },
            timestamp: Timestamp {
                version: 0,
                expires: days_after(now, 7),
                meta: TimestampMeta { snapshot: nothing },
            },
            signers: [Name::Targets1, Name::Snapshot, Name::Timestamp],
            cosigners: Vec::new(),
            secrets,
            files: BTreeMap::new(),
        };
        simulator.publish_root();
        simulator.publish_issuers();
        simulator.publish();
        simulator
    }

    /// Signs the next root.
    pub fn publish_root(&mut self) {
        self.root.version += 1;
        let path = format!("metadata/{}.root.json", self.root.version);
        self.files.insert(path, sign_with(self.secrets, &self.root, &self.root_signers));
    }

    /// Signs the next list of issuers and lists it; [`publish`](Self::publish) follows.
    pub fn publish_issuers(&mut self) {
        self.issuers.version += 1;
        let list = serde_json::to_vec(&self.issuers).unwrap();
        let file = envelope_with(self.secrets, payload_type::ISSUERS, &list, &self.root_signers).to_bytes();
        self.target(issuers::TARGET_PATH, &file);
    }

    /// Lists and serves a target; [`publish`](Self::publish) follows.
    pub fn target(&mut self, path: &str, bytes: &[u8]) {
        self.target_by("targets", path, bytes);
    }

    /// The targets of a role, before signing.
    pub fn role(&mut self, name: &str) -> &mut Targets {
        if name == "targets" { &mut self.targets } else { &mut self.delegated.get_mut(name).unwrap().0 }
    }

    /// Has a role list a target, and serves it; [`publish`](Self::publish) follows.
    pub fn target_by(&mut self, role: &str, path: &str, bytes: &[u8]) {
        let file = TargetFile::of(bytes, None);
        self.role(role).targets.insert(path.into(), file);
        let digest =
            if self.root.consistent_snapshot { format!("{}.", Sha256::of(bytes)) } else { String::new() };
        let served = match path.rsplit_once('/') {
            Some((folder, name)) => format!("targets/{folder}/{digest}{name}"),
            None => format!("targets/{digest}{path}"),
        };
        self.files.insert(served, bytes.into());
    }

    /// Delegates paths to a role, which is made if it is new and signs with this key; [`publish`](Self::publish) follows.
    pub fn delegate(
        &mut self,
        delegator: &str,
        name: &str,
        patterns: &[&str],
        signer: Name,
    ) -> &mut DelegatedRole {
        let (expires, secrets) = (self.targets.expires, self.secrets);
        let empty = Targets { version: 0, expires, targets: BTreeMap::new(), delegations: None };
        self.delegated.entry(name.into()).or_insert((empty, signer));
        let none = || Delegations { keys: BTreeMap::new(), roles: Vec::new() };
        let delegations = self.role(delegator).delegations.get_or_insert_with(none);
        delegations.keys.extend([tuf_key_of(&secrets(signer))]);
        delegations.roles.push(DelegatedRole {
            name: name.into(),
            keys: role_keys_of(secrets, &[signer], 1),
            paths: Paths::Patterns(patterns.iter().map(|&pattern| pattern.into()).collect()),
            terminating: false,
        });
        delegations.roles.last_mut().unwrap()
    }

    /// Has a role list a directive signed by two officers; [`publish`](Self::publish) follows. Its payload's digest.
    pub fn directive_of(&mut self, role: &str, payload: &[u8]) -> Sha256 {
        let path = Directive::parse(payload).unwrap().value.target_path();
        let officers = [Name::Officer1, Name::Officer2];
        let envelope = envelope_with(self.secrets, payload_type::DIRECTIVE, payload, &officers);
        self.target_by(role, &path, &envelope.to_bytes());
        envelope.digest()
    }

    fn metadata_path(&self, role: &RoleName, version: Version) -> String {
        if self.root.consistent_snapshot {
            format!("metadata/{}", role.versioned_file_name(version))
        } else {
            format!("metadata/{}", role.file_name())
        }
    }

    /// Lists a directive signed by two officers; [`publish`](Self::publish) follows. Its payload's digest.
    pub fn directive(&mut self, payload: &[u8]) -> Sha256 {
        self.directive_by(payload, &[Name::Officer1, Name::Officer2])
    }

    /// Lists so many directives, `BOD-1` to `BOD-<count>`, each signed by two officers, and publishes them.
    pub fn publish_directives(&mut self, count: u32) {
        for number in 1..=count {
            self.directive(&payload(&format!("BOD-{number}"), 1, None));
        }
        self.publish();
    }

    /// Lists a directive signed by these keys; [`publish`](Self::publish) follows. Its payload's digest.
    pub fn directive_by(&mut self, payload: &[u8], officers: &[Name]) -> Sha256 {
        let path = Directive::parse(payload).unwrap().value.target_path();
        let envelope = envelope_with(self.secrets, payload_type::DIRECTIVE, payload, officers);
        self.target(&path, &envelope.to_bytes());
        envelope.digest()
    }

    /// Lists a list of identifiers signed by two officers; [`publish`](Self::publish) follows. Its payload's digest.
    pub fn list(&mut self, payload: &[u8]) -> Sha256 {
        self.list_by(payload, &[Name::Officer1, Name::Officer2])
    }

    /// Lists a list of identifiers signed by these keys; [`publish`](Self::publish) follows. Its payload's digest.
    pub fn list_by(&mut self, payload: &[u8], officers: &[Name]) -> Sha256 {
        let path = EntityList::parse(payload).unwrap().value.target_path();
        let envelope = envelope(payload_type::ENTITY_LIST, payload, officers);
        self.target(&path, &envelope.to_bytes());
        envelope.digest()
    }

    /// Lists a waiver signed by two officers; [`publish`](Self::publish) follows. Its payload's digest.
    pub fn waiver(&mut self, payload: &[u8]) -> Sha256 {
        self.waiver_by(payload, &[Name::Officer1, Name::Officer2])
    }

    /// Lists a waiver signed by these keys; [`publish`](Self::publish) follows. Its payload's digest.
    pub fn waiver_by(&mut self, payload: &[u8], officers: &[Name]) -> Sha256 {
        let path = WaiverDocument::parse(payload).unwrap().value.target_path();
        let envelope = envelope(payload_type::WAIVER, payload, officers);
        self.target(&path, &envelope.to_bytes());
        envelope.digest()
    }

    /// No longer lists a target; [`publish`](Self::publish) follows.
    pub fn unlist(&mut self, path: &str) {
        self.targets.targets.remove(path).unwrap();
    }

    /// Signs the next targets, snapshot and timestamp.
    pub fn publish(&mut self) {
        self.targets.version += 1;
        self.sign_targets();
        let names: Vec<String> = self.delegated.keys().cloned().collect();
        for name in names {
            self.role(&name).version += 1;
            self.sign_delegated(&name);
        }
        self.snapshot.version += 1;
        self.sign_snapshot();
        self.timestamp.version += 1;
        self.sign_timestamp();
    }

    /// Signs the targets as they are.
    pub fn sign_targets(&mut self) {
        let signers = [&self.signers[..1], &self.cosigners].concat();
        let bytes = sign_with(self.secrets, &self.targets, &signers);
        self.snapshot.meta.insert("targets.json".into(), MetaFile::of(self.targets.version, &bytes));
        let path = self.metadata_path(&RoleType::Targets.into(), self.targets.version);
        self.files.insert(path, bytes);
    }

    /// Signs a delegated role as it is.
    pub fn sign_delegated(&mut self, name: &str) {
        let (targets, signer) = self.delegated.get(name).unwrap();
        let (version, bytes) = (targets.version, sign_with(self.secrets, targets, &[*signer]));
        let role = RoleName::from_text(name);
        self.snapshot.meta.insert(role.meta_name(), MetaFile::of(version, &bytes));
        let path = self.metadata_path(&role, version);
        self.files.insert(path, bytes);
    }

    /// Signs the snapshot as it is.
    pub fn sign_snapshot(&mut self) {
        let bytes = sign_with(self.secrets, &self.snapshot, &self.signers[1..2]);
        self.timestamp.meta.snapshot = MetaFile::of(self.snapshot.version, &bytes);
        let path = self.metadata_path(&RoleType::Snapshot.into(), self.snapshot.version);
        self.files.insert(path, bytes);
    }

    /// Signs the timestamp as it is.
    pub fn sign_timestamp(&mut self) {
        let bytes = sign_with(self.secrets, &self.timestamp, &self.signers[2..]);
        self.files.insert("metadata/timestamp.json".into(), bytes);
    }

    /// The first root: what an agency pins.
    pub fn pin(&self) -> &[u8] {
        self.files.get("metadata/1.root.json").unwrap()
    }

    /// The bytes of a file that is served.
    pub fn file(&self, path: &str) -> &[u8] {
        self.files.get(path).unwrap_or_else(|| panic!("{path} is not served"))
    }

    /// Lays the repository out in a folder, and nothing else there. The folders themselves stay: a server may hold them open.
    pub fn serve_from(&self, folder: &Path) {
        for part in ["metadata", "targets"] {
            fs::create_dir_all(folder.join(part)).unwrap();
            for entry in fs::read_dir(folder.join(part)).unwrap().flatten() {
                let removed = if entry.file_type().unwrap().is_dir() {
                    fs::remove_dir_all(entry.path())
                } else {
                    fs::remove_file(entry.path())
                };
                removed.unwrap();
            }
        }
        for (path, bytes) in &self.files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
}
