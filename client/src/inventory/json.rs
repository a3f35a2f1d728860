//! JSON of others, as far as it is read: rows and plain values, whatever shape a writer gave them.
//!
//! Nesting is bounded by the JSON reader (128 levels), a member of ours twice is refused, unknown members are ignored. A row
//! that is no object is kept as such, so that it is named and the others are read. Not here: what the members mean.

pub(super) mod skim;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::coverage::Problem;
use super::text::{count, without_mark};

/// Values of one document. What is held of a value takes up to some hundred times its text, so that a document of three bytes a
/// value would take the memory of the machine; documents of packages have thirty bytes and more.
const MAX_VALUES: usize = 16_000_000;

/// A document of some shape.
///
/// # Errors
/// Not UTF-8, no JSON, JSON of another shape, or more than [`MAX_VALUES`] values.
pub(super) fn document<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Problem> {
    of_text(text(bytes)?).map_err(|error| Problem::Json { detail: error.to_string() })
}

/// The text of a document that may be held.
///
/// # Errors
/// Not UTF-8, or more than [`MAX_VALUES`] values.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Problem> {
    let text = std::str::from_utf8(without_mark(bytes))
        .map_err(|error| Problem::NotUtf8 { at: count(error.valid_up_to()) })?;
    of_at_most(text, MAX_VALUES)
}

/// The text, where it has no more values than this. Every value but the first stands behind one of these bytes, so that counting
/// them is enough, and quicker than any reading; those inside texts count too.
fn of_at_most(text: &str, limit: usize) -> Result<&str, Problem> {
    let begins = |byte: &u8| usize::from(matches!(byte, b'[' | b'{' | b','));
    let values = text.as_bytes().iter().map(begins).sum::<usize>();
    if values > limit { Err(Problem::TooManyValues { limit }) } else { Ok(text) }
}

/// A document of some shape, out of text.
///
/// # Errors
/// No JSON, or JSON of another shape.
pub(super) fn of_text<'a, T: Deserialize<'a>>(text: &'a str) -> serde_json::Result<T> {
    skim::from_str(text).map_or_else(|| serde_json::from_str(text), Ok)
}

/// Reads a document by a seed as `serde_json` does, which says what is wrong and where.
///
/// # Errors
/// No JSON, or JSON of another shape.
pub(super) fn strictly<'a, S: DeserializeSeed<'a>>(text: &'a str, seed: S) -> serde_json::Result<S::Value> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = seed.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// The text of a plain value: a string, or a number or truth value as text. Nothing for `null`, objects and arrays.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word<'a>(Option<Cow<'a, str>>);

impl Word<'_> {
    /// The text without blanks round it, unless it is empty.
    pub(super) fn text(&self) -> Option<&str> {
        self.0.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    /// The text, as something of its own.
    pub(super) fn owned(&self) -> Option<String> {
        self.text().map(str::to_owned)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Value)
    }
}

/// Reads one value.
struct Value;

/// Reads one value or several.
struct Values;

/// What both read alike, from what `Value` makes of it.
macro_rules! scalars {
    ($of:ty, $wrap:expr) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a value")
        }

        fn visit_borrowed_str<E>(self, text: &'de str) -> Result<$of, E> {
            Ok($wrap(Word(Some(Cow::Borrowed(text)))))
        }

        fn visit_str<E>(self, text: &str) -> Result<$of, E> {
            Ok($wrap(Word(Some(Cow::Owned(text.to_owned())))))
        }

        fn visit_bool<E>(self, value: bool) -> Result<$of, E> {
            Ok($wrap(Word(Some(Cow::Borrowed(if value { "true" } else { "false" })))))
        }

        fn visit_i64<E>(self, value: i64) -> Result<$of, E> {
            Ok($wrap(Word(Some(Cow::Owned(value.to_string())))))
        }

        fn visit_u64<E>(self, value: u64) -> Result<$of, E> {
            Ok($wrap(Word(Some(Cow::Owned(value.to_string())))))
        }

        fn visit_f64<E>(self, value: f64) -> Result<$of, E> {
            Ok($wrap(Word(Some(Cow::Owned(value.to_string())))))
        }

        fn visit_unit<E>(self) -> Result<$of, E> {
            Ok($wrap(Word(None)))
        }

        fn visit_map<A: MapAccess<'de>>(self, mut rest: A) -> Result<$of, A::Error> {
            while rest.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok($wrap(Word(None)))
        }
    };
}

impl<'de> Visitor<'de> for Value {
    type Value = Word<'de>;

    scalars!(Word<'de>, std::convert::identity);

    fn visit_seq<A: SeqAccess<'de>>(self, mut rest: A) -> Result<Self::Value, A::Error> {
        while rest.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Word(None))
    }
}

impl<'de> Visitor<'de> for Values {
    type Value = Vec<Word<'de>>;

    scalars!(Vec<Word<'de>>, |word| vec![word]);

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut words = Vec::new();
        while let Some(word) = seq.next_element()? {
            words.push(word);
        }
        Ok(words)
    }
}

/// A value, or several in an array.
#[derive(Debug, Default)]
pub(super) struct Words<'a>(pub(super) Vec<Word<'a>>);

impl Words<'_> {
    /// Those that have a text.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(Word::text)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Words<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Values).map(Self)
    }
}

/// The members of an object in their order, one that is there twice too.
#[derive(Debug, Default)]
pub(super) struct Members<'a>(pub(super) Vec<(Word<'a>, Words<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Map)
    }
}

/// An object, or something else that stands where one is wanted (`None`).
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) Option<T>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Rows(rows) = deserializer.deserialize_any(Shape { array: false, of: PhantomData })?;
        Ok(Self(rows.into_iter().next().flatten()))
    }
}

/// Rows: an array, or one object alone as PowerShell writes an array of one. What is no object is `None`; `null` and an empty text are
/// no row.
#[derive(Debug)]
pub(super) struct Rows<T>(pub(super) Vec<Option<T>>);

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Rows<T> {
    /// The rows that are objects.
    pub(super) fn whole(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Shape { array: true, of: PhantomData })
    }
}

/// Reads an object, or with `array` an array of them.
struct Shape<T> {
    array: bool,
    of: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Shape<T> {
    type Value = Rows<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Ok(Rows(vec![Some(T::deserialize(MapAccessDeserializer::new(map))?)]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::new();
        if self.array {
            while let Some(Object(row)) = seq.next_element()? {
                rows.push(row);
            }
        } else {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            rows.push(None);
        }
        Ok(Rows(rows))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Rows(Vec::new()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        // osquery writes "" for no rows.
        Ok(Rows(if text.trim().is_empty() { Vec::new() } else { vec![None] }))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Rows(vec![None]))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Rows(vec![None]))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Rows(vec![None]))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Rows(vec![None]))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Row<'a> {
        #[serde(borrow, default)]
        a: Word<'a>,
    }

    fn rows(text: &str) -> Vec<Option<String>> {
        let rows: Rows<Row<'_>> = document(text.as_bytes()).unwrap();
        rows.0.iter().map(|row| row.as_ref().map(|row| row.a.owned().unwrap_or_default())).collect()
    }

    #[test]
    fn rows_are_an_array_or_one_object_and_what_is_no_row_is_kept_as_such() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(rows(r#"{"a":1}"#), [some("1")]);
        assert_eq!(
            rows(r#"[{"a":" x "},7,-7,1.5,"s",true,[{"a":1}],{"a":true}]"#),
            [some("x"), None, None, None, None, None, None, some("true")]
        );
        assert_eq!(
            rows(r#"[{},{"a":null},{"a":[1]},{"a":{"b":[]}},{"a":-1},{"a":0.5}]"#),
            [some(""), some(""), some(""), some(""), some("-1"), some("0.5")]
        );
        assert!(rows("null").is_empty() && rows("[]").is_empty() && rows("\" \"").is_empty());
        assert_eq!(rows("\"text\""), [None]);
    }

    #[test]
    fn several_values_are_an_array_or_one_alone_and_members_keep_their_order() {
        let read: Members<'_> = document(br#"{"b":["x",1,null,[2]],"a":"y","b":{},"c":null}"#).unwrap();
        let texts: Vec<(&str, Vec<&str>)> =
            read.0.iter().map(|(name, values)| (name.text().unwrap(), values.texts().collect())).collect();
        assert_eq!(texts, [("b", vec!["x", "1"]), ("a", vec!["y"]), ("b", vec![]), ("c", vec![])]);
        assert!(document::<Members<'_>>(b"[]").is_err());
    }

    #[test]
    fn a_document_of_too_many_values_is_not_held() {
        let text = r#"[{"a":1,"b":[2,3]}]"#;
        assert_eq!(of_at_most(text, 5), Ok(text));
        assert_eq!(of_at_most(text, 4), Err(Problem::TooManyValues { limit: 4 }));
    }

    #[test]
    fn nesting_numbers_and_members_that_are_there_twice_are_bounded() {
        for text in [
            format!("[{{\"a\":{}1}}]", "[".repeat(200)),
            "[{\"a\":1e999}]".into(),
            "[{\"a\":1,\"a\":2}]".into(),
        ] {
            let read: Result<Rows<Row<'_>>, _> = document(text.as_bytes());
            assert!(matches!(read, Err(Problem::Json { .. })), "{text:.40}");
        }
        let read: Result<Rows<Row<'_>>, _> = document(b"[\xff]");
        assert_eq!(read.err(), Some(Problem::NotUtf8 { at: 1 }));
    }
}
