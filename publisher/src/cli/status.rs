//! `status`: how the authority stands.

mod text;

use std::path::PathBuf;

use clap::Args;
use interdict_host::cli::GlobalArgs;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::journal::Head;
use interdict_host::signer::{Credentials, SecretSources};
use interdict_host::world::World;
use interdict_schema::DateTime;
use serde::Serialize;

use super::shared::{RepoArgs, current, show_json};
use super::{Failure, Verdict};
use crate::journal::{Agreement, published_timestamp, standing};
use crate::standing::{
    Expiry, Holding, OfIssuer, Pending, PendingError, Short, Urgency, expiries, holdings, of_issuers,
    pending, shortfalls,
};

pub use text::words;

/// Shows what is published, what expires when, whose keys are where, and who still has to sign what
///
/// Ends with 0 where nothing has to be done soon. Otherwise with 4 where clients complain of a signature, or the journal is not
/// whole; 5 where something has expired; 1 where the root or the targets expire within 7 days, a refresh is overdue, or fewer keys
/// are left than must sign; --json lists all that hold.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  interdict-publisher status --repo /srv/interdict --pending outbox")]
pub struct StatusArgs {
    #[command(flatten)]
    repo: RepoArgs,

    /// The folder with what still has to be signed [default: pending in the repository's folder]
    #[arg(long, value_name = "DIR")]
    pending: Option<PathBuf>,

    /// Show it as JSON
    #[arg(long)]
    pub json: bool,
}

/// How the authority stands.
#[derive(Debug, Serialize)]
struct Status {
    format: &'static str,
    repository: String,
    at: DateTime,
    issuers_version: u32,
    issuers: Vec<OfIssuer>,
    metadata: Vec<Expiry>,
    keys: Vec<Holding>,
    /// What is published and has too few signatures under the published list of issuers.
    signed_again: Vec<Short>,
    pending: Vec<Pending>,
    journal: JournalStatus,
    exit: Exit,
    exits: Vec<Exit>,
}

#[derive(Debug, Serialize)]
struct JournalStatus {
    head: Option<Head>,
    state: &'static str,
}

impl StatusArgs {
    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        let now = world.now()?;
        let (repository, settings) = self.repo.open(world)?;
        let (folder, current) = current(&repository)?;
        let journal = standing(&repository)?;
        let agreement = journal.agreement(published_timestamp(&repository)?.as_ref());
        let journal_status = JournalStatus {
            head: journal.chain.head,
            state: match agreement {
                _ if journal.chain.broken.is_some() => "broken",
                Agreement::Same => "whole",
                Agreement::Open => "open",
                Agreement::Begins { .. } => "absent",
                Agreement::Differs { .. } => "differs",
            },
        };
        let place = match &self.pending {
            Some(dir) => world.resolve(dir),
            None => repository.dir().join("pending"),
        };
        let mut credentials = Credentials::of(world, global.example_keys(), SecretSources::default());
        let keys = holdings(&current, &settings.keys, &journal.labels, &mut credentials);
        drop(credentials);
        let mut status = Status {
            format: "interdict-publisher-status/1",
            repository: repository.dir().display().to_string(),
            at: now,
            issuers_version: current.issuers().version,
            issuers: of_issuers(&current),
            metadata: expiries(current.set(), now, &settings.lifetimes),
            keys,
            signed_again: shortfalls(&current, &folder, current.issuers())?,
            pending: pending(&place, &current, &folder)?,
            journal: journal_status,
            exit: Exit::Done,
            exits: Vec::new(),
        };
        let outcome = status.outcome();
        (status.exit, status.exits) = (outcome.exit(), outcome.all());
        if self.json {
            show_json(world, &status)?;
        } else {
            text::show(world, &status)?;
        }
        Ok(outcome)
    }
}

impl Status {
    fn outcome(&self) -> Outcome {
        let mut outcome: Outcome = self.metadata.iter().map(|expiry| exit_of(expiry.urgency)).collect();
        if self.keys.iter().any(Holding::is_locked_out) {
            outcome.add(Exit::Findings);
        }
        if !self.signed_again.is_empty() || matches!(self.journal.state, "broken" | "differs") {
            outcome.add(Exit::Refused);
        }
        outcome
    }
}

/// What an expiry means for the exit code: the same for `status` and `refresh`.
pub fn exit_of(urgency: Urgency) -> Exit {
    match urgency {
        Urgency::Fine | Urgency::Within30Days | Urgency::Within14Days => Exit::Done,
        Urgency::Last => Exit::Findings,
        Urgency::Expired => Exit::Stale,
    }
}

impl From<PendingError> for Failure {
    fn from(error: PendingError) -> Self {
        match error {
            PendingError::Read(error) => error.into(),
            PendingError::View(error) => error.into(),
            PendingError::TooMany { .. } => Self::usage(error)
                .hint("name a folder with --pending that holds nothing but what waits for signatures"),
        }
    }
}
