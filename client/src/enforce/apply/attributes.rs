//! Extended attributes of a file: labels and access lists, which a file that is restored must have again.
//!
//! Those that the kernel computes itself (IMA, EVM) are left to it. A file system without attributes has none. One that does not
//! take an attribute back keeps what it gives new files: no undo fails for it, and what was lost is [said](Lost). Without its
//! access list a file must not be open to more than before, because the group's bits of a file with a list are the list's mask.

use std::collections::BTreeMap;
use std::os::fd::AsFd;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fremovexattr, fsetxattr};
use serde::Serialize;

/// Linux allows a list and a value of this many bytes each.
const MAX_BYTES: usize = 1 << 16;

/// Computed by the kernel.
const LEFT_OUT: [&str; 2] = ["security.ima", "security.evm"];

/// The access list of POSIX.1e (acl(5)).
const ACCESS_LIST: &str = "system.posix_acl_access";

/// A file that does not have all the attributes that it had before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// Where.
    pub path: PathBuf,
    /// The names of what it lacks.
    pub attributes: Vec<String>,
}

/// All attributes of a file, in base64.
pub(super) fn read(file: impl AsFd) -> BTreeMap<String, String> {
    let file = file.as_fd();
    let mut list = vec![0_u8; MAX_BYTES];
    let Ok(length) = flistxattr(file, &mut list[..]) else { return BTreeMap::new() };
    let names = list.get(..length).unwrap_or_default().split(|byte| *byte == 0);
    let mut value = vec![0_u8; MAX_BYTES];
    let mut attributes = BTreeMap::new();
    for name in names.filter_map(|name| std::str::from_utf8(name).ok()) {
        if name.is_empty() || LEFT_OUT.contains(&name) {
            continue;
        }
        if let Ok(length) = fgetxattr(file, name, &mut value[..]) {
            attributes.insert(name.to_owned(), STANDARD.encode(value.get(..length).unwrap_or_default()));
        }
    }
    attributes
}

/// Gives a file these attributes and takes away what its folder gave it besides. Returns the names of those that it does not
/// have then.
pub(super) fn give(file: impl AsFd, attributes: &BTreeMap<String, String>) -> Vec<String> {
    let file = file.as_fd();
    let inherited = |name: &String| name.starts_with("user.") || name == ACCESS_LIST;
    for name in read(file).into_keys().filter(inherited).filter(|name| !attributes.contains_key(name)) {
        // A list that stays would show below: the permissions are set after this.
        let _ = fremovexattr(file, name.as_str());
    }
    for (name, value) in attributes {
        if let Ok(value) = STANDARD.decode(value) {
            // What was not taken is seen by reading it back.
            let _ = fsetxattr(file, name.as_str(), &value, XattrFlags::empty());
        }
    }
    lacking(attributes, &read(file))
}

/// The names of attributes that a file does not have as it is to have them.
pub(super) fn lacking(wanted: &BTreeMap<String, String>, has: &BTreeMap<String, String>) -> Vec<String> {
    wanted
        .iter()
        .filter(|(name, value)| has.get(*name) != Some(value))
        .map(|(name, _)| name.clone())
        .collect()
}

/// The permission bits of a file of these attributes and permission bits that has lost some: without its access list the group
/// has what the list gave it, where that can be read, and else nothing.
pub(super) fn permissions_without(
    lost: &[String],
    attributes: &BTreeMap<String, String>,
    permissions: u32,
) -> u32 {
    match attributes.get(ACCESS_LIST) {
        Some(access) if lost.iter().any(|name| name == ACCESS_LIST) => {
            let access = STANDARD.decode(access).unwrap_or_default();
            (permissions & !0o070) | (group_of(&access) << 3)
        }
        _ => permissions,
    }
}

/// What an access list gives the group of the file: `struct posix_acl_xattr_entry` of Linux, little-endian, behind a version.
fn group_of(list: &[u8]) -> u32 {
    const GROUP: u16 = 0x04;
    const MASK: u16 = 0x10;
    let entries = || list.get(4..).unwrap_or_default().chunks_exact(8);
    let of = |tag: u16| {
        entries().find_map(|entry| match entry {
            [low, high, permissions, ..] if u16::from_le_bytes([*low, *high]) == tag => {
                Some(u32::from(*permissions) & 0o7)
            }
            _ => None,
        })
    };
    of(GROUP).unwrap_or(0) & of(MASK).unwrap_or(0o7)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An access list: tag and permissions of each entry.
    fn list(entries: &[(u8, u8)]) -> String {
        let mut bytes = vec![2, 0, 0, 0];
        for (tag, permissions) in entries {
            bytes.extend([*tag, 0, *permissions, 0, 0xff, 0xff, 0xff, 0xff]);
        }
        STANDARD.encode(bytes)
    }

    #[test]
    fn a_file_that_loses_its_access_list_is_open_to_nobody_more() {
        let lost = [ACCESS_LIST.to_owned()];
        for (entries, wanted) in [
            // Somebody named may write, the group may read; the mask stands in the permission bits.
            (&[(1, 6), (2, 6), (4, 4), (0x10, 6), (0x20, 4)][..], 0o644),
            (&[(1, 6), (2, 6), (4, 0), (0x10, 6), (0x20, 4)], 0o604),
            (&[(1, 6), (2, 6), (4, 7), (0x10, 2), (0x20, 4)], 0o624),
            (&[], 0o604),
        ] {
            let attributes = BTreeMap::from([(ACCESS_LIST.to_owned(), list(entries))]);
            assert_eq!(permissions_without(&lost, &attributes, 0o664), wanted, "{entries:?}");
            assert_eq!(permissions_without(&[], &attributes, 0o664), 0o664);
        }
        let none = BTreeMap::new();
        assert_eq!(permissions_without(&["user.a".to_owned()], &none, 0o664), 0o664);
    }
}
