//! The chapter for authors: its examples are those of the drafts, and its dates those of the arithmetic.
//!
//! A block says after `json` where it comes from: `bod-17-01#/actions/plan/due`. Elements of lists go by their id or their
//! number. `DIGEST` stands for any digest. The first bold words after a block that is a due are what it comes to.

use interdict_schema::directive::deadline::{Deadline, Events, deadline};
use serde_json::Value;

use crate::answer::{local, noon};
use crate::fixtures::{Fixture, fixture};

struct Block {
    source: String,
    json: Value,
    after: String,
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

fn comes_to(fixture: &Fixture, action: &str) -> String {
    let directive = &fixture.directive;
    let action = directive.action(action).unwrap();
    match deadline(directive, action, None, &Events::default(), noon("2015-01-01")).unwrap() {
        Deadline::Once { end, .. } => local(end),
        Deadline::Recurring { first, .. } => local(first),
        Deadline::RunsFrom(anchor) => anchor.to_string(),
        Deadline::Ongoing { .. } => "always".into(),
        other => panic!("{other:?}"),
    }
}
