//! What is on the wire, and the rules by which it is believed.
//!
//! Nothing here opens a file, a socket or a clock: bytes and moments come in as parameters and values go out.
//! The crate is `no_std` with `alloc`.
//!
//! | room | what is decided there |
//! |---|---|
//! | [`json`] | the strict reader, the canonical writer, typed decoding with places |
//! | [`datetime`], [`digest`], [`key`] | newtypes whose every value is valid |
//! | [`threshold`] | the only place that counts signatures |
//! | [`dsse`] | envelopes: who said it |
//! | [`tuf`] | repository metadata: is it current and complete |
//! | [`issuers`] | whose keys count for which directive |
//! | [`directive`] | what an authority orders; lint |
//! | [`entity`] | lists of identifiers that several directives share |
//! | [`waiver`] | waivers in documents of their own, and on which text they act |
//! | [`believe`] | the one function that joins envelope, issuer and target path |
//! | [`in_force`] | the one function that joins believing and resolving |
//! | [`product`] | purl, CPE, names: how a product is recognised |
//! | [`invisible`] | characters that a text had better not have |
//! | [`policy`] | what the client leaves for scripts |
//! | [`plan`] | what a person approves before a machine is changed |
//! | `json_schema` | the shapes of these documents as JSON Schema; behind the feature of that name |
//! | [`limits`] | every bound on outside input |
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails"))]

extern crate alloc;

pub mod believe;
pub mod ceremony;
pub mod datetime;
pub mod digest;
pub mod directive;
pub mod dsse;
pub mod entity;
pub mod in_force;
pub mod inventory;
pub mod invisible;
pub mod issuers;
pub mod json;
#[cfg(feature = "json-schema")]
pub mod json_schema;
pub mod key;
pub mod limits;
pub mod payload_type;
pub mod plan;
pub mod policy;
pub mod product;
pub mod threshold;
pub mod tuf;
mod verified;
pub mod waiver;

pub use datetime::DateTime;
pub use digest::Sha256;
pub use verified::Verified;
