//! Which versions a rule means: every one, one exactly, or a range of a scheme.
//!
//! A range is compiled when it is read, so that a version costs one key and a look-up. Where versions cannot be
//! compared (another kind of package, a version that its scheme cannot read, a scheme that is not known here) the
//! answer is unknown, never "outside". Not here: ranges themselves ([`VersionRange`]).

use alloc::format;
use alloc::string::{String, ToString as _};

use super::answer::{Answer, Reason};
use super::version::{Keys, RangeError, RangeRule, Scheme, VersionError, VersionRange, VersionRule, blank};

/// The versions of a product that a rule means.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Versions {
    /// Every version, and a component without one: `*`, `vers:<scheme>/*`, or nothing said.
    Any,
    /// This version: the same text, or one that the scheme of the component holds equal.
    Exactly(String),
    /// The versions of a range.
    Range(VersionRange),
    /// A range in a scheme that this version of the program does not know.
    Unsupported {
        /// The scheme as written.
        scheme: String,
        /// The range as written.
        range: String,
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
    /// A blank or control character.
    #[error("found a blank or control character, wanted none")]
    Character,
    /// A constraint where no scheme is known.
    #[error("found a comparator and no scheme, wanted `vers:<scheme>/<constraint>|…`")]
    NoScheme,
    /// A range in the scheme of another kind of package.
    #[error("found a range of {found} versions, wanted one of {wanted} versions")]
    OtherScheme {
        /// The scheme of the range.
        found: Scheme,
        /// The scheme of the package's kind.
        wanted: Scheme,
    },
    /// Not a version of its package's kind.
    #[error("not a version of {scheme}: {rule}")]
    Version {
        /// The scheme of the package's kind.
        scheme: Scheme,
        /// The rule that is broken.
        rule: VersionRule,
    },
    /// Not a range.
    #[error(transparent)]
    Range(#[from] RangeRule),
}

impl Versions {
    /// Reads `*`, a plain version, or `vers:<scheme>/<constraint>|…` beside an identifier that names no kind of package.
    ///
    /// # Errors
    /// As [`parse_for`](Self::parse_for).
    pub fn parse(text: &str) -> Result<Self, VersionsError> {
        Self::parse_for(text, None)
    }

    /// Reads versions beside an identifier for packages of a kind whose versions have this scheme. There, constraints need
    /// no `vers:<scheme>/` before them.
    ///
    /// # Errors
    /// The byte and the rule that is broken. A scheme that is not known is none: [`Versions::Unsupported`].
    pub fn parse_for(text: &str, scheme: Option<Scheme>) -> Result<Self, VersionsError> {
        let wrong = |at, rule| Err(VersionsError { at, rule });
        if text.is_empty() {
            return wrong(0, VersionsRule::Empty);
        }
        if text == "*" {
            return Ok(Self::Any);
        }
        if let Some(at) = blank(text) {
            return wrong(at, VersionsRule::Character);
        }
        if text.starts_with("vers:") {
            return Self::range(text, 0, scheme);
        }
        if text.starts_with(['<', '>', '=', '!']) || text.contains('|') {
            let Some(scheme) = scheme else { return wrong(0, VersionsRule::NoScheme) };
            let before = format!("vers:{scheme}/");
            return Self::range(&format!("{before}{text}"), before.len(), Some(scheme));
        }
        match scheme.map(|scheme| (scheme, scheme.key(text))) {
            Some((scheme, Err(VersionError { at, rule }))) => {
                wrong(at, VersionsRule::Version { scheme, rule })
            }
            _ => Ok(Self::Exactly(text.to_string())),
        }
    }

    /// A range of which the first bytes were not written.
    fn range(text: &str, unwritten: usize, wanted: Option<Scheme>) -> Result<Self, VersionsError> {
        let range = match VersionRange::parse(text) {
            Ok(range) => range,
            Err(RangeError { rule: RangeRule::SchemeUnknown, .. }) => {
                let scheme = text.trim_start_matches("vers:").split('/').next().unwrap_or("");
                return Ok(Self::Unsupported { scheme: scheme.to_string(), range: text.to_string() });
            }
            Err(RangeError { at, rule }) => {
                return Err(VersionsError { at: at.saturating_sub(unwritten), rule: rule.into() });
            }
        };
        match (range.scheme(), wanted) {
            (Some(found), Some(wanted)) if !found.orders(wanted) => {
                Err(VersionsError { at: 5, rule: VersionsRule::OtherScheme { found, wanted } })
            }
            _ if range.is_everything() => Ok(Self::Any),
            _ => Ok(Self::Range(range)),
        }
    }

    /// Whether all of other versions are among these.
    pub fn cover(&self, narrow: &Self) -> bool {
        match (self, narrow) {
            (Self::Any, _) => true,
            (Self::Range(range), Self::Exactly(version)) => range.contains(version) == Answer::Match,
            (Self::Range(wide), Self::Range(narrow)) => {
                wide.scheme() == narrow.scheme() && wide.intervals().include(narrow.intervals())
            }
            (wide, narrow) => wide == narrow,
        }
    }

    /// Whether no version is among both; `scheme` is that of the package's kind, where one is known.
    pub fn is_apart_from(&self, other: &Self, scheme: Option<Scheme>) -> bool {
        match (self, other) {
            (Self::Exactly(version), Self::Exactly(second)) => {
                self.contain_for(Some(second), scheme) == Answer::NoMatch
                    && other.contain_for(Some(version), scheme) == Answer::NoMatch
            }
            (Self::Range(range), Self::Exactly(version)) | (Self::Exactly(version), Self::Range(range)) => {
                range.contains(version) == Answer::NoMatch
            }
            (Self::Range(one), Self::Range(other)) => {
                one.scheme() == other.scheme() && !one.intervals().meet(other.intervals())
            }
            _ => false,
        }
    }

    /// Whether a component's version is among them, where nothing is known of its kind.
    pub fn contain(&self, version: Option<&str>) -> Answer {
        self.contain_for(version, None)
    }

    /// Whether the version of a component of a kind with this scheme is among them.
    pub fn contain_for(&self, version: Option<&str>, scheme: Option<Scheme>) -> Answer {
        self.contain_by(version, scheme, &mut Keys::default())
    }

    /// [`contain_for`](Self::contain_for), by keys that were made for other rules or are made for this one.
    pub fn contain_by(&self, version: Option<&str>, scheme: Option<Scheme>, keys: &mut Keys) -> Answer {
        match (self, version) {
            (Self::Any, _) => Answer::Match,
            (_, None) => Answer::Unknown(Reason::VersionAbsent),
            (Self::Exactly(wanted), Some(found)) => same(wanted, found, scheme, keys),
            (Self::Range(range), Some(found)) => match (range.scheme(), scheme) {
                (Some(of_range), Some(of_component)) if !of_range.orders(of_component) => {
                    Answer::Unknown(Reason::SchemeDiffers)
                }
                _ => range.contains_by(found, keys),
            },
            (Self::Unsupported { .. }, Some(_)) => Answer::Unknown(Reason::SchemeUnsupported),
        }
    }
}

/// Whether a component's version is the one wanted: the same text, or equal in the scheme. Where a scheme has releases of
/// one version and the rule names none, every release is wanted.
pub(super) fn same(wanted: &str, found: &str, scheme: Option<Scheme>, keys: &mut Keys) -> Answer {
    let Some(scheme) = scheme.filter(|_| wanted != found) else { return Answer::when(wanted == found) };
    // A version that only the rule calls so is no other's; one that only the component calls so may be any.
    let Ok((first, last)) = scheme.span(wanted) else { return Answer::NoMatch };
    match keys.of(scheme, found) {
        Ok(key) => Answer::when((&first..=&last).contains(&key)),
        Err(_) => Answer::Unknown(Reason::VersionUnreadable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_means_every_version_and_none() {
        for text in ["*", "vers:deb/*", "vers:all/*"] {
            let versions = Versions::parse(text).unwrap();
            assert_eq!(versions, Versions::Any);
            assert_eq!(versions.contain(Some("1")), Answer::Match, "{text}");
            assert_eq!(versions.contain(None), Answer::Match, "{text}");
        }
        let none = Versions::parse("vers:none/*").unwrap();
        assert_eq!(none.contain(Some("1")), Answer::NoMatch);
    }

    #[test]
    fn a_version_is_in_a_range_or_not() {
        let range = Versions::parse("vers:deb/>=1.0|<2.0").unwrap();
        assert_eq!(range.contain(Some("1.10")), Answer::Match);
        assert_eq!(range.contain(Some("0.9")), Answer::NoMatch);
        assert_eq!(range.contain(Some("2.0~rc1")), Answer::Match);
        assert_eq!(range.contain(Some("1.0_x")), Answer::Unknown(Reason::VersionUnreadable));
        assert_eq!(range.contain(None), Answer::Unknown(Reason::VersionAbsent));
    }

    #[test]
    fn one_version_is_the_same_text_or_equal_where_a_scheme_says_so() {
        let exact = Versions::parse("1.0").unwrap();
        assert_eq!(exact.contain(Some("1.0")), Answer::Match);
        assert_eq!(exact.contain(Some("1.00")), Answer::NoMatch);
        assert_eq!(exact.contain_for(Some("0:1.00-0"), Some(Scheme::Deb)), Answer::Match);
        assert_eq!(exact.contain_for(Some("1.0-1"), Some(Scheme::Deb)), Answer::NoMatch);
        assert_eq!(exact.contain_for(Some("1.0-1"), Some(Scheme::Rpm)), Answer::Match);
        let unreadable = Answer::Unknown(Reason::VersionUnreadable);
        assert_eq!(exact.contain_for(Some("1 0"), Some(Scheme::Deb)), unreadable);
        let odd = Versions::parse("latest").unwrap();
        assert_eq!(odd.contain_for(Some("1.0"), Some(Scheme::Pypi)), Answer::NoMatch);
        assert_eq!(odd.contain_for(Some("latest"), Some(Scheme::Pypi)), Answer::Match);
    }

    #[test]
    fn a_range_of_another_kind_of_version_is_unknown_rather_than_no() {
        let range = Versions::parse("vers:deb/<2.0").unwrap();
        assert_eq!(range.contain_for(Some("3.0"), Some(Scheme::Rpm)), Answer::Unknown(Reason::SchemeDiffers));
        assert_eq!(range.contain_for(Some("3.0"), Some(Scheme::Deb)), Answer::NoMatch);
        let range = Versions::parse("vers:semver/<2.0.0").unwrap();
        assert_eq!(range.contain_for(Some("3.0.0"), Some(Scheme::Npm)), Answer::NoMatch);
        assert_eq!(
            range.contain_for(Some("1.0-1"), Some(Scheme::Deb)),
            Answer::Unknown(Reason::SchemeDiffers)
        );
        let unknown = Versions::parse("vers:generic/<2.0").unwrap();
        assert_eq!(unknown.contain(Some("1.0")), Answer::Unknown(Reason::SchemeUnsupported));
        assert_eq!(unknown.contain(None), Answer::Unknown(Reason::VersionAbsent));
    }

    #[test]
    fn constraints_need_no_scheme_beside_a_package_of_a_known_kind() {
        let written = Versions::parse("vers:deb/>=1.0|<2.0").unwrap();
        assert_eq!(Versions::parse_for(">=1.0|<2.0", Some(Scheme::Deb)), Ok(written));
        let other = VersionsRule::OtherScheme { found: Scheme::Rpm, wanted: Scheme::Deb };
        for (text, at, rule) in [
            (">=1.0|<2_0", 8, VersionsRule::Range(RangeRule::Version(VersionRule::Character))),
            (">=1.0|", 6, VersionsRule::Range(RangeRule::TrailingPipe)),
            ("1_0", 1, VersionsRule::Version { scheme: Scheme::Deb, rule: VersionRule::Character }),
            ("vers:rpm/<2.0", 5, other),
        ] {
            assert_eq!(
                Versions::parse_for(text, Some(Scheme::Deb)),
                Err(VersionsError { at, rule }),
                "{text}"
            );
        }
        for text in ["<2.0", ">=1|<2", "!=1", "=1", "1|2"] {
            let error = VersionsError { at: 0, rule: VersionsRule::NoScheme };
            assert_eq!(Versions::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn says_at_which_byte_a_range_is_wrong() {
        let range = VersionsRule::Range;
        for (text, at, rule) in [
            ("", 0, VersionsRule::Empty),
            ("1. 0", 2, VersionsRule::Character),
            ("vers:deb", 8, range(RangeRule::NoConstraints)),
            ("vers:/1", 5, range(RangeRule::Scheme)),
            ("vers:deb/>=1|", 13, range(RangeRule::TrailingPipe)),
            ("vers:deb/>=1|*", 13, range(RangeRule::StarNotAlone)),
            ("vers:deb/>=2|<1", 13, range(RangeRule::NotSorted)),
        ] {
            assert_eq!(Versions::parse(text), Err(VersionsError { at, rule }), "{text}");
        }
    }
}
