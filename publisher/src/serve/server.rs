//! The server as other code sees it: bound, then run until told to stop.
//!
//! Invariant: once a [`BoundServer`] exists, its address is taken and connections queue, so its address may
//! be told to others before it runs.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use super::access_log::AccessLog;
use super::error::ServeError;
use super::limits::BLOCKING_THREADS;
use super::load::Site;
use super::options::ServeOptions;
use super::tree::Tree;
use super::worker::Worker;

/// A server that listens and does not answer yet.
#[derive(Debug)]
pub struct BoundServer {
    options: ServeOptions,
    listener: TcpListener,
    address: SocketAddr,
    tree: Tree,
}

/// Opens the root folder and takes the address.
///
/// # Errors
/// [`ServeError`]: the folder first, then the address.
pub fn bind(options: ServeOptions) -> Result<BoundServer, ServeError> {
    if options.max_connections == 0 {
        return Err(ServeError::NoConnections);
    }
    let options = options.within_limits();
    let tree = Tree::open_root(&options.root).map_err(|source| ServeError::of_root(&options.root, source))?;
    let at_address = |source| ServeError::of_address(options.listen, source);
    let listener = TcpListener::bind(options.listen).map_err(at_address)?;
    listener.set_nonblocking(true).map_err(at_address)?;
    let address = listener.local_addr().map_err(at_address)?;
    Ok(BoundServer { options, listener, address, tree })
}

/// Binds, writes one line `listening on http://ADDRESS:PORT` to `out`, and serves until SIGTERM or SIGINT.
/// The signals are already caught when the line appears.
///
/// # Errors
/// [`ServeError`].
pub fn serve(options: ServeOptions, out: &mut dyn Write, log: AccessLog) -> Result<(), ServeError> {
    let server = bind(options)?;
    let runtime = runtime()?;
    let stop = runtime.block_on(async { termination() })?;
    writeln!(out, "listening on {}", server.url())
        .and_then(|()| out.flush())
        .map_err(ServeError::Announce)?;
    server.run_on(runtime, stop, log)
}

/// Binds and serves on a thread of its own.
///
/// # Errors
/// [`ServeError`].
pub fn spawn(options: ServeOptions, log: AccessLog) -> Result<RunningServer, ServeError> {
    let server = bind(options)?;
    let address = server.address();
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = std::thread::Builder::new()
        .name("serve".to_owned())
        .spawn(move || {
            // A dropped sender is as good a signal as a sent one.
            let stopped = async {
                let _ = stopped.await;
            };
            server.run(stopped, log)
        })
        .map_err(ServeError::Setup)?;
    Ok(RunningServer { address, running: Some(Running { stop, thread }) })
}

impl BoundServer {
    /// Where it listens, with the port that it was given.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://ADDRESS:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        url(self.address)
    }

    /// Serves on this thread until `stop` is ready, then finishes the answers that are under way.
    ///
    /// # Errors
    /// [`ServeError::Setup`].
    pub fn run(self, stop: impl Future<Output = ()>, log: AccessLog) -> Result<(), ServeError> {
        self.run_on(runtime()?, stop, log)
    }

    fn run_on(
        self,
        runtime: Runtime,
        stop: impl Future<Output = ()>,
        log: AccessLog,
    ) -> Result<(), ServeError> {
        let site = Arc::new(Site::new(self.tree));
        let same_log = log.clone();
        let worker = Worker { site, log, options: self.options };
        let ended = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(self.listener).map_err(ServeError::Setup)?;
            worker.work(listener, stop).await;
            Ok(())
        });
        // A read that hangs on a dead disk must not keep the program; connections that are cut off here
        // still write their lines.
        runtime.shutdown_background();
        same_log.flush();
        ended
    }
}

/// A server on a thread of its own; dropping it stops it.
#[derive(Debug)]
pub struct RunningServer {
    address: SocketAddr,
    running: Option<Running>,
}

/// Dropping `stop` tells the thread to stop.
#[derive(Debug)]
struct Running {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), ServeError>>,
}

impl RunningServer {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://ADDRESS:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        url(self.address)
    }

    /// Stops it in good order and waits for its end; the access log is complete then.
    ///
    /// # Errors
    /// What [`BoundServer::run`] ended with, or [`ServeError::BrokeDown`].
    pub fn stop(mut self) -> Result<(), ServeError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), ServeError> {
        let Some(Running { stop, thread }) = self.running.take() else { return Ok(()) };
        drop(stop);
        thread.join().map_err(|_| ServeError::BrokeDown)?
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::error!(%error, "the server did not end well");
        }
    }
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

fn runtime() -> Result<Runtime, ServeError> {
    Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()
        .map_err(ServeError::Setup)
}

/// Catches SIGTERM and SIGINT from now on; ready when the first one arrives.
fn termination() -> Result<impl Future<Output = ()>, ServeError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Setup)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Setup)?;
    let mut arrived = move |context: &mut std::task::Context<'_>| {
        let arrived = |signal: &mut Signal, context: &mut _| signal.poll_recv(context).is_ready();
        // Both are asked, so that either wakes us.
        let (terminated, interrupted) = (arrived(&mut terminate, context), arrived(&mut interrupt, context));
        if terminated || interrupted { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    };
    Ok(std::future::poll_fn(move |context| arrived(context)))
}
