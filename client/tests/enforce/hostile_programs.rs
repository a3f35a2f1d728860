//! Hostile digests and paths, loaded by the real fapolicyd: exactly the rules that deny what is banned are there, and it starts
//! with all of them. Nothing else of it can judge rules.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use interdict_client::enforce::fapolicyd::Fapolicyd;
use interdict_client::enforce::{Mode, Part, Seen, Stage, Target as _};
use interdict_schema::Sha256;
use interdict_schema::product::PathPattern;
use proptest::prelude::*;

use crate::bans::{bans, entry, options, part};
use crate::hostile::values;

const SBIN: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

proptest! {
    // Each of these starts a daemon.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn fapolicyd_loads_no_other_rules_than_those_that_deny_what_is_banned(
        paths in values("path", "/[a-c]{1,3}/[a-cA-C0-1_*?.,+~^%=: -]{1,8}/?"),
        digests in values("sha256", "(ab|12|AB){32}|[0-9a-f]{64}")
    ) {
        let mut of: Part = part("BOD-05-01", "hostile", Stage::Enforce);
        of.entries.extend(paths.iter().map(|value| entry("path", value)));
        of.entries.extend(digests.iter().map(|value| entry("sha256", value)));
        let (settings, seen) = (BTreeMap::new(), Seen::default());
        let rendered =
            Fapolicyd.render(&bans(vec![of]), &options(&Fapolicyd, Mode::Enforce, &settings, &seen)).unwrap();
        let text = rendered.files.first().map(|file| String::from_utf8(file.bytes.clone()).unwrap()).unwrap_or_default();
        // What the daemon cannot read is refused; what it reads is what was meant.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._+@~-".contains(&byte);
        let meant_paths: BTreeSet<String> = paths
            .iter()
            .filter(|path| PathPattern::parse(path).is_ok() && path.starts_with('/') && path.bytes().all(plain))
            .filter(|path| !path.split('/').any(|part| part == ".."))
            .map(|path| path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/"))
            .filter(|path| !path.is_empty())
            .flat_map(|path| [format!("path=/{path}"), format!("dir=/{path}/")])
            .collect();
        let meant_digests: BTreeSet<String> =
            digests.iter().filter_map(|text| text.parse::<Sha256>().ok()).map(|digest| digest.to_string()).collect();
        let (mut there_paths, mut there_digests) = (BTreeSet::new(), BTreeSet::new());
        let mut rules = 0;
        for line in text.lines() {
            rules += 1;
            let what = line.strip_prefix("deny_audit perm=execute all : ").unwrap();
            match what.strip_prefix("sha256hash=") {
                Some(all) => there_digests.extend(all.split(',').map(str::to_owned)),
                None => prop_assert!(there_paths.insert(what.to_owned()), "twice: {what}"),
            }
        }
        prop_assert_eq!(there_paths, meant_paths);
        prop_assert_eq!(there_digests, meant_digests);
        let Some(loaded) = loaded(&text) else { return Ok(()) };
        prop_assert_eq!(loaded, Ok(rules + 1), "{}", text);
    }
}

/// Starts fapolicyd over these rules and one of an administrator's, in a mount namespace in which it watches nothing.
const DAEMON: &str = "
set -e
mount -t tmpfs tmpfs /mnt
mkdir /mnt/etc /mnt/run /mnt/var /mnt/var/none
mkdir /mnt/run/fapolicyd
sed 's/^uid = .*/uid = root/; s/^gid = .*/gid = root/; s/^watch_fs = .*/watch_fs = ramfs/; s/^trust = .*/trust = file/' \
  /etc/fapolicyd/fapolicyd.conf >/mnt/etc/fapolicyd.conf
: >/mnt/etc/fapolicyd.trust
mkdir /mnt/etc/trust.d
cat \"$0\" >/mnt/etc/compiled.rules
echo 'allow perm=any all : all' >>/mnt/etc/compiled.rules
mount --bind /mnt/etc /etc/fapolicyd
mount --bind /mnt/run /run
mount --bind /mnt/var /var/lib/fapolicyd
mount -t ramfs ramfs /mnt/var/none
exec fapolicyd --debug-deny 2>&1
";

/// How many rules the daemon loads, or what it says where it loads none; `None` where it cannot be run here.
fn loaded(rules: &str) -> Option<Result<usize, String>> {
    let there =
        Command::new("unshare").args(["--mount", "fapolicyd-cli", "--help"]).env("PATH", SBIN).output();
    if !there.is_ok_and(|output| output.status.success()) {
        println!("skipped: no fapolicyd, or no mount namespaces can be made here");
        return None;
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), rules).unwrap();
    let mut command = Command::new("unshare");
    command.args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", DAEMON]).arg(file.path());
    let mut child = command.env("PATH", SBIN).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let mut found = None;
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
        let count = line.split_once("Loaded ").and_then(|(_, rest)| rest.strip_suffix(" rules"));
        if let Some(count) = count {
            found = count.parse().ok();
            break;
        }
        said.push_str(&line);
        said.push('\n');
    }
    let _ = child.kill();
    let _ = child.wait();
    Some(found.ok_or(said))
}
