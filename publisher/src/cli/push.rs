//! `push`: carries what is published to a folder, a bucket, or a web server over rsync.

use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::{Progress, Table, Unit, escape_control};
use interdict_host::world::World;
use interdict_schema::tuf::Version;
use serde::Serialize;
use thiserror::Error;
use tracing::info;

use super::shared::show_json;
use super::{Failure, Verdict};
use crate::push::{
    Destination, DestinationError, Directory, GuardRefusal, Kind, Mode, NotAPlace, Place, Plan, Published,
    PushError, Rsync, RsyncError, Unpublishable, Why, push,
};
use crate::repository::files::Folder;

/// Carries what is published elsewhere: only what is missing, timestamp.json last; nothing there is deleted
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  interdict-publisher push /srv/www/directives --repo repo\n  \
    interdict-publisher push s3://directives/v1 --repo repo\n  \
    interdict-publisher push web@mirror.example.gov:/srv/www/directives --repo repo\n\n\
    What a client would refuse is not pushed, and no older or other repository takes the place of what is there. A push \
    that was interrupted is done again: clients read what was there before until its last file.")]
pub struct PushArgs {
    #[arg(
        value_name = "DEST",
        help = "A folder, s3://BUCKET/PREFIX, rsync://HOST/MODULE/PATH or USER@HOST:PATH"
    )]
    destination: String,

    /// The repository's folder, or the folder that is served
    #[arg(long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,

    /// Show what would be put, and put nothing
    #[arg(long)]
    dry_run: bool,

    /// Show the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// A destination that cannot be one.
#[derive(Debug, Error)]
enum Unusable {
    #[error("{} lies in the repository that would be pushed, or around it", path.display())]
    Itself { path: PathBuf },
    #[cfg(not(feature = "s3"))]
    #[error("this build of interdict-publisher has no S3")]
    NoS3,
}

#[derive(Serialize)]
struct Shown<'a> {
    destination: &'a str,
    dry_run: bool,
    timestamp: Version,
    put: Vec<ShownPut<'a>>,
    there: usize,
    bytes: u64,
}

#[derive(Serialize)]
struct ShownPut<'a> {
    name: &'a str,
    length: u64,
    sha256: String,
    media_type: &'static str,
    cache_control: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    damaged: bool,
}

impl PushArgs {
    pub fn run(&self, world: &mut World) -> Verdict {
        let now = world.now()?;
        let place: Place = self.destination.parse()?;
        let dir = world.resolve(&self.repo);
        let public = if dir.join("public").is_dir() { dir.join("public") } else { dir };
        if !public.join("metadata").is_dir() {
            return Err(super::verify::no_repository(&self.repo));
        }
        let published = Published::read(Folder::new(public), now)?;
        let mode = if self.dry_run { Mode::DryRun } else { Mode::Put };
        let mut destination = open(&place, &published, mode, world)?;
        let progress = RefCell::new(None);
        let begin = &mut |plan: &Plan| {
            let bytes = Some(plan.bytes());
            *progress.borrow_mut() = Some(Progress::start(world, "pushing", Unit::Bytes, bytes));
        };
        let plan = push(&published, &mut *destination, mode, begin, &mut |object| {
            if let Some(progress) = &*progress.borrow() {
                progress.advance(object.length());
            }
        })?;
        drop(progress);
        info!(destination = %self.destination, files = plan.puts.len(), "pushed");
        let timestamp = published.set().timestamp().map_or(0, |timestamp| timestamp.signed().version);
        if self.json {
            show_json(world, &self.shown(&plan, timestamp))?;
        } else {
            self.show(world, &plan, timestamp)?;
        }
        Ok(Outcome::done())
    }

    fn shown<'a>(&'a self, plan: &'a Plan, timestamp: Version) -> Shown<'a> {
        let put = plan.puts.iter().map(|put| ShownPut {
            name: put.object.name(),
            length: put.object.length(),
            sha256: put.object.digest().to_string(),
            media_type: put.object.media_type(),
            cache_control: put.object.cache_control(),
            damaged: put.why == Why::Different && put.object.kind() != Kind::Timestamp,
        });
        Shown {
            destination: &self.destination,
            dry_run: self.dry_run,
            timestamp,
            put: put.collect(),
            there: plan.there,
            bytes: plan.bytes(),
        }
    }

    fn show(&self, world: &mut World, plan: &Plan, timestamp: Version) -> Result<(), Failure> {
        for object in plan.damaged() {
            let what = if self.dry_run { "damaged there" } else { "damaged there, replaced" };
            writeln!(world.stderr, "warning: {}: {what}", escape_control(object.name()))?;
        }
        if !plan.puts.is_empty() {
            let mut table = Table::new(&["put", "files", "bytes"]).right_aligned(1).right_aligned(2);
            for (kind, name) in [
                (Kind::Target, "targets"),
                (Kind::Metadata, "metadata"),
                (Kind::Root, "roots"),
                (Kind::Timestamp, "timestamp.json"),
            ] {
                let of_kind = || plan.puts.iter().filter(|put| put.object.kind() == kind);
                let bytes: u64 = of_kind().map(|put| put.object.length()).sum();
                table.row([name, &of_kind().count().to_string(), &bytes.to_string()]);
            }
            write!(world.stdout, "{}", table.render(&world.terminal))?;
        }
        let said = match (self.dry_run, plan.puts.is_empty()) {
            (_, true) => "all of it is there already",
            (true, false) => "nothing was put",
            (false, false) => "pushed",
        };
        writeln!(
            world.stderr,
            "{}: {said}: timestamp version {timestamp}; {} files were there already",
            escape_control(&self.destination),
            plan.there
        )?;
        Ok(())
    }
}

fn open(
    place: &Place,
    published: &Published,
    mode: Mode,
    world: &World,
) -> Result<Box<dyn Destination>, Failure> {
    Ok(match place {
        Place::Directory(path) => {
            let path = world.resolve(path);
            if let Ok(there) = std::fs::canonicalize(&path)
                && let Ok(ours) = std::fs::canonicalize(published.folder())
                && (there.starts_with(&ours) || ours.starts_with(&there))
            {
                return Err(Failure::usage(Unusable::Itself { path }).hint("choose another folder"));
            }
            Box::new(Directory::open(&world.disk, path, mode).map_err(DestinationError::from)?)
        }
        Place::Rsync(place) => {
            Box::new(Rsync::new(place, &world.environment, mode).map_err(DestinationError::from)?)
        }
        #[cfg(feature = "s3")]
        Place::Bucket { bucket, prefix } => {
            let bucket = crate::push::Bucket::new(bucket, prefix, &world.environment);
            Box::new(bucket.map_err(DestinationError::from)?)
        }
        #[cfg(not(feature = "s3"))]
        Place::Bucket { .. } => {
            return Err(Failure::usage(Unusable::NoS3).hint(
                "build it with `cargo build --release -p interdict-publisher --features s3`, or push to a folder and \
                 copy that in the order of docs/operations.md",
            ));
        }
    })
}

impl From<NotAPlace> for Failure {
    fn from(error: NotAPlace) -> Self {
        Self::usage(error).hint("see `interdict-publisher push --help`; a folder of such a name is ./NAME")
    }
}

impl From<PushError> for Failure {
    fn from(error: PushError) -> Self {
        match error {
            PushError::Guard(error) => error.into(),
            PushError::Destination(error) => error.into(),
        }
    }
}

impl From<GuardRefusal> for Failure {
    fn from(refusal: GuardRefusal) -> Self {
        let hint = match &refusal {
            GuardRefusal::OtherRepository { .. } => {
                "nothing was put: check the destination; what lies there is never deleted from here"
            }
            GuardRefusal::Newer { .. } => {
                "nothing was put: push from the repository that published it, or see \"Backup\" in docs/operations.md"
            }
            GuardRefusal::Equivocation { .. } => {
                "nothing was put: two repositories publish under one root; find out which one is yours"
            }
        };
        Self::new(refusal, Exit::Refused).hint(hint)
    }
}

impl From<Unpublishable> for Failure {
    fn from(error: Unpublishable) -> Self {
        match error {
            Unpublishable::View(error) => error.into(),
            Unpublishable::Read(error) => Self::new(error, Exit::NoAnswer),
            Unpublishable::Refused { .. } => Self::new(error, Exit::Refused).hint(
                "nothing was put: `interdict-publisher verify` lists everything that is wrong; what has expired is \
                 signed anew with `refresh`",
            ),
            Unpublishable::Changed { .. } => Self::new(error, Exit::NoAnswer)
                .hint("run it again; `interdict-publisher verify` says whether the repository is whole"),
        }
    }
}

const AGAIN: &str = "clients read what was there before; run the same command again, which does the rest";

impl From<DestinationError> for Failure {
    fn from(error: DestinationError) -> Self {
        match error {
            DestinationError::Unpublishable(error) => error.into(),
            DestinationError::Disk(error) => Self::new(error, Exit::NoAnswer).hint(AGAIN),
            DestinationError::Read(error) => Self::new(error, Exit::NoAnswer).hint(AGAIN),
            DestinationError::Rsync(error) => {
                let hint = match &error {
                    RsyncError::Start(_) => "install rsync, here and there",
                    _ => AGAIN,
                };
                Self::new(error, Exit::NoAnswer).hint(hint)
            }
            #[cfg(feature = "s3")]
            DestinationError::Bucket(error) => {
                use crate::push::BucketError;
                let hint = match &error {
                    BucketError::Configuration(_) | BucketError::Start(_) => {
                        "endpoint, region and credentials are those of the AWS_… variables"
                    }
                    BucketError::Refused { .. } => {
                        "clients read what was there before; give the credentials s3:ListBucket, s3:GetObject and \
                         s3:PutObject on it, then run the same command again, which does the rest"
                    }
                    BucketError::Overtaken(_) => {
                        "run it again: it looks at what is there now, and decides anew"
                    }
                    BucketError::Failed { .. } => AGAIN,
                };
                Self::new(error, Exit::NoAnswer).hint(hint)
            }
        }
    }
}
