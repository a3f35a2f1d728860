//! The transcript in the README is what the demonstration prints.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and run programs"
)]

use std::path::Path;
use std::process::Command;

/// The most lines that a transcript in the README may have.
const MAX_LINES: usize = 40;

/// A line without what differs from run to run: moments, digests, the port, the temporary folder, and days to today.
fn masked(line: &str) -> String {
    let word = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let moment =
            word.len() >= 20 && word.contains('T') && word.trim_end_matches([',', ')']).ends_with('Z');
        let digest = word.contains("sha256:") || word.bytes().filter(u8::is_ascii_hexdigit).count() >= 64;
        let place = word.contains("127.0.0.1:") || word.starts_with('/');
        if moment || digest || place || (digits == word.len() && digits >= 4) {
            "*".to_owned()
        } else {
            word.to_owned()
        }
    };
    line.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_transcript_is_what_the_demonstration_prints() {
    let folder = tempfile::tempdir().unwrap();
    let demo = env!("CARGO_BIN_EXE_demo");
    // Both streams in the order in which they were written.
    let run = format!("exec '{demo}' --dir '{}' 2>&1", folder.path().join("demonstration").display());
    let output = Command::new("sh").args(["-c", &run]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}");

    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let (_, after) = readme.split_once("<!-- transcript").unwrap();
    let (_, block) = after.split_once("```text\n").unwrap();
    let (transcript, _) = block.split_once("```").unwrap();
    let lines: Vec<&str> = transcript.lines().collect();
    assert!((20..=MAX_LINES).contains(&lines.len()), "{} lines", lines.len());
    let mut rest = printed.lines();
    for line in lines.into_iter().filter(|line| !line.trim().is_empty()) {
        assert!(
            rest.any(|found| masked(found) == masked(line)),
            "not printed, or not in this order: {line}\n{printed}"
        );
    }
}
