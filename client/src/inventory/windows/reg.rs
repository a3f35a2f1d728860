//! `reg export`: version 5.00, and REGEDIT4 with 8-bit text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::component::Inventory;
use super::super::coverage::{Place, Problem};
use super::super::format::Format;
use super::super::gathering::Gathering;
use super::super::limits::Limits;
use super::super::text::{count, text, without_mark};
use super::program::{Lists, Program, below_uninstall};

/// The values that are read of a key.
const VALUES: [&str; 5] = ["DisplayName", "DisplayVersion", "Publisher", "InstallLocation", "DisplayIcon"];

/// The key whose values stand next.
struct Key {
    path: String,
    place: Place,
    values: BTreeMap<&'static str, String>,
}

/// A line, with those that continue it.
struct Line<'a> {
    text: Cow<'a, [u8]>,
    place: Place,
}

/// Reads an export.
pub(super) fn read(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    let mut gathering = Gathering::new(source, Format::WindowsReg, limits);
    let body = without_mark(bytes);
    let wide = !body.trim_ascii_start().starts_with(b"REGEDIT4");
    let mut lines = Lines { rest: body, here: Place { row: 0, byte: count(bytes.len() - body.len()) } };
    let mut lists = Lists::default();
    let (mut key, mut other, mut known): (Option<Key>, Option<Place>, bool) = (None, None, false);
    let mut header = false;
    loop {
        let line = match lines.next(limits.row_bytes) {
            Ok(Some(line)) => line,
            Ok(None) => break,
            Err((place, problem @ Problem::OpenText)) => {
                gathering.coverage.stop(place, problem);
                break;
            }
            Err((place, problem)) => {
                gathering.skip(place, problem);
                continue;
            }
        };
        let place = line.place;
        let line = text(line.text.trim_ascii(), place, &mut gathering.coverage, limits);
        if line.is_empty() || line.starts_with(';') {
            continue;
        }
        if !header {
            header = line == "REGEDIT4" || line.starts_with("Windows Registry Editor Version");
            if header {
                continue;
            }
        }
        if line.contains('\0') {
            gathering.skip(place, Problem::Nul);
        } else if let Some(path) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            keep(key.take(), &mut gathering);
            known = true;
            match below_uninstall(path) {
                Some(below) if !path.starts_with('-') => {
                    lists.see(Some(path));
                    if !below.is_empty() && !below.contains('\\') {
                        key = Some(Key { path: path.to_owned(), place, values: BTreeMap::new() });
                    }
                }
                // `[-key]` deletes one.
                Some(_) => {}
                None => {
                    other.get_or_insert(place);
                }
            }
        } else if line.starts_with('[') {
            keep(key.take(), &mut gathering);
            gathering.skip(place, Problem::RegistryLine);
        } else if known && (line.starts_with('"') || line.starts_with("@=")) {
            match value(&line, wide) {
                Some(Some((name, value))) => {
                    if let Some(key) = &mut key {
                        key.values.insert(name, value);
                    }
                }
                Some(None) => {}
                None => gathering.skip(place, Problem::RegistryLine),
            }
        } else {
            gathering.skip(place, Problem::RegistryLine);
        }
        if gathering.full() {
            break;
        }
    }
    keep(key, &mut gathering);
    if let Some(place) = other {
        gathering.note(place, Problem::OtherKeys);
    }
    lists.say(&mut gathering);
    gathering.finish()
}

fn keep(key: Option<Key>, gathering: &mut Gathering<'_>) {
    let Some(key) = key else { return };
    let of = |name: &str| key.values.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
    let program = Program {
        key: Some(&key.path),
        id: key.path.rsplit('\\').next(),
        name: of("DisplayName"),
        version: of("DisplayVersion"),
        publisher: of("Publisher"),
        location: of("InstallLocation"),
        icon: of("DisplayIcon"),
        host: None,
    };
    program.keep(key.place, gathering);
}

/// A value of ours, nothing of another, and none where the line is no value.
#[expect(clippy::option_option, reason = "not ours and not readable are two things")]
fn value(line: &str, wide: bool) -> Option<Option<(&'static str, String)>> {
    if line.starts_with("@=") {
        return Some(None);
    }
    let (name, rest) = quoted(line)?;
    let rest = rest.trim_start().strip_prefix('=')?.trim();
    let Some(name) = VALUES.into_iter().find(|known| known.eq_ignore_ascii_case(&name)) else {
        return Some(None);
    };
    if rest.starts_with('"') {
        let (value, behind) = quoted(rest)?;
        return behind.trim().is_empty().then_some(Some((name, value)));
    }
    // `hex(1)` and `hex(2)` are texts, the second with variables in it; other kinds are numbers and none of ours.
    let hex = ["hex(1):", "hex(2):"].iter().find_map(|kind| rest.strip_prefix(kind));
    let Some(hex) = hex else { return Some(None) };
    let digits = hex.split(',').map(str::trim).filter(|digits| !digits.is_empty());
    let bytes = digits.map(|digits| u8::from_str_radix(digits, 16)).collect::<Result<Vec<u8>, _>>().ok()?;
    let value = if wide {
        let (pairs, rest) = bytes.as_chunks::<2>();
        if !rest.is_empty() {
            return None;
        }
        let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        String::from_utf16(&units).ok()?
    } else {
        String::from_utf8(bytes).ok()?
    };
    Some(Some((name, value.trim_end_matches('\0').to_owned())))
}

/// A quoted text without its quotes and escapes, and what stands behind it.
fn quoted(line: &str) -> Option<(String, &str)> {
    let inner = line.strip_prefix('"')?;
    let (mut text, mut escaped) = (String::new(), false);
    for (at, character) in inner.char_indices() {
        match character {
            _ if escaped => {
                text.push(character);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Some((text, inner.get(at + 1..).unwrap_or_default())),
            other => text.push(other),
        }
    }
    None
}

/// The lines of an export. A text goes on until its quote, and hexadecimal digits behind a backslash.
struct Lines<'a> {
    rest: &'a [u8],
    here: Place,
}

impl<'a> Lines<'a> {
    fn one(&mut self) -> Option<&'a [u8]> {
        let end = self.rest.iter().position(|byte| *byte == b'\n').map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at_checked(end).filter(|(line, _)| !line.is_empty())?;
        self.rest = rest;
        self.here = Place { row: self.here.row + 1, byte: self.here.byte + count(line.len()) };
        Some(line)
    }

    fn next(&mut self, limit: usize) -> Result<Option<Line<'a>>, (Place, Problem)> {
        let place = Place { row: self.here.row + 1, byte: self.here.byte };
        let Some(line) = self.one() else { return Ok(None) };
        let mut text = Cow::Borrowed(line);
        let mut goes_on = continues(&text);
        while let Some(mark) = goes_on {
            let Some(more) = self.one() else { return Err((place, Problem::OpenText)) };
            let whole = text.to_mut();
            if mark == Continued::Digits {
                whole.truncate(whole.trim_ascii_end().len().saturating_sub(1));
            }
            whole.extend_from_slice(more);
            if whole.len() > limit {
                break;
            }
            goes_on = match mark {
                Continued::Text => is_open(&text).then_some(Continued::Text),
                Continued::Digits => more.trim_ascii_end().ends_with(b"\\").then_some(Continued::Digits),
            };
        }
        if text.trim_ascii_end().len() > limit {
            return Err((place, Problem::RowTooLong { limit }));
        }
        Ok(Some(Line { text, place }))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Continued {
    Text,
    Digits,
}

/// How a line goes on in the next one.
fn continues(line: &[u8]) -> Option<Continued> {
    if !line.starts_with(b"\"") && !line.starts_with(b"@") {
        return None;
    }
    if is_open(line) {
        return Some(Continued::Text);
    }
    line.trim_ascii_end().ends_with(b"\\").then_some(Continued::Digits)
}

/// Whether a quote is open at the end.
fn is_open(line: &[u8]) -> bool {
    let (mut open, mut escaped) = (false, false);
    for byte in line {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if open => escaped = true,
            b'"' => open = !open,
            _ => {}
        }
    }
    open
}
