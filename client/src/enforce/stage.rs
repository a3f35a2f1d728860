//! How far a ban may be enforced at a moment.
//!
//! A rule is never stricter than its directive: before the action begins that takes the product out of use it is audited,
//! and what a directive only wants remediated or restricted is never blocked. Local configuration may be stricter where it says so
//! by name, and never laxer: what is waived is freed by the authority, what is excepted is the agency's own, dated and reported.

use std::fmt;

use interdict_schema::DateTime;
use interdict_schema::directive::Disposition;
use interdict_schema::policy::Rule;
use serde::{Deserialize, Serialize};

/// What the operator asks for: whether anything is blocked at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Log, do not block.
    #[default]
    Audit,
    /// Block what may be blocked now, log the rest.
    Enforce,
}

/// What a target does about a ban.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nothing: this agency is freed of it. Where a wider ban of the same part would hit it, it is let through.
    Freed,
    /// It is logged, and goes on.
    Audit,
    /// It is blocked.
    Enforce,
}

/// Why a ban is at its stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "why")]
pub enum Because {
    /// The directive orders it out of use from this moment, which has come.
    Ordered {
        /// When it began.
        from: DateTime,
    },
    /// The order begins later.
    NotYet {
        /// When.
        from: DateTime,
    },
    /// No action of the directive takes it out of use, or the clock of that action has not started.
    NotOrderedOut,
    /// The directive does not want it gone.
    Disposition {
        /// What it wants.
        #[serde(rename = "disposition")]
        wanted: String,
    },
    /// The operator asked for audit.
    Mode,
    /// A waiver of the authority.
    Waived {
        /// Its name.
        waiver: String,
        /// Its last second.
        until: DateTime,
    },
    /// The rule begins later, or is over.
    OutOfTime,
}

impl Mode {
    /// The mode of a word. One that is neither blocks nothing.
    pub fn of_word(word: &str) -> Self {
        if word == Self::Enforce.as_str() { Self::Enforce } else { Self::Audit }
    }

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Enforce => "enforce",
        }
    }
}

impl Stage {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Freed => "freed",
            Self::Audit => "audit",
            Self::Enforce => "enforce",
        }
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ordered { from } => write!(f, "ordered out of use since {from}"),
            Self::NotYet { from } => write!(f, "to be taken out of use from {from}"),
            Self::NotOrderedOut => f.write_str("nothing orders it out of use now"),
            Self::Disposition { wanted } => write!(f, "the order wants it {wanted} and not gone"),
            Self::Mode => f.write_str("audit was asked for"),
            Self::Waived { waiver, until } => write!(f, "waived by {waiver} until {until}"),
            Self::OutOfTime => f.write_str("the order does not count now"),
        }
    }
}

/// The stage of a rule at a moment, and why.
pub fn of_rule(rule: &Rule, now: DateTime, mode: Mode) -> (Stage, Because) {
    if now < rule.audit_from || rule.until.is_some_and(|until| until < now) {
        return (Stage::Freed, Because::OutOfTime);
    }
    if let Some(until) = rule.waived_until.filter(|until| now <= *until) {
        let waiver = rule.waived_by.as_ref().map(|by| by.waiver.clone()).unwrap_or_default();
        return (Stage::Freed, Because::Waived { waiver, until });
    }
    if rule.disposition != Disposition::Prohibited {
        return (Stage::Audit, Because::Disposition { wanted: rule.disposition.to_string() });
    }
    match rule.block_from {
        None => (Stage::Audit, Because::NotOrderedOut),
        Some(from) if now < from => (Stage::Audit, Because::NotYet { from }),
        Some(_) if mode == Mode::Audit => (Stage::Audit, Because::Mode),
        Some(from) => (Stage::Enforce, Because::Ordered { from }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn rule(disposition: &str, times: &str) -> Rule {
        let text = format!(
            r#"{{"repository":"r","directive":"BOD-17-01","revision":1,"digest":"{}","subject":"s","name":"S",
            "disposition":"{disposition}","audit_from":"2017-09-13T00:00:00Z"{times},"identifiers":[],"deadlines":[]}}"#,
            "0".repeat(64)
        );
        serde_json::from_str(&text).unwrap()
    }

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    #[test]
    fn is_never_stricter_than_the_order_at_the_second_before_it_begins() {
        let rule = rule("prohibited", r#","block_from":"2017-12-12T05:00:00Z""#);
        let from = at("2017-12-12T05:00:00Z");
        let stage = |now| of_rule(&rule, at(now), Mode::Enforce);
        assert_eq!(stage("2017-09-12T23:59:59Z"), (Stage::Freed, Because::OutOfTime));
        assert_eq!(stage("2017-09-13T00:00:00Z"), (Stage::Audit, Because::NotYet { from }));
        assert_eq!(stage("2017-12-12T04:59:59Z"), (Stage::Audit, Because::NotYet { from }));
        assert_eq!(stage("2017-12-12T05:00:00Z"), (Stage::Enforce, Because::Ordered { from }));
        assert_eq!(of_rule(&rule, from, Mode::Audit), (Stage::Audit, Because::Mode));
    }

    #[test]
    fn nothing_is_blocked_that_is_not_ordered_out_of_use() {
        let now = at("2018-01-01T00:00:00Z");
        assert_eq!(
            of_rule(&rule("prohibited", ""), now, Mode::Enforce),
            (Stage::Audit, Because::NotOrderedOut)
        );
        let remediate = rule("remediate", r#","block_from":"2017-12-12T05:00:00Z""#);
        let wanted = "remediate".to_owned();
        assert_eq!(of_rule(&remediate, now, Mode::Enforce), (Stage::Audit, Because::Disposition { wanted }));
    }

    #[test]
    fn a_waiver_and_an_end_count_to_their_last_second() {
        let times = r#","block_from":"2017-12-12T05:00:00Z","waived_until":"2018-01-31T23:59:59Z","until":"2018-12-31T23:59:59Z""#;
        let rule = rule("prohibited", times);
        let stage = |now| of_rule(&rule, at(now), Mode::Enforce).0;
        assert_eq!(stage("2018-01-31T23:59:59Z"), Stage::Freed);
        assert_eq!(stage("2018-02-01T00:00:00Z"), Stage::Enforce);
        assert_eq!(stage("2018-12-31T23:59:59Z"), Stage::Enforce);
        assert_eq!(
            of_rule(&rule, at("2019-01-01T00:00:00Z"), Mode::Enforce),
            (Stage::Freed, Because::OutOfTime)
        );
    }
}
