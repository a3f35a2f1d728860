//! The directives in force, compiled once into tables that a component is looked up in.
//!
//! Every text that a rule names (package, product, vendor) becomes a [`Term`]: one number for each sequence of normalised
//! words. That is coarser than the exact comparison, which follows for the few rules that a term leads to; a component
//! none of whose texts is a term costs a few look-ups and nothing else.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashMap, HashMapExt as _, HashSet};
use interdict_schema::Sha256;
use interdict_schema::directive::deadline::zone;
use interdict_schema::directive::resolve::{Waived, waived};
use interdict_schema::directive::unsupported::{Unsupported, unsupported_words};
use interdict_schema::directive::{
    Directive, DirectiveId, Entity, Exclude, Identifier as Written, Status, Subject,
};
use interdict_schema::entity::{self, EntityList};
use interdict_schema::policy::Source;
use interdict_schema::product::{CveId, Identifier, Name};
use interdict_schema::{DateTime, Verified, believe::Believed};
use jiff::tz::TimeZone;

use super::assessment::{Because, Missing, NotBinding, NotLookedFor, Unreadable, Why};
use super::attached::Attached;
use super::due::{Due, dues, runs_from_detection};
use super::traces::Traces;
use crate::as_of::AsOf;

/// A subject that binds at the moment asked about.
#[derive(Debug)]
pub struct Bound<'a> {
    /// Where it comes from, and what is to be known of it.
    pub source: &'a Source<'a>,
    /// The subject.
    pub subject: &'a Subject,
    /// The moment it is assessed for, in the issuer's zone.
    pub moment: DateTime,
    /// The waiver that frees the agency of it.
    pub waived: Option<Waived<'a>>,
    dues: Vec<Due<'a>>,
    /// Whether a date depends on when the subject was found.
    by_detection: bool,
}

impl<'a> Bound<'a> {
    /// The directive.
    pub fn directive(&self) -> &'a Directive {
        &self.source.directive.document.value
    }

    /// The verified revision.
    pub fn believed(&self) -> &'a Verified<Believed> {
        self.source.directive
    }

    /// Every dated obligation of a subject that was found, the earliest first.
    pub fn dues(&self) -> &[Due<'a>] {
        &self.dues
    }

    /// Computes the deadlines: of what was found, not of everything that might have been.
    pub(super) fn found(&mut self) {
        if self.dues.is_empty() {
            self.dues = dues(self.directive(), self.subject, None, self.moment);
            self.by_detection = runs_from_detection(self.directive(), self.subject, self.moment);
        }
    }

    /// The dated obligations of a subject that was first found then: [`dues`](Self::dues), and those whose clock runs from
    /// that moment.
    pub fn dues_since(&self, detected: Option<DateTime>) -> Cow<'_, [Due<'a>]> {
        match detected.filter(|_| self.by_detection) {
            Some(found) => dues(self.directive(), self.subject, Some(found), self.moment).into(),
            None => self.dues().into(),
        }
    }

    /// Whether a deadline depends on when the subject was found.
    pub const fn runs_from_detection(&self) -> bool {
        self.by_detection
    }

    /// The first deadline that has not passed.
    pub fn next(&self) -> Option<&Due<'a>> {
        self.dues().iter().find(|due| !due.has_passed(self.moment))
    }

    /// The first deadline that was missed, now that the subject is found.
    pub fn overdue(&self) -> Option<&Due<'a>> {
        self.dues().iter().find(|due| due.is_overdue(self.moment))
    }
}

/// A text that some rule names.
pub(super) type Term = u32;

/// What part of a rule a term is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Package,
    Purl,
    CpeVendor,
    CpeProduct,
    Vendor,
    Product,
    Signer,
}

/// One identifier of a subject or of its exclusions.
#[derive(Debug)]
pub(super) struct Rule<'a> {
    /// Index into the bound subjects.
    pub bound: usize,
    pub written: &'a Written,
    pub parsed: Identifier,
    /// The exclusion whose identifier it is.
    pub exclude: Option<&'a Exclude>,
    /// The list whose row it is.
    pub list: Option<&'a EntityList>,
    /// Whether a vendor is enough: nothing beside it in its list, or in the directive, names a product.
    pub alone: bool,
}

/// What a subject's `vendor` and CPE identifiers say together, those of its lists too.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Every spelling of the vendor: all identifiers of a subject mean one maker.
    pub vendors: HashSet<Term>,
}

/// The tables.
#[derive(Debug)]
pub struct Index<'a> {
    pub(super) as_of: AsOf,
    pub(super) bound: Vec<Bound<'a>>,
    pub(super) names: Vec<Names>,
    pub(super) rules: Vec<Rule<'a>>,
    terms: HashMap<String, Term>,
    by_term: HashMap<(Place, Term), Vec<usize>>,
    by_digest: HashMap<Sha256, Vec<usize>>,
    by_cve: HashMap<CveId, Vec<usize>>,
    pub(super) traces: Traces,
    pub(super) unsupported: Vec<(&'a DirectiveId, Unsupported)>,
    pub(super) unreadable: Vec<Unreadable<'a>>,
    pub(super) missing: Vec<Missing<'a>>,
    pub(super) not_binding: Vec<NotBinding<'a>>,
    pub(super) attached: &'a Attached,
    /// The lists that were looked at, by payload digest.
    lists: BTreeSet<Sha256>,
    /// By kind: identifiers that this version cannot compare with a component.
    unmatched: BTreeMap<(String, Why), usize>,
}

impl<'a> Index<'a> {
    /// Compiles the directives for a moment.
    pub fn new(sources: &'a [Source<'a>], attached: &'a Attached, as_of: AsOf) -> Self {
        let mut index = Self {
            as_of,
            bound: Vec::new(),
            names: Vec::new(),
            rules: Vec::new(),
            terms: HashMap::new(),
            by_term: HashMap::new(),
            by_digest: HashMap::new(),
            by_cve: HashMap::new(),
            traces: Traces::default(),
            unsupported: Vec::new(),
            unreadable: Vec::new(),
            missing: Vec::new(),
            not_binding: Vec::new(),
            attached,
            lists: BTreeSet::new(),
            unmatched: attached.not_looked_for.clone(),
        };
        for source in sources {
            index.directive(source);
        }
        index
    }

    fn directive(&mut self, source: &'a Source<'a>) {
        let document = &source.directive.document;
        let directive = &document.value;
        let lifted = match directive.status {
            Status::Closed => Some(Because::Closed),
            Status::Revoked => Some(Because::Revoked),
            // A status that this version does not know does not lift a ban.
            Status::InForce | Status::Other(_) => None,
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
        let waived = source.waivers.and_then(|(profile, at)| {
            waived(&source.directive.document.value, Some(&subject.id), profile, at)
        });
        self.bound.push(Bound { source, subject, moment, waived, dues: Vec::new(), by_detection: false });
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

    /// The term of a text, if some rule names it.
    pub(super) fn term(&self, text: &str) -> Option<Term> {
        let mut room = [0; Name::ASCII_ROOM];
        match Name::of_ascii_in(text, &mut room) {
            Some(words) => self.terms.get(words).copied(),
            None => self.terms.get(&key(text)).copied(),
        }
    }

    /// The rules in which a term stands in this place.
    pub(super) fn rules_at(&self, place: Place, term: Term) -> &[usize] {
        self.by_term.get(&(place, term)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn rules_for_digest(&self, digest: &Sha256) -> &[usize] {
        self.by_digest.get(digest).map_or(&[], Vec::as_slice)
    }

    pub(super) fn rules_for_cve(&self, cve: CveId) -> &[usize] {
        self.by_cve.get(&cve).map_or(&[], Vec::as_slice)
    }

    /// Identifiers that were compared with nothing: kinds that this version does not match, and kinds for which
    /// `compared` says that no component had anything to compare.
    pub(super) fn not_looked_for(&self, compared: impl Fn(&Identifier) -> bool) -> Vec<NotLookedFor> {
        let mut counts = self.unmatched.clone();
        for rule in self.rules.iter().filter(|rule| rule.exclude.is_none() && !compared(&rule.parsed)) {
            *counts.entry((rule.written.kind.to_string(), Why::NothingToCompare)).or_default() += 1;
        }
        let entry = |((kind, why), identifiers)| NotLookedFor { kind, identifiers, why };
        let mut not_looked_for: Vec<NotLookedFor> = counts.into_iter().map(entry).collect();
        not_looked_for.sort_by_key(|not| not.why);
        not_looked_for
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

/// The words of a text; a text without any stands for itself.
pub(super) fn key(text: &str) -> String {
    Name::of(text).map_or_else(|| text.trim().to_owned(), |name| name.as_str().to_owned())
}
