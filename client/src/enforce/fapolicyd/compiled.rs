//! `compiled.rules`, of which the daemon reads its rules: `fagenrules` makes it of all files of `rules.d` whenever the daemon starts
//! (fagenrules(8), 1.1.7).
//!
//! It leaves it alone where `rules.d` is empty. So once the last file there was ours, what it made of it would stay in force after
//! it is gone: when we let go, the compiled file goes first, and is made anew from what is there. And where an administrator has
//! rules in the compiled file alone, ours in `rules.d` would take the place of theirs: then nothing is written.

use std::collections::HashSet;
use std::path::Path;

use super::super::{Command, RenderError};
use super::rules::Rules;
use crate::enforce::target::Seen;

/// The file.
pub const FILE: &str = "/etc/fapolicyd/compiled.rules";

/// The folder that it is made of.
pub const FOLDER: &str = "/etc/fapolicyd/rules.d";

const WANTED: &str = "its rules as files in /etc/fapolicyd/rules.d, of which it is made anew";

/// Takes it away, and what `fagenrules` kept of it when it took our rules up; the next start makes it of what is in the folder.
pub fn rebuild() -> Vec<Command> {
    vec![Command::of_texts("rm", &["-f", FILE, "/etc/fapolicyd/compiled.rules.prev"])]
}

/// Whether everything that the compiled file has now would be in it with our rules too.
///
/// # Errors
/// [`RenderError::Merge`]: it has rules that no file of the folder has, and the first file there would replace them.
pub fn survives(rules: &Rules, ours: &Path, seen: &Seen) -> Result<(), RenderError> {
    let is_rules = |path: &Path| path.extension().is_some_and(|extension| extension == "rules");
    let others = seen.below(Path::new(FOLDER)).any(|(path, _)| path != ours && is_rules(path));
    if rules.first().is_none() || others {
        return Ok(());
    }
    let bytes = |path: &Path| seen.file(path).map(|now| now.bytes.as_slice()).unwrap_or_default();
    let written: HashSet<&[u8]> = lines(bytes(ours)).collect();
    if lines(bytes(Path::new(FILE))).all(|line| written.contains(line)) {
        return Ok(());
    }
    Err(RenderError::Merge { path: FILE.into(), wanted: WANTED })
}

/// The lines of rules.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.filter(|line| !line.is_empty() && !line.starts_with(b"#"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::rules::Permission;
    use super::*;
    use crate::enforce::target::Now;

    const OURS: &str = "/etc/fapolicyd/rules.d/05-interdict.rules";

    fn rules(paths: &[&str]) -> Rules {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        Rules { permission: Permission::Execute, digests: BTreeSet::new(), paths }
    }

    fn seen(files: &[(&str, &str)]) -> Seen {
        let mut seen = Seen::default();
        for (path, text) in files {
            seen.add((*path).into(), Now { bytes: (*text).into(), base: None, ours: false });
        }
        seen
    }

    #[test]
    fn rules_that_stand_in_the_compiled_file_alone_are_not_replaced() {
        let theirs = (FILE, "# by hand\ndeny perm=any all : path=/x\n");
        let other = ("/etc/fapolicyd/rules.d/90-theirs.rules", "deny perm=any all : path=/x\n");
        let readme = ("/etc/fapolicyd/rules.d/README", "deny perm=any all : path=/x\n");
        let made = (FILE, "## made\ndeny_audit perm=execute all : path=/a\n");
        let ours = (OURS, "deny_audit perm=execute all : path=/a\n");
        let refused = Err(RenderError::Merge { path: FILE.into(), wanted: WANTED });
        for (files, wanted) in [
            (vec![], Ok(())),
            (vec![theirs], refused.clone()),
            (vec![theirs, readme], refused.clone()),
            (vec![theirs, ours], refused),
            (vec![theirs, other], Ok(())),
            (vec![made, ours], Ok(())),
        ] {
            assert_eq!(survives(&rules(&["/a"]), Path::new(OURS), &seen(&files)), wanted, "{files:?}");
            assert_eq!(
                survives(&rules(&[]), Path::new(OURS), &seen(&files)),
                Ok(()),
                "without a rule: {files:?}"
            );
        }
    }
}
