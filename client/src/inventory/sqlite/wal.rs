//! The write-ahead log: pages newer than those of the database file (the database file format, 4).

use std::collections::BTreeMap;

use super::be32;

/// Pages by number, and how many there are.
type Newest<'a> = (BTreeMap<u32, &'a [u8]>, Option<u32>);

const HEADER: usize = 32;
const FRAME: usize = 24;

/// The newest pages of finished transactions, and how many pages the database then has. A log whose header is broken, or is
/// of another page size, counts for nothing, as with SQLite; so does all behind a frame whose checksum is wrong.
pub(super) fn pages(log: &[u8], page_size: usize) -> Newest<'_> {
    read(log, page_size).unwrap_or_default()
}

fn read(log: &[u8], page_size: usize) -> Option<Newest<'_>> {
    let big = match be32(log, 0)? {
        0x377f_0682 => false,
        0x377f_0683 => true,
        _ => return None,
    };
    let mut sum = add((0, 0), log.get(..24)?, big);
    if sum != (be32(log, 24)?, be32(log, 28)?) || usize::try_from(be32(log, 8)?).ok()? != page_size {
        return None;
    }
    let salt = log.get(16..24)?;
    let (mut pages, mut size) = (BTreeMap::new(), None);
    let mut unfinished = Vec::new();
    for frame in log.get(HEADER..)?.chunks_exact(FRAME + page_size) {
        let (header, page) = frame.split_at_checked(FRAME)?;
        sum = add(add(sum, header.get(..8)?, big), page, big);
        if header.get(8..16)? != salt || sum != (be32(header, 16)?, be32(header, 20)?) {
            break;
        }
        unfinished.push((be32(header, 0)?, page));
        let after = be32(header, 4)?;
        if after > 0 {
            pages.extend(unfinished.drain(..));
            size = Some(after);
        }
    }
    Some((pages, size))
}

/// The running checksum over words of four bytes, two by two.
pub(super) fn add(sum: (u32, u32), bytes: &[u8], big: bool) -> (u32, u32) {
    let (words, _) = bytes.as_chunks::<4>();
    let word = |word: &[u8; 4]| if big { u32::from_be_bytes(*word) } else { u32::from_le_bytes(*word) };
    let (pairs, _) = words.as_chunks::<2>();
    pairs.iter().fold(sum, |(first, second), [one, other]| {
        let first = first.wrapping_add(word(one)).wrapping_add(second);
        (first, second.wrapping_add(word(other)).wrapping_add(first))
    })
}
