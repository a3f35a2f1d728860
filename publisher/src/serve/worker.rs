//! One thread's work: accept connections, serve each, stop in good order.
//!
//! A worker owns its listener and its runtime and shares the [`Site`] alone, so that several of them, each on
//! a core of its own and with `SO_REUSEPORT`, need nothing more than being started.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::access_log::{AccessLog, Record};
use super::answer::answer;
use super::body::{Answer, Receipt};
use super::limits::{ACCEPT_PAUSE, MAX_HEADER_BYTES};
use super::load::Site;
use super::options::ServeOptions;
use super::watched::{Busy, Watched};

/// What every connection of a worker needs.
pub(super) struct Worker {
    pub(super) site: Arc<Site>,
    pub(super) log: AccessLog,
    pub(super) options: ServeOptions,
}

impl Worker {
    /// Serves until `stop` is ready, then lets running answers finish, for the drain timeout at most.
    pub(super) async fn work(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let worker = Arc::new(self);
        let free = Arc::new(Semaphore::new(worker.options.max_connections.min(Semaphore::MAX_PERMITS)));
        let graceful = GracefulShutdown::new();
        let protocol = worker.protocol();
        // A connection is accepted only when there is a place for it; until then the kernel queues it.
        while let Some(place) = unless(stop.as_mut(), Arc::clone(&free).acquire_owned()).await {
            let Some(accepted) = unless(stop.as_mut(), listener.accept()).await else { break };
            match accepted {
                Ok((stream, peer)) => {
                    let connection =
                        Arc::clone(&worker).serve(protocol.clone(), stream, peer, graceful.watcher());
                    tokio::spawn(async move {
                        connection.await;
                        drop(place);
                    });
                }
                Err(error) if is_of_the_peer(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection can be accepted at the moment");
                    if unless(stop.as_mut(), tokio::time::sleep(ACCEPT_PAUSE)).await.is_none() {
                        break;
                    }
                }
            }
        }
        drop(listener);
        if tokio::time::timeout(worker.options.drain_timeout, graceful.shutdown()).await.is_err() {
            tracing::warn!("connections were cut off at the end of the drain timeout");
        }
    }

    fn protocol(&self) -> http1::Builder {
        let mut protocol = http1::Builder::new();
        protocol
            .timer(TokioTimer::new())
            .header_read_timeout(self.options.header_timeout)
            .max_header_size(MAX_HEADER_BYTES);
        protocol
    }

    async fn serve(
        self: Arc<Self>,
        protocol: http1::Builder,
        stream: TcpStream,
        peer: SocketAddr,
        watcher: Watcher,
    ) {
        // Without it the end of an answer may wait for an acknowledgement; a failure costs speed only.
        let _ = stream.set_nodelay(true);
        let stream = Watched::new(stream, self.options.idle_timeout, self.options.write_timeout);
        let activity = Arc::clone(stream.activity());
        let service = service_fn(|request| {
            let busy = Busy::new(&activity);
            let worker = Arc::clone(&self);
            async move {
                let response = answer(&worker.site, &request).await;
                let receipt = Receipt {
                    log: worker.log.clone(),
                    peer: peer.ip(),
                    method: request.method().clone(),
                    target: request.uri().clone(),
                    version: request.version(),
                    status: response.status().as_u16(),
                    bytes: 0,
                    _busy: busy,
                };
                Ok::<_, Infallible>(response.map(|content| Answer::new(content, receipt)))
            }
        });
        let served = watcher.watch(protocol.serve_connection(TokioIo::new(stream), service)).await;
        if let Err(error) = served {
            self.note(peer.ip(), &error);
        }
    }

    /// What hyper answered by itself belongs in the access log too; broken connections do not.
    fn note(&self, peer: IpAddr, error: &hyper::Error) {
        if error.is_parse() && !error.is_parse_version_h2() {
            let status = if error.is_parse_too_large() { 431 } else { 400 };
            self.log.write(&Record { peer, request: None, status, bytes: 0 });
        } else {
            tracing::debug!(%peer, %error, "a connection ended early");
        }
    }
}

/// The outcome of `work`, or nothing when `stop` is ready first.
async fn unless<T>(mut stop: Pin<&mut impl Future<Output = ()>>, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| match stop.as_mut().poll(context) {
        Poll::Ready(()) => Poll::Ready(None),
        Poll::Pending => work.as_mut().poll(context).map(Some),
    })
    .await
}

/// Errors of `accept` that concern one connection and say nothing about the next.
fn is_of_the_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
