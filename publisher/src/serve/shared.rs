//! What all threads of a server share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::access_log::AccessLog;
use super::certificate::{Certificate, Looked};
use super::load::Site;
use super::metrics::Counters;
use super::options::ServeOptions;
use super::peers::Peers;

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) site: Site,
    pub(super) log: AccessLog,
    pub(super) options: ServeOptions,
    pub(super) peers: Arc<Peers>,
    /// One for each thread that answers for files.
    pub(super) counters: Vec<Arc<Counters>>,
    pub(super) certificate: Option<Arc<Certificate>>,
    pub(super) draining: AtomicBool,
}

impl Shared {
    /// Whether nobody new is let in any more.
    pub(super) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Takes over a certificate that has been renewed.
    pub(super) fn look_at_certificate(&self, counters: &Counters) {
        match self.certificate.as_ref().map(|certificate| certificate.look()) {
            None | Some(Looked::Unchanged) => {}
            Some(Looked::Renewed) => {
                counters.certificate_renewed();
                tracing::info!("the certificate has been renewed");
            }
            Some(Looked::Refused(error)) => {
                counters.certificate_refused();
                let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                tracing::error!(%error, cause, "the new certificate does not load and the one before stays in use; put both files right, they are looked at again when they change");
            }
        }
    }
}
