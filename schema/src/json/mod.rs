//! JSON as signed documents need it (RFC 8259, narrowed).
//!
//! [`parse`] is the strict reader: UTF-8, one value, no duplicate keys, no floats, bounded depth, nothing after the end.
//! [`canonical`] writes the OLPC form that TUF signs. [`decode`] turns a [`Value`] into a typed document, with the place
//! of every error and a list of the fields that nothing read.
//!
//! Inventories are *not* read here: real ones contain floats.

mod canonical;
mod decode;
mod decode_all;
mod pointer;
mod reader;
mod value;

use alloc::string::String;

use crate::limits::ERROR_TEXT;

pub use canonical::canonical;
pub use decode::{DecodeError, Decoded, decode};
pub use decode_all::decode_all;
pub use pointer::Pointer;
pub use reader::{ReadError, ReadReason, parse, parse_within};
pub use value::{Object, Value};

/// The beginning of a text from outside, short enough for an error.
pub(crate) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(ERROR_TEXT) {
        Some((end, _)) => text.get(..end).unwrap_or_default().into(),
        None => text.into(),
    }
}
