//! What both programs need from a machine, and no law.
//!
//! | module | what is in it |
//! |---|---|
//! | [`world`] | [`World`](world::World): everything ambient enters here, as one parameter |
//! | [`clock`], [`randomness`], [`stream`], [`passphrase`] | the parts of a world |
//! | [`testing`] | a world made of a settable clock, counted randomness and captured streams |
//! | [`exit`] | exit codes and their precedence |
//! | [`mod@write`], [`read`], [`lock`] | durable, atomic changes to a disk; bounded reads; one process at a time |
//! | [`owned`] | files that nobody but their owner can have put there |
//! | [`key_file`], [`signer`], [`example_keys`] | keys on disk, what signs with a key wherever it lives, and those that are refused |
//! | [`verifier`] | the algorithms of signatures that need a library of their own |
//! | [`terminal`] | what a person sees, and text from outside made safe to look at |
//! | [`identity`], [`journal`] | whose process this is; what was done, in lines that name each other |
//! | [`logging`] | what happened, on standard error |
//! | [`cli`], [`directories`] | what both command lines share, and where their files lie by default |
//!
//! Nothing here knows what a directive or a repository is.

pub mod cli;
pub mod clock;
pub mod directories;
pub mod example_keys;
pub mod exit;
pub mod identity;
pub mod journal;
pub mod key_file;
pub mod lock;
pub mod logging;
pub mod owned;
pub mod passphrase;
pub mod randomness;
pub mod read;
pub mod signer;
pub mod stream;
pub mod terminal;
pub mod testing;
pub mod verifier;
pub mod wait;
pub mod world;
pub mod write;
