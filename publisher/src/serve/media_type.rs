//! What a file is, by its name: media type, whether gzip helps, and for how long it stays the same.
//!
//! Invariant: the answer depends on the path alone, so that every mirror gives the same one.

use super::limits::{IMMUTABLE, REVALIDATE};

/// A media type as it stands in `Content-Type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MediaType {
    pub(crate) name: &'static str,
    /// Whether the format is text, which gzip shortens.
    pub(crate) compressible: bool,
}

/// The media type of a path, by the ending of its last component, whatever its case.
pub(crate) fn media_type(path: &str) -> MediaType {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let (name, compressible) = match ending.to_ascii_lowercase().as_str() {
        "json" => ("application/json", true),
        "jsonl" => ("application/jsonl", true),
        "html" | "htm" => ("text/html; charset=utf-8", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "md" => ("text/markdown; charset=utf-8", true),
        "csv" => ("text/csv; charset=utf-8", true),
        "xml" => ("application/xml", true),
        "pdf" => ("application/pdf", false),
        "gz" => ("application/gzip", false),
        "zip" => ("application/zip", false),
        "xlsx" => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false),
        _ => ("application/octet-stream", false),
    };
    MediaType { name, compressible }
}

/// How long an answer may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// The name contains the version or the digest of its content (TUF 1.0.34, 6.2, consistent snapshots).
    Immutable,
    /// `timestamp.json`, and everything that is not named so.
    Revalidate,
}

impl Lifetime {
    /// The lifetime of a path below the root.
    pub(crate) fn of(path: &str) -> Self {
        let fixed = match path.split_once('/') {
            Some(("metadata", name)) => is_versioned_metadata(name),
            Some(("targets", name)) => is_digest_named(name),
            _ => false,
        };
        if fixed { Self::Immutable } else { Self::Revalidate }
    }

    /// As `Cache-Control` says it.
    pub(crate) fn cache_control(self) -> &'static str {
        match self {
            Self::Immutable => IMMUTABLE,
            Self::Revalidate => REVALIDATE,
        }
    }
}

/// `12.targets.json`: a version without leading zeros, a role name, the ending.
fn is_versioned_metadata(name: &str) -> bool {
    let Some((version, rest)) = name.split_once('.') else { return false };
    let Some(role) = rest.strip_suffix(".json") else { return false };
    let is_version = version.bytes().all(|byte| byte.is_ascii_digit()) && !version.is_empty();
    let is_role = role.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_version && !version.starts_with('0') && is_role && !role.is_empty()
}

/// `<sha256>.name`, or with a SHA-512; lower-case hexadecimal as TUF writes it.
fn is_digest_named(name: &str) -> bool {
    let Some((digest, rest)) = name.split_once('.') else { return false };
    let is_hex = digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_hex && matches!(digest.len(), 64 | 128) && !rest.is_empty() && !rest.contains('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_media_types_of_what_is_published() {
        for (path, name) in [
            ("metadata/1.root.json", "application/json"),
            ("a.JSON", "application/json"),
            ("a/b.pdf", "application/pdf"),
            ("b.html", "text/html; charset=utf-8"),
            ("b.txt", "text/plain; charset=utf-8"),
            ("b.md", "text/markdown; charset=utf-8"),
            ("b.json.gz", "application/gzip"),
            ("b.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("json", "application/octet-stream"),
            ("a.json/b", "application/octet-stream"),
            ("b.exe", "application/octet-stream"),
        ] {
            assert_eq!(media_type(path).name, name, "{path}");
        }
        assert!(!media_type("b.gz").compressible);
    }

    #[test]
    fn calls_only_versioned_names_immutable() {
        let digest = "0123456789abcdef".repeat(4);
        for path in [
            "metadata/1.root.json".to_owned(),
            "metadata/12.targets.json".to_owned(),
            "metadata/3.vendor_responses-2.json".to_owned(),
            format!("targets/{digest}.BOD-17-01.1.json"),
            format!("targets/{digest}{digest}.x"),
        ] {
            assert_eq!(Lifetime::of(&path), Lifetime::Immutable, "{path}");
        }
        for path in [
            "metadata/timestamp.json".to_owned(),
            "metadata/root.json".to_owned(),
            "metadata/01.root.json".to_owned(),
            "metadata/1.root".to_owned(),
            "metadata/1..json".to_owned(),
            "metadata/.json".to_owned(),
            "metadata/1.a.b.json".to_owned(),
            "metadata/deep/1.root.json".to_owned(),
            "1.root.json".to_owned(),
            "targets/BOD-17-01.1.json".to_owned(),
            format!("targets/{digest}"),
            format!("targets/{digest}."),
            format!("targets/{}.x", digest.to_uppercase()),
            format!("targets/{}.x", &digest.trim_end_matches('f')),
            format!("other/{digest}.x"),
        ] {
            assert_eq!(Lifetime::of(&path), Lifetime::Revalidate, "{path}");
        }
    }
}
