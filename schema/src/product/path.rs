//! Paths of files: as a rule means them, and as a source saw them.
//!
//! A rule without wildcards means the path and everything below it. `*` and `?` stand for characters between two
//! separators, `**` alone for any number of folders; there is no quoting. Compared are parts between separators, never
//! parts of names: `/opt/kesl` is not `/opt/kesl2`.
//!
//! | form | letter case | |
//! |---|---|---|
//! | `C:\…`, `\\server\…`, `%Variable%\…` | folds | `/` is `\`; blanks and dots at the end of a part do not count; `\\?\` is taken off |
//! | `/Applications`, `/Library`, `/System`, `/Users`, `/Volumes` | folds | macOS does not tell case apart |
//! | `/…` | counts | |
//!
//! `~/…` and the variables of Windows in [`VARIABLES`] mean the folders that they stand for on an ordinary machine, for
//! every user and on every drive. A rule that means a root, a drive or a folder of the system itself is refused.
//! Not here: links, 8.3 names, what a machine's own environment says.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

mod root;

use super::glob;
use super::text::{TextError, TextRule, check_text, wrong};

pub use root::VARIABLES;
use root::{is_everybodys, root};

/// A path as a rule means it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PathPattern {
    written: String,
    /// Every place that is meant, as parts; the first part says which kind of path it is.
    places: Vec<Vec<String>>,
}

/// A path that a source saw.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FilePath {
    written: String,
    parts: Vec<String>,
}

/// Which rules a path is written by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Windows,
    Unix,
}

impl PathPattern {
    /// Reads a rule's path.
    ///
    /// # Errors
    /// The byte and the rule that is broken: a relative path, a step up, `**` beside characters, a path that is
    /// everybody's.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        check_text(text)?;
        let (family, roots, rest) = root(text)?;
        let at = text.len() - rest.len();
        let below = parts(rest, at, family)?;
        if let Some((at, _)) = below.iter().find(|(_, part)| part.contains("**") && part != "**") {
            return wrong(*at, TextRule::DoubleStar);
        }
        let mut places: Vec<Vec<String>> = Vec::new();
        for root in roots {
            let mut place: Vec<String> = split(&root, family).map(ToOwned::to_owned).collect();
            place.extend(below.iter().map(|(_, part)| part.clone()));
            fold(&mut place, family);
            if is_everybodys(&place) {
                return wrong(0, TextRule::Everything);
            }
            places.push(place);
        }
        Ok(Self { written: text.to_owned(), places })
    }

    /// Whether this rule means a path: the same, or one below it.
    pub fn matches(&self, seen: &FilePath) -> bool {
        self.places.iter().any(|place| begins(place, &seen.parts))
    }

    /// Whether every path that another pattern means is one that this pattern means, as far as wildcards tell: of two with
    /// wildcards the parts must be the same.
    pub fn covers(&self, narrow: &Self) -> bool {
        let below = |wide: &[String], narrow: &[String]| {
            let wild = narrow.iter().any(|part| glob::is_glob(part) && !is_any_drive(part));
            if wild { narrow.starts_with(wide) } else { begins(wide, narrow) }
        };
        narrow.places.iter().all(|place| self.places.iter().any(|wide| below(wide, place)))
    }

    /// Whether paths of Windows are meant; else those of all other systems.
    pub fn is_of_windows(&self) -> bool {
        !self.written.starts_with(['/', '~'])
    }

    /// Every place that is meant, as parts. Wildcards are as in the rule, and letter case is folded where it does not count.
    /// The first part of a path of Windows is a drive (`c:`, or `?:` for any), `\\` before a server, or an unknown variable.
    pub fn places(&self) -> impl Iterator<Item = &[String]> {
        self.places.iter().map(Vec::as_slice)
    }

    /// Beginnings one of which every path has that this rule means, in the form of [`FilePath::beginnings`]. For tables.
    pub fn beginnings(&self) -> impl Iterator<Item = String> {
        self.places.iter().map(|place| {
            let fixed = place.iter().take_while(|part| !glob::is_glob(part) || is_any_drive(part));
            key(fixed)
        })
    }
}

impl FilePath {
    /// Reads the path that a source saw.
    ///
    /// # Errors
    /// The byte and the rule that is broken. A relative path is none.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        check_text(text)?;
        let (family, mut roots, rest) = root(text)?;
        let mut all: Vec<String> = roots
            .first_mut()
            .map(|root| split(root, family).map(ToOwned::to_owned).collect())
            .unwrap_or_default();
        all.extend(parts(rest, text.len() - rest.len(), family)?.into_iter().map(|(_, part)| part));
        fold(&mut all, family);
        Ok(Self { written: text.to_owned(), parts: all })
    }

    /// Every folder above it, and itself, as text. For tables: see [`PathPattern::beginnings`].
    pub fn beginnings(&self) -> impl Iterator<Item = String> {
        (0..=self.parts.len()).map(|count| key(self.parts.iter().take(count)))
    }

    /// The last part: the file's name.
    pub fn name(&self) -> Option<&str> {
        let name = |path: &str| path.rsplit(['/', '\\']).next().map(str::len);
        self.written.get(self.written.len() - name(&self.written)?..).filter(|name| !name.is_empty())
    }

    /// The path as the source wrote it.
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

/// A drive's letter does not tell tables apart: a variable means every drive.
fn key<'p>(parts: impl Iterator<Item = &'p String>) -> String {
    let mut key = String::new();
    for part in parts {
        key.push('\\');
        key.push_str(if is_drive(part) { "?:" } else { part });
    }
    key
}

fn is_any_drive(part: &str) -> bool {
    part == "?:"
}

fn is_drive(part: &str) -> bool {
    part.len() == 2 && part.ends_with(':')
}

fn split(text: &str, family: Family) -> impl Iterator<Item = &str> {
    let separators: &[char] = if family == Family::Windows { &['\\', '/'] } else { &['/'] };
    // A share's first part says that it is one.
    let share = (text == r"\\").then_some(r"\\");
    share.into_iter().chain(text.split(separators).filter(|part| !part.is_empty()))
}

/// The parts of a path with the byte that each starts at; empty parts and `.` do not count.
fn parts(text: &str, start: usize, family: Family) -> Result<Vec<(usize, String)>, TextError> {
    let mut parts = Vec::new();
    let mut at = start;
    let separator = |c: char| c == '/' || (c == '\\' && family == Family::Windows);
    for part in text.split(separator) {
        if part == ".." {
            return wrong(at, TextRule::PathStep);
        }
        // Windows takes blanks and dots off the end of a name.
        let name = if family == Family::Windows { part.trim_end_matches([' ', '.']) } else { part };
        if !name.is_empty() && name != "." {
            parts.push((at, name.to_owned()));
        }
        at += part.len() + 1;
    }
    Ok(parts)
}

fn fold(parts: &mut [String], family: Family) {
    let mac = || {
        let first = parts.first().map(|first| first.to_lowercase());
        matches!(first.as_deref(), Some("applications" | "library" | "system" | "users" | "volumes"))
    };
    if family == Family::Windows || mac() {
        for part in parts {
            *part = part.to_lowercase();
        }
    }
}

/// Whether a path begins with a pattern.
fn begins(pattern: &[String], path: &[String]) -> bool {
    let (mut wanted, mut at) = (0, 0);
    let mut last_stars: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(wanted), path.get(at)) {
            (None, _) => return true,
            (Some(part), _) if part == "**" => {
                wanted += 1;
                last_stars = Some((wanted, at));
            }
            (Some(part), Some(found)) if is_same(part, found) => {
                wanted += 1;
                at += 1;
            }
            _ => {
                // The last `**` takes one folder more.
                let Some((after, from)) = last_stars.filter(|(_, from)| *from < path.len()) else {
                    return false;
                };
                (wanted, at) = (after, from + 1);
                last_stars = Some((after, at));
            }
        }
    }
}

fn is_same(pattern: &str, part: &str) -> bool {
    if is_any_drive(pattern) || is_any_drive(part) {
        return is_drive(pattern) && is_drive(part);
    }
    if glob::is_glob(pattern) { glob::matches(pattern, part) } else { pattern == part }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests;
