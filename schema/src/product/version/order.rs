//! What a scheme must be able to do with a version.

use core::cmp::Ordering;

use super::error::{VersionError, VersionRule};
use super::key::Key;
use crate::limits::VERSION_LENGTH;

/// A version read by its scheme. `Ord` is the scheme's order, written without the key; it is total, and versions
/// that are equal in it may differ in their text.
pub(crate) trait Ordered<'a>: Sized + Ord {
    /// Reads a version.
    ///
    /// # Errors
    /// The byte and the rule that is broken.
    fn parse(version: &'a str) -> Result<Self, VersionError>;

    /// Adds bytes whose order is the order of the versions.
    fn write_key(&self, key: &mut Key);

    /// Two keys, between which lie those of all versions that a bound of a range names, where it leaves the build open;
    /// none where it names one version, whose own key it is then.
    ///
    /// # Errors
    /// As [`Ordered::parse`].
    fn open_span(_version: &'a str) -> Result<Option<(Key, Key)>, VersionError> {
        Ok(None)
    }
}

/// Reads a version that is not too long.
pub(crate) fn read<'a, T: Ordered<'a>>(version: &'a str) -> Result<T, VersionError> {
    if version.len() > VERSION_LENGTH {
        return Err(VersionError::new(VERSION_LENGTH, VersionRule::TooLong { limit: VERSION_LENGTH }));
    }
    T::parse(version)
}

/// The key of a version in the scheme `T`.
///
/// # Errors
/// As [`Ordered::parse`].
pub(crate) fn key<'a, T: Ordered<'a>>(version: &'a str) -> Result<Key, VersionError> {
    let read = read::<T>(version)?;
    let mut key = Key::with_room_for(version.len());
    read.write_key(&mut key);
    Ok(key)
}

/// The keys between which a bound of a range lies that leaves the build open, in the scheme `T`.
///
/// # Errors
/// As [`Ordered::parse`].
pub(crate) fn open_span<'a, T: Ordered<'a>>(version: &'a str) -> Result<Option<(Key, Key)>, VersionError> {
    T::open_span(version)
}

/// The order of two versions in the scheme `T`.
///
/// # Errors
/// As [`Ordered::parse`], of the first that cannot be read.
pub(crate) fn compare<'a, T: Ordered<'a>>(a: &'a str, b: &'a str) -> Result<Ordering, VersionError> {
    Ok(read::<T>(a)?.cmp(&read::<T>(b)?))
}

/// Properties that every scheme must have, for its tests.
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
pub(crate) mod properties {
    use proptest::prelude::*;

    use super::*;

    fn key_of<'a>(version: &impl Ordered<'a>) -> Key {
        let mut key = Key::new();
        version.write_key(&mut key);
        key
    }

    /// Of three texts: those that are versions stand in one total order, and their keys in the same. Asserts that
    /// order is antisymmetric, transitive, and that of the keys.
    pub(crate) fn order_is_total_and_the_keys_follow<'a, T: Ordered<'a>>(
        texts: [&'a str; 3],
    ) -> Result<(), TestCaseError> {
        let [Ok(a), Ok(b), Ok(c)] = texts.map(T::parse) else { return Ok(()) };
        for (x, y) in [(&a, &b), (&a, &c), (&b, &c), (&a, &a)] {
            prop_assert_eq!(x.cmp(y), y.cmp(x).reverse());
            prop_assert_eq!(
                key_of(x).cmp(&key_of(y)),
                x.cmp(y),
                "keys {:?} {:?} of {:?}",
                key_of(x),
                key_of(y),
                texts
            );
        }
        let mut sorted = [&a, &b, &c];
        sorted.sort();
        let [first, second, third] = sorted;
        prop_assert!(first <= second && second <= third && first <= third, "{:?}", texts);
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::lexicographic::Lexicographic;
    use super::*;

    #[test]
    fn refuses_a_version_of_one_byte_too_many() {
        let longest = "9".repeat(VERSION_LENGTH);
        assert!(key::<Lexicographic>(&longest).is_ok());
        assert_eq!(compare::<Lexicographic>(&longest, &longest), Ok(Ordering::Equal));
        let longer = "9".repeat(VERSION_LENGTH + 1);
        let refusal = VersionError::new(VERSION_LENGTH, VersionRule::TooLong { limit: VERSION_LENGTH });
        assert_eq!(key::<Lexicographic>(&longer), Err(refusal));
        assert_eq!(compare::<Lexicographic>("9", &longer), Err(refusal));
    }
}
