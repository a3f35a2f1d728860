//! Paths and registry keys as a scanner compares them.
//!
//! A rule means a path and all below it, so it is enough that the path itself is there, as a file or as a folder. Not here: paths of
//! macOS, which are compared without letter case: a pattern for that makes a scanner walk all of every machine.

use interdict_schema::product::{PathPattern, RegistryKey};

use super::check::{Check, Text, escaped};

/// What is looked for, and what of the rule is not.
#[derive(Debug, Default)]
pub struct Named {
    /// The checks: one of them is enough.
    pub checks: Vec<Check>,
    /// Whether some places that are meant are not looked at.
    pub less: bool,
}

/// The folders that macOS has and others do not, in the letter case of [`PathPattern::places`].
const OF_MACOS: [&str; 5] = ["applications", "library", "system", "users", "volumes"];

/// A path's checks. `left_out` are paths of the same part that are not meant.
pub fn path(path: &PathPattern, left_out: &[PathPattern]) -> Named {
    let mut named = Named::default();
    for place in path.places() {
        let checks = if path.is_of_windows() { windows(place) } else { unix(place, left_out) };
        named.less |= checks.is_none();
        named.checks.extend(checks.into_iter().flatten());
    }
    named
}

fn unix(place: &[String], left_out: &[PathPattern]) -> Option<Vec<Check>> {
    let first = place.first()?;
    // A wildcard in the first folder would be looked for on the whole machine, other machines' disks among it.
    if is_wild(first) || OF_MACOS.contains(&first.as_str()) || !place.iter().all(|part| is_text(part)) {
        return None;
    }
    let text = if place.iter().any(|part| is_wild(part)) {
        Text::Matches(format!("^{}$", pattern(place, "/", &literal)))
    } else {
        Text::Is(joined(place))
    };
    let without = left_out.iter().flat_map(PathPattern::places);
    let without: Vec<&[String]> = without.filter(|without| begins(place, without)).collect();
    if without.is_empty() {
        return Some(vec![Check::File(text.clone()), Check::Folder(text)]);
    }
    let Text::Is(folder) = text else { return Some(vec![Check::File(text.clone()), Check::Folder(text)]) };
    let mut patterns: Vec<String> =
        without.iter().map(|without| format!("^{}(/.*)?$", pattern(without, "/", &literal))).collect();
    patterns.sort();
    patterns.dedup();
    Some(vec![Check::File(Text::Is(folder.clone())), Check::Below(folder, patterns)])
}

/// Whether something below a place may be meant by another pattern, as far as the parts before wildcards tell.
fn begins(place: &[String], other: &[String]) -> bool {
    let fixed = |parts: &[String]| parts.iter().take_while(|part| !is_wild(part)).count();
    let common = fixed(place).min(fixed(other));
    place.get(..common) == other.get(..common)
}

/// Whether what is left out is let through exactly, or is found all the same because the path has wildcards.
pub fn lets_through(path: &PathPattern, left_out: &[PathPattern]) -> bool {
    let wild = |place: &[String]| place.iter().any(|part| is_wild(part));
    let touched = |place: &[String]| {
        left_out.iter().flat_map(PathPattern::places).any(|without| begins(place, without))
    };
    !path.places().any(|place| touched(place) && (path.is_of_windows() || wild(place)))
}

fn windows(place: &[String]) -> Option<Vec<Check>> {
    let (first, below) = place.split_first()?;
    let is_drive = first.len() == 2 && first.ends_with(':');
    if !is_drive || !place.iter().all(|part| is_text(part)) || below.iter().any(|part| part == "**") {
        return None;
    }
    let text = if first == "?:" || below.iter().any(|part| is_wild(part)) {
        let drive = if first == "?:" { "[a-zA-Z]:".to_owned() } else { folded(first) };
        Text::Matches(format!("^{drive}{}$", pattern(below, r"\\", &folded)))
    } else {
        Text::Folded(place.join("\\"))
    };
    Some(vec![Check::WindowsFile(text.clone()), Check::WindowsFolder(text)])
}

/// A registry key's checks, in both views.
pub fn key(key: &RegistryKey) -> Named {
    let mut named = Named::default();
    let text = key.to_string();
    let (hive, below) = text.split_once('\\').unwrap_or((&text, ""));
    let parts: Vec<String> = below.split('\\').map(str::to_owned).collect();
    if !parts.iter().all(|part| is_text(part)) {
        named.less = true;
        return named;
    }
    let below_pattern = || pattern(&parts, r"\\", &folded);
    let plain = || {
        let wild = parts.iter().any(|part| is_wild(part));
        let anchored = || format!("^{}$", below_pattern().trim_start_matches(r"\\"));
        if wild { Text::Matches(anchored()) } else { Text::Folded(below.to_owned()) }
    };
    let (hive, key) = match hive {
        "HKLM" => ("HKEY_LOCAL_MACHINE", plain()),
        "HKU" => ("HKEY_USERS", plain()),
        "HKCC" => ("HKEY_CURRENT_CONFIG", plain()),
        // Of users who are not logged on there is nothing to see.
        "HKCU" => {
            named.less = true;
            ("HKEY_USERS", Text::Matches(format!(r"^[^\\]+{}$", below_pattern())))
        }
        // What a user has added to the classes is in another hive.
        "HKCR" => {
            named.less = true;
            ("HKEY_LOCAL_MACHINE", classes(plain()))
        }
        _ => {
            named.less = true;
            return named;
        }
    };
    named.checks = ["32_bit", "64_bit"].map(|view| Check::Key { hive, key: key.clone(), view }).to_vec();
    named
}

fn classes(below: Text) -> Text {
    match below {
        Text::Matches(pattern) => {
            let pattern = pattern.trim_start_matches('^');
            Text::Matches(format!(r"^{}\\{}\\{pattern}", folded("software"), folded("classes")))
        }
        Text::Is(text) | Text::Folded(text) => Text::Folded(format!(r"software\classes\{text}")),
    }
}

fn joined(place: &[String]) -> String {
    place.iter().fold(String::new(), |path, part| path + "/" + part)
}

fn is_wild(part: &str) -> bool {
    part.contains(['*', '?'])
}

/// Whether a name is one that XML can carry and that no reader trims. Control characters are in none.
fn is_text(part: &str) -> bool {
    !part.contains(['\u{fffe}', '\u{ffff}']) && part.trim() == part && !part.is_empty()
}

/// A regular expression for parts, each behind a separator that is one itself.
fn pattern(parts: &[String], separator: &str, plain: &dyn Fn(&str) -> String) -> String {
    // In brackets a backslash is escaped as it is outside.
    let other = format!("[^{separator}]");
    let mut pattern = String::new();
    for part in parts {
        if part == "**" {
            pattern.extend(["(", separator, other.as_str(), "+)*"]);
            continue;
        }
        pattern.push_str(separator);
        let mut rest = part.as_str();
        while let Some(at) = rest.find(['*', '?']) {
            let (before, behind) = rest.split_at(at);
            pattern.push_str(&plain(before));
            pattern.push_str(&other);
            if behind.starts_with('*') {
                pattern.push('*');
            }
            rest = behind.get(1..).unwrap_or_default();
        }
        pattern.push_str(&plain(rest));
    }
    pattern
}

fn literal(text: &str) -> String {
    escaped(text)
}

/// A text whatever its letter case, without a flag that not every scanner knows.
fn folded(text: &str) -> String {
    let mut pattern = String::new();
    for character in text.chars() {
        let (mut lower, mut upper) = (character.to_lowercase(), character.to_uppercase());
        match (lower.next(), upper.next(), lower.next().or_else(|| upper.next())) {
            (Some(lower), Some(upper), None) if lower != upper => {
                pattern.extend(['[', lower, upper, ']']);
            }
            _ => pattern.push_str(&escaped(&character.to_string())),
        }
    }
    pattern
}
