//! Package URLs: `pkg:type/namespace/name@version?qualifiers#subpath` (ECMA-427, 1st edition).
//!
//! Every [`Purl`] is canonical: type in lower case, the letter case of its parts as its type compares them, qualifiers
//! sorted and not empty. So equality of values is equality of packages, and [`Display`](fmt::Display) writes the
//! canonical text. Not here: the order of versions (see [`super::version`]).

mod error;
mod namespace;
mod parse;
mod types;

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use super::answer::{Answer, Reason};
use super::version::{Keys, Scheme};
use super::versions::{Versions, same};
use parse::Manner;

pub use error::{PurlError, PurlRule};
pub use namespace::PurlNamespace;
pub use types::canonical_name;

/// A canonical package URL.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Purl {
    package_type: String,
    namespace: Option<String>,
    name: String,
    version: Option<String>,
    qualifiers: BTreeMap<String, String>,
    subpath: Option<String>,
}

impl Purl {
    /// Reads a package URL by every rule of its type. For what an authority writes.
    ///
    /// # Errors
    /// The byte and the rule that is broken.
    pub fn parse(text: &str) -> Result<Self, PurlError> {
        parse::parse(text, Manner::Strict)
    }

    /// Reads a package URL as tools write them: keys in any letter case, and namespaces and qualifiers that the type
    /// asks for or forbids left as they are. For inventories.
    ///
    /// # Errors
    /// The byte and the rule that is broken.
    pub fn parse_lenient(text: &str) -> Result<Self, PurlError> {
        parse::parse(text, Manner::Lenient)
    }

    /// Builds a package URL of its parts. Empty means absent.
    ///
    /// # Errors
    /// The rule that a part breaks.
    pub fn build(
        package_type: &str,
        namespace: Option<&str>,
        name: &str,
        version: Option<&str>,
        qualifiers: BTreeMap<String, String>,
        subpath: Option<&str>,
    ) -> Result<Self, PurlError> {
        parse::build(Self {
            package_type: package_type.into(),
            namespace: namespace.map(Into::into),
            name: name.into(),
            version: version.map(Into::into),
            qualifiers,
            subpath: subpath.map(Into::into),
        })
    }

    /// The type, in lower case: `deb`, `npm`.
    pub fn package_type(&self) -> &str {
        &self.package_type
    }

    /// The namespace: a distribution, a group, an owner; its segments joined by `/`.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The name. Never empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version, decoded.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The qualifiers, sorted by key, decoded.
    pub fn qualifiers(&self) -> &BTreeMap<String, String> {
        &self.qualifiers
    }

    /// The path inside the package, its segments joined by `/`.
    pub fn subpath(&self) -> Option<&str> {
        self.subpath.as_deref()
    }

    /// The version as the type's scheme orders it: of rpm with the epoch, which a package URL has among its qualifiers.
    pub fn ordered_version(&self) -> Option<Cow<'_, str>> {
        let version = self.version()?;
        let epoch =
            self.qualifiers.get("epoch").filter(|_| self.package_type == "rpm" && !version.contains(':'));
        Some(epoch.map_or(Cow::Borrowed(version), |epoch| Cow::Owned(format!("{epoch}:{version}"))))
    }

    /// Whether this rule, with these versions, recognises a component.
    ///
    /// Type, namespace and name are compared exactly. Qualifiers count only where the rule has them. A rule for a
    /// distribution's package type (deb, rpm, apk, alpm, qpkg) without a namespace means every distribution. A version
    /// inside the rule's URL means that version, besides `versions`: the same text, or equal as the type orders them.
    pub fn matches(&self, versions: &Versions, component: &Self) -> Answer {
        self.matches_by(versions, component, &mut Keys::default())
    }

    /// [`matches`](Self::matches), by keys that were made for other rules or are made for this one.
    pub fn matches_by(&self, versions: &Versions, component: &Self, keys: &mut Keys) -> Answer {
        if self.package_type != component.package_type || self.name != component.name {
            return Answer::NoMatch;
        }
        let scheme = Scheme::of_package_type(&self.package_type);
        let distribution = types::rules_of(&self.package_type).namespace == types::Namespace::Distribution;
        let namespace = match (&self.namespace, &component.namespace) {
            (None, Some(_)) if distribution => Answer::Match,
            (Some(_), None) if distribution => Answer::Unknown(Reason::NamespaceAbsent),
            (wanted, found) => Answer::when(wanted == found),
        };
        let subpath = Answer::when(self.subpath.is_none() || self.subpath == component.subpath);
        let version = match (self.version.as_deref(), component.version()) {
            (None, _) => Answer::Match,
            (Some(_), None) => Answer::Unknown(Reason::VersionAbsent),
            (Some(_), Some(_)) => {
                let (wanted, found) = (self.ordered_version(), component.ordered_version());
                same(&wanted.unwrap_or_default(), &found.unwrap_or_default(), scheme, keys)
            }
        };
        let among = versions.contain_by(component.ordered_version().as_deref(), scheme, keys);
        let mut answer = namespace.and(subpath).and(version).and(among);
        for (key, wanted) in &self.qualifiers {
            answer = answer.and(match component.qualifiers.get(key) {
                Some(found) => Answer::when(found == wanted),
                None => Answer::Unknown(Reason::QualifierAbsent),
            });
        }
        answer
    }
}

impl FromStr for Purl {
    type Err = PurlError;

    fn from_str(text: &str) -> Result<Self, PurlError> {
        Self::parse(text)
    }
}

impl fmt::Debug for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkg:{}/", self.package_type)?;
        if let Some(namespace) = &self.namespace {
            segments(f, namespace)?;
            f.write_str("/")?;
        }
        // A repository's name is the path at its host.
        if self.package_type == "git" {
            segments(f, &self.name)?;
        } else {
            encode(f, &self.name)?;
        }
        if let Some(version) = &self.version {
            f.write_str("@")?;
            encode(f, version)?;
        }
        for (index, (key, value)) in self.qualifiers.iter().enumerate() {
            write!(f, "{}{key}=", if index == 0 { '?' } else { '&' })?;
            encode(f, value)?;
        }
        if let Some(subpath) = &self.subpath {
            f.write_str("#")?;
            segments(f, subpath)?;
        }
        Ok(())
    }
}

fn segments(f: &mut fmt::Formatter<'_>, path: &str) -> fmt::Result {
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            f.write_str("/")?;
        }
        encode(f, segment)?;
    }
    Ok(())
}

/// Percent-encoding (ECMA-427, 5.4): letters, digits, `.-_~` and `:` stay.
fn encode(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b':') {
            write!(f, "{}", char::from(byte))?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
