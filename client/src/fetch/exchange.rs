//! Requests, one after another on the thread that asks, and the content of an answer as a stream.
//!
//! The blocking client of reqwest would begin a thread of its own for them, which costs a poll more than its requests do. Several
//! threads may ask at once: one of them then serves the connections of all.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes};
use reqwest::{Client, ClientBuilder, Response};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::http::HttpError;

/// A client, and what drives its connections.
pub(super) struct Exchange {
    client: Client,
    runtime: Arc<Runtime>,
    patience: Duration,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("client", &self.client).finish_non_exhaustive()
    }
}

impl Exchange {
    /// `patience` is how long a server may take to begin its answer, and to go on with it.
    pub fn new(client: ClientBuilder, patience: Duration) -> Result<Self, HttpError> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(HttpError::Wait)?;
        Ok(Self { client: client.build()?, runtime: Arc::new(runtime), patience })
    }

    /// Sends a request for a URL, and waits for the head of the answer.
    pub fn get(&self, url: &str) -> Result<Response, HttpError> {
        let sent = self.runtime.block_on(async { timeout(self.patience, self.client.get(url).send()).await });
        let response = sent.map_err(|_| HttpError::TooLate { limit: self.patience })?;
        Ok(response.map_err(reqwest::Error::without_url)?)
    }

    /// The content of an answer.
    pub fn content(&self, response: Response) -> Content {
        let runtime = Arc::clone(&self.runtime);
        Content { response, runtime, patience: self.patience, part: Bytes::new() }
    }
}

/// The content of an answer. A read that takes too long ends with [`io::ErrorKind::TimedOut`].
pub(super) struct Content {
    response: Response,
    runtime: Arc<Runtime>,
    patience: Duration,
    /// What has come and was not read yet.
    part: Bytes,
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.part.has_remaining() && !buffer.is_empty() {
            let (response, patience) = (&mut self.response, self.patience);
            let next = self.runtime.block_on(async { timeout(patience, response.chunk()).await });
            let next = next.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
            // An empty part is not the end: only the absence of one is.
            self.part = match next.map_err(|error| io::Error::other(error.without_url()))? {
                None => return Ok(0),
                Some(part) if part.is_empty() => return Err(io::ErrorKind::Interrupted.into()),
                Some(part) => part,
            };
        }
        let length = buffer.len().min(self.part.remaining());
        if let Some(taken) = buffer.get_mut(..length) {
            self.part.copy_to_slice(taken);
        }
        Ok(length)
    }
}
