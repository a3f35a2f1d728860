//! A bucket of an S3-compatible store (Amazon S3 API, signature version 4).
//!
//! The store gives its objects whole or not at all. What is there already is told by length, and by `ETag` where that is the
//! MD5 of the content; where it is something else (a bucket that encrypts with keys of KMS), one object is read to find that
//! out, and length alone decides from then on. `timestamp.json` is put on the condition that it is the one that was looked at,
//! so that of two pushes at once the later one stops.
//!
//! Not here: credentials. They come from the environment, or from the machine's own role, as `object_store` has it.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use interdict_schema::Sha256;
use md5::{Digest as _, Md5};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, BackoffConfig, ClientOptions, Error as StoreError, ObjectStore as _,
    ObjectStoreExt as _, PutMode, PutOptions, RetryConfig, UpdateVersion,
};
use thiserror::Error;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tracing::{debug, warn};

use super::destination::{Destination, DestinationError};
use super::plan::{Found, Put};
use super::published::{Kind, Object, Published, TIMESTAMP};

/// Objects on their way at once.
const AT_ONCE: usize = 16;

/// How often a request is tried again, and for how long altogether.
const RETRIES: usize = 4;
const RETRY_TIMEOUT: Duration = Duration::from_mins(1);

/// How long an answer may stay silent.
const READ_TIMEOUT: Duration = Duration::from_mins(1);

/// A bucket did not do what was asked.
#[derive(Debug, Error)]
pub enum BucketError {
    /// The environment says something that cannot be used, or too little.
    #[error("the bucket cannot be addressed")]
    Configuration(#[source] StoreError),
    /// Nothing can be sent from this machine.
    #[error("cannot start the network")]
    Start(#[source] io::Error),
    /// The store says that this may not be done, or not by whom the credentials name.
    #[error("the bucket refuses to {doing} {name}")]
    Refused {
        /// What was being done.
        doing: &'static str,
        /// To which object, or to which names.
        name: String,
        /// What the store said.
        source: StoreError,
    },
    /// Somebody else has replaced `timestamp.json` since it was looked at.
    #[error("{TIMESTAMP} was replaced by somebody else meanwhile")]
    Overtaken(#[source] StoreError),
    /// The store gave no answer, or said that it cannot.
    #[error("cannot {doing} {name}")]
    Failed {
        /// What was being done.
        doing: &'static str,
        /// To which object, or to which names.
        name: String,
        /// What the store said.
        source: StoreError,
    },
}

impl BucketError {
    fn new(doing: &'static str, name: &str, source: StoreError) -> Self {
        let name = name.to_owned();
        match source {
            StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. } => {
                Self::Refused { doing, name, source }
            }
            source => Self::Failed { doing, name, source },
        }
    }
}

/// A bucket, and the prefix of its names.
#[derive(Debug)]
pub struct Bucket {
    store: Arc<AmazonS3>,
    prefix: String,
    runtime: Runtime,
    /// Which `timestamp.json` was looked at; `None` where there was none.
    seen: Option<UpdateVersion>,
    etags_are_digests: bool,
}

/// An object that is there.
struct There {
    length: u64,
    etag: Option<String>,
}

impl Bucket {
    /// A bucket. Endpoint, region and credentials are those that the `AWS_…` variables of this environment name.
    ///
    /// # Errors
    ///
    /// [`BucketError::Configuration`], [`BucketError::Start`].
    pub fn new(
        bucket: &str,
        prefix: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, BucketError> {
        // ring, as everywhere here; where a provider is there already, that one does.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let retry = RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: RETRIES,
            retry_timeout: RETRY_TIMEOUT,
        };
        let options =
            ClientOptions::new().with_timeout_disabled().with_read_timeout(READ_TIMEOUT).with_http1_only();
        let mut builder = AmazonS3Builder::new().with_client_options(options).with_retry(retry);
        for (name, value) in environment.iter().filter(|(name, _)| name.starts_with("AWS_")) {
            // The name that Amazon's own tools have for it; it comes after the general one, and wins.
            let name = if name == "AWS_ENDPOINT_URL_S3" { "AWS_ENDPOINT_URL" } else { name };
            if name == "AWS_ENDPOINT_URL" && value.starts_with("http://") {
                builder = builder.with_allow_http(true);
            }
            if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                builder = builder.with_config(key, value);
            }
        }
        let store = builder.with_bucket_name(bucket).build().map_err(BucketError::Configuration)?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(BucketError::Start)?;
        Ok(Self {
            store: Arc::new(store),
            prefix: prefix.to_owned(),
            runtime,
            seen: None,
            etags_are_digests: true,
        })
    }

    fn path(&self, name: &str) -> Path {
        let prefix = &self.prefix;
        Path::from(format!("{prefix}/{name}").trim_start_matches('/'))
    }

    /// What is there below `metadata/` and `targets/`, by name.
    fn list(&self) -> Result<BTreeMap<Path, There>, BucketError> {
        let mut there = BTreeMap::new();
        for below in ["metadata", "targets"] {
            let path = self.path(below);
            let listed = self.runtime.block_on(self.store.list_with_delimiter(Some(&path)));
            let listed = listed.map_err(|source| BucketError::new("list", below, source))?;
            let objects = listed.objects.into_iter();
            there.extend(objects.map(|meta| (meta.location, There { length: meta.size, etag: meta.e_tag })));
        }
        Ok(there)
    }

    fn found(
        &mut self,
        published: &Published,
        object: &Object,
        there: Option<&There>,
    ) -> Result<Found, DestinationError> {
        let Some(there) = there else { return Ok(Found::Missing) };
        if there.length != object.length() {
            return Ok(Found::Different);
        }
        let digest = there.etag.as_deref().map(|etag| etag.trim_matches('"')).filter(|etag| is_md5(etag));
        let Some(digest) = digest.filter(|_| self.etags_are_digests) else { return Ok(Found::Same) };
        if hexadecimal(&Md5::digest(published.bytes(object)?)) == digest.to_ascii_lowercase() {
            return Ok(Found::Same);
        }
        match self.read(object.name(), object.length())? {
            None => Ok(Found::Missing),
            Some(bytes) if Sha256::of(&bytes) == object.digest() => {
                warn!("the bucket's ETags are no digests: what is there is told by its length alone");
                self.etags_are_digests = false;
                Ok(Found::Same)
            }
            Some(_) => Ok(Found::Different),
        }
    }
}

impl Destination for Bucket {
    fn read(&mut self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, DestinationError> {
        let failed = |source| BucketError::new("read", name, source);
        let path = self.path(name);
        let result = match self.runtime.block_on(self.store.get(&path)) {
            Ok(result) => result,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(failed(error).into()),
        };
        if name == TIMESTAMP {
            let (e_tag, version) = (result.meta.e_tag.clone(), result.meta.version.clone());
            self.seen = Some(UpdateVersion { e_tag, version });
        }
        // Longer than anything that could be meant: not even worth reading.
        if result.meta.size > max_bytes {
            return Ok(Some(Vec::new()));
        }
        let bytes = self.runtime.block_on(result.bytes()).map_err(failed)?;
        Ok(Some(bytes.to_vec()))
    }

    fn compare(&mut self, published: &Published) -> Result<Vec<Found>, DestinationError> {
        let there = self.list()?;
        let objects = published.objects().iter();
        objects
            .map(|object| match object.kind() {
                Kind::Timestamp => Ok(Found::Different),
                _ => self.found(published, object, there.get(&self.path(object.name()))),
            })
            .collect()
    }

    fn put(
        &mut self,
        published: &Published,
        batch: &[Put],
        done: &mut dyn FnMut(&Object),
    ) -> Result<(), DestinationError> {
        let (runtime, store) = (&self.runtime, &self.store);
        runtime.block_on(async {
            let mut on_their_way: JoinSet<Result<Object, BucketError>> = JoinSet::new();
            let mut left = batch.iter();
            loop {
                while on_their_way.len() < AT_ONCE
                    && let Some(Put { object, .. }) = left.next()
                {
                    let (path, bytes) = (self.path(object.name()), published.bytes(object)?);
                    on_their_way.spawn(put(
                        Arc::clone(store),
                        path,
                        object.clone(),
                        bytes,
                        self.seen.clone(),
                    ));
                }
                match on_their_way.join_next().await {
                    None => return Ok(()),
                    Some(Ok(result)) => done(&result?),
                    Some(Err(error)) => {
                        return Err(BucketError::new("put", "an object", StoreError::from(error)).into());
                    }
                }
            }
        })
    }
}

async fn put(
    store: Arc<AmazonS3>,
    path: Path,
    object: Object,
    bytes: Vec<u8>,
    seen: Option<UpdateVersion>,
) -> Result<Object, BucketError> {
    debug!(object = object.name(), bytes = bytes.len(), "put");
    let attributes = Attributes::from_iter([
        (Attribute::ContentType, object.media_type()),
        (Attribute::CacheControl, object.cache_control()),
    ]);
    let options = |mode| PutOptions { mode, attributes: attributes.clone(), ..PutOptions::default() };
    let mode = match (object.kind(), seen) {
        (Kind::Timestamp, Some(seen)) if seen.e_tag.is_some() => PutMode::Update(seen),
        (Kind::Timestamp, None) => PutMode::Create,
        _ => PutMode::Overwrite,
    };
    let bytes = bytes::Bytes::from(bytes);
    let mut put = store.put_opts(&path, bytes.clone().into(), options(mode)).await;
    // A store without conditions, as its operator says (AWS_CONDITIONAL_PUT=disabled).
    if matches!(put, Err(StoreError::NotImplemented { .. })) {
        put = store.put_opts(&path, bytes.into(), options(PutMode::Overwrite)).await;
    }
    match put {
        Ok(_) => Ok(object),
        Err(error @ (StoreError::Precondition { .. } | StoreError::AlreadyExists { .. })) => {
            Err(BucketError::Overtaken(error))
        }
        Err(error) => Err(BucketError::new("put", object.name(), error)),
    }
}

fn is_md5(etag: &str) -> bool {
    etag.len() == 32 && etag.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
