//! CPE names, and vendors and products as words.

use std::borrow::Cow;

use interdict_schema::product::cpe::Attribute;
use interdict_schema::product::version::Keys;
use interdict_schema::product::{Answer, Cpe, Identifier, Versions};

use super::packages::scheme_of;
use super::{Hits, Lookup};
use crate::assess::assessment::{Doubt, Field};
use crate::assess::index::{Index, Place, Term};
use crate::inventory::Description;

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
    /// Whether it only looks like the term.
    like: bool,
}

impl<'a> Spelling<'a> {
    const fn doubt(&self) -> Option<Doubt<'a>> {
        if self.like { Some(Doubt::Lookalike) } else { self.stated.doubt() }
    }
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

impl<'i, 'a> Lookup<'i, 'a> {
    pub(super) fn cpes(self, component: &'a Description, hits: &mut Hits<'i, 'a>) {
        for found in &component.cpe {
            let (vendor, product) = (found.vendor().literal(), found.product().literal());
            let by_vendor = vendor.as_deref().map_or(&[][..], |text| self.candidates(Place::CpeVendor, text));
            let by_product =
                product.as_deref().map_or(&[][..], |text| self.candidates(Place::CpeProduct, text));
            for rule in by_vendor.iter().chain(by_product) {
                let Some(Identifier::Cpe(cpe, versions)) = hits.parsed(*rule) else { continue };
                let among = if let Some(version) = found.version().literal() {
                    // The maker's own version, whatever kind of package it came in.
                    versions.contain_by(Some(&version), None, &mut hits.keys)
                } else {
                    let version = component.version.as_deref();
                    versions.contain_by(version, scheme_of(component), &mut hits.keys)
                };
                let answer = cpe.matches(found).and(among);
                hits.add(*rule, Field::Cpe, || found.to_string().into(), answer, Vec::new());
            }
        }
    }

    /// Vendors and products as words.
    pub(super) fn names(self, component: &'a Description, hits: &mut Hits<'i, 'a>) {
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
            return texts.push(Spelling { term, text, stated, like: false });
        }
        for term in self.index.terms_like(&text) {
            texts.push(Spelling { term: *term, text: text.clone(), stated, like: true });
        }
    }
}

fn vendor_alone<'a>(
    index: &Index<'a>,
    vendor: &Spelling<'a>,
    component: &'a Description,
    without_cpe: bool,
    hits: &mut Hits<'_, 'a>,
) {
    let field = if vendor.stated == Stated::Hint { Field::VendorHint } else { Field::Vendor };
    let found = || vendor.text.clone();
    for rule in index.rules_at(Place::Vendor, vendor.term) {
        let alone = index.rules.get(*rule).is_some_and(|rule| rule.exclude.is_some() || rule.alone);
        if alone {
            hits.add(*rule, field, found, Answer::Match, vendor.doubt().into_iter().collect());
        }
    }
    for rule in index.rules_at(Place::CpeVendor, vendor.term).iter().filter(|_| without_cpe) {
        let Some(Identifier::Cpe(cpe, versions)) = hits.parsed(*rule) else { continue };
        if *cpe.product() == Attribute::Any {
            let doubts = [Some(Doubt::NoCpe), vendor.doubt()].into_iter().flatten().collect();
            let answer = cpe_versions(cpe, versions, component, &mut hits.keys);
            hits.add(*rule, field, found, answer, doubts);
        }
    }
}

fn with_product<'a>(
    index: &Index<'a>,
    product: &Spelling<'a>,
    vendors: &[Spelling<'a>],
    component: &'a Description,
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
            let doubts = product.doubt().into_iter().collect();
            hits.add(*rule, Field::Name, || product.text.clone(), Answer::Match, doubts);
        } else if let Some(vendor) = vendor_for(*rule) {
            let doubts = vendor.doubt().or(product.doubt()).into_iter().collect();
            hits.add(*rule, Field::VendorProduct, || pair(vendor), Answer::Match, doubts);
        }
    }
    for rule in index.rules_at(Place::CpeProduct, product.term).iter().filter(|_| without_cpe) {
        let Some(Identifier::Cpe(cpe, versions)) = hits.parsed(*rule) else { continue };
        let answer = cpe_versions(cpe, versions, component, &mut hits.keys);
        if *cpe.vendor() == Attribute::Any {
            hits.add(*rule, Field::Name, || product.text.clone(), answer, vec![Doubt::NoCpe]);
        } else if let Some(vendor) = vendor_for(*rule) {
            let doubts = [Some(Doubt::NoCpe), vendor.doubt()].into_iter().flatten().collect();
            hits.add(*rule, Field::VendorProduct, || pair(vendor), answer, doubts);
        }
    }
}

/// The versions of a CPE rule, against a component that has no CPE name.
fn cpe_versions(cpe: &Cpe, versions: &Versions, component: &Description, keys: &mut Keys) -> Answer {
    let version = component.version.as_deref();
    let own =
        cpe.version().literal().map_or(Answer::Match, |wanted| Versions::Exactly(wanted).contain(version));
    own.and(versions.contain_by(version, scheme_of(component), keys))
}
