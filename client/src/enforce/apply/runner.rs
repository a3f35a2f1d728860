//! The commands of tools, run: the one place where another program is started for enforcement.
//!
//! A fixed search path, a clean environment, no shell, no standard input, a process group of its own that is killed when its
//! time is over, and bounded output. A test passes a runner of its own.

use std::fmt;
use std::io::{self, Read};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde::Serialize;

use super::super::command::{Argument, Command as Rendered};
use super::super::record::Call;

/// Where programs are found, in this order.
pub const SEARCH_PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// What is kept of each stream of a program, in bytes; the rest is read and dropped.
pub const MAX_OUTPUT_BYTES: usize = 1 << 20;

/// What a message or a piece of evidence repeats of it.
const MAX_SHOWN_BYTES: usize = 2_000;

/// How long output may still come after the program has ended.
const LINGER: Duration = Duration::from_millis(500);

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status; `None` for a signal.
    pub status: Option<i32>,
    /// The start of its standard output.
    pub stdout: Vec<u8>,
    /// The start of its standard error.
    pub stderr: Vec<u8>,
    /// Whether it was killed because its time was over.
    pub too_long: bool,
}

/// Runs commands.
pub trait Runner: fmt::Debug {
    /// Whether a program is there.
    fn is_there(&self, program: &str) -> bool;

    /// Runs a command to its end.
    ///
    /// # Errors
    /// It could not be started.
    fn run(&self, call: &Call) -> io::Result<Answer>;

    /// Lets so much time go by before a question is asked once more. A test's own runner asks at once.
    fn pause(&self, length: Duration) {
        let _ = length;
    }
}

/// A command and how it ended, for people and as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// The command.
    pub call: Call,
    /// Its status; absent for a signal, or where it could not be started.
    pub status: Option<i32>,
    /// Whether its time was over.
    pub too_long: bool,
    /// The start of what it said, lossily as text: standard error, or where that is empty standard output.
    pub said: String,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.call.program)?;
        match (self.too_long, self.status) {
            (true, _) => write!(f, " ran for more than {} seconds", self.call.seconds)?,
            (false, Some(status)) => write!(f, " ended with {status}")?,
            (false, None) => f.write_str(" was ended or could not be started")?,
        }
        let first = self.said.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        if first.is_empty() { Ok(()) } else { write!(f, " and said {first:?}") }
    }
}

impl Ended {
    /// Of what the runner gave.
    pub fn of(call: &Call, answer: &io::Result<Answer>) -> Self {
        let (status, too_long, said) = match answer {
            Ok(answer) => {
                let said =
                    if answer.stderr.trim_ascii().is_empty() { &answer.stdout } else { &answer.stderr };
                let said = said.get(..MAX_SHOWN_BYTES).unwrap_or(said);
                (answer.status, answer.too_long, String::from_utf8_lossy(said).into_owned())
            }
            Err(error) => (None, false, error.to_string()),
        };
        Self { call: call.clone(), status, too_long, said }
    }
}

/// The command with the paths of its files.
pub(super) fn call<E>(
    command: &Rendered,
    mut path: impl FnMut(usize) -> Result<PathBuf, E>,
) -> Result<Call, E> {
    let mut arguments = Vec::with_capacity(command.arguments.len());
    for argument in &command.arguments {
        arguments.push(match argument {
            Argument::Text(text) => (*text).to_owned(),
            Argument::File(number) => path(*number)?.display().to_string(),
            Argument::TextAndFile(text, number) => format!("{text}{}", path(*number)?.display()),
            Argument::Setting(text) | Argument::Value(text) => text.clone(),
        });
    }
    Ok(Call { program: command.program.to_owned(), arguments, seconds: command.seconds })
}

/// Runs commands on this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRunner;

impl SystemRunner {
    fn find(program: &str) -> Option<PathBuf> {
        if program.starts_with('/') {
            return Some(PathBuf::from(program)).filter(|path| path.is_file());
        }
        let plain = !program.is_empty() && !program.contains('/');
        let places = SEARCH_PATH.split(':').filter(|_| plain);
        places.map(|folder| Path::new(folder).join(program)).find(|path| path.is_file())
    }
}

impl Runner for SystemRunner {
    fn pause(&self, length: Duration) {
        thread::sleep(length);
    }

    fn is_there(&self, program: &str) -> bool {
        Self::find(program).is_some()
    }

    fn run(&self, call: &Call) -> io::Result<Answer> {
        let program = Self::find(&call.program)
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such program"))?;
        let mut child = Command::new(program)
            .args(&call.arguments)
            .env_clear()
            .envs([("PATH", SEARCH_PATH), ("LC_ALL", "C"), ("HOME", "/nonexistent")])
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let (stdout, stderr) = (child.stdout.take().map(collect), child.stderr.take().map(collect));
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let (status, too_long) = wait(child, Duration::from_secs(call.seconds), group)?;
        let taken = |collected: Option<Collected>| collected.map(Collected::take).unwrap_or_default();
        Ok(Answer { status, stdout: taken(stdout), stderr: taken(stderr), too_long })
    }
}

/// Waits for the end of a child, and makes it where its time is over.
fn wait(mut child: Child, limit: Duration, group: Option<Pid>) -> io::Result<(Option<i32>, bool)> {
    let (sender, ended) = channel();
    thread::spawn(move || sender.send(child.wait()));
    let over = |received: Result<io::Result<std::process::ExitStatus>, RecvTimeoutError>| match received {
        Ok(status) => status.map(|status| status.code()),
        Err(error) => Err(io::Error::other(error)),
    };
    match ended.recv_timeout(limit) {
        Err(RecvTimeoutError::Timeout) => {
            if let Some(group) = group {
                // It may have ended by itself in this moment.
                let _ = kill_process_group(group, Signal::KILL);
            }
            over(ended.recv_timeout(LINGER.saturating_mul(20))).map(|status| (status, true))
        }
        received => over(received).map(|status| (status, false)),
    }
}

/// The start of a stream, read on a thread of its own to the stream's end.
#[derive(Debug)]
struct Collected {
    bytes: Arc<Mutex<Vec<u8>>>,
    ended: Receiver<()>,
}

fn collect(mut stream: impl Read + Send + 'static) -> Collected {
    let bytes = Arc::new(Mutex::new(Vec::new()));
    let (sender, ended) = channel();
    let kept = Arc::clone(&bytes);
    thread::spawn(move || {
        let mut part = [0; 8192];
        while let Ok(read) = stream.read(&mut part) {
            let Some(part) = part.get(..read).filter(|part| !part.is_empty()) else { break };
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            let room = MAX_OUTPUT_BYTES.saturating_sub(kept.len());
            kept.extend_from_slice(part.get(..room).unwrap_or(part));
        }
        sender.send(())
    });
    Collected { bytes, ended }
}

impl Collected {
    /// What came; a service that a program left running may hold the stream open for ever, so it is not waited for long.
    fn take(self) -> Vec<u8> {
        let _ = self.ended.recv_timeout(LINGER);
        std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    fn shell(script: &str, seconds: u64) -> Answer {
        let call = Call { program: "sh".into(), arguments: vec!["-c".into(), script.into()], seconds };
        SystemRunner.run(&call).unwrap()
    }

    /// trust.md rule 18
    #[test]
    fn a_command_has_a_clean_environment_and_no_input() {
        let answer = shell("env | sort; cat; pwd; echo said >&2; exit 3", 20);
        let stdout = String::from_utf8(answer.stdout).unwrap();
        for line in ["HOME=/nonexistent", "LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "/"] {
            assert!(stdout.lines().any(|found| found == line), "{line}: {stdout}");
        }
        assert!(!stdout.contains("CARGO"), "{stdout}");
        assert_eq!(
            (answer.status, answer.stderr.as_slice(), answer.too_long),
            (Some(3), &b"said\n"[..], false)
        );
    }

    #[test]
    fn a_command_whose_time_is_over_is_ended_with_all_that_it_started() {
        let answer = shell("sleep 300 & sleep 300", 0);
        assert_eq!((answer.status, answer.too_long), (None, true));
    }

    #[test]
    fn output_is_kept_to_the_limit_and_read_to_its_end() {
        let answer = shell("head -c 3000000 /dev/zero; echo done >&2", 60);
        assert_eq!((answer.status, answer.stdout.len()), (Some(0), MAX_OUTPUT_BYTES));
        assert_eq!(answer.stderr, b"done\n");
    }

    /// trust.md rule 18
    #[test]
    fn a_program_is_found_in_the_fixed_path_alone() {
        assert!(SystemRunner.is_there("sh"));
        for program in ["", "no-such-program", "../bin/sh", "/nonexistent/sh"] {
            assert!(!SystemRunner.is_there(program), "{program}");
        }
        let call = Call { program: "no-such-program".into(), arguments: Vec::new(), seconds: 1 };
        assert_eq!(SystemRunner.run(&call).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
