//! Browsers, the real ones without a screen: pages of banned domains and banned extensions open and load before and in audit,
//! are refused when enforced while everything else still works, and open and load again after the undo.
//!
//! Each browser runs on a machine of the test's own ([`interdict_tests::round_trip`]); all names lead to a server of the test on
//! its loopback.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and write files"
)]

#[path = "../../../client/tests/enforce/bans.rs"]
mod bans;
mod chromium;
mod firefox;
mod machine;
