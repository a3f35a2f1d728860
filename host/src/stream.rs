//! An output stream that outlives its reader.
//!
//! `interdict list | head -1` closes the pipe early. That is the reader's right and no fault of ours: from then
//! on the stream swallows what is written, the verb runs to its end, and the exit code is the one it would have
//! been. Every other failure (a full disk behind `>`) stays an error.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An output stream for which a closed pipe is a quiet end. Clones write to the same place, so that a log can share
/// standard error with the error at the end.
#[derive(Clone)]
pub struct Stream(Arc<Mutex<Inner>>);

struct Inner {
    writer: Box<dyn Write + Send>,
    closed: bool,
}

impl Stream {
    /// Wraps a writer.
    pub fn new(writer: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Inner { writer: Box::new(writer), closed: false })))
    }

    /// Whether the reader has gone. Long work whose only result is output may then stop.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn settle<T>(&mut self, result: io::Result<T>, written: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                // Dropped here, so that a buffer does not try the dead pipe again at the end.
                self.writer = Box::new(io::sink());
                Ok(written)
            }
            other => other,
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.lock();
        let result = inner.writer.write(bytes);
        inner.settle(result, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut inner = self.lock();
        let result = inner.writer.flush();
        inner.settle(result, ())
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Stream").field("closed", &self.is_closed()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    struct Failing(io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(self.0.into())
        }
    }

    #[test]
    fn a_broken_pipe_is_a_quiet_end() {
        let mut stream = Stream::new(Failing(io::ErrorKind::BrokenPipe));
        assert!(!stream.is_closed());
        writeln!(stream, "nobody reads this").unwrap();
        assert!(stream.is_closed());
        writeln!(stream, "nor this").unwrap();
        stream.flush().unwrap();
    }

    #[test]
    fn a_broken_pipe_at_the_last_flush_is_a_quiet_end() {
        let mut stream = Stream::new(io::BufWriter::new(Failing(io::ErrorKind::BrokenPipe)));
        writeln!(stream, "buffered").unwrap();
        assert!(!stream.is_closed());
        stream.flush().unwrap();
        assert!(stream.is_closed());
    }

    #[test]
    fn a_full_disk_stays_an_error() {
        let mut stream = Stream::new(Failing(io::ErrorKind::StorageFull));
        let error = writeln!(stream, "lost").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(!stream.is_closed());
    }
}
