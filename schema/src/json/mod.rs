//! JSON as signed documents need it (RFC 8259, narrowed).
//!
//! [`parse`] is the strict reader: UTF-8, one value, no duplicate keys, no floats, bounded depth, nothing after the end.
//! [`canonical`] writes the OLPC form that TUF signs. [`decode`] turns a [`Value`] into a typed document, with the place
//! of every error and a list of the fields that nothing read.
//!
//! Inventories are *not* read here: real ones contain floats.

mod canonical;
mod decode;
mod pointer;
mod reader;
mod value;

pub use canonical::canonical;
pub use decode::{DecodeError, Decoded, decode, decode_all};
pub use pointer::Pointer;
pub use reader::{ReadError, ReadReason, parse, parse_within};
pub use value::{Object, Value};
