//! In the sandbox everything goes on: new files, new folders, renewed certificates. And nothing else can be read.

use std::fs;
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use interdict_publisher::serve::{AccessLog, Sandbox, ServeOptions, bind};

use crate::client::Connection;
use crate::site::{Site, TIMESTAMP, long_content, loopback, published};
use crate::tls;

#[test]
fn new_publications_and_renewed_certificates_are_taken_over_in_the_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    let first = tls::renew(folder.path());
    let site = Site::start_with(|options| {
        options.certificate = Some(tls::files(folder.path()));
        options.sandbox = Sandbox::On;
        options.threads = 2;
        options.admin = Some(loopback().into());
    });
    let address = site.server.address();
    assert!(tls::get(address, &first, "/metadata/timestamp.json").unwrap().ends_with(TIMESTAMP));
    site.publish("metadata/2.root.json", "{\"version\":2}");
    assert!(tls::get(address, &first, "/metadata/2.root.json").unwrap().ends_with("{\"version\":2}"));
    // On a blocking thread, from memory and from disk.
    for length in [1 << 20, 9 << 20] {
        let content = long_content(length);
        fs::create_dir_all(site.root().join("later")).unwrap();
        fs::write(site.root().join("later/long.txt"), b"x".repeat(content.len())).unwrap();
        assert!(tls::get(address, &first, "/later/long.txt").unwrap().len() > length);
    }
    let second = tls::renew(folder.path());
    let start = Instant::now();
    while tls::get(address, &second, "/metadata/timestamp.json").is_err() {
        assert!(start.elapsed() < Duration::from_mins(1), "the certificate is not taken over");
    }
    assert_eq!(Connection::open(site.server.admin().unwrap()).get("/healthz", &[]).status, 200);
    site.server.stop().unwrap();
}

/// What a thread sees and may do from within. The sandbox holds for ever, so the test's own thread stays out of it.
fn from_within<T: Send + 'static>(look: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::spawn(move || {
        let mut options = ServeOptions::new(published().keep(), loopback());
        options.sandbox = Sandbox::On;
        bind(options).unwrap().run(std::future::ready(()), AccessLog::none()).unwrap();
        look()
    })
    .join()
    .unwrap()
}

#[test]
fn in_the_sandbox_nothing_else_can_be_read_written_started_or_reached() {
    let elsewhere = tempfile::tempdir().unwrap();
    let secret = elsewhere.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    let listener = TcpListener::bind(loopback()).unwrap();
    let address = listener.local_addr().unwrap();
    let kinds = from_within(move || {
        [
            fs::read(&secret).map(drop),
            fs::read_dir("/").map(drop),
            fs::write(secret.with_file_name("new"), "x"),
            fs::remove_file(&secret),
            std::process::Command::new("/bin/true").status().map(drop),
            TcpStream::connect(address).map(drop),
            TcpListener::bind(loopback()).map(drop),
        ]
        .map(|result| result.map_err(|error| error.kind()))
    });
    assert_eq!(kinds, [Err(ErrorKind::PermissionDenied); 7]);
    assert_eq!(fs::read_to_string(elsewhere.path().join("secret")).unwrap(), "secret");
}
