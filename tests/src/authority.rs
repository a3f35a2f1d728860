//! The authority of the tests across crates: see [`interdict_publisher::testing`].

pub use interdict_publisher::testing::{Authority, Ran, draft};
