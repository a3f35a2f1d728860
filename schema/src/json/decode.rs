//! From a [`Value`] to a typed document: serde, with the place of every error and of every field that nothing read.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;

use serde::de::{
    self, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{Pointer, Value, excerpt};

/// A value of the wrong shape, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// Where: the innermost value that was wrong.
    pub pointer: Pointer,
    /// Found and wanted, in serde's words.
    pub message: String,
    pub(super) placed: bool,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: {}", self.pointer, self.message)
    }
}

impl core::error::Error for DecodeError {}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { pointer: Pointer::root(), message: excerpt(&message.to_string()), placed: false }
    }
}

/// A typed document, and what of it the type does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<T> {
    /// The document.
    pub value: T,
    /// The places of members that the type has no field for, in the order of the document.
    pub unknown: Vec<Pointer>,
}

/// Decodes a value.
///
/// # Errors
/// The first value of a wrong shape.
pub fn decode<'de, T: de::Deserialize<'de>>(value: &'de Value<'_>) -> Result<Decoded<T>, DecodeError> {
    let unknown = RefCell::new(Vec::new());
    let value = T::deserialize(Place { value, path: Path::Document, unknown: &unknown })?;
    Ok(Decoded { value, unknown: unknown.take() })
}

/// The way from the document to a value, borrowed from the calls that lead there: text only when someone asks.
#[derive(Clone, Copy)]
enum Path<'p> {
    Document,
    Member(&'p Path<'p>, &'p str),
    Element(&'p Path<'p>, usize),
}

impl Path<'_> {
    fn pointer(&self) -> Pointer {
        match self {
            Self::Document => Pointer::root(),
            Self::Member(parent, key) => parent.pointer().join(key),
            Self::Element(parent, number) => parent.pointer().join(number),
        }
    }
}

/// A value, where it stands, and where to note what nobody reads.
#[derive(Clone, Copy)]
struct Place<'p, 'de, 'a> {
    value: &'de Value<'a>,
    path: Path<'p>,
    unknown: &'p RefCell<Vec<Pointer>>,
}

impl<'p, 'de, 'a> Place<'p, 'de, 'a> {
    fn member(&'p self, key: &'de str, value: &'de Value<'a>) -> Self {
        Self { value, path: Path::Member(&self.path, key), unknown: self.unknown }
    }

    fn element(&'p self, number: usize, value: &'de Value<'a>) -> Self {
        Self { value, path: Path::Element(&self.path, number), unknown: self.unknown }
    }

    fn name<T>(&self, result: Result<T, DecodeError>) -> Result<T, DecodeError> {
        result.map_err(|error| {
            if error.placed {
                error
            } else {
                DecodeError { pointer: self.path.pointer(), placed: true, ..error }
            }
        })
    }
}

impl<'de> de::Deserializer<'de> for Place<'_, 'de, '_> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let result = match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Unsigned(value) => visitor.visit_u64(*value),
            Value::Negative(value) => visitor.visit_i64(*value),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(elements) => {
                visitor.visit_seq(Elements { of: &self, rest: elements.iter().enumerate() })
            }
            Value::Object(object) => {
                visitor.visit_map(Members { of: &self, rest: object.iter(), next: None })
            }
        };
        self.name(result)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.name(visitor.visit_newtype_struct(self))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.name(visitor.visit_enum(Variant { place: &self }))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.unknown.borrow_mut().push(self.path.pointer());
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

struct Elements<'p, 'de, 'a> {
    of: &'p Place<'p, 'de, 'a>,
    rest: core::iter::Enumerate<core::slice::Iter<'de, Value<'a>>>,
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de, '_> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        self.rest.next().map(|(number, value)| seed.deserialize(self.of.element(number, value))).transpose()
    }

    // Serde keeps room for four elements where it is not told: most arrays of a directive have one, and 10,000 are held.
    fn size_hint(&self) -> Option<usize> {
        self.rest.size_hint().1
    }
}

struct Members<'p, 'de, 'a, I> {
    of: &'p Place<'p, 'de, 'a>,
    rest: I,
    next: Option<(&'de str, &'de Value<'a>)>,
}

impl<'de, 'a: 'de, I: Iterator<Item = (&'de str, &'de Value<'a>)>> MapAccess<'de>
    for Members<'_, 'de, 'a, I>
{
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        self.next = self.rest.next();
        let Some((key, value)) = self.next else { return Ok(None) };
        let result = seed.deserialize(Name(key));
        self.of.member(key, value).name(result).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DecodeError> {
        match self.next.take() {
            Some((key, value)) => {
                let place = self.of.member(key, value);
                place.name(seed.deserialize(place))
            }
            None => Err(de::Error::custom("a value was asked for before its key")),
        }
    }
}

/// The key of a member: any type that reads from text, a newtype round one too.
struct Name<'de>(&'de str);

impl<'de> de::Deserializer<'de> for Name<'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_enum(de::value::BorrowedStrDeserializer::new(self.0))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

/// An enum: a word, or an object of one member.
struct Variant<'p, 'de, 'a> {
    place: &'p Place<'p, 'de, 'a>,
}

impl<'p, 'de, 'a> EnumAccess<'de> for Variant<'p, 'de, 'a> {
    type Error = DecodeError;
    type Variant = Content<'p, 'de, 'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Content<'p, 'de, 'a>), DecodeError> {
        let (word, content) = match self.place.value {
            Value::String(word) => (word.as_ref(), None),
            Value::Object(object) => match (object.iter().next(), object.len()) {
                (Some((word, content)), 1) => (word, Some(self.place.member(word, content))),
                (_, found) => return Err(de::Error::invalid_length(found, &"an object of one member")),
            },
            other => {
                return Err(de::Error::custom(core::format_args!("found {}, wanted a word", other.kind())));
            }
        };
        let variant = seed.deserialize(word.into_deserializer())?;
        Ok((variant, Content { content }))
    }
}

struct Content<'p, 'de, 'a> {
    content: Option<Place<'p, 'de, 'a>>,
}

impl<'de> VariantAccess<'de> for Content<'_, 'de, '_> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        match self.content {
            None => Ok(()),
            Some(place) => place.name(Err(de::Error::custom("found a value, wanted the word alone"))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, DecodeError> {
        self.content.map_or_else(
            || Err(de::Error::custom("found a word alone, wanted a value with it")),
            |place| seed.deserialize(place),
        )
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, DecodeError> {
        self.content.map_or_else(
            || Err(de::Error::custom("found a word alone, wanted a value with it")),
            |place| de::Deserializer::deserialize_any(place, visitor),
        )
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.tuple_variant(0, visitor)
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::json::parse;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum Word {
        Plain,
        With(u8),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Part {
        id: String,
        number: Option<u8>,
        word: Option<Word>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Whole {
        parts: Vec<Part>,
    }

    #[test]
    fn lists_the_fields_that_nothing_reads() {
        let value = parse(
            br#"{"parts":[{"id":"a","more":[1],"word":"plain"},{"id":"b","word":{"with":3}}],"x/y":{"z":1}}"#,
        )
        .unwrap();
        let decoded = decode::<Whole>(&value).unwrap();
        assert_eq!(decoded.value.parts.get(1).and_then(|part| part.word.as_ref()), Some(&Word::With(3)));
        let unknown: Vec<&str> = decoded.unknown.iter().map(Pointer::as_str).collect();
        assert_eq!(unknown, ["/parts/0/more", "/x~1y"]);
    }

    #[test]
    fn an_array_takes_room_for_its_elements_and_no_more() {
        let value = parse(br#"{"parts":[{"id":"a"}]}"#).unwrap();
        assert_eq!(decode::<Whole>(&value).unwrap().value.parts.capacity(), 1);
    }

    #[test]
    fn keys_may_be_words_and_newtypes() {
        #[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
        struct Id(String);
        #[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
        #[serde(rename_all = "kebab-case")]
        enum Kind {
            Plain,
        }
        let value = parse(br#"{"plain":{"a":1}}"#).unwrap();
        let decoded = decode::<BTreeMap<Kind, BTreeMap<Id, u8>>>(&value).unwrap().value;
        assert_eq!(decoded, BTreeMap::from([(Kind::Plain, BTreeMap::from([(Id("a".into()), 1)]))]));
        let value = parse(br#"{"odd":{}}"#).unwrap();
        let error = decode::<BTreeMap<Kind, BTreeMap<Id, u8>>>(&value).unwrap_err();
        assert_eq!(error.to_string(), "at /odd: unknown variant `odd`, expected `plain`");
    }

    #[test]
    fn says_where_a_value_is_of_the_wrong_shape() {
        let value = parse(br#"{"parts":[{"id":"a"},{"id":"b","number":300}]}"#).unwrap();
        let error = decode::<Whole>(&value).unwrap_err();
        assert_eq!(error.to_string(), "at /parts/1/number: invalid value: integer `300`, expected u8");
    }

    #[test]
    fn an_error_about_a_long_text_is_short() {
        use crate::limits::ERROR_TEXT;
        let long = alloc::format!(r#"{{"parts":"{}"}}"#, "é".repeat(100_000));
        let error = decode::<Whole>(&parse(long.as_bytes()).unwrap()).unwrap_err();
        assert_eq!(error.message.chars().count(), ERROR_TEXT);
    }
}
