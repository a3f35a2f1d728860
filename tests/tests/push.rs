//! `push` into a folder: interrupted anywhere and done again, while clients read there; and what it refuses.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and works on real folders"
)]

use std::fs;
use std::path::{Path, PathBuf};

use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_host::write::{Disk, Operation};
use interdict_tests::authority::Authority;
use interdict_tests::pushed::{Publications, Seen, copy, files};

fn on(disk: &Disk) -> TestWorld {
    TestWorld::new().disk(disk.clone())
}

/// A folder that the publication before was pushed into.
fn with_before(publications: &Publications) -> PathBuf {
    let folder = publications.authority.folder().join("www");
    publications.push_before(TestWorld::new(), "www").done();
    folder
}

#[test]
fn a_push_into_a_folder_that_stops_after_any_step_shows_the_old_publication_or_the_new() {
    let publications = Publications::new();
    let www = with_before(&publications);
    let held = publications.authority.folder().join("held");
    copy(&www, &held);
    let recording = Disk::recording();
    publications.push(on(&recording), "www").done();
    let complete = files(&www);
    let steps = recording.steps().len();
    assert!(steps > 25, "{steps} steps");
    let waiting = publications.client(www.to_str().unwrap());
    let mut last = Seen::Before;
    for step in 0..steps {
        fs::remove_dir_all(&www).unwrap();
        copy(&held, &www);
        let ran = publications.push(on(&Disk::stopping_after(step)), "www");
        assert_eq!(ran.exit(), Exit::NoAnswer, "after step {step}: {}", ran.stderr);
        // One that comes for the first time, and one that has read there before.
        let seen = Seen::by(&publications.client(www.to_str().unwrap())).unwrap();
        assert!(seen >= last, "step {step} of {steps} brought the old publication back");
        last = seen;
        if seen == Seen::Before {
            assert_eq!(Seen::by(&waiting), Some(Seen::Before), "after step {step} of {steps}");
        }
        publications.push(TestWorld::new(), "www").done();
        assert_eq!(files(&www), complete, "after step {step} of {steps}");
        let names = fs::read_dir(www.join("targets")).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(names.into_iter().all(|name| !name.to_string_lossy().starts_with(".tmp-")));
    }
    assert_eq!(last, Seen::After, "only the last sync follows the rename of timestamp.json");
    assert_eq!(Seen::by(&waiting), Some(Seen::After));
    let again = publications.push(TestWorld::new(), "www").done();
    assert!(again.stderr.contains("all of it is there already"), "{}", again.stderr);
}

#[test]
fn in_a_folder_that_was_empty_nothing_is_seen_before_all_of_it_is_there() {
    let publications = Publications::new();
    let recording = Disk::recording();
    publications.push(on(&recording), "recorded").done();
    let steps = recording.steps();
    let www = publications.authority.folder().join("www");
    let mut seen_once = false;
    for step in 0..steps.len() {
        if www.exists() {
            fs::remove_dir_all(&www).unwrap();
        }
        publications.push(on(&Disk::stopping_after(step)), "www").ended(Exit::NoAnswer, "hint:");
        fs::create_dir_all(&www).unwrap();
        let seen = Seen::by(&publications.client(www.to_str().unwrap()));
        assert!(seen.is_none() && !seen_once || seen == Some(Seen::After), "after step {step}");
        seen_once = seen.is_some();
        publications.push(TestWorld::new(), "www").done();
        assert_eq!(Seen::by(&publications.client(www.to_str().unwrap())), Some(Seen::After));
    }
    let of_renaming = steps.iter().filter(|step| step.operation == Operation::Rename);
    let renamed: Vec<String> = of_renaming.map(|step| step.path.to_string_lossy().into_owned()).collect();
    let place = |part: &str| renamed.iter().position(|path| path.contains(part)).unwrap();
    assert!(place(".issuers.json") < place("/metadata/"), "{renamed:?}");
    assert!(place("targets.json") < place("1.root.json"), "{renamed:?}");
    assert_eq!(place("timestamp.json"), renamed.len() - 1, "{renamed:?}");
}

#[test]
fn only_what_is_missing_is_put_and_nothing_is_deleted() {
    let publications = Publications::new();
    let www = with_before(&publications);
    fs::write(www.join("index.html"), "of the web server").unwrap();
    let before = files(&www);
    let planned =
        publications.authority.run(&["push", "www", "--repo", "repo", "--dry-run", "--json"]).done();
    assert_eq!(files(&www), before, "a dry run changes nothing");
    let ran = publications.authority.run(&["push", "www", "--repo", "repo", "--json"]).done();
    assert_eq!(planned.stdout.replace("\"dry_run\":true", "\"dry_run\":false"), ran.stdout);
    let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let put = shown.get("put").unwrap().as_array().unwrap();
    let of = |put: &serde_json::Value, name: &str| put.get(name).unwrap().as_str().unwrap().to_owned();
    let names: Vec<String> = put.iter().map(|put| of(put, "name")).collect();
    assert!(names.iter().take(2).all(|name| name.starts_with("targets/")), "{names:?}");
    let metadata = ["metadata/5.snapshot.json", "metadata/5.targets.json", "metadata/timestamp.json"];
    assert_eq!(names.get(2..).unwrap(), metadata);
    for put in put {
        let is_timestamp = of(put, "name").ends_with("timestamp.json");
        let cache = if is_timestamp { "no-cache" } else { "public, max-age=31536000, immutable" };
        assert_eq!(of(put, "cache_control"), cache);
        assert_eq!(of(put, "media_type"), "application/json");
    }
    let after = files(&www);
    let is_kept = |(name, bytes)| after.get(name) == Some(bytes) || name == "metadata/timestamp.json";
    assert!(before.iter().all(is_kept));
    assert_eq!(after.len(), before.len() + names.len() - 1);
    assert!(www.join("index.html").exists());
    // What nothing leads to stays at home.
    let public = publications.authority.public();
    fs::write(public.join("metadata/6.targets.json"), "of an interrupted publication").unwrap();
    fs::write(public.join("targets/leftover.txt"), "likewise").unwrap();
    publications.push(TestWorld::new(), "www").done();
    assert_eq!(files(&www), after);
}

#[test]
fn a_dry_run_makes_no_folder() {
    let publications = Publications::new();
    let ran = publications.authority.run(&["push", "www", "--repo", "repo", "--dry-run"]).done();
    assert!(ran.stdout.contains("timestamp.json"), "{}", ran.stdout);
    assert!(ran.stderr.contains("nothing was put"), "{}", ran.stderr);
    assert!(!publications.authority.folder().join("www").exists());
}

#[test]
fn what_is_damaged_there_is_told_and_replaced() {
    let publications = Publications::new();
    let www = with_before(&publications);
    publications.push(TestWorld::new(), "www").done();
    let complete = files(&www);
    let target = complete.keys().find(|name| name.ends_with("ED-21-01.1.json")).unwrap();
    for name in [target, "metadata/5.snapshot.json", "metadata/1.root.json", "metadata/timestamp.json"] {
        let whole = complete.get(name).unwrap();
        let half = whole.get(..whole.len() / 2).unwrap().to_vec();
        for damaged in [half, [whole.as_slice(), b"}"].concat(), Vec::new()] {
            fs::write(www.join(name), damaged).unwrap();
            let ran = publications.push(TestWorld::new(), "www").done();
            let told = format!("warning: {name}: damaged there, replaced");
            assert_eq!(ran.stderr.contains(&told), !name.ends_with("timestamp.json"), "{}", ran.stderr);
            assert_eq!(files(&www), complete, "{name}");
        }
    }
}

/// Pushes, and asserts that it is refused and that nothing there has changed.
#[track_caller]
fn refused(authority: &Authority, www: &Path, repo: &str, says: &str) {
    let before = files(www);
    let ran = authority.run(&["push", www.to_str().unwrap(), "--repo", repo]).ended(Exit::Refused, says);
    assert!(ran.stderr.contains("hint: nothing was put"), "{}", ran.stderr);
    assert!(files(www) == before, "something has changed there");
}

#[test]
fn no_older_and_no_other_repository_takes_the_place_of_what_is_there() {
    let publications = Publications::new();
    let (authority, www) = (&publications.authority, publications.authority.folder().join("www"));
    publications.push(TestWorld::new(), "www").done();
    refused(authority, &www, "before", "the destination holds timestamp version 5, and this one is 3");
    let other = Authority::founded_at(authority.now().saturating_add_seconds(60));
    refused(&other, &www, "repo", "the destination holds another repository: first root ");
    // Without the first root the keys of the timestamp say whose it is.
    fs::remove_file(www.join("metadata/1.root.json")).unwrap();
    publications.push(TestWorld::new(), "www").done();
    assert!(www.join("metadata/1.root.json").exists());

    // A copy of the repository that published something else under the same versions.
    let copied = authority.folder().join("copied");
    copy(&publications.before, &copied.join("public"));
    fs::copy(authority.repository().join("publisher.toml"), copied.join("publisher.toml")).unwrap();
    for _ in 0..2 {
        authority.run(&["refresh", "--repo", "copied", "--targets", "--snapshot"]).done();
    }
    refused(
        authority,
        &www,
        "copied",
        "the destination holds another metadata/timestamp.json of the same version",
    );
    authority.run(&["refresh", "--repo", "copied"]).done();
    refused(
        authority,
        &www,
        "copied",
        "the destination holds another metadata/5.snapshot.json of the same version",
    );
}

#[test]
fn a_timestamp_of_other_keys_without_a_root_is_another_repository() {
    let (ours, theirs) = (Authority::founded(), Authority::founded());
    let www = ours.folder().join("www");
    ours.run(&["push", "www", "--repo", "repo"]).done();
    fs::remove_file(www.join("metadata/1.root.json")).unwrap();
    let mut arguments = Authority::init_arguments();
    for argument in &mut arguments {
        *argument = match *argument {
            "repo" => "other",
            "keys/timestamp.key" => "keys/snapshot.key",
            "keys/snapshot.key" => "keys/timestamp.key",
            same => same,
        };
    }
    theirs.run(&arguments).done();
    refused(&theirs, &www, "other", "the destination holds another repository: first root none, wanted ");
}

#[test]
fn what_a_client_would_refuse_is_not_pushed() {
    let mut publications = Publications::new();
    let www = with_before(&publications);
    let public = publications.authority.public();
    let name = files(&public).keys().find(|name| name.ends_with("ED-21-01.1.json")).unwrap().clone();
    let whole = fs::read(public.join(&name)).unwrap();
    fs::write(public.join(&name), b"{}").unwrap();
    refused(&publications.authority, &www, "repo", "a client would refuse this repository");
    fs::write(public.join(&name), whole).unwrap();
    let now = publications.authority.now();
    publications.authority.set_now(now.saturating_add_seconds(7 * 86_400));
    refused(&publications.authority, &www, "repo", "timestamp expired at 2017-09-20T12:00:00Z");
    publications.authority.set_now(now.saturating_add_seconds(7 * 86_400 - 1));
    publications.push(TestWorld::new(), "www").done();
}

#[test]
fn what_is_no_destination_is_said_before_anything_is_done() {
    let publications = Publications::new();
    let authority = &publications.authority;
    let usage =
        |to: &str, says: &str| authority.run(&["push", to, "--repo", "repo"]).ended(Exit::Usage, says);
    usage("https://example.gov/", "found the scheme \"https\"");
    usage("repo/public", "lies in the repository");
    usage("repo", "lies in the repository");
    authority.run(&["push", "www", "--repo", "keys"]).ended(Exit::Usage, "keys holds no repository");
    assert!(!authority.folder().join("www").exists());
    if cfg!(not(feature = "s3")) {
        usage("s3://bucket", "--features s3");
    }
    // A link there is not followed, and stays.
    let www = with_before(&publications);
    let name = "metadata/5.targets.json";
    std::os::unix::fs::symlink("/dev/null", www.join(name)).unwrap();
    publications.push(TestWorld::new(), "www").ended(Exit::NoAnswer, name);
    assert!(www.join(name).is_symlink());
}
