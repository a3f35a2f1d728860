//! Inventories: what is on a machine, in a product, or on a list.
//!
//! One reader a format, each from bytes in a file of its own; [`mod@format`] lists them, [`detect`] tells which one some bytes are,
//! by their [`Head`]. [`given`] reads the files and folders that a person names, [`unpack`] takes them out of gzip and zstd,
//! [`asked`] makes one of an identifier that somebody asks about,
//! [`machine`] reads the packages and the browsers of a machine and of the homes of its users, [`machine_name`] what it is called. Every result carries its
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
mod gathering;
pub mod given;
pub mod head;
mod homes;
mod implied;
mod json;
pub mod jsonl;
pub mod limits;
pub mod machine;
pub mod machine_name;
pub mod macos;
pub mod npm;
pub mod osquery;
pub mod processes;
pub mod python;
pub mod recognise;
mod repeated;
pub(crate) mod rooted;
mod rows;
pub mod rpm;
mod said;
pub mod scanner;
pub mod snap;
pub mod spdx;
mod sqlite;
mod stanza;
mod text;
pub mod trace;
pub mod unpack;
mod utf16;
pub mod windows;

pub use asked::{AskedKind, NotAsked};
pub use component::{Component, Description, DismissedCve, Inventory, LooseFinding, Presence, SourceRow};
pub use coverage::{Coverage, Locally, Note, Place, Problem, Reading};
pub use detect::DetectError;
pub use format::{Format, Reader};
pub use head::Head;
pub use limits::Limits;
pub use recognise::{Everything, Recognise, Recognises, Words};
pub use trace::Trace;
