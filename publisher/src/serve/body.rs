//! The content of an answer, and the receipt that its end writes into the access log.
//!
//! Invariant: exactly as many bytes leave as `Content-Length` says, or the connection breaks.

use std::fs::File;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::{Method, Uri, Version};
use tokio::task::JoinHandle;

use super::access_log::Record;
use super::limits::CHUNK_BYTES;
use super::load::read_piece;
use super::visit::Busy;

/// What an answer sends after its header.
#[derive(Debug)]
pub(super) enum Content {
    Empty,
    Whole(Bytes),
    /// Part of an open file, read piece by piece on a blocking thread.
    Pieces(Pieces),
}

#[derive(Debug)]
pub(super) struct Pieces {
    file: Arc<File>,
    offset: u64,
    left: u64,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
}

impl Content {
    /// `length` bytes of a file from `offset` on.
    pub(super) fn from_disk(file: Arc<File>, offset: u64, length: u64) -> Self {
        Self::Pieces(Pieces { file, offset, left: length, reading: None })
    }

    /// Bytes still to be sent.
    pub(super) fn left(&self) -> u64 {
        match self {
            Self::Empty => 0,
            Self::Whole(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::Pieces(pieces) => pieces.left,
        }
    }
}

impl Pieces {
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        let (file, offset, length) = (&self.file, self.offset, self.left.min(CHUNK_BYTES));
        let reading = self.reading.get_or_insert_with(|| {
            let file = Arc::clone(file);
            // A piece is far below the address space of any machine.
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            tokio::task::spawn_blocking(move || read_piece(&file, offset, length))
        });
        let piece = ready!(Pin::new(reading).poll(context));
        self.reading = None;
        let piece = piece.map_err(io::Error::other)??;
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        if length == 0 {
            // Cut short on disk meanwhile: the promised length cannot be kept.
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        self.offset = self.offset.saturating_add(length);
        self.left = self.left.saturating_sub(length);
        Poll::Ready(Ok(piece))
    }
}

/// A content with its [`Receipt`].
#[derive(Debug)]
pub(super) struct Answer {
    content: Content,
    receipt: Receipt,
}

/// Writes the access log line of a request when the answer has been handed over, or broken off.
#[derive(Debug)]
pub(super) struct Receipt {
    pub(super) method: Method,
    pub(super) target: Uri,
    pub(super) version: Version,
    pub(super) status: u16,
    pub(super) bytes: u64,
    /// While it exists, the connection is not idle.
    pub(super) busy: Busy,
}

impl Answer {
    pub(super) fn new(content: Content, receipt: Receipt) -> Self {
        Self { content, receipt }
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        let visit = &self.busy.0;
        let version = match self.version {
            Version::HTTP_10 => "HTTP/1.0",
            Version::HTTP_2 => "HTTP/2.0",
            _ => "HTTP/1.1",
        };
        // Only a request through a proxy, or one to nowhere, names more than a path.
        let whole;
        let target = match (self.target.authority(), self.target.path_and_query()) {
            (None, Some(path)) => path.as_str(),
            _ if self.version == Version::HTTP_2 => {
                self.target.path_and_query().map_or("-", |path| path.as_str())
            }
            _ => {
                whole = self.target.to_string();
                &whole
            }
        };
        visit.worker.counters.answered(self.status, self.bytes);
        visit.worker.shared.log.write(&Record {
            peer: &visit.name,
            request: Some((self.method.as_str(), target, version)),
            status: self.status,
            bytes: self.bytes,
            tls: visit.encrypted,
        });
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        if this.content.left() == 0 {
            return Poll::Ready(None);
        }
        let piece = match &mut this.content {
            Content::Pieces(pieces) => ready!(pieces.poll_piece(context)),
            whole => match std::mem::replace(whole, Content::Empty) {
                Content::Whole(bytes) => Ok(bytes),
                _ => return Poll::Ready(None),
            },
        };
        if let Ok(piece) = &piece {
            let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
            this.receipt.bytes = this.receipt.bytes.saturating_add(length);
        }
        Poll::Ready(Some(piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.content.left() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.content.left())
    }
}
