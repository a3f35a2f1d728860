//! A store that fails: everything goes through to the real one until so many objects were put.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::store::exchange;

/// What becomes of the objects after those.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// They are refused.
    Refuse,
    /// The connection ends without an answer.
    Close,
    /// Before the first of them, somebody else puts another one.
    Overtake { path: &'static str, bytes: &'static [u8] },
    /// None: but listings give another `ETag` than the digest.
    ForeignEtags,
}

pub struct Proxy {
    url: String,
}

const REFUSED: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\nContent-Length: 82\r\n\
    Connection: close\r\n\r\n<Error><Code>AccessDenied</Code><Message>Over the quota of this test.</Message></Error>";

impl Proxy {
    /// A proxy on a port that the system chooses; it ends with the test.
    pub fn start(store: &str, puts: usize, fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let store = store.to_owned();
        let left = Arc::new(AtomicUsize::new(puts));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (store, left) = (store.clone(), Arc::clone(&left));
                std::thread::spawn(move || serve(stream, &store, &left, fault));
            }
        });
        Self { url }
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

/// One request, and the end of the connection.
fn serve(mut stream: TcpStream, store: &str, left: &AtomicUsize, fault: Fault) {
    let Some(request) = request(&mut stream) else { return };
    let is_put = request.starts_with(b"PUT ");
    let over =
        is_put && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err();
    match fault {
        Fault::Refuse if over => {
            let _ = stream.write_all(REFUSED);
            return;
        }
        Fault::Close if over => return,
        Fault::Overtake { path, bytes } if over => {
            exchange(store, "PUT", path, bytes);
        }
        _ => {}
    }
    let mut upstream = TcpStream::connect(store.strip_prefix("http://").unwrap()).unwrap();
    // Asked to end, it says by that where the answer ends.
    let line = request.windows(2).position(|two| two == b"\r\n").unwrap() + 2;
    upstream.write_all(&request[..line]).unwrap();
    upstream.write_all(b"Connection: close\r\n").unwrap();
    upstream.write_all(&request[line..]).unwrap();
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer).unwrap();
    if matches!(fault, Fault::ForeignEtags) && request.windows(9).any(|part| part == b"list-type") {
        answer = with_other_etags(&answer);
    }
    let _ = stream.write_all(&answer);
}

fn request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    let mut part = [0_u8; 8_192];
    loop {
        if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let length = head
                .split("\r\n")
                .find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
            if request.len() >= end + 4 + length.unwrap_or(0) {
                return Some(request);
            }
        }
        let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
        request.extend_from_slice(&part[..read]);
    }
}

/// The digits of each `ETag` the other way round: as long, and of nothing.
fn with_other_etags(answer: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(answer.to_vec()).unwrap();
    let mut other = String::new();
    for (number, piece) in text.split("<ETag>").enumerate() {
        if number == 0 {
            other.push_str(piece);
            continue;
        }
        let (etag, rest) = piece.split_once("</ETag>").unwrap();
        let digits = |byte: &char| byte.is_ascii_hexdigit();
        let quote = if etag.starts_with('"') { "\"" } else { "&quot;" };
        let turned: String = etag.replace("&quot;", "\"").chars().rev().filter(digits).collect();
        other.extend(["<ETag>", quote, turned.as_str(), quote, "</ETag>", rest]);
    }
    other.into_bytes()
}
