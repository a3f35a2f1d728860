//! On which line of `config.toml` something is said: whatever makes a directive not bind cites it (`trust.md`, rule 21).

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

/// The lines of a configuration, by key: `agency.classes`, `component.0.name`, `agency.systems.hosting`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    path: PathBuf,
    of: BTreeMap<String, usize>,
}

/// A place of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The key.
    pub key: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} ({})", self.path.display(), self.line, self.key)
    }
}

impl Lines {
    /// The lines of a text; none of one that is not TOML.
    pub(super) fn of(path: &Path, text: &str) -> Self {
        let mut of = BTreeMap::new();
        if let Ok(table) = DeTable::parse(text) {
            walk("", table.get_ref(), text, &mut of);
        }
        Self { path: path.into(), of }
    }

    /// Where this key stands, if it does.
    pub fn place(&self, key: &str) -> Option<Place> {
        let line = *self.of.get(key)?;
        Some(Place { path: self.path.clone(), line, key: key.to_owned() })
    }
}

/// Tables within tables of a configuration: its own shape has four, and what is deeper was refused.
fn walk(above: &str, table: &DeTable<'_>, text: &str, of: &mut BTreeMap<String, usize>) {
    for (name, value) in table {
        let key = format!("{above}{}", name.get_ref());
        let before = text.get(..name.span().start).unwrap_or_default();
        of.insert(key.clone(), before.matches('\n').count().saturating_add(1));
        match value.get_ref() {
            DeValue::Table(inner) => walk(&format!("{key}."), inner, text, of),
            DeValue::Array(several) => {
                for (number, one) in several.iter().enumerate() {
                    if let DeValue::Table(inner) = one.get_ref() {
                        walk(&format!("{key}.{number}."), inner, text, of);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_stands_on_its_line() {
        let text = "# on top\n[agency]\nname = \"A\"\nclasses = [\n  \"x\",\n]\n\n[agency.systems]\n\"ED-1/signs\" = [\"no\"]\n\
                    [[component]]\nname = \"B\"\n[[component]]\nname = \"C\"\nsystems = { hosting = [\"own\"] }\n";
        let lines = Lines::of(Path::new("c.toml"), text);
        let line = |key: &str| lines.place(key).map(|place| place.line);
        for (key, wanted) in [
            ("agency", 2),
            ("agency.name", 3),
            ("agency.classes", 4),
            ("agency.systems.ED-1/signs", 9),
            ("component.0.name", 11),
            ("component.1.name", 13),
            ("component.1.systems.hosting", 14),
        ] {
            assert_eq!(line(key), Some(wanted), "{key}");
        }
        assert_eq!(line("agency.parents"), None);
        assert_eq!(
            lines.place("agency.name").map(|place| place.to_string()).as_deref(),
            Some("c.toml:3 (agency.name)")
        );
        assert_eq!(
            Lines::of(Path::new("c.toml"), "x ="),
            Lines { path: "c.toml".into(), of: BTreeMap::new() }
        );
    }
}
