//! The short name of a finding: the same in every form, on every run, on every machine that looks at the same asset.
//!
//! It is made of that by which a detection is remembered: repository, directive, subject, asset, and the component without
//! its version. So an update that leaves the product in place is the same finding. Things that agree in all of these share
//! the name, and whoever asks for it is shown all of them. Not here: when something was first found.

use std::fmt;
use std::str::FromStr;

use interdict_schema::Sha256;

use super::assessment::{Assessment, Finding};

/// The first 48 bits of a SHA-256 digest, as twelve lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingId(u64);

/// How many digits.
const DIGITS: usize = 12;

/// A text that is no finding's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("found {found:?}, wanted the {DIGITS} hexadecimal digits that stand beside a finding")]
pub struct NotAFindingId {
    /// The text.
    pub found: String,
}

impl FindingId {
    fn of(parts: [&str; 5]) -> Self {
        let mut text = String::new();
        for part in parts {
            // No part can pretend to be the end of another.
            text.push_str(&part.len().to_string());
            text.push(':');
            text.push_str(part);
        }
        let digest = Sha256::of(text.as_bytes());
        Self(digest.as_bytes().iter().take(DIGITS / 2).fold(0, |id, byte| (id << 8) | u64::from(*byte)))
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0DIGITS$x}", self.0)
    }
}

impl FromStr for FindingId {
    type Err = NotAFindingId;

    fn from_str(text: &str) -> Result<Self, NotAFindingId> {
        let digits = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let refused = || NotAFindingId { found: text.to_owned() };
        if text.len() != DIGITS || !text.bytes().all(digits) {
            return Err(refused());
        }
        u64::from_str_radix(text, 16).map(Self).map_err(|_| refused())
    }
}

impl serde::Serialize for FindingId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'a> Assessment<'a> {
    /// The name of a finding.
    pub fn id_of(&self, finding: &Finding<'_, 'a>) -> FindingId {
        let component = super::detected::component_of(finding);
        let detection = self.detection(finding, &component);
        FindingId::of([
            detection.repository,
            detection.directive.as_str(),
            detection.subject,
            detection.asset,
            detection.component,
        ])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    fn a_name_is_twelve_digits_and_reads_back() {
        let id = FindingId::of(["dhs", "BOD-1", "a", "host", "deb:/kesl"]);
        let text = id.to_string();
        assert_eq!(text.len(), DIGITS);
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(FindingId(1).to_string(), "000000000001");
    }

    #[test]
    fn no_part_can_pretend_to_be_the_end_of_another() {
        let ids = [
            ["ab", "c", "", "", ""],
            ["a", "bc", "", "", ""],
            ["a", "b", "c", "", ""],
            ["a1:b", "c", "", "", ""],
            ["", "", "", "", "abc"],
        ];
        let mut ids: Vec<_> = ids.map(FindingId::of).to_vec();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 5);
    }

    #[test]
    fn other_texts_are_no_names() {
        for text in [
            "",
            "00000000000",
            "0000000000000",
            "00000000000G",
            "00000000000A",
            "+00000000000",
            "é0000000000",
        ] {
            let refused = NotAFindingId { found: text.to_owned() };
            assert_eq!(text.parse::<FindingId>(), Err(refused), "{text}");
        }
    }
}
