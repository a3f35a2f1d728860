//! `interdict explain ID ACTION` and `interdict explain FINDING [INVENTORY…]`
//!
//! Not here: how a finding is explained ([`check`](super::check), [`report::explained`](crate::report::explained)).

use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_schema::directive::deadline::{self, Events};
use interdict_schema::directive::resolve::{Situation, State};
use interdict_schema::directive::{
    Action, Anchor, DayOrTime, Directive, DirectiveId, NotADayOrTime, NotAnAnchor, Subject,
};
use jiff::tz::TimeZone;

use super::inventories::{How, Inventories};
use super::named::{self, NotHeld};
use super::{Context, Failure, check};
use crate::as_of::AsOf;
use crate::assess::FindingId;
use crate::config::RepositoryName;
use crate::presentation::{Asked, Explained, Grouping, Of, Text, Validity, ended, explained};
use crate::store::detections::Detections;

/// How a date or a finding came to be
///
/// With a directive and an action: the anchor, days that were not counted, roll, and the end of the day. With the name of a
/// finding, twelve digits that stand beside it in every report: its rule, what was compared, what is doubtful, every date; exit
/// codes are those of check, and nothing is remembered as found.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  interdict explain BOD-17-01 plan\n  interdict explain 34bc30845e8c\n  interdict explain 34bc30845e8c sbom.cdx.json"
)]
pub(super) struct Explain {
    /// The directive, BOD-17-01; or a finding, 34bc30845e8c
    #[arg(value_name = "ID|FINDING")]
    id: String,

    /// The action's id in the directive: `interdict due` lists them. Of a finding the inventories in which it was found [default:
    /// this machine]
    #[arg(value_name = "ACTION|INVENTORY")]
    inventories: Vec<PathBuf>,

    #[command(flatten, next_help_heading = "Where the finding is looked for")]
    how: How,

    /// The subject, where each has a date of its own
    #[arg(long, value_name = "ID")]
    subject: Option<String>,

    /// The text in force on this day or at this moment, reckoned from it: 2017-11-12, 2017-11-12T12:00:00Z. Freshness is judged
    /// by the clock all the same
    #[arg(long, value_name = "DATE")]
    as_of: Option<AsOf>,

    /// Suppose that an event has happened: `detected=2026-07-01`, `notified=…`, `action:ID=…`, `event:NAME=…`
    #[arg(long, value_name = "EVENT=DATE")]
    suppose: Vec<Supposed>,

    /// Suppose that an input of a decision table is known: `exposed=yes`
    #[arg(long, value_name = "INPUT=VALUE")]
    given: Vec<Given>,

    /// The repository, where several have a directive of this name
    #[arg(long, value_name = "NAME")]
    repository: Option<RepositoryName>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

/// An event and when it happened.
#[derive(Debug, Clone)]
struct Supposed {
    event: Anchor,
    at: DayOrTime,
}

/// An input of a decision table and its value.
#[derive(Debug, Clone)]
struct Given {
    input: String,
    value: String,
}

#[derive(Debug, thiserror::Error)]
enum NotSupposed {
    #[error("wanted EVENT=DATE")]
    Shape,
    #[error(
        "{event:?} is no event that happens to an agency: wanted detected, notified, action:ID or event:NAME"
    )]
    Event { event: String },
    #[error(transparent)]
    Anchor(#[from] NotAnAnchor),
    #[error(transparent)]
    Date(#[from] NotADayOrTime),
}

impl FromStr for Supposed {
    type Err = NotSupposed;

    fn from_str(text: &str) -> Result<Self, NotSupposed> {
        let (event, at) = text.split_once('=').ok_or(NotSupposed::Shape)?;
        let happens = |anchor: &Anchor| {
            matches!(anchor, Anchor::Detected | Anchor::Notified | Anchor::Action(_) | Anchor::Event(_))
        };
        let anchor: Anchor = event.parse()?;
        if !happens(&anchor) {
            return Err(NotSupposed::Event { event: event.to_owned() });
        }
        Ok(Self { event: anchor, at: at.parse()? })
    }
}

/// A text that gives no input a value.
#[derive(Debug, thiserror::Error)]
#[error("wanted INPUT=VALUE")]
struct NotGiven;

impl FromStr for Given {
    type Err = NotGiven;

    fn from_str(text: &str) -> Result<Self, NotGiven> {
        let (input, value) = text.split_once('=').ok_or(NotGiven)?;
        Ok(Self { input: input.to_owned(), value: value.to_owned() })
    }
}

/// A part that the directive does not have.
#[derive(Debug, thiserror::Error)]
enum NotThere {
    #[error("found {found:?}, wanted a directive's id, or the twelve hexadecimal digits of a finding")]
    Name { found: String },
    #[error("found {found} actions, wanted one of {directive}")]
    OneAction { directive: DirectiveId, found: usize },
    #[error("{directive} has no action {found}")]
    Action { directive: DirectiveId, found: String },
    #[error("{action} of {directive} is not about a subject {found}")]
    Subject { directive: DirectiveId, action: String, found: String },
    #[error("no decision table of {directive} has an input {found}")]
    Input { directive: DirectiveId, found: String },
}

impl Explain {
    pub(super) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let json = self.json;
        self.answer(context).map_err(|failure| failure.in_json(json))
    }

    fn answer(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let directive = self.id.parse::<DirectiveId>();
        if let Ok(finding) = self.id.parse::<FindingId>() {
            // Twelve digits may be a directive's id too; one that is held is meant.
            let generation = context.reading()?.generation;
            let mut held = generation.directives().map(|(_, held)| &held.directive().id);
            if !held.any(|held| directive.as_ref().is_ok_and(|id| id == held)) {
                let inventories = Inventories { paths: self.inventories, how: self.how };
                return check::explain(context, finding, self.as_of, self.json, &inventories);
            }
        }
        let id = directive.map_err(|cause| {
            let found = NotThere::Name { found: self.id.clone() };
            Failure::new(&found, Exit::Usage).hint(format!("{cause}; `interdict list` lists the directives"))
        })?;
        self.date(context, &id)
    }

    fn date(&self, context: &mut Context<'_>, id: &DirectiveId) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let mut reading = context.reading()?;
        let as_of = self.as_of.unwrap_or(AsOf::now(now));
        reading.generation.settle(as_of);
        reading.warn(context.world, now)?;
        let (repository, held) = named::directive(&reading.generation, id, self.repository.as_ref())?
            .ok_or_else(|| NotHeld::Directive { id: id.clone() }.failure())?;
        let directive = held.directive();
        let zone = deadline::zone(&directive.zone).unwrap_or(TimeZone::UTC);
        let ids = || {
            let ids: Vec<&str> = directive.actions.iter().map(|action| action.id.as_str()).collect();
            format!("its actions are {}", ids.join(", "))
        };
        let [wanted] = self.inventories.as_slice() else {
            let found = NotThere::OneAction { directive: id.clone(), found: self.inventories.len() };
            return Err(Failure::new(&found, Exit::Usage).hint(ids()));
        };
        let wanted = wanted.to_string_lossy();
        let action = directive.action(&wanted).ok_or_else(|| {
            let absent = NotThere::Action { directive: id.clone(), found: wanted.to_string() };
            let elsewhere = held.situation().and_then(|situation| elsewhere(id, &wanted, situation, &zone));
            Failure::new(&absent, Exit::Usage).hint(elsewhere.unwrap_or_else(ids))
        })?;
        let subject = self.subject(directive, action)?;
        let events = self.events(directive, &zone)?;
        let (party, floors) = (reading.config.own(), reading.floors(as_of, now));
        let asked = Asked {
            profile: &party.profile,
            detections: &Detections::default(),
            as_of,
            floors: &floors,
            grouping: Grouping::ByDate,
        };
        let text = Text { repository: repository.name.as_str(), directive, situation: held.situation() };
        let row = explained(text, action, subject, &events, &asked);
        let of = Of { party: &party, lines: &reading.lines };
        let not_bound = directive.scope.binds(&party.profile).and_then(|()| action.binds(id, &party.profile));
        let not_due = held
            .situation()
            .and_then(|it| not_in_force(it, &zone))
            .or_else(|| not_bound.err().map(|why| of.because(&why)));
        let explained = Explained { row, as_of, validity: Validity::of(&reading.generation), not_due };
        let world = &mut *context.world;
        if self.json {
            world.stdout.write_all(&explained.json(&world.time_zone))?;
        } else {
            let page = explained.page(&world.time_zone);
            world.stdout.write_all(page.render(&world.terminal).as_bytes())?;
        }
        Ok(Outcome::done())
    }

    fn subject<'a>(
        &self,
        directive: &'a Directive,
        action: &'a Action,
    ) -> Result<Option<&'a Subject>, Failure> {
        let Some(wanted) = &self.subject else { return Ok(None) };
        let mut subjects = directive.subjects_of(action);
        let found = subjects.find(|subject| subject.id == *wanted).ok_or_else(|| {
            let absent = NotThere::Subject {
                directive: directive.id.clone(),
                action: action.id.clone(),
                found: wanted.clone(),
            };
            Failure::new(&absent, Exit::Usage)
                .hint(format!("`interdict show {}` lists what it is about", directive.id))
        })?;
        Ok(Some(found))
    }

    /// What is supposed to have happened and to be known.
    fn events(&self, directive: &Directive, zone: &TimeZone) -> Result<Events, Failure> {
        let mut events = Events::default();
        for Supposed { event, at } in &self.suppose {
            let at = at.begin(zone);
            match event {
                Anchor::Detected => events.detected = Some(at),
                Anchor::Notified => events.notified = Some(at),
                Anchor::Action(id) => drop(events.completed.insert(id.clone(), at)),
                Anchor::Event(name) => drop(events.outside.insert(name.clone(), at)),
                _ => {}
            }
        }
        for Given { input, value } in &self.given {
            let mut inputs = directive.tables.iter().flat_map(|table| &table.inputs);
            if !inputs.any(|known| known.id == *input) {
                let absent = NotThere::Input { directive: directive.id.clone(), found: input.clone() };
                return Err(Failure::new(&absent, Exit::Usage));
            }
            events.inputs.insert(input.clone(), value.clone());
        }
        Ok(events)
    }
}

/// What became of an action that is not in the text.
fn elsewhere(id: &DirectiveId, action: &str, situation: &Situation, zone: &TimeZone) -> Option<String> {
    if let Some(ending) = situation.ended_parts.get(action) {
        return Some(format!("it was {}", ended(ending, id, zone)));
    }
    let target = situation.moved_parts.get(action)?.first()?;
    Some(format!("it stands in the text of {target}: `interdict due` lists its actions"))
}

/// Why nothing of a directive is due, where that is so.
fn not_in_force(situation: &Situation, zone: &TimeZone) -> Option<String> {
    match &situation.state {
        State::Ended(ending) => Some(ended(ending, &situation.document.id, zone)),
        State::NotYet { from } => Some(format!("it takes effect {from}")),
        State::InForce { .. } => None,
    }
}
