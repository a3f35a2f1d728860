//! Proof, held as a value, that something from outside was checked.

use core::ops::Deref;

/// A value whose signatures met their threshold.
///
/// Only this crate can make one, and only the functions that check signatures do. Code that takes a `Verified<T>`
/// therefore cannot be handed bytes that nobody checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    /// Called by the functions that have just counted signatures, and by nothing else.
    pub(crate) fn attest(value: T) -> Self {
        Self(value)
    }

    /// The checked value, without the proof.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
