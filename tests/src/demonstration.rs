//! The whole way in one run, with the real programs: from a draft on the authority's desk to a policy file on an agency's
//! machine, and two mirrors that are refused.
//!
//! Every step is a command that the reader sees and can repeat. What it should end in is asserted: a demonstration that goes
//! another way ends badly. Nothing outside the one folder is touched.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use interdict_host::key_file::{KeyFile, Protection};
use interdict_host::write::Disk;
use interdict_keys_example::{Name, seed};
use interdict_schema::DateTime;

use crate::programs::{self, Programs};

/// What the demonstration is given.
#[derive(Debug, Clone)]
pub struct Options {
    /// A KEV catalogue; the shipped sample where absent.
    pub kev: Option<PathBuf>,
    /// The folder in which everything happens. What an earlier run left there is removed.
    pub folder: PathBuf,
    /// The day as of which deadlines are shown.
    pub as_of: String,
}

/// The file by which an earlier demonstration's folder is recognised: no other folder is ever removed.
const MARKER: &str = "interdict-demonstration";

/// Where the project's examples are.
fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in the workspace")
        .join("docs/examples")
}

/// Runs it. Panics with what went another way.
pub fn run(options: &Options) {
    let programs = programs::build().unwrap_or_else(|error| panic!("{error}"));
    let stage = Stage::new(options, programs);
    Stage::say("An authority makes its repository. The keys are examples: their secrets are published.");
    stage.authority();
    Stage::say("It lints BOD 17-01, two of its three officers sign, and so they do with the KEV catalogue.");
    stage.sign("BOD-17-01", "examples/directives/bod-17-01.draft.jsonc");
    let kev = options
        .kev
        .as_ref()
        .map_or_else(|| "examples/kev-sample.json".into(), |path| path.display().to_string());
    stage.publisher(&["import", "kev", &kev, "-o", "KEV.json", "--issuer", "dhs"], &[0]);
    stage.sign("KEV", "KEV.json");
    Stage::say("It publishes both, and a server hands out the files.");
    stage.publisher(
        &["publish", "BOD-17-01.1.envelope.json", "KEV.1.envelope.json", "--repo", "authority"],
        &[0],
    );
    let server = Server::start(&stage);
    Stage::say("An agency follows it: set up, compare the fingerprint, trust, sync.");
    stage.agency(&server.url);
    Stage::say(&format!(
        "What is found, and what is due as of {}. This machine first; exit 3 means that not all could be read.",
        options.as_of
    ));
    stage.client(&["check", "--as-of", &options.as_of], &[0, 1, 3]);
    let as_of = ["--as-of", options.as_of.as_str()];
    stage.client(
        &[
            "check",
            "examples/inventories/linux-server-dpkg-status",
            "--asset",
            "server-7",
            "--as-of",
            &options.as_of,
        ],
        &[1],
    );
    Stage::say("A bill of materials, as of today: the catalogue's dates have come and gone.");
    stage.client(&["check", "examples/inventories/workstation.cdx.json"], &[1]);
    stage.client(&[&["due"], &as_of[..]].concat(), &[0]);
    Stage::say("What scripts read: the verified policy file.");
    stage.client(&["policy", "--path"], &[0]);
    stage.shell("awk -F'\\t' '$7 == \"package\" { print $2, $8, \"block from\", $10 }' state/current/policy.tsv | head -n 3");
    Stage::say(
        "A mirror that deletes a signature, and one that edits the ban. Both are refused, and what was held is held.",
    );
    stage.mirrors(&server.url);
    drop(server);
    stage.end();
}

struct Stage {
    folder: PathBuf,
    programs: Programs,
}

impl Stage {
    fn new(options: &Options, programs: Programs) -> Self {
        let folder = options.folder.clone();
        if folder.exists() {
            assert!(
                folder.join(MARKER).is_file(),
                "{} is not the folder of an earlier demonstration",
                folder.display()
            );
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        fs::write(
            folder.join(MARKER),
            "Everything here belongs to `cargo demo`, which removes it when it runs again.\n",
        )
        .unwrap();
        copy(&examples(), &folder.join("examples"));
        let stage = Self { folder: folder.canonicalize().unwrap(), programs };
        let lines = stage.environment().into_iter().map(|(name, value)| format!("export {name}='{value}'"));
        let environment = lines.collect::<Vec<_>>().join(
            "
",
        ) + "
";
        fs::write(stage.folder.join("env.sh"), environment).unwrap();
        stage
    }

    /// What both programs see: nothing outside the folder.
    fn environment(&self) -> Vec<(&'static str, String)> {
        let programs = self.programs.client.parent().expect("a program lies in a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        let inside = |name: &str| self.folder.join(name).display().to_string();
        vec![
            ("PATH", format!("{}:{path}", programs.display())),
            ("HOME", inside("home")),
            ("INTERDICT_CONFIG", inside("config.toml")),
            ("INTERDICT_STATE", inside("state")),
        ]
    }

    fn say(text: &str) {
        println!("\n# {text}");
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).envs(self.environment()).stdin(Stdio::null());
        for ambient in ["STATE_DIRECTORY", "CONFIGURATION_DIRECTORY", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
            command.env_remove(ambient);
        }
        command
    }

    /// Shows a command, runs it, and asserts how it ends.
    fn show(&self, name: &str, program: &Path, arguments: &[&str], exits: &[i32]) {
        let quoted = arguments.iter().map(|argument| {
            if argument.contains(' ') { format!("\"{argument}\"") } else { (*argument).to_owned() }
        });
        println!("$ {name} {}", quoted.collect::<Vec<_>>().join(" "));
        let status = self.command(program).args(arguments).arg("--allow-example-keys").status();
        let code = status.unwrap_or_else(|error| panic!("{}: {error}", program.display())).code();
        if code != Some(0) {
            println!("(exit {})", code.map_or_else(|| "by a signal".into(), |code| code.to_string()));
        }
        assert!(
            code.is_some_and(|code| exits.contains(&code)),
            "{name} {arguments:?} ended with {code:?}, wanted one of {exits:?}"
        );
    }

    fn client(&self, arguments: &[&str], exits: &[i32]) {
        self.show("interdict", &self.programs.client, arguments, exits);
    }

    fn publisher(&self, arguments: &[&str], exits: &[i32]) {
        self.show("interdict-publisher", &self.programs.publisher, arguments, exits);
    }

    fn shell(&self, line: &str) {
        println!("$ {line}");
        let status = self.command("sh").args(["-c", line]).status().unwrap();
        assert!(status.success(), "{line}: {status}");
    }

    fn authority(&self) {
        let created = DateTime::EPOCH;
        fs::create_dir(self.folder.join("keys")).unwrap();
        for name in [
            Name::Root1,
            Name::Root2,
            Name::Targets1,
            Name::Snapshot,
            Name::Timestamp,
            Name::Officer1,
            Name::Officer2,
            Name::Officer3,
        ] {
            let mut randomness = interdict_host::randomness::SystemRandomness;
            let key = KeyFile::of_seed(
                &seed(name),
                &mut randomness,
                name.as_str(),
                created,
                Protection::Unencrypted,
            )
            .unwrap();
            key.write(&Disk::default(), &self.folder.join(format!("keys/{name}.key"))).unwrap();
        }
        self.publisher(
            &[
                "init",
                "authority",
                "--root-key",
                "keys/root-1.key",
                "--root-key",
                "keys/root-2.key",
                "--targets-key",
                "keys/targets-1.key",
                "--snapshot-key",
                "keys/snapshot.key",
                "--timestamp-key",
                "keys/timestamp.key",
                "--issuer",
                "dhs",
                "--issuer-name",
                "Department of Homeland Security",
                "--prefix",
                "BOD",
                "--prefix",
                "ED",
                "--prefix",
                "KEV",
                "--officer",
                "keys/officer-1.key",
                "--officer",
                "keys/officer-2.key",
                "--officer",
                "keys/officer-3.key",
                "--threshold",
                "2",
            ],
            &[0],
        );
    }

    fn sign(&self, id: &str, draft: &str) {
        let envelope = format!("{id}.1.envelope.json");
        self.publisher(&["draft", "lint", draft], &[0]);
        self.publisher(
            &["sign", draft, "--key", "keys/officer-1.key", "--repo", "authority", "-o", &envelope, "--yes"],
            &[0],
        );
        self.publisher(
            &["sign", &envelope, "--key", "keys/officer-3.key", "--repo", "authority", "--yes"],
            &[0],
        );
    }

    fn agency(&self, url: &str) {
        self.client(&["setup", url, "--agency", "Example Agency"], &[0]);
        let root = "authority/public/metadata/1.root.json";
        let fingerprint = self.fingerprint(root);
        self.client(&["trust", root, "--fingerprint", &fingerprint], &[0]);
        self.client(&["sync"], &[0]);
        self.client(&["status"], &[0]);
    }

    fn fingerprint(&self, root: &str) -> String {
        use interdict_schema::tuf::{Metadata, RoleType, Root};
        let bytes = fs::read(self.folder.join(root)).unwrap();
        let root = Metadata::<Root>::parse(&bytes, &RoleType::Root.into(), 1_000_000).unwrap();
        format!("sha256:{}", root.fingerprint())
    }

    fn mirrors(&self, url: &str) {
        let policy = || fs::read(self.folder.join("state/current/policy.json")).unwrap();
        let before = policy();
        let mirror = |name: &str, file: &str, change: &dyn Fn(String) -> String| {
            copy(&self.folder.join("authority/public"), &self.folder.join(name));
            let path = self.folder.join(name).join(file);
            let text = fs::read_to_string(&path).unwrap();
            let changed = change(text.clone());
            assert_ne!(changed, text, "{file} was not changed");
            fs::write(path, changed).unwrap();
        };
        mirror("mirror-unsigned", "metadata/timestamp.json", &|text| {
            let from = text.find("\"signatures\":[").expect("metadata has signatures");
            let to = text.find("],\"signed\"").expect("signatures end");
            format!("{}\"signatures\":[{}", &text[..from], &text[to..])
        });
        self.client(&["setup", "mirror-unsigned"], &[0]);
        self.client(&["sync"], &[4]);
        let edited = self.envelope("BOD-17-01.1.json");
        mirror("mirror-edited", &edited, &|text| text.replacen("payload\":\"ey", "payload\":\"eX", 1));
        self.client(&["setup", "mirror-edited", "--name", "other"], &[0]);
        let root = "authority/public/metadata/1.root.json";
        self.client(&["trust", root, "--name", "other", "--fingerprint", &self.fingerprint(root)], &[0]);
        self.client(&["sync", "other"], &[4]);
        assert!(policy() == before, "the policy has changed");
        println!("the policy is byte for byte what it was");
        // As it was, for whoever goes on by hand.
        fs::remove_file(self.folder.join("config.toml")).unwrap();
        self.client(&["setup", url, "--agency", "Example Agency"], &[0]);
    }

    /// The path under which a target is served.
    fn envelope(&self, target: &str) -> String {
        let names = fs::read_dir(self.folder.join("authority/public/targets")).unwrap().flatten();
        let name = names
            .filter_map(|entry| entry.file_name().into_string().ok())
            .find(|name| name.ends_with(target));
        format!("targets/{}", name.unwrap_or_else(|| panic!("{target} is not served")))
    }

    fn end(&self) {
        println!("\nEverything lies in {}", self.folder.display());
        println!("  authority/   the repository; authority/public/ is what is served");
        println!("  state/       the agency's state; state/current/ is for scripts");
        println!("To go on by hand:");
        println!("  cd {} && . ./env.sh", self.folder.display());
        println!("  interdict-publisher serve --repo authority --listen 127.0.0.1:8080 &");
        println!(
            "  interdict setup http://127.0.0.1:8080/ && interdict sync --allow-example-keys && interdict show BOD-17-01"
        );
    }
}

/// The publisher's own server, ended when it goes out of scope.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(stage: &Stage) -> Self {
        println!("$ interdict-publisher serve --repo authority --listen 127.0.0.1:0 --quiet &");
        let mut command = stage.command(&stage.programs.publisher);
        let child = command
            .args(["serve", "--repo", "authority", "--listen", "127.0.0.1:0", "--quiet"])
            .stdout(Stdio::piped())
            .spawn();
        let mut child = child.unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("standard output is a pipe")).read_line(&mut line).unwrap();
        print!("{line}");
        let url = line
            .trim()
            .strip_prefix("listening on ")
            .unwrap_or_else(|| panic!("the server said {line:?}"))
            .to_owned();
        Self { child, url }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
