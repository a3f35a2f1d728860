//! What would be hit on this machine now: what `check` finds there, by what the targets of the plan do about it.
//!
//! A finding is hit where one of the identifiers that it rests on is one about which a target does something. One that no target
//! touches is still a finding of `check`, and stays where it is.

use std::cell::OnceCell;
use std::collections::HashMap;

use foldhash::fast::RandomState;
use interdict_schema::directive::DirectiveId;
use interdict_schema::plan::{Hit, Impact};

use super::Output;
use crate::assess::{Assessment, Finding, Verdict};
use crate::enforce::ban::{Ban, Part};
use crate::enforce::bans::Bans;
use crate::enforce::stage::Stage;

/// The most findings that are told one by one.
const MAX_HITS: usize = 100;

/// The outstanding findings of an assessment, beside what is to be enforced by whom.
pub fn impact(assessment: &Assessment<'_>, bans: &Bans, outputs: &[Output]) -> Impact {
    let reach = Reach::of(bans, outputs);
    let mut impact = Impact { complete: assessment.inventory.is_complete(), ..Impact::default() };
    let mut lists: [Vec<Hit>; 3] = Default::default();
    let [blocked, audited, untouched] = &mut lists;
    for judgement in assessment.judgements.iter().filter(|judgement| assessment.is_outstanding(judgement)) {
        for finding in assessment.findings_of(judgement) {
            let hit = hit(assessment, &finding, &reach);
            let (count, hits) = match (hit.targets.is_empty(), hit.stage.as_str()) {
                (true, _) => (&mut impact.untouched, &mut *untouched),
                (false, "enforce") => (&mut impact.blocked, &mut *blocked),
                (false, _) => (&mut impact.audited, &mut *audited),
            };
            *count = count.saturating_add(1);
            if hits.len() < MAX_HITS {
                hits.push(hit);
            }
        }
    }
    impact.hits = lists.into_iter().flatten().take(MAX_HITS).collect();
    impact
}

fn hit(assessment: &Assessment<'_>, finding: &Finding<'_, '_>, reach: &Reach<'_>) -> Hit {
    let source = finding.row().and_then(|row| assessment.inventory.coverage.get(row.source));
    let (directive, subject) = (&finding.bound.directive().id, finding.bound.subject.id.as_str());
    let rests_on = finding.judgement.evidence.iter().map(|evidence| {
        let identifier = evidence.identifier;
        (identifier.kind.as_str(), identifier.value.as_str(), identifier.versions.as_deref())
    });
    let (stage, targets) = reach.touched((finding.bound.source.repository, directive, subject), rests_on);
    // What the agency excepts is not blocked, whatever else it is recognised by.
    let excepted = finding.judgement.verdict == Verdict::Excepted;
    let stage = if excepted { stage.min(Stage::Audit) } else { stage };
    Hit {
        directive: directive.clone(),
        subject: subject.to_owned(),
        verdict: finding.judgement.verdict.as_str().into(),
        stage: stage.as_str().into(),
        targets: targets.into_iter().map(ToOwned::to_owned).collect(),
        component: match (finding.component, finding.loose) {
            (Some(component), _) => component.name.clone(),
            (None, Some(loose)) => loose.cve.to_string(),
            (None, None) => String::new(),
        },
        version: finding.component.and_then(|component| component.version.clone()),
        source: source.map(|coverage| coverage.source.clone()).unwrap_or_default(),
    }
}

/// An identifier as it stands in a directive: kind, value and versions.
type Written<'w> = (&'w str, &'w str, Option<&'w str>);

/// A subject: repository, directive and its id.
type Subject<'s> = (&'s str, &'s DirectiveId, &'s str);

/// The bans, by subject and identifier, with what the targets make of them.
struct Reach<'b> {
    parts: HashMap<Subject<'b>, Reached<'b>, RandomState>,
    outputs: &'b [Output],
}

struct Reached<'b> {
    part: &'b Part,
    /// The number of its first ban.
    first: usize,
    /// The bans of each identifier, gathered once something of the part is found.
    numbers: OnceCell<HashMap<Written<'b>, Vec<usize>, RandomState>>,
}

impl<'b> Reach<'b> {
    fn of(bans: &'b Bans, outputs: &'b [Output]) -> Self {
        let mut first = 0_usize;
        let parts = bans.parts.iter().map(|part| {
            let origin = &part.origin;
            let key = (origin.repository.as_str(), &origin.directive, origin.subject.as_str());
            let reached = Reached { part, first, numbers: OnceCell::new() };
            first = first.saturating_add(part.entries.len());
            (key, reached)
        });
        Self { parts: parts.collect(), outputs }
    }

    /// The strictest stage at which one of these identifiers is acted upon and by which targets; where none is, the stage of the
    /// subject and no target.
    fn touched<'w>(
        &self,
        subject: Subject<'_>,
        identifiers: impl Iterator<Item = Written<'w>>,
    ) -> (Stage, Vec<&'static str>) {
        let Some(reached) = self.parts.get(&subject) else { return (Stage::Audit, Vec::new()) };
        let mut found: Option<Stage> = None;
        let mut targets = Vec::new();
        for number in identifiers.filter_map(|written| reached.numbers().get(&written)).flatten() {
            let entry = number.checked_sub(reached.first).and_then(|at| reached.part.entries.get(at));
            let Some(entry) = entry else { continue };
            let stage = Ban { number: *number, part: reached.part, entry }.stage();
            for output in self.outputs.iter().filter(|output| output.rendered.verdicts.of(*number).acts()) {
                found = found.max(Some(stage));
                targets.push(output.target.name());
            }
        }
        targets.sort_unstable();
        targets.dedup();
        (found.unwrap_or(reached.part.stage), targets)
    }
}

impl<'b> Reached<'b> {
    fn numbers(&self) -> &HashMap<Written<'b>, Vec<usize>, RandomState> {
        self.numbers.get_or_init(|| {
            let mut numbers: HashMap<Written<'b>, Vec<usize>, RandomState> = HashMap::default();
            for (at, entry) in self.part.entries.iter().enumerate() {
                let written = (entry.kind.as_str(), &*entry.value, entry.versions.as_deref());
                numbers.entry(written).or_default().push(self.first.saturating_add(at));
            }
            numbers
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;
    use crate::enforce::plan::testing::{entry, output, part};
    use crate::enforce::{Bans, Fidelity, Held};

    #[test]
    fn a_finding_is_hit_by_the_targets_that_act_on_what_it_rests_on_at_the_strictest_of_their_stages() {
        let mut held = entry("domain", "held.example");
        held.held = Some(Held::Confidence);
        let one = part("X-1", Stage::Enforce, vec![entry("domain", "a.example"), entry("package", "kesl")]);
        let two = part(
            "X-2",
            Stage::Enforce,
            vec![held, entry("domain", "b.example"), entry("domain", "a.example")],
        );
        let bans = Bans { generation: 1, parts: vec![one, two] };
        let verdicts = [
            Fidelity::Exact,
            Fidelity::OtherKind,
            Fidelity::Exact,
            Fidelity::NoAudit,
            Fidelity::UnderBlocks("x"),
        ];
        let outputs = [output(&verdicts)];
        let reach = Reach::of(&bans, &outputs);
        let touched = |directive: &str, identifiers: &[(&'static str, &'static str)]| {
            let directive = directive.parse().unwrap();
            reach.touched(
                ("r", &directive, "s"),
                identifiers.iter().map(|(kind, value)| (*kind, *value, None)),
            )
        };
        let by = |stage: Stage| (stage, vec!["dns-rpz"]);
        assert_eq!(touched("X-1", &[("domain", "a.example"), ("package", "kesl")]), by(Stage::Enforce));
        assert_eq!(touched("X-1", &[("package", "kesl")]), (Stage::Enforce, vec![]), "no target takes it");
        assert_eq!(touched("X-2", &[("domain", "held.example")]), by(Stage::Audit), "it is held back");
        assert_eq!(
            touched("X-2", &[("domain", "b.example")]),
            (Stage::Enforce, vec![]),
            "nothing is written for it"
        );
        assert_eq!(
            touched("X-2", &[("domain", "held.example"), ("domain", "a.example")]),
            by(Stage::Enforce)
        );
        assert_eq!(touched("X-1", &[("domain", "b.example")]), (Stage::Enforce, vec![]), "another subject's");
        assert_eq!(touched("X-3", &[("domain", "a.example")]), (Stage::Audit, vec![]), "not in force");
    }
}
