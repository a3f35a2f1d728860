//! `directive response`: a vendor's written response and what becomes of it. It suspends nothing by itself.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use interdict_host::exit::Exit;
use interdict_host::read::read_bounded;
use interdict_host::world::World;
use interdict_schema::Sha256;
use interdict_schema::directive::{Attachment, DayOrTime, DirectiveId, Response, ResponseState};
use interdict_schema::dsse::{self, Envelope, NotAnEnvelope};
use interdict_schema::key::PublicKey;
use interdict_schema::limits::{BUNDLE_FILE_LENGTH, ENVELOPE_LENGTH};
use interdict_schema::payload_type;

use serde_json::Value;

use super::target::{TargetArgs, before};
use crate::cli::shared::NoName;
use crate::cli::{Failure, Verdict};
use crate::draft::relation::next_revision;
use crate::repository::client_view::VERIFIER;

/// The longest file that holds a public key, in bytes.
const KEY_LENGTH: u64 = 1_024;

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

    /// The vendor's public key, 64 hexadecimal digits in a file: the response has to be an envelope of the type application/vnd.interdict.response+json that it signed
    #[arg(long, value_name = "FILE", requires = "document")]
    key: Option<PathBuf>,

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
    #[error("{} is not an envelope, wanted one that the key has signed", path.display())]
    NotAnEnvelope { path: PathBuf, source: NotAnEnvelope },
    #[error("{} is not signed by the key in {}", path.display(), key.display())]
    NotSigned { path: PathBuf, key: PathBuf, source: dsse::Refusal },
    #[error("{} holds no Ed25519 public key, wanted 64 hexadecimal digits", path.display())]
    Key { path: PathBuf },
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
        self.signature(world)?;
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

impl StandingArgs {
    /// What is known of who signed the response, in words; nothing where there is none.
    fn signature(&self, world: &World) -> Result<Option<String>, Failure> {
        let Some(path) = &self.document else { return Ok(None) };
        let Some(key_file) = &self.key else {
            return Ok(Some("not verified: no key of the vendor was given".to_owned()));
        };
        let bytes = read_bounded(&world.resolve(path), BUNDLE_FILE_LENGTH)?;
        let envelope = Envelope::parse(&bytes, ENVELOPE_LENGTH)
            .map_err(|source| Failure::usage(Refused::NotAnEnvelope { path: path.clone(), source }))?;
        let text = read_bounded(&world.resolve(key_file), KEY_LENGTH)?;
        let no_key = || Failure::usage(Refused::Key { path: key_file.clone() });
        let text = String::from_utf8(text).map_err(|_| no_key())?;
        // A digest has the form of a key: 32 bytes as hexadecimal digits.
        let raw: Sha256 = text.trim().parse().map_err(|_| no_key())?;
        let key = PublicKey::ed25519(raw.as_bytes()).map_err(|_| no_key())?;
        envelope.open(payload_type::RESPONSE, &[key], 1, &VERIFIER).map_err(|source| {
            let (path, key) = (path.clone(), key_file.clone());
            Failure::new(Refused::NotSigned { path, key, source }, Exit::Refused)
                .hint("without --key it is recorded as any file, and nothing is said of who signed it")
        })?;
        Ok(Some(format!("verified with the key {raw}, given by the operator")))
    }

    /// Says plainly what is known of who signed the response.
    fn say(&self, world: &mut World) -> Result<(), Failure> {
        if let Some(words) = self.signature(world)? {
            writeln!(world.stderr, "the response's signature: {words}")?;
        }
        Ok(())
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

/// The responses of a payload with one of them brought up to date. Members that this version does not know stay.
fn updated(payload: &[u8], number: usize, response: &Response) -> Option<Value> {
    let mut whole: Value = serde_json::from_slice(payload).ok()?;
    let mut list = whole.get_mut("responses")?.take();
    let there = list.get_mut(number)?.as_object_mut()?;
    let Ok(Value::Object(fresh)) = serde_json::to_value(response) else { return None };
    for (member, value) in fresh {
        merge(there.entry(member).or_insert(Value::Null), value);
    }
    Some(list)
}

/// Puts a value in the place of another, of which members that the new one has not stay; what names another file has none
/// of the old one's.
fn merge(there: &mut Value, value: Value) {
    match (there, value) {
        (Value::Object(there), Value::Object(fresh)) if there.get("digest") == fresh.get("digest") => {
            for (member, value) in fresh {
                there.insert(member, value);
            }
        }
        (there, value) => *there = value,
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
        self.standing.say(world)?;
        let mut text = next_revision(old).map_err(Failure::usage)?;
        text.push("responses", &response, Some(COMMENT));
        self.target.write(world, &self.target.id, old.directive.revision.next(), &text, &attach)
    }
}

impl UpdateArgs {
    fn run(&self, world: &mut World) -> Verdict {
        let found = self.target.published(world, None)?;
        let old = before(&found);
        let responses = old.directive.responses.iter();
        let found = responses.enumerate().find(|(_, response)| response.id == self.response);
        let Some((number, mut response)) = found.map(|(number, response)| (number, response.clone())) else {
            let (id, response) = (self.target.id.clone(), self.response.clone());
            return Err(Failure::usage(Refused::Absent { id, response })
                .hint("record it with `directive response add`"));
        };
        let attach = self.standing.apply(world, &mut response)?;
        self.standing.say(world)?;
        let mut text = next_revision(old).map_err(Failure::usage)?;
        text.set("responses", &updated(old.payload, number, &response), Some(COMMENT));
        self.target.write(world, &self.target.id, old.directive.revision.next(), &text, &attach)
    }
}
