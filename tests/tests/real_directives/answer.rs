//! What was in force and due on a day, as lines that a person can compare with the texts.

use interdict_schema::DateTime;
use interdict_schema::directive::deadline::{Deadline, Events, deadline, zone};
use interdict_schema::directive::resolve::{Acts, Document, InForce, Rights, State, resolve};

use crate::fixtures::{ALL, Fixture};

/// The answer as of noon of a day in Washington.
pub struct Answer {
    /// What is in force, `ID since DAY`.
    pub in_force: Vec<String>,
    /// What has ended, `ID how DAY by DOCUMENT`, and what governs now where that is another.
    pub ended: Vec<String>,
    /// Dates that have not passed on that day, the first one first: `WHEN ID action`, the recurring ones with their period.
    pub due: Vec<String>,
    /// Clocks that have not started: `ID action runs from EVENT`.
    pub waiting: Vec<String>,
}

/// Every example, resolved.
pub fn in_force(as_of: DateTime) -> InForce<'static> {
    resolved(|_| true, as_of)
}

/// The examples that had taken effect by then, resolved: what could be held on that day.
pub fn known_by(as_of: DateTime) -> InForce<'static> {
    let begins = |fixture: &Fixture| {
        let directive = &fixture.directive;
        directive.revised.unwrap_or(*directive.effective()).begin(&zone(&directive.zone).unwrap())
    };
    resolved(|fixture| begins(fixture) <= as_of, as_of)
}

fn resolved(known: impl Fn(&Fixture) -> bool, as_of: DateTime) -> InForce<'static> {
    let documents = ALL.iter().filter(|fixture| known(fixture)).map(|fixture| Document {
        directive: &fixture.directive,
        digest: fixture.digest,
        acts: Acts::Fully,
    });
    resolve(documents, &Rights::none(), as_of)
}

/// Noon of a day in Washington.
pub fn noon(day: &str) -> DateTime {
    let zone = zone("America/New_York").unwrap();
    let day: jiff::civil::Date = day.parse().unwrap();
    DateTime::from_timestamp(zone.to_timestamp(day.at(12, 0, 0, 0)).unwrap()).unwrap()
}

pub fn local(moment: DateTime) -> String {
    let at = zone("America/New_York").unwrap().to_datetime(moment.timestamp());
    if at.time() == jiff::civil::time(23, 59, 59, 0) {
        at.strftime("%a %Y-%m-%d").to_string()
    } else {
        at.strftime("%a %Y-%m-%d %H:%M:%S").to_string()
    }
}

fn day(moment: DateTime) -> String {
    zone("America/New_York").unwrap().to_datetime(moment.timestamp()).date().to_string()
}

pub fn answer(on: &str) -> Answer {
    let as_of = noon(on);
    let resolved = in_force(as_of);
    assert!(resolved.conflicts.is_empty(), "{:?}", resolved.conflicts);
    let mut answer = Answer { in_force: Vec::new(), ended: Vec::new(), due: Vec::new(), waiting: Vec::new() };
    let mut dates: Vec<(DateTime, String)> = Vec::new();
    for directive in &resolved.directives {
        let id = &directive.document.id;
        match &directive.state {
            State::NotYet { .. } => continue,
            State::Ended(ending) => {
                let now = ending.now.as_ref().filter(|now| **now != ending.by.id && **now != *id);
                let now = now.map_or_else(String::new, |now| format!(", now {now}"));
                let (how, since) = (ending.how.as_str(), day(ending.since));
                answer.ended.push(format!("{id} {how} {since} by {}{now}", ending.by));
                continue;
            }
            State::InForce { since } => answer.in_force.push(format!("{id} since {}", day(*since))),
        }
        for action in &directive.text.actions {
            let name = format!("{id} {}", action.id);
            match deadline(&directive.text, action, None, &Events::default(), as_of) {
                Some(Deadline::Once { end, .. }) if day(end).as_str() >= on => dates.push((end, name)),
                Some(Deadline::Recurring { next, .. }) => {
                    let every = action.due.as_ref().and_then(|due| due.every.as_ref()).unwrap();
                    dates.push((next, format!("{name}, every {} {}", every.n, every.unit)));
                }
                Some(Deadline::RunsFrom(anchor)) => answer.waiting.push(format!("{name} runs from {anchor}")),
                Some(Deadline::Unsupported(reason)) => panic!("{name}: {reason}"),
                _ => {}
            }
        }
    }
    dates.sort();
    answer.due = dates.into_iter().map(|(end, name)| format!("{} {name}", local(end))).collect();
    answer
}

/// Compares line by line, and shows what was found as it would be written down.
#[track_caller]
pub fn same(found: &[String], wanted: &[&str]) {
    assert!(found == wanted, "found\n{found:#?}");
}
