//! A store that somebody has edited: no verb says less than was verified.

use interdict_client::store::generation::is_whole;
use interdict_client::store::memory::Memory;
use interdict_host::write::Disk;
use interdict_schema::Sha256;
use interdict_schema::directive::Revision;

use crate::store::Store;

const INDEX: &str = "state/current/repositories/main/index.json";

/// A machine with nothing on it that any directive means.
fn with_a_clean_inventory() -> Store {
    let store = Store::with_both();
    store.file("clean.csv", b"name,version\nbash,5\n");
    store
}

fn without_the_ban(index: &[u8]) -> Vec<u8> {
    let mut index: serde_json::Value = serde_json::from_slice(index).unwrap();
    index["directives"].as_array_mut().unwrap().retain(|directive| directive["id"] != "BOD-17-01");
    serde_json::to_vec(&index).unwrap()
}

/// trust.md rule 10
#[test]
fn a_directive_that_was_taken_out_of_the_index_lifts_no_ban() {
    let store = with_a_clean_inventory();
    assert_eq!(store.run(&["check", "clean.csv"]).code(), 0);
    store.file(INDEX, &without_the_ban(&store.read(INDEX)));
    for verb in [
        &["check", "clean.csv"][..],
        &["status"],
        &["list"],
        &["due"],
        &["explain", "BOD-17-01", "plan"],
        &["policy"],
    ] {
        store.run(verb).is(
            4,
            "",
            "error: repository main: BOD-17-01 is missing from what is held\n\
             hint: the store is damaged; `interdict sync` builds it anew from the pinned root\n",
        );
    }
}

#[test]
fn a_directive_that_is_remembered_and_neither_held_nor_told_of_is_missing() {
    let store = with_a_clean_inventory();
    let places = store.places.repository(&"main".parse().unwrap());
    let mut memory = Memory::read(&places).unwrap();
    memory.directives.entry("BOD-1".parse().unwrap()).or_default().insert(Revision::FIRST, Sha256::of(b"x"));
    for (timestamp, code) in [(3, 0), (4, 4), (5, 0)] {
        // A sync that has just been accepted remembers before it holds.
        memory.versions.insert("timestamp".into(), timestamp);
        memory.write(&Disk::default(), &places).unwrap();
        assert_eq!(store.run(&["check", "clean.csv"]).code(), code, "{timestamp}");
    }
}

#[test]
fn a_repository_that_is_configured_and_not_held_leaves_no_clean_result() {
    let store = with_a_clean_inventory();
    store.configure(&["main", "other"]);
    let ran = store.run(&["check", "clean.csv"]);
    assert_eq!(ran.code(), 3);
    assert!(ran.stdout.contains("repository other: configured, and nothing is held of it"), "{}", ran.stdout);
    let json = store.run(&["check", "clean.csv", "--format", "json"]).json();
    assert_eq!(json["policy"]["missing"], serde_json::json!(["other"]));
    let list = store.run(&["list"]);
    assert!(
        list.stderr.contains("repository other: configured, and nothing is held of it"),
        "{}",
        list.stderr
    );
}

#[test]
fn a_list_of_digests_that_was_cut_short_speaks_for_nothing() {
    let store = Store::with_both();
    let sums = String::from_utf8(store.read("state/current/SHA256SUMS")).unwrap();
    assert!(is_whole(&store.places, 1));
    for lines in 0..sums.lines().count() {
        let cut: String = sums.split_inclusive('\n').take(lines).collect();
        store.file("state/current/SHA256SUMS", cut.as_bytes());
        assert!(!is_whole(&store.places, 1), "{lines} lines");
        assert_eq!(store.run(&["status"]).code(), 4, "{lines} lines");
    }
    store.file("state/current/SHA256SUMS", sums.as_bytes());
    store.file("state/current/stranger", b"");
    assert!(!is_whole(&store.places, 1));
}

#[test]
fn status_notices_every_edited_file_that_scripts_may_read() {
    for file in
        ["directives/BOD-17-01.json", "status.json", "policy.tsv", "repositories/main/pinned.root.json"]
    {
        let store = Store::with_both();
        store.file(&format!("state/current/{file}"), b"{}");
        let ran = store.run(&["status"]);
        assert_eq!(ran.code(), 4, "{file}");
        assert!(
            ran.stdout.contains("alarm: files of the active generation are not as they were written"),
            "{file}"
        );
    }
}
