//! What the end-to-end tests share.
//!
//! | file | what it is |
//! |---|---|
//! | [`authority`] | an authority with a repository on disk, made by the real program |
//! | [`simulator`] | an authority in memory that signs whatever a test has just changed |
//! | [`agency`] | a client with its own folders, run in process |
//! | [`official`] | where the official suites and real catalogues lie |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::missing_panics_doc,
    reason = "the tests' own support: it fails by panicking and works on real folders"
)]

pub mod agency;
pub mod authority;
pub mod official;
pub mod simulator;
