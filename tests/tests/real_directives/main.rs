//! The real directives that the project ships as examples: they are the test of the format.
//!
//! | room | what is held there |
//! |---|---|
//! | `fixtures` | the drafts of `docs/examples/directives`, read |
//! | `lint` | what lint says of each, all of it expected |
//! | `digests` | relations and revisions name the payloads that are there |
//!
//! Dates in these tests were counted by hand from the texts, and the comments say how.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and reads the examples"
)]

mod digests;
mod fixtures;
mod lint;
