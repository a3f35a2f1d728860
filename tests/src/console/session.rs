//! A page's shell: one bash in a fresh folder, which is its home, with both programs in front of the path.
//!
//! What a page says must hold for any reader, so the shell gets an environment of its own: no variable of the caller but the
//! path, no colour, UTC, and the folders of a user who is not root whoever runs the test. In answers the folder is called
//! [`HOME`]. What is still running when the page ends is stopped.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{Block, Step, compare};
use crate::programs::Programs;

/// What answers say in place of the temporary folder.
pub const HOME: &str = "/home/you";

/// How long a page may take, in seconds.
const MAX_SECONDS: &str = "300";

/// What a page's shell has answered.
#[derive(Debug)]
pub struct Transcript {
    /// Each step that was run, with its answer and status.
    pub answers: Vec<(Step, Answer)>,
    /// The tools that are not installed, for which blocks were left out.
    pub absent: Vec<String>,
}

/// What one command answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Standard output and standard error together.
    pub text: String,
    /// How it ended; `None` where the shell ended before, or with it.
    pub status: Option<i32>,
}

/// Runs the blocks of a page; `examples` is copied into its folder as `examples`.
///
/// # Errors
/// Where the folder cannot be made or bash cannot be started.
pub fn run(blocks: &[Block], programs: &Programs, examples: &Path) -> io::Result<Transcript> {
    let folder = tempfile::tempdir()?;
    let home = folder.path().canonicalize()?.join("home");
    copy(examples, &home.join("examples"))?;
    let mut absent: Vec<String> =
        blocks.iter().flat_map(|block| &block.requires).filter(|tool| !is_installed(tool)).cloned().collect();
    absent.sort();
    absent.dedup();
    let steps: Vec<&Step> = blocks
        .iter()
        .filter(|block| !block.requires.iter().any(|tool| absent.contains(tool)))
        .flat_map(|block| &block.steps)
        .collect();
    let script = write_script(&folder, &steps)?;
    let output = folder.path().join("output");
    let file = File::create(&output)?;
    Command::new("timeout")
        .args(["--kill-after=5", MAX_SECONDS, "bash", "--noprofile", "--norc"])
        .arg(&script)
        .current_dir(&home)
        .env_clear()
        .envs(environment(&home, programs)?)
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .status()?;
    let text = String::from_utf8_lossy(&fs::read(&output)?).replace(&*home.to_string_lossy(), HOME);
    Ok(Transcript { answers: answers(&steps, &text), absent })
}

/// Why a step is not as the page says; `None` where it is.
pub fn objection(step: &Step, answer: &Answer) -> Option<String> {
    let mut text = String::new();
    match answer.status {
        Some(status) if status == step.status => {}
        Some(status) => {
            let _ = writeln!(text, "status {status}, wanted {}", step.status);
        }
        None => text.push_str("the shell had ended, or was stopped for taking too long\n"),
    }
    if let Err(mismatch) = compare(&answer.text, &step.wanted) {
        let _ = write!(text, "{mismatch}");
    } else if !text.is_empty() {
        let _ = writeln!(text, "{}", answer.text);
    }
    (!text.is_empty()).then(|| format!("line {}: $ {}\n{text}", step.line, step.command))
}

/// One file a step, so that a mistake of the shell's grammar in one does not reach into the others.
fn write_script(folder: &TempDir, steps: &[&Step]) -> io::Result<PathBuf> {
    let mut script = String::from("trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n");
    for (index, step) in steps.iter().enumerate() {
        let path = folder.path().join(format!("step-{index}"));
        fs::write(&path, format!("{}\n", step.command))?;
        let _ = writeln!(script, ". {}\nprintf '\\n%s %s\\n' '{}' \"$?\"", path.display(), mark(index));
    }
    let path = folder.path().join("script");
    fs::write(&path, script)?;
    Ok(path)
}

/// The line after a step's answer.
fn mark(index: usize) -> String {
    format!("\u{1}end of step {index}:")
}

fn answers(steps: &[&Step], text: &str) -> Vec<(Step, Answer)> {
    let mut rest = text;
    let mut found = Vec::new();
    for (index, &step) in steps.iter().enumerate() {
        let mark = format!("\n{}", mark(index));
        let (text, status) = match rest.split_once(&mark) {
            Some((text, after)) => {
                let (status, after) = after.split_once('\n').unwrap_or((after, ""));
                rest = after;
                (text, status.trim().parse().ok())
            }
            None => (std::mem::take(&mut rest), None),
        };
        found.push((step.clone(), Answer { text: text.into(), status }));
    }
    found
}

fn environment(home: &Path, programs: &Programs) -> io::Result<Vec<(&'static str, std::ffi::OsString)>> {
    let folders = [&programs.client, &programs.publisher].into_iter().filter_map(|path| path.parent());
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(folders.map(PathBuf::from).chain(std::env::split_paths(&inherited)))
        .map_err(io::Error::other)?;
    let below = |name: &str| home.join(name).into_os_string();
    Ok(vec![
        ("PATH", path),
        ("HOME", home.as_os_str().to_owned()),
        ("XDG_CONFIG_HOME", below(".config")),
        ("XDG_STATE_HOME", below(".local/state")),
        ("XDG_DATA_HOME", below(".local/share")),
        ("XDG_CACHE_HOME", below(".cache")),
        // For root these two would lie in the folders of the system.
        ("INTERDICT_CONFIG", below(".config/interdict/config.toml")),
        ("INTERDICT_STATE", below(".local/state/interdict")),
        ("TZ", "UTC".into()),
        ("LC_ALL", "C.UTF-8".into()),
        ("NO_COLOR", "1".into()),
        ("TERM", "dumb".into()),
    ])
}

fn is_installed(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(tool).is_file())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::blocks;

    fn answered(page: &str) -> Transcript {
        let nowhere =
            Programs { client: "/nowhere/interdict".into(), publisher: "/nowhere/publisher".into() };
        run(&blocks(page).unwrap(), &nowhere, Path::new(env!("CARGO_MANIFEST_DIR")).join("src").as_path())
            .unwrap()
    }

    fn objections(page: &str) -> Vec<String> {
        answered(page).answers.iter().filter_map(|(step, answer)| objection(step, answer)).collect()
    }

    #[test]
    fn one_shell_runs_all_blocks_of_a_page_in_its_own_home() {
        let page = "```console\n$ mkdir a && cd a; b=kept\n$ (exit 4)\n? 4\n```\n```console\n$ pwd; echo $b >&2\n\
                    /home/you/a\nkept\n$ ls ~/examples | grep lib.rs\nlib.rs\n```\n";
        assert_eq!(objections(page), Vec::<String>::new());
    }

    #[test]
    fn another_answer_or_status_is_objected_to_and_the_next_command_still_runs() {
        let page = "```console\n$ echo a\nb\n$ false\n$ echo '\n$ echo c\nc\n```\n";
        let found = objections(page);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].contains(">>> a"), "{found:?}");
        assert!(found[1].contains("status 1, wanted 0"), "{found:?}");
    }

    #[test]
    fn a_shell_that_ends_early_is_objected_to() {
        assert_eq!(objections("```console\n$ exit\n$ true\n```\n").len(), 2);
    }

    #[test]
    fn what_runs_in_the_background_is_stopped_with_the_page() {
        assert_eq!(objections("```console\n$ sleep 250 &\n$ true\n```\n"), Vec::<String>::new());
    }

    #[test]
    fn a_block_whose_tool_is_absent_is_left_out_and_the_tool_is_named() {
        let found = answered("```console requires=no-such-tool\n$ false\n```\n```console\n$ true\n```\n");
        assert_eq!((found.absent.len(), found.answers.len()), (1, 1));
    }
}
