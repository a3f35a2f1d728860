//! Who else may list files: delegated roles and the paths entrusted to them (TUF 1.0.34, 4.5).
//!
//! The search through them is not here: see [`super::trusted_set`].
//!
//! Differs: in a path pattern only `*` and `?` are special, as the specification's examples have it; a bracket stands for
//! itself.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::key::Keys;
use super::role::RoleName;
use super::root::{RoleKeys, distinct, threshold};
use super::target_path::TargetPath;
use crate::Sha256;

/// The delegations of one targets role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegations {
    /// Every key of the roles below.
    pub keys: Keys,
    /// In order of precedence. No name occurs twice.
    #[serde(default, deserialize_with = "distinct_names")]
    pub roles: Vec<DelegatedRole>,
}

fn distinct_names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<DelegatedRole>, D::Error> {
    let roles = Vec::<DelegatedRole>::deserialize(deserializer)?;
    let mut seen = BTreeSet::new();
    match roles.iter().find(|role| !seen.insert(role.name.as_str())) {
        Some(twice) => Err(de::Error::custom(core::format_args!("found the role {:?} twice", twice.name))),
        None => Ok(roles),
    }
}

/// A role that may list some files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct DelegatedRole {
    /// None of the four top-level roles, and not empty.
    pub name: String,
    /// Whose keys count.
    pub keys: RoleKeys,
    /// Which files it may list.
    pub paths: Paths,
    /// Whether the search ends here for these files, found or not.
    pub terminating: bool,
}

/// Which files a delegated role may list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paths {
    /// Files whose path matches one of these patterns.
    Patterns(Vec<String>),
    /// Files of whose path the SHA-256 in hexadecimal begins with one of these.
    HashPrefixes(Vec<String>),
}

#[derive(Serialize, Deserialize)]
struct Wire {
    name: String,
    #[serde(deserialize_with = "distinct")]
    keyids: Vec<String>,
    #[serde(deserialize_with = "threshold")]
    threshold: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paths: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path_hash_prefixes: Option<Vec<String>>,
    #[serde(default)]
    terminating: bool,
}

/// A delegated role that contradicts itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum NotADelegatedRole {
    #[error("found the name of a top-level role, or none, wanted a name of its own")]
    Name,
    #[error("found {found}, wanted one of paths and path_hash_prefixes")]
    Paths { found: &'static str },
}

impl TryFrom<Wire> for DelegatedRole {
    type Error = NotADelegatedRole;

    fn try_from(wire: Wire) -> Result<Self, NotADelegatedRole> {
        if wire.name.is_empty() || matches!(RoleName::from_text(&wire.name), RoleName::Top(_)) {
            return Err(NotADelegatedRole::Name);
        }
        let paths = match (wire.paths, wire.path_hash_prefixes) {
            (Some(patterns), None) => Paths::Patterns(patterns),
            (None, Some(prefixes)) => Paths::HashPrefixes(prefixes),
            (None, None) => return Err(NotADelegatedRole::Paths { found: "neither" }),
            (Some(_), Some(_)) => return Err(NotADelegatedRole::Paths { found: "both" }),
        };
        let keys = RoleKeys { keyids: wire.keyids, threshold: wire.threshold };
        Ok(Self { name: wire.name, keys, paths, terminating: wire.terminating })
    }
}

impl From<DelegatedRole> for Wire {
    fn from(role: DelegatedRole) -> Self {
        let (paths, path_hash_prefixes) = match role.paths {
            Paths::Patterns(patterns) => (Some(patterns), None),
            Paths::HashPrefixes(prefixes) => (None, Some(prefixes)),
        };
        Self {
            name: role.name,
            keyids: role.keys.keyids,
            threshold: role.keys.threshold,
            paths,
            path_hash_prefixes,
            terminating: role.terminating,
        }
    }
}

impl Paths {
    /// Whether a file is among these.
    pub fn contain(&self, file: &Sought<'_>) -> bool {
        match self {
            Self::Patterns(patterns) => patterns.iter().any(|pattern| matches(pattern, file.path.as_str())),
            Self::HashPrefixes(prefixes) => {
                prefixes.iter().any(|prefix| file.digest.starts_with(prefix.as_str()))
            }
        }
    }
}

/// A file that is looked for, with the digest of its path taken once: there may be thousands of hash bins.
#[derive(Debug, Clone)]
pub struct Sought<'p> {
    path: &'p TargetPath,
    digest: String,
}

impl<'p> Sought<'p> {
    /// The file under a path.
    pub fn new(path: &'p TargetPath) -> Self {
        Self { path, digest: Sha256::of(path.as_str().as_bytes()).to_string() }
    }
}

/// Whether a path matches a pattern, directory by directory: `*` and `?` never stand for `/`.
fn matches(pattern: &str, path: &str) -> bool {
    let (mut patterns, mut segments) = (pattern.split('/'), path.split('/'));
    loop {
        match (patterns.next(), segments.next()) {
            (None, None) => return true,
            (Some(pattern), Some(segment)) if matches_segment(pattern, segment) => {}
            _ => return false,
        }
    }
}

/// One directory or file name. Steps back to the last `*` only, so the time is bounded by the product of the lengths.
fn matches_segment(pattern: &str, segment: &str) -> bool {
    let (mut pattern, mut segment) = (pattern.chars(), segment.chars());
    let mut star = None;
    loop {
        let mut ahead = pattern.clone();
        match (ahead.next(), segment.clone().next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                pattern = ahead.clone();
                star = Some((ahead, segment.clone()));
                continue;
            }
            (Some(want), Some(have)) if want == '?' || want == have => {
                pattern = ahead;
                segment.next();
                continue;
            }
            _ => {}
        }
        // What the last star stood for grows by one character.
        let Some((after, mut from)) = star.take() else { return false };
        if from.next().is_none() {
            return false;
        }
        pattern = after.clone();
        segment = from.clone();
        star = Some((after, from));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_do_not_cross_directories() {
        for (pattern, path, wanted) in [
            ("*", "a", true),
            ("*", "a/b", false),
            ("*/*", "a/b", true),
            ("a/*", "a/", true),
            ("a/*", "a", false),
            ("a/*.tgz", "a/b.tgz", true),
            ("a/*.tgz", "a/b/c.tgz", false),
            ("foo-?.tgz", "foo-1.tgz", true),
            ("foo-?.tgz", "foo-.tgz", false),
            ("foo-?.tgz", "foo-12.tgz", false),
            ("a?b", "a/b", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b", "aab", true),
            ("*ab", "aaab", true),
            ("*ab", "aaba", false),
            ("[ab]", "a", false),
            ("[ab]", "[ab]", true),
            ("?", "é", true),
            ("", "a", false),
            ("BOD-*", "BOD-17-01.1.json", true),
            ("bod-*", "BOD-17-01.1.json", false),
        ] {
            assert_eq!(matches(pattern, path), wanted, "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_of_many_stars_does_not_take_for_ever() {
        let pattern = "*a".repeat(2_000);
        let path = "a".repeat(1_999);
        assert!(!matches(&pattern, &path));
    }

    #[test]
    fn hash_prefixes_are_of_the_digest_of_the_path() {
        // SHA-256 of "a" begins with ca97.
        let path: TargetPath = "a".parse().unwrap();
        let contain =
            |prefix: &str| Paths::HashPrefixes(alloc::vec![prefix.into()]).contain(&Sought::new(&path));
        assert_eq!(
            [contain("ca9"), contain("ca97"), contain("ca98"), contain("9")],
            [true, true, false, false]
        );
    }

    #[test]
    fn refuses_a_role_that_is_delegated_to_twice() {
        let role = r#"{"name":"r","keyids":[],"threshold":1,"paths":[]}"#;
        let text = alloc::format!(r#"{{"keys":{{}},"roles":[{role},{role}]}}"#);
        let error = serde_json::from_str::<Delegations>(&text).unwrap_err();
        assert!(error.to_string().starts_with(r#"found the role "r" twice"#), "{error}");
    }

    fn read(text: &str) -> Result<DelegatedRole, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn refuses_a_role_that_contradicts_itself() {
        let role =
            |name: &str, rest: &str| alloc::format!(r#"{{"name":"{name}","keyids":[],"threshold":1{rest}}}"#);
        let read_back = read(&role("r", r#","paths":["*"]"#)).unwrap();
        assert!(!read_back.terminating);
        assert_eq!(
            serde_json::to_string(&read_back).unwrap(),
            r#"{"name":"r","keyids":[],"threshold":1,"paths":["*"],"terminating":false}"#
        );
        for (text, words) in [
            (role("r", ""), "found neither, wanted one of paths and path_hash_prefixes"),
            (
                role("r", r#","paths":[],"path_hash_prefixes":[]"#),
                "found both, wanted one of paths and path_hash_prefixes",
            ),
            (
                role("root", r#","paths":[]"#),
                "found the name of a top-level role, or none, wanted a name of its own",
            ),
            (
                role("", r#","paths":[]"#),
                "found the name of a top-level role, or none, wanted a name of its own",
            ),
        ] {
            assert_eq!(read(&text), Err(words.into()));
        }
    }
}
