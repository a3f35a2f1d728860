//! Inventories: what is on a machine, in a product, or on a list.
//!
//! One reader a format, each from bytes in a file of its own; [`mod@format`] lists them, [`detect`] tells which one some bytes are,
//! by their [`Head`]. [`given`] reads the files and folders that a person names, [`unpack`] takes them out of gzip and zstd,
//! [`asked`] makes one of an identifier that somebody asks about,
//! [`machine`] reads the packages of a machine, [`machine_name`] what it is called. Every result carries its
//! [`Coverage`]: a source that could not be read is never a clean one, and a broken row is named with its place. All
//! input is hostile: bounds are in [`Limits`], and no input panics.
//! Not here: whether a component is banned.

pub mod alpm;
pub mod apk;
pub mod asked;
pub mod browsers;
pub mod component;
pub mod coverage;
pub mod csv;
pub mod cyclonedx;
pub mod detect;
pub mod dpkg;
pub mod dpkg_list;
pub mod files;
pub mod flatpak;
pub mod format;
pub mod given;
pub mod head;
mod implied;
pub mod limits;
pub mod machine;
pub mod machine_name;
pub mod npm;
pub mod processes;
pub mod python;
mod repeated;
mod rooted;
mod rows;
pub mod rpm;
mod said;
pub mod snap;
mod sqlite;
mod stanza;
mod text;
pub mod trace;
pub mod unpack;

pub use asked::{AskedKind, NotAsked};
pub use component::{
    Component, Description, DismissedCve, Inventory, LooseFinding, Presence, Recognises, SourceRow,
};
pub use coverage::{Coverage, Locally, Note, Place, Problem, Reading};
pub use detect::DetectError;
pub use format::{Format, Reader};
pub use head::Head;
pub use limits::Limits;
pub use trace::Trace;
