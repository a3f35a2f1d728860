//! What operators see: metrics, health, the access log as JSON.

use std::fs;

use interdict_host::testing::TestWorld;
use interdict_publisher::serve::{AccessLog, LogForm, ServeOptions, spawn};

use crate::client::{Connection, request};
use crate::site::{Site, loopback, published};

fn observed() -> Site {
    Site::start_with(|options| options.admin = Some(loopback().into()))
}

fn ask(site: &Site, path: &str) -> (u16, String) {
    let answer = Connection::open(site.server.admin().unwrap()).get(path, &[]);
    (answer.status, String::from_utf8(answer.content).unwrap())
}

#[test]
fn metrics_count_what_was_answered() {
    let site = observed();
    let mut connection = site.connect();
    for _ in 0..3 {
        connection.get("/metadata/timestamp.json", &[]);
    }
    connection.get("/absent", &[]);
    // The end of an answer is counted before the next one begins.
    connection.get("/absent", &[]);
    let (status, page) = ask(&site, "/metrics");
    assert_eq!(status, 200);
    for line in [
        "interdict_serve_responses_total{code=\"200\"} 3",
        "interdict_serve_connections_total 1",
        "interdict_serve_connections 1",
        "interdict_serve_cache_files 1",
        "interdict_serve_cache_misses_total 1",
    ] {
        assert!(page.lines().any(|found| found == line), "{line}\n{page}");
    }
    assert!(page.contains("interdict_serve_publication_timestamp_seconds "));
}

#[test]
fn metrics_and_health_are_not_served_to_everybody_and_files_not_to_operators() {
    let site = observed();
    assert_eq!(site.get("/metrics", &[]).status, 404);
    assert_eq!(site.get("/healthz", &[]).status, 404);
    assert_eq!(ask(&site, "/metadata/timestamp.json").0, 404);
    let mut connection = Connection::open(site.server.admin().unwrap());
    connection.send(request("POST", "/metrics", &[]));
    assert_eq!(connection.answer().status, 405);
}

#[test]
fn health_says_what_is_wrong_and_what_to_do() {
    let site = observed();
    assert_eq!(ask(&site, "/healthz"), (200, "ok\n".to_owned()));
    fs::remove_file(site.root().join("metadata/timestamp.json")).unwrap();
    let (status, text) = ask(&site, "/healthz");
    assert_eq!(status, 503);
    assert!(text.contains("publish"), "{text}");
}

#[test]
fn a_folder_that_is_replaced_is_said_and_the_way_out_named() {
    let around = tempfile::tempdir().unwrap();
    let root = around.path().join("public");
    let site = Site::start_with(|options| {
        fs::rename(published().keep(), &root).unwrap();
        options.root.clone_from(&root);
        options.admin = Some(loopback().into());
    });
    assert_eq!(ask(&site, "/healthz").0, 200);
    fs::remove_dir_all(&root).unwrap();
    fs::create_dir(&root).unwrap();
    let (status, text) = ask(&site, "/healthz");
    assert_eq!(status, 503);
    assert!(text.contains("restart"), "{text}");
}

#[test]
fn the_access_log_can_be_json() {
    let folder = published();
    let TestWorld { world, stderr: lines, .. } = TestWorld::new();
    let log = AccessLog::held_back(world.stderr, world.clock, LogForm::Json);
    let server = spawn(ServeOptions::new(folder.path(), loopback()), log).unwrap();
    Connection::open(server.address()).get("/metadata/1.root.json", &[]);
    server.stop().unwrap();
    let line: serde_json::Value = serde_json::from_str(lines.text().trim_end()).unwrap();
    let wanted = serde_json::json!({
        "time": "2017-09-13T12:00:00Z", "peer": "127.0.0.1", "method": "GET", "target": "/metadata/1.root.json",
        "protocol": "HTTP/1.1", "status": 200, "bytes": 13, "tls": false
    });
    assert_eq!(line, wanted);
}
