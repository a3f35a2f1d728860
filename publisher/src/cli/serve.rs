//! `serve`: serves what is published, over HTTP.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use interdict_host::exit::{Exit, Outcome};
use interdict_host::world::World;

use super::{Failure, Verdict};
use crate::serve::limits::{
    DRAIN_TIMEOUT, HEADER_TIMEOUT, IDLE_TIMEOUT, MAX_CONNECTIONS, MAX_CONNECTIONS_PER_ADDRESS,
    MAX_HELD_BYTES, WRITE_TIMEOUT,
};
use crate::serve::{
    AccessLog, CertificateFiles, Endpoint, Inherited, LogForm, Sandbox, ServeError, ServeOptions, serve,
};

/// Where it listens unless it is told.
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// Serves a repository's public folder until SIGTERM, with an access log on standard error
///
/// What is published while it runs is served at once, and a certificate is taken over when its files change. Once it has
/// started it can read the folder and the certificate and nothing else (Landlock, seccomp).
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  interdict-publisher serve --repo repo --listen 127.0.0.1:8080\n  \
    interdict-publisher serve --repo repo --listen [::]:443 --tls-cert chain.pem --tls-key key.pem \\\n    \
    --listen http://[::]:80 --admin-listen 127.0.0.1:9180\n\n\
    Sockets of systemd (LISTEN_FDS) are served besides those of --listen; those named admin serve operators.\n\
    Trust does not rest on the server: any static host does as well.")]
pub struct ServeArgs {
    /// The repository's folder, or the folder that is served
    #[arg(long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,

    /// Where to listen, any number of times: ADDRESS:PORT, http://ADDRESS:PORT, https://ADDRESS:PORT or unix:PATH; port 0
    /// takes a free one, and every place is printed on standard output [default: 127.0.0.1:8080]
    #[arg(long, value_name = "PLACE")]
    listen: Vec<Endpoint>,

    /// Where operators ask for /metrics (Prometheus) and /healthz, never with TLS
    #[arg(long, value_name = "PLACE")]
    admin_listen: Option<Endpoint>,

    /// The certificate and its chain, in PEM: TLS wherever http:// is not said
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// The key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// Threads that answer [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    threads: Option<u16>,

    /// Files held in memory at most, in MiB
    #[arg(long, value_name = "MIB", default_value_t = MAX_HELD_BYTES >> 20)]
    cache_size: u64,

    /// How many connections at once; at the limit those that ask for nothing give way
    #[arg(long, value_name = "N", default_value_t = MAX_CONNECTIONS)]
    max_connections: usize,

    /// How many connections of one address at once, an IPv6 network of 64 bits counting as one; 0 is no limit
    #[arg(long, value_name = "N", default_value_t = MAX_CONNECTIONS_PER_ADDRESS)]
    max_connections_per_address: u32,

    /// Requests a second of one address; more are answered with 429 and Retry-After; 0 is no limit
    #[arg(long, value_name = "N", default_value_t = 0)]
    rate: u32,

    /// Requests of one address at once before --rate counts [default: ten seconds of --rate]
    #[arg(long, value_name = "N")]
    burst: Option<u32>,

    /// Seconds for a request's header to arrive, and for a TLS handshake
    #[arg(long, value_name = "SECONDS", default_value_t = HEADER_TIMEOUT.as_secs())]
    header_timeout: u64,

    /// Seconds until a connection that asks for nothing is closed
    #[arg(long, value_name = "SECONDS", default_value_t = IDLE_TIMEOUT.as_secs())]
    idle_timeout: u64,

    /// Seconds until a reader that takes nothing is given up
    #[arg(long, value_name = "SECONDS", default_value_t = WRITE_TIMEOUT.as_secs())]
    write_timeout: u64,

    /// Seconds for running answers after SIGTERM
    #[arg(long, value_name = "SECONDS", default_value_t = DRAIN_TIMEOUT.as_secs())]
    drain_timeout: u64,

    /// How the access log is written
    #[arg(long, value_name = "FORM", value_enum, default_value_t = AccessLogForm::Common)]
    access_log: AccessLogForm,

    /// Keep no access log
    #[arg(short, long, conflicts_with = "access_log")]
    quiet: bool,

    /// Give nothing up after starting: everything that this user can read stays readable to the server
    #[arg(long)]
    dangerously_without_sandbox: bool,
}

/// What the access log looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AccessLogForm {
    /// The common log format
    Common,
    /// One JSON object a line
    Json,
    /// Nothing
    None,
}

impl ServeArgs {
    pub fn run(&self, world: &mut World) -> Verdict {
        let inherited = inherited(world)?;
        let options = self.options(world, inherited.has_no_site());
        let log = |form| AccessLog::held_back(world.stderr.clone(), Arc::clone(&world.clock), form);
        let log = match self.access_log {
            _ if self.quiet => AccessLog::none(),
            AccessLogForm::None => AccessLog::none(),
            AccessLogForm::Common => log(LogForm::Common),
            AccessLogForm::Json => log(LogForm::Json),
        };
        serve(options, inherited, &mut world.stdout, log)?;
        Ok(Outcome::done())
    }

    fn options(&self, world: &World, listens_nowhere: bool) -> ServeOptions {
        let dir = world.resolve(&self.repo);
        let public = if dir.join("public").is_dir() { dir.join("public") } else { dir };
        let place = |endpoint: &Endpoint| match endpoint {
            Endpoint::Unix(path) => Endpoint::Unix(world.resolve(path)),
            address @ Endpoint::Address(..) => address.clone(),
        };
        let mut listen: Vec<_> = self.listen.iter().map(place).collect();
        if listen.is_empty() && listens_nowhere {
            listen.extend(DEFAULT_LISTEN.parse::<Endpoint>());
        }
        let certificate = self.tls_cert.as_ref().zip(self.tls_key.as_ref());
        let certificate = certificate.map(|(certificate, key)| CertificateFiles {
            certificate: world.resolve(certificate),
            key: world.resolve(key),
        });
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        ServeOptions {
            root: public,
            listen,
            admin: self.admin_listen.as_ref().map(place),
            certificate,
            threads: self.threads.map_or(processors, usize::from),
            cache_bytes: self.cache_size.saturating_mul(1 << 20),
            max_connections: self.max_connections,
            max_connections_per_address: self.max_connections_per_address,
            rate: self.rate,
            burst: self.burst.unwrap_or(self.rate.saturating_mul(10)),
            header_timeout: Duration::from_secs(self.header_timeout),
            idle_timeout: Duration::from_secs(self.idle_timeout),
            write_timeout: Duration::from_secs(self.write_timeout),
            drain_timeout: Duration::from_secs(self.drain_timeout),
            sandbox: if self.dangerously_without_sandbox { Sandbox::Off } else { Sandbox::On },
        }
    }
}

/// The sockets that systemd handed over, if it did.
fn inherited(world: &World) -> Result<Inherited, Failure> {
    if world.variable("LISTEN_FDS").is_none() {
        return Ok(Inherited::default());
    }
    let names = world.variable("LISTEN_FDNAMES").unwrap_or_default();
    Ok(Inherited::take(listenfd::ListenFd::from_env(), names)?)
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        match &error {
            ServeError::RootMissing { .. } | ServeError::RootNotDirectory { .. } => {
                Self::usage(error).hint("give the repository's folder: --repo DIR")
            }
            ServeError::AddressTaken { .. } => {
                Self::new(error, Exit::NoAnswer).hint("choose another port, or 0 for a free one")
            }
            ServeError::AddressDenied { endpoint: Endpoint::Address(..) } => {
                Self::new(error, Exit::NoAnswer).hint(
                    "choose a port from 1024 on, or let systemd open it: publisher/systemd/interdict-serve.socket",
                )
            }
            ServeError::NoCertificate { .. } => {
                Self::usage(error).hint("give a certificate and its key: --tls-cert FILE --tls-key FILE")
            }
            ServeError::Certificate(_) => Self::usage(error).hint(
                "give the chain and its key in PEM, readable to the user of the server: --tls-cert FILE --tls-key FILE",
            ),
            ServeError::Sandbox(_) => Self::new(error, Exit::NoAnswer)
                .hint("report this kernel, and until then serve with --dangerously-without-sandbox"),
            ServeError::NoConnections | ServeError::NoEndpoint => Self::usage(error),
            _ => Self::new(error, Exit::NoAnswer),
        }
    }
}
