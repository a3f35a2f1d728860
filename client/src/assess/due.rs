//! The deadlines of a subject, as of a moment.

use interdict_schema::DateTime;
use interdict_schema::directive::deadline::{Deadline, Events, deadline};
use interdict_schema::directive::scope::Profile;
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
    /// Whether it is the same for every subject: one date stands for all.
    pub fn is_for_all(&self) -> bool {
        !self.action.due.as_ref().is_some_and(|due| due.by_subject)
    }

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

/// An obligation that concerns a subject and has no date yet: its clock has not started, or a decision table must know more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting<'a> {
    /// The action.
    pub action: &'a Action,
    /// What must have happened by then.
    pub edge: Option<&'a Edge>,
    /// Why there is no date: [`Deadline::RunsFrom`] or [`Deadline::DependsOn`].
    pub deadline: Deadline,
}

/// A subject of a directive, of whom it is asked, and as of when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub directive: &'a Directive,
    pub subject: &'a Subject,
    pub moment: DateTime,
    /// The agency; none where nobody has said who it is.
    pub profile: Option<&'a Profile>,
}

impl<'a> Asked<'a> {
    /// What is ordered of the agency about the subject, each with by when. What is only recommended is left out.
    ///
    /// `detected` is when the subject was first found, where a clock may run from that.
    fn ordered(self, detected: Option<DateTime>) -> impl Iterator<Item = (&'a Action, Deadline)> {
        let Self { directive, subject, moment, profile } = self;
        // Of other events an answer to an authority says what is known; here only the clock, the order and the find are.
        let events = Events { detected, ..Events::default() };
        let binding = move |action: &&Action| {
            action.modality != Modality::Should
                && action.concerns(&subject.id)
                && profile.is_none_or(|profile| action.binds(&directive.id, profile).is_ok())
        };
        directive.actions.iter().filter(binding).filter_map(move |action| {
            Some((action, deadline(directive, action, Some(subject), &events, moment)?))
        })
    }

    /// The obligations that have a date, the earliest first.
    pub fn dues(self, detected: Option<DateTime>) -> Vec<Due<'a>> {
        let due = |(action, deadline): (&'a Action, Deadline)| {
            let (at, recurs) = match deadline {
                Deadline::Once { end, .. } => (end, false),
                Deadline::Recurring { next, .. } => (next, true),
                _ => return None,
            };
            Some(Due { action, edge: edge(action), at, recurs })
        };
        let mut dues: Vec<Due<'a>> = self.ordered(detected).filter_map(due).collect();
        dues.sort_by_key(|due| due.at);
        dues
    }

    /// The obligations that have none yet, in the order of the directive.
    pub fn waiting(self, detected: Option<DateTime>) -> Vec<Waiting<'a>> {
        let waits = |found: &Deadline| matches!(found, Deadline::RunsFrom(_) | Deadline::DependsOn { .. });
        self.ordered(detected)
            .filter(|(_, deadline)| waits(deadline))
            .map(|(action, deadline)| Waiting { action, edge: edge(action), deadline })
            .collect()
    }

    /// Whether some date is another once it is known when the subject was found.
    ///
    /// It is tried rather than read off the anchors: a clock may run from the deadline of an action whose clock runs from
    /// detection, or from the earliest of several events, which a find of today leaves as it is and an old one does not.
    pub fn runs_from_detection(self) -> bool {
        let dates = |detected| {
            let dues = self.dues(detected);
            dues.iter().map(|due| (due.action.id.clone(), due.at)).collect::<Vec<_>>()
        };
        let unknown = dates(None);
        [self.moment, self.moment.saturating_add_seconds(-CENTURIES)]
            .into_iter()
            .any(|found| dates(Some(found)) != unknown)
    }
}

fn edge(action: &Action) -> Option<&Edge> {
    action.due.as_ref().and_then(|due| due.edge.as_ref())
}

/// Before any directive, in seconds.
const CENTURIES: i64 = 20_000_000_000;
