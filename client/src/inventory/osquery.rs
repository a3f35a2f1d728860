//! Results of osquery (5.x): its result log, in lines or as one document, and what `osqueryi --json` prints.
//!
//! A snapshot is the whole result of a query. A differential log says what was added and what was removed since: it is folded,
//! for each host and query apart, and what is left is the inventory. Another epoch, and a change numbered 0, begin anew. A log
//! that begins later, is out of order, or removes what it never added says too little: the source is incomplete then.
//!
//! What a row is of is told by the name of its query or by its columns (`table`). Not here: event tables as such (what they
//! add is never removed, and counts as there), the status log, `carves`.

mod fold;
mod table;

use serde::Deserialize;

use self::fold::{Change, Folded};
use self::table::Columns;
use super::component::Inventory;
use super::coverage::{Place, Problem};
use super::format::{Format, Reader};
use super::gathering::{Gathering, row, unread};
use super::head::Head;
use super::json::{Object, Rows, Word, document};
use super::limits::Limits;
use super::text::{count, without_mark};

/// osquery's results.
pub const READER: Reader = Reader {
    name: "osquery",
    title: "osquery results (snapshots, differential logs, osqueryi --json)",
    recognises,
    read,
};

/// What is wrong with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum LogFault {
    /// What was there before is not known.
    #[error("begins later than its change 0, so what was there before is not known")]
    Beginning,
    /// A row goes that never came.
    #[error("removes a row that it never added")]
    Removal,
    /// An older entry behind a newer one.
    #[error("has an older entry behind a newer one")]
    Order,
    /// Nothing that is compared.
    #[error("names no product, and is not used")]
    Unused,
}

/// Members that all entries of a log have, or columns that tables of programs have and nothing else.
fn recognises(head: &Head<'_>) -> bool {
    let entry = head.has_all(&["name", "hostIdentifier"])
        && ["snapshot", "diffResults", "columns"].iter().any(|member| head.has(member));
    let printed = || {
        [
            &["name", "install_location", "identifying_number"][..],
            &["name", "maintainer", "revision", "arch"],
            &["name", "release", "package_group"],
            &["name", "bundle_identifier", "bundle_executable"],
            &["identifier", "browser_type", "profile_path"],
            &["identifier", "creator", "active"],
            &["pid", "cmdline", "parent", "path"],
            &["directory", "path", "sha256", "md5"],
            &["name", "version", "directory", "author", "license"],
        ]
        .iter()
        .any(|columns| head.has_all(columns))
    };
    entry || (head.is_array() && printed())
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    name: Word<'a>,
    #[serde(borrow, default, rename = "hostIdentifier")]
    host: Word<'a>,
    #[serde(borrow, default)]
    action: Word<'a>,
    #[serde(borrow, default)]
    epoch: Word<'a>,
    #[serde(borrow, default)]
    counter: Word<'a>,
    #[serde(borrow, default, rename = "unixTime")]
    time: Word<'a>,
    #[serde(borrow, default)]
    columns: Object<Columns<'a>>,
    #[serde(borrow, default)]
    snapshot: Option<Rows<Columns<'a>>>,
    #[serde(borrow, default, rename = "diffResults")]
    difference: Object<Difference<'a>>,
}

#[derive(Deserialize)]
struct Difference<'a> {
    #[serde(borrow, default)]
    added: Rows<Columns<'a>>,
    #[serde(borrow, default)]
    removed: Rows<Columns<'a>>,
}

/// Reads a log.
fn read(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    let mut gathering = Gathering::new(source, Format::Osquery, limits);
    let mut folded = Folded::default();
    let body = without_mark(bytes);
    let first = body.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    if first.is_some_and(|line| document::<Object<Entry<'_>>>(line).is_ok_and(|line| line.0.is_some())) {
        lines(body, count(bytes.len() - body.len()), &mut folded, &mut gathering);
    } else if let Err(problem) = whole(body, &mut folded, &mut gathering) {
        return unread(source, Format::Osquery, problem);
    }
    folded.into_components(&mut gathering);
    gathering.finish()
}

/// One entry a line.
fn lines(body: &[u8], mark: u64, folded: &mut Folded, gathering: &mut Gathering<'_>) {
    let mut here = Place { row: 0, byte: mark };
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let place = Place { row: here.row + 1, byte: here.byte };
        here = Place { byte: here.byte + count(line.len()), ..place };
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        match document::<Object<Entry<'_>>>(line) {
            Ok(Object(Some(read))) => entry(&read, place, folded, gathering),
            Ok(Object(None)) => gathering.skip(place, Problem::RowShape),
            Err(problem) => gathering.skip(place, problem),
        }
        if gathering.full() {
            break;
        }
    }
}

/// One document: an entry, several, or rows without any.
fn whole(body: &[u8], folded: &mut Folded, gathering: &mut Gathering<'_>) -> Result<(), Problem> {
    let entries: Rows<Entry<'_>> = document(body)?;
    if entries.whole().all(|entry| !entry.is_one()) {
        let rows: Rows<Columns<'_>> = document(body)?;
        let change = Change { host: None, query: "", epoch: None, counter: None, time: None };
        folded.begin(&change);
        for (place, columns) in (1..).map(row).zip(&rows.0) {
            match columns {
                Some(columns) => folded.add(&change, columns, place, gathering),
                None => gathering.skip(place, Problem::RowShape),
            }
        }
        return Ok(());
    }
    for (place, read) in (1..).map(row).zip(&entries.0) {
        match read {
            Some(read) => entry(read, place, folded, gathering),
            None => gathering.skip(place, Problem::RowShape),
        }
    }
    Ok(())
}

impl Entry<'_> {
    /// Whether it is an entry of a log, and no row.
    const fn is_one(&self) -> bool {
        self.columns.0.is_some() || self.snapshot.is_some() || self.difference.0.is_some()
    }
}

fn entry(entry: &Entry<'_>, place: Place, folded: &mut Folded, gathering: &mut Gathering<'_>) {
    let change = Change {
        host: entry.host.text(),
        query: entry.name.text().unwrap_or_default(),
        epoch: entry.epoch.text(),
        counter: entry.counter.text(),
        time: entry.time.text().and_then(|time| time.parse().ok()),
    };
    let shape = |gathering: &mut Gathering<'_>| gathering.skip(place, Problem::RowShape);
    if let Some(Rows(rows)) = &entry.snapshot {
        folded.in_order(&change, place, gathering);
        folded.begin(&change);
        for columns in rows {
            match columns {
                Some(columns) => folded.add(&change, columns, place, gathering),
                None => shape(gathering),
            }
        }
        return;
    }
    if let Object(Some(difference)) = &entry.difference {
        folded.change(&change, place, gathering);
        // A row that changed is removed in its old form and added in its new one.
        for columns in &difference.removed.0 {
            match columns {
                Some(columns) => folded.remove(&change, columns, place, gathering),
                None => shape(gathering),
            }
        }
        for columns in &difference.added.0 {
            match columns {
                Some(columns) => folded.add(&change, columns, place, gathering),
                None => shape(gathering),
            }
        }
        return;
    }
    match (entry.action.text(), &entry.columns.0) {
        (Some("added"), Some(columns)) => {
            folded.change(&change, place, gathering);
            folded.add(&change, columns, place, gathering);
        }
        (Some("removed"), Some(columns)) => {
            folded.change(&change, place, gathering);
            folded.remove(&change, columns, place, gathering);
        }
        (Some("snapshot"), Some(columns)) => {
            folded.snapshot_row(&change, place, gathering);
            folded.add(&change, columns, place, gathering);
        }
        _ => shape(gathering),
    }
}

#[cfg(test)]
mod tests;
