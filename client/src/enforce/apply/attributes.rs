//! Extended attributes of a file: labels and access lists, which a file that is restored must have again.
//!
//! Those that the kernel computes itself (IMA, EVM) are left to it. A file system without attributes has none, and one that
//! does not take an attribute back keeps what it gives new files: no undo fails for it.

use std::collections::BTreeMap;
use std::os::fd::AsFd;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};

/// Linux allows a list and a value of this many bytes each.
const MAX_BYTES: usize = 1 << 16;

/// Computed by the kernel.
const LEFT_OUT: [&str; 2] = ["security.ima", "security.evm"];

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

/// Gives them to a file, as far as it takes them.
pub(super) fn write(file: impl AsFd, attributes: &BTreeMap<String, String>) {
    let file = file.as_fd();
    for (name, value) in attributes {
        if let Ok(value) = STANDARD.decode(value) {
            // What is not taken is what the file system gives new files: see above.
            let _ = fsetxattr(file, name.as_str(), &value, XattrFlags::empty());
        }
    }
}
