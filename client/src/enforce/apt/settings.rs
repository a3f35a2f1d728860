//! What an operator may set, checked: paths that mean nothing to a shell or to apt.

use std::path::{Path, PathBuf};

use super::super::{Options, RenderError, Setting};

/// What can be set.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "preferences",
        about: "the drop-in with the pins",
        default: "/etc/apt/preferences.d/interdict.pref",
    },
    Setting {
        key: "configuration",
        about: "the drop-in by which apt calls the hook",
        default: "/etc/apt/apt.conf.d/60interdict",
    },
    Setting {
        key: "bans",
        about: "the list that the hook compares with; only root may be able to write there",
        default: "/etc/interdict/apt-bans.jsonl",
    },
    Setting {
        key: "program",
        about: "this program, as apt calls it; only root may be able to write there",
        default: "/usr/bin/interdict",
    },
];

/// What is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The drop-in with the pins.
    pub preferences: PathBuf,
    /// The drop-in by which apt calls the hook.
    pub configuration: PathBuf,
    /// The list that the hook compares with.
    pub bans: PathBuf,
    /// This program.
    pub program: PathBuf,
}

impl Settings {
    /// Reads what is set.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn read(options: &Options<'_>) -> Result<Self, RenderError> {
        let wrong =
            |key, wanted| RenderError::Setting { key, found: options.setting(key).to_owned(), wanted };
        let path = |key| path(options.setting(key)).ok_or_else(|| wrong(key, PATH));
        let settings = Self {
            preferences: path("preferences")?,
            configuration: path("configuration")?,
            bans: path("bans")?,
            program: path("program")?,
        };
        if !is_read(&settings.preferences, "pref") {
            return Err(wrong("preferences", "a file name that ends with .pref, or has no full stop"));
        }
        if !is_read(&settings.configuration, "conf") {
            return Err(wrong("configuration", "a file name that ends with .conf, or has no full stop"));
        }
        Ok(settings)
    }
}

const PATH: &str = "an absolute path of letters, digits and . _ - without ..";

/// A path that means nothing to a shell or to apt's configuration.
fn path(text: &str) -> Option<PathBuf> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let whole = !text.split('/').skip(1).any(|part| matches!(part, "" | "." | ".."));
    // Two colons would be another option, and there are none; a slash at the end would be a folder.
    (text.starts_with('/') && whole && text.bytes().all(plain)).then(|| PathBuf::from(text))
}

/// Whether apt reads a file of this name in a folder of drop-ins (apt.conf(5)): the extension, or none.
fn is_read(path: &Path, extension: &str) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    !name.contains('.')
        || (!name.starts_with('.') && name.strip_suffix(extension).is_some_and(|rest| rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_mean_nothing_to_a_shell_are_taken() {
        for text in ["/usr/bin/interdict", "/opt/a-b/interdict_1.2"] {
            assert_eq!(path(text), Some(PathBuf::from(text)));
        }
        for text in [
            "",
            "/",
            "usr/bin",
            "/usr/../bin",
            "/a//b",
            "/a/./b",
            "/a/",
            "/a b",
            "/a;b",
            "/a$b",
            "/a\"b",
            "/a::b",
            "/é",
        ] {
            assert_eq!(path(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_name_that_apt_passes_over_is_none() {
        for (name, read) in [
            ("a.pref", true),
            ("99a", true),
            ("a.conf", false),
            (".pref", false),
            ("a.pref.bak", false),
            ("apref", true),
        ] {
            assert_eq!(is_read(&Path::new("/etc").join(name), "pref"), read, "{name}");
        }
    }
}
