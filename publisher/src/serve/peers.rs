//! What one address may have: so many connections at once, and so many requests a second.
//!
//! An address is an IPv4 address or an IPv6 network of 64 bits, because whoever has one address of such a network
//! has all of them. The rate is a bucket in the form of the generic cell rate algorithm: one number, the moment at
//! which the bucket will be full again, so that a request costs one exchange of that number.
//!
//! Invariant: the table holds the addresses that are connected, and those that have used up part of their bucket
//! and have not got it back; the latter are swept.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use foldhash::fast::RandomState;

use super::limits::SWEPT_PEERS;
use super::moment::Moment;

/// All addresses.
#[derive(Debug)]
pub(super) struct Peers {
    /// 0 is no limit.
    max_connections: u32,
    /// Nanoseconds that one request costs; 0 is no limit.
    cost: u64,
    /// Nanoseconds that a bucket holds.
    depth: u64,
    table: Mutex<HashMap<Prefix, Arc<Account>, RandomState>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Prefix {
    /// As itself, or mapped into IPv6.
    V4([u8; 4]),
    /// The upper half.
    V6(u64),
}

impl Prefix {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => Self::V6(u64::try_from(address.to_bits() >> 64).unwrap_or(0)),
        }
    }
}

#[derive(Debug, Default)]
struct Account {
    connections: AtomicU32,
    /// The moment at which the bucket is full again.
    full: AtomicU64,
}

/// A connection that counts for its address while this lives.
#[derive(Debug)]
pub(super) struct Guest {
    peers: Arc<Peers>,
    prefix: Prefix,
    account: Arc<Account>,
}

/// An address has as many connections as it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crowded;

impl Peers {
    /// `rate` requests a second on the average, `burst` at once; 0 is no limit, here and for `max_connections`.
    pub(super) fn new(max_connections: u32, rate: u32, burst: u32) -> Self {
        let cost = 1_000_000_000_u64.checked_div(u64::from(rate)).unwrap_or(0);
        let depth = cost.saturating_mul(u64::from(burst.max(1)));
        Self { max_connections, cost, depth, table: Mutex::default() }
    }

    /// Lets a connection in; nothing is counted where nothing is limited.
    ///
    /// # Errors
    /// [`Crowded`] at the limit.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Option<Guest>, Crowded> {
        if self.max_connections == 0 && self.cost == 0 {
            return Ok(None);
        }
        let prefix = Prefix::of(address);
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if table.len() >= SWEPT_PEERS && !table.contains_key(&prefix) {
            sweep(&mut table);
        }
        let account = Arc::clone(table.entry(prefix).or_default());
        // Only changed under the lock.
        let connections = account.connections.load(Ordering::Relaxed);
        if self.max_connections != 0 && connections >= self.max_connections {
            return Err(Crowded);
        }
        account.connections.store(connections + 1, Ordering::Relaxed);
        drop(table);
        Ok(Some(Guest { peers: Arc::clone(self), prefix, account }))
    }

    /// Forgets addresses that have gone and owe nothing.
    pub(super) fn sweep(&self) {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        sweep(&mut table);
        if table.capacity() > 4 * table.len().max(64) {
            table.shrink_to_fit();
        }
    }

    /// Addresses in the table.
    pub(super) fn len(&self) -> usize {
        self.table.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

fn sweep(table: &mut HashMap<Prefix, Arc<Account>, RandomState>) {
    let now = Moment::now();
    table.retain(|_, account| {
        account.connections.load(Ordering::Relaxed) > 0 || account.full.load(Ordering::Relaxed) > now.0
    });
}

impl Guest {
    /// Takes one request from the bucket of the address.
    ///
    /// # Errors
    /// How long to wait where there is none.
    pub(super) fn ask(&self, now: Moment) -> Result<(), Duration> {
        let (cost, depth) = (self.peers.cost, self.peers.depth);
        if cost == 0 {
            return Ok(());
        }
        let latest = now.0.saturating_add(depth);
        let next = |full: u64| Some(full.max(now.0).saturating_add(cost)).filter(|full| *full <= latest);
        match self.account.full.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) {
            Ok(_) => Ok(()),
            Err(full) => Err(Duration::from_nanos(full.saturating_add(cost).saturating_sub(latest))),
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut table = self.peers.table.lock().unwrap_or_else(PoisonError::into_inner);
        let left = self.account.connections.load(Ordering::Relaxed).saturating_sub(1);
        self.account.connections.store(left, Ordering::Relaxed);
        if left == 0 && self.account.full.load(Ordering::Relaxed) <= Moment::now().0 {
            table.remove(&self.prefix);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_as_many_connections_as_it_may_and_not_one_more() {
        let peers = Arc::new(Peers::new(2, 0, 0));
        let first = peers.admit(address("192.0.2.1")).unwrap();
        let _second = peers.admit(address("::ffff:192.0.2.1")).unwrap();
        assert_eq!(peers.admit(address("192.0.2.1")).unwrap_err(), Crowded);
        let _other = peers.admit(address("192.0.2.2")).unwrap();
        drop(first);
        assert!(peers.admit(address("192.0.2.1")).is_ok());
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let peers = Arc::new(Peers::new(1, 0, 0));
        let _first = peers.admit(address("2001:db8:0:1::1")).unwrap();
        assert!(peers.admit(address("2001:db8:0:1:ffff::2")).is_err());
        assert!(peers.admit(address("2001:db8:0:2::1")).is_ok());
    }

    #[test]
    fn a_bucket_gives_its_burst_then_its_rate_and_says_how_long_to_wait() {
        let peers = Arc::new(Peers::new(0, 2, 3));
        let guest = peers.admit(address("192.0.2.1")).unwrap().unwrap();
        let start = Moment(10_000_000_000);
        for _ in 0..3 {
            assert_eq!(guest.ask(start), Ok(()));
        }
        assert_eq!(guest.ask(start), Err(Duration::from_millis(500)));
        assert_eq!(guest.ask(Moment(start.0 + 499_999_999)), Err(Duration::from_nanos(1)));
        assert_eq!(guest.ask(Moment(start.0 + 500_000_000)), Ok(()));
        assert!(guest.ask(Moment(start.0 + 500_000_000)).is_err());
        // Full again after a long while, and no fuller than full.
        let later = Moment(start.0 + 1_000_000_000_000);
        assert_eq!((0..4).map(|_| guest.ask(later).is_ok()).collect::<Vec<_>>(), [true, true, true, false]);
    }

    #[test]
    fn a_bucket_is_kept_over_connections_until_it_is_full() {
        let peers = Arc::new(Peers::new(0, 1, 1));
        let guest = peers.admit(address("192.0.2.1")).unwrap().unwrap();
        let far = Moment(Moment::now().0 + 3_600_000_000_000);
        assert_eq!(guest.ask(far), Ok(()));
        drop(guest);
        assert_eq!(peers.len(), 1);
        let again = peers.admit(address("192.0.2.1")).unwrap().unwrap();
        assert!(again.ask(far).is_err());
        drop(again);
        peers.sweep();
        assert_eq!(peers.len(), 1);
        let unused = peers.admit(address("192.0.2.2")).unwrap();
        assert_eq!(peers.len(), 2);
        drop(unused);
        assert_eq!(peers.len(), 1);
    }

    #[test]
    fn without_limits_nobody_is_counted() {
        let peers = Arc::new(Peers::new(0, 0, 0));
        assert!(peers.admit(address("192.0.2.1")).unwrap().is_none());
        assert_eq!(peers.len(), 0);
    }
}
