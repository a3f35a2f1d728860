//! `ceremony sign`: one signature, after showing what is signed.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use interdict_host::cli::GlobalArgs;
use interdict_host::exit::Outcome;
use interdict_host::lock::Lock;
use interdict_host::read::read_bounded;
use interdict_host::signer::KeyUri;
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_schema::DateTime;
use interdict_schema::directive::difference::differences;
use interdict_schema::limits::ROOT_LENGTH;
use tracing::info;

use super::status::{Status, headline};
use super::{Verdict, first_root, note, parse_root, read, write};
use crate::ceremony::{CeremonyRefusal, Opened, What, merge, of_document, standing};
use crate::cli::Failure;
use crate::cli::shared::{SecretArgs, confirm, current, show_lines};
use crate::journal::Verb;
use crate::keyring::{self, KeyError, Purpose};
use crate::repository::Repository;
use crate::repository::current::Current;
use crate::repository::files::Folder;

/// Adds one signature to everything in a ceremony file that the key may sign, after showing what is being signed
#[derive(Debug, Args)]
#[command(after_help = "Example, compared with the root that this officer knows:\n  \
    interdict-publisher ceremony sign root-2.ceremony.json --key root-1.key --root 1.root.json")]
pub struct SignArgs {
    /// The ceremony file; the signature is added in place
    file: PathBuf,

    /// The officer's key
    #[arg(long, value_name = "KEY", value_hint = ValueHint::FilePath)]
    key: KeyUri,

    /// The repository, or a copy of it: the file has to build on what is published there
    #[arg(long, value_name = "DIR", conflicts_with = "root")]
    repo: Option<PathBuf>,

    /// A root of the repository that is known from elsewhere, its first or the newest: the file has to build on it
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,

    /// Sign without asking
    #[arg(short, long)]
    yes: bool,

    #[command(flatten)]
    secrets: SecretArgs,

    /// Show the result as JSON
    #[arg(long)]
    pub json: bool,
}

impl SignArgs {
    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        let now = world.now()?;
        let opened = read(world, &self.file)?;
        opened.check_expiry(now)?;
        let published = self.compared(world, &opened)?;
        let uri = self.key.beneath(&world.current_dir);
        Purpose::Officer.check(&uri).map_err(KeyError::from)?;
        let found = keyring::find(&uri, &mut self.secrets.credentials(global.example_keys(), world))?;
        let key = found.part().clone();
        let (names, _) = opened.signable(&key.key, &key.label)?;
        if names.is_empty() {
            writeln!(
                world.stderr,
                "{} has signed this already; nothing was changed",
                escape_control(&key.label)
            )?;
            Status::of(&self.file, &opened, Vec::new()).show(world, &opened, self.json)?;
            return Ok(Outcome::done());
        }
        show_lines(world, &headline(&opened))?;
        if published.is_none() && self.root.is_none() {
            writeln!(
                world.stderr,
                "warning: compared with nothing that this machine knows: give --root FILE or --repo DIR, or compare \
                 the digest by another way"
            )?;
        }
        for open in opened.documents().iter().filter(|open| names.contains(&open.what.name().as_str())) {
            writeln!(world.stderr, "to be signed: {}", escape_control(&open.what.to_string()))?;
            show_lines(world, &of_document(&opened, open, now))?;
            show_differences(world, &open.what, published.as_ref(), now)?;
        }
        confirm(world, self.yes, &format!("Sign this as {}?", escape_control(&key.label)))?;
        let signer = keyring::open(found, &mut self.secrets.credentials(global.example_keys(), world))?;
        // Another officer may have signed the same file while this one read and typed.
        let file = world.resolve(&self.file);
        let _lock = Lock::wait_for_folder(file.parent().unwrap_or(&file)).ok();
        let mut opened = merge(vec![opened, read(world, &self.file)?])?;
        let names = opened.sign(&*signer)?;
        info!(digest = %opened.digest(), keyid = key.keyid, "signed a ceremony");
        write(world, &self.file, &opened)?;
        let told = match &self.repo {
            Some(repo) => {
                let signer = Some((key.keyid.as_str(), key.label.as_str()));
                note(world, repo, Verb::CeremonySign, &opened, signer)?
            }
            None => Outcome::done(),
        };
        Status::of(&self.file, &opened, names).show(world, &opened, self.json)?;
        Ok(told)
    }

    /// Compares the file with what is known here.
    fn compared(&self, world: &World, opened: &Opened) -> Result<Option<(Folder, Current)>, Failure> {
        if let Some(path) = &self.root {
            let known = parse_root(&read_bounded(&world.resolve(path), ROOT_LENGTH)?)?;
            opened.check_known_root(&known)?;
        }
        let Some(dir) = &self.repo else { return Ok(None) };
        compare(opened, &world.resolve(dir)).map(Some)
    }
}

fn compare(opened: &Opened, dir: &Path) -> Result<(Folder, Current), Failure> {
    let (folder, current) = current(&Repository::new(dir))?;
    let standing = standing(opened, first_root(&folder)?, &current)?;
    if opened.root().is_some() && !standing.root {
        let published = current.root().signed().version;
        let found = published.saturating_sub(1);
        return Err(CeremonyRefusal::Moved { what: "the root", found, published }.into());
    }
    Ok((folder, current))
}

/// What a directive changes against its published revision.
fn show_differences(
    world: &mut World,
    what: &What,
    published: Option<&(Folder, Current)>,
    now: DateTime,
) -> Result<(), Failure> {
    let (What::Directive(directive), Some((folder, current))) = (what, published) else { return Ok(()) };
    let newest = current.newest::<interdict_schema::directive::Directive>(folder, &directive.id)?;
    let Some(newest) = newest else { return Ok(()) };
    let before = &newest.document.value;
    writeln!(world.stderr, "against revision {}, which is published:", before.revision)?;
    for difference in differences(before, directive, now) {
        writeln!(world.stderr, "  {}", escape_control(&difference.to_string()))?;
    }
    Ok(())
}
