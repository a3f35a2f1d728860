//! Which paths can stand in a rule, and what an order leaves out of them.
//!
//! A rule's line is taken apart at blanks, `=` and `,`, and a value that begins with `%` names a set; there are no quotes and no
//! wildcards. So only paths of characters that mean nothing there are written.

use std::collections::BTreeSet;

use interdict_schema::directive::IdentifierKind;

use super::super::Entry;

const WILDCARDS: &str = "fapolicyd has no wildcards in paths";
const HOME: &str = "fapolicyd does not know whose folder ~ is";
const CHARACTERS: &str = "the path has characters that cannot be written in a rule";

/// The longest path that is written, in bytes: the longest that Linux has, less a slash.
const LONGEST: usize = 4094;

/// Whether a path is one of another system, so that another target may mean it: it need not be well formed.
pub fn is_of_others(text: &str) -> bool {
    !text.starts_with(['/', '~'])
}

/// A path as it is written: one slash before every part, none last.
///
/// # Errors
/// Why it cannot be, in words.
pub fn plain(text: &str) -> Result<String, &'static str> {
    if text.contains(['*', '?']) {
        return Err(WILDCARDS);
    }
    if !text.starts_with('/') {
        return Err(HOME);
    }
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"/._+@~-".contains(&byte);
    let path = joined(text.split('/'));
    let fits = (2..=LONGEST).contains(&path.len());
    if fits && text.bytes().all(harmless) && !text.split('/').any(|part| part == "..") {
        Ok(path)
    } else {
        Err(CHARACTERS)
    }
}

fn joined<'p>(parts: impl Iterator<Item = &'p str>) -> String {
    let mut path = String::new();
    for part in parts.filter(|part| !matches!(*part, "" | ".")) {
        path.push('/');
        path.push_str(part);
    }
    path
}

/// The paths that a part leaves out, as far as they are without wildcards.
#[derive(Debug, Clone, Default)]
pub struct LeftOut {
    /// Each with a slash last.
    paths: BTreeSet<String>,
    anywhere: bool,
}

impl LeftOut {
    /// Those among what a part leaves out.
    pub fn of(excluded: &[Entry]) -> Self {
        let mut all = Self::default();
        let of_paths = excluded.iter().filter(|entry| entry.kind == IdentifierKind::Path);
        for entry in of_paths.filter(|entry| !is_of_others(&entry.value)) {
            if entry.value.starts_with('~') || entry.read().is_err() {
                all.anywhere = true;
                continue;
            }
            let fixed = entry.value.split('/').take_while(|part| !part.contains(['*', '?']));
            all.paths.insert(joined(fixed) + "/");
        }
        all
    }

    /// Whether anything is left out at this path, below it, or above it.
    pub fn concerns(&self, path: &str) -> bool {
        let path = format!("{path}/");
        let above = || path.match_indices('/').filter_map(|(at, _)| path.get(..=at));
        self.anywhere
            || self.paths.range(path.clone()..).next().is_some_and(|next| next.starts_with(&path))
            || above().any(|above| self.paths.contains(above))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_mean_nothing_in_a_rule_are_written() {
        for (text, wanted) in [
            ("/opt/evil", Ok("/opt/evil")),
            ("//opt/./evil+1.0/~x@y/", Ok("/opt/evil+1.0/~x@y")),
            ("/opt/e*", Err(WILDCARDS)),
            ("~/evil", Err(HOME)),
            ("/opt/evil dir", Err(CHARACTERS)),
            ("/opt/evil\nallow perm=any all : all", Err(CHARACTERS)),
            ("/opt/a,/usr/bin/b", Err(CHARACTERS)),
            ("/opt/a=b", Err(CHARACTERS)),
            ("/opt/%a", Err(CHARACTERS)),
            ("/opt/évil", Err(CHARACTERS)),
            ("/opt/../etc", Err(CHARACTERS)),
            ("/./", Err(CHARACTERS)),
        ] {
            assert_eq!(plain(text), wanted.map(str::to_owned), "{text:?}");
        }
        let longest = format!("/{}", "a".repeat(LONGEST - 1));
        assert_eq!(plain(&longest), Ok(longest.clone()));
        assert_eq!(plain(&(longest + "a")), Err(CHARACTERS));
    }

    #[test]
    fn what_is_left_out_above_below_and_at_a_path_concerns_it() {
        let excluded = ["/opt/evil/uninstall", "/srv/x/*/y", "C:\\x"].map(|value| Entry {
            kind: IdentifierKind::Path,
            value: value.into(),
            versions: None,
            held: None,
        });
        let left_out = LeftOut::of(&excluded);
        for (path, wanted) in [
            ("/opt/evil", true),
            ("/opt/evil/uninstall", true),
            ("/opt/evil/uninstall/x", true),
            ("/opt/evil/uninstaller", false),
            ("/opt/evi", false),
            ("/opt/evil/bin", false),
            ("/srv/x", true),
            ("/srv/x/a", true),
            ("/srv/xy", false),
        ] {
            assert_eq!(left_out.concerns(path), wanted, "{path}");
        }
    }
}
