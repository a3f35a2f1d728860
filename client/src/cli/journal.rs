//! `interdict journal` and `interdict journal verify`

use std::io::Write;
use std::path::Path;

use clap::{Args, Subcommand};
use interdict_host::exit::{Exit, Outcome};
use interdict_host::journal::{Broken, Entry, Found, Journal, JournalError, Verification, parse_head};
use interdict_host::terminal::{Table, escape_control};
use interdict_schema::Sha256;
use serde::Serialize;

use super::{Context, Failure};
use crate::enforce::journal::journal;
use crate::enforce::record::Record;
use crate::presentation::{self, Page, in_zone};

/// What was done to enforce the policy on this machine, and by whom
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Example: interdict journal --json | jq '.entries[-1]'"
)]
pub(super) struct JournalVerb {
    #[command(subcommand)]
    verb: Option<Verb>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Whether every line is as it was written
    Verify(Verify),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: interdict journal verify --head 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
)]
struct Verify {
    /// A head that was noted elsewhere: syslog has one of each entry
    #[arg(long, value_name = "SHA256", value_parser = parse_head)]
    head: Option<Sha256>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

/// A journal that is not as it was written.
#[derive(Debug, thiserror::Error)]
enum NotWhole {
    #[error("{path}: the chain breaks at line {}, byte {}: {}", broken.line, broken.offset, broken.why)]
    Broken { path: String, broken: Broken },
    #[error("{path}: no entry has the head sha256:{wanted}")]
    Nowhere { path: String, wanted: Sha256 },
    #[error("{path}: no entries, although something was applied here")]
    Missing { path: String },
}

impl JournalVerb {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let (json, result) = match &self.verb {
            None => (self.json, show(context, self.json)),
            Some(Verb::Verify(verb)) => (verb.json, verb.run(context)),
        };
        result.map_err(|failure| failure.in_json(json))
    }
}

fn place(context: &mut Context<'_>) -> Result<Journal, Failure> {
    Ok(journal(&context.places_for_reading()?))
}

fn show(context: &mut Context<'_>, json: bool) -> Result<Outcome, Failure> {
    #[derive(Serialize)]
    struct Document<'a> {
        format: &'static str,
        journal: String,
        entries: &'a [Entry],
        #[serde(flatten)]
        chain: &'a Verification,
    }
    let journal = place(context)?;
    let mut entries = Vec::new();
    let chain = journal.read(&mut |entry| entries.push(entry))?;
    let world = &mut *context.world;
    if json {
        let (format, path) = ("interdict-journal/1", journal.path().display().to_string());
        let document = Document { format, journal: path, entries: &entries, chain: &chain };
        world.stdout.write_all(&presentation::json(&document))?;
    } else if entries.is_empty() {
        writeln!(world.stderr, "nothing was done so far")?;
    } else {
        let mut page = Page::default();
        page.table(table(&entries, &world.time_zone));
        if let Some(head) = chain.head {
            page.line(format!("head  sha256:{}", head.digest));
        }
        world.stdout.write_all(page.render(&world.terminal).as_bytes())?;
    }
    end(context, &journal, &chain, None)
}

fn table(entries: &[Entry], zone: &jiff::tz::TimeZone) -> Table {
    let mut table = Table::new(&["entry", "when", "who", "verb", "what"]).right_aligned(0);
    for entry in entries {
        let who = &entry.who;
        let name = who.user.clone().unwrap_or_else(|| who.uid.to_string());
        let called = who.sudo_user.as_ref().map(|caller| format!("{name} for {caller}"));
        let verb = entry.what.get("verb").and_then(serde_json::Value::as_str).unwrap_or_default();
        table.row([
            entry.number.to_string(),
            in_zone(entry.at, zone),
            called.unwrap_or(name),
            verb.to_owned(),
            fields(&entry.what),
        ]);
    }
    table
}

/// The fields of an entry on one line; digests to as many digits as tell them apart.
fn fields(what: &serde_json::Value) -> String {
    let fields = what.as_object().into_iter().flatten().filter(|(name, _)| name.as_str() != "verb");
    let shown = fields.map(|(name, value)| match value {
        serde_json::Value::String(text) if text.parse::<Sha256>().is_ok() => {
            format!("{name}={}", text.get(..12).unwrap_or(text))
        }
        serde_json::Value::String(text) => format!("{name}={text}"),
        serde_json::Value::Array(all) => {
            let texts = all.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned));
            format!("{name}={}", texts.collect::<Vec<_>>().join(","))
        }
        // How it ended: the word, and why where it did not succeed.
        serde_json::Value::Object(of) => {
            let texts = of.values().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned));
            format!("{name}={}", texts.collect::<Vec<_>>().join(": "))
        }
        other => format!("{name}={other}"),
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// Says what is not as it was written, and whether anything could show that all of it was written anew.
fn end(
    context: &mut Context<'_>,
    journal: &Journal,
    chain: &Verification,
    wanted: Option<Sha256>,
) -> Result<Outcome, Failure> {
    for cut in &chain.cuts {
        let what = if cut.noted { "and the entry behind it says so" } else { "and nothing is behind it yet" };
        let line = format!("line {} was cut off after {} bytes, {what}", cut.line, cut.bytes);
        writeln!(context.world.stderr, "warning: {}", escape_control(&line))?;
    }
    let path = journal.path().display().to_string();
    // Whoever applies begins it; the record of what was written tells of that where the journal was taken away or emptied.
    if chain.head.is_none() && chain.broken.is_none() && is_applied(context)? {
        return Err(Failure::new(&NotWhole::Missing { path }, Exit::Refused)
            .hint("somebody removed it: compare with the heads in syslog, and keep a copy elsewhere"));
    }
    let error = match (chain.broken, wanted, chain.wanted) {
        (Some(broken), ..) => NotWhole::Broken { path, broken },
        (None, Some(wanted), Some(Found::Nowhere)) => NotWhole::Nowhere { path, wanted },
        _ => return Ok(Outcome::done()),
    };
    Err(Failure::new(&error, Exit::Refused).hint(
        "what is in it cannot be relied on; compare it with a copy, and the heads with those in syslog",
    ))
}

/// Whether anything was ever written into this machine.
fn is_applied(context: &mut Context<'_>) -> Result<bool, Failure> {
    let record = Record::read(&context.places_for_reading()?, Path::new("/"));
    Ok(!matches!(record, Ok(None)))
}

impl Verify {
    fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        #[derive(Serialize)]
        struct Document<'a> {
            format: &'static str,
            journal: String,
            whole: bool,
            evident: &'static str,
            #[serde(flatten)]
            chain: &'a Verification,
        }
        let journal = place(context)?;
        let chain = journal.verify(self.head.as_ref())?;
        let evident = if self.head.is_some() { "tamper-evident" } else { "corruption-evident" };
        let world = &mut *context.world;
        if self.json {
            let path = journal.path().display().to_string();
            let whole = chain.is_whole();
            let document = Document {
                format: "interdict-journal-verify/1",
                journal: path,
                whole,
                evident,
                chain: &chain,
            };
            world.stdout.write_all(&presentation::json(&document))?;
        } else if chain.is_whole() {
            let mut page = Page::default();
            page.line(match (chain.head, chain.wanted) {
                (None, _) => "no entries".to_owned(),
                (Some(head), Some(Found::Entry { number })) => {
                    format!(
                        "{} entries, whole up to the head that was noted, which is entry {number}",
                        head.number
                    )
                }
                (Some(head), _) => format!("{} entries, each as the next one names it", head.number),
            });
            if let Some(head) = chain.head {
                page.line(format!("head  sha256:{}", head.digest));
            }
            if self.head.is_none() {
                page.line(
                    "corruption-evident, not tamper-evident: give --head with one that was noted elsewhere, as in syslog",
                );
            }
            world.stdout.write_all(page.render(&world.terminal).as_bytes())?;
        }
        end(context, &journal, &chain, self.head)
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Read(error) => error.into(),
            JournalError::Disk(error) => error.into(),
            JournalError::Clock(error) => error.into(),
            JournalError::TooLong { .. } | JournalError::NotAnObject => Self::new(&error, Exit::NoAnswer),
            JournalError::NoEntry { .. } => Self::new(&error, Exit::Refused)
                .hint("move the file away, and keep it: the next entry begins a new one"),
        }
    }
}
