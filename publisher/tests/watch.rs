//! `refresh --watch`, and what `refresh` says of a root or targets that expire.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as an attacker or a careless person would"
)]

use std::io;
use std::path::Path;
use std::time::Duration;

use interdict_host::exit::Exit;
use interdict_host::testing::{TestClock, TestWorld};
use interdict_host::wait::{Told, Wait, Waited};
use interdict_publisher::repository::Repository;
use interdict_publisher::testing::{Authority, Ran};
use interdict_schema::DateTime;
use serde_json::Value;

const DAY: i64 = 86_400;

/// Waits by setting the clock forward, and does something to the world each time; after so many times it is told to end.
struct Busy<F> {
    clock: TestClock,
    waited: usize,
    times: usize,
    act: F,
    told: Told,
}

impl<F: FnMut(usize, &TestClock) + Send> Wait for Busy<F> {
    fn wait(&mut self, length: Duration) -> io::Result<Waited> {
        use interdict_host::clock::Clock;
        if self.waited == self.times {
            self.told.tell();
            return Ok(Waited::Ended);
        }
        self.waited += 1;
        let now = DateTime::from_timestamp(self.clock.now().unwrap()).unwrap();
        self.clock.set(now.saturating_add_seconds(i64::try_from(length.as_secs()).unwrap()));
        (self.act)(self.waited, &self.clock);
        Ok(Waited::Elapsed)
    }

    fn told(&self) -> Told {
        self.told.clone()
    }
}

fn watch(authority: &Authority, times: usize, act: impl FnMut(usize, &TestClock) + Send + 'static) -> Ran {
    let mut test = TestWorld::new();
    let (clock, told) = (test.clock.clone(), Told::default());
    test.world.wait = Box::new(Busy { clock, waited: 0, times, act, told });
    authority.run_in(test, &["refresh", "--watch", "--repo", "repo"])
}

/// When the timestamps of a journal were signed.
fn signed_at(authority: &Authority) -> Vec<DateTime> {
    let text = std::fs::read_to_string(authority.repository().join("journal.jsonl")).unwrap();
    let entries = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let done = entries.filter(|entry| entry["what"]["step"] == "done");
    done.map(|entry| entry["at"].as_str().unwrap().parse().unwrap()).collect()
}

fn later(authority: &mut Authority, days: i64) {
    authority.set_now(authority.now().saturating_add_seconds(days * DAY));
}

#[test]
fn a_watch_signs_once_a_day_and_a_little_before_and_ends_when_it_is_told_to() {
    let authority = Authority::founded();
    let ran = watch(&authority, 10 * 96, |_, _| {}).done();
    let moments = signed_at(&authority);
    assert_eq!(moments.len(), 11);
    let apart: Vec<i64> =
        moments.windows(2).map(|two| two[1].unix_seconds() - two[0].unix_seconds()).collect();
    assert!(apart.iter().all(|apart| (DAY * 9 / 10..=DAY).contains(apart)), "{apart:?}");
    assert!(apart.iter().any(|one| *one != apart[0]), "the moments are random: {apart:?}");
    assert_eq!(ran.stdout.lines().count(), 10);
    assert!(
        ran.stdout.lines().next_back().unwrap().starts_with("timestamp version 11, snapshot 2, fresh until ")
    );
    assert_eq!(ran.stderr, "");
    authority.run(&["journal", "verify", "--repo", "repo"]).done();
}

#[test]
fn a_watch_that_is_restarted_again_and_again_signs_no_more_often() {
    let authority = Authority::founded();
    for _ in 0..5 {
        watch(&authority, 3, |_, _| {}).done();
    }
    assert_eq!(signed_at(&authority).len(), 1);
    let mut authority = authority;
    later(&mut authority, 2);
    watch(&authority, 1, |_, _| {}).done();
    assert_eq!(signed_at(&authority).len(), 2, "what is overdue is signed at once");
}

#[test]
fn a_watch_survives_a_disk_that_does_not_answer_and_says_so() {
    let mut authority = Authority::founded();
    later(&mut authority, 1);
    let (journal, aside) = (authority.repository().join("journal.jsonl"), authority.folder().join("aside"));
    let swap = move |from: &Path, to: &Path| std::fs::rename(from, to).unwrap();
    std::fs::rename(&journal, &aside).unwrap();
    std::fs::create_dir(&journal).unwrap();
    let ran = watch(&authority, 8, move |waited, _| {
        if waited == 3 {
            std::fs::remove_dir(&journal).unwrap();
            swap(&aside, &journal);
        }
    });
    let ran = ran.done();
    assert!(ran.stderr.contains("journal.jsonl is not a plain file"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("1 failures in a row, tried again at 2017-09-14T12:01:00Z"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("2 failures in a row, tried again at 2017-09-14T12:03:00Z"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("3 failures"), "{}", ran.stderr);
    assert_eq!(signed_at(&authority).len(), 2);
}

#[test]
fn a_watch_waits_for_another_publisher() {
    let mut authority = Authority::founded();
    later(&mut authority, 1);
    let mut lock = Some(Repository::new(authority.repository()).lock().unwrap());
    let ran = watch(&authority, 4, move |waited, _| {
        if waited == 2 {
            drop(lock.take());
        }
    });
    let ran = ran.done();
    assert!(ran.stderr.contains("publisher.lock is locked by process"), "{}", ran.stderr);
    assert_eq!(signed_at(&authority).len(), 2);
}

#[test]
fn a_clock_that_is_set_back_is_told_and_dates_nothing_and_is_waited_for_no_longer_than_a_day() {
    let mut authority = Authority::founded();
    let founded = authority.now();
    later(&mut authority, 1);
    let back = founded.saturating_add_seconds(-365 * DAY);
    let ran = watch(&authority, 130, move |waited, clock| match waited {
        5 => clock.set(back),
        // Some hours after it tried in vain, somebody sets it right.
        110 => clock.set(founded.saturating_add_seconds(3 * DAY)),
        _ => {}
    });
    let ran = ran.done();
    assert!(ran.stderr.contains("the clock was set back"), "{}", ran.stderr);
    assert!(ran.stderr.contains("before the last publication at 2017-09-13T12:00:00Z"), "{}", ran.stderr);
    let moments = signed_at(&authority);
    assert_eq!(moments.len(), 3, "{}", ran.stderr);
    assert!(moments[2] >= founded.saturating_add_seconds(3 * DAY));
}

#[test]
fn a_watch_ends_where_trying_again_would_mend_nothing() {
    let mut authority = Authority::founded();
    later(&mut authority, 1);
    std::fs::remove_file(authority.folder().join("keys/timestamp.key")).unwrap();
    watch(&authority, 9, |_, _| {})
        .ended(Exit::Usage, "0 of the keys of the timestamp role at hand, wanted 1");
    later(&mut authority, 364);
    watch(&authority, 9, |_, _| {}).ended(Exit::Stale, "the root metadata expired at 2018-09-13T12:00:00Z");
    // At once, and not after a day of waiting.
    watch(&authority, 1, |_, _| {}).ended(Exit::Stale, "the root metadata expired at 2018-09-13T12:00:00Z");
    assert_eq!(signed_at(&authority).len(), 1);
}

#[test]
fn the_time_between_is_a_minute_at_least_and_half_of_a_lifetime_at_most() {
    let authority = Authority::founded();
    let every = |time: &str| {
        let test = TestWorld::new().waits(0);
        authority.run_in(test, &["refresh", "--watch", "--every", time, "--repo", "repo"])
    };
    every("60s").done();
    every("84h").done();
    for time in ["59s", "302401s"] {
        let error =
            format!("error: every {time} with timestamps that live for 7d, wanted 1m to half of that\n");
        every(time).ended(Exit::Usage, &error);
    }
    // Where timestamps live for a day, once a day would be too late.
    let settings = authority.repository().join("publisher.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replace("timestamp = \"7d\"", "timestamp = \"1d\"")).unwrap();
    authority.run(&["refresh", "--repo", "repo"]).done();
    watch(&authority, 100, |_, _| {}).done();
    let moments = signed_at(&authority);
    assert!(moments[2].unix_seconds() - moments[1].unix_seconds() <= DAY / 2, "{moments:?}");
}

#[test]
fn a_refresh_warns_30_14_and_7_days_before_and_ends_with_1_in_the_last_week_and_with_5_afterwards() {
    let founded = Authority::founded();
    let expires = founded.now().saturating_add_seconds(365 * DAY);
    for (left, exit, warned) in [
        (30 * DAY + 1, Exit::Done, None),
        (30 * DAY, Exit::Done, Some("in 30 days")),
        (14 * DAY, Exit::Done, Some("in 14 days")),
        (7 * DAY + 1, Exit::Done, Some("in 7 days")),
        (7 * DAY, Exit::Findings, Some("in 7 days")),
        (1, Exit::Findings, Some("in 0 days")),
    ] {
        let mut authority = Authority::founded();
        authority.set_now(expires.saturating_add_seconds(-left));
        let ran = authority.run(&["refresh", "--repo", "repo"]);
        assert_eq!(ran.exit(), exit, "{left}: {}", ran.stderr);
        assert!(ran.stdout.starts_with("timestamp version 2"), "{left}: it is signed all the same");
        match warned {
            None => assert_eq!(ran.stderr, "", "{left}"),
            Some(days) => {
                let wanted =
                    format!("warning: root expires at 2018-09-13T12:00:00Z, {days}: sign the next root");
                assert!(ran.stderr.contains(&wanted), "{left}: {}", ran.stderr);
                assert!(ran.stderr.contains("warning: targets expires at"), "{left}: {}", ran.stderr);
            }
        }
        // Whoever signs the targets anew has mended those.
        let ran = authority.run(&["refresh", "--targets", "--repo", "repo", "--json"]);
        let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
        let expiring = shown["expiring"].as_array().into_iter().flatten();
        assert!(expiring.clone().all(|expiry| expiry["role"] == "root"), "{shown}");
        assert_eq!(expiring.count(), usize::from(warned.is_some()), "{shown}");
    }
    let mut authority = Authority::founded();
    authority.set_now(expires);
    for arguments in [&["refresh", "--repo", "repo"][..], &["refresh", "--targets", "--repo", "repo"]] {
        authority.run(arguments).ended(
            Exit::Stale,
            "error: the root metadata expired at 2018-09-13T12:00:00Z: clients take nothing that is signed now\n\
             hint: EXPIRED; sign the next root: `interdict-publisher rotate root`\n",
        );
    }
    assert_eq!(signed_at(&authority).len(), 1);
}
