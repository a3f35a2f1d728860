//! What the tests of every scheme say of versions: these ascend, these are equal, these are none.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use core::cmp::Ordering;

use super::error::{VersionError, VersionRule};
use super::order::{Ordered, compare, key};

/// Asserts that each version is smaller than all behind it, by comparison and by key.
pub(crate) fn ascends<T: Ordered<'static>>(versions: &[&'static str]) {
    for (place, greater) in versions.iter().enumerate() {
        for smaller in versions.iter().take(place) {
            assert_eq!(compare::<T>(smaller, greater), Ok(Ordering::Less), "{smaller} {greater}");
            assert_eq!(compare::<T>(greater, smaller), Ok(Ordering::Greater), "{smaller} {greater}");
            assert!(key::<T>(smaller).unwrap() < key::<T>(greater).unwrap(), "keys of {smaller} {greater}");
        }
    }
}

/// Asserts that two versions are equal, by comparison and by key.
pub(crate) fn equals<T: Ordered<'static>>(a: &'static str, b: &'static str) {
    assert_eq!(compare::<T>(a, b), Ok(Ordering::Equal), "{a} {b}");
    assert_eq!(key::<T>(a), key::<T>(b), "keys of {a} {b}");
}

/// Asserts that each text is refused, at that byte and for that rule.
pub(crate) fn refuses<T: Ordered<'static>>(texts: &[(&'static str, usize, VersionRule)]) {
    for (text, at, rule) in texts {
        assert_eq!(key::<T>(text), Err(VersionError::new(*at, *rule)), "{text}");
    }
}
