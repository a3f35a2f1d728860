//! The static-file server over real sockets: one test a behaviour, grouped by what a client meets.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise"
)]

mod client;
mod conditions;
mod connections;
mod files;
mod operators;
mod paths;
mod places;
mod protocol;
mod sandboxed;
mod site;
mod stopping;
mod tls;
