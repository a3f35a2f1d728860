//! Both binaries, built by the cargo that runs us.
//!
//! `cargo test` and `cargo run` build only the binaries of the package they are asked for, so what runs the real programs
//! (the transcripts of the documentation, the demonstration) asks cargo for them: into the same target folder, with the
//! same profile. Where they are built already this takes a fraction of a second.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use thiserror::Error;

/// Where the two programs lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    /// `interdict`, the bound party's.
    pub client: PathBuf,
    /// `interdict-publisher`, the authority's.
    pub publisher: PathBuf,
}

/// Why there are no programs.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// cargo could not be started.
    #[error("{} did not start", program.display())]
    Start {
        /// What was started.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The build ended badly; cargo has said why on standard error.
    #[error("building the two programs ended with {status}")]
    Failed {
        /// How cargo ended.
        status: ExitStatus,
    },
    /// cargo was content and named no such program.
    #[error("cargo built no program {name}")]
    Missing {
        /// The program's name.
        name: &'static str,
    },
    /// The running program's own path, from which the target folder and the profile are read, is not known.
    #[error("the path of the running program is not known")]
    Own {
        /// What the system said.
        source: io::Error,
    },
}

/// Builds both programs, or finds them built.
///
/// cargo's progress goes to standard error.
///
/// # Errors
/// [`BuildError`], when cargo cannot be started or does not build them.
pub fn build() -> Result<Programs, BuildError> {
    let own = std::env::current_exe().map_err(|source| BuildError::Own { source })?;
    let cargo = PathBuf::from(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let output = Command::new(&cargo)
        .args(["build", "-p", "interdict-client", "-p", "interdict-publisher", "--bins"])
        .args(["--message-format=json-render-diagnostics"])
        .args(same_place(&own))
        .current_dir(workspace)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .env_clear()
        .envs(std::env::vars_os().filter(|(name, _)| !is_of_this_package(&name.to_string_lossy())))
        .output()
        .map_err(|source| BuildError::Start { program: cargo, source })?;
    if !output.status.success() {
        return Err(BuildError::Failed { status: output.status });
    }
    Ok(Programs {
        client: executable(&output.stdout, "interdict")?,
        publisher: executable(&output.stdout, "interdict-publisher")?,
    })
}

/// The profile and target folder of a program that cargo has built: `TARGET/PROFILE/demo` or `TARGET/PROFILE/deps/docs-0123`.
fn same_place(own: &Path) -> Vec<OsString> {
    let mut folder = own.parent();
    if folder.is_some_and(|it| it.ends_with("deps")) {
        folder = folder.and_then(Path::parent);
    }
    let mut arguments = Vec::new();
    let (Some(profile), Some(target)) = (folder.and_then(Path::file_name), folder.and_then(Path::parent))
    else {
        return arguments;
    };
    arguments.extend(["--target-dir".into(), target.as_os_str().to_owned()]);
    if profile != "debug" {
        arguments.extend(["--profile".into(), profile.to_owned()]);
    }
    arguments
}

/// Whether cargo set this variable for the package that is running: build scripts that watch such variables would see a
/// change with every run, and everything above them would be built again.
fn is_of_this_package(name: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || name == "OUT_DIR"
}

/// The path of a program among cargo's messages, one JSON object a line.
fn executable(messages: &[u8], name: &'static str) -> Result<PathBuf, BuildError> {
    messages
        .split(|&byte| byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<serde_json::Value>(line).ok())
        .filter(|message| message.pointer("/target/name").and_then(|it| it.as_str()) == Some(name))
        .find_map(|message| message.get("executable").and_then(|it| it.as_str()).map(PathBuf::from))
        .ok_or(BuildError::Missing { name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_profile_and_the_target_folder_of_a_test_and_of_a_program() {
        let of = |path| same_place(Path::new(path));
        assert_eq!(of("/t/debug/deps/docs-01"), ["--target-dir", "/t"]);
        assert_eq!(of("/t/debug/demo"), ["--target-dir", "/t"]);
        assert_eq!(of("/t/release/demo"), ["--target-dir", "/t", "--profile", "release"]);
    }

    #[test]
    fn reads_the_executable_from_the_messages_of_cargo() {
        let messages =
            br#"{"reason":"compiler-artifact","target":{"name":"interdict_client"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"interdict"},"executable":"/t/debug/interdict"}
"#;
        assert_eq!(executable(messages, "interdict").unwrap(), PathBuf::from("/t/debug/interdict"));
        assert!(matches!(executable(messages, "interdict-publisher"), Err(BuildError::Missing { .. })));
    }
}
