//! One connection: its handshake, its protocol, its requests.
//!
//! HTTP/1.1, and HTTP/2 where a client chose it in the handshake. Not here: how long it may last (`visit.rs`), who ends
//! it (`worker.rs`).

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};

use super::access_log::Record;
use super::admin;
use super::answer::{answer, too_many};
use super::body::{Answer, Receipt};
use super::limits::{MAX_HEADER_BYTES, MAX_STREAMS};
use super::metrics::Ended;
use super::moment::Moment;
use super::visit::{Busy, Peer, Visit};
use super::watched::Watched;
use super::worker::Role;

/// Serves a connection to its end.
pub(super) async fn serve<S>(visit: Arc<Visit>, stream: S, tls: Option<tokio_rustls::TlsAcceptor>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let stream = Watched::new(stream, Arc::clone(&visit));
    let Some(tls) = tls else { return http1(visit, stream).await };
    let mut handshake = pin!(tls.accept(stream));
    let shaken = poll_fn(|context| {
        visit.known_by(context.waker());
        // Nobody has asked for anything yet.
        if visit.worker.shared.is_draining() {
            Poll::Ready(None)
        } else {
            handshake.as_mut().poll(context).map(Some)
        }
    });
    let Some(shaken) = shaken.await else { return };
    match shaken {
        Ok(stream) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => http2(visit, stream).await,
        Ok(stream) => http1(visit, stream).await,
        Err(error) => {
            visit.worker.counters.ended(Ended::Handshake);
            tracing::debug!(peer = %visit.name, %error, "a handshake failed");
        }
    }
}

async fn http1(visit: Arc<Visit>, stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut protocol = http1::Builder::new();
    // Waits are watched by the patrol: a timer for each request costs more than it watches.
    // A client that has said all it has to say is answered all the same.
    protocol.header_read_timeout(None).max_header_size(MAX_HEADER_BYTES).half_close(true);
    let service = service_fn(|request| respond(&visit, request));
    let mut connection = pin!(protocol.serve_connection(TokioIo::new(stream), service));
    let stop = |connection: Pin<&mut http1::Connection<_, _>>| connection.graceful_shutdown();
    let served = until_stopped(&visit, connection.as_mut(), stop).await;
    if let Err(error) = served {
        note(&visit, &error);
    }
}

async fn http2<S>(visit: Arc<Visit>, stream: S)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    visit.activity.multiplex();
    let mut protocol = http2::Builder::new(TokioExecutor::new());
    protocol
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(u32::try_from(MAX_HEADER_BYTES).unwrap_or(u32::MAX));
    let asked = Arc::clone(&visit);
    let service = service_fn(move |request| {
        let visit = Arc::clone(&asked);
        async move { respond(&visit, request).await }
    });
    let mut connection = pin!(protocol.serve_connection(TokioIo::new(stream), service));
    let stop = |connection: Pin<&mut http2::Connection<_, _, _>>| connection.graceful_shutdown();
    let served = until_stopped(&visit, connection.as_mut(), stop).await;
    if let Err(error) = served {
        tracing::debug!(peer = %visit.name, %error, "a connection ended early");
    }
}

/// Serves, and tells the connection to end after what is under way once the server stops.
async fn until_stopped<C: Future>(
    visit: &Visit,
    mut connection: Pin<&mut C>,
    stop: impl Fn(Pin<&mut C>),
) -> C::Output {
    let mut told = false;
    poll_fn(|context: &mut Context<'_>| {
        visit.known_by(context.waker());
        if !told && visit.worker.shared.is_draining() {
            told = true;
            stop(connection.as_mut());
        }
        let served: Poll<_> = connection.as_mut().poll(context);
        served
    })
    .await
}

async fn respond(visit: &Arc<Visit>, request: Request<Incoming>) -> Result<Response<Answer>, Infallible> {
    let busy = Busy::new(Arc::clone(visit));
    // The content of a request is left unread.
    let (request, content) = request.into_parts();
    let worker = &visit.worker;
    let mut response = match (worker.role, &visit.peer) {
        (Role::Admin, _) => admin::answer(&worker.shared, &request),
        (Role::Site, Peer::Address(_, Some(guest))) => match guest.ask(Moment::now()) {
            Ok(()) => answer(&worker.shared.site, &request).await,
            Err(wait) => too_many(&request, wait),
        },
        (Role::Site, _) => answer(&worker.shared.site, &request).await,
    };
    if request.version != Version::HTTP_2 && worker.shared.is_draining() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    drop(content);
    let receipt = Receipt {
        method: request.method,
        target: request.uri,
        version: request.version,
        status: response.status().as_u16(),
        bytes: 0,
        busy,
    };
    Ok(response.map(|content| Answer::new(content, receipt)))
}

/// What hyper answered by itself belongs in the access log too; broken connections do not.
fn note(visit: &Visit, error: &hyper::Error) {
    if error.is_parse() && !error.is_parse_version_h2() {
        let status = if error.is_parse_too_large() { 431 } else { 400 };
        visit.worker.counters.answered(status, 0);
        let record = Record { peer: &visit.name, request: None, status, bytes: 0, tls: visit.encrypted };
        visit.worker.shared.log.write(&record);
    } else {
        tracing::debug!(peer = %visit.name, %error, "a connection ended early");
    }
}
