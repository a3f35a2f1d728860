//! A repository on a server.
//!
//! TLS is by rustls with ring, because nothing else starts as quickly; the system's certificate authorities are loaded for
//! https alone, and their absence never breaks http. Trust rests on signatures and not on TLS.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use interdict_host::world::World;
use interdict_host::write::DiskError;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, NoProxy, Proxy, StatusCode, redirect};
use rustls::RootCertStore;
use thiserror::Error;

use super::authorities::{self, Extent, SystemAuthorities};
use super::exchange::{Content, Exchange};
use super::pace::Paced;
use super::{
    Fetch, FetchError, Folder, RetryAfter, Timeouts, Within, read_beginning, read_in_parts, read_whole,
};

/// Redirects that are followed; never to another scheme.
const MAX_REDIRECTS: usize = 5;

/// How to reach the network: what the environment says of proxies and certificates, and how long a server may take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkOptions {
    /// `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, in lower case.
    pub proxies: BTreeMap<String, String>,
    /// `SSL_CERT_FILE`: a file of certificate authorities instead of the system's.
    pub certificate_file: Option<std::path::PathBuf>,
    /// Whether `SSL_CERT_DIR` names folders of them instead of the system's.
    pub certificate_folder: bool,
    /// Where the system's are.
    pub system: SystemAuthorities,
    /// How long a server may take.
    pub timeouts: Timeouts,
}

impl NetworkOptions {
    /// What this world's environment says. Upper-case names count where the lower-case one is not set.
    pub fn of(world: &World) -> Self {
        let names = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];
        let value = |name: &str| {
            world.variable(name).or_else(|| world.variable(&name.to_uppercase())).map(str::to_owned)
        };
        Self {
            proxies: names.iter().filter_map(|name| Some(((*name).to_owned(), value(name)?))).collect(),
            certificate_file: world.variable("SSL_CERT_FILE").map(|file| world.resolve(file)),
            certificate_folder: world.variable("SSL_CERT_DIR").is_some(),
            system: SystemAuthorities::Usual,
            timeouts: Timeouts::default(),
        }
    }
}

/// A connection to a server.
#[derive(Debug)]
pub struct Http {
    metadata: String,
    targets: String,
    source: String,
    options: NetworkOptions,
    exchange: Exchange,
    /// Of the authorities that `exchange` knows.
    extent: Extent,
    /// One that knows all, once a server's authority was not among those.
    thorough: OnceLock<Exchange>,
}

/// What went wrong on the network.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The client could not be set up, or the exchange failed.
    #[error(transparent)]
    Exchange(#[from] reqwest::Error),
    /// The server is not who it says it is, as far as can be told here.
    #[error("the server's certificate is by an authority that is not known here")]
    UnknownAuthority(#[source] reqwest::Error),
    /// The server did not begin its answer in time.
    #[error("timed out: no answer began within {} ms", limit.as_millis())]
    TooLate {
        /// How long it may take.
        limit: Duration,
    },
    /// This machine gives nothing to wait for a connection with.
    #[error("cannot wait for a connection")]
    Wait(#[source] std::io::Error),
    /// The body ended early, or could not be read.
    #[error("the answer broke off")]
    Body(#[from] std::io::Error),
    /// TLS could not be set up.
    #[error("cannot set up TLS")]
    Tls(#[from] rustls::Error),
    /// The certificate authorities could not be read.
    #[error("no certificate authority could be loaded, which https needs")]
    NoCertificates,
}

impl Http {
    /// A connection to the server at this URL, which ends with `/`. Nothing is sent yet.
    ///
    /// # Errors
    /// [`HttpError`] where a proxy's address does not parse or, for https, no certificate authority can be loaded.
    pub fn new(base: &str, options: &NetworkOptions) -> Result<Self, HttpError> {
        let folder = |folder: Folder| format!("{base}{folder}/");
        let http = Self::apart(&folder(Folder::Metadata), &folder(Folder::Targets), options)?;
        Ok(Self { source: base.into(), ..http })
    }

    /// A connection to a repository whose metadata and targets lie apart, each at a URL that ends with `/`. Nothing is sent
    /// yet.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn apart(metadata: &str, targets: &str, options: &NetworkOptions) -> Result<Self, HttpError> {
        let https = [metadata, targets].iter().any(|url| url.starts_with("https:"));
        let (authorities, extent) = if https {
            authorities::load(options, Extent::Bundle)?
        } else {
            (RootCertStore::empty(), Extent::All)
        };
        Ok(Self {
            source: metadata.into(),
            metadata: metadata.into(),
            targets: targets.into(),
            exchange: exchange(options, authorities)?,
            extent,
            thorough: OnceLock::new(),
            options: options.clone(),
        })
    }
}

fn exchange(options: &NetworkOptions, authorities: RootCertStore) -> Result<Exchange, HttpError> {
    let scheme_kept = redirect::Policy::custom(|attempt| {
        let began = attempt.previous().first().map(|url| url.scheme().to_owned());
        if attempt.previous().len() > MAX_REDIRECTS {
            attempt.error("too many redirects")
        } else if began.as_deref() == Some(attempt.url().scheme()) {
            attempt.follow()
        } else {
            attempt.error("a redirect to another scheme")
        }
    });
    let mut builder = Client::builder()
        .user_agent(concat!("interdict/", env!("CARGO_PKG_VERSION")))
        .redirect(scheme_kept)
        .referer(false)
        .connect_timeout(options.timeouts.connect.duration())
        .http1_only()
        .tls_backend_preconfigured(tls(authorities)?)
        .no_proxy();
    let exempt = options.proxies.get("no_proxy").and_then(|list| NoProxy::from_string(list));
    for (name, make) in PROXIES {
        if let Some(address) = options.proxies.get(name) {
            builder = builder.proxy(make(address)?.no_proxy(exempt.clone()));
        }
    }
    Exchange::new(builder, options.timeouts.read.duration())
}

type MakeProxy = fn(&str) -> reqwest::Result<Proxy>;

const PROXIES: [(&str, MakeProxy); 3] = [
    ("http_proxy", |to| Proxy::http(to)),
    ("https_proxy", |to| Proxy::https(to)),
    ("all_proxy", |to| Proxy::all(to)),
];

fn tls(authorities: RootCertStore) -> Result<rustls::ClientConfig, HttpError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(authorities)
        .with_no_client_auth())
}

impl Http {
    /// Asks for a file: its place, for messages, and the answer, of which only the head is read.
    fn ask(&self, folder: Folder, path: &str) -> Result<(String, Answer), FetchError> {
        let base = match folder {
            Folder::Metadata => &self.metadata,
            Folder::Targets => &self.targets,
        };
        let place = format!("{base}{path}");
        let began = Instant::now();
        let known = self.thorough.get();
        let mut exchange = known.unwrap_or(&self.exchange);
        let mut response = exchange.get(&place);
        let may_know_more = known.is_none() && self.extent == Extent::Bundle;
        if may_know_more && response.as_ref().is_err_and(|error| authorities::is_unknown(error)) {
            exchange = self.thorough().map_err(|error| failed(&place, error))?;
            response = exchange.get(&place);
        }
        let response = response.map_err(|error| failed(&place, authorities::named(error)))?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => return Err(FetchError::NotFound { place }),
            other => {
                let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
                let retry_after = retry_after.and_then(RetryAfter::parse);
                return Err(FetchError::Status { place, status: other.as_u16(), retry_after });
            }
        }
        tracing::debug!(place, status = response.status().as_u16(), "answered");
        let stated = response.content_length();
        let content = exchange.content(response);
        let elapsed: Elapsed = Box::new(move || began.elapsed());
        let body = Paced::new(content, self.options.timeouts.grace.duration(), elapsed);
        Ok((place, Answer { stated, body }))
    }

    /// An exchange that knows all authorities.
    fn thorough(&self) -> Result<&Exchange, HttpError> {
        let (authorities, _) = authorities::load(&self.options, Extent::All)?;
        let thorough = exchange(&self.options, authorities)?;
        // Where another thread was faster, its one is as good.
        Ok(self.thorough.get_or_init(|| thorough))
    }
}

type Elapsed = Box<dyn Fn() -> Duration>;

/// The answer to a request, before its content is read.
struct Answer {
    /// How long the content is, as the server says.
    stated: Option<u64>,
    body: Paced<Content, Elapsed>,
}

impl Answer {
    /// Whether the server says that it is longer than this.
    fn is_over(&self, max_bytes: u64) -> bool {
        self.stated.is_some_and(|length| length > max_bytes)
    }
}

fn failed(place: &str, error: impl Into<HttpError>) -> FetchError {
    FetchError::Network { place: place.into(), source: Box::new(error.into()) }
}

impl Fetch for Http {
    fn fetch(&self, folder: Folder, path: &str, max_bytes: u64) -> Result<Vec<u8>, FetchError> {
        let (place, mut answer) = self.ask(folder, path)?;
        let read = if answer.is_over(max_bytes) {
            Err(read_beginning(&mut answer.body))
        } else {
            read_whole(&mut answer.body, max_bytes).map_err(|error| failed(&place, error))?
        };
        read.map_err(|beginning| FetchError::TooLong { place, limit: max_bytes, beginning })
    }

    fn fetch_in_parts(
        &self,
        folder: Folder,
        path: &str,
        max_bytes: u64,
        keep: &mut dyn FnMut(&[u8]) -> Result<(), DiskError>,
    ) -> Result<(), FetchError> {
        let (place, mut answer) = self.ask(folder, path)?;
        let too_long = |place| Err(FetchError::TooLong { place, limit: max_bytes, beginning: Vec::new() });
        if answer.is_over(max_bytes) {
            return too_long(place);
        }
        match read_in_parts(&mut answer.body, max_bytes, keep).map_err(|error| failed(&place, error))?? {
            Within::Limit => Ok(()),
            Within::TooLong => too_long(place),
        }
    }

    fn source(&self) -> String {
        self.source.clone()
    }
}
