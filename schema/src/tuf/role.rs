//! Roles, their names, and the names of their files (TUF 1.0.34, 2.1 and 5.1).
//!
//! Whose keys count for a role is not here: see [`super::root`] and [`super::targets`].

use core::fmt;

use alloc::string::String;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::metadata::Version;

/// What stands unquoted in a file name and in one segment of a request: RFC 3986's unreserved characters.
pub(super) const QUOTED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The `_type` of metadata. Delegated roles are of type `targets`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RoleType {
    /// Whose keys count for the four top-level roles.
    Root,
    /// Which snapshot is current.
    Timestamp,
    /// Which targets metadata are current.
    Snapshot,
    /// Lengths and digests of files, and who else may list some.
    Targets,
}

impl RoleType {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Timestamp => "timestamp",
            Self::Snapshot => "snapshot",
            Self::Targets => "targets",
        }
    }
}

impl fmt::Display for RoleType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A role of a repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleName {
    /// One of the four that root names.
    Top(RoleType),
    /// One that targets metadata delegates to; any text but the names of the four.
    Delegated(String),
}

impl RoleName {
    /// The role that a name stands for.
    pub fn from_text(name: &str) -> Self {
        [RoleType::Root, RoleType::Timestamp, RoleType::Snapshot, RoleType::Targets]
            .into_iter()
            .find(|role| role.as_str() == name)
            .map_or_else(|| Self::Delegated(name.into()), Self::Top)
    }

    /// The type of this role's metadata.
    pub const fn role_type(&self) -> RoleType {
        match self {
            Self::Top(role) => *role,
            Self::Delegated(_) => RoleType::Targets,
        }
    }

    /// The name, as metadata has it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Top(role) => role.as_str(),
            Self::Delegated(name) => name,
        }
    }

    /// The name under which snapshot metadata lists this role: `targets.json`, `a/b.json`. Not a safe file name.
    pub fn meta_name(&self) -> String {
        alloc::format!("{}.json", self.as_str())
    }

    /// A file name for this role's metadata, percent-encoded, so that it is one segment whatever the role is called.
    pub fn file_name(&self) -> String {
        alloc::format!("{}.json", utf8_percent_encode(self.as_str(), QUOTED))
    }

    /// The file name with its version in front, as consistent snapshots (TUF 1.0.34, 6.2) and all roots have it.
    pub fn versioned_file_name(&self, version: Version) -> String {
        alloc::format!("{version}.{}", self.file_name())
    }
}

impl From<RoleType> for RoleName {
    fn from(role: RoleType) -> Self {
        Self::Top(role)
    }
}

/// The name for people: quoted where it is not one of the four.
impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top(role) => role.fmt(f),
            Self::Delegated(name) => write!(f, "delegated role {name:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_role_names_are_one_segment_and_stay_apart() {
        for (name, file) in [
            ("?", "%3F.json"),
            ("#", "%23.json"),
            ("/x", "%2Fx.json"),
            ("../x", "..%2Fx.json"),
            ("..", "...json"),
            ("a%2Fb", "a%252Fb.json"),
            ("é", "%C3%A9.json"),
            ("a-b_c.d~e", "a-b_c.d~e.json"),
        ] {
            assert_eq!(RoleName::from_text(name).file_name(), file);
        }
        assert_eq!(RoleName::from_text("a/b").meta_name(), "a/b.json");
        assert_eq!(RoleName::from_text("a/b").versioned_file_name(3), "3.a%2Fb.json");
    }

    #[test]
    fn the_four_names_are_never_delegated_roles() {
        for role in [RoleType::Root, RoleType::Timestamp, RoleType::Snapshot, RoleType::Targets] {
            assert_eq!(RoleName::from_text(role.as_str()), RoleName::Top(role));
        }
    }
}
