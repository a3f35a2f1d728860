//! The certificate of a server: loaded, and loaded again when its files change.
//!
//! Invariant: what is in use is always a whole chain with the key that belongs to it. Files that do not load change
//! nothing: what was in use stays so, and what is wrong is said once.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, SupportedProtocolVersion};

use super::limits::MAX_CERTIFICATE_BYTES;
use super::options::CertificateFiles;

/// TLS 1.3 first, and 1.2 for those who have nothing newer.
static VERSIONS: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS13, &rustls::version::TLS12];

/// Why a certificate is not used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("reading {}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is longer than any certificate.
    #[error("{} is longer than {MAX_CERTIFICATE_BYTES} bytes", .path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// A file has no certificate, or one that is not PEM.
    #[error("no certificate in PEM in {}", .path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// A file has no private key, or one that is not PEM.
    #[error("no private key in PEM in {}", .path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The key is not the certificate's, or of a kind that is not supported.
    #[error("the key {} does not fit the certificate {}", .key.display(), .certificate.display())]
    Unfit {
        /// The file of the key.
        key: PathBuf,
        /// The file of the certificate.
        certificate: PathBuf,
        /// What is wrong with them.
        source: rustls::Error,
    },
    /// TLS cannot be set up.
    #[error("setting up TLS")]
    Tls(#[source] rustls::Error),
}

/// What tells one content of a file from the next.
type Seen = Option<(u64, u64, i64, i64, u64)>;

/// The certificate in use.
#[derive(Debug)]
pub(super) struct Certificate {
    files: CertificateFiles,
    seen: Mutex<[Seen; 2]>,
    current: RwLock<Arc<CertifiedKey>>,
}

/// What looking at the files came to.
#[derive(Debug)]
pub(super) enum Looked {
    Unchanged,
    Renewed,
    Refused(CertificateError),
}

impl Certificate {
    /// Loads the files.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub(super) fn load(files: CertificateFiles) -> Result<Self, CertificateError> {
        let seen = Mutex::new(seen(&files));
        let current = RwLock::new(Arc::new(certified(&files)?));
        Ok(Self { files, seen, current })
    }

    /// Loads the files again if they have changed.
    pub(super) fn look(&self) -> Looked {
        let now = seen(&self.files);
        let mut before = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *before == now {
            return Looked::Unchanged;
        }
        *before = now;
        match certified(&self.files) {
            Ok(renewed) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(renewed);
                Looked::Renewed
            }
            Err(error) => Looked::Refused(error),
        }
    }

    /// The folders in which the files lie, also where links lead now.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        let mut folders = Vec::new();
        for file in [&self.files.certificate, &self.files.key] {
            for path in [Some(file.clone()), file.canonicalize().ok()].into_iter().flatten() {
                let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                folders.push(parent.unwrap_or(Path::new(".")).to_owned());
            }
        }
        folders
    }

    /// TLS with this certificate, whichever it is at the moment of a handshake.
    ///
    /// # Errors
    /// [`CertificateError::Tls`].
    pub(super) fn acceptor(self: &Arc<Self>) -> Result<tokio_rustls::TlsAcceptor, CertificateError> {
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&VERSIONS)
            .map_err(CertificateError::Tls)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Self>::clone(self));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        // Sessions are resumed from tickets: nothing is kept for those who do not come back.
        config.ticketer = ring::Ticketer::new().map_err(CertificateError::Tls)?;
        config.send_tls13_tickets = 1;
        Ok(Arc::new(config).into())
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn seen(files: &CertificateFiles) -> [Seen; 2] {
    [&files.certificate, &files.key].map(|path| {
        let found = std::fs::metadata(path).ok()?;
        Some((found.dev(), found.ino(), found.mtime(), found.mtime_nsec(), found.len()))
    })
}

fn certified(files: &CertificateFiles) -> Result<CertifiedKey, CertificateError> {
    let none = || CertificateError::NoCertificate { path: files.certificate.clone() };
    let chain = read(&files.certificate)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&chain).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(none)?;
    let key = zeroize::Zeroizing::new(read(&files.key)?);
    let key = PrivateKeyDer::from_pem_slice(&key)
        .map_err(|_| CertificateError::NoKey { path: files.key.clone() })?;
    CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|source| CertificateError::Unfit {
        key: files.key.clone(),
        certificate: files.certificate.clone(),
        source,
    })
}

fn read(path: &Path) -> Result<Vec<u8>, CertificateError> {
    let failed = |source| CertificateError::Read { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(MAX_CERTIFICATE_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= MAX_CERTIFICATE_BYTES) {
        Ok(bytes)
    } else {
        Err(CertificateError::TooLong { path: path.to_owned() })
    }
}
