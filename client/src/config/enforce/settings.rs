//! The tables of targets: `[enforce.<target>]`.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::enforce::target::{self, Setting, Target};

/// The keys of `[enforce]` that are no targets.
const KEYS: [&str; 7] =
    ["mode", "targets", "protected", "max-impact", "health-check", "window", "replacement-present"];

/// A key of `[enforce]`.
pub(super) enum Key {
    Mode,
    Targets,
    Protected,
    MaxImpact,
    HealthCheck,
    Window,
    ReplacementPresent,
    Target(&'static dyn Target),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Ok(match word.as_str() {
            "mode" => Self::Mode,
            "targets" => Self::Targets,
            "protected" => Self::Protected,
            "max-impact" => Self::MaxImpact,
            "health-check" => Self::HealthCheck,
            "window" => Self::Window,
            "replacement-present" => Self::ReplacementPresent,
            name => {
                let refuse = || {
                    let known = target::ALL.iter().map(|target| target.name());
                    let wanted = KEYS.into_iter().chain(known).collect::<Vec<_>>().join(", ");
                    de::Error::custom(format_args!("unknown field `{name}`, wanted one of {wanted}"))
                };
                Self::Target(target::named(name).ok_or_else(refuse)?)
            }
        })
    }
}

/// The name of a target that this version has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct KnownTarget(&'static str);

impl KnownTarget {
    /// That of this target.
    pub fn of(target: &dyn Target) -> Self {
        Self(target.name())
    }

    /// The name.
    pub const fn as_str(&self) -> &'static str {
        self.0
    }
}

impl Borrow<str> for KnownTarget {
    fn borrow(&self) -> &str {
        self.0
    }
}

impl<'de> Deserialize<'de> for KnownTarget {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        target::named(&name).map(Self::of).ok_or_else(|| {
            let known: Vec<&str> = target::ALL.iter().map(|target| target.name()).collect();
            de::Error::custom(format_args!("found the target {name:?}, wanted one of {}", known.join(", ")))
        })
    }
}

/// What is set of one target, as text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Settings(pub BTreeMap<String, String>);

/// Reads the table of a target.
pub(super) fn settings_of(target: &dyn Target) -> Known {
    Known(target.settings())
}

/// Reads a table of these settings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known(pub &'static [Setting]);

impl<'de> DeserializeSeed<'de> for Known {
    type Value = Settings;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Settings, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Known {
    type Value = Settings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of settings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Settings, A::Error> {
        let mut settings = BTreeMap::new();
        while let Some(key) = map.next_key_seed(SettingKey(self.0))? {
            settings.insert(key, map.next_value::<Text>()?.0);
        }
        Ok(Settings(settings))
    }
}

struct SettingKey(&'static [Setting]);

impl<'de> DeserializeSeed<'de> for SettingKey {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let key = String::deserialize(deserializer)?;
        if self.0.iter().any(|setting| setting.key == key) {
            return Ok(key);
        }
        let known: Vec<&str> = self.0.iter().map(|setting| setting.key).collect();
        Err(de::Error::custom(format_args!("unknown field `{key}`, wanted one of {}", known.join(", "))))
    }
}

/// A text, a number or a truth value, as text.
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "found no text, whole number, true or false")]
        enum Written {
            Text(String),
            Number(i64),
            Truth(bool),
        }
        Ok(Self(match Written::deserialize(deserializer)? {
            Written::Text(text) => text,
            Written::Number(number) => number.to_string(),
            Written::Truth(truth) => truth.to_string(),
        }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    const KNOWN: Known = Known(&[
        Setting { key: "zone", about: "the zone", default: "rpz.local" },
        Setting { key: "ttl", about: "seconds", default: "60" },
    ]);

    fn read(text: &str) -> Result<Settings, toml::de::Error> {
        KNOWN.deserialize(toml::de::Deserializer::parse(text).unwrap())
    }

    #[test]
    fn a_setting_is_text_however_it_is_written_and_only_a_known_one_is_read() {
        let settings = read("zone = \"a.example\"\nttl = 300\n").unwrap();
        let wanted = [("ttl", "300"), ("zone", "a.example")].map(|(key, value)| (key.into(), value.into()));
        assert_eq!(settings.0, BTreeMap::from(wanted));
        let error = read("zone = \"a\"\ntttl = 300\n").unwrap_err();
        assert_eq!(error.message(), "unknown field `tttl`, wanted one of zone, ttl");
        assert_eq!(error.span().map(|span| span.start), Some(11));
        assert!(read("ttl = [1]").unwrap_err().message().starts_with("found no text"));
    }
}
