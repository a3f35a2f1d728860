//! Decimal numbers of any length, compared without being computed.

use core::cmp::Ordering;

use super::key::Key;

/// A decimal number of any length. Zeros before it do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number<'a>(&'a str);

impl<'a> Number<'a> {
    /// Zero.
    pub(crate) const ZERO: Self = Self("");
    /// One.
    pub(crate) const ONE: Self = Self("1");

    /// The number that these ASCII digits write; none is zero.
    pub(crate) fn new(digits: &'a str) -> Self {
        Self(digits.trim_start_matches('0'))
    }

    /// Whether it is zero.
    pub(crate) const fn is_zero(self) -> bool {
        self.0.is_empty()
    }

    /// Adds the number to a key.
    pub(crate) fn write_key(self, key: &mut Key) {
        key.push_number(self.0);
    }
}

/// Adds a count to a key: four bytes, the greatest first. Counts are of a version's bytes, and so are small.
pub(crate) fn write_count(count: usize, key: &mut Key) {
    for byte in u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes() {
        key.push_byte(byte);
    }
}

/// Adds a count to a key so that the greater one comes first.
pub(crate) fn write_count_down(count: usize, key: &mut Key) {
    for byte in u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes() {
        key.push_byte(!byte);
    }
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(other.0))
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_value_however_they_are_written() {
        assert!(Number::new("9") < Number::new("10"));
        assert_eq!(Number::new("0010"), Number::new("10"));
        assert_eq!(Number::new("00"), Number::ZERO);
        assert!(Number::new("18446744073709551616") > Number::new("18446744073709551615"));
    }
}
