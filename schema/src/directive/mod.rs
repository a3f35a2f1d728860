//! What an authority orders: the payload of a directive.
//!
//! Here are the parts of the document ([`Directive`] and below), how its deadlines are computed ([`deadline`]), what a
//! draft is told before it is signed ([`lint`]), which text is in force at a moment ([`resolve`]) and whom it binds
//! ([`scope`]), and what this version does not understand ([`unsupported`]). Who signed it
//! is not here: see [`crate::believe`]. The fields and their reasons are in the project's `docs/formats.md`.
//!
//! Reading keeps what it does not know: unknown members and words survive in the payload's bytes and are reported.

mod action;
mod calendar;
mod day_or_time;
pub mod deadline;
pub mod difference;
pub mod draft;
mod due;
mod id;
pub mod lint;
mod relation;
pub mod resolve;
pub mod scope;
mod subject;
mod table;
pub mod unsupported;
mod words;

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

pub use action::{Action, ActionKind, Field, FieldType, Modality, NegativeReport};
pub use calendar::{Calendar, Holiday, Weekday};
pub use day_or_time::{Day, DayOrTime, NotADay, NotADayOrTime};
pub use due::{Anchor, At, Due, Edge, Every, NotAnAnchor, Offset, Roll, Unit};
pub use id::named_by;
pub use id::{DirectiveId, NotADirectiveId, Revision};
pub use relation::{Relation, RelationKind, Response, ResponseState, Target, Waiver};
pub use scope::{Addressee, Scope, SystemPredicate};
pub use subject::{
    Confidence, Disposition, Embedded, Entity, Exclude, Identifier, IdentifierKind, ListReference, Subject,
};
pub use table::{Row, Table, TableInput};

use crate::Sha256;
use crate::json::{self, DecodeError, Decoded, Pointer, ReadError};

/// The only value of [`Directive::format`] so far.
pub const FORMAT: &str = "interdict-directive/1";

/// A binding directive, one revision of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Directive {
    /// The format of this document: `interdict-directive/1`.
    #[cfg_attr(feature = "json-schema", schemars(extend("const" = FORMAT)))]
    pub format: String,
    /// The directive's name, the same in every revision: `BOD-17-01`.
    pub id: DirectiveId,
    /// 1 for the first text, then rising by exactly one.
    pub revision: Revision,
    /// SHA-256 of the payload of the revision before; absent in revision 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Sha256>,
    /// Whether the directive is in force.
    pub status: Status,
    /// The title, for people.
    pub title: String,
    /// The issuer's id in `issuers.json`.
    pub issuer: String,
    /// The IANA zone in which the issuer's days begin and end: `America/New_York`.
    pub zone: String,
    /// The officials who signed the human text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatories: Vec<Signatory>,
    /// The law that the directive rests on, a citation each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legal_basis: Vec<String>,
    /// When it was issued.
    pub issued: DayOrTime,
    /// When it takes effect; when it was issued, where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<DayOrTime>,
    /// When this revision takes the place of the one before; when the directive takes effect, where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revised: Option<DayOrTime>,
    /// When it became public, where that was later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_from: Option<DayOrTime>,
    /// How the document may be shared: the Traffic Light Protocol 2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marking: Option<Marking>,
    /// The language of its texts (BCP 47): `en-US`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What it orders, in a few sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The human document that this payload encodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Attachment>,
    /// Terms that the directive defines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub definitions: Vec<Definition>,
    /// Who is bound.
    #[serde(default)]
    pub scope: Scope,
    /// The ban list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<Subject>,
    /// What must be done, and by when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
    /// Decision tables that dues refer to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    /// Calendars of business days that dues refer to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calendars: Vec<Calendar>,
    /// How it stands to other directives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// Waivers granted in this text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
    /// Vendors' responses, and what became of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub responses: Vec<Response>,
    /// Documents that it cites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
}

words::words! {
    /// Whether a directive is in force. Only a signed revision changes it.
    pub enum Status {
        /// It binds.
        InForce = "in-force",
        /// It has done its work.
        Closed = "closed",
        /// It was withdrawn.
        Revoked = "revoked",
    }
}

words::words! {
    /// The Traffic Light Protocol 2.0 (FIRST).
    pub enum Marking {
        /// No limit on disclosure.
        Clear = "TLP:CLEAR",
        /// Within the community.
        Green = "TLP:GREEN",
        /// Within the organisation and its clients, on a need to know.
        Amber = "TLP:AMBER",
        /// Within the organisation alone.
        AmberStrict = "TLP:AMBER+STRICT",
        /// For the eyes of the recipients alone.
        Red = "TLP:RED",
    }
}

/// An official who signed the human text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Signatory {
    /// The person.
    pub name: String,
    /// The office held at the time.
    pub office: String,
}

/// A file that is published beside the directive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Attachment {
    /// The file's target path in the repository, where it is published there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// SHA-256 of the file.
    pub digest: Sha256,
    /// The media type (RFC 6838): `application/pdf`.
    pub media_type: String,
}

/// A term and its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Definition {
    /// The term.
    pub term: String,
    /// What it means in this directive.
    pub meaning: String,
}

/// A document that is cited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Reference {
    /// Its title.
    pub title: String,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Bytes that are not a directive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotADirective {
    /// Not strict JSON.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// JSON of another shape.
    #[error(transparent)]
    Shape(#[from] DecodeError),
}

impl Directive {
    /// Reads a payload: the directive, and the places of the members that this version has no field for.
    ///
    /// # Errors
    /// [`NotADirective`] with the place of the first thing that is wrong.
    pub fn parse(payload: &[u8]) -> Result<Decoded<Self>, NotADirective> {
        let value = json::parse(payload)?;
        Ok(json::decode(&value)?)
    }

    /// The name of this revision's envelope in the repository: `BOD-17-01.1.json`.
    pub fn target_path(&self) -> String {
        alloc::format!("{}.{}.json", self.id, self.revision)
    }

    /// When it takes effect.
    pub fn effective(&self) -> &DayOrTime {
        self.effective.as_ref().unwrap_or(&self.issued)
    }

    /// Whether a signed revision has ended it. A status that this version does not know does not lift a ban.
    pub fn is_ended(&self) -> bool {
        matches!(self.status, Status::Closed | Status::Revoked)
    }

    /// The action with this id.
    pub fn action(&self, id: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.id == id)
    }

    /// The subjects that an action is about: those it names, or all where it names none.
    pub fn subjects_of<'a>(&'a self, action: &'a Action) -> impl Iterator<Item = &'a Subject> {
        self.subjects.iter().filter(|subject| action.concerns(&subject.id))
    }

    /// The place of an action in the document.
    pub fn place_of_action(number: usize) -> Pointer {
        Pointer::root().join("actions").join(number)
    }
}
