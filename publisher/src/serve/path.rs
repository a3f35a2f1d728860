//! What a request's path asks for, decided on the text alone.
//!
//! Here: percent decoding (RFC 3986 section 2.1, once) and the grammar of what we serve. Not here:
//! whether the file exists, and symbolic links (`tree.rs`).
//!
//! Invariant: a [`RequestPath`] is one or more components joined by `/`; none is empty, starts with a
//! dot, or contains a slash, a backslash, NUL or another control character.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::limits::MAX_PATH_COMPONENTS;

/// A path below the root, without the leading slash: `metadata/timestamp.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestPath<'uri>(Cow<'uri, str>);

/// Why a path is not looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PathRefusal {
    /// Not a path that any file of ours could have: a broken escape, a control character, a backslash,
    /// an encoded slash, bytes that are not UTF-8. Answered 400.
    Malformed,
    /// A well-formed name that is never served: a directory, `.` and `..`, dot files, an empty component,
    /// too deep. Answered 404, as if absent.
    Unserved,
}

impl<'uri> RequestPath<'uri> {
    /// Reads the path of a request target (no query), still percent-encoded.
    ///
    /// # Errors
    /// [`PathRefusal`], `Malformed` before `Unserved` when both hold.
    pub(super) fn parse(raw: &'uri str) -> Result<Self, PathRefusal> {
        let below = raw.strip_prefix('/').ok_or(PathRefusal::Malformed)?;
        let decoded = decode(below)?;
        if decoded.bytes().any(|byte| byte.is_ascii_control() || byte == b'\\') {
            return Err(PathRefusal::Malformed);
        }
        if decoded.split('/').count() > MAX_PATH_COMPONENTS {
            return Err(PathRefusal::Unserved);
        }
        if decoded.split('/').any(|component| component.is_empty() || component.starts_with('.')) {
            return Err(PathRefusal::Unserved);
        }
        Ok(Self(decoded))
    }

    /// A path that has been read from a request before: the name of a file in memory.
    pub(super) fn known(path: &'uri str) -> Self {
        Self(Cow::Borrowed(path))
    }

    /// The same path with something at its end.
    pub(super) fn with(&self, ending: &str) -> RequestPath<'static> {
        RequestPath(Cow::Owned(format!("{}{ending}", self.0)))
    }

    /// The whole path, without a leading slash.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The path of the folder, `None` for the root, and the name of the file in it.
    pub(super) fn split(&self) -> (Option<&str>, &str) {
        match self.0.rsplit_once('/') {
            Some((folder, name)) => (Some(folder), name),
            None => (None, &self.0),
        }
    }
}

fn decode(below: &str) -> Result<Cow<'_, str>, PathRefusal> {
    if !below.contains('%') {
        return Ok(Cow::Borrowed(below));
    }
    for escape in below.split('%').skip(1) {
        let [high, low, ..] = escape.as_bytes() else { return Err(PathRefusal::Malformed) };
        // An encoded slash would join two names into a path, or split one (RFC 3986 section 2.2).
        if !high.is_ascii_hexdigit() || !low.is_ascii_hexdigit() || (*high, low | 0x20) == (b'2', b'f') {
            return Err(PathRefusal::Malformed);
        }
    }
    percent_decode_str(below).decode_utf8().map_err(|_| PathRefusal::Malformed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn takes_a_path_apart_into_folder_and_file() {
        assert_eq!(RequestPath::parse("/a/b/c.json").unwrap().split(), (Some("a/b"), "c.json"));
        assert_eq!(RequestPath::parse("/c.json").unwrap().split(), (None, "c.json"));
    }

    #[test]
    fn decodes_escapes_exactly_once() {
        assert_eq!(RequestPath::parse("/metadata/%31.root%2Ejson").unwrap().as_str(), "metadata/1.root.json");
        assert_eq!(RequestPath::parse("/%252e%252e/x").unwrap().as_str(), "%2e%2e/x");
        assert_eq!(RequestPath::parse("/stra%C3%9Fe.txt").unwrap().as_str(), "straße.txt");
    }

    #[test]
    fn does_not_serve_names_that_climb_hide_or_stay_empty() {
        for raw in [
            "/",
            "//",
            "/a/",
            "/a//b",
            "/.",
            "/..",
            "/../etc/passwd",
            "/a/../b",
            "/%2e%2e/etc/passwd",
            "/%2E/x",
            "/.%2e/x",
            "/.git/config",
            "/a/.hidden",
            "/...",
        ] {
            assert_eq!(RequestPath::parse(raw), Err(PathRefusal::Unserved), "{raw}");
        }
    }

    #[test]
    fn refuses_malformed_paths() {
        for raw in [
            "",
            "a",
            "*",
            "/%",
            "/%4",
            "/%zz",
            "/a%00b",
            "/a%0ab",
            "/a%7f",
            "/a\\b",
            "/a%5cb",
            "/..%5c..%5cx",
            "/a%2fb",
            "/%2e%2e%2Fetc",
            "/%ff",
            "/%c0%ae%c0%ae/x",
        ] {
            assert_eq!(RequestPath::parse(raw), Err(PathRefusal::Malformed), "{raw}");
        }
    }

    #[test]
    fn serves_paths_of_the_greatest_depth_and_no_deeper() {
        let deepest = "/a".repeat(MAX_PATH_COMPONENTS);
        assert!(RequestPath::parse(&deepest).is_ok());
        assert_eq!(RequestPath::parse(&format!("{deepest}/a")), Err(PathRefusal::Unserved));
    }
}
