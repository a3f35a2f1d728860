//! `journal`: what the authority did, and whether the journal of it is whole.

use std::io::Write;

use clap::{Args, Subcommand};
use interdict_host::exit::{Exit, Outcome};
use interdict_host::journal::{Broken, Entry, Found, JournalError, Verification, parse_head};
use interdict_host::terminal::Table;
use interdict_host::world::World;
use interdict_schema::Sha256;
use interdict_schema::tuf::Version;
use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use super::shared::{RepoArgs, show_json};
use super::{Failure, Verdict};
use crate::journal::{Agreement, FileEntry, journal, published_timestamp, standing};
use crate::repository::Repository;

/// Shows what the authority did, and checks the journal of it
#[derive(Debug, Subcommand)]
pub enum JournalVerb {
    Show(ShowArgs),
    Verify(VerifyArgs),
}

/// Shows what was done to a repository, when and by whom
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher journal show --repo repo --json | jq '.entries[-1].what'"
)]
pub struct ShowArgs {
    #[command(flatten)]
    repo: RepoArgs,

    /// The last N entries alone
    #[arg(long, value_name = "N")]
    last: Option<usize>,

    /// Show it as JSON
    #[arg(long)]
    json: bool,
}

/// Checks that every line is as it was written, and that the last publication is the one that is there
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  interdict-publisher journal verify --repo repo --head SHA256\n\n\
    Heads go to syslog with every entry: journalctl -t interdict | grep head")]
pub struct VerifyArgs {
    #[command(flatten)]
    repo: RepoArgs,

    /// A head that was noted elsewhere: in syslog, or in a file that travelled
    #[arg(long, value_name = "SHA256", value_parser = parse_head)]
    head: Option<Sha256>,

    /// Show it as JSON
    #[arg(long)]
    json: bool,
}

/// A journal that is not what it should be.
#[derive(Debug, Error)]
enum NotWhole {
    #[error("{path}: the chain breaks at line {}, byte {}: {}", broken.line, broken.offset, broken.why)]
    Broken { path: String, broken: Broken },
    #[error("{path}: no entry has the head sha256:{wanted}")]
    Nowhere { path: String, wanted: Sha256 },
    #[error("{path}: the last publication in it has timestamp {known}, found {} published", Known(*found))]
    Differs { path: String, known: Version, found: Option<Version> },
    #[error("{path}: no entries, and timestamp {found} is published")]
    Begins { path: String, found: Version },
}

struct Known(Option<Version>);

impl std::fmt::Display for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(version) => write!(f, "{version}"),
            None => f.write_str("none"),
        }
    }
}

impl JournalVerb {
    pub fn json(&self) -> bool {
        match self {
            Self::Show(args) => args.json,
            Self::Verify(args) => args.json,
        }
    }

    pub fn run(&self, world: &mut World) -> Verdict {
        match self {
            Self::Show(args) => args.run(world),
            Self::Verify(args) => args.run(world),
        }
    }
}

impl ShowArgs {
    fn run(&self, world: &mut World) -> Verdict {
        #[derive(Serialize)]
        struct Document<'a> {
            format: &'static str,
            journal: String,
            entries: &'a [Entry],
            #[serde(flatten)]
            chain: &'a Verification,
        }
        let (repository, _) = self.repo.open(world)?;
        let journal = journal(&repository);
        let mut entries = Vec::new();
        let chain = journal.read(&mut |entry| entries.push(entry))?;
        let skipped = self.last.map_or(0, |last| entries.len().saturating_sub(last));
        let shown = entries.get(skipped..).unwrap_or_default();
        let path = journal.path().display().to_string();
        if self.json {
            let format = "interdict-publisher-journal/1";
            show_json(world, &Document { format, journal: path.clone(), entries: shown, chain: &chain })?;
        } else if shown.is_empty() {
            writeln!(world.stderr, "nothing was done so far")?;
        } else {
            let page = table(shown).render(&world.terminal);
            world.stdout.write_all(page.as_bytes())?;
            if let Some(head) = chain.head {
                writeln!(world.stdout, "head  sha256:{}", head.digest)?;
            }
        }
        cuts(world, &chain)?;
        match chain.broken {
            Some(broken) => Err(not_whole(NotWhole::Broken { path, broken })),
            None => Ok(Outcome::done()),
        }
    }
}

impl VerifyArgs {
    fn run(&self, world: &mut World) -> Verdict {
        #[derive(Serialize)]
        struct Document<'a> {
            format: &'static str,
            journal: String,
            whole: bool,
            evident: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            open: Option<u64>,
            known: Option<&'a FileEntry>,
            published: Option<&'a FileEntry>,
            #[serde(flatten)]
            chain: &'a Verification,
        }
        let (repository, _) = self.repo.open(world)?;
        let mut found = standing(&repository)?;
        if self.head.is_some() {
            found.chain = journal(&repository).verify(self.head.as_ref())?;
        }
        let published = published_timestamp(&repository)?;
        let agreement = found.agreement(published.as_ref());
        let error = self.error(&repository, &found.chain, &agreement);
        let evident = if self.head.is_some() { "tamper-evident" } else { "corruption-evident" };
        if self.json {
            let document = Document {
                format: "interdict-publisher-journal-verify/1",
                journal: repository.journal_path().display().to_string(),
                whole: error.is_none(),
                evident,
                open: found.open.as_ref().map(|open| open.number),
                known: found.timestamp.as_ref(),
                published: published.as_ref(),
                chain: &found.chain,
            };
            show_json(world, &document)?;
        } else if error.is_none() {
            self.show(world, &found.chain)?;
        }
        cuts(world, &found.chain)?;
        if let Some(open) = &found.open {
            writeln!(
                world.stderr,
                "warning: entry {} has no end: it is being done now, or was interrupted, and the next run adds it",
                open.number
            )?;
        }
        error.map_or_else(|| Ok(Outcome::done()), |error| Err(not_whole(error)))
    }

    fn error(
        &self,
        repository: &Repository,
        chain: &Verification,
        agreement: &Agreement,
    ) -> Option<NotWhole> {
        let path = repository.journal_path().display().to_string();
        if let Some(broken) = chain.broken {
            return Some(NotWhole::Broken { path, broken });
        }
        if let (Some(wanted), Some(Found::Nowhere)) = (self.head, chain.wanted) {
            return Some(NotWhole::Nowhere { path, wanted });
        }
        match agreement {
            Agreement::Same | Agreement::Open => None,
            Agreement::Begins { found } => Some(NotWhole::Begins { path, found: found.version }),
            Agreement::Differs { found, known } => {
                let found = found.as_ref().map(|found| found.version);
                Some(NotWhole::Differs { path, known: known.version, found })
            }
        }
    }

    fn show(&self, world: &mut World, chain: &Verification) -> Result<(), Failure> {
        match (chain.head, chain.wanted) {
            (None, _) => writeln!(world.stdout, "no entries")?,
            (Some(head), Some(Found::Entry { number })) => writeln!(
                world.stdout,
                "{} entries, whole up to the head that was noted, which is entry {number}",
                head.number
            )?,
            (Some(head), _) => {
                writeln!(world.stdout, "{} entries, each as the next one names it", head.number)?;
            }
        }
        if let Some(head) = chain.head {
            writeln!(world.stdout, "head  sha256:{}", head.digest)?;
        }
        if self.head.is_none() {
            writeln!(
                world.stdout,
                "corruption-evident, not tamper-evident: give --head with one that was noted elsewhere, as in syslog"
            )?;
        }
        Ok(())
    }
}

fn not_whole(error: NotWhole) -> Failure {
    let hint = match error {
        NotWhole::Begins { .. } => "the next change begins one; if there was one, bring it back from a copy",
        NotWhole::Differs { .. } => {
            "bring journal and repository back from the same backup, or find out what changed one without the other"
        }
        NotWhole::Broken { .. } | NotWhole::Nowhere { .. } => {
            "what is in it cannot be relied on; compare it with a copy, and the heads with those in syslog"
        }
    };
    Failure::new(error, Exit::Refused).hint(hint)
}

fn cuts(world: &mut World, chain: &Verification) -> Result<(), Failure> {
    for cut in &chain.cuts {
        let what = if cut.noted { "and the entry behind it says so" } else { "and nothing is behind it yet" };
        writeln!(world.stderr, "warning: line {} was cut off after {} bytes, {what}", cut.line, cut.bytes)?;
    }
    Ok(())
}

fn table(entries: &[Entry]) -> Table {
    let mut table = Table::new(&["entry", "when", "who", "verb", "step", "what"]).right_aligned(0);
    for entry in entries {
        let name = entry.who.user.clone().unwrap_or_else(|| entry.who.uid.to_string());
        let called = entry.who.sudo_user.as_ref().map(|caller| format!("{name} for {caller}"));
        let text = |name: &str| entry.what.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        table.row([
            entry.number.to_string(),
            entry.at.to_string(),
            called.unwrap_or(name),
            text("verb"),
            text("step"),
            in_words(&entry.what),
        ]);
    }
    table
}

/// The rest of an entry on one line: documents and metadata by their names, keys by what people call them.
fn in_words(what: &Value) -> String {
    let list = |name: &str| what.get(name).and_then(Value::as_array).into_iter().flatten();
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let mut words: Vec<String> = list("documents")
        .chain(list("files"))
        .filter_map(|it| {
            text(it, "path").or_else(|| {
                Some(match text(it, "name")? {
                    // The one file whose name does not have its version.
                    name if name.starts_with(|first: char| first.is_ascii_digit()) => name,
                    name => format!("{name} {}", it.get("version")?),
                })
            })
        })
        .collect();
    let more = what.get("more_documents").and_then(Value::as_u64);
    words.extend(more.map(|more| format!("and {more} more documents")));
    words.extend(list("delisted").filter_map(Value::as_str).map(|path| format!("no longer {path}")));
    let labels = what.get("labels").and_then(Value::as_object).into_iter().flatten();
    let labels: Vec<&str> = labels.filter_map(|(_, label)| label.as_str()).collect();
    if !labels.is_empty() {
        words.push(format!("signed by {}", labels.join(", ")));
    }
    words.extend(what.get("of").and_then(Value::as_u64).map(|number| format!("entry {number}")));
    words.extend(["about", "why"].into_iter().filter_map(|name| text(what, name)));
    words.join("; ")
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Read(error) => Self::new(error, Exit::NoAnswer),
            JournalError::Disk(error) => error.into(),
            JournalError::Clock(error) => error.into(),
            JournalError::TooLong { .. } | JournalError::NotAnObject => Self::new(error, Exit::NoAnswer),
            JournalError::NoEntry { .. } => Self::new(error, Exit::Refused)
                .hint("move the file away, and keep it: the next entry begins a new one"),
        }
    }
}
