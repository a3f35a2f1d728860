//! A crash, a full disk, two at once: after every single change.

use std::io::ErrorKind;

use interdict_host::write::Disk;

use super::super::{ApplyError, Settings};
use super::ground::*;

/// Applies another order over an earlier one: created, replaced, removed, merged.
fn second(ground: &Ground) -> Result<(), ApplyError> {
    let (apt, dns, fire) = (pins("newer\n"), zone("zone\n"), policies("{\"merged\":3}"));
    ground.apply(&[("apt", &apt), ("dns", &dns), ("fire", &fire)], &Settings::default()).map(drop)
}

fn first() -> Ground {
    let ground = Ground::new();
    let (apt, fire) = (pins("new\n"), policies("{\"merged\":2}"));
    ground.apply(&[("apt", &apt), ("fire", &fire)], &Settings::default()).unwrap();
    ground
}

fn steps(ground: &mut Ground, act: impl Fn(&Ground) -> Result<(), ApplyError>) -> usize {
    ground.disk = Disk::recording();
    act(ground).unwrap();
    ground.disk.steps().len()
}

#[test]
fn a_crash_after_any_change_of_an_apply_is_finished_or_taken_back_by_the_next_run() {
    let untouched = Ground::new().tree();
    let old = texts(&first());
    let mut done = first();
    let steps = steps(&mut done, second);
    let new = texts(&done);
    assert!(steps > 40, "only {steps} changes were seen");
    let (mut finished, mut taken_back) = (0, 0);
    for crash in 0..steps {
        let mut ground = first();
        ground.disk = Disk::stopping_after(crash);
        second(&ground).unwrap_err();
        ground.disk = Disk::default();
        ground.tool.calls.lock().unwrap().clear();
        let recovered = ground.session().unwrap().recovered;
        let found = texts(&ground);
        assert!(found == old || found == new, "after {crash} of {steps} changes: a mix {found:?}");
        match &recovered {
            Some(recovered) if recovered.was_done => finished += 1,
            Some(recovered) => {
                assert!(recovered.left.is_empty());
                assert_eq!(found, old, "after {crash}");
                assert!(ground.tool.programs().contains(&"apt-take-up".to_owned()), "the old is taken up");
                taken_back += 1;
            }
            None => {}
        }
        assert!(!ground.tree().contains("interdict-stage"), "after {crash}: {}", ground.tree());
        second(&ground).unwrap();
        assert_eq!(texts(&ground), new, "after {crash} of {steps} changes");
        ground.suspend("2018-01-02T00:00:00Z").unwrap();
        assert_eq!(ground.tree(), untouched, "after {crash} of {steps} changes");
    }
    assert!(finished > 3 && taken_back > 20, "{finished} {taken_back}");
}

#[test]
fn a_crash_while_a_crash_is_taken_back_is_taken_back_as_well() {
    let old = texts(&first());
    for (crash, again) in [(30, 1), (30, 4), (36, 2), (36, 6), (36, 9)] {
        let mut ground = first();
        ground.disk = Disk::stopping_after(crash);
        second(&ground).unwrap_err();
        ground.disk = Disk::stopping_after(again);
        assert!(ground.session().is_err(), "{crash} {again}");
        ground.disk = Disk::default();
        ground.session().unwrap();
        assert_eq!(texts(&ground), old, "{crash} {again}");
    }
}

#[test]
fn a_crash_after_any_change_of_an_undo_leaves_one_of_both_and_the_next_run_completes_it() {
    let untouched = Ground::new().tree();
    let old = texts(&first());
    let undo = |ground: &Ground| ground.suspend("2018-01-02T00:00:00Z");
    let mut done = first();
    let steps = steps(&mut done, undo);
    for crash in 0..steps {
        let mut ground = first();
        ground.disk = Disk::stopping_after(crash);
        undo(&ground).unwrap_err();
        ground.disk = Disk::default();
        drop(ground.session().unwrap());
        assert!(ground.tree() == untouched || texts(&ground) == old, "after {crash} of {steps}: a mix");
        undo(&ground).unwrap();
        assert_eq!(ground.tree(), untouched, "after {crash} of {steps} changes");
        ground.now = at("2018-01-02T00:00:00Z");
        ground.session().unwrap().lapse().unwrap();
        assert_eq!(texts(&ground), old, "after {crash} of {steps} changes");
    }
}

#[test]
fn a_full_disk_at_any_moment_leaves_one_of_both_once_there_is_room() {
    let old = texts(&first());
    let mut done = first();
    let steps = steps(&mut done, second);
    let new = texts(&done);
    for fails in 0..steps {
        let mut ground = first();
        ground.disk = Disk::failing_after(fails, ErrorKind::StorageFull);
        second(&ground).unwrap_err();
        ground.disk = Disk::default();
        drop(ground.session().unwrap());
        assert!([&old, &new].contains(&&texts(&ground)), "after {fails} of {steps} changes: a mix");
        second(&ground).unwrap();
        assert_eq!(texts(&ground), new);
    }
}

#[test]
fn of_two_at_once_the_second_is_told() {
    let ground = first();
    let _held = ground.session().unwrap();
    let error = second(&ground).unwrap_err();
    assert!(matches!(error, ApplyError::Lock(interdict_host::lock::LockError::Held { .. })), "{error}");
}

#[test]
fn what_somebody_wrote_after_a_crash_stays_and_is_said() {
    let mut ground = first();
    let steps = steps(&mut first(), second);
    for crash in (0..steps).rev() {
        ground = first();
        ground.disk = Disk::stopping_after(crash);
        second(&ground).unwrap_err();
        ground.disk = Disk::default();
        if ground.text(ZONE).is_some() && ground.record().files.len() == 2 {
            break;
        }
    }
    ground.write(ZONE, "by hand");
    let session = ground.session().unwrap();
    assert_eq!(session.left, [std::path::PathBuf::from(ZONE)]);
    drop(session);
    assert_eq!(ground.text(ZONE).as_deref(), Some("by hand"));
}

#[test]
fn a_record_of_what_was_begun_that_was_tampered_with_is_an_error() {
    let ground = first();
    let folder = super::super::super::record::folder(&ground.places, &ground.root);
    std::fs::write(folder.join("intent.json"), "{}").unwrap();
    let error = ground.session().unwrap_err();
    assert!(matches!(&error, ApplyError::Damaged { path } if path.ends_with("intent.json")), "{error}");
}
