//! `interdict is-banned IDENTIFIER…`

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::world::World;
use interdict_schema::Sha256;
use interdict_schema::digest::RunningSha256;

use super::assessing::{Ask, Assessed, Detecting, assessing, outcome};
use super::{Context, Failure};
use crate::assess::Assets;
use crate::inventory::asked::{self, AskedKind};
use crate::inventory::given::unread;
use crate::inventory::{Inventory, Problem};
use crate::report::banned::{Answers, Question};
use crate::report::{FailOn, Report};

/// Whether something is banned, for scripts and install hooks
///
/// Asks about a package URL, a package's name (kesl, deb:kesl@11), a CPE name, a SHA-256 digest, a CVE id, a domain, the domain of a URL,
/// an address, or a file here, of which content, path and name are compared. Nothing is remembered as found.
///
/// Exit 0 where nothing is banned, and the policy is fresh, believed and understood. 1 where something is banned, excepted by
/// the agency or not. 3 where it cannot be told: the version that is meant is not known, it only may be what is meant, a file
/// cannot be read, or a configured repository was never synced. 2 for what is no identifier, 4 for an alarm, 5 for a stale
/// policy, 6 where a directive says something that this version does not understand.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  interdict is-banned pkg:deb/debian/kesl@11.4.0\n  interdict is-banned deb:kesl ./setup.exe dnl.example.com\n  cut -d' ' -f1 SHA256SUMS | interdict is-banned --kind sha256 -"
)]
pub(super) struct IsBanned {
    /// What is asked about; - for standard input, one a line
    #[arg(required = true, value_name = "IDENTIFIER")]
    identifiers: Vec<String>,

    /// What they are [default: what each looks like]
    #[arg(long, value_enum, value_name = "KIND")]
    kind: Option<AskedKind>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Questions in one run. Each is kept until all are answered.
const MAX_QUESTIONS: usize = 1_000_000;

/// Bytes of one identifier.
const MAX_IDENTIFIER: u64 = 64 << 10;

#[derive(Debug, thiserror::Error)]
enum TooMuch {
    #[error("found more than {MAX_QUESTIONS} identifiers, wanted fewer")]
    Questions,
    #[error("line {line} of standard input is longer than {MAX_IDENTIFIER} bytes, or is not UTF-8")]
    Line { line: usize },
}

impl IsBanned {
    pub(super) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let json = self.json;
        self.answer(context).map_err(|failure| failure.in_json(json))
    }

    fn answer(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let (questions, inventory) = self.ask(context.world)?;
        let ask = Ask { as_of: None, json: self.json, detecting: Detecting::NotRemembered };
        assessing(
            context,
            ask,
            |_, _| Ok((inventory.clone(), Assets::default())),
            |world, found| {
                let Assessed { assessment, standing, exceptions } = found;
                let mut outcome = outcome(assessment, standing, &[FailOn::Match]);
                outcome.merge(exceptions.outcome());
                let report =
                    Report { assessment, standing, exceptions, outcome: &outcome, fail_on: &[], all: true };
                let answers = Answers::of(&report, &questions);
                if self.json {
                    answers.write_json(&mut world.stdout)?;
                } else {
                    world.stdout.write_all(answers.render(&world.terminal).as_bytes())?;
                    world.stderr.write_all(answers.complaints(&world.terminal).as_bytes())?;
                }
                Ok(answers.outcome().clone())
            },
        )
    }

    /// The questions, and one inventory of all that can be looked for; each question that can be is one source of it.
    fn ask(&self, world: &mut World) -> Result<(Vec<Question>, Inventory), Failure> {
        let (mut questions, mut inventory) = (Vec::new(), Inventory::default());
        for identifier in &self.identifiers {
            let texts = if identifier == "-" { lines(&mut world.stdin)? } else { vec![identifier.clone()] };
            for text in texts {
                if questions.len() >= MAX_QUESTIONS {
                    return Err(Failure::new(&TooMuch::Questions, Exit::Usage));
                }
                let kind = self.kind.unwrap_or_else(|| AskedKind::of(&text));
                let read =
                    if kind == AskedKind::File { Ok(file(world, &text)) } else { asked::read(&text, kind) };
                let source = inventory.coverage.len();
                let refused = match read {
                    Ok(found) => {
                        inventory.append(found);
                        None
                    }
                    Err(refused) => Some(refused),
                };
                questions.push(Question { text, kind, source: refused.is_none().then_some(source), refused });
            }
        }
        Ok((questions, inventory))
    }
}

/// The lines of standard input that are not blank.
fn lines(stdin: &mut dyn BufRead) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    for line in 1.. {
        let mut text = Vec::new();
        if stdin.take(MAX_IDENTIFIER + 1).read_until(b'\n', &mut text)? == 0 {
            break;
        }
        // The line's end is not counted.
        let whole =
            text.ends_with(b"\n") || u64::try_from(text.len()).is_ok_and(|length| length <= MAX_IDENTIFIER);
        let text = String::from_utf8(text).ok().filter(|_| whole);
        let text = text.ok_or_else(|| Failure::new(&TooMuch::Line { line }, Exit::Usage))?;
        let text = text.trim();
        if !text.is_empty() {
            lines.push(text.to_owned());
        }
        if lines.len() > MAX_QUESTIONS {
            return Err(Failure::new(&TooMuch::Questions, Exit::Usage));
        }
    }
    Ok(lines)
}

/// A file's inventory; one that was not read says why.
fn file(world: &World, text: &str) -> Inventory {
    let path = world.resolve(Path::new(text));
    match digest(&path) {
        Ok(digest) => asked::file(text, &std::path::absolute(&path).unwrap_or(path), digest),
        Err(error) => unread(text, None, Problem::Disk { path: text.to_owned(), kind: error.kind() }),
    }
}

fn digest(path: &Path) -> io::Result<Sha256> {
    let mut reader = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut hasher = RunningSha256::default();
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(hasher.finish());
        }
        hasher.update(bytes);
        let read = bytes.len();
        reader.consume(read);
    }
}
