//! Extended attributes and access lists of files that come back, and what is said where they do not.

use rustix::fs::{XattrFlags, getxattr, setxattr};

use super::super::{Adopt, Lost, Settings};
use super::ground::*;

const NOTE: &str = "user.interdict-test";
const ACCESS_LIST: &str = "system.posix_acl_access";

/// Somebody named may write, the group may not: version 2, then tag, permissions and id of each.
fn list() -> Vec<u8> {
    let entries: [(u16, u16, u32); 5] =
        [(1, 6, u32::MAX), (2, 6, 12345), (4, 4, u32::MAX), (0x10, 6, u32::MAX), (0x20, 0, u32::MAX)];
    let mut bytes = vec![2, 0, 0, 0];
    for (tag, permissions, id) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(permissions.to_le_bytes());
        bytes.extend(id.to_le_bytes());
    }
    bytes
}

fn attribute(ground: &Ground, name: &str) -> Option<Vec<u8>> {
    let mut value = vec![0; 1024];
    let length = getxattr(ground.root.join(&POLICIES[1..]), name, &mut value[..]).ok()?;
    value.truncate(length);
    Some(value)
}

/// Whether the file system takes attributes; says so where it does not.
fn taken(result: rustix::io::Result<()>) -> bool {
    if let Err(error) = result {
        println!("skipped: the file system takes no attributes: {error}");
    }
    result.is_ok()
}

#[test]
fn attributes_and_access_lists_are_kept_and_come_back() {
    let ground = Ground::new();
    let file = ground.root.join(&POLICIES[1..]);
    let given = setxattr(&file, NOTE, b"theirs", XattrFlags::empty())
        .and_then(|()| setxattr(&file, ACCESS_LIST, &list(), XattrFlags::empty()));
    if !taken(given) {
        return;
    }
    let before = ground.tree();
    let theirs = (Some(b"theirs".to_vec()), Some(list()));
    let both = || (attribute(&ground, NOTE), attribute(&ground, ACCESS_LIST));
    assert_eq!(both(), theirs);
    ground.apply(&[("fire", &policies("{2}"))], &Settings::default()).unwrap();
    assert_eq!(attribute(&ground, NOTE), theirs.0, "also while it is enforced");
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    assert_eq!(both(), theirs);
    assert_eq!(ground.tree(), before);
}

#[test]
fn what_the_folder_gives_a_new_file_is_no_attribute_of_what_was_there_before() {
    let ground = Ground::new();
    // Staged in a folder that gives its list to whatever is made in it.
    let above = ground.root.join("etc/fire");
    if !taken(setxattr(&above, "system.posix_acl_default", &list(), XattrFlags::empty())) {
        return;
    }
    let before = ground.tree();
    ground.apply(&[("fire", &policies("{2}"))], &Settings::default()).unwrap();
    assert_eq!(attribute(&ground, ACCESS_LIST), None);
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    assert_eq!(attribute(&ground, ACCESS_LIST), None);
    assert_eq!(ground.tree(), before);
}

#[test]
fn attributes_that_are_not_taken_back_are_named_and_open_the_file_to_nobody() {
    let ground = Ground::new();
    ground.apply(&[("fire", &policies("{2}"))], &Settings::default()).unwrap();
    // As if the file had lain on another file system: no Linux has attributes of this kind, and this list is none.
    let mut record = ground.record();
    let base = record.files[0].base.as_mut().unwrap();
    base.permissions = 0o660;
    base.attributes.insert("nonsense.label".into(), "AA==".into());
    base.attributes.insert(ACCESS_LIST.into(), "AA==".into());
    record.write(&ground.disk, &ground.places).unwrap();
    let mut session = ground.session().unwrap();
    session.suspend(suspension("2018-01-02T00:00:00Z"), Adopt::No).unwrap();
    let attributes = vec!["nonsense.label".to_owned(), ACCESS_LIST.to_owned()];
    assert_eq!(session.lost, [Lost { path: POLICIES.into(), attributes }]);
    drop(session);
    assert_eq!(ground.text(POLICIES).as_deref(), Some("{\"own\":1}"));
    let metadata = std::fs::metadata(ground.root.join(&POLICIES[1..])).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&metadata) & 0o777, 0o600);
}
