//! What becomes of one file: decided from how it is, how it is to be, and what is remembered of it.

use std::path::Path;

use interdict_schema::Sha256;
use interdict_schema::plan::{Content, FileChange};

use super::diff::unified;
use super::disk::Standing;
use crate::enforce::marker::read_any;
use crate::enforce::record::Written;
use crate::enforce::rendered::{File, Marker, Ownership};
use crate::enforce::target::{Now, Target};

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It is not there, and will be.
    Created,
    /// It is there, and will be another.
    Changed,
    /// It is this program's, and no longer needed: what was there before comes back.
    Removed,
    /// It is as it is to be.
    Unchanged,
    /// It is not touched.
    Refused(Refused),
}

/// Why a file is not touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Refused {
    /// Somebody has edited it since this program wrote it.
    #[error(
        "edited by hand since it was written; `--adopt` overwrites it, and what is there now is kept aside"
    )]
    Edited,
    /// Somebody else wrote it.
    #[error(
        "not written by this program; `--adopt` takes it over, and undoing it brings back what is there now"
    )]
    Foreign,
    /// It is a link, a folder or a device.
    #[error("no plain file, so that it is never replaced")]
    NoFile,
}

/// Whether files of others, and files that were edited by hand, are taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Adopt {
    /// They are not.
    #[default]
    No,
    /// They are; what is there now is kept for undoing.
    Yes,
}

impl Change {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Unchanged => "unchanged",
            Self::Refused(_) => "refused",
        }
    }
}

/// A file that is there, without the line that says whose it is.
struct Found {
    body: Vec<u8>,
    permissions: u32,
    hand: Hand,
}

/// Who wrote a file last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hand {
    Ours,
    Edited,
    Foreign,
}

fn found(standing: &Standing, marker: Option<Marker>, written: Option<&Written>) -> Option<Found> {
    let Standing::File { bytes, permissions } = standing else { return None };
    let read = marker.map_or_else(|| read_any(bytes), |marker| marker.read(bytes));
    let hand = match (written, &read) {
        (Some(written), _) if written.sha256 == Sha256::of(bytes) => Hand::Ours,
        // The record is lost: the line in the file says the same.
        (None, Some(read)) if read.whole => Hand::Ours,
        (None, None) => Hand::Foreign,
        _ => Hand::Edited,
    };
    let body = read.map_or_else(|| bytes.clone(), |read| read.body);
    Some(Found { body, permissions: *permissions, hand })
}

/// A file as a renderer sees it; `None` where there is none. `base` is what was there before this program first wrote it.
pub fn seen(standing: &Standing, written: Option<&Written>, base: Option<Vec<u8>>) -> Option<Now> {
    let found = found(standing, None, written)?;
    Some(Now { bytes: found.body, base, ours: found.hand == Hand::Ours })
}

/// What becomes of a file that is to be there.
pub fn of_file(
    target: &dyn Target,
    file: &File,
    standing: &Standing,
    written: Option<&Written>,
    adopt: Adopt,
) -> (Change, FileChange) {
    let found = found(standing, Some(file.marker), written);
    let change = match (&found, standing) {
        (None, Standing::NoFile) => Change::Refused(Refused::NoFile),
        (None, _) => Change::Created,
        (Some(found), _) => {
            let refused = match (found.hand, file.ownership) {
                _ if adopt == Adopt::Yes => None,
                (Hand::Edited, Ownership::Whole | Ownership::Merged) => Some(Refused::Edited),
                (Hand::Foreign, Ownership::Whole) => Some(Refused::Foreign),
                _ => None,
            };
            let same = found.body == file.bytes && found.permissions == file.permissions;
            match refused {
                Some(why) => Change::Refused(why),
                // A foreign file of the same bytes becomes this program's, which changes its marker alone.
                None if same && found.hand == Hand::Ours => Change::Unchanged,
                None => Change::Changed,
            }
        }
    };
    let because = match change {
        Change::Refused(why) => Some(why.to_string()),
        Change::Created if written.is_some() => {
            Some("was written before, and somebody has removed it since".into())
        }
        Change::Changed => found.as_ref().and_then(|found| match found.hand {
            Hand::Ours => None,
            Hand::Edited if file.ownership == Ownership::Shared => {
                Some("was edited by hand; what was edited stays".into())
            }
            Hand::Edited => Some("was edited by hand; what is there now is kept aside".into()),
            Hand::Foreign => Some("was not written by this program; it is kept for undoing".into()),
        }),
        _ => None,
    };
    let before = found.as_ref().map(|found| target.approved(&found.body));
    let after = target.approved(&file.bytes);
    (change, document(&file.path, change, because, file.permissions, before.as_deref(), Some(&after)))
}

/// What becomes of a file that was written and is no longer to be there.
pub fn of_leftover(
    target: &dyn Target,
    written: &Written,
    standing: &Standing,
    adopt: Adopt,
) -> (Change, FileChange) {
    let found = found(standing, None, Some(written));
    let (change, because) = match (&found, standing) {
        (None, Standing::NoFile) => (Change::Refused(Refused::NoFile), Some(Refused::NoFile.to_string())),
        (None, _) => (Change::Removed, Some("is gone already".to_owned())),
        (Some(found), _) if found.hand == Hand::Ours || adopt == Adopt::Yes => {
            let back = written.base.as_ref().map(|_| "what was there before comes back".to_owned());
            (Change::Removed, back)
        }
        (Some(_), _) if written.ownership == Ownership::Shared => {
            (Change::Removed, Some("was edited by hand; what was edited stays".to_owned()))
        }
        (Some(_), _) => (Change::Refused(Refused::Edited), Some(Refused::Edited.to_string())),
    };
    let before = found.as_ref().map(|found| target.approved(&found.body));
    (change, document(&written.path, change, because, written.permissions, before.as_deref(), None))
}

fn document(
    path: &Path,
    change: Change,
    because: Option<String>,
    permissions: u32,
    before: Option<&[u8]>,
    after: Option<&[u8]>,
) -> FileChange {
    let diff = match change {
        Change::Unchanged => None,
        _ => unified(path, before, after),
    };
    FileChange {
        path: path.display().to_string(),
        change: change.as_str().into(),
        because,
        permissions: format!("{permissions:o}"),
        before: before.map(content),
        after: after.map(content),
        diff,
    }
}

fn content(bytes: &[u8]) -> Content {
    let lines = memchr::memchr_iter(b'\n', bytes).count();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Content { sha256: Sha256::of(bytes), bytes: count(bytes.len()), lines: count(lines) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;
    use crate::enforce::nftables::Nftables;
    use crate::enforce::rpz::DnsRpz;

    const PATH: &str = "/etc/tool/interdict.conf";

    fn file(body: &str) -> File {
        File::drop_in(PATH.into(), body.into(), Marker::First("#"))
    }

    fn there(bytes: &[u8]) -> Standing {
        Standing::File { bytes: bytes.to_vec(), permissions: 0o644 }
    }

    fn written(bytes: &[u8]) -> Written {
        Written {
            target: "tool".into(),
            path: PATH.into(),
            sha256: Sha256::of(bytes),
            generation: 1,
            permissions: 0o644,
            owner: 0,
            group: 0,
            ownership: Ownership::Whole,
            base: None,
        }
    }

    fn change(standing: &Standing, written: Option<&Written>, adopt: Adopt) -> Change {
        of_file(&Nftables, &file("ban\n"), standing, written, adopt).0
    }

    #[test]
    fn a_file_of_this_program_is_created_changed_or_left_as_it_is() {
        let (old, same) = (file("old\n").marked(1), file("ban\n").marked(1));
        assert_eq!(change(&Standing::Absent, None, Adopt::No), Change::Created);
        assert_eq!(change(&there(&old), Some(&written(&old)), Adopt::No), Change::Changed);
        assert_eq!(
            change(&there(&same), Some(&written(&same)), Adopt::No),
            Change::Unchanged,
            "of any generation"
        );
        assert_eq!(change(&there(&same), None, Adopt::No), Change::Unchanged, "the record is lost");
        let open = Standing::File { bytes: same.clone(), permissions: 0o666 };
        assert_eq!(
            change(&open, Some(&written(&same)), Adopt::No),
            Change::Changed,
            "its permissions are not"
        );
    }

    #[test]
    fn what_somebody_else_wrote_is_refused_until_it_is_adopted() {
        let ours = file("ban\n").marked(1);
        let edited = [ours.as_slice(), b"by hand\n"].concat();
        for (standing, written, why) in [
            (there(&edited), Some(written(&ours)), Refused::Edited),
            (there(&edited), None, Refused::Edited),
            (there(b"ban\n"), None, Refused::Foreign),
            (there(b""), Some(written(&ours)), Refused::Edited),
        ] {
            assert_eq!(change(&standing, written.as_ref(), Adopt::No), Change::Refused(why), "{standing:?}");
            assert_eq!(change(&standing, written.as_ref(), Adopt::Yes), Change::Changed, "{standing:?}");
        }
        assert_eq!(change(&Standing::NoFile, None, Adopt::Yes), Change::Refused(Refused::NoFile), "ever");
    }

    #[test]
    fn one_file_of_others_may_be_merged_into_and_is_refused_once_it_was_edited_after_that() {
        let merged = File { marker: Marker::None, ownership: Ownership::Merged, ..file("{2}") };
        let of = |standing: &Standing, written: Option<&Written>| {
            of_file(&Nftables, &merged, standing, written, Adopt::No).0
        };
        assert_eq!(of(&there(b"{1}"), None), Change::Changed);
        assert_eq!(of(&there(b"{2}"), Some(&written(b"{2}"))), Change::Unchanged);
        assert_eq!(of(&there(b"{3}"), Some(&written(b"{2}"))), Change::Refused(Refused::Edited));
    }

    #[test]
    fn a_file_in_which_ours_can_be_told_from_theirs_may_be_edited_by_both() {
        let shared = File { marker: Marker::None, ownership: Ownership::Shared, ..file("{2}") };
        let before = Written { ownership: Ownership::Shared, ..written(b"{2}") };
        for standing in [there(b"{1}"), there(b"{3}")] {
            for written in [None, Some(&before)] {
                assert_eq!(of_file(&Nftables, &shared, &standing, written, Adopt::No).0, Change::Changed);
            }
            assert_eq!(of_leftover(&Nftables, &before, &standing, Adopt::No).0, Change::Removed);
        }
    }

    #[test]
    fn what_is_no_longer_needed_is_removed_unless_somebody_edited_it() {
        let ours = file("ban\n").marked(1);
        let of = |standing: &Standing, adopt| of_leftover(&Nftables, &written(&ours), standing, adopt).0;
        assert_eq!(of(&there(&ours), Adopt::No), Change::Removed);
        assert_eq!(of(&Standing::Absent, Adopt::No), Change::Removed);
        assert_eq!(of(&there(b"by hand"), Adopt::No), Change::Refused(Refused::Edited));
        assert_eq!(of(&there(b"by hand"), Adopt::Yes), Change::Removed);
        assert_eq!(of(&Standing::NoFile, Adopt::Yes), Change::Refused(Refused::NoFile));
    }

    #[test]
    fn a_renderer_sees_what_was_written_without_its_marker() {
        let ours = file("ban\n").marked(1);
        let now = seen(&there(&ours), Some(&written(&ours)), None).unwrap();
        assert_eq!(now, Now { bytes: b"ban\n".to_vec(), base: None, ours: true });
        let now = seen(&there(b"theirs"), None, None).unwrap();
        assert_eq!(now, Now { bytes: b"theirs".to_vec(), base: None, ours: false });
        assert_eq!(seen(&Standing::Absent, None, None), None);
    }

    #[test]
    fn what_is_chosen_only_when_it_is_written_is_no_part_of_what_is_approved() {
        let zone = |serial: u32, lines: &str| {
            let text = format!(
                "$TTL 60\n@ SOA localhost. nobody.localhost. {serial} 3600 600 2592000 60\n@ NS localhost.\n{lines}"
            );
            File::drop_in(PATH.into(), text.into_bytes(), Marker::First(";"))
        };
        let told = |target: &dyn Target, file: &File| {
            of_file(target, file, &there(&zone(1, "").marked(1)), None, Adopt::No).1
        };
        let (tonight, tomorrow) = (zone(7, "a CNAME .\n"), zone(8, "a CNAME .\n"));
        assert_eq!(told(&DnsRpz, &tonight), told(&DnsRpz, &tomorrow));
        assert_ne!(told(&DnsRpz, &tonight), told(&DnsRpz, &zone(7, "b CNAME .\n")));
        assert_ne!(told(&Nftables, &tonight), told(&Nftables, &tomorrow));
    }
}
