//! `interdict verify FILE`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::read::{ReadError, read_bounded, read_to_limit};
use interdict_host::verifier::Provider;
use interdict_schema::DateTime;
use interdict_schema::directive::NotADirective;
use interdict_schema::dsse::NotAnEnvelope;
use interdict_schema::limits::ENVELOPE_LENGTH;

use super::{Context, Failure};
use crate::authenticity::{Authenticity, NoTargetPath, judge, target_path};
use crate::presentation::Judgement;

/// Judge the envelope of a directive, of a list of identifiers or of a waiver, by what is held, without a network: authentic, listed, in force
///
/// Authentic: its issuer's threshold signed it, by the newest list of issuers that is held. Listed: the repository
/// publishes it. In force: it is the newest text, and takes effect now. Ends with 0 when all three hold and what is held
/// is fresh; with 4 when it is not authentic or not listed; with 1 when it is both and not in force; with 5 when what is
/// held is stale.
#[derive(Debug, Args)]
#[command(after_help = "Example: interdict verify BOD-17-01.1.json")]
pub(super) struct Verify {
    /// The envelope; - for standard input
    file: PathBuf,

    /// The name under which it is published [default: the file's, or what the payload says]
    #[arg(long, value_name = "NAME")]
    target_path: Option<String>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Nothing says what the file claims to be.
#[derive(Debug, thiserror::Error)]
enum Unnamed {
    #[error("{} is not read as an envelope", file.display())]
    Envelope { file: PathBuf, source: NotAnEnvelope },
    #[error("{} is an envelope, and its payload is neither a directive, a list nor a waiver", file.display())]
    Payload { file: PathBuf, source: NotADirective },
    #[error("no repository is held, against which {} could be judged", file.display())]
    NothingHeld { file: PathBuf },
}

/// Standard input went on for too long.
#[derive(Debug, thiserror::Error)]
#[error("standard input is longer than {ENVELOPE_LENGTH} bytes")]
struct TooLong;

impl Verify {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        self.show(context).map_err(|failure| failure.in_json(self.json))
    }

    fn show(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let now = context.world.now()?;
        let reading = context.reading()?;
        reading.warn(context.world, now)?;
        let bytes = self.read(context)?;
        let name = self.file.file_name().and_then(|name| name.to_str());
        let path = match &self.target_path {
            Some(path) => path.clone(),
            None => target_path(name, &bytes).map_err(|unnamed| self.unnamed(unnamed))?,
        };
        let judged = reading
            .generation
            .repositories
            .iter()
            .map(|held| judge(held, &bytes, &path, now, &Provider))
            // Of several repositories the one that knows most of it; of equals the first by name.
            .reduce(|best, other| if other.holding() > best.holding() { other } else { best });
        let Some(judged) = judged else {
            return Err(Failure::new(&Unnamed::NothingHeld { file: self.file.clone() }, Exit::Refused));
        };
        let mut outcome = self.print(context, &judged, now)?;
        if !reading.stale(now).is_empty() {
            outcome.add(Exit::Stale);
        }
        Ok(outcome)
    }

    fn unnamed(&self, why: NoTargetPath) -> Failure {
        let file = self.file.clone();
        let hint = match &why {
            NoTargetPath::Envelope(NotAnEnvelope::TooManySignatures { .. }) => {
                "more signatures than that are not tried; `--target-path NAME` names it all the same"
            }
            _ => {
                "an envelope holds payloadType, payload and signatures; `--target-path NAME` judges it all the same"
            }
        };
        let unnamed = match why {
            NoTargetPath::Envelope(source) => Unnamed::Envelope { file, source },
            NoTargetPath::Payload(source) => Unnamed::Payload { file, source },
        };
        Failure::new(&unnamed, Exit::Refused).hint(hint)
    }

    fn read(&self, context: &mut Context<'_>) -> Result<Vec<u8>, Failure> {
        if self.file == Path::new("-") {
            let read = read_to_limit(&mut context.world.stdin, ENVELOPE_LENGTH)?;
            return read.ok_or_else(|| Failure::new(&TooLong, Exit::Refused));
        }
        match read_bounded(&context.world.resolve(&self.file), ENVELOPE_LENGTH) {
            Err(error @ ReadError::TooLong { .. }) => Err(Failure::new(&error, Exit::Refused)),
            other => Ok(other?),
        }
    }

    fn print(
        &self,
        context: &mut Context<'_>,
        judged: &Authenticity,
        now: DateTime,
    ) -> Result<Outcome, Failure> {
        let judgement = Judgement { judged, now };
        let world = &mut *context.world;
        if self.json {
            world.stdout.write_all(&judgement.json())?;
        } else {
            let page = judgement.page(&world.time_zone);
            world.stdout.write_all(page.render(&world.terminal).as_bytes())?;
        }
        Ok(judgement.outcome())
    }
}
