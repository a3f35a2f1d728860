//! `interdict digest`

use interdict_client::store::generation::{Alarm, AlarmKind};
use interdict_host::lock::Lock;

use crate::store::{BOD, KEV, Store, published, revised};

const NEW: &str = "\
new: BOD-17-01, revision 1: Removal of Example-Branded Products
  in-force, 1 subject, 5 actions
new: KEV-1, revision 1: Known exploited vulnerabilities
  in-force, 3 subjects, 1 action
";

const SOON: &str = "\
due until Wed 27 Sep 2017, 12:00 UTC
due                         local time                  left       directive  action  kind    edge      subjects
Fri 22 Sep 2017, 23:59 EDT  Sat 23 Sep 2017, 03:59 UTC  in 9 days  KEV-1      fix     update  complete  2
";

#[test]
fn the_first_tells_everything_and_the_next_only_what_falls_due() {
    let store = Store::with_both();
    store.run(&["digest"]).is(0, &format!("{NEW}\n{SOON}"), "");
    store.run(&["digest"]).is(0, SOON, "");
    store.run(&["digest", "--within", "1d"]).is(0, "", "");
}

#[test]
fn what_is_to_be_kept_is_told_again() {
    let store = Store::with_both();
    for _ in 0..2 {
        store.run(&["digest", "--keep", "--within", "1d"]).is(0, NEW, "");
    }
    assert!(!store.places.digest().exists());
}

#[test]
fn a_deadline_that_passed_since_the_last_digest_is_told_once() {
    let store = Store::of(&[published(&[BOD])]);
    store.run_at("2017-09-14T00:00:00Z", &["digest"]);
    let after = |now: &str| store.run_at(now, &["digest", "--within", "1d"]).stdout;
    let told = after("2017-10-14T12:00:00Z");
    assert!(
        told.contains(
            "Fri 13 Oct 2017, 23:59 EDT  Sat 14 Oct 2017, 03:59 UTC  1 day overdue  BOD-17-01  identify"
        ),
        "{told}"
    );
    assert!(!after("2017-10-15T12:00:00Z").contains("identify"));
}

#[test]
fn a_revision_is_told_with_what_it_changes() {
    let store = Store::with_both();
    store.run(&["digest"]);
    let kev = revised(
        KEV,
        2,
        &[
            (r#""id":"CVE-2017-0001","name":"One""#, r#""id":"CVE-2017-0009","name":"Nine""#),
            (r#""due":"2017-09-10""#, r#""due":"2017-09-11""#),
            (r#""name":"Two""#, r#""name":"Another""#),
        ],
    );
    let bod = revised(
        BOD,
        2,
        &[
            (r#""status":"in-force""#, r#""status":"closed""#),
            ("Removal of", "Ban on"),
            (r#""n":60"#, r#""n":61"#),
            (r#""id":"identify""#, r#""id":"find""#),
            (r#"{"class":"federal-executive-branch"}"#, r#"{"class":"everyone"}"#),
        ],
    );
    store.sync(&[published(&[BOD, &bod]), published(&[KEV, &kev])], &[]);
    store.run(&["digest", "--within", "1d"]).is(
        0,
        "\
revised: BOD-17-01, revision 1 to 2: Ban on Example-Branded Products
  status: in-force becomes closed
  title: \"Removal of Example-Branded Products\" becomes \"Ban on Example-Branded Products\"
  scope: {\"addressees\":[{\"class\":\"federal-executive-branch\"}],\"except_systems\":[{\"predicate\":\"national-security\",\"reason\":\"44 U.S.C. 3553(d)\",\"values\":[\"yes\"]}]} becomes {\"addressees\":[{\"class\":\"everyone\"}],\"except_systems\":[{\"predicate\":\"national-security\",\"reason\":\"44 U.S.C. 3553(d)\",\"values\":[\"yes\"]}]}
  new action find: must identify (report) by the end of 2017-10-13, America/New_York (2017-10-14T03:59:59Z)
  action plan: must plan (complete) by the end of 2017-11-12, America/New_York (2017-11-13T04:59:59Z) becomes must plan (complete) by the end of 2017-11-13, America/New_York (2017-11-14T04:59:59Z)
  action identify is gone: must identify (report) by the end of 2017-10-13, America/New_York (2017-10-14T03:59:59Z)
revised: KEV-1, revision 1 to 2: Known exploited vulnerabilities
  changed: Another (CVE-2017-0002): name: \"Two\" becomes \"Another\"
  changed: Three (CVE-2017-0003): due 2017-09-10 becomes 2017-09-11
  becomes remediate: Nine (CVE-2017-0009)
  lifted, no longer remediate: One (CVE-2017-0001)
",
        "",
    );
    store.run(&["digest", "--within", "1d"]).is(0, "", "");
}

#[test]
fn of_many_differences_of_one_kind_the_first_twelve_are_told_and_the_rest_counted() {
    for (added, more) in [(12, None), (13, Some("  and 1 more: `interdict diff KEV-1@1 KEV-1@2` has all"))] {
        let store = Store::with_both();
        store.run(&["digest"]);
        let subject = |number: usize| {
            format!(r#"{{"id":"CVE-2018-{number:04}","name":"{number}","disposition":"remediate"}},"#)
        };
        let subjects: String = (0..added).map(subject).collect();
        let kev = revised(KEV, 2, &[(r#""subjects":["#, &format!(r#""subjects":[{subjects}"#))]);
        store.sync(&[published(&[BOD]), published(&[KEV, &kev])], &[]);
        let told = store.run(&["digest", "--within", "1d"]).stdout;
        assert_eq!(told.matches("  becomes remediate: ").count(), 12, "{told}");
        assert_eq!(told.lines().find(|line| line.starts_with("  and ")), more, "{told}");
    }
}

#[test]
fn what_is_no_longer_held_is_told() {
    let store = Store::with_both();
    store.run(&["digest"]);
    store.sync(&[published(&[KEV])], &[]);
    store.run(&["digest", "--within", "1d"]).is(0, "no longer held: BOD-17-01 (repository main)\n", "");
}

#[test]
fn what_is_stale_or_wrong_is_told_each_time() {
    let store = Store::empty();
    store.configure(&["main"]);
    let alarm = Alarm { kind: AlarmKind::Quarantined, directive: None, reason: "a reason".into() };
    store.sync(&[published(&[BOD])], &[alarm]);
    store.run(&["digest"]);
    for _ in 0..2 {
        store.run_at("2017-09-21T00:00:00Z", &["digest", "--within", "1d"]).is(
            4,
            "STALE: repository main: its timestamp expired at 2017-09-20T12:00:00Z (Wed 20 Sep 2017, 12:00 UTC)\n\
             the last verified policy stays in force\n\
             alarm: repository main: quarantined: a reason\n",
            "",
        );
    }
    store.sync(&[published(&[BOD])], &[]);
    assert_eq!(store.run_at("2017-09-21T00:00:00Z", &["digest"]).code(), 5);
    store.configure(&["main", "other"]);
    store.run(&["digest", "--within", "1d"]).is(
        3,
        "repository other: configured, and nothing is held of it\n",
        "",
    );
}

#[test]
fn a_damaged_memory_of_it_is_refused_and_never_reset() {
    let store = Store::with_both();
    for bytes in [
        &b"{}"[..],
        b"",
        br#"{"format":"interdict-digest/2","made_at":"2017-09-13T12:00:00Z","directives":{}}"#,
    ] {
        store.file("state/digest.json", bytes);
        store.run(&["digest"]).is(
            4,
            "",
            "error: FOLDER/state/digest.json: what the last digest told is damaged\n\
             hint: remove the file; the next digest then tells everything that is in force as new\n",
        );
        assert_eq!(store.read("state/digest.json"), bytes);
    }
}

#[test]
fn two_at_once_do_not_tell_each_others_news() {
    let store = Store::with_both();
    let held = Lock::acquire(&store.places.lock()).unwrap();
    let ran = store.run(&["digest"]);
    assert_eq!((ran.code(), ran.stdout.as_str()), (3, ""));
    assert!(ran.stderr.starts_with("error: FOLDER/state/lock is locked by process "), "{}", ran.stderr);
    // One that remembers nothing needs no lock.
    assert_eq!(store.run(&["digest", "--keep"]).code(), 0);
    drop(held);
}

#[test]
fn what_could_not_be_remembered_is_told_again() {
    let store = Store::with_both();
    let full = interdict_host::write::Disk::failing_after(0, std::io::ErrorKind::StorageFull);
    let test = interdict_host::testing::TestWorld::new().disk(full);
    let ran = store.run_in(test, &["digest", "--within", "1d"]);
    assert_eq!((ran.code(), ran.stdout.as_str()), (3, NEW));
    store.run(&["digest", "--within", "1d"]).is(0, NEW, "");
}
