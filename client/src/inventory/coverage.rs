//! What was read of a source, and what was not. A source that was not read is never a clean one.

use std::io;

use interdict_schema::product::cpe::CpeError;
use interdict_schema::product::cve::CveError;
use interdict_schema::product::purl::PurlError;
use interdict_schema::product::text::TextError;

use super::detect::DetectError;
use super::format::Format;
use super::limits::Limits;
use super::osquery::LogFault;
use super::rpm::{CommandError, HeaderError};
use super::sqlite::SqliteError;
use super::text::count;

/// What was read of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The source's label: a path as the user wrote it, or `standard input`.
    pub source: String,
    /// Its format; `None` where that is not known.
    pub format: Option<Format>,
    /// Components that it gave.
    pub components: u64,
    /// How far it was read.
    pub read: Reading,
    /// What was odd, at most [`Limits::notes`].
    pub notes: Vec<Note>,
    /// Notes beyond that.
    pub notes_dropped: u64,
}

/// How far a source was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// To its end, every row.
    Complete,
    /// Not every row.
    Partial {
        /// The first reason.
        reason: Problem,
        /// Where.
        place: Place,
        /// Rows that were left out one by one; what follows a broken stanza is not counted.
        skipped: u64,
    },
    /// Not at all.
    Unread {
        /// Why.
        reason: Problem,
    },
}

/// A place in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// Row from 1: a stanza, or a line of CSV or JSON.
    pub row: u64,
    /// Byte from 0.
    pub byte: u64,
}

/// Something odd in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: Problem,
}

/// What can be wrong with a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A file that is no inventory.
    #[error(transparent)]
    NoInventory(#[from] DetectError),
    /// A package database that is not there, or has no package in it.
    #[error("no {database} database with packages at {path}")]
    NoDatabase {
        /// The kind of database.
        database: &'static str,
        /// Where it was looked for.
        path: String,
    },
    /// What is wrong with one file of a source that is many.
    #[error("{file}: {problem}")]
    InFile {
        /// The file, below the source's folder.
        file: String,
        /// What is wrong with it.
        problem: Box<Self>,
    },
    /// More names in a folder than the limit.
    #[error("found more than {limit} files in one folder, wanted fewer")]
    TooManyFiles {
        /// The limit.
        limit: usize,
    },
    /// A file that was written to while it was read.
    #[error("found a file that changes while it is read, wanted it at rest")]
    Changes,
    /// A line of text that is no row.
    #[error("found a line that is no row, wanted {wanted}")]
    Row {
        /// What a row looks like.
        wanted: &'static str,
    },
    /// A value that the program that printed it may have cut off.
    #[error(
        "found a {field} as wide as its column, which may be cut off; wanted the whole one, as `dpkg -l | cat` prints it"
    )]
    CutOff {
        /// The column.
        field: &'static str,
    },
    /// A database file that is none.
    #[error("not an SQLite database, {0}")]
    Sqlite(SqliteError),
    /// A package of an rpm database that is none.
    #[error("not an rpm header, {0}")]
    RpmHeader(HeaderError),
    /// A database that only its own program reads.
    #[error(
        "a database of another kind than SQLite, which rpm is asked for: {0}; what `rpm -qa` prints on its machine can be given as an inventory"
    )]
    RpmCommand(CommandError),
    /// A path on a drive that is not the root that is read.
    #[error("found the path {path}, wanted one below the root that is read")]
    Elsewhere {
        /// The path, as the source writes it.
        path: String,
    },
    /// A system that shows a user only the processes of their own.
    #[error("the processes of other users are hidden (hidepid), wanted those of all")]
    ProcessesHidden,
    /// The disk said no.
    #[error("cannot read {path}: {kind}")]
    Disk {
        /// The file.
        path: String,
        /// What the system said.
        kind: io::ErrorKind,
    },
    /// A folder in which there is no file.
    #[error("found a folder without files, wanted inventories in it")]
    EmptyFolder,
    /// A folder that a link leads to.
    #[error("found a link to a folder, which is not followed; name the folder itself")]
    LinkedFolder,
    /// A pipe, a socket or a device within a folder.
    #[error("found neither a file nor a folder")]
    NoFile,
    /// A path below a root that leads to no folder.
    #[error("found no folder, wanted one whose files are looked at")]
    NoFolder,
    /// Folders within folders.
    #[error("found folders more than {limit} deep, wanted fewer")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// A file over the limit.
    #[error("found more than {limit} bytes, wanted fewer")]
    FileTooLong {
        /// The limit in bytes.
        limit: u64,
    },
    /// A packed file that holds more than the limit.
    #[error("found more than {limit} bytes once unpacked, wanted fewer")]
    UnpackedTooLong {
        /// The limit in bytes.
        limit: u64,
    },
    /// A packed file that is cut off or damaged.
    #[error("found a damaged {packing} stream, wanted it whole")]
    Packed {
        /// How it is packed: `gzip` or `zstd`.
        packing: &'static str,
    },
    /// A row over the limit.
    #[error("found a row of more than {limit} bytes, wanted fewer")]
    RowTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// More components than the limit.
    #[error("found more than {limit} components, wanted fewer")]
    TooManyComponents {
        /// The limit.
        limit: usize,
    },
    /// More vulnerabilities than the limit.
    #[error("found more than {limit} vulnerabilities, counted at every component, wanted fewer")]
    TooManyFindings {
        /// The limit.
        limit: usize,
    },
    /// More values in a JSON document than the limit.
    #[error("found more than {limit} values in one document, wanted fewer: give it in several files")]
    TooManyValues {
        /// The limit.
        limit: usize,
    },
    /// Bytes that are not UTF-8, replaced.
    #[error("found bytes that are not UTF-8, replaced them by U+FFFD")]
    Utf8,
    /// Bytes that are not UTF-8, where the format must be.
    #[error("found bytes that are not UTF-8 at byte {at}")]
    NotUtf8 {
        /// The first such byte.
        at: u64,
    },
    /// A NUL byte.
    #[error("found a NUL byte, wanted text")]
    Nul,
    /// A line of a stanza that is neither a field nor its continuation.
    #[error("found a line that is no field, wanted `Name: value`")]
    NoField,
    /// A field twice in one stanza.
    #[error("found field {field} a second time in one stanza")]
    FieldTwice {
        /// The field.
        field: &'static str,
    },
    /// A stanza without a field that it must have.
    #[error("found a stanza without {field}")]
    FieldMissing {
        /// The field.
        field: &'static str,
    },
    /// A status that dpkg does not have.
    #[error("found a status that dpkg does not know, wanted three words such as `install ok installed`")]
    Status,
    /// Not JSON of the wanted shape.
    #[error("found other JSON than wanted: {detail}")]
    Json {
        /// What the JSON reader found and wanted.
        detail: String,
    },
    /// Not a `CycloneDX` document.
    #[error("found bomFormat {found:?}, wanted \"CycloneDX\"")]
    BomFormat {
        /// The value found.
        found: Option<String>,
    },
    /// A version of `CycloneDX` that is not read.
    #[error("found specVersion {found:?}, wanted 1.2 to 1.7")]
    SpecVersion {
        /// The value found.
        found: Option<String>,
    },
    /// A version of SPDX that is not read.
    #[error("found spdxVersion {found:?}, wanted SPDX-2.2 or SPDX-2.3")]
    SpdxVersion {
        /// The value found.
        found: Option<String>,
    },
    /// A text of several lines that is not closed.
    #[error("found no end of a text, wanted `</text>`; what follows was not read")]
    OpenText,
    /// Something else where an object is wanted.
    #[error("found no JSON object, wanted one a row")]
    RowShape,
    /// Something else within a row.
    #[error("found another shape at number {at} of {part}")]
    PartShape {
        /// The part.
        part: &'static str,
        /// Its number from 1.
        at: u64,
    },
    /// A log of osquery.
    #[error("the log of query {query:?} {fault}")]
    Osquery {
        /// The query's name.
        query: String,
        /// What is wrong.
        fault: LogFault,
    },
    /// Something that an export of this kind may have and this one has not.
    #[error("not in it: {part}")]
    NotExported {
        /// What.
        part: &'static str,
    },
    /// A line of a registry export that is none.
    #[error("found a line that is neither a registry key nor a value")]
    RegistryLine,
    /// Registry keys that list no programs.
    #[error("found registry keys besides the lists of programs, which are not used")]
    OtherKeys,
    /// A version of SARIF that is not read.
    #[error("found version {found:?}, wanted SARIF 2.1.0")]
    SarifVersion {
        /// The value found.
        found: Option<String>,
    },
    /// Results of a scanner that name no vulnerability.
    #[error("found results without a CVE id, which are not used")]
    OtherFindings,
    /// Lines that are not of our format.
    #[error("found format {found:?}, wanted \"interdict-inventory/1\"")]
    InventoryFormat {
        /// The value found.
        found: Option<String>,
    },
    /// UTF-16 that breaks off within a character.
    #[error("found a broken UTF-16 character at byte {at}, replaced it by U+FFFD")]
    Utf16 {
        /// The first such byte.
        at: u64,
    },
    /// Not CSV.
    #[error("found other CSV than wanted: {detail}")]
    Csv {
        /// What the CSV reader found and wanted.
        detail: String,
    },
    /// A header without a known column.
    #[error(
        "found no column that names a product, wanted one of name, product, purl, cpe, sha256, cve, path, …"
    )]
    Header,
    /// The same column twice.
    #[error("found column {column} a second time")]
    ColumnTwice {
        /// The column as it is known here.
        column: &'static str,
    },
    /// A column that is not used.
    #[error("column {column:?} is not used")]
    UnknownColumn {
        /// The column as written.
        column: String,
    },
    /// A row of another width.
    #[error("found {found} fields, wanted {wanted} as in the header")]
    RowWidth {
        /// Fields found.
        found: u64,
        /// Fields of the header.
        wanted: u64,
    },
    /// A row in which nothing names a product.
    #[error("found a row that names no product")]
    NothingNamed,
    /// A package URL that is none.
    #[error("not a package URL, {0}")]
    Purl(PurlError),
    /// A CPE name that is none.
    #[error("not a CPE name, {0}")]
    Cpe(CpeError),
    /// A CVE id that is none.
    #[error("not a CVE id, {0}")]
    Cve(CveError),
    /// A value that means something only where it was seen: no identifier can mean it, as it could nothing that is absent.
    #[error("found {found} in column {column}, which nothing can be compared with")]
    Local {
        /// The column as it is known here.
        column: &'static str,
        /// What it is.
        found: Locally,
    },
    /// Another identifier that is not of its kind.
    #[error("not a value of column {column}, {error}")]
    Text {
        /// The column as it is known here.
        column: &'static str,
        /// What is wrong.
        error: TextError,
    },
}

/// What means something only where it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Locally {
    /// A path below a folder that is not said.
    #[error("a relative path")]
    Path,
    /// `CORP\\user`: an account of a Windows domain, by its short name.
    #[error("an account of a Windows domain")]
    Account,
}

impl Coverage {
    /// The coverage of a source that has given nothing yet.
    pub fn new(source: &str, format: Option<Format>) -> Self {
        Self {
            source: source.to_owned(),
            format,
            components: 0,
            read: Reading::Complete,
            notes: Vec::new(),
            notes_dropped: 0,
        }
    }

    /// The coverage of a source that could not be read.
    pub fn unread(source: &str, format: Option<Format>, reason: Problem) -> Self {
        Self { read: Reading::Unread { reason }, ..Self::new(source, format) }
    }

    /// Whether every row was read. Identifiers that do not parse make a source incomplete too: what they name was
    /// not looked for. What no identifier can mean ([`Problem::Local`]) hides nothing.
    pub fn is_complete(&self) -> bool {
        self.read == Reading::Complete && !self.notes.iter().any(|note| note.problem.hides_something())
    }

    /// How many notes there were, those that were dropped among them.
    pub(super) fn noted(&self) -> u64 {
        count(self.notes.len()).saturating_add(self.notes_dropped)
    }

    pub(super) fn note(&mut self, place: Place, problem: Problem, limits: &Limits) {
        if self.notes.len() < limits.notes {
            self.notes.push(Note { place, problem });
        } else {
            self.notes_dropped += 1;
            // What is not kept must not be forgotten where it hides something.
            if problem.hides_something() {
                self.stop(place, problem);
            }
        }
    }

    /// The first reason stays; later ones are counted.
    pub(super) fn skip(&mut self, place: Place, problem: Problem) {
        match &mut self.read {
            Reading::Partial { skipped, .. } => *skipped += 1,
            Reading::Complete => self.read = Reading::Partial { reason: problem, place, skipped: 1 },
            Reading::Unread { .. } => {}
        }
    }

    pub(super) fn stop(&mut self, place: Place, reason: Problem) {
        if self.read == Reading::Complete {
            self.read = Reading::Partial { reason, place, skipped: 0 };
        }
    }
}

impl Problem {
    /// Whether what it is about was not looked for.
    pub fn hides_something(&self) -> bool {
        match self {
            Self::InFile { problem, .. } => problem.hides_something(),
            Self::Osquery { fault, .. } => *fault != LogFault::Unused,
            Self::CutOff { .. }
            | Self::PartShape { .. }
            | Self::Utf8
            | Self::Utf16 { .. }
            | Self::Sqlite(_)
            | Self::RpmCommand(_) => true,
            _ => matches!(self, Self::Purl(_) | Self::Cpe(_) | Self::Cve(_) | Self::Text { .. }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_beyond_the_limit_that_hides_something_makes_the_source_incomplete() {
        let limits = Limits { notes: 1, ..Limits::STANDARD };
        for (problem, complete) in
            [(Problem::OtherKeys, true), (Problem::Utf8, false), (Problem::CutOff { field: "name" }, false)]
        {
            let mut coverage = Coverage::new("x", None);
            coverage.note(Place::default(), Problem::OtherKeys, &limits);
            assert!(coverage.is_complete());
            coverage.note(Place::default(), problem, &limits);
            assert_eq!((coverage.is_complete(), coverage.notes_dropped), (complete, 1));
        }
    }
}
