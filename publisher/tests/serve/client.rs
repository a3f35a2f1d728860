//! A small HTTP/1.1 client of its own: the server is not tested with the library that it is made of.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Long enough for any machine; only a server that hangs reaches it.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Connection(BufReader<TcpStream>);

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case, in the order of arrival.
    pub fields: Vec<(String, String)>,
    pub content: Vec<u8>,
}

impl Connection {
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// As `send`, to a server that may refuse and close while we still write.
    pub fn send_what_it_takes(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.0.get_mut().write_all(bytes.as_ref());
    }

    /// Status line and fields.
    pub fn head(&mut self) -> Answer {
        let status_line = self.line();
        let status = status_line.strip_prefix("HTTP/1.1 ").or(status_line.strip_prefix("HTTP/1.0 "));
        let status = status.unwrap_or_else(|| panic!("{status_line:?}"))[..3].parse().unwrap();
        let mut fields = Vec::new();
        loop {
            let line = self.line();
            if line.is_empty() {
                return Answer { status, fields, content: Vec::new() };
            }
            let (name, value) = line.split_once(": ").unwrap();
            fields.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }

    /// A whole answer to a request that was no HEAD.
    pub fn answer(&mut self) -> Answer {
        let mut answer = self.head();
        if answer.status != 304 {
            answer.content =
                vec![0; answer.field("content-length").map_or(0, |length| length.parse().unwrap())];
            self.0.read_exact(&mut answer.content).unwrap();
        }
        answer
    }

    pub fn get(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(request("GET", path, fields));
        self.answer()
    }

    pub fn read_exact(&mut self, length: usize) -> Vec<u8> {
        let mut content = vec![0; length];
        self.0.read_exact(&mut content).unwrap();
        content
    }

    /// What still arrives until the server closes; a reset is a way of closing.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
        }
        rest
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.strip_suffix("\r\n").unwrap_or_else(|| panic!("no whole line but {line:?}")).to_owned()
    }
}

impl Answer {
    /// The value of a field, which stands at most once.
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut values = self.fields.iter().filter(|(given, _)| given == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} stands twice");
        value
    }
}

pub fn request(method: &str, target: &str, fields: &[(&str, &str)]) -> String {
    let mut request = format!("{method} {target} HTTP/1.1\r\nHost: publisher.example\r\n");
    for (name, value) in fields {
        request.extend([name, ": ", value, "\r\n"]);
    }
    request + "\r\n"
}

impl Connection {
    /// Whether somebody listens there.
    pub fn is_let_in(address: &str) -> bool {
        TcpStream::connect(address).is_ok()
    }
}
