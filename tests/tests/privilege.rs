//! The two users of one machine, as real processes: one syncs and owns its state, the other is root and enforces from it. In a mount
//! namespace with layers of its own over `/etc` and `/var/lib`, so that the places are those of a real machine.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says what it leaves out, and works on real folders"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use interdict_host::world::World;
use interdict_schema::tuf::{Metadata, RoleType, Root};
use interdict_tests::programs;
use interdict_tests::simulator::{Simulator, payload};

const LAYERS: &str = "\
mount -t tmpfs tmpfs /mnt
mkdir /mnt/eu /mnt/ew /mnt/vu /mnt/vw
mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/eu,workdir=/mnt/ew /etc
mount -t overlay overlay -o lowerdir=/var/lib,upperdir=/mnt/vu,workdir=/mnt/vw /var/lib
rm -rf /etc/interdict /var/lib/interdict /var/lib/interdict-apply
install -d -o 12345 -g 12345 /var/lib/interdict
as_user() { setpriv --reuid 12345 --regid 12345 --clear-groups \"$@\"; }
i() { \"$INTERDICT\" --allow-example-keys --config /etc/interdict/config.toml --state /var/lib/interdict \"$@\"; }
ended() { wanted=$1; shift; set +e; \"$@\" >/mnt/out 2>/mnt/err; status=$?; set -e
  [ $status = \"$wanted\" ] || { echo \"found $status, wanted $wanted: $*\"; cat /mnt/out /mnt/err; exit 1; }; }
";

/// Runs a script as root, with layers over the system's folders and without a network; `None` where that cannot be had.
fn in_layers(script: &str, variables: &[(&str, &Path)]) -> Option<String> {
    let possible = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["-mn", "sh", "-euc", script]).envs(variables.iter().copied());
        command.output().ok()
    };
    let probe = format!("{LAYERS} as_user true");
    if !rustix::process::geteuid().is_root() || !possible(&probe).is_some_and(|ran| ran.status.success()) {
        eprintln!("skipped: needs root, unshare, overlayfs and setpriv");
        return None;
    }
    let ran = possible(&format!("{LAYERS}{script}")).unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{said}");
    Some(said)
}

/// trust.md rule 17
#[test]
fn the_user_that_syncs_begins_from_roots_pin_and_can_take_nothing_back_that_root_admitted() {
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &Path| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    open(folder.path());
    let at = |name: &str| folder.path().join(name);
    let mut authority = Simulator::at(World::real().now().unwrap());
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    authority.serve_from(&at("first"));
    authority.directive(&payload("BOD-2", 1, None));
    authority.publish();
    authority.serve_from(&at("second"));
    fs::write(at("root.json"), authority.pin()).unwrap();
    let root = Metadata::<Root>::parse(authority.pin(), &RoleType::Root.into(), 1_000_000).unwrap();
    let client = at("interdict");
    fs::copy(programs::build().unwrap().client, &client).unwrap();
    let script = format!(
        "ended 0 i setup \"$AT/first\"\n\
         ended 0 i trust \"$AT/root.json\" --fingerprint sha256:{}\n\
         # Root wrote nothing into the folder of the user, who begins from root's pin.\n\
         [ -z \"$(ls -A /var/lib/interdict)\" ]\n\
         ended 0 as_user \"$AT/interdict\" --allow-example-keys --config /etc/interdict/config.toml --state /var/lib/interdict sync\n\
         cp -a /var/lib/interdict /mnt/old\n\
         ended 0 as_user \"$AT/interdict\" --allow-example-keys --config /etc/interdict/config.toml --state /var/lib/interdict sync \"$AT/second\"\n\
         i plan --target dns-rpz --out /mnt/plan.json >/mnt/out 2>/mnt/err || true\n\
         admitted=/var/lib/interdict-apply/admitted/current/policy.json\n\
         grep -q BOD-2 $admitted\n\
         [ \"$(stat -c %u:%a $admitted)\" = 0:644 ]\n\
         ! as_user sh -c 'echo x >> /var/lib/interdict-apply/admitted/current/policy.json' 2>/dev/null\n\
         # All that the user has is put back to what it was.\n\
         rm -rf /var/lib/interdict && cp -a /mnt/old /var/lib/interdict\n\
         ended 4 i plan --target dns-rpz --out /mnt/plan.json\n\
         grep -q 'nothing of what was synced is admitted for enforcement' /mnt/err\n\
         grep -q BOD-2 $admitted\n\
         # A folder of enforcement that is the user's is refused before anything is read from it.\n\
         chown 12345 /var/lib/interdict-apply\n\
         ended 4 i plan --target dns-rpz\n\
         grep -q '/var/lib/interdict-apply belongs to user 12345, wanted root' /mnt/err\n",
        root.fingerprint()
    );
    in_layers(&script, &[("INTERDICT", &client), ("AT", folder.path())]);
}
