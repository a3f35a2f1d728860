//! `interdict status`

use interdict_client::store::generation::{Alarm, AlarmKind};
use interdict_schema::policy::Mark;

use crate::store::{BOD, KEV, Published, Store, published, revised};

const TABLE: &str = "
repository  url                        root  timestamp  directives  admitted                    last refresh                fresh until
main        https://main.example.gov/     1          4           2  Wed 13 Sep 2017, 12:00 UTC  Wed 13 Sep 2017, 12:00 UTC  Wed 20 Sep 2017, 12:00 UTC
";

const STANDING: &str = "generation 1
2 directives in force
next deadline: Fri 22 Sep 2017, 23:59 EDT, in 9 days: KEV-1 fix
";

fn vanished() -> Vec<Published> {
    vec![Published { marks: vec![Mark::Vanished], ..published(&[BOD]) }, published(&[KEV])]
}

fn alarm(kind: AlarmKind, reason: &str) -> Alarm {
    Alarm { kind, directive: Some("BOD-17-01".parse().unwrap()), reason: reason.into() }
}

#[test]
fn fresh_and_whole_is_done() {
    Store::with_both().run(&["status"]).is(
        0,
        &format!("fresh until Wed 20 Sep 2017, 12:00 UTC, in 7 days\n{STANDING}{TABLE}"),
        "",
    );
}

#[test]
fn the_second_before_at_and_after_expiry() {
    let store = Store::with_both();
    for (now, code) in [("2017-09-20T11:59:59Z", 0), ("2017-09-20T12:00:00Z", 5), ("2017-09-20T12:00:01Z", 5)]
    {
        assert_eq!(store.run_at(now, &["status"]).code(), code, "{now}");
    }
    let standing = STANDING.replace("in 9 days", "tomorrow");
    store.run_at("2017-09-21T12:00:00Z", &["status"]).is(
        5,
        &format!(
            "STALE: repository main: its timestamp expired at 2017-09-20T12:00:00Z (Wed 20 Sep 2017, 12:00 UTC)\n\
             the last verified policy stays in force\n{standing}{TABLE}"
        ),
        "",
    );
}

#[test]
fn a_maximal_age_calls_it_stale_sooner() {
    let store = Store::with_both();
    let at = |now: &str| store.run_at(now, &["status", "--max-age", "36h"]);
    assert_eq!(at("2017-09-15T00:00:00Z").code(), 0);
    let stale = at("2017-09-15T00:00:01Z");
    assert_eq!(stale.code(), 5);
    assert!(
        stale.stdout.starts_with(
            "STALE: repository main: not refreshed within 36h, which passed at 2017-09-15T00:00:00Z \
             (Fri 15 Sep 2017, 00:00 UTC)\n"
        ),
        "{}",
        stale.stdout
    );
    let bad = store.run(&["status", "--max-age", "a while"]);
    assert_eq!(bad.code(), 2);
    assert!(bad.stderr.contains("not a length of time, 36h, 14d or 2w for instance"), "{}", bad.stderr);
}

#[test]
fn a_clock_earlier_than_the_last_refresh_is_stale() {
    let ran = Store::with_both().run_at("2017-09-13T11:59:59Z", &["status"]);
    assert_eq!(ran.code(), 5);
    assert!(
        ran.stdout.starts_with(
            "STALE: repository main: the clock is earlier than the last refresh, which was at 2017-09-13T12:00:00Z\n"
        ),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_clock_that_cannot_be_read_is_no_answer() {
    let test = interdict_host::testing::TestWorld::new();
    test.clock.fail(interdict_host::clock::ClockError::Unreadable);
    assert_eq!(Store::with_both().run_in(test, &["status"]).code(), 3);
}

#[test]
fn every_alarm_is_said_and_ends_with_refused() {
    let store = Store::empty();
    store.configure(&["main"]);
    for (kind, word) in [
        (AlarmKind::Vanished, "vanished"),
        (AlarmKind::SignatureWithdrawn, "signature-withdrawn"),
        (AlarmKind::Quarantined, "quarantined"),
        (AlarmKind::Equivocation, "equivocation"),
    ] {
        store.sync(&vanished(), &[alarm(kind, "a reason\u{1b}[2J")]);
        let ran = store.run(&["status"]);
        assert_eq!(ran.code(), 4);
        let line = format!("alarm: repository main: {word} BOD-17-01: a reason\\u{{1b}}[2J\n");
        assert!(ran.stdout.contains(&line), "{}", ran.stdout);
    }
}

#[test]
fn a_mark_of_which_no_alarm_tells_is_an_alarm() {
    let store = Store::empty();
    store.configure(&["main"]);
    store.sync(&vanished(), &[]);
    let ran = store.run(&["status"]);
    assert_eq!(ran.code(), 4);
    let line =
        "alarm: repository main: vanished BOD-17-01: the repository no longer lists it; it stays in force\n";
    assert!(ran.stdout.contains(line), "{}", ran.stdout);
    assert_eq!(store.run(&["list"]).stderr, "warning: alarms raised: 1; see `interdict status`\n");
}

#[test]
fn content_that_is_not_understood_has_its_own_exit() {
    let store = Store::of(&[published(&[&BOD.replace("\"prohibited\"", "\"frowned-upon\"")])]);
    let ran = store.run(&["status"]);
    assert_eq!(ran.code(), 6);
    assert!(
        ran.stdout.contains("BOD-17-01: 1 place that this version does not understand\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_configured_repository_of_which_nothing_is_held_is_no_answer() {
    let store = Store::with_both();
    store.configure(&["main", "other"]);
    let ran = store.run(&["status"]);
    assert_eq!(ran.code(), 3);
    assert!(
        ran.stdout.contains("repository other: configured, and nothing is held of it\n"),
        "{}",
        ran.stdout
    );
    store.configure(&["other"]);
    assert!(store.run(&["status"]).stdout.contains("main        (no longer configured)"));
}

#[test]
fn a_policy_file_that_was_changed_is_refused() {
    let store = Store::with_both();
    for file in ["policy.json", "policy.jsonl", "policy.tsv"] {
        let path = format!("state/current/{file}");
        let whole = store.read(&path);
        store.file(&path, &whole[..whole.len() - 1]);
        let ran = store.run(&["status"]);
        assert_eq!(ran.code(), 4, "{file}");
        assert!(
            ran.stdout.contains("alarm: files of the active generation are not as they were written; `interdict sync` writes them anew\n"),
            "{}",
            ran.stdout
        );
        store.file(&path, &whole);
        assert_eq!(store.run(&["status"]).code(), 0);
    }
}

#[test]
fn a_memory_that_is_missing_or_damaged_is_refused() {
    let store = Store::with_both();
    let path = "state/repositories/main/memory/memory.json";
    store.file(path, b"{}");
    let ran = store.run(&["status"]);
    assert_eq!(ran.code(), 4);
    assert!(
        ran.stderr.starts_with(
            "error: FOLDER/state/repositories/main/memory/memory.json: the memory of versions and directives is damaged\n"
        ),
        "{}",
        ran.stderr
    );
}

/// trust.md rule 10
#[test]
fn what_is_held_is_verified_each_time_it_is_read() {
    let store = Store::with_both();
    let path = "state/current/repositories/main/envelopes/BOD-17-01.1.json";
    let mut bytes = store.read(path);
    bytes[40] ^= 1;
    store.file(path, &bytes);
    store.run(&["status"]).is(
        4,
        "",
        "error: repository main: BOD-17-01.1.json is not the file that the metadata names\n\
         hint: the store is damaged; `interdict sync` builds it anew from the pinned root\n",
    );
}

#[test]
fn json_lists_everything_that_holds_the_winning_one_first() {
    let store = Store::empty();
    store.configure(&["main", "other"]);
    let strange = published(&[&KEV.replace("\"remediate\"", "\"frowned-upon\"")]);
    let gone = Published { marks: vec![Mark::Vanished], ..published(&[BOD]) };
    store.sync(&[gone, strange], &[alarm(AlarmKind::Vanished, "no longer listed")]);
    let ran = store.run_at("2017-09-21T00:00:00Z", &["status", "--json"]);
    assert_eq!(ran.code(), 4);
    let json = ran.json();
    assert_eq!(json["exit"], "refused");
    assert_eq!(json["exits"], serde_json::json!(["refused", "no-answer", "stale", "unsupported"]));
    assert_eq!(json["fresh"], false);
    assert_eq!(json["missing"], serde_json::json!(["other"]));
    assert_eq!(json["repositories"][0]["stale_since"], "2017-09-20T12:00:00Z");
    assert_eq!(json["repositories"][0]["alarms"][0]["kind"], "vanished");
    assert_eq!(json["unsupported"], serde_json::json!([{"directive": "KEV-1", "places": 3}]));
}

#[test]
fn json_of_what_is_fresh_says_done() {
    let json = Store::with_both().run(&["status", "--json"]).json();
    assert_eq!(json["format"], "interdict-standing/1");
    assert_eq!((json["fresh"].as_bool(), &json["exits"]), (Some(true), &serde_json::json!(["done"])));
    assert_eq!(json["next_deadline"]["at"], "2017-09-23T03:59:59Z");
}

#[test]
fn a_directive_that_has_ended_sets_no_deadline() {
    let closed = revised(BOD, 2, &[(r#""status":"in-force""#, r#""status":"closed""#)]);
    let store = Store::of(&[published(&[BOD, &closed])]);
    let ran = store.run(&["status"]);
    assert_eq!(ran.code(), 0);
    assert!(ran.stdout.contains("0 directives in force, 1 ended\nno deadline\n"), "{}", ran.stdout);
}
