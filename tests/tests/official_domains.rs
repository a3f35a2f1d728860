//! The test vectors of the public suffix list: 78 calls of `checkPublicSuffix(domain, registered)`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it counted"
)]

use std::fs;

use interdict_schema::product::text::TextRule;
use interdict_schema::product::{Domain, Identifier, IdentifierError};
use interdict_tests::official;

/// The arguments of a call: texts, or nothing for `null`.
fn arguments(line: &str) -> Option<(Option<&str>, Option<&str>)> {
    let inner = line.strip_prefix("checkPublicSuffix(")?.strip_suffix(");")?;
    let (domain, registered) = inner.split_once(", ")?;
    Some((unquoted(domain), unquoted(registered)))
}

/// A text without its quotes; `null` has none.
fn unquoted(argument: &str) -> Option<&str> {
    argument.strip_prefix('\'')?.strip_suffix('\'')
}

/// A name that is nobody's is refused as a rule; every other is a rule, and what is registered is told.
fn agrees(domain: Option<&str>, registered: Option<&str>) -> bool {
    let Some(domain) = domain else { return registered.is_none() };
    let seen = Domain::seen(domain);
    let Some(registered) = registered else {
        let ascii = seen.as_ref().map_or(domain, Domain::as_str);
        let refused = matches!(
            Identifier::parse("domain", ascii, None),
            Err(IdentifierError::Text(error))
                if matches!(error.rule, TextRule::PublicSuffix | TextRule::SingleLabel | TextRule::Label)
        );
        return refused && seen.map_or(true, |seen| seen.registered().is_none());
    };
    let (Ok(seen), Ok(registered)) = (seen, Domain::seen(registered)) else { return false };
    seen.registered() == Some(registered.as_str()) && Domain::parse(seen.as_str()).is_ok()
}

#[test]
fn agrees_with_the_vectors_of_the_public_suffix_list() {
    let Some(folder) = official::folder("oracles") else { return };
    let text = fs::read_to_string(folder.join("test_psl.txt")).unwrap();
    let calls: Vec<&str> = text.lines().filter(|line| line.starts_with("checkPublicSuffix")).collect();
    let wrong: Vec<&str> = calls
        .iter()
        .copied()
        .filter(|call| !arguments(call).is_some_and(|(domain, registered)| agrees(domain, registered)))
        .collect();
    println!("public suffixes: {} of {}", calls.len() - wrong.len(), calls.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(calls.len(), 78);
}
