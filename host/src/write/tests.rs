#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and write files"
)]

use std::path::Path;

use super::*;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn write_new_refuses_to_overwrite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let disk = Disk::default();
    disk.write_new(&path, b"first", Mode::Public).unwrap();
    let error = disk.write_new(&path, b"second", Mode::Public).unwrap_err();
    assert_eq!(error.kind(), DiskErrorKind::AlreadyExists);
    assert_eq!(fs::read(&path).unwrap(), b"first");
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn write_new_refuses_a_dangling_link() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("link");
    std::os::unix::fs::symlink("nowhere", &path).unwrap();
    let error = Disk::default().write_new(&path, b"x", Mode::Private).unwrap_err();
    assert_eq!(error.kind(), DiskErrorKind::AlreadyExists);
}

#[test]
fn a_private_file_is_the_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let disk = Disk::default();
    disk.write_new(&path, b"x", Mode::Private).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    disk.replace(&path, b"y", Mode::Private).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    disk.create_dir_all_synced(&folder.path().join("a/b"), Mode::Private).unwrap();
    assert_eq!(fs::metadata(folder.path().join("a")).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn replace_syncs_the_file_before_the_rename_and_the_directory_after() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let disk = Disk::recording();
    disk.replace(&path, b"new", Mode::Public).unwrap();
    let step = |operation, path: &Path| Step { operation, path: path.to_path_buf() };
    assert_eq!(
        disk.steps(),
        [
            step(Operation::Create, &path),
            step(Operation::Write, &path),
            step(Operation::Sync, &path),
            step(Operation::Rename, &path),
            step(Operation::Sync, folder.path()),
        ]
    );
}

#[test]
fn a_crash_at_any_step_of_replace_leaves_the_old_file_or_the_new() {
    for steps in 0..=5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, b"old").unwrap();
        let result = Disk::stopping_after(steps).replace(&path, b"longer", Mode::Public);
        let expected: &[u8] = if steps < 4 { b"old" } else { b"longer" };
        assert_eq!(fs::read(&path).unwrap(), expected, "after {steps} steps");
        match result {
            Ok(()) => assert_eq!(steps, 5),
            Err(error) => assert_eq!(error.kind(), DiskErrorKind::Stopped),
        }
        // Between creation and rename a crash leaves the temporary file, with half its bytes when it was being
        // written.
        let left = names(folder.path()).len() - 1;
        assert_eq!(left, usize::from((1..4).contains(&steps)), "after {steps} steps");
        assert_eq!(Disk::default().sweep_temporary(folder.path()).unwrap(), left);
        assert_eq!(names(folder.path()), ["file"]);
    }
}

#[test]
fn names_of_several_files_become_durable_by_one_sync() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::recording();
    for name in ["one", "two"] {
        disk.replace_undurably(&folder.path().join(name), b"new", Mode::Public).unwrap();
    }
    disk.sync_dir(folder.path()).unwrap();
    let synced: Vec<_> = disk
        .steps()
        .into_iter()
        .filter(|step| step.operation == Operation::Sync)
        .map(|step| step.path.strip_prefix(folder.path()).unwrap().to_path_buf())
        .collect();
    assert_eq!(synced, ["one", "two", ""].map(std::path::PathBuf::from), "each file, then the folder once");
}

#[test]
fn in_a_folder_of_others_only_plain_files_of_our_temporary_names_are_swept() {
    let folder = tempfile::tempdir().unwrap();
    let kept = [".tmp-", ".tmp-12345", ".tmp-1234567", ".tmp-a.b.c1", ".tmpabcdef", "file"];
    for name in kept {
        fs::write(folder.path().join(name), b"theirs").unwrap();
    }
    fs::create_dir(folder.path().join(".tmp-folder")).unwrap();
    std::os::unix::fs::symlink("file", folder.path().join(".tmp-linked")).unwrap();
    fs::write(folder.path().join(".tmp-aB3xY9"), b"ours").unwrap();
    // And a real one, so that the names are what they are taken for.
    Disk::stopping_after(1).replace(&folder.path().join("target"), b"bytes", Mode::Public).unwrap_err();
    assert_eq!(Disk::default().sweep_temporary_files(folder.path()).unwrap(), 2);
    assert_eq!(names(folder.path()).len(), kept.len() + 2);
}

#[test]
fn a_crash_while_writing_leaves_half() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    Disk::stopping_after(1).write_new_unsynced(&path, b"abcdef", Mode::Public).unwrap_err();
    assert_eq!(fs::read(&path).unwrap(), b"abc");
}

#[test]
fn a_full_disk_is_told_apart_and_leaves_nothing_behind() {
    for (kind, expected) in [
        (io::ErrorKind::StorageFull, DiskErrorKind::Full),
        (io::ErrorKind::QuotaExceeded, DiskErrorKind::Full),
        (io::ErrorKind::ReadOnlyFilesystem, DiskErrorKind::ReadOnly),
        (io::ErrorKind::PermissionDenied, DiskErrorKind::Permission),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, b"old").unwrap();
        let error = Disk::failing_after(1, kind).replace(&path, b"new", Mode::Public).unwrap_err();
        assert_eq!((error.kind(), error.operation), (expected, Operation::Write));
        assert_eq!(error.to_string(), format!("cannot write {}", path.display()));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["file"]);
    }
}

#[test]
fn a_symlink_is_switched_whole() {
    for steps in 0..=3 {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("current");
        Disk::default().switch_symlink(&link, Path::new("generations/000001")).unwrap();
        let result = Disk::stopping_after(steps).switch_symlink(&link, Path::new("generations/000002"));
        assert_eq!(result.is_ok(), steps == 3);
        let expected = if steps < 2 { "generations/000001" } else { "generations/000002" };
        assert_eq!(fs::read_link(&link).unwrap(), Path::new(expected), "after {steps} steps");
        Disk::default().sweep_temporary(folder.path()).unwrap();
        assert_eq!(names(folder.path()), ["current"]);
    }
}

#[test]
fn directories_are_made_from_the_top_and_each_is_synced() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::recording();
    disk.create_dir_all_synced(&folder.path().join("a/b"), Mode::Public).unwrap();
    let operations: Vec<(Operation, PathBuf)> =
        disk.steps().into_iter().map(|step| (step.operation, step.path)).collect();
    assert_eq!(
        operations,
        [
            (Operation::MakeDirectory, folder.path().join("a")),
            (Operation::Sync, folder.path().to_path_buf()),
            (Operation::MakeDirectory, folder.path().join("a/b")),
            (Operation::Sync, folder.path().join("a")),
        ]
    );
    disk.create_dir_all_synced(&folder.path().join("a/b"), Mode::Public).unwrap();
    assert_eq!(disk.steps().len(), 4);
}

#[test]
fn a_file_where_a_directory_should_be_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), b"").unwrap();
    let error = Disk::default().create_dir_all_synced(&folder.path().join("a/b"), Mode::Public).unwrap_err();
    assert_eq!(error.operation, Operation::MakeDirectory);
}

#[test]
fn a_linked_file_has_the_same_bytes_and_never_replaces_one() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    let disk = Disk::default();
    disk.write_new_unsynced(&from, b"bytes", Mode::Public).unwrap();
    disk.link_or_copy(&from, &to).unwrap();
    disk.sync_filesystem(folder.path()).unwrap();
    assert_eq!(fs::read(&to).unwrap(), b"bytes");
    assert_eq!(disk.link_or_copy(&from, &to).unwrap_err().kind(), DiskErrorKind::AlreadyExists);
    assert_eq!(
        disk.link_or_copy(&to, &folder.path().join("no/where")).unwrap_err().kind(),
        DiskErrorKind::NotFound
    );
}

#[test]
fn a_bare_name_lies_in_the_working_directory() {
    assert_eq!(directory_of(Path::new("file")), Path::new("."));
    assert_eq!(directory_of(Path::new("/a/file")), Path::new("/a"));
    assert_eq!(directory_of(Path::new("/")), Path::new("/"));
}

#[test]
fn a_staged_file_has_its_name_once_it_is_whole_and_is_gone_where_it_is_dropped() {
    use Operation::{Create, Rename, Sync, Write};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let disk = Disk::recording();
    disk.replace(&path, b"old", Mode::Public).unwrap();
    let mut staged = Disk::default().stage(&path, Mode::Public).unwrap();
    staged.write(b"part").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    drop(staged);
    assert_eq!(names(folder.path()), ["file"]);
    let before = disk.steps().len();
    let mut staged = disk.stage(&path, Mode::Public).unwrap();
    staged.write(b"one, ").unwrap();
    staged.write(b"two").unwrap();
    staged.replace().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"one, two");
    let steps: Vec<Operation> = disk.steps().split_off(before).iter().map(|step| step.operation).collect();
    assert_eq!(steps, [Create, Write, Write, Sync, Rename, Sync]);
}

#[test]
fn a_full_disk_leaves_the_old_file_where_a_staged_one_was_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    Disk::default().replace(&path, b"old", Mode::Public).unwrap();
    for steps in 0..5 {
        let disk = Disk::failing_after(steps, io::ErrorKind::StorageFull);
        let written = disk.stage(&path, Mode::Public).and_then(|mut staged| {
            staged.write(b"one")?;
            staged.write(b"two")?;
            staged.replace()
        });
        assert_eq!(written.unwrap_err().kind(), DiskErrorKind::Full, "{steps}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["file"]);
    }
}

#[test]
fn what_is_not_a_plain_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (pipe, directory, link) = (at("pipe"), at("directory"), at("link"));
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    fs::create_dir(&directory).unwrap();
    std::os::unix::fs::symlink("/dev/null", &link).unwrap();
    for path in [&pipe, &directory, &link] {
        let disk = Disk::default();
        for refused in [disk.replace(path, b"x", Mode::Public), disk.stage(path, Mode::Public).map(drop)] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), DiskErrorKind::AlreadyExists, "{}", path.display());
            assert_eq!(error.source.to_string(), "something that is not a plain file has this name");
        }
    }
    assert_eq!(names(folder.path()), ["directory", "link", "pipe"]);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

#[test]
fn a_record_is_written_over_the_one_before_in_one_step_and_no_link_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record");
    let disk = Disk::recording();
    for record in [b"one", b"two"] {
        disk.overwrite(&path, record, Mode::Public).unwrap();
        assert_eq!(fs::read(&path).unwrap(), record);
    }
    assert_eq!(disk.steps().len(), 2);
    assert_eq!(names(folder.path()), ["record"]);
    // A crash in the middle of it leaves a part, which is why a record carries its own digest.
    Disk::stopping_after(0).overwrite(&path, b"abc", Mode::Public).unwrap_err();
    assert_eq!(fs::read(&path).unwrap(), b"awo");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    disk.overwrite(&link, b"new", Mode::Public).unwrap_err();
    assert_eq!(fs::read(&path).unwrap(), b"awo");
}

#[test]
fn a_file_that_grows_holds_what_was_added_in_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let disk = Disk::recording();
    let mut file = disk.begin_new_unsynced(&path, Mode::Public).unwrap();
    let part = vec![b'a'; 40_000];
    file.write(&part).unwrap();
    file.write(&part).unwrap();
    file.write(b"end").unwrap();
    file.finish().unwrap();
    assert_eq!(fs::read(&path).unwrap(), [part.as_slice(), part.as_slice(), b"end"].concat());
    let steps: Vec<Operation> = disk.steps().into_iter().map(|step| step.operation).collect();
    assert_eq!(steps, [Operation::Create, Operation::Write, Operation::Write]);
    assert_eq!(
        disk.begin_new_unsynced(&path, Mode::Public).unwrap_err().kind(),
        DiskErrorKind::AlreadyExists
    );
}

#[test]
fn a_crash_leaves_a_part_of_a_file_that_grows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let mut file = Disk::stopping_after(1).begin_new_unsynced(&path, Mode::Public).unwrap();
    file.write(b"abcdef").unwrap();
    file.finish().unwrap_err();
    assert_eq!(fs::read(&path).unwrap(), b"abc");
}
