//! Logs: what happened, on standard error, as text or as JSON lines.
//!
//! Nothing is installed for the whole process: `main` and tests alike run a verb inside [`Logging::run`], and a
//! thread that is started meanwhile takes the [`Dispatch`] along. Times come from the world's clock. Warnings are
//! always shown; `-v` adds what the programs do, `-vv` the details, `-vvv` everything, that of other crates included.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt;

use crate::clock::Clock;
use crate::stream::Stream;
use crate::world::World;

/// How log lines look: `--log-format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for a collector.
    Json,
}

/// A log that leads to a world's standard error.
#[derive(Debug, Clone)]
pub struct Logging {
    dispatch: Dispatch,
}

impl Logging {
    /// Prepares a log. `verbosity` is how often `-v` was given.
    pub fn new(world: &World, verbosity: u8, format: LogFormat) -> Self {
        let (stderr, clock) = (world.stderr.clone(), Arc::clone(&world.clock));
        let log = OnDemand { levels: levels(verbosity), format, stderr, clock, lines: OnceLock::new() };
        Self { dispatch: log.into() }
    }

    /// Runs something whose events, on this thread, go to this log.
    pub fn run<T>(&self, verb: impl FnOnce() -> T) -> T {
        tracing::dispatcher::with_default(&self.dispatch, verb)
    }

    /// The log itself, for a thread that is started inside [`run`](Self::run).
    pub fn dispatch(&self) -> Dispatch {
        self.dispatch.clone()
    }
}

type Lines = Box<dyn Subscriber + Send + Sync>;

/// A log that is set up when the first line is due: most runs have nothing to say, and setting up is work.
struct OnDemand {
    levels: Targets,
    format: LogFormat,
    stderr: Stream,
    clock: Arc<dyn Clock>,
    lines: OnceLock<Lines>,
}

impl OnDemand {
    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| {
            let (stderr, timer) = (Mutex::new(self.stderr.clone()), WorldTime(Arc::clone(&self.clock)));
            let lines =
                tracing_subscriber::fmt::layer().with_writer(stderr).with_timer(timer).with_ansi(false);
            match self.format {
                LogFormat::Text => Box::new(Registry::default().with(lines)),
                LogFormat::Json => Box::new(Registry::default().with(lines.json().flatten_event(true))),
            }
        })
    }
}

// What is shown depends on target and level alone, so nothing is asked of the lines before they are there.
impl Subscriber for OnDemand {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.levels.would_enable(metadata.target(), metadata.level())
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.levels.iter().map(|(_, level)| level).chain(self.levels.default_level()).max()
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.lines().new_span(span)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.lines().record(span, values);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.lines().record_follows_from(span, follows);
    }

    fn event(&self, event: &Event<'_>) {
        self.lines().event(event);
    }

    fn enter(&self, span: &Id) {
        self.lines().enter(span);
    }

    fn exit(&self, span: &Id) {
        self.lines().exit(span);
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.lines().clone_span(span)
    }

    fn try_close(&self, span: Id) -> bool {
        self.lines().try_close(span)
    }
}

/// The crates of this workspace start with `interdict`; others are heard from a level later.
fn levels(verbosity: u8) -> Targets {
    let (own, others) = match verbosity {
        0 => (Level::WARN, LevelFilter::ERROR),
        1 => (Level::INFO, LevelFilter::WARN),
        2 => (Level::DEBUG, LevelFilter::INFO),
        _ => (Level::TRACE, LevelFilter::TRACE),
    };
    Targets::new().with_default(others).with_target("interdict", own)
}

struct WorldTime(Arc<dyn Clock>);

impl FormatTime for WorldTime {
    fn format_time(&self, line: &mut Writer<'_>) -> fmt::Result {
        match self.0.now() {
            Ok(now) => write!(line, "{now:.3}"),
            // A log line without a time is worth more than none.
            Err(_) => line.write_str("no-clock"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

    use tracing::{debug, info, trace, warn};

    use super::*;
    use crate::testing::TestWorld;

    fn log(verbosity: u8, format: LogFormat) -> String {
        let test = TestWorld::new();
        Logging::new(&test.world, verbosity, format).run(|| {
            warn!(target: "interdict_client", repository = "dhs", "stale");
            info!(target: "interdict_client", "fetched");
            info!(target: "hyper", "connected");
            debug!(target: "interdict_client", "opened");
            trace!(target: "hyper", "polled");
        });
        assert_eq!(test.stdout.text(), "");
        test.stderr.text()
    }

    #[test]
    fn each_v_shows_more() {
        let count = |verbosity| log(verbosity, LogFormat::Text).lines().count();
        assert_eq!([0, 1, 2, 3].map(count), [1, 2, 4, 5]);
    }

    #[test]
    fn a_log_is_set_up_when_its_first_line_is_due_and_has_spans() {
        let test = TestWorld::new();
        let log = Logging::new(&test.world, 1, LogFormat::Text);
        let is_set_up =
            || log.dispatch.downcast_ref::<OnDemand>().is_some_and(|log| log.lines.get().is_some());
        log.run(|| debug!(target: "interdict_client", "opened"));
        assert!(!is_set_up());
        log.run(|| {
            let span = tracing::info_span!(target: "interdict_client", "sync", repository = "dhs");
            span.in_scope(|| info!(target: "interdict_client", "fetched"));
        });
        assert!(is_set_up());
        let line = test.stderr.text();
        assert!(line.contains("sync{repository=\"dhs\"}: interdict_client: fetched"), "{line}");
    }

    #[test]
    fn a_text_line_has_the_worlds_time_and_the_fields() {
        assert_eq!(
            log(0, LogFormat::Text),
            "2017-09-13T12:00:00.000Z  WARN interdict_client: stale repository=\"dhs\"\n"
        );
    }

    #[test]
    fn a_json_line_is_one_object() {
        let text = log(0, LogFormat::Json);
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["timestamp"], "2017-09-13T12:00:00.000Z");
        assert_eq!(
            (&line["level"], &line["message"], &line["repository"]),
            (&"WARN".into(), &"stale".into(), &"dhs".into())
        );
    }

    #[test]
    fn a_message_cannot_forge_a_line_or_move_the_cursor() {
        let test = TestWorld::new();
        Logging::new(&test.world, 0, LogFormat::Text).run(|| {
            warn!(target: "interdict_client", title = "a\nforged \x1b[2J", "seen");
        });
        let line = test.stderr.text();
        assert_eq!(line.lines().count(), 1, "{line:?}");
        assert!(!line.contains('\x1b'), "{line:?}");
    }

    #[test]
    fn two_logs_do_not_meet() {
        let (one, two) = (TestWorld::new(), TestWorld::new());
        let (first, second) =
            (Logging::new(&one.world, 0, LogFormat::Text), Logging::new(&two.world, 0, LogFormat::Text));
        first.run(|| second.run(|| warn!(target: "interdict_client", "inner")));
        assert_eq!(one.stderr.text(), "");
        assert!(two.stderr.text().contains("inner"));
        let dispatch = first.dispatch();
        std::thread::spawn(move || {
            tracing::dispatcher::with_default(&dispatch, || warn!(target: "interdict_client", "elsewhere"));
        })
        .join()
        .unwrap();
        assert!(one.stderr.text().contains("elsewhere"));
    }
}
