//! The certificate authorities that https is checked with.
//!
//! A system keeps them twice, as one bundle and as a folder with a file and a link for each; reading the folder takes six times
//! as long as reading the bundle. So the bundle is tried alone first, and the folder is read as well where it does not know the
//! authority of a server. What is accepted is the same.

use std::io;
use std::path::{Path, PathBuf};

use rustls::{CertificateError, RootCertStore};
use rustls_native_certs::{CertificateResult, load_certs_from_paths};

use super::http::{HttpError, NetworkOptions};

/// Where the system keeps its authorities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SystemAuthorities {
    /// Where systems of its kind do.
    #[default]
    Usual,
    /// Elsewhere: a file, and a folder of files. A test's own.
    At {
        /// The bundle.
        bundle: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
}

impl SystemAuthorities {
    fn bundle(&self) -> Option<&Path> {
        match self {
            Self::Usual if !cfg!(target_os = "linux") => None,
            Self::Usual => BUNDLES.iter().map(Path::new).find(|bundle| bundle.is_file()),
            Self::At { bundle, .. } => Some(bundle),
        }
    }

    fn all(&self) -> CertificateResult {
        match self {
            Self::Usual => rustls_native_certs::load_native_certs(),
            Self::At { bundle, folder } => load_certs_from_paths(Some(bundle), Some(folder)),
        }
    }
}

/// Where systems keep their bundle: Debian, Fedora, SUSE, and older ones of these.
const BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
];

/// Which of the authorities that count are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Those of the system's bundle alone, where the system's count and it has one.
    Bundle,
    /// All.
    All,
}

/// Loads authorities, and says whether they are all that count.
///
/// # Errors
/// [`HttpError::NoCertificates`] where there is none.
pub(super) fn load(options: &NetworkOptions, extent: Extent) -> Result<(RootCertStore, Extent), HttpError> {
    let of_file = |file: &Path| load_certs_from_paths(Some(file), None);
    let (loaded, extent) = if let Some(file) = &options.certificate_file {
        (of_file(file), Extent::All)
    } else if extent == Extent::Bundle
        && !options.certificate_folder
        && let Some(bundle) = options.system.bundle()
    {
        (of_file(bundle), Extent::Bundle)
    } else {
        (options.system.all(), Extent::All)
    };
    let mut authorities = RootCertStore::empty();
    authorities.add_parsable_certificates(loaded.certs);
    match (authorities.is_empty(), extent) {
        (false, _) => Ok((authorities, extent)),
        (true, Extent::Bundle) => load(options, Extent::All),
        (true, Extent::All) => Err(HttpError::NoCertificates),
    }
}

/// Whether an exchange failed because the server's certificate is by an authority that was not loaded.
pub(super) fn is_unknown(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        // A bad signature: an authority of that name is known, with another key.
        if let Some(rustls::Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        )) = error.downcast_ref()
        {
            return true;
        }
        // An error of a stream does not name the one inside it as its source.
        let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inside {
            Some(inside) => Some(inside),
            None => error.source(),
        };
    }
    false
}

/// Calls that failure by its name.
pub(super) fn named(error: HttpError) -> HttpError {
    match error {
        HttpError::Exchange(inside) if is_unknown(&inside) => HttpError::UnknownAuthority(inside),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn an_unknown_authority_is_told_from_a_certificate_that_is_wrong() {
        let inside = |reason| {
            let tls = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::InvalidCertificate(reason));
            HttpError::Body(io::Error::other(tls))
        };
        assert!(is_unknown(&inside(CertificateError::UnknownIssuer)));
        assert!(is_unknown(&inside(CertificateError::BadSignature)));
        assert!(!is_unknown(&inside(CertificateError::Expired)));
        assert!(!is_unknown(&inside(CertificateError::NotValidForName)));
        assert!(!is_unknown(&HttpError::NoCertificates));
    }

    #[test]
    fn a_file_that_was_named_is_all_that_counts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("none.pem");
        let options = NetworkOptions { certificate_file: Some(file), ..NetworkOptions::default() };
        assert!(matches!(load(&options, Extent::Bundle), Err(HttpError::NoCertificates)));
    }
}
