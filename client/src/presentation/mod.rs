//! What a person or a program is shown of what is held: rows, pages and the shapes of JSON.
//!
//! Everything here is pure: values in, text out. Nothing is read from a disk, and nothing decides what is believed. Texts
//! of directives are hostile: each line goes through [`escape_control`].

mod calendar;
mod compared;
mod deadlines;
mod digest;
mod directive;
mod due;
mod enforcement;
mod exceptions;
mod explained;
mod history;
mod judgement;
mod list;
mod listing;
pub mod metrics;
mod moment;
mod obligations;
mod responses;
mod sources;
mod status;
mod subjects;
mod validity;
mod waivers;

pub use calendar::Calendar;
pub use compared::{Compare, Compared};
pub use deadlines::{
    Asked, Because, Freed, Grouping, NotBinding, Obligations, Row, Subjects, Text, WaiverRow, When,
    WithSteps, by_when, explained, next,
};
pub use digest::{Digest, digest};
pub use directive::{Shown, page};
pub use enforcement::Enforcement;
pub use exceptions::{Entry, EntryIdentifier, Exceptions, VoidEntry, VoidProblem};
pub use explained::Explained;
pub use history::History;
pub use judgement::Judgement;
pub use list::list_page;
pub use listing::Listing;
pub use moment::in_zone;
pub use obligations::{Deadlines, Of};
pub use sources::{Sources, ended, text_json};
pub use status::{RepositoryStatus, Status};
pub use validity::Validity;
pub use waivers::{is_over, waiver_page};

use interdict_host::terminal::{Paint, Table, Terminal, escape_control};

/// Lines and tables, one below the other.
#[derive(Debug, Clone, Default)]
pub struct Page {
    blocks: Vec<Block>,
    /// Whether lines are broken at blanks where the terminal is narrower.
    wraps: bool,
}

#[derive(Debug, Clone)]
enum Block {
    Line(Option<Paint>, String),
    Table(Table),
}

impl Page {
    /// A page whose lines are broken at blanks where the terminal is narrower; elsewhere a line stays one, for programs.
    pub fn wrapping() -> Self {
        Self { blocks: Vec::new(), wraps: true }
    }

    /// Adds a line; what is not visible in it is escaped.
    pub fn line(&mut self, text: impl AsRef<str>) {
        self.push(None, text.as_ref());
    }

    /// Adds a line in a colour.
    pub fn painted(&mut self, paint: Paint, text: impl AsRef<str>) {
        self.push(Some(paint), text.as_ref());
    }

    /// Adds an empty line and a heading.
    pub fn heading(&mut self, text: &str) {
        self.push(None, "");
        self.push(Some(Paint::Strong), text);
    }

    /// Adds a table.
    pub fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table(table));
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    fn push(&mut self, paint: Option<Paint>, text: &str) {
        self.blocks.push(Block::Line(paint, escape_control(text).into_owned()));
    }

    /// The text, each line with its line break.
    pub fn render(&self, terminal: &Terminal) -> String {
        let mut text = String::new();
        for block in &self.blocks {
            let broken = |line: &str| {
                if !self.wraps || line.is_empty() {
                    return line.to_owned();
                }
                let indent = line.len().saturating_sub(line.trim_start_matches(' ').len());
                let mut lines = terminal.wrap(line, indent.saturating_add(2));
                lines.truncate(lines.trim_end_matches('\n').len());
                lines
            };
            match block {
                Block::Line(Some(paint), line) => text.push_str(&terminal.paint(*paint, &broken(line))),
                Block::Line(None, line) => text.push_str(&broken(line)),
                Block::Table(table) => {
                    text.push_str(&table.render(terminal));
                    continue;
                }
            }
            text.push('\n');
        }
        text
    }
}

/// "1 subject", "2 subjects".
fn count(number: usize, unit: &str) -> String {
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

/// A value as JSON with line breaks, as every `--json` gives it.
///
/// All of our shapes have only string keys, so this cannot fail.
pub fn json<T: serde::Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("texts, numbers and lists are always JSON");
    bytes.push(b'\n');
    bytes
}
