//! OLPC canonical JSON, as securesystemslib writes it and TUF 1.0.34, 4.1 signs it.
//!
//! Objects ascend by code point, no blanks, only `"` and `\` are escaped, and control characters stand raw. It is not
//! RFC 8785, and its output is not always JSON.

use core::fmt;

use alloc::vec::Vec;

use super::Value;

/// The canonical bytes of a value: equal values have equal bytes.
pub fn canonical(value: &Value<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(1_024);
    write(value, &mut out);
    out
}

fn write(value: &Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Unsigned(number) => write_number(number, out),
        Value::Negative(number) => write_number(number, out),
        Value::String(text) => write_string(text, out),
        Value::Array(elements) => {
            out.push(b'[');
            for (number, element) in elements.iter().enumerate() {
                if number > 0 {
                    out.push(b',');
                }
                write(element, out);
            }
            out.push(b']');
        }
        Value::Object(object) => {
            out.push(b'{');
            for (number, (key, member)) in object.ascending().enumerate() {
                if number > 0 {
                    out.push(b',');
                }
                write_string(key, out);
                out.push(b':');
                write(member, out);
            }
            out.push(b'}');
        }
    }
}

fn write_number(number: impl fmt::Display, out: &mut Vec<u8>) {
    struct Digits<'a>(&'a mut Vec<u8>);
    impl fmt::Write for Digits<'_> {
        fn write_str(&mut self, digits: &str) -> fmt::Result {
            self.0.extend_from_slice(digits.as_bytes());
            Ok(())
        }
    }
    fmt::Write::write_fmt(&mut Digits(out), format_args!("{number}")).expect("a vector takes every byte");
}

fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for part in text.as_bytes().split_inclusive(|byte| matches!(byte, b'"' | b'\\')) {
        match part.split_last() {
            Some((special @ (b'"' | b'\\'), plain)) => {
                out.extend_from_slice(plain);
                out.extend_from_slice(&[b'\\', *special]);
            }
            _ => out.extend_from_slice(part),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn canonical_of(text: &str) -> alloc::string::String {
        alloc::string::String::from_utf8(canonical(&parse(text.as_bytes()).unwrap())).unwrap()
    }

    #[test]
    fn sorts_by_code_point_not_by_utf_16() {
        // U+FF5E sorts before U+1F600, whose UTF-16 form begins with a surrogate.
        assert_eq!(
            canonical_of("{\"\u{1f600}\":1,\"\u{ff5e}\":2,\"a\":3,\"B\":4}"),
            "{\"B\":4,\"a\":3,\"\u{ff5e}\":2,\"\u{1f600}\":1}"
        );
    }

    #[test]
    fn escapes_the_quote_and_the_backslash_alone() {
        assert_eq!(
            canonical_of(r#"["a\"b\\c\n\u0001\/é", "", "\"", "\\\\"]"#),
            "[\"a\\\"b\\\\c\n\u{1}/é\",\"\",\"\\\"\",\"\\\\\\\\\"]"
        );
    }

    #[test]
    fn writes_numbers_and_words_plainly() {
        assert_eq!(
            canonical_of("[ 0, -1, 18446744073709551615, -9223372036854775808, true, false, null, {}, [] ]"),
            "[0,-1,18446744073709551615,-9223372036854775808,true,false,null,{},[]]"
        );
    }
}
