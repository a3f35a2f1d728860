//! What would be hit on this machine now: what `check` finds there, by whether it is blocked.

use interdict_schema::plan::{Hit, Impact};

use crate::assess::{Assessment, Finding, Verdict};
use crate::enforce::bans::Bans;
use crate::enforce::stage::Stage;

/// The most findings that are told one by one.
const MAX_HITS: usize = 100;

/// The outstanding findings of an assessment, beside what is to be enforced.
pub fn impact(assessment: &Assessment<'_>, bans: &Bans) -> Impact {
    let mut impact = Impact { complete: assessment.inventory.is_complete(), ..Impact::default() };
    let mut audited = Vec::new();
    for judgement in assessment.judgements.iter().filter(|judgement| assessment.is_outstanding(judgement)) {
        for finding in assessment.findings_of(judgement) {
            let stage = stage_of(&finding, bans);
            let (count, hits) = match stage {
                Stage::Enforce => (&mut impact.blocked, &mut impact.hits),
                _ => (&mut impact.audited, &mut audited),
            };
            *count = count.saturating_add(1);
            if hits.len() < MAX_HITS {
                hits.push(hit(assessment, &finding, stage));
            }
        }
    }
    let room = MAX_HITS.saturating_sub(impact.hits.len());
    impact.hits.extend(audited.into_iter().take(room));
    impact
}

/// An excepted finding is not blocked; every other one is at the stage of its subject.
fn stage_of(finding: &Finding<'_, '_>, bans: &Bans) -> Stage {
    let (source, subject) = (finding.bound.source, finding.bound.subject);
    let part = bans.parts.iter().find(|part| {
        part.origin.repository == source.repository
            && part.origin.directive == finding.bound.directive().id
            && part.origin.subject == subject.id
    });
    match part {
        Some(part) if part.blocks() && finding.judgement.verdict != Verdict::Excepted => Stage::Enforce,
        Some(part) => part.stage.min(Stage::Audit),
        None => Stage::Audit,
    }
}

fn hit(assessment: &Assessment<'_>, finding: &Finding<'_, '_>, stage: Stage) -> Hit {
    let source = finding.row().and_then(|row| assessment.inventory.coverage.get(row.source));
    Hit {
        directive: finding.bound.directive().id.clone(),
        subject: finding.bound.subject.id.clone(),
        verdict: finding.judgement.verdict.as_str().into(),
        stage: stage.as_str().into(),
        component: match (finding.component, finding.loose) {
            (Some(component), _) => component.name.clone(),
            (None, Some(loose)) => loose.cve.to_string(),
            (None, None) => String::new(),
        },
        version: finding.component.and_then(|component| component.version.clone()),
        source: source.map(|coverage| coverage.source.clone()).unwrap_or_default(),
    }
}
