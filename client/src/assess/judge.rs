//! From hits to verdicts, and from distinct components back to every place where they stand.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt as _};
use interdict_schema::directive::{Confidence, Disposition, Embedded};
use interdict_schema::product::Identifier;

use super::assessment::{Assessment, Assets, Doubt, Evidence, Exclusion, Field, Found, Judgement, Verdict};
use super::hit::{Breadth, Hit, Lookup};
use super::index::{Bound, Index};
use super::namespaces;
use super::traces::Kind;
use crate::inventory::{Component, Description, Inventory, Presence};
use crate::store::detections::Detections;

/// A distinct component that some rule recognises.
struct Group<'a> {
    verdicts: Vec<Raw<'a>>,
    /// The component's places, each with the group of the component that it is nested in.
    members: Vec<(usize, Option<usize>)>,
}

/// A verdict before the question where the component stands.
#[derive(Clone)]
struct Raw<'a> {
    bound: usize,
    verdict: Verdict,
    evidence: Vec<Evidence<'a>>,
    exclusion: Option<Exclusion<'a>>,
    doubts: Vec<Doubt<'a>>,
}

impl<'a> Index<'a> {
    /// Judges an inventory.
    pub fn assess(mut self, inventory: &'a Inventory) -> Assessment<'a> {
        let lookup = Lookup::new(&self);
        let mut groups: Vec<Group<'a>> = Vec::new();
        // All that verdicts and evidence depend on is in the description, and all of it is hashed: an inventory made of
        // components that differ in one forgotten part would be compared each with each.
        let mut known: HashMap<&'a Description, Option<usize>> = HashMap::new();
        // Descriptions that were shared when they were read are known by where they lie.
        let mut shared: HashMap<usize, Option<usize>> = HashMap::new();
        // A component comes before those that are nested in it, so the last that stands alone encloses those after it.
        let mut enclosing = None;
        for (place, component) in inventory.components.iter().enumerate() {
            let description = component.description();
            let judge = || {
                let verdicts = self.verdicts(component, lookup.hits(component));
                (!verdicts.is_empty()).then(|| {
                    groups.push(Group { verdicts, members: Vec::new() });
                    groups.len() - 1
                })
            };
            let judged = || {
                if lookup.touches(component) { *known.entry(description).or_insert_with(judge) } else { None }
            };
            let group = if Arc::strong_count(description) > 1 {
                *shared.entry(Arc::as_ptr(description).addr()).or_insert_with(judged)
            } else {
                judged()
            };
            if !component.nested {
                enclosing = group;
            }
            if let Some(group) = group.and_then(|group| groups.get_mut(group)) {
                group.members.push((place, enclosing));
            }
        }
        let compared = known.len();
        let mut judgements: Vec<Judgement<'a>> =
            groups.iter().flat_map(|group| self.join(group, &groups, inventory)).collect();
        judgements.extend(self.loose(inventory));
        for judgement in &mut judgements {
            self.waive(judgement);
        }
        let found: BTreeSet<usize> = judgements.iter().map(|judgement| judgement.bound).collect();
        for bound in found {
            self.bound.get_mut(bound).into_iter().for_each(Bound::found);
        }
        sort(&self.bound, &mut judgements);
        let not_looked_for = self.not_looked_for(compared_with(inventory));
        let Self { as_of, bound, unsupported, missing, attached, unreadable, not_binding, .. } = self;
        let files = attached.unreadable.iter().map(|(list, path, why)| (list, path.as_str(), *why));
        Assessment {
            as_of,
            inventory,
            compared,
            bound,
            judgements,
            not_looked_for,
            unsupported,
            missing,
            unreadable_files: files.collect(),
            malformed_entries: &attached.malformed,
            unreadable,
            not_binding,
            assets: Assets::default(),
            detections: Detections::default(),
        }
    }

    /// The verdict of every subject that recognises a component.
    fn verdicts(&self, component: &Component, mut hits: Vec<Hit<'a>>) -> Vec<Raw<'a>> {
        let bound_of = |hit: &Hit<'_>| self.rules.get(hit.rule).map_or(usize::MAX, |rule| rule.bound);
        hits.sort_by_key(|hit| (bound_of(hit), hit.rule));
        hits.chunk_by(|one, other| bound_of(one) == bound_of(other))
            .filter_map(|hits| self.verdict(hits.first().map(bound_of)?, component, hits))
            .collect()
    }

    fn verdict(&self, bound: usize, component: &Component, hits: &[Hit<'a>]) -> Option<Raw<'a>> {
        let exclude_of = |hit: &Hit<'a>| self.rules.get(hit.rule).and_then(|rule| rule.exclude);
        let mut recognised: Vec<Hit<'a>> =
            hits.iter().filter(|hit| exclude_of(hit).is_none()).cloned().collect();
        if recognised.is_empty() {
            return None;
        }
        narrow(&mut recognised);
        recognised.sort_by_key(|hit| {
            let evidence = &hit.evidence;
            let alone = Verdict::of(&evidence.doubts);
            (alone, std::cmp::Reverse((evidence.certainty, hit.breadth)), evidence.field)
        });
        let live = || recognised.iter().filter(|hit| hit.dismissed.is_none());
        let dismissed = recognised.iter().find_map(|hit| hit.dismissed);
        let mut doubts = live().next().map(|hit| hit.evidence.doubts.clone()).unwrap_or_default();
        match component.presence {
            Presence::Residual => doubts.push(Doubt::Residual),
            Presence::Recorded => doubts.push(Doubt::Recorded),
            Presence::Installed | Presence::Incomplete => {}
        }
        let mut exclusion = None;
        if let Some(state) = dismissed
            && live().all(|hit| !hit.evidence.doubts.is_empty())
        {
            exclusion = Some(Exclusion::Dismissed(state));
        }
        for hit in hits {
            let Some(exclude) = exclude_of(hit) else { continue };
            if hit.evidence.doubts.is_empty() {
                exclusion = Some(Exclusion::Listed(exclude));
                break;
            }
            doubts.push(perhaps(&exclude.id, &hit.evidence.doubts));
        }
        let verdict = exclusion.map_or_else(|| Verdict::of(&doubts), |_| Verdict::Excluded);
        let evidence = recognised.into_iter().map(|hit| hit.evidence).collect();
        Some(Raw { bound, verdict, evidence, exclusion, doubts })
    }

    /// The judgements of a group, with where its components stand taken into account.
    fn join(&self, group: &Group<'a>, groups: &[Group<'a>], inventory: &Inventory) -> Vec<Judgement<'a>> {
        let nested = group
            .members
            .first()
            .and_then(|(place, _)| inventory.components.get(*place))
            .is_some_and(|component| component.nested);
        let all = || group.members.iter().map(|(place, _)| *place).collect::<Vec<_>>();
        let whole: Arc<[usize]> = all().into();
        let judgement = |raw: &Raw<'a>, places: Arc<[usize]>| Judgement {
            bound: raw.bound,
            verdict: raw.verdict,
            evidence: raw.evidence.clone(),
            exclusion: raw.exclusion,
            doubts: raw.doubts.clone(),
            found: Found::Components(places),
        };
        let mut judgements = Vec::new();
        for raw in &group.verdicts {
            if !nested {
                judgements.push(judgement(raw, whole.clone()));
                continue;
            }
            // Inside a product of the same maker it is no embedded code, but a part of what is meant.
            let of_the_maker = |enclosing: Option<usize>| {
                enclosing.and_then(|group| groups.get(group)).is_some_and(|group| {
                    let meant =
                        |other: &Raw<'_>| other.bound == raw.bound && other.verdict != Verdict::Excluded;
                    group.verdicts.iter().any(meant)
                })
            };
            let (own, foreign): (Vec<_>, Vec<_>) =
                group.members.iter().partition(|(_, enclosing)| of_the_maker(*enclosing));
            let places =
                |members: Vec<&(usize, Option<usize>)>| members.iter().map(|(place, _)| *place).collect();
            if !own.is_empty() {
                judgements.push(judgement(raw, places(own)));
            }
            if !foreign.is_empty() {
                judgements.push(judgement(&self.embedded(raw), places(foreign)));
            }
        }
        judgements
    }

    /// A verdict on a component inside another maker's product.
    fn embedded(&self, raw: &Raw<'a>) -> Raw<'a> {
        let mut raw = raw.clone();
        let embedded = self.bound.get(raw.bound).and_then(|bound| bound.subject.embedded.as_ref());
        match embedded {
            Some(Embedded::In) => {}
            Some(Embedded::Out) => {
                raw.verdict = Verdict::Excluded;
                raw.exclusion = raw.exclusion.or(Some(Exclusion::Embedded));
            }
            Some(Embedded::Other(_)) | None => {
                raw.verdict = raw.verdict.max(Verdict::Possible);
                raw.doubts.push(Doubt::Nested);
            }
        }
        raw
    }

    /// Vulnerabilities that the inventory ties to no component.
    fn loose(&self, inventory: &'a Inventory) -> Vec<Judgement<'a>> {
        let mut judgements = Vec::new();
        for (place, finding) in inventory.findings.iter().enumerate() {
            for number in self.rules_for_cve(finding.cve) {
                let Some(rule) = self.rules.get(*number).filter(|rule| rule.exclude.is_none()) else {
                    continue;
                };
                let doubts: Vec<Doubt<'a>> = match &rule.written.confidence {
                    None | Some(Confidence::High | Confidence::Medium) => Vec::new(),
                    Some(confidence) => vec![Doubt::Confidence(confidence)],
                };
                let evidence = Evidence {
                    identifier: rule.written,
                    list: rule.list,
                    certainty: interdict_schema::product::identifier::Certainty::Exact,
                    field: Field::Cve,
                    found: finding.cve.to_string().into(),
                    doubts: doubts.clone(),
                };
                judgements.push(Judgement {
                    bound: rule.bound,
                    verdict: Verdict::of(&doubts),
                    evidence: vec![evidence],
                    exclusion: None,
                    doubts,
                    found: Found::Loose(place),
                });
            }
        }
        judgements
    }

    /// What a waiver frees the agency of is listed with it. What the order leaves out anyway stays excluded.
    fn waive(&self, judgement: &mut Judgement<'a>) {
        let waived = self.bound.get(judgement.bound).and_then(|bound| bound.waived.as_ref());
        if let (Some(waived), Verdict::Match | Verdict::Unknown | Verdict::Possible) =
            (waived, judgement.verdict)
        {
            judgement.verdict = Verdict::Waived;
            let document = self.bound.get(judgement.bound);
            let document = document.and_then(|bound| bound.source.granted_by(&waived.waiver.id));
            judgement.exclusion =
                Some(Exclusion::Waived { waiver: waived.waiver, until: waived.until, document });
        }
    }
}

/// By directive, the one with the worst verdict first, and of several such the one of which something was or is due first; within it the worst first, then what is due first.
pub(super) fn sort<'a>(all: &[Bound<'a>], judgements: &mut [Judgement<'a>]) {
    let bound = |judgement: &Judgement<'a>| all.get(judgement.bound);
    let source = |judgement: &Judgement<'a>| {
        bound(judgement).map_or(("", ""), |bound| (bound.source.repository, bound.directive().id.as_str()))
    };
    // A possible of what wants repair weighs less than anything else.
    let weight = |judgement: &Judgement<'a>| {
        let repair = bound(judgement).is_some_and(|b| b.subject.disposition == Disposition::Remediate);
        (repair && judgement.verdict == Verdict::Possible, judgement.verdict)
    };
    let due = |judgement: &Judgement<'a>| {
        let due = bound(judgement).and_then(|bound| bound.overdue().or(bound.next()));
        (due.is_none(), due.map(|due| due.at))
    };
    let mut worst = HashMap::new();
    for judgement in judgements.iter() {
        let this = (weight(judgement), due(judgement));
        let entry = worst.entry(source(judgement)).or_insert(this);
        *entry = (*entry).min(this);
    }
    let first = |judgement: &Judgement<'a>| match &judgement.found {
        Found::Components(places) => (0, places.first().copied()),
        Found::Loose(place) => (1, Some(*place)),
    };
    judgements.sort_by_cached_key(|judgement| {
        let source = source(judgement);
        let worst = worst.get(&source).copied();
        (worst, source, weight(judgement), due(judgement), judgement.bound, first(judgement))
    });
}

/// The doubt of an exclusion whose own comparison is doubtful: it cannot be told, or it is weak.
fn perhaps<'a>(exclusion: &'a str, doubts: &[Doubt<'a>]) -> Doubt<'a> {
    match doubts {
        [Doubt::Unknown(reason)] => Doubt::ExclusionUnknown { exclusion, reason: *reason },
        _ => Doubt::PerhapsExcluded(exclusion),
    }
}

/// A `review` identifier that hits more narrowly takes the certainty from rules for all of a vendor.
fn narrow(hits: &mut [Hit<'_>]) {
    let reviews = |hit: &&Hit<'_>| {
        hit.evidence.identifier.confidence == Some(Confidence::Review)
            && !hit.evidence.doubts.iter().any(|doubt| matches!(doubt, Doubt::Unknown(_)))
    };
    let Some(review) = hits.iter().filter(reviews).max_by_key(|hit| hit.breadth) else { return };
    let (breadth, value): (Breadth, &str) = (review.breadth, &review.evidence.identifier.value);
    for hit in hits.iter_mut().filter(|hit| hit.breadth < breadth && hit.evidence.doubts.is_empty()) {
        hit.evidence.doubts.push(Doubt::Reviewed(value));
    }
}

/// Whether some component of an inventory has anything to compare an identifier with.
fn compared_with(inventory: &Inventory) -> impl Fn(&Identifier) -> bool {
    let any = |holds: fn(&Component) -> bool| inventory.components.iter().any(holds);
    let named = any(|component| !component.unnamed);
    let vendors = any(|c| !c.vendors.is_empty() || !c.vendor_hints.is_empty() || !c.cpe.is_empty());
    let placed = any(|component| namespaces::says_where(component));
    let digests = any(|c| !c.sha256.is_empty());
    let traces: BTreeSet<Kind> =
        inventory.components.iter().flat_map(|component| &component.traces).map(Kind::of).collect();
    let findings = !inventory.findings.is_empty() || any(|c| !c.cves.is_empty() || !c.dismissed.is_empty());
    move |identifier| match identifier {
        Identifier::Purl(..) | Identifier::Package(..) => named,
        Identifier::PurlNamespace(_) => placed,
        Identifier::Cpe(..) | Identifier::Vendor(_) | Identifier::Product(_) => vendors,
        Identifier::Sha256(_) => digests,
        Identifier::Cve(_) => findings,
        seen => Kind::of_rule(seen).is_none_or(|kind| traces.contains(&kind)),
    }
}
