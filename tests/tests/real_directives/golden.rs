//! What `show --as-of` says of every example on the six days, beside pages that were compared with the texts by hand.
//!
//! `golden/ID.txt` has the page of the first day whole, and of each later day the lines that go (`-`) and come (`+`).
//! `UPDATE=1 cargo test -p interdict-tests --test real_directives golden` writes them anew: read what it wrote.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use interdict_tests::agency::Agency;
use serde_json::Value;

use crate::difference::difference;
use crate::fixtures::ALL;
use crate::published::{done, following};

/// The days that were checked by hand.
pub const DAYS: [&str; 6] =
    ["2017-11-12", "2018-01-01", "2021-01-08", "2021-02-01", "2026-01-09", "2026-11-24"];

fn ids() -> BTreeSet<&'static str> {
    ALL.iter().map(|fixture| fixture.directive.id.as_str()).collect()
}

fn file(id: &str) -> PathBuf {
    crate::fixtures::folder().join("../../../tests/tests/real_directives/golden").join(format!("{id}.txt"))
}

/// The pages of a directive on every day, each by what it changes in the one before.
fn pages(agency: &Agency, id: &str) -> String {
    let mut text = String::new();
    let mut before: Option<String> = None;
    for day in DAYS {
        let page = done(agency.run(&["show", id, "--as-of", day]));
        writeln!(text, "=== {day}").unwrap();
        match &before {
            None => text.push_str(&page),
            Some(before) => text.push_str(&difference(before, &page)),
        }
        before = Some(page);
    }
    text
}

#[test]
fn every_example_shows_on_every_day_the_text_that_was_compared_with_the_order() {
    let (_authority, agency) = following();
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for id in ids() {
        let (found, file) = (pages(&agency, id), file(id));
        if update {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &found).unwrap();
            continue;
        }
        let wanted = fs::read_to_string(&file).unwrap_or_default();
        if found != wanted {
            wrong.push(format!("{id}\n{}", difference(&wanted, &found)));
        }
    }
    assert!(wrong.is_empty(), "wanted (-), found (+)\n{}", wrong.join("\n"));
}

/// The lines below a heading.
fn room<'p>(page: &'p str, heading: &str) -> Vec<&'p str> {
    let after = page.lines().skip_while(|line| *line != heading).skip(1);
    after.take_while(|line| !line.is_empty()).collect()
}

fn text<'v>(value: &'v Value, at: &str) -> &'v str {
    value.pointer(at).and_then(Value::as_str).unwrap_or_else(|| panic!("no {at} in {value}"))
}

fn document(value: &Value) -> String {
    format!("{} revision {}", text(value, "/id"), value["revision"])
}

/// What the JSON says of the sources, as the beginnings of the page's lines.
fn sources(json: &Value) -> Vec<String> {
    let ending = |ending: &Value| format!("{} by {} since ", text(ending, "/how"), document(&ending["by"]));
    let mut lines = Vec::new();
    for (part, origins) in json["sources"].as_object().unwrap() {
        let chain = origins.as_array().unwrap().iter().map(|origin| match origin["kind"].as_str() {
            None => document(&origin["document"]),
            Some(kind) => format!("{} ({}) {kind} it", document(&origin["document"]), text(origin, "/part")),
        });
        // Each later one is followed by its day.
        lines.push(format!("  {part}: {}", chain.collect::<Vec<_>>().join("; ")));
    }
    let waivers = json.pointer("/directive/waivers").and_then(Value::as_array).into_iter().flatten();
    lines.extend(waivers.map(|waiver| format!("  waiver {}: ", text(waiver, "/id"))));
    let ended = json["ended_parts"].as_object().unwrap();
    lines.extend(ended.iter().map(|(part, found)| format!("  {part}: {}", ending(found))));
    let moved = json["moved_parts"].as_object().unwrap();
    lines.extend(moved.keys().map(|part| format!("  {part}: stands in the text of ")));
    let beside = json["beside"].as_array().unwrap();
    lines.extend(
        beside
            .iter()
            .map(|it| format!("  beside it: {} {} it, since ", document(&it["document"]), text(it, "/kind"))),
    );
    lines
}

#[test]
fn the_json_of_every_example_on_every_day_says_what_the_page_says() {
    let (_authority, agency) = following();
    for id in ids() {
        for day in DAYS {
            let page = done(agency.run(&["show", id, "--as-of", day]));
            let json = done(agency.run(&["show", id, "--as-of", day, "--json"]));
            let json: Value = serde_json::from_str(&json).unwrap();
            let name = format!("{id} {day}");
            assert_eq!((text(&json, "/format"), text(&json, "/as_of")), ("interdict-text/1", day), "{name}");
            let state = page.lines().nth(2).unwrap();
            let wanted = match text(&json, "/state/is") {
                "not-yet" => "not in force before ".to_owned(),
                "in-force" => text(&json, "/directive/status").to_owned(),
                _ => {
                    let ending = &json["state"]["ending"];
                    format!("{} by {} since ", text(ending, "/how"), document(&ending["by"]))
                }
            };
            assert!(state.starts_with(&wanted), "{name}: {state}, wanted {wanted}");

            let actions = json.pointer("/directive/actions").and_then(Value::as_array);
            let actions: Vec<String> = actions
                .into_iter()
                .flatten()
                .map(|it| format!("  {}: {} {}", text(it, "/id"), text(it, "/modality"), text(it, "/kind")))
                .collect();
            let mut shown = room(&page, "What must be done");
            shown.retain(|line| !line.starts_with("    "));
            assert_eq!(shown.len(), actions.len(), "{name}");
            assert!(shown.iter().zip(&actions).all(|(line, wanted)| line.starts_with(wanted)), "{name}");

            let (shown, wanted) = (room(&page, "Which document says so"), sources(&json));
            assert_eq!(shown.len(), wanted.len(), "{name}: {wanted:#?}\n{page}");
            for wanted in wanted {
                let told = shown.iter().any(|line| {
                    line.starts_with(&wanted) || line.replace(" since ", ";").starts_with(&wanted)
                });
                assert!(told, "{name}: {wanted}\n{page}");
            }
            let without = json["without_effect"].as_array().unwrap().len();
            assert_eq!(room(&page, "Without effect").len(), without, "{name}");
        }
    }
}

#[test]
fn every_golden_page_is_that_of_an_example() {
    let folder = file("").parent().unwrap().to_owned();
    let there: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(there, ids().iter().map(|id| format!("{id}.txt")).collect());
}
