//! A transient timer of the service manager at a boundary: it needs no daemon, no network and no file, and is gone with the boot,
//! whose first run makes it anew.
//!
//! It starts `interdict-apply.service` and nothing else, and only where the operator has enabled that: a machine on which people
//! apply by hand gets no timer.

use std::path::Path;

use interdict_schema::DateTime;
use thiserror::Error;

use super::super::apply::{Ended, Runner};
use super::super::record::Call;

/// What is started.
const SERVICE: &str = "interdict-apply.service";

/// What an operator enables who wants it started by itself.
const ENABLED: [&str; 2] = ["interdict-apply.timer", "interdict-apply.path"];

/// What the names of the timers begin with. A name has its moment in it, so that equal boundaries make one timer.
const PREFIX: &str = "interdict-boundary-";

/// How long after a boundary that has passed meanwhile the service is started, in seconds: this run of it has to be over.
const AFTERWARDS: i64 = 5;

/// How long a call may take, in seconds.
const SECONDS: u64 = 20;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduled {
    /// A timer starts the service then.
    At(DateTime),
    /// No service manager runs here, or nothing is to be applied by itself: somebody else has to see to it.
    ByNobody,
}

/// The service manager did not take it.
#[derive(Debug, Clone, Error)]
#[error("{0}")]
pub struct Unscheduled(Ended);

/// Has the service manager apply again at a boundary, instead of at an earlier scheduled one. `booted` is the folder that is there
/// where systemd runs: `/run/systemd/system` (`sd_booted(3)`).
///
/// # Errors
/// [`Unscheduled`]: the periodic timer is what remains.
pub fn schedule(
    runner: &dyn Runner,
    booted: &Path,
    boundary: DateTime,
    clock: DateTime,
) -> Result<Scheduled, Unscheduled> {
    if !booted.is_dir() || !runner.is_there("systemctl") || !runner.is_there("systemd-run") {
        return Ok(Scheduled::ByNobody);
    }
    let [timer, path] = ENABLED;
    if run(runner, "systemctl", &["is-active", "--quiet", timer, path]).is_err() {
        return Ok(Scheduled::ByNobody);
    }
    let at = boundary.max(clock.saturating_add_seconds(AFTERWARDS));
    let name = format!("{PREFIX}{}", at.unix_seconds());
    let there = format!("{name}.timer");
    if run(runner, "systemctl", &["is-active", "--quiet", &there]).is_ok() {
        return Ok(Scheduled::At(at));
    }
    // The one of a boundary that is none any more would do no harm, and would be one for ever.
    let others = format!("{PREFIX}*.timer");
    run(runner, "systemctl", &["stop", &others])?;
    let (unit, calendar) = (format!("--unit={name}"), format!("--on-calendar={}", calendar(at)));
    let arguments = [
        "--quiet",
        "--collect",
        &unit,
        "--description=Apply binding directives at the moment at which they change",
        &calendar,
        "--timer-property=AccuracySec=100ms",
        "systemctl",
        "start",
        "--no-block",
        SERVICE,
    ];
    run(runner, "systemd-run", &arguments)?;
    Ok(Scheduled::At(at))
}

/// A moment as `systemd.time(7)` has it.
fn calendar(at: DateTime) -> String {
    at.to_string().replace('T', " ").replace('Z', " UTC")
}

fn run(runner: &dyn Runner, program: &str, arguments: &[&str]) -> Result<(), Unscheduled> {
    let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    let call = Call { program: program.into(), arguments, seconds: SECONDS };
    let ended = Ended::of(&call, &runner.run(&call));
    if ended.status == Some(0) && !ended.too_long { Ok(()) } else { Err(Unscheduled(ended)) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use std::cell::RefCell;
    use std::io;

    use super::super::super::apply::Answer;
    use super::*;

    /// A service manager that keeps its timers by name.
    #[derive(Debug, Default)]
    struct Manager {
        enabled: bool,
        broken: bool,
        timers: RefCell<Vec<String>>,
        calls: RefCell<Vec<String>>,
    }

    impl Runner for Manager {
        fn is_there(&self, _: &str) -> bool {
            true
        }

        fn run(&self, call: &Call) -> io::Result<Answer> {
            let words: Vec<&str> = call.arguments.iter().map(String::as_str).collect();
            let mut timers = self.timers.borrow_mut();
            self.calls.borrow_mut().push(format!("{} {}", call.program, call.arguments.join(" ")));
            let fine = match (call.program.as_str(), words.as_slice()) {
                ("systemctl", ["is-active", "--quiet", one, _]) => {
                    one.ends_with("apply.timer") && self.enabled
                }
                ("systemctl", ["is-active", "--quiet", one]) => timers.iter().any(|timer| timer == one),
                ("systemctl", ["stop", "interdict-boundary-*.timer"]) => {
                    timers.clear();
                    true
                }
                ("systemd-run", ["--quiet", "--collect", unit, ..]) if !self.broken => {
                    timers.push(format!("{}.timer", unit.strip_prefix("--unit=").unwrap()));
                    true
                }
                _ => false,
            };
            let stderr = if fine { Vec::new() } else { b"no\n".to_vec() };
            let status = Some(i32::from(!fine));
            Ok(Answer { status, stdout: Vec::new(), stderr, too_long: false })
        }
    }

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    fn scheduled(manager: &Manager, boundary: &str, clock: &str) -> Result<Scheduled, String> {
        let booted = tempfile::tempdir().unwrap();
        schedule(manager, booted.path(), at(boundary), at(clock)).map_err(|error| error.to_string())
    }

    #[test]
    fn one_timer_starts_the_service_at_the_very_second() {
        let manager = Manager { enabled: true, ..Manager::default() };
        let boundary = "2017-12-12T05:00:00Z";
        let done = Ok(Scheduled::At(at(boundary)));
        assert_eq!(scheduled(&manager, boundary, "2017-12-01T00:00:00Z"), done);
        assert_eq!(
            manager.calls.borrow().last().unwrap(),
            "systemd-run --quiet --collect --unit=interdict-boundary-1513054800 --description=Apply binding directives at the moment \
             at which they change --on-calendar=2017-12-12 05:00:00 UTC --timer-property=AccuracySec=100ms systemctl start --no-block \
             interdict-apply.service"
        );
        // The same again makes none; another one takes its place.
        assert_eq!(scheduled(&manager, boundary, "2017-12-02T00:00:00Z"), done);
        assert_eq!(manager.timers.borrow().as_slice(), ["interdict-boundary-1513054800.timer"]);
        scheduled(&manager, "2017-12-11T05:00:00Z", "2017-12-02T00:00:00Z").unwrap();
        assert_eq!(manager.timers.borrow().as_slice(), ["interdict-boundary-1512968400.timer"]);
    }

    #[test]
    fn a_boundary_that_passed_while_the_service_ran_starts_it_once_more() {
        let manager = Manager { enabled: true, ..Manager::default() };
        let passed = scheduled(&manager, "2017-12-12T05:00:00Z", "2017-12-12T05:00:20Z");
        assert_eq!(passed, Ok(Scheduled::At(at("2017-12-12T05:00:25Z"))));
    }

    #[test]
    fn nothing_is_scheduled_where_nobody_enabled_it_or_no_service_manager_runs() {
        let manager = Manager::default();
        let never = Ok(Scheduled::ByNobody);
        assert_eq!(scheduled(&manager, "2017-12-12T05:00:00Z", "2017-12-01T00:00:00Z"), never);
        assert_eq!(manager.calls.borrow().len(), 1);
        let manager = Manager { enabled: true, ..Manager::default() };
        let (boundary, clock) = (at("2017-12-12T05:00:00Z"), at("2017-12-01T00:00:00Z"));
        let found = schedule(&manager, Path::new("/nonexistent"), boundary, clock);
        assert_eq!(found.unwrap(), Scheduled::ByNobody);
        assert!(manager.calls.borrow().is_empty());
    }

    #[test]
    fn a_service_manager_that_does_not_take_it_is_told_of() {
        let manager = Manager { enabled: true, broken: true, ..Manager::default() };
        let said = scheduled(&manager, "2017-12-12T05:00:00Z", "2017-12-01T00:00:00Z");
        assert_eq!(said, Err("systemd-run ended with 1 and said \"no\"".into()));
    }
}
