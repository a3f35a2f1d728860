//! Every file below a folder, without following links and without entering what is no disk.
//!
//! File systems in which the kernel shows itself (`/proc`, `/sys`, …) hold no files of anybody: their files have no length, or
//! that of the memory, and reading some of them waits for ever. They are passed over. Other mounts are entered.

use std::fs::{self, Metadata, ReadDir};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::inventory::coverage::Problem;

/// Folders within folders: each holds a descriptor open, of which a process has 1,024.
pub(super) const DEPTH: usize = 256;

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Link,
}

/// Gives every file and link below `start`, or `start` itself; in no order. What cannot be looked into is given to `problem`.
pub(super) fn walk(
    start: &Path,
    give: &mut dyn FnMut(PathBuf, Kind),
    problem: &mut dyn FnMut(String, Problem),
) {
    let disk = |path: &Path, error: &io::Error| {
        let name = path.display().to_string();
        (name.clone(), Problem::Disk { path: name, kind: error.kind() })
    };
    let mut open: Vec<(ReadDir, PathBuf, u64)> = Vec::new();
    let enter = |path: PathBuf, metadata: &Metadata| -> io::Result<(ReadDir, PathBuf, u64)> {
        Ok((fs::read_dir(&path)?, path, metadata.dev()))
    };
    let first = match start.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() && is_the_kernels(start) => {
            return problem(start.display().to_string(), Problem::NoFile);
        }
        Ok(metadata) if metadata.is_dir() => enter(start.to_owned(), &metadata),
        Ok(metadata) if metadata.is_file() => return give(start.to_owned(), Kind::File),
        Ok(_) => return problem(start.display().to_string(), Problem::NoFile),
        Err(error) => Err(error),
    };
    match first {
        Ok(folder) => open.push(folder),
        Err(error) => {
            let (path, what) = disk(start, &error);
            return problem(path, what);
        }
    }
    while let Some((entries, folder, device)) = open.last_mut() {
        let entry = match entries.next() {
            Some(Ok(entry)) => entry,
            Some(Err(error)) => {
                let (path, what) = disk(folder, &error);
                problem(path, what);
                // What gives an error once may give it for ever.
                open.pop();
                continue;
            }
            None => {
                open.pop();
                continue;
            }
        };
        let path = entry.path();
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_file() => {
                give(path, Kind::File);
                continue;
            }
            Ok(kind) if kind.is_symlink() => {
                give(path, Kind::Link);
                continue;
            }
            Ok(kind) => kind,
            Err(error) => {
                let (path, what) = disk(&path, &error);
                problem(path, what);
                continue;
            }
        };
        // Pipes, sockets and devices are no files.
        if !kind.is_dir() {
            continue;
        }
        let device = *device;
        let inside = path.symlink_metadata().and_then(|metadata| {
            let foreign = metadata.dev() != device && is_the_kernels(&path);
            if foreign { Ok(None) } else { enter(path.clone(), &metadata).map(Some) }
        });
        match inside {
            Ok(None) => {}
            Ok(Some(_)) if open.len() >= DEPTH => {
                problem(path.display().to_string(), Problem::TooDeep { limit: DEPTH });
            }
            Ok(Some(folder)) => open.push(folder),
            // It is gone, and all that was in it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let (path, what) = disk(&path, &error);
                problem(path, what);
            }
        }
    }
}

/// Whether a folder lies in a file system in which the kernel shows itself.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_the_kernels(folder: &Path) -> bool {
    /// statfs(2): proc, sysfs, cgroup, cgroup2, debugfs, tracefs, securityfs, devpts, bpf, pstore, selinuxfs, configfs,
    /// efivarfs, mqueue, fusectl, `binfmt_misc`, nsfs.
    const KINDS: [u64; 17] = [
        0x9fa0,
        0x6265_6572,
        0x0027_e0eb,
        0x6367_7270,
        0x6462_6720,
        0x7472_6163,
        0x7363_6673,
        0x1cd1,
        0xcafe_4a11,
        0x6165_676c,
        0xf97c_ff8c,
        0x6265_6570,
        0xde5e_81e4,
        0x1980_0202,
        0x6573_5543,
        0x4249_4e4d,
        0x6e73_6673,
    ];
    rustix::fs::statfs(folder)
        .is_ok_and(|found| u64::try_from(found.f_type).is_ok_and(|kind| KINDS.contains(&kind)))
}

/// Whether a folder lies in a file system in which the kernel shows itself.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const fn is_the_kernels(_: &Path) -> bool {
    false
}
