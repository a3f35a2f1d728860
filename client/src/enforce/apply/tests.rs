#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test may fail by panicking and work on real folders, and say what it leaves out"
)]

mod attributes;
mod back;
mod faults;
mod ground;
mod order;
mod shared;
