//! Whose each file is, and so what may become of it.
//!
//! A file is this program's while it is byte for byte what the record says was written. One that was edited since, or that this
//! program never wrote, is reported and stays, until the operator adopts it: then what was edited is set aside, and what was
//! there before stays what undoing brings back. In a file that is shared ours can be told from theirs: what they edited stays,
//! and undoing brings back the file without ours. A link, a folder or a device is never replaced.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use interdict_host::write::Disk;
use interdict_schema::Sha256;
use serde::Serialize;

use super::super::plan::Adopt;
use super::super::record::{Base, Record, Written};
use super::super::rendered::{File, Marker, Ownership};
use super::super::target;
use super::error::{ApplyError, NotOurs, Whose};
use super::store::Store;
use super::transaction::{Ground, Wanted};
use super::tree::{Kept, Standing, Tree};

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Done {
    /// It was not there.
    Created,
    /// It was there and is another one.
    Replaced,
    /// It is gone.
    Removed,
    /// It is what it was before this program wrote it.
    Restored,
}

impl Done {
    /// In a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Replaced => "replaced",
            Self::Removed => "removed",
            Self::Restored => "restored",
        }
    }
}

/// A file that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Where.
    pub path: PathBuf,
    /// Of which target.
    pub target: String,
    /// What became of it.
    pub what: Done,
}

/// Everything that is to change, gathered before anything is.
#[derive(Debug, Default)]
pub(super) struct Changes<'b> {
    pub wanted: Vec<Wanted>,
    pub changed: Vec<Changed>,
    /// The files that are this program's afterwards.
    pub files: Vec<Written>,
    pub bytes: BTreeMap<Sha256, Cow<'b, [u8]>>,
    pub not_ours: Vec<NotOurs>,
    /// What the operator has edited and gives up.
    pub set_aside: Vec<Kept>,
    /// Shared files without ours, which undoing brings back.
    pub rest: Vec<Kept>,
    pub targets: BTreeSet<String>,
}

impl Changes<'_> {
    /// A file that a target wants there.
    pub fn put(
        &mut self,
        tree: &Tree,
        record: Option<&Record>,
        target: &str,
        file: &File,
        generation: u64,
        adopt: Adopt,
    ) -> Result<(), ApplyError> {
        let written = record.and_then(|record| record.file(&file.path));
        let standing = tree.look(&file.path)?;
        let base = match (&standing, written) {
            (Standing::Other, _) => {
                self.refuse(&file.path, Whose::NotPlain);
                return Ok(());
            }
            (Standing::Absent, written) => written.and_then(|written| written.base.clone()),
            (Standing::File(kept), written)
                if file.ownership == Ownership::Shared
                    && written.is_none_or(|written| written.sha256 != kept.base.sha256) =>
            {
                self.without_ours(target, kept)
            }
            (Standing::File(kept), Some(written)) if kept.base.sha256 == written.sha256 => {
                let permissions = kept.base.permissions == file.permissions;
                if permissions && body(file.marker, &kept.bytes) == file.bytes {
                    self.files.push(Written { target: target.into(), ..written.clone() });
                    return Ok(());
                }
                written.base.clone()
            }
            (Standing::File(kept), Some(written)) if adopt == Adopt::Yes => {
                self.set_aside.push(kept.clone());
                written.base.clone()
            }
            (Standing::File(_), Some(_)) => {
                self.refuse(&file.path, Whose::Edited);
                return Ok(());
            }
            // The record was lost, and the line in the file says the same: there was nothing before that is known.
            (Standing::File(kept), None) if is_whole(file.marker, &kept.bytes) => None,
            (Standing::File(kept), None) if adopt == Adopt::Yes || file.ownership != Ownership::Whole => {
                Some(kept.base.clone())
            }
            (Standing::File(_), None) => {
                self.refuse(&file.path, Whose::Foreign);
                return Ok(());
            }
        };
        let bytes = file.marked(generation);
        let (owner, group) = standing.base().map_or_else(Tree::ours, |base| (base.owner, base.group));
        let to = Base {
            sha256: Sha256::of(&bytes),
            permissions: file.permissions,
            owner,
            group,
            modified: None,
            attributes: standing.base().map(|base| base.attributes.clone()).unwrap_or_default(),
        };
        self.files.push(Written {
            target: target.into(),
            path: file.path.clone(),
            sha256: to.sha256,
            generation,
            permissions: file.permissions,
            owner,
            group,
            ownership: file.ownership,
            base,
        });
        self.bytes.insert(to.sha256, Cow::Owned(bytes));
        self.change(target, &file.path, standing, Some(to), false);
        Ok(())
    }

    /// A file of this program's in place of which what was there before is to be there again.
    pub fn take_away(&mut self, tree: &Tree, written: &Written, adopt: Adopt) -> Result<(), ApplyError> {
        let standing = tree.look(&written.path)?;
        match &standing {
            Standing::Other => {
                self.refuse(&written.path, Whose::NotPlain);
                return Ok(());
            }
            Standing::Absent if written.base.is_none() => return Ok(()),
            Standing::File(kept) if written.base.as_ref() == Some(&kept.base) => return Ok(()),
            Standing::File(kept)
                if written.ownership == Ownership::Shared && kept.base.sha256 != written.sha256 =>
            {
                let rest = self.without_ours(&written.target, kept);
                if rest.as_ref() != Some(&kept.base) {
                    self.change(&written.target, &written.path, standing, rest, true);
                }
                return Ok(());
            }
            Standing::File(kept) if kept.base.sha256 != written.sha256 => {
                if adopt == Adopt::No {
                    self.refuse(&written.path, Whose::Edited);
                    return Ok(());
                }
                self.set_aside.push(kept.clone());
            }
            Standing::Absent | Standing::File(_) => {}
        }
        self.change(&written.target, &written.path, standing, written.base.clone(), true);
        Ok(())
    }

    /// A file that this program wrote earlier and that is to be there again, in place of what was there before it or of what it
    /// wrote later. A shared file that somebody has edited or removed meanwhile stays as they left it, with what was ours put into
    /// it again. Where its bytes are gone, because it was edited or removed by hand before it was given up, it is refused: the next
    /// apply writes it anew.
    pub fn bring_back(
        &mut self,
        ground: Ground<'_>,
        written: &Written,
        later: Option<&Written>,
    ) -> Result<(), ApplyError> {
        let Ground { tree, store, .. } = ground;
        let standing = tree.look(&written.path)?;
        match &standing {
            Standing::Other => {
                self.refuse(&written.path, Whose::NotPlain);
                return Ok(());
            }
            Standing::Absent if written.ownership == Ownership::Shared && written.base.is_some() => {
                if !self.put_again(store, written, standing) {
                    self.refuse(&written.path, Whose::Removed);
                }
                return Ok(());
            }
            Standing::Absent => {}
            Standing::File(kept) => {
                let found = kept.base.sha256;
                if found == written.sha256 && kept.base.permissions == written.permissions {
                    self.files.push(written.clone());
                    return Ok(());
                }
                let known = later.is_some_and(|later| later.sha256 == found)
                    || written.base.as_ref().is_some_and(|base| base.sha256 == found)
                    || written.sha256 == found;
                if !known {
                    let shared = written.ownership == Ownership::Shared;
                    if !shared || !self.put_again(store, written, standing) {
                        self.refuse(&written.path, Whose::Foreign);
                    }
                    return Ok(());
                }
            }
        }
        let stands = standing.base().is_some_and(|base| base.sha256 == written.sha256);
        if !stands && !store.has(&written.sha256) {
            self.refuse(&written.path, Whose::Lost);
            return Ok(());
        }
        self.files.push(written.clone());
        self.change(&written.target, &written.path, standing, Some(written.as_written()), false);
        Ok(())
    }

    /// Puts what was ours in a shared file, as it was written, into what is there now. Says whether that can be done.
    fn put_again(&mut self, store: &Store, written: &Written, standing: Standing) -> bool {
        let Ok(earlier) = store.bytes(&written.sha256) else { return false };
        let now = match &standing {
            Standing::File(kept) => Some(kept.bytes.as_slice()),
            Standing::Absent | Standing::Other => None,
        };
        let target = target::named(&written.target);
        let Some(merged) = target.and_then(|target| target.put_again(&earlier, now)) else { return false };
        let base = match &standing {
            Standing::File(kept) => self.without_ours(&written.target, kept),
            Standing::Absent | Standing::Other => None,
        };
        let like = standing.base();
        let again = Written {
            sha256: Sha256::of(&merged),
            permissions: like.map_or(written.permissions, |base| base.permissions),
            owner: like.map_or(written.owner, |base| base.owner),
            group: like.map_or(written.group, |base| base.group),
            base,
            ..written.clone()
        };
        let to = again.as_written();
        self.files.push(again);
        self.bytes.insert(to.sha256, Cow::Owned(merged));
        if standing.base().is_none_or(|base| base.sha256 != to.sha256) {
            self.change(&written.target, &written.path, standing, Some(to), false);
        }
        true
    }

    /// A shared file as it is without ours; `None` where nothing is left of it.
    fn without_ours(&mut self, target: &str, kept: &Kept) -> Option<Base> {
        let Some(bytes) = target::named(target).and_then(|target| target.without(&kept.bytes)) else {
            return Some(kept.base.clone());
        };
        if bytes.is_empty() {
            return None;
        }
        let base = Base { sha256: Sha256::of(&bytes), modified: None, ..kept.base.clone() };
        self.rest.push(Kept { base: base.clone(), bytes });
        Some(base)
    }

    /// Keeps shared files as they were written, and what they are without ours: it can then be put into whatever somebody makes of
    /// them, and taken out again.
    pub fn keep_shared(&self, disk: &Disk, store: &Store) -> Result<(), ApplyError> {
        for kept in &self.rest {
            store.keep(disk, &kept.base.sha256, &kept.bytes)?;
        }
        for written in self.files.iter().filter(|written| written.ownership == Ownership::Shared) {
            if let Some(bytes) = self.bytes.get(&written.sha256) {
                store.keep(disk, &written.sha256, bytes)?;
            }
        }
        Ok(())
    }

    /// Keeps what the operator gives up, for good.
    pub fn set_aside(&self, disk: &Disk, folder: &Path) -> Result<(), ApplyError> {
        let store = Store { folder: folder.join("set-aside") };
        for kept in &self.set_aside {
            store.keep(disk, &kept.base.sha256, &kept.bytes)?;
        }
        Ok(())
    }

    fn refuse(&mut self, path: &Path, why: Whose) {
        self.not_ours.push(NotOurs { path: path.into(), why });
    }

    fn change(&mut self, target: &str, path: &Path, from: Standing, to: Option<Base>, back: bool) {
        let what = match (&from, &to, back) {
            (_, None, _) => Done::Removed,
            (_, Some(_), true) => Done::Restored,
            (Standing::Absent, Some(_), false) => Done::Created,
            (_, Some(_), false) => Done::Replaced,
        };
        self.targets.insert(target.to_owned());
        self.changed.push(Changed { path: path.into(), target: target.into(), what });
        self.wanted.push(Wanted { path: path.into(), from, to });
    }
}

/// Whether a file says that it is this program's and as it was written.
fn is_whole(marker: Marker, bytes: &[u8]) -> bool {
    marker.read(bytes).is_some_and(|found| found.whole)
}

/// A file without its marker.
fn body(marker: Marker, bytes: &[u8]) -> Cow<'_, [u8]> {
    match marker.read(bytes) {
        Some(found) => Cow::Owned(found.body),
        None => Cow::Borrowed(bytes),
    }
}
