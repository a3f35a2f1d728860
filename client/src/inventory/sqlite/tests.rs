#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use super::sample::{PAGE, database, log};
use super::*;

fn blobs(bytes: &[u8], log: &[u8]) -> Result<Vec<(i64, Vec<u8>)>, SqliteError> {
    let mut found = Vec::new();
    Database::open(bytes, log)?.rows("Packages", &mut |row, record| {
        if let [_, Value::Blob(blob)] = record {
            found.push((row, blob.to_vec()));
        }
        true
    })?;
    Ok(found)
}

fn sample() -> Vec<Vec<u8>> {
    // Around every bound of what fits into a page, and over several pages.
    [0, 1, 470, 471, 472, 473, 474, 475, 978, 979, 980, 981, 3_000].map(|length| vec![0xab; length]).to_vec()
}

#[test]
fn rows_are_read_through_interior_and_overflow_pages() {
    let found = blobs(&database("Packages", &sample()), &[]).unwrap();
    assert_eq!(found.len(), sample().len());
    for ((row, blob), (nth, wanted)) in found.iter().zip(sample().iter().enumerate()) {
        assert_eq!((usize::try_from(*row).unwrap(), blob.len()), (nth + 1, wanted.len()));
    }
    assert_eq!(blobs(&database("packages", &[]), &[]), Ok(Vec::new()));
    assert_eq!(blobs(&database("Other", &[]), &[]), Err(SqliteError::NoTable { name: "Packages" }));
}

#[test]
fn what_is_no_database_is_refused_for_what_it_is() {
    let whole = database("Packages", &[vec![1]]);
    let with = |at: usize, bytes: &[u8]| {
        let mut other = whole.clone();
        other.splice(at..at + bytes.len(), bytes.iter().copied());
        blobs(&other, &[])
    };
    assert_eq!(with(0, b"X"), Err(SqliteError::Magic));
    assert_eq!(with(16, &[3, 0]), Err(SqliteError::PageSize { found: 768 }));
    assert_eq!(with(16, &[1, 0]), Err(SqliteError::PageSize { found: 256 }));
    assert_eq!(with(20, &[33]), Err(SqliteError::PageSize { found: 512 }));
    assert_eq!(with(PAGE, &[2]), Err(SqliteError::Page { page: 2 }));
    assert_eq!(with(PAGE + 8, &[0, 0, 0, 9]), Err(SqliteError::NoPage { page: 9 }));
    assert_eq!(with(PAGE + 8, &[0, 0, 0, 2]), Err(SqliteError::PageTwice { page: 2 }));
    assert_eq!(blobs(&whole[..2 * PAGE], &[]), Err(SqliteError::NoPage { page: 3 }));
}

#[test]
fn rows_that_lie_in_one_another_are_no_page() {
    let mut bytes = database("Packages", &[vec![1; 300]]);
    let leaf = (1..9).map(|page| page * PAGE).find(|at| bytes[*at] == 13).unwrap();
    assert_eq!(bytes[leaf + 3..leaf + 5], [0, 1]);
    // A second row, where the first is.
    let first = [bytes[leaf + 8], bytes[leaf + 9]];
    bytes[leaf + 4] = 2;
    bytes.splice(leaf + 10..leaf + 12, first);
    let page = u32::try_from(leaf / PAGE + 1).unwrap();
    assert_eq!(blobs(&bytes, &[]), Err(SqliteError::Page { page }));
}

#[test]
fn an_overflow_page_that_points_at_itself_ends_the_reading() {
    let mut bytes = database("Packages", &[vec![1; 3_000]]);
    bytes.splice(2 * PAGE..2 * PAGE + 4, [0, 0, 0, 3]);
    assert_eq!(blobs(&bytes, &[]), Err(SqliteError::PageTwice { page: 3 }));
}

#[test]
fn a_log_is_laid_over_the_database_up_to_its_last_whole_transaction() {
    let plain = database("Packages", &[vec![1; 8]]);
    let mut before = plain.clone();
    before[18..20].copy_from_slice(&[2, 2]);
    let newer = |content: u8| database("Packages", &[vec![content; 8]])[2 * PAGE..].to_vec();
    let (two, three) = (newer(2), newer(3));
    let content = |log: &[u8]| blobs(&before, log).unwrap()[0].1[0];
    let whole = log(&[(&[(3, &two)], 3), (&[(3, &three)], 3)]);
    assert_eq!(content(&[]), 1);
    assert_eq!(blobs(&plain, &whole).unwrap()[0].1[0], 1, "one that is not written through a log");
    assert_eq!(content(&whole), 3);
    // Cut off, or its checksum broken: the transaction before holds.
    assert_eq!(content(&whole[..whole.len() - 1]), 2);
    let mut broken = whole.clone();
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(content(&broken), 2);
    // Not committed.
    assert_eq!(content(&log(&[(&[(3, &two)], 3), (&[(3, &three)], 0)])), 2);
    // The header's checksum is wrong: SQLite takes nothing of it.
    broken[12] ^= 1;
    assert_eq!(content(&broken), 1);
    // A database that became shorter.
    assert_eq!(
        blobs(&before, &log(&[(&[(2, &before[PAGE..2 * PAGE])], 2)])),
        Err(SqliteError::NoPage { page: 3 })
    );
}

#[test]
fn no_prefix_and_no_changed_byte_panics_or_runs_on() {
    let mut whole = database("Packages", &[vec![1; 40], vec![2; 900]]);
    whole[18..20].copy_from_slice(&[2, 2]);
    let newest = log(&[(&[(3, &whole[2 * PAGE..3 * PAGE])], 5)]);
    for at in 0..whole.len() {
        let _ = blobs(&whole[..at], &newest);
        for byte in [0, 0xff, whole[at] ^ 1] {
            let mut changed = whole.clone();
            changed[at] = byte;
            let _ = blobs(&changed, &[]);
        }
    }
    for at in 0..newest.len() {
        let mut changed = newest.clone();
        changed[at] ^= 0xff;
        let _ = blobs(&whole, &changed);
        let _ = blobs(&whole, &newest[..at]);
    }
}
