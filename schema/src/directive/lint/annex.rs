//! Scope, attachments, waivers and responses.

use alloc::vec::Vec;

use jiff::tz::TimeZone;

use super::{Fact, Problems};
use crate::DateTime;
use crate::directive::deadline::{self, Deadline, Events, zone};
use crate::directive::{Addressee, Attachment, Directive, ResponseState, Subject, Waiver};
use crate::json::Pointer;

pub(super) fn check(directive: &Directive, problems: &mut Problems) {
    scope(directive, problems);
    attachment(|| Pointer::root().join("text"), directive.text.as_ref(), problems);
    let zone = zone(&directive.zone).ok();
    for (number, waiver) in directive.waivers.iter().enumerate() {
        let at = Pointer::root().join("waivers").join(number);
        problems.text(|| at.join("granted_by"), "granted_by", &waiver.granted_by);
        if waiver.beneficiaries.is_empty() && waiver.eligibility.is_none() {
            problems.add(at.clone(), Fact::WaivesEveryone);
        }
        if let (Some(zone), Some(until)) = (&zone, waiver.until)
            && until.end(zone) < waiver.from.begin(zone)
        {
            problems.add(at.join("until"), Fact::EndsBeforeItBegins { until, from: waiver.from });
        }
        if let Some(zone) = &zone {
            outlasts(&at, directive, waiver, zone, problems);
        }
    }
    for (number, response) in directive.responses.iter().enumerate() {
        let at = Pointer::root().join("responses").join(number);
        problems.text(|| at.join("vendor"), "vendor", &response.vendor);
        attachment(|| at.join("document"), response.document.as_ref(), problems);
        attachment(|| at.join("decision"), response.decision.as_ref(), problems);
        let there = matches!(
            response.state,
            ResponseState::Received | ResponseState::UnderReview | ResponseState::Decided
        );
        if there && response.received.is_none() {
            problems.add(at.join("state"), Fact::ResponseState { state: response.state.as_str().into() });
        }
        if let (Some(zone), Some(due)) = (&zone, response.due)
            && due.end(zone) < directive.issued.begin(zone)
        {
            problems.add(at.join("due"), Fact::BeforeIssued { due, issued: directive.issued });
        }
    }
}

/// Attachments stand in the repository, whose names are flat so that every client can read them.
pub(super) fn attachment(at: impl Fn() -> Pointer, attachment: Option<&Attachment>, problems: &mut Problems) {
    let Some(path) = attachment.and_then(|attachment| attachment.path.as_ref()) else { return };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if path.is_empty() || path.starts_with('.') || !path.bytes().all(allowed) {
        problems.add(at().join("path"), Fact::AttachmentPath { path: path.clone() });
    }
}

fn scope(directive: &Directive, problems: &mut Problems) {
    let at = Pointer::root().join("scope");
    for (of, list) in [("addressees", &directive.scope.addressees), ("except", &directive.scope.except)] {
        for (number, Addressee { class, agency, .. }) in list.iter().enumerate() {
            if class.is_some() == agency.is_some() {
                problems.add(at.join(of).join(number), Fact::Addressee);
            }
        }
    }
    for (number, except) in directive.scope.except.iter().enumerate() {
        let same = |other: &&Addressee| other.class == except.class && other.agency == except.agency;
        let named = except.class.as_ref().or(except.agency.as_ref());
        if let (Some(addressee), Some(_)) = (named, directive.scope.addressees.iter().find(same)) {
            let addressee = addressee.clone();
            problems.add(at.join("except").join(number), Fact::ExceptsAddressee { addressee });
        }
    }
    let systems =
        [("systems", &directive.scope.systems), ("except_systems", &directive.scope.except_systems)];
    for (of, list) in systems {
        for (number, system) in list.iter().enumerate() {
            problems.text(|| at.join(of).join(number).join("predicate"), "predicate", &system.predicate);
        }
    }
}

/// How long after its beginning a waiver without an end is compared with a recurrence that ends: 30 years, in seconds.
const FOR_GOOD: i64 = 30 * 365 * 24 * 60 * 60;

/// A waiver that goes on after its action or subject has ended, which no condition changes; or beyond a deadline without a word
/// of what happens then: conditions may say that. Who frees everyone is told of that alone.
pub(super) fn outlasts(
    at: &Pointer,
    directive: &Directive,
    waiver: &Waiver,
    zone: &TimeZone,
    problems: &mut Problems,
) {
    let Some(part) = &waiver.part else { return };
    let goes_beyond = |end: &DateTime| waiver.until.is_none_or(|until| until.end(zone) > *end);
    let at = || if waiver.until.is_some() { at.join("until") } else { at.clone() };
    let subject = directive.subjects.iter().find(|subject| subject.id == *part);
    let of_subject = subject.and_then(|subject| subject.valid_until).map(|until| until.end(zone));
    let deadline = |as_of| {
        directive
            .action(part)
            .and_then(|action| deadline::deadline(directive, action, None, &Events::default(), as_of))
    };
    let late = waiver.from.begin(zone).saturating_add_seconds(FOR_GOOD);
    let of_action = match deadline(waiver.until.map_or(late, |until| until.end(zone))) {
        Some(Deadline::Over { at, .. }) => Some(at),
        _ => None,
    };
    if let Some(ends) = of_subject.or(of_action) {
        if goes_beyond(&ends) {
            problems.add(at(), Fact::WaiverOutlasts { part: part.clone(), ends });
        }
        return;
    }
    if !waiver.conditions.is_empty() {
        return;
    }
    let due = match (subject, deadline(DateTime::EPOCH)) {
        (Some(subject), _) => last_deadline(directive, subject, late),
        (None, Some(Deadline::Once { end, .. })) => Some(end),
        _ => None,
    };
    let Some(due) = due.filter(goes_beyond) else { return };
    let part = part.clone();
    if waiver.until.is_some() {
        problems.add(at(), Fact::WaiverWithoutConditions { part, due });
    } else if !waiver.beneficiaries.is_empty() || waiver.eligibility.is_some() {
        problems.add(at(), Fact::WaiverWithoutEnd { part, due });
    }
}

/// The last deadline of the actions about a subject; none where one of them goes on, or has a date that is not known yet, since
/// no waiver is longer than that. An action without a date has nothing to be compared with.
fn last_deadline(directive: &Directive, subject: &Subject, late: DateTime) -> Option<DateTime> {
    let about = directive.actions.iter().filter(|action| action.concerns(&subject.id));
    let ends = about.filter_map(|action| {
        let found = deadline::deadline(directive, action, Some(subject), &Events::default(), late)?;
        Some(match found {
            Deadline::Once { end, .. } => Some(end),
            Deadline::Over { at, .. } => Some(at),
            _ => None,
        })
    });
    ends.collect::<Option<Vec<_>>>()?.into_iter().max()
}
