//! The header of a package as rpm's database keeps it (rpm 4.18, "Header format"): an index of tags, and their values.
//!
//! Without the magic number that a package file has. Not here: signatures, regions: an entry counts wherever it stands.

use std::borrow::Cow;

use super::Package;

/// Entries of the index: what rpm itself allows.
const ENTRIES: usize = 0xffff;

/// Bytes of an entry: tag, type, offset, count.
const ENTRY: usize = 16;

/// Why some bytes are no header of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Cut off, or an index that promises more than is there.
    #[error("found {found} bytes, wanted {wanted}")]
    Length {
        /// Bytes found.
        found: usize,
        /// Bytes that the header says.
        wanted: usize,
    },
    /// Too many entries.
    #[error("found {found} entries, wanted at most 65535")]
    Entries {
        /// Entries found.
        found: usize,
    },
    /// A value that is not where the index says, or not of its type.
    #[error("found tag {tag} without a value of its type")]
    Value {
        /// The tag's name in rpm.
        tag: &'static str,
    },
    /// A tag that every package has.
    #[error("found a header without tag {tag}")]
    Missing {
        /// The tag's name in rpm.
        tag: &'static str,
    },
    /// A tag twice.
    #[error("found tag {tag} a second time")]
    Twice {
        /// The tag's name in rpm.
        tag: &'static str,
    },
}

/// The tags that are read, by name and number (rpmtag.h).
const TAGS: [(&str, u32); 8] = [
    ("NAME", 1000),
    ("VERSION", 1001),
    ("RELEASE", 1002),
    ("EPOCH", 1003),
    ("ARCH", 1022),
    ("VENDOR", 1011),
    ("PACKAGER", 1015),
    ("SOURCERPM", 1044),
];

/// A value of a tag. A text is borrowed unless bytes were replaced in it.
enum Value<'a> {
    Text(Cow<'a, str>),
    Number(u32),
}

/// Reads a header.
pub(super) fn read(bytes: &[u8]) -> Result<Package, HeaderError> {
    let found = bytes.len();
    let size = |at| be32(bytes, at).and_then(|size| usize::try_from(size).ok());
    let (Some(entries), Some(length)) = (size(0), size(4)) else {
        return Err(HeaderError::Length { found, wanted: 8 });
    };
    if entries > ENTRIES {
        return Err(HeaderError::Entries { found: entries });
    }
    let begin = 8 + entries * ENTRY;
    let wanted = begin.saturating_add(length);
    let values = bytes.get(begin..wanted).ok_or(HeaderError::Length { found, wanted })?;
    let mut read: [Option<Value<'_>>; TAGS.len()] = Default::default();
    for entry in bytes.get(8..begin).unwrap_or_default().chunks_exact(ENTRY) {
        let number = be32(entry, 0);
        let tags = TAGS.iter().zip(&mut read);
        let Some(((tag, _), slot)) = tags.into_iter().find(|((_, tag), _)| Some(*tag) == number) else {
            continue;
        };
        if slot.is_some() {
            return Err(HeaderError::Twice { tag });
        }
        *slot = Some(value(entry, values).ok_or(HeaderError::Value { tag })?);
    }
    let replaced = read.iter().any(|value| matches!(value, Some(Value::Text(Cow::Owned(_)))));
    let [name, version, release, epoch, arch, vendor, packager, source_rpm] = read;
    let wanted = |value, tag| text(value).ok_or(HeaderError::Missing { tag });
    Ok(Package {
        name: wanted(name, "NAME")?,
        version: wanted(version, "VERSION")?,
        release: wanted(release, "RELEASE")?,
        epoch: match epoch {
            Some(Value::Number(epoch)) => Some(epoch),
            Some(Value::Text(_)) => return Err(HeaderError::Value { tag: "EPOCH" }),
            None => None,
        },
        arch: text(arch),
        vendor: text(vendor),
        packager: text(packager),
        source_rpm: text(source_rpm),
        replaced,
    })
}

/// The value of an entry: of a list the first.
fn value<'a>(entry: &[u8], values: &'a [u8]) -> Option<Value<'a>> {
    let offset = usize::try_from(be32(entry, 8)?).ok()?;
    if be32(entry, 12)? == 0 {
        return None;
    }
    match be32(entry, 4)? {
        4 => be32(values, offset).map(Value::Number),
        // String, list of strings, strings by language.
        6 | 8 | 9 => {
            let rest = values.get(offset..)?;
            let end = rest.iter().position(|byte| *byte == 0)?;
            Some(Value::Text(String::from_utf8_lossy(rest.get(..end)?)))
        }
        _ => None,
    }
}

fn text(value: Option<Value<'_>>) -> Option<String> {
    match value {
        Some(Value::Text(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        _ => None,
    }
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_be_bytes)
}

/// An entry of a test's header: tag, type, value.
#[cfg(test)]
type Entry<'a> = (u32, u32, &'a [u8]);

/// A header of these entries.
#[cfg(test)]
fn header(entries: &[Entry<'_>]) -> Vec<u8> {
    let (mut index, mut values) = (Vec::new(), Vec::new());
    for (tag, kind, value) in entries {
        let offset = u32::try_from(values.len()).expect("a test's header is small");
        index.extend([*tag, *kind, offset, 1].map(u32::to_be_bytes).concat());
        values.extend(*value);
    }
    let sizes =
        [entries.len(), values.len()].map(|size| u32::try_from(size).expect("a small one").to_be_bytes());
    [sizes.concat(), index, values].concat()
}

#[cfg(test)]
fn entries(epoch: Option<&[u8; 4]>) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = vec![
        (63, 7, b"region"),
        (1000, 6, b"kesl\0"),
        (1001, 6, b"11.4.0\0"),
        (1002, 6, b"1135\0"),
        (1011, 6, b"AO Kaspersky Lab\0"),
        (1015, 9, b"Build Service <b@example.org>\0"),
        (1022, 6, b"x86_64\0"),
        (1044, 6, b"kesl-src-11.4.0-1135.src.rpm\0"),
    ];
    entries.extend(epoch.map(|epoch| (1003, 4, &epoch[..])));
    entries
}

/// The header of one package.
#[cfg(test)]
pub(super) fn sample(epoch: Option<u32>) -> Vec<u8> {
    header(&entries(epoch.map(u32::to_be_bytes).as_ref()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    fn the_tags_are_read_by_their_types() {
        let package = read(&sample(Some(7))).unwrap();
        assert_eq!(
            (package.name.as_str(), package.epoch, package.arch.as_deref()),
            ("kesl", Some(7), Some("x86_64"))
        );
        assert_eq!(read(&sample(None)).unwrap().epoch, None);
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_and_told() {
        let mut entries = entries(None);
        entries[1].2 = b"ke\xffsl\0";
        let package = read(&header(&entries)).unwrap();
        assert_eq!((package.name.as_str(), package.replaced), ("ke\u{fffd}sl", true));
        assert!(!read(&sample(None)).unwrap().replaced);
    }

    #[test]
    fn what_is_no_header_is_refused_for_what_it_is() {
        let with = |change: &dyn Fn(&mut Vec<Entry<'static>>)| {
            let mut entries = entries(None);
            change(&mut entries);
            read(&header(&entries))
        };
        assert_eq!(with(&|entries| entries[1].1 = 4), Err(HeaderError::Missing { tag: "NAME" }));
        assert_eq!(with(&|entries| entries[1].1 = 7), Err(HeaderError::Value { tag: "NAME" }));
        assert_eq!(
            with(&|entries| entries.retain(|entry| entry.0 != 1001)),
            Err(HeaderError::Missing { tag: "VERSION" })
        );
        assert_eq!(with(&|entries| entries[3].0 = 1000), Err(HeaderError::Twice { tag: "NAME" }));
        assert_eq!(
            with(&|entries| entries.push((1003, 6, b"1\0"))),
            Err(HeaderError::Value { tag: "EPOCH" })
        );
        assert_eq!(with(&|entries| entries.push((1003, 4, b"1"))), Err(HeaderError::Value { tag: "EPOCH" }));
        assert_eq!(read(&[0; 7]), Err(HeaderError::Length { found: 7, wanted: 8 }));
        for (entries, error) in [
            (0xffff_u32, HeaderError::Length { found: 8, wanted: 8 + 16 * 0xffff }),
            (0x1_0000, HeaderError::Entries { found: 0x1_0000 }),
        ] {
            assert_eq!(read(&[entries, 0].map(u32::to_be_bytes).concat()), Err(error));
        }
        let whole = sample(None);
        for end in 8..whole.len() {
            assert_eq!(read(&whole[..end]), Err(HeaderError::Length { found: end, wanted: whole.len() }));
        }
    }
}
