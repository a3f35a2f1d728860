//! Waivers in documents of their own: the payload, and on which text it acts.
//!
//! A waiver can stand in a revision of its directive ([`Directive::waivers`](crate::directive::Directive::waivers)), or in a
//! document that the issuer signs apart: it is revised and revoked without a new text of the directive, and believed by the
//! rules of one ([`crate::believe`]). It names the text that it is from by digest, and frees nobody from other words.
//!
//! | file | what is decided there |
//! |---|---|
//! | `mod` | the parts of the document, and its target path |
//! | [`grant()`] | which waiver acts on which text at a moment, and why the others do not |
//! | [`unsupported`] | what of a waiver this version does not understand |
//!
//! Not here: whom a waiver frees and until when ([`crate::directive::resolve::standing`], the same for both places), lint
//! (`directive::lint::waiver`), and who signed it.

pub mod grant;
#[cfg(test)]
mod tests_grant;
pub mod unsupported;

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

pub use grant::{Effect, HeldWaiver, Judged, NoEffect, grant};

use crate::Sha256;
use crate::directive::{
    Attachment, DayOrTime, DirectiveId, Marking, NotADirective, Reference, Revision, Status, Target, Waiver,
};
use crate::json::{self, Decoded};

/// The only value of [`WaiverDocument::format`] so far.
pub const FORMAT: &str = "interdict-waiver/1";

/// With what the target path of a waiver ends. A directive's id and revision have no dot, so that no other path does.
const SUFFIX: &str = ".waiver.json";

/// A waiver as a document of its own, one revision of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct WaiverDocument {
    /// The format of this document: `interdict-waiver/1`.
    #[cfg_attr(feature = "json-schema", schemars(extend("const" = FORMAT)))]
    pub format: String,
    /// The waiver's name, the same in every revision, in one of its issuer's prefixes: `BOD-18-01-3DES`.
    pub id: DirectiveId,
    /// 1 for the first text, then rising by exactly one.
    pub revision: Revision,
    /// SHA-256 of the payload of the revision before; absent in revision 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Sha256>,
    /// `in-force`; with any other word it frees nobody.
    pub status: Status,
    /// The title, for people.
    pub title: String,
    /// The issuer's id in `issuers.json`.
    pub issuer: String,
    /// When this revision was issued, and from when it takes the place of the one before. Days are those of the directive's
    /// zone, here and below.
    pub issued: DayOrTime,
    /// How the document may be shared: the Traffic Light Protocol 2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marking: Option<Marking>,
    /// The language of its texts (BCP 47): `en-US`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What it frees from and why, in a few sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The human document that this payload encodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Attachment>,
    /// The text that is waived, and the part of it. Without a digest it frees nobody.
    pub target: Target,
    /// Who is freed, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beneficiaries: Vec<String>,
    /// Who is freed, by a test, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eligibility: Option<String>,
    /// What the beneficiary must do instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// From when.
    pub from: DayOrTime,
    /// Until when, inclusive; open-ended where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DayOrTime>,
    /// The office that granted it.
    pub granted_by: String,
    /// Documents that it cites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
}

impl WaiverDocument {
    /// Reads a payload: the waiver, and the places of the members that this version has no field for.
    ///
    /// # Errors
    /// [`NotADirective`] with the place of the first thing that is wrong; its two reasons are those of any document.
    pub fn parse(payload: &[u8]) -> Result<Decoded<Self>, NotADirective> {
        let value = json::parse(payload)?;
        Ok(json::decode(&value)?)
    }

    /// The name of this revision's envelope in the repository: `BOD-18-01-3DES.1.waiver.json`.
    pub fn target_path(&self) -> String {
        alloc::format!("{}.{}{SUFFIX}", self.id, self.revision)
    }

    /// What it says as a waiver of the directive that it is from: its name is the document's.
    pub fn waiver(&self) -> Waiver {
        Waiver {
            id: self.id.as_str().into(),
            part: self.target.part.clone(),
            beneficiaries: self.beneficiaries.clone(),
            eligibility: self.eligibility.clone(),
            conditions: self.conditions.clone(),
            from: self.from,
            until: self.until,
            granted_by: self.granted_by.clone(),
        }
    }
}

/// The waiver and revision that a target path names: `BOD-18-01-3DES.1.waiver.json`; none for every other path.
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
    fn a_target_path_names_one_kind_of_document() {
        let (id, revision) = named_by("BOD-X.12.waiver.json").unwrap();
        assert_eq!((id.as_str(), revision.number()), ("BOD-X", 12));
        for not in ["BOD-X.1.json", "BOD-X.waiver.json", "BOD-X.01.waiver.json", "BOD-X.1.entity-list.json"] {
            assert_eq!(named_by(not), None, "{not}");
        }
        assert_eq!(crate::directive::named_by("BOD-X.12.waiver.json"), None);
        assert_eq!(crate::entity::named_by("BOD-X.12.waiver.json"), None);
    }

    #[test]
    fn its_target_path_is_the_one_that_believing_expects() {
        use crate::believe::Document as _;
        let text = br#"{"format":"interdict-waiver/1","id":"BOD-X","revision":1,"status":"in-force","title":"t","issuer":"dhs",
            "issued":"2018-09-19","target":{"id":"BOD-1"},"from":"2018-09-20","granted_by":"g"}"#;
        let document = WaiverDocument::parse(text).unwrap().value;
        assert_eq!(WaiverDocument::path_of(&document.id, 1), document.target_path());
        assert_eq!(document.waiver().id, "BOD-X");
    }
}
