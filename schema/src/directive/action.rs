//! What must be done.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::words::words;
use super::{Due, SystemPredicate};

/// One required action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Action {
    /// Its name within the directive.
    pub id: String,
    /// How strongly it is ordered.
    pub modality: Modality,
    /// What is to be done.
    pub kind: ActionKind,
    /// The paragraph of the human text that orders it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paragraph: Option<String>,
    /// The action in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The subjects that it is about; all where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
    /// What must hold of the agency or the system for the action to be ordered, all of it: "agencies that found signs of
    /// compromise". What nobody has said holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<SystemPredicate>,
    /// Actions that must be finished first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// Actions any one of which is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<String>,
    /// What an answer must contain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<Field>,
    /// Whether an agency that has found nothing must say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negative_report: Option<NegativeReport>,
    /// By when; none where the order sets no date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due>,
    /// The office that must sign the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signatory: Option<String>,
}

impl Action {
    /// Whether the action is about the subject with this id.
    pub fn concerns(&self, subject: &str) -> bool {
        self.subjects.is_empty() || self.subjects.iter().any(|id| id == subject)
    }
}

words! {
    /// How strongly an action is ordered.
    pub enum Modality {
        /// It is an obligation.
        Must = "must",
        /// It is forbidden.
        MustNot = "must-not",
        /// It is a recommendation.
        Should = "should",
    }
}

words! {
    /// What is to be done.
    pub enum ActionKind {
        /// Find out whether the subject is present.
        Identify = "identify",
        /// Send an answer.
        Report = "report",
        /// Write a plan of action.
        Plan = "plan",
        /// Begin to carry out the plan of removal.
        BeginRemoval = "begin-removal",
        /// Remove the subject.
        Remove = "remove",
        /// Bring it to a version or configuration that is allowed.
        Update = "update",
        /// Keep it from being installed or run.
        Block = "block",
        /// Take it off the network.
        Disconnect = "disconnect",
        /// Change a setting.
        Configure = "configure",
        /// State in writing that something is so.
        Attest = "attest",
        /// Look for signs of an intrusion.
        Hunt = "hunt",
        /// Tell the authority of an event.
        Notify = "notify",
        /// Make something public.
        Publish = "publish",
        /// Take part in what the authority does.
        Participate = "participate",
    }
}

words! {
    /// Whether an agency that has found nothing must say so.
    pub enum NegativeReport {
        /// "Nothing found" must be reported.
        Required = "required",
        /// Silence means that nothing was found.
        NotRequired = "not-required",
    }
}

words! {
    /// The type of an answer's field.
    pub enum FieldType {
        /// Free text.
        Text = "text",
        /// A whole number.
        Number = "number",
        /// A day.
        Date = "date",
        /// Yes or no.
        YesNo = "yes-no",
        /// A list of assets.
        Assets = "assets",
        /// An amount of money.
        Money = "money",
    }
}

/// A field of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Field {
    /// Its name in the answer.
    pub id: String,
    /// What is asked.
    pub label: String,
    /// What type the answer has.
    #[serde(rename = "type")]
    pub field_type: FieldType,
}
