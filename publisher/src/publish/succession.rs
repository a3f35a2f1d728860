//! A change of root: what has to be signed anew for it, and in which order it goes live.
//!
//! Two files make it: `N.root.json`, which a client asks for first, and `timestamp.json`, which names everything else. No rename
//! covers both. Where everything that is signed anew is believed under either root, the root goes live last, and whoever comes
//! in between reads a whole repository. Where the keys that counted until now are gone, the root goes just before the timestamp:
//! a client that comes between the two refuses what it reads, keeps its policy, and gets through the next time.

use interdict_schema::DateTime;
use interdict_schema::tuf::{Metadata, Role, Root};

use super::stage::stage_under;
use super::{Change, Resign, Stage, StageRefusal, Staged, resign, self_check};
use crate::repository::Lifetimes;
use crate::repository::client_view::VERIFIER;
use crate::repository::current::{Current, Touched};
use crate::repository::files::{Files, NewFiles};

/// Decides what is published next under a root that may be the next one: what the change asks for, and what is signed by keys
/// that no longer count.
///
/// # Errors
///
/// [`StageRefusal`]: the first reason why not. A list of issuers that the root would not believe is one.
pub fn succeed(
    current: &Current,
    root: &Root,
    (touched, change): (&Touched, &Change),
    also: Resign,
    now: DateTime,
    lifetimes: &Lifetimes,
) -> Result<Staged, StageRefusal> {
    match stage_under(current, root, touched, change, now, lifetimes)? {
        Stage::Next(staged) => Ok(*staged),
        Stage::Unchanged => {
            // Nobody would take the new root with targets that have expired.
            let expired = current.targets().signed().expires <= now;
            let what = Resign {
                targets: also.targets || expired || !counts_under(current.targets(), root),
                snapshot: also.snapshot || !counts_under(current.snapshot(), root),
            };
            Ok(resign(current, what, now, lifetimes))
        }
    }
}

/// Whether metadata is signed by enough of the keys that a root names.
pub fn counts_under<T: Role>(metadata: &Metadata<T>, root: &Root) -> bool {
    metadata.count(root.role(T::TYPE), &root.keys, &VERIFIER).is_ok()
}

/// When a root goes live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstallOrder {
    /// After everything else: whoever comes in between reads a whole repository.
    RootLast,
    /// Just before the timestamp.
    TimestampLast,
}

/// Puts the file of a root among the files that are written.
pub fn in_order(
    current: &Current,
    mut new: NewFiles,
    root: (String, Vec<u8>),
    below: &dyn Files,
    now: DateTime,
) -> (NewFiles, InstallOrder) {
    if self_check(Some(current.set()), &new, below, [], now).is_ok() {
        new.metadata.push(root);
        return (new, InstallOrder::RootLast);
    }
    let last = new.metadata.len().saturating_sub(1);
    new.metadata.insert(last, root);
    (new, InstallOrder::TimestampLast)
}
