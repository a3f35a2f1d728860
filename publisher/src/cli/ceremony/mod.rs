//! `ceremony`: officers who never meet sign a small file that travels.

mod failure;
pub mod finish;
mod founding;
pub mod install;
mod merge;
mod show;
mod sign;
pub mod start;
pub mod status;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use interdict_host::cli::GlobalArgs;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::read::read_bounded;
use interdict_host::world::World;
use interdict_host::write::Mode;
use interdict_schema::Sha256;
use interdict_schema::limits::ROOT_LENGTH;
use interdict_schema::tuf::{Metadata, RoleType, Root};
use thiserror::Error;

use super::journaled::noted;
use super::{Failure, Verdict};
use crate::ceremony::{CeremonyRefusal, MAX_CEREMONY_BYTES, Opened, merge as merge_copies};
use crate::journal::{Deed, DocumentEntry, Verb};
use crate::repository::Repository;
use crate::repository::files::{Files, Folder};

/// Officers who never meet sign a file that travels: a new repository, root, targets, list of issuers, or directive
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Example, a list of issuers that two of the root keys' holders sign far from each other:\n  \
    interdict-publisher ceremony start issuers issuers.jsonc --repo repo -o issuers.ceremony.json\n  \
    interdict-publisher ceremony sign issuers.ceremony.json --key root-1.key\n  \
    interdict-publisher ceremony sign issuers.ceremony.json --key root-2.key\n  \
    interdict-publisher ceremony finish issuers.ceremony.json --repo repo"
)]
pub enum CeremonyVerb {
    #[command(subcommand)]
    Start(start::StartVerb),
    Show(show::ShowArgs),
    Sign(sign::SignArgs),
    Merge(merge::MergeArgs),
    Finish(finish::FinishArgs),
}

impl CeremonyVerb {
    pub fn json(&self) -> bool {
        match self {
            Self::Start(verb) => verb.json(),
            Self::Show(args) => args.json,
            Self::Sign(args) => args.json,
            Self::Merge(args) => args.json,
            Self::Finish(args) => args.json,
        }
    }

    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        match self {
            Self::Start(verb) => verb.run(global, world),
            Self::Show(args) => args.run(world),
            Self::Sign(args) => args.run(global, world),
            Self::Merge(args) => args.run(world),
            Self::Finish(args) => args.run(global, world),
        }
    }
}

/// A ceremony file that was not used.
#[derive(Debug, Error)]
#[error("{}", path.display())]
struct NotUsed {
    path: PathBuf,
    source: CeremonyRefusal,
}

/// Reads a ceremony file and checks it.
pub fn read(world: &World, path: &Path) -> Result<Opened, Failure> {
    let bytes = read_bounded(&world.resolve(path), MAX_CEREMONY_BYTES)?;
    Opened::read(&bytes).map_err(|source| {
        let (exit, hint) = failure::advice(&source);
        let failure = Failure::new(NotUsed { path: path.to_path_buf(), source }, exit);
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })
}

/// Reads copies of one ceremony and makes them one.
pub fn read_copies(world: &World, paths: &[PathBuf]) -> Result<Opened, Failure> {
    let copies = paths.iter().map(|path| read(world, path)).collect::<Result<Vec<_>, _>>()?;
    Ok(merge_copies(copies)?)
}

/// Writes a ceremony file in place of an older copy of it; another file is in the way.
pub fn write(world: &World, path: &Path, opened: &Opened) -> Result<(), Failure> {
    world.disk.replace(&world.resolve(path), &opened.to_bytes(), Mode::Public)?;
    Ok(())
}

/// Writes a new ceremony file; nothing is overwritten.
pub fn write_new(world: &World, path: &Path, opened: &Opened) -> Result<(), Failure> {
    world.disk.write_new(&world.resolve(path), &opened.to_bytes(), Mode::Public)?;
    Ok(())
}

/// A repository without its first root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the first root of the repository is missing")]
struct NoFirstRoot;

/// The fingerprint of a repository's first root.
pub fn first_root(folder: &Folder) -> Result<Sha256, Failure> {
    let bytes = folder.metadata("1.root.json", ROOT_LENGTH)?;
    let bytes = bytes.ok_or_else(|| Failure::new(NoFirstRoot, Exit::Refused))?;
    Ok(parse_root(&bytes)?.fingerprint())
}

/// Reads a root that nobody has vouched for.
pub fn parse_root(bytes: &[u8]) -> Result<Metadata<Root>, CeremonyRefusal> {
    Metadata::parse(bytes, &RoleType::Root.into(), ROOT_LENGTH).map_err(|source| CeremonyRefusal::Metadata {
        name: "root.json".to_owned(),
        source: Box::new(source),
    })
}

/// Notes a ceremony in the journal of the repository that it is about, where that is here; `signer` is the keyid and the label of
/// the key that has just signed.
pub fn note(
    world: &mut World,
    repo: &Path,
    verb: Verb,
    opened: &Opened,
    signer: Option<(&str, &str)>,
) -> Result<Outcome, Failure> {
    let by = signer.map_or_else(String::new, |(keyid, _)| format!(", by {keyid}"));
    let mut deed = Deed::new(verb).about(&format!("ceremony sha256:{}{by}", opened.digest()));
    for document in &opened.file().documents {
        let signed_by = document.signatures.iter().map(|signature| signature.keyid.clone()).collect();
        deed =
            deed.document(DocumentEntry { path: document.name.clone(), digest: document.sha256, signed_by });
    }
    let holders = opened.file().holders.iter().map(|(keyid, holder)| (keyid.as_str(), holder.as_str()));
    deed = holders.chain(signer).fold(deed, |deed, (keyid, holder)| deed.called(keyid, holder));
    noted(world, &Repository::new(world.resolve(repo)), &deed)
}
