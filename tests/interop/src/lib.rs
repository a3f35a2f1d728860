//! What the programs of this folder share: a repository that can be broken on purpose, and clients that read it.
//!
//! | file | what it does |
//! |---|---|
//! | [`repository`] | documents as plain JSON, signed and linked when it is served |
//! | [`mutation`] | every way in which one is broken |
//! | [`ours`] | our trusted set over it, twice: before and after |
//! | [`theirs`] | `sigstore-tuf` over it, in the same way |
//! | `tough` | the crate of that name over a folder; only with the feature `tough` |
//! | [`chance`] | numbers from a seed |
//! | [`one_refresh`], `sigstore_refresh` | programs that do one refresh over http, to be measured |

pub mod chance;
pub mod mutation;
pub mod one_refresh;
pub mod ours;
pub mod repository;
#[cfg(any(feature = "refresh-sigstore-tuf", feature = "refresh-sigstore-tuf-default"))]
pub mod sigstore_refresh;
pub mod theirs;
#[cfg(feature = "tough")]
pub mod tough;

use std::collections::BTreeMap;

/// What a client made of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The versions of root, timestamp, snapshot and targets, or why the refresh failed.
    pub refresh: Result<[u64; 4], String>,
    /// What became of each target that was asked for; empty where the refresh failed.
    pub targets: BTreeMap<String, Target>,
}

/// What became of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Nobody lists it.
    NotFound,
    /// The reason.
    Refused(String),
}

impl Verdict {
    /// In what two verdicts differ, in one line without anything that changes from case to case; nothing where they agree.
    pub fn difference(&self, other: &Self) -> Option<String> {
        match (&self.refresh, &other.refresh) {
            (Ok(_), Err(_)) => return Some("ours accepts, theirs refuses".into()),
            (Err(_), Ok(_)) => return Some("ours refuses, theirs accepts".into()),
            (Ok(one), Ok(other)) if one != other => return Some("both accept, other versions".into()),
            _ => {}
        }
        self.targets.iter().find_map(|(path, one)| {
            let word = |target: &Target| match target {
                Target::Bytes(_) => "finds",
                Target::NotFound => "finds nothing",
                Target::Refused(_) => "refuses",
            };
            let other = other.targets.get(path)?;
            match (one, other) {
                (Target::Bytes(one), Target::Bytes(other)) if one != other => {
                    Some("target: other bytes".into())
                }
                _ if word(one) != word(other) => {
                    Some(format!("target: ours {}, theirs {}", word(one), word(other)))
                }
                _ => None,
            }
        })
    }
}

/// What a client is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// What it takes for the time, in seconds of the epoch.
    pub now: i64,
    /// The targets.
    pub paths: &'a [&'a str],
}

/// What is asked in every case of the differential test: at 2026-01-01T00:00:00Z.
pub const QUESTION: Question<'static> = Question {
    now: 1_767_225_600,
    paths: &["a.txt", "d/one.txt", "d/deep/two.txt", "e/three.txt", "f.txt", "missing.txt"],
};
