//! `memory/refreshed_at`: when the last accepted refresh began, where that is later than the memory beside it says.
//!
//! One line of a fixed length, written in place and without a sync, because every poll writes it: the digest of the memory that
//! it belongs to, the moment, and a digest of both. It counts for that memory alone, and every memory that is written later says
//! no less, so a line that was left over, torn or lost takes nothing from what the memory itself says.

use interdict_host::write::{Disk, DiskError, Mode};
use interdict_schema::{DateTime, Sha256};

use crate::places::RepositoryPlaces;
use crate::store::roots::read_if_there;

/// Two digests in hexadecimal and a moment, with a blank behind each of the first two and a line break at the end.
const LENGTH: usize = 64 + 1 + 20 + 1 + 64 + 1;

/// The line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// SHA-256 of the memory that it belongs to.
    pub memory: Sha256,
    /// When the last accepted refresh began.
    pub refreshed_at: DateTime,
}

impl Moment {
    /// The moment that was written beside this memory; `None` where there is none, or none that can be read.
    pub fn read(places: &RepositoryPlaces, memory: &Sha256) -> Option<DateTime> {
        let bytes = match read_if_there(&places.moment(), 4_096) {
            Ok(bytes) => bytes?,
            Err(error) => {
                tracing::warn!(%error, "when the last refresh began is known to a day only");
                return None;
            }
        };
        let found = Self::parse(&bytes);
        if found.is_none() {
            tracing::warn!("when the last refresh began is known to a day only: its file is damaged");
        }
        found.filter(|found| found.memory == *memory).map(|found| found.refreshed_at)
    }

    /// Writes it.
    ///
    /// # Errors
    /// [`DiskError`].
    pub fn write(&self, disk: &Disk, places: &RepositoryPlaces) -> Result<(), DiskError> {
        disk.overwrite(&places.moment(), self.line().as_bytes(), Mode::Public)
    }

    fn line(&self) -> String {
        let said = format!("{} {} ", self.memory, self.refreshed_at);
        let digest = Sha256::of(said.as_bytes());
        format!("{said}{digest}\n")
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let line = std::str::from_utf8(bytes).ok().filter(|line| line.len() == LENGTH)?;
        let mut words = line.split_ascii_whitespace();
        let found = Self { memory: words.next()?.parse().ok()?, refreshed_at: words.next()?.parse().ok()? };
        (found.line() == line).then_some(found)
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
    use crate::store::memory::Memory;

    fn at(seconds: i64) -> DateTime {
        DateTime::from_unix_seconds(seconds).unwrap()
    }

    /// trust.md rule 9
    #[test]
    fn the_moment_is_kept_beside_the_memory_and_once_a_day_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let places =
            Places { config: "/none".into(), state: folder.path().into() }.repository(&"r".parse().unwrap());
        let disk = Disk::default();
        let mut memory = Memory::new(1);
        memory.refreshed(at(1_000), DateTime::MAX);
        memory.write(&disk, &places).unwrap();
        let whole = std::fs::read(places.memory()).unwrap();
        let poll = |seconds: i64| {
            let mut memory = Memory::read(&places).unwrap();
            memory.refreshed(at(seconds), DateTime::MAX);
            memory.write_moment(&disk, &places).unwrap();
            assert_eq!(Memory::read(&places).unwrap().refreshed_at, Some(at(seconds)));
            std::fs::read(places.memory()).unwrap() == whole
        };
        assert!(poll(1_001));
        assert!(poll(1_000 + 86_400));
        // A line that is torn, or of another memory, says nothing; what the memory says stands.
        let line = std::fs::read(places.moment()).unwrap();
        assert_eq!(line.len(), LENGTH);
        for at_byte in 0..line.len() {
            let mut flipped = line.clone();
            *flipped.get_mut(at_byte).unwrap() ^= 1;
            for torn in [flipped.as_slice(), line.get(..at_byte).unwrap()] {
                std::fs::write(places.moment(), torn).unwrap();
                assert_eq!(Memory::read(&places).unwrap().refreshed_at, Some(at(1_000)), "{at_byte}");
            }
        }
        std::fs::write(places.moment(), &line).unwrap();
        assert!(!poll(1_000 + 86_401), "the memory itself was not written after a day");
        assert_eq!(Moment::read(&places, &Sha256::of(b"another")), None);
    }

    /// trust.md rule 9
    #[test]
    fn what_was_remembered_never_goes_down_and_is_bounded_by_the_expiry() {
        let mut memory = Memory::new(1);
        memory.refreshed(at(9_000), at(5_000));
        assert_eq!(memory.refreshed_at, Some(at(5_000)));
        memory.refreshed(at(4_000), at(8_000));
        assert_eq!(memory.refreshed_at, Some(at(5_000)));
    }
}
