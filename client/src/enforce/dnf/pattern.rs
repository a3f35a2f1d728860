//! What is written for a package: `name-?:*-*.*` and `name-??:*-*.*`, or `name-epoch:version-release.*`.
//!
//! dnf tries a pattern as name-epoch:version-release.arch, as name.arch, as name, as name-epoch:version-release and as
//! name-epoch:version, and takes the first that any package has. A plain `evil-2.0` therefore hides version 2.0 of `evil` where
//! no package has the name `evil-2.0`. What it can read in none of these ways it compares, as a pattern of characters, with the
//! whole of a package's name-epoch:version-release.arch, in which the first colon stands behind the epoch: so `name-?:` means
//! that name alone, and `name-*:` would mean `name-tools` as well. An epoch has one or two digits.

use std::collections::HashSet;

use interdict_schema::product::version::{Comparator, Constraints};
use interdict_schema::product::{Identifier, PackageName, Purl, Versions};

use super::super::{Entry, Part};

const UNREADABLE: &str = "not a package that may be banned";
const CHARACTERS: &str = "the name or the version has characters that no rpm package has";
const RANGE: &str = "dnf excludes names and exact versions, and no ranges";
const LEAVES_OUT: &str = "the order leaves out some of it, and dnf lets nothing through that it excludes";
const DISTRIBUTION: &str = "packages of one distribution, and this machine's is another or not known";
const PART_OF_IT: &str = "dnf cannot tell packages by a repository, a signer, or a path inside them";

/// What is written for an identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patterns {
    /// It is no rpm package.
    None,
    /// These.
    Some(Vec<String>),
}

/// The names of packages of which a part leaves something out.
#[derive(Debug, Clone, Default)]
pub struct LeftOut {
    names: HashSet<String>,
    /// One of them cannot be read, so that it may be any.
    unreadable: bool,
}

impl LeftOut {
    /// Those of a part.
    pub fn of(part: &Part) -> Self {
        let mut all = Self::default();
        let package =
            |entry: &&Entry| matches!(entry.kind.as_str(), "package" | "purl") && !is_of_others(entry);
        for entry in part.excluded.iter().filter(package) {
            match entry.read() {
                Ok(Identifier::Package(package, _)) => {
                    all.names.insert(package.name().to_owned());
                }
                Ok(Identifier::Purl(purl, _)) => {
                    all.names.insert(purl.name().to_owned());
                }
                Ok(_) => {}
                Err(_) => all.unreadable = true,
            }
        }
        all
    }

    fn leaves_out(&self, name: &str) -> bool {
        self.unreadable || self.names.contains(name)
    }
}

/// Whether the identifier says itself that it is of another ecosystem. It need not be well formed.
pub fn is_of_others(entry: &Entry) -> bool {
    match entry.kind.as_str() {
        "package" => {
            entry.value.split_once(':').is_some_and(|(ecosystem, _)| !ecosystem.eq_ignore_ascii_case("rpm"))
        }
        "purl" => {
            let is = |prefix: &str| {
                entry.value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
            };
            is("pkg:") && !is("pkg:rpm/")
        }
        _ => false,
    }
}

impl Patterns {
    /// Those of an identifier; `distribution` is the namespace of this machine's packages.
    ///
    /// # Errors
    /// Why it cannot be written, in words.
    pub fn of(entry: &Entry, distribution: Option<&str>, left_out: &LeftOut) -> Result<Self, &'static str> {
        match entry.read().map_err(|_| UNREADABLE)? {
            Identifier::Package(package, versions) => of_package(&package, &versions, left_out),
            Identifier::Purl(purl, versions) => of_purl(&purl, &versions, distribution, left_out),
            _ => Ok(Self::None),
        }
    }
}

fn of_package(
    package: &PackageName,
    versions: &Versions,
    left_out: &LeftOut,
) -> Result<Patterns, &'static str> {
    if package.ecosystem().is_some_and(|ecosystem| ecosystem != "rpm") {
        return Ok(Patterns::None);
    }
    write(package.name(), versions, "*", left_out)
}

fn of_purl(
    purl: &Purl,
    versions: &Versions,
    distribution: Option<&str>,
    left_out: &LeftOut,
) -> Result<Patterns, &'static str> {
    if purl.package_type() != "rpm" {
        return Ok(Patterns::None);
    }
    if purl.namespace().is_some_and(|wanted| Some(wanted) != distribution) {
        return Err(DISTRIBUTION);
    }
    let known = |key: &String| matches!(key.as_str(), "arch" | "epoch");
    if purl.subpath().is_some() || !purl.qualifiers().keys().all(known) {
        return Err(PART_OF_IT);
    }
    let architecture = purl.qualifiers().get("arch").map_or("*", String::as_str);
    match (purl.ordered_version(), versions) {
        (None, versions) => write(purl.name(), versions, architecture, left_out),
        (Some(version), Versions::Any) => {
            write(purl.name(), &Versions::Exactly(version.into_owned()), architecture, left_out)
        }
        // Both at once: those of the range that are this version.
        (Some(_), _) => Err(RANGE),
    }
}

fn write(
    name: &str,
    versions: &Versions,
    architecture: &str,
    left_out: &LeftOut,
) -> Result<Patterns, &'static str> {
    let one = |version: &str| exactly(name, version, architecture);
    let patterns = match versions {
        Versions::Any => {
            let plain = is_name(name) && is_architecture(architecture);
            let epochs = ["?", "??"].map(|epoch| format!("{name}-{epoch}:*-*.{architecture}"));
            plain.then(|| epochs.to_vec()).ok_or(CHARACTERS)?
        }
        Versions::Exactly(version) => vec![one(version).ok_or(CHARACTERS)?],
        Versions::Range(range) => {
            let constraints = Constraints::parse(&range.to_string()).map_err(|_| RANGE)?;
            let single = constraints.as_slice();
            if single.is_empty() || single.iter().any(|one| one.comparator != Comparator::Equal) {
                return Err(RANGE);
            }
            let patterns: Option<Vec<_>> = single.iter().map(|constraint| one(&constraint.version)).collect();
            patterns.ok_or(CHARACTERS)?
        }
        Versions::Unsupported { .. } => return Err(RANGE),
    };
    if left_out.leaves_out(name) {
        return Err(LEAVES_OUT);
    }
    Ok(Patterns::Some(patterns))
}

/// `[epoch:]version[-release]`: no epoch is 0, and no release is every release (`rpm-version(7)`).
fn exactly(name: &str, version: &str, architecture: &str) -> Option<String> {
    let (epoch, rest) = version.split_once(':').unwrap_or(("0", version));
    let (version, release) = rest.split_once('-').unwrap_or((rest, "*"));
    let digits = (1..=10).contains(&epoch.len()) && epoch.bytes().all(|byte| byte.is_ascii_digit());
    let epoch = match epoch.trim_start_matches('0') {
        "" => "0",
        number => number,
    };
    (digits
        && is_name(name)
        && is_version(version)
        && (release == "*" || is_version(release))
        && is_architecture(architecture))
    .then(|| format!("{name}-{epoch}:{version}-{release}.{architecture}"))
}

/// The characters that rpm allows in a name, without those of macros, the first a letter or digit.
fn is_name(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte))
        && text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
}

fn is_version(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+~^".contains(&byte))
}

fn is_architecture(text: &str) -> bool {
    text == "*"
        || ((1..=32).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use interdict_schema::directive::IdentifierKind;

    use super::*;

    fn of(kind: &str, value: &str, versions: Option<&str>) -> Result<Patterns, &'static str> {
        let entry = Entry {
            kind: IdentifierKind::from(kind),
            value: value.into(),
            versions: versions.map(Into::into),
            held: None,
        };
        Patterns::of(&entry, Some("fedora"), &LeftOut::default())
    }

    #[test]
    fn names_and_exact_versions_are_written_so_that_dnf_can_read_them_in_one_way_only() {
        for (kind, value, versions, wanted) in [
            ("package", "rpm:kesl", None, &["kesl-?:*-*.*", "kesl-??:*-*.*"][..]),
            ("package", "kesl", Some("*"), &["kesl-?:*-*.*", "kesl-??:*-*.*"]),
            (
                "package",
                "rpm:java-1.8.0-openjdk",
                None,
                &["java-1.8.0-openjdk-?:*-*.*", "java-1.8.0-openjdk-??:*-*.*"],
            ),
            ("package", "rpm:kesl", Some("10.1.1-6421"), &["kesl-0:10.1.1-6421.*"]),
            ("package", "rpm:kesl", Some("2:10.1~rc1"), &["kesl-2:10.1~rc1-*.*"]),
            ("package", "rpm:kesl", Some("vers:rpm/1.0-1|2.0-1"), &["kesl-0:1.0-1.*", "kesl-0:2.0-1.*"]),
            ("purl", "pkg:rpm/fedora/kesl", None, &["kesl-?:*-*.*", "kesl-??:*-*.*"]),
            ("purl", "pkg:rpm/kesl@1.0-1?epoch=3&arch=x86_64", None, &["kesl-3:1.0-1.x86_64"]),
            ("purl", "pkg:rpm/fedora/kesl?arch=src", None, &["kesl-?:*-*.src", "kesl-??:*-*.src"]),
        ] {
            let wanted = wanted.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(of(kind, value, versions), Ok(Patterns::Some(wanted)), "{value} {versions:?}");
        }
    }

    #[test]
    fn what_dnf_cannot_tell_apart_is_not_written() {
        for (kind, value, versions, wanted) in [
            ("package", "rpm:kesl", Some("vers:rpm/<2.0"), RANGE),
            ("package", "rpm:kesl", Some("vers:rpm/!=2.0"), RANGE),
            ("package", "kesl", Some("vers:deb/>=1|<2"), RANGE),
            ("package", "kesl", Some("vers:generic/1"), RANGE),
            ("purl", "pkg:rpm/fedora/kesl@1.0", Some("vers:rpm/1.0"), RANGE),
            ("purl", "pkg:rpm/opensuse/kesl", None, DISTRIBUTION),
            ("purl", "pkg:rpm/fedora/kesl?repository_url=example.org", None, PART_OF_IT),
            ("package", "rpm:a,glibc", None, CHARACTERS),
            ("package", "rpm:-a", None, CHARACTERS),
            ("package", "rpm:[a]", None, CHARACTERS),
            ("package", "rpm:a:b", None, CHARACTERS),
            ("package", "rpm:$a", None, CHARACTERS),
            ("package", "rpm:é", None, CHARACTERS),
            ("package", "kesl", Some("1.0-1-1"), CHARACTERS),
            ("package", "kesl", Some("[1]"), CHARACTERS),
            ("package", "rpm:a*", None, UNREADABLE),
            ("package", "rpm:a b", None, UNREADABLE),
        ] {
            assert_eq!(of(kind, value, versions), Err(wanted), "{value} {versions:?}");
        }
        assert_eq!(of("purl", "pkg:npm/kesl", None), Ok(Patterns::None));
    }
}
