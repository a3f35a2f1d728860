//! Manners on the network: mirrors in order, servers that want to be left alone, a schedule that is easy on them
//! (`trust.md`, rule 13).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use interdict_host::exit::Exit;
use interdict_host::testing::{Captured, TestClock};
use interdict_keys_example::Name;
use interdict_publisher::serve::{AccessLog, ServeOptions, spawn};
use interdict_tests::agency::{Agency, Run};
use interdict_tests::simulator::{Simulator, beginning, days_after, payload};

fn one_directive() -> Simulator {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    authority
}

/// A machine that follows an authority at two mirrors, which are folders: `first` and `second`.
fn two_mirrors(authority: &Simulator) -> (Agency, PathBuf, PathBuf) {
    let agency = Agency::trusting(authority);
    let (first, second) = (agency.path("first"), agency.path("second"));
    for folder in [&first, &second] {
        fs::create_dir_all(folder).unwrap();
        authority.serve_from(folder);
    }
    assert_eq!(agency.run(&["setup", "first", "--mirror", "second"]).exit(), Exit::Done);
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    (agency, first, second)
}

/// A server that answers every request with this, and counts them.
fn answers(status: &str) -> (String, Arc<AtomicUsize>) {
    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            if connection.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {
                counted.fetch_add(1, Ordering::SeqCst);
            }
            let _ = connection.write_all(answer.as_bytes());
        }
    });
    (url, asked)
}

fn evidence(agency: &Agency) -> String {
    agency.run(&["evidence", "list"]).stdout
}

#[test]
fn the_next_mirror_is_asked_where_one_gives_no_answer() {
    let mut authority = one_directive();
    let (agency, first, second) = two_mirrors(&authority);
    fs::remove_dir_all(&first).unwrap();
    authority.directive(&payload("ED-1", 1, None));
    authority.publish();
    authority.serve_from(&second);
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(run.stderr.contains("warning: main:") && run.stderr.contains("another mirror answered"));
    assert!(agency.policy().contains("ED-1"));
    fs::remove_dir_all(&second).unwrap();
    let none = agency.run(&["sync"]);
    assert_eq!(none.exit(), Exit::NoAnswer, "{}", none.stderr);
    assert_eq!(none.stderr.matches("error: main: nothing new was accepted").count(), 2, "{}", none.stderr);
}

#[test]
fn the_next_mirror_is_asked_where_a_server_is_broken() {
    let authority = one_directive();
    let (agency, _, _) = two_mirrors(&authority);
    let (url, asked) = answers("503 Busy");
    assert_eq!(agency.run(&["setup", &url, "--mirror", "second"]).exit(), Exit::Done);
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(run.stderr.contains("the server answered 503; another mirror answered"), "{}", run.stderr);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn what_a_mirror_gave_before_it_failed_is_not_fetched_from_the_next() {
    let mut authority = one_directive();
    for number in 10..40 {
        authority.directive(&payload(&format!("BOD-{number}"), 1, None));
    }
    authority.delegate("targets", "team", &["ED-*"], Name::Targets2);
    authority.directive_of("team", &payload("ED-1", 1, None));
    authority.publish();
    let mut lacking = authority.clone();
    lacking.files.retain(|path, _| !path.ends_with("ED-1.1.json"));
    let agency = Agency::trusting(&authority);
    let (first, second) = (agency.path("first"), agency.path("second"));
    for (folder, simulator) in [(&first, &lacking), (&second, &authority)] {
        fs::create_dir_all(folder).unwrap();
        simulator.serve_from(folder);
    }
    let log = Captured::default();
    let clock = Arc::new(TestClock::at(beginning()));
    let options = ServeOptions::new(second, SocketAddr::from(([127, 0, 0, 1], 0)));
    let server = spawn(options, AccessLog::new(log.clone(), clock)).unwrap();
    assert_eq!(agency.run(&["setup", "first", "--mirror", &server.url()]).exit(), Exit::Done);
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(agency.policy().contains("BOD-39") && agency.policy().contains("ED-1"));
    let asked = log.take_text();
    assert!(!asked.contains("issuers.json") && !asked.contains("BOD-"), "{asked}");
    assert_eq!(asked.matches("/targets/").count(), 1, "{asked}");
    assert_eq!(asked.lines().count(), 3, "the next root, the timestamp, and what was lacking: {asked}");
    server.stop().unwrap();
}

#[test]
fn the_snapshot_that_a_mirror_gave_before_it_failed_is_not_fetched_from_the_next() {
    let mut authority = one_directive();
    authority.directive(&payload("ED-1", 1, None));
    authority.publish();
    let mut lacking = authority.clone();
    lacking.files.retain(|path, _| !path.ends_with("targets.json"));
    // It is verified anew: a snapshot that the next mirror's timestamp does not name is fetched all the same.
    let mut newer = authority.clone();
    newer.publish();
    for (served, asked_for) in [(&authority, 0), (&newer, 1)] {
        let agency = Agency::following(&one_directive());
        let (first, second) = (agency.path("first"), agency.path("second"));
        for (folder, simulator) in [(&first, &lacking), (&second, served)] {
            fs::create_dir_all(folder).unwrap();
            simulator.serve_from(folder);
        }
        let log = Captured::default();
        let clock = Arc::new(TestClock::at(beginning()));
        let options = ServeOptions::new(second, SocketAddr::from(([127, 0, 0, 1], 0)));
        let server = spawn(options, AccessLog::new(log.clone(), clock)).unwrap();
        assert_eq!(agency.run(&["setup", "first", "--mirror", &server.url()]).exit(), Exit::Done);
        let run = agency.run(&["sync"]);
        assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
        assert!(run.stderr.contains("another mirror answered"), "{}", run.stderr);
        assert!(agency.policy().contains("ED-1"));
        let asked = log.take_text();
        assert_eq!(asked.matches("snapshot.json").count(), asked_for, "{asked}");
        assert_eq!(asked.matches("targets.json").count(), 1, "{asked}");
        server.stop().unwrap();
    }
}

#[test]
fn a_mirror_cannot_pass_a_file_of_its_own_on_to_the_next() {
    let mut authority = one_directive();
    let mut other = authority.clone();
    let text = String::from_utf8(payload("ED-1", 1, None)).unwrap().replace("forbidden", "harmless");
    other.directive(text.as_bytes());
    other.directive(&payload("ED-9", 1, None));
    other.publish();
    other.files.retain(|path, _| !path.ends_with("ED-9.1.json"));
    authority.directive(&payload("ED-1", 1, None));
    authority.publish();
    authority.publish();
    let agency = Agency::following(&one_directive());
    for (name, simulator) in [("first", &other), ("second", &authority)] {
        fs::create_dir_all(agency.path(name)).unwrap();
        simulator.serve_from(&agency.path(name));
    }
    assert_eq!(agency.run(&["setup", "first", "--mirror", "second"]).exit(), Exit::Done);
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(agency.policy().contains("ED-1") && !agency.policy().contains("harmless"));
}

/// trust.md rule 13
#[test]
fn a_lower_timestamp_is_a_warning_where_another_mirror_serves_ours_or_newer() {
    let mut authority = one_directive();
    let old = authority.clone();
    authority.publish();
    let (agency, first, second) = two_mirrors(&authority);
    old.serve_from(&first);
    // Ours.
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(run.stderr.contains("first is behind; another mirror is not"), "{}", run.stderr);
    assert!(evidence(&agency).contains("rollback"), "{}", evidence(&agency));
    // Newer.
    authority.directive(&payload("ED-1", 1, None));
    authority.publish();
    authority.serve_from(&second);
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(agency.policy().contains("ED-1"));
    // No other mirror does.
    old.serve_from(&second);
    let before = agency.held();
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(agency.held() == before);
}

/// trust.md rule 13
#[test]
fn a_mirror_that_stays_behind_becomes_an_alarm_at_the_tenth_poll() {
    let mut authority = one_directive();
    let old = authority.clone();
    authority.publish();
    let (agency, first, _) = two_mirrors(&authority);
    old.serve_from(&first);
    for poll in 1..=11 {
        let run = agency.run(&["sync"]);
        let wanted = if poll < 10 { Exit::Done } else { Exit::Refused };
        assert_eq!(run.exit(), wanted, "poll {poll}: {}", run.stderr);
    }
    // Once it has caught up, that is forgotten.
    authority.serve_from(&first);
    assert_eq!(agency.run(&["sync"]).exit(), Exit::Done);
    old.serve_from(&first);
    assert_eq!(agency.run(&["sync"]).exit(), Exit::Done);
}

#[test]
fn a_frozen_mirror_is_passed_over_and_a_forging_one_is_an_alarm_all_the_same() {
    let mut authority = one_directive();
    let old = authority.clone();
    let (mut agency, first, second) = two_mirrors(&authority);
    agency.now = days_after(agency.now, 8);
    authority.timestamp.expires = days_after(agency.now, 7);
    authority.directive(&payload("ED-1", 1, None));
    authority.publish();
    authority.serve_from(&second);
    old.serve_from(&first);
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(agency.policy().contains("ED-1"));
    fs::write(first.join("metadata/timestamp.json"), "{}").unwrap();
    authority.directive(&payload("ED-2", 1, None));
    authority.publish();
    authority.serve_from(&second);
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("was not believed; another mirror was"), "{}", run.stderr);
    assert!(agency.policy().contains("ED-2"), "what the other one serves advances");
}

/// trust.md rule 13
#[test]
fn of_an_equivocation_both_files_are_kept() {
    let mut authority = one_directive();
    let (agency, first, second) = two_mirrors(&authority);
    authority.timestamp.expires = days_after(authority.timestamp.expires, 1);
    authority.sign_timestamp();
    authority.serve_from(&first);
    authority.serve_from(&second);
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert_eq!(evidence(&agency).matches("equivocation-").count(), 2, "{}", evidence(&agency));
}

#[test]
fn trouble_on_this_side_is_not_taken_to_the_next_mirror() {
    let authority = one_directive();
    let (mut agency, _, _) = two_mirrors(&authority);
    agency.now = agency.now.saturating_add_seconds(-60);
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Stale, "{}", run.stderr);
    assert_eq!(run.stderr.matches("error:").count(), 1, "{}", run.stderr);
}

/// A machine that follows one server, which sends clients away for two hours.
fn sent_away() -> (Agency, Arc<AtomicUsize>) {
    let agency = Agency::following(&one_directive());
    let (url, asked) = answers("429 Too Many\r\nRetry-After: 7200");
    assert_eq!(agency.run(&["setup", &url]).exit(), Exit::Done);
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
    assert!(run.stderr.contains("the server answered 429"), "{}", run.stderr);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    (agency, asked)
}

#[test]
fn a_server_that_wants_to_be_left_alone_is_and_over_restarts() {
    let (mut agency, asked) = sent_away();
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
    assert!(run.stderr.contains("asked to be left alone until 2017-09-13T14:00:00Z"), "{}", run.stderr);
    assert!(run.stderr.contains("--now"), "{}", run.stderr);
    assert_eq!(asked.load(Ordering::SeqCst), 1, "no request was made");
    agency.run(&["sync", "--now"]);
    assert_eq!(asked.load(Ordering::SeqCst), 2, "the operator wanted one");
    agency.now = agency.now.saturating_add_seconds(7_200);
    agency.run(&["sync"]);
    assert_eq!(asked.load(Ordering::SeqCst), 3, "the time is over");
}

fn moments(run: &Run) -> Vec<String> {
    run.stdout.lines().filter_map(|line| line.strip_prefix("main: next at ")).map(str::to_owned).collect()
}

#[test]
fn watching_asks_when_it_is_due_and_ends_when_it_is_told_to() {
    let mut authority = one_directive();
    let agency = Agency::trusting(&authority);
    authority.timestamp.expires = days_after(agency.now, 70);
    authority.publish();
    authority.serve_from(&agency.mirror());
    let told = agency.run_waiting(&["sync", "--watch"], 0);
    assert_eq!((told.exit(), told.stdout.as_str()), (Exit::Done, ""), "{}", told.stderr);
    // The first wait is none, because nothing was ever fetched; then slices of a quarter of an hour.
    let run = agency.run_waiting(&["sync", "--watch"], 60);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    let moments = moments(&run);
    assert!((2..=4).contains(&moments.len()), "{moments:?}");
    assert!(moments[0].as_str() >= "2017-09-13T16:48:00Z", "{moments:?}");
    assert!(moments[0].as_str() <= "2017-09-13T19:12:00Z", "{moments:?}");
    assert!(agency.policy().contains("BOD-1"));
}

#[test]
fn watching_backs_off_from_a_server_that_fails_and_keeps_the_time_that_it_names() {
    let (agency, asked) = sent_away();
    // Two hours in slices, and then the next request, which is sent away again.
    let run = agency.run_waiting(&["sync", "--watch", "--interval", "1h"], 9);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert_eq!(asked.load(Ordering::SeqCst), 2, "{}{}", run.stdout, run.stderr);
    assert!(moments(&run)[0].as_str() >= "2017-09-13T16:00:00Z", "{}", run.stdout);
}

#[test]
fn options_of_watching_that_make_no_sense_are_wrong_use() {
    let agency = Agency::following(&one_directive());
    for arguments in [
        &["sync", "--interval", "6h"][..],
        &["sync", "--watch", "--interval", "14m"],
        &["sync", "--watch", "--now"],
        &["sync", "--watch", "--from", "mirror"],
        &["sync", "--watch", "./mirror"],
    ] {
        assert_eq!(agency.run_waiting(arguments, 0).exit(), Exit::Usage, "{arguments:?}");
    }
    assert_eq!(agency.run_waiting(&["sync", "--watch", "--interval", "15m"], 0).exit(), Exit::Done);
}

#[test]
fn many_directives_come_over_several_connections_and_give_the_same_policy() {
    let mut authority = Simulator::new();
    for number in 1..=60 {
        authority.directive(&payload(&format!("BOD-{number}"), 1, None));
    }
    authority.publish();
    let one = Agency::following(&authority).policy();
    assert!(one.matches("\"BOD-").count() >= 60);
    for _ in 0..3 {
        assert!(Agency::following(&authority).policy() == one);
    }
}
