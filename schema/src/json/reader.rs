//! The strict reader.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};

use super::{Object, Value, excerpt};
use crate::limits::JSON_DEPTH;

/// A document that the strict reader refuses, with the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("byte {byte} (line {line}, column {column}): {reason}")]
pub struct ReadError {
    /// Bytes before the place, from 0.
    pub byte: usize,
    /// The line, from 1.
    pub line: usize,
    /// Bytes into the line, from 1.
    pub column: usize,
    /// What was wrong there.
    pub reason: ReadReason,
}

/// What the strict reader refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadReason {
    /// Longer than the caller allows.
    #[error("found {found} bytes, wanted at most {limit}")]
    TooLong {
        /// The document's length.
        found: u64,
        /// The most that is allowed.
        limit: u64,
    },
    /// Not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// The document ends inside a value.
    #[error("the document ends in the middle")]
    Truncated,
    /// Not JSON, or something after the value.
    #[error("not JSON: {message}")]
    Syntax {
        /// The parser's words.
        message: String,
    },
    /// A key occurs twice in one object.
    #[error("the key {key:?} occurs twice")]
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// A number with a fraction, an exponent, or outside 64 bits.
    #[error("found a number that is not an integer of 64 bits")]
    NotAnInteger,
    /// Nested too deeply.
    #[error("nested more than {limit} levels deep")]
    TooDeep {
        /// The most levels allowed.
        limit: usize,
    },
}

/// Reads one document; strings borrow from `bytes` where nothing in them is escaped.
///
/// # Errors
/// [`ReadError`] with the place of the first thing that is wrong.
pub fn parse(bytes: &[u8]) -> Result<Value<'_>, ReadError> {
    let text =
        core::str::from_utf8(bytes).map_err(|error| at(bytes, error.valid_up_to(), ReadReason::NotUtf8))?;
    let refused = RefCell::new(None);
    let mut parser = serde_json::Deserializer::from_str(text);
    let result = Strict { depth: 0, refused: &refused }
        .deserialize(&mut parser)
        .and_then(|value| parser.end().map(|()| value));
    result.map_err(|error| {
        let byte = offset(bytes, error.line(), error.column());
        let reason = refused.take().unwrap_or_else(|| match error.classify() {
            serde_json::error::Category::Eof => ReadReason::Truncated,
            // serde_json repeats the place behind its words.
            _ => ReadReason::Syntax {
                message: error.to_string().split(" at line ").next().unwrap_or_default().into(),
            },
        });
        at(bytes, byte, reason)
    })
}

/// As [`parse`], of a document of at most `max_bytes` bytes.
///
/// # Errors
/// As [`parse`], and where the document is longer.
pub fn parse_within(bytes: &[u8], max_bytes: u64) -> Result<Value<'_>, ReadError> {
    let found = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if found > max_bytes {
        return Err(ReadError {
            byte: 0,
            line: 1,
            column: 1,
            reason: ReadReason::TooLong { found, limit: max_bytes },
        });
    }
    parse(bytes)
}

/// The offset of a place that the parser gives as a line and a column, both from 1.
fn offset(bytes: &[u8], line: usize, column: usize) -> usize {
    let before: usize =
        bytes.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    before.saturating_add(column).min(bytes.len())
}

fn at(bytes: &[u8], byte: usize, reason: ReadReason) -> ReadError {
    let before = bytes.get(..byte).unwrap_or(bytes);
    let line = before.split(|byte| *byte == b'\n').count();
    let column = before.rsplit(|byte| *byte == b'\n').next().map_or(0, <[u8]>::len).saturating_add(1);
    ReadError { byte, line, column, reason }
}

/// Builds a [`Value`], refusing what the grammar allows and signed documents must not contain.
#[derive(Clone, Copy)]
struct Strict<'r> {
    depth: usize,
    /// The parser can only carry text: our own reason waits here.
    refused: &'r RefCell<Option<ReadReason>>,
}

impl Strict<'_> {
    fn refuse<E: de::Error>(&self, reason: ReadReason) -> E {
        let error = E::custom(&reason);
        self.refused.replace(Some(reason));
        error
    }

    fn deeper<E: de::Error>(&self) -> Result<Self, E> {
        if self.depth >= JSON_DEPTH {
            return Err(self.refuse(ReadReason::TooDeep { limit: JSON_DEPTH }));
        }
        Ok(Self { depth: self.depth.saturating_add(1), refused: self.refused })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value<'de>;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value without floats")
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value<'de>, E> {
        Ok(Value::Unsigned(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value<'de>, E> {
        Ok(u64::try_from(value).map_or(Value::Negative(value), Value::Unsigned))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Value<'de>, E> {
        Err(self.refuse(ReadReason::NotAnInteger))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Owned(value.into())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value<'de>, A::Error> {
        let inner = self.deeper()?;
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element_seed(inner)? {
            elements.push(element);
        }
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        let inner = self.deeper()?;
        let mut members = Vec::new();
        while let Some(key) = map.next_key_seed(Key)? {
            members.push((key, map.next_value_seed(inner)?));
        }
        Object::from_members(members)
            .map(Value::Object)
            .map_err(|key| self.refuse(ReadReason::DuplicateKey { key: excerpt(&key) }))
    }
}

/// A key, borrowed where it can be.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(value.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> ReadReason {
        parse(text.as_bytes()).unwrap_err().reason
    }

    #[test]
    fn refuses_a_key_that_occurs_twice_even_when_spelled_differently() {
        assert_eq!(reason(r#"{"a":1,"b":2,"\u0061":3}"#), ReadReason::DuplicateKey { key: "a".into() });
        assert_eq!(reason(r#"{"x":[{"k":1,"k":1}]}"#), ReadReason::DuplicateKey { key: "k".into() });
    }

    #[test]
    fn refuses_every_number_that_is_not_an_integer_of_64_bits() {
        for bad in ["1.0", "1e3", "-0", "-0.0", "18446744073709551616", "-9223372036854775809"] {
            assert_eq!(reason(bad), ReadReason::NotAnInteger, "{bad}");
        }
        assert_eq!(parse(b"-9223372036854775808"), Ok(Value::Negative(i64::MIN)));
        assert_eq!(parse(b"18446744073709551615"), Ok(Value::Unsigned(u64::MAX)));
    }

    #[test]
    fn refuses_one_level_more_than_the_limit() {
        let nested = |levels: usize| alloc::format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(nested(JSON_DEPTH).as_bytes()).is_ok());
        assert_eq!(reason(&nested(JSON_DEPTH + 1)), ReadReason::TooDeep { limit: JSON_DEPTH });
        assert_eq!(reason(&"[".repeat(1_000_000)), ReadReason::TooDeep { limit: JSON_DEPTH });
    }

    #[test]
    fn says_at_which_byte_a_document_is_wrong() {
        let error = parse(b"{\n  \"a\": 1,\n  \"b\": @\n}").unwrap_err();
        assert_eq!((error.byte, error.line, error.column), (20, 3, 9));
        let cut = parse(b"{\"a\": [1, 2").unwrap_err();
        assert_eq!((cut.byte, cut.reason), (11, ReadReason::Truncated));
        assert_eq!(parse(b"\"\xff\"").unwrap_err().byte, 1);
    }

    #[test]
    fn refuses_what_lenient_readers_let_through() {
        for bad in [
            "",
            " ",
            "{} {}",
            "{}x",
            "[1,]",
            "{\"a\":1,}",
            "'a'",
            "\"\u{1}\"",
            "\"\\ud800\"",
            "NaN",
            "\u{feff}{}",
            "// c\n{}",
            "01",
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn refuses_one_byte_more_than_the_callers_limit() {
        assert!(parse_within(b"[1]", 3).is_ok());
        assert_eq!(parse_within(b"[1]", 2).unwrap_err().reason, ReadReason::TooLong { found: 3, limit: 2 });
    }
}
