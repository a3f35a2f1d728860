//! The list of bans that the hook compares with: JSON Lines, so that no text of a directive can end a line.
//!
//! ```text
//! {"format":"interdict-apt-bans-1","distribution":"debian"}
//! {"part":0,"repository":"…","directive":"…","revision":1,"subject":"…","name":"…","excludes":[…]}
//! {"package":"kesl","part":0,"stage":"enforce","kind":"package","value":"deb:kesl","versions":"vers:deb/<12"}
//! ```
//!
//! The hook runs before every dpkg and looks for few names among perhaps a hundred thousand, so a line begins with its name,
//! and only the lines of these names are read as JSON. The marker's digest tells whether the file is whole.

use std::collections::{BTreeMap, BTreeSet};

use interdict_schema::directive::{DirectiveId, IdentifierKind, Revision};
use interdict_schema::product::{Identifier, IdentifierError};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::super::{Marker, Stage};
use super::meant::{Rule, Source};

/// What the list is.
const FORMAT: &str = "interdict-apt-bans-1";

/// How a line of a package begins: [`serde_json`] writes fields in the order in which they are declared.
const PACKAGE: &[u8] = br#"{"package":""#;

/// How a line of a part begins.
const PART: &[u8] = br#"{"part":"#;

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    format: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    distribution: Option<String>,
}

/// A part of a directive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    #[serde(rename = "part")]
    number: usize,
    /// The repository.
    pub repository: String,
    /// The directive.
    pub directive: DirectiveId,
    /// Its revision.
    pub revision: Revision,
    /// The subject's id.
    pub subject: String,
    /// The subject's name for people: outside text.
    pub name: String,
    /// What is left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    excludes: Vec<Written>,
}

/// An identifier as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Written {
    kind: IdentifierKind,
    value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    versions: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    package: String,
    part: usize,
    stage: Stage,
    #[serde(flatten)]
    written: Written,
}

/// The list, without its marker.
pub fn write(rules: &[Rule<'_>], parts: &[Source<'_>], distribution: Option<&str>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(rules.len().saturating_mul(120).saturating_add(256));
    let head = Head { format: FORMAT.into(), distribution: distribution.map(ToOwned::to_owned) };
    line(&mut bytes, &head);
    for (number, Source { part, excluded }) in parts.iter().enumerate() {
        let excludes = excluded.iter().map(|entry| Written {
            kind: entry.kind.clone(),
            value: entry.value.to_string(),
            versions: entry.versions.as_deref().map(Into::into),
        });
        let origin = &part.origin;
        line(
            &mut bytes,
            &Part {
                number,
                repository: origin.repository.clone(),
                directive: origin.directive.clone(),
                revision: origin.revision,
                subject: origin.subject.clone(),
                name: origin.name.clone(),
                excludes: excludes.collect(),
            },
        );
    }
    for rule in rules {
        line(
            &mut bytes,
            &Line {
                package: rule.name.clone(),
                part: rule.part,
                stage: rule.stage,
                written: Written {
                    kind: rule.kind.clone(),
                    value: rule.value.clone(),
                    versions: rule.versions.map(Into::into),
                },
            },
        );
    }
    bytes
}

fn line(bytes: &mut Vec<u8>, value: &impl Serialize) {
    serde_json::to_writer(&mut *bytes, value).expect("these are strings and numbers, and memory takes them");
    bytes.push(b'\n');
}

/// A ban of the list, typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its part, among [`List::parts`].
    pub part: usize,
    /// How far it goes.
    pub stage: Stage,
    /// What it means.
    pub identifier: Identifier,
}

/// What the list says of some packages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// The distribution of the machine.
    pub distribution: Option<String>,
    /// The bans by name of a package.
    pub bans: BTreeMap<String, Vec<Listed>>,
    /// The parts that they belong to.
    pub parts: BTreeMap<usize, (Part, Vec<Identifier>)>,
    /// What of it cannot be believed: then something may be banned that is not found here.
    pub broken: Option<Broken>,
}

/// Why a list cannot be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Broken {
    /// The first line is no marker, or its digest is not that of the rest.
    #[error("it was edited or is not whole: its digest is not the one in its first line")]
    Edited,
    /// It is of another version of this program.
    #[error("its form is not {FORMAT}")]
    Format,
    /// A line cannot be read.
    #[error("line {line} cannot be read")]
    Line {
        /// Which, from 1.
        line: usize,
    },
}

impl List {
    /// Reads what the list says of packages of these names. What is not whole is used as far as it can be read.
    pub fn read(bytes: &[u8], names: &BTreeSet<&str>) -> Self {
        let mut list = Self::default();
        match Marker::First("#").read(bytes) {
            Some(marked) if marked.whole => {}
            _ => list.broken = Some(Broken::Edited),
        }
        let mut parts = BTreeMap::new();
        let mut headed = false;
        for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let read = if line.starts_with(PACKAGE) {
                list.package(line, names)
            } else if line.starts_with(PART) {
                serde_json::from_slice::<Part>(line).ok().map(|part| {
                    parts.insert(part.number, part);
                })
            } else if line.is_empty() || line.starts_with(b"#") {
                Some(())
            } else {
                serde_json::from_slice::<Head>(line).ok().filter(|head| head.format == FORMAT).map(|head| {
                    headed = true;
                    list.distribution = head.distribution;
                })
            };
            if read.is_none() {
                list.is_broken(Broken::Line { line: number.saturating_add(1) });
            }
        }
        if !headed {
            list.is_broken(Broken::Format);
        }
        list.attach(&parts);
        list
    }

    /// The first of all is told.
    fn is_broken(&mut self, broken: Broken) {
        self.broken.get_or_insert(broken);
    }

    /// One line of a package; `None` where it cannot be read.
    fn package(&mut self, line: &[u8], names: &BTreeSet<&str>) -> Option<()> {
        let rest = line.get(PACKAGE.len()..)?;
        let name = std::str::from_utf8(rest.get(..memchr::memchr(b'"', rest)?)?).ok()?;
        if !names.contains(name) {
            return Some(());
        }
        let Line { package, part, stage, written } = serde_json::from_slice(line).ok()?;
        let identifier = written.read().ok()?;
        self.bans.entry(package).or_default().push(Listed { part, stage, identifier });
        Some(())
    }

    /// Keeps the parts of the bans that were found, with what they leave out.
    fn attach(&mut self, parts: &BTreeMap<usize, Part>) {
        let used: BTreeSet<usize> = self.bans.values().flatten().map(|ban| ban.part).collect();
        for number in used {
            let read = parts.get(&number).and_then(|part| {
                let excludes: Result<Vec<Identifier>, _> = part.excludes.iter().map(Written::read).collect();
                Some((part.clone(), excludes.ok()?))
            });
            match read {
                Some(read) => {
                    self.parts.insert(number, read);
                }
                None => self.is_broken(Broken::Line { line: number.saturating_add(3) }),
            }
        }
    }
}

impl Written {
    fn read(&self) -> Result<Identifier, IdentifierError> {
        Identifier::parse(self.kind.as_str(), &self.value, self.versions.as_deref())
    }
}
