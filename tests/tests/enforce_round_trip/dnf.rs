//! Banned packages: dnf over a repository of our own, into a root of its own, with the configuration of the machine.

use interdict_tests::round_trip::orders::{prohibits, will_prohibit};
use interdict_tests::round_trip::{Machine, NOTHING_TO_DO};

const CONFIGURATION: &str = "/etc/dnf/dnf.conf";

/// The administrator excludes something, and has a section of their own behind.
const THEIRS: &str = "# theirs\n[main]\ngpgcheck=0\nexcludepkgs = theirs\nbest=True\n\n[nowhere]\nname=x\nenabled=0\n\
                      baseurl=file:///nonexistent\n";

const PACKAGES: [&str; 5] = ["banned", "banned-tools", "later", "other", "theirs"];

const REPOSITORY: &str = "
cd /srv
for name in banned banned-tools later other theirs; do
  printf 'Name: %s\\nVersion: 1.0\\nRelease: 1\\nSummary: x\\nLicense: x\\nBuildArch: noarch\\n%%%%description\\nx\\n%%%%files\\n' $name >$name.spec
  rpmbuild -bb --quiet --define '_topdir /srv/rpm' $name.spec
done
createrepo_c --quiet rpm/RPMS/noarch
printf '[ours]\\nname=ours\\nbaseurl=file:///srv/rpm/RPMS/noarch\\nenabled=1\\n' >/etc/yum.repos.d/ours.repo
";

fn installs(machine: &Machine, what: &str) -> bool {
    machine.shell("rm -rf /srv/root");
    let mut all = vec!["--quiet", "--noplugins", "--assumeyes", "--releasever=1", "--installroot=/srv/root"];
    all.extend(["--config=/etc/dnf/dnf.conf", "--setopt=reposdir=/etc/yum.repos.d"]);
    all.extend(["--setopt=cachedir=/srv/cache", "--setopt=varsdir=/nonexistent", "install", what]);
    let ran = machine.run("dnf", &all);
    // Shown where the test fails.
    println!("{what}: {:?} {}", ran.status, ran.stderr);
    ran.status == Some(0)
}

/// Which packages can be installed.
fn installed(machine: &Machine) -> Vec<&'static str> {
    PACKAGES.into_iter().filter(|name| installs(machine, name)).collect()
}

#[test]
fn a_banned_package_installs_until_it_is_enforced_and_again_after_the_undo() {
    let Some(mut machine) = Machine::new(&["dnf", "rpmbuild", "createrepo_c"]) else { return };
    machine.write(CONFIGURATION, THEIRS);
    machine.shell("mkdir -p /etc/yum.repos.d");
    machine.shell(REPOSITORY);
    machine.order(&[
        prohibits("BOD-1", &[("package", "rpm:banned")]),
        will_prohibit("BOD-2", &[("package", "rpm:later")]),
    ]);
    let before = machine.picture();
    let all = ["banned", "banned-tools", "later", "other"];
    assert_eq!(installed(&machine), all);

    // It cannot log without hiding: the plan says so, and nothing is written.
    let plan = machine.plan("dnf", "--audit").ended(1);
    assert!(plan.stdout.contains("2 no-audit"), "{}", plan.stdout);
    let audited = machine.interdict(&["apply", "/root/plan.json"]).ended(0);
    assert_eq!(audited.stdout.lines().next(), Some(NOTHING_TO_DO));
    assert_eq!((machine.picture(), installed(&machine)), (before.clone(), all.to_vec()));

    let (_, applied) = machine.apply("dnf", "--enforce");
    assert!(applied.stdout.contains("read back: dnf excludes banned-?:*-*.*"), "{}", applied.stdout);
    assert_eq!(installed(&machine), all[1..]);
    // Not by its path either.
    assert!(!installs(&machine, "/srv/rpm/RPMS/noarch/banned-1.0-1.noarch.rpm"));
    assert!(installs(&machine, "/srv/rpm/RPMS/noarch/other-1.0-1.noarch.rpm"));
    assert!(machine.read(CONFIGURATION).starts_with(THEIRS.split("\n[nowhere]").next().unwrap()));

    machine.undo().ended(0);
    assert_eq!(machine.picture(), before);
    assert_eq!(machine.read(CONFIGURATION), THEIRS);
    assert_eq!(installed(&machine), all);
}
