//! Every bound that a sync sets to what others serve, at its last good value and at the next one.
//!
//! Bounds that are kept within one file are tested beside it: bytes of metadata, signatures, depth, names, bundles, pace,
//! evidence. Here is what takes a repository, and what takes a server.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use interdict_client::config::MAX_CONFIG_BYTES;
use interdict_client::fetch::{Fetch, FetchError, Folder, Http, NetworkOptions};
use interdict_host::exit::Exit;
use interdict_schema::issuers;
use interdict_schema::limits::{ENVELOPE_LENGTH, ISSUERS_LENGTH, LISTED_DIRECTIVES, ROOT_ROTATIONS};
use interdict_schema::tuf::TargetFile;
use interdict_tests::agency::Agency;
use interdict_tests::simulator::{Simulator, payload};

/// A server that gives each request, as it was sent, to `answer`, and what it was asked.
fn server(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&asked);
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut buffer = [0; 4096];
            // One packet holds such a request.
            let length = connection.read(&mut buffer).unwrap_or(0);
            let request = String::from_utf8_lossy(buffer.get(..length).unwrap()).into_owned();
            log.lock().unwrap().push(request.clone());
            let _ = connection.write_all(&answer(request.split(' ').nth(1).unwrap_or_default()));
        }
    });
    (url, asked)
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n").as_bytes(), body].concat()
}

fn http(url: &str) -> Http {
    Http::new(url, &NetworkOptions::default()).unwrap()
}

/// trust.md rule 7
#[test]
fn as_many_roots_are_walked_as_may_be_and_the_next_sync_goes_on() {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    for _ in 0..ROOT_ROTATIONS {
        authority.publish_root();
    }
    let agency = Agency::trusting(&authority);
    assert_eq!(agency.sync(&authority).exit(), Exit::Done, "{ROOT_ROTATIONS} new roots");
    authority.publish_root();
    let agency = Agency::trusting(&authority);
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
    assert!(run.stderr.contains(&format!("more than {ROOT_ROTATIONS} new roots")), "{}", run.stderr);
    assert_eq!(agency.policy(), "");
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(agency.policy().contains("BOD-1"));
}

#[test]
fn a_list_of_issuers_and_an_envelope_of_the_most_bytes_are_asked_for_and_longer_ones_are_not() {
    for (path, limit) in [(issuers::TARGET_PATH, ISSUERS_LENGTH), ("BOD-1.1.json", ENVELOPE_LENGTH)] {
        let mut authority = Simulator::new();
        authority.directive(&payload("BOD-1", 1, None));
        for (length, says) in [
            // Asked for, and then shorter than was said.
            (limit, "not the file that trusted metadata states".to_owned()),
            (limit + 1, format!("found a length of {} bytes listed, wanted at most {limit}", limit + 1)),
        ] {
            authority.targets.targets.get_mut(path).unwrap().length = length;
            authority.publish();
            let agency = Agency::trusting(&authority);
            let run = agency.sync(&authority);
            assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
            assert!(run.stderr.contains(&says), "{path} {length}: {}", run.stderr);
            assert_eq!(agency.policy(), "");
        }
    }
}

#[test]
fn as_many_directives_may_be_listed_as_are_read_and_not_one_more() {
    let mut authority = Simulator::new();
    let nowhere = TargetFile::of(b"never served", None);
    for number in 1..=LISTED_DIRECTIVES {
        authority.targets.targets.insert(format!("BOD-{number}.1.json"), nowhere.clone());
    }
    authority.publish();
    let agency = Agency::trusting(&authority);
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::NoAnswer, "they are asked for: {}", run.stderr);
    assert!(run.stderr.contains("not found: "), "{}", run.stderr);
    authority.targets.targets.insert("BOD-0.1.json".into(), nowhere);
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    let says =
        format!("found {} directives listed, wanted at most {LISTED_DIRECTIVES}", LISTED_DIRECTIVES + 1);
    assert!(run.stderr.contains(&says), "{}", run.stderr);
}

#[test]
fn five_redirects_are_followed_and_a_sixth_is_not() {
    for (hops, follows) in [(5_usize, true), (6, false)] {
        let (url, asked) = server(move |path| {
            let hop: usize = path.strip_prefix("/hop/").map_or(0, |hop| hop.parse().unwrap());
            if hop == hops {
                answer("200 OK\r\nContent-Length: 2", b"ok")
            } else {
                answer(&format!("302 Found\r\nLocation: /hop/{}\r\nContent-Length: 0", hop + 1), b"")
            }
        });
        match http(&url).fetch(Folder::Metadata, "a.json", 10) {
            Ok(bytes) => assert!(follows && bytes == b"ok", "{hops}"),
            Err(error) => {
                assert!(!follows, "{hops}: {error}");
                let mut causes = Vec::new();
                let mut source: Option<&dyn std::error::Error> = Some(&error);
                while let Some(cause) = source {
                    causes.push(cause.to_string());
                    source = cause.source();
                }
                assert!(causes.iter().any(|cause| cause == "too many redirects"), "{causes:?}");
            }
        }
        assert_eq!(asked.lock().unwrap().len(), 6);
    }
}

#[test]
fn a_body_of_the_limit_is_read_and_a_longer_one_is_cut_off_however_it_is_framed() {
    for framing in ["Content-Length: 10", "Transfer-Encoding: chunked", "X-Length: none"] {
        let (url, _) = server(move |_| {
            let body: &[u8] = if framing.starts_with("Transfer") {
                b"4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n"
            } else {
                b"0123456789"
            };
            answer(&format!("200 OK\r\n{framing}"), body)
        });
        let http = http(&url);
        assert_eq!(http.fetch(Folder::Targets, "a", 10).unwrap(), b"0123456789", "{framing}");
        let cut = http.fetch(Folder::Targets, "a", 9);
        let Err(FetchError::TooLong { limit: 9, beginning, .. }) = cut else { panic!("{framing}: {cut:?}") };
        assert!(beginning == b"0123456789", "{framing}: how it begins is kept");
        let mut parts = Vec::new();
        let mut keep = |part: &[u8]| {
            parts.extend_from_slice(part);
            Ok(())
        };
        http.fetch_in_parts(Folder::Targets, "a", 10, &mut keep).unwrap();
        assert_eq!(parts, b"0123456789");
        let cut = http.fetch_in_parts(Folder::Targets, "a", 9, &mut |_| Ok(()));
        assert!(matches!(cut, Err(FetchError::TooLong { limit: 9, .. })), "{framing}: {cut:?}");
    }
}

#[test]
fn an_answer_of_200_with_a_short_body_is_no_success_however_it_is_framed() {
    for (head, body) in [
        ("200 OK\r\nContent-Length: 10", &b"012345678"[..]),
        ("200 OK\r\nContent-Length: 10", b""),
        ("200 OK\r\nTransfer-Encoding: chunked", b"a\r\n01234"),
        // The last chunk is missing.
        ("200 OK\r\nTransfer-Encoding: chunked", b"5\r\n01234\r\n"),
    ] {
        let (url, _) = server(move |_| answer(head, body));
        let short = http(&url).fetch(Folder::Targets, "a", 10);
        assert!(matches!(short, Err(FetchError::Network { .. })), "{head} {body:?}: {short:?}");
        let short = http(&url).fetch_in_parts(Folder::Targets, "a", 10, &mut |_| Ok(()));
        assert!(matches!(short, Err(FetchError::Network { .. })), "{head} {body:?}: {short:?}");
    }
    // A body that says nothing of its length ends where the connection does: its digest shows that it is short.
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    let files = authority.files.clone();
    let (url, _) = server(move |path| match files.get(path.trim_start_matches('/')) {
        Some(bytes) if path.contains("snapshot") => answer("200 OK", bytes.get(..bytes.len() - 1).unwrap()),
        Some(bytes) => answer("200 OK", bytes),
        None => answer("404 No", b""),
    });
    let agency = Agency::trusting(&authority);
    assert_eq!(agency.run(&["setup", &url]).exit(), Exit::Done);
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("snapshot: not the file that trusted metadata states"), "{}", run.stderr);
}

#[test]
fn other_successes_than_200_are_none() {
    for status in ["201 Created", "203 Changed", "204 No Content", "206 Partial Content", "304 Not Modified"]
    {
        let (url, _) = server(move |_| answer(&format!("{status}\r\nContent-Length: 0"), b""));
        let answer = http(&url).fetch(Folder::Metadata, "a", 10);
        assert!(matches!(answer, Err(FetchError::Status { .. })), "{status}: {answer:?}");
    }
}

/// Bytes are counted as they come, and there is nothing else to count: nothing is unpacked.
#[test]
fn nothing_compressed_is_asked_for_and_nothing_is_unpacked() {
    // A gzip member of an empty file.
    const EMPTY: [u8; 20] = [31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let (url, asked) = server(|path| {
        if path.contains("root") {
            return answer("404 No\r\nContent-Length: 0", b"");
        }
        answer("200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20", &EMPTY)
    });
    assert_eq!(http(&url).fetch(Folder::Targets, "a", 20).unwrap(), EMPTY, "as it came");
    let cut = http(&url).fetch(Folder::Targets, "a", 19);
    assert!(matches!(cut, Err(FetchError::TooLong { limit: 19, .. })));
    let asked_for = asked.lock().unwrap().concat().to_lowercase();
    assert!(!asked_for.contains("accept-encoding"), "{asked_for}");
    let agency = Agency::trusting(&Simulator::new());
    assert_eq!(agency.run(&["setup", &url]).exit(), Exit::Done);
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("timestamp: not strict JSON"), "{}", run.stderr);
}

#[test]
fn a_configuration_of_the_most_bytes_is_read_and_a_longer_one_is_an_error() {
    let agency = Agency::new();
    let path = agency.path("config.toml");
    let text = "[[repository]]\nname = \"a\"\nurl = \"/x\"\n#";
    let limit = usize::try_from(MAX_CONFIG_BYTES).unwrap();
    let of = |length: usize| text.to_owned() + &"x".repeat(length - text.len());
    fs::write(&path, of(limit)).unwrap();
    assert_eq!(agency.run(&["setup", "/y", "--name", "b"]).exit(), Exit::Done);
    fs::write(&path, of(limit + 1)).unwrap();
    let run = agency.run(&["setup", "/y", "--name", "b"]);
    assert_eq!(run.exit(), Exit::NoAnswer);
    assert!(run.stderr.contains("is longer than 1000000 bytes"), "{}", run.stderr);
}
