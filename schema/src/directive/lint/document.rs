//! The directive as a whole: format, texts, zone, dates and status.

use alloc::string::ToString;

use super::{Fact, Known, Problems};
use crate::directive::{
    DayOrTime, Directive, FORMAT, Marking, RelationKind, ResponseState, Revision, Status, deadline,
};
use crate::json::Pointer;

pub(super) fn check(directive: &Directive, problems: &mut Problems) {
    let root = Pointer::root();
    if directive.format != FORMAT {
        problems.add(root.join("format"), Fact::Format { found: directive.format.clone() });
    }
    for (of, text) in [("title", &directive.title), ("issuer", &directive.issuer)] {
        problems.text(|| root.join(of), of, text);
    }
    status(directive, problems);
    match deadline::zone(&directive.zone) {
        Ok(zone) => {
            let begin = |date: &DayOrTime| date.begin(&zone);
            dates(directive, problems, &begin);
        }
        Err(_) => problems.add(root.join("zone"), Fact::UnknownZone { zone: directive.zone.clone() }),
    }
    if let Some(marking) = directive.marking.as_ref().filter(|marking| !marking.is_known()) {
        let pointer = root.join("marking");
        problems.word(&pointer, "marking", marking.as_str(), Marking::KNOWN);
    }
    for (number, relation) in directive.relations.iter().enumerate() {
        if !relation.kind.is_known() {
            let pointer = root.join("relations").join(number).join("kind");
            problems.word(&pointer, "relation", relation.kind.as_str(), RelationKind::KNOWN);
        }
    }
    for (number, response) in directive.responses.iter().enumerate() {
        if !response.state.is_known() {
            let pointer = root.join("responses").join(number).join("state");
            problems.word(&pointer, "state", response.state.as_str(), ResponseState::KNOWN);
        }
    }
}

fn status(directive: &Directive, problems: &mut Problems) {
    let place = Pointer::root().join("status");
    match &directive.status {
        Status::Other(found) => problems.add(place, Fact::Status { found: found.clone() }),
        Status::InForce if directive.actions.is_empty() => {
            problems.add(Pointer::root().join("actions"), Fact::OrdersNothing);
        }
        Status::InForce => {}
        ended => {
            if directive.revision == Revision::FIRST {
                problems.add(place, Fact::EndedAtFirst { status: ended.to_string() });
            }
        }
    }
}

fn dates(directive: &Directive, problems: &mut Problems, begin: &dyn Fn(&DayOrTime) -> crate::DateTime) {
    let root = Pointer::root();
    let issued = directive.issued;
    if let Some(effective) = directive.effective.filter(|date| begin(date) < begin(&issued)) {
        problems.add(root.join("effective"), Fact::EffectiveBeforeIssued { effective, issued });
    }
    let Some(public_from) = directive.public_from else { return };
    let place = root.join("public_from");
    let effective = *directive.effective();
    if begin(&public_from) < begin(&issued) {
        problems.add(place.clone(), Fact::PublicBeforeIssued { public_from, issued });
    } else if begin(&effective) < begin(&public_from) {
        problems.add(place.clone(), Fact::EffectiveBeforePublic { effective, public_from });
    }
    if let Some(marking) = directive.marking.as_ref().filter(|marking| **marking != Marking::Clear) {
        problems.add(place, Fact::MarkedAndPublic { marking: marking.to_string() });
    }
}

impl Problems {
    /// A text that must not be empty.
    pub(super) fn text(&mut self, place: impl Fn() -> Pointer, of: &'static str, text: &str) {
        if text.trim().is_empty() {
            self.add(place(), Fact::Empty { of });
        }
    }

    /// A word that is not known.
    pub(super) fn word(
        &mut self,
        place: &Pointer,
        of: &'static str,
        word: &str,
        known: &'static [&'static str],
    ) {
        self.add(place.clone(), Fact::UnknownWord { of, word: word.into(), known: Known(known) });
    }
}
