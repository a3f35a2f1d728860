#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

use std::fs;
use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

/// A machine beside an image, and the image: `outside/secret` and `image`.
fn image() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    for inside in ["etc", "usr/lib/sysimage/rpm", "var/lib"] {
        fs::create_dir_all(image.join(inside)).unwrap();
    }
    fs::create_dir(folder.path().join("outside")).unwrap();
    fs::write(folder.path().join("outside/secret"), "secret").unwrap();
    fs::write(image.join("usr/lib/os-release"), "ID=inside").unwrap();
    (folder, image)
}

fn text(root: &Folder, below: &str) -> Result<String, io::ErrorKind> {
    match root.read(below, &Limits::STANDARD) {
        Ok(bytes) => Ok(String::from_utf8(bytes).unwrap()),
        Err(Problem::Disk { kind, .. }) => Err(kind),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn links_of_an_image_lead_to_what_they_mean_inside_it() {
    let (_machine, image) = image();
    symlink("../usr/lib/os-release", image.join("etc/os-release")).unwrap();
    symlink("/usr/lib/os-release", image.join("etc/absolute")).unwrap();
    symlink("/etc/absolute", image.join("etc/twice")).unwrap();
    symlink("../../usr/lib/sysimage/rpm", image.join("var/lib/rpm")).unwrap();
    fs::write(image.join("usr/lib/sysimage/rpm/a"), "a").unwrap();
    let root = Folder::root(&image).unwrap();
    for below in ["etc/os-release", "etc/absolute", "etc/twice", "/etc/twice", "usr/../etc/./twice"] {
        assert_eq!(text(&root, below).as_deref(), Ok("ID=inside"), "{below}");
    }
    assert_eq!(text(&root, "var/lib/rpm/a").as_deref(), Ok("a"));
    assert_eq!(text(&root, "var/lib/rpm/../os-missing"), Err(io::ErrorKind::NotFound));
    let rpm = root.folder("var/lib/rpm").unwrap();
    assert_eq!(rpm.place(), image.join("usr/lib/sysimage/rpm"));
    assert_eq!(rpm.identity().unwrap(), root.folder("usr/lib/sysimage/rpm").unwrap().identity().unwrap());
}

#[test]
fn no_link_and_no_dots_lead_out_of_the_root() {
    let (machine, image) = image();
    let secret = machine.path().join("outside/secret");
    symlink(&secret, image.join("etc/absolute")).unwrap();
    symlink("../../outside/secret", image.join("etc/relative")).unwrap();
    symlink("../../../../../../../../../..", image.join("etc/up")).unwrap();
    symlink(machine.path().join("outside"), image.join("var/folder")).unwrap();
    let root = Folder::root(&image).unwrap();
    for below in ["etc/absolute", "etc/relative", "../outside/secret", "var/folder/secret"] {
        assert_eq!(text(&root, below), Err(io::ErrorKind::NotFound), "{below}");
    }
    // Beyond the root is the root.
    assert_eq!(text(&root, "etc/up/usr/lib/os-release").as_deref(), Ok("ID=inside"));
    assert_eq!(text(&root, "../../usr/lib/os-release").as_deref(), Ok("ID=inside"));
    assert_eq!(
        root.folder("var/lib").unwrap().file("../../../outside/secret").unwrap_err(),
        Problem::Disk {
            path: image.join("var/lib/../../../outside/secret").display().to_string(),
            kind: io::ErrorKind::NotFound,
        }
    );
}

#[test]
fn links_are_followed_up_to_the_limit_and_not_one_beyond() {
    let (_machine, image) = image();
    for (count, wanted) in [(LINKS, true), (LINKS + 1, false)] {
        let last = (1..count).fold("usr/lib/os-release".to_owned(), |before, number| {
            let name = format!("link-{count}-{number}");
            symlink(&before, image.join(&name)).unwrap();
            name
        });
        symlink(&last, image.join(format!("first-{count}"))).unwrap();
        let root = Folder::root(&image).unwrap();
        assert_eq!(text(&root, &format!("first-{count}")).is_ok(), wanted, "{count}");
    }
    symlink("loop", image.join("loop")).unwrap();
    assert!(Folder::root(&image).unwrap().find("loop").is_err());
}

#[test]
fn what_is_no_file_is_not_opened() {
    let (_machine, image) = image();
    let made = rustix::fs::mkfifoat(CWD, image.join("etc/pipe"), Mode::from_raw_mode(0o600));
    made.unwrap();
    let root = Folder::root(&image).unwrap();
    assert_eq!(root.file("etc/pipe").unwrap_err(), Problem::NoFile);
    assert_eq!(root.file("etc").unwrap_err(), Problem::NoFile);
    assert!(is_nothing(&root.file("usr/lib/os-release/x").unwrap_err()));
    assert!(is_nothing(&root.file("nothing/x").unwrap_err()));
}

#[test]
fn a_pattern_means_the_folders_that_are_there_in_order() {
    let (machine, image) = image();
    for folder in [
        "opt/b/lib/python3.11/site-packages",
        "opt/a/lib/python3/site-packages",
        "opt/.c/lib/python3/site-packages",
        "opt/d/lib/ruby/site-packages",
    ] {
        fs::create_dir_all(image.join(folder)).unwrap();
    }
    fs::write(image.join("opt/file"), "x").unwrap();
    symlink(machine.path().join("outside"), image.join("opt/link")).unwrap();
    let root = Folder::root(&image).unwrap();
    let mut unseen = Vec::new();
    let found =
        root.matching("opt/*/lib/python*/site-packages", &mut |below, problem| unseen.push((below, problem)));
    let found: Vec<_> = found.into_iter().map(|(below, _)| below).collect();
    assert_eq!(found, ["opt/a/lib/python3/site-packages", "opt/b/lib/python3.11/site-packages"]);
    assert!(unseen.is_empty());
    assert!(root.matching("srv/*/x", &mut |_, _| panic!("nothing is there")).is_empty());
}
