//! Sockets that listen: one for each thread and address, or one that all threads share.
//!
//! The sockets of one address have `SO_REUSEPORT`, so that the kernel spreads connections over the threads. The first
//! one is bound without it: an address at which anybody else listens is taken, whatever options they set.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use rustix::net::sockopt::{set_socket_reuseaddr, set_socket_reuseport};
use rustix::net::{AddressFamily, SocketFlags, SocketType, ipproto};

use super::error::ServeError;
use super::limits::BACKLOG;
use super::options::{Endpoint, Scheme};

/// One socket.
#[derive(Debug)]
pub(super) enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Socket {
    pub(super) fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Tcp(listener) => Self::Tcp(listener.try_clone()?),
            Self::Unix(listener) => Self::Unix(listener.try_clone()?),
        })
    }

    fn nonblocking(self) -> io::Result<Self> {
        match &self {
            Self::Tcp(listener) => listener.set_nonblocking(true)?,
            Self::Unix(listener) => listener.set_nonblocking(true)?,
        }
        Ok(self)
    }
}

/// A place at which a server listens, with a socket for each thread.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) sockets: Vec<Socket>,
    pub(super) encrypted: bool,
    /// With the port that was given.
    pub(super) endpoint: Endpoint,
}

impl Place {
    /// `http://ADDRESS:PORT`, `https://ADDRESS:PORT` or `unix:PATH`.
    pub(super) fn url(&self) -> String {
        match (&self.endpoint, self.encrypted) {
            (Endpoint::Address(address, _), true) => format!("https://{address}"),
            (Endpoint::Address(address, _), false) => format!("http://{address}"),
            (unix @ Endpoint::Unix(_), _) => unix.to_string(),
        }
    }
}

/// Sockets that the service manager opened (`sd_listen_fds(3)`), each with the name that it was given.
#[derive(Debug, Default)]
pub struct Inherited(pub(super) Vec<(Socket, String)>);

impl Inherited {
    /// The sockets of this process, with their names from `LISTEN_FDNAMES`, separated by `:`. Those named `admin` serve
    /// operators, the others everybody.
    ///
    /// # Errors
    /// [`ServeError::Inherited`] for what is no listening stream socket.
    pub fn take(mut sockets: listenfd::ListenFd, names: &str) -> Result<Self, ServeError> {
        let mut names = names.split(':');
        let mut taken = Vec::new();
        for position in 0..sockets.len() {
            let failed = |source| ServeError::Inherited { position, source };
            let socket = match sockets.take_tcp_listener(position) {
                Ok(listener) => listener.map(Socket::Tcp),
                Err(_) => sockets.take_unix_listener(position).map_err(failed)?.map(Socket::Unix),
            };
            let name = names.next().unwrap_or_default().to_owned();
            if let Some(socket) = socket {
                taken.push((socket.nonblocking().map_err(failed)?, name));
            }
        }
        Ok(Self(taken))
    }

    /// Whether none serves everybody.
    pub fn has_no_site(&self) -> bool {
        self.0.iter().all(|(_, name)| name == ADMIN)
    }
}

/// The name of sockets that serve operators.
pub(super) const ADMIN: &str = "admin";

/// Takes an address, or makes a socket in the file system.
///
/// # Errors
/// [`ServeError`] of the address.
pub(super) fn listen(
    endpoint: &Endpoint,
    threads: usize,
    has_certificate: bool,
) -> Result<Place, ServeError> {
    let failed = |source| ServeError::of_endpoint(endpoint, source);
    match endpoint {
        Endpoint::Address(address, scheme) => {
            let encrypted = match scheme {
                Scheme::ByCertificate => has_certificate,
                Scheme::Http => false,
                Scheme::Https => true,
            };
            if encrypted && !has_certificate {
                return Err(ServeError::NoCertificate { endpoint: endpoint.clone() });
            }
            let (sockets, address) = at_address(*address, threads).map_err(failed)?;
            Ok(Place { sockets, encrypted, endpoint: Endpoint::Address(address, *scheme) })
        }
        Endpoint::Unix(path) => {
            let listener = at_path(path).map_err(failed)?;
            let sockets = shared(Socket::Unix(listener), threads).map_err(failed)?;
            Ok(Place { sockets, encrypted: false, endpoint: endpoint.clone() })
        }
    }
}

/// A socket that was handed over, for all threads.
///
/// # Errors
/// Those of the system.
pub(super) fn adopt(socket: Socket, threads: usize, has_certificate: bool) -> io::Result<Place> {
    let (endpoint, encrypted) = match &socket {
        Socket::Tcp(listener) => (listener.local_addr()?.into(), has_certificate),
        Socket::Unix(listener) => {
            let address = listener.local_addr()?;
            (Endpoint::Unix(address.as_pathname().unwrap_or(Path::new("@")).to_owned()), false)
        }
    };
    Ok(Place { sockets: shared(socket, threads)?, encrypted, endpoint })
}

fn shared(socket: Socket, threads: usize) -> io::Result<Vec<Socket>> {
    let mut sockets = Vec::with_capacity(threads);
    for _ in 1..threads {
        sockets.push(socket.try_clone()?);
    }
    sockets.push(socket.nonblocking()?);
    Ok(sockets)
}

fn at_address(address: SocketAddr, threads: usize) -> io::Result<(Vec<Socket>, SocketAddr)> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let mut bound = Vec::with_capacity(threads);
    let mut given = address;
    for number in 0..threads {
        let socket = rustix::net::socket_with(family, SocketType::STREAM, flags, Some(ipproto::TCP))?;
        set_socket_reuseaddr(&socket, true)?;
        if number > 0 {
            set_socket_reuseport(&socket, true)?;
        }
        rustix::net::bind(&socket, &given)?;
        if number == 0 {
            if threads > 1 {
                set_socket_reuseport(&socket, true)?;
            } else {
                rustix::net::listen(&socket, BACKLOG)?;
            }
            given = TcpListener::from(socket.try_clone()?).local_addr()?;
        }
        bound.push(socket);
    }
    // Listening begins where all are bound: a socket that listens would keep the next one from binding.
    let mut sockets = Vec::with_capacity(threads);
    for socket in bound {
        rustix::net::listen(&socket, BACKLOG)?;
        sockets.push(Socket::Tcp(TcpListener::from(socket)));
    }
    Ok((sockets, given))
}

fn at_path(path: &Path) -> io::Result<UnixListener> {
    let is_left_over = std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket())
        && UnixStream::connect(path).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
    if is_left_over {
        std::fs::remove_file(path)?;
    }
    UnixListener::bind(path)
}
