//! A client with its folders, and two servers: the real one, and one that serves by the request as it was sent, for names
//! that the real one does not serve.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use interdict_host::testing::{Captured, TestClock, TestWorld};
use interdict_host::write::Disk;
use interdict_publisher::serve::{AccessLog, RunningServer, ServeOptions, spawn};
use interdict_schema::DateTime;
use interdict_tests::simulator::{Simulator, beginning};
use tempfile::TempDir;

/// A folder, in memory where the machine has such a place.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A client of somebody's repository.
pub struct Client {
    folder: TempDir,
    /// The machine's clock.
    pub now: DateTime,
    /// The machine's disk.
    pub disk: Disk,
    said: RefCell<String>,
}

impl Client {
    /// A client that trusts nothing, at the simulator's beginning.
    pub fn new() -> Self {
        Self { folder: folder(), now: beginning(), disk: Disk::default(), said: RefCell::default() }
    }

    /// A client that trusts a repository's first root.
    pub fn trusting(repository: &Simulator) -> Self {
        let client = Self::new();
        assert_eq!(client.init(repository.pin()), 0, "{}", client.said());
        client
    }

    /// Runs `interdict tuf --metadata-dir D …` and gives the exit code.
    pub fn run(&self, arguments: &[&str]) -> u8 {
        let mut test = TestWorld::new().at(self.now).in_dir(self.folder.path()).disk(self.disk.clone());
        let all = [&["interdict", "tuf", "--metadata-dir", "metadata"], arguments].concat();
        let outcome = interdict_client::run(all.into_iter().map(OsString::from), &mut test.world);
        *self.said.borrow_mut() = test.stderr.text();
        outcome.exit().code()
    }

    /// What the last run said on standard error.
    pub fn said(&self) -> String {
        self.said.borrow().clone()
    }

    /// `init`.
    pub fn init(&self, root: &[u8]) -> u8 {
        fs::write(self.folder.path().join("initial.json"), root).unwrap();
        self.run(&["init", "initial.json"])
    }

    /// `refresh`.
    pub fn refresh(&self, metadata: &str) -> u8 {
        self.run(&["--metadata-url", metadata, "refresh"])
    }

    /// `download` from a site.
    pub fn download(&self, site: &Site, targets: &[&str]) -> u8 {
        self.download_from(&site.metadata(), &site.targets(), targets)
    }

    /// `download`.
    pub fn download_from(&self, metadata: &str, base: &str, targets: &[&str]) -> u8 {
        let mut arguments = vec!["--metadata-url", metadata];
        for target in targets {
            arguments.extend(["--target-name", target]);
        }
        arguments.extend(["--target-base-url", base, "--target-dir", "targets", "download"]);
        self.run(&arguments)
    }

    /// The folder of metadata.
    pub fn metadata_dir(&self) -> PathBuf {
        self.folder.path().join("metadata")
    }

    /// The folder of targets.
    pub fn target_dir(&self) -> PathBuf {
        self.folder.path().join("targets")
    }

    /// The names of the JSON files in the folder of metadata, sorted.
    pub fn json_files(&self) -> Vec<String> {
        let is_json =
            |name: &String| Path::new(name).extension().is_some_and(|extension| extension == "json");
        files(&self.metadata_dir()).into_keys().filter(is_json).collect()
    }

    /// The bytes of a file of the folder of metadata.
    pub fn kept(&self, name: &str) -> Vec<u8> {
        fs::read(self.metadata_dir().join(name)).unwrap()
    }

    /// Every file of the folder of metadata but the lock.
    pub fn everything(&self) -> BTreeMap<String, Vec<u8>> {
        let mut all = files(&self.metadata_dir());
        all.remove("lock");
        all
    }

    /// The targets, by name.
    pub fn targets(&self) -> Vec<(String, Vec<u8>)> {
        files(&self.target_dir()).into_iter().filter(|(name, _)| !name.starts_with(".tmp-")).collect()
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

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
