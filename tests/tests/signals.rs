//! `interdict sync --watch` as a process that is told to end: while it waits, and in the middle of a sync.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use interdict_host::exit::Exit;
use interdict_host::world::World;
use interdict_tests::agency::Agency;
use interdict_tests::programs;
use interdict_tests::simulator::{Simulator, payload};
use rustix::process::{Pid, Signal, kill_process};

/// How many directives there are, of which only a few are fetched before the signal.
const DIRECTIVES: u32 = 400;

/// Starts the program on this agency's folders.
fn watch(agency: &Agency) -> Child {
    let client = programs::build().unwrap().client;
    Command::new(client)
        .args(["--allow-example-keys", "--config"])
        .arg(agency.path("config.toml"))
        .arg("--state")
        .arg(agency.state())
        .args(["sync", "--watch"])
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Tells it to end, and returns once the signal has reached it.
fn tell(child: &Child, signal: Signal) {
    let pid = Pid::from_child(child);
    kill_process(pid, signal).unwrap();
    let bit = 1_u64 << (signal.as_raw() - 1);
    let status = format!("/proc/{}/status", child.id());
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let pending = text.lines().find_map(|line| line.strip_prefix("ShdPnd:")).map(str::trim);
        if pending.is_none_or(|bits| u64::from_str_radix(bits, 16).unwrap() & bit == 0) {
            return;
        }
        thread::yield_now();
    }
}

fn ended(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

/// Serves a repository. Before the first target is answered it says so, and waits until it may go on.
fn serves(authority: &Simulator) -> (String, mpsc::Receiver<()>, mpsc::Sender<()>, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (says, said) = mpsc::channel();
    let (go, may_go) = mpsc::channel();
    let asked = Arc::new(AtomicUsize::new(0));
    let (files, counted) = (authority.files.clone(), Arc::clone(&asked));
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut buffer = [0; 4096];
            // One packet holds such a request.
            let length = connection.read(&mut buffer).unwrap_or(0);
            let text = String::from_utf8_lossy(buffer.get(..length).unwrap()).into_owned();
            let Some(path) = text.split(' ').nth(1).map(|path| path.trim_start_matches('/').to_owned())
            else {
                continue;
            };
            if path.contains("BOD-") && counted.fetch_add(1, Ordering::SeqCst) == 0 {
                says.send(()).unwrap();
                let _ = may_go.recv();
            }
            let (status, bytes) = files.get(&path).map_or(("404 No", &b""[..]), |bytes| ("200 OK", bytes));
            let head =
                format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", bytes.len());
            let _ = connection.write_all(&[head.as_bytes(), bytes].concat());
        }
    });
    (url, said, go, asked)
}

#[test]
fn a_watching_client_that_is_told_to_end_in_the_middle_of_a_sync_ends_before_the_next_request() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut authority = Simulator::at(World::real().now().unwrap());
        authority.publish_directives(DIRECTIVES);
        let agency = Agency::trusting(&authority);
        let (url, said, go, asked) = serves(&authority);
        assert_eq!(agency.run(&["setup", &url]).exit(), Exit::Done);
        let before = agency.held();
        let child = watch(&agency);
        said.recv().unwrap();
        tell(&child, signal);
        go.send(()).unwrap();
        let (code, said) = ended(child);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("told to end") && said.contains("what was held stays in force"), "{said}");
        let asked = asked.load(Ordering::SeqCst);
        assert!(asked <= 20, "{asked} directives were asked for after the signal");
        assert_eq!(agency.policy(), "");
        // The metadata that was verified by then may be kept; what was pinned is untouched.
        let held = agency.held();
        assert!(before.iter().all(|(path, bytes)| held.get(path) == Some(bytes)));
        let mut agency = agency;
        agency.now = World::real().now().unwrap();
        assert_eq!(agency.run(&["setup", agency.mirror().to_str().unwrap()]).exit(), Exit::Done);
        let run = agency.sync(&authority);
        assert_eq!(run.exit(), Exit::Done, "the store is whole: {}", run.stderr);
        assert_eq!(agency.policy().matches("\"id\": \"BOD-").count(), usize::try_from(DIRECTIVES).unwrap());
    }
}

#[test]
fn a_watching_client_that_is_told_to_end_while_it_waits_ends_at_once() {
    let mut authority = Simulator::at(World::real().now().unwrap());
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    let agency = Agency::trusting(&authority);
    authority.serve_from(&agency.mirror());
    let mut child = watch(&agency);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let waits = lines.by_ref().map(Result::unwrap).find(|line| line.starts_with("main: next at "));
    assert!(waits.is_some());
    tell(&child, Signal::TERM);
    let (code, said) = ended(child);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    assert!(lines.next().is_none());
    assert!(agency.policy().contains("BOD-1"));
}
