//! Limits of lists and texts, over the whole document at once.

use super::{Fact, Problems};
use crate::directive::{Directive, Identifier};
use crate::json::Pointer;
use crate::limits::{
    DIRECTIVE_ACTIONS, DIRECTIVE_LINE_LENGTH, DIRECTIVE_LIST, DIRECTIVE_SUBJECTS, DIRECTIVE_TEXT_LENGTH,
};

pub(super) fn check(directive: &Directive, problems: &mut Problems) {
    let root = Pointer::root();
    for (of, found, limit) in [
        ("subjects", directive.subjects.len(), DIRECTIVE_SUBJECTS),
        ("actions", directive.actions.len(), DIRECTIVE_ACTIONS),
        ("signatories", directive.signatories.len(), DIRECTIVE_LIST),
        ("legal_basis", directive.legal_basis.len(), DIRECTIVE_LIST),
        ("definitions", directive.definitions.len(), DIRECTIVE_LIST),
        ("tables", directive.tables.len(), DIRECTIVE_LIST),
        ("relations", directive.relations.len(), DIRECTIVE_LIST),
        ("waivers", directive.waivers.len(), DIRECTIVE_LIST),
        ("responses", directive.responses.len(), DIRECTIVE_LIST),
        ("references", directive.references.len(), DIRECTIVE_LIST),
    ] {
        problems.list(|| root.join(of), found, limit);
    }
    line(problems, || root.join("title"), &directive.title);
    line(problems, || root.join("issuer"), &directive.issuer);
    if let Some(summary) = &directive.summary {
        long(problems, || root.join("summary"), summary);
    }
    for (number, definition) in directive.definitions.iter().enumerate() {
        let at = || root.join("definitions").join(number);
        line(problems, || at().join("term"), &definition.term);
        long(problems, || at().join("meaning"), &definition.meaning);
    }
    for (number, citation) in directive.legal_basis.iter().enumerate() {
        line(problems, || root.join("legal_basis").join(number), citation);
    }
    for (number, reference) in directive.references.iter().enumerate() {
        let at = || root.join("references").join(number);
        line(problems, || at().join("title"), &reference.title);
        line(problems, || at().join("url"), reference.url.as_deref().unwrap_or_default());
    }
    subjects(directive, problems);
    for (number, action) in directive.actions.iter().enumerate() {
        let at = || Directive::place_of_action(number);
        long(problems, || at().join("description"), action.description.as_deref().unwrap_or_default());
        problems.list(|| at().join("subjects"), action.subjects.len(), DIRECTIVE_SUBJECTS);
        for (of, found) in [
            ("after", action.after.len()),
            ("alternatives", action.alternatives.len()),
            ("requires", action.requires.len()),
        ] {
            problems.list(|| at().join(of), found, DIRECTIVE_LIST);
        }
        for (number, field) in action.requires.iter().enumerate() {
            line(problems, || at().join("requires").join(number).join("label"), &field.label);
        }
    }
}

fn subjects(directive: &Directive, problems: &mut Problems) {
    for (number, subject) in directive.subjects.iter().enumerate() {
        let at = || Pointer::root().join("subjects").join(number);
        line(problems, || at().join("name"), &subject.name);
        for (of, found) in [
            ("entities", subject.entities.len()),
            ("identifiers_from", subject.identifiers_from.len()),
            ("products", subject.products.len()),
            ("excludes", subject.excludes.len()),
            ("notes", subject.notes.len()),
        ] {
            problems.list(|| at().join(of), found, DIRECTIVE_LIST);
        }
        identifiers(problems, at, &subject.identifiers, DIRECTIVE_LIST);
        for (number, exclude) in subject.excludes.iter().enumerate() {
            let at = || at().join("excludes").join(number);
            long(problems, || at().join("reason"), &exclude.reason);
            identifiers(problems, at, &exclude.identifiers, DIRECTIVE_LIST);
        }
        for (number, note) in subject.notes.iter().enumerate() {
            long(problems, || at().join("notes").join(number), note);
        }
    }
}

pub(super) fn identifiers(
    problems: &mut Problems,
    at: impl Fn() -> Pointer,
    identifiers: &[Identifier],
    limit: usize,
) {
    problems.list(|| at().join("identifiers"), identifiers.len(), limit);
    for (number, identifier) in identifiers.iter().enumerate() {
        line(problems, || at().join("identifiers").join(number).join("value"), &identifier.value);
    }
}

pub(super) fn line(problems: &mut Problems, place: impl Fn() -> Pointer, text: &str) {
    problems.length(place, text, DIRECTIVE_LINE_LENGTH);
}

pub(super) fn long(problems: &mut Problems, place: impl Fn() -> Pointer, text: &str) {
    problems.length(place, text, DIRECTIVE_TEXT_LENGTH);
}

impl Problems {
    pub(super) fn list(&mut self, place: impl Fn() -> Pointer, found: usize, limit: usize) {
        if found > limit {
            self.add(place(), Fact::TooMany { found, limit });
        }
    }

    pub(super) fn length(&mut self, place: impl Fn() -> Pointer, text: &str, limit: usize) {
        if text.len() > limit {
            self.add(place(), Fact::TooLong { found: text.len(), limit });
        }
    }
}
