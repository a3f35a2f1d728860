//! The name of a file in a repository (TUF 1.0.34, 4.5, TARGETPATH).

use core::fmt;
use core::str::FromStr;

use alloc::string::String;

use percent_encoding::utf8_percent_encode;

use super::role::QUOTED;
use crate::limits::TARGET_PATH_LENGTH;

/// A target path that may be asked for: segments joined by `/`, none of them empty, `.` or `..`, without control
/// characters or backslashes, of at most [`TARGET_PATH_LENGTH`] bytes. So it names something beneath a base, always.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetPath(String);

/// A text that is not a target path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotATargetPath {
    /// Too long.
    #[error("found a target path of {found} bytes, wanted at most {limit}")]
    TooLong {
        /// Bytes found.
        found: usize,
        /// The most allowed.
        limit: usize,
    },
    /// Empty, or with an empty segment: also a leading or a trailing `/`.
    #[error("found an empty segment")]
    EmptySegment,
    /// A segment that leads elsewhere.
    #[error("found a segment . or ..")]
    DotSegment,
    /// A character that must not occur.
    #[error("found the character {found:?}")]
    Character {
        /// The first such character.
        found: char,
    },
}

impl TargetPath {
    /// The path as metadata has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment.
    pub fn base_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Whether every client and every file system takes it: one segment of `[A-Za-z0-9._-]`, no dot in front.
    pub fn is_flat(&self) -> bool {
        !self.0.starts_with('.')
            && self.0.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    }

    /// A file name for this target, percent-encoded, so that it is one segment whatever the path is.
    pub fn file_name(&self) -> String {
        utf8_percent_encode(&self.0, QUOTED).collect()
    }

    /// The path for a request, percent-encoded, with a digest before the last segment where snapshots are consistent.
    pub(super) fn request(&self, digest: Option<&str>) -> String {
        let (directory, base) = match self.0.rsplit_once('/') {
            Some((directory, base)) => (Some(directory), base),
            None => (None, self.0.as_str()),
        };
        let mut out = String::new();
        for segment in directory.into_iter().flat_map(|directory| directory.split('/')) {
            out.extend(utf8_percent_encode(segment, QUOTED));
            out.push('/');
        }
        if let Some(digest) = digest {
            out.extend(utf8_percent_encode(digest, QUOTED));
            out.push('.');
        }
        out.extend(utf8_percent_encode(base, QUOTED));
        out
    }
}

impl FromStr for TargetPath {
    type Err = NotATargetPath;

    fn from_str(text: &str) -> Result<Self, NotATargetPath> {
        if text.len() > TARGET_PATH_LENGTH {
            return Err(NotATargetPath::TooLong { found: text.len(), limit: TARGET_PATH_LENGTH });
        }
        if let Some(found) = text.chars().find(|character| character.is_control() || *character == '\\') {
            return Err(NotATargetPath::Character { found });
        }
        for segment in text.split('/') {
            match segment {
                "" => return Err(NotATargetPath::EmptySegment),
                "." | ".." => return Err(NotATargetPath::DotSegment),
                _ => {}
            }
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for TargetPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> TargetPath {
        text.parse().unwrap()
    }

    #[test]
    fn refuses_what_could_lead_out_of_the_base() {
        for (text, wanted) in [
            ("", NotATargetPath::EmptySegment),
            ("/a", NotATargetPath::EmptySegment),
            ("a//b", NotATargetPath::EmptySegment),
            ("a/", NotATargetPath::EmptySegment),
            ("../a", NotATargetPath::DotSegment),
            ("a/./b", NotATargetPath::DotSegment),
            ("a\\..\\b", NotATargetPath::Character { found: '\\' }),
            ("a\0", NotATargetPath::Character { found: '\0' }),
            ("a\u{85}", NotATargetPath::Character { found: '\u{85}' }),
        ] {
            assert_eq!(text.parse::<TargetPath>(), Err(wanted), "{text:?}");
        }
    }

    #[test]
    fn refuses_one_byte_more_than_the_limit() {
        assert!("a".repeat(TARGET_PATH_LENGTH).parse::<TargetPath>().is_ok());
        assert_eq!(
            "a".repeat(TARGET_PATH_LENGTH + 1).parse::<TargetPath>(),
            Err(NotATargetPath::TooLong { found: TARGET_PATH_LENGTH + 1, limit: TARGET_PATH_LENGTH })
        );
    }

    #[test]
    fn requests_are_quoted_and_carry_the_digest_before_the_last_segment() {
        assert_eq!(path("a b/c?d/é#.json").request(Some("00ff")), "a%20b/c%3Fd/00ff.%C3%A9%23.json");
        assert_eq!(path("a/b.json").request(None), "a/b.json");
        assert_eq!(path("b.json").request(Some("00")), "00.b.json");
    }

    #[test]
    fn a_file_name_is_one_segment_and_stays_apart() {
        for (text, name) in
            [("a/b.txt", "a%2Fb.txt"), ("a%2Fb.txt", "a%252Fb.txt"), ("..a/é", "..a%2F%C3%A9")]
        {
            assert_eq!(path(text).file_name(), name);
        }
    }

    #[test]
    fn flat_names_are_those_that_every_client_takes() {
        assert!(path("BOD-17-01.1.json").is_flat());
        for odd in ["a/b", "a b", ".a", "é", "a~b"] {
            assert!(!path(odd).is_flat(), "{odd}");
        }
    }
}
