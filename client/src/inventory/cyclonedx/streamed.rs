//! A document whose components are read one after the other, and never held together.
//!
//! Services and vulnerabilities are held: there are few, and they are understood when the components are known.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::document::{Entry, Metadata, Service, Text, Vulnerability};
use super::reader::Reader;

/// What a document holds besides its components.
#[derive(Default)]
pub(super) struct Bom<'a> {
    pub(super) format: Option<Text<'a>>,
    pub(super) version: Option<Text<'a>>,
    pub(super) metadata: Option<Metadata<'a>>,
    pub(super) services: Option<Vec<Service<'a>>>,
    pub(super) vulnerabilities: Option<Vec<Vulnerability<'a>>>,
    /// Whether the component that the document describes stands behind others, and was not read for that.
    pub(super) subject_is_late: bool,
}

/// Reads a document into a reader of components.
pub(super) struct Streamed<'s, 'r> {
    pub(super) reader: &'s mut Reader<'r>,
    /// Whether the component that the document describes is read where it stands.
    pub(super) subject: bool,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Member {
    BomFormat,
    SpecVersion,
    Metadata,
    Components,
    Services,
    Vulnerabilities,
    #[serde(other)]
    Other,
}

impl<'de> DeserializeSeed<'de> for Streamed<'_, '_> {
    type Value = Bom<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Bom<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Streamed<'_, '_> {
    type Value = Bom<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("struct Bom")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Bom<'de>, A::Error> {
        let Self { reader, subject } = self;
        let mut bom = Bom::default();
        let [mut format, mut version, mut metadata, mut components, mut services, mut vulnerabilities] =
            [false; 6];
        let once = |seen: &mut bool, name| {
            if std::mem::replace(seen, true) { Err(A::Error::duplicate_field(name)) } else { Ok(()) }
        };
        while let Some(member) = map.next_key()? {
            match member {
                Member::BomFormat => {
                    once(&mut format, "bomFormat")?;
                    bom.format = map.next_value()?;
                }
                Member::SpecVersion => {
                    once(&mut version, "specVersion")?;
                    bom.version = map.next_value()?;
                }
                Member::Metadata => {
                    once(&mut metadata, "metadata")?;
                    bom.metadata = map.next_value()?;
                    if let Some(metadata) = &bom.metadata
                        && metadata.component.is_some()
                        && subject
                    {
                        if reader.has_begun() {
                            bom.subject_is_late = true;
                        } else {
                            reader.subject(metadata);
                        }
                    }
                }
                Member::Components => {
                    once(&mut components, "components")?;
                    map.next_value_seed(Each(&mut *reader))?;
                }
                Member::Services => {
                    once(&mut services, "services")?;
                    bom.services = map.next_value()?;
                }
                Member::Vulnerabilities => {
                    once(&mut vulnerabilities, "vulnerabilities")?;
                    bom.vulnerabilities = map.next_value()?;
                }
                Member::Other => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(bom)
    }
}

/// Reads a list of components, or `null` for none.
struct Each<'s, 'r>(&'s mut Reader<'r>);

impl<'de> DeserializeSeed<'de> for Each<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Each<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(entry) = seq.next_element::<Entry<'_>>()? {
            self.0.component(&entry, false, &[]);
        }
        Ok(())
    }
}
