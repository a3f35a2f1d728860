//! One entry of the file: every mistake in it, each with its place.

use interdict_schema::directive::DayOrTime;
use interdict_schema::invisible::is_invisible;
use interdict_schema::product::Identifier;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::exception::{Exception, MAX_DAYS, Named};
use super::mistake::{Mistake, Place, Problem};

/// The longest name of an exception, in bytes.
const MAX_ID_BYTES: usize = 64;

/// The longest text of an exception, in bytes.
const MAX_TEXT_BYTES: usize = 1_000;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The keys of an exception, as an error names them.
const KEYS: &str = "id, repository, directive, part, identifier, asset, reason, approved_by, from, until";

/// The keys of its identifier.
const IDENTIFIER_KEYS: &str = "kind, value, versions";

/// Reads one entry.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file; never empty.
pub(super) fn read(text: &str, table: &DeTable<'_>, at: usize) -> Result<Exception, Vec<Problem>> {
    let mut problems = Vec::new();
    let exception = Entry { text, table, at, problems: &mut problems }.exception();
    problems.sort_by_key(|problem| problem.place);
    match exception {
        Some(exception) if problems.is_empty() => Ok(exception),
        _ => Err(problems),
    }
}

/// The name that an entry has, whatever else is wrong with it.
pub(super) fn id_of(table: &DeTable<'_>) -> Option<String> {
    let id = table.get("id").and_then(|value| value.get_ref().as_str())?;
    is_id(id).then(|| id.to_owned())
}

fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=MAX_ID_BYTES).contains(&text.len()) && text.bytes().all(allowed)
}

/// A table, and what was found wrong so far.
struct Entry<'t, 'p> {
    text: &'t str,
    table: &'t DeTable<'t>,
    /// The byte where it begins.
    at: usize,
    problems: &'p mut Vec<Problem>,
}

impl<'t> Entry<'t, '_> {
    fn exception(&mut self) -> Option<Exception> {
        self.unknown_keys(KEYS);
        let id = self.words("id", |text| {
            if is_id(text) { Ok(text.to_owned()) } else { Err(Mistake::Id { found: text.to_owned() }) }
        });
        let repository = match self.table.get("repository") {
            None => Some(None),
            Some(_) => self.words("repository", |text| text.parse().map_err(Mistake::Repository)).map(Some),
        };
        let directive = self.words("directive", |text| text.parse().map_err(Mistake::Directive));
        let part = self.words("part", |text| name("part", text));
        let identifier = self.identifier();
        let asset = self.words("asset", |text| name("asset", text));
        let reason = self.words("reason", |text| Ok(text.to_owned()));
        let approved_by = self.words("approved_by", |text| Ok(text.to_owned()));
        let (from, until) = (self.moment("from"), self.moment("until"));
        let exception = Exception {
            id: id?,
            repository: repository?,
            directive: directive?,
            part: part?,
            identifier: identifier?,
            asset: asset?,
            reason: reason?,
            approved_by: approved_by?,
            from: from?,
            until: until?,
            place: Place::of(self.text, self.at),
        };
        self.length_of_time(&exception);
        Some(exception)
    }

    fn length_of_time(&mut self, exception: &Exception) {
        let (from, until) = (exception.begins(), exception.ends());
        let seconds = until.unix_seconds().saturating_sub(from.unix_seconds());
        let at = self.table.get("until").map_or(self.at, |value| value.span().start);
        if seconds < 0 {
            self.problem(at, Mistake::Backwards { from, until });
        } else if seconds > MAX_DAYS * DAY {
            self.problem(at, Mistake::TooLongATime { from, until });
        }
    }

    /// The identifier: an inline table, or one of its own.
    fn identifier(&mut self) -> Option<Named> {
        let value = self.there("identifier")?;
        let Some(table) = value.get_ref().as_table() else {
            let found = value.get_ref().type_str();
            self.problem(value.span().start, Mistake::Type { key: "identifier", found, wanted: "table" });
            return None;
        };
        let at = value.span().start;
        let mut inner = Entry { text: self.text, table, at, problems: &mut *self.problems };
        inner.unknown_keys(IDENTIFIER_KEYS);
        let kind = inner.words("kind", |text| Ok(text.to_owned()));
        let written = inner.words("value", |text| Ok(text.to_owned()));
        let versions = match table.get("versions") {
            None => Some(None),
            Some(_) => inner.words("versions", |text| Ok(text.to_owned())).map(Some),
        };
        let (kind, written, versions) = (kind?, written?, versions?);
        match Identifier::parse(&kind, &written, versions.as_deref()) {
            Ok(Identifier::Unsupported { .. }) => {
                self.problem(at, Mistake::UnknownKind { kind });
                None
            }
            Ok(parsed) => Some(Named { kind, value: written, versions, parsed }),
            Err(error) => {
                self.problem(at, Mistake::Identifier(error));
                None
            }
        }
    }

    /// A day or a moment, as a text or as TOML's own.
    fn moment(&mut self, key: &'static str) -> Option<DayOrTime> {
        let value = self.there(key)?;
        let written = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(moment) => moment.to_string(),
            other => {
                let found = other.type_str();
                self.problem(value.span().start, Mistake::Type { key, found, wanted: "a day or a moment" });
                return None;
            }
        };
        let moment = written.parse().ok();
        if moment.is_none() {
            self.problem(value.span().start, Mistake::Moment { key, found: written });
        }
        moment
    }

    /// A text that says something, and what is made of it.
    fn words<T>(&mut self, key: &'static str, make: impl FnOnce(&str) -> Result<T, Mistake>) -> Option<T> {
        let value = self.there(key)?;
        let read = match value.get_ref().as_str() {
            None => Err(Mistake::Type { key, found: value.get_ref().type_str(), wanted: "a string" }),
            Some(text) => visible(key, text).and_then(|()| make(text)),
        };
        read.map_err(|mistake| self.problem(value.span().start, mistake)).ok()
    }

    /// The value of a key that every entry has.
    fn there(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        let value = self.table.get(key);
        if value.is_none() {
            self.problem(self.at, Mistake::Missing { key });
        }
        value
    }

    fn unknown_keys(&mut self, wanted: &'static str) {
        for key in self.table.keys() {
            if !wanted.split(", ").any(|known| known == key.get_ref()) {
                let mistake = Mistake::UnknownKey { key: key.get_ref().to_string(), wanted };
                self.problem(key.span().start, mistake);
            }
        }
    }

    fn problem(&mut self, at: usize, mistake: Mistake) {
        self.problems.push(Problem { place: Place::of(self.text, at), mistake });
    }
}

/// A text that a person sees whole.
fn visible(key: &'static str, text: &str) -> Result<(), Mistake> {
    if text.trim().is_empty() {
        return Err(Mistake::Blank { key });
    }
    if text.len() > MAX_TEXT_BYTES {
        return Err(Mistake::TooLong { key, found: text.len(), limit: MAX_TEXT_BYTES });
    }
    match text.chars().find(|character| is_invisible(*character)) {
        Some(found) => Err(Mistake::Invisible { key, found }),
        None => Ok(()),
    }
}

/// A name that is compared exactly: what would be a wildcard elsewhere is a mistake here.
fn name(key: &'static str, text: &str) -> Result<String, Mistake> {
    match text.chars().find(|character| matches!(character, '*' | '?')) {
        Some(found) => Err(Mistake::Wildcard { key, found }),
        None => Ok(text.to_owned()),
    }
}
