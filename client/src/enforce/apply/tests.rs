#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

mod attributes;
mod back;
mod faults;
mod ground;
mod order;
mod shared;
