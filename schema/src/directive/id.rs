//! The names of directives and their revisions.

use core::fmt;
use core::num::NonZeroU32;
use core::str::FromStr;

use alloc::string::String;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A directive's name: tokens of `A-Z a-z 0-9` joined by single `-`, at most 64 bytes, `BOD-17-01`.
///
/// It is part of a flat target name (`formats.md`) and of file names, so nothing else is allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DirectiveId(String);

/// A text that is not a [`DirectiveId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotADirectiveId {
    /// Longer than 64 bytes.
    #[error("found {found} bytes, wanted at most 64")]
    TooLong {
        /// Bytes found.
        found: usize,
    },
    /// A token is empty or has another character.
    #[error(
        "byte {byte}: wanted tokens of letters and digits joined by single hyphens, BOD-17-01 for instance"
    )]
    Character {
        /// Bytes before the place.
        byte: usize,
    },
}

impl DirectiveId {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its first 16 bytes, which compare as the names do: equal only where the names agree so far.
    pub(crate) fn leading(&self) -> u128 {
        let mut leading = [0; 16];
        leading.iter_mut().zip(self.0.bytes()).for_each(|(to, from)| *to = from);
        u128::from_be_bytes(leading)
    }

    /// Whether the name begins with these whole tokens: `BOD` covers `BOD-17-01` and not `BODY-1` (`trust.md`, rule 1).
    pub fn has_prefix(&self, prefix: &str) -> bool {
        self.0.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }
}

impl FromStr for DirectiveId {
    type Err = NotADirectiveId;

    fn from_str(text: &str) -> Result<Self, NotADirectiveId> {
        if text.len() > Self::MAX_BYTES {
            return Err(NotADirectiveId::TooLong { found: text.len() });
        }
        let mut token = 0;
        for (byte, character) in text.bytes().enumerate() {
            match character {
                b'-' if token > 0 => token = 0,
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => token += 1,
                _ => return Err(NotADirectiveId::Character { byte }),
            }
        }
        if token == 0 { Err(NotADirectiveId::Character { byte: text.len() }) } else { Ok(Self(text.into())) }
    }
}

impl fmt::Display for DirectiveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for DirectiveId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for DirectiveId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "json-schema")]
impl schemars::JsonSchema for DirectiveId {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "DirectiveId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "maxLength": Self::MAX_BYTES, "pattern": "^[0-9A-Za-z]+(-[0-9A-Za-z]+)*$" })
    }
}

/// The number of a revision: 1, then rising by exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Revision(NonZeroU32);

impl Revision {
    /// The first text.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// The revision of this number; none for 0.
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    /// Its number, at least 1.
    pub fn number(self) -> u32 {
        self.0.get()
    }

    /// The revision after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The directive and revision that a target path names: `BOD-17-01.1.json`; none for every other path.
///
/// Only the one spelling counts: no leading zero, no sign.
pub fn named_by(target_path: &str) -> Option<(DirectiveId, Revision)> {
    let (id, number) = target_path.strip_suffix(".json")?.rsplit_once('.')?;
    let plain = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
    let revision = number.parse().ok().filter(|_| plain).and_then(Revision::new)?;
    Some((id.parse().ok()?, revision))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_hyphenated_tokens_and_nothing_else() {
        for good in ["BOD-17-01", "ED-21-01-v2", "A"] {
            assert!(good.parse::<DirectiveId>().is_ok(), "{good}");
        }
        for (bad, byte) in [("", 0), ("-A", 0), ("A-", 2), ("A--B", 2), ("A.B", 1), ("A/B", 1), ("BÖD", 1)] {
            assert_eq!(bad.parse::<DirectiveId>(), Err(NotADirectiveId::Character { byte }), "{bad}");
        }
        assert!("A".repeat(64).parse::<DirectiveId>().is_ok());
        assert_eq!("A".repeat(65).parse::<DirectiveId>(), Err(NotADirectiveId::TooLong { found: 65 }));
    }

    #[test]
    fn a_prefix_covers_whole_tokens_alone() {
        let id: DirectiveId = "BOD-17-01".parse().unwrap();
        assert!(id.has_prefix("BOD") && id.has_prefix("BOD-17") && id.has_prefix("BOD-17-01"));
        assert!(
            !id.has_prefix("BO") && !id.has_prefix("BOD-1") && !id.has_prefix("BOD-") && !id.has_prefix("ED")
        );
    }

    #[test]
    fn a_target_path_has_one_spelling() {
        let (id, revision) = named_by("BOD-17-01.12.json").unwrap();
        assert_eq!((id.as_str(), revision.number()), ("BOD-17-01", 12));
        for bad in [
            "issuers.json",
            "BOD-17-01.json",
            "BOD-17-01.0.json",
            "BOD-17-01.01.json",
            "BOD-17-01.+1.json",
            "BOD-17-01.1.JSON",
            ".1.json",
            "a/B.1.json",
            "BOD-17-01.4294967296.json",
        ] {
            assert_eq!(named_by(bad), None, "{bad}");
        }
    }
}
