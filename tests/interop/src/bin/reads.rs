//! Clients by others, and ours, over the folders that `rotated-repository` writes: each is given the first root, reads
//! `before` and then `after` with what it remembers, and is offered what it must refuse.
//!
//! `reads FOLDER`; `tough` is among them with the feature of that name.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use interdict_interop::repository::Served;
#[cfg(feature = "tough")]
use interdict_interop::tough;
use interdict_interop::{Question, Target, Verdict, ours, theirs};
use sigstore_tuf::{MemoryStore, MetadataStore};

const PATHS: &[&str] = &["issuers.json", "BOD-1.1.json", "BOD-2.1.json", "BOD-3.1.json", "BOD-4.1.json"];

/// What may be offered to a client that remembers either; and the role that must be refused, with how many of how many
/// keys that it wants have signed.
const REFUSED: [(&str, &str, &str, u32, u32); 5] = [
    ("before", "revoked", "timestamp", 0, 1),
    ("after", "revoked", "timestamp", 0, 1),
    ("before", "alone", "targets", 1, 2),
    ("after", "alone", "targets", 1, 2),
    ("before", "usurped", "root", 1, 2),
];

/// What a client remembers.
enum Client {
    Ours(ours::Store),
    SigstoreTuf(Arc<MemoryStore>),
    #[cfg(feature = "tough")]
    Tough(tough::Store),
}

impl Client {
    fn name(&self) -> &'static str {
        match self {
            Self::Ours(_) => "interdict",
            Self::SigstoreTuf(_) => "sigstore-tuf",
            #[cfg(feature = "tough")]
            Self::Tough(_) => "tough",
        }
    }

    fn copy(&self) -> Self {
        match self {
            Self::Ours(store) => Self::Ours(store.clone()),
            Self::SigstoreTuf(store) => {
                let copy = MemoryStore::new();
                let roots = ["root_history/1.root.json", "root_history/2.root.json"];
                for name in
                    ["root.json", "timestamp.json", "snapshot.json", "targets.json"].into_iter().chain(roots)
                {
                    if let Some(bytes) = store.load(name).unwrap() {
                        copy.store(name, &bytes).unwrap();
                    }
                }
                Self::SigstoreTuf(Arc::new(copy))
            }
            #[cfg(feature = "tough")]
            Self::Tough(store) => Self::Tough(store.copy()),
        }
    }

    /// How it says that too few keys have signed a role.
    fn refusal(&self, role: &str, found: u32, wanted: u32) -> String {
        match self {
            Self::Ours(_) => {
                let whose = if role == "root" { " by the keys of the trusted root" } else { "" };
                format!(
                    "{role}: too few signatures{whose}: signatures by {found} of the trusted keys, wanted {wanted}"
                )
            }
            Self::SigstoreTuf(_) => {
                format!("signature threshold not met for role {role}: {found}/{wanted} valid signatures")
            }
            #[cfg(feature = "tough")]
            Self::Tough(_) => {
                let why = format!(
                    "Signature threshold of {wanted} not met for role {role} ({found} valid signatures)"
                );
                format!("Failed to verify {role} metadata: {why}: {why}")
            }
        }
    }

    fn read(&mut self, pin: &[u8], folder: &Path, now: i64) -> Verdict {
        let question = Question { now, paths: PATHS };
        match self {
            Self::Ours(store) => ours::run(pin, &served(folder), store, question),
            Self::SigstoreTuf(store) => theirs::run(pin, &served(folder), store, question),
            #[cfg(feature = "tough")]
            Self::Tough(store) => tough::run(pin, folder, store, PATHS),
        }
    }
}

/// Every file of a folder that is served.
fn served(folder: &Path) -> Served {
    let files = ["metadata", "targets"].into_iter().flat_map(|part| {
        let entries = fs::read_dir(folder.join(part)).expect("the folder is there");
        entries.flatten().map(move |entry| {
            let name = format!("{part}/{}", entry.file_name().to_str().unwrap());
            (name, fs::read(entry.path()).unwrap())
        })
    });
    files.collect()
}

/// What has to be found: the bytes that the newest targets' own listing names.
fn published(folder: &Path, version: u32) -> BTreeMap<String, Target> {
    let served = served(folder);
    let listed: serde_json::Value =
        serde_json::from_slice(&served[&format!("metadata/{version}.targets.json")]).unwrap();
    let target = |path: &str| match listed["signed"]["targets"][path]["hashes"]["sha256"].as_str() {
        None => Target::NotFound,
        Some(digest) => Target::Bytes(served[&format!("targets/{digest}.{path}")].clone()),
    };
    PATHS.iter().map(|path| (path.to_string(), target(path))).collect()
}

fn main() {
    let folder = std::env::args_os().nth(1).expect("a folder that rotated-repository has written");
    let public = |name: &str| Path::new(&folder).join(name).join("public");
    let pin = fs::read(public("before").join("metadata/1.root.json")).expect("the first root is there");
    let now = jiff::Timestamp::now().as_second();
    theirs::install();
    let clients = [
        Client::Ours(ours::Store::default()),
        Client::SigstoreTuf(Arc::default()),
        #[cfg(feature = "tough")]
        Client::Tough(tough::Store::new()),
    ];
    for mut client in clients {
        let name = client.name();
        let mut remembered = BTreeMap::new();
        for (folder, versions) in [("before", [1, 2, 2, 2]), ("after", [2, 3, 3, 3])] {
            let verdict = client.read(&pin, &public(folder), now);
            assert_eq!(verdict.refresh, Ok(versions), "{name} reads {folder}");
            assert_eq!(
                verdict.targets,
                published(&public(folder), versions[3] as u32),
                "{name} reads {folder}"
            );
            remembered.insert(folder, client.copy());
        }
        for (memory, offered, role, found, wanted) in REFUSED {
            let verdict = remembered[memory].copy().read(&pin, &public(offered), now);
            let refusal = client.refusal(role, found, wanted);
            assert_eq!(verdict.refresh, Err(refusal), "{name} remembers {memory} and is offered {offered}");
        }
        println!(
            "{name} follows our root to its successor, the same bytes, and refuses {} offers with too few signatures",
            REFUSED.len()
        );
    }
}
