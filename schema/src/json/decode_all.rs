//! Every error of shape in a document that a person will correct.

use alloc::vec::Vec;

use serde::de;

use super::decode::{DecodeError, Decoded, decode};
use super::{Pointer, Value};

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

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use serde::Deserialize;

    use super::*;
    use crate::json::parse;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum Word {
        Plain,
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
