//! Lists of identifiers that several directives share: the payload of an entity list ("everything by which products of X
//! are recognised").
//!
//! A list is a document of its own: signed by its issuer's threshold, revised on its own, believed by the rules of a
//! directive ([`crate::believe`]). A directive's subject names it
//! ([`ListReference`](crate::directive::ListReference)) and is then recognised by its rows too. A list orders nothing.
//!
//! | file | what is decided there |
//! |---|---|
//! | `mod` | the parts of the document, and its target path |
//! | [`entries`] | files of entries, one a line, read as a stream |
//! | [`resolve`] | which revision of which list a subject means, and what is missing |
//! | [`unsupported`] | what of a list this version does not understand |
//!
//! Not here: lint (`directive::lint::list`, beside that of directives), and who signed it.

pub mod entries;
pub mod resolve;
pub mod unsupported;

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

pub use entries::{EntryFile, EntryReader, NotEntries};
pub use resolve::{Gap, Lists, Resolved};

use crate::Sha256;
use crate::directive::{
    DayOrTime, DirectiveId, Entity, Identifier, Marking, NotADirective, Reference, Revision,
};
use crate::json::{self, Decoded};

/// The only value of [`EntityList::format`] so far.
pub const FORMAT: &str = "interdict-entity-list/1";

/// With what the target path of a list ends. A directive's id and revision have no dot, so the two never meet.
const SUFFIX: &str = ".entity-list.json";

/// A list of identifiers, one revision of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct EntityList {
    /// The format of this document: `interdict-entity-list/1`.
    #[cfg_attr(feature = "json-schema", schemars(extend("const" = FORMAT)))]
    pub format: String,
    /// The list's name, the same in every revision, in one of its issuer's prefixes: `BOD-KASPERSKY`.
    pub id: DirectiveId,
    /// 1 for the first text, then rising by exactly one.
    pub revision: Revision,
    /// SHA-256 of the payload of the revision before; absent in revision 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Sha256>,
    /// The title, for people.
    pub title: String,
    /// The issuer's id in `issuers.json`.
    pub issuer: String,
    /// When this revision was issued.
    pub issued: DayOrTime,
    /// How the document may be shared: the Traffic Light Protocol 2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marking: Option<Marking>,
    /// The language of its texts (BCP 47): `en-US`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What the list holds and where that was found, in a few sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The makers that are meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// Everything by which their products are recognised; any one is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// More of them, in files of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<EntryFile>,
    /// Documents that it cites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
}

impl EntityList {
    /// Reads a payload: the list, and the places of the members that this version has no field for.
    ///
    /// # Errors
    /// [`NotADirective`] with the place of the first thing that is wrong; its two reasons are those of any document.
    pub fn parse(payload: &[u8]) -> Result<Decoded<Self>, NotADirective> {
        let value = json::parse(payload)?;
        Ok(json::decode(&value)?)
    }

    /// The name of this revision's envelope in the repository: `BOD-KASPERSKY.1.entity-list.json`.
    pub fn target_path(&self) -> String {
        alloc::format!("{}.{}{SUFFIX}", self.id, self.revision)
    }
}

/// The list and revision that a target path names: `BOD-KASPERSKY.1.entity-list.json`; none for every other path.
///
/// Only the one spelling counts: no leading zero, no sign.
pub fn named_by(target_path: &str) -> Option<(DirectiveId, Revision)> {
    let stem = target_path.strip_suffix(SUFFIX)?;
    crate::directive::named_by(&alloc::format!("{stem}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_path_names_a_list_or_a_directive_and_never_both() {
        let (id, revision) = named_by("BOD-X.12.entity-list.json").unwrap();
        assert_eq!((id.as_str(), revision.number()), ("BOD-X", 12));
        for not in [
            "BOD-X.1.json",
            "BOD-X.entity-list.json",
            "BOD-X.0.entity-list.json",
            "BOD-X.01.entity-list.json",
            "BOD-X.1.entity-list.JSON",
            "a/BOD-X.1.entity-list.json",
            "BOD-X.1.entity-list.json.entity-list.json",
            ".1.entity-list.json",
        ] {
            assert_eq!(named_by(not), None, "{not}");
        }
        assert_eq!(crate::directive::named_by("BOD-X.12.entity-list.json"), None);
    }

    #[test]
    fn what_it_does_not_know_is_kept_and_named() {
        let text =
            br#"{"format":"interdict-entity-list/1","id":"BOD-X","revision":1,"title":"t","issuer":"dhs",
            "issued":"2017-09-13","identifiers":[{"kind":"sha256","value":"00","seen_in":"x"}],"more":1}"#;
        let decoded = EntityList::parse(text).unwrap();
        let places: Vec<&str> = decoded.unknown.iter().map(json::Pointer::as_str).collect();
        assert_eq!(places, ["/identifiers/0/seen_in", "/more"]);
        assert_eq!(decoded.value.target_path(), "BOD-X.1.entity-list.json");
        assert!(matches!(EntityList::parse(b"{}"), Err(NotADirective::Shape(_))));
        assert!(matches!(EntityList::parse(br#"{"id":"A","id":"B"}"#), Err(NotADirective::Read(_))));
    }
}
