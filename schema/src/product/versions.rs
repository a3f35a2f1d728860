//! Which versions a rule means.
//!
//! Here are `*`, one exact version, and the outer grammar of a `vers:` range (VERS, ECMA-427 companion). Not here
//! yet: the order of versions, so every other range answers *unknown*; it never answers "outside".

use alloc::string::{String, ToString as _};

use super::answer::{Answer, Reason};

/// The versions of a product that a rule means.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Versions {
    /// Every version, and a component without one: `*`, `vers:<scheme>/*`, or nothing said.
    Any,
    /// This text exactly.
    Exactly(String),
    /// A range that needs the order of a scheme.
    Range {
        /// The scheme: `deb`, `rpm`, `npm` and so on, lower case.
        scheme: String,
        /// The constraints as written.
        constraints: String,
    },
}

/// A text that names no versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {rule}")]
pub struct VersionsError {
    /// Byte where the rule is broken.
    pub at: usize,
    /// The rule that is broken.
    pub rule: VersionsRule,
}

/// What `vers:` and plain versions must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VersionsRule {
    /// Nothing there.
    #[error("found nothing, wanted a version, a `vers:` range or `*`")]
    Empty,
    /// The scheme's characters.
    #[error("found a scheme with other characters, wanted lower-case letters, digits, `.` and `-`")]
    Scheme,
    /// No slash after the scheme.
    #[error("found no `/`, wanted `vers:<scheme>/<constraints>`")]
    NoConstraints,
    /// An empty constraint.
    #[error("found an empty constraint, wanted a comparator and a version")]
    EmptyConstraint,
    /// A star beside other constraints.
    #[error("found `*` beside other constraints, wanted `*` alone")]
    StarNotAlone,
    /// A blank or control character.
    #[error("found a blank or control character, wanted none")]
    Character,
}

impl Versions {
    /// Reads `*`, a plain version, or `vers:<scheme>/<constraint>|…`.
    ///
    /// # Errors
    /// The byte and the rule that is broken. Whether a version fits its scheme is not checked.
    pub fn parse(text: &str) -> Result<Self, VersionsError> {
        let wrong = |at, rule| Err(VersionsError { at, rule });
        if text.is_empty() {
            return wrong(0, VersionsRule::Empty);
        }
        if text == "*" {
            return Ok(Self::Any);
        }
        if let Some(at) = text.find(|c: char| c.is_control() || c.is_whitespace()) {
            return wrong(at, VersionsRule::Character);
        }
        let Some(rest) = text.strip_prefix("vers:") else { return Ok(Self::Exactly(text.to_string())) };
        let Some((scheme, constraints)) = rest.split_once('/') else {
            return wrong(text.len(), VersionsRule::NoConstraints);
        };
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
        if scheme.is_empty() || !scheme.chars().all(allowed) {
            return wrong(5, VersionsRule::Scheme);
        }
        if constraints == "*" {
            return Ok(Self::Any);
        }
        let mut at = 5 + scheme.len() + 1;
        for constraint in constraints.split('|') {
            match constraint.trim_start_matches(['<', '>', '=', '!']) {
                "" => return wrong(at, VersionsRule::EmptyConstraint),
                "*" => return wrong(at, VersionsRule::StarNotAlone),
                _ => at += constraint.len() + 1,
            }
        }
        Ok(Self::Range { scheme: scheme.to_string(), constraints: constraints.to_string() })
    }

    /// Whether a component's version is among them.
    pub fn contain(&self, version: Option<&str>) -> Answer {
        match (self, version) {
            (Self::Any, _) => Answer::Match,
            (_, None) => Answer::Unknown(Reason::VersionAbsent),
            (Self::Exactly(wanted), Some(found)) => Answer::when(wanted == found),
            (Self::Range { constraints, .. }, Some(found)) if constraints == found => Answer::Match,
            (Self::Range { .. }, Some(_)) => Answer::Unknown(Reason::SchemeUnsupported),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_means_every_version_and_none() {
        for text in ["*", "vers:deb/*", "vers:all/*"] {
            let versions = Versions::parse(text).unwrap();
            assert_eq!(versions.contain(Some("1")), Answer::Match, "{text}");
            assert_eq!(versions.contain(None), Answer::Match, "{text}");
        }
    }

    #[test]
    fn a_range_is_unknown_rather_than_no() {
        let range = Versions::parse("vers:deb/>=1.0|<2.0").unwrap();
        assert_eq!(range.contain(Some("0.9")), Answer::Unknown(Reason::SchemeUnsupported));
        assert_eq!(range.contain(None), Answer::Unknown(Reason::VersionAbsent));
        let exact = Versions::parse("1.0").unwrap();
        assert_eq!(exact.contain(Some("1.0")), Answer::Match);
        assert_eq!(exact.contain(Some("1.00")), Answer::NoMatch);
    }

    #[test]
    fn says_at_which_byte_a_range_is_wrong() {
        for (text, at, rule) in [
            ("", 0, VersionsRule::Empty),
            ("vers:deb", 8, VersionsRule::NoConstraints),
            ("vers:/1", 5, VersionsRule::Scheme),
            ("vers:Deb/1", 5, VersionsRule::Scheme),
            ("vers:deb/", 9, VersionsRule::EmptyConstraint),
            ("vers:deb/>=1|", 13, VersionsRule::EmptyConstraint),
            ("vers:deb/>=1|*", 13, VersionsRule::StarNotAlone),
            ("1. 0", 2, VersionsRule::Character),
        ] {
            assert_eq!(Versions::parse(text), Err(VersionsError { at, rule }), "{text}");
        }
    }
}
