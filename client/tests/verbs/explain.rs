//! `interdict explain`

use crate::store::{BOD, Store, published, revised};

#[test]
fn a_date_is_told_step_by_step() {
    Store::with_both().run(&["explain", "BOD-17-01", "plan"]).is(
        0,
        "\
BOD-17-01 revision 1, plan
must plan, complete
  1. counted from issued, which is 2017-09-13
  2. 60 days after 2017-09-13 is 2017-11-12
  3. 2017-11-12 is no business day (Sunday), and no rule moves it
  4. 2017-11-12 ends in America/New_York (EST) with 2017-11-13T04:59:59Z
due: Sun 12 Nov 2017, 23:59 EST (in 60 days)
local time: Mon 13 Nov 2017, 04:59 UTC
",
        "",
    );
}

#[test]
fn a_recurrence_is_reckoned_from_another_day() {
    Store::with_both().run(&["explain", "BOD-17-01", "status", "--as-of", "2018-03-01"]).is(
        0,
        "\
BOD-17-01 revision 1, status
must report, report
  1. counted from issued, which is 2017-09-13
  2. 90 days after 2017-09-13 is 2017-12-12
  3. counted from due:begin, which is 2017-12-12
  4. 90 days after 2017-12-12 is 2018-03-12
  5. 2018-03-12 ends in America/New_York (EDT) with 2018-03-13T03:59:59Z
  6. first due 2018-01-12T04:59:59Z; number 3 is next, due 2018-03-13T03:59:59Z
  7. until action:remove, which has not happened
due: Mon 12 Mar 2018, 23:59 EDT, every 30 days until action:remove (in 11 days)
local time: Tue 13 Mar 2018, 03:59 UTC
",
        "",
    );
    let over = ["explain", "BOD-17-01", "status", "--suppose", "action:remove=2017-12-20"];
    let ran = Store::with_both().run(&over);
    assert!(
        ran.stdout.ends_with("due: over since Wed 20 Dec 2017, 00:00 EST, action:remove\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_clock_that_waits_is_told_and_may_be_supposed_to_run() {
    let ran = Store::with_both().run(&["explain", "BOD-17-01", "remove"]);
    assert!(ran.stdout.ends_with("due: runs from detected\n"), "{}", ran.stdout);
    let ran = Store::with_both().run(&[
        "explain",
        "BOD-17-01",
        "remove",
        "--suppose",
        "detected=2017-10-01T12:00:00Z",
    ]);
    assert!(
        ran.stdout.contains("  1. counted from detected, which is 2017-10-01T12:00:00Z\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn each_subject_may_have_its_own_date() {
    let store = Store::with_both();
    let ran = store.run(&["explain", "KEV-1", "fix"]);
    assert!(ran.stdout.ends_with("due: by each subject's own date\n"), "{}", ran.stdout);
    let json = store.run(&["explain", "KEV-1", "fix", "--subject", "CVE-2017-0003", "--json"]).json();
    assert_eq!(json["format"], "interdict-explain/1");
    assert_eq!((&json["subject"], &json["at"]), (&"CVE-2017-0003".into(), &"2017-09-11T03:59:59Z".into()));
    assert_eq!(
        json["steps"][0],
        serde_json::json!({"step": "subject", "subject": "CVE-2017-0003", "due": "2017-09-10",
            "words": "the subject CVE-2017-0003 has a date of its own, 2017-09-10"})
    );
    assert_eq!(json["steps"][1]["step"], "end-of-day");
}

#[test]
fn a_decision_table_is_asked_and_what_it_must_know_is_said() {
    let table = r#""tables":[{"id":"t","inputs":[{"id":"exposed","values":["yes","no"]}],"rows":[
        {"when":{"exposed":"yes"},"outcome":"3 days","due":{"offset":{"n":3,"unit":"day","anchor":"issued"}}},
        {"when":{},"outcome":"on upgrade"}]}],"actions":["#;
    let text = revised(
        BOD,
        2,
        &[
            (r#""actions":["#, table),
            (
                r#""due":{"edge":"complete","offset":{"n":60,"unit":"day","anchor":"issued"}}"#,
                r#""due":{"edge":"complete","table":"t","unless_directed_otherwise":true}"#,
            ),
        ],
    );
    let store = Store::of(&[published(&[BOD, &text])]);
    let due = |more: &[&str]| {
        let ran = store.run(&[&["explain", "BOD-17-01", "plan"], more].concat());
        ran.stdout.lines().find(|line| line.starts_with("due: ")).unwrap().to_owned()
    };
    assert_eq!(
        due(&[]),
        "due: depends on exposed; strictest: 3 days, Sat 16 Sep 2017, 23:59 EDT, unless directed otherwise"
    );
    assert_eq!(
        due(&["--given", "exposed=yes"]),
        "due: Sat 16 Sep 2017, 23:59 EDT, unless directed otherwise (in 3 days)"
    );
    assert_eq!(due(&["--given", "exposed=no"]), "due: no date: on upgrade, unless directed otherwise");
    let json = store.run(&["due", "--json"]).json();
    let row = json["deadlines"].as_array().unwrap().iter().find(|row| row["action"] == "plan").unwrap();
    assert_eq!(row["depends_on"], serde_json::json!(["exposed"]));
    assert_eq!(row["strictest"], serde_json::json!({"outcome": "3 days", "at": "2017-09-17T03:59:59Z"}));
    assert_eq!(row["unless_directed_otherwise"], true);
    store.run(&["explain", "BOD-17-01", "plan", "--given", "weather=fair"]).is(
        2,
        "",
        "error: no decision table of BOD-17-01 has an input weather\n",
    );
}

#[test]
fn what_is_not_there_is_wrong_use_and_what_is_there_is_named() {
    let store = Store::with_both();
    store.run(&["explain", "BOD-99-99", "plan"]).is(
        2,
        "",
        "error: no directive BOD-99-99 is held\nhint: `interdict list --all` shows what is held\n",
    );
    store.run(&["explain", "KEV-1", "plan"]).is(
        2,
        "",
        "error: KEV-1 has no action plan\nhint: its actions are fix\n",
    );
    store.run(&["explain", "KEV-1", "fix", "--subject", "CVE-1"]).is(
        2,
        "",
        "error: fix of KEV-1 is not about a subject CVE-1\nhint: `interdict show KEV-1` lists what it is about\n",
    );
    for wrong in ["issued=2017-01-01", "detected", "detected=yesterday", "=2017-01-01"] {
        assert_eq!(store.run(&["explain", "KEV-1", "fix", "--suppose", wrong]).code(), 2, "{wrong}");
    }
}
