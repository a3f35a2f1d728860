//! Connections: how many and for how long. The waits are the server's own, made short.

use std::fs;
use std::time::{Duration, Instant};

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
fn at_the_limit_the_one_that_has_waited_longest_gives_way() {
    let site = Site::start_with(|options| {
        patient(options);
        options.max_connections = 2;
    });
    let (mut first, mut second) = (site.connect(), site.connect());
    assert_eq!(first.get("/first", &[]).status, 404);
    assert_eq!(second.get("/second", &[]).status, 404);
    // A tick of the kernel's clock, so that one has waited longer than the other.
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(20) {
        assert_eq!(second.get("/second", &[]).status, 404);
    }
    assert_eq!(site.get("/third", &[]).status, 404);
    assert!(first.rest().is_empty());
    assert_eq!(second.get("/second", &[]).status, 404);
}

#[test]
fn at_the_limit_a_header_that_does_not_arrive_gives_way() {
    let site = Site::start_with(|options| {
        patient(options);
        options.max_connections = 4;
    });
    let mut slow: Vec<_> = (0..40).map(|_| site.connect()).collect();
    for connection in &mut slow {
        connection.send_what_it_takes("GET /metadata/timestamp.json HTTP/1.1\r\nHost: publ");
    }
    for _ in 0..20 {
        assert_eq!(site.get("/metadata/timestamp.json", &[]).status, 200);
    }
}

#[test]
fn an_address_has_as_many_connections_as_it_may_and_the_rest_are_closed() {
    let site = Site::start_with(|options| {
        patient(options);
        options.max_connections_per_address = 2;
    });
    let (mut first, mut second) = (site.connect(), site.connect());
    assert_eq!(first.get("/first", &[]).status, 404);
    assert_eq!(second.get("/second", &[]).status, 404);
    assert!(site.connect().rest().is_empty());
    assert_eq!(first.get("/first", &[]).status, 404);
    drop(second);
    // Its end is seen at once, if not before the next connection.
    let again = (0..1_000_000).find_map(|_| {
        let mut connection = site.connect();
        connection.send_what_it_takes(request("GET", "/again", &[("Connection", "close")]));
        Some(connection.rest()).filter(|answer| !answer.is_empty())
    });
    assert!(again.unwrap().starts_with(b"HTTP/1.1 404"));
}

#[test]
fn an_address_that_asks_too_often_is_told_when_to_come_back() {
    let site = Site::start_with(|options| (options.rate, options.burst) = (1, 5));
    let mut connection = site.connect();
    let answers: Vec<_> = (0..20).map(|_| connection.get("/metadata/timestamp.json", &[])).collect();
    assert!(answers[..5].iter().all(|answer| answer.status == 200));
    let refused = answers.iter().find(|answer| answer.status == 429).unwrap();
    let wait: u64 = refused.field("retry-after").unwrap().parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    assert_eq!(refused.field("cache-control"), Some("no-store"));
    // Another connection of the same address is no way round it.
    let statuses: Vec<_> = (0..20).map(|_| site.get("/metadata/timestamp.json", &[]).status).collect();
    assert!(statuses.contains(&429), "{statuses:?}");
}
