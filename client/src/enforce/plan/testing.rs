//! Parts and outputs for the tests of the rooms beside it.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use interdict_schema::Sha256;
use interdict_schema::directive::{IdentifierKind, Revision};

use super::Output;
use crate::enforce::rpz::DnsRpz;
use crate::enforce::{Because, Entry, Fidelity, Origin, Part, Rendered, Stage, Verdicts};

/// An identifier that nothing holds back.
pub fn entry(kind: &str, value: &str) -> Entry {
    Entry { kind: IdentifierKind::from(kind), value: value.into(), versions: None, held: None }
}

/// The subject `s` of a directive of the repository `r`.
pub fn part(directive: &str, stage: Stage, entries: Vec<Entry>) -> Part {
    let origin = Origin {
        repository: "r".into(),
        directive: directive.parse().unwrap(),
        revision: Revision::FIRST,
        digest: Sha256::of(directive.as_bytes()),
        subject: "s".into(),
        name: "S".into(),
        actions: vec!["remove".into()],
    };
    Part { origin, stage, because: Because::NotOrderedOut, entries, excluded: Vec::new(), gaps: Vec::new() }
}

/// What a target without files makes of the bans.
pub fn output(verdicts: &[Fidelity]) -> Output {
    let mut all = Verdicts::new(verdicts.len());
    for (number, verdict) in verdicts.iter().enumerate() {
        all.set(number, *verdict);
    }
    let rendered = Rendered {
        files: Vec::new(),
        needs: &[],
        validate: Vec::new(),
        activate: Vec::new(),
        questions: Vec::new(),
        verdicts: all,
        warnings: Vec::new(),
    };
    Output { target: &DnsRpz, rendered, changes: Vec::new(), leftovers: Vec::new() }
}
