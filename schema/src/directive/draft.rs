//! Drafts: a payload that is still being written, with comments.
//!
//! A draft is the JSON of a [`Directive`](super::Directive) with `//` and `/* */` comments and, if it likes, a `$schema`
//! member for the editor. Nothing of that is signed: [`payload_of`] gives the bytes that are. Plain JSON is a draft too.
//! Trailing commas, single quotes and other dialects are not: what an officer reads is what the strict reader reads.

use alloc::vec::Vec;

use crate::json::{self, ReadError, Value};
use crate::limits::DRAFT_LENGTH;

/// The member that tells an editor which schema to use. It is never signed.
pub const SCHEMA_MEMBER: &str = "$schema";

/// With what every blank of a template begins; lint asks for it to be filled.
pub const BLANK: &str = "FILL: ";

/// U+FEFF in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A comment that nothing ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {byte}: found a comment that nothing ends, wanted */")]
pub struct UnterminatedComment {
    /// Bytes before the comment, from 0.
    pub byte: usize,
}

/// A draft from which no payload can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotADraft {
    /// A comment does not end.
    #[error(transparent)]
    Comment(#[from] UnterminatedComment),
    /// Not strict JSON, once the comments are gone.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// JSON, and not an object.
    #[error("found {found}, wanted an object")]
    NotAnObject {
        /// What it is.
        found: &'static str,
    },
}

/// The draft with every byte of a comment turned into a blank, so that offsets, lines and columns stay true.
///
/// A byte order mark in front, which some editors write, becomes blanks too. What stands inside strings is left alone.
///
/// # Errors
/// Where a `/*` has no `*/`.
pub fn strip_comments(draft: &[u8]) -> Result<Vec<u8>, UnterminatedComment> {
    let mut out = Vec::with_capacity(draft.len());
    let mut inside = Inside::Json;
    let text = draft.strip_prefix(BYTE_ORDER_MARK).unwrap_or(draft);
    out.resize(draft.len() - text.len(), b' ');
    let mut rest = text.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        let next = rest.peek().copied();
        match (inside, byte) {
            (Inside::Json, b'/') if matches!(next, Some(b'/' | b'*')) => {
                inside = if next == Some(b'/') { Inside::Line } else { Inside::Block { begun: out.len() } };
                // The second byte is taken too: `/*/` opens a comment and does not close it.
                rest.next();
                out.extend_from_slice(b"  ");
            }
            (Inside::Json, _) => {
                if byte == b'"' {
                    inside = Inside::String;
                }
                out.push(byte);
            }
            (Inside::String, _) => {
                out.push(byte);
                match byte {
                    b'\\' => out.extend(rest.next()),
                    b'"' => inside = Inside::Json,
                    _ => {}
                }
            }
            (Inside::Line, b'\n') => {
                inside = Inside::Json;
                out.push(byte);
            }
            (Inside::Block { .. }, b'*') if next == Some(b'/') => {
                inside = Inside::Json;
                rest.next();
                out.extend_from_slice(b"  ");
            }
            (Inside::Line | Inside::Block { .. }, _) => {
                out.push(if matches!(byte, b'\n' | b'\r') { byte } else { b' ' });
            }
        }
    }
    match inside {
        Inside::Block { begun } => Err(UnterminatedComment { byte: begun }),
        _ => Ok(out),
    }
}

#[derive(Clone, Copy)]
enum Inside {
    Json,
    String,
    Line,
    Block { begun: usize },
}

/// The bytes to be signed: without comments and `$schema`, the members in the draft's order, no blanks, no last newline.
///
/// A payload is its own draft: what this returns, it returns unchanged. Whether it is a directive is not asked here.
///
/// # Errors
/// [`NotADraft`] with the place of the first thing that is wrong.
pub fn payload_of(draft: &[u8]) -> Result<Vec<u8>, NotADraft> {
    let plain = strip_comments(draft)?;
    let mut value = json::parse(&plain)?;
    match &mut value {
        Value::Object(object) => object.remove(SCHEMA_MEMBER),
        other => return Err(NotADraft::NotAnObject { found: other.kind() }),
    };
    Ok(serde_json::to_vec(&value).expect("a value has string keys alone and no writer that fails"))
}

/// Whether a draft, or a payload, says that it is a list of identifiers ([`crate::entity`]). What cannot be read says
/// nothing.
pub fn is_entity_list(draft: &[u8]) -> bool {
    has_format(draft, "interdict-entity-list/")
}

/// Whether a draft, or a payload, says that it is a waiver of its own ([`crate::waiver`]).
pub fn is_waiver(draft: &[u8]) -> bool {
    has_format(draft, "interdict-waiver/")
}

fn has_format(draft: &[u8], begins: &str) -> bool {
    let Ok(plain) = strip_comments(draft) else { return false };
    let Ok(value) = json::parse_within(&plain, DRAFT_LENGTH) else { return false };
    matches!(value.get("format"), Some(Value::String(format)) if format.starts_with(begins))
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;
    use crate::json::ReadReason;

    fn stripped(text: &str) -> String {
        String::from_utf8(strip_comments(text.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn comments_become_blanks_and_every_offset_stays_true() {
        assert_eq!(stripped("{ // é\n\"a\": /* x\ny */ 1 }"), "{      \n\"a\":     \n     1 }");
        assert_eq!(stripped("/**/1"), "    1");
        assert_eq!(stripped("/*/ 1 */2"), "        2");
        assert_eq!(stripped("1 // to the end"), "1              ");
        assert_eq!(stripped("/* // */1"), "        1");
        assert_eq!(stripped("// /*\n1"), "     \n1");
        assert_eq!(stripped("\u{feff}{}"), "   {}");
        assert_eq!(stripped("{\u{feff}}"), "{\u{feff}}");
    }

    #[test]
    fn strings_are_left_alone() {
        for text in
            [r#"{"url":"https://example.org/*not*/"}"#, r#"["\"// still inside", "\\"]"#, "[1/2]", "\"\\"]
        {
            assert_eq!(stripped(text), text);
        }
        assert_eq!(stripped(r#""\\"// out"#), r#""\\"      "#);
    }

    #[test]
    fn a_comment_that_nothing_ends_is_an_error_with_its_byte() {
        assert_eq!(strip_comments(b"{} /* x"), Err(UnterminatedComment { byte: 3 }));
        assert_eq!(strip_comments(b"/*/"), Err(UnterminatedComment { byte: 0 }));
    }

    #[test]
    fn the_payload_has_no_schema_no_blanks_and_the_drafts_order() {
        let draft = b"{\n  \"$schema\": \"directive.schema.json\",\n  // the name\n  \"z\": [1, \"\xc3\xa9\\n\"],\n  \"a\": {\"$schema\": 1}\n}\n";
        let payload = payload_of(draft).unwrap();
        assert_eq!(payload, "{\"z\":[1,\"é\\n\"],\"a\":{\"$schema\":1}}".as_bytes());
        assert_eq!(payload_of(&payload).unwrap(), payload);
    }

    #[test]
    fn a_draft_with_an_error_says_where_in_the_file_that_the_officer_sees() {
        let refused = payload_of(b"{ /* one\n */ \"a\": @ }").unwrap_err();
        let NotADraft::Read(error) = refused else { panic!("{refused}") };
        assert_eq!((error.line, error.column), (2, 11));
        assert!(matches!(
            payload_of(b"{\"a\":1,\"a\":2}").unwrap_err(),
            NotADraft::Read(ReadError { reason: ReadReason::DuplicateKey { .. }, .. })
        ));
        assert_eq!(payload_of(b"// nothing\n[]"), Err(NotADraft::NotAnObject { found: "an array" }));
    }
}
