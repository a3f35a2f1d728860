//! Package URLs, package names and source packages.

use std::borrow::Cow;
use std::collections::BTreeMap;

use interdict_schema::product::purl::canonical_name;
use interdict_schema::product::version::Scheme;
use interdict_schema::product::{Answer, Identifier, PackageName, Purl, Reason, Versions};

use super::{Hits, Lookup};
use crate::assess::assessment::{Doubt, Field};
use crate::assess::index::{Place, Rule};
use crate::assess::package_name;
use crate::inventory::Component;

impl<'i, 'a> Lookup<'i, 'a> {
    pub(super) fn purls(self, component: &'a Component, hits: &mut Hits<'i, 'a>) {
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

    pub(super) fn packages(self, component: &'a Component, hits: &mut Hits<'i, 'a>) {
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
                if answer == Answer::Unknown(Reason::SchemeDiffers)
                    && self.is_told_elsewhere(*rule, name, ecosystem)
                {
                    continue;
                }
                hits.add(*rule, field, || Cow::Owned(name.to_owned()), answer, Vec::new());
            }
        }
        let Some(source) = component.source_package.as_deref() else { return };
        for rule in self.candidates(Place::Package, source) {
            let Some(Identifier::Package(package, versions)) = hits.parsed(*rule) else { continue };
            let answer = package_answer(package, versions, ecosystem, source, component);
            if answer == Answer::Unknown(Reason::SchemeDiffers)
                && self.is_told_elsewhere(*rule, source, ecosystem)
            {
                continue;
            }
            hits.add(*rule, Field::SourcePackage, || source.into(), answer, vec![Doubt::SourcePackage]);
        }
    }

    /// Whether a rule with a range of another scheme stands beside one for the same package in the component's own: who names
    /// a range for each kind of package has said which versions of this kind are meant, and the others are none of its.
    fn is_told_elsewhere(self, number: usize, name: &str, ecosystem: Option<&str>) -> bool {
        let rules = &self.index.rules;
        let (Some(rule), Some(scheme)) = (rules.get(number), ecosystem.and_then(Scheme::of_package_type))
        else {
            return false;
        };
        self.candidates(Place::Package, name).iter().filter_map(|other| rules.get(*other)).any(|other| {
            let Identifier::Package(package, Versions::Range(range)) = &other.parsed else { return false };
            (other.bound, excludes(other)) == (rule.bound, excludes(rule))
                && range.scheme().is_some_and(|of_range| of_range.orders(scheme))
                && package.matches(ecosystem, name) == Answer::Match
        })
    }
}

/// The exclusion that a rule belongs to.
fn excludes<'a>(rule: &Rule<'a>) -> Option<&'a str> {
    rule.exclude.map(|exclude| exclude.id.as_str())
}

/// The name with its namespace, in ecosystems in which that is a part of the name: `@scope/name` is not `name`.
pub(super) fn whole_name(component: &Component) -> Option<String> {
    let purl = component.purl.as_ref();
    let ecosystem = component.ecosystem.as_deref().or(purl.map(Purl::package_type))?;
    let namespace = purl.and_then(Purl::namespace).or(component.group.as_deref())?;
    let name = purl.map_or(component.name.as_str(), Purl::name);
    matches!(ecosystem, "npm" | "composer" | "golang").then(|| format!("{namespace}/{name}"))
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
pub(super) fn scheme_of(component: &Component) -> Option<Scheme> {
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
