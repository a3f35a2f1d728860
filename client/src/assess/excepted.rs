//! Which findings an agency's exceptions name.
//!
//! A finding is excepted where every identifier that it rests on is named by an exception of its directive, part and asset, or
//! is wider than one that is: whoever excepts a package excepts it also as a product of its vendor, and whoever excepts one
//! vulnerability or one domain excepts no other beside it. Only what is a finding can be excepted, and it stays one: it is
//! outstanding, has its deadlines, and its time of detection runs.
//!
//! Not here: what an exception is worth ([`crate::exceptions`]). Those that are given here count.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt as _};
use interdict_schema::directive::DirectiveId;

use super::assessment::{Assessment, Exclusion, Found, Judgement, Verdict};
use super::hit::{Breadth, breadth};
use super::judge::sort;
use crate::exceptions::Exception;
use crate::inventory::{Component, SourceRow};

/// The exceptions of each part of each directive.
type ByPart<'e> = HashMap<(&'e DirectiveId, &'e str), Vec<&'e Exception>>;

impl<'a> Assessment<'a> {
    /// Lists as excepted what these exceptions name. One counts where the moment assessed for lies within it too.
    pub fn except(&mut self, exceptions: impl IntoIterator<Item = &'a Exception>) {
        let mut by_part: ByPart<'a> = HashMap::new();
        for exception in exceptions {
            by_part.entry((&exception.directive, exception.part.as_str())).or_default().push(exception);
        }
        if by_part.is_empty() {
            return;
        }
        let judgements = std::mem::take(&mut self.judgements);
        let mut split = Vec::with_capacity(judgements.len());
        for judgement in judgements {
            self.split(judgement, &by_part, &mut split);
        }
        sort(&self.bound, &mut split);
        self.judgements = split;
    }

    /// The asset that a finding stands on: the host that the inventory names; or else what all of it is; or else its source.
    pub fn asset_of(&self, component: Option<&'a Component>, row: Option<&SourceRow>) -> &str {
        let host = component.and_then(|component| component.host.as_deref());
        let source = || {
            let number = row?.source;
            let named = self.assets.sources.get(number).map(String::as_str);
            named.or_else(|| self.inventory.coverage.get(number).map(|of| of.source.as_str()))
        };
        host.or(self.assets.one.as_deref()).or_else(source).unwrap_or("")
    }

    /// A judgement, its places apart by the exception that each has.
    fn split(&self, judgement: Judgement<'a>, by_part: &ByPart<'a>, split: &mut Vec<Judgement<'a>>) {
        let bound = self.bound_of(&judgement);
        let of_part = by_part.get(&(&bound.directive().id, bound.subject.id.as_str()));
        let (Some(of_part), true) = (of_part, self.is_outstanding(&judgement)) else {
            return split.push(judgement);
        };
        let repository = bound.source.repository;
        let counts = |exception: &&&'a Exception| {
            exception.repository.as_ref().is_none_or(|name| name.as_str() == repository)
                && exception.covers(bound.moment)
        };
        let of_part: Vec<&'a Exception> = of_part.iter().filter(counts).copied().collect();
        let excepted = |exception: &'a Exception, found: Found| Judgement {
            verdict: Verdict::Excepted,
            exclusion: Some(Exclusion::Excepted { exception, otherwise: judgement.verdict }),
            found,
            ..judgement.clone()
        };
        match &judgement.found {
            Found::Loose(index) => {
                let row = self.inventory.findings.get(*index).map(|loose| &loose.source);
                match excuse(&judgement, &of_part, self.asset_of(None, row)) {
                    Some(exception) => split.push(excepted(exception, judgement.found.clone())),
                    None => split.push(judgement),
                }
            }
            Found::Components(places) => {
                // By the exception's place among those of the part; what has none comes first.
                let mut by_exception: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
                let mut known: HashMap<&str, Option<usize>> = HashMap::new();
                for place in places.iter() {
                    let component = self.inventory.components.get(*place);
                    let asset = self.asset_of(component, component.map(|component| &component.source));
                    let number = *known.entry(asset).or_insert_with(|| {
                        let found = excuse(&judgement, &of_part, asset)?;
                        of_part.iter().position(|exception| std::ptr::eq(*exception, found))
                    });
                    by_exception.entry(number).or_default().push(*place);
                }
                for (number, places) in by_exception {
                    let found = Found::Components(Arc::from(places));
                    split.push(match number.and_then(|number| of_part.get(number)) {
                        Some(exception) => excepted(exception, found),
                        None => Judgement { found, ..judgement.clone() },
                    });
                }
            }
        }
    }
}

/// The exception of a judgement on an asset: of several that it takes, the one that ends first.
fn excuse<'a>(judgement: &Judgement<'a>, of_part: &[&'a Exception], asset: &str) -> Option<&'a Exception> {
    let mut named: Vec<(Breadth, &'a Exception)> = Vec::new();
    let mut open: Vec<Breadth> = Vec::new();
    for evidence in &judgement.evidence {
        let breadth = breadth(&evidence.identifier.read().ok()?);
        let naming = of_part
            .iter()
            .filter(|exception| exception.asset == asset && exception.identifier.is(evidence.identifier));
        match naming.max_by_key(|exception| exception.ends()) {
            Some(exception) => named.push((breadth, *exception)),
            None => open.push(breadth),
        }
    }
    let narrowest = named.iter().map(|(breadth, _)| *breadth).max()?;
    if open.iter().any(|breadth| *breadth >= narrowest) {
        return None;
    }
    // A wider one that is named as well is not needed.
    let needed = named.into_iter().filter(|(breadth, _)| *breadth == narrowest);
    needed.map(|(_, exception)| exception).min_by_key(|exception| exception.ends())
}
