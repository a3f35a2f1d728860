//! Of what kinds of things an inventory says anything.
//!
//! Where nothing says of what maker a component is, a directive that names makers was compared with nothing, which is no
//! clean result. A reader that keeps few rows keeps of each kind the first that says it, so that this stays known.

use std::mem::Discriminant;

use super::component::Description;
use super::trace::Trace;

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Said {
    anything: bool,
    vendor: bool,
    digest: bool,
    vulnerability: bool,
    traces: Vec<Discriminant<Trace>>,
}

impl Said {
    /// Whether this is the first to say something of a kind.
    pub(super) fn adds(&mut self, description: &Description) -> bool {
        let vendors = [&description.vendors, &description.vendor_hints];
        let mut adds = false;
        for (said, says) in [
            (&mut self.anything, true),
            (&mut self.vendor, !description.cpe.is_empty() || vendors.iter().any(|names| !names.is_empty())),
            (&mut self.digest, !description.sha256.is_empty()),
            (&mut self.vulnerability, !description.cves.is_empty() || !description.dismissed.is_empty()),
        ] {
            adds |= says && !*said;
            *said |= says;
        }
        for kind in description.traces.iter().map(std::mem::discriminant) {
            if !self.traces.contains(&kind) {
                self.traces.push(kind);
                adds = true;
            }
        }
        adds
    }
}
