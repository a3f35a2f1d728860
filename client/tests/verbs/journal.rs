//! `interdict journal` and `interdict journal verify`

use std::fs;

use interdict_client::enforce::journal::{Ended, Event, record};
use interdict_host::testing::TestWorld;

use crate::store::{Store, at};

fn store() -> Store {
    let store = Store::empty();
    let test = TestWorld::new().at(at("2018-01-01T00:00:00Z")).variable("SUDO_USER", "ann");
    let until = at("2018-01-01T01:00:00Z");
    for event in [
        Event::Confirm { root: "/".into(), plan: interdict_schema::Sha256::of(b"plan") },
        Event::Suspend { root: "/".into(), reason: "incident\u{1b}[2J 7".into(), until, ended: Ended::Done },
    ] {
        let _ = record(&store.places, &test.world, &event).unwrap();
    }
    store
}

fn lines(store: &Store) -> Vec<String> {
    let text = fs::read_to_string(store.places.journal()).unwrap();
    text.split_inclusive('\n').map(str::to_owned).collect()
}

fn head(store: &Store, line: usize) -> String {
    interdict_schema::Sha256::of(lines(store)[line].as_bytes()).to_string()
}

#[test]
fn a_row_for_each_entry_and_the_head() {
    let store = store();
    let head = head(&store, 1);
    store.run(&["journal"]).is(
        0,
        &format!(
            "\
entry  when                       who             verb     what
    1  Mon 1 Jan 2018, 00:00 UTC  tester for ann  confirm  plan=64879f7d6b96 root=/
    2  Mon 1 Jan 2018, 00:00 UTC  tester for ann  suspend  ended=done reason=incident\\u{{1b}}[2J 7 root=/ until=2018-01-01T01:00:00Z
head  sha256:{head}
"
        ),
        "",
    );
    let json = store.run(&["journal", "--json"]).json();
    assert_eq!(json["format"], "interdict-journal/1");
    assert_eq!(json["entries"][1]["what"]["reason"], "incident\u{1b}[2J 7");
    assert_eq!(json["entries"][1]["who"]["sudo_user"], "ann");
    assert_eq!(json["head"]["digest"], head);
}

#[test]
fn without_entries_it_is_said() {
    Store::empty().run(&["journal"]).is(0, "", "nothing was done so far\n");
    Store::empty().run(&["journal", "verify"]).is(
        0,
        "no entries\ncorruption-evident, not tamper-evident: give --head with one that was noted elsewhere, as in syslog\n",
        "",
    );
}

/// trust.md rule 23
#[test]
fn without_a_head_from_elsewhere_it_is_called_corruption_evident_and_with_one_it_is_compared() {
    let store = store();
    let (first, last) = (head(&store, 0), head(&store, 1));
    store.run(&["journal", "verify"]).is(
        0,
        &format!(
            "2 entries, each as the next one names it\nhead  sha256:{last}\n\
             corruption-evident, not tamper-evident: give --head with one that was noted elsewhere, as in syslog\n"
        ),
        "",
    );
    store.run(&["journal", "verify", "--head", &format!("sha256:{first}")]).is(
        0,
        &format!("2 entries, whole up to the head that was noted, which is entry 1\nhead  sha256:{last}\n"),
        "",
    );
    // The last line is taken off: nothing in the file itself shows it.
    fs::write(store.places.journal(), &lines(&store)[0]).unwrap();
    assert_eq!(store.run(&["journal", "verify"]).code(), 0);
    store.run(&["journal", "verify", "--head", &last]).is(
        4,
        "",
        &format!(
            "error: FOLDER/state/enforcement/journal/journal.jsonl: no entry has the head sha256:{last}\n\
             hint: what is in it cannot be relied on; compare it with a copy, and the heads with those in syslog\n"
        ),
    );
    let json = store.run(&["journal", "verify", "--json", "--head", &last]);
    assert_eq!(json.code(), 4);
}

#[test]
fn the_first_line_that_breaks_the_chain_is_named_with_its_place() {
    let store = store();
    let lines = lines(&store);
    fs::write(store.places.journal(), lines[0].replace("confirm", "conform") + &lines[1]).unwrap();
    let ran = store.run(&["journal", "verify"]);
    let wanted = format!(
        "error: FOLDER/state/enforcement/journal/journal.jsonl: the chain breaks at line 2, byte {}: the line before it is sha256:",
        lines[0].len()
    );
    assert_eq!(ran.code(), 4);
    assert!(ran.stderr.starts_with(&wanted), "{}", ran.stderr);
    // What still hangs together is shown all the same.
    let ran = store.run(&["journal"]);
    assert_eq!((ran.code(), ran.stdout.lines().count()), (4, 3), "{}", ran.stdout);
}

#[test]
fn a_line_that_a_crash_cut_off_is_told_of_and_is_no_error() {
    let store = store();
    let lines = lines(&store);
    fs::write(store.places.journal(), lines[0].clone() + &lines[1][..20]).unwrap();
    let ran = store.run(&["journal", "verify"]);
    assert_eq!(
        (ran.code(), ran.stderr.as_str()),
        (0, "warning: line 2 was cut off after 20 bytes, and nothing is behind it yet\n")
    );
}
