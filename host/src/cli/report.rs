//! The last word of a verb that did not do what was asked: the error, its causes, and what to do next.
//!
//! The library reports facts; the hint comes from the program, which alone knows its flags.

use std::error::Error;
use std::io::Write;

use serde::Serialize;

use crate::exit::Exit;
use crate::terminal::{Paint, escape_control};
use crate::world::World;

/// Text for people or JSON for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReportFormat {
    /// `error: …`, a line for each cause, `hint: …`.
    #[default]
    Text,
    /// One JSON object on one line: `{error, causes, hint, exit, code}`.
    Json,
}

/// An error as it is shown. Text from outside in it is escaped when it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorReport {
    error: String,
    causes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    exit: Exit,
    code: u8,
}

impl ErrorReport {
    /// Reports an error and all that caused it.
    pub fn new(error: &dyn Error, exit: Exit) -> Self {
        let causes = std::iter::successors(error.source(), |cause| (*cause).source());
        Self {
            error: error.to_string(),
            causes: causes.map(ToString::to_string).collect(),
            hint: None,
            exit,
            code: exit.code(),
        }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The exit that it means.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Shows it on standard error and gives the exit.
    pub fn show(&self, world: &mut World, format: ReportFormat) -> Exit {
        let text = match format {
            ReportFormat::Text => self.text(world),
            ReportFormat::Json => {
                serde_json::to_string(self).expect("strings and numbers become JSON") + "\n"
            }
        };
        // Where standard error cannot be written there is nobody to tell; the exit code remains.
        let _ = world.stderr.write_all(text.as_bytes());
        self.exit
    }

    fn text(&self, world: &World) -> String {
        // Lines after the first are set in, so that nothing in an error can look like a line of its own.
        let line = |paint, word: &str, text: &str| {
            let lines: Vec<_> = text.trim_end_matches('\n').split('\n').map(escape_control).collect();
            format!("{} {}\n", world.terminal.paint(paint, word), lines.join("\n    "))
        };
        let mut text = line(Paint::Alarm, "error:", &self.error);
        for cause in &self.causes {
            text.push_str(&line(Paint::Faint, "  caused by:", cause));
        }
        if let Some(hint) = &self.hint {
            text.push_str(&line(Paint::Strong, "hint:", hint));
        }
        text
    }
}
