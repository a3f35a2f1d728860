//! Attacks on the server over real sockets: slow headers by the hundred while somebody polls, and hostile request lines. The long
//! form is `tests/benches/serve_attacks.sh`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::symlink;
use std::time::Duration;

use interdict_publisher::serve::{AccessLog, RunningServer, Sandbox, ServeOptions, spawn};

const SECRET: &str = "the secret beside the root";
const TIMESTAMP: &str = "{\"signed\":{\"_type\":\"timestamp\",\"version\":1}}";

/// How many of each, unless the environment of the long form says otherwise.
fn times(name: &str, short: usize) -> usize {
    std::env::var(name).map_or(short, |text| text.parse().unwrap())
}

/// A root with a secret beside it, and a link that leads there.
fn served(change: impl FnOnce(&mut ServeOptions)) -> (tempfile::TempDir, RunningServer) {
    let around = tempfile::tempdir().unwrap();
    fs::write(around.path().join("secret"), SECRET).unwrap();
    let root = around.path().join("root");
    fs::create_dir_all(root.join("metadata")).unwrap();
    fs::write(root.join("metadata/timestamp.json"), TIMESTAMP).unwrap();
    fs::write(root.join(".hidden"), SECRET).unwrap();
    symlink("../secret", root.join("link.json")).unwrap();
    symlink("..", root.join("up")).unwrap();
    let mut options = ServeOptions::new(root, SocketAddr::from(([127, 0, 0, 1], 0)));
    options.sandbox = Sandbox::On;
    change(&mut options);
    let server = spawn(options, AccessLog::none()).unwrap();
    (around, server)
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    stream
}

/// Everything that comes back before the server closes.
fn exchange(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(address);
    // The server may refuse and close while we still write, and close with a reset.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

fn poll(address: SocketAddr) {
    let answer = exchange(
        address,
        b"GET /metadata/timestamp.json HTTP/1.1\r\nHost: publisher.example\r\nConnection: close\r\n\r\n",
    );
    let text = String::from_utf8_lossy(&answer);
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with(TIMESTAMP), "{text}");
}

#[test]
fn slow_headers_by_the_hundred_cost_nobody_else_an_answer() {
    let (_around, server) = served(|options| {
        options.max_connections = 100;
        options.max_connections_per_address = 0;
    });
    let mut slow = Vec::new();
    for number in 0..times("INTERDICT_SLOW", 300) {
        let mut stream = connect(server.address());
        let _ = stream.write_all(b"GET /metadata/timestamp.json HTTP/1.1\r\nHost: publisher.example\r\nX-");
        slow.push(stream);
        if number % 10 == 0 {
            // Each sends one more byte, for ever.
            for stream in &mut slow {
                let _ = stream.write_all(b"a");
            }
            poll(server.address());
        }
    }
    server.stop().unwrap();
}

/// Xorshift: the same sequence each time.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(below).unwrap()).unwrap()
    }

    fn one_of<'a>(&mut self, parts: &[&'a str]) -> &'a str {
        parts[self.next(parts.len())]
    }
}

/// A path that tries to get out, or to break what reads it.
fn path(sequence: &mut Sequence) -> Vec<u8> {
    const STEPS: &[&str] = &[
        "..",
        "%2e%2e",
        "%2E.",
        ".%2e",
        "%252e%252e",
        "..%00",
        "%c0%ae%c0%ae",
        "%u002e%u002e",
        "..;",
        "...",
        ".",
        "",
        "up",
        "metadata",
        "link.json",
        "secret",
        ".hidden",
        "root",
        "etc",
        "passwd",
        "proc",
        "self",
        "environ",
        "timestamp.json",
        "%2fetc%2fpasswd",
        "..%5c..",
        "\\..",
        "%",
        "%g1",
        "%ff%fe",
        "~",
        "$HOME",
        "`id`",
        "\u{202e}",
        "\u{ff0e}\u{ff0e}",
    ];
    const JOINTS: &[&str] = &["/", "//", "%2f", "%2F", "\\", "%5c", "/./", "%252f", ";/", "/%00/", "?", "#"];
    let mut path = String::from(sequence.one_of(&[
        "/",
        "",
        "//",
        "http://publisher.example/",
        "http://a@b/",
        "file:///",
        "*",
    ]));
    for _ in 0..=sequence.next(8) {
        path += sequence.one_of(STEPS);
        path += sequence.one_of(JOINTS);
    }
    path += sequence.one_of(&["secret", "link.json", "up/secret", ".hidden", "%73ecret", ""]);
    let mut path = path.into_bytes();
    match sequence.next(8) {
        0 => path.extend(std::iter::repeat_n(b'a', sequence.next(40_000))),
        1 => {
            let place = sequence.next(path.len());
            path[place] = u8::try_from(sequence.next(256)).unwrap();
        }
        _ => {}
    }
    path
}

/// A request around it, well formed or of a shape that splits or smuggles.
fn hostile(sequence: &mut Sequence) -> Vec<u8> {
    let method = sequence.one_of(&["GET", "HEAD", "POST", "get", "G\0T", "OPTIONS", "CONNECT", "PRI", ""]);
    let version = sequence.one_of(&["HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "HTP/1.1", ""]);
    let mut request = [method.as_bytes(), b" ", &path(sequence), b" ", version.as_bytes(), b"\r\n"].concat();
    let smuggled = "GET /../secret HTTP/1.1\r\nHost: a\r\n\r\n";
    let shape = match sequence.next(9) {
        0 => "Host: a\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\n".to_owned() + smuggled,
        1 => {
            "Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n".to_owned()
                + smuggled
        }
        2 => "Host: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n".to_owned() + smuggled,
        3 => "Host: a\r\nTransfer-Encoding: xchunked\r\n\r\nffffffffffffffffff\r\n".to_owned() + smuggled,
        4 => "Host: a\nX: y\r\n Folded: z\r\n\r\n".to_owned() + smuggled,
        5 => format!("Host: a\r\nX: {}\r\n\r\n", "x".repeat(sequence.next(70_000))),
        6 => "Host: a\r\n".to_owned() + &"X: y\r\n".repeat(sequence.next(300)) + "\r\n",
        7 => {
            "Host: a\r\nRange: bytes=0-,-1,5-2\r\nIf-None-Match: \"\r\nAccept-Encoding: gzip;q=9, \0\r\n\r\n"
                .to_owned()
        }
        _ => "Host: a\r\n\r\n".to_owned(),
    };
    request.extend_from_slice(shape.as_bytes());
    request
}

#[test]
fn hostile_requests_get_nothing_from_outside_the_root_and_end_nothing() {
    let (_around, server) = served(|options| options.max_connections_per_address = 0);
    let mut sequence = Sequence(0x1234_5678_9abc_def1);
    for number in 0..times("INTERDICT_HOSTILE", 3_000) {
        let request = hostile(&mut sequence);
        let answer = exchange(server.address(), &request);
        let text = String::from_utf8_lossy(&answer);
        let shown = String::from_utf8_lossy(&request);
        assert!(!text.contains(SECRET) && !text.contains("root:x:"), "request {number}: {shown}");
        // An answer, or none where there is nothing to answer; never half of one.
        assert!(text.is_empty() || text.starts_with("HTTP/1."), "request {number}: {shown}\n{text}");
        if number % 500 == 0 {
            poll(server.address());
        }
    }
    poll(server.address());
    // A thread that panicked would be said here.
    server.stop().unwrap();
}
