//! `[enforce]`: which tools are to obey, how far, and what must be so before they do.
//!
//! | file | what is there |
//! |---|---|
//! | `window` | when changes may be made |
//! | `replacement` | what must be there before something is blocked |
//! | `settings` | the tables of targets, whose keys each target says |
//!
//! Local configuration may be stricter than an order and never laxer: nothing here lifts a ban. What it protects stays a
//! finding, and is shouted.

mod replacement;
mod settings;
mod window;

use std::collections::BTreeMap;
use std::fmt;

use interdict_schema::product;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, de};

pub use replacement::{Replacement, Required};
pub use settings::Settings;
pub use window::{ClockTime, Day, Window};

use self::settings::{Key, KnownTarget, settings_of};
use crate::enforce::stage::Mode;

/// `[enforce]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Enforce {
    /// Whether anything is blocked at all.
    pub mode: Mode,
    /// The targets, by name; those of `--target` instead where it is given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<KnownTarget>,
    /// What no directive may hit on this machine, besides the built-in list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub protected: Vec<ProtectedIdentifier>,
    /// The most findings on this machine that an application may hit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_impact: Option<u64>,
    /// A command that must end with 0 after activation, or all is taken back: a program by its absolute path, and arguments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub health_check: Vec<String>,
    /// When changes may be made; at any time where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// What must be there before something is blocked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replacement_present: Vec<Replacement>,
    /// What is set of each target.
    #[serde(flatten)]
    pub settings: BTreeMap<KnownTarget, Settings>,
}

impl Enforce {
    /// What is set of a target.
    pub fn settings_of(&self, target: &str) -> BTreeMap<String, String> {
        self.settings.get(target).map(|settings| settings.0.clone()).unwrap_or_default()
    }
}

/// An identifier that no directive may hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProtectedIdentifier {
    /// Its kind.
    pub kind: String,
    /// Its value.
    pub value: String,
    /// It, read.
    #[serde(skip)]
    pub parsed: product::Identifier,
}

impl<'de> Deserialize<'de> for ProtectedIdentifier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written {
            kind: String,
            value: String,
        }
        let Written { kind, value } = Written::deserialize(deserializer)?;
        let parsed = product::Identifier::parse(&kind, &value, None).map_err(de::Error::custom)?;
        if matches!(parsed, product::Identifier::Unsupported { .. }) {
            let words = product::identifier::KINDS.join(", ");
            return Err(de::Error::custom(format_args!("found the kind {kind:?}, wanted one of {words}")));
        }
        Ok(Self { kind, value, parsed })
    }
}

impl<'de> Deserialize<'de> for Enforce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Table)
    }
}

/// Reads the table by hand: the names of targets are keys of it, and a mistake is told with its line.
struct Table;

impl<'de> Visitor<'de> for Table {
    type Value = Enforce;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the table [enforce]")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Enforce, A::Error> {
        let mut read = Enforce::default();
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::Mode => read.mode = map.next_value()?,
                Key::Targets => read.targets = map.next_value()?,
                Key::Protected => read.protected = map.next_value()?,
                Key::MaxImpact => read.max_impact = Some(map.next_value()?),
                Key::HealthCheck => read.health_check = map.next_value::<HealthCheck>()?.0,
                Key::Window => read.window = Some(map.next_value()?),
                Key::ReplacementPresent => read.replacement_present = map.next_value()?,
                Key::Target(target) => {
                    let settings = map.next_value_seed(settings_of(target))?;
                    read.settings.insert(KnownTarget::of(target), settings);
                }
            }
        }
        Ok(read)
    }
}

struct HealthCheck(Vec<String>);

impl<'de> Deserialize<'de> for HealthCheck {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        if words.first().is_some_and(|program| program.starts_with('/')) {
            Ok(Self(words))
        } else {
            Err(de::Error::custom("found no absolute path first, wanted a program and its arguments"))
        }
    }
}

#[cfg(test)]
mod tests;
