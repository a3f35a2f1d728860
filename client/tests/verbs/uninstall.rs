//! `interdict uninstall-banned`, with the real apt and dpkg over a root that the test makes.

use std::path::Path;
use std::process::Command;

use crate::store::{BOD, Ran, Store, published};

/// The day before the removal begins, and the day itself, in New York.
const BEFORE: &str = "2017-12-12T04:59:59Z";
const BEGUN: &str = "2017-12-12T05:00:00Z";

fn absent() -> bool {
    let missing =
        ["apt-get", "dpkg", "dpkg-deb"].iter().any(|name| !Path::new("/usr/bin").join(name).is_file());
    if missing {
        println!("skipped: no apt-get, dpkg or dpkg-deb on this machine");
    }
    missing
}

struct Image {
    store: Store,
    root: String,
}

impl Image {
    /// An image in which these packages are installed: name, and what else its control file says.
    fn of(directive: &str, packages: &[(&str, &str)]) -> Self {
        let store = Store::of(&[published(&[directive])]);
        let root = store.places.config.with_file_name("image");
        for folder in [
            "etc/apt/preferences.d",
            "etc/apt/apt.conf.d",
            "var/lib/dpkg/info",
            "var/lib/dpkg/updates",
            "var/lib/dpkg/triggers",
            "var/lib/apt/lists/partial",
            "var/cache/apt/archives/partial",
            "var/log/apt",
        ] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        std::fs::write(root.join("var/lib/dpkg/status"), "").unwrap();
        let image = Self { store, root: root.to_str().unwrap().to_owned() };
        for (name, more) in packages {
            image.install(name, more);
        }
        image
    }

    fn install(&self, name: &str, more: &str) {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("made");
        std::fs::create_dir_all(made.join("DEBIAN")).unwrap();
        std::fs::create_dir_all(made.join("opt")).unwrap();
        std::fs::write(made.join("opt").join(name), "").unwrap();
        let control = format!(
            "Package: {name}\nVersion: 11.4\nArchitecture: all\nMaintainer: Somebody <somebody@example.org>\n{more}Description: x\n"
        );
        std::fs::write(made.join("DEBIAN/control"), control).unwrap();
        let file = folder.path().join("made.deb");
        let made = made.to_str().unwrap();
        let file = file.to_str().unwrap();
        run("dpkg-deb", &["--root-owner-group", "--build", made, file]);
        run("dpkg", &[&format!("--root={}", self.root), "--force-not-root", "--force-depends", "-i", file]);
    }

    fn run(&self, now: &str, more: &[&str]) -> Ran {
        self.store.run_at(now, &[&["uninstall-banned", "BOD-17-01", "--root", &self.root], more].concat())
    }

    fn has(&self, name: &str) -> bool {
        Path::new(&self.root).join("opt").join(name).exists()
    }
}

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_is_ordered_gone_is_removed_and_nothing_else_and_the_journal_says_so() {
    if absent() {
        return;
    }
    let image = Image::of(BOD, &[("kesl", ""), ("other", "")]);
    let ran = image.run(BEGUN, &["--yes"]);
    assert!(ran.stdout.contains("kesl 11.4 (deb): BOD-17-01\napt-get would do this:\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("  Remv kesl [11.4]\n"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("removed kesl\n"), "{} {}", ran.stdout, ran.stderr);
    assert!(!image.has("kesl") && image.has("other"));
    // The policy of this store is stale by then, which lifts no ban and is what is left to say.
    assert_eq!(ran.code(), 5, "{}", ran.stderr);
    let journal = image.store.run_at(BEGUN, &["journal", "--json"]).json().to_string();
    assert!(journal.contains(r#""packages":["kesl"]"#) && journal.contains("uninstall-banned"), "{journal}");
    let again = image.run(BEGUN, &["--yes"]);
    assert!(again.stdout.contains("No installed package is ordered gone now."), "{}", again.stdout);
}

#[test]
fn nothing_is_removed_before_the_removal_begins_or_unless_somebody_agrees() {
    if absent() {
        return;
    }
    let image = Image::of(BOD, &[("kesl", "")]);
    let ran = image.run(BEFORE, &["--yes"]);
    assert!(ran.stdout.contains("No installed package is ordered gone now."), "{}", ran.stdout);
    assert!(ran.stderr.contains("findings of these directives that stay: 1"), "{}", ran.stderr);
    let ran = image.run(BEGUN, &[]);
    assert!(ran.stderr.contains("nobody agreed"), "{}", ran.stderr);
    assert_eq!(ran.code(), 1);
    assert!(image.has("kesl"));
    let ran = image.store.run_at(BEGUN, &["uninstall-banned", "BOD-99-99", "--root", &image.root]);
    assert_eq!(ran.code(), 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("found no directive BOD-99-99 in the policy"), "{}", ran.stderr);
}

#[test]
fn a_block_is_no_order_to_remove() {
    if absent() {
        return;
    }
    let from = r#""kind":"begin-removal""#;
    assert!(BOD.contains(from));
    let image = Image::of(&BOD.replace(from, r#""kind":"block""#), &[("kesl", "")]);
    let ran = image.run(BEGUN, &["--yes"]);
    assert!(ran.stdout.contains("No installed package is ordered gone now."), "{}", ran.stdout);
    assert!(image.has("kesl"));
}

#[test]
fn what_would_go_with_it_is_counted_at_the_limit_and_one_beyond() {
    if absent() {
        return;
    }
    let image =
        Image::of(BOD, &[("kesl", ""), ("needs", "Depends: kesl\n"), ("needs-too", "Depends: kesl\n")]);
    let ran = image.run(BEGUN, &["--yes", "--max-impact", "1"]);
    let wanted = "nothing is removed by apt-get: 2 other packages would go (needs, needs-too), wanted 1 at most: see --max-impact";
    assert!(ran.stderr.contains(wanted), "{}", ran.stderr);
    assert!(image.has("kesl") && image.has("needs"));
    let ran = image.run(BEGUN, &["--yes", "--max-impact", "2"]);
    assert!(ran.stdout.ends_with("removed kesl\n"), "{} {}", ran.stdout, ran.stderr);
    assert!(!image.has("kesl") && !image.has("needs-too"));
}

#[test]
fn what_this_machine_needs_does_not_go_with_it() {
    if absent() {
        return;
    }
    let image = Image::of(BOD, &[("kesl", ""), ("sudo", "Depends: kesl\n")]);
    let ran = image.run(BEGUN, &["--yes", "--max-impact", "9"]);
    assert!(
        ran.stderr.contains("nothing is removed by apt-get: sudo would go, which this machine needs: "),
        "{}",
        ran.stderr
    );
    assert!(image.has("kesl") && image.has("sudo"));
}

#[test]
fn a_closed_window_and_a_gate_hold_it_back() {
    if absent() {
        return;
    }
    let image = Image::of(BOD, &[("kesl", "")]);
    let config = std::fs::read_to_string(&image.store.places.config).unwrap();
    let window = "[enforce.window]\ndays = [\"sun\"]\nfrom = \"02:00\"\nto = \"04:00\"\nzone = \"UTC\"\n";
    std::fs::write(&image.store.places.config, format!("{config}\n{window}")).unwrap();
    let ran = image.run(BEGUN, &["--yes"]);
    assert!(ran.stderr.contains("is closed") && image.has("kesl"), "{}", ran.stderr);
    let gate = "[[enforce.replacement-present]]\ndirective = \"BOD-17-01\"\npackage = \"other\"\n";
    std::fs::write(&image.store.places.config, format!("{config}\n{gate}")).unwrap();
    let ran = image.run(BEGUN, &["--yes"]);
    assert!(
        ran.stdout.contains("No installed package is ordered gone now.") && image.has("kesl"),
        "{} {}",
        ran.stdout,
        ran.stderr
    );
    image.install("other", "");
    let ran = image.run(BEGUN, &["--yes"]);
    assert!(ran.stdout.ends_with("removed kesl\n"), "{} {}", ran.stdout, ran.stderr);
}
