//! Metrics for Prometheus' textfile collector (text exposition format 0.0.4).
//!
//! Labels are bounded: repositories that are configured, the four top-level roles, and reasons from a fixed list. Nothing
//! that a server chooses becomes a label. Moments are in seconds since 1970, as Prometheus has them.

use std::collections::BTreeMap;
use std::fmt::Write;

use interdict_schema::DateTime;
use interdict_schema::limits::METADATA_LENGTH;
use interdict_schema::tuf::{Accepted, Metadata, Role, RoleType, Root, Snapshot, Targets, Timestamp};

use crate::store::evidence::Record;
use crate::store::generation::{AlarmKind, Generation, HeldRepository};

/// Every reason that has a series of its own; any other one counts as `other`.
pub const REASONS: [&str; 28] = [
    "duplicate-keyid",
    "endless-data",
    "equivocation",
    "example-key",
    "expired",
    "issuers",
    "listed-rollback",
    "listed-vanished",
    "not-delegated",
    "not-json",
    "out-of-order",
    "quarantined",
    "rollback",
    "root-succession",
    "signature-withdrawn",
    "spec-version",
    "threshold",
    "too-late",
    "too-long",
    "too-many-signatures",
    "unlisted",
    "vanished",
    "wrong-file",
    "wrong-shape",
    "wrong-target",
    "wrong-type",
    "wrong-version",
    OTHER,
];
const OTHER: &str = "other";

/// What is measured of one repository that is configured.
#[derive(Debug, Clone, Default)]
pub struct RepositoryMetrics {
    /// The operator's name for it.
    pub name: String,
    /// When it was last refreshed, as far as that is remembered.
    pub refreshed_at: Option<DateTime>,
    /// Whether what is held of it is stale, or nothing is.
    pub is_stale: bool,
    /// Syncs in a row that brought nothing.
    pub failures: u32,
    /// Sources that were behind at the last poll.
    pub behind: usize,
    /// What was refused.
    pub refused: Vec<Record>,
}

/// The file: what is held, where anything is, and what is known of each repository. `now` is when it was verified.
pub fn metrics(generation: Option<&Generation>, repositories: &[RepositoryMetrics], now: DateTime) -> String {
    let mut page = Page(String::new());
    let gauge = Kind::Gauge;
    page.metric(
        "interdict_policy",
        gauge,
        "Whether there is a verified policy, 1 or 0.",
        [(vec![], u64::from(generation.is_some()))],
    );
    let held = || generation.into_iter().flat_map(|generation| &generation.repositories);
    page.metric(
        "interdict_generation",
        gauge,
        "The number of the active generation.",
        generation.map(|generation| (vec![], generation.number)),
    );
    page.metric(
        "interdict_last_verification_timestamp_seconds",
        gauge,
        "When the active generation was last verified.",
        generation.map(|_| (vec![], seconds(now))),
    );
    page.metric(
        "interdict_last_activation_timestamp_seconds",
        gauge,
        "When the newest metadata of the active generation was admitted.",
        held().map(|held| held.admitted_at).max().map(|moment| (vec![], seconds(moment))),
    );
    page.metric(
        "interdict_fresh_until_timestamp_seconds",
        gauge,
        "When what is held becomes stale.",
        held().map(|held| (named(held.name.as_str()), seconds(held.fresh_until))),
    );
    let roles: Vec<(String, RoleFacts)> =
        held().flat_map(|held| roles(held).into_iter().map(|role| (held.name.to_string(), role))).collect();
    page.metric(
        "interdict_role_version",
        gauge,
        "The version of the metadata that is held, by role.",
        roles.iter().map(|(name, role)| (with(name, "role", role.role), role.version)),
    );
    page.metric(
        "interdict_role_expires_timestamp_seconds",
        gauge,
        "When the metadata that is held expires, by role.",
        roles.iter().map(|(name, role)| (with(name, "role", role.role), seconds(role.expires))),
    );
    page.metric(
        "interdict_directives",
        gauge,
        "Directives that are held.",
        held().map(|held| (named(held.name.as_str()), count(held.directives.len()))),
    );
    page.metric(
        "interdict_alarms",
        gauge,
        "Alarms that are raised, by kind.",
        held().flat_map(|held| {
            let raised = held.raised();
            AlarmKind::ALL.map(|kind| {
                let found = raised.iter().filter(|alarm| alarm.kind == kind).count();
                (with(held.name.as_str(), "kind", kind.as_str()), count(found))
            })
        }),
    );
    of_repositories(&mut page, repositories);
    page.0
}

fn of_repositories(page: &mut Page, repositories: &[RepositoryMetrics]) {
    let gauge = Kind::Gauge;
    page.metric(
        "interdict_last_refresh_timestamp_seconds",
        gauge,
        "When the last request began whose answers were verified.",
        repositories.iter().filter_map(|found| Some((named(&found.name), seconds(found.refreshed_at?)))),
    );
    page.metric(
        "interdict_stale",
        gauge,
        "Whether what is held is stale, or nothing is held, 1 or 0.",
        repositories.iter().map(|found| (named(&found.name), u64::from(found.is_stale))),
    );
    page.metric(
        "interdict_failures_in_a_row",
        gauge,
        "Syncs in a row that brought nothing that was believed.",
        repositories.iter().map(|found| (named(&found.name), found.failures.into())),
    );
    page.metric(
        "interdict_mirrors_behind",
        gauge,
        "Mirrors that last served what is older than ours.",
        repositories.iter().map(|found| (named(&found.name), count(found.behind))),
    );
    page.metric(
        "interdict_refusals_total",
        Kind::Counter,
        "Answers that were refused and of which there is evidence, by reason.",
        repositories.iter().flat_map(|found| {
            let counted = by_reason(&found.refused);
            counted.into_iter().map(|(reason, times)| (with(&found.name, "reason", reason), times))
        }),
    );
}

/// How often each reason was met. Every reason is there, so that the first refusal is seen as a rise.
fn by_reason(refused: &[Record]) -> BTreeMap<&'static str, u64> {
    let mut counted: BTreeMap<&'static str, u64> = REASONS.iter().map(|reason| (*reason, 0)).collect();
    for record in refused {
        let reason = REASONS.into_iter().find(|reason| *reason == record.kind).unwrap_or(OTHER);
        let times = counted.entry(reason).or_default();
        *times = times.saturating_add(record.count);
    }
    counted
}

struct RoleFacts {
    role: &'static str,
    version: u64,
    expires: DateTime,
}

fn roles(held: &HeldRepository) -> Vec<RoleFacts> {
    let newest_root = held.roots.last().map(|bytes| &**bytes);
    let file =
        |role: RoleType| held.metadata.iter().find(|file| *file.role() == role.into()).map(Accepted::bytes);
    let found = [
        newest_root.and_then(|bytes| facts::<Root>(RoleType::Root, bytes)),
        file(RoleType::Timestamp).and_then(|bytes| facts::<Timestamp>(RoleType::Timestamp, bytes)),
        file(RoleType::Snapshot).and_then(|bytes| facts::<Snapshot>(RoleType::Snapshot, bytes)),
        file(RoleType::Targets).and_then(|bytes| facts::<Targets>(RoleType::Targets, bytes)),
    ];
    found.into_iter().flatten().collect()
}

fn facts<T: Role>(role: RoleType, bytes: &[u8]) -> Option<RoleFacts> {
    let metadata = Metadata::<T>::parse(bytes, &role.into(), METADATA_LENGTH).ok()?;
    let signed = metadata.signed();
    Some(RoleFacts { role: role.as_str(), version: signed.version(), expires: signed.expires() })
}

type Labels = Vec<(&'static str, String)>;

fn named(repository: &str) -> Labels {
    vec![("repository", repository.to_owned())]
}

fn with(repository: &str, label: &'static str, value: &str) -> Labels {
    vec![("repository", repository.to_owned()), (label, value.to_owned())]
}

fn seconds(moment: DateTime) -> u64 {
    u64::try_from(moment.unix_seconds()).unwrap_or(0)
}

fn count(things: usize) -> u64 {
    u64::try_from(things).unwrap_or(u64::MAX)
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Gauge,
    Counter,
}

struct Page(String);

impl Page {
    fn metric(
        &mut self,
        name: &str,
        kind: Kind,
        help: &str,
        samples: impl IntoIterator<Item = (Labels, u64)>,
    ) {
        let kind = match kind {
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
        };
        let mut text = format!("# HELP {name} {help}\n# TYPE {name} {kind}\n");
        for (labels, value) in samples {
            let labels: Vec<String> =
                labels.into_iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(&value))).collect();
            let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
            writeln!(text, "{name}{labels} {value}").expect("a string takes all that is written to it");
        }
        self.0.push_str(&text);
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use interdict_schema::Sha256;

    use super::*;

    fn record(kind: &str, count: u64) -> Record {
        let at = DateTime::EPOCH;
        Record {
            kind: kind.into(),
            reason: "why".into(),
            file: "f".into(),
            source: "s".into(),
            digest: Sha256::of(b""),
            length: 0,
            first: at,
            last: at,
            count,
        }
    }

    #[test]
    fn a_reason_that_nobody_knows_is_no_label() {
        let counted = by_reason(&[record("rollback", 3), record("\"}\n evil 1", 2), record("rollback", 4)]);
        assert_eq!(counted.len(), REASONS.len());
        assert_eq!((counted.get("rollback"), counted.get("other")), (Some(&7), Some(&2)));
    }

    #[test]
    fn without_a_policy_the_file_says_so() {
        let found = RepositoryMetrics { name: "main".into(), is_stale: true, ..RepositoryMetrics::default() };
        let text = metrics(None, &[found], DateTime::EPOCH);
        assert!(text.contains("\ninterdict_policy 0\n"), "{text}");
        assert!(text.contains("\ninterdict_stale{repository=\"main\"} 1\n"), "{text}");
        assert!(!text.contains("\ninterdict_generation "), "{text}");
    }
}
