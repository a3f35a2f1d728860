//! The verbs that only read, each run as a person runs it, over a store that was verified.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and write files"
)]

mod absent;
mod calendar;
mod digest;
mod due;
mod evidence;
mod excepted;
mod exceptions;
mod explain;
mod history;
mod in_force;
mod journal;
mod list;
mod pages;
mod plan;
mod policy;
mod show;
mod status;
mod store;
mod tampered;
mod uninstall;
mod unusual;
mod verify;
