//! A connection that does not wait for ever.
//!
//! Two waits are bounded here: for the first byte of the next request (idle), and for a reader that takes
//! nothing (stalled). hyper itself bounds the third, for the whole header of a request. When a wait is
//! over, the read or write fails with `TimedOut` and hyper closes the connection.
//!
//! Invariant: at most one timer runs, and none while an answer is being worked out.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// Nothing is asked.
const IDLE: u8 = 0;
/// A request has begun to arrive.
const HEARD: u8 = 1;
/// An answer is being made or handed over.
const BUSY: u8 = 2;

/// Where a connection stands; shared by its stream and its answers, on one thread.
#[derive(Debug, Default)]
pub(super) struct Activity(AtomicU8);

/// Marks a connection as busy while it lives.
#[derive(Debug)]
pub(super) struct Busy(Arc<Activity>);

impl Busy {
    pub(super) fn new(activity: &Arc<Activity>) -> Self {
        activity.0.store(BUSY, Ordering::Relaxed);
        Self(Arc::clone(activity))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.0.store(IDLE, Ordering::Relaxed);
    }
}

/// A stream whose idle and stalled waits end.
#[derive(Debug)]
pub(super) struct Watched<S> {
    stream: S,
    activity: Arc<Activity>,
    idle_timeout: Duration,
    write_timeout: Duration,
    waiting: Waiting,
    timer: Pin<Box<Sleep>>,
}

/// What the timer runs for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Nothing,
    Request,
    Reader,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, idle_timeout: Duration, write_timeout: Duration) -> Self {
        Self {
            stream,
            activity: Arc::default(),
            idle_timeout,
            write_timeout,
            waiting: Waiting::Nothing,
            timer: Box::pin(tokio::time::sleep(idle_timeout)),
        }
    }

    pub(super) fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }

    /// Begins to wait, or goes on waiting; ready when it has lasted too long.
    fn wait(&mut self, waiting: Waiting, context: &mut Context<'_>) -> Poll<io::Error> {
        if self.waiting != waiting {
            self.waiting = waiting;
            let patience = if waiting == Waiting::Reader { self.write_timeout } else { self.idle_timeout };
            self.timer.as_mut().reset(Instant::now() + patience);
        }
        self.timer.as_mut().poll(context).map(|()| io::ErrorKind::TimedOut.into())
    }

    fn after_write<T>(
        &mut self,
        wrote: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if wrote.is_pending() {
            return self.wait(Waiting::Reader, context).map(Err);
        }
        if self.waiting == Waiting::Reader {
            self.waiting = Waiting::Nothing;
        }
        wrote
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        let idle = this.activity.0.load(Ordering::Relaxed) == IDLE;
        if read.is_ready() {
            if idle {
                this.activity.0.store(HEARD, Ordering::Relaxed);
            }
        } else if idle && this.waiting != Waiting::Reader {
            return this.wait(Waiting::Request, context).map(Err);
        }
        if this.waiting == Waiting::Request {
            this.waiting = Waiting::Nothing;
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let wrote = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.after_write(wrote, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let wrote = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.after_write(wrote, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
