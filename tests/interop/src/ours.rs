//! Our trusted set over a served repository, as the client's refresh drives it: stored files first, then what is served.

use interdict_schema::DateTime;
use interdict_schema::key::Ed25519Only;
use interdict_schema::limits::ROOT_ROTATIONS;
use interdict_schema::tuf::{
    Accepted, Lookup, Recovery, Refusal, RoleType, Source, TargetPath, TrustedSet, Update,
};

use crate::repository::Served;
use crate::{Question, Target, Verdict};

/// What is stored between two runs: the roots after the pin, and the newest timestamp, snapshot and targets.
#[derive(Default, Clone)]
pub struct Store {
    roots: Vec<Vec<u8>>,
    files: std::collections::BTreeMap<String, Vec<u8>>,
}

impl Store {
    fn keep(&mut self, accepted: &Accepted) {
        self.files.insert(accepted.file_name(), accepted.bytes().to_vec());
    }
}

/// Why a run ended early.
#[derive(Debug)]
pub enum Stop {
    /// Refused.
    Refused(Refusal),
    /// Not there, or longer than it may be.
    Absent(String),
    /// More roots than are walked.
    TooManyRoots,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

fn words(stop: &Stop) -> String {
    let Stop::Refused(refusal) = stop else { return format!("{stop:?}") };
    let mut words = refusal.to_string();
    let mut source = std::error::Error::source(refusal);
    while let Some(cause) = source {
        words += &format!(": {cause}");
        source = cause.source();
    }
    words
}

/// One run.
pub fn run(pin: &[u8], served: &Served, store: &mut Store, question: Question<'_>) -> Verdict {
    let now = DateTime::from_unix_seconds(question.now).unwrap();
    match refresh(pin, served, store, now) {
        Err(stop) => Verdict { refresh: Err(words(&stop)), targets: Default::default() },
        Ok(mut set) => {
            let versions = [
                set.root().signed().version,
                set.timestamp().unwrap().signed().version,
                set.snapshot().unwrap().signed().version,
                set.targets().unwrap().signed().version,
            ];
            let targets = question
                .paths
                .iter()
                .map(|path| {
                    (
                        path.to_string(),
                        target(&mut set, served, path).unwrap_or_else(|stop| Target::Refused(words(&stop))),
                    )
                })
                .collect();
            Verdict { refresh: Ok(versions), targets }
        }
    }
}

fn fetch(served: &Served, folder: &str, path: &str, max_bytes: u64) -> Result<Vec<u8>, Stop> {
    let bytes = served.get(&format!("{folder}/{path}")).ok_or_else(|| Stop::Absent(path.into()))?;
    if bytes.len() as u64 > max_bytes {
        Err(Stop::Absent(format!("{path} is too long")))
    } else {
        Ok(bytes.clone())
    }
}

fn refresh(
    pin: &[u8],
    served: &Served,
    store: &mut Store,
    now: DateTime,
) -> Result<TrustedSet<'static>, Stop> {
    let mut set = TrustedSet::new(pin, now, &Ed25519Only)?;
    for root in &store.roots {
        let _ = set.update_root(root)?;
    }
    for walked in 0.. {
        let request = set.root_request();
        let bytes = match fetch(served, "metadata", &request.path, request.max_bytes) {
            Ok(bytes) => bytes,
            Err(_) if !served.contains_key(&format!("metadata/{}", request.path)) => break,
            Err(stop) => return Err(stop),
        };
        if walked >= ROOT_ROTATIONS {
            return Err(Stop::TooManyRoots);
        }
        let new = set.update_root(&bytes)?;
        store.roots.push(bytes);
        if new.recovery == Recovery::DropTimestampAndSnapshot {
            store.files.remove("timestamp.json");
            store.files.remove("snapshot.json");
        }
    }
    set.finish_root()?;
    if let Some(bytes) = store.files.get("timestamp.json") {
        let _ = set.update_timestamp(bytes, Source::Local);
    }
    let request = set.timestamp_request();
    let bytes = fetch(served, "metadata", &request.path, request.max_bytes)?;
    if let Update::Accepted(accepted) = set.update_timestamp(&bytes, Source::Remote)? {
        store.keep(&accepted);
    }
    for role in [RoleType::Snapshot, RoleType::Targets] {
        let update = |set: &mut TrustedSet<'_>, bytes: &[u8], source| match role {
            RoleType::Snapshot => set.update_snapshot(bytes, source),
            _ => set.update_targets(bytes, source),
        };
        if let Some(bytes) = store.files.get(&format!("{role}.json")) {
            // A stored file that is refused is as good as none.
            if matches!(update(&mut set, bytes, Source::Local), Ok(Update::Accepted(_))) {
                continue;
            }
        }
        let request = match role {
            RoleType::Snapshot => set.snapshot_request()?,
            _ => set.targets_request()?,
        };
        let bytes = fetch(served, "metadata", &request.path, request.max_bytes)?;
        if let Update::Accepted(accepted) = update(&mut set, &bytes, Source::Remote)? {
            store.keep(&accepted);
        }
    }
    Ok(set)
}

fn target(set: &mut TrustedSet<'_>, served: &Served, path: &str) -> Result<Target, Stop> {
    let path: TargetPath = path.parse().expect("the paths asked for are plain");
    loop {
        let (role, delegator) = match set.find(&path)? {
            Lookup::Found { file, .. } => {
                let request = set.target_request(&path, file);
                let bytes = fetch(served, "targets", &request.path, request.max_bytes)?;
                set.verify_target(&path, file, &bytes)?;
                return Ok(Target::Bytes(bytes));
            }
            Lookup::NotFound => return Ok(Target::NotFound),
            Lookup::TooManyRoles { limit } => return Ok(Target::Refused(format!("more than {limit} roles"))),
            Lookup::SetAside { role } => return Ok(Target::Refused(format!("{role} was set aside"))),
            Lookup::Needs { role, delegator } => (role, delegator),
        };
        let request = set.delegated_request(&role)?;
        let bytes = fetch(served, "metadata", &request.path, request.max_bytes)?;
        let _ = set.update_delegated(&role, &delegator, &bytes, Source::Remote)?;
    }
}
