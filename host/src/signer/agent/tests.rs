#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and run programs as a person would"
)]

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::process::{Child, Command, Stdio};

use ed25519_dalek::SigningKey;
use tempfile::TempDir;

use ed25519_dalek::{Signature, VerifyingKey};

use super::*;
use crate::example_keys::ExampleKeys;
use crate::signer::{SecretSources, find as find_key};
use crate::testing::TestWorld;

/// An agent that gives one answer, whatever it is asked, and a folder for its socket.
struct Double(TempDir);

impl Double {
    /// `answer` is all that is sent, its length too.
    fn new(answer: Vec<u8>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("agent")).unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut length = [0; 4];
                stream.read_exact(&mut length).unwrap();
                let mut request = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap()];
                stream.read_exact(&mut request).unwrap();
                let _ = stream.write_all(&answer);
            }
        });
        Self(folder)
    }

    fn world(&self) -> TestWorld {
        TestWorld::new().variable(SOCKET, self.0.path().join("agent").to_str().unwrap())
    }
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

fn keys(count: u32, keys: &[(&[u8], &str)]) -> Vec<u8> {
    let mut answer = vec![12];
    answer.extend(count.to_be_bytes());
    for (blob, comment) in keys {
        answer.extend(string(blob));
        answer.extend(string(comment.as_bytes()));
    }
    string(&answer)
}

fn blob(kind: &str, public: &[u8]) -> Vec<u8> {
    [string(kind.as_bytes()), string(public)].concat()
}

fn public() -> [u8; 32] {
    SigningKey::from_bytes(&[9; 32]).verifying_key().to_bytes()
}

fn agent(test: &mut TestWorld) -> Result<Vec<AgentKey>, AgentError> {
    agent_keys(&Credentials::of(&mut test.world, ExampleKeys::Refuse, SecretSources::default()))
}

fn rubbish(answer: Vec<u8>) -> Rubbish {
    match agent(&mut Double::new(answer).world()).unwrap_err() {
        AgentError::Rubbish { fact } => fact,
        other => panic!("{other}"),
    }
}

#[test]
fn an_agent_that_answers_rubbish_is_not_believed() {
    let whole = keys(1, &[(&blob(ED25519, &public()), "a")]);
    assert_eq!(agent(&mut Double::new(whole.clone()).world()).unwrap().len(), 1);
    assert_eq!(rubbish(string(&[])), Rubbish::Length { found: 0, max_bytes: 262_144 });
    assert_eq!(
        rubbish(vec![0, 4, 0, 1]),
        Rubbish::Length { found: 262_145, max_bytes: 262_144 },
        "before any of it is read"
    );
    assert_eq!(rubbish(string(&[14, 0])), Rubbish::Type { found: 14, wanted: 12 });
    assert_eq!(rubbish(string(&[12, 0, 0])), Rubbish::End);
    assert_eq!(rubbish(keys(2049, &[])), Rubbish::Keys { found: 2049, max: 2048 });
    assert_eq!(rubbish(keys(2048, &[])), Rubbish::End);
    assert_eq!(rubbish(keys(0, &[(b"a", "b")])), Rubbish::End, "more than it says");
    assert_eq!(rubbish(string(&[12, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff])), Rubbish::End);
    let refused = agent(&mut Double::new(string(&[5])).world());
    assert!(matches!(refused, Err(AgentError::Refused)));
    for length in 0..whole.len() {
        let cut = agent(&mut Double::new(whole[..length].to_vec()).world()).unwrap_err();
        assert!(matches!(cut, AgentError::Broken(_)), "{length}: {cut}");
    }
}

fn signer(answer: Vec<u8>) -> (Double, AgentSigner) {
    let double = Double::new(answer);
    let socket = double.0.path().join("agent");
    (double, AgentSigner { socket, blob: blob(ED25519, &public()), public: public(), label: "a".into() })
}

fn signed(name: &str, signature: &[u8]) -> Vec<u8> {
    string(&[&[14][..], &string(&blob(name, signature))].concat())
}

#[test]
fn a_signature_counts_once_the_public_half_verifies_it() {
    use ed25519_dalek::Signer as _;
    let good = SigningKey::from_bytes(&[9; 32]).sign(b"message").to_bytes();
    let (_double, agent) = signer(signed(ED25519, &good));
    assert_eq!(agent.sign(b"message").unwrap(), good);
    assert!(matches!(agent.sign(b"another"), Err(SignError::Faulty)));
    for answer in [signed("ssh-rsa", &good), signed(ED25519, &good[..63])] {
        let (_double, agent) = signer(answer);
        let error = agent.sign(b"message").unwrap_err();
        assert!(
            matches!(error, SignError::Agent(AgentError::Rubbish { fact: Rubbish::Signature })),
            "{error:?}"
        );
    }
}

#[test]
fn a_message_of_the_limit_is_sent_and_one_byte_more_is_not() {
    let (_double, agent) = signer(string(&[5]));
    let room = 256 * 1024 - agent.blob.len() - 13;
    assert!(matches!(agent.ask(&vec![0; room]), Err(AgentError::Refused)));
    assert!(matches!(
        agent.ask(&vec![0; room + 1]),
        Err(AgentError::TooLong { found, max_bytes }) if found == room + 1 && max_bytes == room
    ));
}

#[test]
fn keys_are_told_by_fingerprint_and_other_kinds_are_not_used() {
    let ours = blob(ED25519, &public());
    let sk = blob("sk-ssh-ed25519@openssh.com", &public());
    let double = Double::new(keys(2, &[(&sk, "same"), (&ours, "same")]));
    let found = agent(&mut double.world()).unwrap();
    assert_eq!(found.iter().map(|key| key.part.is_some()).collect::<Vec<_>>(), [false, true]);
    let find = |fingerprint| {
        let mut test = double.world();
        let mut credentials = Credentials::of(&mut test.world, ExampleKeys::Refuse, SecretSources::default());
        find_key(&KeyUri::Agent(fingerprint), &mut credentials)
    };
    assert_eq!(find(fingerprint_of(&ours)).unwrap().part().public, public());
    assert!(matches!(
        find(fingerprint_of(&sk)).unwrap_err(),
        OpenError::Agent(AgentError::Kind { found }) if found == "sk-ssh-ed25519@openssh.com"
    ));
    let absent = find(Fingerprint([1; 32])).unwrap_err();
    assert!(matches!(absent, OpenError::Agent(AgentError::NoKey { keys: 2, .. })) && absent.is_absent());
}

#[test]
fn no_agent_is_an_absent_key() {
    let mut unset = TestWorld::new();
    assert!(matches!(agent(&mut unset), Err(AgentError::NoSocket)));
    let mut gone = TestWorld::new().variable(SOCKET, "/nowhere/agent");
    assert!(matches!(agent(&mut gone), Err(AgentError::Gone { .. })));
}

/// A real agent, killed at the end.
struct Real {
    folder: TempDir,
    process: Child,
}

impl Drop for Real {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Real {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("agent");
        let spawned =
            Command::new("ssh-agent").arg("-D").arg("-a").arg(&socket).stdout(Stdio::null()).spawn();
        let Ok(process) = spawned else {
            #[expect(clippy::print_stderr, reason = "a test that was skipped says so")]
            {
                eprintln!("skipped: no ssh-agent");
            }
            return None;
        };
        let real = Self { folder, process };
        while std::os::unix::net::UnixStream::connect(&socket).is_err() {
            std::thread::yield_now();
        }
        Some(real)
    }

    fn run(&self, program: &str, arguments: &[&str], stdin: &str) -> String {
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(self.folder.path())
            .env(SOCKET, self.folder.path().join("agent"))
            .env("SSH_ASKPASS_REQUIRE", "never")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        let ran = child.wait_with_output().unwrap();
        assert!(ran.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap()
    }

    fn key(&self, kind: &str) {
        let arguments = ["-q", "-t", kind, "-N", "", "-C", "same comment", "-f", kind];
        self.run("ssh-keygen", &arguments, "");
        self.run("ssh-add", &["-q", kind], "");
    }

    fn world(&self) -> TestWorld {
        TestWorld::new().variable(SOCKET, self.folder.path().join("agent").to_str().unwrap())
    }
}

#[test]
fn a_real_agent_signs_and_a_locked_one_has_no_key() {
    let Some(real) = Real::new() else { return };
    for kind in ["ecdsa", "ed25519"] {
        real.key(kind);
    }
    let found = agent(&mut real.world()).unwrap();
    let ours = found.iter().find(|key| key.kind == ED25519).unwrap();
    assert_eq!((found.len(), ours.comment.as_str()), (2, "same comment"));
    // As `ssh-add -l` shows it.
    let listed = real.run("ssh-add", &["-l"], "");
    assert!(listed.contains(&ours.fingerprint.to_string()), "{listed}");

    let mut test = real.world();
    let mut credentials = Credentials::of(&mut test.world, ExampleKeys::Refuse, SecretSources::default());
    let signer = super::super::open(&ours.uri(), &mut credentials).unwrap();
    let again = super::super::open(&ours.uri(), &mut credentials).unwrap();
    let key = VerifyingKey::from_bytes(signer.public()).unwrap();
    let signature = Signature::from_bytes(&signer.sign(b"message").unwrap());
    key.verify_strict(b"message", &signature).unwrap();
    assert_eq!((again.label(), again.backend()), ("same comment", Backend::Agent));
    assert_eq!(test.stderr.text().matches("warning: an agent signs whatever").count(), 1);

    let other = found.iter().find(|key| key.kind != ED25519).unwrap();
    let mut test = real.world();
    let mut credentials = Credentials::of(&mut test.world, ExampleKeys::Refuse, SecretSources::default());
    let error = find_key(&other.uri(), &mut credentials).unwrap_err();
    assert!(matches!(error, OpenError::Agent(AgentError::Kind { .. })) && !error.is_absent());

    // Without a terminal, which it would ask instead of its input.
    real.run("setsid", &["ssh-add", "-x"], "x\nx\n");
    let error = find_key(&ours.uri(), &mut credentials).unwrap_err();
    assert!(matches!(error, OpenError::Agent(AgentError::NoKey { keys: 0, .. })) && error.is_absent());
    assert!(matches!(signer.sign(b"message"), Err(SignError::Agent(AgentError::Refused))));
    real.run("setsid", &["ssh-add", "-X"], "x\n");
    signer.sign(b"message").unwrap();

    real.run("ssh-add", &["-q", "-d", "ed25519"], "");
    let error = find_key(&ours.uri(), &mut credentials).unwrap_err();
    assert!(matches!(error, OpenError::Agent(AgentError::NoKey { keys: 1, .. })));
    // The agent no longer has it, although it was opened.
    assert!(matches!(signer.sign(b"message"), Err(SignError::Agent(AgentError::Refused))));
}
