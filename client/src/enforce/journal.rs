//! What was done to a machine, as its journal has it (`trust.md`, rule 23): one entry for every verb that changes how it
//! is enforced.
//!
//! The journal lies beside the record of what was written ([`Places::journal`]), out of reach of whoever syncs. It is written
//! after the fact, so that what it says has happened; the entry of a verb that failed says so.

use std::path::PathBuf;

use interdict_host::journal::{Appended, Journal, JournalError};
use interdict_host::world::World;
use interdict_schema::{DateTime, Sha256};
use serde::{Deserialize, Serialize};

use super::stage::Mode;
use crate::places::Places;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "verb")]
pub enum Event {
    /// A plan was made.
    Plan {
        /// Beneath which root.
        root: PathBuf,
        /// Its digest.
        plan: Sha256,
        /// The generation.
        generation: u64,
        /// How it is to be applied.
        mode: Mode,
        /// For which targets.
        targets: Vec<String>,
    },
    /// A plan was carried out, or was not.
    Apply {
        /// Beneath which root.
        root: PathBuf,
        /// Its digest.
        plan: Sha256,
        /// The generation.
        generation: u64,
        /// How.
        mode: Mode,
        /// To which targets.
        targets: Vec<String>,
        /// How many files were created, changed and removed.
        files: u64,
        /// What became of it.
        ended: Ended,
        /// Until when it has to be confirmed, where it must be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirm_until: Option<DateTime>,
    },
    /// What was applied stays.
    Confirm {
        /// Beneath which root.
        root: PathBuf,
        /// The plan that was confirmed.
        plan: Sha256,
    },
    /// What was applied and not confirmed was taken back.
    Revert {
        /// Beneath which root.
        root: PathBuf,
        /// The plan that was taken back.
        plan: Sha256,
        /// What became of it.
        ended: Ended,
    },
    /// What was there before is there again.
    Undo {
        /// Beneath which root.
        root: PathBuf,
        /// Why, in the operator's words.
        reason: String,
        /// Until when.
        until: DateTime,
        /// What became of it.
        ended: Ended,
    },
    /// Break-glass: local enforcement is suspended.
    Suspend {
        /// Beneath which root.
        root: PathBuf,
        /// Why, in the operator's words.
        reason: String,
        /// Until when.
        until: DateTime,
        /// What became of it.
        ended: Ended,
    },
    /// A suspension lapsed, or was ended before.
    Restore {
        /// Beneath which root.
        root: PathBuf,
        /// What became of it.
        ended: Ended,
    },
    /// A hook ran after activation.
    Hook {
        /// Its file.
        hook: PathBuf,
        /// What became of it.
        ended: Ended,
    },
    /// Banned packages were removed by the package manager.
    UninstallBanned {
        /// Their names.
        packages: Vec<String>,
        /// What became of it.
        ended: Ended,
    },
    /// A root was pinned for enforcement.
    Trust {
        /// The repository.
        repository: String,
        /// SHA-256 of the canonical `signed` of the root.
        fingerprint: Sha256,
    },
}

/// What became of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "ended")]
pub enum Ended {
    /// It was done.
    Done,
    /// It was done, but for something.
    InPart {
        /// What.
        why: String,
    },
    /// It was not, and everything is as it was before.
    RolledBack {
        /// Why, with what caused it.
        why: String,
    },
    /// It was not, and perhaps in part.
    Failed {
        /// Why, with what caused it.
        why: String,
    },
}

/// The journal of what is enforced here.
pub fn journal(places: &Places) -> Journal {
    Journal::new(places.journal())
}

/// Adds an entry.
///
/// # Errors
/// [`JournalError`]: what was done is done, and is not in the journal.
pub fn record(places: &Places, world: &World, event: &Event) -> Result<Appended, JournalError> {
    journal(places).append(world, event)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use interdict_host::testing::TestWorld;

    use super::*;

    #[test]
    fn an_event_is_one_flat_object_with_its_verb_and_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places { config: folder.path().join("c"), state: folder.path().join("state") };
        let event = Event::Suspend {
            root: "/".into(),
            reason: "incident 7".into(),
            until: "2018-01-02T00:00:00Z".parse().unwrap(),
            ended: Ended::Done,
        };
        let added = record(&places, &TestWorld::new().world, &event).unwrap();
        assert_eq!(added.head.number, 1);
        let mut entries = Vec::new();
        let _ = journal(&places).read(&mut |entry| entries.push(entry.what)).unwrap();
        let wanted = serde_json::json!({
            "verb": "suspend", "root": "/", "reason": "incident 7", "until": "2018-01-02T00:00:00Z",
            "ended": { "ended": "done" },
        });
        assert_eq!(entries, std::slice::from_ref(&wanted));
        assert_eq!(serde_json::from_value::<Event>(wanted).unwrap(), event);
    }
}
