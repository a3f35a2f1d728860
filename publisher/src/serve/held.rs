//! Files held in memory, and how many.
//!
//! Invariants: an entry is used only while the path's [`Stamp`] on disk is the one it was read with, so a
//! publication is seen by the next request; all entries together stay within
//! [`MAX_HELD_BYTES`](super::limits::MAX_HELD_BYTES) and
//! [`MAX_HELD_FILES`](super::limits::MAX_HELD_FILES). Not here: reading (`load.rs`).

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use hyper::body::Bytes;
use hyper::header::HeaderValue;

use super::limits::MIN_GZIP_BYTES;
use super::media_type::{Lifetime, MediaType, media_type};
use super::tree::Stamp;

/// What the header fields say about one content of one path.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) stamp: Stamp,
    pub(super) media_type: MediaType,
    pub(super) lifetime: Lifetime,
    /// Strong entity tag of the file as it is.
    pub(super) etag: HeaderValue,
    /// Strong entity tag of its gzip form, a different representation (RFC 9110 section 8.8.3.3).
    pub(super) gzip_etag: HeaderValue,
    pub(super) last_modified: HeaderValue,
}

impl Facts {
    pub(super) fn of(path: &str, stamp: Stamp) -> Self {
        let Stamp { inode, length, modified } = stamp;
        let tag = format!("{:x}-{length:x}-{inode:x}", modified.as_nanos());
        let value = |text: String| HeaderValue::try_from(text).expect("digits, letters and quotes only");
        Self {
            stamp,
            media_type: media_type(path),
            lifetime: Lifetime::of(path),
            etag: value(format!("\"{tag}\"")),
            gzip_etag: value(format!("\"{tag}-gzip\"")),
            last_modified: value(httpdate::fmt_http_date(stamp.modified_at())),
        }
    }
}

/// A file in memory.
#[derive(Debug)]
pub(super) struct HeldFile {
    pub(super) facts: Facts,
    pub(super) content: Bytes,
    /// The gzip form, once somebody asked; `None` inside when it is no shorter.
    pub(super) gzip: OnceLock<Option<Bytes>>,
}

impl HeldFile {
    pub(super) fn new(facts: Facts, content: Bytes) -> Self {
        Self { facts, content, gzip: OnceLock::new() }
    }

    /// Whether a gzip form exists at all.
    pub(super) fn may_gzip(&self) -> bool {
        self.facts.media_type.compressible && self.facts.stamp.length >= MIN_GZIP_BYTES
    }

    /// The most this file will occupy: a kept gzip form is shorter than the file.
    fn weight(&self) -> u64 {
        let length = self.facts.stamp.length;
        if self.may_gzip() { length.saturating_mul(2) } else { length }
    }
}

/// The bounded collection, by path; the least recently used leaves first.
#[derive(Debug)]
pub(super) struct HeldFiles {
    entries: HashMap<Box<str>, Entry>,
    weight: u64,
    uses: u64,
    max_weight: u64,
    max_entries: usize,
}

#[derive(Debug)]
struct Entry {
    file: Arc<HeldFile>,
    used: u64,
}

impl HeldFiles {
    pub(super) fn new(max_weight: u64, max_entries: usize) -> Self {
        Self { entries: HashMap::new(), weight: 0, uses: 0, max_weight, max_entries }
    }

    /// The file held for a path, if it was read with this stamp.
    pub(super) fn find(&mut self, path: &str, stamp: Stamp) -> Option<Arc<HeldFile>> {
        self.uses += 1;
        let entry = self.entries.get_mut(path)?;
        if entry.file.facts.stamp == stamp {
            entry.used = self.uses;
            return Some(Arc::clone(&entry.file));
        }
        self.remove(path);
        None
    }

    /// Holds a file, unless it alone is beyond the bound.
    pub(super) fn hold(&mut self, path: &str, file: &Arc<HeldFile>) {
        self.uses += 1;
        self.remove(path);
        let weight = file.weight();
        if weight > self.max_weight || self.max_entries == 0 {
            return;
        }
        while self.weight + weight > self.max_weight || self.entries.len() >= self.max_entries {
            let Some(oldest) = self.entries.iter().min_by_key(|(_, entry)| entry.used) else { break };
            let oldest = oldest.0.clone();
            self.remove(&oldest);
        }
        self.weight += weight;
        self.entries.insert(path.into(), Entry { file: Arc::clone(file), used: self.uses });
    }

    fn remove(&mut self, path: &str) {
        if let Some(entry) = self.entries.remove(path) {
            self.weight = self.weight.saturating_sub(entry.file.weight());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::as_conversions, reason = "a test stops at the first surprise")]

    use std::time::Duration;

    use super::*;

    fn stamp(inode: u64, length: u64) -> Stamp {
        Stamp { inode, length, modified: Duration::new(1_505_260_800, 0) }
    }

    fn file(path: &str, inode: u64, length: usize) -> Arc<HeldFile> {
        let facts = Facts::of(path, stamp(inode, length as u64));
        Arc::new(HeldFile::new(facts, vec![b'x'; length].into()))
    }

    #[test]
    fn forgets_a_file_whose_stamp_has_changed() {
        let mut held = HeldFiles::new(1000, 10);
        held.hold("a", &file("a", 1, 10));
        assert!(held.find("a", stamp(1, 10)).is_some());
        assert!(held.find("a", stamp(2, 10)).is_none());
        assert!(held.find("a", stamp(1, 10)).is_none());
        assert_eq!(held.weight, 0);
    }

    #[test]
    fn makes_room_by_dropping_the_least_recently_used() {
        let mut held = HeldFiles::new(30, 10);
        for path in ["a", "b", "c"] {
            held.hold(path, &file(path, 1, 10));
        }
        assert!(held.find("a", stamp(1, 10)).is_some());
        held.hold("d", &file("d", 1, 10));
        assert!(held.find("b", stamp(1, 10)).is_none());
        assert!(held.find("a", stamp(1, 10)).is_some());
        assert_eq!(held.weight, 30);
        held.hold("e", &file("e", 1, 11));
        assert_eq!((held.entries.len(), held.weight), (2, 21));
    }

    #[test]
    fn holds_files_up_to_each_bound_and_no_further() {
        let mut held = HeldFiles::new(30, 2);
        held.hold("a", &file("a", 1, 30));
        assert!(held.find("a", stamp(1, 30)).is_some());
        held.hold("b", &file("b", 1, 31));
        assert!(held.find("b", stamp(1, 31)).is_none());
        for path in ["a", "b", "c"] {
            held.hold(path, &file(path, 1, 1));
        }
        assert_eq!(held.entries.len(), 2);
    }

    #[test]
    fn counts_the_gzip_form_of_text_beforehand() {
        let mut held = HeldFiles::new(600, 10);
        held.hold("a.json", &file("a.json", 1, 300));
        assert_eq!(held.weight, 600);
        held.hold("b.json", &file("b.json", 1, 301));
        assert!(held.find("b.json", stamp(1, 301)).is_none());
    }

    #[test]
    fn tags_the_two_forms_of_a_file_differently() {
        let facts = Facts::of("a.json", stamp(0x2a, 600));
        assert_eq!(facts.etag, "\"14e3c2b8ee520000-258-2a\"");
        assert_eq!(facts.gzip_etag, "\"14e3c2b8ee520000-258-2a-gzip\"");
        assert_eq!(facts.last_modified, "Wed, 13 Sep 2017 00:00:00 GMT");
    }
}
