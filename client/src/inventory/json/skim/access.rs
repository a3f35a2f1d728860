//! What serde asks of a reader of values.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::{Odd, Skim};

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("something is odd")
    }
}

impl std::error::Error for Odd {}

impl de::Error for Odd {
    /// What is odd is for `serde_json` to say.
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> Skim<'de> {
    fn visit_string<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Odd> {
        let (quoted, escapes) = self.scan.string()?;
        if escapes {
            return visitor.visit_string(serde_json::from_str(quoted).map_err(|_| Odd)?);
        }
        visitor.visit_borrowed_str(quoted.get(1..quoted.len() - 1).ok_or(Odd)?)
    }

    fn visit_number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Odd> {
        let number: serde_json::Number = serde_json::from_str(self.scan.number()?).map_err(|_| Odd)?;
        match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => visitor.visit_u64(number),
            (None, Some(number)) => visitor.visit_i64(number),
            (None, None) => visitor.visit_f64(number.as_f64().ok_or(Odd)?),
        }
    }

    /// Reads what stands between brackets.
    fn within<T>(
        &mut self,
        close: u8,
        read: impl FnOnce(Between<'_, 'de>) -> Result<T, Odd>,
    ) -> Result<T, Odd> {
        self.scan.pass();
        self.levels = self.levels.checked_sub(1).ok_or(Odd)?;
        let value = read(Between { skim: self, close, first: true })?;
        self.levels += 1;
        self.scan.expect(close)?;
        Ok(value)
    }
}

impl<'de> Deserializer<'de> for &mut Skim<'de> {
    type Error = Odd;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        match self.scan.peek().ok_or(Odd)? {
            b'"' => self.visit_string(visitor),
            b'{' => self.within(b'}', |between| visitor.visit_map(between)),
            b'[' => self.within(b']', |between| visitor.visit_seq(between)),
            b'-' | b'0'..=b'9' => self.visit_number(visitor),
            b'n' => self.scan.literal("null").and_then(|()| visitor.visit_unit()),
            b't' => self.scan.literal("true").and_then(|()| visitor.visit_bool(true)),
            b'f' => self.scan.literal("false").and_then(|()| visitor.visit_bool(false)),
            _ => Err(Odd),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        if self.scan.peek() == Some(b'n') {
            self.scan.literal("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Odd> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        self.scan.pass_value()?;
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Odd> {
        Err(Odd)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

/// The elements of an array or the members of an object.
struct Between<'s, 'de> {
    skim: &'s mut Skim<'de>,
    close: u8,
    first: bool,
}

impl Between<'_, '_> {
    /// Whether there is another; passes the comma before it.
    fn more(&mut self) -> Result<bool, Odd> {
        let next = self.skim.scan.peek().ok_or(Odd)?;
        if next == self.close {
            return Ok(false);
        }
        if !std::mem::take(&mut self.first) {
            self.skim.scan.expect(b',')?;
        }
        Ok(true)
    }
}

impl<'de> SeqAccess<'de> for Between<'_, 'de> {
    type Error = Odd;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Odd> {
        if self.more()? { seed.deserialize(&mut *self.skim).map(Some) } else { Ok(None) }
    }
}

impl<'de> MapAccess<'de> for Between<'_, 'de> {
    type Error = Odd;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Odd> {
        if !self.more()? {
            return Ok(None);
        }
        if self.skim.scan.peek() != Some(b'"') {
            return Err(Odd);
        }
        seed.deserialize(Name(&mut *self.skim)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Odd> {
        self.skim.scan.expect(b':')?;
        seed.deserialize(&mut *self.skim)
    }
}

/// A member's name: a string, and read as one where nobody asks for it.
struct Name<'s, 'de>(&'s mut Skim<'de>);

impl<'de> Deserializer<'de> for Name<'_, 'de> {
    type Error = Odd;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        self.0.visit_string(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
