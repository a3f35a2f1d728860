//! What an operator may set of the definitions, checked.

use std::path::PathBuf;

use super::super::{Options, RenderError, Setting};

/// What can be set.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "file",
        about: "where the definitions lie; a scanner is given this path",
        default: "/etc/interdict/oval/interdict.oval.xml",
    },
    Setting {
        key: "namespace",
        about: "whose definitions they are: the middle of every id, a domain turned round",
        default: "gov.interdict",
    },
    Setting {
        key: "class",
        about: "inventory, or vulnerability where scanners shall report what is there as a failure",
        default: "inventory",
    },
];

/// What is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where the definitions lie.
    pub file: PathBuf,
    /// Whose they are.
    pub namespace: String,
    /// The class of those that are of a directive.
    pub class: &'static str,
}

impl Settings {
    /// Reads what is set.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn read(options: &Options<'_>) -> Result<Self, RenderError> {
        let wrong =
            |key, wanted| RenderError::Setting { key, found: options.setting(key).to_owned(), wanted };
        let file = options.setting("file");
        let steps = file.split('/').any(|part| part == "..");
        let is_xml = file.rsplit_once('.').is_some_and(|(_, ending)| ending == "xml");
        if !file.starts_with('/') || steps || !is_xml || file.contains(char::is_control) {
            return Err(wrong("file", "an absolute path without .. that ends with .xml"));
        }
        // OVAL 5.11.2, the pattern of ids.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        let namespace = options.setting("namespace");
        if namespace.is_empty() || namespace.len() > 100 || !namespace.bytes().all(plain) {
            return Err(wrong("namespace", "1 to 100 ASCII letters, digits, _, - and ."));
        }
        let class = match options.setting("class") {
            "inventory" => "inventory",
            "vulnerability" => "vulnerability",
            _ => return Err(wrong("class", "inventory or vulnerability")),
        };
        Ok(Self { file: file.into(), namespace: namespace.to_owned(), class })
    }
}
