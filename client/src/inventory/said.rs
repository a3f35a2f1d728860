//! Of what kinds of things an inventory says anything.
//!
//! Where nothing says of what maker a component is, a directive that names makers was compared with nothing, which is no
//! clean result. A reader that keeps few rows keeps of each kind the first that says it, so that this stays known.

use std::mem::Discriminant;

use super::component::Description;
use super::trace::Trace;

/// A kind of thing that is said of a component. What assessing asks whether anything says it has an entry here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    /// That there is a component, whatever it is.
    Anything,
    /// By its name which product it is.
    Name,
    /// Of which kind or group of packages it is.
    Place,
    Vendor,
    Digest,
    Vulnerability,
    Trace(Discriminant<Trace>),
}

/// What is said of a component that has a name and no identifier.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    /// Whether it is said of which kind of packages it is.
    pub placed: bool,
    pub vendor: bool,
}

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Said(Vec<Topic>);

impl Said {
    /// Whether all that is said of a component was said of others.
    pub(super) fn knows_of(&self, Named { placed, vendor }: Named) -> bool {
        let known = |topic: Topic| self.0.contains(&topic);
        known(Topic::Anything) && (!placed || known(Topic::Place)) && (!vendor || known(Topic::Vendor))
    }

    /// Whether this is the first to say something of a kind.
    pub(super) fn adds(&mut self, description: &Description) -> bool {
        let Description {
            purl,
            ecosystem,
            group,
            vendors,
            vendor_hints,
            cpe,
            sha256,
            cves,
            dismissed,
            unnamed,
            ..
        } = description;
        let says = [
            (Topic::Anything, true),
            (Topic::Name, !unnamed),
            (Topic::Place, purl.is_some() || ecosystem.is_some() || group.is_some()),
            (Topic::Vendor, !vendors.is_empty() || !vendor_hints.is_empty() || !cpe.is_empty()),
            (Topic::Digest, !sha256.is_empty()),
            (Topic::Vulnerability, !cves.is_empty() || !dismissed.is_empty()),
        ];
        let topics = says.into_iter().filter_map(|(topic, says)| says.then_some(topic));
        let traces = description.traces.iter().map(|trace| Topic::Trace(std::mem::discriminant(trace)));
        let before = self.0.len();
        for topic in topics.chain(traces) {
            if !self.0.contains(&topic) {
                self.0.push(topic);
            }
        }
        self.0.len() > before
    }
}
