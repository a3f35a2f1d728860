//! Progress of long work: a bar on standard error when that is a terminal, and nothing otherwise.

use std::io::{self, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use crate::stream::Stream;
use crate::world::World;

/// How often the bar is drawn at most, a second.
const DRAWS_PER_SECOND: u8 = 10;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Files, directives, components.
    Items,
    /// Bytes, shown as KiB, MiB, …
    Bytes,
}

/// A bar, gone when it is dropped; none where nobody watches.
#[derive(Debug)]
pub struct Progress(Option<ProgressBar>);

impl Progress {
    /// Begins a bar for `total` units of work, or without an end when that is unknown.
    pub fn start(world: &World, message: &str, unit: Unit, total: Option<u64>) -> Self {
        if !world.terminal.stderr {
            return Self(None);
        }
        let width = world.terminal.width.unwrap_or(80);
        let screen = Screen { stream: world.stderr.clone(), width };
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(screen), DRAWS_PER_SECOND);
        let template = match (unit, total) {
            (Unit::Items, Some(_)) => "{msg} [{bar:30}] {pos}/{len}",
            (Unit::Items, None) => "{msg} {pos}",
            (Unit::Bytes, Some(_)) => "{msg} [{bar:30}] {binary_bytes}/{binary_total_bytes}",
            (Unit::Bytes, None) => "{msg} {binary_bytes}",
        };
        let style = ProgressStyle::with_template(template)
            .expect("the four templates are well formed")
            .progress_chars(if world.terminal.unicode { "━╸ " } else { "=> " });
        let bar = ProgressBar::with_draw_target(total, target).with_style(style);
        Self(Some(bar.with_message(message.to_owned())))
    }

    /// So much more is done.
    pub fn advance(&self, units: u64) {
        if let Some(bar) = &self.0 {
            bar.inc(units);
        }
    }

    /// Says what is being done now.
    pub fn message(&self, message: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(message.to_owned());
        }
    }

    /// Takes the bar away while something else is written to the terminal.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// The terminal behind standard error, moved over by the control sequences of ECMA-48.
#[derive(Debug)]
struct Screen {
    stream: Stream,
    width: u16,
}

impl Screen {
    fn put(&self, text: &str) -> io::Result<()> {
        self.stream.clone().write_all(text.as_bytes())
    }

    fn go(&self, count: usize, direction: char) -> io::Result<()> {
        if count == 0 { Ok(()) } else { self.put(&format!("\x1b[{count}{direction}")) }
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        self.width
    }

    fn move_cursor_up(&self, count: usize) -> io::Result<()> {
        self.go(count, 'A')
    }

    fn move_cursor_down(&self, count: usize) -> io::Result<()> {
        self.go(count, 'B')
    }

    fn move_cursor_right(&self, count: usize) -> io::Result<()> {
        self.go(count, 'C')
    }

    fn move_cursor_left(&self, count: usize) -> io::Result<()> {
        self.go(count, 'D')
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.put(&format!("{text}\n"))
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.put(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.put("\r\x1b[2K")
    }

    fn flush(&self) -> io::Result<()> {
        self.stream.clone().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestWorld;

    #[test]
    fn in_a_pipe_there_is_silence() {
        let test = TestWorld::new();
        let progress = Progress::start(&test.world, "fetching", Unit::Items, Some(2));
        progress.advance(2);
        drop(progress);
        assert_eq!(test.stderr.text(), "");
    }

    #[test]
    fn on_a_terminal_a_bar_is_drawn_and_taken_away() {
        let test = TestWorld::new().terminal(80);
        let progress = Progress::start(&test.world, "fetching", Unit::Items, Some(2));
        progress.advance(1);
        let drawn = test.stderr.take_text();
        assert!(drawn.contains("fetching [") && drawn.contains("/2"), "{drawn:?}");
        drop(progress);
        let cleared = test.stderr.text();
        assert!(cleared.ends_with("\x1b[2K") || cleared.ends_with('\r'), "{cleared:?}");
        assert_eq!(test.stdout.text(), "");
    }
}
