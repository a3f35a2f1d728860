//! What an extension of Chromium says of itself: `manifest.json`, and the messages that its name may stand in.
//!
//! Manifest versions 2 and 3 (developer.chrome.com/docs/extensions/reference/manifest); `__MSG_key__` in the default
//! language, whose keys have no letter case (chrome.i18n).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::Problem;
use crate::inventory::limits::Limits;
use crate::inventory::rooted::Folder;
use crate::inventory::text::without_mark;

/// The members that are of use. Of another type than wanted they are as absent.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Manifest {
    #[serde(default)]
    name: Value,
    #[serde(default)]
    version: Value,
    #[serde(default)]
    author: Value,
    #[serde(default)]
    default_locale: Value,
}

#[derive(Debug, Deserialize)]
struct Message {
    message: String,
}

impl Manifest {
    /// Reads the manifest in an extension's folder, with its name in words.
    ///
    /// # Errors
    /// It, or the messages that its name stands in, could not be read.
    pub(super) fn in_folder(folder: &Folder, limits: &Limits) -> Result<Self, Problem> {
        let mut manifest: Self = json(&folder.read("manifest.json", limits)?)?;
        if let Some(key) = manifest.message_key() {
            let locale = manifest.default_locale.as_str().filter(|locale| is_plain(locale));
            let path = format!("_locales/{}/messages.json", locale.unwrap_or("en"));
            let messages: BTreeMap<String, Value> = json(&folder.read(path, limits)?)?;
            let named = messages.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(&key));
            let message = named.and_then(|(_, message)| Message::deserialize(message).ok());
            manifest.name = message.map_or(Value::Null, |message| Value::String(message.message));
        }
        Ok(manifest)
    }

    /// The name in words, if that is known.
    pub(super) fn name(&self) -> Option<&str> {
        let name = self.name.as_str()?.trim();
        (!name.is_empty() && self.message_key().is_none()).then_some(name)
    }

    pub(super) fn version(&self) -> Option<&str> {
        self.version.as_str().map(str::trim).filter(|version| !version.is_empty())
    }

    /// Who is said to have made it; not an address, which the newer form has.
    pub(super) fn author(&self) -> Option<&str> {
        self.author.as_str()
    }

    fn message_key(&self) -> Option<String> {
        let key = self.name.as_str()?.trim().strip_prefix("__MSG_")?.strip_suffix("__")?;
        Some(key.to_owned())
    }
}

/// A document, or why it is none.
pub(super) fn json<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(without_mark(bytes)).map_err(|error| Problem::Json { detail: error.to_string() })
}

/// Whether a locale is a name and no path.
fn is_plain(locale: &str) -> bool {
    !locale.is_empty()
        && locale.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
