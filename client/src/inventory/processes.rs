//! The processes that run on this machine, by `/proc` (proc(5)).
//!
//! A process is seen by the name that the kernel keeps of it (`comm`, cut off at 15 bytes), by its program's file (`exe`, with
//! its folder) and by what it was called as (the first of `cmdline`). Who runs the check may not see the program of another
//! user's process: those are counted, and the source is then read in part. Not here: other systems than Linux, and the
//! processes of an image, which has none.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

use interdict_schema::product::{FilePath, ProcessName};

use super::component::{Component, Description, Inventory, SourceRow};
use super::coverage::{Coverage, Place, Problem};
use super::limits::Limits;
use super::text::count;
use super::trace::Trace;

/// What the kernel puts behind the path of a program whose file is gone.
const DELETED: &[u8] = b" (deleted)";

/// Bytes of `stat` and of the beginning of `cmdline` that are read.
const BYTES: u64 = 8_192;

/// `PF_KTHREAD` of the flags in `stat`: a thread of the kernel has no program.
const KERNEL_THREAD: u64 = 0x0020_0000;

/// What was seen of a process.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Process {
    comm: String,
    exe: Option<String>,
    is_deleted: bool,
    called: Option<String>,
}

/// Why a process was not seen.
enum Unseen {
    /// It has ended since.
    Ended,
    /// This part of it could not be read.
    Disk(&'static str, io::ErrorKind),
}

/// Reads the processes below `proc`, which is `/proc`.
pub fn read(proc: &Path, limits: &Limits) -> Inventory {
    let label = proc.display().to_string();
    let mut coverage = Coverage::new(&label, None);
    let mut pids = match pids(proc) {
        Ok(pids) => pids,
        Err(error) => {
            let problem = Problem::Disk { path: label.clone(), kind: error.kind() };
            return Inventory {
                coverage: vec![Coverage::unread(&label, None, problem)],
                ..Inventory::default()
            };
        }
    };
    pids.sort_unstable();
    // The first process of all is never one's own, unless one sees nothing but one's own.
    if pids.first() != Some(&1) {
        coverage.skip(Place::default(), Problem::ProcessesHidden);
    }
    let mut known: BTreeMap<Process, Arc<Description>> = BTreeMap::new();
    let mut components = Vec::new();
    for pid in pids {
        if components.len() >= limits.components {
            coverage.stop(place(pid), Problem::TooManyComponents { limit: limits.components });
            break;
        }
        let folder = proc.join(pid.to_string());
        let (process, problem) = process(&folder);
        if let Some(Unseen::Disk(part, kind)) = problem {
            let path = folder.join(part).display().to_string();
            coverage.skip(place(pid), Problem::Disk { path, kind });
        }
        let Some(process) = process else { continue };
        let deleted = if process.is_deleted { ", whose file is deleted" } else { "" };
        let reference = Some(format!("process {pid}{deleted}"));
        let description =
            known.entry(process).or_insert_with_key(|process| description(process).into()).clone();
        let source = SourceRow { source: 0, row: pid, byte: None, reference };
        components.push(Component::described(description, source));
    }
    coverage.components = count(components.len());
    Inventory { components, findings: Vec::new(), coverage: vec![coverage] }
}

const fn place(pid: u64) -> Place {
    Place { row: pid, byte: 0 }
}

fn pids(proc: &Path) -> io::Result<Vec<u64>> {
    let mut pids = Vec::new();
    for entry in fs::read_dir(proc)? {
        pids.extend(entry?.file_name().to_str().and_then(|name| name.parse::<u64>().ok()));
    }
    Ok(pids)
}

/// What can be seen of a process; and why that is not all, if it is not.
fn process(folder: &Path) -> (Option<Process>, Option<Unseen>) {
    let comm = match beginning(&folder.join("comm")) {
        Ok(comm) => lossy(comm.strip_suffix(b"\n").unwrap_or(&comm)),
        Err(error) => return (None, Some(unseen("comm", &error))),
    };
    let mut process = Process { comm, exe: None, is_deleted: false, called: None };
    let mut problem = None;
    match beginning(&folder.join("cmdline")) {
        Ok(line) => {
            let first = line.split(|byte| *byte == 0).next().unwrap_or_default();
            process.called = (!first.is_empty()).then(|| lossy(first));
        }
        Err(error) => problem = Some(unseen("cmdline", &error)),
    }
    match fs::read_link(folder.join("exe")) {
        Ok(exe) => {
            let exe = exe.as_os_str().as_bytes();
            process.is_deleted = exe.ends_with(DELETED);
            process.exe = Some(lossy(exe.strip_suffix(DELETED).unwrap_or(exe)));
        }
        // Threads of the kernel and the dead have none, and not everyone is told that there is none.
        Err(_) if is_without_program(folder) => {}
        Err(error) => problem = Some(unseen("exe", &error)),
    }
    match problem {
        Some(Unseen::Ended) => (Some(process), None),
        problem => (Some(process), problem),
    }
}

fn unseen(part: &'static str, error: &io::Error) -> Unseen {
    /// `ESRCH`, which has no kind of its own: what a process that has ended answers.
    const NO_SUCH_PROCESS: i32 = 3;
    match error.kind() {
        io::ErrorKind::NotFound => Unseen::Ended,
        _ if error.raw_os_error() == Some(NO_SUCH_PROCESS) => Unseen::Ended,
        kind => Unseen::Disk(part, kind),
    }
}

/// Whether `stat` says that it is a thread of the kernel, or dead.
fn is_without_program(folder: &Path) -> bool {
    let Ok(stat) = beginning(&folder.join("stat")) else { return false };
    let stat = String::from_utf8_lossy(&stat);
    // The name stands in brackets, and may have brackets in it.
    let Some((_, fields)) = stat.rsplit_once(')') else { return false };
    let mut fields = fields.split_whitespace();
    let is_dead = matches!(fields.next(), Some("Z" | "X" | "x"));
    let flags = fields.nth(5).and_then(|flags| flags.parse::<u64>().ok());
    is_dead || flags.is_some_and(|flags| flags & KERNEL_THREAD != 0)
}

fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn lossy(bytes: &[u8]) -> String {
    OsStr::from_bytes(bytes).to_string_lossy().into_owned()
}

fn description(process: &Process) -> Description {
    let mut description = Description::unnamed(process.comm.as_str());
    for name in [Some(&process.comm), process.exe.as_ref(), process.called.as_ref()].into_iter().flatten() {
        // A name with control characters in it is none that a rule could mean.
        if let Ok(name) = ProcessName::seen(name) {
            description.add_trace(Trace::Process(name));
        }
    }
    if let Some(path) = process.exe.as_deref().and_then(|exe| FilePath::parse(exe).ok()) {
        description.add_trace(Trace::Path(path));
    }
    description
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::disallowed_methods,
        reason = "a test that cannot go on fails"
    )]

    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::super::coverage::Reading;
    use super::*;

    struct Proc(TempDir);

    impl Proc {
        /// One with the first process.
        fn new() -> Self {
            let proc = Self(tempfile::tempdir().unwrap());
            proc.process(1, "init", Some("/usr/sbin/init"), b"/sbin/init\0splash\0", "S", 0);
            proc
        }

        fn process(&self, pid: u64, comm: &str, exe: Option<&str>, cmdline: &[u8], state: &str, flags: u64) {
            let folder = self.0.path().join(pid.to_string());
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("comm"), format!("{comm}\n")).unwrap();
            fs::write(folder.join("cmdline"), cmdline).unwrap();
            fs::write(folder.join("stat"), format!("{pid} ({comm}) {state} 1 1 1 0 -1 {flags} 7 0\n"))
                .unwrap();
            if let Some(exe) = exe {
                symlink(exe, folder.join("exe")).unwrap();
            }
        }

        fn read(&self) -> Inventory {
            read(self.0.path(), &Limits::STANDARD)
        }
    }

    fn traces(component: &Component) -> Vec<String> {
        component.traces.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_process_is_seen_by_its_name_its_program_and_what_it_was_called_as() {
        let proc = Proc::new();
        proc.process(
            7,
            "kesl",
            Some("/opt/x/libexec/kesl (deleted)"),
            b"/opt/x/bin/kesl-wrapper\0-d\0",
            "S",
            0,
        );
        let inventory = proc.read();
        assert!(inventory.is_complete(), "{:?}", inventory.coverage);
        assert_eq!(traces(&inventory.components[0]), ["init", "/usr/sbin/init"]);
        let found = &inventory.components[1];
        assert_eq!(traces(found), ["kesl", "kesl-wrapper", "/opt/x/libexec/kesl"]);
        assert_eq!(found.source.reference.as_deref(), Some("process 7, whose file is deleted"));
        assert!(found.unnamed, "a process is no package");
    }

    #[test]
    fn processes_of_one_program_share_what_is_known_of_them() {
        let proc = Proc::new();
        for pid in [5, 6] {
            proc.process(pid, "sh", Some("/bin/sh"), b"sh\0", "S", 0);
        }
        let inventory = proc.read();
        assert!(Arc::ptr_eq(inventory.components[1].description(), inventory.components[2].description()));
    }

    #[test]
    fn threads_of_the_kernel_and_the_dead_have_no_program_and_hide_nothing() {
        let proc = Proc::new();
        proc.process(2, "kthreadd) S 1", None, b"", "S", 0x0020_8040);
        proc.process(9, "gone", None, b"", "Z", 0);
        let inventory = proc.read();
        assert!(inventory.is_complete(), "{:?}", inventory.coverage);
        assert_eq!(inventory.components.len(), 3);
    }

    #[test]
    fn a_program_that_is_not_shown_makes_the_source_one_that_was_read_in_part() {
        let proc = Proc::new();
        for pid in [12, 11] {
            proc.process(pid, "other", None, b"other\0", "S", 0);
            // What is no link is no program, and cannot be read as one.
            fs::write(proc.0.path().join(format!("{pid}/exe")), "").unwrap();
        }
        let inventory = proc.read();
        let path = proc.0.path().join("11/exe").display().to_string();
        let reason = Problem::Disk { path, kind: io::ErrorKind::InvalidInput };
        let wanted = Reading::Partial { reason, place: Place { row: 11, byte: 0 }, skipped: 2 };
        assert_eq!(inventory.coverage[0].read, wanted);
        assert_eq!(traces(&inventory.components[1]), ["other"]);
    }

    #[test]
    fn one_who_sees_only_their_own_has_not_seen_all() {
        let proc = Proc(tempfile::tempdir().unwrap());
        proc.process(40, "sh", Some("/bin/sh"), b"-sh\0", "S", 0);
        let reason = Problem::ProcessesHidden;
        let wanted = Reading::Partial { reason, place: Place::default(), skipped: 1 };
        assert_eq!(proc.read().coverage[0].read, wanted);
        let gone = proc.0.path().join("gone");
        let path = gone.display().to_string();
        let reason = Problem::Disk { path, kind: io::ErrorKind::NotFound };
        assert_eq!(read(&gone, &Limits::STANDARD).coverage[0].read, Reading::Unread { reason });
    }

    #[test]
    fn a_process_that_ends_while_it_is_looked_at_is_none() {
        let proc = Proc::new();
        fs::create_dir(proc.0.path().join("3")).unwrap();
        let inventory = proc.read();
        assert!(inventory.is_complete());
        assert_eq!(inventory.components.len(), 1);
    }

    #[test]
    fn the_processes_end_at_the_limit_and_not_one_before() {
        let proc = Proc::new();
        proc.process(2, "a", Some("/a"), b"", "S", 0);
        for (components, complete) in [(2, true), (1, false)] {
            let limits = Limits { components, ..Limits::STANDARD };
            let inventory = read(proc.0.path(), &limits);
            assert_eq!((inventory.is_complete(), inventory.components.len()), (complete, components));
        }
    }
}
