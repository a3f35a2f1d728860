//! Attributes and access lists of an administrator's file that is merged into and comes back.

use std::path::Path;

use interdict_tests::round_trip::Machine;
use interdict_tests::round_trip::picture::Picture;
use rustix::fs::{XattrFlags, setxattr};
use serde_json::{Value, json};

use super::apt::order;

const FOLDER: &str = "/etc/firefox/policies";
const FILE: &str = "/etc/firefox/policies/policies.json";
const THEIRS: &str = r#"{"policies": {"DisableTelemetry": true}}"#;

/// Version 2, then tag, permissions and id: user 12345 may write, the group may read.
fn access_list() -> Vec<u8> {
    let entries: [(u16, u16, u32); 5] =
        [(1, 6, u32::MAX), (2, 6, 12345), (4, 4, u32::MAX), (0x10, 6, u32::MAX), (0x20, 0, u32::MAX)];
    let entry = |(tag, permissions, id): (u16, u16, u32)| {
        [&tag.to_le_bytes()[..], &permissions.to_le_bytes(), &id.to_le_bytes()].concat()
    };
    [&[2, 0, 0, 0][..], &entries.map(entry).concat()].concat()
}

/// A machine of a file with both, on which something is enforced in it; and its picture before.
fn machine() -> Option<(Machine, Picture)> {
    let mut machine = Machine::new(&["firefox-esr", "mount", "cp"])?;
    machine.write(FILE, THEIRS);
    machine.shell(&format!("chown 12345:12345 {FILE}; chmod 660 {FILE}"));
    let path = machine.path(FILE);
    let given = setxattr(&path, "user.note", b"theirs", XattrFlags::empty())
        .and_then(|()| setxattr(&path, "system.posix_acl_access", &access_list(), XattrFlags::empty()));
    if let Err(error) = given {
        println!("skipped: the file system takes no attributes: {error}");
        return None;
    }
    machine.order(&[order(&json!([{ "kind": "domain", "value": "banned.example" }]))]);
    let before = machine.picture();
    let told = &before[Path::new(FILE)];
    assert!(told.contains("user.note") && told.contains("posix_acl_access"), "{told}");
    machine.apply("firefox", "--enforce");
    assert!(machine.read(FILE).contains("banned.example"));
    Some((machine, before))
}

#[test]
fn a_file_comes_back_with_its_owner_its_attributes_and_its_access_list() {
    let Some((machine, before)) = machine() else { return };
    let undone = machine.undo().ended(0);
    assert!(!undone.stderr.contains("attributes"), "{}", undone.stderr);
    assert_eq!(machine.picture(), before);
}

#[test]
fn attributes_that_the_file_system_no_longer_takes_are_said_in_the_output_the_status_and_the_journal() {
    let Some((machine, _)) = machine() else { return };
    // The folder lies on a file system without attributes by now.
    machine.shell(&format!(
        "cp {FILE} /srv/kept; mount -t ramfs none {FOLDER}; cp /srv/kept {FILE}; chown 12345:12345 {FILE}; chmod 644 {FILE}"
    ));
    let undone = machine.undo().ended(3);
    let said = format!(
        "{FILE}: the file system did not take these attributes back: system.posix_acl_access, user.note"
    );
    assert!(undone.stderr.contains(&said), "{}", undone.said());
    assert_eq!(machine.read(FILE), THEIRS);
    // Without its list it is open to nobody more: the group could read.
    assert_eq!(machine.shell(&format!("stat -c '%a %u:%g' {FILE}")), "640 12345:12345\n");
    let journal = machine.read("/var/lib/interdict-apply/journal/journal.jsonl");
    let last: Value = serde_json::from_str(journal.lines().last().unwrap()).unwrap();
    assert_eq!(last["what"]["verb"], "undo");
    assert_eq!(last["what"]["ended"], json!({ "ended": "in-part", "why": said }));
}
