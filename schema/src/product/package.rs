//! Package names: exact, in their ecosystem.

use alloc::string::{String, ToString as _};
use core::fmt;

use super::answer::{Answer, Reason};
use super::purl::canonical_name;
use super::text::{TextError, TextRule, check_text};

/// A package name, in one ecosystem or in any. Text form: `kesl` or `deb:kesl`, the ecosystem being a package-URL type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PackageName {
    ecosystem: Option<String>,
    name: String,
}

/// Ecosystems that may stand before a name: package-URL types in which no name holds a colon.
const ECOSYSTEMS: [&str; 14] = [
    "alpm", "apk", "brew", "cargo", "composer", "conda", "cran", "deb", "gem", "golang", "npm", "nuget",
    "pypi", "rpm",
];

/// Ecosystems in which a name is a title that its maker chose, and an id says what it is: `extension-id` rules mean them.
const TITLED: [&str; 3] = ["chrome-extension", "mozilla-extension", "vscode-extension"];

impl PackageName {
    /// Reads `name` or `ecosystem:name`.
    ///
    /// # Errors
    /// The byte and the rule that is broken: empty, blanks, control characters, wildcards, an unknown ecosystem.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        check_text(text)?;
        let (ecosystem, name, at) = match text.split_once(':') {
            Some((ecosystem, name)) => (Some(ecosystem.to_ascii_lowercase()), name, ecosystem.len() + 1),
            None => (None, text, 0),
        };
        if ecosystem.as_deref().is_some_and(|ecosystem| !ECOSYSTEMS.contains(&ecosystem)) {
            return Err(TextError { at: 0, rule: TextRule::Ecosystem });
        }
        if name.is_empty() {
            return Err(TextError { at, rule: TextRule::Empty });
        }
        if let Some(offset) = name.find(|c: char| c.is_whitespace() || matches!(c, '*' | '?')) {
            return Err(TextError { at: at + offset, rule: TextRule::PackageCharacter });
        }
        let name = match &ecosystem {
            Some(ecosystem) => canonical_name(ecosystem, name),
            None => name.to_string(),
        };
        Ok(Self { ecosystem, name })
    }

    /// The ecosystem (a package-URL type), if the rule names one.
    pub fn ecosystem(&self) -> Option<&str> {
        self.ecosystem.as_deref()
    }

    /// The name as its ecosystem compares it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether this rule recognises a package of that name in that ecosystem. An extension of a browser or editor is none, whatever
    /// it is called.
    pub fn matches(&self, ecosystem: Option<&str>, name: &str) -> Answer {
        match (self.ecosystem(), ecosystem) {
            (Some(wanted), Some(found)) if wanted != found => Answer::NoMatch,
            (None, Some(found)) if TITLED.contains(&found) => Answer::NoMatch,
            (_, Some(found)) => Answer::when(self.name == canonical_name(found, name)),
            (None, None) if self.name == name => Answer::Match,
            // Whether letter case counts depends on the ecosystem.
            (None, None) if self.name.eq_ignore_ascii_case(name) => Answer::Unknown(Reason::EcosystemAbsent),
            (Some(wanted), None) if self.name == canonical_name(wanted, name) => {
                Answer::Unknown(Reason::EcosystemAbsent)
            }
            (_, None) => Answer::NoMatch,
        }
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.ecosystem {
            Some(ecosystem) => write!(f, "{ecosystem}:{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(text: &str) -> PackageName {
        PackageName::parse(text).unwrap()
    }

    #[test]
    fn only_the_whole_name_matches() {
        let rule = package("deb:kesl");
        assert_eq!(rule.matches(Some("deb"), "kesl"), Answer::Match);
        assert_eq!(rule.matches(Some("rpm"), "kesl"), Answer::NoMatch);
        assert_eq!(rule.matches(None, "kesl"), Answer::Unknown(Reason::EcosystemAbsent));
        for other in ["libkesl-doc", "kesl-gui", "kes", ""] {
            assert_eq!(rule.matches(Some("deb"), other), Answer::NoMatch, "{other}");
            assert_eq!(package("kesl").matches(Some("deb"), other), Answer::NoMatch, "{other}");
            assert_eq!(package("kesl").matches(None, other), Answer::NoMatch, "{other}");
        }
        assert_eq!(package("pypi:Foo_Bar").matches(Some("pypi"), "foo-bar"), Answer::Match);
        assert_eq!(package("kesl").matches(None, "kesl"), Answer::Match);
        assert_eq!(package("kesl").matches(None, "KESL"), Answer::Unknown(Reason::EcosystemAbsent));
        assert_eq!(package("kesl").matches(Some("rpm"), "KESL"), Answer::NoMatch);
        for titled in TITLED {
            assert_eq!(package("kesl").matches(Some(titled), "kesl"), Answer::NoMatch, "{titled}");
        }
    }

    #[test]
    fn refuses_what_would_match_more_than_one_package() {
        for (text, at, rule) in [
            ("", 0, TextRule::Empty),
            ("*", 0, TextRule::PackageCharacter),
            ("kes*", 3, TextRule::PackageCharacter),
            ("deb:", 4, TextRule::Empty),
            ("deb:k l", 5, TextRule::PackageCharacter),
            ("win:kesl", 0, TextRule::Ecosystem),
        ] {
            assert_eq!(PackageName::parse(text), Err(TextError { at, rule }), "{text}");
        }
    }
}
