//! What the operator has run once a policy is applied: the files of `hooks.d` (`trust.md`, rule 20).
//!
//! They run in the order of their names, after activation and one after another, with two arguments: the folder of the active
//! policy, resolved, and the plan that was carried out. Nothing of a directive is an argument or in the environment, which is clean.
//! Nothing but root's own files is run ([`interdict_host::owned`]): no link, nothing that others may write to. What a hook does not do
//! is shown and recorded, and takes nothing back: the policy is in effect by then.
//!
//! Not here: when they run ([`apply`](super::apply)), and how a program is started ([`Runner`]).

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use interdict_host::exit::{Exit, Outcome};
use interdict_host::owned::{NotOwned, Owned, Owner};

use super::apply::{Ended, Runner};
use super::journal;
use super::record::Call;

/// How long a hook may take, in seconds.
pub const HOOK_SECONDS: u64 = 60;

/// How many hooks are run.
pub const MAX_HOOKS: usize = 64;

/// What editors and package managers leave beside a file; such files, and hidden ones, are no hooks.
const LEFTOVERS: [&str; 9] =
    ["~", ".bak", ".orig", ".swp", ".dpkg-old", ".dpkg-new", ".dpkg-dist", ".rpmsave", ".rpmnew"];

/// The paths that a hook is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given<'g> {
    /// The folder of the active policy, resolved.
    pub policy: &'g Path,
    /// The plan that was carried out.
    pub plan: &'g Path,
}

/// A hook, and what became of it.
#[derive(Debug)]
pub struct Ran {
    /// Its file.
    pub hook: PathBuf,
    /// What became of it.
    pub end: End,
}

/// What became of a hook.
#[derive(Debug)]
pub enum End {
    /// It ended with 0.
    Done,
    /// It ended otherwise, or not in time.
    Failed(Ended),
    /// It was not run, because somebody else may have put it there.
    Refused(NotOwned),
    /// It was not run, because it is not executable.
    NotExecutable,
    /// It was not run, because its path is no UTF-8, or there are too many.
    NotRun,
}

impl Ran {
    /// Whether what the operator wants done may not have been done.
    pub fn failed(&self) -> bool {
        !matches!(self.end, End::Done)
    }

    /// The entry of the journal.
    pub fn event(&self) -> journal::Event {
        let ended = match &self.end {
            End::Done => journal::Ended::Done,
            _ => journal::Ended::Failed { why: self.to_string() },
        };
        journal::Event::Hook { hook: self.hook.clone(), ended }
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.end {
            End::Done => write!(f, "hook {}: done", self.hook.display()),
            End::Failed(ended) => write!(f, "hook {ended}"),
            End::Refused(error) => write!(f, "hook not run: {error}"),
            End::NotExecutable => write!(f, "hook not run: {} is not executable", self.hook.display()),
            End::NotRun => write!(
                f,
                "hook not run: {} is one of more than {MAX_HOOKS}, or its name is not UTF-8",
                self.hook.display()
            ),
        }
    }
}

/// The exits of what became of the hooks: 3 where one failed or was not run.
pub fn outcome(ran: &[Ran]) -> Outcome {
    ran.iter().filter(|ran| ran.failed()).map(|_| Exit::NoAnswer).collect()
}

/// Runs every hook of a folder; none where there is no folder.
///
/// # Errors
/// [`NotOwned`] where somebody else may have put files into the folder: none is run then.
pub fn run(folder: &Path, owner: Owner, given: Given<'_>, runner: &dyn Runner) -> Result<Vec<Ran>, NotOwned> {
    let hooks = owner.names(folder)?.into_iter().filter(|path| !is_leftover(path));
    let one = |(number, hook): (usize, PathBuf)| {
        let end = if number < MAX_HOOKS { run_one(&hook, owner, given, runner) } else { End::NotRun };
        Ran { hook, end }
    };
    Ok(hooks.enumerate().map(one).collect())
}

fn run_one(hook: &Path, owner: Owner, given: Given<'_>, runner: &dyn Runner) -> End {
    match owner.look(hook) {
        Err(error) => return End::Refused(error),
        Ok(Owned::Absent | Owned::Folder) => return End::Refused(NotOwned::Kind { path: hook.into() }),
        Ok(Owned::File { executable: false }) => return End::NotExecutable,
        Ok(Owned::File { executable: true }) => {}
    }
    let text = |path: &Path| path.to_str().map(str::to_owned);
    let (Some(program), Some(policy), Some(plan)) = (text(hook), text(given.policy), text(given.plan)) else {
        return End::NotRun;
    };
    let call = Call { program, arguments: vec![policy, plan], seconds: HOOK_SECONDS };
    let answer: io::Result<_> = runner.run(&call);
    match &answer {
        Ok(answer) if answer.status == Some(0) && !answer.too_long => End::Done,
        _ => End::Failed(Ended::of(&call, &answer)),
    }
}

fn is_leftover(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || LEFTOVERS.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::disallowed_methods,
        reason = "a test may fail by panicking and write files"
    )]

    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::enforce::apply::SystemRunner;

    fn own() -> Owner {
        Owner::new(rustix::process::geteuid().as_raw())
    }

    fn folder(hooks: &[(&str, u32, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("hooks.d");
        fs::create_dir(&at).unwrap();
        fs::set_permissions(&at, Permissions::from_mode(0o755)).unwrap();
        for (name, mode, text) in hooks {
            let path = at.join(name);
            fs::write(&path, text.replace("OUT", folder.path().join("out").to_str().unwrap())).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(*mode)).unwrap();
        }
        folder
    }

    fn ran(folder: &tempfile::TempDir) -> Result<Vec<Ran>, NotOwned> {
        let given = Given { policy: "/policies/000001".as_ref(), plan: "/plan.json".as_ref() };
        run(&folder.path().join("hooks.d"), own(), given, &SystemRunner)
    }

    fn out(folder: &tempfile::TempDir) -> String {
        fs::read_to_string(folder.path().join("out")).unwrap_or_default()
    }

    /// trust.md rule 20
    #[test]
    fn hooks_run_in_the_order_of_their_names_with_paths_and_nothing_of_the_environment() {
        let folder = folder(&[
            ("20-second", 0o755, "#!/bin/sh\necho \"second $*\" >> OUT\n"),
            ("10-first", 0o755, "#!/bin/sh\necho \"first $*\" >> OUT\nenv | sort >> OUT\n"),
            (".hidden", 0o755, "#!/bin/sh\necho hidden >> OUT\n"),
            ("10-first~", 0o755, "#!/bin/sh\necho backup >> OUT\n"),
            ("30-old.dpkg-old", 0o755, "#!/bin/sh\necho old >> OUT\n"),
        ]);
        let ran = ran(&folder).unwrap();
        assert!(ran.iter().all(|ran| !ran.failed()) && ran.len() == 2, "{ran:?}");
        assert!(outcome(&ran).contains(Exit::Done));
        let out = out(&folder);
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.first(), Some(&"first /policies/000001 /plan.json"));
        assert_eq!(lines.last(), Some(&"second /policies/000001 /plan.json"));
        assert!(out.contains("PATH=/usr/sbin:/usr/bin:/sbin:/bin") && !out.contains("CARGO"), "{out}");
    }

    /// trust.md rule 20
    #[test]
    fn nothing_is_run_that_somebody_else_may_have_put_there() {
        let script = "#!/bin/sh\necho ran >> OUT\n";
        let folder = folder(&[
            ("10-writable", 0o775, script),
            ("20-everyone", 0o757, script),
            ("30-plain", 0o644, script),
        ]);
        let at = folder.path().join("hooks.d");
        let elsewhere = folder.path().join("elsewhere");
        fs::write(&elsewhere, script).unwrap();
        fs::set_permissions(&elsewhere, Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink(&elsewhere, at.join("40-link")).unwrap();
        fs::create_dir(at.join("50-folder")).unwrap();
        let refused = ran(&folder).unwrap();
        let ends: Vec<&End> = refused.iter().map(|ran| &ran.end).collect();
        assert!(
            matches!(
                ends.as_slice(),
                [
                    End::Refused(NotOwned::Writable { .. }),
                    End::Refused(NotOwned::Writable { .. }),
                    End::NotExecutable,
                    End::Refused(NotOwned::Kind { .. }),
                    End::Refused(NotOwned::Kind { .. })
                ]
            ),
            "{ends:?}"
        );
        assert_eq!(outcome(&refused).exit(), Exit::NoAnswer);
        assert_eq!(out(&folder), "");
        // Into such a folder anybody can put a file.
        fs::set_permissions(&at, Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(ran(&folder), Err(NotOwned::Writable { .. })));
        fs::remove_dir_all(&at).unwrap();
        assert!(ran(&folder).unwrap().is_empty(), "no folder is no hooks");
    }

    /// trust.md rule 20
    #[test]
    fn a_hook_that_fails_is_shown_with_what_it_said_and_the_next_runs_all_the_same() {
        let folder = folder(&[
            ("10-fails", 0o755, "#!/bin/sh\necho 'no bridge' >&2\nexit 7\n"),
            ("20-runs", 0o755, "#!/bin/sh\necho ran >> OUT\n"),
            ("30-no-interpreter", 0o755, "#!/nonexistent\n"),
        ]);
        let ran = ran(&folder).unwrap();
        let texts: Vec<String> = ran.iter().map(ToString::to_string).collect();
        let at = folder.path().join("hooks.d");
        assert_eq!(
            texts.first().unwrap(),
            &format!("hook {} ended with 7 and said \"no bridge\"", at.join("10-fails").display())
        );
        assert!(texts.last().unwrap().contains("could not be started"), "{texts:?}");
        assert_eq!(out(&folder), "ran\n");
        assert_eq!(outcome(&ran).exit(), Exit::NoAnswer);
        assert!(matches!(
            ran.first().unwrap().event(),
            journal::Event::Hook { ended: journal::Ended::Failed { .. }, .. }
        ));
    }

    #[test]
    fn as_many_hooks_as_may_be_run_and_one_more_is_told_of() {
        let names: Vec<String> = (0..=MAX_HOOKS).map(|number| format!("{number:03}")).collect();
        let hooks: Vec<(&str, u32, &str)> =
            names.iter().map(|name| (name.as_str(), 0o755, "#!/bin/sh\nexit 0\n")).collect();
        let all = ran(&folder(&hooks)).unwrap();
        assert_eq!(all.iter().filter(|ran| ran.failed()).count(), 1);
        assert!(matches!(all.last().unwrap().end, End::NotRun));
    }
}
