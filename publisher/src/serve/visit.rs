//! One connection while it lasts: who it is from, what it waits for, and since when.
//!
//! Everything here is shared by a connection's stream, its answers and the worker's patrol, which all run on one
//! thread; the atomics are there because the types must be able to cross threads, not because they do.
//!
//! Invariant: a [`Visit`] is idle, heard (a request has begun to arrive) or busy (an answer is under way), and
//! none of these lasts longer than its [`Patience`], nor does a reader that takes nothing.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Waker;
use std::time::Duration;

use super::moment::Moment;
use super::peers::Guest;
use super::worker::Worker;

/// Nothing is asked.
const IDLE: u8 = 0;
/// A request has begun to arrive, or a TLS handshake is under way.
const HEARD: u8 = 1;
/// An answer is being made or handed over.
const BUSY: u8 = 2;

/// How long a connection may stay in one state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) header: Duration,
    pub(super) idle: Duration,
    pub(super) write: Duration,
}

/// What lasted too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overdue {
    Idle,
    Header,
    Reader,
}

/// The other end.
#[derive(Debug)]
pub(super) enum Peer {
    /// Of the network; its own limits apply.
    Address(IpAddr, Option<Guest>),
    /// Of this machine, through a socket of the file system.
    Local,
}

/// Where a connection stands.
#[derive(Debug)]
pub(super) struct Activity {
    state: AtomicU8,
    /// Answers under way; more than one in HTTP/2 alone.
    answers: AtomicU32,
    /// When `state` began; in HTTP/2 while busy, when something last moved.
    since: AtomicU64,
    /// When the reader stopped taking anything; 0 while it takes.
    stalled: AtomicU64,
    multiplexed: AtomicBool,
}

impl Activity {
    fn new(state: u8) -> Self {
        Self {
            state: AtomicU8::new(state),
            answers: AtomicU32::new(0),
            since: AtomicU64::new(Moment::now().0),
            stalled: AtomicU64::new(0),
            multiplexed: AtomicBool::new(false),
        }
    }

    fn enter(&self, state: u8) {
        self.state.store(state, Ordering::Relaxed);
        self.since.store(Moment::now().0, Ordering::Relaxed);
    }

    /// Bytes have arrived.
    pub(super) fn heard(&self) {
        if self.state.load(Ordering::Relaxed) == IDLE {
            self.enter(HEARD);
        } else if self.multiplexed.load(Ordering::Relaxed) {
            self.moved();
        }
    }

    /// Bytes have been taken.
    pub(super) fn taken(&self) {
        if self.stalled.load(Ordering::Relaxed) != 0 {
            self.stalled.store(0, Ordering::Relaxed);
        }
        if self.multiplexed.load(Ordering::Relaxed) {
            self.moved();
        }
    }

    fn moved(&self) {
        if self.state.load(Ordering::Relaxed) == BUSY {
            self.since.store(Moment::now().0, Ordering::Relaxed);
        }
    }

    /// The reader takes nothing at the moment.
    pub(super) fn stalled(&self) {
        if self.stalled.load(Ordering::Relaxed) == 0 {
            self.stalled.store(Moment::now().0.max(1), Ordering::Relaxed);
        }
    }

    /// Several answers may be under way at once from now on.
    pub(super) fn multiplex(&self) {
        self.multiplexed.store(true, Ordering::Relaxed);
    }

    fn begin_answer(&self) {
        if self.answers.fetch_add(1, Ordering::Relaxed) == 0 {
            if self.multiplexed.load(Ordering::Relaxed) {
                self.enter(BUSY);
            } else {
                // How long an answer takes is bounded by its reader alone, so nothing asks since when.
                self.state.store(BUSY, Ordering::Relaxed);
            }
        }
    }

    fn end_answer(&self) {
        if self.answers.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.enter(IDLE);
        }
    }

    /// Since when nothing is under way, for one that may give way to a new connection.
    pub(super) fn waiting_since(&self) -> Option<u64> {
        let waits = self.state.load(Ordering::Relaxed) != BUSY && self.stalled.load(Ordering::Relaxed) == 0;
        waits.then(|| self.since.load(Ordering::Relaxed))
    }

    /// Since when the reader has taken nothing.
    pub(super) fn stalled_since(&self) -> Option<u64> {
        Some(self.stalled.load(Ordering::Relaxed)).filter(|stalled| *stalled != 0)
    }

    /// What has lasted too long at this moment.
    pub(super) fn overdue(&self, now: Moment, patience: &Patience) -> Option<Overdue> {
        let stalled = self.stalled.load(Ordering::Relaxed);
        if stalled != 0 {
            return (now.since(Moment(stalled)) >= patience.write).then_some(Overdue::Reader);
        }
        let lasted = now.since(Moment(self.since.load(Ordering::Relaxed)));
        match self.state.load(Ordering::Relaxed) {
            // The header's time bounds that of its first byte.
            IDLE => (lasted >= patience.idle.min(patience.header)).then_some(Overdue::Idle),
            HEARD => (lasted >= patience.header).then_some(Overdue::Header),
            // A window of HTTP/2 that nobody opens stalls no socket.
            _ if self.multiplexed.load(Ordering::Relaxed) => {
                (lasted >= patience.write).then_some(Overdue::Reader)
            }
            _ => None,
        }
    }
}

/// A connection that is being served.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) worker: Arc<Worker>,
    pub(super) peer: Peer,
    /// As the access log spells it: an address, or `unix`.
    pub(super) name: Box<str>,
    pub(super) encrypted: bool,
    pub(super) activity: Activity,
    waker: OnceLock<Waker>,
}

impl Visit {
    /// Remembers how its task is woken; it stays the same task.
    pub(super) fn known_by(&self, waker: &Waker) {
        let _ = self.waker.get_or_init(|| waker.clone());
    }

    /// Has its task look around.
    pub(super) fn wake(&self) {
        if let Some(waker) = self.waker.get() {
            waker.wake_by_ref();
        }
    }

    pub(super) fn new(worker: Arc<Worker>, peer: Peer, encrypted: bool) -> Self {
        let name = match &peer {
            Peer::Address(address, _) => address.to_string().into(),
            Peer::Local => "unix".into(),
        };
        let activity = Activity::new(if encrypted { HEARD } else { IDLE });
        Self { worker, peer, name, encrypted, activity, waker: OnceLock::new() }
    }
}

/// Marks a connection as busy while it lives.
#[derive(Debug)]
pub(super) struct Busy(pub(super) Arc<Visit>);

impl Busy {
    pub(super) fn new(visit: Arc<Visit>) -> Self {
        visit.activity.begin_answer();
        Self(visit)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.activity.end_answer();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience {
        header: Duration::from_secs(20),
        idle: Duration::from_secs(15),
        write: Duration::from_secs(30),
    };

    fn after(activity: &Activity, seconds: u64) -> Option<Overdue> {
        let since = activity.stalled.load(Ordering::Relaxed).max(activity.since.load(Ordering::Relaxed));
        activity.overdue(Moment(since + seconds * 1_000_000_000), &PATIENCE)
    }

    #[test]
    fn each_wait_ends_at_its_limit_and_not_before() {
        let activity = Activity::new(IDLE);
        assert_eq!((after(&activity, 14), after(&activity, 15)), (None, Some(Overdue::Idle)));
        activity.heard();
        assert_eq!((after(&activity, 19), after(&activity, 20)), (None, Some(Overdue::Header)));
        activity.begin_answer();
        assert_eq!(after(&activity, 1_000_000), None, "an answer takes as long as it takes");
        activity.stalled();
        assert_eq!((after(&activity, 29), after(&activity, 30)), (None, Some(Overdue::Reader)));
        activity.taken();
        assert_eq!(after(&activity, 1_000_000), None);
        activity.end_answer();
        assert_eq!((after(&activity, 14), after(&activity, 15)), (None, Some(Overdue::Idle)));
    }

    #[test]
    fn the_time_for_a_header_bounds_that_for_its_first_byte() {
        let activity = Activity::new(IDLE);
        let patience = Patience { header: Duration::from_secs(2), ..PATIENCE };
        let since = activity.since.load(Ordering::Relaxed);
        assert_eq!(activity.overdue(Moment(since + 1_999_999_999), &patience), None);
        assert_eq!(activity.overdue(Moment(since + 2_000_000_000), &patience), Some(Overdue::Idle));
    }

    #[test]
    fn bytes_that_trickle_in_do_not_buy_time() {
        let activity = Activity::new(IDLE);
        activity.heard();
        let since = activity.since.load(Ordering::Relaxed);
        activity.heard();
        assert_eq!(activity.since.load(Ordering::Relaxed), since);
    }

    #[test]
    fn a_window_that_nobody_opens_is_a_reader_that_takes_nothing() {
        let activity = Activity::new(IDLE);
        activity.multiplex();
        activity.begin_answer();
        activity.begin_answer();
        assert_eq!((after(&activity, 29), after(&activity, 30)), (None, Some(Overdue::Reader)));
        activity.end_answer();
        assert_eq!(activity.waiting_since(), None);
        activity.end_answer();
        assert!(activity.waiting_since().is_some());
    }
}
