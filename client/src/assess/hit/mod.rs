//! Which rules recognise a component, by which field, and with which doubts. One rule hits a component once.
//!
//! [`Lookup`] asks the index; each room below knows one kind of field. Not here: what a hit comes to ([`super::judge`]).
//!
//! | file | fields |
//! |---|---|
//! | `packages` | package URLs, package names, source packages |
//! | `names` | CPE names, vendors and products as words |
//! | `lookalikes` | names that look like a rule's and are spelled otherwise |
//! | `list` | the hits so far, and what each is worth |

mod list;
mod lookalikes;
mod names;
mod packages;

use interdict_schema::product::cpe::Attribute;
use interdict_schema::product::version::Keys;
use interdict_schema::product::{Answer, Purl, signer};

use self::list::Hits;
pub(super) use self::list::breadth;
use self::packages::whole_name;
use super::assessment::{Evidence, Field};
use super::index::{Index, Place};
use super::package_name;
use super::traces::{Kind, answer};
use crate::inventory::{Description, Recognise, Trace, Words};

/// How much a rule that hit means: the narrower, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Breadth {
    /// Everything of a vendor.
    Vendor,
    /// One product.
    Product,
    /// One package, file or vulnerability.
    Exact,
}

/// A rule that recognises a component.
#[derive(Debug, Clone)]
pub(super) struct Hit<'a> {
    pub rule: usize,
    pub breadth: Breadth,
    pub evidence: Evidence<'a>,
    /// The state in which the inventory explains the vulnerability away.
    pub dismissed: Option<&'a str>,
}

/// What this says no to gets no verdict.
impl Recognise for Index<'_> {
    fn may_name(&self, words: Words<'_>) -> bool {
        Lookup::new(self).names_one(words)
    }

    fn may_recognise(&self, description: &Description) -> bool {
        let lookup = Lookup::new(self);
        lookup.touches(description) && !lookup.hits(description).is_empty()
    }
}

/// Looks components up.
#[derive(Clone, Copy)]
pub(super) struct Lookup<'i, 'a> {
    index: &'i Index<'a>,
}

impl<'i, 'a> Lookup<'i, 'a> {
    pub(super) fn new(index: &'i Index<'a>) -> Self {
        Self { index }
    }

    fn candidates(self, place: Place, text: &str) -> &'i [usize] {
        match self.index.term(text) {
            Some(term) => self.index.rules_at(place, term),
            None => &[],
        }
    }

    /// Whether [`touches`](Self::touches) may say yes of a component of which nothing is known but these texts and of which
    /// kind it is.
    fn names_one(self, Words { name, product, vendor }: Words<'_>) -> bool {
        let known = |text: &str| self.index.knows(text);
        known(name)
            || package_name::alone(name, None).is_some_and(known)
            || (!product.is_empty() && known(product))
            || (!vendor.is_empty() && known(vendor))
            || !self.index.namespaces.is_empty()
    }

    /// Whether a component has a text, a digest or a vulnerability in common with any rule. Most have none, and what has
    /// none is recognised by no rule: every look-up of [`hits`](Self::hits) begins with one of these.
    pub(super) fn touches(self, component: &Description) -> bool {
        let index = self.index;
        let known = |text: &str| index.knows(text);
        let name = component.name.as_str();
        let purl = component.purl.as_ref();
        let texts = component.vendors.iter().chain(&component.vendor_hints).chain(&component.product);
        let mut texts = texts.chain(&component.source_package);
        let ecosystem = component.ecosystem.as_deref().or(purl.map(Purl::package_type));
        let known_name = || known(name) || package_name::alone(name, ecosystem).is_some_and(known);
        (!component.unnamed && known_name())
            || texts.any(|text| known(text))
            || purl.is_some_and(|purl| purl.name() != name && known(purl.name()))
            || whole_name(component).is_some_and(|whole| known(&whole))
            || component.cpe.iter().any(|cpe| {
                let known = |attribute: &Attribute| attribute.literal().is_some_and(|text| known(&text));
                known(cpe.vendor()) || known(cpe.product())
            })
            || !index.namespaces.rules(component).is_empty()
            || !index.namespaces.lookalikes(component).is_empty()
            || component.sha256.iter().any(|digest| !index.rules_for_digest(digest).is_empty())
            || component.cves.iter().any(|cve| !index.rules_for_cve(*cve).is_empty())
            || component.dismissed.iter().any(|away| !index.rules_for_cve(away.cve).is_empty())
            || component.traces.iter().any(|trace| match trace {
                Trace::Signer(signer) => signer::names(signer).iter().any(|name| known(name)),
                trace => !index.traces.candidates(trace).is_empty(),
            })
    }

    /// Every rule that recognises the component.
    pub(super) fn hits(self, component: &'a Description) -> Vec<Hit<'a>> {
        self.hits_by(component).list
    }

    fn hits_by(self, component: &'a Description) -> Hits<'i, 'a> {
        let mut hits = Hits { index: self.index, list: Vec::new(), keys: Keys::default() };
        if !component.unnamed {
            self.purls(component, &mut hits);
            self.packages(component, &mut hits);
            self.namespaces(component, &mut hits);
        }
        let index = self.index;
        for digest in &component.sha256 {
            for rule in index.rules_for_digest(digest) {
                hits.add(*rule, Field::Sha256, || digest.to_string().into(), Answer::Match, Vec::new());
            }
        }
        for cve in &component.cves {
            for rule in index.rules_for_cve(*cve) {
                hits.add(*rule, Field::Cve, || cve.to_string().into(), Answer::Match, Vec::new());
            }
        }
        for dismissed in &component.dismissed {
            for rule in index.rules_for_cve(dismissed.cve) {
                hits.add(*rule, Field::Cve, || dismissed.cve.to_string().into(), Answer::Match, Vec::new());
                if let Some(hit) = hits.list.iter_mut().find(|hit| hit.rule == *rule) {
                    // What one source explains away and another lists is listed.
                    hit.dismissed = (!component.cves.contains(&dismissed.cve)).then_some(&dismissed.state);
                }
            }
        }
        if !component.unnamed {
            self.cpes(component, &mut hits);
            self.names(component, &mut hits);
        }
        self.traces(component, &mut hits);
        self.lookalikes(component, &mut hits);
        hits
    }

    /// How many keys of versions it takes to find every rule that recognises the component.
    #[cfg(test)]
    pub(super) fn keys(self, component: &'a Description) -> usize {
        self.hits_by(component).keys.made()
    }

    fn traces(self, component: &'a Description, hits: &mut Hits<'i, 'a>) {
        for trace in &component.traces {
            let field = Kind::of(trace).field();
            if let Trace::Signer(signer) = trace {
                for name in signer::names(signer) {
                    for rule in self.candidates(Place::Signer, &name) {
                        hits.add(*rule, field, || signer.as_str().into(), Answer::Match, Vec::new());
                    }
                }
                continue;
            }
            for rule in self.index.traces.candidates(trace) {
                let Some(identifier) = hits.parsed(rule) else { continue };
                hits.add(rule, field, || trace.to_string().into(), answer(identifier, trace), Vec::new());
            }
        }
    }
}
