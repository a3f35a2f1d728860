//! Which paragraphs of the human text a place in a draft concerns, as the draft itself says.
//!
//! An action says which paragraph orders it; a subject, a table, a calendar, a waiver or a relation concerns the paragraphs of
//! the actions that use it by name. Read from the plain value, so that a draft of the wrong shape is told as well.

use alloc::string::String;
use alloc::vec::Vec;

use crate::json::{Pointer, Value};

/// The paragraphs, in the order of the actions; none where the draft names none.
pub(super) fn paragraphs(draft: &Value<'_>, pointer: &Pointer) -> Vec<String> {
    let mut tokens = pointer.tokens();
    let (Some(list), Some(number)) = (tokens.next(), tokens.next()) else { return Vec::new() };
    let number = number.parse::<usize>().ok();
    let elements = draft.get(&list).and_then(Value::as_array);
    let Some(element) = number.zip(elements).and_then(|(number, elements)| elements.get(number)) else {
        return Vec::new();
    };
    let id = element.get("id").and_then(Value::as_str);
    match list.as_str() {
        "actions" => paragraph(element).into_iter().collect(),
        "subjects" => of(draft, |action| has(action.get("subjects"), id)),
        "tables" => of(draft, |action| is(action.get("due").and_then(|due| due.get("table")), id)),
        "calendars" => of(draft, |action| {
            let due = action.get("due");
            let steps = ["offset", "every"].map(|form| due.and_then(|due| due.get(form)));
            steps.into_iter().flatten().any(|step| is(step.get("calendar"), id))
        }),
        "waivers" => {
            let part = element.get("part").and_then(Value::as_str);
            of(draft, |action| is(action.get("id"), part) || has(action.get("subjects"), part))
        }
        "relations" => {
            let part = element.get("target").and_then(|target| target.get("part"));
            let by = element.get("by").or(part).and_then(Value::as_str);
            of(draft, |action| is(action.get("id"), by) || has(action.get("subjects"), by))
        }
        _ => Vec::new(),
    }
}

fn of(draft: &Value<'_>, concerns: impl Fn(&Value<'_>) -> bool) -> Vec<String> {
    let actions = draft.get("actions").and_then(Value::as_array).unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    for paragraph in actions.iter().filter(|action| concerns(action)).filter_map(paragraph) {
        if !found.contains(&paragraph) {
            found.push(paragraph);
        }
    }
    found
}

fn paragraph(action: &Value<'_>) -> Option<String> {
    action.get("paragraph").and_then(Value::as_str).map(Into::into)
}

fn is(value: Option<&Value<'_>>, id: Option<&str>) -> bool {
    id.is_some() && value.and_then(Value::as_str) == id
}

fn has(list: Option<&Value<'_>>, id: Option<&str>) -> bool {
    list.and_then(Value::as_array).unwrap_or_default().iter().any(|one| is(Some(one), id))
}
