//! Files of entries: what is too long for a signed document stands in an attachment, whose digest the document signs.
//!
//! Text in UTF-8, one entry a line, each line ended by LF, the lines in strictly rising order of their bytes: so there is
//! one spelling of a set, nothing stands in it twice, and `sort -u`, `comm` and `look` work on it. A million digests are
//! 65 MB. [`EntryReader`] takes the file in pieces and keeps one line of it; nothing it has told may be used before
//! [`finish`](EntryReader::finish) has compared the digest.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::EntityList;
use crate::believe::Believed;
use crate::directive::{Confidence, IdentifierKind};
use crate::limits::IDENTIFIER_LENGTH;
use crate::{Sha256, Verified};

/// A file of entries, as the list that signs it names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct EntryFile {
    /// What kind of identifier every entry is: one that needs no versions and nothing beside it, `sha256` or `domain` for
    /// instance.
    pub kind: IdentifierKind,
    /// The file's target path in the repository.
    pub path: String,
    /// SHA-256 of the file.
    pub digest: Sha256,
    /// The file's length in bytes.
    pub length: u64,
    /// How many entries it has.
    pub entries: u64,
    /// Where the entries were seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// How far they can be relied on; `high` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
}

impl EntryFile {
    /// Whether a file can hold entries of a kind: without versions and without another identifier or an entity's names beside
    /// them, as a `product` has its vendor, and a `signer` its aliases.
    pub fn may_hold(kind: &IdentifierKind) -> bool {
        matches!(
            kind,
            IdentifierKind::Sha256
                | IdentifierKind::Authenticode
                | IdentifierKind::Cdhash
                | IdentifierKind::Domain
                | IdentifierKind::Package
                | IdentifierKind::Purl
                | IdentifierKind::PurlNamespace
                | IdentifierKind::Cve
                | IdentifierKind::ExtensionId
                | IdentifierKind::TeamId
                | IdentifierKind::BundleId
                | IdentifierKind::AppId
                | IdentifierKind::Path
                | IdentifierKind::Process
                | IdentifierKind::RegistryKey
                | IdentifierKind::Cidr
                | IdentifierKind::Asn
                | IdentifierKind::Image
        )
    }
}

/// A file that is not what the list says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotEntries {
    /// It goes on for longer: endless data.
    #[error("found more than {wanted} bytes, wanted {wanted}")]
    Longer {
        /// Bytes wanted.
        wanted: u64,
    },
    /// It is shorter.
    #[error("found {found} bytes, wanted {wanted}")]
    Shorter {
        /// Bytes found.
        found: u64,
        /// Bytes wanted.
        wanted: u64,
    },
    /// It is another file.
    #[error("found sha256 {found}, wanted {wanted}")]
    Digest {
        /// The file's digest.
        found: Sha256,
        /// The one that is signed.
        wanted: Sha256,
    },
    /// The last line does not end.
    #[error("line {line} does not end with a line feed")]
    Unended {
        /// The line, from 1.
        line: u64,
    },
    /// A line that is too long.
    #[error("line {line} is longer than {IDENTIFIER_LENGTH} bytes")]
    Line {
        /// The line, from 1.
        line: u64,
    },
    /// A line that is empty, or holds a control character, or is not UTF-8.
    #[error("line {line} is no line of text without control characters")]
    Text {
        /// The line, from 1.
        line: u64,
    },
    /// A line that does not follow the one before.
    #[error("line {line} does not come after the line before it, by its bytes")]
    Order {
        /// The line, from 1.
        line: u64,
    },
    /// Another number of entries.
    #[error("found {found} entries, wanted {wanted}")]
    Entries {
        /// Entries found.
        found: u64,
        /// Entries wanted.
        wanted: u64,
    },
}

/// Reads a file of entries in pieces and checks it against what is signed.
pub struct EntryReader<'a> {
    file: &'a EntryFile,
    hasher: sha2::Sha256,
    length: u64,
    lines: u64,
    before: Vec<u8>,
    line: Vec<u8>,
}

impl<'a> EntryReader<'a> {
    /// Begins to read a file that a draft names, for its author.
    pub fn of_draft(file: &'a EntryFile) -> Self {
        let hasher = sha2::Sha256::new();
        Self { file, hasher, length: 0, lines: 0, before: Vec::new(), line: Vec::new() }
    }

    /// Begins to read a file that a verified list names, by its number; `None` where there is none.
    pub fn of(list: &'a Verified<Believed<EntityList>>, number: usize) -> Option<Self> {
        list.document.value.attachments.get(number).map(Self::of_draft)
    }

    /// Takes the next piece, and gives each entry that is now whole to `take`.
    ///
    /// # Errors
    /// [`NotEntries`] for the first thing that is wrong; the reader must then be dropped.
    pub fn push(&mut self, piece: &[u8], take: &mut dyn FnMut(&str)) -> Result<(), NotEntries> {
        self.hasher.update(piece);
        self.length = self.length.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if self.length > self.file.length {
            return Err(NotEntries::Longer { wanted: self.file.length });
        }
        let mut rest = piece;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (head, tail) = rest.split_at(end);
            self.begin(head)?;
            self.end(take)?;
            rest = tail.get(1..).unwrap_or_default();
        }
        self.begin(rest)
    }

    /// Reads a file that is in memory.
    ///
    /// # Errors
    /// As [`push`](Self::push) and [`finish`](Self::finish).
    pub fn read_whole(mut self, bytes: &[u8], take: &mut dyn FnMut(&str)) -> Result<u64, NotEntries> {
        self.push(bytes, take)?;
        self.finish()
    }

    /// Whether the whole file was the one that is signed. How many entries it has.
    ///
    /// # Errors
    /// [`NotEntries`].
    pub fn finish(self) -> Result<u64, NotEntries> {
        let (found, wanted) = (self.length, self.file.length);
        if found != wanted {
            return Err(NotEntries::Shorter { found, wanted });
        }
        let (found, wanted) = (Sha256::from_bytes(self.hasher.finalize().into()), self.file.digest);
        if found != wanted {
            return Err(NotEntries::Digest { found, wanted });
        }
        if !self.line.is_empty() {
            return Err(NotEntries::Unended { line: self.lines.saturating_add(1) });
        }
        let (found, wanted) = (self.lines, self.file.entries);
        if found == wanted { Ok(found) } else { Err(NotEntries::Entries { found, wanted }) }
    }

    fn begin(&mut self, part: &[u8]) -> Result<(), NotEntries> {
        if self.line.len().saturating_add(part.len()) > IDENTIFIER_LENGTH {
            return Err(NotEntries::Line { line: self.lines.saturating_add(1) });
        }
        self.line.extend_from_slice(part);
        Ok(())
    }

    fn end(&mut self, take: &mut dyn FnMut(&str)) -> Result<(), NotEntries> {
        self.lines = self.lines.saturating_add(1);
        let line = self.lines;
        let text = core::str::from_utf8(&self.line).map_err(|_| NotEntries::Text { line })?;
        if text.is_empty() || text.chars().any(char::is_control) {
            return Err(NotEntries::Text { line });
        }
        if line > 1 && self.line <= self.before {
            return Err(NotEntries::Order { line });
        }
        take(text);
        core::mem::swap(&mut self.line, &mut self.before);
        self.line.clear();
        Ok(())
    }
}

/// What a draft has to say of a file of entries: its digest, length and number of entries. Its lines are checked by
/// [`EntryReader`].
pub fn describe(kind: IdentifierKind, path: String, bytes: &[u8]) -> EntryFile {
    let entries = bytes.split(|byte| *byte == b'\n').count().saturating_sub(1);
    EntryFile {
        kind,
        path,
        digest: Sha256::of(bytes),
        length: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        entries: u64::try_from(entries).unwrap_or(u64::MAX),
        source: None,
        confidence: None,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec;

    use super::*;

    fn read(file: &EntryFile, bytes: &[u8], piece: usize) -> Result<Vec<String>, NotEntries> {
        let mut reader = EntryReader::of_draft(file);
        let mut entries = Vec::new();
        for piece in bytes.chunks(piece) {
            reader.push(piece, &mut |entry| entries.push(entry.to_string()))?;
        }
        reader.finish()?;
        Ok(entries)
    }

    fn of(bytes: &[u8]) -> EntryFile {
        describe(IdentifierKind::Domain, "d.txt".into(), bytes)
    }

    #[test]
    fn gives_every_line_whatever_the_pieces_are() {
        let bytes = "a.example\nb.example\n\u{e9}.example\n".as_bytes();
        for piece in 1..=bytes.len() {
            assert_eq!(
                read(&of(bytes), bytes, piece),
                Ok(vec!["a.example".into(), "b.example".into(), "\u{e9}.example".into()]),
                "{piece}"
            );
        }
        assert_eq!(read(&of(b""), b"", 1), Ok(vec![]));
    }

    #[test]
    fn refuses_another_file_a_longer_and_a_shorter_one() {
        let signed = of(b"a\nb\n");
        let found = Sha256::of(b"a\nc\n");
        assert_eq!(read(&signed, b"a\nc\n", 9), Err(NotEntries::Digest { found, wanted: signed.digest }));
        assert_eq!(read(&signed, b"a\nb\nc\n", 9), Err(NotEntries::Longer { wanted: 4 }));
        assert_eq!(read(&signed, b"a\nb\nc", 4), Err(NotEntries::Longer { wanted: 4 }));
        assert_eq!(read(&signed, b"a\nb", 9), Err(NotEntries::Shorter { found: 3, wanted: 4 }));
    }

    #[test]
    fn refuses_lines_out_of_order_empty_unended_or_with_control_characters() {
        for (bytes, wanted) in [
            (&b"b\na\n"[..], NotEntries::Order { line: 2 }),
            (b"a\na\n", NotEntries::Order { line: 2 }),
            (b"a\n\nb\n", NotEntries::Text { line: 2 }),
            (b"\n", NotEntries::Text { line: 1 }),
            (b"a\r\nb\n", NotEntries::Text { line: 1 }),
            (b"a\n\xff\n", NotEntries::Text { line: 2 }),
            (b"a\nb", NotEntries::Unended { line: 2 }),
        ] {
            assert_eq!(read(&of(bytes), bytes, 1), Err(wanted), "{bytes:?}");
            assert_eq!(read(&of(bytes), bytes, 99), Err(wanted), "{bytes:?}");
        }
        let mut more = of(b"a\nb\n");
        more.entries = 3;
        assert_eq!(read(&more, b"a\nb\n", 9), Err(NotEntries::Entries { found: 2, wanted: 3 }));
    }

    #[test]
    fn a_line_has_a_limit() {
        let line = |length: usize| {
            let mut line = vec![b'a'; length];
            line.push(b'\n');
            line
        };
        let longest = line(IDENTIFIER_LENGTH);
        assert!(read(&of(&longest), &longest, 1_000).is_ok());
        let longer = line(IDENTIFIER_LENGTH + 1);
        for piece in [1_000, 10_000] {
            assert_eq!(read(&of(&longer), &longer, piece), Err(NotEntries::Line { line: 1 }));
        }
    }
}
