//! What both programs need from a machine, and no law.
//!
//! | module | what is in it |
//! |---|---|
//! | [`world`] | [`World`](world::World): everything ambient enters here, as one parameter |
//! | [`clock`], [`randomness`], [`stream`], [`passphrase`] | the parts of a world |
//! | [`testing`] | a world made of a settable clock, counted randomness and captured streams |
//! | [`exit`] | exit codes and their precedence |
//! | [`write`] | durable, atomic changes to a disk; bounded reads are in [`read`] |
//!
//! Nothing here knows what a directive or a repository is.

pub mod clock;
pub mod exit;
pub mod passphrase;
pub mod randomness;
pub mod read;
pub mod stream;
pub mod terminal;
pub mod testing;
pub mod world;
pub mod write;
