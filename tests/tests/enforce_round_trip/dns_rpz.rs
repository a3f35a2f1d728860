//! Banned domains: unbound and BIND as Debian has them, on port 53, in front of a server that knows every name.

use interdict_tests::round_trip::orders::{prohibits, will_prohibit};
use interdict_tests::round_trip::picture::Picture;
use interdict_tests::round_trip::{Machine, Ran};

/// Knows every name below `example`: another unbound, of a configuration of its own.
const AUTHORITY: &str = "\
server:
  interface: 127.0.0.2
  port: 5300
  username: \"\"
  chroot: \"\"
  directory: \"/srv\"
  pidfile: \"/srv/pid\"
  use-syslog: no
  logfile: \"/srv/log\"
  local-zone: \"example.\" redirect
  local-data: \"example. A 192.0.2.7\"
";

const BANNED: [&str; 3] = ["banned.example", "www.banned.example", "a.b.c.banned.example"];
const OTHERS: [&str; 4] = ["notbanned.example", "fine.example", "later.example", "www.later.example"];

fn ordered(machine: &mut Machine) {
    machine.order(&[
        prohibits("BOD-1", &[("domain", "banned.example")]),
        will_prohibit("BOD-2", &[("domain", "later.example")]),
    ]);
}

/// A machine with an authority, and these files of the administrator's.
fn served(tools: &[&str], files: &[(&str, &str)]) -> Option<Machine> {
    let machine = Machine::new(tools)?;
    machine.write("/srv/authority.conf", AUTHORITY);
    machine.shell("unbound -c /srv/authority.conf");
    for (path, text) in files {
        machine.write(path, text);
    }
    Some(machine)
}

/// What the resolver says of names: `NOERROR`, `NXDOMAIN`.
fn says(machine: &Machine, names: &[&str]) -> Vec<String> {
    let one = |name: &&str| {
        let text = machine.shell(&format!("dig @127.0.0.1 {name} A +noall +comments +tries=3"));
        let (_, rest) = text.split_once("status: ").unwrap_or_else(|| panic!("{name}: {text}"));
        rest.split(',').next().unwrap().to_owned()
    };
    names.iter().map(one).collect()
}

/// The way there and back, the same for both servers. `audits` and `blocks` are what each logs of a name; `before` is the machine
/// as it was, where that is not as it is now.
fn there_and_back(
    machine: &Machine,
    before: Option<Picture>,
    audits: fn(&str, &str) -> bool,
    blocks: fn(&str, &str) -> bool,
) -> Ran {
    let logged = |name: &str, is: fn(&str, &str) -> bool| {
        // What it logs comes when it comes.
        (0..500).any(|_| machine.log().lines().any(|line| is(line, name)))
    };
    let quiet = |name: &str| !machine.log().lines().any(|line| audits(line, name) || blocks(line, name));
    let before = before.unwrap_or_else(|| machine.picture());
    assert_eq!(says(machine, &BANNED), ["NOERROR"; 3]);
    assert_eq!(says(machine, &OTHERS), ["NOERROR"; 4]);

    machine.apply("dns-rpz", "--audit");
    assert_eq!(says(machine, &BANNED), ["NOERROR"; 3]);
    assert_eq!(says(machine, &OTHERS), ["NOERROR"; 4]);
    for name in BANNED.iter().chain(&["later.example", "www.later.example"]) {
        assert!(logged(name, audits), "{name}: {}", machine.log());
    }
    assert!(quiet("fine.example") && quiet("notbanned.example"), "{}", machine.log());

    let (_, enforced) = machine.apply("dns-rpz", "--enforce");
    assert_eq!(says(machine, &BANNED), ["NXDOMAIN"; 3]);
    assert_eq!(says(machine, &OTHERS), ["NOERROR"; 4]);
    for name in BANNED {
        assert!(logged(name, blocks), "{name}: {}", machine.log());
    }
    assert!(quiet("fine.example") && quiet("notbanned.example"), "{}", machine.log());

    let undone = machine.undo();
    assert_eq!(undone.status, Some(0), "{}{}", undone.stdout, undone.stderr);
    assert_eq!(machine.picture(), before);
    assert_eq!(says(machine, &BANNED), ["NOERROR"; 3]);
    assert_eq!(says(machine, &OTHERS), ["NOERROR"; 4]);
    enforced
}

const UNBOUND: [&str; 5] = ["unbound", "unbound-checkconf", "unbound-control", "named-checkzone", "dig"];

/// The administrator's: forwarded to the authority, which signs nothing.
const FORWARDED: (&str, &str) = (
    "/etc/unbound/unbound.conf.d/administrator.conf",
    "server:\n  do-not-query-localhost: no\n  domain-insecure: \"example\"\n  local-zone: \"example.\" nodefault\n\
     forward-zone:\n  name: \".\"\n  forward-addr: 127.0.0.2@5300\n",
);

#[test]
fn unbound_finds_a_banned_domain_until_it_is_enforced_and_again_after_the_undo() {
    let Some(mut machine) = served(&UNBOUND, &[FORWARDED]) else { return };
    ordered(&mut machine);
    machine.shell("systemctl start unbound.service");
    let audits = |line: &str, name: &str| {
        line.contains("[interdict-audit]")
            && line.contains("rpz-disabled")
            && line.contains(&format!(" {name}. A IN"))
    };
    let blocks = |line: &str, name: &str| {
        line.contains("[interdict]")
            && line.contains("rpz-nxdomain")
            && line.contains(&format!(" {name}. A IN"))
    };
    let enforced = there_and_back(&machine, None, audits, blocks);
    assert!(enforced.stdout.contains("read back: "), "{}", enforced.stdout);
}

/// A plan that was approved before anything was applied can be carried out once the authority has signed anew.
#[test]
fn a_plan_that_was_approved_outlives_the_night_in_which_all_is_signed_anew() {
    let Some(mut machine) = served(&UNBOUND, &[FORWARDED]) else { return };
    ordered(&mut machine);
    machine.shell("systemctl start unbound.service");
    machine.plan("dns-rpz", "--enforce");
    let approved = machine.planned();
    // Two nights, in one of which an order comes and goes.
    machine.sign_and_sync();
    let passing = prohibits("BOD-3", &[("domain", "passing.example")]);
    machine.order(std::slice::from_ref(&passing));
    machine.revoke(&passing);
    machine.interdict(&["apply", "/root/plan.json"]).ended(0);
    assert_eq!(says(&machine, &BANNED), ["NXDOMAIN"; 3]);
    machine.plan("dns-rpz", "--enforce");
    assert_ne!(machine.planned()["generation"], approved["generation"]);
}

/// The administrator's own configuration, with the two includes. They make both files, empty, so that BIND starts without any
/// order, and have the first plan take them over: this is the whole of what the documentation asks of them.
const BIND: [(&str, &str); 4] = [
    (
        "/etc/bind/named.conf.options",
        "options {\n  directory \"/var/cache/bind\";\n  dnssec-validation no;\n  forward only;\n\
         forwarders { 127.0.0.2 port 5300; };\n  listen-on { 127.0.0.1; };\n  listen-on-v6 { none; };\n\
         include \"/etc/bind/interdict/response-policy.conf\";\n};\n",
    ),
    ("/etc/bind/named.conf.local", "include \"/etc/bind/interdict/zones.conf\";\n"),
    ("/etc/bind/interdict/response-policy.conf", ""),
    ("/etc/bind/interdict/zones.conf", ""),
];

#[test]
fn bind_finds_a_banned_domain_until_it_is_enforced_and_again_after_the_undo() {
    let tools = ["unbound", "named", "rndc", "named-checkconf", "named-checkzone", "dig"];
    let Some(mut machine) = served(&tools, &BIND) else { return };
    ordered(&mut machine);
    machine.configure("[enforce.dns-rpz]\nserver = \"bind\"\n");
    machine.shell("systemctl start named.service");
    // Empty files of others: named, and not touched.
    let refused = machine.plan("dns-rpz", "--audit");
    assert!(refused.stdout.contains("not written by this program"), "{}", refused.stdout);
    let before = machine.picture();
    machine.interdict(&["apply", "/root/plan.json"]).ended(4);
    assert_eq!(machine.picture(), before);
    machine.plan_with("dns-rpz", &["--audit", "--adopt"]);
    machine.interdict(&["apply", "/root/plan.json"]).ended(0);
    machine.undo().ended(0);
    assert_eq!(machine.picture(), before);
    assert_eq!(says(&machine, &BANNED), ["NOERROR"; 3]);
    machine.interdict(&["apply", "--resume", "--now"]).ended(0);

    let audits =
        |line: &str, name: &str| line.contains("disabled rpz QNAME") && line.contains(&format!("({name})"));
    let blocks = |line: &str, name: &str| {
        line.contains("rpz QNAME NXDOMAIN")
            && !line.contains("disabled")
            && line.contains(&format!("({name})"))
    };
    there_and_back(&machine, Some(before), audits, blocks);
}
