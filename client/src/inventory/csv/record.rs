//! The records of a table (RFC 4180), one after the other, with the place where each begins.
//!
//! A record without a quote is cut at its delimiters where it lies; any other is taken apart by `csv-core`. Both read alike:
//! CR, LF and CR LF end a record, empty lines are none, and a quote counts where it begins a field. Of the stream only a
//! piece is held, and of a record that goes on and on not much more than may be in one. Not here: what the fields say.

use std::io::{self, Read};

use super::delimiter;
use crate::inventory::coverage::Place;
use crate::inventory::text::{count, without_mark};

/// Bytes that are read at once. Doubled where a record is longer.
const PIECE: usize = 1 << 16;

/// Reads records.
pub(super) struct Records<R> {
    stream: R,
    delimiter: u8,
    /// Bytes that are held of one record: what it may have, and as much again for what stands between its fields.
    most: usize,
    piece: Vec<u8>,
    /// Where in the piece the next record begins, and where what was read ends.
    at: usize,
    filled: usize,
    ended: bool,
    /// Where in the source `at` is.
    place: Place,
    ends: Vec<usize>,
    quoted: csv_core::Reader,
    unquoted: Vec<u8>,
}

/// Why there is no next record.
#[derive(Debug)]
pub(super) enum NoRecord {
    /// What the stream says.
    Stream(io::Error),
    /// It does not end where it must. Where the one behind it begins is not known.
    Endless,
}

impl From<io::Error> for NoRecord {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

/// A record.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    /// Where it begins.
    pub place: Place,
    text: &'a [u8],
    /// Where in the text its fields end.
    ends: &'a [usize],
    /// Bytes between two fields.
    gap: usize,
}

impl<R: Read> Records<R> {
    /// Begins a table, behind a byte order mark if there is one. The first line tells the delimiter. Of a record more than
    /// twice `row_bytes` are never held.
    ///
    /// # Errors
    /// What the stream says, or a first line without an end.
    pub(super) fn new(stream: R, row_bytes: usize) -> Result<Self, NoRecord> {
        let mut records = Self {
            stream,
            delimiter: b',',
            most: row_bytes.saturating_mul(2),
            piece: vec![0; PIECE],
            at: 0,
            filled: 0,
            ended: false,
            place: Place { row: 1, byte: 0 },
            ends: Vec::new(),
            quoted: csv_core::Reader::new(),
            unquoted: Vec::new(),
        };
        while !records.ended && !records.rest().contains(&b'\n') {
            records.fill()?;
        }
        let mark = records.rest().len() - without_mark(records.rest()).len();
        records.at = mark;
        records.place.byte = count(mark);
        let header = records.rest().split(|byte| *byte == b'\n').next().unwrap_or_default();
        records.delimiter = delimiter(header);
        records.quoted = csv_core::ReaderBuilder::new().delimiter(records.delimiter).build();
        // It would take a mark off the first record that it is given, wherever that stands.
        records.quoted.read_record(b"\n", &mut [0], &mut [0]);
        Ok(records)
    }

    /// The next record, if there is one.
    ///
    /// # Errors
    /// What the stream says, or a record without an end.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, NoRecord> {
        loop {
            let ends = self.rest().iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.pass(ends);
            if !self.rest().is_empty() {
                break;
            }
            if self.ended {
                return Ok(None);
            }
            self.fill()?;
        }
        let place = self.place;
        let text = loop {
            match self.cut() {
                Cut::Ends { length } => break Some(length),
                Cut::Quoted => break None,
                Cut::Further => self.fill()?,
            }
        };
        let Some(length) = text else {
            let (length, fields) = self.unquote()?;
            let (text, ends) = (self.unquoted.get(..length), self.ends.get(..fields));
            let (text, ends) = (text.unwrap_or_default(), ends.unwrap_or_default());
            return Ok(Some(Record { place, text, ends, gap: 0 }));
        };
        let begin = self.at;
        // What ends the line is passed over with the lines that are empty.
        self.at += length;
        self.place.byte += count(length);
        let text = self.piece.get(begin..self.at).unwrap_or_default();
        Ok(Some(Record { place, text, ends: &self.ends, gap: 1 }))
    }

    /// Where the next record is looked for.
    pub(super) const fn place(&self) -> Place {
        self.place
    }

    fn rest(&self) -> &[u8] {
        self.piece.get(self.at..self.filled).unwrap_or_default()
    }

    /// Passes over bytes of the rest.
    fn pass(&mut self, length: usize) {
        let passed = self.rest().get(..length).unwrap_or_default();
        let lines = memchr::memchr_iter(b'\n', passed).count();
        self.at += length;
        self.place = Place { row: self.place.row + count(lines), byte: self.place.byte + count(length) };
    }

    /// Where the fields of a record without quotes end.
    fn cut(&mut self) -> Cut {
        self.ends.clear();
        let rest = self.piece.get(self.at..self.filled).unwrap_or_default();
        let length = match memchr::memchr3(b'\n', b'\r', b'"', rest) {
            Some(at) if rest.get(at) == Some(&b'"') => return Cut::Quoted,
            Some(at) => at,
            None if self.ended => rest.len(),
            None => return Cut::Further,
        };
        self.ends.extend(memchr::memchr_iter(self.delimiter, rest.get(..length).unwrap_or_default()));
        self.ends.push(length);
        Cut::Ends { length }
    }

    /// Takes the quotes off a record: how long its text is then, and how many fields it has.
    fn unquote(&mut self) -> Result<(usize, usize), NoRecord> {
        let (mut length, mut fields) = (0, 0);
        loop {
            let input = self.piece.get(self.at..self.filled).unwrap_or_default();
            let text = self.unquoted.get_mut(length..).unwrap_or_default();
            let ends = self.ends.get_mut(fields..).unwrap_or_default();
            let (result, passed, written, ended) = self.quoted.read_record(input, text, ends);
            self.pass(passed);
            length += written;
            fields += ended;
            match result {
                csv_core::ReadRecordResult::InputEmpty if !self.ended => self.fill()?,
                // What it is told next is that there is nothing left.
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::OutputFull if length > self.most => {
                    return Err(NoRecord::Endless);
                }
                csv_core::ReadRecordResult::OutputFull => {
                    self.unquoted.resize((length * 2).max(1 << 10), 0);
                }
                csv_core::ReadRecordResult::OutputEndsFull if fields > self.most => {
                    return Err(NoRecord::Endless);
                }
                csv_core::ReadRecordResult::OutputEndsFull => self.ends.resize((fields * 2).max(1 << 5), 0),
                csv_core::ReadRecordResult::Record | csv_core::ReadRecordResult::End => {
                    return Ok((length, fields));
                }
            }
        }
    }

    /// Reads on, behind what is held.
    fn fill(&mut self) -> Result<(), NoRecord> {
        self.piece.copy_within(self.at..self.filled, 0);
        (self.at, self.filled) = (0, self.filled - self.at);
        if self.filled == self.piece.len() {
            if self.filled > self.most {
                return Err(NoRecord::Endless);
            }
            self.piece.resize(self.filled * 2, 0);
        }
        loop {
            match self.stream.read(self.piece.get_mut(self.filled..).unwrap_or_default()) {
                Ok(length) => {
                    self.ended = length == 0;
                    self.filled += length;
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// What the beginning of a record was found to be.
enum Cut {
    /// It has no quote and is so long.
    Ends { length: usize },
    /// It has a quote.
    Quoted,
    /// It ends beyond what is held.
    Further,
}

impl<'a> Record<'a> {
    /// The fields, without the quotes round them.
    pub(super) fn fields(self) -> impl Iterator<Item = &'a [u8]> {
        let mut begin = 0;
        self.ends.iter().map(move |end| {
            let field = self.text.get(begin..*end).unwrap_or_default();
            begin = end + self.gap;
            field
        })
    }

    /// How many fields it has.
    pub(super) fn width(self) -> usize {
        self.ends.len()
    }

    /// How long its fields are together, in bytes.
    pub(super) fn length(self) -> usize {
        self.text.len().saturating_sub(self.gap * self.ends.len().saturating_sub(1))
    }

    /// Whether a byte is in it.
    pub(super) fn contains(self, byte: u8) -> bool {
        memchr::memchr(byte, self.text).is_some()
    }
}

#[cfg(test)]
mod tests;
