//! Hostile identifiers, read back with the tools' own parsers: exactly what was meant is there, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::process::Command;

use interdict_client::enforce::dnf::Dnf;
use interdict_client::enforce::nftables::Nftables;
use interdict_client::enforce::rpz::DnsRpz;
use interdict_client::enforce::{Mode, Part, Seen, Stage, Target};
use interdict_schema::product::{Cidr, Domain, PackageName};
use proptest::prelude::*;

use crate::bans::{HOSTILE, bans, entry, options, part};

/// Values of a kind: the hostile ones that are written down, what may stand in a well-formed one put together at random, and
/// anything at all.
pub fn values(kind: &'static str, like: &'static str) -> impl Strategy<Value = Vec<String>> {
    let known: Vec<String> = HOSTILE
        .iter()
        .filter(|(of, _)| *of == kind)
        .flat_map(|(_, texts)| texts.iter().map(|text| (*text).to_owned()))
        .collect();
    let one = prop_oneof![prop::sample::select(known), like, "\\PC{0,20}", "[ -~\\n\\t\u{80}]{0,30}"];
    prop::collection::vec(one, 0..30)
}

/// What a target writes of these, in its first file; nothing where it writes none.
fn written(target: &dyn Target, kind: &str, values: &[String]) -> Vec<u8> {
    let mut of: Part = part("BOD-05-01", "hostile", Stage::Enforce);
    of.entries.extend(values.iter().map(|value| entry(kind, value)));
    let rendered =
        target.render(&bans(vec![of]), &options(target, Mode::Enforce, &BTreeMap::new(), &Seen::default()));
    rendered.unwrap().files.into_iter().next().map(|file| file.bytes).unwrap_or_default()
}

/// What a command prints that must end with 0; nothing where it cannot be run here.
fn output(command: &mut Command) -> Option<String> {
    let output = command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").output().ok()?;
    assert!(output.status.success(), "{command:?}: {output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn bind_reads_no_other_names_out_of_a_zone_than_the_banned_ones(
        values in values("domain", "[a-cA-C0-1_*@$.-]{1,12}(\\.rpz-ip|\\.rpz-client-ip|\\.example)")
    ) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("zone");
        std::fs::write(&file, written(&DnsRpz, "domain", &values)).unwrap();
        let mut command = Command::new("named-compilezone");
        command.args(["-q", "-i", "none", "-o", "-", "rpz.interdict.invalid"]).arg(&file);
        let Some(text) = output(&mut command) else {
            println!("skipped: no named-compilezone on this machine");
            return Ok(());
        };
        let meant: BTreeSet<Domain> = values
            .iter()
            .filter_map(|value| Domain::parse(value).ok())
            .filter(|name| !name.as_str().rsplit('.').next().unwrap().starts_with("rpz-"))
            .collect();
        let mut there = BTreeSet::new();
        for line in text.lines() {
            let parts: Vec<&str> = line.split_whitespace().collect();
            if let [owner, _, "IN", "CNAME", action] = parts[..] {
                prop_assert_eq!(action, ".");
                there.insert(owner.strip_suffix(".rpz.interdict.invalid.").unwrap().to_owned());
            } else {
                prop_assert!(matches!(parts[..], ["rpz.interdict.invalid.", _, "IN", "SOA" | "NS", ..]), "{}", line);
            }
        }
        for owner in &there {
            let name = owner.strip_prefix("*.").unwrap_or(owner);
            prop_assert!(meant.iter().any(|meant| meant.as_str() == name), "{:?} was not meant", owner);
        }
        for name in &meant {
            let is = |name: &str| there.contains(name) && there.contains(&format!("*.{name}"));
            prop_assert!(name.and_above().any(is), "{} is not there", name);
        }
    }

    #[test]
    fn dnf_reads_no_other_excludes_out_of_its_configuration_than_the_banned_ones(
        values in values("package", "(rpm:)?[a-cA-C0-1_*?.,+~^ -]{1,8}")
    ) {
        const READ: &str = "import dnf, sys; c = dnf.conf.Conf(); c.read(sys.argv[1]); print(*c.excludepkgs, sep='\\n')";
        let bytes = written(&Dnf, "package", &values);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("dnf.conf");
        std::fs::write(&file, &bytes).unwrap();
        let mut read = Command::new("/usr/bin/python3");
        if !succeeds(Command::new("/usr/bin/python3").args(["-I", "-c", "import dnf"])) {
            println!("skipped: dnf's library is absent");
            return Ok(());
        }
        let text = output(read.args(["-I", "-c", READ]).arg(&file)).unwrap();
        let there: BTreeSet<String> = text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        // What is no package of rpm is another target's; what has other characters than rpm's names have is refused.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte);
        let name = |value: &String| {
            let name = value.strip_prefix("rpm:").unwrap_or(value);
            let first = name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_');
            (first && PackageName::parse(value).is_ok() && name.bytes().all(plain)).then(|| name.to_owned())
        };
        let meant: BTreeSet<String> = values
            .iter()
            .filter_map(name)
            .flat_map(|name| ["?", "??"].map(|epoch| format!("{name}-{epoch}:*-*.*")))
            .collect();
        prop_assert_eq!(there, meant);
    }

    #[test]
    fn nftables_reads_no_other_addresses_out_of_a_table_than_the_banned_ones(
        values in values("cidr", "(192\\.0\\.[0-3]\\.(0|64|128)/2[2-6]|2001:db8:[0-3]::/4[6-8]|[0-9]{1,3}\\.0\\.0\\.0/(8|9)|[0-9a-f:]{2,9}/1[26])")
    ) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("table");
        std::fs::write(&file, written(&Nftables, "cidr", &values)).unwrap();
        if !may_unshare() {
            println!("skipped: network namespaces cannot be made here, or there is no nft");
            return Ok(());
        }
        let script = "nft -f \"$0\" && nft -j list ruleset";
        let text = output(Command::new("unshare").args(["--net", "sh", "-c", script]).arg(&file)).unwrap();
        let listed: serde_json::Value = serde_json::from_str(&text).unwrap();
        let objects = listed["nftables"].as_array().unwrap();
        let mut there: Vec<(IpAddr, IpAddr)> = Vec::new();
        let mut tables = 0;
        for object in objects {
            tables += usize::from(object.get("table").is_some());
            let elements = object["set"]["elem"].as_array().into_iter().flatten();
            there.extend(elements.map(ends));
        }
        prop_assert_eq!(tables, usize::from(!there.is_empty()));
        let meant: Vec<Cidr> = values.iter().filter_map(|value| Cidr::parse(value).ok()).collect();
        for (first, last) in &there {
            for end in [first, last] {
                prop_assert!(meant.iter().any(|network| network.contains(*end)), "{} was not meant", end);
            }
        }
        for network in meant.iter().filter(|network| !stays_open(network)) {
            let (first, last) = (network.address(), last(network));
            prop_assert!(there.iter().any(|(from, to)| *from <= first && last <= *to), "{} is not there", network);
        }
    }
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn may_unshare() -> bool {
    let made = Command::new("unshare").args(["--net", "nft", "list", "ruleset"]).output();
    made.is_ok_and(|output| output.status.success())
}

/// Loopback, the link's own, multicast, and `::/12`, in which loopback is.
fn stays_open(network: &Cidr) -> bool {
    ["0.0.0.0", "127.0.0.0", "224.0.0.0", "239.0.0.0", "255.0.0.0", "::", "fe80::", "ff00::"]
        .iter()
        .any(|open| network.contains(open.parse().unwrap()))
        || match network.address() {
            IpAddr::V4(four) => four.is_multicast() || four.is_loopback() || four.octets()[..2] == [169, 254],
            IpAddr::V6(six) => six.is_multicast() || six.is_unicast_link_local(),
        }
}

fn last(network: &Cidr) -> IpAddr {
    match network.address() {
        IpAddr::V4(four) => {
            (four.to_bits() | u32::MAX.checked_shr(network.prefix().into()).unwrap_or(0)).to_ip()
        }
        IpAddr::V6(six) => {
            (six.to_bits() | u128::MAX.checked_shr(network.prefix().into()).unwrap_or(0)).to_ip()
        }
    }
}

trait ToIp {
    fn to_ip(self) -> IpAddr;
}

impl ToIp for u32 {
    fn to_ip(self) -> IpAddr {
        std::net::Ipv4Addr::from_bits(self).into()
    }
}

impl ToIp for u128 {
    fn to_ip(self) -> IpAddr {
        std::net::Ipv6Addr::from_bits(self).into()
    }
}

/// The ends of an element as nft lists it.
fn ends(element: &serde_json::Value) -> (IpAddr, IpAddr) {
    let address = |value: &serde_json::Value| value.as_str().unwrap().parse().unwrap();
    if let Some(prefix) = element.get("prefix") {
        let first: IpAddr = address(&prefix["addr"]);
        let length = u8::try_from(prefix["len"].as_u64().unwrap()).unwrap();
        return (first, last(&Cidr::around(first, length).unwrap()));
    }
    match element.get("range") {
        Some(range) => (address(&range[0]), address(&range[1])),
        None => (address(element), address(element)),
    }
}
