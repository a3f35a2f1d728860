//! Texts, wherever they stand: blanks of the template that nobody has filled, and characters that nobody sees. And a list of
//! addressees that is there with nobody in it, which is read like none.

use alloc::vec::Vec;

use super::{Fact, Problems};
use crate::directive::draft::BLANK;
use crate::invisible::is_invisible;
use crate::json::{Pointer, Value};

pub(super) fn check(document: &Value<'_>, problems: &mut Problems) {
    walk(document, &mut Vec::new(), problems);
}

/// A step from a value to one inside it.
enum Step<'a> {
    Member(&'a str),
    Element(usize),
}

/// The first character of a text that cannot be seen. Tabs and line breaks can.
fn invisible(text: &str) -> Option<char> {
    text.chars().find(|character| is_invisible(*character) && !matches!(character, '\t' | '\n' | '\r'))
}

/// Recursion is as deep as the strict reader allows.
fn walk<'v>(value: &'v Value<'_>, path: &mut Vec<Step<'v>>, problems: &mut Problems) {
    match value {
        Value::String(text) => {
            if text.starts_with(BLANK) {
                problems.add(pointer(path), Fact::Blank { text: text.as_ref().into() });
            }
            if let Some(found) = invisible(text) {
                problems.add(pointer(path), Fact::Invisible { code: found.into() });
            }
        }
        Value::Array(elements) => {
            // What is read has no list either way: only what is written tells who meant somebody.
            if elements.is_empty()
                && matches!(path.as_slice(), [Step::Member("scope"), Step::Member("addressees")])
            {
                problems.add(pointer(path), Fact::AddresseesEmpty);
            }
            for (number, element) in elements.iter().enumerate() {
                path.push(Step::Element(number));
                walk(element, path, problems);
                path.pop();
            }
        }
        Value::Object(object) => {
            for (key, member) in object.iter() {
                path.push(Step::Member(key));
                walk(member, path, problems);
                path.pop();
            }
        }
        _ => {}
    }
}

fn pointer(path: &[Step<'_>]) -> Pointer {
    path.iter().fold(Pointer::root(), |pointer, step| match step {
        Step::Member(key) => pointer.join(key),
        Step::Element(number) => pointer.join(number),
    })
}
