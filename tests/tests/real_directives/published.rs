//! Every example goes the whole way: signed, published, synced, listed, shown, and asked for its dates.

use std::collections::BTreeSet;

use interdict_host::exit::Exit;
use interdict_keys_example::Name;
use interdict_tests::agency::{Agency, Run};
use interdict_tests::authority::Authority;

use crate::answer::noon;
use crate::fixtures::ALL;

/// An authority that has published every example, first revisions first, and an agency that has synced.
pub fn following() -> (Authority, Agency) {
    let authority = Authority::founded_at(noon("2026-11-24"));
    for revision in 1..=2 {
        let fixtures = ALL.iter().filter(|fixture| fixture.directive.revision.number() == revision);
        let envelopes: Vec<String> = fixtures
            .map(|fixture| {
                let draft = format!("{}.draft.jsonc", fixture.name);
                authority.write(&draft, &fixture.draft);
                authority.sign(&draft, &[Name::Officer1, Name::Officer2])
            })
            .collect();
        authority.publish(&envelopes.iter().map(String::as_str).collect::<Vec<_>>()).done();
    }
    let mut agency = Agency::new();
    agency.now = authority.now();
    done(agency.run(&["setup", authority.public().to_str().unwrap()]));
    done(agency.trust(&authority.root()));
    done(agency.run(&["sync"]));
    (authority, agency)
}

#[track_caller]
pub fn done(run: Run) -> String {
    assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
    run.stdout
}

#[test]
fn every_example_is_published_held_listed_shown_and_asked_for_its_dates() {
    let (_authority, agency) = following();
    let ids: BTreeSet<&str> = ALL.iter().map(|fixture| fixture.directive.id.as_str()).collect();
    let list = done(agency.run(&["list", "--all"]));
    for id in &ids {
        assert!(list.contains(id), "{id} is not in\n{list}");
        let newest = ALL.iter().rfind(|fixture| fixture.directive.id.as_str() == *id).unwrap();
        let shown = done(agency.run(&["show", id]));
        assert!(shown.contains(&newest.directive.title), "{shown}");
        let payload = done(agency.run(&["show", id, "--json"]));
        assert_eq!(payload.trim_end().as_bytes(), newest.payload, "{id}");
    }
    for (day, wanted) in [
        ("2017-11-12", "BOD-17-01"),
        ("2018-01-01", "BOD-18-01"),
        ("2021-02-01", "BOD-20-01"),
        ("2026-11-24", "BOD-26-04"),
    ] {
        let due = done(agency.run(&["due", "--as-of", day]));
        assert!(due.contains(wanted), "{day}: {due}");
    }
}

#[test]
fn the_catalogue_says_which_action_it_carries_out() {
    let (authority, agency) = following();
    authority.write("kev.json", include_str!("../../../docs/examples/kev-sample.json"));
    let arguments = [
        "import",
        "kev",
        "kev.json",
        "-o",
        "KEV.json",
        "--issuer",
        "dhs",
        "--implements",
        "BOD-22-01/remediate",
    ];
    authority.run(&arguments).done();
    let envelope = authority.sign("KEV.json", &[Name::Officer2, Name::Officer3]);
    authority.publish(&[&envelope]).done();
    done(agency.run(&["sync"]));
    let shown = done(agency.run(&["show", "KEV"]));
    assert!(shown.contains("implements  BOD-22-01, remediate"), "{shown}");
    // The sample's last date is in September 2025.
    let due = done(agency.run(&["due", "--as-of", "2025-08-26", "--all"]));
    assert!(due.contains("KEV") && due.contains("BOD-22-01"), "{due}");
}

#[test]
fn a_relation_with_another_digest_than_the_published_text_is_not_signed() {
    let (authority, _agency) = following();
    let draft = &crate::fixtures::fixture("bod-19-02").draft;
    let target = crate::fixtures::fixture("bod-15-01").digest.to_string();
    let other = target.chars().rev().collect::<String>();
    let draft = draft.replace("BOD-19-02", "BOD-99-02").replace(&target, &other);
    authority.write("wrong.jsonc", draft);
    let lint = authority.run(&["draft", "lint", "wrong.jsonc", "--repo", "repo"]);
    assert_eq!(lint.exit(), Exit::Usage);
    let wanted = format!(
        "error at /relations/0/target/digest: found the digest {other}, which that text of BOD-15-01 does not have"
    );
    assert!(lint.stdout.contains(&wanted), "{}", lint.stdout);
    let sign = ["sign", "wrong.jsonc", "--key", "keys/officer-1.key", "--repo", "repo", "--yes"];
    authority.run(&sign).ended(Exit::Usage, &wanted);
}

#[test]
fn both_programs_tell_in_the_same_words_what_a_revision_changes() {
    let (authority, agency) = following();
    for id in ["BOD-18-01", "BOD-22-01", "ED-19-01", "ED-21-01"] {
        let (one, two) = (format!("{id}@1"), format!("{id}@2"));
        let asked = ["diff", &one, &two];
        let theirs = |more: &[&str]| authority.run(&[&asked, more].concat()).done().stdout;
        let ours = |more: &[&str]| done(agency.run(&[&asked, more].concat()));
        assert_eq!(ours(&[]), theirs(&["--repo", "repo"]), "{id}");
        let parsed = |text: String| serde_json::from_str::<serde_json::Value>(&text).unwrap();
        assert_eq!(parsed(ours(&["--json"])), parsed(theirs(&["--repo", "repo", "--json"])), "{id}");
    }
}

#[test]
fn the_conditions_of_an_action_are_shown() {
    let (_authority, agency) = following();
    let shown = done(agency.run(&["show", "ED-21-02"]));
    assert!(shown.contains("when: signs-of-compromise yes, not-examined"), "{shown}");
}
