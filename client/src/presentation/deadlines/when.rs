//! The answer to "by when", in words.

use interdict_schema::DateTime;
use interdict_schema::directive::Action;
use interdict_schema::directive::deadline::Deadline;
use jiff::tz::TimeZone;

use super::super::moment::in_zone;

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
    pub(super) fn in_words(&self, zone: &TimeZone) -> String {
        match self {
            Self::On { end, every: None, .. } => in_zone(*end, zone),
            Self::On { end, every: Some(every), until } => {
                let until = until.as_ref().map_or_else(String::new, |until| format!(" until {until}"));
                // "every 30 days", "every day".
                let every = every.strip_prefix("1 ").map_or_else(|| format!("{every}s"), str::to_owned);
                format!("{}, every {every}{until}", in_zone(*end, zone))
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

/// The row's answer; nothing where each subject has its own.
pub(super) fn when(found: Deadline, action: &Action) -> Option<When> {
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

/// The answer in words, as every verb puts it; nothing where each subject has its own.
pub fn in_words(found: Deadline, action: &Action, zone: &TimeZone) -> Option<String> {
    when(found, action).map(|when| when.in_words(zone))
}
