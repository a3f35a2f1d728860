//! The next moment at which the stage of something changes by itself (`trust.md`, rule 15): a ban begins, a waiver ends, a
//! suspension lapses, the window opens. Whoever applies the policy does so again at exactly that moment.
//!
//! [`next`] is pure. [`schedule`] asks the service manager, in `timer`; the timer of every quarter of an hour stays beneath it.
//!
//! Not here: deadlines of people, and freshness, which change nothing of what is enforced.

mod timer;

use interdict_schema::DateTime;
use interdict_schema::directive::{DirectiveId, Disposition};
use interdict_schema::plan::Boundary;
use interdict_schema::policy::Rule;

pub use timer::{Scheduled, Unscheduled, schedule};

use super::record::Record;
use crate::config::enforce::Window;
use crate::exceptions::Standing;
use crate::store::generation::Generation;

/// What happens at a boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A rule begins to count, in audit at least.
    RuleBegins,
    /// It counts no longer.
    RuleEnds,
    /// It may be blocked from then on.
    BlockBegins,
    /// A waiver frees the agency.
    WaiverBegins,
    /// It frees it no longer.
    WaiverEnds,
    /// A revision or a relation takes effect.
    TextChanges,
    /// An exception of the agency begins.
    ExceptionBegins,
    /// It is over.
    ExceptionEnds,
    /// The maintenance window opens.
    WindowOpens,
    /// What was suspended is in place again.
    SuspensionEnds,
    /// What nobody confirmed is taken back.
    ConfirmationEnds,
}

impl What {
    const ALL: [Self; 11] = [
        Self::RuleBegins,
        Self::RuleEnds,
        Self::BlockBegins,
        Self::WaiverBegins,
        Self::WaiverEnds,
        Self::TextChanges,
        Self::ExceptionBegins,
        Self::ExceptionEnds,
        Self::WindowOpens,
        Self::SuspensionEnds,
        Self::ConfirmationEnds,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RuleBegins => "rule-begins",
            Self::RuleEnds => "rule-ends",
            Self::BlockBegins => "block-begins",
            Self::WaiverBegins => "waiver-begins",
            Self::WaiverEnds => "waiver-ends",
            Self::TextChanges => "text-changes",
            Self::ExceptionBegins => "exception-begins",
            Self::ExceptionEnds => "exception-ends",
            Self::WindowOpens => "window-opens",
            Self::SuspensionEnds => "suspension-ends",
            Self::ConfirmationEnds => "confirmation-ends",
        }
    }

    /// For people.
    const fn in_words(self) -> &'static str {
        match self {
            Self::RuleBegins => "it begins to count",
            Self::RuleEnds => "it counts no longer",
            Self::BlockBegins => "it may be blocked from then on",
            Self::WaiverBegins => "a waiver begins",
            Self::WaiverEnds => "its waiver is over",
            Self::TextChanges => "another text takes effect",
            Self::ExceptionBegins => "an exception begins",
            Self::ExceptionEnds => "its exception is over",
            Self::WindowOpens => "the maintenance window opens",
            Self::SuspensionEnds => "the suspension is over",
            Self::ConfirmationEnds => "what nobody confirmed is taken back",
        }
    }
}

/// What happens at a boundary, for people: `BOD-17-01 kaspersky: it may be blocked from then on`.
pub fn in_words(boundary: &Boundary) -> String {
    let known = What::ALL.into_iter().find(|what| what.as_str() == boundary.what);
    let what: &str = match known {
        Some(what) => what.in_words(),
        None => &boundary.what,
    };
    match (&boundary.directive, &boundary.subject) {
        (Some(directive), Some(subject)) => format!("{directive} {subject}: {what}"),
        (Some(directive), None) => format!("{directive}: {what}"),
        (None, _) => what.to_owned(),
    }
}

/// The first second after one that still counts.
fn after(last: DateTime) -> DateTime {
    last.saturating_add_seconds(1)
}

/// The earliest of the moments after one.
#[derive(Debug)]
struct Next {
    now: DateTime,
    found: Option<Boundary>,
}

impl Next {
    fn after(now: DateTime) -> Self {
        Self { now, found: None }
    }

    fn boundary(self) -> Option<Boundary> {
        self.found
    }

    fn offer(&mut self, at: DateTime, what: What) {
        self.keep(at, || Boundary { at, what: what.as_str().into(), directive: None, subject: None });
    }

    fn offer_of(&mut self, at: DateTime, what: What, directive: &DirectiveId, subject: Option<&str>) {
        self.keep(at, || Boundary {
            at,
            what: what.as_str().into(),
            directive: Some(directive.clone()),
            subject: subject.map(Into::into),
        });
    }

    /// The moments of a rule. That a removal begins counts in audit too: the plan says so, and is another one from then on.
    fn offer_rule(&mut self, rule: &Rule) {
        let mut offer = |at, what| self.offer_of(at, what, &rule.directive, Some(&rule.subject));
        offer(rule.audit_from, What::RuleBegins);
        if let Some(from) = rule.block_from.filter(|_| rule.disposition == Disposition::Prohibited) {
            offer(from.max(rule.audit_from), What::BlockBegins);
        }
        if let Some(until) = rule.waived_until.filter(|until| *until < DateTime::MAX) {
            offer(after(until), What::WaiverEnds);
        }
        if let Some(until) = rule.until {
            offer(after(until), What::RuleEnds);
        }
    }

    fn offer_generation(&mut self, generation: &Generation) {
        let texts = generation.texts_at(self.now);
        let policy = generation.policy_at(&texts, self.now);
        texts.iter().filter_map(|texts| texts.next_change).for_each(|at| self.offer(at, What::TextChanges));
        policy.later_waivers().for_each(|(at, of)| self.offer_of(at, What::WaiverBegins, of, None));
        policy.rules().for_each(|rule| self.offer_rule(&rule));
    }

    fn keep(&mut self, at: DateTime, boundary: impl FnOnce() -> Boundary) {
        if self.now < at && self.found.as_ref().is_none_or(|found| at < found.at) {
            self.found = Some(boundary());
        }
    }
}

/// What the next boundary of a machine follows from.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// The policy, with the agency's exceptions and the asset that they must name: this machine. None where it is not read because
    /// something else comes first.
    pub policy: Option<(&'k Generation, &'k [Standing<'k>], &'k str)>,
    /// What was applied.
    pub record: Option<&'k Record>,
    /// When changes may be made.
    pub window: Option<&'k Window>,
}

/// The next boundary of a machine. `now` is the later of the clock and the last accepted refresh (`trust.md`, rule 9).
pub fn next(known: Known<'_>, now: DateTime) -> Option<Boundary> {
    let Known { policy, record, window } = known;
    let mut next = Next::after(now);
    if let Some((generation, exceptions, machine)) = policy {
        next.offer_generation(generation);
        for standing in exceptions.iter().filter(|standing| standing.exception.asset == machine) {
            let of = &standing.exception.directive;
            next.offer_of(standing.exception.begins(), What::ExceptionBegins, of, None);
            next.offer_of(after(standing.exception.ends()), What::ExceptionEnds, of, None);
        }
    }
    if let Some(record) = record {
        if let Some(suspension) = &record.suspended {
            next.offer(suspension.until, What::SuspensionEnds);
        }
        if let Some(until) = record.confirm_until {
            next.offer(until, What::ConfirmationEnds);
        }
    }
    // While it is open nothing waits for it.
    if let Some(opens) = window.filter(|window| !window.is_open(now)).and_then(|window| window.opens(now)) {
        next.offer(opens, What::WindowOpens);
    }
    next.boundary()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    fn rule(times: &str) -> Rule {
        let text = format!(
            r#"{{"repository":"r","directive":"BOD-17-01","revision":1,"digest":"{}","subject":"s","name":"S",
            "disposition":"prohibited","audit_from":"2017-09-13T04:00:00Z"{times},"identifiers":[],"deadlines":[]}}"#,
            "0".repeat(64)
        );
        serde_json::from_str(&text).unwrap()
    }

    fn of(rule: &Rule, now: &str) -> Option<(String, String)> {
        let mut next = Next::after(at(now));
        next.offer_rule(rule);
        next.boundary().map(|found| (found.at.to_string(), found.what))
    }

    #[test]
    fn every_stage_of_a_rule_begins_at_a_boundary() {
        let rule = rule(
            r#","block_from":"2017-12-12T05:00:00Z","waived_until":"2018-01-31T04:59:59Z","until":"2018-12-31T04:59:59Z""#,
        );
        for (now, next) in [
            ("2017-09-01T00:00:00Z", Some(("2017-09-13T04:00:00Z", "rule-begins"))),
            ("2017-09-13T04:00:00Z", Some(("2017-12-12T05:00:00Z", "block-begins"))),
            ("2017-12-12T04:59:59Z", Some(("2017-12-12T05:00:00Z", "block-begins"))),
            ("2017-12-12T05:00:00Z", Some(("2018-01-31T05:00:00Z", "waiver-ends"))),
            ("2018-01-31T05:00:00Z", Some(("2018-12-31T05:00:00Z", "rule-ends"))),
            ("2018-12-31T05:00:00Z", None),
        ] {
            let found = of(&rule, now);
            assert_eq!(found.as_ref().map(|(at, what)| (at.as_str(), what.as_str())), next, "{now}");
        }
    }

    #[test]
    fn what_nobody_wants_gone_and_a_waiver_without_an_end_have_no_boundary() {
        let mut rule = rule(r#","block_from":"2017-12-12T05:00:00Z""#);
        rule.waived_until = Some(DateTime::MAX);
        rule.disposition = Disposition::Restricted;
        assert_eq!(of(&rule, "2017-10-01T00:00:00Z"), None);
    }

    #[test]
    fn a_closed_window_opens_at_a_boundary_and_an_open_one_has_none() {
        let window: Window =
            toml::from_str("from = \"22:00\"\nto = \"04:00\"\nzone = \"America/New_York\"\n").unwrap();
        let next = |now| next(Known { policy: None, record: None, window: Some(&window) }, at(now));
        let found = next("2017-12-11T20:00:00Z").unwrap();
        assert_eq!(
            (found.at, in_words(&found)),
            (at("2017-12-12T03:00:00Z"), "the maintenance window opens".into())
        );
        assert_eq!(next("2017-12-12T04:00:00Z"), None);
    }

    #[test]
    fn a_boundary_says_what_happens_to_what() {
        let mut next = Next::after(at("2017-10-01T00:00:00Z"));
        next.offer_rule(&rule(r#","block_from":"2017-12-12T05:00:00Z""#));
        assert_eq!(in_words(&next.boundary().unwrap()), "BOD-17-01 s: it may be blocked from then on");
    }
}
