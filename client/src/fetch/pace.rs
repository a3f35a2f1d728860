//! Slow retrieval: a source that sends too slowly is given up, however long it would go on.

use std::io::{self, Read};
use std::time::Duration;

/// The least that a source must send after its grace, in bytes a second over the whole of a file.
const MIN_BYTES_PER_SECOND: u64 = 8_192;

/// Whether a source that has sent so many bytes in this time keeps a pace.
fn keeps_pace(bytes: u64, grace: Duration, elapsed: Duration) -> bool {
    bytes >= elapsed.saturating_sub(grace).as_secs().saturating_mul(MIN_BYTES_PER_SECOND)
}

/// A stream that ends with [`io::ErrorKind::TimedOut`] when its source is too slow. `grace` is how long it may take to find
/// its pace; `elapsed` is asked after each read.
pub(super) struct Paced<R, C> {
    stream: R,
    grace: Duration,
    elapsed: C,
    bytes: u64,
}

impl<R: Read, C: Fn() -> Duration> Paced<R, C> {
    pub fn new(stream: R, grace: Duration, elapsed: C) -> Self {
        Self { stream, grace, elapsed, bytes: 0 }
    }
}

impl<R: Read, C: Fn() -> Duration> Read for Paced<R, C> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        // What has come to its end is not slow any more.
        if read == 0 || keeps_pace(self.bytes, self.grace, (self.elapsed)()) {
            Ok(read)
        } else {
            Err(io::Error::new(io::ErrorKind::TimedOut, TooSlow))
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("less than {MIN_BYTES_PER_SECOND} bytes a second came")]
struct TooSlow;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use std::cell::Cell;

    use super::*;

    const GRACE: Duration = Duration::from_secs(10);

    /// Gives one byte a time, and takes so long for each.
    struct Drip<'c>(u64, &'c Cell<Duration>, Duration);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some(first) = buffer.first_mut().filter(|_| self.0 > 0) else { return Ok(0) };
            *first = b'x';
            self.0 -= 1;
            self.1.set(self.1.get() + self.2);
            Ok(1)
        }
    }

    fn read(bytes: u64, each: Duration) -> (io::Result<usize>, Duration) {
        let clock = Cell::new(Duration::ZERO);
        let result =
            Paced::new(Drip(bytes, &clock, each), GRACE, || clock.get()).read_to_end(&mut Vec::new());
        (result, clock.get())
    }

    #[test]
    fn a_source_that_drips_is_given_up_soon_after_the_grace() {
        let (result, took) = read(1_000_000, Duration::from_millis(100));
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(took < Duration::from_secs(12), "{took:?}");
    }

    #[test]
    fn a_source_that_keeps_its_pace_is_read_to_the_end() {
        let (result, took) = read(600_000, Duration::from_micros(100));
        assert_eq!(result.unwrap(), 600_000);
        assert!(took > Duration::from_secs(59), "{took:?}");
    }

    #[test]
    fn the_pace_is_measured_after_the_grace() {
        assert!(keeps_pace(0, GRACE, GRACE));
        assert!(keeps_pace(8_191, GRACE, GRACE + Duration::from_millis(999)));
        assert!(!keeps_pace(8_191, GRACE, GRACE + Duration::from_secs(1)));
        assert!(keeps_pace(8_192, GRACE, GRACE + Duration::from_secs(1)));
    }
}
