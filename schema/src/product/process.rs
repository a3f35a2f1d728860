//! Names of processes: a file's name without its folder.
//!
//! Windows does not tell letter case apart, and its programs end in `.exe`, `.com`, `.scr`, `.dll` or `.sys`; so such
//! names fold. Every other name is compared letter by letter. Wildcards as in paths.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;

use super::glob;
use super::text::{TextError, TextRule, check_text, is_wild, wrong};

/// A process's name, as a rule means it or as a source saw it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProcessName(String);

impl ProcessName {
    /// Reads a rule's name.
    ///
    /// # Errors
    /// A path separator, or no more than wildcards before the ending.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        check_text(text)?;
        if let Some(at) = text.find(['/', '\\']) {
            return wrong(at, TextRule::ProcessName);
        }
        // `*.exe` is every process of a machine.
        let stem = text.rsplit_once('.').map_or(text, |(stem, _)| stem);
        if stem.chars().all(|c| is_wild(c) || c.is_whitespace()) {
            return wrong(0, TextRule::Everything);
        }
        Ok(Self(folded(text.trim())))
    }

    /// Reads the name of a process that a source saw, perhaps with its folder before it.
    ///
    /// # Errors
    /// There is no name.
    pub fn seen(text: &str) -> Result<Self, TextError> {
        check_text(text)?;
        match text.trim().rsplit(['/', '\\']).next() {
            Some(name) if !name.is_empty() => Ok(Self(folded(name))),
            _ => wrong(text.len(), TextRule::Empty),
        }
    }

    /// The name as it is compared.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether wildcards stand in it.
    pub fn is_glob(&self) -> bool {
        glob::is_glob(&self.0)
    }

    /// Whether this rule means a process of that name.
    pub fn matches(&self, seen: &Self) -> bool {
        if self.is_glob() { glob::matches(&self.0, &seen.0) } else { self == seen }
    }
}

fn folded(name: &str) -> String {
    let lower = name.to_lowercase();
    let windows = [".exe", ".com", ".scr", ".dll", ".sys"].iter().any(|ending| lower.ends_with(ending));
    if windows { lower } else { name.to_owned() }
}

impl fmt::Display for ProcessName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(rule: &str, seen: &str) -> bool {
        ProcessName::parse(rule).unwrap().matches(&ProcessName::seen(seen).unwrap())
    }

    #[test]
    fn a_process_is_known_by_its_files_whole_name() {
        for seen in ["avp.exe", "AVP.EXE", r"C:\Program Files\Kaspersky Lab\avp.exe"] {
            assert!(means("avp.exe", seen), "{seen}");
        }
        for seen in ["avp", "avp.exe.bak", "avpx.exe", "myavp.exe"] {
            assert!(!means("avp.exe", seen), "{seen}");
        }
        assert!(means("kesl", "/opt/kaspersky/kesl/libexec/kesl"));
        assert!(!means("kesl", "KESL") && !means("kesl", "kesl-gui"));
        assert!(means("kl*.exe", "KLNAGENT.exe") && !means("kl*.exe", "svchost.exe"));
    }

    #[test]
    fn refuses_every_process_and_paths() {
        for text in ["*", "*.exe", "??.*", " *.exe"] {
            assert_eq!(ProcessName::parse(text), wrong(0, TextRule::Everything), "{text}");
        }
        assert_eq!(ProcessName::parse("/usr/bin/avp"), wrong(0, TextRule::ProcessName));
        assert_eq!(ProcessName::seen("/usr/bin/"), wrong(9, TextRule::Empty));
    }
}
