//! From the texts in force to the tables.
//!
//! Here is decided which subjects bind at the moment asked about, and what each identifier of theirs, of their lists and of
//! their exclusions becomes. Not here: looking anything up ([`super`]).

use interdict_schema::directive::deadline::zone;
use interdict_schema::directive::resolve::Ending;
use interdict_schema::directive::unsupported::unsupported_words;
use interdict_schema::directive::{Entity, Exclude, Identifier as Written, Status, Subject};
use interdict_schema::entity::{self, EntityList};
use interdict_schema::policy::Source;
use interdict_schema::product::{Identifier, Name};
use interdict_schema::{DateTime, Verified, believe::Believed};
use jiff::tz::TimeZone;

use super::rule::{Names, Place, Rule, Term, key};
use super::{Bound, Index};
use crate::assess::assessment::{Because, Missing, NotBinding, Unreadable, Why};

impl<'a> Index<'a> {
    pub(super) fn directive(&mut self, source: &'a Source<'a>) {
        let document = &source.directive.document;
        let directive = &document.value;
        let lifted = match (&directive.status, source.ended) {
            // A status that this version does not know does not lift a ban.
            (Status::InForce | Status::Other(_), _) => None,
            (_, Some(Ending { how, by, .. })) => Some(Because::EndedBy { how: *how, by: by.clone() }),
            (Status::Closed, None) => Some(Because::Closed),
            (Status::Revoked, None) => Some(Because::Revoked),
        };
        if let Some(because) = lifted {
            self.not_binding.push(NotBinding { directive: &directive.id, subject: None, because });
            return;
        }
        if let Some(Err(why)) = source.waivers.map(|(profile, _)| directive.scope.binds(profile)) {
            let because = Because::OutOfScope(why);
            self.not_binding.push(NotBinding { directive: &directive.id, subject: None, because });
            return;
        }
        for action in source.waivers.iter().flat_map(|_| &directive.actions) {
            let why = source.waivers.and_then(|(profile, _)| action.binds(&directive.id, profile).err());
            if let Some(why) = why {
                let because = Because::NotOrdered { action: action.id.clone(), why };
                self.not_binding.push(NotBinding { directive: &directive.id, subject: None, because });
            }
        }
        self.unsupported.extend(unsupported_words(document).into_iter().map(|place| (&directive.id, place)));
        // A zone that is not known is among the unsupported; UTC keeps the rule.
        let zone = zone(&directive.zone).unwrap_or(TimeZone::UTC);
        let effective = directive.effective().begin(&zone);
        let moment = self.as_of.moment(&zone);
        for subject in &directive.subjects {
            match lapse(subject, effective, moment, &zone) {
                None => self.subject(source, subject, moment),
                Some(because) => {
                    let subject = Some(subject.id.as_str());
                    self.not_binding.push(NotBinding { directive: &directive.id, subject, because });
                }
            }
        }
    }

    fn subject(&mut self, source: &'a Source<'a>, subject: &'a Subject, moment: DateTime) {
        let bound = self.bound.len();
        let waived = source.waived(&subject.id);
        self.bound.push(Bound::new(source, subject, moment, waived));
        self.names.push(Names::default());
        let first = self.rules.len();
        let mut products = self.group(bound, None, &subject.identifiers);
        for found in source.lists.of_subject(&source.directive.document.value.issuer, subject) {
            let directive = &source.directive.document.value.id;
            let missing = |gap| Missing { directive, subject: &subject.id, gap };
            self.missing.extend(found.gaps.into_iter().map(missing));
            if let Some(believed) = found.list {
                products += self.list(bound, believed);
                self.aliases(bound, &believed.document.value.entities, first);
            }
        }
        self.aliases(bound, &subject.entities, first);
        if products > 0 && self.names.get(bound).is_some_and(|names| names.vendors.is_empty()) {
            *self.unmatched.entry(("product".into(), Why::NoVendor)).or_default() += products;
        }
        for exclude in &subject.excludes {
            for written in &exclude.identifiers {
                self.identifier(bound, written, None, Some(exclude));
            }
        }
    }

    /// The rows of a list, and the entries of its files that stand in the inventory. How many name a product.
    fn list(&mut self, bound: usize, believed: &'a Verified<Believed<EntityList>>) -> usize {
        let list = &believed.document.value;
        let digest = believed.payload.digest;
        if self.lists.insert(digest) {
            let places = entity::unsupported::unsupported_words(&believed.document).into_iter();
            self.unsupported.extend(places.map(|place| (&list.id, place)));
        }
        let products = self.group(bound, Some(list), &list.identifiers);
        for number in 0..list.attachments.len() {
            for written in self.attached.entries(digest, number) {
                self.identifier(bound, written, Some(list), None);
            }
        }
        products
    }

    /// Identifiers of one origin. How many name a product; without any, a vendor of theirs is enough.
    fn group(&mut self, bound: usize, list: Option<&'a EntityList>, rows: &'a [Written]) -> usize {
        let first = self.rules.len();
        for written in rows {
            self.identifier(bound, written, list, None);
        }
        let products = |rule: &&Rule<'_>| matches!(rule.parsed, Identifier::Product(_));
        let products = self.rules.iter().skip(first).filter(products).count();
        for rule in self.rules.iter_mut().skip(first) {
            rule.alone = products == 0;
        }
        products
    }

    fn identifier(
        &mut self,
        bound: usize,
        written: &'a Written,
        list: Option<&'a EntityList>,
        exclude: Option<&'a Exclude>,
    ) {
        let parsed = match written.read() {
            Ok(parsed) => parsed,
            Err(error) => {
                let Some(bound) = self.bound.get(bound) else { return };
                let directive = &bound.directive().id;
                let subject = &bound.subject.id;
                self.unreadable.push(Unreadable { directive, subject, identifier: written, error });
                return;
            }
        };
        let rule = self.rules.len();
        let mut vendor = None;
        match &parsed {
            Identifier::Package(package, _) => _ = self.put(Place::Package, package.name(), rule),
            Identifier::Purl(purl, _) => _ = self.put(Place::Purl, purl.name(), rule),
            Identifier::PurlNamespace(namespace) => self.namespaces.add(namespace, rule),
            Identifier::Vendor(name) => vendor = Some(self.put(Place::Vendor, name.as_str(), rule)),
            Identifier::Product(name) => _ = self.put(Place::Product, name.as_str(), rule),
            Identifier::Cpe(cpe, _) => {
                // The reader of identifiers has made sure that one of the two is there.
                vendor = cpe.vendor().literal().map(|vendor| self.put(Place::CpeVendor, &vendor, rule));
                if let Some(product) = cpe.product().literal() {
                    self.put(Place::CpeProduct, &product, rule);
                }
            }
            Identifier::Sha256(digest) => self.by_digest.entry(*digest).or_default().push(rule),
            Identifier::Cve(cve) => self.by_cve.entry(*cve).or_default().push(rule),
            Identifier::Signer(name) => _ = self.put(Place::Signer, name.as_str(), rule),
            // Already among the unsupported.
            Identifier::Unsupported { .. } => return,
            seen => self.traces.add(seen, rule),
        }
        if let (Some(vendor), None, Some(names)) = (vendor, exclude, self.names.get_mut(bound)) {
            names.vendors.insert(vendor);
        }
        self.rules.push(Rule { bound, written, parsed, exclude, list, alone: true });
    }

    /// The names of an entity are one maker's: where a rule of the subject, all of which are `first` or later, names a vendor
    /// or signer by one of them, it means the others too. Alone they recognise nothing: an order about one product names
    /// its maker and does not mean everything of that maker.
    fn aliases(&mut self, bound: usize, entities: &[Entity], first: usize) {
        for entity in entities {
            let names: Vec<Name> = std::iter::once(&entity.name)
                .chain(&entity.aliases)
                .filter_map(|name| Name::of(name))
                .collect();
            let meant: Vec<(Place, usize, Name)> = self
                .rules
                .iter()
                .enumerate()
                .skip(first)
                .filter_map(|(rule, of)| match &of.parsed {
                    Identifier::Vendor(name) => Some((Place::Vendor, rule, name.clone())),
                    Identifier::Signer(name) => Some((Place::Signer, rule, name.clone())),
                    _ => None,
                })
                .filter(|(_, _, name)| names.contains(name))
                .collect();
            for (place, rule, own) in meant {
                for other in names.iter().filter(|other| **other != own) {
                    self.put(place, other.as_str(), rule);
                }
            }
            // Beside a product, the maker is known by any of its names.
            for name in &names {
                let fresh = Term::try_from(self.terms.len()).unwrap_or(Term::MAX);
                let term = *self.terms.entry(key(name.as_str())).or_insert(fresh);
                if let Some(of_subject) = self.names.get_mut(bound) {
                    of_subject.vendors.insert(term);
                }
            }
        }
    }

    fn put(&mut self, place: Place, text: &str, rule: usize) -> Term {
        let term = self.term(text).unwrap_or_else(|| {
            let fresh = Term::try_from(self.terms.len()).unwrap_or(Term::MAX);
            self.terms.insert(key(text), fresh);
            fresh
        });
        self.by_term.entry((place, term)).or_default().push(rule);
        term
    }
}

/// Why a subject does not count at a moment, if it does not.
fn lapse(subject: &Subject, effective: DateTime, moment: DateTime, zone: &TimeZone) -> Option<Because> {
    let from = subject.valid_from.map_or(effective, |from| from.begin(zone).max(effective));
    let until = subject.valid_until.map(|until| until.end(zone));
    if moment < from {
        return Some(Because::NotYet(from));
    }
    until.filter(|until| *until < moment).map(Because::Ended)
}
