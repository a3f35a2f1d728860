//! Syslog, as a witness: where the heads of journals go that whoever writes the journal cannot take back.
//!
//! A datagram to the system's socket, in the form of the C library's `syslog(3)`: `<priority>tag[pid]: text`, without the time, which
//! the receiver adds (RFC 3164, 4.3.3, allows it; journald, rsyslog and syslog-ng all do). The priority is facility `authpriv` (10)
//! and severity `notice` (5). Best effort: a machine without syslog is no reason not to act.

use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};

/// `authpriv.notice`: RFC 3164, 4.1.1.
const PRIORITY: u8 = 10 * 8 + 5;

/// Where the system listens.
const SOCKET: &str = "/dev/log";

/// The longest text that is sent, in bytes: RFC 3164, 4.1, less what stands before it.
const MAX_TEXT: usize = 900;

/// A syslog, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syslog {
    socket: Option<PathBuf>,
}

impl Syslog {
    /// The system's.
    pub fn system() -> Self {
        Self::at(SOCKET)
    }

    /// One that listens at this path.
    pub fn at(socket: impl AsRef<Path>) -> Self {
        Self { socket: Some(socket.as_ref().to_path_buf()) }
    }

    /// None.
    pub const fn nowhere() -> Self {
        Self { socket: None }
    }

    /// Sends one line, cut off at 900 bytes; characters that end or hide a line become `?`. Never waits.
    ///
    /// # Errors
    /// What the socket gave; [`NotFound`](io::ErrorKind::NotFound) where nobody listens.
    pub fn send(&self, text: &str) -> io::Result<()> {
        let socket = self.socket.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let mut line = format!("<{PRIORITY}>interdict[{}]: ", std::process::id());
        for character in text.chars().map(|character| if character.is_control() { '?' } else { character }) {
            if line.len() >= MAX_TEXT {
                break;
            }
            line.push(character);
        }
        let sender = UnixDatagram::unbound()?;
        sender.set_nonblocking(true)?;
        sender.send_to(line.as_bytes(), socket).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn a_line_reaches_whoever_listens_and_cannot_become_two() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let listener = UnixDatagram::bind(&path).unwrap();
        Syslog::at(&path).send("head\n<0>forged").unwrap();
        let mut bytes = [0; 2048];
        let length = listener.recv(&mut bytes).unwrap();
        let line = String::from_utf8(bytes.get(..length).unwrap().to_vec()).unwrap();
        assert_eq!(line, format!("<85>interdict[{}]: head?<0>forged", std::process::id()));
        Syslog::at(&path).send(&"x".repeat(5000)).unwrap();
        assert_eq!(listener.recv(&mut bytes).unwrap(), 900);
    }

    #[test]
    fn where_nobody_listens_nothing_waits() {
        let folder = tempfile::tempdir().unwrap();
        let absent = Syslog::at(folder.path().join("log")).send("head").unwrap_err();
        assert_eq!(absent.kind(), io::ErrorKind::NotFound);
        assert_eq!(Syslog::nowhere().send("head").unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
