//! Reads a file as the least of what reading JSON takes: into memory, as UTF-8, held to the grammar by `serde_json`, and nothing
//! kept. `pass-over FILE` prints how many bytes there were.

#![allow(clippy::disallowed_methods, reason = "a floor for measurements, which has no world")]

use std::io::Write as _;
use std::process::ExitCode;

use serde::de::IgnoredAny;

fn main() -> ExitCode {
    let Some(Ok(text)) = std::env::args().nth(1).map(std::fs::read_to_string) else {
        return ExitCode::from(2);
    };
    let passed: Result<IgnoredAny, _> = serde_json::from_str(&text);
    let told = writeln!(std::io::stdout(), "{} bytes", text.len());
    if passed.is_ok() && told.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
