//! A namespace of package URLs: everything that one owner publishes in one ecosystem, `pkg:npm/%40scope` or
//! `pkg:golang/github.com/owner`.
//!
//! Written as a package URL without its name (ECMA-427, 5.4 and 5.6); the specification has no form for it. What lies below
//! it is meant as well, by whole segments, of Maven by whole parts of a group, as both are registered by their beginning.
//! A namespace in which everybody's packages are is refused: a distribution, a forge without an owner, a public suffix.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use super::error::{PurlError, PurlRule};
use super::types::{self, Namespace};
use super::{Purl, parse, segments};
use crate::product::text::is_wild;

/// Hosts at which everybody has repositories: alone they are nobody's.
const FORGES: [&str; 8] = [
    "bitbucket.org",
    "codeberg.org",
    "git.sr.ht",
    "gitee.com",
    "github.com",
    "gitlab.com",
    "gopkg.in",
    "sourceforge.net",
];

/// A type and a namespace, canonical as in a [`Purl`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PurlNamespace {
    package_type: String,
    path: String,
}

impl PurlNamespace {
    /// Reads a type and a namespace: `pkg:npm/%40kaspersky`.
    ///
    /// # Errors
    /// The byte and the rule that is broken; [`PurlRule::NamespaceOfEverybody`] where nobody in particular is meant.
    pub fn parse(text: &str) -> Result<Self, PurlError> {
        let (package_type, path, at) = parse::namespace(text)?;
        let rules = types::rules_of(&package_type);
        let path = match (rules.namespace, path) {
            (Namespace::Prohibited, _) => return parse::wrong(at, PurlRule::NamespaceProhibited),
            (Namespace::Distribution, Some(_)) => return parse::wrong(at, PurlRule::NamespaceOfEverybody),
            (_, None) => return parse::wrong(at, PurlRule::NamespaceMissing),
            (_, Some(path)) => path,
        };
        let path = match path.split_once('/') {
            // As in a package URL: the host, and an owner at it as names of repositories are compared.
            Some((host, owner)) if package_type == "git" => {
                let owner = rules.name(owner.into(), "git", Some(host), &BTreeMap::new());
                format!("{host}/{owner}")
            }
            _ => rules.namespace(path),
        };
        if types::has_one_segment(&package_type) && path.contains('/') {
            return parse::wrong(at, PurlRule::NamespaceSegments);
        }
        if package_type == "npm" && !path.starts_with('@') {
            return parse::wrong(at, PurlRule::NamespaceScope);
        }
        if is_of_everybody(&package_type, &path) {
            return parse::wrong(at, PurlRule::NamespaceOfEverybody);
        }
        Ok(Self { package_type, path })
    }

    /// The type, in lower case.
    pub fn package_type(&self) -> &str {
        &self.package_type
    }

    /// The namespace, decoded, its segments joined by `/`; of `git` the host and the path below it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether a package is in it, or in a namespace below it.
    pub fn matches(&self, component: &Purl) -> bool {
        component.package_type() == self.package_type
            && component.owner().is_some_and(|path| {
                Self::and_above(&self.package_type, &path).any(|above| above == self.path)
            })
    }

    /// A namespace and all above it, the longest first: the [paths](Self::path) of the rules that may mean it.
    pub fn and_above<'p>(package_type: &str, path: &'p str) -> impl Iterator<Item = &'p str> + use<'p> {
        let dots = package_type == "maven";
        core::iter::successors(Some(path), move |path| {
            path.rsplit_once(|c| c == '/' || (dots && c == '.')).map(|(above, _)| above)
        })
    }
}

impl Purl {
    /// Where the package belongs, in the form of [`PurlNamespace::path`]: its namespace, and of `git` the path at the host
    /// above the repository.
    pub fn owner(&self) -> Option<Cow<'_, str>> {
        let namespace = self.namespace()?;
        match self.name().rsplit_once('/') {
            Some((above, _)) if self.package_type() == "git" => {
                Some(Cow::Owned(format!("{namespace}/{above}")))
            }
            _ => Some(Cow::Borrowed(namespace)),
        }
    }

    /// Whether a type's namespaces are distributions, which say nothing of who made a package.
    pub fn has_distributions(package_type: &str) -> bool {
        types::rules_of(package_type).namespace == Namespace::Distribution
    }
}

/// Whether packages of anybody are in a namespace.
fn is_of_everybody(package_type: &str, path: &str) -> bool {
    let everybodys = |host: &str| {
        let suffix = psl::suffix(host.as_bytes()).filter(psl::Suffix::is_known);
        FORGES.contains(&host) || suffix.is_some_and(|suffix| suffix.as_bytes().len() == host.len())
    };
    path.chars().all(|c| is_wild(c) || matches!(c, '@' | '/' | '.'))
        || match package_type {
            "git" | "golang" | "swift" => everybodys(path),
            // A group begins with a domain from its end, `com.example`; some old ones are a single word, as `junit`.
            "maven" => everybodys(&path.split('.').rev().collect::<Vec<_>>().join(".")),
            _ => false,
        }
}

impl FromStr for PurlNamespace {
    type Err = PurlError;

    fn from_str(text: &str) -> Result<Self, PurlError> {
        Self::parse(text)
    }
}

impl fmt::Debug for PurlNamespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for PurlNamespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkg:{}/", self.package_type)?;
        segments(f, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;
    use crate::limits::PURL_LENGTH;

    fn refused(text: &str) -> (usize, PurlRule) {
        let error = PurlNamespace::parse(text).unwrap_err();
        (error.at, error.rule)
    }

    #[test]
    fn is_a_package_url_without_its_name_in_one_spelling() {
        for (text, canonical) in [
            ("pkg:npm/%40kaspersky", "pkg:npm/%40kaspersky"),
            ("pkg:npm/@kaspersky/", "pkg:npm/%40kaspersky"),
            ("PKG://GitHub/Kaspersky", "pkg:github/kaspersky"),
            ("pkg:composer/Kaspersky", "pkg:composer/kaspersky"),
            ("pkg:maven/com.Kaspersky", "pkg:maven/com.Kaspersky"),
            ("pkg:maven/junit", "pkg:maven/junit"),
            ("pkg:golang/github.com//Kaspersky", "pkg:golang/github.com/Kaspersky"),
            ("pkg:golang/kaspersky.com", "pkg:golang/kaspersky.com"),
            ("pkg:git/github.com/Kaspersky", "pkg:git/github.com/kaspersky"),
            ("pkg:git/git.kaspersky.com", "pkg:git/git.kaspersky.com"),
            ("pkg:unheard-of/A%20b", "pkg:unheard-of/A%20b"),
        ] {
            let read = PurlNamespace::parse(text).unwrap();
            assert_eq!(read.to_string(), canonical, "{text}");
            assert_eq!(canonical.parse(), Ok(read), "{text}");
        }
    }

    #[test]
    fn says_at_which_byte_it_is_none() {
        for (text, at, rule) in [
            ("", 0, PurlRule::Scheme),
            ("npm/%40kaspersky", 0, PurlRule::Scheme),
            ("pkg:", 4, PurlRule::TypeMissing),
            ("pkg:n_m/a", 5, PurlRule::TypeCharacter),
            ("pkg:npm", 7, PurlRule::NamespaceMissing),
            ("pkg:npm//", 9, PurlRule::NamespaceMissing),
            ("pkg:npm/kaspersky", 8, PurlRule::NamespaceScope),
            ("pkg:npm/%40kaspersky/sdk", 8, PurlRule::NamespaceSegments),
            ("pkg:npm/%40kaspersky/sdk@1.0", 24, PurlRule::NamespaceAlone),
            ("pkg:npm/%40kaspersky?a=b", 20, PurlRule::NamespaceAlone),
            ("pkg:maven/com.kaspersky#x", 23, PurlRule::NamespaceAlone),
            ("pkg:maven/com.kasper%2", 10 + 10, PurlRule::Percent),
            ("pkg:golang/a%2Fb", 11, PurlRule::SlashInSegment),
            ("pkg:maven/com.\u{7}", 14, PurlRule::Control),
            ("pkg:pypi/kaspersky", 9, PurlRule::NamespaceProhibited),
            ("pkg:pypi", 8, PurlRule::NamespaceProhibited),
        ] {
            assert_eq!(refused(text), (at, rule), "{text}");
        }
        let longest = format!("pkg:x/{}", "a".repeat(PURL_LENGTH - 6));
        assert!(PurlNamespace::parse(&longest).is_ok());
        assert_eq!(refused(&format!("{longest}a")), (PURL_LENGTH, PurlRule::TooLong { limit: PURL_LENGTH }));
    }

    #[test]
    fn refuses_namespaces_that_nobody_owns() {
        for (text, at) in [
            ("pkg:deb/debian", 8),
            ("pkg:rpm/fedora", 8),
            ("pkg:apk/alpine", 8),
            ("pkg:golang/github.com", 11),
            ("pkg:git/gitlab.com", 8),
            ("pkg:swift/github.com", 10),
            ("pkg:golang/co.uk", 11),
            ("pkg:maven/com", 10),
            ("pkg:maven/uk.co", 10),
            ("pkg:maven/com.github", 10),
            ("pkg:npm/%40*", 8),
            ("pkg:github/*", 11),
        ] {
            assert_eq!(refused(text), (at, PurlRule::NamespaceOfEverybody), "{text}");
        }
    }

    #[test]
    fn means_the_packages_in_it_and_below_it_by_whole_parts() {
        for (namespace, package, wanted) in [
            ("pkg:npm/%40kaspersky", "pkg:npm/%40kaspersky/sdk@1.0", true),
            ("pkg:npm/%40kaspersky", "pkg:npm/%40kaspersky-labs/sdk", false),
            ("pkg:npm/%40kaspersky", "pkg:npm/kaspersky", false),
            ("pkg:npm/%40kaspersky", "pkg:composer/%40kaspersky/sdk", false),
            ("pkg:npm/%40Kaspersky", "pkg:npm/%40kaspersky/sdk", false),
            ("pkg:github/Kaspersky", "pkg:github/kaspersky/KLara", true),
            ("pkg:golang/github.com/kaspersky", "pkg:golang/github.com/kaspersky/a", true),
            ("pkg:golang/github.com/kaspersky", "pkg:golang/github.com/kaspersky/a/v2", true),
            ("pkg:golang/github.com/kaspersky", "pkg:golang/github.com/kaspersky", false),
            ("pkg:golang/github.com/kaspersky", "pkg:golang/github.com/kaspersky2/a", false),
            ("pkg:git/github.com/Kaspersky", "pkg:git/github.com/kaspersky/klara", true),
            ("pkg:git/github.com/kaspersky", "pkg:git/github.com/other/kaspersky", false),
            ("pkg:maven/com.kaspersky", "pkg:maven/com.kaspersky/a", true),
            ("pkg:maven/com.kaspersky", "pkg:maven/com.kaspersky.sdk/a", true),
            ("pkg:maven/com.kaspersky", "pkg:maven/com.kasperskylab/a", false),
            ("pkg:npm/%40a.b", "pkg:npm/%40a.b.c/a", false),
        ] {
            let rule = PurlNamespace::parse(namespace).unwrap();
            let package = Purl::parse(package).unwrap();
            assert_eq!(rule.matches(&package), wanted, "{namespace} {package}");
        }
    }
}
