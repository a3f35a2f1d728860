//! `interdict due`

use crate::store::Store;

#[test]
fn all_deadlines_in_order_in_the_issuers_time_and_in_local_time() {
    Store::with_both().run(&["due"]).is(
        0,
        "\
due                                                            local time                  left            directive  action    kind           edge      subjects
Sun 10 Sep 2017, 23:59 EDT                                     Mon 11 Sep 2017, 03:59 UTC  3 days overdue  KEV-1      fix       update         complete  1
Fri 22 Sep 2017, 23:59 EDT                                     Sat 23 Sep 2017, 03:59 UTC  in 9 days       KEV-1      fix       update         complete  2
Fri 13 Oct 2017, 23:59 EDT                                     Sat 14 Oct 2017, 03:59 UTC  in 30 days      BOD-17-01  identify  identify       report    1
Sun 12 Nov 2017, 23:59 EST                                     Mon 13 Nov 2017, 04:59 UTC  in 60 days      BOD-17-01  plan      plan           complete  1
Tue 12 Dec 2017, 23:59 EST, unless directed otherwise          Wed 13 Dec 2017, 04:59 UTC  in 90 days      BOD-17-01  begin     begin-removal  begin     1
Thu 11 Jan 2018, 23:59 EST, every 30 days until action:remove  Fri 12 Jan 2018, 04:59 UTC  in 120 days     BOD-17-01  status    report         report    1
runs from detected                                                                                         BOD-17-01  remove    notify                   1
",
        "",
    );
}

#[test]
fn days_are_reckoned_from_another_day_and_freshness_is_not() {
    let store = Store::with_both();
    let ran = store.run(&["due", "--as-of", "2017-11-12"]);
    assert_eq!((ran.code(), ran.stderr.as_str()), (0, ""), "the clock says that it is fresh");
    let plan = ran.stdout.lines().find(|line| line.contains(" plan ")).unwrap();
    assert!(plan.contains("today, in 23 hours"), "{plan}");
    let json = store.run(&["due", "--as-of", "2018-03-01T00:00:00Z", "--json"]).json();
    assert_eq!(json["as_of"], "2018-03-01T00:00:00Z");
    let every = json["deadlines"].as_array().unwrap().iter().find(|row| row["action"] == "status").unwrap();
    assert_eq!((&every["at"], &every["every"]), (&"2018-03-13T03:59:59Z".into(), &"30 day".into()));
    assert_eq!(every["overdue"], false);
}

#[test]
fn stale_is_said_whatever_day_is_asked_about() {
    let ran = Store::with_both().run_at("2017-09-21T00:00:00Z", &["due", "--as-of", "2017-09-14"]);
    assert!(ran.stderr.starts_with("warning: stale: repository main"), "{}", ran.stderr);
}

#[test]
fn each_subject_has_a_row_when_all_are_asked_for() {
    let json = Store::with_both().run(&["due", "--all", "--json"]).json();
    let rows = json["deadlines"].as_array().unwrap().iter().filter(|row| row["directive"] == "KEV-1");
    let subjects: Vec<&str> = rows.map(|row| row["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["CVE-2017-0003", "CVE-2017-0001", "CVE-2017-0002"]);
}

#[test]
fn what_has_no_date_is_in_json_too() {
    let json = Store::with_both().run(&["due", "--json"]).json();
    let last = json["deadlines"].as_array().unwrap().last().unwrap();
    let wanted = serde_json::json!({"repository": "main", "directive": "BOD-17-01", "revision": 1, "action": "remove",
        "kind": "notify", "modality": "must", "runs_from": "detected", "subjects": 1});
    assert_eq!(*last, wanted);
}

#[test]
fn without_directives_there_is_no_deadline() {
    Store::of(&[]).run(&["due"]).is(0, "", "no directive in force sets a deadline\n");
}

#[test]
fn a_day_that_is_none_is_wrong_use() {
    let ran = Store::with_both().run(&["due", "--as-of", "12 November"]);
    assert_eq!(ran.code(), 2);
    assert!(
        ran.stderr.contains("neither a day, 2017-09-13, nor a moment, 2020-07-17T18:00:00Z"),
        "{}",
        ran.stderr
    );
}

#[test]
fn on_a_terminal_what_is_overdue_is_red() {
    let test = interdict_host::testing::TestWorld::new().terminal(250);
    let ran = Store::with_both().run_in(test, &["due"]);
    let red: Vec<&str> = ran.stdout.lines().filter(|line| line.contains("\u{1b}[31m")).collect();
    assert_eq!(red.len(), 1, "{}", ran.stdout);
    assert!(red[0].contains("3 days overdue"));
}
