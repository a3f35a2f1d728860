//! A repository on a server.
//!
//! TLS is by rustls with ring, because nothing else starts as quickly; the system's certificate authorities are loaded for
//! https alone, and their absence never breaks http. Trust rests on signatures and not on TLS.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use interdict_host::read::read_to_limit;
use interdict_host::world::World;
use reqwest::blocking::Client;
use reqwest::header::RETRY_AFTER;
use reqwest::{NoProxy, Proxy, StatusCode, redirect};
use rustls::RootCertStore;
use thiserror::Error;

use super::pace::Paced;
use super::{Fetch, FetchError, Folder, RetryAfter};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a server may take to begin its answer, and to go on with it. How long it may take in all, its pace decides.
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// Redirects that are followed; never to another scheme.
const MAX_REDIRECTS: usize = 5;

/// How to reach the network: what the environment says of proxies and certificates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkOptions {
    /// `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, in lower case.
    pub proxies: BTreeMap<String, String>,
    /// `SSL_CERT_FILE`: a file of certificate authorities instead of the system's.
    pub certificate_file: Option<std::path::PathBuf>,
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
        }
    }
}

/// A connection to a server.
#[derive(Debug)]
pub struct Http {
    metadata: String,
    targets: String,
    source: String,
    client: Client,
}

/// What went wrong on the network.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The client could not be set up, or the exchange failed.
    #[error(transparent)]
    Exchange(#[from] reqwest::Error),
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
        let https = [metadata, targets].iter().any(|url| url.starts_with("https:"));
        let mut builder = Client::builder()
            .user_agent(concat!("interdict/", env!("CARGO_PKG_VERSION")))
            .redirect(scheme_kept)
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(READ_TIMEOUT)
            .http1_only()
            .tls_backend_preconfigured(tls(https, options)?)
            .no_proxy();
        let exempt = options.proxies.get("no_proxy").and_then(|list| NoProxy::from_string(list));
        for (name, make) in PROXIES {
            if let Some(address) = options.proxies.get(name) {
                builder = builder.proxy(make(address)?.no_proxy(exempt.clone()));
            }
        }
        let (metadata, targets) = (metadata.to_owned(), targets.to_owned());
        Ok(Self { source: metadata.clone(), metadata, targets, client: builder.build()? })
    }
}

type MakeProxy = fn(&str) -> reqwest::Result<Proxy>;

const PROXIES: [(&str, MakeProxy); 3] = [
    ("http_proxy", |to| Proxy::http(to)),
    ("https_proxy", |to| Proxy::https(to)),
    ("all_proxy", |to| Proxy::all(to)),
];

fn tls(https: bool, options: &NetworkOptions) -> Result<rustls::ClientConfig, HttpError> {
    let mut authorities = RootCertStore::empty();
    if https {
        let loaded = match &options.certificate_file {
            Some(file) => rustls_native_certs::load_certs_from_paths(Some(file), None),
            None => rustls_native_certs::load_native_certs(),
        };
        authorities.add_parsable_certificates(loaded.certs);
        if authorities.is_empty() {
            return Err(HttpError::NoCertificates);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(authorities)
        .with_no_client_auth())
}

impl Http {
    fn place(&self, folder: Folder, path: &str) -> String {
        let base = match folder {
            Folder::Metadata => &self.metadata,
            Folder::Targets => &self.targets,
        };
        format!("{base}{path}")
    }
}

impl Fetch for Http {
    fn fetch(&self, folder: Folder, path: &str, max_bytes: u64) -> Result<Vec<u8>, FetchError> {
        let place = self.place(folder, path);
        let mut body = self.open(folder, path, max_bytes)?;
        let read = read_to_limit(&mut body, max_bytes)
            .map_err(|error| FetchError::Network { place: place.clone(), source: Box::new(error.into()) })?;
        read.ok_or(FetchError::TooLong { place, limit: max_bytes })
    }

    fn open(&self, folder: Folder, path: &str, max_bytes: u64) -> Result<Box<dyn Read + '_>, FetchError> {
        let place = self.place(folder, path);
        let failed = |error: HttpError| FetchError::Network { place: place.clone(), source: Box::new(error) };
        let began = Instant::now();
        let response = self.client.get(&place).send().map_err(|error| failed(error.without_url().into()))?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => return Err(FetchError::NotFound { place }),
            other => {
                let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
                let retry_after = retry_after.and_then(RetryAfter::parse);
                return Err(FetchError::Status { place, status: other.as_u16(), retry_after });
            }
        }
        if response.content_length().is_some_and(|length| length > max_bytes) {
            return Err(FetchError::TooLong { place, limit: max_bytes });
        }
        tracing::debug!(place, status = response.status().as_u16(), "answered");
        Ok(Box::new(Paced::new(response, move || began.elapsed())))
    }

    fn source(&self) -> String {
        self.source.clone()
    }
}
