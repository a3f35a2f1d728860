//! The schemes of versions, by name (VERS, "vers types"): which file reads a version of which.

use core::cmp::Ordering;
use core::fmt;

use super::error::VersionError;
use super::key::Key;
use super::order;

/// How versions of one kind of package are written and ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// Alpine: `apk`.
    Apk,
    /// Arch Linux: `alpm`.
    Alpm,
    /// Cargo, which is Semantic Versioning 2.0.0: `cargo`.
    Cargo,
    /// Conan: `conan`.
    Conan,
    /// Moments of RFC 3339: `datetime`.
    Datetime,
    /// Debian: `deb`.
    Deb,
    /// Ruby: `gem`.
    Gem,
    /// Gentoo (PMS): `gentoo`, also written `ebuild`.
    Gentoo,
    /// Go modules, Semantic Versioning behind a `v`: `golang`.
    Golang,
    /// Numbers with dots: `intdot`.
    Intdot,
    /// Texts by their bytes: `lexicographic`.
    Lexicographic,
    /// Maven: `maven`.
    Maven,
    /// nginx, Semantic Versioning by name: `nginx`.
    Nginx,
    /// Node.js, Semantic Versioning with its own ranges: `npm`.
    Npm,
    /// .NET: `nuget`.
    Nuget,
    /// OpenSSL, with letters up to 1.1.1 and Semantic Versioning since 3.0.0: `openssl`.
    Openssl,
    /// Python (PEP 440): `pypi`.
    Pypi,
    /// RPM: `rpm`.
    Rpm,
    /// Semantic Versioning 2.0.0: `semver`.
    Semver,
}

/// Calls a function of [`order`] with the type that reads a scheme's versions.
macro_rules! by_scheme {
    ($scheme:expr, $call:ident($($version:expr),+)) => {
        match $scheme {
            Scheme::Deb => order::$call::<super::deb::Deb>($($version),+),
            Scheme::Apk => order::$call::<super::apk::Apk>($($version),+),
            Scheme::Alpm => order::$call::<super::alpm::Alpm>($($version),+),
            Scheme::Conan => order::$call::<super::conan::Conan>($($version),+),
            Scheme::Datetime => order::$call::<super::datetime::Moment>($($version),+),
            Scheme::Gem => order::$call::<super::gem::Gem>($($version),+),
            Scheme::Gentoo => order::$call::<super::gentoo::Gentoo>($($version),+),
            Scheme::Intdot => order::$call::<super::dotted::Intdot>($($version),+),
            Scheme::Lexicographic => order::$call::<super::lexicographic::Lexicographic>($($version),+),
            Scheme::Maven => order::$call::<super::maven::Maven>($($version),+),
            Scheme::Nginx => order::$call::<super::dotted::Nginx>($($version),+),
            Scheme::Nuget => order::$call::<super::nuget::Nuget>($($version),+),
            Scheme::Openssl => order::$call::<super::openssl::Openssl>($($version),+),
            Scheme::Cargo | Scheme::Semver => order::$call::<super::semver::Semver>($($version),+),
            Scheme::Golang => order::$call::<super::semver::Golang>($($version),+),
            Scheme::Npm => order::$call::<super::semver::Npm>($($version),+),
            Scheme::Pypi => order::$call::<super::pypi::Pypi>($($version),+),
            Scheme::Rpm => order::$call::<super::rpm::Rpm>($($version),+),
        }
    };
}

impl Scheme {
    /// The names of all schemes, for a reader who used another.
    pub const KNOWN: [&'static str; 22] = [
        "all",
        "alpm",
        "apk",
        "cargo",
        "conan",
        "datetime",
        "deb",
        "ebuild",
        "gem",
        "gentoo",
        "golang",
        "intdot",
        "lexicographic",
        "maven",
        "nginx",
        "none",
        "npm",
        "nuget",
        "openssl",
        "pypi",
        "rpm",
        "semver",
    ];

    /// Every scheme with its name on the wire.
    const NAMES: [(&'static str, Self); 20] = [
        ("apk", Self::Apk),
        ("alpm", Self::Alpm),
        ("cargo", Self::Cargo),
        ("conan", Self::Conan),
        ("datetime", Self::Datetime),
        ("deb", Self::Deb),
        ("gem", Self::Gem),
        ("gentoo", Self::Gentoo),
        ("ebuild", Self::Gentoo),
        ("golang", Self::Golang),
        ("intdot", Self::Intdot),
        ("lexicographic", Self::Lexicographic),
        ("maven", Self::Maven),
        ("nginx", Self::Nginx),
        ("npm", Self::Npm),
        ("nuget", Self::Nuget),
        ("openssl", Self::Openssl),
        ("pypi", Self::Pypi),
        ("rpm", Self::Rpm),
        ("semver", Self::Semver),
    ];

    /// The scheme of that name, lower case; none if it is not known here.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, scheme)| *scheme)
    }

    /// The scheme of the versions of a package URL's type, if it is known here.
    pub fn of_package_type(package_type: &str) -> Option<Self> {
        // Types and schemes are named for the same ecosystems.
        Self::parse(package_type)
    }

    /// Whether a range in this scheme says something of versions in the other: the same, or Semantic Versioning where the
    /// other is a dialect of it. A distribution's `1.2.3-1` reads as a pre-release and is none.
    pub fn orders(self, other: Self) -> bool {
        let dialects = [Self::Cargo, Self::Golang, Self::Npm];
        self == other || (self == Self::Semver && dialects.contains(&other))
    }

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, scheme)| *scheme == self).map_or("", |(name, _)| *name)
    }

    /// Bytes whose order is the order of this scheme's versions.
    ///
    /// # Errors
    /// The byte and the rule that is broken, if the text is no version of this scheme.
    pub fn key(self, version: &str) -> Result<Key, VersionError> {
        by_scheme!(self, key(version))
    }

    /// Two keys, between which lie those of all versions that a bound of a range names: for Arch Linux and RPM, where a
    /// bound without a release means every one, from the first to the last; else both the version's own.
    ///
    /// # Errors
    /// The byte and the rule that is broken, if the text is no version of this scheme.
    pub fn span(self, version: &str) -> Result<(Key, Key), VersionError> {
        if let Some(span) = self.open_span(version)? {
            return Ok(span);
        }
        let key = self.key(version)?;
        Ok((key.clone(), key))
    }

    /// As [`span`](Self::span), where the bound leaves the build open; none where both keys are the version's own.
    pub(super) fn open_span(self, version: &str) -> Result<Option<(Key, Key)>, VersionError> {
        by_scheme!(self, open_span(version))
    }

    /// The order of two versions.
    ///
    /// # Errors
    /// The byte and the rule that is broken, of the first that is no version of this scheme.
    pub fn compare(self, a: &str, b: &str) -> Result<Ordering, VersionError> {
        by_scheme!(self, compare(a, b))
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_its_scheme_and_back() {
        for name in Scheme::KNOWN {
            match Scheme::parse(name) {
                Some(scheme) if name == "ebuild" => assert_eq!(scheme, Scheme::Gentoo),
                Some(scheme) => assert_eq!(scheme.name(), name),
                None => assert!(matches!(name, "all" | "none"), "{name}"),
            }
        }
        assert!(Scheme::NAMES.iter().all(|(name, _)| Scheme::KNOWN.contains(name)));
        assert_eq!(Scheme::parse("Deb"), None);
        assert_eq!(Scheme::of_package_type("generic"), None);
    }
}
