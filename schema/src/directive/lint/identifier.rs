//! Identifiers: do they parse, and do they mean anything in particular.

use alloc::collections::BTreeMap;
use alloc::string::ToString;

use super::{Fact, Problems};
use crate::directive::{Confidence, Directive, Identifier, IdentifierKind};
use crate::json::Pointer;
use crate::product::text::{TextError, TextRule};
use crate::product::version::Scheme;
use crate::product::{self, IdentifierError, Versions};

pub(super) fn check(directive: &Directive, problems: &mut Problems) {
    for (number, subject) in directive.subjects.iter().enumerate() {
        let at = || Pointer::root().join("subjects").join(number);
        list(&subject.identifiers, at, problems);
        for (number, exclude) in subject.excludes.iter().enumerate() {
            list(&exclude.identifiers, || at().join("excludes").join(number), problems);
        }
    }
}

pub(super) fn list(identifiers: &[Identifier], at: impl Fn() -> Pointer, problems: &mut Problems) {
    let mut seen = BTreeMap::new();
    for (number, identifier) in identifiers.iter().enumerate() {
        let at = || at().join("identifiers").join(number);
        one(identifier, at, problems);
        let key = (identifier.kind.as_str(), identifier.value.as_str(), identifier.versions.as_deref());
        match seen.get(&key) {
            Some(first) => {
                let first = at().split_last().map_or_else(Pointer::root, |(list, _)| list.join(first));
                problems.add(at(), Fact::DuplicateIdentifier { first });
            }
            None => drop(seen.insert(key, number)),
        }
    }
}

fn one(identifier: &Identifier, at: impl Fn() -> Pointer, problems: &mut Problems) {
    let Identifier { kind, value, versions, confidence, .. } = identifier;
    if let Some(confidence) = confidence.as_ref().filter(|confidence| !confidence.is_known()) {
        problems.word(&at().join("confidence"), "confidence", confidence.as_str(), Confidence::KNOWN);
    }
    if !kind.is_known() {
        problems.word(&at().join("kind"), "identifier kind", kind.as_str(), IdentifierKind::KNOWN);
        return;
    }
    let place = || at().join("value");
    let everything = || Fact::MatchesEverything { kind: kind.to_string(), value: value.clone() };
    let fact = match product::Identifier::parse(kind.as_str(), value, versions.as_deref()) {
        Ok(parsed) => {
            if let Some(Versions::Unsupported { scheme, .. }) = parsed.versions() {
                problems.word(&at().join("versions"), "version scheme", scheme, &Scheme::KNOWN);
            }
            return;
        }
        Err(error @ (IdentifierError::Versions(_) | IdentifierError::VersionsBeside)) => {
            let value = versions.clone().unwrap_or_default();
            return problems.add(at().join("versions"), Fact::IdentifierInvalid { value, error });
        }
        Err(error) => match error {
            _ if value.trim().is_empty() => Fact::Empty { of: "value" },
            _ if value.chars().all(|character| matches!(character, '*' | '?')) => everything(),
            error if error.is_everything() && !wants_its_rule(&error) => everything(),
            error => Fact::IdentifierInvalid { value: value.clone(), error },
        },
    };
    problems.add(place(), fact);
}

/// Whether a value says nothing of why it fits everything, so that its rule has to.
const fn wants_its_rule(error: &IdentifierError) -> bool {
    matches!(
        error,
        IdentifierError::Text(TextError { rule: TextRule::PublicSuffix, .. })
            | IdentifierError::PurlNamespace(_)
    )
}
