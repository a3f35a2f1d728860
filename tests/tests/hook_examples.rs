//! The hooks that the book shows, run as `apply` runs them over a policy that was admitted.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says what it leaves out, and works on real folders"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use interdict_client::enforce::apply::SystemRunner;
use interdict_client::enforce::hooks::{self, Given};
use interdict_host::owned::Owner;
use interdict_tests::agency::Agency;
use interdict_tests::simulator::Simulator;

const DIRECTIVE: &str = r#"{"format":"interdict-directive/1","id":"BOD-1","revision":1,"status":"in-force","title":"Block it","issuer":"dhs","zone":"America/New_York","issued":"2017-09-13","subjects":[{"id":"it","name":"It","disposition":"prohibited","identifiers":[{"kind":"sha256","value":"DIGEST"},{"kind":"sha256","value":"DOUBT","confidence":"low"},{"kind":"package","value":"it"}]}],"actions":[{"id":"block","modality":"must","kind":"block","due":{"edge":"begin","offset":{"n":30,"unit":"day","anchor":"issued"}}}]}"#;

#[test]
fn every_hook_of_the_book_works_as_it_is_copied() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/hooks");
    let (digest, doubt) = ("a".repeat(64), "b".repeat(64));
    let mut authority = Simulator::new();
    authority.directive(DIRECTIVE.replace("DIGEST", &digest).replace("DOUBT", &doubt).as_bytes());
    authority.publish();
    let agency = Agency::following(&authority);
    let policy = agency.state().join("current").canonicalize().unwrap();
    let plan = agency.path("plan.json");
    fs::write(&plan, "{}").unwrap();
    let folder = agency.path("hooks.d");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    let out = agency.path("run/banned.sha256");
    let mut copied = 0;
    for entry in fs::read_dir(examples).unwrap() {
        let entry = entry.unwrap();
        let text = fs::read_to_string(entry.path()).unwrap();
        if text.starts_with("#!/usr/bin/python3") && !Path::new("/usr/bin/python3").exists() {
            eprintln!("skipped: no /usr/bin/python3");
            continue;
        }
        assert!(text.contains(&format!("{} /etc/interdict/hooks.d/", entry.file_name().display())), "{text}");
        let to = folder.join(entry.file_name());
        fs::write(&to, text.replace("/run/interdict-apply/banned.sha256", out.to_str().unwrap())).unwrap();
        fs::set_permissions(&to, Permissions::from_mode(0o755)).unwrap();
        copied += 1;
    }
    assert!(copied > 0);
    let owner = Owner::new(rustix::process::geteuid().as_raw());
    let ran = hooks::run(&folder, owner, Given { policy: &policy, plan: &plan }, &SystemRunner).unwrap();
    assert_eq!(ran.len(), copied);
    assert!(
        ran.iter().all(|ran| !ran.failed()),
        "{:?}",
        ran.iter().map(ToString::to_string).collect::<Vec<_>>()
    );
    if Path::new("/usr/bin/python3").exists() {
        assert_eq!(fs::read_to_string(&out).unwrap(), format!("{digest}\n"));
    }
    // What the shell says is for people; it counts what the policy bans now.
    let said = std::process::Command::new("sh")
        .arg(folder.join("10-note.sh"))
        .args([&policy, &plan])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&said.stdout), "3 identifiers of 1 subjects are banned\n");
}
