//! `directive response`: a vendor's written response and what becomes of it. It suspends nothing by itself.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use interdict_host::read::read_bounded;
use interdict_host::world::World;
use interdict_schema::Sha256;
use interdict_schema::directive::{Attachment, DayOrTime, DirectiveId, Response, ResponseState};
use interdict_schema::dsse::Envelope;
use interdict_schema::limits::{BUNDLE_FILE_LENGTH, ENVELOPE_LENGTH};

use super::target::{TargetArgs, before};
use crate::cli::shared::NoName;
use crate::cli::{Failure, Verdict};
use crate::draft::relation::next_revision;

/// The media type of a DSSE envelope, as its protocol names it.
const ENVELOPE_TYPE: &str = "application/vnd.dsse.envelope.v1+json";

/// Records a vendor's response beside a directive; it changes nothing about what is in force
#[derive(Debug, Subcommand)]
pub enum ResponseVerb {
    Add(AddArgs),
    Update(UpdateArgs),
}

/// Drafts the next revision of a directive with a vendor's response, or an invitation to send one
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher directive response add BOD-17-01 --response vendor-1 --vendor \\\n    \"Example Lab\" --state received --received 2017-11-03 --document response.pdf --repo \\\n    repo"
)]
pub struct AddArgs {
    #[command(flatten)]
    target: TargetArgs,

    /// The response's name within the directive
    #[arg(long, value_name = "NAME")]
    response: String,

    /// Who responds
    #[arg(long, value_name = "NAME")]
    vendor: String,

    #[command(flatten)]
    standing: StandingArgs,
}

/// Drafts the next revision of a directive in which a response has another state, or is decided
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher directive response update BOD-17-01 --response vendor-1 --state \\\n    decided --decision decision.pdf --repo repo"
)]
pub struct UpdateArgs {
    #[command(flatten)]
    target: TargetArgs,

    /// The response's name within the directive
    #[arg(long, value_name = "NAME")]
    response: String,

    #[command(flatten)]
    standing: StandingArgs,
}

/// Where a response stands.
#[derive(Debug, Clone, Args)]
struct StandingArgs {
    /// invited, received, under-review or decided
    #[arg(long, value_name = "STATE", value_parser = state)]
    state: ResponseState,

    /// Until when it may be sent
    #[arg(long, value_name = "DAY")]
    due: Option<DayOrTime>,

    /// When it was received
    #[arg(long, value_name = "DAY")]
    received: Option<DayOrTime>,

    /// The response itself: an envelope that the vendor signed, or any file; it is published as an attachment
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,

    /// The document that decides on it; it is published as an attachment
    #[arg(long, value_name = "FILE")]
    decision: Option<PathBuf>,
}

/// What cannot be recorded.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("found the state {found:?}, wanted invited, received, under-review or decided")]
    State { found: String },
    #[error("{id} has a response {response:?} already")]
    Taken { id: DirectiveId, response: String },
    #[error("{id} has no response {response:?}")]
    Absent { id: DirectiveId, response: String },
    #[error("found the state {state} and no {wanted}")]
    Lacks { state: ResponseState, wanted: &'static str },
}

fn state(text: &str) -> Result<ResponseState, Refused> {
    let known =
        [ResponseState::Invited, ResponseState::Received, ResponseState::UnderReview, ResponseState::Decided];
    let found = known.into_iter().find(|state| state.as_str() == text);
    found.ok_or_else(|| Refused::State { found: text.to_owned() })
}

impl StandingArgs {
    /// Brings a response up to date; the files that are published with it.
    fn apply(&self, world: &World, response: &mut Response) -> Result<Vec<String>, Failure> {
        let mut attach = Vec::new();
        response.state = self.state.clone();
        response.due = self.due.or(response.due);
        response.received = self.received.or(response.received);
        for (file, place) in
            [(&self.document, &mut response.document), (&self.decision, &mut response.decision)]
        {
            if let Some(file) = file {
                *place = Some(attachment(world, file)?);
                attach.push(file.display().to_string());
            }
        }
        let lacks = |wanted| Err(Failure::usage(Refused::Lacks { state: self.state.clone(), wanted }));
        match self.state {
            ResponseState::Received | ResponseState::UnderReview if response.received.is_none() => {
                lacks("--received")
            }
            ResponseState::Received | ResponseState::UnderReview if response.document.is_none() => {
                lacks("--document")
            }
            ResponseState::Decided if response.decision.is_none() => lacks("--decision"),
            _ => Ok(attach),
        }
    }
}

/// A file as it will stand in the repository: under its own name, by its digest.
fn attachment(world: &World, file: &Path) -> Result<Attachment, Failure> {
    let bytes = read_bounded(&world.resolve(file), BUNDLE_FILE_LENGTH)?;
    let name = file.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| Failure::usage(NoName { path: file.to_path_buf() }))?;
    let media_type =
        if Envelope::parse(&bytes, ENVELOPE_LENGTH).is_ok() { ENVELOPE_TYPE } else { media_type(name) };
    Ok(Attachment {
        path: Some(name.to_owned()),
        digest: Sha256::of(&bytes),
        media_type: media_type.to_owned(),
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
        Some("pdf") => "application/pdf",
        Some("html" | "htm") => "text/html",
        Some("txt") => "text/plain",
        Some("md") => "text/markdown",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

impl ResponseVerb {
    pub fn json(&self) -> bool {
        match self {
            Self::Add(args) => args.target.json,
            Self::Update(args) => args.target.json,
        }
    }

    pub fn run(&self, world: &mut World) -> Verdict {
        match self {
            Self::Add(args) => args.run(world),
            Self::Update(args) => args.run(world),
        }
    }
}

const COMMENT: &str =
    "A response suspends nothing by itself: only a revision that says so changes what is in force.";

impl AddArgs {
    fn run(&self, world: &mut World) -> Verdict {
        let found = self.target.published(world, None)?;
        let old = before(&found);
        if old.directive.responses.iter().any(|response| response.id == self.response) {
            let (id, response) = (self.target.id.clone(), self.response.clone());
            return Err(Failure::usage(Refused::Taken { id, response })
                .hint("bring it up to date with `directive response update`"));
        }
        let mut response = Response {
            id: self.response.clone(),
            vendor: self.vendor.clone(),
            due: None,
            received: None,
            state: self.standing.state.clone(),
            document: None,
            decision: None,
        };
        let attach = self.standing.apply(world, &mut response)?;
        let mut text = next_revision(old).map_err(Failure::usage)?;
        text.push("responses", &response, Some(COMMENT));
        self.target.write(world, &self.target.id, old.directive.revision.next(), &text, &attach)
    }
}

impl UpdateArgs {
    fn run(&self, world: &mut World) -> Verdict {
        let found = self.target.published(world, None)?;
        let old = before(&found);
        let mut responses = old.directive.responses.clone();
        let Some(response) = responses.iter_mut().find(|response| response.id == self.response) else {
            let (id, response) = (self.target.id.clone(), self.response.clone());
            return Err(Failure::usage(Refused::Absent { id, response })
                .hint("record it with `directive response add`"));
        };
        let attach = self.standing.apply(world, response)?;
        let mut text = next_revision(old).map_err(Failure::usage)?;
        text.set("responses", &responses, Some(COMMENT));
        self.target.write(world, &self.target.id, old.directive.revision.next(), &text, &attach)
    }
}
