//! When findings were first made: what is remembered of an assessment, and under which names.
//!
//! It moves dates and no verdict. Not here: the file ([`crate::store::detections`]).

use interdict_schema::DateTime;

use super::assessment::{Assessment, Finding};
use crate::store::detections::{Detection, Seen};

/// What became of the findings that were to be remembered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Found for the first time.
    pub new: usize,
    /// Not remembered, because there is no room.
    pub without_room: usize,
}

/// What is remembered of a component: its kind, group and name, and no version, for another version starts no new clock.
pub(super) fn component_of(finding: &Finding<'_, '_>) -> String {
    match (finding.component, finding.loose) {
        (Some(component), _) => {
            let (ecosystem, group) = (component.ecosystem.as_deref(), component.group.as_deref());
            format!("{}:{}/{}", ecosystem.unwrap_or(""), group.unwrap_or(""), component.name)
        }
        (None, Some(loose)) => loose.cve.to_string(),
        (None, None) => String::new(),
    }
}

impl<'a> Assessment<'a> {
    /// Takes note that everything outstanding is found now.
    pub fn record(&mut self, now: DateTime) -> Recorded {
        let mut detections = std::mem::take(&mut self.detections);
        let mut recorded = Recorded::default();
        for judgement in &self.judgements {
            if !self.is_outstanding(judgement) || self.is_summarised(judgement) {
                continue;
            }
            for finding in self.findings_of(judgement) {
                let component = component_of(&finding);
                match detections.see(&self.detection(&finding, &component), now) {
                    Seen::New => recorded.new += 1,
                    Seen::Known => {}
                    Seen::NoRoom => recorded.without_room += 1,
                }
            }
        }
        self.detections = detections;
        recorded
    }

    /// When a finding was first made, where that is remembered.
    pub(super) fn detected(&self, finding: &Finding<'_, 'a>) -> Option<DateTime> {
        // Most policies have no such clock, and a text for each row would cost more than judging it.
        if self.detections.is_empty() {
            return None;
        }
        self.detections.first(&self.detection(finding, &component_of(finding)))
    }

    pub(super) fn detection<'n>(&'n self, finding: &Finding<'_, 'a>, component: &'n str) -> Detection<'n> {
        Detection {
            repository: finding.bound.source.repository,
            directive: &finding.bound.directive().id,
            subject: &finding.bound.subject.id,
            asset: self.asset_of(finding.component, finding.row()),
            component,
        }
    }
}
