//! Byte ranges (RFC 9110 section 14): one range at a time.
//!
//! Not here: whether `If-Range` lets the range count (`conditional.rs`).

/// The part of a representation that a `Range` field asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it: no range, several ranges, or one that we do not understand. A server may ignore any
    /// range (RFC 9110 section 14.2).
    Whole,
    /// From `first` to `last`, both included, both within the representation.
    Slice {
        /// Offset of the first byte.
        first: u64,
        /// Offset of the last byte.
        last: u64,
    },
    /// Well-formed, and nothing of it exists: 416.
    Unsatisfiable,
}

/// Reads the value of a `Range` field against a representation of `length` bytes.
pub(super) fn part(value: &[u8], length: u64) -> Part {
    parse(value, length).unwrap_or(Part::Whole)
}

fn parse(value: &[u8], length: u64) -> Option<Part> {
    let (unit, set) = str::from_utf8(value).ok()?.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = set.trim_matches([' ', '\t']).split_once('-')?;
    if first.is_empty() {
        let suffix = digits(last)?;
        return Some(match length.checked_sub(1) {
            Some(end) if suffix > 0 => Part::Slice { first: length.saturating_sub(suffix), last: end },
            _ => Part::Unsatisfiable,
        });
    }
    let first = digits(first)?;
    let last = if last.is_empty() { u64::MAX } else { digits(last)? };
    if last < first {
        return None;
    }
    Some(match length.checked_sub(1) {
        Some(end) if first <= end => Part::Slice { first, last: last.min(end) },
        _ => Part::Unsatisfiable,
    })
}

/// A number beyond 64 bits is as good as the largest one: no file is that long.
fn digits(text: &str) -> Option<u64> {
    let well_formed = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_range_and_clips_it_to_the_file() {
        for (value, first, last) in [
            ("bytes=0-0", 0, 0),
            ("bytes=0-9", 0, 9),
            ("bytes=0-10", 0, 9),
            ("bytes=3-", 3, 9),
            ("bytes=9-9", 9, 9),
            ("bytes=-1", 9, 9),
            ("bytes=-10", 0, 9),
            ("bytes=-11", 0, 9),
            ("Bytes= 2-4 ", 2, 4),
            ("bytes=0-99999999999999999999999", 0, 9),
        ] {
            assert_eq!(part(value.as_bytes(), 10), Part::Slice { first, last }, "{value}");
        }
    }

    #[test]
    fn says_when_nothing_of_a_range_exists() {
        for value in ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(part(value.as_bytes(), 10), Part::Unsatisfiable, "{value}");
        }
        for value in ["bytes=0-", "bytes=0-0", "bytes=-5"] {
            assert_eq!(part(value.as_bytes(), 0), Part::Unsatisfiable, "{value} of nothing");
        }
    }

    #[test]
    fn ignores_what_is_not_one_byte_range() {
        for value in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=a-b",
            "bytes=5-4",
            "bytes=0-1,3-4",
            "lines=0-1",
            "bytes=+1-2",
            "bytes=1 -2",
            "bytes=0x1-2",
            "bytes=--1",
        ] {
            assert_eq!(part(value.as_bytes(), 10), Part::Whole, "{value}");
        }
        assert_eq!(part(b"bytes=0-\xff", 10), Part::Whole);
    }
}
