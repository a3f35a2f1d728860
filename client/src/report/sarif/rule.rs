//! A subject that binds, as a SARIF rule (3.49).

use interdict_schema::Sha256;
use interdict_schema::directive::{DirectiveId, Disposition, Revision};
use serde::Serialize;

use super::Message;
use crate::assess::{Bound, Due};
use crate::report::Report;

/// A rule. Two repositories may have a directive of the same id: then two rules have the same id, and results name theirs by
/// its index (3.49.3).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule<'f> {
    id: String,
    name: &'f str,
    short_description: Message,
    full_description: Message,
    /// What is due; of a subject that was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Message>,
    default_configuration: Configuration,
    properties: Properties<'f>,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties<'f> {
    directive: &'f DirectiveId,
    revision: Revision,
    digest: Sha256,
    repository: &'f str,
    disposition: &'f Disposition,
    tags: [&'f str; 1],
}

pub(super) fn id(bound: &Bound<'_>) -> String {
    format!("{}/{}", bound.directive().id, bound.subject.id)
}

/// The rules: every subject that binds, found or not, by its number.
pub(super) fn rules<'f>(report: &Report<'f, 'f>) -> Vec<Rule<'f>> {
    report.assessment.bound.iter().map(Rule::of).collect()
}

impl<'f> Rule<'f> {
    fn of(bound: &'f Bound<'f>) -> Self {
        let directive = bound.directive();
        let due: Vec<String> = bound.dues().iter().map(obligation).collect();
        Self {
            id: id(bound),
            name: &bound.subject.name,
            short_description: Message { text: format!("{}: {}", directive.id, bound.subject.name) },
            full_description: Message { text: directive.title.clone() },
            help: (!due.is_empty()).then(|| Message { text: due.join("\n") }),
            default_configuration: Configuration {
                level: match bound.subject.disposition {
                    Disposition::Remediate => "warning",
                    _ => "error",
                },
            },
            properties: Properties {
                directive: &directive.id,
                revision: directive.revision,
                digest: bound.believed().payload.digest,
                repository: bound.source.repository,
                disposition: &bound.subject.disposition,
                tags: [bound.subject.disposition.as_str()],
            },
        }
    }
}

fn obligation(due: &Due<'_>) -> String {
    let paragraph =
        due.action.paragraph.as_ref().map_or_else(String::new, |number| format!(" (paragraph {number})"));
    let what = due.action.description.as_deref().unwrap_or(due.action.kind.as_str());
    let edge = due.edge.map_or_else(String::new, |edge| format!("{} ", edge.as_str()));
    format!("by {}: {edge}{}{paragraph}: {what}", due.at, due.action.id)
}
