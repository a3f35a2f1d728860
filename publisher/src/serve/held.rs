//! Files held in memory, and how many.
//!
//! Invariants: an entry is used only while the path's [`Stamp`] on disk is the one it was read with. For a file that never
//! changes under its name, and did not in the last seconds, that is looked up once in a tick of the kernel's clock (some
//! milliseconds), for any other at each request: a publication is seen by whoever asks after it. All entries together stay within the bytes that the operator allows and [`MAX_HELD_FILES`](super::limits::MAX_HELD_FILES).
//! Not here: reading (`load.rs`), the fields (`facts.rs`).

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::facts::{Facts, Representation};
use super::media_type::Lifetime;
use super::moment::Moment;
use super::tree::Stamp;

/// A file in memory, with the compressed forms that lie beside it.
#[derive(Debug)]
pub(super) struct HeldFile {
    pub(super) facts: Facts,
    pub(super) plain: Representation,
    pub(super) gzip: Option<Representation>,
    pub(super) zstd: Option<Representation>,
}

impl HeldFile {
    fn weight(&self) -> u64 {
        let forms = [Some(&self.plain), self.gzip.as_ref(), self.zstd.as_ref()];
        forms.into_iter().flatten().map(|form| u64::try_from(form.content.len()).unwrap_or(u64::MAX)).sum()
    }
}

/// The bounded collection, by path; the least recently used leaves first.
#[derive(Debug)]
pub(super) struct HeldFiles {
    entries: HashMap<Box<str>, Entry, RandomState>,
    weight: u64,
    uses: u64,
    max_weight: u64,
    max_entries: usize,
    pub(super) hits: u64,
    pub(super) misses: u64,
}

#[derive(Debug)]
struct Entry {
    file: Arc<HeldFile>,
    used: u64,
    /// When the stamp was last found to be that of the file on disk, if that is worth anything: of a file that may change under
    /// its name, or that has just changed, it is not.
    checked: Option<Moment>,
}

impl HeldFiles {
    pub(super) fn new(max_weight: u64, max_entries: usize) -> Self {
        Self { entries: HashMap::default(), weight: 0, uses: 0, max_weight, max_entries, hits: 0, misses: 0 }
    }

    /// The file held for a path, if it was found unchanged at this very moment.
    pub(super) fn fresh(&mut self, path: &str, now: Moment) -> Option<Arc<HeldFile>> {
        let entry = self.entries.get_mut(path).filter(|entry| entry.checked == Some(now))?;
        self.uses += 1;
        self.hits += 1;
        entry.used = self.uses;
        Some(Arc::clone(&entry.file))
    }

    /// The file held for a path, if it was read with this stamp, which is the one on disk at this moment.
    pub(super) fn confirmed(&mut self, path: &str, stamp: Stamp, now: Moment) -> Option<Arc<HeldFile>> {
        let entry = self.entries.get_mut(path)?;
        if entry.file.facts.stamp == stamp {
            self.uses += 1;
            self.hits += 1;
            (entry.used, entry.checked) = (self.uses, checked(&entry.file.facts, now));
            return Some(Arc::clone(&entry.file));
        }
        self.remove(path);
        None
    }

    /// Holds a file, unless it alone is beyond the bound.
    pub(super) fn hold(&mut self, path: &str, file: &Arc<HeldFile>, now: Moment) {
        self.uses += 1;
        self.remove(path);
        let weight = file.weight();
        if weight > self.max_weight || self.max_entries == 0 {
            return;
        }
        while self.weight.saturating_add(weight) > self.max_weight || self.entries.len() >= self.max_entries {
            let Some(oldest) = self.entries.iter().min_by_key(|(_, entry)| entry.used) else { break };
            let oldest = oldest.0.clone();
            self.remove(&oldest);
        }
        self.weight = self.weight.saturating_add(weight);
        self.entries.insert(
            path.into(),
            Entry { file: Arc::clone(file), used: self.uses, checked: checked(&file.facts, now) },
        );
    }

    /// Lets go of what is held for a path.
    pub(super) fn remove(&mut self, path: &str) {
        if let Some(entry) = self.entries.remove(path) {
            self.weight = self.weight.saturating_sub(entry.file.weight());
        }
    }

    /// Bytes and number of all files.
    pub(super) fn size(&self) -> (u64, usize) {
        (self.weight, self.entries.len())
    }
}

/// The moment for which a look at the disk answers. What may change under its name, which is `timestamp.json`, is looked at
/// for each request.
fn checked(facts: &Facts, now: Moment) -> Option<Moment> {
    if facts.lifetime == Lifetime::Immutable { now.of_settled(facts.stamp.modified) } else { None }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::as_conversions, reason = "a test stops at the first surprise")]

    use std::time::Duration;

    use super::super::encoding::Coding;
    use super::*;

    const NOW: Moment = Moment(1);

    fn stamp(inode: u64, length: u64) -> Stamp {
        Stamp { inode, length, modified: Duration::new(1_505_260_800, 0) }
    }

    fn file(path: &str, inode: u64, length: usize) -> Arc<HeldFile> {
        let facts = Facts::of(path, stamp(inode, length as u64));
        let plain = Representation::new(&facts, Coding::Identity, vec![b'x'; length].into());
        Arc::new(HeldFile { facts, plain, gzip: None, zstd: None })
    }

    #[test]
    fn forgets_a_file_whose_stamp_has_changed() {
        let mut held = HeldFiles::new(1000, 10);
        held.hold("metadata/1.a.json", &file("metadata/1.a.json", 1, 10), NOW);
        assert!(held.confirmed("metadata/1.a.json", stamp(1, 10), NOW).is_some());
        assert!(held.confirmed("metadata/1.a.json", stamp(2, 10), NOW).is_none());
        assert!(held.confirmed("metadata/1.a.json", stamp(1, 10), NOW).is_none());
        assert_eq!(held.weight, 0);
    }

    #[test]
    fn believes_what_it_holds_for_one_tick_and_no_longer() {
        let mut held = HeldFiles::new(1000, 10);
        held.hold("metadata/1.a.json", &file("metadata/1.a.json", 1, 10), NOW);
        assert!(held.fresh("metadata/1.a.json", NOW).is_some());
        assert!(held.fresh("metadata/1.a.json", Moment(2)).is_none());
        assert!(held.confirmed("metadata/1.a.json", stamp(1, 10), Moment(2)).is_some());
        assert!(held.fresh("metadata/1.a.json", Moment(2)).is_some());
        assert!(held.fresh("metadata/1.b.json", Moment(2)).is_none());
    }

    #[test]
    fn looks_each_time_at_what_may_change_under_its_name() {
        let mut held = HeldFiles::new(1000, 10);
        held.hold("metadata/timestamp.json", &file("metadata/timestamp.json", 1, 10), NOW);
        assert!(held.fresh("metadata/timestamp.json", NOW).is_none());
        assert!(held.confirmed("metadata/timestamp.json", stamp(1, 10), NOW).is_some());
        assert!(held.fresh("metadata/timestamp.json", NOW).is_none());
    }

    #[test]
    fn makes_room_by_dropping_the_least_recently_used() {
        let mut held = HeldFiles::new(30, 10);
        for path in ["metadata/1.a.json", "metadata/1.b.json", "metadata/1.c.json"] {
            held.hold(path, &file(path, 1, 10), NOW);
        }
        assert!(held.fresh("metadata/1.a.json", NOW).is_some());
        held.hold("metadata/1.d.json", &file("metadata/1.d.json", 1, 10), NOW);
        assert!(held.fresh("metadata/1.b.json", NOW).is_none());
        assert!(held.fresh("metadata/1.a.json", NOW).is_some());
        assert_eq!(held.weight, 30);
        held.hold("metadata/1.e.json", &file("metadata/1.e.json", 1, 11), NOW);
        assert_eq!(held.size(), (21, 2));
    }

    #[test]
    fn holds_files_up_to_each_bound_and_no_further() {
        let mut held = HeldFiles::new(30, 2);
        held.hold("metadata/1.a.json", &file("metadata/1.a.json", 1, 30), NOW);
        assert!(held.fresh("metadata/1.a.json", NOW).is_some());
        held.hold("metadata/1.b.json", &file("metadata/1.b.json", 1, 31), NOW);
        assert!(held.fresh("metadata/1.b.json", NOW).is_none());
        for path in ["metadata/1.a.json", "metadata/1.b.json", "metadata/1.c.json"] {
            held.hold(path, &file(path, 1, 1), NOW);
        }
        assert_eq!(held.size().1, 2);
    }

    #[test]
    fn counts_compressed_forms_too() {
        let facts = Facts::of("a.json", stamp(1, 20));
        let form = |coding, length| Representation::new(&facts, coding, vec![b'x'; length].into());
        let (plain, gzip, zstd) = (form(Coding::Identity, 20), form(Coding::Gzip, 10), form(Coding::Zstd, 9));
        let mut held = HeldFiles::new(39, 10);
        let file = Arc::new(HeldFile { facts, plain, gzip: Some(gzip), zstd: Some(zstd) });
        held.hold("a.json", &file, NOW);
        assert_eq!(held.weight, 39);
        let mut held = HeldFiles::new(38, 10);
        held.hold("a.json", &file, NOW);
        assert_eq!(held.weight, 0);
    }
}
