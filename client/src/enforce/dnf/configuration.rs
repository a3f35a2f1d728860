//! The administrator's `dnf.conf` with the excludes in it: every byte of theirs stays, and a block of ours stands at the end of
//! the last `[main]`.
//!
//! As libdnf 0.69 reads it: sections of one name are one; of two lines with one key in a section the last counts; lines that
//! begin with a blank continue a value, not behind a comment or an empty line; `exclude` and `excludepkgs` are one option, to
//! which both add, in the order of their lines, and a value that is empty or begins with a comma forgets what came before it.
//! So ours is the key of the two that the administrator does not use, and comes last.

use std::collections::BTreeSet;

const BEGINS: &str = "# interdict: begin, of what follows until end nothing is to be edited";
const ENDS: &str = "# interdict: end";

/// The file with these excludes; `None` where there are none and nothing was written into it before.
///
/// # Errors
/// What the file must be, where dnf would not read it as this program does.
pub fn merge(present: &[u8], patterns: &BTreeSet<String>) -> Result<Option<Vec<u8>>, &'static str> {
    if patterns.is_empty() {
        // A file that is wanted no longer is brought back to what it was before.
        return Ok(None);
    }
    let present = std::str::from_utf8(present).map_err(|_| "text in UTF-8")?;
    let theirs = without(present)?;
    let place = place(&theirs)?;
    let (before, after) = theirs.split_at_checked(place.at).ok_or("text in UTF-8")?;
    let mut text = String::with_capacity(present.len().saturating_add(patterns.len().saturating_mul(32)));
    text.push_str(before);
    if !before.is_empty() && !before.ends_with('\n') {
        text.push('\n');
    }
    if !place.in_main {
        text.push_str("[main]\n");
    }
    text.push_str(BEGINS);
    text.push('\n');
    text.push_str(place.key);
    // A value that begins with an empty line forgets the administrator's.
    for (number, pattern) in patterns.iter().enumerate() {
        text.push(if number == 0 { '=' } else { ' ' });
        text.push_str(pattern);
        text.push('\n');
    }
    text.push_str(ENDS);
    text.push('\n');
    text.push_str(after);
    Ok(Some(text.into_bytes()))
}

/// The file without the block.
fn without(text: &str) -> Result<String, &'static str> {
    let mut theirs = String::with_capacity(text.len());
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        match line.trim_end() {
            BEGINS if inside => return Err("one block of this program, which ends"),
            BEGINS => inside = true,
            ENDS if inside => inside = false,
            _ if inside => {}
            _ => theirs.push_str(line),
        }
    }
    if inside {
        return Err("the end of this program's block");
    }
    Ok(theirs)
}

/// Where the block belongs.
struct Place {
    /// The byte before which it stands.
    at: usize,
    /// Whether that is inside `[main]`.
    in_main: bool,
    /// Its key.
    key: &'static str,
}

fn place(text: &str) -> Result<Place, &'static str> {
    let mut section: Option<&str> = None;
    let (mut exclude, mut excludepkgs) = (false, false);
    let mut at = 0_usize;
    let mut end_of_main = None;
    let mut continues = false;
    for line in text.split_inclusive('\n') {
        at = at.saturating_add(line.len());
        let bare = line.trim_end();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continues = false;
            continue;
        }
        if let Some(rest) = bare.strip_prefix('[') {
            let (name, _) = rest.split_once(']').ok_or("sections that end with ]")?;
            section = Some(name);
            continues = false;
        } else if bare.starts_with([' ', '\t']) {
            if !continues {
                return Err("continued lines directly behind what they continue");
            }
        } else {
            let (key, _) = bare.split_once('=').ok_or("lines of the form key=value")?;
            continues = true;
            match (section, key.trim_end()) {
                (None, _) => return Err("a section before the first line"),
                (Some("main"), "exclude") => exclude = true,
                (Some("main"), "excludepkgs") => excludepkgs = true,
                _ => {}
            }
        }
        if section == Some("main") {
            end_of_main = Some(at);
        }
    }
    let key = match (exclude, excludepkgs) {
        (true, true) => return Err("at most one of exclude and excludepkgs in [main]: join them"),
        (false, true) => "exclude",
        (_, false) => "excludepkgs",
    };
    Ok(Place { at: end_of_main.unwrap_or(text.len()), in_main: end_of_main.is_some(), key })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn merged(present: &str) -> Result<String, &'static str> {
        let patterns = BTreeSet::from(["b-*:*-*.*".to_owned(), "a-*:*-*.*".to_owned()]);
        merge(present.as_bytes(), &patterns).map(|bytes| String::from_utf8(bytes.unwrap()).unwrap())
    }

    fn block(key: &str) -> String {
        format!("{BEGINS}\n{key}=a-*:*-*.*\n b-*:*-*.*\n{ENDS}\n")
    }

    #[test]
    fn the_administrators_lines_stay_to_the_byte_and_ours_come_last_in_main() {
        let (first, second) = (block("excludepkgs"), block("exclude"));
        for (present, wanted) in [
            (String::new(), format!("[main]\n{first}")),
            ("[main]".into(), format!("[main]\n{first}")),
            ("# c\n[main]\nbest=True\n\n# c\n".into(), format!("# c\n[main]\nbest=True\n{first}\n# c\n")),
            ("[main]\r\nbest=1\r\n[r]\r\nx=1".into(), format!("[main]\r\nbest=1\r\n{first}[r]\r\nx=1")),
            ("[r]\nexclude=x\n".into(), format!("[r]\nexclude=x\n[main]\n{first}")),
            (
                "[main]\nexcludepkgs = x\n y\n[r]\n".into(),
                format!("[main]\nexcludepkgs = x\n y\n{second}[r]\n"),
            ),
            ("[main]\nexclude=x\n".into(), format!("[main]\nexclude=x\n{first}")),
            (
                "[main]\na=1\n[r]\nb=1\n[main]\nc=1\n".into(),
                format!("[main]\na=1\n[r]\nb=1\n[main]\nc=1\n{first}"),
            ),
        ] {
            assert_eq!(merged(&present), Ok(wanted.clone()), "{present:?}");
            assert_eq!(merged(&wanted), Ok(wanted), "again: {present:?}");
        }
    }

    #[test]
    fn what_dnf_would_read_otherwise_is_not_merged_into() {
        for (present, wanted) in [
            (
                "[main]\nexclude=a\nexcludepkgs=b\n",
                "at most one of exclude and excludepkgs in [main]: join them",
            ),
            ("exclude=a\n", "a section before the first line"),
            ("[main]\nexclude\n", "lines of the form key=value"),
            ("[main\n", "sections that end with ]"),
            ("[main]\nexclude=a\n# c\n b\n", "continued lines directly behind what they continue"),
            (" [main]\n", "continued lines directly behind what they continue"),
        ] {
            assert_eq!(merged(present), Err(wanted), "{present:?}");
        }
        assert_eq!(merged(&format!("[main]\n{BEGINS}\n")), Err("the end of this program's block"));
        let twice = format!("[main]\n{BEGINS}\n{BEGINS}\n{ENDS}\n");
        assert_eq!(merged(&twice), Err("one block of this program, which ends"));
        let one = BTreeSet::from(["a".to_owned()]);
        assert_eq!(merge(b"[main]\n\xff", &one), Err("text in UTF-8"));
        assert_eq!(merge(b"[main]\n", &BTreeSet::new()), Ok(None));
    }
}
