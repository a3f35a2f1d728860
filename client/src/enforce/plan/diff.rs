//! A unified diff (POSIX `diff -u`), where both sides are short enough to be read by a person.

use std::path::Path;

use similar::TextDiff;

/// The longest side that is shown, in bytes.
pub const MAX_BYTES: usize = 65_536;

/// The most lines of a side that is shown. What two such sides cost to compare is bounded by their product.
pub const MAX_LINES: usize = 2_000;

/// The diff between two states of a file, an absent one of which is empty; `None` where a side is long or is no text.
pub fn unified(path: &Path, before: Option<&[u8]>, after: Option<&[u8]>) -> Option<String> {
    let (old, new) = (text(before)?, text(after)?);
    let name =
        |side: Option<&[u8]>| side.map_or_else(|| "/dev/null".to_owned(), |_| path.display().to_string());
    let diff = TextDiff::from_lines(old, new);
    Some(diff.unified_diff().context_radius(3).header(&name(before), &name(after)).to_string())
}

fn text(side: Option<&[u8]>) -> Option<&str> {
    let bytes = side.unwrap_or_default();
    let short = bytes.len() <= MAX_BYTES && memchr::memchr_iter(b'\n', bytes).count() <= MAX_LINES;
    if short { std::str::from_utf8(bytes).ok() } else { None }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn a_file_that_comes_goes_or_changes_is_shown_line_by_line() {
        let diff = |before, after| unified(Path::new("/etc/x"), before, after).unwrap();
        assert_eq!(diff(None, Some(&b"a\n"[..])), "--- /dev/null\n+++ /etc/x\n@@ -0,0 +1 @@\n+a\n");
        assert_eq!(diff(Some(&b"a\n"[..]), None), "--- /etc/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n");
        let changed = diff(Some(&b"a\nb\n"[..]), Some(&b"a\nc"[..]));
        assert_eq!(
            changed,
            "--- /etc/x\n+++ /etc/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn a_long_side_or_one_that_is_no_text_is_not_shown() {
        let shown = |side: &[u8]| unified(Path::new("/etc/x"), Some(side), None).is_some();
        assert!(shown("\n".repeat(MAX_LINES).as_bytes()));
        assert!(!shown("\n".repeat(MAX_LINES + 1).as_bytes()));
        assert!(shown("x".repeat(MAX_BYTES).as_bytes()));
        assert!(!shown("x".repeat(MAX_BYTES + 1).as_bytes()));
        assert!(!shown(&[0xff]));
    }
}
