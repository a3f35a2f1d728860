//! A web server over rsync: the program of that name, in passes whose order is ours.
//!
//! rsync writes each file under another name first and renames it, so a client sees the old file or the new one. Media types
//! and cache headers are the web server's to set: `docs/operations.md` says which.
//!
//! Not here: a lock. Two pushes to one place at once could leave the older timestamp there.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Output, Stdio};

use interdict_host::read::{ReadError, read_bounded_nofollow, read_start_nofollow};
use interdict_host::write::DiskErrorKind;
use tempfile::TempDir;
use thiserror::Error;
use tracing::debug;

use super::Mode;
use super::destination::{Destination, DestinationError};
use super::plan::{Found, Put};
use super::published::{FIRST_ROOT, Kind, Object, Published, TIMESTAMP};

/// What rsync ends with when some files were not there to be read, among other things.
const PARTIAL: i32 = 23;

/// How long the other side may stay silent, in seconds.
const SILENCE: u32 = 120;

/// How much of what rsync says is shown.
const MAX_SAID_BYTES: usize = 2_000;

/// rsync did not do what was asked.
#[derive(Debug, Error)]
pub enum RsyncError {
    /// The program did not start, or could not be talked to.
    #[error("cannot run rsync")]
    Start(#[source] io::Error),
    /// It ended badly.
    #[error("rsync ended with {status}: {}", said.trim_end())]
    Failed {
        /// How it ended.
        status: ExitStatus,
        /// What it said on standard error, at most 2,000 bytes of it.
        said: String,
    },
    /// A temporary folder could not be used.
    #[error("a temporary folder")]
    Temporary(#[source] io::Error),
}

/// A place that rsync understands.
#[derive(Debug)]
pub struct Rsync {
    /// With a slash at its end: what is in the folder, not the folder.
    place: String,
    environment: BTreeMap<String, String>,
    /// Files of the destination that were read, by name; `timestamp.json` on its way.
    temporary: TempDir,
    /// Whether root and timestamp were looked for.
    looked: bool,
    mode: Mode,
}

impl Rsync {
    /// A place. rsync gets this environment (`RSYNC_RSH`, `RSYNC_PASSWORD`, `SSH_AUTH_SOCK`) and no other.
    ///
    /// # Errors
    ///
    /// [`RsyncError::Temporary`].
    pub fn new(place: &str, environment: &BTreeMap<String, String>, mode: Mode) -> Result<Self, RsyncError> {
        let whole = place.ends_with('/') || place.ends_with(':');
        let place = if whole { place.to_owned() } else { format!("{place}/") };
        let temporary = tempfile::tempdir().map_err(RsyncError::Temporary)?;
        for name in ["there", "ours", "empty"] {
            std::fs::create_dir(temporary.path().join(name)).map_err(RsyncError::Temporary)?;
        }
        Ok(Self { place, environment: environment.clone(), temporary, looked: false, mode })
    }

    /// Runs rsync with these arguments, and these names on its standard input.
    fn run<'a>(
        &self,
        arguments: impl IntoIterator<Item = &'a OsStr>,
        names: &[&str],
    ) -> Result<Output, RsyncError> {
        let mut command = Command::new("rsync");
        command.arg(format!("--timeout={SILENCE}")).args(arguments).env_clear().envs(&self.environment);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        debug!(?command, "run");
        let mut child = command.spawn().map_err(RsyncError::Start)?;
        let input = child.stdin.take();
        let names = names.iter().flat_map(|name| name.bytes().chain([0])).collect::<Vec<u8>>();
        // Written from another thread: rsync may have much to say before it has read them all.
        let writing = std::thread::spawn(move || input.map_or(Ok(()), |mut input| input.write_all(&names)));
        let output = child.wait_with_output().map_err(RsyncError::Start)?;
        match writing.join() {
            Ok(Err(error)) if output.status.success() => Err(RsyncError::Start(error)),
            // Where it ended before it had read them, it says why.
            _ => Ok(output),
        }
    }

    /// Copies these files of the destination into a folder of ours, as far as they are there.
    fn fetch(&self, names: &[&str]) -> Result<Output, RsyncError> {
        let includes: Vec<String> = names.iter().map(|name| format!("--include=/{name}")).collect();
        let into = self.temporary.path().join("there/");
        let fixed =
            ["--recursive", "--checksum", "--include=/metadata/", "--include=/targets/"].map(OsStr::new);
        let includes = includes.iter().map(|include| OsStr::new(include.as_str()));
        let rest = [OsStr::new("--exclude=*"), OsStr::new(&self.place), into.as_os_str()];
        self.run(fixed.into_iter().chain(includes).chain(rest), &[])
    }

    /// Looks for root and timestamp, and makes the folder where there is none.
    fn look(&mut self) -> Result<(), RsyncError> {
        let names = [FIRST_ROOT, TIMESTAMP];
        let output = self.fetch(&names)?;
        if output.status.code() == Some(PARTIAL) {
            let empty = self.temporary.path().join("empty/");
            let arguments = [OsStr::new("--dirs"), empty.as_os_str(), OsStr::new(&self.place)];
            let dry = (self.mode == Mode::DryRun).then_some(OsStr::new("--dry-run"));
            done(self.run(dry.into_iter().chain(arguments), &[])?)?;
            // That it could not be read, and not that it was not there, is found out now.
            if self.mode == Mode::Put {
                done(self.fetch(&names)?)?;
            }
        } else {
            done(output)?;
        }
        self.looked = true;
        Ok(())
    }

    /// Sends files of a folder, or says what would be sent, and gives what rsync says of each.
    fn send(&self, how: &[&str], from: &Path, names: &[&str]) -> Result<Vec<(String, Found)>, RsyncError> {
        let from = from.join("");
        let fixed =
            ["--times", "--perms", "--chmod=D755,F644", "--files-from=-", "--from0", "--out-format=%i %n"];
        let arguments = fixed.iter().chain(how).map(OsStr::new);
        let output = self.run(arguments.chain([from.as_os_str(), OsStr::new(&self.place)]), names)?;
        Ok(sent(&done(output)?.stdout))
    }

    fn stage(&self, timestamp: &[u8]) -> Result<(), RsyncError> {
        let path = self.temporary.path().join("ours").join(TIMESTAMP);
        let folder = path.parent().unwrap_or(&path);
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::File::create(&path))
            .and_then(|mut file| file.write_all(timestamp))
            .map_err(RsyncError::Temporary)
    }
}

impl Destination for Rsync {
    fn read(&mut self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, DestinationError> {
        if !self.looked {
            self.look()?;
        }
        if name != FIRST_ROOT && name != TIMESTAMP {
            done(self.fetch(&[name])?)?;
        }
        let path = self.temporary.path().join("there").join(name);
        match read_bounded_nofollow(&path, max_bytes) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(ReadError::Disk(disk)) if disk.kind() == DiskErrorKind::NotFound => Ok(None),
            Err(ReadError::TooLong { .. }) => Ok(Some(read_start_nofollow(&path, max_bytes)?)),
            Err(error) => Err(error.into()),
        }
    }

    fn compare(&mut self, published: &Published) -> Result<Vec<Found>, DestinationError> {
        let immutable = published.objects().iter().filter(|object| object.kind() != Kind::Timestamp);
        let names: Vec<&str> = immutable.map(Object::name).collect();
        let differ = self.send(&["--dry-run", "--checksum"], published.folder(), &names)?;
        let differ: BTreeMap<String, Found> = differ.into_iter().collect();
        let found = |object: &Object| differ.get(object.name()).copied().unwrap_or(Found::Same);
        Ok(published.objects().iter().map(found).collect())
    }

    fn put(
        &mut self,
        published: &Published,
        batch: &[Put],
        done: &mut dyn FnMut(&Object),
    ) -> Result<(), DestinationError> {
        let objects: Vec<&Object> = batch.iter().map(|put| &put.object).collect();
        for object in &objects {
            // What was checked is what goes out; the timestamp in the repository may be a newer one by now.
            let bytes = published.bytes(object)?;
            if object.kind() == Kind::Timestamp {
                self.stage(&bytes)?;
            }
        }
        let ours = self.temporary.path().join("ours");
        let is_timestamp = objects.iter().any(|object| object.kind() == Kind::Timestamp);
        let from = if is_timestamp { ours.as_path() } else { published.folder() };
        let names: Vec<&str> = objects.iter().map(|object| object.name()).collect();
        // That they differ is known: size and time alone may be equal.
        self.send(&["--ignore-times"], from, &names)?;
        objects.into_iter().for_each(done);
        Ok(())
    }
}

fn done(output: Output) -> Result<Output, RsyncError> {
    if output.status.success() {
        return Ok(output);
    }
    let said = output.stderr.get(..MAX_SAID_BYTES).unwrap_or(&output.stderr);
    Err(RsyncError::Failed { status: output.status, said: String::from_utf8_lossy(said).into_owned() })
}

/// What was sent, by the lines of `--out-format="%i %n"`: `<f+++++++++ NAME` of a file that was not there, `<fc.t...... NAME` of
/// another; `>` instead of `<` where both sides are this machine.
fn sent(lines: &[u8]) -> Vec<(String, Found)> {
    let lines = lines.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
    let changes = lines.filter_map(|line| line.split_once(' '));
    changes
        .filter(|(change, _)| change.starts_with("<f") || change.starts_with(">f"))
        .map(|(change, name)| {
            let found = if change.contains('+') { Found::Missing } else { Found::Different };
            (name.to_owned(), found)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_rsync_says_it_sends() {
        let lines =
            b"cd+++++++++ metadata/\n<f+++++++++ metadata/1.root.json\n>fc.t...... metadata/2.root.json\n\
            .f..t...... metadata/3.root.json\n\xff\n";
        let found = [("metadata/1.root.json", Found::Missing), ("metadata/2.root.json", Found::Different)];
        assert_eq!(sent(lines), found.map(|(name, found)| (name.to_owned(), found)));
    }
}
