//! Starting and stopping.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use interdict_publisher::serve::{
    AccessLog, Endpoint, Inherited, ServeError, ServeOptions, bind, serve, spawn,
};
use rustix::process::{Signal, getpid, kill_process};

use crate::client::{Connection, request};
use crate::site::{Site, TIMESTAMP, long_content, loopback, published};

const NEVER: Duration = Duration::from_hours(1);

#[test]
fn takes_a_free_port_and_says_which() {
    let site = Site::start();
    let address = site.server.address();
    assert_ne!(address.port(), 0);
    assert_eq!(site.server.url(), format!("http://{address}"));
    let bound = bind(ServeOptions::new(site.root(), loopback())).unwrap();
    assert_ne!(bound.address(), address);
    assert_eq!(bound.url(), format!("http://{}", bound.address()));
}

#[test]
fn refuses_to_start_without_a_folder_an_address_or_a_connection() {
    let site = Site::start();
    let refusal = |root, listen| bind(ServeOptions::new(root, listen)).unwrap_err();
    let absent = site.root().join("absent");
    let error = refusal(absent.clone(), loopback());
    assert!(matches!(&error, ServeError::RootMissing { root } if *root == absent), "{error:?}");
    let file = site.root().join("metadata/timestamp.json");
    let error = refusal(file.clone(), loopback());
    assert!(matches!(&error, ServeError::RootNotDirectory { root } if *root == file), "{error:?}");
    let taken = site.server.address();
    let error = refusal(site.root().to_owned(), taken);
    assert!(
        matches!(&error, ServeError::AddressTaken { endpoint } if *endpoint == Endpoint::from(taken)),
        "{error:?}"
    );
    let elsewhere: SocketAddr = "192.0.2.1:0".parse().unwrap();
    let error = refusal(site.root().to_owned(), elsewhere);
    assert!(
        matches!(&error, ServeError::AddressNotHere { endpoint } if *endpoint == Endpoint::from(elsewhere)),
        "{error:?}"
    );
    let mut options = ServeOptions::new(site.root(), loopback());
    options.max_connections = 0;
    assert!(matches!(bind(options), Err(ServeError::NoConnections)));
}

#[test]
fn closes_idle_connections_when_it_stops() {
    let site = Site::start_with(|options| {
        (options.idle_timeout, options.header_timeout, options.drain_timeout) = (NEVER, NEVER, NEVER);
    });
    let address = site.server.address();
    let (mut used, mut unused) = (site.connect(), site.connect());
    assert_eq!(used.get("/metadata/timestamp.json", &[]).status, 200);
    site.server.stop().unwrap();
    assert!(used.rest().is_empty() && unused.rest().is_empty());
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn finishes_the_answers_under_way_before_it_ends() {
    let site = Site::start_with(|options| options.drain_timeout = NEVER);
    let content = long_content(24 << 20);
    fs::write(site.root().join("long.pdf"), &content).unwrap();
    let mut connection = site.connect();
    connection.send(request("GET", "/long.pdf", &[]));
    assert_eq!(connection.head().status, 200);
    let server = site.server;
    let address = server.address();
    let stopping = std::thread::spawn(move || server.stop());
    // From the first moment on, nobody new is let in; this answer goes on all the same.
    let start = Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(30), "still letting connections in");
    }
    assert!(connection.read_exact(content.len()) == content);
    assert!(connection.rest().is_empty());
    stopping.join().unwrap().unwrap();
}

#[test]
fn waits_for_a_stalled_reader_no_longer_than_the_drain_timeout() {
    let site = Site::start_with(|options| {
        options.write_timeout = NEVER;
        options.drain_timeout = Duration::from_millis(50);
    });
    fs::write(site.root().join("long.pdf"), long_content(24 << 20)).unwrap();
    let mut connection = site.connect();
    connection.send(request("GET", "/long.pdf", &[]));
    assert_eq!(connection.head().status, 200);
    site.server.stop().unwrap();
    assert!(connection.rest().len() < 24 << 20);
}

#[test]
fn stops_when_it_is_dropped() {
    let folder = published();
    let server = spawn(ServeOptions::new(folder.path(), loopback()), AccessLog::none()).unwrap();
    let address = server.address();
    drop(server);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn announces_its_address_and_ends_on_either_signal() {
    for signal in [Signal::TERM, Signal::INT] {
        let folder = published();
        let (reader, mut writer) = std::io::pipe().unwrap();
        let options = ServeOptions::new(folder.path(), loopback());
        let serving =
            std::thread::spawn(move || serve(options, Inherited::default(), &mut writer, AccessLog::none()));
        let mut out = BufReader::new(reader).lines();
        let line = out.next().unwrap().unwrap();
        let address = line.strip_prefix("listening on http://").unwrap().parse().unwrap();
        let answer = Connection::open(address).get("/metadata/timestamp.json", &[]);
        assert_eq!(answer.content, TIMESTAMP.as_bytes());
        kill_process(getpid(), signal).unwrap();
        serving.join().unwrap().unwrap();
        assert!(out.next().is_none(), "one line and no more");
    }
}
