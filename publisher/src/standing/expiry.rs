//! What expires when, and how much that matters.

use interdict_schema::DateTime;
use interdict_schema::tuf::{RoleType, TrustedSet, Version};
use serde::Serialize;

use crate::repository::{Lifetime, Lifetimes};

const DAY: i64 = 86_400;

/// How many days before a root or targets expire a warning becomes another one.
const WARNINGS: [(i64, Urgency); 3] =
    [(7, Urgency::Last), (14, Urgency::Within14Days), (30, Urgency::Within30Days)];

/// How much an expiry matters. A later one is more urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// There is time.
    Fine,
    /// 30 days are left, or fewer.
    #[serde(rename = "within-30-days")]
    Within30Days,
    /// 14 days are left, or fewer.
    #[serde(rename = "within-14-days")]
    Within14Days,
    /// 7 days are left, or fewer; of what lives for less than 14 days, and of the roles that are signed daily, a quarter of the
    /// lifetime.
    Last,
    /// It has expired: clients are stale, and no refresh mends it where it is the root or the targets.
    Expired,
}

/// A role's metadata and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Expiry {
    /// Whose metadata.
    #[serde(serialize_with = "role_name")]
    pub role: RoleType,
    /// Its version.
    pub version: Version,
    /// When it expires.
    pub expires: DateTime,
    /// Whole days until then, rounded down; negative afterwards.
    pub days_left: i64,
    /// How much that matters.
    pub urgency: Urgency,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde asks for")]
fn role_name<S: serde::Serializer>(role: &RoleType, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(role)
}

/// How much it matters that a role's metadata expires then. Root and targets are signed by people, who need weeks; the others by a
/// timer, which needs none.
pub fn urgency(role: RoleType, lifetime: Lifetime, now: DateTime, expires: DateTime) -> Urgency {
    let left = expires.unix_seconds().saturating_sub(now.unix_seconds());
    if left <= 0 {
        return Urgency::Expired;
    }
    let by_people = matches!(role, RoleType::Root | RoleType::Targets);
    // A warning that stands from the first half of a lifetime on is none.
    let tells = |days: i64| by_people && days.saturating_mul(2 * DAY) <= lifetime.seconds();
    let warned = WARNINGS.into_iter().find(|(days, _)| tells(*days) && left <= days.saturating_mul(DAY));
    if let Some((_, urgency)) = warned {
        return urgency;
    }
    let last = !tells(7) && left <= lifetime.seconds() / 4;
    if last { Urgency::Last } else { Urgency::Fine }
}

/// The metadata that a set holds, in the order in which a client reads it.
pub fn expiries(set: &TrustedSet<'_>, now: DateTime, lifetimes: &Lifetimes) -> Vec<Expiry> {
    let expiry = |role, version, expires: DateTime, lifetime| Expiry {
        role,
        version,
        expires,
        days_left: expires.unix_seconds().saturating_sub(now.unix_seconds()).div_euclid(DAY),
        urgency: urgency(role, lifetime, now, expires),
    };
    let root = set.root().signed();
    let mut all = vec![expiry(RoleType::Root, root.version, root.expires, lifetimes.root)];
    all.extend(set.timestamp().map(|timestamp| {
        let timestamp = timestamp.signed();
        expiry(RoleType::Timestamp, timestamp.version, timestamp.expires, lifetimes.timestamp)
    }));
    all.extend(set.snapshot().map(|snapshot| {
        let snapshot = snapshot.signed();
        expiry(RoleType::Snapshot, snapshot.version, snapshot.expires, lifetimes.snapshot)
    }));
    all.extend(set.targets().map(|targets| {
        let targets = targets.signed();
        expiry(RoleType::Targets, targets.version, targets.expires, lifetimes.targets)
    }));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(role: RoleType, lifetime: u16, seconds: i64) -> Urgency {
        let lifetime = Lifetime::days(lifetime);
        urgency(role, lifetime, DateTime::EPOCH, DateTime::EPOCH.saturating_add_seconds(seconds))
    }

    #[test]
    fn a_root_is_warned_of_30_14_and_7_days_before_it_expires() {
        for (days, at, before) in [
            (30, Urgency::Within30Days, Urgency::Fine),
            (14, Urgency::Within14Days, Urgency::Within30Days),
            (7, Urgency::Last, Urgency::Within14Days),
        ] {
            for role in [RoleType::Root, RoleType::Targets] {
                assert_eq!(left(role, 365, days * DAY), at, "{role} {days}");
                assert_eq!(left(role, 365, days * DAY + 1), before, "{role} {days}");
            }
        }
        assert_eq!(left(RoleType::Root, 365, 1), Urgency::Last);
        assert_eq!(left(RoleType::Root, 365, 0), Urgency::Expired);
        assert_eq!(left(RoleType::Root, 365, -1), Urgency::Expired);
    }

    #[test]
    fn a_short_lifetime_is_not_warned_of_from_its_first_half_on() {
        assert_eq!(left(RoleType::Root, 60, 30 * DAY), Urgency::Within30Days);
        assert_eq!(left(RoleType::Root, 59, 29 * DAY), Urgency::Fine);
        assert_eq!(left(RoleType::Targets, 14, 7 * DAY), Urgency::Last);
        assert_eq!(left(RoleType::Targets, 13, 13 * DAY / 4 + 1), Urgency::Fine);
        assert_eq!(left(RoleType::Targets, 13, 13 * DAY / 4), Urgency::Last);
    }

    #[test]
    fn what_a_timer_signs_is_late_when_a_quarter_of_its_lifetime_is_left() {
        for (role, days) in [(RoleType::Timestamp, 8), (RoleType::Snapshot, 100)] {
            let quarter = i64::from(days) * DAY / 4;
            assert_eq!(left(role, days, quarter + 1), Urgency::Fine, "{role}");
            assert_eq!(left(role, days, quarter), Urgency::Last, "{role}");
            assert_eq!(left(role, days, 0), Urgency::Expired, "{role}");
        }
    }
}
