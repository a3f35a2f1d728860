//! Unpredictable bytes, as a parameter.

use thiserror::Error;

/// A source of unpredictable bytes, for keys, salts and nonces.
pub trait Randomness: Send {
    /// Fills the whole of `bytes`.
    ///
    /// # Errors
    ///
    /// [`RandomnessError`] when the source does not answer; `bytes` must then not be used.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomnessError>;
}

/// The source of randomness does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the source of randomness does not answer")]
pub struct RandomnessError;

/// The operating system's source: `getrandom(2)`.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        getrandom::fill(bytes).map_err(|_| RandomnessError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_fills_differ() {
        let (mut first, mut second) = ([0; 32], [0; 32]);
        assert_eq!(SystemRandomness.fill(&mut first), Ok(()));
        assert_eq!(SystemRandomness.fill(&mut second), Ok(()));
        assert_ne!(first, second);
    }
}
