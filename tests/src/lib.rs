//! What the end-to-end tests share.
//!
//! | file | what it is |
//! |---|---|
//! | [`authority`] | an authority with a repository on disk, made by the real program |
//! | [`pushed`] | a publication that is pushed, and the clients that read where it is pushed to |
//! | [`simulator`] | an authority in memory that signs whatever a test has just changed |
//! | [`agency`] | a client with its own folders, run in process |
//! | [`console`] | the transcripts of the documentation: reading, running and comparing them |
//! | [`demonstration`] | `cargo demo` |
//! | [`obeying`] | rendered files and the tools that obey them |
//! | [`official`] | where the official suites and real catalogues lie |
//! | [`programs`] | both binaries, built by the cargo that runs us |
//! | [`round_trip`] | a machine of its own for each test, with the tools' real programs |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::missing_panics_doc,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "the tests' own support: it fails by panicking and works on real folders"
)]

pub mod agency;
pub mod authority;
pub mod console;
pub mod demonstration;
pub mod obeying;
pub mod official;
pub mod programs;
pub mod pushed;
pub mod round_trip;
pub mod simulator;
