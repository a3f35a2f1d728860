//! What became of earlier requests: for manners towards servers, and for metrics. It decides nothing of what is believed,
//! so that a damaged one counts as none.

use std::collections::BTreeMap;

use interdict_host::write::{Disk, DiskError, Mode};
use interdict_schema::DateTime;
use serde::{Deserialize, Serialize};

use super::roots::read_if_there;
use crate::places::RepositoryPlaces;

/// The longest history that is read, in bytes.
const MAX_HISTORY_BYTES: u64 = 1_000_000;
/// The longest time for which a server may send clients away, in seconds: beyond it, it would be a freeze.
pub const LONGEST_COOL_DOWN: i64 = 24 * 3_600;
/// After so many polls in a row at which a mirror is behind, it is an alarm.
pub const BEHIND_POLLS: u32 = 10;
/// The only value of the format so far.
const FORMAT: &str = "interdict-schedule/1";

/// What became of earlier requests to one repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    format: String,
    /// When it was last asked in vain. When it was last asked with success, memory says.
    pub asked_at: Option<DateTime>,
    /// Syncs in a row that brought nothing that was believed.
    pub failures: u32,
    /// Each source, by its address.
    pub sources: BTreeMap<String, SourceHistory>,
}

/// What became of earlier requests to one source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceHistory {
    /// When it may be asked again, as it said itself.
    pub not_before: Option<DateTime>,
    /// Polls in a row at which it served what is older than ours, or has expired.
    pub behind: u32,
}

impl History {
    /// Reads the history; an empty one where there is none, or none that can be read.
    pub fn read(places: &RepositoryPlaces) -> Self {
        let bytes = read_if_there(&places.schedule(), MAX_HISTORY_BYTES).ok().flatten();
        let history: Option<Self> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        history.filter(|history| history.format == FORMAT).unwrap_or_default()
    }

    /// Writes the history.
    ///
    /// # Errors
    /// [`DiskError`].
    pub fn write(&self, disk: &Disk, places: &RepositoryPlaces) -> Result<(), DiskError> {
        let written = Self { format: FORMAT.into(), ..self.clone() };
        let mut json = serde_json::to_vec_pretty(&written).expect("texts and numbers are always JSON");
        json.push(b'\n');
        disk.replace(&places.schedule(), &json, Mode::Public)
    }

    /// Keeps only these sources: addresses that are configured no more are forgotten.
    pub fn keep(&mut self, sources: &[String]) {
        self.sources.retain(|source, _| sources.contains(source));
    }

    /// Knows of these sources, so that what one of them says does not count for all.
    pub fn know(&mut self, sources: &[String]) {
        for source in sources {
            self.sources.entry(source.clone()).or_default();
        }
    }

    /// A source said when it may be asked again.
    pub fn cool_down(&mut self, source: &str, until: DateTime) {
        self.sources.entry(source.into()).or_default().not_before = Some(until);
    }

    /// A source gave something that was believed.
    pub fn answered(&mut self, source: &str) {
        if let Some(known) = self.sources.get_mut(source) {
            *known = SourceHistory::default();
        }
    }

    /// A source served what is older than ours. How many polls in a row it has.
    pub fn behind(&mut self, source: &str) -> u32 {
        let source = self.sources.entry(source.into()).or_default();
        source.behind = source.behind.saturating_add(1);
        source.behind
    }

    /// Until when a source is not to be asked, if that is not over. A time further away than any server may name comes from
    /// a clock that was wrong, and does not count.
    pub fn cooling(&self, source: &str, now: DateTime) -> Option<DateTime> {
        let until = self.sources.get(source)?.not_before?;
        (until > now && until <= now.saturating_add_seconds(LONGEST_COOL_DOWN)).then_some(until)
    }

    /// When the first of the sources may be asked; `None` where one may be asked at any time.
    pub fn free_at(&self) -> Option<DateTime> {
        self.sources.values().map(|source| source.not_before).min().flatten()
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::disallowed_methods,
        reason = "a test may fail by panicking and write files"
    )]

    use super::*;
    use crate::places::Places;

    fn at(seconds: i64) -> DateTime {
        DateTime::from_unix_seconds(seconds).unwrap()
    }

    #[test]
    fn what_is_written_is_read_and_what_is_damaged_counts_as_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let places =
            Places { config: "/none".into(), state: folder.path().into() }.repository(&"r".parse().unwrap());
        assert_eq!(History::read(&places), History::default());
        std::fs::create_dir_all(places.schedule().parent().unwrap()).unwrap();
        let mut history = History { failures: 3, asked_at: Some(at(9)), ..History::default() };
        history.cool_down("http://a/", at(99));
        history.write(&Disk::default(), &places).unwrap();
        let read = History::read(&places);
        assert_eq!((read.failures, read.asked_at, &read.sources), (3, Some(at(9)), &history.sources));
        std::fs::write(places.schedule(), b"{\"failures\": 4, \"format\": \"x\"}").unwrap();
        assert_eq!(History::read(&places), History::default());
    }

    #[test]
    fn a_cool_down_ends_and_cannot_be_for_ever() {
        let mut history = History::default();
        history.cool_down("a", at(100));
        assert_eq!(history.cooling("a", at(99)), Some(at(100)));
        assert_eq!(history.cooling("a", at(100)), None);
        assert_eq!(history.cooling("b", at(0)), None);
        history.cool_down("a", at(LONGEST_COOL_DOWN + 1));
        assert_eq!(history.cooling("a", at(1)), Some(at(LONGEST_COOL_DOWN + 1)));
        assert_eq!(history.cooling("a", at(0)), None);
        assert_eq!(history.free_at(), Some(at(LONGEST_COOL_DOWN + 1)));
        history.know(&["b".into(), "a".into()]);
        assert_eq!(history.free_at(), None);
    }
}
