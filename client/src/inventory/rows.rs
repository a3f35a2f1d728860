//! Rows into components, of one document or of a source that is many small files.
//!
//! A row that cannot be read is named with its place, and in a source of many files with its file; what follows it in that
//! document is not known, the other files are read. Not here: what a row means.

use std::borrow::Cow;
use std::ffi::OsStr;

use super::component::{Component, Inventory, SourceRow};
use super::coverage::{Coverage, Place, Problem};
use super::format::Format;
use super::limits::Limits;
use super::rooted::joined;
use super::text::{count, text};

/// What was read of a source so far.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    /// What was read and what was not.
    pub(super) coverage: Coverage,
    components: Vec<Component>,
    limits: &'a Limits,
    row: u64,
    folder: String,
    file: Option<String>,
    full: bool,
}

impl<'a> Rows<'a> {
    /// Of a source that has given nothing yet.
    pub(super) fn new(source: &str, format: Format, limits: &'a Limits) -> Self {
        Self {
            coverage: Coverage::new(source, Some(format)),
            components: Vec::new(),
            limits,
            row: 0,
            folder: String::new(),
            file: None,
            full: false,
        }
    }

    /// The limits that hold.
    pub(super) const fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// The files that follow are in this folder.
    pub(super) fn within(&mut self, folder: &str) {
        folder.clone_into(&mut self.folder);
    }

    /// The rows that follow are of this file.
    pub(super) fn enter(&mut self, file: &str) {
        self.file = Some(joined(&self.folder, OsStr::new(file)));
    }

    /// The place of the next row, which begins at a byte.
    pub(super) fn next_row(&mut self, byte: usize) -> Place {
        self.row += 1;
        Place { row: self.row, byte: count(byte) }
    }

    /// Whether no more components are taken.
    pub(super) const fn is_full(&self) -> bool {
        self.full
    }

    /// A component of that name in the row at this place.
    pub(super) fn component(&self, name: &str, place: Place) -> Component {
        let row = SourceRow {
            source: 0,
            row: place.row,
            byte: self.file.is_none().then_some(place.byte),
            reference: self.file.clone(),
        };
        Component::named(name, row)
    }

    /// Takes a component, unless there are too many.
    pub(super) fn add(&mut self, component: Component, place: Place) {
        if self.components.len() >= self.limits.components {
            self.full = true;
            self.coverage.stop(place, Problem::TooManyComponents { limit: self.limits.components });
        } else {
            self.components.push(component);
        }
    }

    /// The text in some bytes without blanks around it, unless nothing is left.
    pub(super) fn text(&mut self, bytes: &[u8], place: Place) -> Option<String> {
        let text: Cow<'_, str> = text(bytes.trim_ascii(), place, &mut self.coverage, self.limits);
        (!text.is_empty()).then(|| text.into_owned())
    }

    /// Something odd in the row at a place.
    pub(super) fn note(&mut self, place: Place, problem: Problem) {
        let problem = self.in_file(problem);
        self.coverage.note(place, problem, self.limits);
    }

    /// A row that is left out; those behind it are read.
    pub(super) fn skip(&mut self, place: Place, problem: Problem) {
        let problem = self.in_file(problem);
        self.coverage.skip(place, problem);
    }

    /// The reading of this document ends here.
    pub(super) fn stop(&mut self, place: Place, problem: Problem) {
        match &self.file {
            Some(_) => self.skip(place, problem),
            None => self.coverage.stop(place, problem),
        }
    }

    /// A file or folder of the source, wherever the last one was, that could not be read at all.
    pub(super) fn unread_at(&mut self, below: &str, problem: Problem) {
        self.within("");
        self.unread(below, problem);
    }

    /// A file in the folder that could not be read at all.
    pub(super) fn unread(&mut self, file: &str, problem: Problem) {
        self.enter(file);
        let place = self.next_row(0);
        match problem {
            // It names its path.
            Problem::Disk { .. } => self.coverage.skip(place, problem),
            other => self.skip(place, other),
        }
    }

    /// What was read.
    pub(super) fn finish(mut self) -> Inventory {
        self.coverage.components = count(self.components.len());
        Inventory { components: self.components, findings: Vec::new(), coverage: vec![self.coverage] }
    }

    fn in_file(&self, problem: Problem) -> Problem {
        match &self.file {
            Some(file) => Problem::InFile { file: file.clone(), problem: Box::new(problem) },
            None => problem,
        }
    }
}

/// The lines of a text with the byte at which each begins; line ends of any system are left out.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    bytes.split_inclusive(|byte| *byte == b'\n').map(move |line| {
        let begin = at;
        at += line.len();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        (begin, line.strip_suffix(b"\r").unwrap_or(line))
    })
}
