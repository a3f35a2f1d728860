//! Packages of rpm that are ordered gone, removed by the real rpm: on a machine whose own database it is, and beneath a root.

use interdict_tests::round_trip::Machine;
use serde_json::json;

use super::apt::order;

/// A machine on which rpm keeps its database where a distribution of rpm has it, and packages in `/srv/rpm`.
fn machine() -> Option<Machine> {
    let mut machine = Machine::new(&["rpm", "rpmbuild"])?;
    machine.write("/etc/rpm/macros", "%_dbpath /var/lib/rpm\n%_db_backend sqlite\n");
    machine.shell("rm -rf /var/lib/rpm && mkdir /var/lib/rpm");
    for (name, version, more) in [
        ("madeup-banned", "1.0", "Epoch: 2"),
        ("madeup-banned", "3.0", "Epoch: 2"),
        ("madeup-needs-banned", "1.0", "Requires: madeup-banned"),
        ("madeup-other", "1.0", ""),
    ] {
        let spec = format!(
            "Name: {name}\nVersion: {version}\nRelease: 5.el9\nSummary: x\nLicense: x\nBuildArch: noarch\n{more}\n%description\nx\n\
             %install\nmkdir -p %{{buildroot}}/opt/{name}-{version}\ntouch %{{buildroot}}/opt/{name}-{version}/x\n%files\n\
             /opt/{name}-{version}/x\n"
        );
        let path = format!("/srv/{name}-{version}.spec");
        machine.write(&path, spec);
        let into = ["--define", "_topdir /srv/build", "--define", "_rpmdir /srv/rpm"];
        machine.run("rpmbuild", &[&["-bb", "--quiet"], &into[..], &[&path]].concat()).ended(0);
    }
    machine.order(&[order(&json!([
        { "kind": "package", "value": "rpm:madeup-banned", "versions": "vers:rpm/<2:2" },
    ]))]);
    Some(machine)
}

#[test]
fn what_is_ordered_gone_is_removed_by_rpm_and_nothing_that_others_need() {
    for root in ["/", "/srv/image"] {
        let Some(machine) = machine() else { return };
        machine.shell(&format!("mkdir -p {root}/etc {root}/var/lib/rpm"));
        let rpm = |arguments: &[&str]| machine.run("rpm", &[&["--root", root], arguments].concat());
        // Debian's rpm finds a shell in no database of its own.
        let put = |name: &str| {
            rpm(&["-i", "--nodeps", &format!("/srv/rpm/noarch/{name}-5.el9.noarch.rpm")]).ended(0);
        };
        let all = ["madeup-banned-1.0", "madeup-banned-3.0", "madeup-needs-banned-1.0", "madeup-other-1.0"];
        for name in all {
            put(name);
        }
        let there = || {
            let said = rpm(&["-qa", "--qf", "%{name}-%{version}\\n"]).ended(0).stdout;
            let mut names: Vec<String> = said.lines().map(str::to_owned).collect();
            names.sort();
            names
        };
        assert_eq!(there(), all, "{root}");
        let uninstall = |more: &[&str]| {
            machine.interdict(&[&["uninstall-banned", "BOD-17-01", "--root", root], more].concat())
        };
        uninstall(&[]).refused("nobody agreed");
        assert_eq!(there(), all, "{root}");
        // Another version satisfies what needs it, so that rpm lets the banned one go.
        let removed = uninstall(&["--yes"]).ended(0);
        assert!(removed.stdout.contains("removed madeup-banned\n"), "{root}: {}", removed.said());
        assert_eq!(there(), all[1..], "{root}: {}", removed.said());
        assert!(!machine.path(&format!("{root}/opt/madeup-banned-1.0/x")).exists());

        // Where it is the only one, rpm refuses in its simulated run, and nothing is removed.
        rpm(&["-e", "--nodeps", "madeup-banned-3.0-5.el9.noarch"]).ended(0);
        put("madeup-banned-1.0");
        let refused = uninstall(&["--yes"]).ended(3);
        refused.refused("madeup-banned is needed by");
        assert_eq!(there(), ["madeup-banned-1.0", "madeup-needs-banned-1.0", "madeup-other-1.0"], "{root}");
    }
}
