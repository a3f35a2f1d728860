#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::io;
use std::path::Path;

use clap::{CommandFactory, Subcommand};
use clap_complete::Shell;

use super::*;
use crate::testing::TestWorld;
use crate::write::{DiskError, Operation};

#[derive(Debug, Parser)]
#[command(name = "sample", version = "1.2.3", about = "A sample", styles = STYLES)]
struct Sample {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Fetches
    Sync { name: Option<String> },
    /// Nobody needs this
    #[command(hide = true)]
    Concealed,
}

fn parse_sample(test: &mut TestWorld, arguments: &[&str]) -> Result<Sample, Exit> {
    parse(std::iter::once(&"sample").chain(arguments).map(OsString::from), &mut test.world)
}

#[test]
fn the_definition_holds_together() {
    Sample::command().debug_assert();
}

#[test]
fn global_options_stand_before_or_after_the_verb() {
    let mut test = TestWorld::new();
    for arguments in [
        &["-vv", "--log-format", "json", "--colour=never", "sync"][..],
        &["sync", "-vv", "--log-format", "json", "--color=never"],
    ] {
        let sample = parse_sample(&mut test, arguments).unwrap();
        assert_eq!(sample.global.verbose, 2);
        assert_eq!((sample.global.log_format, sample.global.color), (LogFormat::Json, ColorWhen::Never));
        assert_eq!(sample.global.example_keys(), ExampleKeys::Refuse);
    }
    let sample = parse_sample(&mut test, &["sync", "--allow-example-keys"]).unwrap();
    assert_eq!(sample.global.example_keys(), ExampleKeys::Allow);
}

#[test]
fn colour_is_as_the_option_says() {
    let mut test = TestWorld::new().terminal(80);
    GlobalArgs { color: ColorWhen::Never, ..GlobalArgs::default() }.apply(&mut test.world);
    assert!(!test.world.terminal.colour);
    GlobalArgs { color: ColorWhen::Auto, ..GlobalArgs::default() }.apply(&mut test.world);
    assert!(!test.world.terminal.colour);
    GlobalArgs { color: ColorWhen::Always, ..GlobalArgs::default() }.apply(&mut test.world);
    assert!(test.world.terminal.colour);
}

#[test]
fn help_and_version_go_to_standard_output_and_are_no_error() {
    let mut test = TestWorld::new();
    assert_eq!(parse_sample(&mut test, &["--version"]).unwrap_err(), Exit::Done);
    assert_eq!(test.stdout.take_text(), "sample 1.2.3\n");
    assert_eq!(parse_sample(&mut test, &["--help"]).unwrap_err(), Exit::Done);
    let help = test.stdout.take_text();
    assert!(help.contains("sync") && !help.contains("concealed") && !help.contains('\x1b'), "{help}");
    assert_eq!(test.stderr.text(), "");
}

#[test]
fn wrong_use_goes_to_standard_error_and_exits_2() {
    let mut test = TestWorld::new();
    assert_eq!(parse_sample(&mut test, &["snyc"]).unwrap_err(), Exit::Usage);
    let shown = test.stderr.text();
    assert!(shown.contains("unrecognized subcommand 'snyc'") && shown.contains("'sync'"), "{shown}");
    assert_eq!(test.stdout.text(), "");
}

#[test]
fn every_visible_verb_has_a_man_page() {
    let pages = man_pages(Sample::command()).unwrap();
    let names: Vec<&str> = pages.iter().map(|page| page.file_name.as_str()).collect();
    assert_eq!(names, ["sample-sync.1", "sample.1"]);
    assert!(pages.iter().all(|page| String::from_utf8_lossy(&page.bytes).contains(".TH")));
}

#[test]
fn each_shell_gets_completions() {
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        let text = String::from_utf8(completion(Sample::command(), shell)).unwrap();
        assert!(text.contains("sync"), "{shell}");
    }
}

fn full_disk() -> DiskError {
    DiskError::new(Operation::Write, Path::new("/state/\u{1b}[2Jfile"), io::ErrorKind::StorageFull.into())
}

#[test]
fn an_error_is_shown_with_its_causes_and_what_to_do() {
    let mut test = TestWorld::new();
    let report = ErrorReport::new(&full_disk(), Exit::NoAnswer).hint("free some space, then run it again");
    assert_eq!(report.show(&mut test.world, ReportFormat::Text), Exit::NoAnswer);
    assert_eq!(
        test.stderr.text(),
        "error: cannot write /state/\\u{1b}[2Jfile\n  caused by: no storage space\n\
         hint: free some space, then run it again\n"
    );
    assert_eq!(test.stdout.text(), "");
}

#[test]
fn an_error_of_several_lines_keeps_them_and_none_looks_like_another_error() {
    #[derive(Debug, thiserror::Error)]
    #[error("line 1: \u{1b}[2J\nhint: forged\n")]
    struct Several;

    let mut test = TestWorld::new();
    ErrorReport::new(&Several, Exit::Usage).show(&mut test.world, ReportFormat::Text);
    assert_eq!(test.stderr.text(), "error: line 1: \\u{1b}[2J\n    hint: forged\n");
}

#[test]
fn an_error_is_one_json_object_when_asked() {
    let mut test = TestWorld::new();
    ErrorReport::new(&full_disk(), Exit::NoAnswer).show(&mut test.world, ReportFormat::Json);
    assert_eq!(
        test.stderr.text(),
        "{\"error\":\"cannot write /state/\\u001b[2Jfile\",\"causes\":[\"no storage space\"],\
         \"exit\":\"no-answer\",\"code\":3}\n"
    );
}
