//! Small databases for tests, written as SQLite would: one table of numbered blobs.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use super::wal::add;

/// The page size of the samples.
pub(in super::super) const PAGE: usize = 512;

fn varint(value: usize) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(value & 0x7f).unwrap()];
    let mut rest = value >> 7;
    while rest > 0 {
        bytes.insert(0, u8::try_from(rest & 0x7f).unwrap() | 0x80);
        rest >>= 7;
    }
    bytes
}

fn u16_of(value: usize) -> [u8; 2] {
    u16::try_from(value).unwrap().to_be_bytes()
}

/// A leaf with these cells; the first `taken` bytes of it are others'.
fn leaf(cells: &[Vec<u8>], taken: usize) -> Vec<u8> {
    let mut page = vec![0; PAGE];
    let mut content = PAGE;
    let mut head = vec![13, 0, 0];
    head.extend(u16_of(cells.len()));
    let mut pointers = Vec::new();
    for cell in cells {
        content -= cell.len();
        page.splice(content..content + cell.len(), cell.iter().copied());
        pointers.extend(u16_of(content));
    }
    head.extend(u16_of(content));
    head.push(0);
    head.extend(pointers);
    page.splice(taken..taken + head.len(), head);
    page
}

/// A database whose table `name` has these blobs, each on a leaf of its own under one interior page, with overflow pages.
pub(in super::super) fn database(name: &str, blobs: &[Vec<u8>]) -> Vec<u8> {
    let mut header = super::MAGIC.to_vec();
    header.extend(u16_of(PAGE));
    header.extend([1, 1, 0, 64, 32, 32]);
    header.resize(100, 0);
    let mut schema = varint(6);
    schema.extend([23]);
    schema.extend(varint(13 + 2 * name.len()));
    schema.extend([0, 1, 0]);
    schema.extend(b"table");
    schema.extend(name.as_bytes());
    schema.push(2);
    let mut first = varint(schema.len());
    first.push(1);
    first.extend(schema);
    let mut one = leaf(&[first], 100);
    one.splice(..100, header);
    let mut pages = vec![one, vec![0; PAGE]];
    let mut children = Vec::new();
    for (nth, blob) in blobs.iter().enumerate() {
        let kind = varint(12 + 2 * blob.len());
        let mut payload = varint(2 + kind.len());
        payload.push(0);
        payload.extend(kind);
        payload.extend(blob);
        let least = (PAGE - 12) * 32 / 255 - 23;
        let here = if payload.len() <= PAGE - 35 {
            payload.len()
        } else {
            let fitting = least + (payload.len() - least) % (PAGE - 4);
            if fitting <= PAGE - 35 { fitting } else { least }
        };
        let mut cell = varint(payload.len());
        cell.extend(varint(nth + 1));
        cell.extend(&payload[..here]);
        if here < payload.len() {
            cell.extend(u32::try_from(pages.len() + 1).unwrap().to_be_bytes());
            let parts: Vec<_> = payload[here..].chunks(PAGE - 4).collect();
            for (part, bytes) in parts.iter().enumerate() {
                let next = if part + 1 < parts.len() { pages.len() + 2 } else { 0 };
                let mut page = u32::try_from(next).unwrap().to_be_bytes().to_vec();
                page.extend(*bytes);
                page.resize(PAGE, 0);
                pages.push(page);
            }
        }
        pages.push(leaf(&[cell], 0));
        children.push(pages.len());
    }
    pages[1] = if children.is_empty() { leaf(&[], 0) } else { interior(&children) };
    pages.concat()
}

fn interior(children: &[usize]) -> Vec<u8> {
    let (last, before) = children.split_last().unwrap();
    let mut page = vec![0; PAGE];
    let mut head = vec![5, 0, 0];
    head.extend(u16_of(before.len()));
    head.extend([0; 3]);
    head.extend(u32::try_from(*last).unwrap().to_be_bytes());
    let mut content = PAGE;
    for (nth, child) in before.iter().enumerate() {
        let mut cell = u32::try_from(*child).unwrap().to_be_bytes().to_vec();
        cell.extend(varint(nth + 1));
        content -= cell.len();
        page.splice(content..content + cell.len(), cell);
        head.extend(u16_of(content));
    }
    page.splice(..head.len(), head);
    page
}

/// The pages that a transaction writes, by number, and the database's pages after it.
pub(in super::super) type Transaction<'a> = (&'a [(u32, &'a [u8])], u32);

/// A log of transactions.
pub(in super::super) fn log(transactions: &[Transaction<'_>]) -> Vec<u8> {
    let mut log = Vec::new();
    for word in [0x377f_0683, 3_007_000, u32::try_from(PAGE).unwrap(), 0, 11, 12] {
        log.extend(u32::to_be_bytes(word));
    }
    let mut sum = add((0, 0), &log, true);
    log.extend([sum.0, sum.1].map(u32::to_be_bytes).concat());
    for (pages, after) in transactions {
        for (nth, (number, page)) in pages.iter().enumerate() {
            let commit = if nth + 1 == pages.len() { *after } else { 0 };
            let mut head = [*number, commit].map(u32::to_be_bytes).concat();
            sum = add(add(sum, &head, true), page, true);
            head.extend([11, 12, sum.0, sum.1].map(u32::to_be_bytes).concat());
            log.extend(head);
            log.extend(*page);
        }
    }
    log
}
