//! Container images by name, tag and digest (OCI Distribution Specification 1.1, "Pulling manifests"; the grammar and the
//! defaults are those of the `reference` package of distribution/distribution).
//!
//! A rule without tag and digest means every image of that repository, and none of the repositories below it. A name
//! without a registry is one of `docker.io`, a name of one part there is one of `library`. Not here: what is in an image.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;

use super::answer::{Answer, Reason};
use super::text::{TextError, TextRule, check_text, wrong};
use crate::Sha256;

/// An image. Text form: `docker.io/library/alpine:3.20@sha256:…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Image {
    repository: String,
    tag: Option<String>,
    digest: Option<Sha256>,
}

impl Image {
    /// Reads an image's name, as a rule or as a source has it.
    ///
    /// # Errors
    /// The byte and the rule that is broken.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        check_text(text)?;
        let bare =
            ["docker://", "oci://"].iter().find_map(|scheme| text.strip_prefix(scheme)).unwrap_or(text);
        let at = text.len() - bare.len();
        let (named, digest) = match bare.split_once('@') {
            Some((named, digest)) => {
                let at = at + named.len() + 1;
                let read = digest.strip_prefix("sha256:").and_then(|hex| hex.parse().ok());
                (named, Some(read.ok_or(TextError { at, rule: TextRule::ImageDigest })?))
            }
            None => (bare, None),
        };
        // A colon before a slash is a registry's port.
        let (name, tag) = match named.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (named, None),
        };
        if let Some(tag) = tag {
            let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
            let begins = tag.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            if !begins || tag.len() > 128 || !tag.chars().all(allowed) {
                return wrong(at + name.len() + 1, TextRule::ImageTag);
            }
        }
        let repository = repository(name).ok_or(TextError { at, rule: TextRule::ImageName })?;
        Ok(Self { repository, tag: tag.map(str::to_owned), digest })
    }

    /// Registry and repository: `docker.io/library/alpine`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest of the manifest.
    pub const fn digest(&self) -> Option<&Sha256> {
        self.digest.as_ref()
    }

    /// Whether this rule means an image. A digest decides where both have one; what the rule asks for and the source does
    /// not say is unknown. A source without tag and digest means `latest`.
    pub fn matches(&self, seen: &Self) -> Answer {
        if self.repository != seen.repository {
            return Answer::NoMatch;
        }
        let tag = |wanted: &str| match (seen.tag.as_deref(), seen.digest) {
            (Some(tag), _) => Answer::when(tag == wanted),
            (None, None) => Answer::when(wanted == "latest"),
            // A digest alone does not say which tags point to it.
            (None, Some(_)) => Answer::Unknown(Reason::ImageTagAbsent),
        };
        match (self.digest, seen.digest) {
            (Some(wanted), Some(found)) => Answer::when(wanted == found),
            (Some(_), None) => {
                self.tag.as_deref().map_or(Answer::Match, tag).and(Answer::Unknown(Reason::ImageDigestAbsent))
            }
            (None, _) => self.tag.as_deref().map_or(Answer::Match, tag),
        }
    }
}

fn repository(name: &str) -> Option<String> {
    let first = name.split_once('/');
    // A registry has a dot, a port or is this machine; anything else is a part of Docker Hub's.
    let (registry, path) = match first {
        Some((registry, rest)) if registry.contains(['.', ':']) || registry == "localhost" => {
            (registry.to_ascii_lowercase(), rest)
        }
        _ => ("docker.io".to_owned(), name),
    };
    let registry = if registry == "index.docker.io" || registry == "registry-1.docker.io" {
        "docker.io".to_owned()
    } else {
        registry
    };
    let (host, port) = registry.split_once(':').unwrap_or((&registry, "1"));
    let host_allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    if host.is_empty() || !host.bytes().all(host_allowed) || port.parse::<u16>().is_err() {
        return None;
    }
    let is_part = |text: &str| {
        let edge = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
        edge(text.bytes().next()) && edge(text.bytes().last()) && text.bytes().all(inner)
    };
    if path.is_empty() || !path.split('/').all(is_part) {
        return None;
    }
    let library = if registry == "docker.io" && !path.contains('/') { "library/" } else { "" };
    Some(alloc::format!("{registry}/{library}{path}"))
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@sha256:{digest}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString as _;

    use super::*;

    fn image(text: &str) -> Image {
        Image::parse(text).unwrap()
    }

    // The defaults are those of `docker pull`.
    #[test]
    fn a_name_without_a_registry_is_one_of_docker_hub() {
        for (text, canonical) in [
            ("alpine", "docker.io/library/alpine"),
            ("alpine:3.20", "docker.io/library/alpine:3.20"),
            ("kaspersky/kesl", "docker.io/kaspersky/kesl"),
            ("index.docker.io/alpine", "docker.io/library/alpine"),
            ("docker://Registry.Example:5000/a/b:1", "registry.example:5000/a/b:1"),
            ("localhost/a", "localhost/a"),
        ] {
            assert_eq!(image(text).to_string(), canonical);
            assert_eq!(image(canonical).to_string(), canonical);
        }
    }

    #[test]
    fn a_rule_asks_for_repository_tag_or_digest() {
        let (one, other) = ("a".repeat(64), "b".repeat(64));
        let answer = |rule: &str, seen: &str| image(rule).matches(&image(seen));
        assert_eq!(answer("x/kesl", "x/kesl:11"), Answer::Match);
        assert_eq!(answer("x/kesl", "x/kesl/gui"), Answer::NoMatch);
        assert_eq!(answer("x/kesl", "ghcr.io/x/kesl"), Answer::NoMatch);
        assert_eq!(answer("x/kesl:11", "x/kesl:12"), Answer::NoMatch);
        assert_eq!(answer("x/kesl:latest", "x/kesl"), Answer::Match);
        assert_eq!(
            answer("x/kesl:11", &format!("x/kesl@sha256:{one}")),
            Answer::Unknown(Reason::ImageTagAbsent)
        );
        let digest = format!("x/kesl@sha256:{one}");
        assert_eq!(answer(&digest, &format!("x/kesl:1@sha256:{one}")), Answer::Match);
        assert_eq!(answer(&digest, &format!("x/kesl:1@sha256:{other}")), Answer::NoMatch);
        assert_eq!(answer(&digest, "x/kesl:1"), Answer::Unknown(Reason::ImageDigestAbsent));
        assert_eq!(answer(&format!("x/kesl:2@sha256:{one}"), "x/kesl:1"), Answer::NoMatch);
    }

    #[test]
    fn says_at_which_byte_it_is_none() {
        for (text, at, rule) in [
            ("*", 0, TextRule::ImageName),
            ("A", 0, TextRule::ImageName),
            ("a//b", 0, TextRule::ImageName),
            ("example.org/", 0, TextRule::ImageName),
            ("example.org:x/a", 0, TextRule::ImageName),
            ("a:", 2, TextRule::ImageTag),
            ("a:-1", 2, TextRule::ImageTag),
            ("a@sha256:00", 2, TextRule::ImageDigest),
            ("a@md5:00", 2, TextRule::ImageDigest),
        ] {
            assert_eq!(Image::parse(text), wrong(at, rule), "{text}");
        }
        assert!(Image::parse(&format!("a:{}", "1".repeat(128))).is_ok());
        assert_eq!(Image::parse(&format!("a:{}", "1".repeat(129))), wrong(2, TextRule::ImageTag));
    }
}
