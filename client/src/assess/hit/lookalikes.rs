//! Packages, namespaces and signers whose names look like a rule's and are spelled otherwise: never more than possible.
//!
//! Vendors and products are compared as words, where [`super::names`] asks the same.

use std::borrow::Cow;
use std::collections::BTreeMap;

use interdict_schema::product::{Identifier, Purl, signer};

use super::packages::{package_answer, scheme_of, whole_name};
use super::{Hits, Lookup};
use crate::assess::assessment::{Doubt, Field};
use crate::assess::index::Place;
use crate::assess::lookalike::{is_suspect, seen};
use crate::assess::package_name;
use crate::inventory::{Description, Trace};

impl<'i, 'a> Lookup<'i, 'a> {
    /// What a component looks like. Of nearly every component nothing is asked but whether its texts are ASCII.
    pub(super) fn lookalikes(self, component: &'a Description, hits: &mut Hits<'i, 'a>) {
        let purl = component.purl.as_ref();
        if !component.unnamed {
            let ecosystem = component.ecosystem.as_deref().or(purl.map(Purl::package_type));
            let whole = whole_name(component).map(Cow::Owned);
            let names = [
                (Some(component.name.as_str().into()), Field::Name),
                (package_name::alone(&component.name, ecosystem).map(Cow::Borrowed), Field::Name),
                (purl.map(|purl| purl.name().into()), Field::Purl),
                (whole, Field::Purl),
                (component.source_package.as_deref().map(Cow::Borrowed), Field::SourcePackage),
            ];
            for (name, field) in names {
                if let Some(name) = name.filter(|name| is_suspect(name)) {
                    self.package_like(component, &name, field, hits);
                    if field != Field::SourcePackage {
                        self.purl_like(component, &name, hits);
                    }
                }
            }
            for (rule, found) in self.index.namespaces.lookalikes(component) {
                let field = if purl.is_some() { Field::Purl } else { Field::Name };
                hits.add(rule, field, || found.into(), like(), vec![Doubt::Lookalike]);
            }
        }
        for trace in &component.traces {
            let Trace::Signer(signer) = trace else { continue };
            for name in signer::names(signer).into_iter().filter(|name| is_suspect(name)) {
                for rule in self.alike(Place::Signer, &name) {
                    hits.add(rule, Field::Signer, || signer.as_str().into(), like(), vec![Doubt::Lookalike]);
                }
            }
        }
    }

    /// The rules whose terms in this place look like a text.
    fn alike(self, place: Place, text: &str) -> Vec<usize> {
        let terms = self.index.term(text).into_iter().chain(self.index.terms_like(text).iter().copied());
        terms.flat_map(|term| self.index.rules_at(place, term)).copied().collect()
    }

    fn package_like(self, component: &'a Description, name: &str, field: Field, hits: &mut Hits<'i, 'a>) {
        let looks = seen(name);
        let ecosystem = component.ecosystem.as_deref().or(component.purl.as_ref().map(Purl::package_type));
        for rule in self.alike(Place::Package, name) {
            let Some(Identifier::Package(package, versions)) = hits.parsed(rule) else { continue };
            if package.name() != name && seen(package.name()) == looks {
                let own = package.name();
                let answer = package_answer(package, versions, ecosystem, own, component, &mut hits.keys);
                hits.add(rule, field, || name.to_owned().into(), answer, vec![Doubt::Lookalike]);
            }
        }
    }

    fn purl_like(self, component: &'a Description, name: &str, hits: &mut Hits<'i, 'a>) {
        let looks = seen(name);
        for rule in self.alike(Place::Purl, name) {
            let Some(Identifier::Purl(purl, versions)) = hits.parsed(rule) else { continue };
            if purl.name() == name || seen(purl.name()) != looks {
                continue;
            }
            let found = component.purl.as_ref();
            let package_type = found.map(Purl::package_type).or(component.ecosystem.as_deref());
            // Of what kind of package it is, nothing is said: the name alone is like it.
            let built = package_type.and_then(|package_type| {
                let namespace = found.and_then(Purl::namespace).or(component.group.as_deref());
                let version = found.and_then(Purl::version).or(component.version.as_deref());
                let qualifiers = found.map_or_else(BTreeMap::new, |found| found.qualifiers().clone());
                Purl::build(package_type, namespace, purl.name(), version, qualifiers, None).ok()
            });
            let answer = match &built {
                Some(built) => purl.matches_by(versions, built, &mut hits.keys),
                None => {
                    versions.contain_by(component.version.as_deref(), scheme_of(component), &mut hits.keys)
                }
            };
            hits.add(rule, Field::Name, || name.to_owned().into(), answer, vec![Doubt::Lookalike]);
        }
    }
}

/// Everything but the spelling holds.
const fn like() -> interdict_schema::product::Answer {
    interdict_schema::product::Answer::Match
}
