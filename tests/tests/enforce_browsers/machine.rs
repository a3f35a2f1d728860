//! What both browsers have around them: a tree that is laid over `/etc`, and a server that knows every name.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use interdict_client::enforce::target::Now;
use interdict_client::enforce::{Bans, Mode, Rendered, Seen, Stage, Target};
use interdict_tests::obeying::write;

use crate::bans::{With as _, audited, options, part};

/// A port of loopback at which every request is answered with a page.
pub fn web() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            std::thread::spawn(move || {
                let mut request = BufReader::new(stream.try_clone().unwrap());
                let mut line = String::new();
                while request.read_line(&mut line).is_ok_and(|length| length > 2) {
                    line.clear();
                }
                let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
                let _ = stream.write_all(page.as_bytes());
            });
        }
    });
    port
}

/// A tree, and what a target writes there.
pub struct Machine {
    folder: tempfile::TempDir,
    target: &'static dyn Target,
    written: Vec<PathBuf>,
}

impl Machine {
    /// A machine with these files of its administrator's.
    pub fn new(target: &'static dyn Target, files: &[(&str, &str)]) -> Self {
        let machine = Self { folder: tempfile::tempdir().unwrap(), target, written: Vec::new() };
        for (path, text) in files {
            let path = machine.root().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        machine
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// A folder for the browser itself.
    pub fn place(&self, name: &str) -> PathBuf {
        let place = self.folder.path().join(name);
        std::fs::create_dir_all(&place).unwrap();
        place
    }

    /// Every file of the tree with its bytes.
    pub fn tree(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn gather(folder: &Path, tree: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    gather(&path, tree);
                } else {
                    tree.insert(path.clone(), std::fs::read(&path).unwrap());
                }
            }
        }
        let mut tree = BTreeMap::new();
        gather(&self.root(), &mut tree);
        tree
    }

    /// What the target makes of bans, over what is there now.
    pub fn render(&self, bans: &Bans, mode: Mode) -> Rendered {
        let mut seen = Seen::default();
        for (path, bytes) in self.tree() {
            let path = Path::new("/").join(path.strip_prefix(self.root()).unwrap());
            seen.add(path, Now { bytes, base: None, ours: false });
        }
        self.target.render(bans, &options(self.target, mode, &BTreeMap::new(), &seen)).unwrap()
    }

    /// Writes it.
    pub fn enforce(&mut self, rendered: &Rendered) {
        self.written = write(rendered, &self.root());
    }

    /// A browser's program, with the tree laid over `/etc`; it ends with whoever started it, and after two minutes in any case.
    pub fn program(&self, words: &[&str]) -> Command {
        const LAID_OVER: &str = "mount -t tmpfs interdict /mnt && mkdir /mnt/upper /mnt/work && cp -a \"$1/etc/.\" /mnt/upper \
             && mount -t overlay interdict -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work /etc \
             && shift && eval \"$1\"";
        let mut command = Command::new("timeout");
        command.args(["120", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]);
        command.args(["sh", "-c", LAID_OVER, "sh"]).arg(self.root()).args(words);
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", self.place("home"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }
}

/// A browser that runs, and ends with this.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A domain with something left out below it, and extensions.
pub fn banned(extensions: &[&str]) -> Bans {
    let part = part("BOD-17-01", "one", Stage::Enforce)
        .with("domain", "banned.example")
        .without("domain", "cert.banned.example");
    crate::bans::bans(vec![extensions.iter().fold(part, |part, id| part.with("extension-id", id))])
}

/// The same, while it may only be audited.
pub fn only_audited(bans: &Bans) -> Bans {
    audited(bans.clone())
}
