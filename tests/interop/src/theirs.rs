//! `sigstore-tuf` over a served repository. Its signatures and digests are done by `ring`, so that nothing of what we verify
//! with takes part.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use ring::digest;
use ring::signature::{ED25519, UnparsedPublicKey};
use sigstore_crypto::{CryptoProvider, Error as CryptoError, HashContext, SigningScheme};
use sigstore_tuf::transport::FetchFuture;
use sigstore_tuf::{Error, MemoryStore, Repository, Updater};
use sigstore_types::HashAlgorithm;

use crate::repository::Served;
use crate::{Question, Target, Verdict};

/// `ring`, as far as the repositories here need it.
#[derive(Debug)]
struct Ring;

struct Digest(digest::Context);

impl HashContext for Digest {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finalize(self: Box<Self>) -> Vec<u8> {
        self.0.finish().as_ref().to_vec()
    }
}

impl CryptoProvider for Ring {
    fn hash(&self, algorithm: HashAlgorithm) -> Result<Box<dyn HashContext>, CryptoError> {
        let algorithm = match algorithm {
            HashAlgorithm::Sha2256 => &digest::SHA256,
            HashAlgorithm::Sha2384 => &digest::SHA384,
            HashAlgorithm::Sha2512 => &digest::SHA512,
            other => return Err(CryptoError::UnsupportedAlgorithm(format!("{other:?}"))),
        };
        Ok(Box::new(Digest(digest::Context::new(algorithm))))
    }

    fn verify_raw(
        &self,
        scheme: SigningScheme,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        if !matches!(scheme, SigningScheme::Ed25519) {
            return Err(CryptoError::UnsupportedAlgorithm(format!("{scheme:?}")));
        }
        UnparsedPublicKey::new(&ED25519, key)
            .verify(message, signature)
            .map_err(|_| CryptoError::Verification("no signature by this key".into()))
    }

    fn verify_prehashed(
        &self,
        scheme: SigningScheme,
        _: &[u8],
        _: &[u8],
        _: &[u8],
    ) -> Result<(), CryptoError> {
        Err(CryptoError::UnsupportedAlgorithm(format!("{scheme:?}")))
    }
}

/// Makes `sigstore-tuf` verify with `ring`. To be called first.
pub fn install() {
    sigstore_crypto::install_default_provider(&Ring).expect("nobody else installs one");
}

struct InMemory(Served);

impl InMemory {
    fn get(&self, path: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, Error> {
        match self.0.get(path) {
            Some(bytes) if bytes.len() as u64 > max_bytes => Err(Error::transport("too long")),
            found => Ok(found.cloned()),
        }
    }
}

impl Repository for InMemory {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(async move { self.get(&format!("metadata/{name}"), max_length) })
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(async move { self.get(&format!("targets/{path}"), max_length) })
    }
}

/// Nothing here ever waits.
fn now_or_never<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("everything is in memory"),
    }
}

fn words(error: &Error) -> String {
    let mut words = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        words += &format!(": {cause}");
        source = cause.source();
    }
    words
}

/// One run.
pub fn run(pin: &[u8], served: &Served, store: &Arc<MemoryStore>, question: Question<'_>) -> Verdict {
    let now = jiff::Timestamp::from_second(question.now).unwrap();
    let refreshed = Updater::new(InMemory(served.clone()), pin).and_then(|updater| {
        let mut updater = updater.with_store(Arc::clone(store));
        now_or_never(updater.refresh(now)).map(|()| updater)
    });
    let mut updater = match refreshed {
        Ok(updater) => updater,
        Err(error) => return Verdict { refresh: Err(words(&error)), targets: Default::default() },
    };
    let set = updater.trusted();
    let versions = [
        set.root().version,
        set.timestamp().unwrap().version,
        set.snapshot().unwrap().version,
        set.targets_role("targets").unwrap().version,
    ];
    let targets = question
        .paths
        .iter()
        .map(|path| {
            let target = match now_or_never(updater.get_target_info(path, now)) {
                Ok(None) => Target::NotFound,
                // Downloaded, not taken from the cache: ours is asked to download as well.
                Ok(Some(file)) => match now_or_never(updater.download_target(&file, path)) {
                    Ok(bytes) => Target::Bytes(bytes),
                    Err(error) => Target::Refused(words(&error)),
                },
                Err(error) => Target::Refused(words(&error)),
            };
            (path.to_string(), target)
        })
        .collect();
    Verdict { refresh: Ok(versions), targets }
}
