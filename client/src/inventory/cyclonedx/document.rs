//! The members of a document that are matched, as the specification names them; others are ignored.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::super::text::trimmed;

#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// A look at a document that is not of the wanted shape: is it ours at all.
#[derive(Deserialize)]
pub(super) struct Head<'a> {
    #[serde(borrow, rename = "bomFormat")]
    pub(super) format: Option<Text<'a>>,
    #[serde(borrow, rename = "specVersion")]
    pub(super) version: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Metadata<'a> {
    #[serde(borrow)]
    pub(super) component: Option<Entry<'a>>,
    /// Who supplied that component.
    #[serde(borrow)]
    pub(super) supplier: Option<Organization<'a>>,
    /// Who made it, until 1.5.
    #[serde(borrow)]
    pub(super) manufacture: Option<Organization<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Entry<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow, rename = "bom-ref")]
    pub(super) reference: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) group: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) version: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) publisher: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) author: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) authors: Option<Vec<Organization<'a>>>,
    #[serde(borrow)]
    pub(super) supplier: Option<Organization<'a>>,
    #[serde(borrow)]
    pub(super) manufacturer: Option<Organization<'a>>,
    #[serde(borrow)]
    pub(super) purl: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) cpe: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) hashes: Option<Digests<'a>>,
    #[serde(borrow)]
    pub(super) evidence: Option<Evidence<'a>>,
    #[serde(borrow)]
    pub(super) components: Option<Vec<Entry<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Service<'a> {
    #[serde(borrow, rename = "bom-ref")]
    pub(super) reference: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) group: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) version: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) provider: Option<Organization<'a>>,
    #[serde(borrow)]
    pub(super) endpoints: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    pub(super) services: Option<Vec<Service<'a>>>,
}

/// Where a component was seen, from 1.5.
#[derive(Deserialize)]
pub(super) struct Evidence<'a> {
    #[serde(borrow)]
    pub(super) occurrences: Option<Vec<Occurrence<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Occurrence<'a> {
    #[serde(borrow)]
    pub(super) location: Option<Text<'a>>,
}

/// A company or a person.
#[derive(Deserialize)]
pub(super) struct Organization<'a> {
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Hash<'a> {
    #[serde(borrow)]
    alg: Text<'a>,
    #[serde(borrow)]
    content: Text<'a>,
}

/// The digests by SHA-256 among `hashes`: no others are compared.
pub(super) struct Digests<'a>(pub(super) Vec<Text<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Digests<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Hashes;
        impl<'de> Visitor<'de> for Hashes {
            type Value = Digests<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut digests = Vec::new();
                while let Some(Hash { alg, content }) = seq.next_element()? {
                    if alg.0 == "SHA-256" {
                        // Nearly always there is one.
                        digests.reserve_exact(1);
                        digests.push(content);
                    }
                }
                Ok(Digests(digests))
            }
        }
        deserializer.deserialize_seq(Hashes)
    }
}

#[derive(Deserialize)]
pub(super) struct Vulnerability<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) references: Option<Vec<Alias<'a>>>,
    #[serde(borrow)]
    pub(super) analysis: Option<Analysis<'a>>,
    #[serde(borrow)]
    pub(super) affects: Option<Vec<Affected<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Alias<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Analysis<'a> {
    #[serde(borrow)]
    pub(super) state: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Affected<'a> {
    #[serde(borrow, rename = "ref")]
    pub(super) reference: Text<'a>,
    #[serde(borrow)]
    pub(super) versions: Option<Vec<AffectedVersion<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct AffectedVersion<'a> {
    #[serde(borrow)]
    pub(super) status: Option<Text<'a>>,
}

/// A text without blanks round it, unless it is empty.
pub(super) fn str_of<'t>(text: Option<&'t Text<'_>>) -> Option<&'t str> {
    text.map(|text| trimmed(&text.0)).filter(|text| !text.is_empty())
}
