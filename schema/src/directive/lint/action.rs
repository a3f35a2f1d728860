//! Duties: what is ordered, and whether an answer that is owed has its rules. Deadlines are in `due`.

use super::{Fact, Problems};
use crate::directive::{Action, ActionKind, Directive, Edge, FieldType, Modality, NegativeReport};

pub(super) fn check(directive: &Directive, problems: &mut Problems) {
    for (number, action) in directive.actions.iter().enumerate() {
        let at = || Directive::place_of_action(number);
        if !action.modality.is_known() {
            problems.word(&at().join("modality"), "modality", action.modality.as_str(), Modality::KNOWN);
        }
        if !action.kind.is_known() {
            problems.word(&at().join("kind"), "action", action.kind.as_str(), ActionKind::KNOWN);
        }
        match &action.negative_report {
            Some(word) if !word.is_known() => {
                let place = at().join("negative_report");
                problems.word(&place, "negative_report", word.as_str(), NegativeReport::KNOWN);
            }
            None if is_report(action) => problems.add(at().join("negative_report"), Fact::NegativeReport),
            _ => {}
        }
        for (number, condition) in action.when.iter().enumerate() {
            problems.text(
                || at().join("when").join(number).join("predicate"),
                "predicate",
                &condition.predicate,
            );
        }
        for (number, field) in action.requires.iter().enumerate() {
            let at = || at().join("requires").join(number);
            problems.text(|| at().join("label"), "label", &field.label);
            if !field.field_type.is_known() {
                problems.word(&at().join("type"), "type", field.field_type.as_str(), FieldType::KNOWN);
            }
        }
        begin_or_complete(action, at, problems);
    }
}

/// Whether the authority waits for an answer, and silence would have to mean something.
fn is_report(action: &Action) -> bool {
    let edge = action.due.as_ref().and_then(|due| due.edge.as_ref());
    let duty = matches!(action.kind, ActionKind::Report | ActionKind::Identify | ActionKind::Attest)
        || edge == Some(&Edge::Report);
    duty && action.modality != Modality::MustNot
}

/// "Begin by" and "complete by" are the two readings of an order that are mistaken for each other.
fn begin_or_complete(action: &Action, at: impl Fn() -> crate::json::Pointer, problems: &mut Problems) {
    let Some(due) = &action.due else { return };
    let place = || at().join("due").join("edge");
    match (&action.kind, &due.edge) {
        // What holds at all times neither begins nor ends.
        (ActionKind::Remove, None) if !due.ongoing => problems.add(place(), Fact::RemoveWithoutEdge),
        (ActionKind::BeginRemoval, Some(Edge::Complete)) => problems.add(place(), Fact::BeginComplete),
        (_, Some(edge)) if !edge.is_known() => problems.word(&place(), "edge", edge.as_str(), Edge::KNOWN),
        _ => {}
    }
}
