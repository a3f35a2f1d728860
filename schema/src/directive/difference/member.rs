//! The members in which two things differ, by their names on the wire.

use core::fmt;

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::{Map, Value};

/// A value longer than this is told of by its length alone, in characters of JSON.
const VALUE_SHOWN: usize = 160;

/// A member that is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name on the wire.
    pub name: String,
    /// What it was, as JSON, or how long that is.
    pub from: Option<String>,
    /// What it becomes.
    pub to: Option<String>,
}

impl fmt::Display for Member {
    /// `scope: {} becomes {"except":["x"]}`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".into());
        write!(f, "{}: {} becomes {}", self.name, value(&self.from), value(&self.to))
    }
}

/// The members in which two things differ, but for those that have been told of.
pub fn members(was: &impl Serialize, is: &impl Serialize, told: &[&str]) -> Vec<Member> {
    let (was, is) = (object(was), object(is));
    let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    names
        .into_iter()
        .filter(|name| !told.contains(&name.as_str()) && was.get(*name) != is.get(*name))
        .map(|name| Member { name: name.clone(), from: value(was.get(name)), to: value(is.get(name)) })
        .collect()
}

fn object(of: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(of) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn value(of: Option<&Value>) -> Option<String> {
    let text = of?.to_string();
    Some(match text.chars().count() {
        length if length > VALUE_SHOWN => format!("{length} characters"),
        _ => text,
    })
}
