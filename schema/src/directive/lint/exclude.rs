//! Exclusions that take back what the subject says.

use super::{Fact, Problems};
use crate::directive::{Directive, Exclude, Identifier, IdentifierKind};
use crate::json::Pointer;

pub(super) fn check(directive: &Directive, problems: &mut Problems) {
    overlaps(directive, problems);
    for (number, subject) in directive.subjects.iter().enumerate() {
        for (part, exclude) in subject.excludes.iter().enumerate() {
            let at = || Pointer::root().join("subjects").join(number).join("excludes").join(part);
            let covered = |identifier: &&Identifier| takes_back(exclude, identifier);
            let count = subject.identifiers.iter().filter(covered).count();
            if count > 0 && count == subject.identifiers.len() {
                let (exclude, subject) = (exclude.id.clone(), subject.id.clone());
                problems.add(at(), Fact::SwallowsSubject { exclude, subject });
                continue;
            }
            for identifier in subject.identifiers.iter().filter(covered) {
                let (exclude, value) = (exclude.id.clone(), identifier.value.clone());
                problems.add(at(), Fact::ExcludesIdentifier { exclude, value });
            }
        }
    }
}

/// Exclusions of one subject that cover the same thing.
fn overlaps(directive: &Directive, problems: &mut Problems) {
    for (number, subject) in directive.subjects.iter().enumerate() {
        for (part, exclude) in subject.excludes.iter().enumerate() {
            for other in subject.excludes.iter().take(part) {
                let Some(value) = shared(other, exclude) else { continue };
                let at = Pointer::root().join("subjects").join(number).join("excludes").join(part);
                let (exclude, other, value) = (exclude.id.clone(), other.id.clone(), value.into());
                problems.add(at, Fact::ExcludesOverlap { exclude, other, value });
            }
        }
    }
}

/// The first identifier of either exclusion that the other covers too.
fn shared<'a>(one: &'a Exclude, other: &'a Exclude) -> Option<&'a str> {
    let narrow = other.identifiers.iter().find(|identifier| takes_back(one, identifier));
    let narrow = narrow.or_else(|| one.identifiers.iter().find(|identifier| takes_back(other, identifier)));
    narrow.map(|identifier| identifier.value.as_str())
}

fn takes_back(exclude: &Exclude, identifier: &Identifier) -> bool {
    exclude.identifiers.iter().any(|other| {
        // An exclusion of some versions leaves the others.
        (other.versions.is_none() || other.versions == identifier.versions) && covers(other, identifier)
    })
}

/// Whether everything that `narrow` recognises is recognised by `wide`, as far as the texts alone can tell.
fn covers(wide: &Identifier, narrow: &Identifier) -> bool {
    if wide.kind != narrow.kind {
        return false;
    }
    let (kind, wide, narrow) = (&wide.kind, wide.value.as_str(), narrow.value.as_str());
    match kind {
        IdentifierKind::Cpe => {
            let mut narrow = narrow.split(':');
            // A name that ends early has `*` in all the rest.
            wide.split(':').all(|wide| {
                let narrow = narrow.next();
                wide == "*" || narrow == Some(wide)
            })
        }
        IdentifierKind::Purl => {
            let bare = |text: &str| !text.contains('@') && !text.contains('?');
            wide == narrow
                || (bare(wide)
                    && narrow.strip_prefix(wide).is_some_and(|rest| rest.starts_with(['@', '?', '#'])))
        }
        IdentifierKind::Domain => {
            narrow == wide || narrow.strip_suffix(wide).is_some_and(|rest| rest.ends_with('.'))
        }
        IdentifierKind::Path | IdentifierKind::RegistryKey => {
            let wide = wide.trim_end_matches(['*', '/', '\\']);
            narrow == wide || narrow.strip_prefix(wide).is_some_and(|rest| rest.starts_with(['/', '\\']))
        }
        IdentifierKind::Vendor | IdentifierKind::Product | IdentifierKind::Signer => {
            wide.trim().eq_ignore_ascii_case(narrow.trim())
        }
        _ => wide == narrow,
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use crate::directive::Directive;
    use crate::directive::lint::{Context, lint_directive};

    fn overlaps(excludes: &str) -> Vec<String> {
        let text = format!(
            r#"{{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"in-force","title":"t","issuer":"i",
            "zone":"UTC","issued":"2017-09-13","subjects":[{{"id":"s","name":"n","disposition":"remediate",
            "identifiers":[{{"kind":"package","value":"p"}}],"excludes":[{excludes}]}}]}}"#
        );
        let directive = Directive::parse(text.as_bytes()).unwrap().value;
        let problems = lint_directive(&directive, &Context::default());
        let found = problems.iter().filter(|problem| problem.fact.code() == "excludes-overlap");
        found.map(ToString::to_string).collect()
    }

    #[test]
    fn two_exclusions_that_cover_the_same_thing_are_told_of_once() {
        let wide = r#"{"id":"wide","reason":"r","identifiers":[{"kind":"domain","value":"example.org"}]}"#;
        let narrow =
            r#"{"id":"narrow","reason":"r","identifiers":[{"kind":"domain","value":"a.example.org"}]}"#;
        let wanted = |exclude: &str, other: &str| {
            format!(
                "warning at /subjects/0/excludes/1: the exclusions {exclude:?} and {other:?} both cover \
                 \"a.example.org\": a verdict can cite one alone [excludes-overlap]"
            )
        };
        assert_eq!(overlaps(&format!("{wide},{narrow}")), [wanted("narrow", "wide")]);
        assert_eq!(overlaps(&format!("{narrow},{wide}")), [wanted("wide", "narrow")]);
        let other = r#"{"id":"other","reason":"r","identifiers":[{"kind":"domain","value":"example.net"}]}"#;
        let words = r#"{"id":"words","reason":"only a person can tell"}"#;
        assert_eq!(overlaps(&format!("{wide},{other},{words}")), Vec::<String>::new());
    }
}
