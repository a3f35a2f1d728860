//! `interdict list`

use interdict_schema::policy::Mark;

use crate::store::{BOD, KEV, Published, Store, published, revised};

fn with_closed() -> Store {
    let closed = revised(BOD, 2, &[(r#""status":"in-force""#, r#""status":"closed""#)]);
    Store::of(&[published(&[BOD, &closed]), published(&[KEV])])
}

#[test]
fn a_row_for_each_directive_in_force() {
    Store::with_both().run(&["list"]).is(
        0,
        "\
directive  revision  status    title                                repository  subjects  next deadline               left        marks
BOD-17-01         1  in-force  Removal of Example-Branded Products  main               1  Fri 13 Oct 2017, 23:59 EDT  in 30 days
KEV-1             1  in-force  Known exploited vulnerabilities      main               3  Fri 22 Sep 2017, 23:59 EDT  in 9 days
",
        "",
    );
}

#[test]
fn what_has_ended_is_shown_when_all_are_asked_for() {
    let store = with_closed();
    assert!(!store.run(&["list"]).stdout.contains("BOD-17-01"));
    let all = store.run(&["list", "--all"]);
    assert!(
        all.stdout.contains(
            "BOD-17-01         2  closed    Removal of Example-Branded Products  main               1\n"
        ),
        "{}",
        all.stdout
    );
}

#[test]
fn marks_and_what_is_not_understood_are_shown() {
    let strange = BOD.replace("\"prohibited\"", "\"frowned-upon\"");
    let store = Store::of(&[Published { marks: vec![Mark::Vanished], ..published(&[&strange]) }]);
    let ran = store.run(&["list"]);
    assert!(ran.stdout.contains("in 30 days  vanished, unsupported\n"), "{}", ran.stdout);
}

#[test]
fn none_in_force_is_said_on_standard_error() {
    let store = Store::of(&[]);
    store.run(&["list"]).is(0, "", "no directive is in force\n");
}

#[test]
fn json_has_digests_and_the_next_deadline() {
    let json = with_closed().run(&["list", "--json", "--all"]).json();
    assert_eq!(json["format"], "interdict-list/1");
    assert_eq!(json["fresh_until"], "2017-09-20T12:00:00Z");
    assert_eq!(json["directives"][0]["status"], "closed");
    assert_eq!(json["directives"][0].get("next_deadline"), None);
    let kev = &json["directives"][1];
    assert_eq!((&kev["id"], &kev["next_deadline"]["days_left"]), (&"KEV-1".into(), &9.into()));
    assert_eq!(kev["digest"].as_str().unwrap().len(), 64);
}

#[test]
fn a_listing_of_what_is_stale_says_so() {
    let ran = Store::with_both().run_at("2017-09-21T00:00:00Z", &["list"]);
    assert_eq!(ran.code(), 0);
    assert_eq!(
        ran.stderr,
        "warning: stale: repository main: its timestamp expired at 2017-09-20T12:00:00Z; \
         the last verified policy stays in force\n"
    );
}
