//! Connections: how many and for how long. The waits are the server's own, made short.

use std::fs;
use std::time::Duration;

use interdict_publisher::serve::ServeOptions;

use crate::client::request;
use crate::site::{Site, long_content};

/// Short for a person, long for a busy machine between two calls of a test.
const SOON: Duration = Duration::from_millis(400);
const NEVER: Duration = Duration::from_hours(1);

fn patient(options: &mut ServeOptions) {
    (options.header_timeout, options.idle_timeout, options.write_timeout) = (NEVER, NEVER, NEVER);
}

#[test]
fn closes_a_connection_whose_header_does_not_arrive() {
    let site = Site::start_with(|options| {
        patient(options);
        options.header_timeout = SOON;
    });
    let mut connection = site.connect();
    connection.send("GET /metadata/timestamp.json HTTP/1.1\r\nHost: publ");
    assert!(connection.rest().is_empty());
    let mut connection = site.connect();
    assert_eq!(connection.get("/metadata/timestamp.json", &[]).status, 200);
    connection.send("GET /metadata/timestamp.json HTTP/1.1\r\nHost: publ");
    assert!(connection.rest().is_empty());
}

#[test]
fn closes_a_connection_that_asks_nothing() {
    let site = Site::start_with(|options| {
        patient(options);
        options.idle_timeout = SOON;
    });
    assert!(site.connect().rest().is_empty());
    let mut connection = site.connect();
    assert_eq!(connection.get("/metadata/timestamp.json", &[]).status, 200);
    assert!(connection.rest().is_empty());
    let mut connection = site.connect();
    assert_eq!(connection.get("/absent", &[]).status, 404);
    connection.send(request("HEAD", "/metadata/timestamp.json", &[]));
    assert_eq!(connection.head().status, 200);
    assert!(connection.rest().is_empty());
}

#[test]
fn gives_up_on_a_reader_that_takes_nothing() {
    let site = Site::start_with(|options| {
        patient(options);
        options.write_timeout = SOON;
        options.max_connections = 1;
    });
    // More than the sockets of both sides buffer, from memory and from disk.
    for length in [8 << 20, 24 << 20] {
        fs::write(site.root().join("long.pdf"), long_content(length)).unwrap();
        let mut stalled = site.connect();
        stalled.send(request("GET", "/long.pdf", &[]));
        assert_eq!(stalled.head().status, 200);
        // The only place becomes free because the first connection is given up.
        assert_eq!(site.get("/metadata/timestamp.json", &[]).status, 200);
        assert!(stalled.rest().len() < length);
    }
}

#[test]
fn does_not_call_a_slow_reader_idle() {
    let site = Site::start_with(|options| {
        patient(options);
        options.idle_timeout = SOON;
    });
    // From memory, and from disk.
    for length in [8 << 20, 24 << 20] {
        let content = long_content(length);
        fs::write(site.root().join("long.pdf"), &content).unwrap();
        let mut slow = site.connect();
        slow.send(request("GET", "/long.pdf", &[]));
        assert_eq!(slow.head().status, 200);
        // Until a neighbour's idle timeout is over, nothing is read here.
        assert!(site.connect().rest().is_empty());
        assert!(slow.read_exact(length) == content);
        assert!(slow.rest().is_empty());
    }
}

#[test]
fn does_not_call_a_slow_header_idle() {
    let site = Site::start_with(|options| {
        patient(options);
        options.idle_timeout = SOON;
    });
    let mut slow = site.connect();
    let request = request("GET", "/metadata/timestamp.json", &[]);
    let (first, second) = request.split_at(10);
    slow.send(first);
    // A neighbour who came later is idle for too long.
    assert!(site.connect().rest().is_empty());
    slow.send(second);
    assert_eq!(slow.answer().status, 200);
}

#[test]
fn keeps_further_connections_waiting_at_the_limit() {
    let site = Site::start_with(|options| {
        patient(options);
        options.max_connections = 2;
    });
    let (mut first, mut second) = (site.connect(), site.connect());
    assert_eq!(first.get("/first", &[]).status, 404);
    assert_eq!(second.get("/second", &[]).status, 404);
    let mut third = site.connect();
    third.send(request("GET", "/third", &[]));
    // Time enough, counted in answers, to have taken the third connection as well.
    for _ in 0..500 {
        assert_eq!(first.get("/first", &[]).status, 404);
    }
    assert!(third.is_silent());
    drop(second);
    assert_eq!(third.answer().status, 404);
}
