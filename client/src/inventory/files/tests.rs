#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

use std::os::unix::fs::{PermissionsExt as _, symlink};

use tempfile::TempDir;

use super::*;

fn all(_: &Description) -> bool {
    true
}

fn read(under: &Under, recognises: Recognises<'_>) -> Inventory {
    super::read(under, Digests::Taken, 3, &Limits::STANDARD, recognises, &|_| ())
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (below, bytes) in files {
        let path = folder.path().join(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn under(folder: &TempDir) -> Under {
    Under::here(Path::new("it"), folder.path())
}

fn references(inventory: &Inventory) -> Vec<&str> {
    inventory.components.iter().map(|found| found.source.reference.as_deref().unwrap()).collect()
}

#[test]
fn every_file_is_seen_by_its_path_and_digest_in_the_order_of_the_paths() {
    let long = vec![7; 2 * BUFFER + 1];
    let folder = folder(&[("b/z", b"abc"), ("a", b""), ("b/.hidden", &long)]);
    let inventory = read(&under(&folder), &all);
    assert!(inventory.is_complete());
    assert_eq!(references(&inventory), ["a", "b/.hidden", "b/z"]);
    let digests: Vec<_> = inventory.components.iter().map(|found| found.sha256[0]).collect();
    assert_eq!(digests, [Sha256::of(b""), Sha256::of(&long), Sha256::of(b"abc")]);
    let here = fs::canonicalize(folder.path()).unwrap();
    let found = &inventory.components[2];
    assert_eq!(found.traces[0].to_string(), here.join("b/z").display().to_string());
    assert!(found.unnamed && found.name == "z");
    assert_eq!((inventory.coverage[0].source.as_str(), inventory.coverage[0].components), ("it", 3));
}

#[test]
fn what_nothing_recognises_is_counted_and_not_kept_but_for_one_of_a_kind() {
    let files: Vec<(String, Vec<u8>)> = (0..500).map(|n| (format!("f{n:03}"), vec![0; n])).collect();
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = folder(&files);
    let inventory = read(&under(&folder), &|found: &Description| found.name == "f250");
    assert_eq!(inventory.coverage[0].components, 500);
    assert!(references(&inventory).contains(&"f250"));
    // Each thread keeps the first that says anything, so that it is known that something was compared.
    assert!(inventory.components.len() <= 1 + 3, "{}", inventory.components.len());
}

#[test]
fn links_are_seen_and_not_followed_and_what_is_no_file_is_passed_over() {
    let (outside, folder) = (folder(&[("secret", b"x")]), folder(&[("f", b"y")]));
    symlink(outside.path(), folder.path().join("link")).unwrap();
    symlink(".", folder.path().join("loop")).unwrap();
    rustix::fs::mkfifoat(CWD, folder.path().join("pipe"), Mode::RWXU).unwrap();
    let inventory = read(&under(&folder), &all);
    assert_eq!(references(&inventory), ["f", "link, a link", "loop, a link"]);
    assert!(inventory.components[1].sha256.is_empty());
    assert!(inventory.is_complete());
}

#[test]
fn without_a_rule_that_names_a_digest_no_file_is_opened() {
    let folder = folder(&[("f", b"y")]);
    fs::set_permissions(folder.path().join("f"), fs::Permissions::from_mode(0o000)).unwrap();
    let inventory = super::read(&under(&folder), Digests::Omitted, 1, &Limits::STANDARD, &all, &|_| ());
    assert!(inventory.is_complete() && inventory.components[0].sha256.is_empty());
}

#[test]
fn files_that_cannot_be_read_are_counted_and_seen_by_their_path() {
    let folder = folder(&[("f1", b"y"), ("f2", b"y"), ("ok", b"y")]);
    for file in ["f1", "f2"] {
        fs::set_permissions(folder.path().join(file), fs::Permissions::from_mode(0o000)).unwrap();
    }
    let is_root = fs::read(folder.path().join("f1")).is_ok();
    let inventory = read(&under(&folder), &all);
    assert_eq!(inventory.components.len(), 3);
    if is_root {
        // The superuser reads everything.
        return;
    }
    let path = fs::canonicalize(folder.path()).unwrap().join("f1").display().to_string();
    let reason = Problem::Disk { path, kind: io::ErrorKind::PermissionDenied };
    let wanted = Reading::Partial { reason, place: Place::default(), skipped: 2 };
    assert_eq!(inventory.coverage[0].read, wanted);
    assert_eq!(inventory.coverage[0].notes.len(), 1);
}

#[test]
fn problems_keep_the_first_by_path_whichever_thread_met_them() {
    let problem = |name: &str| Problem::Disk { path: name.into(), kind: io::ErrorKind::PermissionDenied };
    let limits = Limits { notes: 2, ..Limits::STANDARD };
    let (mut whole, mut part) = (Part::new(&limits), Part::new(&limits));
    for name in ["d", "b", "e"] {
        whole.problems.add(name.into(), problem(name));
    }
    for name in ["c", "a", "f"] {
        part.problems.add(name.into(), problem(name));
    }
    whole.add(part);
    let coverage = whole.inventory("it", &limits).coverage.remove(0);
    let wanted = Reading::Partial { reason: problem("a"), place: Place::default(), skipped: 6 };
    assert_eq!(
        (coverage.read, coverage.notes[0].problem.clone(), coverage.notes_dropped),
        (wanted, problem("b"), 4)
    );
}

#[test]
fn folders_end_at_the_depth_and_not_one_before() {
    for (depth, complete) in [(walk::DEPTH - 1, true), (walk::DEPTH, false)] {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join(vec!["d"; depth].join("/"));
        fs::create_dir_all(&inside).unwrap();
        fs::write(inside.join("f"), "").unwrap();
        let inventory = read(&under(&folder), &all);
        assert_eq!(
            (inventory.is_complete(), inventory.components.len() == 1),
            (complete, complete),
            "{depth}"
        );
    }
}

#[test]
fn kept_files_end_at_the_limit_and_not_one_before() {
    let folder = folder(&[("a", b""), ("b", b"")]);
    for (components, complete) in [(2, true), (1, false)] {
        let limits = Limits { components, ..Limits::STANDARD };
        let inventory = super::read(&under(&folder), Digests::Taken, 1, &limits, &all, &|_| ());
        assert_eq!((inventory.is_complete(), inventory.components.len()), (complete, components));
    }
}

#[test]
fn files_of_an_image_have_the_paths_that_they_have_on_their_machine() {
    let image = folder(&[("usr/lib/x", b"y")]);
    symlink("/usr", image.path().join("opt")).unwrap();
    symlink("/", image.path().join("out")).unwrap();
    for (below, path) in [("/opt/lib", "/usr/lib/x"), ("out/usr", "/usr/lib/x"), ("/", "/usr/lib/x")] {
        let inventory =
            read(&Under::root(image.path(), Path::new(below)), &|found: &Description| found.name == "x");
        let found = inventory.components.iter().find(|found| found.name == "x").unwrap();
        assert_eq!(found.traces[0].to_string(), path, "{below}");
    }
    let gone = read(&Under::root(image.path(), Path::new("gone")), &all);
    let path = image.path().join("gone").display().to_string();
    let reason = Problem::Disk { path, kind: io::ErrorKind::NotFound };
    assert_eq!(gone.coverage[0].read, Reading::Unread { reason });
}

#[test]
fn a_name_that_no_rule_can_mean_hides_nothing_of_the_folder_above() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("kesl");
    fs::create_dir(&inside).unwrap();
    fs::write(inside.join(std::ffi::OsStr::from_bytes(b"\xff\n")), "").unwrap();
    let inventory = read(&under(&folder), &all);
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    assert!(inventory.components[0].traces[0].to_string().ends_with("/kesl/\u{fffd}\u{fffd}"));
}

#[test]
fn the_kernels_own_file_systems_hold_no_files() {
    let proc = Path::new("/proc/self");
    if !proc.exists() {
        return;
    }
    let inventory = read(&Under::here(proc, proc), &all);
    assert!(inventory.components.is_empty() && !inventory.is_complete());
}

#[test]
fn a_single_file_is_read_too() {
    let folder = folder(&[("f", b"abc")]);
    let path = folder.path().join("f");
    let inventory = read(&Under::here(Path::new("f"), &path), &all);
    assert_eq!(inventory.components[0].sha256, [Sha256::of(b"abc")]);
}
