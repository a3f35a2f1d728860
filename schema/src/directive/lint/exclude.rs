//! Exclusions that take back what the subject says, that say the same twice, or that fit nothing of the subject.
//!
//! Identifiers are compared as they are read ([`product::Identifier::covers`]): how they are spelled does not matter. One that
//! cannot be read is an error of its own, and left out here.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Fact, Problems};
use crate::directive::{Directive, Exclude, Identifier, Subject};
use crate::json::Pointer;
use crate::product;

/// An identifier as written, and as read.
type Read<'a> = (&'a Identifier, product::Identifier);

/// An exclusion, and its identifiers that can be read.
struct Part<'a> {
    exclude: &'a Exclude,
    identifiers: Vec<Read<'a>>,
}

pub(super) fn check(directive: &Directive, problems: &mut Problems) {
    for (number, subject) in directive.subjects.iter().enumerate().filter(|(_, it)| !it.excludes.is_empty()) {
        let own = read(&subject.identifiers);
        let parts: Vec<Part<'_>> = subject
            .excludes
            .iter()
            .map(|exclude| Part { exclude, identifiers: read(&exclude.identifiers) })
            .collect();
        for (part, of) in parts.iter().enumerate() {
            let at = || Pointer::root().join("subjects").join(number).join("excludes").join(part);
            let exclude = || of.exclude.id.clone();
            for other in parts.iter().take(part) {
                let Some(value) = shared(other, of) else { continue };
                let (other, value) = (other.exclude.id.clone(), value.into());
                problems.add(at(), Fact::ExcludesOverlap { exclude: exclude(), other, value });
            }
            let covered = own.iter().filter(|(_, identifier)| of.takes_back(identifier));
            let covered: Vec<&str> = covered.map(|(written, _)| written.value.as_str()).collect();
            if !covered.is_empty() && covered.len() == subject.identifiers.len() {
                problems.add(at(), Fact::SwallowsSubject { exclude: exclude(), subject: subject.id.clone() });
                continue;
            }
            for value in covered {
                problems
                    .add(at(), Fact::ExcludesIdentifier { exclude: exclude(), value: String::from(value) });
            }
            if of.fits_nothing(subject, &own) {
                problems.add(at(), Fact::ExcludesNothing { exclude: exclude(), subject: subject.id.clone() });
            }
        }
    }
}

fn read(identifiers: &[Identifier]) -> Vec<Read<'_>> {
    identifiers.iter().filter_map(|written| Some((written, written.read().ok()?))).collect()
}

/// The first identifier of either exclusion that the other covers too.
fn shared<'a>(one: &Part<'a>, other: &Part<'a>) -> Option<&'a str> {
    let narrow = |wide: &Part<'a>, narrow: &Part<'a>| {
        narrow
            .identifiers
            .iter()
            .find(|(_, identifier)| wide.takes_back(identifier))
            .map(|(written, _)| *written)
    };
    narrow(one, other).or_else(|| narrow(other, one)).map(|identifier| identifier.value.as_str())
}

impl Part<'_> {
    fn takes_back(&self, identifier: &product::Identifier) -> bool {
        self.identifiers.iter().any(|(_, excluded)| excluded.covers(identifier))
    }

    /// Whether nothing that the subject recognises can be meant. What lists add is not known here, and what an entity's
    /// names add is not seen in an identifier.
    fn fits_nothing(&self, subject: &Subject, own: &[Read<'_>]) -> bool {
        let all = |these: &[Read<'_>], of: &[Identifier]| !these.is_empty() && these.len() == of.len();
        subject.identifiers_from.is_empty()
            && all(own, &subject.identifiers)
            && all(&self.identifiers, &self.exclude.identifiers)
            && self
                .identifiers
                .iter()
                .all(|(_, excluded)| own.iter().all(|(_, identifier)| excluded.is_apart_from(identifier)))
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
        let spelled =
            r#"{"id":"narrow","reason":"r","identifiers":[{"kind":"domain","value":"A.Example.org"}]}"#;
        assert_eq!(overlaps(&format!("{narrow},{spelled}")).len(), 1);
    }
}
