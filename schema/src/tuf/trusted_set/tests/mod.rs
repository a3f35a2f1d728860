//! One file a clause of the workflow; each test named for the attack or the behaviour.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on fails"
)]

mod damaged;
mod delegated;
mod memory;
mod metadata;
mod requests;
mod roots;
mod snapshots;
mod stored;
mod targets;
mod timestamps;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Held, TrustedSet};
use crate::tuf::metadata::Role;
use crate::tuf::refusal::Refusal;

/// Everything that a set holds.
fn holds(set: &TrustedSet<'_>) -> Vec<String> {
    fn line<T: Role>(held: &Held<T>) -> String {
        let current = held.current().is_some();
        format!("{} {} {current}", T::TYPE, String::from_utf8_lossy(held.metadata.bytes()))
    }
    let mut all = alloc::vec![format!("{} {:?}", set.root_is_final, set.root().bytes())];
    all.extend(set.timestamp.as_ref().map(line));
    all.extend(set.snapshot.as_ref().map(line));
    all.extend(set.targets.as_ref().map(line));
    all.extend(set.delegated.iter().map(|(by, held)| format!("{by:?} {}", line(held))));
    all
}

/// Does something that the set has to refuse, and makes sure that it then holds what it held before.
#[track_caller]
fn refused<'v, T: core::fmt::Debug>(
    set: &mut TrustedSet<'v>,
    attempt: impl FnOnce(&mut TrustedSet<'v>) -> Result<T, Refusal>,
) -> Refusal {
    let before = holds(set);
    let refusal = attempt(set).unwrap_err();
    assert_eq!(holds(set), before);
    refusal
}
