//! What an operator decides about a server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::limits::{
    DRAIN_TIMEOUT, HEADER_TIMEOUT, IDLE_TIMEOUT, LONGEST_TIMEOUT, MAX_CONNECTIONS, WRITE_TIMEOUT,
};

/// What to serve, where, and how patiently. [`ServeOptions::new`] fills in [`limits`](super::limits); a
/// timeout beyond [`LONGEST_TIMEOUT`] counts as that.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The folder that holds `metadata/` and `targets/`. It is opened once: files may be renamed into it
    /// while it is served, a folder renamed over it is not noticed.
    pub root: PathBuf,
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Connections served at once, at least 1; further ones wait in the kernel's queue.
    pub max_connections: usize,
    /// From a connection being ready for a request until the request's header is whole; bounds
    /// `idle_timeout`.
    pub header_timeout: Duration,
    /// From the end of one answer until the first byte of the next request.
    pub idle_timeout: Duration,
    /// How long a reader may take nothing at all.
    pub write_timeout: Duration,
    /// How long running answers may go on after the signal to stop.
    pub drain_timeout: Duration,
}

impl ServeOptions {
    /// The defaults for a folder and an address.
    pub fn new(root: impl Into<PathBuf>, listen: SocketAddr) -> Self {
        Self {
            root: root.into(),
            listen,
            max_connections: MAX_CONNECTIONS,
            header_timeout: HEADER_TIMEOUT,
            idle_timeout: IDLE_TIMEOUT,
            write_timeout: WRITE_TIMEOUT,
            drain_timeout: DRAIN_TIMEOUT,
        }
    }

    pub(super) fn within_limits(mut self) -> Self {
        for timeout in [
            &mut self.header_timeout,
            &mut self.idle_timeout,
            &mut self.write_timeout,
            &mut self.drain_timeout,
        ] {
            *timeout = LONGEST_TIMEOUT.min(*timeout);
        }
        self
    }
}
