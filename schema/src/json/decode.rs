//! From a [`Value`] to a typed document: serde, with the place of every error and of every field that nothing read.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;

use serde::de::{
    self, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{Pointer, Value};

/// A value of the wrong shape, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// Where: the innermost value that was wrong.
    pub pointer: Pointer,
    /// Found and wanted, in serde's words.
    pub message: String,
    placed: bool,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: {}", self.pointer, self.message)
    }
}

impl core::error::Error for DecodeError {}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { pointer: Pointer::root(), message: message.to_string(), placed: false }
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

/// Every error of shape that can be found, for documents that a person will correct; at most `most`.
///
/// After each error the offending value is taken out and decoding starts again, so that one mistake does not hide the
/// next. A value that its object cannot do without takes the object with it.
pub fn decode_all<T: for<'de> de::Deserialize<'de>>(
    value: &Value<'_>,
    most: usize,
) -> (Option<Decoded<T>>, Vec<DecodeError>) {
    let mut errors: Vec<DecodeError> = Vec::new();
    let mut rest = Thinned { value: value.clone(), elements: Vec::new() };
    let mut taken: Vec<Pointer> = Vec::new();
    loop {
        let error = match decode::<T>(&rest.value) {
            Ok(decoded) => return (errors.is_empty().then_some(decoded), errors),
            Err(error) => error,
        };
        let at = error.pointer.clone();
        // A member that is missing now may be one that was taken out: already reported.
        let missed = taken.iter().filter_map(Pointer::split_last).any(|(parent, member)| {
            parent == at && error.message.contains(&alloc::format!("missing field `{member}`"))
        });
        if !missed {
            errors.push(DecodeError { pointer: rest.original(&at), ..error });
        }
        if errors.len() >= most || !rest.take(&at) {
            return (None, errors);
        }
        taken.push(at);
    }
}

/// A document from which values were taken out, and which array elements these were.
struct Thinned<'a> {
    value: Value<'a>,
    /// The array, in the places of the original document, and the number that the element had there.
    elements: Vec<(Pointer, usize)>,
}

impl Thinned<'_> {
    /// The place that a value had before anything was taken out.
    fn original(&self, at: &Pointer) -> Pointer {
        at.tokens().fold(Pointer::root(), |array, token| {
            let mut gone: Vec<usize> =
                self.elements.iter().filter(|(of, _)| *of == array).map(|(_, number)| *number).collect();
            if gone.is_empty() {
                return array.join(token);
            }
            gone.sort_unstable();
            let number = token.parse::<usize>().unwrap_or(0);
            array.join(gone.into_iter().fold(number, |number, before| {
                if before <= number { number.saturating_add(1) } else { number }
            }))
        })
    }

    /// Takes the value at a place out; whether there was one.
    fn take(&mut self, at: &Pointer) -> bool {
        let Some((parent, token)) = at.split_last() else { return false };
        let place = self.original(&parent);
        let element = self.original(at).split_last().and_then(|(_, number)| number.parse().ok());
        let Some(inside) = parent.tokens().try_fold(&mut self.value, |inside, step| inside.step_mut(&step))
        else {
            return false;
        };
        match (inside, token.parse::<usize>()) {
            (Value::Object(object), _) => object.remove(&token).is_some(),
            (Value::Array(elements), Ok(number)) if number < elements.len() => {
                elements.remove(number);
                self.elements.extend(element.map(|number| (place, number)));
                true
            }
            _ => false,
        }
    }
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
        let result = seed.deserialize(de::value::BorrowedStrDeserializer::new(key));
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
    fn says_where_a_value_is_of_the_wrong_shape() {
        let value = parse(br#"{"parts":[{"id":"a"},{"id":"b","number":300}]}"#).unwrap();
        let error = decode::<Whole>(&value).unwrap_err();
        assert_eq!(error.to_string(), "at /parts/1/number: invalid value: integer `300`, expected u8");
    }

    #[test]
    fn finds_every_error_and_not_only_the_first() {
        let value =
            parse(br#"{"parts":[{"id":1},{"id":"b","number":"x","word":"odd"},{"id":"c"},{"number":9}]}"#)
                .unwrap();
        let (decoded, errors) = decode_all::<Whole>(&value, 100);
        assert_eq!(decoded, None);
        let places: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(places, ["/parts/0/id", "/parts/1/number", "/parts/1/word", "/parts/3"]);
    }

    #[test]
    fn a_document_without_errors_decodes() {
        let value = parse(br#"{"parts":[]}"#).unwrap();
        let (decoded, errors) = decode_all::<Whole>(&value, 100);
        assert_eq!(
            (decoded.map(|decoded| decoded.value), errors),
            (Some(Whole { parts: Vec::new() }), Vec::new())
        );
    }
}
