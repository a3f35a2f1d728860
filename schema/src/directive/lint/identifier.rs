//! Identifiers: do they parse, and do they mean anything in particular.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};

use super::{Fact, Problems};
use crate::directive::{Confidence, Directive, Identifier, IdentifierKind};
use crate::json::Pointer;

type Validate = fn(&IdentifierKind, &str) -> Result<(), String>;

pub(super) fn check(directive: &Directive, validate: Validate, problems: &mut Problems) {
    for (number, subject) in directive.subjects.iter().enumerate() {
        let at = || Pointer::root().join("subjects").join(number);
        list(&subject.identifiers, at, validate, problems);
        for (number, exclude) in subject.excludes.iter().enumerate() {
            list(&exclude.identifiers, || at().join("excludes").join(number), validate, problems);
        }
    }
}

fn list(identifiers: &[Identifier], at: impl Fn() -> Pointer, validate: Validate, problems: &mut Problems) {
    let mut seen = BTreeMap::new();
    for (number, identifier) in identifiers.iter().enumerate() {
        let at = || at().join("identifiers").join(number);
        one(identifier, at, validate, problems);
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

fn one(identifier: &Identifier, at: impl Fn() -> Pointer, validate: Validate, problems: &mut Problems) {
    let Identifier { kind, value, confidence, .. } = identifier;
    if let Some(confidence) = confidence.as_ref().filter(|confidence| !confidence.is_known()) {
        problems.word(&at().join("confidence"), "confidence", confidence.as_str(), Confidence::KNOWN);
    }
    if !kind.is_known() {
        problems.word(&at().join("kind"), "identifier kind", kind.as_str(), IdentifierKind::KNOWN);
        return;
    }
    let place = || at().join("value");
    if value.trim().is_empty() {
        problems.add(place(), Fact::Empty { of: "value" });
    } else if matches_everything(kind, value) {
        problems.add(place(), Fact::MatchesEverything { kind: kind.to_string(), value: value.clone() });
    } else if let Err(reason) = validate(kind, value) {
        let (kind, value) = (kind.to_string(), value.clone());
        problems.add(place(), Fact::IdentifierInvalid { kind, value, reason });
    }
}

/// Whether a value fits nearly everything of its kind: a directive that says so bans the world by a slip of the pen.
fn matches_everything(kind: &IdentifierKind, value: &str) -> bool {
    let wild = |text: &str| !text.is_empty() && text.chars().all(|character| matches!(character, '*' | '?'));
    let blank = |text: &str| text.is_empty() || wild(text);
    if wild(value) {
        return true;
    }
    match kind {
        IdentifierKind::Cpe => {
            let mut attributes = value.strip_prefix("cpe:2.3:").unwrap_or(value).split(':').skip(1);
            let (vendor, product) = (attributes.next().unwrap_or("*"), attributes.next().unwrap_or("*"));
            blank(vendor) && blank(product)
        }
        IdentifierKind::Purl => {
            let name = value.strip_prefix("pkg:").unwrap_or(value).split(['@', '?', '#']).next();
            name.and_then(|name| name.rsplit('/').next()).is_some_and(wild)
        }
        IdentifierKind::Path => {
            // What remains without the root, a drive and stars is what the path says.
            let rest = value
                .get(1..)
                .filter(|rest| rest.starts_with(':'))
                .map_or(value, |rest| rest.strip_prefix(':').unwrap_or(rest));
            rest.chars().all(|character| matches!(character, '*' | '?' | '/' | '\\' | '.'))
        }
        // Public suffixes of two labels and more are known to the list of the product room.
        IdentifierKind::Domain => {
            let name = value.trim_matches('.');
            let name = name.strip_prefix("*.").unwrap_or(name);
            !name.contains('.') || name.split('.').any(wild)
        }
        IdentifierKind::Cidr => value.rsplit_once('/').is_some_and(|(_, bits)| bits.trim() == "0"),
        IdentifierKind::RegistryKey => {
            let keys = value.split('\\').filter(|key| !blank(key)).count();
            let software = value.split('\\').nth(1).is_some_and(|key| key.eq_ignore_ascii_case("software"));
            keys < 2 || (software && keys < 3)
        }
        IdentifierKind::Vendor | IdentifierKind::Product | IdentifierKind::Signer => {
            !value.chars().any(char::is_alphanumeric)
        }
        _ => false,
    }
}

/// The syntax of the kinds that have one.
pub(super) fn validate(kind: &IdentifierKind, value: &str) -> Result<(), String> {
    let fits = match kind {
        IdentifierKind::Purl => value
            .strip_prefix("pkg:")
            .and_then(|rest| rest.split_once('/'))
            .is_some_and(|(of, name)| !of.is_empty() && !name.is_empty()),
        IdentifierKind::Cpe => value.starts_with("cpe:2.3:"),
        IdentifierKind::Sha256 => value.parse::<crate::Sha256>().is_ok(),
        _ => true,
    };
    if fits { Ok(()) } else { Err("not of that form".into()) }
}
