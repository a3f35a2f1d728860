//! What lint says of drafts, by what is looked at; here what every test draws on.
#![allow(clippy::indexing_slicing, clippy::format_push_string, reason = "a test that cannot go on fails")]

mod annex;
mod conflict;
mod document;
mod due;
mod identifier;
mod reference;
mod relation;
mod shape;
mod subject;
mod table;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::*;

/// A directive without problems, its last members replaced or added.
fn draft(members: &str, subject: &str, action: &str) -> String {
    let base = [
        ("format", r#""interdict-directive/1""#),
        ("id", r#""T-1""#),
        ("revision", "1"),
        ("status", r#""in-force""#),
        ("title", r#""t""#),
        ("issuer", r#""i""#),
        ("zone", r#""America/New_York""#),
        ("issued", r#""2017-09-13""#),
    ];
    let mut text = String::from("{");
    for (name, value) in base.iter().filter(|(name, _)| !names(members, name)) {
        text += &format!("\"{name}\":{value},");
    }
    text += members;
    if !names(members, "subjects") {
        text += &format!(
            r#""subjects":[{{"id":"s","name":"s","disposition":"prohibited","identifiers":[{{"kind":"package","value":"kesl"}}]{subject}}}],"#
        );
    }
    if !names(members, "actions") {
        text += &format!(r#""actions":[{{"id":"a","modality":"must","kind":"block"{action}}}],"#);
    }
    text.pop();
    text + "}"
}

/// Whether a list of members has one of this name, not counting those inside them.
fn names(members: &str, name: &str) -> bool {
    let mut depth = 0;
    members.char_indices().any(|(at, character)| {
        match character {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        depth == 0 && members[at..].starts_with(&format!("\"{name}\":"))
    })
}

/// `code pointer` of every problem.
fn of(text: &str) -> Vec<String> {
    with(text, &Context::default())
}

fn with(text: &str, context: &Context<'_>) -> Vec<String> {
    let report = lint(text.as_bytes(), context);
    report.problems.iter().map(|problem| format!("{} {}", problem.fact.code(), problem.pointer)).collect()
}

fn members(members: &str) -> Vec<String> {
    of(&draft(members, "", ""))
}

fn subject(members: &str) -> Vec<String> {
    of(&draft("", members, ""))
}

fn action(members: &str) -> Vec<String> {
    of(&draft("", "", members))
}

fn actions(list: &str) -> Vec<String> {
    of(&draft(&format!("\"actions\":[{list}],"), "", ""))
}

fn identifiers(list: &str) -> Vec<String> {
    members(&format!(
        r#""subjects":[{{"id":"s","name":"s","disposition":"prohibited","identifiers":[{list}]}}],"#
    ))
}

fn message(text: &str) -> String {
    lint(text.as_bytes(), &Context::default()).problems[0].to_string()
}

const NOTHING: [&str; 0] = [];
