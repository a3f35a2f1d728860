//! Banned networks, with the real nft and real packets, between two network namespaces: connected before, connected and
//! counted in audit, refused when enforced while everything else still connects, and as before after the undo.
//!
//! The kernel writes no log lines for namespaces other than its own, so that the counters beside the log are read.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and write files"
)]

#[path = "../../client/tests/enforce/bans.rs"]
mod bans;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bans::{With as _, audited, options, part};
use interdict_client::enforce::nftables::Nftables;
use interdict_client::enforce::{Bans, Mode, Rendered, Seen, Stage, Target as _};
use interdict_tests::obeying::{absent, compiled, without_root, write};

/// One end here, the other in a namespace `peer` with the addresses of everybody; an administrator's table is there already.
const LINK: &str = "
set -e
mount -t tmpfs tmpfs /run
ip link set lo up
ip netns add peer
# No waiting for duplicate addresses.
sh -c 'for file in /proc/sys/net/ipv6/conf/*/accept_dad; do echo 0 >$file; done'
ip netns exec peer sh -c 'for file in /proc/sys/net/ipv6/conf/*/accept_dad; do echo 0 >$file; done'
ip link add here type veth peer name there netns peer
ip address add 10.9.0.1/24 dev here
ip address add fd00::1/64 dev here nodad
ip link set here up
ip -n peer link set lo up
ip -n peer address add 10.9.0.2/24 dev there
ip -n peer address add fd00::2/64 dev there nodad
for address in 192.0.2.1 192.0.2.65 203.0.113.1 198.51.100.1; do ip -n peer address add $address/32 dev lo; done
for address in 2001:db8::1 2001:db9::1; do ip -n peer address add $address/128 dev lo nodad; done
ip -n peer link set there up
ip route add default via 10.9.0.2
ip -6 route add default via fd00::2
nft add table inet administrator
echo ready
exec cat
";

/// Listens everywhere, and says so.
const LISTEN: &str = "
import socket
s = socket.create_server(('::', 8080), family=socket.AF_INET6, dualstack_ipv6=True)
print('ready', flush=True)
while True: s.accept()[0].close()
";

struct Link {
    children: Vec<Child>,
}

impl Drop for Link {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn ready(command: &mut Command) -> Child {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    child
}

impl Link {
    fn new() -> Self {
        let first = ready(Command::new("unshare").args(["--mount", "--net", "bash", "-c", LINK]));
        let mut link = Self { children: vec![first] };
        for peer in [&["ip", "netns", "exec", "peer"][..], &[]] {
            let listening = ready(link.inside(peer).args(["python3", "-c", LISTEN]));
            link.children.push(listening);
        }
        link
    }

    /// Runs a program inside.
    fn inside(&self, before: &[&str]) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--mount", "--net", "--target", &self.children[0].id().to_string(), "--"]).args(before);
        command
    }

    /// Runs a command of the target inside; its status and standard output.
    fn obey(
        &self,
        command: &interdict_client::enforce::Command,
        files: &[PathBuf],
    ) -> (Option<i32>, Vec<u8>) {
        let command = compiled(command, files);
        let output = self.inside(&[]).arg(command.get_program()).args(command.get_args()).output().unwrap();
        (output.status.code(), output.stdout)
    }

    fn connects(&self, before: &[&str], address: &str) -> bool {
        let script = format!("exec 3<>/dev/tcp/{address}/8080");
        let output = self.inside(before).args(["timeout", "5", "bash", "-c", &script]).output().unwrap();
        output.status.success()
    }

    /// Which of these addresses can be reached from here.
    fn reached(&self) -> Vec<&'static str> {
        EVERYBODY.into_iter().filter(|address| self.connects(&[], address)).collect()
    }

    fn nft(&self, arguments: &[&str]) -> String {
        let output = self.inside(&["nft"]).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn packets(&self, counter: &str) -> u64 {
        let text = self.nft(&["list", "counter", "inet", "interdict", counter]);
        let (_, rest) = text.split_once("packets ").unwrap();
        rest.split(' ').next().unwrap().parse().unwrap()
    }

    fn apply(&self, bans: &Bans, mode: Mode, root: &Path) -> Vec<PathBuf> {
        let rendered = render(bans, mode);
        let files = write(&rendered, root);
        for command in rendered.validate.iter().chain(&rendered.activate) {
            assert_eq!(self.obey(command, &files).0, Some(0), "{command:?}");
        }
        for question in &rendered.questions {
            let (status, answer) = self.obey(&question.command, &files);
            assert!(question.expects.is_met(status, &answer), "{}", question.about);
        }
        files
    }
}

fn render(bans: &Bans, mode: Mode) -> Rendered {
    Nftables.render(bans, &options(&Nftables, mode, &BTreeMap::new(), &Seen::default())).unwrap()
}

const EVERYBODY: [&str; 8] = [
    "10.9.0.2",
    "127.0.0.1",
    "192.0.2.1",
    "192.0.2.65",
    "203.0.113.1",
    "198.51.100.1",
    "2001:db8::1",
    "2001:db9::1",
];

fn ordered() -> Bans {
    bans::bans(vec![
        part("BOD-01-01", "s", Stage::Enforce)
            .with("cidr", "192.0.2.0/24")
            .with("cidr", "2001:db8::/32")
            .with("cidr", "127.0.0.0/8")
            .without("cidr", "192.0.2.64/26"),
        part("BOD-02-01", "waived", Stage::Freed).with("cidr", "203.0.113.0/24").with("cidr", "192.0.2.0/25"),
        part("BOD-03-01", "later", Stage::Audit).with("cidr", "198.51.100.0/24"),
    ])
}

#[test]
fn banned_networks_are_counted_in_audit_refused_when_enforced_and_reached_again_after_the_undo() {
    if absent(&["nft", "ip", "nsenter", "unshare", "python3", "bash"]) || without_root() {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let link = Link::new();
    let before = link.nft(&["list", "ruleset"]);
    assert_eq!(link.reached(), EVERYBODY);

    link.apply(&audited(ordered()), Mode::Audit, root.path());
    assert_eq!(link.reached(), EVERYBODY);
    assert!(link.packets("logged") > 0);
    assert_eq!(link.packets("blocked"), 0);

    let files = link.apply(&ordered(), Mode::Enforce, root.path());
    let others = ["10.9.0.2", "127.0.0.1", "192.0.2.65", "203.0.113.1", "198.51.100.1", "2001:db9::1"];
    assert_eq!(link.reached(), others);
    assert!(link.packets("blocked") > 0);
    assert!(link.packets("logged") > 0);
    // Nor does anybody there reach this machine.
    let from_there = |address: &str| {
        let bind =
            format!("import socket; socket.create_connection(('10.9.0.1', 8080), 1, ('{address}', 0))");
        let peer = ["ip", "netns", "exec", "peer", "python3", "-c", &bind];
        link.inside(&peer).output().unwrap().status.success()
    };
    assert!(!from_there("192.0.2.1"));
    assert!(from_there("192.0.2.65"));
    // Loading it again changes nothing: no element, chain or rule stands there twice.
    let once = link.nft(&["-s", "list", "ruleset"]);
    assert_eq!(link.obey(&render(&ordered(), Mode::Enforce).activate[0], &files).0, Some(0));
    assert_eq!(link.nft(&["-s", "list", "ruleset"]), once);

    for round in 0..2 {
        for command in Nftables.release() {
            assert_eq!(link.obey(&command, &[]).0, Some(0), "{round}: {command:?}");
        }
        assert_eq!(link.nft(&["list", "ruleset"]), before);
    }
    assert_eq!(link.reached(), EVERYBODY);
}
