//! Deadlines as rows, and the next one of several. How they are shown is in [`super::due`].
//!
//! The arithmetic is in `interdict_schema::directive::deadline` and nowhere else.

use std::collections::BTreeMap;

use interdict_host::terminal::{days_until, in_words};
use interdict_schema::DateTime;
use interdict_schema::directive::deadline::{self, Deadline, Events, Explanation, Step, deadline, explain};
use interdict_schema::directive::scope::Profile;
use interdict_schema::directive::{
    Action, ActionKind, Directive, DirectiveId, Edge, Modality, Revision, Subject,
};
use jiff::tz::TimeZone;

use super::moment::in_zone;
use crate::as_of::AsOf;
use crate::store::detections::Detections;
use crate::store::generation::Generation;

/// Whether the subjects of an action that have dates of their own share a row where they share a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// A row for each date.
    ByDate,
    /// A row for each subject.
    BySubject,
}

/// A deadline of an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The repository that the directive comes from.
    pub repository: String,
    /// The directive.
    pub directive: DirectiveId,
    /// Its revision.
    pub revision: Revision,
    /// The action.
    pub action: String,
    /// What is to be done.
    pub kind: ActionKind,
    /// How strongly it is ordered.
    pub modality: Modality,
    /// What must have happened by then.
    pub edge: Option<Edge>,
    /// What it is about.
    pub subjects: Subjects,
    /// When.
    pub when: When,
    /// Whether the authority has kept the right to direct otherwise.
    pub unless_directed_otherwise: bool,
    /// The issuer's zone.
    pub zone: TimeZone,
    /// The moment that is asked about.
    pub as_of: DateTime,
}

/// What a deadline is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subjects {
    /// So many subjects.
    Count(usize),
    /// The subject with this id.
    One(String),
}

/// When an action is due. Ordered as the rows are: what has no date comes last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// By the end of this second.
    On {
        /// The last second.
        end: DateTime,
        /// Where it recurs: the period, `30 day`.
        every: Option<String>,
        /// Where it recurs: the event that ends it, `action:remove`.
        until: Option<String>,
    },
    /// At all times from here on.
    Ongoing {
        /// When the obligation begins.
        from: DateTime,
    },
    /// A decision table must know more of the asset.
    DependsOn {
        /// What it must know.
        inputs: Vec<String>,
        /// What it decides at its strictest, where that has a date.
        strictest: Option<(String, Box<When>)>,
    },
    /// This version cannot compute it.
    Unsupported(String),
    /// The clock has not started: it runs from this event.
    RunsFrom(String),
    /// Each subject has a date of its own, and none was named.
    BySubject,
    /// The order sets no date.
    None,
    /// A decision table has decided so, and sets no date.
    Undated(String),
    /// It recurred, until this event.
    Over {
        /// The event, `action:remove`.
        until: String,
        /// Its last moment.
        at: DateTime,
    },
}

impl When {
    /// In the issuer's zone, or why there is no date.
    fn in_words(&self, zone: &TimeZone) -> String {
        match self {
            Self::On { end, every: None, .. } => in_zone(*end, zone),
            Self::On { end, every: Some(every), until } => {
                let until = until.as_ref().map_or_else(String::new, |until| format!(" until {until}"));
                format!("{}, every {every}s{until}", in_zone(*end, zone))
            }
            Self::Ongoing { from } => format!("ongoing from {}", in_zone(*from, zone)),
            Self::DependsOn { inputs, strictest } => {
                let strictest = strictest.as_ref().map_or_else(String::new, |(outcome, when)| {
                    format!("; strictest: {outcome}, {}", when.in_words(zone))
                });
                format!("depends on {}{strictest}", inputs.join(", "))
            }
            Self::Unsupported(reason) => format!("unsupported: {reason}"),
            Self::RunsFrom(event) => format!("runs from {event}"),
            Self::BySubject => "by each subject's own date".to_owned(),
            Self::None => "no date: the order sets none".to_owned(),
            Self::Undated(outcome) => format!("no date: {outcome}"),
            Self::Over { until, at } => format!("over since {}, {until}", in_zone(*at, zone)),
        }
    }
}

impl Row {
    /// The last second, where there is a date.
    pub fn end(&self) -> Option<DateTime> {
        match self.when {
            When::On { end, .. } => Some(end),
            _ => None,
        }
    }

    /// Whether it has passed.
    pub fn is_overdue(&self) -> bool {
        self.end().is_some_and(|end| end < self.as_of)
    }

    /// Days left on the issuer's calendar, negative when overdue, where there is a date.
    pub fn days_left(&self) -> Option<i64> {
        self.end().map(|end| days_until(self.as_of, end, &self.zone))
    }

    /// "in 3 days", "12 days overdue"; nothing where there is no date.
    pub fn left(&self) -> String {
        self.end().map_or_else(String::new, |end| in_words(self.as_of, end, &self.zone))
    }

    /// When, in the issuer's zone, or why there is no date.
    pub fn due(&self) -> String {
        let unless = if self.unless_directed_otherwise { ", unless directed otherwise" } else { "" };
        format!("{}{unless}", self.when.in_words(&self.zone))
    }

    /// What must have happened by then; nothing where the order does not say.
    pub fn edge(&self) -> &str {
        self.edge.as_ref().map_or("", Edge::as_str)
    }
}

/// The deadlines of every directive that has not ended, in order. A clock that runs from detection runs from the first time
/// that its subject was found anywhere.
pub fn rows(
    generation: &Generation,
    profile: &Profile,
    detections: &Detections,
    as_of: AsOf,
    grouping: Grouping,
) -> Vec<Row> {
    let mut rows: Vec<Row> = generation
        .directives()
        .filter(|(_, held)| !held.directive().is_ended() && held.directive().scope.binds(profile).is_ok())
        .flat_map(|(repository, held)| {
            of_directive(repository.name.as_str(), held.directive(), detections, as_of, grouping)
        })
        .collect();
    sort(&mut rows);
    rows
}

/// The deadlines of one directive, in order.
pub(super) fn of_directive(
    repository: &str,
    directive: &Directive,
    detections: &Detections,
    as_of: AsOf,
    grouping: Grouping,
) -> Vec<Row> {
    // A zone that this version does not know makes every deadline unsupported; UTC only shows them.
    let zone = deadline::zone(&directive.zone).unwrap_or(TimeZone::UTC);
    let mut rows: Vec<Row> = directive
        .actions
        .iter()
        .flat_map(|action| {
            of_action(repository, directive, action, detections, as_of.moment(&zone), &zone, grouping)
        })
        .collect();
    sort(&mut rows);
    rows
}

fn sort(rows: &mut [Row]) {
    rows.sort_by(|a, b| {
        (&a.when, &a.directive, &a.repository, &a.action).cmp(&(
            &b.when,
            &b.directive,
            &b.repository,
            &b.action,
        ))
    });
}

/// A deadline and the steps by which it came to be.
#[derive(Debug, Clone, PartialEq)]
pub struct WithSteps {
    /// The deadline.
    pub row: Row,
    /// The steps, the first first.
    pub steps: Vec<Step>,
}

/// The deadline of an action, for one subject where one is named, and how it came to be.
pub fn explained(
    repository: &str,
    directive: &Directive,
    action: &Action,
    subject: Option<&Subject>,
    events: &Events,
    as_of: AsOf,
) -> WithSteps {
    let zone = deadline::zone(&directive.zone).unwrap_or(TimeZone::UTC);
    let as_of = as_of.moment(&zone);
    let found = explain(directive, action, subject, events, as_of);
    let (when, steps) = match found {
        None => (When::None, Vec::new()),
        Some(Explanation { deadline, steps }) => (when(deadline, action).unwrap_or(When::BySubject), steps),
    };
    let count = || Subjects::Count(directive.subjects_of(action).count());
    let subjects = subject.map_or_else(count, |subject| Subjects::One(subject.id.clone()));
    WithSteps { row: row(repository, directive, action, (subjects, when), &zone, as_of), steps }
}

fn row(
    repository: &str,
    directive: &Directive,
    action: &Action,
    (subjects, when): (Subjects, When),
    zone: &TimeZone,
    as_of: DateTime,
) -> Row {
    Row {
        repository: repository.to_owned(),
        directive: directive.id.clone(),
        revision: directive.revision,
        action: action.id.clone(),
        kind: action.kind.clone(),
        modality: action.modality.clone(),
        edge: action.due.as_ref().and_then(|due| due.edge.clone()),
        subjects,
        when,
        unless_directed_otherwise: action.due.as_ref().is_some_and(|due| due.unless_directed_otherwise),
        zone: zone.clone(),
        as_of,
    }
}

fn of_action(
    repository: &str,
    directive: &Directive,
    action: &Action,
    detections: &Detections,
    as_of: DateTime,
    zone: &TimeZone,
    grouping: Grouping,
) -> Vec<Row> {
    let row = |subjects, when| row(repository, directive, action, (subjects, when), zone, as_of);
    let by_when = |subject: Option<&Subject>| {
        let found = |subject: &Subject| detections.earliest(repository, &directive.id, &subject.id);
        let events = Events { detected: subject.and_then(found), ..Events::default() };
        deadline(directive, action, subject, &events, as_of).map(|found| when(found, action))
    };
    let alike = by_when(None);
    let differs = || directive.subjects_of(action).any(|subject| by_when(Some(subject)) != alike);
    match alike {
        None => Vec::new(),
        Some(Some(when)) if detections.is_empty() || !differs() => {
            vec![row(Subjects::Count(directive.subjects_of(action).count()), when)]
        }
        Some(_) => {
            let dated = directive.subjects_of(action).map(|subject| {
                let none = || When::Unsupported("the subject has no date".into());
                (subject, by_when(Some(subject)).flatten().unwrap_or_else(none))
            });
            if grouping == Grouping::BySubject {
                return dated.map(|(subject, when)| row(Subjects::One(subject.id.clone()), when)).collect();
            }
            let mut counts: BTreeMap<When, usize> = BTreeMap::new();
            dated.for_each(|(_, when)| *counts.entry(when).or_default() += 1);
            counts.into_iter().map(|(when, number)| row(Subjects::Count(number), when)).collect()
        }
    }
}

/// The row's answer; nothing where each subject has its own.
fn when(found: Deadline, action: &Action) -> Option<When> {
    Some(match found {
        Deadline::Once { end, .. } => When::On { end, every: None, until: None },
        Deadline::Recurring { next, until, .. } => {
            let period = action.due.as_ref().and_then(|due| due.every.as_ref());
            When::On {
                end: next,
                every: period.map(|every| format!("{} {}", every.n, every.unit)),
                until: until.map(|until| until.to_string()),
            }
        }
        Deadline::Ongoing { from } => When::Ongoing { from },
        Deadline::RunsFrom(anchor) => When::RunsFrom(anchor.to_string()),
        Deadline::DependsOn { inputs, strictest } => {
            let strictest =
                strictest.and_then(|it| Some((it.outcome, Box::new(when(*it.deadline, action)?))));
            When::DependsOn { inputs, strictest }
        }
        Deadline::Undated { outcome } => When::Undated(outcome),
        Deadline::Over { until, at } => When::Over { until: until.to_string(), at },
        Deadline::BySubject => return None,
        Deadline::Unsupported(reason) => When::Unsupported(reason.to_string()),
    })
}

/// The first deadline that has not passed, or else the last that has.
pub fn next(rows: &[Row]) -> Option<&Row> {
    let dated = || rows.iter().filter(|row| row.end().is_some());
    dated().find(|row| !row.is_overdue()).or_else(|| dated().next_back())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use interdict_host::terminal::Terminal;

    use super::super::due::{Columns, table};
    use super::*;
    use crate::store::detections::{Detection, Seen};

    fn directive(zone: &str) -> Directive {
        let text = r#"{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"in-force","title":"t","issuer":"i",
            "zone":"ZONE","issued":"2017-09-13",
            "subjects":[{"id":"a","name":"A","disposition":"remediate","due":"2017-10-01"},
                {"id":"b","name":"B","disposition":"remediate","due":"2017-10-01"},
                {"id":"c","name":"C","disposition":"remediate","due":"2017-11-01"},
                {"id":"d","name":"D","disposition":"remediate"}],
            "actions":[
                {"id":"hour","modality":"must","kind":"notify","due":{"offset":{"n":24,"unit":"hour","anchor":"detected"}}},
                {"id":"plan","modality":"should","kind":"plan","subjects":["a"],"due":{"edge":"complete","at":{"time":"2017-09-13"}}},
                {"id":"report","modality":"must","kind":"report","due":{"edge":"report","every":{"n":30,"unit":"day","from":"issued","until":"action:plan"}}},
                {"id":"work","modality":"must","kind":"attest","due":{"offset":{"n":1,"unit":"moon","anchor":"issued"}}},
                {"id":"always","modality":"must","kind":"block","due":{"ongoing":true}},
                {"id":"none","modality":"must","kind":"hunt"},
                {"id":"fix","modality":"must","kind":"update","due":{"edge":"complete","by_subject":true}}]}"#
            .replace("ZONE", zone);
        Directive::parse(text.as_bytes()).unwrap().value
    }

    fn shown(zone: &str, local: &str, as_of: &str, grouping: Grouping) -> String {
        let rows =
            of_directive("main", &directive(zone), &Detections::default(), as_of.parse().unwrap(), grouping);
        let local = TimeZone::get(local).unwrap();
        table(&rows, &local, Columns::OfOneDirective).render(&Terminal::none())
    }

    #[test]
    fn dates_come_in_order_and_what_has_none_comes_last() {
        assert_eq!(
            shown("America/New_York", "America/New_York", "2017-09-14", Grouping::ByDate),
            "due                                                           left           action  kind         edge      subjects\n\
             Wed 13 Sep 2017, 23:59 EDT                                    1 day overdue  plan    should plan  complete  1\n\
             Sun 1 Oct 2017, 23:59 EDT                                     in 17 days     fix     update       complete  2\n\
             Fri 13 Oct 2017, 23:59 EDT, every 30 days until action:plan   in 29 days     report  report       report    4\n\
             Wed 1 Nov 2017, 23:59 EDT                                     in 48 days     fix     update       complete  1\n\
             ongoing from Wed 13 Sep 2017, 00:00 EDT                                      always  block                  4\n\
             unsupported: the deadline refers to \"d\", which leads nowhere                 fix     update       complete  1\n\
             unsupported: unknown unit \"moon\"                                             work    attest                 4\n\
             runs from detected                                                           hour    notify                 4\n"
        );
    }

    #[test]
    fn a_clock_that_runs_from_detection_runs_for_the_subjects_that_were_found() {
        let of = directive("UTC");
        let mut detections = Detections::default();
        let mut see = |subject, asset, at: &str| {
            let found = Detection { repository: "main", directive: &of.id, subject, asset, component: "c" };
            assert_eq!(detections.see(&found, at.parse().unwrap()), Seen::New);
        };
        see("b", "h1", "2017-09-20T10:00:00Z");
        see("b", "h2", "2017-09-15T10:00:00Z");
        let hour = |detections: &Detections| {
            let rows = of_directive("main", &of, detections, "2017-09-14".parse().unwrap(), Grouping::ByDate);
            let rows = rows.into_iter().filter(|row| row.action == "hour");
            rows.map(|row| (row.due(), row.subjects)).collect::<Vec<_>>()
        };
        assert_eq!(
            hour(&detections),
            [
                ("Sat 16 Sep 2017, 10:00 UTC".into(), Subjects::Count(1)),
                ("runs from detected".into(), Subjects::Count(3))
            ]
        );
        assert_eq!(hour(&Detections::default()), [("runs from detected".into(), Subjects::Count(4))]);
    }

    #[test]
    fn each_subject_has_its_row_when_all_are_asked_for() {
        let rows = of_directive(
            "main",
            &directive("UTC"),
            &Detections::default(),
            "2017-09-14".parse().unwrap(),
            Grouping::BySubject,
        );
        let of: Vec<(&str, &Subjects)> = rows
            .iter()
            .filter(|row| row.action == "fix")
            .map(|row| (row.action.as_str(), &row.subjects))
            .collect();
        let one = |id: &str| Subjects::One(id.to_owned());
        assert_eq!(
            of.iter().map(|(_, subject)| (*subject).clone()).collect::<Vec<_>>(),
            ["a", "b", "c", "d"].map(one)
        );
    }

    #[test]
    fn local_time_is_shown_where_it_is_another() {
        let text = shown("America/New_York", "UTC", "2017-09-14", Grouping::ByDate);
        assert!(text.lines().next().unwrap().contains("local time"), "{text}");
        assert!(text.contains("Thu 14 Sep 2017, 03:59 UTC"), "{text}");
        assert!(!shown("UTC", "UTC", "2017-09-14", Grouping::ByDate).contains("local time"));
    }

    #[test]
    fn the_next_deadline_is_the_first_to_come_or_the_last_that_passed() {
        let at = |as_of: &str| {
            let mut rows = of_directive(
                "main",
                &directive("UTC"),
                &Detections::default(),
                as_of.parse().unwrap(),
                Grouping::ByDate,
            );
            rows.retain(|row| row.action != "report");
            next(&rows).map(|row| (row.due(), row.left())).unwrap()
        };
        assert_eq!(at("2017-09-14"), ("Sun 1 Oct 2017, 23:59 UTC".into(), "in 17 days".into()));
        assert_eq!(at("2017-11-02"), ("Wed 1 Nov 2017, 23:59 UTC".into(), "1 day overdue".into()));
        assert_eq!(next(&[]), None);
    }

    #[test]
    fn a_zone_that_is_unknown_is_said_and_not_guessed() {
        let text = shown("Mars/Olympus", "UTC", "2017-09-14", Grouping::ByDate);
        assert!(text.contains("unsupported: unknown zone \"Mars/Olympus\""), "{text}");
    }
}
