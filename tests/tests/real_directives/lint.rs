//! What lint says of each example. Warnings may be meant; each that is has its reason in the draft.

use interdict_schema::DateTime;
use interdict_schema::directive::Revision;
use interdict_schema::directive::deadline::zone;
use interdict_schema::directive::lint::{Context, Previous, lint};
use interdict_schema::directive::resolve::{Acts, Document, Rights};

use crate::fixtures::{ALL, Fixture, revision};

/// Every problem, `NAME POINTER [CODE]`.
const EXPECTED: &[&str] = &[
    // What only the authority's own scans or lists can tell.
    "bod-15-01 /subjects/0 [no-identifiers]",
    "bod-16-01 /subjects/0 [no-identifiers]",
    // Day 60 is a Sunday, and the order has no rule for it.
    "bod-17-01 /actions/2/due/offset [falls-on-a-weekend]",
    // Day 90 too: a report that recurs.
    "bod-18-01.1 /actions/14/due/every [falls-on-a-weekend]",
    "bod-18-01.2 /actions/14/due/every [falls-on-a-weekend]",
    "bod-18-02 /subjects/0 [no-identifiers]",
    "bod-19-02 /subjects/0 [no-identifiers]",
    "bod-19-02 /subjects/1 [no-identifiers]",
    // Day 60 is a Sunday; a fortnight that begins on Saturday 1 October 2022.
    "bod-22-01.1 /actions/0/due/offset [falls-on-a-weekend]",
    "bod-22-01.1 /actions/3/due/every [falls-on-a-weekend]",
    "bod-22-01.2 /actions/0/due/offset [falls-on-a-weekend]",
    "bod-22-01.2 /actions/3/due/every [falls-on-a-weekend]",
    "bod-26-02 /subjects/0 [no-identifiers]",
    "bod-26-02 /subjects/1 [no-identifiers]",
    "bod-26-02 /actions/4/due/offset [falls-on-a-weekend]",
    "bod-26-04 /subjects/0 [no-identifiers]",
    "bod-26-04 /actions/0/due/offset [falls-on-a-weekend]",
    // It binds three weeks before it is public.
    "ed-21-01-s4.1 /public_from [effective-before-public]",
    "ed-21-01-s4.2 /public_from [effective-before-public]",
];

/// From when a revision is the text.
fn start(fixture: &Fixture) -> (DateTime, Revision) {
    let directive = &fixture.directive;
    let zone = zone(&directive.zone).unwrap();
    (directive.revised.unwrap_or(*directive.effective()).begin(&zone), directive.revision)
}

#[test]
fn every_example_lints_without_errors_and_with_the_warnings_that_are_meant() {
    let mut found = Vec::new();
    let rights = Rights::none();
    for fixture in ALL.iter() {
        let before = fixture.directive.revision.number().checked_sub(1);
        let before = before.and_then(|number| revision(fixture.directive.id.as_str(), number));
        let previous = before.map(|before| Previous { directive: &before.directive, digest: before.digest });
        // What was published when it was drafted.
        let earlier = ALL.iter().filter(|other| start(other) < start(fixture));
        let published: Vec<Document<'_>> = earlier
            .map(|other| Document { directive: &other.directive, digest: other.digest, acts: Acts::Fully })
            .collect();
        let context =
            Context { previous, ..Context::default() }.beside(&published, &rights, start(fixture).0);
        let report = lint(fixture.draft.as_bytes(), &context);
        assert!(report.may_be_signed(), "{}: {:#?}", fixture.name, report.errors().collect::<Vec<_>>());
        found.extend(
            report.problems.iter().map(|it| format!("{} {} [{}]", fixture.name, it.pointer, it.fact.code())),
        );
    }
    assert_eq!(found, EXPECTED, "{found:#?}");
}
