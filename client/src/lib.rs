//! The bound party's program: fetch, verify, hold, assess, report.
//!
//! | room | what happens there |
//! |---|---|
//! | [`config`], [`places`] | what the operator wants; where things lie |
//! | [`fetch`] | bytes from elsewhere |
//! | [`bundle`] | a repository in one file, for machines without a network |
//! | [`store`] | what is kept, verified each time it is read |
//! | [`enforce`] | what is in force, as configuration of the tools that a machine runs |
//! | [`exceptions`] | what the agency leaves in place for a while, and says so |
//! | [`update`] | drives the trusted set: fetch, accept, then persist |
//! | [`sync`] | from metadata to the next generation |
//! | [`foreign`] | the same for other people's repositories, which have targets and no directives |
//! | [`inventory`] | what is on a machine, in a product, or on a list; one reader a format |
//! | [`freshness`], [`authenticity`] | whether it is current; what a file is worth against it |
//! | [`schedule`] | when a repository is asked next |
//! | [`presentation`] | what people and programs are shown of it |
//! | [`assess`] | which components break which directives; decided, not acted on |
//! | [`report`] | how that looks: a table, JSON, JSON Lines, CSV |

pub mod as_of;
pub mod assess;
pub mod authenticity;
pub mod bundle;
mod cli;
pub mod config;
pub mod enforce;
pub mod exceptions;
pub mod fetch;
pub mod foreign;
pub mod freshness;
pub mod inventory;
pub mod length_of_time;
pub mod places;
pub mod presentation;
pub mod report;
pub mod schedule;
pub mod store;
pub mod sync;
pub mod update;

#[cfg(test)]
#[path = "../tests/signed/mod.rs"]
mod testing_signed;

pub use cli::{Arguments, run};
