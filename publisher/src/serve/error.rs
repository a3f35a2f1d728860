//! Why a server does not start, or ends otherwise than by being told to.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

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
    #[error("the address {address} is taken")]
    AddressTaken {
        /// As given.
        address: SocketAddr,
    },
    /// The address belongs to no interface of this machine.
    #[error("the address {address} is not one of this machine")]
    AddressNotHere {
        /// As given.
        address: SocketAddr,
    },
    /// Ports below 1024 need a privilege.
    #[error("no permission to listen on {address}")]
    AddressDenied {
        /// As given.
        address: SocketAddr,
    },
    /// Listening failed in another way.
    #[error("listening on {address}")]
    Listen {
        /// As given.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// With no connection allowed, nobody can be served.
    #[error("0 connections allowed, at least 1 wanted")]
    NoConnections,
    /// The runtime, its thread, or the signal handlers could not be set up.
    #[error("setting up the server")]
    Setup(#[source] io::Error),
    /// The line with the address could not be written.
    #[error("writing the address to standard output")]
    Announce(#[source] io::Error),
    /// The server's thread broke down: a defect of this program.
    #[error("the server's thread broke down")]
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

    pub(super) fn of_address(address: SocketAddr, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::AddressTaken { address },
            io::ErrorKind::AddrNotAvailable => Self::AddressNotHere { address },
            io::ErrorKind::PermissionDenied => Self::AddressDenied { address },
            _ => Self::Listen { address, source },
        }
    }
}
