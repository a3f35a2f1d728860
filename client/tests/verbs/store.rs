//! A store as a sync leaves it: a repository is signed in memory with the example keys, verified with the product's own
//! code, and written with the product's own store.

use std::collections::BTreeMap;

use ed25519_dalek::Signer;
use interdict_client::config::{Config, Location, RepositoryConfig};
use interdict_client::places::Places;
use interdict_client::store::generation::{
    Alarm, Draft, HeldDirective, HeldIssuers, HeldRepository, HeldRevision, write,
};
use interdict_client::store::memory::Memory;
use interdict_client::store::roots;
use interdict_host::exit::Outcome;
use interdict_host::testing::TestWorld;
use interdict_host::write::Disk;
use interdict_keys_example::{Name, key};
use interdict_schema::believe::believe;
use interdict_schema::directive::scope::Profile;
use interdict_schema::dsse::{Envelope, Signature as EnvelopeSignature, pae};
use interdict_schema::issuers::{FORMAT, Issuer, IssuerKey, Issuers, KeyState};
use interdict_schema::key::{Ed25519Only, PublicKey};
use interdict_schema::policy::Mark;
use interdict_schema::tuf::{
    Key, MetaFile, Role, RoleKeys, Roles, Root, Signature, Snapshot, Source, TargetFile, Targets, Timestamp,
    TimestampMeta, TrustedSet, Unsigned,
};
use interdict_schema::{DateTime, Sha256, payload_type};

/// When everything was admitted: also the time of a [`TestWorld`].
pub const ADMITTED: &str = "2017-09-13T12:00:00Z";
/// When the timestamp expires.
pub const FRESH_UNTIL: &str = "2017-09-20T12:00:00Z";

pub fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// A directive with two kinds of dates, an exclusion and a hostile note.
pub const BOD: &str = r#"{"format":"interdict-directive/1","id":"BOD-17-01","revision":1,"status":"in-force",
  "title":"Removal of Example-Branded Products","issuer":"dhs","zone":"America/New_York",
  "signatories":[{"name":"E. Officer","office":"Acting Secretary"}],"legal_basis":["44 U.S.C. 3553(b)(2)"],
  "issued":"2017-09-13",
  "scope":{"addressees":[{"class":"federal-executive-branch"}],
    "except_systems":[{"predicate":"national-security","values":["yes"],"reason":"44 U.S.C. 3553(d)"}]},
  "subjects":[{"id":"products","name":"Example products","disposition":"prohibited",
    "entities":[{"name":"AO Example Lab","relation":"named","aliases":["Example Lab"]}],
    "products":["Example Antivirus"],"embedded":"out",
    "identifiers":[{"kind":"package","value":"kesl"},{"kind":"vendor","value":"Example Lab","confidence":"review"},
      {"kind":"package","value":"klnagent"}],
    "excludes":[{"id":"training","reason":"training services","identifiers":[{"kind":"product","value":"Example Training"}]}],
    "notes":["a note\u001b[2J that \u202e hides"]}],
  "actions":[
    {"id":"identify","modality":"must","kind":"identify","paragraph":"1","negative_report":"required",
      "due":{"edge":"report","offset":{"n":30,"unit":"day","anchor":"issued"}}},
    {"id":"plan","modality":"must","kind":"plan","requires":[{"id":"contact","label":"Contact","type":"text"}],
      "due":{"edge":"complete","offset":{"n":60,"unit":"day","anchor":"issued"}}},
    {"id":"begin","modality":"must","kind":"begin-removal",
      "due":{"edge":"begin","offset":{"n":90,"unit":"day","anchor":"issued"},"unless_directed_otherwise":true}},
    {"id":"status","modality":"must","kind":"report",
      "due":{"edge":"report","every":{"n":30,"unit":"day","from":"due:begin","until":"action:remove"}}},
    {"id":"remove","modality":"must","kind":"notify","due":{"offset":{"n":5,"unit":"day","anchor":"detected"}}}]}"#;

/// A catalogue whose subjects have dates of their own.
pub const KEV: &str = r#"{"format":"interdict-directive/1","id":"KEV-1","revision":1,"status":"in-force",
  "title":"Known exploited vulnerabilities","issuer":"dhs","zone":"America/New_York","issued":"2017-09-01",
  "subjects":[
    {"id":"CVE-2017-0001","name":"One","disposition":"remediate","due":"2017-09-22","identifiers":[{"kind":"cve","value":"CVE-2017-0001"}]},
    {"id":"CVE-2017-0002","name":"Two","disposition":"remediate","due":"2017-09-22","identifiers":[{"kind":"cve","value":"CVE-2017-0002"}]},
    {"id":"CVE-2017-0003","name":"Three","disposition":"remediate","due":"2017-09-10","identifiers":[{"kind":"cve","value":"CVE-2017-0003"}]}],
  "actions":[{"id":"fix","modality":"must","kind":"update","due":{"edge":"complete","by_subject":true}}]}"#;

/// A directive that is listed, and what is known of it.
#[derive(Clone)]
pub struct Published {
    /// The payloads of its revisions.
    pub payloads: Vec<Vec<u8>>,
    pub marks: Vec<Mark>,
}

/// The directive of these texts, each naming the one before.
pub fn published(texts: &[&str]) -> Published {
    let mut payloads: Vec<Vec<u8>> = Vec::new();
    for text in texts {
        let text = match payloads.last() {
            Some(before) => text.replace("PREVIOUS", &Sha256::of(before).to_string()),
            None => (*text).to_owned(),
        };
        payloads.push(text.into_bytes());
    }
    Published { payloads, marks: Vec::new() }
}

/// Another revision of a text: with its number, the digest of the one before, and some words replaced.
pub fn revised(text: &str, revision: u32, changes: &[(&str, &str)]) -> String {
    let number = format!(r#""revision":{revision},"previous":"PREVIOUS""#);
    let text = text.replace(r#""revision":1"#, &number);
    changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

/// A store in a folder, and the arguments that lead to it.
pub struct Store {
    folder: tempfile::TempDir,
    pub places: Places,
}

impl Store {
    /// A folder without anything in it.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let places = Places { config: folder.path().join("config.toml"), state: folder.path().join("state") };
        std::fs::create_dir(&places.state).unwrap();
        Self { folder, places }
    }

    /// A store with these directives.
    pub fn of(directives: &[Published]) -> Self {
        let store = Self::empty();
        store.configure(&["main"]);
        store.sync(directives, &[]);
        store
    }

    pub fn with_both() -> Self {
        Self::of(&[published(&[BOD]), published(&[KEV])])
    }

    /// Writes the configuration of these repositories.
    pub fn configure(&self, names: &[&str]) {
        let repository = |name: &&str| {
            let url = Location::Http(format!("https://{name}.example.gov/"));
            RepositoryConfig::new(name.parse().unwrap(), url)
        };
        let config = Config { repositories: names.iter().map(repository).collect(), ..Config::default() };
        config.write(&Disk::default(), &self.places.config).unwrap();
    }

    /// Pins the root of the repository that [`sync`](Self::sync) verifies.
    pub fn trust(&self, name: &str) {
        let (root, _, _) = repository(&BTreeMap::new());
        let set = TrustedSet::new(&root, at(ADMITTED), &Ed25519Only).unwrap();
        roots::pin(&Disk::default(), &self.places.repository(&name.parse().unwrap()), &set.accepted()[0])
            .unwrap();
    }

    /// Verifies a repository of these directives, and makes it the active generation.
    pub fn sync(&self, directives: &[Published], alarms: &[Alarm]) {
        self.write(vec![verified("main", directives, alarms)]);
    }

    /// The same of two repositories, `main` and `other`.
    pub fn sync_two(&self, main: &[Published], other: &[Published]) {
        self.write(vec![verified("main", main, &[]), verified("other", other, &[])]);
    }

    fn write(&self, repositories: Vec<HeldRepository>) {
        let disk = Disk::default();
        for held in &repositories {
            self.trust(held.name.as_str());
            let mut memory = Memory::new(1);
            memory.refreshed_at = Some(at(ADMITTED));
            memory.write(&disk, &self.places.repository(&held.name)).unwrap();
        }
        write(&disk, &self.places, Draft { repositories }).unwrap();
    }

    /// Runs the client: the exit, standard output, standard error.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_in(TestWorld::new(), arguments)
    }

    pub fn run_at(&self, now: &str, arguments: &[&str]) -> Ran {
        self.run_in(TestWorld::new().at(at(now)), arguments)
    }

    pub fn run_in(&self, test: TestWorld, arguments: &[&str]) -> Ran {
        let mut test = test.in_dir(self.folder.path());
        let places = [("--config", &self.places.config), ("--state", &self.places.state)];
        let places = places.iter().flat_map(|(flag, path)| [(*flag).into(), path.as_os_str().to_owned()]);
        let all = std::iter::once("interdict".into()).chain(places).chain(arguments.iter().map(Into::into));
        let outcome = interdict_client::run(all, &mut test.world);
        let folder = self.folder.path().display().to_string();
        let without_folder = |text: String| text.replace(&folder, "FOLDER");
        Ran {
            outcome,
            stdout: without_folder(test.stdout.text()),
            stderr: without_folder(test.stderr.text()),
        }
    }

    /// The folder in which everything lies, and in which the client runs.
    pub fn folder(&self) -> String {
        self.folder.path().display().to_string()
    }

    /// Puts a file beside the state.
    pub fn file(&self, name: &str, bytes: &[u8]) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).unwrap()
    }
}

/// What a run gave.
pub struct Ran {
    pub outcome: Outcome,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn code(&self) -> u8 {
        self.outcome.exit().code()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    /// The code, standard output and standard error, with the ends of lines trimmed.
    #[track_caller]
    pub fn is(&self, code: u8, stdout: &str, stderr: &str) {
        assert_eq!((self.stdout.as_str(), self.stderr.as_str()), (stdout, stderr));
        assert_eq!(self.code(), code);
    }
}

/// An envelope that these officers signed.
pub fn envelope(payload_type: &str, payload: &[u8], officers: &[Name]) -> Envelope {
    let message = pae(payload_type, payload);
    let signature =
        |name: &Name| EnvelopeSignature { keyid: None, sig: key(*name).sign(&message).to_bytes().to_vec() };
    Envelope {
        payload_type: payload_type.into(),
        payload: payload.to_vec(),
        signatures: officers.iter().map(signature).collect(),
    }
}

/// A directive's envelope, by two officers of three.
pub fn signed(payload: &[u8]) -> Envelope {
    envelope(payload_type::DIRECTIVE, payload, &[Name::Officer1, Name::Officer2])
}

fn public(name: Name) -> PublicKey {
    PublicKey::ed25519(key(name).verifying_key().as_bytes()).unwrap()
}

fn metadata<T: Role>(document: &T, names: &[Name]) -> Vec<u8> {
    let unsigned = Unsigned::new(document).unwrap();
    let signature = |name: &Name| Signature {
        keyid: Key::of(&public(*name)).keyid(),
        sig: key(*name).sign(unsigned.message()).to_bytes().to_vec(),
    };
    unsigned.with_signatures(names.iter().map(signature))
}

/// The root, the other metadata in the order of its verification, and the envelope of the list of issuers.
fn repository(files: &BTreeMap<String, Vec<u8>>) -> (Vec<u8>, [Vec<u8>; 3], Vec<u8>) {
    let expires = at("2018-09-13T12:00:00Z");
    let names = [Name::Root1, Name::Targets1, Name::Snapshot, Name::Timestamp];
    let keys = names.iter().map(|name| Key::of(&public(*name))).map(|key| (key.keyid(), key)).collect();
    let role = |name: Name| RoleKeys { keyids: vec![Key::of(&public(name)).keyid()], threshold: 1 };
    let roles = Roles {
        root: role(Name::Root1),
        targets: role(Name::Targets1),
        snapshot: role(Name::Snapshot),
        timestamp: role(Name::Timestamp),
    };
    let root =
        metadata(&Root { version: 1, expires, consistent_snapshot: true, keys, roles }, &[Name::Root1]);
    let issuers = issuers_envelope();
    let mut targets: BTreeMap<String, TargetFile> =
        files.iter().map(|(path, bytes)| (path.clone(), TargetFile::of(bytes, None))).collect();
    targets.insert("issuers.json".into(), TargetFile::of(&issuers, None));
    let targets = metadata(&Targets { version: 2, expires, targets, delegations: None }, &[Name::Targets1]);
    let meta = BTreeMap::from([("targets.json".to_owned(), MetaFile::of(2, &targets))]);
    let snapshot = metadata(&Snapshot { version: 3, expires, meta }, &[Name::Snapshot]);
    let meta = TimestampMeta { snapshot: MetaFile::of(3, &snapshot) };
    let timestamp = metadata(&Timestamp { version: 4, expires: at(FRESH_UNTIL), meta }, &[Name::Timestamp]);
    (root, [timestamp, snapshot, targets], issuers)
}

fn issuers_envelope() -> Vec<u8> {
    let officer = |(name, holder): (Name, &str)| IssuerKey {
        scheme: "ed25519".into(),
        public: Sha256::from_bytes(key(name).verifying_key().to_bytes()).to_string(),
        state: KeyState::Active,
        vouches: Vec::new(),
        holder: Some(holder.into()),
    };
    let keys = [(Name::Officer1, "Office A"), (Name::Officer2, "Office B"), (Name::Officer3, "Office C")];
    let issuer = Issuer {
        id: "dhs".into(),
        name: "Department of Homeland Security".into(),
        threshold: 2,
        prefixes: vec!["BOD".into(), "KEV".into()],
        may_amend: Vec::new(),
        keys: keys.map(officer).into(),
    };
    let list = Issuers { format: FORMAT.into(), version: 1, issuers: vec![issuer], repudiated: Vec::new() };
    envelope(payload_type::ISSUERS, &serde_json::to_vec(&list).unwrap(), &[Name::Root1]).to_bytes()
}

fn verified(name: &str, directives: &[Published], alarms: &[Alarm]) -> HeldRepository {
    let path =
        |payload: &[u8]| interdict_schema::directive::Directive::parse(payload).unwrap().value.target_path();
    let files: BTreeMap<String, Vec<u8>> = directives
        .iter()
        .filter(|directive| !directive.marks.contains(&Mark::Vanished))
        .flat_map(|directive| &directive.payloads)
        .map(|payload| (path(payload), signed(payload).to_bytes()))
        .collect();
    let (root, [timestamp, snapshot, targets], list) = repository(&files);
    let mut set = TrustedSet::new(&root, at(ADMITTED), &Ed25519Only).unwrap();
    set.finish_root().unwrap();
    let _ = set.update_timestamp(&timestamp, Source::Remote).unwrap();
    let _ = set.update_snapshot(&snapshot, Source::Remote).unwrap();
    let _ = set.update_targets(&targets, Source::Remote).unwrap();
    let root_keys = [public(Name::Root1)];
    let parsed = Envelope::parse(&list, 1_000_000).unwrap();
    let issuers = Issuers::open(&parsed, &root_keys, 1, &[], &Ed25519Only).unwrap();
    let held = |directive: &Published| HeldDirective {
        revisions: directive
            .payloads
            .iter()
            .map(|payload| {
                let envelope = signed(payload);
                let believed = believe(&envelope, &path(payload), &issuers, &Ed25519Only).unwrap();
                HeldRevision { envelope: envelope.to_bytes().into(), issuers: 1, believed }
            })
            .collect(),
        marks: directive.marks.clone(),
        settled: None,
    };
    HeldRepository {
        name: name.parse().unwrap(),
        admitted_at: at(ADMITTED),
        fresh_until: at(FRESH_UNTIL),
        roots: vec![root.into()],
        metadata: set.accepted(),
        refused_roles: Vec::new(),
        issuers: vec![HeldIssuers { version: 1, envelope: list.into() }],
        directives: directives.iter().map(held).collect(),
        lists: Vec::new(),
        waivers: Vec::new(),
        judged_waivers: Vec::new(),
        attachments: std::collections::BTreeMap::new(),
        alarms: alarms.to_vec(),
        profile: Profile::default(),
        next_change: None,
    }
}
