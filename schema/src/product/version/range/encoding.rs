//! Percent-encoding of versions (vers-spec 5.3.3.2): what must be encoded, and nothing else.

use alloc::string::String;

use super::error::{RangeError, RangeRule};

/// Whether encoding of what needs none is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// Only the canonical form.
    Canonical,
    /// Any valid encoding.
    Any,
}

/// Characters that mean something else in a range, and the blank.
const ENCODED: &[u8] = b"><=!*|% ";

const fn hexadecimal(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Decodes a version once. `at` is its byte in the range.
pub(super) fn decode(text: &str, at: usize, spelling: Spelling) -> Result<String, RangeError> {
    let mut version = String::with_capacity(text.len());
    let mut bytes = text.bytes().enumerate();
    while let Some((offset, byte)) = bytes.next() {
        let wrong = |rule| Err(RangeError::new(at + offset, rule));
        if byte != b'%' {
            if !byte.is_ascii_graphic() || ENCODED.contains(&byte) {
                return wrong(RangeRule::Character);
            }
            version.push(char::from(byte));
            continue;
        }
        let (Some((_, high)), Some((_, low))) = (bytes.next(), bytes.next()) else {
            return wrong(RangeRule::PercentEncoding);
        };
        let (Some(first), Some(second)) = (hexadecimal(high), hexadecimal(low)) else {
            return wrong(RangeRule::PercentEncoding);
        };
        let decoded = first << 4 | second;
        let lower = high.is_ascii_lowercase() || low.is_ascii_lowercase();
        if spelling == Spelling::Canonical && (lower || !ENCODED.contains(&decoded)) {
            let colon = decoded == b':' && !lower;
            return wrong(if colon { RangeRule::DatetimeColons } else { RangeRule::PercentCanonical });
        }
        if !decoded.is_ascii_graphic() && decoded != b' ' {
            return wrong(RangeRule::Character);
        }
        version.push(char::from(decoded));
    }
    Ok(version)
}

/// Encodes what must be encoded.
pub(super) fn encode(version: &str) -> String {
    let mut text = String::with_capacity(version.len());
    for character in version.chars() {
        match u8::try_from(character) {
            Ok(byte) if ENCODED.contains(&byte) => {
                text.push('%');
                text.extend(
                    [byte >> 4, byte & 0xF]
                        .map(|half| char::from_digit(half.into(), 16))
                        .into_iter()
                        .flatten()
                        .map(|digit| digit.to_ascii_uppercase()),
                );
            }
            _ => text.push(character),
        }
    }
    text
}

/// The byte of a range's text at which a byte of the decoded version stands.
pub(super) fn position(text: &str, decoded: usize) -> usize {
    let mut bytes = text.bytes().enumerate();
    for _ in 0..decoded {
        if let Some((_, b'%')) = bytes.next() {
            bytes.nth(1);
        }
    }
    bytes.next().map_or(text.len(), |(offset, _)| offset)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decodes_once_and_only_what_had_to_be_encoded() {
        let canonical = |text| decode(text, 5, Spelling::Canonical);
        assert_eq!(canonical("1%212.0").unwrap(), "1!2.0");
        assert_eq!(canonical("1.0%252F0").unwrap(), "1.0%2F0");
        assert_eq!(canonical("1.0%20a").unwrap(), "1.0 a");
        for (text, at, rule) in [
            ("1%2", 6, RangeRule::PercentEncoding),
            ("1%2G", 6, RangeRule::PercentEncoding),
            ("1%zz", 6, RangeRule::PercentEncoding),
            ("1%3c", 6, RangeRule::PercentCanonical),
            ("1%31", 6, RangeRule::PercentCanonical),
            ("1%3A2", 6, RangeRule::DatetimeColons),
            ("1!2", 6, RangeRule::Character),
            ("1é", 6, RangeRule::Character),
        ] {
            assert_eq!(canonical(text), Err(RangeError::new(at, rule)), "{text}");
        }
        assert_eq!(decode("1%3a2%31", 0, Spelling::Any).unwrap(), "1:21");
        assert_eq!(decode("%0A", 0, Spelling::Any), Err(RangeError::new(0, RangeRule::Character)));
    }

    #[test]
    fn finds_a_byte_behind_encoded_ones() {
        assert_eq!([0, 1, 2, 3, 4].map(|decoded| position("1%21a", decoded)), [0, 1, 4, 5, 5]);
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(version in "[ -~]{0,12}") {
            prop_assert_eq!(decode(&encode(&version), 0, Spelling::Canonical), Ok(version));
        }
    }
}
