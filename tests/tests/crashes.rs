//! A crash, a full disk and a read-only disk, after every single change that a sync makes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::io::ErrorKind;

use interdict_host::exit::Exit;
use interdict_host::write::Disk;
use interdict_schema::Sha256;
use interdict_tests::agency::Agency;
use interdict_tests::simulator::{Simulator, list_payload, payload, payload_from};

/// A list of identifiers with a file of entries, and the digest of its payload.
fn list(authority: &mut Simulator, revision: u32, previous: Option<Sha256>) -> Sha256 {
    let file = format!("{}\n", Sha256::of(&revision.to_be_bytes()));
    let (path, digest) = (format!("hashes.{revision}.txt"), Sha256::of(file.as_bytes()));
    authority.target(&path, file.as_bytes());
    let members = format!(
        r#""attachments":[{{"kind":"sha256","path":"{path}","digest":"{digest}","length":65,"entries":1}}]"#
    );
    authority.list(&list_payload("BOD-X", revision, previous, &members))
}

/// An authority before and after a change of everything: a new root, a new directive, a new revision, a list with another
/// file of entries.
fn before_and_after() -> (Simulator, Simulator) {
    let mut before = Simulator::new();
    let first = before.directive(&payload("BOD-1", 1, None));
    before.directive(&payload_from("BOD-3", r#"[{"list":"BOD-X"}]"#));
    let first_list = list(&mut before, 1, None);
    before.publish();
    let mut after = before.clone();
    after.directive(&payload("BOD-1", 2, Some(first)));
    list(&mut after, 2, Some(first_list));
    after.directive(&payload("BOD-2", 1, None));
    after.publish_root();
    after.publish();
    (before, after)
}

fn steps(before: &Simulator, after: &Simulator) -> usize {
    let mut agency = Agency::following(before);
    agency.disk = Disk::recording();
    assert_eq!(agency.sync(after).exit(), Exit::Done);
    agency.disk.steps().len()
}

/// trust.md rule 11
#[test]
fn a_crash_after_any_change_leaves_the_old_policy_or_the_new_and_the_next_sync_completes_it() {
    let (before, after) = before_and_after();
    let old = Agency::following(&before).policy();
    let complete = {
        let agency = Agency::following(&before);
        agency.sync(&after);
        agency.policy()
    };
    let steps = steps(&before, &after);
    assert!(steps > 20, "only {steps} changes were seen");
    for crash in 0..steps {
        let mut agency = Agency::following(&before);
        agency.disk = Disk::stopping_after(crash);
        let run = agency.sync(&after);
        assert_ne!(run.exit(), Exit::Done, "after {crash} of {steps} changes");
        let policy = agency.policy();
        assert!(policy == old || policy == complete, "after {crash} of {steps} changes: a mix");
        agency.disk = Disk::default();
        let next = agency.sync(&after);
        assert_eq!(next.exit(), Exit::Done, "after {crash} of {steps} changes: {}", next.stderr);
        // A generation that was finished but not made active is passed over: its number is used up.
        let without_number =
            |policy: &str| policy.lines().filter(|line| !line.contains("\"generation\"")).collect::<String>();
        assert_eq!(
            without_number(&agency.policy()),
            without_number(&complete),
            "after {crash} of {steps} changes"
        );
        let idle = agency.sync(&after);
        assert!(idle.stdout.contains("up to date"), "{}{}", idle.stdout, idle.stderr);
    }
}

#[test]
fn a_full_or_read_only_disk_is_no_answer_and_keeps_the_old_policy() {
    let (before, after) = before_and_after();
    let steps = steps(&before, &after);
    for kind in [ErrorKind::StorageFull, ErrorKind::ReadOnlyFilesystem] {
        for fails in (0..steps).step_by(3) {
            let mut agency = Agency::following(&before);
            let old = agency.policy();
            agency.disk = Disk::failing_after(fails, kind);
            let run = agency.sync(&after);
            assert_eq!(run.exit(), Exit::NoAnswer, "{kind} after {fails} changes: {}", run.stderr);
            assert!(run.stderr.contains("hint:"), "{}", run.stderr);
            if agency.policy() != old {
                // Only what comes after the switch may fail then.
                assert!(agency.policy().contains("BOD-2"), "{kind} after {fails} changes: a mix");
            }
        }
    }
}
