//! JSON (RFC 8259) into serde's types, quick at passing over what nobody asks for: nine tenths of a software bill of materials.
//!
//! It gives what `serde_json::from_str` gives of the same text, or nothing. Nothing means that something is odd: who calls asks
//! `serde_json` then, which knows what is wrong and where, so that no document is accepted here which that would refuse, and
//! none refused which that would accept. What is passed over is held to the grammar as well. Values with escapes and numbers
//! are read by `serde_json` itself.
//!
//! Not here: enumerations, which no inventory's types have, and more than 127 levels of nesting.

mod access;
mod scan;

use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed};

use self::scan::Scan;

/// A document of some shape, or nothing where it is odd.
pub(super) fn from_str<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    seeded(text, PhantomData)
}

/// A document by a seed, or nothing where it is odd: the seed may have read some of it then.
pub(in super::super) fn seeded<'a, S: DeserializeSeed<'a>>(text: &'a str, seed: S) -> Option<S::Value> {
    let mut skim = Skim { scan: Scan::of(text), levels: LEVELS };
    let value = seed.deserialize(&mut skim).ok()?;
    skim.scan.peek().is_none().then_some(value)
}

/// Levels of nesting of what is read, as `serde_json` has them.
const LEVELS: u8 = 127;

/// Something is odd.
#[derive(Debug)]
struct Odd;

/// Reads values.
struct Skim<'de> {
    scan: Scan<'de>,
    /// Levels that may still be entered.
    levels: u8,
}

#[cfg(test)]
mod tests;
