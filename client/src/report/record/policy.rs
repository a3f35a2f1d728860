//! How the policy stands, and how the command ends.

use interdict_host::exit::Exit;
use interdict_schema::DateTime;
use interdict_schema::directive::DirectiveId;
use serde::Serialize;

use crate::config::RepositoryName;
use crate::report::{Report, Standing};

/// How the policy stands.
#[derive(Debug, Serialize)]
pub struct PolicyRecord<'f> {
    /// The generation.
    pub generation: u64,
    /// When it was verified.
    pub verified_at: DateTime,
    /// When it becomes stale.
    pub fresh_until: DateTime,
    /// Why it is, if it is; it stays in force.
    pub stale: Vec<String>,
    /// What is wrong.
    pub alarms: Vec<AlarmRecord<'f>>,
    /// Repositories that are configured and of which nothing is held.
    pub missing: &'f [RepositoryName],
}

impl<'f> PolicyRecord<'f> {
    /// The record of a policy's standing.
    pub fn of(standing: &'f Standing) -> Self {
        let alarm = |(repository, alarm): &'f (String, crate::store::generation::Alarm)| AlarmRecord {
            repository,
            kind: alarm.kind.as_str(),
            directive: alarm.directive.as_ref(),
            reason: &alarm.reason,
        };
        Self {
            generation: standing.generation,
            verified_at: standing.verified_at,
            fresh_until: standing.fresh_until,
            stale: standing.stale.iter().map(ToString::to_string).collect(),
            alarms: standing.alarms.iter().map(alarm).collect(),
            missing: &standing.missing,
        }
    }
}

/// Something wrong with a repository.
#[derive(Debug, Serialize)]
pub struct AlarmRecord<'f> {
    /// The repository.
    pub repository: &'f str,
    /// The kind.
    pub kind: &'static str,
    /// The directive.
    pub directive: Option<&'f DirectiveId>,
    /// What was found and wanted.
    pub reason: &'f str,
}

/// How the command ends.
#[derive(Debug, Serialize)]
pub struct ExitRecord {
    /// The exit code.
    pub code: u8,
    /// Everything that it stands for, the winning one first.
    pub exits: Vec<Exit>,
    /// Which findings it tells of, where the caller chose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fail_on: Vec<&'static str>,
}

/// How the command ends.
pub(in crate::report) fn exit(report: &Report<'_, '_>) -> ExitRecord {
    ExitRecord {
        code: report.outcome.exit().code(),
        exits: report.outcome.all(),
        fail_on: report.fail_on.iter().map(|kind| kind.as_str()).collect(),
    }
}
