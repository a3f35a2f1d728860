//! Inventories as a person names them: files, folders of files, and what each of them turned out to be.
//!
//! A folder is read wholly: everything in it that is no inventory is in the coverage as not read. Names that begin with a dot
//! are passed over, as shells do, and links to folders are named and not followed. Files are read on all cores; the result is
//! in the order of the names, whatever is read first. Not here: standard input, what is said of a single file that is none.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::component::Inventory;
use super::coverage::{Coverage, Problem};
use super::detect::{self, DetectError};
use super::format::Format;
use super::limits::Limits;
use super::recognise::Recognises;

/// Folders within folders.
const DEPTH: usize = 64;

/// Files that a thread reads before it tells of them, at most; and how often it does that at least, so that none has long to do
/// when the others are done.
const SHARE: usize = 64;
const SHARES: usize = 32;

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// As the person wrote it, with what stands below it: what the coverage calls it.
    pub label: String,
    /// The file to be read, of which it is not known yet whether it can be; or why nothing is read.
    pub file: Result<PathBuf, Problem>,
}

/// What stands below a folder, sorted by name, folders within folders too; or the path itself where it is none. `written` is
/// how the person names it.
pub fn below(written: &Path, path: &Path) -> Vec<Given> {
    let mut found = Vec::new();
    let mut give = |below: &Path, problem: Option<Problem>| {
        let label = below.strip_prefix(path).map_or_else(|_| written.to_owned(), |below| written.join(below));
        let label = label.display().to_string();
        found.push(Given { label, file: problem.map_or_else(|| Ok(below.to_owned()), Err) });
    };
    if path.is_dir() {
        walk(path, DEPTH, &mut give);
        if found.is_empty() {
            found.push(Given { label: written.display().to_string(), file: Err(Problem::EmptyFolder) });
        }
    } else {
        found.push(Given { label: written.display().to_string(), file: Ok(path.to_owned()) });
    }
    found
}

fn walk(folder: &Path, depth: usize, give: &mut dyn FnMut(&Path, Option<Problem>)) {
    let disk = |path: &Path, error: &io::Error| Problem::Disk {
        path: path.display().to_string(),
        kind: error.kind(),
    };
    if depth == 0 {
        return give(folder, Some(Problem::TooDeep { limit: DEPTH }));
    }
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return give(folder, Some(disk(folder, &error))),
    };
    entries.retain(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."));
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().ok();
        if kind.is_some_and(|kind| kind.is_dir()) {
            walk(&path, depth - 1, give);
        } else if kind.is_some_and(|kind| kind.is_file()) {
            give(&path, None);
        } else {
            // Of a link, what it leads to.
            match path.metadata() {
                Ok(metadata) if metadata.is_file() => give(&path, None),
                Ok(metadata) if metadata.is_dir() => give(&path, Some(Problem::LinkedFolder)),
                Ok(_) => give(&path, Some(Problem::NoFile)),
                Err(error) => give(&path, Some(disk(&path, &error))),
            }
        }
    }
}

/// Reads one of them, and keeps what something recognises: of many files little is left in memory.
///
/// # Errors
/// It is no inventory, or not of this `format`. A file that the disk does not give is in the coverage.
pub fn read(
    given: &Given,
    format: Option<Format>,
    limits: &Limits,
    recognises: Recognises<'_>,
) -> Result<Inventory, DetectError> {
    let label = given.label.as_str();
    let disk = |error: io::Error| Problem::Disk { path: label.to_owned(), kind: error.kind() };
    let opened = given.file.clone().and_then(|path| File::open(path).map_err(disk));
    match opened {
        Ok(file) => {
            let mut inventory = detect::read_stream(file, label, format, limits, recognises)?;
            inventory.keep_recognised(recognises);
            Ok(inventory)
        }
        Err(reason) => Ok(unread(label, format, reason)),
    }
}

/// An inventory of which nothing was read, and why.
pub fn unread(label: &str, format: Option<Format>, reason: Problem) -> Inventory {
    Inventory { coverage: vec![Coverage::unread(label, format, reason)], ..Inventory::default() }
}

/// Reads all of them, `read` by `read`, on at most `cores` threads; `done` is called on this one after each.
pub fn all(
    given: &[Given],
    cores: usize,
    read: &(dyn Fn(&Given) -> Inventory + Sync),
    mut done: impl FnMut(),
) -> Inventory {
    // Several at once: threads that tell of each small file wake each other for longer than they read.
    let share = (given.len() / cores.max(1) / SHARES).clamp(1, SHARE);
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::sync_channel(cores.max(1));
    let mut parts: Vec<Option<Inventory>> = Vec::new();
    parts.resize_with(given.len(), || None);
    thread::scope(|scope| {
        for _ in 0..cores.clamp(1, given.len().max(1)) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                loop {
                    let first = next.fetch_add(share, Ordering::Relaxed);
                    let Some(rest) = given.get(first..).filter(|rest| !rest.is_empty()) else { break };
                    let read: Vec<_> = rest.iter().take(share).map(read).collect();
                    if sender.send((first, read)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (first, read) in receiver {
            for (slot, part) in parts.iter_mut().skip(first).zip(read) {
                *slot = Some(part);
                done();
            }
        }
    });
    let mut inventory = Inventory::default();
    parts.into_iter().flatten().for_each(|part| inventory.append(part));
    inventory
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot go on fails")]

    use std::os::unix::fs::symlink;

    use super::*;
    use crate::inventory::Description;

    fn names(root: &Path) -> Vec<(String, Option<Problem>)> {
        below(Path::new("it"), root).into_iter().map(|given| (given.label, given.file.err())).collect()
    }

    #[test]
    fn a_folder_gives_its_files_in_order_and_says_what_is_none() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("b/c")).unwrap();
        for file in ["z", "b/c/one", "a", ".hidden"] {
            fs::write(root.path().join(file), "x").unwrap();
        }
        symlink(root.path(), root.path().join("loop")).unwrap();
        symlink("a", root.path().join("link")).unwrap();
        symlink("nowhere", root.path().join("lost")).unwrap();
        let lost = root.path().join("lost").display().to_string();
        let wanted = [
            ("it/a", None),
            ("it/b/c/one", None),
            ("it/link", None),
            ("it/loop", Some(Problem::LinkedFolder)),
            ("it/lost", Some(Problem::Disk { path: lost, kind: io::ErrorKind::NotFound })),
            ("it/z", None),
        ];
        assert_eq!(names(root.path()), wanted.map(|(name, problem)| (name.to_owned(), problem)));
    }

    #[test]
    fn a_folder_without_files_was_not_read() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("empty")).unwrap();
        assert_eq!(names(root.path()), [("it".to_owned(), Some(Problem::EmptyFolder))]);
    }

    #[test]
    fn of_a_file_is_kept_what_something_recognises_and_what_stands_round_it() {
        let root = tempfile::tempdir().unwrap();
        let component = |name: &str| format!(r#"{{"type":"application","name":"{name}"}}"#);
        let around = |name: &str, inside: &str| {
            format!(r#"{{"type":"application","name":"{name}","components":[{}]}}"#, component(inside))
        };
        let all = [component("a"), around("b", "x"), component("c"), around("d", "wanted"), around("e", "y")];
        let text =
            format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{}]}}"#, all.join(","));
        fs::write(root.path().join("s.json"), text).unwrap();
        let given = below(Path::new("s.json"), &root.path().join("s.json")).remove(0);
        let found =
            read(&given, None, &Limits::STANDARD, &|found: &Description| found.name == "wanted").unwrap();
        let names: Vec<_> = found.components.iter().map(|component| component.name.as_str()).collect();
        // The first says that there is a component at all.
        assert_eq!(names, ["a", "d", "wanted"]);
        assert_eq!(found.components_read(), 8);
    }

    #[test]
    fn folders_end_at_the_depth_and_not_one_before() {
        for (depth, problem) in [(DEPTH - 1, None), (DEPTH, Some(Problem::TooDeep { limit: DEPTH }))] {
            let root = tempfile::tempdir().unwrap();
            let folder = root.path().join(vec!["d"; depth].join("/"));
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("a"), "x").unwrap();
            assert_eq!(names(root.path()).pop().unwrap().1, problem);
        }
    }

    #[test]
    fn the_order_of_names_stays_whatever_is_read_first() {
        let root = tempfile::tempdir().unwrap();
        for number in 0..230 {
            fs::write(root.path().join(format!("{number:03}.csv")), format!("name\np{number:03}\n")).unwrap();
        }
        let read =
            |given: &Given| read(given, None, &Limits::STANDARD, &crate::inventory::Everything).unwrap();
        let mut count = 0;
        let inventory = all(&below(root.path(), root.path()), 3, &read, || count += 1);
        let names: Vec<_> = inventory.components.iter().map(|component| component.name.clone()).collect();
        assert_eq!((count, names.len()), (230, 230));
        assert!(names.is_sorted());
        assert_eq!(all(&[], 3, &read, || ()), Inventory::default());
    }
}
