//! Where a server listens: several places, sockets of the file system, sockets that were handed over.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::{UnixListener, UnixStream};

use interdict_publisher::serve::{AccessLog, Endpoint, ServeError, ServeOptions, bind, spawn};

use crate::client::{Connection, request};
use crate::site::{Site, TIMESTAMP, loopback, published};

#[test]
fn listens_in_several_places_with_several_threads() {
    let site = Site::start_with(|options| {
        options.listen.push(loopback().into());
        options.threads = 3;
    });
    let urls = site.server.urls().to_vec();
    assert_eq!(urls.len(), 2);
    for url in &urls {
        let address = url.trim_start_matches("http://").parse().unwrap();
        for _ in 0..24 {
            let answer = Connection::open(address).get("/metadata/timestamp.json", &[]);
            assert_eq!(answer.content, TIMESTAMP.as_bytes());
        }
    }
    site.server.stop().unwrap();
    assert!(!urls.iter().any(|url| Connection::is_let_in(url.trim_start_matches("http://"))));
}

#[test]
fn a_port_is_taken_whoever_has_it_and_whatever_they_allow() {
    let site = Site::start_with(|options| options.threads = 2);
    for threads in [1, 2] {
        let mut options = ServeOptions::new(site.root(), site.server.address());
        options.threads = threads;
        assert!(matches!(bind(options), Err(ServeError::AddressTaken { .. })));
    }
    let stranger = TcpListener::bind(loopback()).unwrap();
    let mut options = ServeOptions::new(site.root(), stranger.local_addr().unwrap());
    options.threads = 2;
    assert!(matches!(bind(options), Err(ServeError::AddressTaken { .. })));
}

#[test]
fn listens_in_the_file_system_and_replaces_a_socket_that_was_left_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("serve.sock");
    drop(UnixListener::bind(&path).unwrap());
    let site = Site::start_with(|options| options.listen = vec![Endpoint::Unix(path.clone())]);
    assert_eq!(site.server.url(), format!("unix:{}", path.display()));
    let mut stream = UnixStream::connect(&path).unwrap();
    stream
        .write_all(request("GET", "/metadata/timestamp.json", &[("Connection", "close")]).as_bytes())
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with(TIMESTAMP), "{answer}");
    let mut options = ServeOptions::new(site.root(), loopback());
    options.listen = vec![Endpoint::Unix(path.clone())];
    assert!(matches!(bind(options), Err(ServeError::AddressTaken { .. })));
    let lines = site.lines.clone();
    site.server.stop().unwrap();
    assert!(lines.text().starts_with("unix - - ["), "{}", lines.text());
}

#[test]
fn a_file_in_the_place_of_a_socket_is_left_alone() {
    let site = published();
    let path = site.path().join("metadata/timestamp.json");
    let mut options = ServeOptions::new(site.path(), loopback());
    options.listen = vec![Endpoint::Unix(path.clone())];
    assert!(matches!(spawn(options, AccessLog::none()), Err(ServeError::AddressTaken { .. })));
    assert_eq!(std::fs::read_to_string(path).unwrap(), TIMESTAMP);
}

#[test]
fn does_not_start_without_a_place() {
    let site = published();
    let mut options = ServeOptions::new(site.path(), loopback());
    options.listen = Vec::new();
    assert!(matches!(bind(options), Err(ServeError::NoEndpoint)));
}
