//! Keys in an agent: against OpenSSH's, through the verbs.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, say that it was skipped, and run programs as a person would"
)]

use std::process::{Child, Command, Stdio};

use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_publisher::testing::{Authority, Ran, draft};

/// An agent of its own, killed at the end, and an authority's folder.
struct Desk {
    authority: Authority,
    agent: Child,
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.agent.kill();
        let _ = self.agent.wait();
    }
}

impl Desk {
    fn new() -> Option<Self> {
        let authority = Authority::new();
        let socket = authority.folder().join("agent");
        let agent = Command::new("ssh-agent").arg("-D").arg("-a").arg(&socket).stdout(Stdio::null()).spawn();
        let Ok(agent) = agent else {
            eprintln!("skipped: no ssh-agent");
            return None;
        };
        let desk = Self { authority, agent };
        while std::os::unix::net::UnixStream::connect(&socket).is_err() {
            std::thread::yield_now();
        }
        Some(desk)
    }

    fn socket(&self) -> String {
        self.authority.folder().join("agent").display().to_string()
    }

    #[track_caller]
    fn tool(&self, program: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.authority.folder()).env("SSH_AUTH_SOCK", self.socket());
        let ran = command.stdin(Stdio::null()).output().unwrap();
        assert!(ran.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap()
    }

    /// A key in the agent, and its fingerprint.
    fn key(&self, kind: &str) -> String {
        self.tool("ssh-keygen", &["-q", "-t", kind, "-N", "", "-C", "officer", "-f", kind]);
        self.tool("ssh-add", &["-q", kind]);
        let shown = self.tool("ssh-keygen", &["-l", "-f", kind]);
        shown.split(' ').nth(1).unwrap().to_owned()
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.authority.run_in(TestWorld::new().variable("SSH_AUTH_SOCK", &self.socket()), arguments)
    }
}

#[test]
fn a_key_in_an_agent_is_listed_shown_and_signs_with_one_warning() {
    let Some(desk) = Desk::new() else { return };
    let ours = format!("ssh-agent:{}", desk.key("ed25519"));
    let other = format!("ssh-agent:{}", desk.key("ecdsa"));
    let listed = desk.run(&["key", "list", "ssh-agent:"]).done().stdout;
    assert!(listed.contains(&format!("{ours}\n  label   officer\n  public  ")), "{listed}");
    assert!(
        listed.contains(&format!(
            "{other}\n  label   officer\n  cannot be used: a key of the kind ecdsa-sha2-nistp256, wanted ssh-ed25519\n"
        )),
        "{listed}"
    );
    let shown = desk.run(&["key", "show", &ours]).done();
    assert!(shown.stdout.contains(&format!("kept in    agent: {ours}\n")), "{}", shown.stdout);
    assert_eq!(shown.stderr, "", "looking is not signing");
    desk.authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    let signed = desk.run(&["sign", "d.jsonc", "--key", &ours, "--yes"]).done();
    assert_eq!(signed.stderr.matches("warning: an agent signs whatever").count(), 1, "{}", signed.stderr);

    desk.run(&["sign", "d.jsonc", "--key", &other, "--yes"]).ended(
        Exit::Usage,
        "caused by: the key is of the kind \"ecdsa-sha2-nistp256\", wanted \"ssh-ed25519\"\n\
         hint: `ssh-keygen -t ed25519` makes one that can be used\n",
    );
    let absent = format!("ssh-agent:SHA256:{}", "A".repeat(43));
    desk.run(&["sign", "d.jsonc", "--key", &absent, "--yes"]).ended(
        Exit::Usage,
        "it has 2 other keys\nhint: `interdict-publisher key list ssh-agent:` shows the keys that it has\n",
    );
    desk.tool("ssh-add", &["-q", "-D"]);
    desk.run(&["sign", "d.jsonc", "--key", &ours, "--yes"]).ended(
        Exit::Usage,
        "it has 0 other keys\nhint: an agent without any key may be locked: `ssh-add -X` unlocks it",
    );
}

#[test]
fn targets_keys_in_an_agent_publish_and_are_offline_when_it_is_gone() {
    let Some(mut desk) = Desk::new() else { return };
    let targets = format!("ssh-agent:{}", desk.key("ed25519"));
    let officer = "keys/officer-1.key";
    let init = [
        "init",
        "repo",
        "--root-key",
        "keys/root-1.key",
        "--targets-key",
        &targets,
        "--snapshot-key",
        "keys/snapshot.key",
        "--timestamp-key",
        "keys/timestamp.key",
        "--issuer",
        "dhs",
        "--prefix",
        "BOD",
        "--officer",
        officer,
    ];
    let made = desk.run(&init).done();
    assert_eq!(made.stderr.matches("warning: an agent signs whatever").count(), 1, "{}", made.stderr);
    desk.authority.write("d.jsonc", draft("BOD-17-01", 1, None));
    desk.run(&["sign", "d.jsonc", "--key", officer, "--yes"]).done();
    desk.run(&["publish", "BOD-17-01.1.envelope.json", "--repo", "repo"]).done();
    desk.authority.run(&["verify", "repo"]).done();
    desk.agent.kill().unwrap();
    desk.agent.wait().unwrap();
    // Nothing asks for the agent where nothing needs it.
    let refreshed = desk.run(&["refresh", "--repo", "repo"]).done();
    assert!(!refreshed.stderr.contains("agent"), "{}", refreshed.stderr);
    desk.run(&["refresh", "--targets", "--repo", "repo"])
        .ended(Exit::Usage, &format!("under keys.targets in publisher.toml; not there: {targets}\n"));
    let gone = format!("error: key {targets}\n  caused by: no agent answers at {}\n", desk.socket());
    desk.run(&["refresh", "--targets", "--repo", "repo", "--key", &targets])
        .ended(Exit::NoAnswer, &gone)
        .ended(
            Exit::NoAnswer,
            "\nhint: start it again with `ssh-agent`, and give it the key with `ssh-add`\n",
        );
}
