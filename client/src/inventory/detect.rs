//! Which format some bytes are in, by their content; and reading them.

use super::component::{Inventory, Recognises};
use super::csv;
use super::format::Format;
use super::head::{Head, WINDOW};
use super::limits::Limits;

/// Why some bytes are no inventory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DetectError {
    /// Nothing in it.
    #[error("found nothing in it, wanted one of: {}", Format::names())]
    Empty,
    /// UTF-16 text.
    #[error("found UTF-16 text, wanted UTF-8 in one of: {}", Format::names())]
    Utf16,
    /// None of the known formats.
    #[error("found an unknown format, wanted one of: {}", Format::names())]
    Unknown,
    /// A name of no format.
    #[error("found no format of that name, wanted one of {}", Format::names())]
    Name,
}

impl Format {
    /// Tells the format by the content.
    ///
    /// # Errors
    /// Nothing there, UTF-16, or none of the known formats.
    pub fn of(bytes: &[u8]) -> Result<Self, DetectError> {
        let head = Head::of(bytes, WINDOW);
        if head.is_empty() {
            return Err(DetectError::Empty);
        }
        let by =
            |head: &Head<'_>| Self::ALL.iter().copied().find(|format| (format.reader().recognises)(head));
        if let Some(format) = by(&head) {
            return Ok(format);
        }
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(DetectError::Utf16);
        }
        // The member that tells the format may stand at the end of a long document.
        by(&Head::of(bytes, bytes.len())).ok_or(DetectError::Unknown)
    }
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
    read_recognised(bytes, source, format, limits, &|_| true)
}

/// Reads an inventory, and of a format whose rows stand alone, which is CSV, only what something recognises.
///
/// # Errors
/// As [`read`].
pub fn read_recognised(
    bytes: &[u8],
    source: &str,
    format: Option<Format>,
    limits: &Limits,
    recognises: Recognises<'_>,
) -> Result<Inventory, DetectError> {
    let format = match format {
        Some(_) if bytes.is_empty() => return Err(DetectError::Empty),
        Some(format) => format,
        None => Format::of(bytes)?,
    };
    Ok(match format {
        Format::Csv => csv::read_recognised(bytes, source, limits, recognises),
        other => (other.reader().read)(bytes, source, limits),
    })
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
            assert_eq!(read(b"", "x", Some(*format), &Limits::STANDARD), Err(DetectError::Empty));
        }
    }

    #[test]
    fn no_byte_of_a_binary_database_panics_any_reader() {
        let sample = super::super::rpm::sample();
        assert_eq!(Format::of(&sample), Ok(Format::RpmSqlite));
        for end in 0..sample.len() {
            let mut bytes = sample.clone();
            if let Some(slot) = bytes.get_mut(end) {
                *slot ^= 0xff;
            }
            let _ = read(&bytes, "x", Some(Format::RpmSqlite), &Limits::STANDARD);
            let _ = read(sample.get(..end).unwrap(), "x", Some(Format::RpmSqlite), &Limits::STANDARD);
        }
        for format in Format::ALL {
            let _ = read(&sample, "x", Some(*format), &Limits::STANDARD);
        }
    }

    #[test]
    fn no_prefix_of_a_document_and_no_changed_byte_panics() {
        let samples = [
            "Package: a\nStatus: install ok installed\nVersion: 1\n\nPackage: b\n",
            "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{\"name\":\"a\",\"purl\":\"pkg:deb/d/a@1\"}]}",
            "name,version,purl,cpe\na,1,pkg:deb/d/a@1,cpe:2.3:a:b:c\n",
            "+++-====-====\nii  ab:x 1 amd64 x\nab\t1\n",
            "a-1-1.noarch\nrpm\ta\t1\t1\t1\tx\tv\tp\ta-1-1.src.rpm\n",
            "C:Q1\nP:a\nV:1\no:b\nm:c <d>\n\nP:b\nV:2\n",
            "%NAME%\na\n\n%VERSION%\n1\n\n%NAME%\nb\n",
            "[Application]\nname=a.b.C\nruntime=d\n",
            "{\"data\":{\"snaps\":{\"a\":{\"current\":\"1\"}}},\"changes\":{},\"tasks\":{}}",
            "name: a\nversion: '1'\nsummary: x\n",
            "Metadata-Version: 2.1\nName: a\nVersion: 1\nAuthor: b <c>\n\nd\n",
            "{\"name\":\"@s/a\",\"version\":\"1\",\"main\":\"x\",\"author\":{\"name\":\"b\"}}",
            "{\"lockfileVersion\":3,\"packages\":{\"node_modules/a\":{\"version\":\"1\"}}}",
        ];
        for sample in samples {
            for end in 0..sample.len() {
                for byte in [0, b'"', b'\n', 0xff, b'%', b':'] {
                    let mut bytes = sample.as_bytes().to_vec();
                    if let Some(slot) = bytes.get_mut(end) {
                        *slot = byte;
                    }
                    for format in Format::ALL {
                        let _ = read(&bytes, "x", Some(*format), &Limits::STANDARD);
                        let _ = read(bytes.get(..end).unwrap(), "x", Some(*format), &Limits::STANDARD);
                    }
                    let _ = Format::of(&bytes);
                }
            }
        }
    }
}
