//! From a signed order to a machine that obeys it, and back: `interdict sync`, `plan`, `apply` and `undo` as people use them, and the
//! tool itself is asked at every step. Before, what is banned works; in audit it still does, and that is logged; enforced it does
//! not, and everything else does; after the undo the machine is as it was, to the byte.
//!
//! What is replaced on the machine, and nothing else, is said in [`interdict_tests::round_trip`].
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and write files"
)]

mod apt;
mod attributes;
mod dnf;
mod dns_rpz;
mod fapolicyd;
mod nftables;
mod oval;
mod rpm;
