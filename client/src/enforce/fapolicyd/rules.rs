//! The lines (fapolicyd.rules(5), 1.1.7): denying ones alone, their values in the rules themselves.
//!
//! Not in sets: the kind of a set follows from its first item, and a digest that begins with a digit would make it one of
//! numbers, with which the daemon does not start. A rule is a line for each first digit of the digests, so that a digest more
//! changes one line, and sixteen searches in trees decide.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use interdict_schema::Sha256;

/// What is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Running it.
    Execute,
    /// Running and opening it.
    Any,
}

impl Permission {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Execute => "execute",
            Self::Any => "any",
        }
    }
}

/// Everything that is denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// How.
    pub permission: Permission,
    /// By digest.
    pub digests: BTreeSet<Sha256>,
    /// By path, with all that is below it: plain characters, no slash last.
    pub paths: BTreeSet<String>,
}

impl Rules {
    /// The file's text; `None` where nothing is denied.
    pub fn text(&self) -> Option<String> {
        let mut text = String::with_capacity(
            self.digests.len().saturating_mul(65).saturating_add(self.paths.len().saturating_mul(100)),
        );
        let mut group = None;
        for digest in &self.digests {
            let digest = digest.to_string();
            let first = digest.chars().next();
            if group == first {
                text.push(',');
            } else {
                if group.is_some() {
                    text.push('\n');
                }
                text.push_str(&self.before());
                text.push_str("sha256hash=");
                group = first;
            }
            text.push_str(&digest);
        }
        if group.is_some() {
            text.push('\n');
        }
        let before = self.before();
        for path in &self.paths {
            // Two rules: what is named may be a program or a folder of them. A text never fails to be written.
            let _ = write!(text, "{before}path={path}\n{before}dir={path}/\n");
        }
        (!text.is_empty()).then_some(text)
    }

    /// The beginning of the first rule, as far as it stays the same however many there are: answers are read to 1 MiB.
    pub fn first(&self) -> Option<String> {
        let digest = self.digests.first().map(|digest| format!("{}sha256hash={digest}", self.before()));
        digest.or_else(|| self.paths.first().map(|path| format!("{}path={path}", self.before())))
    }

    fn before(&self) -> String {
        format!("deny_audit perm={} all : ", self.permission.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_more_changes_one_line_and_every_rule_denies() {
        let digest = |byte: u8| Sha256::from_bytes([byte; 32]);
        let rules = |bytes: &[u8]| Rules {
            permission: Permission::Execute,
            digests: bytes.iter().map(|byte| digest(*byte)).collect(),
            paths: BTreeSet::from(["/opt/a".to_owned()]),
        };
        let text = |bytes: &[u8]| rules(bytes).text().unwrap_or_default();
        let deny = "deny_audit perm=execute all : ";
        let [one, two, eleven] = [digest(0x11), digest(0x12), digest(0xb1)];
        assert_eq!(
            text(&[0x12, 0xb1, 0x11]),
            format!(
                "{deny}sha256hash={one},{two}\n{deny}sha256hash={eleven}\n{deny}path=/opt/a\n{deny}dir=/opt/a/\n"
            )
        );
        let (short, long) = (text(&[0x11, 0xb1]), text(&[0x12, 0xb1, 0x11]));
        assert_eq!(short.lines().zip(long.lines()).filter(|(short, long)| short != long).count(), 1);
        let none = Rules { permission: Permission::Any, digests: BTreeSet::new(), paths: BTreeSet::new() };
        assert_eq!(none.text(), None);
    }
}
