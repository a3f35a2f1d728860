//! What of a directive this version does not understand (`architecture.md`, invariant 10).
//!
//! The directive counts as in force all the same; every place that is listed here is shown, and ends a check with its own
//! exit status.

use alloc::string::String;
use alloc::vec::Vec;

use super::deadline::{self, Deadline, Events};
use super::{Anchor, Directive, Due, FORMAT, Identifier, RelationKind, Roll, Unit};
use crate::DateTime;
use crate::json::{Decoded, Pointer};

/// A place that this version does not understand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unsupported {
    /// The place.
    pub pointer: Pointer,
    /// What stands there.
    pub what: What,
}

/// What is not understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum What {
    /// A format other than [`FORMAT`].
    #[error("format {found:?}")]
    Format {
        /// The format found.
        found: String,
    },
    /// A member that this version has no field for.
    #[error("unknown member")]
    Member,
    /// A word that this version does not know.
    #[error("unknown {of} {word:?}")]
    Word {
        /// What the word is: `disposition`.
        of: &'static str,
        /// The word.
        word: String,
    },
    /// Something that this version reads and does not act on.
    #[error("{of} is shown and not applied")]
    NotApplied {
        /// What it is: `waiver`.
        of: &'static str,
    },
    /// A deadline that this version cannot compute exactly.
    #[error("deadline: {reason}")]
    Deadline {
        /// Why, in words.
        reason: String,
    },
}

/// Every place of a directive that this version does not understand, in the order of the document's parts.
pub fn unsupported(decoded: &Decoded<Directive>) -> Vec<Unsupported> {
    let mut found = Found { list: Vec::new() };
    let root = Pointer::root();
    let directive = &decoded.value;
    if directive.format != FORMAT {
        found.add(root.join("format"), What::Format { found: directive.format.clone() });
    }
    found.list.extend(
        decoded.unknown.iter().map(|pointer| Unsupported { pointer: pointer.clone(), what: What::Member }),
    );
    found.word(&root.join("status"), "status", directive.status.is_known(), directive.status.as_str());
    for (number, subject) in directive.subjects.iter().enumerate() {
        let at = root.join("subjects").join(number);
        found.word(
            &at.join("disposition"),
            "disposition",
            subject.disposition.is_known(),
            subject.disposition.as_str(),
        );
        if let Some(embedded) = &subject.embedded {
            found.word(&at.join("embedded"), "embedded", embedded.is_known(), embedded.as_str());
        }
        found.identifiers(&at, &subject.identifiers);
        for (number, exclude) in subject.excludes.iter().enumerate() {
            found.identifiers(&at.join("excludes").join(number), &exclude.identifiers);
        }
    }
    for (number, action) in directive.actions.iter().enumerate() {
        let at = Directive::place_of_action(number);
        found.word(&at.join("modality"), "modality", action.modality.is_known(), action.modality.as_str());
        found.word(&at.join("kind"), "action", action.kind.is_known(), action.kind.as_str());
        if let Some(due) = &action.due {
            found.due(&at.join("due"), due);
            // Any moment will do: whether a deadline can be computed does not depend on it.
            if let Some(Deadline::Unsupported(reason)) = deadline::deadline(
                directive,
                action,
                directive.subjects_of(action).next(),
                &Events::default(),
                DateTime::EPOCH,
            ) {
                found.add(at.join("due"), What::Deadline { reason: alloc::format!("{reason}") });
            }
        }
    }
    for number in 0..directive.waivers.len() {
        found.add(root.join("waivers").join(number), What::NotApplied { of: "a waiver" });
    }
    for (number, relation) in directive.relations.iter().enumerate() {
        let at = root.join("relations").join(number);
        found.word(&at.join("kind"), "relation", relation.kind.is_known(), relation.kind.as_str());
        if changes_what_is_in_force(&relation.kind) {
            found.add(at, What::NotApplied { of: "a relation that changes another directive" });
        }
    }
    found.list.sort();
    found.list.dedup();
    found.list
}

fn changes_what_is_in_force(kind: &RelationKind) -> bool {
    !matches!(kind, RelationKind::Implements | RelationKind::Supplements | RelationKind::CarriesOver)
}

struct Found {
    list: Vec<Unsupported>,
}

impl Found {
    fn add(&mut self, pointer: Pointer, what: What) {
        self.list.push(Unsupported { pointer, what });
    }

    fn word(&mut self, pointer: &Pointer, of: &'static str, known: bool, word: &str) {
        if !known {
            self.add(pointer.clone(), What::Word { of, word: word.into() });
        }
    }

    fn identifiers(&mut self, at: &Pointer, identifiers: &[Identifier]) {
        for (number, identifier) in identifiers.iter().enumerate() {
            let at = at.join("identifiers").join(number);
            self.word(
                &at.join("kind"),
                "identifier kind",
                identifier.kind.is_known(),
                identifier.kind.as_str(),
            );
            if let Some(confidence) = &identifier.confidence {
                self.word(&at.join("confidence"), "confidence", confidence.is_known(), confidence.as_str());
            }
        }
    }

    fn due(&mut self, at: &Pointer, due: &Due) {
        if let Some(edge) = &due.edge {
            self.word(&at.join("edge"), "edge", edge.is_known(), edge.as_str());
        }
        if let Some(offset) = &due.offset {
            self.clock(&at.join("offset"), &offset.unit, &offset.anchor);
            if offset.roll.as_ref().is_some_and(|roll| *roll != Roll::None) {
                self.add(
                    at.join("offset").join("roll"),
                    What::Deadline {
                        reason: "rolls are not computed yet, the day before the roll is shown".into(),
                    },
                );
            }
        }
        if let Some(every) = &due.every {
            self.clock(&at.join("every"), &every.unit, &every.from);
        }
    }

    fn clock(&mut self, at: &Pointer, unit: &Unit, anchor: &Anchor) {
        self.word(&at.join("unit"), "unit", unit.is_known(), unit.as_str());
        if let Anchor::Other(text) = anchor {
            self.word(&at.join("anchor"), "anchor", false, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn lists_unknown_members_words_and_deadlines_with_their_places() {
        let text = br#"{"format":"interdict-directive/2","id":"T-1","revision":1,"status":"paused","title":"t","issuer":"i",
            "zone":"UTC","issued":"2017-09-13","more":1,
            "relations":[{"kind":"revokes","target":{"id":"T-0"}},{"kind":"supplements","target":{"id":"T-0"}}],
            "subjects":[{"id":"s","name":"s","disposition":"frowned-upon","identifiers":[{"kind":"smell","value":"x"}]}],
            "actions":[{"id":"a","modality":"must","kind":"sing","due":{"offset":{"n":1,"unit":"business-day","anchor":"issued"}}}]}"#;
        let decoded = Directive::parse(text).unwrap();
        let places: Vec<String> = unsupported(&decoded)
            .iter()
            .map(|found| alloc::format!("{} {}", found.pointer, found.what))
            .collect();
        assert_eq!(
            places,
            [
                "/actions/0/due deadline: unit \"business-day\" cannot be counted yet",
                "/actions/0/kind unknown action \"sing\"",
                "/format format \"interdict-directive/2\"",
                "/more unknown member",
                "/relations/0 a relation that changes another directive is shown and not applied",
                "/status unknown status \"paused\"",
                "/subjects/0/disposition unknown disposition \"frowned-upon\"",
                "/subjects/0/identifiers/0/kind unknown identifier kind \"smell\"",
            ]
            .map(ToString::to_string)
        );
    }
}
