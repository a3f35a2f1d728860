//! What of a directive this version does not understand (`architecture.md`, invariant 10).
//!
//! The directive counts as in force all the same; every place that is listed here is shown, and ends a check with its own
//! exit status.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::deadline::{self, Deadline, Events};
use super::words::Word;
use super::{Action, Anchor, Directive, Due, FORMAT, Identifier, Subject};
use crate::DateTime;
use crate::json::{Decoded, Pointer};
use crate::product::Versions;
use crate::product::version::VersionRange;

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
    /// A zone that the bundled database does not have: days are taken as those of UTC.
    #[error("unknown zone {zone:?}")]
    Zone {
        /// Its name.
        zone: String,
    },
    /// Something that this version reads and does not act on.
    #[error("{of} is shown and not applied")]
    NotApplied {
        /// What it is.
        of: &'static str,
    },
    /// An identifier that is not of its kind, or that would match everything: nothing is compared with it.
    #[error("identifier: {reason}")]
    Identifier {
        /// What is wrong with it, and at which byte.
        reason: String,
    },
    /// A deadline that this version cannot compute exactly.
    #[error("deadline: {reason}")]
    Deadline {
        /// Why, in words.
        reason: String,
    },
}

/// Every place of a directive that this version does not understand, in the order of the document's parts.
///
/// Identifiers that cannot be read are among them, unless the directive has ended and recognises nothing.
pub fn unsupported(decoded: &Decoded<Directive>) -> Vec<Unsupported> {
    let mut list = unsupported_words(decoded);
    if !decoded.value.is_ended() {
        unreadable(&decoded.value, &mut list);
        list.sort();
    }
    list
}

fn unreadable(directive: &Directive, list: &mut Vec<Unsupported>) {
    for (number, subject) in directive.subjects.iter().enumerate() {
        let at = || Pointer::root().join("subjects").join(number);
        unreadable_rows(&subject.identifiers, &at, list);
        for (number, exclude) in subject.excludes.iter().enumerate() {
            unreadable_rows(&exclude.identifiers, &|| at().join("excludes").join(number), list);
        }
    }
}

/// The identifiers below a place that cannot be read.
pub(crate) fn unreadable_rows(
    identifiers: &[Identifier],
    at: &dyn Fn() -> Pointer,
    list: &mut Vec<Unsupported>,
) {
    for (number, written) in identifiers.iter().enumerate() {
        if let Err(error) = written.read() {
            let pointer = at().join("identifiers").join(number);
            list.push(Unsupported { pointer, what: What::Identifier { reason: error.to_string() } });
        }
    }
}

/// As [`unsupported`], identifiers that cannot be read left out: for whoever reads them anyway.
pub fn unsupported_words(decoded: &Decoded<Directive>) -> Vec<Unsupported> {
    let mut found = Found::default();
    let root = Pointer::root();
    let directive = &decoded.value;
    if directive.format != FORMAT {
        found.add(root.join("format"), What::Format { found: directive.format.clone() });
    }
    decoded.unknown.iter().for_each(|pointer| found.add(pointer.clone(), What::Member));
    if deadline::zone(&directive.zone).is_err() {
        found.add(root.join("zone"), What::Zone { zone: directive.zone.clone() });
    }
    found.word(|| root.join("status"), "status", &directive.status);
    if let Some(marking) = &directive.marking {
        found.word(|| root.join("marking"), "marking", marking);
    }
    for (number, subject) in directive.subjects.iter().enumerate() {
        found.subject(|| root.join("subjects").join(number), subject);
    }
    for (number, action) in directive.actions.iter().enumerate() {
        found.action(&Directive::place_of_action(number), directive, action);
    }
    for (number, table) in directive.tables.iter().enumerate() {
        let at = root.join("tables").join(number).join("rows");
        for (number, due) in
            table.rows.iter().enumerate().filter_map(|(number, row)| Some((number, row.due.as_ref()?)))
        {
            found.computed(&at.join(number).join("due"), directive, due, directive.subjects.first());
        }
    }
    for (number, calendar) in directive.calendars.iter().enumerate() {
        let at = root.join("calendars").join(number).join("weekend");
        for (number, weekday) in calendar.weekend.iter().flatten().enumerate() {
            found.word(|| at.join(number), "day of the week", weekday);
        }
    }
    for (number, relation) in directive.relations.iter().enumerate() {
        let at = root.join("relations").join(number);
        found.word(|| at.join("kind"), "relation", &relation.kind);
    }
    for (number, response) in directive.responses.iter().enumerate() {
        found.word(|| root.join("responses").join(number).join("state"), "state", &response.state);
    }
    found.sorted()
}

/// What was found so far, of a directive or of a list.
#[derive(Default)]
pub(crate) struct Found {
    list: Vec<Unsupported>,
}

impl Found {
    /// What was found, in the order of the places.
    pub(crate) fn sorted(mut self) -> Vec<Unsupported> {
        self.list.sort();
        self.list.dedup();
        self.list
    }

    pub(crate) fn add(&mut self, pointer: Pointer, what: What) {
        self.list.push(Unsupported { pointer, what });
    }

    /// Places are named only where something is wrong: a catalogue has thousands of words, all of them known.
    pub(crate) fn word(&mut self, at: impl FnOnce() -> Pointer, of: &'static str, word: &impl Word) {
        if let Some(word) = word.unknown() {
            self.add(at(), What::Word { of, word: word.into() });
        }
    }

    fn subject(&mut self, at: impl Fn() -> Pointer, subject: &Subject) {
        self.word(|| at().join("disposition"), "disposition", &subject.disposition);
        if let Some(embedded) = &subject.embedded {
            self.word(|| at().join("embedded"), "embedded", embedded);
        }
        self.identifiers(&at, &subject.identifiers);
        for (number, exclude) in subject.excludes.iter().enumerate() {
            self.identifiers(|| at().join("excludes").join(number), &exclude.identifiers);
        }
    }

    pub(crate) fn identifiers(&mut self, at: impl Fn() -> Pointer, identifiers: &[Identifier]) {
        for (number, identifier) in identifiers.iter().enumerate() {
            let at = || at().join("identifiers").join(number);
            self.word(|| at().join("kind"), "identifier kind", &identifier.kind);
            // Only a range can name a scheme, and its scheme is known or not whatever it stands beside.
            let range = identifier.versions.as_deref().filter(|text| text.starts_with("vers:"));
            // Whoever compares with it reads it whole.
            let range = range.filter(|text| !VersionRange::names_known_scheme(text));
            if let Some(Ok(Versions::Unsupported { scheme, .. })) = range.map(Versions::parse) {
                self.add(at().join("versions"), What::Word { of: "version scheme", word: scheme });
            }
            if let Some(confidence) = &identifier.confidence {
                self.word(|| at().join("confidence"), "confidence", confidence);
            }
        }
    }

    fn action(&mut self, at: &Pointer, directive: &Directive, action: &Action) {
        self.word(|| at.join("modality"), "modality", &action.modality);
        self.word(|| at.join("kind"), "action", &action.kind);
        if let Some(negative) = &action.negative_report {
            self.word(|| at.join("negative_report"), "negative report", negative);
        }
        for (number, field) in action.requires.iter().enumerate() {
            self.word(|| at.join("requires").join(number).join("type"), "field type", &field.field_type);
        }
        let Some(due) = &action.due else { return };
        self.computed(&at.join("due"), directive, due, directive.subjects_of(action).next());
    }

    fn computed(&mut self, at: &Pointer, directive: &Directive, due: &Due, subject: Option<&Subject>) {
        self.due(at, due);
        // Any moment will do: whether a deadline can be computed does not depend on it.
        let computed = deadline::deadline_of(directive, due, subject, &Events::default(), DateTime::EPOCH);
        if let Deadline::Unsupported(reason) = computed {
            self.add(at.clone(), What::Deadline { reason: alloc::format!("{reason}") });
        }
    }

    fn due(&mut self, at: &Pointer, due: &Due) {
        if let Some(edge) = &due.edge {
            self.word(|| at.join("edge"), "edge", edge);
        }
        if let Some(offset) = &due.offset {
            let at = at.join("offset");
            self.word(|| at.join("unit"), "unit", &offset.unit);
            self.anchor(&|| at.join("anchor"), &offset.anchor);
            if let Some(roll) = &offset.roll {
                self.word(|| at.join("roll"), "roll", roll);
            }
        }
        if let Some(every) = &due.every {
            let at = at.join("every");
            self.word(|| at.join("unit"), "unit", &every.unit);
            self.anchor(&|| at.join("from"), &every.from);
            if let Some(until) = &every.until {
                self.anchor(&|| at.join("until"), until);
            }
            if let Some(roll) = &every.roll {
                self.word(|| at.join("roll"), "roll", roll);
            }
        }
    }

    fn anchor(&mut self, at: &dyn Fn() -> Pointer, anchor: &Anchor) {
        match anchor {
            Anchor::Other(text) => self.add(at(), What::Word { of: "anchor", word: text.clone() }),
            Anchor::EarliestOf(several) => several.iter().for_each(|anchor| self.anchor(at, anchor)),
            _ => {}
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
            "subjects":[{"id":"s","name":"s","disposition":"frowned-upon","identifiers":[{"kind":"smell","value":"x"},
            {"kind":"package","value":"x","versions":"vers:moon/<2"},{"kind":"package","value":"x","versions":"vers:deb/<2"}]}],
            "actions":[{"id":"a","modality":"must","kind":"sing","due":{"offset":{"n":1,"unit":"business-day","anchor":"issued","calendar":"moon"}}},
            {"id":"b","modality":"must","kind":"report","negative_report":"perhaps",
            "due":{"every":{"n":1,"unit":"day","from":"earliest-of:issued,detected","until":"doomsday"}}}]}"#;
        let decoded = Directive::parse(text).unwrap();
        let places: Vec<String> = unsupported(&decoded)
            .iter()
            .map(|found| alloc::format!("{} {}", found.pointer, found.what))
            .collect();
        assert_eq!(
            places,
            [
                "/actions/0/due deadline: unknown calendar \"moon\"",
                "/actions/0/kind unknown action \"sing\"",
                "/actions/1/due/every/until unknown anchor \"doomsday\"",
                "/actions/1/negative_report unknown negative report \"perhaps\"",
                "/format format \"interdict-directive/2\"",
                "/more unknown member",
                "/status unknown status \"paused\"",
                "/subjects/0/disposition unknown disposition \"frowned-upon\"",
                "/subjects/0/identifiers/0/kind unknown identifier kind \"smell\"",
                "/subjects/0/identifiers/1/versions unknown version scheme \"moon\"",
            ]
            .map(ToString::to_string)
        );
    }

    #[test]
    fn an_identifier_that_cannot_be_read_is_listed_until_the_directive_ends() {
        let text = |status: &str| {
            alloc::format!(
                r#"{{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"{status}","title":"t",
            "issuer":"i","zone":"UTC","issued":"2017-09-13","subjects":[{{"id":"s","name":"s","disposition":"prohibited",
            "identifiers":[{{"kind":"domain","value":"co.uk"}},{{"kind":"cve","value":"CVE-2017-0144"}}],
            "excludes":[{{"id":"e","reason":"r","identifiers":[{{"kind":"cidr","value":"192.0.2.1/24"}}]}}]}}]}}"#
            )
        };
        let decoded = Directive::parse(text("in-force").as_bytes()).unwrap();
        let places: Vec<String> = unsupported(&decoded)
            .iter()
            .map(|found| alloc::format!("{} {}", found.pointer, found.what))
            .collect();
        assert_eq!(
            places,
            [
                "/subjects/0/excludes/0/identifiers/0 identifier: not of this kind, byte 0: found bits set below the \
                 prefix, wanted the network's own address",
                "/subjects/0/identifiers/0 identifier: not of this kind, byte 0: found a public suffix, below which \
                 everybody has names, wanted a domain that somebody has registered",
            ]
        );
        assert_eq!(unsupported_words(&decoded), []);
        assert_eq!(unsupported(&Directive::parse(text("closed").as_bytes()).unwrap()), []);
    }

    #[test]
    fn an_unknown_zone_is_named_also_where_no_deadline_needs_it() {
        let text =
            br#"{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"in-force","title":"t",
            "issuer":"i","zone":"Mars/Olympus","issued":"2017-09-13"}"#;
        let found = unsupported(&Directive::parse(text).unwrap());
        let [zone] = &found[..] else { panic!("{found:?}") };
        assert_eq!(
            (zone.pointer.to_string(), zone.what.to_string()),
            ("/zone".into(), "unknown zone \"Mars/Olympus\"".into())
        );
    }
}
