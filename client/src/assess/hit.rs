//! Which rules recognise a component, by which field, and with which doubts. One rule hits a component once.

use std::borrow::Cow;
use std::collections::BTreeMap;

use interdict_schema::directive::{Confidence, Disposition};
use interdict_schema::product::cpe::Attribute;
use interdict_schema::product::identifier::Certainty;
use interdict_schema::product::purl::canonical_name;
use interdict_schema::product::version::Scheme;
use interdict_schema::product::{Answer, Cpe, Identifier, PackageName, Purl, Reason, Versions, signer};

use super::assessment::{Doubt, Evidence, Field};
use super::index::{Index, Place, Rule, Term};
use super::package_name;
use super::traces::{Kind, answer};
use crate::inventory::{Component, Trace};

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

/// Where a vendor's or product's name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stated {
    /// In a field for it.
    Plainly,
    /// In a maintainer field.
    Hint,
    /// In a CPE name.
    Cpe,
}

struct Spelling<'a> {
    term: Term,
    text: Cow<'a, str>,
    stated: Stated,
}

impl Stated {
    const fn doubt<'a>(self) -> Option<Doubt<'a>> {
        match self {
            Self::Plainly => None,
            Self::Hint => Some(Doubt::VendorHint),
            Self::Cpe => Some(Doubt::CpeWords),
        }
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

    /// Whether a component has a text, a digest or a vulnerability in common with any rule. Most have none, and what has
    /// none is recognised by no rule: every look-up of [`hits`](Self::hits) begins with one of these.
    pub(super) fn touches(self, component: &Component) -> bool {
        let index = self.index;
        let known = |text: &str| index.term(text).is_some();
        let name = component.name.as_str();
        let purl = component.purl.as_ref();
        let texts = component.vendors.iter().chain(&component.vendor_hints).chain(&component.product);
        let mut texts = texts.chain(&component.source_package);
        let ecosystem = component.ecosystem.as_deref().or(purl.map(Purl::package_type));
        known(name)
            || package_name::alone(name, ecosystem).is_some_and(known)
            || texts.any(|text| known(text))
            || purl.is_some_and(|purl| purl.name() != name && known(purl.name()))
            || whole_name(component).is_some_and(|whole| known(&whole))
            || component.cpe.iter().any(|cpe| {
                let known = |attribute: &Attribute| attribute.literal().is_some_and(|text| known(&text));
                known(cpe.vendor()) || known(cpe.product())
            })
            || component.sha256.iter().any(|digest| !index.rules_for_digest(digest).is_empty())
            || component.cves.iter().any(|cve| !index.rules_for_cve(*cve).is_empty())
            || component.dismissed.iter().any(|away| !index.rules_for_cve(away.cve).is_empty())
            || component.traces.iter().any(|trace| match trace {
                Trace::Signer(signer) => signer::names(signer).iter().any(|name| known(name)),
                trace => !index.traces.candidates(trace).is_empty(),
            })
    }

    /// Every rule that recognises the component.
    pub(super) fn hits(self, component: &'a Component) -> Vec<Hit<'a>> {
        let mut hits = Hits { index: self.index, list: Vec::new() };
        self.purls(component, &mut hits);
        self.packages(component, &mut hits);
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
        self.cpes(component, &mut hits);
        self.names(component, &mut hits);
        self.traces(component, &mut hits);
        hits.list
    }

    fn traces(self, component: &'a Component, hits: &mut Hits<'i, 'a>) {
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

    fn purls(self, component: &'a Component, hits: &mut Hits<'i, 'a>) {
        let ecosystem = component.ecosystem.as_deref();
        let written = || package_name::alone(&component.name, ecosystem).unwrap_or(&component.name);
        let name = component.purl.as_ref().map_or_else(written, Purl::name);
        for rule in self.candidates(Place::Purl, name) {
            let Some(Identifier::Purl(purl, versions)) = hits.parsed(*rule) else { continue };
            let (field, answer) = match &component.purl {
                Some(found) => {
                    (Field::Purl, purl_answer(purl, versions, found, component.version.as_deref()))
                }
                None => (Field::Name, purl_of_parts(purl, versions, component, name)),
            };
            let found = || match &component.purl {
                Some(found) => found.to_string().into(),
                None => component.name.as_str().into(),
            };
            hits.add(*rule, field, found, answer, Vec::new());
        }
    }

    fn packages(self, component: &'a Component, hits: &mut Hits<'i, 'a>) {
        let purl = component.purl.as_ref();
        let ecosystem = component.ecosystem.as_deref().or(purl.map(Purl::package_type));
        let whole = whole_name(component);
        let names: [(Option<&str>, Field); 4] = [
            (Some(&component.name), Field::Name),
            (package_name::alone(&component.name, ecosystem), Field::Name),
            (purl.map(Purl::name).filter(|name| *name != component.name), Field::Purl),
            (whole.as_deref(), Field::Purl),
        ];
        for (name, field) in names {
            let Some(name) = name else { continue };
            for rule in self.candidates(Place::Package, name) {
                let Some(Identifier::Package(package, versions)) = hits.parsed(*rule) else { continue };
                if whole.as_deref().is_some_and(|whole| whole != name && package.ecosystem().is_some()) {
                    continue;
                }
                let answer = package_answer(package, versions, ecosystem, name, component);
                hits.add(*rule, field, || Cow::Owned(name.to_owned()), answer, Vec::new());
            }
        }
        let Some(source) = component.source_package.as_deref() else { return };
        for rule in self.candidates(Place::Package, source) {
            let Some(Identifier::Package(package, versions)) = hits.parsed(*rule) else { continue };
            let answer = package_answer(package, versions, ecosystem, source, component);
            hits.add(*rule, Field::SourcePackage, || source.into(), answer, vec![Doubt::SourcePackage]);
        }
    }

    fn cpes(self, component: &'a Component, hits: &mut Hits<'i, 'a>) {
        for found in &component.cpe {
            let (vendor, product) = (found.vendor().literal(), found.product().literal());
            let by_vendor = vendor.as_deref().map_or(&[][..], |text| self.candidates(Place::CpeVendor, text));
            let by_product =
                product.as_deref().map_or(&[][..], |text| self.candidates(Place::CpeProduct, text));
            for rule in by_vendor.iter().chain(by_product) {
                let Some(Identifier::Cpe(cpe, versions)) = hits.parsed(*rule) else { continue };
                let among = match found.version().literal() {
                    // The maker's own version, whatever kind of package it came in.
                    Some(version) => versions.contain(Some(&version)),
                    None => versions.contain_for(component.version.as_deref(), scheme_of(component)),
                };
                let answer = cpe.matches(found).and(among);
                hits.add(*rule, Field::Cpe, || found.to_string().into(), answer, Vec::new());
            }
        }
    }

    /// Vendors and products as words.
    fn names(self, component: &'a Component, hits: &mut Hits<'i, 'a>) {
        let mut vendors = Vec::new();
        let mut products = Vec::new();
        for text in &component.vendors {
            self.text(text.into(), Stated::Plainly, &mut vendors);
        }
        for text in &component.vendor_hints {
            self.text(text.into(), Stated::Hint, &mut vendors);
        }
        for text in component.product.iter().chain([&component.name]) {
            self.text(text.into(), Stated::Plainly, &mut products);
        }
        for cpe in &component.cpe {
            if let Some(text) = cpe.vendor().literal() {
                self.text(text.into(), Stated::Cpe, &mut vendors);
            }
            if let Some(text) = cpe.product().literal() {
                self.text(text.into(), Stated::Cpe, &mut products);
            }
        }
        let without_cpe = component.cpe.is_empty();
        for vendor in &vendors {
            vendor_alone(self.index, vendor, component, without_cpe, hits);
        }
        for product in &products {
            with_product(self.index, product, &vendors, component, without_cpe, hits);
        }
    }

    fn text(self, text: Cow<'a, str>, stated: Stated, texts: &mut Vec<Spelling<'a>>) {
        if let Some(term) = self.index.term(&text) {
            texts.push(Spelling { term, text, stated });
        }
    }
}

/// The name with its namespace, in ecosystems in which that is a part of the name: `@scope/name` is not `name`.
fn whole_name(component: &Component) -> Option<String> {
    let purl = component.purl.as_ref();
    let ecosystem = component.ecosystem.as_deref().or(purl.map(Purl::package_type))?;
    let namespace = purl.and_then(Purl::namespace).or(component.group.as_deref())?;
    let name = purl.map_or(component.name.as_str(), Purl::name);
    matches!(ecosystem, "npm" | "composer" | "golang").then(|| format!("{namespace}/{name}"))
}

fn vendor_alone<'a>(
    index: &Index<'a>,
    vendor: &Spelling<'a>,
    component: &'a Component,
    without_cpe: bool,
    hits: &mut Hits<'_, 'a>,
) {
    let field = if vendor.stated == Stated::Hint { Field::VendorHint } else { Field::Vendor };
    let found = || vendor.text.clone();
    for rule in index.rules_at(Place::Vendor, vendor.term) {
        let alone = index.rules.get(*rule).is_some_and(|rule| rule.exclude.is_some() || rule.alone);
        if alone {
            hits.add(*rule, field, found, Answer::Match, vendor.stated.doubt().into_iter().collect());
        }
    }
    for rule in index.rules_at(Place::CpeVendor, vendor.term).iter().filter(|_| without_cpe) {
        let Some(Identifier::Cpe(cpe, versions)) = hits.parsed(*rule) else { continue };
        if *cpe.product() == Attribute::Any {
            let doubts = [Some(Doubt::NoCpe), vendor.stated.doubt()].into_iter().flatten().collect();
            hits.add(*rule, field, found, cpe_versions(cpe, versions, component), doubts);
        }
    }
}

fn with_product<'a>(
    index: &Index<'a>,
    product: &Spelling<'a>,
    vendors: &[Spelling<'a>],
    component: &'a Component,
    without_cpe: bool,
    hits: &mut Hits<'_, 'a>,
) {
    // A vendor that is stated plainly comes before one that is only hinted at: that is their order.
    let vendor_for = |rule: usize| {
        let names = index.rules.get(rule).and_then(|rule| index.names.get(rule.bound))?;
        vendors.iter().find(|vendor| names.vendors.contains(&vendor.term))
    };
    let pair = |vendor: &Spelling<'a>| Cow::Owned(format!("{} / {}", vendor.text, product.text));
    for rule in index.rules_at(Place::Product, product.term) {
        if index.rules.get(*rule).is_some_and(|rule| rule.exclude.is_some()) {
            // The subject has recognised the maker; its exclusion only names the product.
            let doubts = product.stated.doubt().into_iter().collect();
            hits.add(*rule, Field::Name, || product.text.clone(), Answer::Match, doubts);
        } else if let Some(vendor) = vendor_for(*rule) {
            let doubts = vendor.stated.doubt().or(product.stated.doubt()).into_iter().collect();
            hits.add(*rule, Field::VendorProduct, || pair(vendor), Answer::Match, doubts);
        }
    }
    for rule in index.rules_at(Place::CpeProduct, product.term).iter().filter(|_| without_cpe) {
        let Some(Identifier::Cpe(cpe, versions)) = hits.parsed(*rule) else { continue };
        let answer = cpe_versions(cpe, versions, component);
        if *cpe.vendor() == Attribute::Any {
            hits.add(*rule, Field::Name, || product.text.clone(), answer, vec![Doubt::NoCpe]);
        } else if let Some(vendor) = vendor_for(*rule) {
            let doubts = [Some(Doubt::NoCpe), vendor.stated.doubt()].into_iter().flatten().collect();
            hits.add(*rule, Field::VendorProduct, || pair(vendor), answer, doubts);
        }
    }
}

/// The versions of a CPE rule, against a component that has no CPE name.
fn cpe_versions(cpe: &Cpe, versions: &Versions, component: &Component) -> Answer {
    let version = component.version.as_deref();
    let own =
        cpe.version().literal().map_or(Answer::Match, |wanted| Versions::Exactly(wanted).contain(version));
    own.and(versions.contain_for(version, scheme_of(component)))
}

fn package_answer(
    package: &PackageName,
    versions: &Versions,
    ecosystem: Option<&str>,
    name: &str,
    component: &Component,
) -> Answer {
    let scheme = ecosystem.and_then(Scheme::of_package_type);
    package.matches(ecosystem, name).and(versions.contain_for(component.version.as_deref(), scheme))
}

/// The scheme of a component's versions, where the component says of which kind it is.
fn scheme_of(component: &Component) -> Option<Scheme> {
    let purl = component.purl.as_ref().map(Purl::package_type);
    component.ecosystem.as_deref().or(purl).and_then(Scheme::of_package_type)
}

/// A package URL without a version is completed by the component's.
fn purl_answer(rule: &Purl, versions: &Versions, found: &Purl, version: Option<&str>) -> Answer {
    if found.version().is_some() || version.is_none() {
        return rule.matches(versions, found);
    }
    let completed = Purl::build(
        found.package_type(),
        found.namespace(),
        found.name(),
        version,
        found.qualifiers().clone(),
        found.subpath(),
    );
    rule.matches(versions, completed.as_ref().unwrap_or(found))
}

/// A rule for a package URL, against a component that has only a name.
fn purl_of_parts(rule: &Purl, versions: &Versions, component: &Component, name: &str) -> Answer {
    let group = component.group.as_deref();
    let same_name = canonical_name(rule.package_type(), name) == rule.name();
    match component.ecosystem.as_deref() {
        Some(found) if found != rule.package_type() => Answer::NoMatch,
        Some(found) => {
            let version = component.version.as_deref();
            match Purl::build(found, group, name, version, BTreeMap::new(), None) {
                // Only what has no group lacks a namespace; another group is another package.
                Ok(built) if group.is_some() || rule.namespace().is_none() => rule.matches(versions, &built),
                _ => Answer::when(same_name).and(Answer::Unknown(Reason::NamespaceAbsent)),
            }
        }
        None if group.is_some() && group != rule.namespace() => Answer::NoMatch,
        None => Answer::when(same_name).and(Answer::Unknown(Reason::EcosystemAbsent)),
    }
}

/// The hits so far.
struct Hits<'i, 'a> {
    index: &'i Index<'a>,
    list: Vec<Hit<'a>>,
}

impl<'i, 'a> Hits<'i, 'a> {
    fn parsed(&self, rule: usize) -> Option<&'i Identifier> {
        self.index.rules.get(rule).map(|rule| &rule.parsed)
    }

    /// Adds what an answer says; of two hits of one rule the one with fewer doubts stays.
    fn add(
        &mut self,
        number: usize,
        field: Field,
        found: impl FnOnce() -> Cow<'a, str>,
        answer: Answer,
        mut doubts: Vec<Doubt<'a>>,
    ) {
        let Some(rule) = self.index.rules.get(number) else { return };
        match answer {
            Answer::Match => {}
            Answer::NoMatch => return,
            Answer::Unknown(reason) => doubts.push(Doubt::Unknown(reason)),
        }
        if let Some(confidence) = &rule.written.confidence
            && !matches!(confidence, Confidence::High | Confidence::Medium)
        {
            doubts.push(Doubt::Confidence(confidence));
        }
        if self.wants_versions(rule) {
            doubts.push(Doubt::NoVersions);
        }
        let before = self.list.iter().position(|hit| hit.rule == number);
        if before
            .and_then(|at| self.list.get(at))
            .is_some_and(|hit| hit.evidence.doubts.len() <= doubts.len())
        {
            return;
        }
        let certainty = rule.parsed.certainty().unwrap_or(Certainty::Probable);
        let (identifier, list) = (rule.written, rule.list);
        let evidence = Evidence { identifier, list, certainty, field, found: found(), doubts };
        let hit = Hit { rule: number, breadth: breadth(&rule.parsed), evidence, dismissed: None };
        match before.and_then(|at| self.list.get_mut(at)) {
            Some(known) => *known = hit,
            None => self.list.push(hit),
        }
    }

    /// Whether a rule recognises a product and not the versions of it that are to be repaired.
    fn wants_versions(&self, rule: &Rule<'a>) -> bool {
        let subject = self.index.bound.get(rule.bound).map(|bound| bound.subject);
        if rule.exclude.is_some()
            || subject.is_none_or(|subject| subject.disposition != Disposition::Remediate)
        {
            return false;
        }
        match &rule.parsed {
            Identifier::Purl(purl, versions) => purl.version().is_none() && *versions == Versions::Any,
            Identifier::Cpe(cpe, versions) => *cpe.version() == Attribute::Any && *versions == Versions::Any,
            Identifier::Package(_, versions) => *versions == Versions::Any,
            Identifier::Image(image) => image.tag().is_none() && image.digest().is_none(),
            Identifier::Sha256(_)
            | Identifier::Authenticode(_)
            | Identifier::CdHash(_)
            | Identifier::Cve(_)
            | Identifier::Unsupported { .. } => false,
            // The same in every version.
            _ => true,
        }
    }
}

fn breadth(identifier: &Identifier) -> Breadth {
    match identifier {
        Identifier::Vendor(_) | Identifier::Signer(_) | Identifier::TeamId(_) | Identifier::Asn(_) => {
            Breadth::Vendor
        }
        Identifier::Cpe(cpe, _) if cpe.product().literal().is_none() => Breadth::Vendor,
        Identifier::Cpe(..) | Identifier::Product(_) => Breadth::Product,
        _ => Breadth::Exact,
    }
}
