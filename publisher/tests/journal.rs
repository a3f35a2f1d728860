//! The authority's journal: every change is written down before it is made, and what the journal does not know is told.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as an attacker or a careless person would"
)]

use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use interdict_host::exit::Exit;
use interdict_host::key_file::KeyFile;
use interdict_host::testing::TestWorld;
use interdict_host::write::{Disk, Operation};
use interdict_keys_example::Name;
use interdict_publisher::testing::{Authority, Ran, draft};
use interdict_schema::Sha256;
use serde_json::{Value, json};

fn path(authority: &Authority) -> PathBuf {
    authority.repository().join("journal.jsonl")
}

fn entries(authority: &Authority) -> Vec<Value> {
    let text = std::fs::read_to_string(path(authority)).unwrap();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Verb, step, and the entry whose end it is.
fn steps(authority: &Authority) -> Vec<(String, String, Option<u64>)> {
    let text = |entry: &Value, name: &str| entry["what"][name].as_str().unwrap().to_owned();
    let all = entries(authority);
    all.iter().map(|it| (text(it, "verb"), text(it, "step"), it["what"]["of"].as_u64())).collect()
}

fn step(verb: &str, step: &str, of: impl Into<Option<u64>>) -> (String, String, Option<u64>) {
    (verb.to_owned(), step.to_owned(), of.into())
}

fn keyid(authority: &Authority, name: &str) -> String {
    let bytes = std::fs::read(authority.folder().join(format!("keys/{name}.key"))).unwrap();
    let file = KeyFile::parse(&bytes, interdict_host::example_keys::ExampleKeys::Allow).unwrap();
    file.keyid().to_owned()
}

fn verify(authority: &Authority, more: &[&str]) -> Ran {
    authority.run(&[&["journal", "verify", "--repo", "repo"][..], more].concat())
}

/// Everything that is served.
fn public(authority: &Authority) -> BTreeMap<PathBuf, Vec<u8>> {
    let below = ["metadata", "targets"].map(|below| authority.public().join(below));
    let files = below.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    files
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

fn signed(authority: &Authority) -> String {
    authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    authority.sign("d.jsonc", &[Name::Officer1, Name::Officer2])
}

/// trust.md rule 23
#[test]
fn every_change_is_written_down_before_it_is_made_and_when_it_is_done() {
    let authority = Authority::founded();
    let envelope = signed(&authority);
    authority.publish(&[&envelope]).done();
    authority.publish(&[&envelope]).done();
    authority.run(&["refresh", "--repo", "repo"]).done();
    let wanted = ["init", "publish", "refresh"].into_iter().zip([1, 3, 5]);
    let wanted: Vec<_> =
        wanted.flat_map(|(verb, of)| [step(verb, "intended", None), step(verb, "done", of)]).collect();
    assert_eq!(steps(&authority), wanted, "publishing the same again is no change");

    let publish = &entries(&authority)[2]["what"];
    let payload =
        interdict_schema::directive::draft::payload_of(draft("BOD-17-01", 1, None).as_bytes()).unwrap();
    let officers = ["officer-1", "officer-2"].map(|name| keyid(&authority, name));
    assert_eq!(
        publish["documents"],
        json!([{ "path": "BOD-17-01.1.json", "digest": Sha256::of(&payload), "signed_by": officers }])
    );
    let files = publish["files"].as_array().unwrap();
    let names: Vec<_> = files.iter().map(|file| (file["name"].as_str().unwrap(), &file["version"])).collect();
    assert_eq!(
        names,
        [("2.targets.json", &2.into()), ("2.snapshot.json", &2.into()), ("timestamp.json", &2.into())]
    );
    let targets = ["targets-1", "targets-2"].map(|name| keyid(&authority, name));
    assert_eq!(files[0]["signed_by"], json!(targets));
    let there = std::fs::read(authority.public().join("metadata/2.targets.json")).unwrap();
    assert_eq!(files[0]["digest"], json!(Sha256::of(&there)));
    assert_eq!(publish["labels"][&officers[0]], "example officer-1");
    assert_eq!(publish["labels"][&targets[1]], "example targets-2");
    assert_eq!(entries(&authority)[0]["who"]["user"], "tester");

    let mode = std::fs::metadata(path(&authority)).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    let ran = verify(&authority, &[]).done();
    assert!(
        ran.stdout.starts_with("6 entries, each as the next one names it\nhead  sha256:"),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_signature_is_noted_in_the_authoritys_own_folder_and_nowhere_else() {
    let authority = Authority::founded();
    authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    let sign = |key: &str, repo: &str| {
        let key = format!("keys/{key}.key");
        authority.run(&["sign", "d.jsonc", "--key", &key, "--repo", repo, "--yes"]).done();
    };
    std::fs::create_dir(authority.folder().join("copy")).unwrap();
    std::os::unix::fs::symlink(authority.public(), authority.folder().join("copy/public")).unwrap();
    sign("officer-1", "copy");
    assert!(!authority.folder().join("copy/journal.jsonl").exists());
    sign("officer-2", "repo");
    let what = &entries(&authority)[2]["what"];
    let officer = keyid(&authority, "officer-2");
    assert_eq!(what["verb"], "sign");
    assert_eq!(what["documents"][0]["path"], "BOD-17-01.1.json");
    assert_eq!(what["documents"][0]["signed_by"], json!([officer]));
    assert_eq!(what["labels"], json!({ officer: "example officer-2" }));
    // The same signature again is none.
    sign("officer-2", "repo");
    assert_eq!(entries(&authority).len(), 3);
}

/// trust.md rule 23
#[test]
fn what_cannot_be_written_down_is_not_done() {
    let authority = Authority::founded();
    let envelope = signed(&authority);
    let before = public(&authority);
    let publish =
        |disk: Disk| authority.run_in(TestWorld::new().disk(disk), &["publish", &envelope, "--repo", "repo"]);
    publish(Disk::failing_after(0, io::ErrorKind::StorageFull)).ended(Exit::NoAnswer, "journal.jsonl");
    publish(Disk::failing_after(0, io::ErrorKind::ReadOnlyFilesystem))
        .ended(Exit::NoAnswer, "hint: nothing was changed: what is done is written down first");
    assert_eq!(public(&authority), before);
    std::fs::rename(path(&authority), authority.folder().join("aside")).unwrap();
    std::fs::create_dir(path(&authority)).unwrap();
    publish(Disk::default()).ended(Exit::NoAnswer, "journal.jsonl is not a plain file");
    assert_eq!(public(&authority), before);
    std::fs::remove_dir(path(&authority)).unwrap();
    std::fs::write(path(&authority), "no entry\n".repeat(600_000)).unwrap();
    publish(Disk::default()).ended(Exit::Refused, "journal.jsonl: no entry among the last 4194304 bytes");
    assert_eq!(public(&authority), before);
    std::fs::rename(authority.folder().join("aside"), path(&authority)).unwrap();
    publish(Disk::default()).done();
    verify(&authority, &[]).done();
}

/// trust.md rule 23
#[test]
fn after_a_crash_at_any_step_the_next_run_writes_down_how_it_ended() {
    let recording = Disk::recording();
    let publish = |authority: &Authority, envelope: &str, disk: &Disk| {
        authority.run_in(TestWorld::new().disk(disk.clone()), &["publish", envelope, "--repo", "repo"])
    };
    let authority = Authority::founded();
    publish(&authority, &signed(&authority), &recording).done();
    let mut seen = BTreeMap::new();
    for steps_done in 0..recording.steps().len() {
        let authority = Authority::founded();
        let envelope = signed(&authority);
        publish(&authority, &envelope, &Disk::stopping_after(steps_done)).ended(Exit::NoAnswer, "");
        let interrupted = verify(&authority, &[]);
        let installed = public(&authority).keys().any(|path| path.ends_with("2.targets.json"))
            && authority.run(&["verify", "repo"]).stdout.is_empty();
        publish(&authority, &envelope, &Disk::default()).done();
        verify(&authority, &[]).done();
        let all = steps(&authority);
        let (intended, ended) = all.iter().partition::<Vec<_>, _>(|(_, step, _)| step == "intended");
        assert_eq!(intended.len(), ended.len(), "{steps_done}: {all:?}");
        let ends: Vec<&str> = ended[1..].iter().map(|(_, step, _)| step.as_str()).collect();
        match ends[..] {
            ["done"] | ["failed", "done"] => {}
            _ => panic!("{steps_done}: {all:?}"),
        }
        if interrupted.stderr.contains("has no end") {
            let end = &entries(&authority)[3]["what"];
            assert_eq!((&end["afterwards"], &end["why"]), (&true.into(), &"interrupted".into()));
            assert_eq!(end["step"], if installed { "done" } else { "failed" }, "{steps_done}");
        }
        *seen.entry(ends.len()).or_insert(0) += 1;
    }
    assert!(seen[&1] > 5 && seen[&2] > 5, "{seen:?}");
}

#[test]
fn a_change_that_was_made_and_whose_end_cannot_be_written_down_says_so_and_the_next_run_adds_it() {
    let recording = Disk::recording();
    let refresh = |authority: &Authority, disk: &Disk| {
        authority.run_in(TestWorld::new().disk(disk.clone()), &["refresh", "--repo", "repo"])
    };
    refresh(&Authority::founded(), &recording).done();
    let steps_of = recording.steps();
    let renamed = steps_of.iter().rposition(|step| step.operation == Operation::Rename).unwrap();
    let authority = Authority::founded();
    // After the rename the folder is synced; then the journal is told.
    let ran = refresh(&authority, &Disk::failing_after(renamed + 2, io::ErrorKind::StorageFull));
    let ran = ran.ended(Exit::NoAnswer, "warning: it is done and not in the journal: ");
    assert!(ran.stdout.starts_with("timestamp version 2"), "{}", ran.stdout);
    verify(&authority, &[]).ended(Exit::Done, "warning: entry 3 has no end");
    refresh(&authority, &Disk::default()).done();
    let all = steps(&authority);
    assert_eq!(all[2..4], [step("refresh", "intended", None), step("refresh", "done", 3)]);
    assert_eq!(entries(&authority)[3]["what"]["afterwards"], true);
}

#[test]
fn a_change_that_fails_half_way_is_in_the_journal_with_its_cause() {
    let authority = Authority::founded();
    let envelope = signed(&authority);
    let digest = Sha256::of(&std::fs::read(authority.folder().join(&envelope)).unwrap());
    let in_the_way = authority.public().join(format!("targets/{digest}.BOD-17-01.1.json"));
    std::fs::create_dir(&in_the_way).unwrap();
    authority.publish(&[&envelope]).ended(Exit::NoAnswer, "is not a plain file");
    let what = &entries(&authority)[3]["what"];
    assert_eq!(
        (&what["step"], &what["of"], &what["afterwards"]),
        (&"failed".into(), &3.into(), &Value::Null)
    );
    let why = what["why"].as_str().unwrap();
    assert!(why.ends_with(".BOD-17-01.1.json is not a plain file"), "{why}");
    verify(&authority, &[]).done();
    std::fs::remove_dir(in_the_way).unwrap();
    authority.publish(&[&envelope]).done();
    assert_eq!(steps(&authority).last(), Some(&step("publish", "done", 5)));
    // What is refused before anything is written is no change.
    std::fs::remove_file(authority.public().join("metadata/1.targets.json")).unwrap();
    std::fs::remove_file(authority.public().join("metadata/2.targets.json")).unwrap();
    authority.run(&["refresh", "--repo", "repo"]).ended(Exit::Refused, "metadata/2.targets.json is missing");
    assert_eq!(entries(&authority).len(), 6);
}

#[test]
fn a_line_that_was_changed_is_told_by_the_next_change_and_refused_by_verify() {
    let authority = Authority::founded();
    authority.run(&["refresh", "--repo", "repo"]).done();
    let text = std::fs::read_to_string(path(&authority)).unwrap();
    std::fs::write(path(&authority), text.replacen("\"user\":\"tester\"", "\"user\":\"nobody\"", 1)).unwrap();
    let why = "the chain breaks at line 2, byte";
    verify(&authority, &[]).ended(Exit::Refused, why);
    authority.run(&["journal", "show", "--repo", "repo"]).ended(Exit::Refused, why);
    authority.run(&["refresh", "--repo", "repo"]).ended(Exit::Done, why);
}

/// trust.md rule 23
#[test]
fn a_journal_that_was_shortened_or_replaced_does_not_know_what_is_published() {
    let authority = Authority::founded();
    let founded = std::fs::read(path(&authority)).unwrap();
    authority.run(&["refresh", "--repo", "repo"]).done();
    let whole = std::fs::read(path(&authority)).unwrap();

    std::fs::write(path(&authority), &founded).unwrap();
    verify(&authority, &[]).ended(
        Exit::Refused,
        "journal.jsonl: the last publication in it has timestamp 1, found 2 published\nhint: bring journal and repository back",
    );
    let ran = authority.run(&["refresh", "--repo", "repo"]);
    let ran = ran.ended(Exit::Done, "warning: timestamp 2 is published, and the last that ");
    assert!(
        ran.stderr.contains("knows is 1: something else changed the repository, or the journal is not whole")
    );
    let all = steps(&authority);
    assert_eq!(all[2], step("found", "noted", None));
    assert_eq!(entries(&authority)[2]["what"]["files"][0]["version"], 2);
    verify(&authority, &[]).done();
    // A head that was noted elsewhere shows it for ever.
    let head = Sha256::of(whole.split_inclusive(|byte| *byte == b'\n').next_back().unwrap()).to_string();
    verify(&authority, &["--head", &head]).ended(Exit::Refused, "no entry has the head sha256:");

    std::fs::remove_file(path(&authority)).unwrap();
    verify(&authority, &[]).ended(Exit::Refused, "journal.jsonl: no entries, and timestamp 3 is published");
    authority
        .run(&["refresh", "--repo", "repo"])
        .ended(Exit::Done, "journal.jsonl begins here, with timestamp 3");
    verify(&authority, &[]).done();
}

#[test]
fn a_head_that_was_noted_elsewhere_is_found() {
    let authority = Authority::founded();
    let ran = verify(&authority, &["--json"]).done();
    let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&shown["whole"], &shown["evident"]), (&true.into(), &"corruption-evident".into()));
    assert_eq!(shown["known"], shown["published"]);
    let head = format!("sha256:{}", shown["head"]["digest"].as_str().unwrap());
    authority.run(&["refresh", "--repo", "repo"]).done();
    let ran = verify(&authority, &["--head", &head]).done();
    assert!(ran.stdout.starts_with("4 entries, whole up to the head that was noted, which is entry 2\n"));
}

#[test]
fn show_gives_who_did_what_and_when_and_the_last_entries_alone_where_asked() {
    let authority = Authority::founded();
    let envelope = signed(&authority);
    authority.publish(&[&envelope]).done();
    let ran = authority.run(&["journal", "show", "--repo", "repo", "--json"]).done();
    let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(shown["format"], "interdict-publisher-journal/1");
    assert_eq!(shown["entries"].as_array().unwrap().len(), 4);
    let ran = authority
        .run_in(TestWorld::new().terminal(400), &["journal", "show", "--repo", "repo", "--last", "2"]);
    let text = ran.done().stdout;
    assert!(!text.contains("init"), "{text}");
    for wanted in [
        "2017-09-13T12:00:00Z",
        "tester",
        "publish",
        "BOD-17-01.1.json; 2.targets.json; 2.snapshot.json; timestamp.json 2",
        "example officer-1",
        "entry 3",
        "head  sha256:",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
}
