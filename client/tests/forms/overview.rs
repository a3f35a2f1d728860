//! The whole result at a glance, for people and for programs.

use interdict_host::terminal::Terminal;
use interdict_host::testing::TestWorld;
use serde_json::json;

use super::fixtures::{cases, everything};

#[test]
fn json_begins_with_what_was_found_read_and_not_seen_and_the_worst_deadline() {
    let store = everything();
    let ran = store.run(&["check", "fleet.csv", "rows.csv", "nowhere", "--format=json"]).json();
    let summary = &ran["summary"];
    assert_eq!(summary["verdicts"], ran["counts"]);
    assert_eq!(summary["outstanding"], 6);
    assert_eq!(summary["assets"], 4);
    assert_eq!(summary["sources"], json!({"complete": 1, "partial": 1, "unread": 1}));
    assert_eq!(summary["whole"], false);
    let unseen = summary["unseen"].as_array().unwrap();
    assert_eq!(unseen[0], json!({"kind": "unread", "places": 1, "error": true}));
    assert_eq!(unseen[1], json!({"kind": "partial", "places": 1, "error": true}));
    let worst = &summary["worst"];
    assert_eq!((&worst["directive"], &worst["missed"]), (&json!("BOD-30-01"), &json!(true)));
    assert_eq!((&worst["action"], &worst["at"]), (&json!("remove"), &json!("2017-09-01T03:59:59Z")));
    assert_eq!(summary["overdue"], 5);
    let finding = ran["findings"].as_array().unwrap().iter().find(|found| found["id"] == worst["finding"]);
    assert_eq!(finding.unwrap()["subject"], worst["subject"]);
    // The last line of JSON Lines has the same.
    let lines = store.run(&["check", "fleet.csv", "rows.csv", "nowhere", "--format=jsonl"]).stdout;
    let end: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(&end["summary"], summary);
}

#[test]
fn the_glance_of_a_clean_inventory_promises_no_more_than_was_looked_for() {
    let store = everything();
    let text = store.run(&["check", "clean.csv"]).stdout;
    let glance =
        "found     0 match, 0 possible, 0 excluded\nread      1 component of 1 source, wholly\nnoted     ";
    assert!(text.starts_with(glance), "{text}");
    assert!(!text.contains("not seen"), "{text}");
    let text = store.run(&["check", "clean.csv", "nowhere"]).stdout;
    assert!(text.contains("\nnot seen  1 source was not read\n"), "{text}");
    assert!(text.ends_with("\nwhat was not read may hold more: this is no clean result\n"));
    let stale = store.run_at("2017-09-21T00:00:00Z", &["check", "clean.csv"]).stdout;
    assert!(stale.contains("\nnot seen  what was ordered since: the policy is stale\n"), "{stale}");
}

fn on(width: u16, colour: bool) -> TestWorld {
    let mut test = TestWorld::new();
    test.world.terminal = Terminal { stdout: true, width: Some(width), colour, ..Terminal::none() };
    test
}

/// No line is wider than the terminal, no finding's name is broken, and colour adds nothing that words do not say.
#[test]
fn every_result_fits_terminals_of_60_80_and_120_columns_with_and_without_colour() {
    for case in cases() {
        let json = case.store.run(&[&["check", "--format=json"], case.arguments].concat()).json();
        let first = json["findings"][0]["id"].as_str().map(str::to_owned);
        for width in [60, 80, 120] {
            let run = |colour| case.store.run_in(on(width, colour), &[&["check"], case.arguments].concat());
            let plain = run(false).stdout;
            for line in plain.lines() {
                assert!(line.chars().count() <= usize::from(width), "{} {width}: {line}", case.name);
            }
            assert!(first.iter().all(|id| plain.contains(id.as_str())), "{} {width}", case.name);
            let mut bare = run(true).stdout;
            while let Some(begin) = bare.find("\u{1b}[") {
                let end = bare[begin..].find('m').unwrap();
                bare.replace_range(begin..=begin + end, "");
            }
            assert_eq!(bare, plain, "{} {width}", case.name);
        }
    }
}

/// A screen shows the end of what is long, so the glance stands there as well; in a pipe it stands once.
#[test]
fn what_is_long_ends_on_a_terminal_as_it_began() {
    let store = everything();
    let rows: Vec<String> = (0..60).map(|number| format!("bad,{number},h-{number}")).collect();
    store.file("long.csv", format!("name,version,host\n{}\n", rows.join("\n")).as_bytes());
    let glances = |text: &str| text.matches("found     60 match").count();
    assert_eq!(glances(&store.run_in(on(120, false), &["check", "long.csv"]).stdout), 2);
    assert_eq!(glances(&store.run(&["check", "long.csv"]).stdout), 1);
}

/// Of 100,000 inventories in a folder nobody reads a line each.
#[test]
fn many_sources_are_counted_and_what_could_not_be_read_is_named_first() {
    let store = everything();
    for number in 0..21 {
        store.file(&format!("many/{number}.csv"), b"name,version\nfine,1\n");
    }
    let text = store.run(&["check", "many"]).stdout;
    assert!(text.contains("\nread: 21 sources wholly (--format json lists them)\n"), "{text}");
    assert!(!text.contains("read: many/"), "{text}");
    std::fs::remove_file(format!("{}/many/20.csv", store.folder())).unwrap();
    let text = store.run(&["check", "many"]).stdout;
    assert_eq!(text.matches("read: many/").count(), 20, "{text}");
    for number in 0..101 {
        store.file(&format!("broken/{number}.cdx.json"), b"{\"bomFormat\":\"CycloneDX\",");
    }
    let text = store.run(&["check", "broken"]).stdout;
    assert_eq!(text.matches(": broken/").count(), 100);
    assert!(
        text.contains("\n1 more sources were not read, were read in part, or have something odd"),
        "{text}"
    );
}
