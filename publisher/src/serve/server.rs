//! The server as other code sees it: bound, then run until told to stop.
//!
//! Invariant: once a [`BoundServer`] exists, its addresses are taken and connections queue, so they may
//! be told to others before it runs.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, oneshot, watch};

use super::access_log::AccessLog;
use super::certificate::Certificate;
use super::error::ServeError;
use super::limits::{BLOCKING_THREADS, MAX_ADMIN_CONNECTIONS, SPARE_FILES};
use super::listener::{ADMIN, Inherited, Place, adopt, listen};
use super::load::Site;
use super::metrics::Counters;
use super::options::{Endpoint, Sandbox, ServeOptions};
use super::peers::Peers;
use super::sandbox;
use super::shared::Shared;
use super::tree::Tree;
use super::worker::{Door, Role, Worker};

/// A server that listens and does not answer yet.
#[derive(Debug)]
pub struct BoundServer {
    options: ServeOptions,
    places: Vec<Place>,
    admin: Vec<Place>,
    certificate: Option<Arc<Certificate>>,
    tree: Tree,
}

/// Opens the root folder, loads the certificate and takes the addresses.
///
/// # Errors
/// [`ServeError`]: the folder first, then the certificate, then the addresses.
pub fn bind(options: ServeOptions) -> Result<BoundServer, ServeError> {
    bind_with(options, Inherited::default())
}

/// As [`bind`], with sockets that were handed over besides those of the options.
///
/// # Errors
/// [`ServeError`].
pub fn bind_with(options: ServeOptions, inherited: Inherited) -> Result<BoundServer, ServeError> {
    if options.max_connections == 0 {
        return Err(ServeError::NoConnections);
    }
    let mut options = options.within_limits();
    let tree = Tree::open_root(&options.root).map_err(|source| ServeError::of_root(&options.root, source))?;
    let certificate = options.certificate.clone().map(Certificate::load).transpose()?.map(Arc::new);
    let (mut places, mut admin) = (Vec::new(), Vec::new());
    for (position, (socket, name)) in inherited.0.into_iter().enumerate() {
        let is_admin = name == ADMIN;
        let threads = if is_admin { 1 } else { options.threads };
        let place = adopt(socket, threads, certificate.is_some() && !is_admin)
            .map_err(|source| ServeError::Inherited { position, source })?;
        if is_admin { admin.push(place) } else { places.push(place) }
    }
    for endpoint in &options.listen {
        places.push(listen(endpoint, options.threads, certificate.is_some())?);
    }
    if let Some(endpoint) = &options.admin {
        admin.push(listen(endpoint, 1, false)?);
    }
    if places.is_empty() {
        return Err(ServeError::NoEndpoint);
    }
    options.max_connections = within_open_files(options.max_connections);
    Ok(BoundServer { options, places, admin, certificate, tree })
}

/// As many connections as wanted, or as the system lets this process have.
fn within_open_files(wanted: usize) -> usize {
    let files = getrlimit(Resource::Nofile);
    let needed = u64::try_from(wanted).unwrap_or(u64::MAX).saturating_add(SPARE_FILES);
    let mut allowed = files.current.unwrap_or(u64::MAX);
    if allowed < needed {
        let raised = needed.min(files.maximum.unwrap_or(u64::MAX));
        let limit = Rlimit { current: Some(raised), maximum: files.maximum };
        if raised > allowed && setrlimit(Resource::Nofile, limit).is_ok() {
            allowed = raised;
        }
    }
    if allowed >= needed {
        return wanted;
    }
    let connections = usize::try_from(allowed.saturating_sub(SPARE_FILES)).unwrap_or(usize::MAX).max(1);
    tracing::warn!(
        wanted,
        connections,
        "fewer connections than wanted: raise the limit of open files (LimitNOFILE=, ulimit -n)"
    );
    connections
}

/// Binds, writes one line `listening on URL` for each place and `operators ask at URL` to `out`, and serves until
/// SIGTERM or SIGINT. The signals are already caught when the lines appear. With [`Sandbox::On`] the calling thread
/// stays in the sandbox.
///
/// # Errors
/// [`ServeError`].
pub fn serve(
    options: ServeOptions,
    inherited: Inherited,
    out: &mut dyn Write,
    log: AccessLog,
) -> Result<(), ServeError> {
    let server = bind_with(options, inherited)?;
    let runtime = runtime()?;
    let stop = runtime.block_on(async { termination() })?;
    announce(&server, out).map_err(ServeError::Announce)?;
    server.run_on(&runtime, stop, log)
}

fn announce(server: &BoundServer, out: &mut dyn Write) -> std::io::Result<()> {
    for place in &server.places {
        writeln!(out, "listening on {}", place.url())?;
    }
    for place in &server.admin {
        writeln!(out, "operators ask at {}", place.url())?;
    }
    out.flush()
}

/// Binds and serves on threads of its own.
///
/// # Errors
/// [`ServeError`].
pub fn spawn(options: ServeOptions, log: AccessLog) -> Result<RunningServer, ServeError> {
    let server = bind(options)?;
    let places = Places::of(&server);
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
    Ok(RunningServer { places, running: Some(Running { stop, thread }) })
}

/// Where a server listens.
#[derive(Debug, Clone)]
struct Places {
    address: SocketAddr,
    urls: Vec<String>,
    admin: Option<SocketAddr>,
}

impl Places {
    fn of(server: &BoundServer) -> Self {
        let address = |place: &Place| match place.endpoint {
            Endpoint::Address(address, _) => Some(address),
            Endpoint::Unix(_) => None,
        };
        Self {
            address: server.places.iter().find_map(address).unwrap_or(SocketAddr::from(([0, 0, 0, 0], 0))),
            urls: server.places.iter().map(Place::url).collect(),
            admin: server.admin.iter().find_map(address),
        }
    }

    fn url(&self) -> String {
        self.urls.first().cloned().unwrap_or_default()
    }
}

impl BoundServer {
    /// The first address at which it listens, with the port that it was given; port 0 where it listens at none.
    pub fn address(&self) -> SocketAddr {
        Places::of(self).address
    }

    /// The first place: `http://ADDRESS:PORT`, without a slash at the end, `https://` or `unix:PATH`.
    pub fn url(&self) -> String {
        Places::of(self).url()
    }

    /// Serves on threads of its own until `stop` is ready, then finishes the answers that are under way. With
    /// [`Sandbox::On`] the calling thread stays in the sandbox.
    ///
    /// # Errors
    /// [`ServeError::Setup`], [`ServeError::Sandbox`], [`ServeError::BrokeDown`].
    pub fn run(self, stop: impl Future<Output = ()>, log: AccessLog) -> Result<(), ServeError> {
        self.run_on(&runtime()?, stop, log)
    }

    fn run_on(
        self,
        runtime: &Runtime,
        stop: impl Future<Output = ()>,
        log: AccessLog,
    ) -> Result<(), ServeError> {
        let Self { options, places, admin, certificate, tree } = self;
        let threads = options.threads;
        let acceptor = certificate.as_ref().map(Certificate::acceptor).transpose()?;
        if options.sandbox == Sandbox::On {
            let folders = certificate.as_ref().map(|certificate| certificate.folders()).unwrap_or_default();
            sandbox::enter(tree.root(), &folders).map_err(ServeError::Sandbox)?;
        }
        let counters: Vec<_> = std::iter::repeat_with(Arc::<Counters>::default).take(threads).collect();
        let peers = Peers::new(options.max_connections_per_address, options.rate, options.burst);
        let shared = Arc::new(Shared {
            site: Site::new(tree, options.cache_bytes),
            log,
            peers: Arc::new(peers),
            counters: counters.clone(),
            certificate,
            draining: AtomicBool::new(false),
            options,
        });
        let each = shared.options.max_connections.div_ceil(threads);
        let mut workers: Vec<(Worker, Vec<Door>)> = counters
            .into_iter()
            .map(|own| (Worker::new(Role::Site, Arc::clone(&shared), own, each), Vec::new()))
            .collect();
        for place in places {
            let tls = place.encrypted.then(|| acceptor.clone()).flatten();
            for (socket, (_, doors)) in place.sockets.into_iter().zip(&mut workers) {
                doors.push(Door { socket, tls: tls.clone() });
            }
        }
        let doors = admin.into_iter().flat_map(|place| place.sockets);
        let doors: Vec<_> = doors.map(|socket| Door { socket, tls: None }).collect();
        if !doors.is_empty() {
            let worker = Worker::new(Role::Admin, Arc::clone(&shared), Arc::default(), MAX_ADMIN_CONNECTIONS);
            workers.push((worker, doors));
        }
        let ended = run_all(runtime, workers, stop);
        shared.log.flush();
        ended
    }
}

/// Runs each worker on a thread until `stop`, or until one of them ends by itself.
fn run_all(
    runtime: &Runtime,
    workers: Vec<(Worker, Vec<Door>)>,
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let (tell, told) = watch::channel(false);
    let (leave, mut left) = mpsc::unbounded_channel::<()>();
    let mut threads = Vec::with_capacity(workers.len());
    for (number, (worker, doors)) in workers.into_iter().enumerate() {
        let (told, leave) = (told.clone(), Leaving(leave.clone()));
        let work = move || {
            let _leave = leave;
            let runtime = self::runtime()?;
            let ended = runtime.block_on(Arc::new(worker).work(doors, told, number == 0));
            // A read that hangs on a dead disk must not keep the program; connections that are cut off here
            // still write their lines.
            runtime.shutdown_background();
            ended.map_err(ServeError::Setup)
        };
        let thread = std::thread::Builder::new().name(format!("serve-{number}")).spawn(work);
        threads.push(thread.map_err(ServeError::Setup)?);
    }
    runtime.block_on(async {
        let mut stop = std::pin::pin!(stop);
        std::future::poll_fn(|context| {
            let stopped = stop.as_mut().poll(context).is_ready();
            if stopped || left.poll_recv(context).is_ready() {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    });
    // Whoever is not there any more needs not be told.
    let _ = tell.send(true);
    threads.into_iter().try_fold((), |(), thread| thread.join().map_err(|_| ServeError::BrokeDown)?)
}

/// Says that a thread has ended, however it ended.
struct Leaving(mpsc::UnboundedSender<()>);

impl Drop for Leaving {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// A server on threads of its own; dropping it stops it.
#[derive(Debug)]
pub struct RunningServer {
    places: Places,
    running: Option<Running>,
}

/// Dropping `stop` tells the thread to stop.
#[derive(Debug)]
struct Running {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), ServeError>>,
}

impl RunningServer {
    /// The first address at which it listens; port 0 where it listens at none.
    pub fn address(&self) -> SocketAddr {
        self.places.address
    }

    /// The first place: `http://ADDRESS:PORT`, without a slash at the end, `https://` or `unix:PATH`.
    pub fn url(&self) -> String {
        self.places.url()
    }

    /// All places, in the order of the options.
    pub fn urls(&self) -> &[String] {
        &self.places.urls
    }

    /// Where operators ask.
    pub fn admin(&self) -> Option<SocketAddr> {
        self.places.admin
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
