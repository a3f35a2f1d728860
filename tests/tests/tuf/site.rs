//! Two servers: the real one, and one that serves by the request as it was sent, for names that the real one does not serve.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use interdict_host::testing::{Captured, TestClock};
use interdict_publisher::serve::{AccessLog, RunningServer, ServeOptions, spawn};
use interdict_tests::simulator::{Simulator, beginning};
use tempfile::TempDir;

use super::client::folder;

/// The real server over what a simulator publishes.
pub struct Site {
    server: RunningServer,
    log: Captured,
    folder: TempDir,
}

impl Site {
    /// Serves a repository.
    pub fn of(repository: &Simulator) -> Self {
        let (folder, log) = (folder(), Captured::default());
        repository.serve_from(folder.path());
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let clock = Arc::new(TestClock::at(beginning()));
        let options = ServeOptions::new(folder.path().to_path_buf(), any_port);
        let server = spawn(options, AccessLog::new(log.clone(), clock)).unwrap();
        Self { server, log, folder }
    }

    /// Serves what the repository has become.
    pub fn serve(&self, repository: &Simulator) {
        repository.serve_from(self.folder.path());
    }

    /// The URL of the metadata, without a slash at its end.
    pub fn metadata(&self) -> String {
        format!("{}/metadata", self.server.url().trim_end_matches('/'))
    }

    /// The URL of the targets, without a slash at its end.
    pub fn targets(&self) -> String {
        format!("{}/targets", self.server.url().trim_end_matches('/'))
    }

    /// What was asked for since the last call, in order: `/metadata/timestamp.json 200`.
    pub fn requests(&self) -> Vec<String> {
        let text = self.log.take_text();
        text.lines()
            .map(|line| {
                let mut parts = line.split('"').skip(1);
                let path = parts.next().unwrap().split(' ').nth(1).unwrap().to_owned();
                path + parts.next().unwrap().get(..4).unwrap()
            })
            .collect()
    }
}

/// A server that looks the path of a request up as it was sent, still percent-encoded.
pub struct RawServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl RawServer {
    /// Serves a repository.
    pub fn of(repository: &Simulator) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let (files, log) = (repository.files.clone(), Arc::clone(&requests));
        thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let mut buffer = [0; 4096];
                // One packet holds such a request.
                let length = connection.read(&mut buffer).unwrap();
                let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
                let Some(path) = text.split(' ').nth(1) else { continue };
                log.lock().unwrap().push(path.to_owned());
                let answer = match files.get(path.trim_start_matches('/')) {
                    Some(bytes) => [
                        format!(
                            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                            bytes.len()
                        )
                        .as_bytes(),
                        bytes,
                    ]
                    .concat(),
                    None => b"HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec(),
                };
                let _ = connection.write_all(&answer);
            }
        });
        Self { address, requests }
    }

    /// The URL of a folder.
    pub fn url(&self, folder: &str) -> String {
        format!("http://{}/{folder}", self.address)
    }

    /// The paths asked for since the last call, in order.
    pub fn requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }
}
