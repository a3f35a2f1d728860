//! rpm asked for the packages of a database that only it reads: Berkeley DB or ndb.
//!
//! The command is compiled in: `rpm --dbpath FOLDER -qa` with our query format, without an environment, within a time and
//! an amount of output. With `--dbpath` and not `--root`, which would enter the image. Not here: what is read of its answer.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::list::QUERY;

/// Where rpm is.
pub(in super::super) const PROGRAM: &str = "/usr/bin/rpm";

/// How long it may take: a database of ten thousand packages takes a few seconds on a slow disk.
pub(in super::super) const PATIENCE: Duration = Duration::from_mins(2);

/// What it may print of packages, in bytes, and of complaints.
const OUTPUT: u64 = 256 << 20;
const COMPLAINTS: u64 = 64 << 10;

/// Why rpm gave no list, or not a whole one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// It is not installed, or cannot be started.
    #[error("cannot start {PROGRAM}: {kind}")]
    Start {
        /// What the system said.
        kind: io::ErrorKind,
    },
    /// Its output cannot be read.
    #[error("cannot read what it prints: {kind}")]
    Output {
        /// What the system said.
        kind: io::ErrorKind,
    },
    /// It took too long.
    #[error("it ran for more than {seconds} seconds")]
    Time {
        /// The limit in seconds.
        seconds: u64,
    },
    /// It printed too much.
    #[error("it printed more than {limit} bytes")]
    TooLong {
        /// The limit in bytes.
        limit: u64,
    },
    /// It complained: of a database that it does not read it says nothing but this, and ends well.
    #[error("it said {said:?}")]
    Complained {
        /// The first line that it said.
        said: String,
    },
    /// It ended badly.
    #[error("it ended with status {status:?}")]
    Status {
        /// The status; `None` for a signal.
        status: Option<i32>,
    },
    /// It listed nothing.
    #[error("it listed no package")]
    Nothing,
}

/// What it listed, and what was wrong with that.
pub(in super::super) type Answer = (Vec<u8>, Option<CommandError>);

/// Asks `program` for the packages in the database of this kind in this folder.
pub(in super::super) fn ask(program: &Path, folder: &Path, backend: &str, patience: Duration) -> Answer {
    let child = Command::new(program)
        .env_clear()
        .envs([("LC_ALL", "C"), ("HOME", "/nonexistent"), ("PATH", "/usr/bin:/bin")])
        .current_dir("/")
        .arg("--dbpath")
        .arg(folder)
        .args(["--define", &format!("_db_backend {backend}"), "-qa", "--queryformat", QUERY])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    match child {
        Ok(mut child) => {
            let answer = listen(&mut child, patience);
            if answer.1.is_some() {
                // It may have ended by itself.
                let _ = child.kill();
            }
            let _ = child.wait();
            answer
        }
        Err(error) => (Vec::new(), Some(CommandError::Start { kind: error.kind() })),
    }
}

fn listen(child: &mut Child, patience: Duration) -> Answer {
    let begun = Instant::now();
    let printed = child.stdout.take().map(|stream| collect(stream, OUTPUT));
    let said = child.stderr.take().map(|stream| collect(stream, COMPLAINTS));
    let wait = |stream: Option<Receiver<io::Result<Vec<u8>>>>, limit| {
        let left = patience.saturating_sub(begun.elapsed());
        let Some(Ok(read)) = stream.map(|stream| stream.recv_timeout(left)) else {
            return Err(CommandError::Time { seconds: patience.as_secs() });
        };
        match read {
            Ok(bytes) if u64::try_from(bytes.len()).is_ok_and(|length| length <= limit) => Ok(bytes),
            Ok(_) => Err(CommandError::TooLong { limit }),
            Err(error) => Err(CommandError::Output { kind: error.kind() }),
        }
    };
    let (listed, said) = match (wait(printed, OUTPUT), wait(said, COMPLAINTS)) {
        (Ok(listed), Ok(said)) => (listed, said),
        (Ok(listed), Err(error)) => return (listed, Some(error)),
        (Err(error), _) => return (Vec::new(), Some(error)),
    };
    let error = match child.wait() {
        _ if !said.trim_ascii().is_empty() => {
            let first = said.split(|byte| *byte == b'\n').next().unwrap_or_default();
            Some(CommandError::Complained { said: String::from_utf8_lossy(first).trim().to_owned() })
        }
        Ok(status) if !status.success() => Some(CommandError::Status { status: status.code() }),
        Ok(_) => listed.is_empty().then_some(CommandError::Nothing),
        Err(error) => Some(CommandError::Output { kind: error.kind() }),
    };
    (listed, error)
}

/// Reads a stream to its end, or one byte beyond the limit, on a thread of its own.
fn collect(stream: impl Read + Send + 'static, limit: u64) -> Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stream.take(limit + 1).read_to_end(&mut bytes);
        let _ = sender.send(read.map(|_| bytes));
    });
    receiver
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot go on fails")]

    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// What a program of these lines answers.
    fn answer(script: &str, patience: Duration) -> (String, Option<CommandError>) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("rpm");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let (listed, error) = ask(&program, Path::new("/image/rpm"), "ndb", patience);
        (String::from_utf8(listed).unwrap(), error)
    }

    #[test]
    fn the_command_is_fixed_and_has_no_environment() {
        let (listed, error) = answer("echo \"$#|$1|$2|$4|$5|$7|$HOME|${USER-none}\"", PATIENCE);
        assert_eq!(error, None);
        assert_eq!(
            listed,
            format!("7|--dbpath|/image/rpm|_db_backend ndb|-qa|{QUERY}|/nonexistent|none\n")
                .replace("\\t", "\t")
                .replace("\\n", "\n")
        );
    }

    #[test]
    fn a_list_that_may_not_be_whole_comes_with_the_reason() {
        for (script, listed, error) in [
            ("exit 0", "", CommandError::Nothing),
            ("echo a; exit 3", "a\n", CommandError::Status { status: Some(3) }),
            (
                "echo a; echo ' bad database' >&2; echo more >&2",
                "a\n",
                CommandError::Complained { said: "bad database".into() },
            ),
            ("head -c 70000 /dev/zero >&2; echo a", "a\n", CommandError::TooLong { limit: COMPLAINTS }),
        ] {
            assert_eq!(answer(script, PATIENCE), (listed.to_owned(), Some(error)), "{script}");
        }
        let (listed, error) = ask(Path::new("/nonexistent/rpm"), Path::new("/"), "ndb", PATIENCE);
        assert!(listed.is_empty());
        assert_eq!(error, Some(CommandError::Start { kind: io::ErrorKind::NotFound }));
    }

    #[test]
    fn a_command_that_does_not_end_is_ended() {
        let patience = Duration::from_millis(50);
        assert_eq!(
            answer("exec cat /dev/zero > /dev/null", patience).1,
            Some(CommandError::Time { seconds: 0 })
        );
    }
}
