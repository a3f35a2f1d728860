//! Enforcement: what each target writes from the same made-up bans, held against golden files.
//!
//! `UPDATE=1 cargo test -p interdict-client --test enforce` writes them anew: read what it wrote.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test may fail by panicking and write files"
)]

mod apt;
mod bans;
mod browsers;
mod golden;
mod hostile;
mod hostile_programs;
