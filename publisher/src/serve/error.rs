//! Why a server does not start, or ends otherwise than by being told to.

use std::io;
use std::path::{Path, PathBuf};

use super::certificate::CertificateError;
use super::options::Endpoint;

/// Each variant is one cause that a person can act on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Nothing is there to serve.
    #[error("no folder {}", .root.display())]
    RootMissing {
        /// As given.
        root: PathBuf,
    },
    /// A file, or something else, stands where the folder should be.
    #[error("{} is not a folder", .root.display())]
    RootNotDirectory {
        /// As given.
        root: PathBuf,
    },
    /// The folder is there and cannot be opened.
    #[error("opening the folder {}", .root.display())]
    Root {
        /// As given.
        root: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another program listens there.
    #[error("the address {endpoint} is taken")]
    AddressTaken {
        /// As given.
        endpoint: Endpoint,
    },
    /// The address belongs to no interface of this machine.
    #[error("the address {endpoint} is not one of this machine")]
    AddressNotHere {
        /// As given.
        endpoint: Endpoint,
    },
    /// Ports below 1024 need a privilege, and folders a right.
    #[error("no permission to listen on {endpoint}")]
    AddressDenied {
        /// As given.
        endpoint: Endpoint,
    },
    /// Listening failed in another way.
    #[error("listening on {endpoint}")]
    Listen {
        /// As given.
        endpoint: Endpoint,
        /// What the system said.
        source: io::Error,
    },
    /// A socket that the service manager handed over cannot be used.
    #[error("using the socket {position} that was handed over")]
    Inherited {
        /// Its position, from 0.
        position: usize,
        /// What the system said.
        source: io::Error,
    },
    /// Nobody could reach it.
    #[error("no place to listen, at least 1 wanted")]
    NoEndpoint,
    /// TLS is asked for without a certificate.
    #[error("TLS on {endpoint} without a certificate")]
    NoCertificate {
        /// As given.
        endpoint: Endpoint,
    },
    /// The certificate does not load.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// With no connection allowed, nobody can be served.
    #[error("0 connections allowed, at least 1 wanted")]
    NoConnections,
    /// The sandbox could not be entered although the kernel has what it takes.
    #[error("entering the sandbox")]
    Sandbox(#[source] io::Error),
    /// The runtime, its thread, or the signal handlers could not be set up.
    #[error("setting up the server")]
    Setup(#[source] io::Error),
    /// The line with the address could not be written.
    #[error("writing the address to standard output")]
    Announce(#[source] io::Error),
    /// A thread of the server broke down: a defect of this program.
    #[error("a thread of the server broke down")]
    BrokeDown,
}

impl ServeError {
    pub(super) fn of_root(root: &Path, source: io::Error) -> Self {
        let root = root.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::RootMissing { root },
            io::ErrorKind::NotADirectory => Self::RootNotDirectory { root },
            _ => Self::Root { root, source },
        }
    }

    pub(super) fn of_endpoint(endpoint: &Endpoint, source: io::Error) -> Self {
        let endpoint = endpoint.clone();
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::AddressTaken { endpoint },
            io::ErrorKind::AddrNotAvailable => Self::AddressNotHere { endpoint },
            io::ErrorKind::PermissionDenied => Self::AddressDenied { endpoint },
            _ => Self::Listen { endpoint, source },
        }
    }
}
