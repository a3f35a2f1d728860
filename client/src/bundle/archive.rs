//! The blocks of a bundle: one spelling of each header (GNU tar, as POSIX.1-1988 with long names).

use tar::{EntryType, Header};

use super::File;

/// A tar archive consists of blocks of this many bytes.
pub const BLOCK: u64 = 512;
/// The longest name that a header itself holds; a longer one has an entry of its own before it.
const SHORT_NAME: usize = 100;
/// What an entry with a long name is called.
const LONG_NAME: &[u8] = b"././@LongLink";

/// A bundle of these files, in this order.
pub fn write(files: &[File]) -> Vec<u8> {
    let room: usize = files.iter().map(|file| file.bytes.len().saturating_add(2_048)).sum();
    let mut bytes = Vec::with_capacity(room);
    for file in files {
        bytes.extend(head(file.name.as_bytes(), u64::try_from(file.bytes.len()).unwrap_or(u64::MAX)));
        bytes.extend(&*file.bytes);
        pad(&mut bytes);
    }
    bytes.extend(end());
    bytes
}

/// The blocks before a file's bytes.
pub(super) fn head(name: &[u8], length: u64) -> Vec<u8> {
    let mut blocks = Vec::new();
    if name.len() > SHORT_NAME {
        // With the zero that ends it.
        let long = u64::try_from(name.len()).unwrap_or(u64::MAX).saturating_add(1);
        blocks.extend(header(LONG_NAME, long, EntryType::GNULongName).as_bytes());
        blocks.extend(name);
        blocks.push(0);
        pad(&mut blocks);
    }
    blocks.extend(header(name, length, EntryType::Regular).as_bytes());
    blocks
}

/// What follows the last file: two blocks of zeros.
pub(super) fn end() -> [u8; 1024] {
    [0; 1024]
}

fn header(name: &[u8], length: u64, kind: EntryType) -> Header {
    let mut header = Header::new_gnu();
    for (to, from) in header.as_old_mut().name.iter_mut().zip(name) {
        *to = *from;
    }
    header.set_entry_type(kind);
    header.set_size(length);
    header.set_mode(0o644);
    // The same files give the same bundle, whoever writes it and whenever.
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_cksum();
    header
}

fn pad(bytes: &mut Vec<u8>) {
    while !bytes.len().is_multiple_of(512) {
        bytes.push(0);
    }
}
