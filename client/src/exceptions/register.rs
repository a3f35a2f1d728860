//! The file of exceptions: what it has, and what of it is void.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use interdict_host::read::{ReadError, read_bounded};
use interdict_host::write::DiskErrorKind;
use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::entry;
use super::exception::Exception;
use super::mistake::{Mistake, Place, Problem};

/// The longest file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 1_000_000;

/// The one key of the file: `[[exception]]`.
const KEY: &str = "exception";

/// What the file of exceptions holds.
#[derive(Debug, Default)]
pub struct Register {
    /// The file.
    pub path: PathBuf,
    /// What was understood, in the order of the file.
    pub exceptions: Vec<Exception>,
    /// What was not, and why.
    pub void: Vec<Void>,
    /// Why none of the file was read: whatever it holds is void.
    pub unreadable: Option<Unreadable>,
}

/// An entry that counts for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Void {
    /// Its name, where it has one.
    pub id: Option<String>,
    /// Where it begins.
    pub place: Place,
    /// What is wrong with it. Never empty.
    pub problems: Vec<Problem>,
}

/// A file of which nothing was read.
#[derive(Debug, Error)]
pub enum Unreadable {
    /// The disk gave no answer, or the file is too long.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is not UTF-8.
    #[error("{}: not UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
    },
    /// It is not TOML.
    #[error("{}: not TOML: {place}: {}", path.display(), mistake.message().trim())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Where.
        place: Place,
        /// What is wrong. No source: its text is a picture of several lines.
        mistake: Box<toml::de::Error>,
    },
}

impl Register {
    /// Reads the file. There are no exceptions where there is none; a file that cannot be read is no such thing.
    pub fn read(path: &Path) -> Self {
        let empty = || Self { path: path.to_path_buf(), ..Self::default() };
        let unreadable = |why| Self { unreadable: Some(why), ..empty() };
        match read_bounded(path, MAX_FILE_BYTES) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Self::parse(&text, path),
                Err(_) => unreadable(Unreadable::NotUtf8 { path: path.to_path_buf() }),
            },
            Err(ReadError::Disk(error)) if error.kind() == DiskErrorKind::NotFound => empty(),
            Err(error) => unreadable(error.into()),
        }
    }

    /// Reads the text of the file.
    pub fn parse(text: &str, path: &Path) -> Self {
        let mut register = Self { path: path.to_path_buf(), ..Self::default() };
        match DeTable::parse(text) {
            Ok(document) => register.document(text, document.get_ref()),
            Err(mistake) => {
                let place = Place::of(text, mistake.span().map_or(0, |span| span.start));
                let (path, mistake) = (path.to_path_buf(), Box::new(mistake));
                register.unreadable = Some(Unreadable::NotToml { path, place, mistake });
            }
        }
        register
    }

    /// Whether the file says nothing at all.
    pub fn is_empty(&self) -> bool {
        self.exceptions.is_empty() && self.void.is_empty() && self.unreadable.is_none()
    }

    fn document(&mut self, text: &str, document: &DeTable<'_>) {
        for (key, value) in document {
            let entries = value.get_ref().as_array().filter(|_| key.get_ref() == KEY);
            match entries {
                Some(entries) => entries.iter().for_each(|value| self.entry(text, value)),
                None if key.get_ref() == KEY => {
                    let found = value.get_ref().type_str();
                    let mistake = Mistake::Type { key: KEY, found, wanted: "tables, [[exception]]" };
                    self.nothing(Place::of(text, value.span().start), mistake);
                }
                None => {
                    let mistake = Mistake::UnknownKey { key: key.get_ref().to_string(), wanted: KEY };
                    self.nothing(Place::of(text, key.span().start), mistake);
                }
            }
        }
        self.twice();
        self.void.sort_by_key(|void| void.place);
    }

    fn entry(&mut self, text: &str, value: &Spanned<DeValue<'_>>) {
        let at = value.span().start;
        let Some(table) = value.get_ref().as_table() else {
            let found = value.get_ref().type_str();
            let mistake = Mistake::Type { key: KEY, found, wanted: "tables, [[exception]]" };
            return self.nothing(Place::of(text, at), mistake);
        };
        match entry::read(text, table, at) {
            Ok(exception) => self.exceptions.push(exception),
            Err(problems) => {
                self.void.push(Void { id: entry::id_of(table), place: Place::of(text, at), problems });
            }
        }
    }

    /// Something that is not even an entry.
    fn nothing(&mut self, place: Place, mistake: Mistake) {
        self.void.push(Void { id: None, place, problems: vec![Problem { place, mistake }] });
    }

    /// Entries of one name void one another, those that are void for something else too.
    fn twice(&mut self) {
        let mut places: BTreeMap<String, Vec<Place>> = BTreeMap::new();
        let named = self.exceptions.iter().map(|exception| (Some(&exception.id), exception.place));
        for (id, place) in named.chain(self.void.iter().map(|void| (void.id.as_ref(), void.place))) {
            if let Some(id) = id {
                places.entry(id.clone()).or_default().push(place);
            }
        }
        let twice = |id: &String, place: Place| {
            let other = *places.get(id)?.iter().find(|other| **other != place)?;
            Some(Problem { place, mistake: Mistake::Twice { id: id.clone(), other } })
        };
        for void in &mut self.void {
            void.problems.extend(void.id.as_ref().and_then(|id| twice(id, void.place)));
        }
        let (double, single): (Vec<_>, Vec<_>) = std::mem::take(&mut self.exceptions)
            .into_iter()
            .map(|exception| (twice(&exception.id, exception.place), exception))
            .partition(|(problem, _)| problem.is_some());
        self.exceptions = single.into_iter().map(|(_, exception)| exception).collect();
        self.void.extend(double.into_iter().map(|(problem, exception)| Void {
            id: Some(exception.id),
            place: exception.place,
            problems: problem.into_iter().collect(),
        }));
    }
}

#[cfg(test)]
mod tests;
