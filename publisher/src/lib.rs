//! The authority's tool: from a draft on somebody's desk to files that any static host serves.
//!
//! | room | what happens there |
//! |---|---|
//! | [`ceremony`] | files that travel between officers who never meet |
//! | [`cli`] | the verbs: arguments in, text and exit codes out |
//! | [`draft`] | the text with which a new draft begins |
//! | [`gone`] | what has to be done where a key was lost or compromised |
//! | [`import`] | other catalogues become directives |
//! | [`journal`] | what was done, by whom, written down before it counts |
//! | [`officer`] | what is being signed, what it would change, and the signature |
//! | [`publish`] | what the next repository is (pure), and the steps from there to the disk |
//! | [`keyring`] | key files opened, metadata signed |
//! | [`push`] | a published repository carried elsewhere: a folder, a bucket, a web server over rsync |
//! | [`repository`] | the folder: its layout and settings, how it is read back, how it is written |
//! | [`serve`] | a published repository as static files |
//! | [`standing`] | what is published, what expires when, who still has to sign what |
//! | [`testing`] | an authority for tests |
//!
//! The rooms beneath [`cli`] know no arguments and print nothing. Whether anything is *believed* is decided in
//! `interdict-schema`, by the functions that clients use.

pub mod ceremony;
pub mod cli;
pub mod draft;
pub mod gone;
pub mod import;
pub mod journal;
pub mod keyring;
pub mod officer;
pub mod publish;
pub mod push;
pub mod repository;
pub mod serve;
pub mod standing;
pub mod testing;

use std::ffi::OsString;

use interdict_host::exit::Outcome;
use interdict_host::world::World;

/// Runs the program with these arguments, its own name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>, world: &mut World) -> Outcome {
    cli::run(arguments, world)
}
