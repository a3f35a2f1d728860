//! Registry keys of Windows.
//!
//! A key means itself and everything below it; letter case folds. A 64-bit Windows shows the keys of 32-bit programs
//! under `WOW6432Node` ("Registry Redirector", Microsoft Learn): both views are one key here. What one user has is what
//! every user has: `HKU\<SID>` is `HKCU`. `HKLM\SOFTWARE\Classes` is `HKCR`, a control set is the current one.
//! `*` and `?` as in paths. A key in which everybody has something is refused.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::glob;
use super::text::{TextError, TextRule, check_text, is_wild, wrong};

/// A registry key, in lower case, its hive abbreviated.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegistryKey(Vec<String>);

const HIVES: [(&str, &str); 5] = [
    ("hklm", "hkey_local_machine"),
    ("hkcu", "hkey_current_user"),
    ("hkcr", "hkey_classes_root"),
    ("hku", "hkey_users"),
    ("hkcc", "hkey_current_config"),
];

/// Keys below which everybody has something, below a hive.
const EVERYBODYS: [&str; 11] = [
    "software",
    r"software\policies",
    r"software\microsoft",
    r"software\microsoft\windows",
    r"software\microsoft\windows\currentversion",
    r"software\microsoft\windows\currentversion\uninstall",
    r"software\microsoft\windows\currentversion\run",
    "system",
    r"system\currentcontrolset",
    r"system\currentcontrolset\services",
    r"system\currentcontrolset\control",
];

impl RegistryKey {
    /// Reads a rule's key: `HKLM\…` or `HKEY_LOCAL_MACHINE\…`.
    ///
    /// # Errors
    /// The byte and the rule that is broken: another hive, an empty part, a key that is everybody's.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        check_text(text)?;
        let (hive, below) = text.split_once('\\').unwrap_or((text, ""));
        let Some(short) = hive_of(hive) else { return wrong(0, TextRule::Hive) };
        let mut at = hive.len() + 1;
        for part in below.split('\\') {
            if part.is_empty() {
                return wrong(at.min(text.len()), TextRule::RegistryKey);
            }
            at += part.len() + 1;
        }
        let key = Self::of(short, below);
        if key.is_everybodys() { wrong(hive.len() + 1, TextRule::Everything) } else { Ok(key) }
    }

    /// Reads the key that a source saw: also with `Computer\` before it, a colon after the hive as PowerShell has it, or
    /// a separator at the end.
    ///
    /// # Errors
    /// Another hive.
    pub fn seen(text: &str) -> Result<Self, TextError> {
        check_text(text)?;
        let prefix = ["computer\\", "registry::"]
            .into_iter()
            .find(|prefix| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)));
        let at = prefix.map_or(0, str::len);
        let rest = text.get(at..).unwrap_or_default();
        let (hive, below) = rest.split_once('\\').unwrap_or((rest, ""));
        match hive_of(hive.strip_suffix(':').unwrap_or(hive)) {
            Some(short) => Ok(Self::of(short, below)),
            None => wrong(at, TextRule::Hive),
        }
    }

    fn of(hive: &str, below: &str) -> Self {
        let mut parts: Vec<String> = Vec::with_capacity(8);
        parts.push(hive.to_owned());
        // Both views are one.
        let view = |part: &str| matches!(part, "wow6432node" | "wowaa32node");
        parts.extend(below.split('\\').map(str::to_lowercase).filter(|part| !part.is_empty() && !view(part)));
        one_user(&mut parts);
        let is = |parts: &[String], at: usize, name: &str| parts.get(at).is_some_and(|part| part == name);
        if (is(&parts, 0, "hklm") || is(&parts, 0, "hkcu"))
            && is(&parts, 1, "software")
            && is(&parts, 2, "classes")
        {
            parts.drain(..3);
            parts.insert(0, "hkcr".to_owned());
        }
        if is(&parts, 0, "hklm")
            && is(&parts, 1, "system")
            && let Some(set) = parts.get_mut(2)
            && set
                .strip_prefix("controlset")
                .is_some_and(|n| n.len() == 3 && n.bytes().all(|b| b.is_ascii_digit()))
        {
            "currentcontrolset".clone_into(set);
        }
        Self(parts)
    }

    fn is_everybodys(&self) -> bool {
        let end = self.0.iter().rposition(|part| !part.chars().all(is_wild)).unwrap_or(0);
        let key = self.0.get(1..=end).unwrap_or_default();
        key.is_empty()
            || EVERYBODYS.iter().any(|known| {
                known.split('\\').count() == key.len()
                    && known.split('\\').zip(key).all(|(known, part)| glob::matches(part, known))
            })
    }

    /// Whether this rule means a key: the same, or one below it.
    pub fn matches(&self, seen: &Self) -> bool {
        self.0.len() <= seen.0.len()
            && self.0.iter().zip(&seen.0).all(|(rule, found)| glob::matches(rule, found))
    }

    /// Whether every key that another rule means is one that this rule means, as far as wildcards tell: of two with wildcards
    /// the parts must be the same.
    pub fn covers(&self, narrow: &Self) -> bool {
        if narrow.0.iter().any(|part| glob::is_glob(part)) {
            narrow.0.starts_with(&self.0)
        } else {
            self.matches(narrow)
        }
    }

    /// The beginning that every key has that this rule means, in the form of [`beginnings`](Self::beginnings).
    pub fn beginning(&self) -> String {
        key(self.0.iter().take_while(|part| !glob::is_glob(part)))
    }

    /// Every key above it, and itself, as text. For tables.
    pub fn beginnings(&self) -> impl Iterator<Item = String> {
        (1..=self.0.len()).map(|count| key(self.0.iter().take(count)))
    }
}

fn key<'p>(parts: impl Iterator<Item = &'p String>) -> String {
    let mut key = String::new();
    for part in parts {
        if !key.is_empty() {
            key.push('\\');
        }
        key.push_str(part);
    }
    key
}

fn hive_of(text: &str) -> Option<&'static str> {
    let same = |name: &str| name.eq_ignore_ascii_case(text);
    HIVES.iter().find(|(short, long)| same(short) || same(long)).map(|(short, _)| *short)
}

/// `HKU\<SID>` is what that user sees as `HKCU`; `<SID>_Classes` is the user's part of the classes.
fn one_user(parts: &mut Vec<String>) {
    if parts.first().is_none_or(|hive| hive != "hku") {
        return;
    }
    let Some(user) = parts.get(1) else { return };
    let of_user = user == ".default" || user.starts_with("s-1-");
    let hive = match (of_user, user.ends_with("_classes")) {
        (false, _) => return,
        (true, true) => "hkcr",
        (true, false) => "hkcu",
    };
    parts.drain(..2);
    parts.insert(0, hive.to_owned());
}

impl fmt::Display for RegistryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hive, below) = self.0.split_first().map_or(("", [].as_slice()), |(hive, below)| (hive, below));
        f.write_str(&hive.to_ascii_uppercase())?;
        below.iter().try_for_each(|part| write!(f, "\\{part}"))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    fn means(rule: &str, seen: &str) -> bool {
        let (rule, seen) = (RegistryKey::parse(rule).unwrap(), RegistryKey::seen(seen).unwrap());
        let means = rule.matches(&seen);
        assert!(!means || seen.beginnings().any(|beginning| beginning == rule.beginning()), "{rule} {seen}");
        means
    }

    // The views are those of "Registry Keys Affected by WOW64" (Microsoft Learn).
    #[test]
    fn a_key_means_itself_what_is_below_it_and_both_views() {
        for seen in [
            r"HKLM\SOFTWARE\KasperskyLab",
            r"HKEY_LOCAL_MACHINE\Software\kasperskylab\AVP21\",
            r"HKLM:\SOFTWARE\WOW6432Node\KasperskyLab\x",
            r"Computer\HKEY_LOCAL_MACHINE\SOFTWARE\KasperskyLab",
            r"Registry::HKEY_LOCAL_MACHINE\SOFTWARE\KasperskyLab",
        ] {
            assert!(means(r"HKLM\SOFTWARE\KasperskyLab", seen), "{seen}");
            assert!(means(r"HKLM\SOFTWARE\Wow6432Node\KasperskyLab", seen), "{seen}");
        }
        for seen in [r"HKLM\SOFTWARE\KasperskyLabs", r"HKLM\SOFTWARE", r"HKCU\SOFTWARE\KasperskyLab"] {
            assert!(!means(r"HKLM\SOFTWARE\KasperskyLab", seen), "{seen}");
        }
        assert!(means(r"HKLM\SOFTWARE\Kaspersky*", r"HKLM\SOFTWARE\KasperskyLab\x"));
    }

    #[test]
    fn every_user_and_every_control_set_is_meant() {
        let user = r"HKU\S-1-5-21-1-2-3-1001";
        for seen in [alloc::format!(r"{user}\Software\KL\x"), r"HKU\.DEFAULT\Software\KL".to_string()] {
            assert!(means(r"HKCU\Software\KL", &seen), "{seen}");
        }
        assert!(means(r"HKCR\KL.Document", &alloc::format!(r"{user}_Classes\KL.Document")));
        assert!(means(r"HKCR\KL.Document", r"HKLM\SOFTWARE\Classes\KL.Document\shell"));
        assert!(means(
            r"HKLM\SYSTEM\CurrentControlSet\Services\klflt",
            r"HKLM\SYSTEM\ControlSet001\Services\KLFLT"
        ));
        assert!(!means(r"HKU\Other\KL", r"HKCU\KL"));
    }

    #[test]
    fn refuses_keys_that_are_everybodys_and_what_is_no_key() {
        for text in [
            r"HKLM\*",
            r"HKLM\SOFTWARE",
            r"HKLM\Software\*",
            r"HKCU\Software\Microsoft",
            r"HKLM\SOFTWARE\WOW6432Node",
            r"HKLM\S*",
            r"HKLM\SYSTEM\ControlSet001\Services\*",
            r"HKU\S-1-5-18",
        ] {
            assert_eq!(RegistryKey::parse(text).unwrap_err().rule, TextRule::Everything, "{text}");
        }
        for (text, at, rule) in [
            (r"HKXX\SOFTWARE\K", 0, TextRule::Hive),
            (r"HKLM\SOFTWARE\\K", 14, TextRule::RegistryKey),
            (r"HKLM\SOFTWARE\K\", 16, TextRule::RegistryKey),
            ("HKLM", 4, TextRule::RegistryKey),
        ] {
            assert_eq!(RegistryKey::parse(text), wrong(at, rule), "{text}");
        }
    }
}
