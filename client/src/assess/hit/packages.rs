//! Package URLs, package names and source packages.

use std::borrow::Cow;
use std::collections::BTreeMap;

use interdict_schema::product::purl::canonical_name;
use interdict_schema::product::version::{Keys, Scheme};
use interdict_schema::product::{Answer, Identifier, PackageName, Purl, Reason, Versions};

use super::{Hits, Lookup};
use crate::assess::assessment::{Doubt, Field};
use crate::assess::index::{Place, Rule};
use crate::assess::package_name;
use crate::inventory::Description;

impl<'i, 'a> Lookup<'i, 'a> {
    pub(super) fn purls(self, component: &'a Description, hits: &mut Hits<'i, 'a>) {
        let ecosystem = component.ecosystem.as_deref();
        let written = || package_name::alone(&component.name, ecosystem).unwrap_or(&component.name);
        let name = component.purl.as_ref().map_or_else(written, Purl::name);
        let candidates = self.candidates(Place::Purl, name);
        if candidates.is_empty() {
            return;
        }
        // What is compared is made once, however many rules mean a package of this name.
        let whole = whole_purl(component, name);
        for rule in candidates {
            let Some(Identifier::Purl(purl, versions)) = hits.parsed(*rule) else { continue };
            let (field, answer) = match (&component.purl, &whole) {
                (Some(_), Some(found)) => (Field::Purl, purl.matches_by(versions, found, &mut hits.keys)),
                (_, built) => (
                    Field::Name,
                    purl_of_parts(purl, versions, component, name, built.as_deref(), &mut hits.keys),
                ),
            };
            let found = || match &component.purl {
                Some(found) => found.to_string().into(),
                None => component.name.as_str().into(),
            };
            hits.add(*rule, field, found, answer, Vec::new());
        }
    }

    /// Namespaces, by the package URL or by the parts of one.
    pub(super) fn namespaces(self, component: &'a Description, hits: &mut Hits<'i, 'a>) {
        for (rule, answer) in self.index.namespaces.rules(component) {
            let (field, found) = match (&component.purl, &component.group) {
                (Some(purl), _) => (Field::Purl, purl.to_string()),
                (None, Some(group)) => (Field::Name, format!("{group}/{}", component.name)),
                (None, None) => (Field::Name, component.name.clone()),
            };
            hits.add(rule, field, || found.into(), answer, Vec::new());
        }
    }

    pub(super) fn packages(self, component: &'a Description, hits: &mut Hits<'i, 'a>) {
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
                let answer = package_answer(package, versions, ecosystem, name, component, &mut hits.keys);
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
            let answer = package_answer(package, versions, ecosystem, source, component, &mut hits.keys);
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
pub(super) fn whole_name(component: &Description) -> Option<String> {
    let purl = component.purl.as_ref();
    let ecosystem = component.ecosystem.as_deref().or(purl.map(Purl::package_type))?;
    let namespace = purl.and_then(Purl::namespace).or(component.group.as_deref())?;
    let name = purl.map_or(component.name.as_str(), Purl::name);
    matches!(ecosystem, "npm" | "composer" | "golang").then(|| format!("{namespace}/{name}"))
}

pub(super) fn package_answer(
    package: &PackageName,
    versions: &Versions,
    ecosystem: Option<&str>,
    name: &str,
    component: &Description,
    keys: &mut Keys,
) -> Answer {
    let scheme = ecosystem.and_then(Scheme::of_package_type);
    package.matches(ecosystem, name).and(versions.contain_by(component.version.as_deref(), scheme, keys))
}

/// The scheme of a component's versions, where the component says of which kind it is.
pub(super) fn scheme_of(component: &Description) -> Option<Scheme> {
    let purl = component.purl.as_ref().map(Purl::package_type);
    component.ecosystem.as_deref().or(purl).and_then(Scheme::of_package_type)
}

/// The component's package URL with its version; of a component that has none, what its parts make.
fn whole_purl<'c>(component: &'c Description, name: &str) -> Option<Cow<'c, Purl>> {
    let version = component.version.as_deref();
    let Some(found) = &component.purl else {
        let (ecosystem, group) = (component.ecosystem.as_deref()?, component.group.as_deref());
        return Purl::build(ecosystem, group, name, version, BTreeMap::new(), None).ok().map(Cow::Owned);
    };
    if found.version().is_some() || version.is_none() {
        return Some(Cow::Borrowed(found));
    }
    let completed = Purl::build(
        found.package_type(),
        found.namespace(),
        found.name(),
        version,
        found.qualifiers().clone(),
        found.subpath(),
    );
    Some(completed.map_or(Cow::Borrowed(found), Cow::Owned))
}

/// A rule for a package URL, against a component that has only a name.
fn purl_of_parts(
    rule: &Purl,
    versions: &Versions,
    component: &Description,
    name: &str,
    built: Option<&Purl>,
    keys: &mut Keys,
) -> Answer {
    let group = component.group.as_deref();
    let same_name = canonical_name(rule.package_type(), name) == rule.name();
    match component.ecosystem.as_deref() {
        Some(found) if found != rule.package_type() => Answer::NoMatch,
        Some(_) => match built {
            // Only what has no group lacks a namespace; another group is another package.
            Some(built) if group.is_some() || rule.namespace().is_none() => {
                rule.matches_by(versions, built, keys)
            }
            _ => Answer::when(same_name).and(Answer::Unknown(Reason::NamespaceAbsent)),
        },
        None if group.is_some() && group != rule.namespace() => Answer::NoMatch,
        None => Answer::when(same_name).and(Answer::Unknown(Reason::EcosystemAbsent)),
    }
}
