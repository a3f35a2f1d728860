//! What is put into Firefox's one file of policies, and taken out of it again.
//!
//! What this program put there stands in the file itself, beside `policies` under the key `interdict`, which Firefox does not
//! read (`JSONPoliciesProvider` takes `policies` alone). So what is ours can be told from what is the administrator's
//! even where the file was edited since, and where the record was lost: base, ours and theirs are all in it.
//!
//! Invariant: [`taken_out`] of [`put_in`] is what there was before, as a value; its bytes come back from the record, where
//! nobody has edited the file.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::chromium::refusal;
use super::extensions::BANNED;

/// Ours, as it is put in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ours {
    /// The extensions that are refused, with the words that the person sees.
    pub refused: Vec<(String, String)>,
    /// Match patterns of what is blocked.
    pub blocked: Vec<String>,
    /// Match patterns of what is let through.
    pub let_through: Vec<String>,
    /// The file from which the administrator's policies were taken, where the one that Firefox prefers was not there.
    pub taken_from: Option<String>,
}

/// A file that cannot be merged into: it is no object, or one of the policies that concern us is not of its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotMergeable;

const OURS: &str = "interdict";
const POLICIES: &str = "policies";
const EXTENSIONS: &str = "ExtensionSettings";
const FILTER: &str = "WebsiteFilter";
const BLOCK: &str = "Block";
const EXCEPTIONS: &str = "Exceptions";
const TAKEN_FROM: &str = "taken-from";
const REPLACED: &str = "replaced";
const MADE: &str = "made";
const ADDED: &str = "added";
const BOTH: &str = "both";
const MESSAGE: &str = "blocked_install_message";

/// The administrator's patterns.
pub fn patterns(document: &Map<String, Value>, list: Listed) -> impl Iterator<Item = &str> {
    let filter = document.get(POLICIES).and_then(|policies| policies.get(FILTER));
    let found = filter.and_then(|filter| filter.get(list.key())).and_then(Value::as_array);
    found.into_iter().flatten().filter_map(Value::as_str)
}

/// One of the two lists of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// What is blocked.
    Blocked,
    /// What is let through.
    LetThrough,
}

impl Listed {
    const fn key(self) -> &'static str {
        match self {
            Self::Blocked => BLOCK,
            Self::LetThrough => EXCEPTIONS,
        }
    }
}

/// Whether something of ours is in it.
pub fn is_merged(document: &Map<String, Value>) -> bool {
    document.contains_key(OURS)
}

/// The file from which the administrator's policies were taken, if they were.
pub fn taken_from(document: &Map<String, Value>) -> Option<&str> {
    document.get(OURS)?.get(TAKEN_FROM)?.as_str()
}

/// Puts ours in, where nothing of ours is.
///
/// # Errors
/// [`NotMergeable`].
pub fn put_in(mut document: Map<String, Value>, ours: &Ours) -> Result<Map<String, Value>, NotMergeable> {
    if document.contains_key(OURS) {
        return Err(NotMergeable);
    }
    let mut notes = Notes::default();
    let policies = object(&mut document, POLICIES, &mut notes)?;
    if !ours.refused.is_empty() {
        let settings = object(policies, EXTENSIONS, &mut notes)?;
        for (id, message) in &ours.refused {
            match settings.insert(id.clone(), refusal(message)) {
                Some(theirs) => {
                    notes.replaced.insert(id.clone(), theirs);
                }
                None => notes.extensions.push(id.as_str().into()),
            }
        }
    }
    if !ours.blocked.is_empty() {
        let filter = object(policies, FILTER, &mut notes)?;
        add(filter, BLOCK, &ours.blocked, &mut notes)?;
        if !ours.let_through.is_empty() {
            add(filter, EXCEPTIONS, &ours.let_through, &mut notes)?;
        }
    }
    document.insert(OURS.into(), notes.written(ours.taken_from.as_deref()));
    Ok(document)
}

/// What was done, to be undone.
#[derive(Debug, Default)]
struct Notes {
    made: Vec<Value>,
    extensions: Vec<Value>,
    replaced: Map<String, Value>,
    added: Map<String, Value>,
    both: Map<String, Value>,
}

impl Notes {
    fn written(mut self, taken_from: Option<&str>) -> Value {
        let mut notes = Map::new();
        if !self.extensions.is_empty() {
            self.added.insert(EXTENSIONS.into(), Value::Array(self.extensions));
        }
        notes.insert(ADDED.into(), Value::Object(self.added));
        notes.insert(MADE.into(), Value::Array(self.made));
        if !self.replaced.is_empty() {
            notes.insert(REPLACED.into(), Value::Object(self.replaced));
        }
        if !self.both.is_empty() {
            notes.insert(BOTH.into(), Value::Object(self.both));
        }
        if let Some(taken_from) = taken_from {
            notes.insert(TAKEN_FROM.into(), taken_from.into());
        }
        Value::Object(notes)
    }
}

/// The object under a key, made where there is none.
fn object<'m>(
    within: &'m mut Map<String, Value>,
    key: &str,
    notes: &mut Notes,
) -> Result<&'m mut Map<String, Value>, NotMergeable> {
    let made = || {
        notes.made.push(key.into());
        Value::Object(Map::new())
    };
    within.entry(key).or_insert_with(made).as_object_mut().ok_or(NotMergeable)
}

/// Adds texts to a list behind what is there, each once. Notes which were not there, and which were.
fn add(
    filter: &mut Map<String, Value>,
    key: &str,
    texts: &[String],
    notes: &mut Notes,
) -> Result<(), NotMergeable> {
    let made = || {
        notes.made.push(key.into());
        Value::Array(Vec::new())
    };
    let list = filter.entry(key).or_insert_with(made).as_array_mut().ok_or(NotMergeable)?;
    let there: BTreeSet<String> = list.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect();
    let (both, new): (Vec<&String>, Vec<&String>) = texts.iter().partition(|text| there.contains(*text));
    let values =
        |texts: Vec<&String>| texts.into_iter().map(|text| text.as_str().into()).collect::<Vec<Value>>();
    let new = values(new);
    list.extend(new.iter().cloned());
    notes.added.insert(key.into(), Value::Array(new));
    if !both.is_empty() {
        notes.both.insert(key.into(), Value::Array(values(both)));
    }
    Ok(())
}

/// What was put into a file, to be put into it again once somebody else has changed the rest. What the administrator had as well is
/// ours too. From where their policies were taken counts no longer: those of the file are theirs by then.
pub fn ours_of(document: &Map<String, Value>) -> Option<Ours> {
    let notes = document.get(OURS)?.as_object()?;
    let written = |note: &str, key: &str| -> Vec<String> {
        texts(notes.get(note).and_then(|noted| noted.get(key))).map(str::to_owned).collect()
    };
    let listed = |key: &str| {
        let mut all = [written(ADDED, key), written(BOTH, key)].concat();
        all.sort();
        all
    };
    let settings = document.get(POLICIES).and_then(|policies| policies.get(EXTENSIONS));
    let replaced = notes.get(REPLACED).and_then(Value::as_object);
    let mut ids = written(ADDED, EXTENSIONS);
    ids.extend(replaced.into_iter().flatten().map(|(id, _)| id.clone()));
    ids.sort();
    let message = |id: &String| {
        let setting = settings.and_then(|settings| settings.get(id));
        let message = setting.and_then(|setting| setting.get(MESSAGE)).and_then(Value::as_str);
        let ours = message.filter(|message| message.starts_with(BANNED));
        ours.map_or_else(|| format!("{BANNED}a directive."), str::to_owned)
    };
    let refused = ids.into_iter().map(|id| (id.clone(), message(&id))).collect();
    Some(Ours { refused, blocked: listed(BLOCK), let_through: listed(EXCEPTIONS), taken_from: None })
}

/// Takes out what was put in, and leaves all that somebody else has written, then or since.
pub fn taken_out(mut document: Map<String, Value>) -> Map<String, Value> {
    let Some(Value::Object(notes)) = document.remove(OURS) else { return document };
    let made = |key: &str| texts(notes.get(MADE)).any(|made| made == key);
    let added = |key: &str| notes.get(ADDED).and_then(|added| added.get(key));
    let Some(policies) = document.get_mut(POLICIES).and_then(Value::as_object_mut) else { return document };
    if let Some(settings) = policies.get_mut(EXTENSIONS).and_then(Value::as_object_mut) {
        for id in texts(added(EXTENSIONS)) {
            if settings.get(id).is_some_and(is_ours) {
                settings.remove(id);
            }
        }
        for (id, theirs) in notes.get(REPLACED).and_then(Value::as_object).into_iter().flatten() {
            if let Some(setting) = settings.get_mut(id).filter(|setting| is_ours(setting)) {
                *setting = theirs.clone();
            }
        }
    }
    if let Some(filter) = policies.get_mut(FILTER).and_then(Value::as_object_mut) {
        for key in [BLOCK, EXCEPTIONS] {
            let ours: BTreeSet<&str> = texts(added(key)).collect();
            if let Some(list) = filter.get_mut(key).and_then(Value::as_array_mut) {
                list.retain(|text| text.as_str().is_none_or(|text| !ours.contains(text)));
            }
            sweep(filter, key, made(key));
        }
    }
    for key in [EXTENSIONS, FILTER] {
        sweep(policies, key, made(key));
    }
    sweep(&mut document, POLICIES, made(POLICIES));
    document
}

fn texts(list: Option<&Value>) -> impl Iterator<Item = &str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// Whether nobody has changed how an extension is refused.
fn is_ours(setting: &Value) -> bool {
    let message = setting.get(MESSAGE).and_then(Value::as_str);
    message.is_some_and(|message| message.starts_with(BANNED) && *setting == refusal(message))
}

/// Removes what was made and is empty again.
fn sweep(within: &mut Map<String, Value>, key: &str, made: bool) {
    let empty = match within.get(key) {
        Some(Value::Object(map)) => map.is_empty(),
        Some(Value::Array(list)) => list.is_empty(),
        _ => false,
    };
    if made && empty {
        within.remove(key);
    }
}
