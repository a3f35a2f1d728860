//! moto, started for one test on a port that the system chooses, and ended with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// A store with the bucket `directives`.
pub struct Store {
    url: String,
    child: Child,
    /// It ends when this is closed.
    input: Option<ChildStdin>,
}

/// An answer of HTTP.
pub struct Answer {
    pub status: u16,
    fields: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

impl Store {
    /// `None` where `INTERDICT_MOTO_PYTHON` names no Python that has moto.
    pub fn start() -> Option<Self> {
        let Some(python) = std::env::var_os("INTERDICT_MOTO_PYTHON") else {
            eprintln!("skipped: INTERDICT_MOTO_PYTHON names no Python with moto");
            return None;
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/bucket.py");
        let mut command = Command::new(python);
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        assert!(url.starts_with("http://"), "moto did not start: {url:?}");
        Some(Self { url: url.trim().to_owned(), child, input })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn get(&self, path: &str) -> Answer {
        exchange(&self.url, "GET", path, b"")
    }

    pub fn put(&self, path: &str, body: &[u8]) {
        assert_eq!(exchange(&self.url, "PUT", path, body).status, 200);
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// One request on a connection of its own.
pub fn exchange(url: &str, method: &str, path: &str, body: &[u8]) -> Answer {
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let signed = if method == "PUT" {
        "Authorization: AWS4-HMAC-SHA256 Credential=test/20170913/us-east-1/s3/aws4_request\r\n"
    } else {
        ""
    };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{signed}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&answer[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let fields = lines.filter_map(|line| line.split_once(": "));
    let fields = fields.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Answer { status, fields: fields.collect(), body: answer[end + 4..].to_vec() }
}
