//! Identifiers: do they parse, and do they mean anything in particular.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

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
    // By a digest of what is meant, because what is parsed has no order; those of one digest are compared.
    let mut seen: BTreeMap<u64, Vec<(usize, Meant<'_>)>> = BTreeMap::new();
    for (number, identifier) in identifiers.iter().enumerate() {
        let at = || at().join("identifiers").join(number);
        let meant = match one(identifier, at, problems) {
            Some(parsed) => Meant::Parsed(Box::new(parsed)),
            None => Meant::Spelled(
                identifier.kind.as_str(),
                identifier.value.as_str(),
                identifier.versions.as_deref(),
            ),
        };
        let mut digest = Fnv(0xcbf2_9ce4_8422_2325);
        meant.hash(&mut digest);
        let alike = seen.entry(digest.finish()).or_default();
        match alike.iter().find(|(_, other)| *other == meant) {
            Some((first, _)) => {
                let first = at().split_last().map_or_else(Pointer::root, |(list, _)| list.join(first));
                problems.add(at(), Fact::DuplicateIdentifier { first });
            }
            None => alike.push((number, meant)),
        }
    }
}

/// What an identifier means: two spellings of one vendor are one; what cannot be read is what is written.
#[derive(PartialEq, Eq, Hash)]
enum Meant<'a> {
    Parsed(Box<product::Identifier>),
    Spelled(&'a str, &'a str, Option<&'a str>),
}

/// FNV-1a: `core` has no hasher, and nothing here depends on who chooses the bytes.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// Tells what is wrong with an identifier; what it means, where that can be read and its kind is known.
fn one(
    identifier: &Identifier,
    at: impl Fn() -> Pointer,
    problems: &mut Problems,
) -> Option<product::Identifier> {
    let Identifier { kind, value, versions, confidence, .. } = identifier;
    if let Some(confidence) = confidence.as_ref().filter(|confidence| !confidence.is_known()) {
        problems.word(&at().join("confidence"), "confidence", confidence.as_str(), Confidence::KNOWN);
    }
    if !kind.is_known() {
        problems.word(&at().join("kind"), "identifier kind", kind.as_str(), IdentifierKind::KNOWN);
        return None;
    }
    let place = || at().join("value");
    let everything = || Fact::MatchesEverything { kind: kind.to_string(), value: value.clone() };
    let fact = match product::Identifier::parse(kind.as_str(), value, versions.as_deref()) {
        Ok(parsed) => {
            if let Some(Versions::Unsupported { scheme, .. }) = parsed.versions() {
                problems.word(&at().join("versions"), "version scheme", scheme, &Scheme::KNOWN);
            }
            if let Some(scope) = scope_alone(&parsed) {
                problems.add(place(), Fact::ScopeAsName { scope: scope.into() });
            }
            return Some(parsed);
        }
        Err(error @ (IdentifierError::Versions(_) | IdentifierError::VersionsBeside)) => {
            let value = versions.clone().unwrap_or_default();
            problems.add(at().join("versions"), Fact::IdentifierInvalid { value, error });
            return None;
        }
        Err(error) => match error {
            _ if value.trim().is_empty() => Fact::Empty { of: "value" },
            _ if value.chars().all(|character| matches!(character, '*' | '?')) => everything(),
            error if error.is_everything() && !wants_its_rule(&error) => everything(),
            error => Fact::IdentifierInvalid { value: value.clone(), error },
        },
    };
    problems.add(place(), fact);
    None
}

/// The scope that stands where the name of an npm package belongs: names begin with no `@`, so it means nothing.
fn scope_alone(identifier: &product::Identifier) -> Option<&str> {
    match identifier {
        product::Identifier::Purl(purl, _)
            if purl.package_type() == "npm" && purl.namespace().is_none() && purl.name().starts_with('@') =>
        {
            Some(purl.name())
        }
        _ => None,
    }
}

/// Whether a value says nothing of why it fits everything, so that its rule has to.
const fn wants_its_rule(error: &IdentifierError) -> bool {
    matches!(
        error,
        IdentifierError::Text(TextError { rule: TextRule::PublicSuffix, .. })
            | IdentifierError::PurlNamespace(_)
    )
}
