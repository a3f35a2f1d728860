//! Which format some bytes are in, by their content; and reading them.

use std::io::{self, Read as _};

use super::component::Inventory;
use super::coverage::{Coverage, Place, Problem};
use super::format::Format;
use super::head::{Head, WINDOW};
use super::limits::Limits;
use super::recognise::{Everything, Recognises};
use super::text::count;
use super::{csv, cyclonedx};
use super::{unpack, utf16};

/// Why some bytes are no inventory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DetectError {
    /// Nothing in it.
    #[error("found nothing in it, wanted one of: {}", Format::names())]
    Empty,
    /// None of the known formats.
    #[error("found an unknown format, wanted one of: {}", Format::names())]
    Unknown,
    /// A name of no format.
    #[error("found no format of that name, wanted one of {}", Format::names())]
    Name,
}

impl Format {
    /// Tells the format by the content, in UTF-8, or in UTF-16 with a byte order mark.
    ///
    /// # Errors
    /// Nothing there, or none of the known formats.
    pub fn of(bytes: &[u8]) -> Result<Self, DetectError> {
        Self::of_text(&utf16::decoded(bytes).0)
    }

    fn of_text(bytes: &[u8]) -> Result<Self, DetectError> {
        let head = Head::of(bytes, WINDOW);
        if head.is_empty() {
            return Err(DetectError::Empty);
        }
        let by =
            |head: &Head<'_>| Self::ALL.iter().copied().find(|format| (format.reader().recognises)(head));
        if let Some(format) = by(&head) {
            return Ok(format);
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
    read_recognised(bytes, source, format, limits, &Everything)
}

/// Reads an inventory, and of the formats that may be large, which are CSV and `CycloneDX`, little more than what something recognises.
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
    let (text, broken) = utf16::decoded(bytes);
    let format = match format {
        Some(_) if text.is_empty() => return Err(DetectError::Empty),
        Some(format) => format,
        None => Format::of_text(&text)?,
    };
    let mut inventory = match format {
        Format::Csv => csv::read_recognised(&text, source, limits, recognises),
        Format::CycloneDx => cyclonedx::read_recognised(&text, source, limits, recognises),
        other => (other.reader().read)(&text, source, limits),
    };
    if let (Some(at), Some(coverage)) = (broken, inventory.coverage.first_mut()) {
        coverage.note(Place { row: 0, byte: at }, Problem::Utf16 { at }, limits);
    }
    Ok(inventory)
}

/// Reads an inventory out of a stream as [`read_recognised`] does. A table in UTF-8 that is not packed is read piece by piece, anything
/// else is held in memory. What the stream does not give is in the coverage.
///
/// # Errors
/// As [`read`].
pub fn read_stream(
    mut stream: impl io::Read,
    source: &str,
    format: Option<Format>,
    limits: &Limits,
    recognises: Recognises<'_>,
) -> Result<Inventory, DetectError> {
    let unread = |reason| Inventory {
        coverage: vec![Coverage::unread(source, format, reason)],
        ..Inventory::default()
    };
    // More than the window, so that the beginning tells what the whole would.
    let mut head = Vec::new();
    if let Err(error) = stream.by_ref().take(2 * count(WINDOW)).read_to_end(&mut head) {
        return Ok(unread(Problem::Disk { path: source.to_owned(), kind: error.kind() }));
    }
    let is_plain = !head.is_empty() && !unpack::is_packed(&head) && !utf16::is_marked(&head);
    let found = if is_plain { format.or_else(|| Format::of(&head).ok()) } else { None };
    if found == Some(Format::Csv) {
        let bounded = unpack::Bounded::new(head.as_slice().chain(stream), limits.file_bytes);
        return Ok(csv::read_stream(bounded, source, limits, recognises));
    }
    // Behind the window something may stand that tells otherwise.
    let format = format.or(found.filter(|_| head.len() < WINDOW));
    match unpack::bounded_behind(head, stream, source, limits) {
        Ok(bytes) => read_recognised(&bytes, source, format, limits, recognises),
        Err(reason) => Ok(unread(reason)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::super::coverage::Reading;
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
            ("{\"spdxVersion\":\"SPDX-2.3\"}", Ok(Format::Spdx)),
            ("# a comment\n\nSPDXVersion: SPDX-2.3\n", Ok(Format::SpdxTagValue)),
            ("<bom/>", Err(DetectError::Unknown)),
            ("Package: a\n", Err(DetectError::Unknown)),
            ("hello world\n", Err(DetectError::Unknown)),
        ] {
            assert_eq!(Format::of(text.as_bytes()), format, "{text:?}");
        }
        assert_eq!(Format::of(b"\xff\xfeN\0a\0m\0e\0,\0"), Ok(Format::Csv));
        assert_eq!(Format::of(b"\xff\xfeN\0"), Err(DetectError::Unknown));
        for format in Format::ALL {
            assert_eq!(read(b"", "x", Some(*format), &Limits::STANDARD), Err(DetectError::Empty));
        }
    }

    /// A document of each format, as small as it can be with something of everything in it.
    const SAMPLES: &[(Format, &str)] = &[
        (Format::Dpkg, "Package: a\nStatus: install ok installed\nVersion: 1\n\nPackage: b\n"),
        (
            Format::CycloneDx,
            "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{\"name\":\"a\",\"purl\":\"pkg:deb/d/a@1\"}]}",
        ),
        (
            Format::Spdx,
            r#"{"spdxVersion":"SPDX-2.3","packages":[{"name":"a","supplier":"Person: b (c@d)","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/a@1"}],"checksums":[{"algorithm":"SHA256","checksumValue":"0"}]}],"files":[{"fileName":"/a"}]}"#,
        ),
        (
            Format::SpdxTagValue,
            "# a\nSPDXVersion: SPDX-2.2\nC: <text>a\nb</text>\nPackageName: a\nSPDXID: b\nExternalRef: P purl pkg:npm/a@1\nFileName: /a\n",
        ),
        (
            Format::Osquery,
            r#"{"name":"programs","hostIdentifier":"h","unixTime":1,"epoch":0,"counter":0,"columns":{"name":"a","path":"/a"},"action":"added"}"#,
        ),
        (
            Format::WindowsReg,
            "REGEDIT4\n[HKCU\\CurrentVersion\\Uninstall\\a]\n\"DisplayName\"=\"a\\\"b\"\n\"Publisher\"=hex(2):61,\\\n  00\n",
        ),
        (Format::WindowsPrograms, r#"[{"DisplayName":"a","DisplayVersion":"1","PSPath":"R::HKLM\\a"}]"#),
        (Format::WindowsProgramsCsv, "#TYPE a\n\"DisplayName\",\"PSPath\"\n\"a\",\"R::HKLM\\a\"\n"),
        (Format::WindowsAppx, r#"{"Name":"a","PackageFamilyName":"a_b","Publisher":"CN=a, O=b"}"#),
        (
            Format::MacOs,
            r#"{"SPApplicationsDataType":[{"_name":"a","path":"/a","signed_by":["Developer ID Application: a (2Y8XE5CQ94)"]}],"SPInstallHistoryDataType":[{"_name":"b"}]}"#,
        ),
        (
            Format::Sarif,
            r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"rules":[{"id":"CVE-2017-0144-a","properties":{"purls":["pkg:npm/a@1"]}}]}},"results":[{"ruleId":"CVE-2017-0144-a"}]}]}"#,
        ),
        (
            Format::Grype,
            r#"{"matches":[{"vulnerability":{"id":"CVE-2017-0144"},"artifact":{"name":"a","purl":"pkg:npm/a@1"}}],"source":{"type":"image","target":{"userInput":"a:1"}}}"#,
        ),
        (
            Format::Trivy,
            r#"{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Packages":[{"ID":"i","Name":"a"}],"Vulnerabilities":[{"VulnerabilityID":"CVE-2017-0144","PkgID":"i","PkgName":"a"}]}]}"#,
        ),
        (
            Format::Osv,
            r#"{"results":[{"packages":[{"package":{"name":"a:b","ecosystem":"Maven"},"vulnerabilities":[{"id":"CVE-2017-0144"}]}]}]}"#,
        ),
        (
            Format::JsonLines,
            "{\"format\":\"interdict-inventory/1\",\"host\":\"h\"}\n{\"name\":\"a\",\"path\":[\"/a\"],\"purl\":\"pkg:npm/a@1\"}\n",
        ),
        (Format::DpkgList, "+++-====-====-====-====\nii  ab:x 1 amd64 x\nab\t1\n"),
        (Format::RpmQa, "a-1-1.noarch\nrpm\ta\t1\t1\t1\tx\tv\tp\ta-1-1.src.rpm\n"),
        (Format::Apk, "C:Q1\nP:a\nV:1\no:b\nm:c <d>\n\nP:b\nV:2\n"),
        (Format::Alpm, "%NAME%\na\n\n%VERSION%\n1\n\n%NAME%\nb\n"),
        (Format::Flatpak, "[Application]\nname=a.b.C\nruntime=d\n"),
        (Format::Snap, "{\"data\":{\"snaps\":{\"a\":{\"current\":\"1\"}}},\"changes\":{},\"tasks\":{}}"),
        (Format::Snap, "name: a\nversion: '1'\nsummary: x\n"),
        (Format::Python, "Metadata-Version: 2.1\nName: a\nVersion: 1\nAuthor: b <c>\n\nd\n"),
        (Format::Npm, "{\"name\":\"@s/a\",\"version\":\"1\",\"main\":\"x\",\"author\":{\"name\":\"b\"}}"),
        (Format::Npm, "{\"lockfileVersion\":3,\"packages\":{\"node_modules/a\":{\"version\":\"1\"}}}"),
        (Format::Csv, "name,version,purl,cpe\na,1,pkg:deb/d/a@1,cpe:2.3:a:b:c\n"),
    ];

    #[test]
    fn each_sample_is_claimed_by_its_own_format_and_by_no_other() {
        for (format, sample) in SAMPLES {
            let head = Head::of(sample.as_bytes(), WINDOW);
            let claims = Format::ALL.iter().copied().filter(|format| (format.reader().recognises)(&head));
            assert_eq!(claims.collect::<Vec<_>>(), [*format], "{sample}");
            assert_eq!(Format::of(sample.as_bytes()), Ok(*format));
            let inventory = read(sample.as_bytes(), "x", None, &Limits::STANDARD).unwrap();
            assert!(!inventory.components.is_empty(), "{sample}");
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
    fn a_stream_is_read_as_its_bytes_are() {
        let table = format!("name,version\n{}", "kesl,1\nvim,2\n".repeat(20_000));
        for text in [
            "",
            " ",
            "\u{feff}name,version\nkesl,1",
            "name,version\nkesl,1",
            "hello world\n",
            "Package: a\nStatus: install ok installed\nVersion: 1\n",
            "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{\"name\":\"a\"}]}",
            table.as_str(),
        ] {
            for format in [None, Some(Format::Csv), Some(Format::Dpkg)] {
                let (bytes, limits) = (text.as_bytes(), Limits::STANDARD);
                let streamed = read_stream(bytes, "x", format, &limits, &Everything);
                assert_eq!(streamed, read(bytes, "x", format, &limits), "{format:?}");
            }
        }
    }

    #[test]
    fn a_table_in_utf_16_is_read_out_of_a_stream() {
        let utf16: Vec<u8> =
            "\u{feff}name,version\nkesl,1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for format in [None, Some(Format::Csv)] {
            let read = read_stream(utf16.as_slice(), "x", format, &Limits::STANDARD, &Everything).unwrap();
            assert!(read.is_complete());
            assert_eq!(read.components.first().unwrap().name, "kesl");
        }
    }

    #[test]
    fn a_table_is_read_to_the_limit_and_not_one_byte_beyond() {
        let text = b"name\nkesl\nvi\n";
        for (file_bytes, whole) in [(13, true), (12, false)] {
            let limits = Limits { file_bytes, ..Limits::STANDARD };
            let read = read_stream(&text[..], "x", None, &limits, &Everything).unwrap();
            assert_eq!(read.is_complete(), whole);
            if !whole {
                // It was found before any row was read.
                let reason = Problem::FileTooLong { limit: 12 };
                assert_eq!(read.coverage.first().unwrap().read, Reading::Unread { reason });
            }
        }
    }

    #[test]
    fn no_prefix_of_a_document_and_no_changed_byte_panics() {
        for (own, sample) in SAMPLES {
            for end in 0..sample.len() {
                for byte in [0, b'"', b'\n', 0xff, b'%', b':'] {
                    let mut bytes = sample.as_bytes().to_vec();
                    if let Some(slot) = bytes.get_mut(end) {
                        *slot = byte;
                    }
                    let _ = read(&bytes, "x", Some(*own), &Limits::STANDARD);
                    let _ = read(bytes.get(..end).unwrap(), "x", Some(*own), &Limits::STANDARD);
                    let _ = read(&bytes, "x", None, &Limits::STANDARD);
                    let _ = Format::of(&bytes);
                }
            }
        }
    }

    #[test]
    fn no_format_that_is_asked_for_panics_on_a_document_of_another() {
        for (_, sample) in SAMPLES {
            for format in Format::ALL {
                for end in (0..=sample.len()).step_by(5) {
                    let _ =
                        read(sample.as_bytes().get(..end).unwrap(), "x", Some(*format), &Limits::STANDARD);
                }
            }
        }
    }
}
