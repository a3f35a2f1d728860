//! The name of a machine: what an agency's exception calls it.
//!
//! It is the static one (hostname(5)), or else the kernel's. Not here: what resolving it says, which is for others to decide.

use std::path::Path;

use super::limits::Limits;
use super::rooted::Folder;

/// Where the name stands, below the root; the first that has one is believed.
const FILES: [&str; 2] = ["etc/hostname", "proc/sys/kernel/hostname"];

/// The longest name, in bytes (RFC 1035, 2.3.4).
const MAX_BYTES: usize = 253;

/// The name of the machine whose file system begins at `root`.
pub fn name_of(root: &Path) -> Option<String> {
    let root = Folder::root(root).ok()?;
    let text = |below: &&str| root.read(below, &Limits::STANDARD).ok();
    FILES.iter().filter_map(text).find_map(|bytes| first_name(&String::from_utf8_lossy(&bytes)))
}

/// The first line that is no comment, where it is a host's name (RFC 1123, 2.1, and the underscore that many have).
fn first_name(text: &str) -> Option<String> {
    let name = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    (name.len() <= MAX_BYTES && name.bytes().all(allowed)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::disallowed_methods,
        reason = "a test may fail by panicking and write files"
    )]

    use super::*;

    #[test]
    fn the_name_is_the_first_line_that_says_one() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(name_of(root.path()), None);
        std::fs::create_dir_all(root.path().join("etc")).unwrap();
        std::fs::create_dir_all(root.path().join("proc/sys/kernel")).unwrap();
        std::fs::write(root.path().join("proc/sys/kernel/hostname"), "transient\n").unwrap();
        assert_eq!(name_of(root.path()).as_deref(), Some("transient"));
        std::fs::write(root.path().join("etc/hostname"), "# ours\n\n kiosk-7.example.gov \nother\n").unwrap();
        assert_eq!(name_of(root.path()).as_deref(), Some("kiosk-7.example.gov"));
        std::fs::write(root.path().join("etc/hostname"), "a b\n").unwrap();
        assert_eq!(name_of(root.path()).as_deref(), Some("transient"));
    }

    #[test]
    fn a_name_of_253_bytes_is_one_and_of_254_is_not() {
        assert!(first_name(&"a".repeat(253)).is_some());
        assert_eq!(first_name(&"a".repeat(254)), None);
    }
}
