//! Identifiers: do they parse, and do they mean anything in particular.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use super::{Fact, Problems};
use crate::Sha256;
use crate::directive::{Confidence, Directive, Identifier, IdentifierKind};
use crate::json::Pointer;
use crate::product::text::{TextError, TextRule};
use crate::product::version::Scheme;
use crate::product::{self, IdentifierError, Name, Versions};

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
            // One key has two paths, with Wow6432Node and without; who gives both has not given one twice.
            Some(product::Identifier::RegistryKey(_)) => Meant::Key(identifier.value.to_lowercase()),
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
    Key(String),
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
            meaning(&parsed, identifier, &at, problems);
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

/// What is well formed, and means nothing or something else than it looks like.
fn meaning(
    parsed: &product::Identifier,
    written: &Identifier,
    at: &impl Fn() -> Pointer,
    problems: &mut Problems,
) {
    let place = || at().join("value");
    let (kind, value) = (written.kind.as_str(), &written.value);
    match parsed {
        product::Identifier::Vendor(name) | product::Identifier::Signer(name) => {
            if is_legal_form(name) {
                problems.add(place(), Fact::LegalForm { kind: kind.into(), value: value.clone() });
            } else if value.contains('*') {
                let (kind, name) = (kind.into(), name.to_string());
                problems.add(place(), Fact::StarInName { kind, value: value.clone(), name });
            }
        }
        product::Identifier::Sha256(_) | product::Identifier::Authenticode(_)
            if *value == Sha256::of(b"").to_string() =>
        {
            problems.add(place(), Fact::EmptyFile { kind: kind.into() });
        }
        _ => {}
    }
    if let Some(Versions::Range(range)) = parsed.versions()
        && range.intervals().is_nothing()
    {
        let (at, versions) = match &written.versions {
            Some(versions) => (at().join("versions"), versions),
            None => (place(), value),
        };
        problems.add(at, Fact::NoVersions { versions: versions.clone() });
    }
}

/// Whether a name is the end of company names and nothing else: `Inc.`, `GmbH & Co. KG`, `L.L.C.`. Those that are names of
/// companies too (`SA`, `AB`, `AO`) are none.
pub(super) fn is_legal_form(name: &Name) -> bool {
    const FORMS: [&str; 21] = [
        "inc",
        "incorporated",
        "llc",
        "llp",
        "ltd",
        "limited",
        "corp",
        "corporation",
        "co",
        "company",
        "plc",
        "pty",
        "pvt",
        "gmbh",
        "mbh",
        "kg",
        "ag",
        "srl",
        "bv",
        "oy",
        "oyj",
    ];
    let joined: String = name.words().collect();
    FORMS.contains(&joined.as_str()) || name.words().all(|word| FORMS.contains(&word))
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
