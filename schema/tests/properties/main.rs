//! Properties over generated values: what holds for every input, compared with implementations so plain that they can be
//! read at a glance. A failure is reported with the smallest input that proptest finds.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod canonical_json;
mod delegations;
mod identifiers;
mod resolve;
mod revisions;
mod target_paths;
mod versions;
