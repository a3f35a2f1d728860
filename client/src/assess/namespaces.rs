//! Rules for everything in a namespace of package URLs, and which namespace a component says it is of.
//!
//! A package URL says it; without one, the ecosystem and the group do, or the whole name in ecosystems in which the namespace
//! is a part of it (`@scope/name`). A group without an ecosystem may be of any, which is unknown.

use std::borrow::Cow;
use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt as _};
use interdict_schema::product::{Answer, Purl, PurlNamespace, Reason};

use super::lookalike::{is_suspect, seen};
use crate::inventory::Description;

/// Rules by type and namespace.
#[derive(Debug)]
pub(super) struct Namespaces(HashMap<String, HashMap<String, Vec<usize>>>);

/// A namespace that a component says it is of.
pub(super) struct Stated<'c> {
    /// The type of package URLs, where it is said.
    pub package_type: Option<&'c str>,
    /// As [`PurlNamespace::path`]; of an unknown type as written.
    pub path: Cow<'c, str>,
}

impl Default for Namespaces {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl Namespaces {
    pub(super) fn add(&mut self, namespace: &PurlNamespace, rule: usize) {
        let of_type = self.0.entry(namespace.package_type().to_owned()).or_default();
        of_type.entry(namespace.path().to_owned()).or_default().push(rule);
    }

    /// Whether no rule means a namespace.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rules whose namespace looks like the one where a component says it belongs, or like one above it, and is spelled
    /// otherwise; with what the component says.
    pub(super) fn lookalikes(&self, component: &Description) -> Vec<(usize, String)> {
        if self.is_empty() {
            return Vec::new();
        }
        let Some(stated) = stated(component).filter(|stated| is_suspect(&stated.path)) else {
            return Vec::new();
        };
        let looks = seen(&stated.path);
        let of_kind = |package_type: &str| stated.package_type.is_none_or(|stated| stated == package_type);
        let of_types = self.0.iter().filter(|(package_type, _)| of_kind(package_type));
        let all = of_types
            .flat_map(|(package_type, of_type)| of_type.iter().map(move |found| (package_type, found)));
        let like = all.filter(|(package_type, (path, _))| {
            let path = seen(path);
            PurlNamespace::and_above(package_type, &looks).any(|above| above == path)
        });
        like.flat_map(|(_, (_, rules))| rules.iter().map(|rule| (*rule, stated.path.to_string()))).collect()
    }

    /// The rules that mean where a component belongs, or may.
    pub(super) fn rules(&self, component: &Description) -> Vec<(usize, Answer)> {
        // Most orders have none, and every component comes by here.
        if self.is_empty() {
            return Vec::new();
        }
        let Some(stated) = stated(component) else { return Vec::new() };
        let rules = |package_type: &str, path: &str, answer| {
            let of_type = self.0.get(package_type);
            let at = |above: &str| of_type.and_then(|of_type| of_type.get(above)).into_iter().flatten();
            let all = PurlNamespace::and_above(package_type, path).flat_map(at);
            all.map(|rule| (*rule, answer)).collect::<Vec<_>>()
        };
        if let Some(package_type) = stated.package_type {
            return rules(package_type, &stated.path, Answer::Match);
        }
        let unknown = Answer::Unknown(Reason::EcosystemAbsent);
        let of_any = |package_type: &String| {
            let path = folded(package_type, &stated.path, &component.name);
            path.map_or_else(Vec::new, |path| rules(package_type, &path, unknown))
        };
        self.0.keys().flat_map(of_any).collect()
    }
}

/// The namespace that a component says it is of.
pub(super) fn stated(component: &Description) -> Option<Stated<'_>> {
    if let Some(purl) = &component.purl {
        return Some(Stated { package_type: Some(purl.package_type()), path: purl.owner()? });
    }
    let group = component.group.as_deref();
    let Some(ecosystem) = component.ecosystem.as_deref() else {
        return Some(Stated { package_type: None, path: group?.into() });
    };
    let (namespace, name) = match group {
        Some(group) => (group, component.name.as_str()),
        None if matches!(ecosystem, "npm" | "composer" | "golang") => component.name.rsplit_once('/')?,
        None => return None,
    };
    let path = folded(ecosystem, namespace, name)?;
    Some(Stated { package_type: Some(ecosystem), path: path.into() })
}

/// Whether a component says of which kind or group it is, so that it can be compared with a namespace.
pub(super) fn says_where(component: &Description) -> bool {
    component.purl.is_some() || component.ecosystem.is_some() || component.group.is_some()
}

/// A namespace as its type compares it.
fn folded(package_type: &str, namespace: &str, name: &str) -> Option<String> {
    let purl = Purl::build(package_type, Some(namespace), name, None, BTreeMap::new(), None).ok()?;
    purl.owner().map(Cow::into_owned)
}
