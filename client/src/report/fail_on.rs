//! Which findings the exit code tells of, where the caller chooses.
//!
//! This decides about exit code 1 alone. What could not be read, believed or understood, and a stale policy, keep their codes,
//! whatever is chosen; and what is listed stays the same.

use crate::assess::{Assessment, Exclusion, Finding, Judgement, Verdict};

/// A kind of finding that a caller may ask the exit code to tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum FailOn {
    /// A match
    Match,
    /// An unknown: the product, and whether this version is meant cannot be told
    Unknown,
    /// Any possible, of what only wants repair too
    Possible,
    /// What counts by default, and has missed a deadline
    Overdue,
}

impl FailOn {
    /// The word, as it is given.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Unknown => "unknown",
            Self::Possible => "possible",
            Self::Overdue => "overdue",
        }
    }

    fn holds<'a>(self, assessment: &Assessment<'a>, finding: &Finding<'_, 'a>) -> bool {
        let verdict = without_exception(finding.judgement);
        match self {
            Self::Match => verdict == Verdict::Match,
            Self::Unknown => verdict == Verdict::Unknown,
            Self::Possible => verdict == Verdict::Possible,
            Self::Overdue => assessment.is_outstanding(finding.judgement) && finding.overdue().is_some(),
        }
    }
}

/// What the agency excepts counts as what it is without that (`trust.md`, rule 21).
fn without_exception(judgement: &Judgement<'_>) -> Verdict {
    match judgement.exclusion {
        Some(Exclusion::Excepted { otherwise, .. }) => otherwise,
        _ => judgement.verdict,
    }
}

/// Whether the exit code tells of a finding: of what is outstanding, where nothing was chosen; else of what was.
pub fn fails<'a>(chosen: &[FailOn], assessment: &Assessment<'a>, finding: &Finding<'_, 'a>) -> bool {
    match chosen {
        [] => assessment.is_outstanding(finding.judgement),
        chosen => chosen.iter().any(|kind| kind.holds(assessment, finding)),
    }
}

/// Whether the exit code tells of anything.
pub fn any_fails(chosen: &[FailOn], assessment: &Assessment<'_>) -> bool {
    assessment.judgements.iter().any(|judgement| match chosen {
        // Of a fleet the places are many, and this is the same for all of them.
        [] => assessment.is_outstanding(judgement),
        chosen => assessment.findings_of(judgement).any(|finding| fails(chosen, assessment, &finding)),
    })
}
