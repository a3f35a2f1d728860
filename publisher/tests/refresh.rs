//! `refresh` and `verify`: a repository stays fresh, and tells what is wrong with it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as an attacker or a careless person would"
)]

use interdict_host::clock::ClockError;
use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_publisher::testing::{Authority, Ran, draft};

const DAY: i64 = 86_400;

fn later(authority: &mut Authority, days: i64) {
    authority.set_now(authority.now().saturating_add_seconds(days * DAY));
}

fn refreshed(authority: &Authority, more: &[&str]) -> serde_json::Value {
    let ran = authority.run(&[&["refresh", "--repo", "repo", "--json"][..], more].concat()).done();
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn the_timestamp_is_signed_daily_and_the_snapshot_when_half_of_its_life_is_spent() {
    let mut authority = Authority::founded();
    later(&mut authority, 1);
    assert_eq!(
        refreshed(&authority, &[]).to_string(),
        r#"{"fresh_until":"2017-09-21T12:00:00Z","snapshot":1,"targets":1,"timestamp":2}"#
    );
    later(&mut authority, 6);
    assert_eq!(refreshed(&authority, &[])["snapshot"], 1);
    authority.set_now(authority.now().saturating_add_seconds(1));
    assert_eq!(refreshed(&authority, &[])["snapshot"], 2);
    assert_eq!(refreshed(&authority, &["--snapshot"])["snapshot"], 3);
    let all = refreshed(&authority, &["--targets"]);
    assert_eq!((&all["targets"], &all["snapshot"], &all["timestamp"]), (&2.into(), &4.into(), &6.into()));
    authority.run(&["verify", "repo"]).done();
}

#[test]
fn only_the_online_keys_are_needed() {
    let authority = Authority::founded();
    for key in ["root-1", "root-2", "root-3", "targets-1", "targets-2"] {
        std::fs::remove_file(authority.folder().join(format!("keys/{key}.key"))).unwrap();
    }
    refreshed(&authority, &["--snapshot"]);
    authority.run(&["refresh", "--repo", "repo", "--targets"]).ended(
        Exit::Usage,
        "0 of the keys of the targets role at hand, wanted 2\nhint: give more of that role's keys",
    );
}

#[test]
fn a_clock_that_cannot_be_read_signs_nothing() {
    let authority = Authority::founded();
    let test = TestWorld::new();
    let clock = test.clock.clone();
    let mut test = test.in_dir(authority.folder());
    clock.fail(ClockError::Unreadable);
    let arguments = ["interdict-publisher", "refresh", "--repo", "repo"].map(std::ffi::OsString::from);
    assert_eq!(interdict_publisher::run(arguments, &mut test.world).exit(), Exit::NoAnswer);
    assert!(test.stderr.text().contains("the clock does not answer"));
}

/// What `verify` says of a repository that was changed by hand.
fn verified(change: impl Fn(&Authority)) -> (Ran, Vec<String>) {
    let authority = Authority::founded();
    let first = authority.issue(&draft("BOD-17-01", 1, None));
    authority.issue(&draft("BOD-17-01", 2, Some(first)));
    change(&authority);
    let ran = authority.run(&["verify", "repo", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let problems = shown["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{}: {}", one["severity"].as_str().unwrap(), one["problem"].as_str().unwrap()))
        .collect();
    (ran, problems)
}

/// The file of a target.
fn target(authority: &Authority, path: &str) -> std::path::PathBuf {
    std::fs::read_dir(authority.public().join("targets"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|file| file.to_str().unwrap().ends_with(&format!(".{path}")))
        .unwrap()
}

#[test]
fn verify_lists_every_problem_and_not_the_first_alone() {
    let (ran, problems) = verified(|authority| {
        std::fs::remove_file(target(authority, "BOD-17-01.1.json")).unwrap();
        std::fs::write(target(authority, "BOD-17-01.2.json"), "tampered").unwrap();
        std::fs::write(authority.public().join("targets/stray.txt"), "x").unwrap();
        std::fs::write(authority.public().join("metadata/9.targets.json"), "x").unwrap();
    });
    assert_eq!(ran.exit(), Exit::Refused);
    assert!(
        problems[0].starts_with("refused: targets/") && problems[0].ends_with(".BOD-17-01.1.json is missing")
    );
    assert_eq!(
        problems[1..],
        [
            "refused: \"BOD-17-01.2.json\": not the file that trusted metadata states",
            "warning: targets/stray.txt is not referred to",
            "warning: metadata/9.targets.json is not referred to",
        ]
    );
}

#[test]
fn verify_refuses_metadata_that_a_client_would_refuse() {
    for (file, wanted) in [
        ("1.root.json", "refused: root: "),
        ("timestamp.json", "refused: timestamp: "),
        ("3.snapshot.json", "refused: snapshot: not the file that trusted metadata states"),
        ("3.targets.json", "refused: targets: not the file that trusted metadata states"),
    ] {
        let (ran, problems) = verified(|authority| {
            let path = authority.public().join("metadata").join(file);
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(path, text.replacen("\"sig\":\"", "\"SIG\":\"", 1)).unwrap();
        });
        assert_eq!(ran.exit(), Exit::Refused, "{file}");
        assert!(problems[0].starts_with(wanted), "{file}: {problems:?}");
        let (_, problems) = verified(|authority| {
            std::fs::remove_file(authority.public().join("metadata").join(file)).unwrap();
        });
        assert_eq!(problems, [format!("refused: metadata/{file} is missing")]);
    }
}

#[test]
fn verify_warns_before_something_expires_and_refuses_what_has() {
    let mut authority = Authority::founded();
    later(&mut authority, 4);
    let ran = authority.run(&["verify", "--repo", "repo"]).done();
    assert_eq!(ran.stdout, "warning: timestamp expires at 2017-09-20T12:00:00Z\n");
    later(&mut authority, 3);
    let ran = authority.run(&["verify", "repo/public"]).ended(Exit::Refused, "problems 1");
    assert_eq!(ran.stdout, "refused: timestamp expired at 2017-09-20T12:00:00Z\n");
}

#[test]
fn verify_of_what_is_no_repository_is_wrong_use() {
    let authority = Authority::new();
    authority.run(&["verify", "absent"]).ended(Exit::Usage, "absent holds no repository");
}

#[test]
fn a_stray_file_with_a_huge_version_does_not_carry_the_clients_away() {
    let authority = Authority::founded();
    for name in ["18446744073709551615.targets.json", "9007199254740991.snapshot.json"] {
        authority.write(&format!("repo/public/metadata/{name}"), "{}");
    }
    let shown = refreshed(&authority, &["--targets"]);
    assert_eq!((&shown["targets"], &shown["snapshot"]), (&2.into(), &2.into()));
    authority.run(&["verify", "repo"]).ended(Exit::Done, "problems 2");
}

#[test]
fn a_clock_before_the_last_publication_dates_nothing() {
    let mut authority = Authority::founded();
    let founded = authority.now();
    authority.write("BOD-17-01.txt", "text for people");
    let timestamp = authority.public().join("metadata/timestamp.json");
    let before = std::fs::read(&timestamp).unwrap();
    authority.set_now(founded.saturating_add_seconds(-3_601));
    for verb in
        [&["refresh", "--repo", "repo"][..], &["publish", "--attach", "BOD-17-01.txt", "--repo", "repo"]]
    {
        authority.run(verb).ended(
            Exit::NoAnswer,
            "the clock stands at 2017-09-13T10:59:59Z, before the last publication at 2017-09-13T12:00:00Z",
        );
    }
    assert_eq!(std::fs::read(&timestamp).unwrap(), before);
    authority.set_now(founded.saturating_add_seconds(-3_600));
    refreshed(&authority, &[]);
}

#[test]
fn a_lifetime_may_be_shortened() {
    let authority = Authority::founded();
    let settings = authority.repository().join("publisher.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replace("timestamp = \"7d\"", "timestamp = \"1d\"")).unwrap();
    assert_eq!(refreshed(&authority, &[])["fresh_until"], "2017-09-14T12:00:00Z");
}
