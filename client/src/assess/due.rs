//! The deadlines of a subject, as of a moment.

use interdict_schema::DateTime;
use interdict_schema::directive::deadline::{Deadline, Events, deadline};
use interdict_schema::directive::{Action, ActionKind, Directive, Edge, Modality, Subject};

/// A dated obligation that concerns a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due<'a> {
    /// The action.
    pub action: &'a Action,
    /// What must have happened by then.
    pub edge: Option<&'a Edge>,
    /// The last second.
    pub at: DateTime,
    /// Whether it comes again.
    pub recurs: bool,
}

impl Due<'_> {
    /// Whether the deadline has passed.
    pub fn has_passed(&self, moment: DateTime) -> bool {
        self.at < moment
    }

    /// Whether finding the subject after this deadline shows that the deadline was missed: something that takes it away or
    /// mends it had to be complete. That something had to *begin* shows nothing.
    pub fn is_overdue(&self, moment: DateTime) -> bool {
        self.has_passed(moment)
            && self.edge != Some(&Edge::Begin)
            && matches!(
                self.action.kind,
                ActionKind::Remove
                    | ActionKind::Block
                    | ActionKind::Disconnect
                    | ActionKind::Update
                    | ActionKind::Configure
            )
    }
}

/// The obligations of a subject that have a date, the earliest first. What is only recommended is left out.
///
/// `detected` is when the subject was first found, where a clock may run from that.
pub(super) fn dues<'a>(
    directive: &'a Directive,
    subject: &'a Subject,
    detected: Option<DateTime>,
    moment: DateTime,
) -> Vec<Due<'a>> {
    // Of other events an answer to an authority says what is known; here only the clock, the order and the find are.
    let events = Events { detected, ..Events::default() };
    let binding = |action: &&Action| action.modality != Modality::Should && action.concerns(&subject.id);
    let mut dues: Vec<Due<'a>> = directive
        .actions
        .iter()
        .filter(binding)
        .filter_map(|action| {
            let (at, recurs) = match deadline(directive, action, Some(subject), &events, moment)? {
                Deadline::Once { end, .. } => (end, false),
                Deadline::Recurring { next, .. } => (next, true),
                _ => return None,
            };
            let edge = action.due.as_ref().and_then(|due| due.edge.as_ref());
            Some(Due { action, edge, at, recurs })
        })
        .collect();
    dues.sort_by_key(|due| due.at);
    dues
}

/// Whether some date of a subject is another once it is known when the subject was found.
///
/// It is tried rather than read off the anchors: a clock may run from the deadline of an action whose clock runs from
/// detection, or from the earliest of several events, which a find of today leaves as it is and an old one does not.
pub(super) fn runs_from_detection(directive: &Directive, subject: &Subject, moment: DateTime) -> bool {
    let dates = |detected| {
        let dues = dues(directive, subject, detected, moment);
        dues.iter().map(|due| (due.action.id.clone(), due.at)).collect::<Vec<_>>()
    };
    let unknown = dates(None);
    [moment, moment.saturating_add_seconds(-CENTURIES)].into_iter().any(|found| dates(Some(found)) != unknown)
}

/// Before any directive, in seconds.
const CENTURIES: i64 = 20_000_000_000;
