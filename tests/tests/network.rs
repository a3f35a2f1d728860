//! The client and the server over real sockets: how many requests, which refusals, two clients at once.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use interdict_host::exit::Exit;
use interdict_host::testing::{Captured, TestClock, TestWorld};
use interdict_publisher::serve::{AccessLog, RunningServer, ServeOptions, spawn};
use interdict_schema::Sha256;
use interdict_tests::agency::{Agency, Run};
use interdict_tests::simulator::{Simulator, beginning, list_payload, payload};

/// A server for the folder that the agency calls its mirror, and its access log.
fn serve(agency: &Agency) -> (RunningServer, Captured) {
    let log = Captured::default();
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    let clock = Arc::new(TestClock::at(beginning()));
    let server =
        spawn(ServeOptions::new(agency.mirror(), any_port), AccessLog::new(log.clone(), clock)).unwrap();
    (server, log)
}

/// What was asked for, in order: `GET /metadata/timestamp.json HTTP/1.1" 200`.
fn requests(log: &Captured) -> Vec<String> {
    let text = log.take_text();
    text.lines()
        .map(|line| {
            line.split('"').nth(1).unwrap().to_owned() + line.split('"').nth(2).unwrap().get(..4).unwrap()
        })
        .collect()
}

fn follow(agency: &Agency, url: &str) {
    assert_eq!(agency.run(&["setup", url]).exit(), Exit::Done);
}

/// trust.md rule 11
#[test]
fn a_sync_with_nothing_new_is_two_requests() {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    let agency = Agency::trusting(&authority);
    authority.serve_from(&agency.mirror());
    let (server, log) = serve(&agency);
    follow(&agency, &server.url());
    let first = agency.run(&["sync"]);
    assert_eq!(first.exit(), Exit::Done, "{}", first.stderr);
    assert_eq!(requests(&log).len(), 6, "root, timestamp, snapshot, targets, issuers, one directive");
    let second = agency.run(&["sync"]);
    assert_eq!(second.exit(), Exit::Done, "{}", second.stderr);
    assert_eq!(
        requests(&log),
        ["GET /metadata/2.root.json HTTP/1.1 404", "GET /metadata/timestamp.json HTTP/1.1 200"]
    );
    server.stop().unwrap();
}

#[test]
fn one_more_directive_is_one_more_download() {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    let agency = Agency::trusting(&authority);
    authority.serve_from(&agency.mirror());
    let (server, log) = serve(&agency);
    follow(&agency, &server.url());
    agency.run(&["sync"]);
    authority.directive(&payload("BOD-2", 1, None));
    authority.publish();
    authority.serve_from(&agency.mirror());
    log.take_text();
    assert_eq!(agency.run(&["sync"]).exit(), Exit::Done);
    let asked = requests(&log);
    assert_eq!(asked.len(), 5, "{asked:?}");
    assert!(
        asked.iter().filter(|line| line.contains("/targets/")).all(|line| line.contains("BOD-2.1.json")),
        "{asked:?}"
    );
    server.stop().unwrap();
}

#[test]
fn many_directives_come_once_each_over_several_connections() {
    let mut authority = Simulator::new();
    for number in 1..=40 {
        authority.directive(&payload(&format!("BOD-{number}"), 1, None));
    }
    authority.publish();
    let reference = Agency::following(&authority).policy();
    let agency = Agency::trusting(&authority);
    authority.serve_from(&agency.mirror());
    let (server, log) = serve(&agency);
    follow(&agency, &server.url());
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    let mut asked = requests(&log);
    assert_eq!(asked.len(), 45);
    asked.sort();
    asked.dedup();
    assert_eq!(asked.len(), 45, "nothing was asked for twice");
    assert!(agency.policy() == reference);
    server.stop().unwrap();
}

/// A server that answers every request with these bytes, whatever is asked, until the client goes away.
fn answers(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            // One packet holds such a request.
            let _ = connection.read(&mut [0; 4096]);
            let _ = connection.write_all(bytes);
        }
    });
    url
}

/// A server that serves the simulator's files, and this one without an end: pieces of lines, as long as somebody takes
/// them.
fn serves_without_end(authority: &Simulator, endless: &'static str) -> String {
    let files = authority.files.clone();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = [0; 4096];
            let read = connection.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(request.get(..read).unwrap()).into_owned();
            let path = request.split(' ').nth(1).unwrap_or("/").trim_start_matches('/').to_owned();
            if path.ends_with(endless) {
                let _ = connection.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                while connection
                    .write_all(b"40\r\n0000000000000000000000000000000000000000000000000000000000000000\r\n")
                    .is_ok()
                {}
                continue;
            }
            let (status, body) = match files.get(&path) {
                Some(bytes) => ("200 OK", bytes.as_slice()),
                None => ("404 Not Found", &b""[..]),
            };
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            let _ = connection.write_all(head.as_bytes());
            let _ = connection.write_all(body);
        }
    });
    url
}

#[test]
fn a_file_of_entries_without_an_end_is_cut_off_at_its_signed_length() {
    let mut authority = Simulator::new();
    let file = format!("{}\n", Sha256::of(b"bad"));
    authority.target("h.txt", file.as_bytes());
    let digest = Sha256::of(file.as_bytes());
    let members = format!(
        r#""attachments":[{{"kind":"sha256","path":"h.txt","digest":"{digest}","length":65,"entries":1}}]"#
    );
    authority.list(&list_payload("BOD-X", 1, None, &members));
    authority.publish();
    let agency = Agency::trusting(&authority);
    follow(&agency, &serves_without_end(&authority, "h.txt"));
    let run = agency.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("h.txt: more than 65 bytes"), "{}", run.stderr);
    assert!(!agency.state().join("current").exists(), "nothing was taken");
    assert!(!agency.state().join("repositories/main/incoming").exists(), "and nothing of it stays");
    let evidence = agency.run(&["evidence", "list"]);
    assert!(evidence.stdout.contains("endless-data"), "{}", evidence.stdout);
}

fn sync_from(url: &str) -> (Agency, Run) {
    let authority = Simulator::new();
    let agency = Agency::trusting(&authority);
    follow(&agency, url);
    let before = agency.held();
    let run = agency.run(&["sync"]);
    assert!(agency.held() == before, "{}", run.stderr);
    (agency, run)
}

#[test]
fn an_answer_that_breaks_off_is_no_answer() {
    let (_, run) = sync_from(&answers(
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nConnection: close\r\n\r\n{\"signed\"",
    ));
    assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
    assert!(run.stderr.contains("the answer broke off"), "{}", run.stderr);
}

#[test]
fn an_error_of_the_server_is_no_answer_and_never_the_end_of_the_roots() {
    let (_, run) = sync_from(&answers(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
    assert!(run.stderr.contains("2.root.json: the server answered 500"), "{}", run.stderr);
}

#[test]
fn a_page_in_place_of_metadata_is_refused() {
    let (agency, run) = sync_from(&answers(
        b"HTTP/1.1 200 OK\r\nContent-Length: 21\r\nConnection: close\r\n\r\n<html>Log in</html>  ",
    ));
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    let evidence = std::fs::read_dir(agency.state().join("repositories/main/evidence")).unwrap().count();
    assert_eq!(evidence, 2, "the bytes and the reason are kept");
}

#[test]
fn a_redirect_to_another_scheme_is_not_followed() {
    let (_, run) =
        sync_from(&answers(b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
    assert!(run.stderr.contains("a redirect to another scheme"), "{}", run.stderr);
}

#[test]
fn a_server_that_is_not_there_is_no_answer() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (_, run) = sync_from(&format!("http://{unused}/"));
    assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
    assert!(run.stderr.contains("hint: what was held stays in force"), "{}", run.stderr);
}

#[test]
fn a_proxy_is_asked_where_the_environment_names_one_and_not_for_exempt_hosts() {
    let authority = Simulator::new();
    let proxy = answers(b"HTTP/1.1 503 Through the proxy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let server = answers(b"HTTP/1.1 500 Direct\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let agency = Agency::trusting(&authority);
    follow(&agency, &server);
    for (variables, status) in [
        (&[][..], "500"),
        (&[("http_proxy", proxy.as_str())], "503"),
        (&[("HTTP_PROXY", proxy.as_str())], "503"),
        (&[("all_proxy", proxy.as_str())], "503"),
        (&[("https_proxy", proxy.as_str())], "500"),
        (&[("http_proxy", proxy.as_str()), ("no_proxy", "127.0.0.1")], "500"),
    ] {
        let arrange =
            |test| variables.iter().fold(test, |test: TestWorld, (name, value)| test.variable(name, value));
        let run = agency.run_arranged(arrange, &["sync"]);
        assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
        assert!(
            run.stderr.contains(&format!("the server answered {status}")),
            "{variables:?}: {}",
            run.stderr
        );
    }
}

/// A server that reads a request, answers with these bytes, and then neither goes on nor closes.
fn stalls_after(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let mut open = Vec::new();
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let _ = connection.read(&mut [0; 4096]);
            let _ = connection.write_all(bytes);
            open.push(connection);
        }
    });
    url
}

/// Syncs from a server whose read time-out is this short.
fn sync_impatiently(url: &str, timeouts: &str) -> Run {
    let authority = Simulator::new();
    let agency = Agency::trusting(&authority);
    follow(&agency, url);
    let config = agency.path("config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text + "\ntimeouts = { " + timeouts + " }\n").unwrap();
    let before = agency.held();
    let run = agency.run(&["sync"]);
    assert!(agency.held() == before, "{}", run.stderr);
    run
}

#[test]
fn a_connection_that_stalls_is_given_up_wherever_it_stalls() {
    for begun in [
        &b""[..],
        b"HTTP/1.1 2",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"signed\"",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"sig",
        // Longer than it may be, which is known before it stalls.
        b"HTTP/1.1 200 OK\r\nContent-Length: 512001\r\n\r\n{\"sig",
    ] {
        let run = sync_impatiently(&stalls_after(begun), "read = \"50ms\"");
        let too_long = begun.windows(6).any(|part| part == b"512001");
        let (exit, says) =
            if too_long { (Exit::Refused, "more than 512000 bytes") } else { (Exit::NoAnswer, "timed out") };
        assert_eq!(run.exit(), exit, "{}", run.stderr);
        assert!(run.stderr.contains(says), "{}", run.stderr);
    }
}

#[test]
fn a_second_client_waits_its_turn() {
    let authority = Simulator::new();
    let agency = Agency::following(&authority);
    let _lock = interdict_host::lock::Lock::acquire(&agency.state().join("lock")).unwrap();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::NoAnswer);
    assert!(run.stderr.contains("hint: wait until the other run has finished"), "{}", run.stderr);
}
