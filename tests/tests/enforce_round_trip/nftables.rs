//! Banned networks: real packets, between the machine and a namespace with the addresses of everybody.

use interdict_tests::round_trip::orders::{prohibits, will_prohibit};
use interdict_tests::round_trip::{Machine, NOTHING_TO_DO};

/// One end here, the other in a namespace `peer`; an administrator's table is there already, and their file includes what lies in
/// the folder, as the documentation has it.
const LINK: &str = "
ip netns add peer
# No waiting for duplicate addresses.
none='for file in /proc/sys/net/ipv6/conf/*/accept_dad; do echo 0 >$file; done'
sh -c \"$none\"
ip netns exec peer sh -c \"$none\"
ip link add here type veth peer name there netns peer
ip address add 10.9.0.1/24 dev here
ip address add fd00::1/64 dev here nodad
ip link set here up
ip -n peer link set lo up
ip -n peer address add 10.9.0.2/24 dev there
ip -n peer address add fd00::2/64 dev there nodad
for address in 192.0.2.1 198.51.100.1 203.0.113.1; do ip -n peer address add $address/32 dev lo; done
for address in 2001:db8::1 2001:db9::1; do ip -n peer address add $address/128 dev lo nodad; done
ip -n peer link set there up
ip route add default via 10.9.0.2
ip -6 route add default via fd00::2
mkdir -p /etc/nftables.d
printf 'flush ruleset\\ntable inet administrator {\\n}\\ninclude \"/etc/nftables.d/*.nft\"\\n' >/etc/nftables.conf
nft -f /etc/nftables.conf
";

/// Listens everywhere, and says so.
const LISTEN: &str = "
import socket
s = socket.create_server(('::', 8080), family=socket.AF_INET6, dualstack_ipv6=True)
print('ready', flush=True)
while True: s.accept()[0].close()
";

const EVERYBODY: [&str; 7] =
    ["10.9.0.2", "127.0.0.1", "192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "2001:db9::1"];

fn linked() -> Option<Machine> {
    let mut machine = Machine::new(&["nft", "bash", "timeout"])?;
    machine.shell(LINK);
    machine.start("ip", &["netns", "exec", "peer", "/usr/bin/python3", "-c", LISTEN]);
    machine.start("/usr/bin/python3", &["-c", LISTEN]);
    Some(machine)
}

/// Which of these addresses can be reached from the machine.
fn reached(machine: &Machine) -> Vec<&'static str> {
    let connects = |address: &&str| {
        let script = format!("exec 3<>/dev/tcp/{address}/8080");
        machine.run("timeout", &["5", "bash", "-c", &script]).status == Some(0)
    };
    EVERYBODY.into_iter().filter(connects).collect()
}

fn ruleset(machine: &Machine) -> String {
    machine.shell("nft -s list ruleset")
}

/// The counters beside the log: the kernel writes no log lines for other namespaces than its own.
fn packets(machine: &Machine, counter: &str) -> u64 {
    let text = machine.shell(&format!("nft list counter inet interdict {counter}"));
    let (_, rest) = text.split_once("packets ").unwrap();
    rest.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn a_banned_network_is_reached_until_it_is_enforced_and_again_after_the_undo() {
    let Some(mut machine) = linked() else { return };
    machine.order(&[
        prohibits("BOD-1", &[("cidr", "192.0.2.0/24"), ("cidr", "2001:db8::/32")]),
        will_prohibit("BOD-2", &[("cidr", "198.51.100.0/24")]),
    ]);
    let (before, rules) = (machine.picture(), ruleset(&machine));
    assert_eq!(reached(&machine), EVERYBODY);

    machine.apply("nftables", "--audit");
    assert_eq!(reached(&machine), EVERYBODY);
    assert!(packets(&machine, "logged") > 0);
    assert_eq!(packets(&machine, "blocked"), 0);

    let (_, applied) = machine.apply("nftables", "--enforce");
    assert!(applied.stdout.contains("read back: 192.0.2.0 is in the set blocked4"), "{}", applied.stdout);
    let others = ["10.9.0.2", "127.0.0.1", "198.51.100.1", "203.0.113.1", "2001:db9::1"];
    assert_eq!(reached(&machine), others);
    assert!(packets(&machine, "blocked") > 0);
    // What is only to come is logged still.
    assert!(packets(&machine, "logged") > 0);
    // A start of the machine: the administrator's own file loads it.
    let enforced = ruleset(&machine);
    machine.shell("nft -f /etc/nftables.conf");
    assert_eq!(ruleset(&machine), enforced);
    assert_eq!(reached(&machine), others);

    machine.undo().ended(0);
    assert_eq!((machine.picture(), ruleset(&machine)), (before, rules));
    assert_eq!(reached(&machine), EVERYBODY);
}

#[test]
fn a_table_that_somebody_flushed_is_loaded_again_by_the_same_plan() {
    let Some(mut machine) = linked() else { return };
    machine.order(&[prohibits("BOD-1", &[("cidr", "192.0.2.0/24")])]);
    machine.apply("nftables", "--enforce");
    machine.shell("nft flush ruleset");
    assert_eq!(reached(&machine), EVERYBODY);
    let again = machine.interdict(&["apply", "/root/plan.json"]).ended(0);
    assert!(again.stdout.contains("it had let go: nftables"), "{}", again.stdout);
    assert!(!reached(&machine).contains(&"192.0.2.1"));
}

#[test]
fn where_nothing_is_banned_there_is_no_file_and_no_table_and_the_last_ban_takes_both_away() {
    let Some(mut machine) = linked() else { return };
    let domain = prohibits("BOD-1", &[("domain", "banned.example")]);
    let network = prohibits("BOD-2", &[("cidr", "192.0.2.0/24")]);
    machine.order(&[domain]);
    let (before, rules) = (machine.picture(), ruleset(&machine));
    machine.plan("nftables", "--enforce").ended(1);
    let nothing = machine.interdict(&["apply", "/root/plan.json"]).ended(0);
    assert_eq!(nothing.stdout.lines().next(), Some(NOTHING_TO_DO));
    assert_eq!((machine.picture(), ruleset(&machine)), (before.clone(), rules.clone()));
    // One that is there all the same goes.
    machine.shell("nft add table inet interdict");
    let again = machine.interdict(&["apply", "/root/plan.json"]).ended(0);
    assert!(again.stdout.contains("it had let go: nftables"), "{}", again.stdout);
    assert_eq!(ruleset(&machine), rules);

    machine.order(std::slice::from_ref(&network));
    machine.apply("nftables", "--enforce");
    assert!(ruleset(&machine).contains("table inet interdict"));
    machine.revoke(&network);
    let (_, applied) = machine.apply("nftables", "--enforce");
    assert!(applied.stdout.contains("removed"), "{}", applied.stdout);
    assert_eq!((machine.picture(), ruleset(&machine)), (before, rules));
    assert_eq!(reached(&machine), EVERYBODY);
}
