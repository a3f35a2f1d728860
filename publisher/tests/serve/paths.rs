//! No path leads out of the root, and only published files exist.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::client::request;
use crate::site::{Site, TIMESTAMP};

const SECRET: &str = "the secret beside the root";

/// A root with a secret beside it and everything inside that could lead there.
fn beside_a_secret() -> (Site, tempfile::TempDir) {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), SECRET).unwrap();
    let site = Site::start_with(|options| {
        let root = outside.path().join("root");
        fs::create_dir_all(root.join("metadata")).unwrap();
        fs::write(root.join("metadata/timestamp.json"), TIMESTAMP).unwrap();
        fs::create_dir(root.join(".git")).unwrap();
        fs::write(root.join(".git/config"), SECRET).unwrap();
        fs::write(root.join("metadata/.tmp123"), SECRET).unwrap();
        symlink("../secret", root.join("link.json")).unwrap();
        symlink(outside.path().join("secret"), root.join("metadata/1.root.json")).unwrap();
        symlink("..", root.join("up")).unwrap();
        symlink("metadata/timestamp.json", root.join("inside.json")).unwrap();
        options.root = root;
    });
    (site, outside)
}

fn refuses(targets: &[&str], status: u16) {
    let (site, _outside) = beside_a_secret();
    for target in targets {
        let mut connection = site.connect();
        connection.send(request("GET", target, &[]));
        let answer = connection.answer();
        assert_eq!(answer.status, status, "{target}");
        assert!(!String::from_utf8_lossy(&answer.content).contains(SECRET), "{target}");
    }
    assert_eq!(site.get("/metadata/timestamp.json", &[]).status, 200);
}

#[test]
fn serves_nothing_above_the_root() {
    refuses(
        &[
            "/../secret",
            "/metadata/../../secret",
            "/%2e%2e/secret",
            "/%2E%2e/secret",
            "/.%2e/secret",
            "/metadata/%2e%2e/%2e%2e/secret",
            "/..;/secret",
            "/.../secret",
            "/%252e%252e/secret",
            "//secret",
            "///etc/passwd",
            "http://publisher.example/../secret",
        ],
        404,
    );
}

#[test]
fn refuses_paths_that_are_none() {
    refuses(
        &[
            "/..%2fsecret",
            "/%2e%2e%2fsecret",
            "/..\\secret",
            "/..%5csecret",
            "/metadata/timestamp.json%00",
            "/metadata/timestamp.json%00.html",
            "/%0d%0aSet-Cookie:%20a=b",
            "/%c0%ae%c0%ae/secret",
            "/%",
            "/%2",
            "/%gg",
            "*",
            "secret",
            "ftp://publisher.example/metadata/timestamp.json",
            "file:///etc/passwd",
            "http://user@publisher.example/metadata/timestamp.json",
        ],
        400,
    );
}

#[test]
fn serves_no_dot_files() {
    refuses(&["/.git/config", "/.git", "/metadata/.tmp123", "/%2egit/config"], 404);
}

#[test]
fn follows_no_symbolic_links() {
    refuses(&["/link.json", "/metadata/1.root.json", "/up/secret", "/up/root/metadata/timestamp.json"], 404);
    refuses(&["/inside.json"], 404);
}

#[test]
fn lists_no_folders() {
    refuses(
        &["/", "/metadata", "/metadata/", "/metadata/timestamp.json/", "/metadata/timestamp.json/x"],
        404,
    );
}

#[test]
fn understands_other_spellings_of_a_path() {
    let site = Site::start();
    for target in [
        "/metadata/timestamp.json?version=1",
        "/metadata/timestamp%2Ejson",
        "/%6detadata/timestamp.json",
        "http://publisher.example/metadata/timestamp.json",
        "HTTP://publisher.example:8080/metadata/timestamp.json?x",
    ] {
        let mut connection = site.connect();
        connection.send(request("GET", target, &[]));
        assert_eq!(connection.answer().content, TIMESTAMP.as_bytes(), "{target}");
    }
}

#[test]
fn says_so_when_a_file_may_not_be_read() {
    let site = Site::start();
    let path = site.root().join("metadata/1.root.json");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser reads everything, whatever its mode.
    let wanted = if fs::File::open(&path).is_ok() { 200 } else { 403 };
    assert_eq!(site.get("/metadata/1.root.json", &[]).status, wanted);
}
