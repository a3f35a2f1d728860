//! Faults that a test asks for, and the memory of what a disk did.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use super::error::Operation;

/// One change that a disk carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub operation: Operation,
    /// To which file, by the name the caller gave.
    pub path: PathBuf,
}

/// What happens once the steps are used up.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    /// Nothing more happens, as after a crash.
    Stop,
    /// Every further step is refused with this error.
    Error(io::ErrorKind),
}

/// The cause of an error on a disk that a test stopped.
#[derive(Debug, Clone, Copy, Error)]
#[error("the disk was stopped by a test")]
pub(super) struct Stopped;

#[derive(Debug)]
pub(super) struct Script {
    limit: usize,
    fault: Fault,
    steps: Mutex<Vec<Step>>,
}

impl Script {
    pub(super) const fn new(limit: usize, fault: Fault) -> Self {
        Self { limit, fault, steps: Mutex::new(Vec::new()) }
    }

    pub(super) const fn stops(&self) -> bool {
        matches!(self.fault, Fault::Stop)
    }

    pub(super) fn steps(&self) -> Vec<Step> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn take(&self, operation: Operation, path: &Path) -> io::Result<()> {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        if steps.len() < self.limit {
            steps.push(Step { operation, path: path.to_path_buf() });
            return Ok(());
        }
        Err(match self.fault {
            Fault::Stop => io::Error::other(Stopped),
            Fault::Error(kind) => kind.into(),
        })
    }
}
