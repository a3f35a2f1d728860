//! `config.toml`: which repositories are followed, and for whom.
//!
//! Not here: the pin. A repository that is configured is not yet trusted.
//!
//! | file | what is there |
//! |---|---|
//! | `agency` | who this client's agency and its components are, and for whom is asked |
//! | `enforce` | which tools are to obey, how far, and what must be so before they do |
//! | `listed` | the civilian agencies, each by both its names |
//! | `lines` | on which line something is said |

mod agency;
pub mod enforce;
mod lines;
mod listed;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use interdict_host::read::{ReadError, read_bounded};
use interdict_host::write::{Disk, DiskError, DiskErrorKind, Mode};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

pub use agency::{Agency, Basis, Party, UnknownAgency};
pub use enforce::Enforce;
pub use lines::{Lines, Place};

use crate::fetch::Timeouts;

/// The longest configuration that is read, in bytes.
pub const MAX_CONFIG_BYTES: u64 = 1_000_000;

/// The configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// For whom directives are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<Agency>,
    /// Components of that agency, of which can be asked as well.
    #[serde(default, rename = "component", skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Agency>,
    /// The repositories that are followed, each of another name.
    #[serde(default, rename = "repository", skip_serializing_if = "Vec::is_empty")]
    pub repositories: Vec<RepositoryConfig>,
    /// How directives are enforced here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforce: Option<Enforce>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepositoryConfig {
    /// The operator's name for it.
    pub name: RepositoryName,
    /// Where it is.
    pub url: Location,
    /// Where else it is: asked in this order where the source before gives no answer, or one that is not believed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mirrors: Vec<Location>,
    /// A file of certificate authorities for it instead of the system's.
    #[serde(default, rename = "ca-file", skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// How long its servers may take.
    #[serde(default, skip_serializing_if = "Timeouts::is_default")]
    pub timeouts: Timeouts,
}

impl RepositoryConfig {
    /// A repository at one place.
    pub fn new(name: RepositoryName, url: Location) -> Self {
        Self { name, url, mirrors: Vec::new(), ca_file: None, timeouts: Timeouts::default() }
    }

    /// Where it is, in the order in which it is asked.
    pub fn sources(&self) -> impl Iterator<Item = &Location> {
        std::iter::once(&self.url).chain(&self.mirrors)
    }
}

/// An operator's name for a repository: 1 to 32 of `a-z 0-9 -`, beginning with a letter. It names folders.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RepositoryName(String);

/// A text that is not a [`RepositoryName`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("found the name {found:?}, wanted 1 to 32 of a-z, 0-9 and hyphens, a letter first")]
pub struct NotARepositoryName {
    /// The text.
    pub found: String,
}

impl RepositoryName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RepositoryName {
    type Err = NotARepositoryName;

    fn from_str(text: &str) -> Result<Self, NotARepositoryName> {
        let plain = text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        let fits = plain
            && (1..=32).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase());
        if fits { Ok(Self(text.into())) } else { Err(NotARepositoryName { found: text.into() }) }
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for RepositoryName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RepositoryName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Where a repository is: `http://…`, `https://…`, or an absolute folder of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A server; the text ends with `/`.
    Http(String),
    /// A folder with `metadata/` and `targets/` in it.
    Directory(PathBuf),
}

/// A text that is not a [`Location`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotALocation {
    /// It is neither a URL of a server nor a folder.
    #[error("found {found:?}, wanted http://, https:// or a folder")]
    Form {
        /// The text.
        found: String,
    },
    /// A URL with a user name or a password in it, which is not repeated here.
    #[error(
        "found a URL with a user name or password before its host, wanted one without: addresses are shown and kept"
    )]
    Credentials,
}

impl Location {
    /// Reads a location; a relative folder starts from `base`.
    ///
    /// # Errors
    /// [`NotALocation`] for an empty text, another scheme, a URL without a host, or one with a user name or password in it:
    /// addresses stand in messages, logs, evidence and metrics, where no secret belongs.
    pub fn parse(text: &str, base: &Path) -> Result<Self, NotALocation> {
        let refuse = || NotALocation::Form { found: text.into() };
        let parts = text.split_once("://");
        let host = parts.and_then(|(_, rest)| rest.split(['/', '?', '#', '\\']).next()).unwrap_or_default();
        if host.contains('@') {
            return Err(NotALocation::Credentials);
        }
        match parts {
            Some(("http" | "https", rest)) => {
                if host.is_empty() || rest.contains(['?', '#']) || rest.contains(char::is_whitespace) {
                    return Err(refuse());
                }
                Ok(Self::Http(if text.ends_with('/') { text.into() } else { format!("{text}/") }))
            }
            Some(("file", path)) if path.starts_with('/') => Ok(Self::Directory(path.into())),
            None if !text.trim().is_empty() => Ok(Self::Directory(base.join(text))),
            _ => Err(refuse()),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(url) => f.write_str(url),
            Self::Directory(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Serialize for Location {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Location {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?, Path::new("/")).map_err(de::Error::custom)
    }
}

/// A configuration that cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is not UTF-8.
    #[error("{}: not UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
    },
    /// It is not TOML of the right shape.
    #[error("{}: not a configuration: line {line}: {}", path.display(), mistake.message().trim())]
    Shape {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong. No source: its text is a picture of several lines.
        mistake: Box<toml::de::Error>,
    },
    /// Two repositories of one name.
    #[error("{}: two repositories have the name {name}", path.display())]
    DuplicateName {
        /// The file.
        path: PathBuf,
        /// The name.
        name: RepositoryName,
    },
    /// It could not be written.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl Config {
    /// Reads a configuration; the empty one where there is no file.
    ///
    /// # Errors
    /// [`ConfigError`] for a file that cannot be read or understood: a mistake in it never counts as its absence.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        Self::read_with_lines(path).map(|(config, _)| config)
    }

    /// The same, and on which line each thing is said.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_with_lines(path: &Path) -> Result<(Self, Lines), ConfigError> {
        let bytes = match read_bounded(path, MAX_CONFIG_BYTES) {
            Ok(bytes) => bytes,
            Err(ReadError::Disk(error)) if error.kind() == DiskErrorKind::NotFound => {
                return Ok((Self::default(), Lines::default()));
            }
            Err(error) => return Err(error.into()),
        };
        let text = std::str::from_utf8(&bytes).map_err(|_| ConfigError::NotUtf8 { path: path.into() })?;
        let config: Self = toml::from_str(text).map_err(|mistake| {
            let before = mistake.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count().saturating_add(1);
            ConfigError::Shape { path: path.into(), line, mistake: Box::new(mistake) }
        })?;
        let mut names: Vec<&RepositoryName> =
            config.repositories.iter().map(|repository| &repository.name).collect();
        names.sort();
        match names.windows(2).find_map(|pair| match pair {
            [one, other] if one == other => Some((*one).clone()),
            _ => None,
        }) {
            Some(name) => Err(ConfigError::DuplicateName { path: path.into(), name }),
            None => Ok((config, Lines::of(path, text))),
        }
    }

    /// Writes the configuration, with a line on top that says what it is.
    ///
    /// # Errors
    /// [`ConfigError::Disk`].
    pub fn write(&self, disk: &Disk, path: &Path) -> Result<(), ConfigError> {
        let body = toml::to_string_pretty(self).expect("names, locations and texts are always TOML");
        if let Some(folder) = path.parent() {
            disk.create_dir_all_synced(folder, Mode::Public)?;
        }
        let text =
            format!("# Configuration of interdict. `interdict setup URL` adds a repository.\n\n{body}");
        Ok(disk.replace(path, text.as_bytes(), Mode::Public)?)
    }

    /// The repository of this name.
    pub fn repository(&self, name: &str) -> Option<&RepositoryConfig> {
        self.repositories.iter().find(|repository| repository.name.as_str() == name)
    }
}

#[cfg(test)]
mod tests;
