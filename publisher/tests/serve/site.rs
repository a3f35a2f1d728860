//! A served folder: small, shaped like a published repository.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use interdict_host::testing::{Captured, TestWorld};
use interdict_publisher::serve::{AccessLog, RunningServer, ServeOptions, spawn};
use tempfile::TempDir;

use crate::client::{Answer, Connection, request};

pub const TIMESTAMP: &str = "{\"signed\":{\"_type\":\"timestamp\",\"version\":1}}";

/// `targets/` name of a directive: 64 hexadecimal digits, then the target path.
pub fn directive_name() -> String {
    format!("targets/{}.BOD-17-01.1.json", "0123456789abcdef".repeat(4))
}

/// Text that gzip shortens.
pub fn directive() -> String {
    "{\"payloadType\":\"application/vnd.interdict.directive+json\"}".repeat(20)
}

pub struct Site {
    pub folder: TempDir,
    pub server: RunningServer,
    /// The access log, in which it is always noon of 2017-09-13.
    pub lines: Captured,
}

pub fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

pub fn published() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("metadata")).unwrap();
    fs::create_dir_all(root.join("targets")).unwrap();
    fs::write(root.join("metadata/timestamp.json"), TIMESTAMP).unwrap();
    fs::write(root.join("metadata/1.root.json"), "{\"version\":1}").unwrap();
    fs::write(root.join(directive_name()), directive()).unwrap();
    folder
}

impl Site {
    pub fn start() -> Self {
        Self::start_with(|_| {})
    }

    pub fn start_with(change: impl FnOnce(&mut ServeOptions)) -> Self {
        let folder = published();
        let TestWorld { world, stderr: lines, .. } = TestWorld::new();
        let mut options = ServeOptions::new(folder.path(), loopback());
        change(&mut options);
        let server = spawn(options, AccessLog::new(world.stderr, world.clock)).unwrap();
        Self { folder, server, lines }
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a file in place as a publication does: whole, by renaming.
    pub fn publish(&self, path: &str, content: impl AsRef<[u8]>) {
        let fresh = self.root().join(".fresh");
        fs::write(&fresh, content).unwrap();
        fs::rename(fresh, self.root().join(path)).unwrap();
    }

    pub fn connect(&self) -> Connection {
        Connection::open(self.server.address())
    }

    pub fn get(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.connect().get(path, fields)
    }

    pub fn head(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut connection = self.connect();
        connection.send(request("HEAD", path, fields));
        let answer = connection.head();
        // The next answer follows at once: HEAD has no content (RFC 9112 section 6.3).
        assert_eq!(connection.get("/metadata/timestamp.json", &[]).status, 200);
        answer
    }
}

/// Bytes that differ everywhere, so that a misplaced piece shows.
pub fn long_content(length: usize) -> Vec<u8> {
    (0..length.div_ceil(8)).flat_map(|number| (number as u64).to_be_bytes()).take(length).collect()
}
