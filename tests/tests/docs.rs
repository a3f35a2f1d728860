//! Every console block of the README and of the book does what the page says it does.
//!
//! `UPDATE=1 cargo test -p interdict-tests --test docs` writes the answers anew where they differ; statuses and `[..]` are
//! for the writer to set.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says what it leaves out, and reads and writes the pages"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use interdict_tests::console::{self, session};
use interdict_tests::programs::{self, Programs};

static PROGRAMS: LazyLock<Programs> = LazyLock::new(|| programs::build().unwrap());

macro_rules! pages {
    ($($name:ident => $page:literal,)+) => {
        const PAGES: &[&str] = &[$($page),+];
        $(#[test]
        fn $name() {
            holds($page);
        })+
    };
}

pages! {
    enforcement => "docs/enforcement.md",
    the_exit_codes => "docs/exit-codes.md",
    the_formats => "docs/formats.md",
    lists => "docs/lists.md",
    operations => "docs/operations.md",
    the_tutorial => "docs/tutorial.md",
}

#[test]
fn every_page_with_a_console_block_has_a_test() {
    let mut found: BTreeSet<String> = book().iter().map(|name| format!("docs/{name}")).collect();
    found.insert("README.md".to_owned());
    found.retain(|page| !console::blocks(&read(page)).unwrap().is_empty());
    assert_eq!(found, PAGES.iter().map(|&page| page.to_owned()).collect());
}

#[test]
fn every_link_within_the_book_leads_to_a_file_and_a_heading() {
    let pages =
        ["README.md".to_owned()].into_iter().chain(book().into_iter().map(|name| format!("docs/{name}")));
    let mut dead = Vec::new();
    for page in pages {
        for link in links(&read(&page)) {
            let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() { at(&page) } else { at(&page).parent().unwrap().join(file) };
            let there = target.exists()
                && (heading.is_empty()
                    || anchors(&std::fs::read_to_string(&target).unwrap()).contains(&heading.to_owned()));
            if !there {
                dead.push(format!("{page}: {link}"));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

/// The targets of links that do not lead out of the source.
fn links(page: &str) -> Vec<String> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.map(|(link, _)| link.to_owned()).filter(|link| !link.contains("://")).collect()
}

/// What headings are called in links: lower case, hyphens for blanks, no punctuation.
fn anchors(page: &str) -> Vec<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let text = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        text.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()
    };
    headings.map(anchor).collect()
}

/// The names of the pages in `docs`.
fn book() -> Vec<String> {
    let names = std::fs::read_dir(at("docs")).unwrap().map(|entry| entry.unwrap().file_name());
    let pages = names.filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "md"));
    pages.map(|name| name.into_string().unwrap()).collect()
}

fn holds(page: &str) {
    let text = read(page);
    let blocks = console::blocks(&text).unwrap_or_else(|error| panic!("{page}: {error}"));
    let transcript = session::run(&blocks, &PROGRAMS, &at("docs/examples")).unwrap();
    for tool in &transcript.absent {
        eprintln!("{page}: {tool} is not installed, so the blocks that need it were left out");
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(at(page), updated(&text, &transcript)).unwrap();
        return;
    }
    let objections: Vec<String> =
        transcript.answers.iter().filter_map(|(step, answer)| session::objection(step, answer)).collect();
    assert!(objections.is_empty(), "{page}\n{}", objections.join("\n"));
}

/// The page with the answers that were given in place of those that differ.
fn updated(page: &str, transcript: &session::Transcript) -> String {
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    for (step, answer) in transcript.answers.iter().rev() {
        if console::compare(&answer.text, &step.wanted).is_err() {
            lines.splice(step.place.clone(), answer.text.trim_end().lines().map(str::to_owned));
        }
    }
    lines.join("\n") + "\n"
}

fn read(page: &str) -> String {
    std::fs::read_to_string(at(page)).unwrap_or_default()
}

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
