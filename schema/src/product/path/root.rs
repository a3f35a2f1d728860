//! Where a path begins: drives, shares, variables, home folders; and the folders that are everybody's.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use super::super::glob;
use super::super::text::{TextError, TextRule, is_wild, wrong};
use super::{Family, is_any_drive, is_drive, split};

/// What Windows' variables stand for: a 32-bit program sees other folders under the same name.
pub const VARIABLES: [(&str, &[&str]); 15] = [
    ("programfiles", &[r"?:\program files", r"?:\program files (x86)"]),
    ("programfiles(x86)", &[r"?:\program files (x86)"]),
    ("programw6432", &[r"?:\program files"]),
    ("commonprogramfiles", &[r"?:\program files\common files", r"?:\program files (x86)\common files"]),
    ("commonprogramfiles(x86)", &[r"?:\program files (x86)\common files"]),
    ("programdata", &[r"?:\programdata"]),
    ("allusersprofile", &[r"?:\programdata"]),
    ("systemroot", &[r"?:\windows"]),
    ("windir", &[r"?:\windows"]),
    ("systemdrive", &[r"?:"]),
    ("public", &[r"?:\users\public"]),
    ("userprofile", &[r"?:\users\*"]),
    ("appdata", &[r"?:\users\*\appdata\roaming"]),
    ("localappdata", &[r"?:\users\*\appdata\local"]),
    ("temp", &[r"?:\users\*\appdata\local\temp", r"?:\windows\temp"]),
];

/// Folders in which everybody has something.
const EVERYBODYS: [&str; 41] = [
    r"?:\program files",
    r"?:\program files\common files",
    r"?:\program files (x86)",
    r"?:\program files (x86)\common files",
    r"?:\programdata",
    r"?:\users",
    r"?:\users\*\appdata",
    r"?:\users\*\appdata\local",
    r"?:\users\*\appdata\local\temp",
    r"?:\users\*\appdata\roaming",
    r"?:\windows",
    r"?:\windows\system32",
    r"?:\windows\system32\drivers",
    r"?:\windows\syswow64",
    r"?:\windows\temp",
    "/applications",
    "/library",
    "/library/application support",
    "/system",
    "/users",
    "/volumes",
    "/bin",
    "/etc",
    "/home",
    "/lib",
    "/opt",
    "/root",
    "/usr/bin",
    "/usr/lib",
    "/var/lib",
    "/run",
    "/sbin",
    "/srv",
    "/tmp",
    "/usr",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/sbin",
    "/usr/share",
    "/var",
];

/// The root of a path in each of its meanings, and what follows it.
pub(super) fn root(text: &str) -> Result<(Family, Vec<String>, &str), TextError> {
    let many = |roots: &[&str]| roots.iter().map(|root| (*root).to_owned()).collect();
    let plain =
        [r"\\?\", r"\\.\", r"\??\"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    if plain.len() < text.len() {
        if let Some(share) =
            plain.get(..4).filter(|unc| unc.eq_ignore_ascii_case(r"unc\")).and(plain.get(4..))
        {
            return Ok((Family::Windows, many(&[r"\\"]), share));
        }
        if drive(plain).is_none() {
            return wrong(0, TextRule::RelativePath);
        }
    }
    if let Some(letter) = drive(plain) {
        return Ok((Family::Windows, many(&[&letter]), plain.get(2..).unwrap_or_default()));
    }
    if let Some(rest) = text.strip_prefix('%') {
        let Some((name, below)) = rest.split_once('%').filter(|(name, _)| !name.is_empty()) else {
            return wrong(0, TextRule::Variable);
        };
        if !below.starts_with(['\\', '/']) {
            return wrong(text.len() - below.len(), TextRule::Variable);
        }
        let lower = name.to_ascii_lowercase();
        let lower = if lower == "tmp" { "temp" } else { lower.as_str() };
        let known = VARIABLES.iter().find(|(variable, _)| *variable == lower);
        // What an unknown variable stands for is known to the machine alone: it is itself.
        let roots = known.map_or_else(|| many(&[&alloc::format!("%{lower}%")]), |(_, roots)| many(roots));
        return Ok((Family::Windows, roots, below));
    }
    if let Some(share) = text.strip_prefix(r"\\") {
        return Ok((Family::Windows, many(&[r"\\"]), share));
    }
    if let Some(below) = text.strip_prefix("~/") {
        return Ok((Family::Unix, many(&["/home/*", "/root", "/users/*"]), below));
    }
    if text.starts_with('/') {
        Ok((Family::Unix, many(&["/"]), text))
    } else {
        wrong(0, TextRule::RelativePath)
    }
}

/// `c:` of `C:\…`.
fn drive(text: &str) -> Option<String> {
    let mut characters = text.chars();
    let letter = characters.next().filter(char::is_ascii_alphabetic)?;
    (characters.next() == Some(':') && matches!(characters.next(), Some('\\' | '/')))
        .then(|| String::from_iter([letter.to_ascii_lowercase(), ':']))
}

/// Whether the parts of a pattern that are more than wildcards make up no more than a folder of the system.
pub(super) fn is_everybodys(place: &[String]) -> bool {
    let end = place.iter().rposition(|part| !part.chars().all(|c| is_wild(c) || matches!(c, '.' | ' ')));
    // Nothing, a drive, an unknown variable, a server's name.
    let Some(place) = end.and_then(|end| place.get(..=end)) else { return true };
    let first = place.first().map(String::as_str).unwrap_or_default();
    if place.len() == 1 && (is_drive(first) || first.starts_with('%') || first == r"\\")
        || (place.len() < 3 && first == r"\\")
    {
        return true;
    }
    EVERYBODYS.iter().any(|folder| {
        let family = if folder.starts_with('/') { Family::Unix } else { Family::Windows };
        let known = || split(folder, family);
        known().count() == place.len()
            && known().zip(place).all(|(known, part)| {
                known == part
                    || (is_any_drive(known) && is_drive(part))
                    || (known == "*" && glob::matches(part, "x"))
            })
    })
}
