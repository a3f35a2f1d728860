//! Inventories: what is on a machine, in a product, or on a list.
//!
//! One reader a format, each from bytes: [`dpkg`] status files, [`cyclonedx`] JSON, [`csv`] with a header;
//! [`detect`] finds the format, [`machine`] reads the packages of a machine. Every result carries its
//! [`Coverage`]: a source that could not be read is never a clean one, and a broken row is named with its place. All
//! input is hostile: bounds are in [`Limits`], and no input panics.
//! Not here: whether a component is banned.

pub mod component;
pub mod coverage;
pub mod csv;
pub mod cyclonedx;
pub mod detect;
pub mod dpkg;
pub mod limits;
pub mod machine;
mod repeated;
mod text;
pub mod trace;

pub use component::{Component, Description, DismissedCve, Inventory, LooseFinding, Presence, SourceRow};
pub use coverage::{Coverage, Note, Place, Problem, Reading};
pub use detect::{DetectError, Format};
pub use limits::Limits;
pub use trace::Trace;
