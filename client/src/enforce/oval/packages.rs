//! Packages of dpkg and rpm as a scanner knows them: a name, perhaps an architecture and a distribution, and versions.

use interdict_schema::product::version::Scheme;
use interdict_schema::product::{Identifier, Versions};

use super::check::{Check, Tool};
use super::versions::{Set, Span};

/// What a package's identifier means in one tool's database.
#[derive(Debug, Clone)]
pub struct Pick {
    /// Whose database.
    pub tool: Tool,
    /// The name.
    pub name: String,
    /// The distribution, where one is meant: `ID` of os-release.
    pub distribution: Option<String>,
    /// The architecture, where one is meant.
    pub architecture: Option<String>,
    /// The versions: those in all of these sets.
    versions: Vec<Set>,
}

/// What an identifier says of packages.
#[derive(Debug, Clone)]
pub enum Picks {
    /// Nothing: it is of another kind, or of packages of other tools.
    None,
    /// Something that a scanner cannot tell, and why.
    NotTold(&'static str),
    /// Everything that it means (`true`), or what of it is in databases that a scanner reads.
    Some(Vec<Pick>, bool),
}

const NAME: &str = "characters in the package's name that packages do not have";
const VERSIONS: &str = "versions that this kind of package does not have";
const QUALIFIER: &str = "a qualifier of a package URL that no package database has";

/// What an identifier says of packages.
pub fn picks(identifier: &Identifier) -> Picks {
    match identifier {
        Identifier::Package(package, versions) => {
            let whole = package.ecosystem().is_some();
            let tools: Vec<Tool> = [Tool::Dpkg, Tool::Rpm]
                .into_iter()
                .filter(|tool| package.ecosystem().is_none_or(|ecosystem| ecosystem == tool.package_type()))
                .collect();
            if tools.is_empty() {
                return Picks::None;
            }
            if !is_name(package.name()) {
                return Picks::NotTold(NAME);
            }
            let pick = |tool: Tool| {
                let versions = vec![Set::of(versions, tool.scheme())?];
                let name = package.name().to_owned();
                Some(Pick { tool, name, distribution: None, architecture: None, versions })
            };
            let picks: Vec<Pick> = tools.into_iter().filter_map(pick).collect();
            if picks.is_empty() { Picks::NotTold(VERSIONS) } else { Picks::Some(picks, whole) }
        }
        Identifier::Purl(purl, versions) => {
            let Some(tool) = Tool::of_package_type(purl.package_type()) else { return Picks::None };
            if !is_name(purl.name()) {
                return Picks::NotTold(NAME);
            }
            let told = |key: &str| key == "arch" || (key == "epoch" && purl.version().is_some());
            let word = |text: &str| !text.is_empty() && text.bytes().all(is_plain);
            let mut qualifiers = purl.qualifiers().iter();
            if purl.subpath().is_some()
                || !qualifiers.all(|(key, value)| told(key) && word(value))
                || !purl.namespace().is_none_or(word)
            {
                return Picks::NotTold(QUALIFIER);
            }
            let mut sets = Set::of(versions, tool.scheme()).map(|set| vec![set]);
            if let Some(version) = purl.ordered_version() {
                let one = Set::of(&Versions::Exactly(version.into_owned()), tool.scheme());
                sets = sets.zip(one).map(|(sets, one)| [sets, vec![one]].concat());
            }
            let Some(versions) = sets else { return Picks::NotTold(VERSIONS) };
            let pick = Pick {
                tool,
                name: purl.name().to_owned(),
                distribution: purl.namespace().map(str::to_owned),
                architecture: purl.qualifiers().get("arch").cloned(),
                versions,
            };
            Picks::Some(vec![pick], true)
        }
        _ => Picks::None,
    }
}

/// The checks of a package, without what is left out.
#[derive(Debug, Default)]
pub struct Packaged {
    /// One of them is enough, on machines of [`Pick::distribution`].
    pub checks: Vec<Check>,
    /// Whether something that is left out is found all the same.
    pub more: bool,
}

impl Pick {
    /// What is looked for. `left_out` are packages of the same name and tool.
    pub fn checks(&self, left_out: &[&Self]) -> Option<Packaged> {
        let mut packaged = Packaged::default();
        let mut none: Vec<Set> = Vec::new();
        for other in left_out {
            // What is left out on some machines only, or of some builds, cannot be taken away from all.
            let narrower =
                |whole: &Option<String>, narrow: &Option<String>| narrow.is_some() && whole.is_none();
            let apart = |one: &Option<String>, other: &Option<String>| {
                one.is_some() && other.is_some() && one != other
            };
            if apart(&self.distribution, &other.distribution)
                || apart(&self.architecture, &other.architecture)
            {
                continue;
            }
            if narrower(&self.distribution, &other.distribution)
                || narrower(&self.architecture, &other.architecture)
            {
                packaged.more = true;
                continue;
            }
            none.push(Set::common(&other.versions.iter().collect::<Vec<_>>()));
        }
        let wanted: Vec<&Set> = self.versions.iter().collect();
        let none: Vec<&Set> = none.iter().collect();
        for span in Set::spans(&wanted, &none)? {
            packaged.checks.push(self.check(span));
        }
        Some(packaged)
    }

    fn check(&self, span: Span) -> Check {
        let (tool, name, architecture) = (self.tool, self.name.clone(), self.architecture.clone());
        Check::Package { tool, name, architecture, span }
    }
}

impl Tool {
    /// The package-URL type of its packages.
    pub const fn package_type(self) -> &'static str {
        match self {
            Self::Dpkg => "deb",
            Self::Rpm => "rpm",
        }
    }

    /// The order of its versions.
    pub const fn scheme(self) -> Scheme {
        match self {
            Self::Dpkg => Scheme::Deb,
            Self::Rpm => Scheme::Rpm,
        }
    }

    fn of_package_type(name: &str) -> Option<Self> {
        [Self::Dpkg, Self::Rpm].into_iter().find(|tool| tool.package_type() == name)
    }
}

/// What dpkg and rpm packages are named with. A colon would name an architecture to apt's library, and a letter first keeps
/// patterns out.
fn is_name(name: &str) -> bool {
    name.bytes().all(is_plain)
        && name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-')
}
