//! Which format some bytes are in, by their content; and reading them.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

use super::component::Inventory;
use super::coverage::Problem;
use super::limits::Limits;
use super::text::without_mark;
use super::{csv, cyclonedx, dpkg};

/// A format that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// dpkg's status file.
    Dpkg,
    /// `CycloneDX` JSON.
    CycloneDx,
    /// CSV with a header.
    Csv,
}

/// Why some bytes are no inventory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DetectError {
    /// Nothing in it.
    #[error("found nothing in it, wanted {KNOWN}")]
    Empty,
    /// UTF-16 text.
    #[error("found UTF-16 text, wanted UTF-8 in {KNOWN}")]
    Utf16,
    /// None of the known formats.
    #[error("found an unknown format, wanted {KNOWN}")]
    Unknown,
    /// A name of no format.
    #[error("found no format of that name, wanted dpkg, cyclonedx or csv")]
    Name,
}

/// The known formats, for messages.
pub const KNOWN: &str =
    "a dpkg status file, CycloneDX JSON (1.2 to 1.7) or CSV with a header (name,version,vendor,…)";

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Dpkg, Self::CycloneDx, Self::Csv];

    /// The format's name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dpkg => "dpkg",
            Self::CycloneDx => "cyclonedx",
            Self::Csv => "csv",
        }
    }

    /// Tells the format by the content.
    ///
    /// # Errors
    /// Nothing there, UTF-16, or none of the known formats.
    pub fn of(bytes: &[u8]) -> Result<Self, DetectError> {
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(DetectError::Utf16);
        }
        let text = without_mark(bytes).trim_ascii_start();
        if text.is_empty() {
            return Err(DetectError::Empty);
        }
        if text.starts_with(b"{") {
            let ours = text.windows(11).any(|window| window == b"\"bomFormat\"");
            return if ours { Ok(Self::CycloneDx) } else { Err(DetectError::Unknown) };
        }
        let first = text.split(|b| *b == b'\n').next().unwrap_or_default();
        let first = String::from_utf8_lossy(first.get(..first.len().min(65_536)).unwrap_or_default());
        if is_dpkg(&first, text) {
            Ok(Self::Dpkg)
        } else if csv::known_columns(&first) > 0 {
            Ok(Self::Csv)
        } else {
            Err(DetectError::Unknown)
        }
    }
}

/// A first line that is a field, and the two fields that every stanza has.
fn is_dpkg(first: &str, text: &[u8]) -> bool {
    let field = first.split_once(':').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    });
    let has = |name: &[u8]| {
        text.starts_with(name) || text.split(|b| *b == b'\n').take(1_000).any(|line| line.starts_with(name))
    };
    field && has(b"Package:") && has(b"Status:")
}

/// Reads an inventory. `format` overrides what the content says.
///
/// # Errors
/// Nothing there, or none of the known formats. What is wrong inside is in the coverage.
pub fn read(
    bytes: &[u8],
    source: &str,
    format: Option<Format>,
    limits: &Limits,
) -> Result<Inventory, DetectError> {
    let format = match format {
        Some(_) if bytes.is_empty() => return Err(DetectError::Empty),
        Some(format) => format,
        None => Format::of(bytes)?,
    };
    Ok(match format {
        Format::Dpkg => dpkg::read(bytes, source, None, limits),
        Format::CycloneDx => cyclonedx::read(bytes, source, limits),
        Format::Csv => csv::read(bytes, source, limits),
    })
}

/// Reads a stream into memory, up to the limit of a file. `path` is named in the problem.
///
/// # Errors
/// What the system said, or that it is longer than the limit.
pub fn bounded(stream: impl Read, path: &str, limits: &Limits) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let disk = |error: io::Error| Problem::Disk { path: path.to_owned(), kind: error.kind() };
    let length = stream.take(limits.file_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(disk)?;
    if u64::try_from(length).is_ok_and(|length| length > limits.file_bytes) {
        return Err(Problem::FileTooLong { limit: limits.file_bytes });
    }
    Ok(bytes)
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = DetectError;

    fn from_str(text: &str) -> Result<Self, DetectError> {
        Self::ALL.into_iter().find(|format| format.name() == text).ok_or(DetectError::Name)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    fn tells_the_format_by_the_content() {
        for (text, format) in [
            ("Package: a\nStatus: install ok installed\n", Ok(Format::Dpkg)),
            ("\nPackage: a\nStatus: install ok installed\n", Ok(Format::Dpkg)),
            ("\u{feff} {\"bomFormat\":\"CycloneDX\"}", Ok(Format::CycloneDx)),
            ("\u{feff}Name;Version\n", Ok(Format::Csv)),
            ("\"name\",\"version\"\n", Ok(Format::Csv)),
            ("", Err(DetectError::Empty)),
            (" \n\t", Err(DetectError::Empty)),
            ("{\"spdxVersion\":\"SPDX-2.3\"}", Err(DetectError::Unknown)),
            ("<bom/>", Err(DetectError::Unknown)),
            ("Package: a\n", Err(DetectError::Unknown)),
            ("hello world\n", Err(DetectError::Unknown)),
        ] {
            assert_eq!(Format::of(text.as_bytes()), format, "{text:?}");
        }
        assert_eq!(Format::of(b"\xff\xfeN\0"), Err(DetectError::Utf16));
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
            assert_eq!(read(b"", "x", Some(format), &Limits::STANDARD), Err(DetectError::Empty));
        }
        assert_eq!("spdx".parse::<Format>(), Err(DetectError::Name));
    }

    #[test]
    fn a_stream_ends_at_the_limit_and_not_one_beyond() {
        let limits = Limits { file_bytes: 4, ..Limits::STANDARD };
        assert_eq!(bounded(&b"abcd"[..], "x", &limits), Ok(b"abcd".to_vec()));
        assert_eq!(bounded(&b"abcde"[..], "x", &limits), Err(Problem::FileTooLong { limit: 4 }));
    }

    #[test]
    fn no_prefix_of_a_document_and_no_changed_byte_panics() {
        let samples = [
            "Package: a\nStatus: install ok installed\nVersion: 1\n\nPackage: b\n",
            "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{\"name\":\"a\",\"purl\":\"pkg:deb/d/a@1\"}]}",
            "name,version,purl,cpe\na,1,pkg:deb/d/a@1,cpe:2.3:a:b:c\n",
        ];
        for sample in samples {
            for end in 0..sample.len() {
                for byte in [0, b'"', b'\n', 0xff, b'%', b':'] {
                    let mut bytes = sample.as_bytes().to_vec();
                    if let Some(slot) = bytes.get_mut(end) {
                        *slot = byte;
                    }
                    for format in Format::ALL {
                        let _ = read(&bytes, "x", Some(format), &Limits::STANDARD);
                        let _ = read(bytes.get(..end).unwrap(), "x", Some(format), &Limits::STANDARD);
                    }
                    let _ = Format::of(&bytes);
                }
            }
        }
    }
}
