//! Whether what is held is fresh, judged by the clock alone (`trust.md`, "Exit codes", and rules 7 and 9).
//!
//! Staleness never lifts a ban: it is said, and everything stays in force.

use std::fmt;

use interdict_schema::DateTime;

use crate::config::RepositoryName;
use crate::length_of_time::LengthOfTime;
use crate::store::generation::HeldRepository;

/// Why a repository is stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Staleness {
    /// Its timestamp has expired.
    Expired {
        /// The repository.
        repository: RepositoryName,
        /// When.
        since: DateTime,
    },
    /// It was last refreshed longer ago than the caller allows.
    TooOld {
        /// The repository.
        repository: RepositoryName,
        /// From when on it is too old.
        since: DateTime,
        /// What the caller allows.
        max_age: LengthOfTime,
    },
    /// The clock is earlier than the last refresh.
    ClockBehind {
        /// The repository.
        repository: RepositoryName,
        /// When it was last refreshed.
        refreshed_at: DateTime,
    },
}

impl Staleness {
    /// The repository.
    pub fn repository(&self) -> &RepositoryName {
        let (Self::Expired { repository, .. }
        | Self::TooOld { repository, .. }
        | Self::ClockBehind { repository, .. }) = self;
        repository
    }

    /// From when on it is stale; a clock that is behind says nothing of that.
    pub fn since(&self) -> Option<DateTime> {
        match self {
            Self::Expired { since, .. } | Self::TooOld { since, .. } => Some(*since),
            Self::ClockBehind { .. } => None,
        }
    }
}

impl fmt::Display for Staleness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired { repository, since } => {
                write!(f, "repository {repository}: its timestamp expired at {since}")
            }
            Self::TooOld { repository, since, max_age } => {
                write!(f, "repository {repository}: not refreshed within {max_age}, which passed at {since}")
            }
            Self::ClockBehind { repository, refreshed_at } => write!(
                f,
                "repository {repository}: the clock is earlier than the last refresh, which was at {refreshed_at}"
            ),
        }
    }
}

/// Why a repository is stale, if it is. `refreshed_at` is when it was last refreshed, as far as that is remembered;
/// `max_age` narrows what its timestamp allows and never widens it.
pub fn staleness(
    held: &HeldRepository,
    refreshed_at: Option<DateTime>,
    max_age: Option<LengthOfTime>,
    now: DateTime,
) -> Option<Staleness> {
    judge(
        &held.name,
        held.fresh_until,
        refreshed_at.map_or(held.admitted_at, |at| at.max(held.admitted_at)),
        max_age,
        now,
    )
}

fn judge(
    repository: &RepositoryName,
    fresh_until: DateTime,
    refreshed_at: DateTime,
    max_age: Option<LengthOfTime>,
    now: DateTime,
) -> Option<Staleness> {
    let repository = || repository.clone();
    if now < refreshed_at {
        return Some(Staleness::ClockBehind { repository: repository(), refreshed_at });
    }
    // As TUF has it: no longer valid from the moment of expiry on.
    let expired =
        (now >= fresh_until).then(|| Staleness::Expired { repository: repository(), since: fresh_until });
    let too_old = max_age.and_then(|max_age| {
        let since = max_age.after(refreshed_at);
        (now > since).then(|| Staleness::TooOld { repository: repository(), since, max_age })
    });
    // The earlier of the two.
    expired.into_iter().chain(too_old).min_by_key(Staleness::since)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    fn judged(max_age: Option<&str>, now: &str) -> Option<String> {
        let max_age = max_age.map(|text| text.parse().unwrap());
        let (until, refreshed) = (at("2017-09-20T12:00:00Z"), at("2017-09-13T12:00:00Z"));
        judge(&"main".parse().unwrap(), until, refreshed, max_age, at(now)).map(|stale| stale.to_string())
    }

    #[test]
    fn the_second_before_at_and_after_expiry() {
        let expired = "repository main: its timestamp expired at 2017-09-20T12:00:00Z";
        assert_eq!(judged(None, "2017-09-20T11:59:59Z"), None);
        assert_eq!(judged(None, "2017-09-20T12:00:00Z").as_deref(), Some(expired));
        assert_eq!(judged(None, "2017-09-20T12:00:01Z").as_deref(), Some(expired));
    }

    #[test]
    fn a_maximal_age_narrows_and_never_widens() {
        let old =
            "repository main: not refreshed within 36h, which passed at 2017-09-15T00:00:00Z".to_owned();
        assert_eq!(judged(Some("36h"), "2017-09-15T00:00:00Z"), None);
        assert_eq!(judged(Some("36h"), "2017-09-15T00:00:01Z"), Some(old.clone()));
        assert_eq!(judged(Some("36h"), "2017-09-21T00:00:00Z"), Some(old));
        assert_eq!(
            judged(Some("30d"), "2017-09-20T12:00:00Z").as_deref(),
            Some("repository main: its timestamp expired at 2017-09-20T12:00:00Z")
        );
    }

    #[test]
    fn a_clock_earlier_than_the_last_refresh_is_stale() {
        assert_eq!(judged(None, "2017-09-13T12:00:00Z"), None);
        assert_eq!(
            judged(None, "2017-09-13T11:59:59Z").as_deref(),
            Some(
                "repository main: the clock is earlier than the last refresh, which was at 2017-09-13T12:00:00Z"
            )
        );
    }
}
