//! One thread's work: accept connections, watch over each, stop in good order.
//!
//! A worker owns its sockets and its runtime, so that several of them, each on a core of its own, need nothing more than
//! being started. Instead of a timer for each wait, a patrol looks at all connections a few times a second.
//!
//! Invariant: there are never more connections than places. At the limit the one that has waited longest without a
//! request gives way, then the one whose reader has taken nothing for longest; where all are being answered, new ones
//! wait in the kernel's queue.

use std::io;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Instant;

use slab::Slab;
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;

use super::connection;
use super::limits::{ACCEPT_PAUSE, CERTIFICATE_PATROL, PATROL, STALLED_LONG};
use super::listener::Socket;
use super::metrics::{Counters, Ended};
use super::moment::Moment;
use super::shared::Shared;
use super::visit::{Overdue, Patience, Peer, Visit};

/// What a worker answers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Files, for everybody.
    Site,
    /// Metrics and health, for operators.
    Admin,
}

/// What every connection of a thread needs.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) role: Role,
    pub(super) shared: Arc<Shared>,
    pub(super) counters: Arc<Counters>,
    places: usize,
    residents: Mutex<Slab<Resident>>,
    left: Notify,
}

#[derive(Debug)]
struct Resident {
    visit: Arc<Visit>,
    task: Option<AbortHandle>,
}

/// Gives its place back, however a connection ends.
struct Place {
    worker: Arc<Worker>,
    number: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut residents = self.worker.residents();
        residents.try_remove(self.number);
        self.worker.counters.open(residents.len());
        drop(residents);
        self.worker.left.notify_waiters();
    }
}

/// A socket of one thread, in its runtime.
pub(super) struct Door {
    pub(super) socket: Socket,
    pub(super) tls: Option<TlsAcceptor>,
}

impl Worker {
    pub(super) fn new(role: Role, shared: Arc<Shared>, counters: Arc<Counters>, places: usize) -> Self {
        Self { role, shared, counters, places, residents: Mutex::default(), left: Notify::new() }
    }

    fn residents(&self) -> MutexGuard<'_, Slab<Resident>> {
        self.residents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves until `stop` says so, then lets running answers finish, for the drain timeout at most.
    ///
    /// # Errors
    /// A socket that the runtime does not take.
    pub(super) async fn work(
        self: Arc<Self>,
        doors: Vec<Door>,
        stop: watch::Receiver<bool>,
        looks_at_certificate: bool,
    ) -> io::Result<()> {
        let mut accepting = Vec::with_capacity(doors.len());
        for door in doors {
            let (worker, stop) = (Arc::clone(&self), stop.clone());
            let listener = Listener::of(door.socket)?;
            accepting.push(tokio::spawn(worker.accept(listener, door.tls, stop)));
        }
        let patrol = tokio::spawn(Arc::clone(&self).patrol(looks_at_certificate));
        for accepting in accepting {
            // Ends when it is told to stop; a panic in it is no reason not to finish the rest.
            let _ = accepting.await;
        }
        self.shared.draining.store(true, std::sync::atomic::Ordering::Relaxed);
        for (_, resident) in &*self.residents() {
            resident.visit.wake();
        }
        if tokio::time::timeout(self.shared.options.drain_timeout, self.emptied()).await.is_err() {
            tracing::warn!("connections were cut off at the end of the drain timeout");
        }
        patrol.abort();
        Ok(())
    }

    async fn emptied(&self) {
        loop {
            let left = self.left.notified();
            if self.residents().is_empty() {
                return;
            }
            left.await;
        }
    }

    async fn accept(
        self: Arc<Self>,
        mut listener: Listener,
        tls: Option<TlsAcceptor>,
        mut stop: watch::Receiver<bool>,
    ) {
        let mut stop = pin!(async move {
            // A sender that has gone is as good as one that says so.
            let _ = stop.wait_for(|stop| *stop).await;
        });
        loop {
            let Some(accepted) = unless(stop.as_mut(), listener.accept()).await else { break };
            match accepted {
                Ok(accepted) => {
                    if unless(stop.as_mut(), self.make_room()).await.is_none() {
                        break;
                    }
                    self.admit(accepted, tls.clone());
                }
                Err(error) if is_of_the_peer(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection can be accepted at the moment");
                    if unless(stop.as_mut(), tokio::time::sleep(ACCEPT_PAUSE)).await.is_none() {
                        break;
                    }
                }
            }
        }
        // Whoever has been let in by the kernel already is answered too.
        while self.residents().len() < self.places
            && let Some(accepted) = listener.accept_waiting()
        {
            self.admit(accepted, tls.clone());
        }
    }

    /// Waits until there is a place for one more.
    async fn make_room(&self) {
        loop {
            let left = self.left.notified();
            if self.residents().len() < self.places {
                return;
            }
            if self.displace() {
                // They end when they are next polled.
                tokio::task::yield_now().await;
            } else {
                // Looked at again after a while, as a reader becomes one that may give way without a word.
                let _ = tokio::time::timeout(PATROL, left).await;
            }
        }
    }

    /// Ends some of those that wait for nothing that is ours; whether there was one.
    fn displace(&self) -> bool {
        let residents = self.residents();
        let mut waiting: Vec<_> = residents
            .iter()
            .filter_map(|(number, resident)| Some((resident.visit.activity.waiting_since()?, number)))
            .collect();
        if waiting.is_empty() {
            let now = Moment::now();
            waiting = residents
                .iter()
                .filter_map(|(number, resident)| {
                    let since = resident.visit.activity.stalled_since()?;
                    (now.since(Moment(since)) >= STALLED_LONG).then_some((since, number))
                })
                .collect();
        }
        // Several at once: looking through them all for each new connection would cost more than serving it.
        let some = (self.places / 32).max(1).min(waiting.len());
        if some < waiting.len() {
            waiting.select_nth_unstable(some);
        }
        for (_, number) in waiting.iter().take(some) {
            if let Some(task) = residents.get(*number).and_then(|resident| resident.task.as_ref()) {
                task.abort();
                self.counters.ended(Ended::Displaced);
            }
        }
        some > 0
    }

    fn admit(self: &Arc<Self>, accepted: Accepted, tls: Option<TlsAcceptor>) {
        self.counters.accepted();
        let (stream, address) = accepted;
        let peer = match address {
            None => Peer::Local,
            Some(address) if self.role == Role::Admin => Peer::Address(address, None),
            Some(address) => match self.shared.peers.admit(address) {
                Ok(guest) => Peer::Address(address, guest),
                Err(_) => return self.counters.ended(Ended::Crowded),
            },
        };
        let visit = Arc::new(Visit::new(Arc::clone(self), peer, tls.is_some()));
        let resident = Resident { visit: Arc::clone(&visit), task: None };
        let mut residents = self.residents();
        let number = residents.insert(resident);
        self.counters.open(residents.len());
        drop(residents);
        let place = Place { worker: Arc::clone(self), number };
        let task = tokio::spawn(async move {
            let _place = place;
            match stream {
                Stream::Tcp(stream) => {
                    // Without it the end of an answer may wait for an acknowledgement; a failure costs speed only.
                    let _ = stream.set_nodelay(true);
                    connection::serve(visit, stream, tls).await;
                }
                Stream::Unix(stream) => connection::serve(visit, stream, None).await,
            }
        });
        if let Some(resident) = self.residents().get_mut(number) {
            resident.task = Some(task.abort_handle());
        }
    }

    /// Ends what has lasted too long, and does what is to be done now and then.
    async fn patrol(self: Arc<Self>, looks_at_certificate: bool) {
        let options = &self.shared.options;
        let patience = Patience {
            header: options.header_timeout,
            idle: options.idle_timeout,
            write: options.write_timeout,
        };
        let (mut looked, mut swept) = (Instant::now(), Instant::now());
        loop {
            tokio::time::sleep(PATROL).await;
            let now = Moment::now();
            for (_, resident) in &*self.residents() {
                let Some(overdue) = resident.visit.activity.overdue(now, &patience) else { continue };
                if let Some(task) = &resident.task {
                    task.abort();
                    self.counters.ended(match overdue {
                        Overdue::Idle => Ended::Idle,
                        Overdue::Header => Ended::Header,
                        Overdue::Reader => Ended::Reader,
                    });
                }
            }
            if self.role == Role::Site {
                self.shared.log.flush();
            }
            if looks_at_certificate && looked.elapsed() >= CERTIFICATE_PATROL {
                looked = Instant::now();
                self.shared.look_at_certificate(&self.counters);
            }
            if looks_at_certificate && swept.elapsed() >= 10 * CERTIFICATE_PATROL {
                swept = Instant::now();
                self.shared.peers.sweep();
            }
        }
    }
}

enum Stream {
    Tcp(tokio::net::TcpStream),
    Unix(tokio::net::UnixStream),
}

type Accepted = (Stream, Option<IpAddr>);

/// A socket in the runtime, and again as the system knows it.
enum Listener {
    Tcp(tokio::net::TcpListener),
    Unix(tokio::net::UnixListener),
}

impl Listener {
    fn of(socket: Socket) -> io::Result<Self> {
        Ok(match socket {
            Socket::Tcp(listener) => Self::Tcp(tokio::net::TcpListener::from_std(listener)?),
            Socket::Unix(listener) => Self::Unix(tokio::net::UnixListener::from_std(listener)?),
        })
    }

    async fn accept(&mut self) -> io::Result<Accepted> {
        Ok(match self {
            Self::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                (Stream::Tcp(stream), Some(address.ip()))
            }
            Self::Unix(listener) => (Stream::Unix(listener.accept().await?.0), None),
        })
    }

    /// A connection that waits at this moment; the system is asked, as the runtime may not know yet.
    fn accept_waiting(&self) -> Option<Accepted> {
        use std::os::fd::AsFd;
        let flags = rustix::net::SocketFlags::NONBLOCK | rustix::net::SocketFlags::CLOEXEC;
        match self {
            Self::Tcp(listener) => {
                let stream = rustix::net::accept_with(listener.as_fd(), flags).ok()?;
                let stream = std::net::TcpStream::from(stream);
                let address = stream.peer_addr().ok()?.ip();
                Some((Stream::Tcp(tokio::net::TcpStream::from_std(stream).ok()?), Some(address)))
            }
            Self::Unix(listener) => {
                let stream = rustix::net::accept_with(listener.as_fd(), flags).ok()?;
                let stream = std::os::unix::net::UnixStream::from(stream);
                Some((Stream::Unix(tokio::net::UnixStream::from_std(stream).ok()?), None))
            }
        }
    }
}

/// The outcome of `work`, or nothing when `stop` is ready first.
async fn unless<T, S: Future>(mut stop: Pin<&mut S>, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    std::future::poll_fn(|context| match stop.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(None),
        Poll::Pending => work.as_mut().poll(context).map(Some),
    })
    .await
}

/// Errors of `accept` that concern one connection and say nothing about the next.
fn is_of_the_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
