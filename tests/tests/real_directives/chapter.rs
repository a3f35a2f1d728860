//! The chapter for authors: it has an example of every kind of deadline and relation, its examples are those of the drafts,
//! and its dates those of the arithmetic.
//!
//! A block says after `json` where it comes from: `bod-17-01#/actions/plan/due`. Elements of lists go by their id or their
//! number. `DIGEST` stands for any digest. The first bold words after a block that is a due are what it comes to.

use std::collections::BTreeSet;

use interdict_schema::directive::deadline::{Deadline, Events, deadline};
use interdict_schema::directive::lint::{Context, lint};
use interdict_schema::directive::resolve::{Acts, Document};
use serde_json::Value;

use crate::answer::{local, noon};
use crate::fixtures::{ALL, Fixture, INVENTED};

struct Block {
    source: String,
    json: Value,
    after: String,
}

/// The draft of this file name, real or invented.
fn fixture(name: &str) -> &'static Fixture {
    let found = ALL.iter().chain(INVENTED.iter()).find(|fixture| fixture.name == name);
    found.unwrap_or_else(|| panic!("no example {name}"))
}

fn blocks() -> Vec<Block> {
    let page = std::fs::read_to_string(crate::fixtures::folder().join("../../authors.md")).unwrap();
    let mut blocks = Vec::new();
    let mut rest = page.as_str();
    while let Some((_, begun)) = rest.split_once("```json ") {
        let (source, begun) = begun.split_once('\n').unwrap();
        let (json, after) = begun.split_once("```").unwrap();
        let json = serde_json::from_str(json).unwrap_or_else(|error| panic!("{source}: {error}"));
        let paragraph = after.trim_start().split("\n\n").next().unwrap();
        blocks.push(Block { source: source.to_owned(), json, after: paragraph.to_owned() });
        rest = after;
    }
    assert!(blocks.len() > 20, "{} blocks", blocks.len());
    blocks
}

fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').filter(|token| !token.is_empty()).try_fold(value, |value, token| match value {
        Value::Array(elements) => elements
            .iter()
            .find(|element| element["id"] == token)
            .or_else(|| elements.get(token.parse::<usize>().ok()?)),
        other => other.get(token),
    })
}

fn without_digests(mut value: Value) -> Value {
    if let Some(digest) = value.pointer_mut("/target/digest") {
        *digest = "DIGEST".into();
    }
    value
}

#[test]
fn every_block_is_that_of_its_draft() {
    for Block { source, json, .. } in blocks() {
        let (name, path) = source.split_once('#').unwrap();
        let payload: Value = serde_json::from_slice(&fixture(name).payload).unwrap();
        let drafted = at(&payload, path).unwrap_or_else(|| panic!("nothing at {source}")).clone();
        assert_eq!(json, without_digests(drafted), "{source}");
    }
}

#[test]
fn every_due_comes_to_what_the_chapter_says() {
    let mut compared = 0;
    for Block { source, after, .. } in blocks() {
        let Some((name, action)) = source.strip_suffix("/due").and_then(|it| it.split_once("#/actions/"))
        else {
            continue;
        };
        let Some(said) = after.split("**").nth(1) else { continue };
        assert_eq!(comes_to(fixture(name), action), said, "{source}");
        compared += 1;
    }
    assert!(compared > 10, "{compared}");
}

/// Every word that the format has for a deadline or a relation, and where the chapter's blocks have it.
#[test]
fn every_kind_of_deadline_and_relation_has_an_example() {
    let mut found = BTreeSet::new();
    for Block { source, json, .. } in blocks() {
        if source.ends_with("/due") {
            words_of(&json, &mut found);
        }
        if source.contains("#/tables/") {
            words_of(&json["due"], &mut found);
        }
        if source.contains("#/relations/") {
            found.insert(format!("relation {}", json["kind"].as_str().unwrap()));
        }
        for whole in ["calendars", "waivers", "tables"] {
            if source.contains(&format!("#/{whole}/")) {
                found.insert(whole.to_owned());
            }
        }
    }
    let wanted = "anchor action, anchor detected, anchor due, anchor earliest-of, anchor effective, anchor event, \
        anchor issued, anchor listed, anchor notified, at, by_subject, calendar, calendars, edge begin, edge complete, \
        edge report, every, offset, ongoing, relation amends, relation carries-over, relation closes, \
        relation implements, relation revokes, relation supersedes, relation supplements, roll, table, tables, \
        unit business-day, unit day, unit hour, unit month, unit week, unit year, unless_directed_otherwise, until, waivers";
    assert_eq!(found.into_iter().collect::<Vec<_>>().join(", "), wanted);
}

fn words_of(due: &Value, found: &mut BTreeSet<String>) {
    for (name, value) in due.as_object().unwrap() {
        let text = value.as_str().unwrap_or_default();
        match name.as_str() {
            "edge" | "unit" => found.extend([format!("{name} {text}")]),
            "anchor" | "from" => {
                found.extend([format!("anchor {}", text.split(':').next().unwrap_or_default())]);
            }
            "n" | "time" | "words" => {}
            name => found.extend([name.to_owned()]),
        }
        if value.is_object() {
            words_of(value, found);
        }
    }
}

#[test]
fn the_invented_drafts_lint_without_a_problem() {
    let mut published: Vec<Document<'_>> = Vec::new();
    for fixture in INVENTED.iter() {
        let context = Context { published: Some(&published), ..Context::default() };
        let report = lint(fixture.draft.as_bytes(), &context);
        assert!(report.problems.is_empty(), "{}: {:#?}", fixture.name, report.problems);
        let Fixture { directive, digest, .. } = fixture;
        published.push(Document { directive, digest: *digest, acts: Acts::Fully });
    }
    assert_eq!(published.len(), 2);
}

fn comes_to(fixture: &Fixture, action: &str) -> String {
    let directive = &fixture.directive;
    let action = directive.action(action).unwrap();
    let now = noon("2015-01-01");
    let of = |subject| deadline(directive, action, subject, &Events::default(), now).unwrap();
    let found = match of(None) {
        Deadline::BySubject => of(directive.subjects_of(action).next()),
        found => found,
    };
    match found {
        Deadline::Once { end, .. } => local(end),
        Deadline::Recurring { first, .. } => local(first),
        Deadline::RunsFrom(anchor) => anchor.to_string(),
        Deadline::Ongoing { .. } => "always".into(),
        other => panic!("{other:?}"),
    }
}
