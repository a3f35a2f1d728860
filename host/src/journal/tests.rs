#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and write files"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;

use serde_json::json;
use tempfile::TempDir;

use super::syslog::Syslog;
use super::*;
use crate::testing::TestWorld;
use crate::write::{Disk, DiskErrorKind};

fn journal() -> (TempDir, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::new(folder.path().join("journal/journal.jsonl"));
    (folder, journal)
}

fn append(journal: &Journal, verb: &str) -> Head {
    journal.append(&TestWorld::new().world, &json!({ "verb": verb })).unwrap().head
}

fn lines(journal: &Journal) -> Vec<String> {
    fs::read_to_string(journal.path()).unwrap().split_inclusive('\n').map(str::to_owned).collect()
}

/// trust.md rule 23
#[test]
fn each_line_names_the_one_before_it_and_the_head_is_the_digest_of_the_last() {
    let (_folder, journal) = journal();
    assert_eq!(journal.head().unwrap(), None);
    assert_eq!(journal.verify(None).unwrap().head, None);
    let heads = ["plan", "apply", "undo"].map(|verb| append(&journal, verb));
    let lines = lines(&journal);
    assert_eq!(heads.map(|head| head.number), [1, 2, 3]);
    for (line, head) in lines.iter().zip(heads) {
        assert_eq!(Sha256::of(line.as_bytes()), head.digest);
    }
    assert!(lines[0].contains(&format!(r#""previous":"{}""#, "0".repeat(64))), "{}", lines[0]);
    assert!(lines[2].contains(&format!(r#""previous":"{}""#, heads[1].digest)));
    assert!(lines[2].starts_with(r#"{"number":3,"at":"2017-09-13T12:00:00Z","who":{"uid":"#), "{}", lines[2]);
    let verified = journal.verify(Some(&heads[1].digest)).unwrap();
    assert_eq!((verified.head, verified.wanted), (Some(heads[2]), Some(Found::Entry { number: 2 })));
    assert!(verified.is_whole() && verified.cuts.is_empty());
    assert_eq!(journal.head().unwrap(), Some(heads[2]));
    let mut verbs = Vec::new();
    let _ = journal.read(&mut |entry| verbs.push(entry.what["verb"].clone())).unwrap();
    assert_eq!(verbs, ["plan", "apply", "undo"]);
}

#[test]
fn a_journal_is_its_owners_alone() {
    let (_folder, journal) = journal();
    append(&journal, "plan");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(journal.path()), mode(journal.path().parent().unwrap())), (0o600, 0o700));
}

/// trust.md rule 23
#[test]
fn every_byte_that_is_changed_before_the_last_line_breaks_the_chain_at_that_line_or_the_next() {
    let (_folder, journal) = journal();
    for verb in ["plan", "apply", "undo"] {
        append(&journal, verb);
    }
    let whole = fs::read(journal.path()).unwrap();
    let starts: Vec<usize> = [0]
        .into_iter()
        .chain(whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1))
        .collect();
    for at in 0..starts[2] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(journal.path(), &changed).unwrap();
        let line = starts.iter().filter(|start| **start <= at).count() as u64;
        let broken =
            journal.verify(None).unwrap().broken.unwrap_or_else(|| panic!("byte {at} of line {line}"));
        assert!((line..=line + 1).contains(&broken.line), "byte {at} of line {line}: {broken:?}");
        // A line break that is gone makes one line of two.
        let offset = starts[usize::try_from(broken.line).unwrap() - 1] as u64;
        assert_eq!(broken.offset, offset, "byte {at}");
    }
}

/// trust.md rule 23
#[test]
fn a_line_that_is_taken_out_put_in_or_moved_breaks_the_chain_at_its_place() {
    let (_folder, journal) = journal();
    for verb in ["plan", "apply", "undo"] {
        append(&journal, verb);
    }
    let [one, two, three] = <[String; 3]>::try_from(lines(&journal)).unwrap();
    let broken = |order: &[&String]| {
        let text: Vec<&str> = order.iter().map(|line| line.as_str()).collect();
        fs::write(journal.path(), text.concat()).unwrap();
        let broken = journal.verify(None).unwrap().broken.unwrap();
        (broken.line, broken.why)
    };
    assert_eq!(broken(&[&two, &three]), (1, Why::Number { found: 2, wanted: 1 }));
    assert_eq!(broken(&[&one, &three]), (2, Why::Number { found: 3, wanted: 2 }));
    assert_eq!(broken(&[&one, &two, &two, &three]), (3, Why::Number { found: 2, wanted: 3 }));
    let strange = "strange\n".to_owned();
    assert_eq!(broken(&[&one, &strange, &two, &three]), (2, Why::NotAnEntry));
    let forged = two.replace("apply", "undid");
    let digest = |line: &String| Sha256::of(line.as_bytes());
    let why = Why::Previous { found: digest(&forged), wanted: digest(&two) };
    assert_eq!(broken(&[&one, &forged, &three]), (3, why));
    assert_eq!(
        why.to_string(),
        format!("the line before it is sha256:{}, wanted sha256:{}", digest(&forged), digest(&two))
    );
}

/// trust.md rule 23
#[test]
fn only_a_head_that_was_kept_elsewhere_shows_that_the_end_was_taken_off_or_all_was_written_anew() {
    let (_folder, journal) = journal();
    let first = append(&journal, "plan");
    let second = append(&journal, "apply");
    let whole = lines(&journal);
    fs::write(journal.path(), &whole[0]).unwrap();
    assert!(journal.verify(None).unwrap().is_whole(), "nothing in the file itself shows it");
    let without = journal.verify(Some(&second.digest)).unwrap();
    assert_eq!((without.wanted, without.is_whole()), (Some(Found::Nowhere), false));
    assert!(journal.verify(Some(&first.digest)).unwrap().is_whole());
    let forged = append(&journal, "forged");
    assert!(journal.verify(None).unwrap().is_whole());
    assert_ne!(forged.digest, second.digest);
    assert!(!journal.verify(Some(&second.digest)).unwrap().is_whole());
}

/// trust.md rule 23
#[test]
fn a_line_cut_off_anywhere_is_kept_and_told_of_and_the_chain_goes_on_behind_it() {
    let (_folder, journal) = journal();
    let first = append(&journal, "plan");
    append(&journal, "apply");
    let whole = lines(&journal);
    for length in 0..whole[1].len() {
        let cut = &whole[1][..length];
        fs::write(journal.path(), whole[0].clone() + cut).unwrap();
        let found = journal.verify(None).unwrap();
        let bytes = length as u64;
        assert!(found.is_whole(), "{length}");
        let lacks_the_break_alone = length + 1 == whole[1].len();
        let wanted = match length {
            0 => Vec::new(),
            _ if lacks_the_break_alone => Vec::new(),
            _ => vec![Cut { line: 2, bytes, noted: false }],
        };
        assert_eq!(found.cuts, wanted, "{length}");
        let next = append(&journal, "again");
        assert_eq!(next.number, if lacks_the_break_alone { 3 } else { 2 }, "{length}");
        let found = journal.verify(Some(&first.digest)).unwrap();
        assert!(found.is_whole(), "{length}: {found:?}");
        assert_eq!(found.head, Some(next));
        let noted = wanted.iter().map(|cut| Cut { bytes: cut.bytes + 1, noted: true, ..*cut });
        assert_eq!(found.cuts, noted.collect::<Vec<_>>(), "{length}");
        assert!(fs::read_to_string(journal.path()).unwrap().contains(cut), "{length}: it is kept");
    }
}

#[test]
fn what_a_crash_left_cannot_be_exchanged_later() {
    let (_folder, journal) = journal();
    append(&journal, "plan");
    let start = fs::read_to_string(journal.path()).unwrap();
    fs::write(journal.path(), start + "{\"num").unwrap();
    append(&journal, "apply");
    append(&journal, "undo");
    let text = fs::read_to_string(journal.path()).unwrap();
    fs::write(journal.path(), text.replace("{\"num\n", "{\"non\n")).unwrap();
    let broken = journal.verify(None).unwrap().broken.unwrap();
    assert_eq!((broken.line, broken.why), (2, Why::NotAnEntry));
}

#[test]
fn a_second_crash_while_the_first_is_being_noted_loses_nothing() {
    let (_folder, journal) = journal();
    let first = append(&journal, "plan");
    let start = fs::read_to_string(journal.path()).unwrap();
    fs::write(journal.path(), start.clone() + "{\"num\n{\"number\":2,\"at").unwrap();
    let next = append(&journal, "apply");
    assert_eq!(next.number, 2);
    let found = journal.verify(Some(&first.digest)).unwrap();
    assert!(found.is_whole());
    assert_eq!(found.cuts.iter().map(|cut| (cut.line, cut.noted)).collect::<Vec<_>>(), [(2, true)]);
}

#[test]
fn a_crash_at_any_step_of_adding_leaves_a_journal_that_goes_on() {
    for steps in 0.. {
        let (_folder, journal) = journal();
        let first = append(&journal, "plan");
        let crashing = TestWorld::new().disk(Disk::stopping_after(steps));
        let added = journal.append(&crashing.world, &json!({ "verb": "apply" }));
        let found = journal.verify(Some(&first.digest)).unwrap();
        assert!(found.is_whole(), "{steps}: {found:?}");
        let _ = append(&journal, "again");
        assert!(journal.verify(Some(&first.digest)).unwrap().is_whole(), "{steps}");
        match added {
            Ok(_) => return,
            Err(JournalError::Disk(error)) => assert_eq!(error.kind(), DiskErrorKind::Stopped),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn several_at_once_wait_for_each_other() {
    let (_folder, journal) = journal();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let journal = journal.clone();
            std::thread::spawn(move || (0..5).for_each(|_| _ = append(&journal, "apply")))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let found = journal.verify(None).unwrap();
    assert_eq!((found.head.map(|head| head.number), found.is_whole()), (Some(40), true));
}

/// trust.md rule 23
#[test]
fn the_head_goes_to_syslog_and_nobody_who_listens_is_no_reason_to_stop() {
    let (folder, journal) = journal();
    let socket = folder.path().join("log");
    let listener = UnixDatagram::bind(&socket).unwrap();
    let mut test = TestWorld::new();
    test.world.syslog = Syslog::at(&socket);
    let added = journal.append(&test.world, &json!({ "verb": "apply" })).unwrap();
    assert!(added.witnessed);
    let mut bytes = [0; 2048];
    let length = listener.recv(&mut bytes).unwrap();
    let line = String::from_utf8_lossy(&bytes[..length]).into_owned();
    let told =
        format!("journal {} entry 1 head sha256:{} verb apply", journal.path().display(), added.head.digest);
    assert!(line.ends_with(&told), "{line}");
    test.world.syslog = Syslog::nowhere();
    let added = journal.append(&test.world, &json!({ "verb": "undo" })).unwrap();
    assert!(!added.witnessed);
}

#[test]
fn an_entry_of_the_longest_line_is_taken_and_one_byte_more_is_not() {
    let (_folder, journal) = journal();
    let world = TestWorld::new().world;
    let bare = {
        let _ = journal.append(&world, &json!({ "text": "" })).unwrap();
        lines(&journal)[0].len()
    };
    let text = |more: usize| json!({ "text": "a".repeat(MAX_LINE_BYTES - bare + more) });
    let error = journal.append(&world, &text(1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("an entry of {} bytes, wanted at most {MAX_LINE_BYTES}", MAX_LINE_BYTES + 1)
    );
    let added = journal.append(&world, &text(0)).unwrap();
    assert_eq!(journal.verify(None).unwrap().head, Some(added.head));
    assert_eq!(append(&journal, "undo").number, 3);
    assert!(matches!(journal.append(&world, &"text"), Err(JournalError::NotAnObject)));
}

#[test]
fn a_file_that_ends_in_megabytes_of_something_else_is_not_added_to() {
    let (_folder, journal) = journal();
    append(&journal, "plan");
    let mut bytes = fs::read(journal.path()).unwrap();
    bytes.extend(std::iter::repeat_n(b'x', 5_000_000));
    fs::write(journal.path(), bytes).unwrap();
    let error = journal.append(&TestWorld::new().world, &json!({})).unwrap_err();
    assert!(matches!(error, JournalError::NoEntry { searched: 4_194_304, .. }), "{error}");
}

#[test]
fn a_link_in_the_journals_place_is_not_followed() {
    let (folder, journal) = journal();
    let victim = folder.path().join("victim");
    fs::create_dir(journal.path().parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(&victim, journal.path()).unwrap();
    assert!(journal.append(&TestWorld::new().world, &json!({})).is_err());
    assert!(!victim.exists());
}
