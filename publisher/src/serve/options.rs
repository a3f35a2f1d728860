//! What an operator decides about a server.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::limits::{
    DRAIN_TIMEOUT, HEADER_TIMEOUT, IDLE_TIMEOUT, LONGEST_TIMEOUT, MAX_CONNECTIONS,
    MAX_CONNECTIONS_PER_ADDRESS, MAX_HELD_BYTES, MAX_THREADS, WRITE_TIMEOUT,
};

/// Where to listen, as text `ADDRESS:PORT`, `http://ADDRESS:PORT`, `https://ADDRESS:PORT` or `unix:PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// An address of this machine; port 0 takes a free one.
    Address(SocketAddr, Scheme),
    /// A socket of the file system, without TLS. One that nobody listens on any more is replaced.
    Unix(PathBuf),
}

/// What is spoken at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `https` where there is a certificate, else `http`.
    ByCertificate,
    /// Without TLS.
    Http,
    /// With TLS.
    Https,
}

/// Text that is no [`Endpoint`].
#[derive(Debug, thiserror::Error)]
#[error("no place to listen; ADDRESS:PORT, http://ADDRESS:PORT, https://ADDRESS:PORT or unix:PATH wanted")]
pub struct EndpointError;

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        if let Some(path) = text.strip_prefix("unix:") {
            return if path.is_empty() { Err(EndpointError) } else { Ok(Self::Unix(path.into())) };
        }
        let (address, scheme) = if let Some(rest) = text.strip_prefix("http://") {
            (rest, Scheme::Http)
        } else if let Some(rest) = text.strip_prefix("https://") {
            (rest, Scheme::Https)
        } else {
            (text, Scheme::ByCertificate)
        };
        address.parse().map(|address| Self::Address(address, scheme)).map_err(|_| EndpointError)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address, _) => write!(formatter, "{address}"),
            Self::Unix(path) => write!(formatter, "unix:{}", path.display()),
        }
    }
}

impl From<SocketAddr> for Endpoint {
    fn from(address: SocketAddr) -> Self {
        Self::Address(address, Scheme::ByCertificate)
    }
}

/// A certificate and its key, in PEM. Both are read again when either file changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// PKCS#8, PKCS#1 or SEC 1.
    pub key: PathBuf,
}

/// Whether a server gives up what it does not need once it has started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sandbox {
    /// The thread that starts the server, and all that come from it, can read the folder and the certificate and
    /// nothing else, for ever (Landlock), and can only make the system calls of a server (seccomp).
    On,
    /// Nothing is given up.
    Off,
}

/// What to serve, where, and how patiently. [`ServeOptions::new`] fills in [`limits`](super::limits); a
/// timeout beyond [`LONGEST_TIMEOUT`] counts as that.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The folder that holds `metadata/` and `targets/`. It is opened once: files may be renamed into it
    /// while it is served, a folder renamed over it is not noticed.
    pub root: PathBuf,
    /// Where to listen.
    pub listen: Vec<Endpoint>,
    /// Where `/metrics` and `/healthz` are served, without TLS.
    pub admin: Option<Endpoint>,
    /// For those listeners that speak TLS.
    pub certificate: Option<CertificateFiles>,
    /// Threads that answer, each with a runtime of its own; 1 to [`MAX_THREADS`].
    pub threads: usize,
    /// Bytes of files that are held in memory at most, over all threads.
    pub cache_bytes: u64,
    /// Connections served at once, at least 1.
    pub max_connections: usize,
    /// Connections of one address at once; 0 is no limit.
    pub max_connections_per_address: u32,
    /// Requests a second of one address on the average; 0 is no limit.
    pub rate: u32,
    /// Requests of one address at once before the rate counts.
    pub burst: u32,
    /// From a connection being ready for a request until the request's header is whole, and for a TLS handshake; bounds
    /// `idle_timeout`.
    pub header_timeout: Duration,
    /// From the end of one answer until the first byte of the next request.
    pub idle_timeout: Duration,
    /// How long a reader may take nothing at all.
    pub write_timeout: Duration,
    /// How long running answers may go on after the signal to stop.
    pub drain_timeout: Duration,
    /// Off unless it is turned on.
    pub sandbox: Sandbox,
}

impl ServeOptions {
    /// The defaults for a folder and an address, on one thread.
    pub fn new(root: impl Into<PathBuf>, listen: SocketAddr) -> Self {
        Self {
            root: root.into(),
            listen: vec![listen.into()],
            admin: None,
            certificate: None,
            threads: 1,
            cache_bytes: MAX_HELD_BYTES,
            max_connections: MAX_CONNECTIONS,
            max_connections_per_address: MAX_CONNECTIONS_PER_ADDRESS,
            rate: 0,
            burst: 0,
            header_timeout: HEADER_TIMEOUT,
            idle_timeout: IDLE_TIMEOUT,
            write_timeout: WRITE_TIMEOUT,
            drain_timeout: DRAIN_TIMEOUT,
            sandbox: Sandbox::Off,
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
        self.threads = self.threads.clamp(1, MAX_THREADS.min(self.max_connections.max(1)));
        self
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn a_place_to_listen_is_an_address_with_or_without_a_scheme_or_a_path() {
        let address: SocketAddr = "[::1]:8443".parse().unwrap();
        for (text, scheme) in
            [("", Scheme::ByCertificate), ("http://", Scheme::Http), ("https://", Scheme::Https)]
        {
            let read: Endpoint = format!("{text}[::1]:8443").parse().unwrap();
            assert_eq!(read, Endpoint::Address(address, scheme));
        }
        assert_eq!("unix:/run/a.sock".parse::<Endpoint>().unwrap(), Endpoint::Unix("/run/a.sock".into()));
        for text in ["", "unix:", "127.0.0.1", "localhost:80", "ftp://127.0.0.1:80", "127.0.0.1:65536"] {
            assert!(text.parse::<Endpoint>().is_err(), "{text}");
        }
    }
}
