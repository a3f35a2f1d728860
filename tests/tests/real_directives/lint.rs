//! What lint says of each example. Warnings may be meant; each that is has its reason in the draft.

use interdict_schema::directive::lint::{Context, Previous, lint};

use crate::fixtures::{ALL, revision};

/// Every problem, `NAME POINTER [CODE]`.
const EXPECTED: &[&str] = &[];

#[test]
fn every_example_lints_without_errors_and_with_the_warnings_that_are_meant() {
    let mut found = Vec::new();
    for fixture in ALL.iter() {
        let before = fixture
            .directive
            .revision
            .number()
            .checked_sub(1)
            .and_then(|number| revision(fixture.directive.id.as_str(), number));
        let previous = before.map(|before| Previous { directive: &before.directive, digest: before.digest });
        let report = lint(fixture.draft.as_bytes(), &Context { previous });
        assert!(report.may_be_signed(), "{}: {:#?}", fixture.name, report.errors().collect::<Vec<_>>());
        found.extend(
            report.problems.iter().map(|it| format!("{} {} [{}]", fixture.name, it.pointer, it.fact.code())),
        );
    }
    assert_eq!(found, EXPECTED, "{found:#?}");
}
