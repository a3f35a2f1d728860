//! Blanks of the template that nobody has filled.

use alloc::vec::Vec;

use super::{Fact, Problems};
use crate::directive::draft::BLANK;
use crate::json::{Pointer, Value};

pub(super) fn check(document: &Value<'_>, problems: &mut Problems) {
    walk(document, &mut Vec::new(), problems);
}

/// A step from a value to one inside it.
enum Step<'a> {
    Member(&'a str),
    Element(usize),
}

/// Recursion is as deep as the strict reader allows.
fn walk<'v>(value: &'v Value<'_>, path: &mut Vec<Step<'v>>, problems: &mut Problems) {
    match value {
        Value::String(text) if text.starts_with(BLANK) => {
            let pointer = path.iter().fold(Pointer::root(), |pointer, step| match step {
                Step::Member(key) => pointer.join(key),
                Step::Element(number) => pointer.join(number),
            });
            problems.add(pointer, Fact::Blank { text: text.as_ref().into() });
        }
        Value::Array(elements) => {
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
