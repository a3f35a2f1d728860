//! Waiting, as a parameter: a test does not wait, and a service ends when it is told to.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::pipe;

/// How a wait came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// The time is over.
    Elapsed,
    /// The program was told to end.
    Ended,
}

/// Lets time pass.
pub trait Wait: Send {
    /// Waits for so long, or until the program is told to end; from the first call on, being told to end is noticed here
    /// and does not kill the program.
    ///
    /// # Errors
    /// What the operating system gave.
    fn wait(&mut self, length: Duration) -> io::Result<Waited>;
}

/// Waits in this process, until SIGTERM or SIGINT comes.
#[derive(Debug, Default)]
pub struct SystemWait {
    /// Where a byte comes in with a signal.
    told: Option<UnixStream>,
}

impl Wait for SystemWait {
    fn wait(&mut self, length: Duration) -> io::Result<Waited> {
        let told = match &mut self.told {
            Some(told) => told,
            none => {
                let (told, tells) = UnixStream::pair()?;
                pipe::register(SIGTERM, tells.try_clone()?)?;
                pipe::register(SIGINT, tells)?;
                none.insert(told)
            }
        };
        // Zero would mean for ever.
        told.set_read_timeout(Some(length.max(Duration::from_millis(1))))?;
        match told.read_exact(&mut [0]) {
            Ok(()) => Ok(Waited::Ended),
            Err(error) => match error.kind() {
                // The system may say either; a signal that is none of ours only shortens the wait.
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted => {
                    Ok(Waited::Elapsed)
                }
                _ => Err(error),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn a_wait_elapses_and_being_told_to_end_ends_it() {
        let mut wait = SystemWait::default();
        assert_eq!(wait.wait(Duration::ZERO).unwrap(), Waited::Elapsed);
        signal_hook::low_level::raise(SIGTERM).unwrap();
        assert_eq!(wait.wait(Duration::from_hours(1)).unwrap(), Waited::Ended);
    }
}
