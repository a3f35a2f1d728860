//! Programs of Windows: uninstall keys as `reg export` or PowerShell writes them, and `AppX` packages.
//!
//! Uninstall keys stand in four places: of the machine for 64-bit and for 32-bit programs, and of every user. One export has
//! seldom all of them, so every inventory says which of them are not in it, and that `AppX` packages are elsewhere. Text in
//! UTF-16 comes here decoded. Not here: whether a program's files are there, services, drivers, other keys of an export.

mod appx;
mod powershell;
mod program;
mod reg;

use super::format::Reader;
use super::head::Head;

/// `reg export`.
pub const REG: Reader = Reader {
    name: "windows-reg",
    title: "Windows uninstall keys (reg export)",
    recognises: |head| {
        let line = head.first_line();
        line.starts_with(b"Windows Registry Editor Version") || line == b"REGEDIT4"
    },
    read: reg::read,
};

/// `Get-ItemProperty … | ConvertTo-Json`.
pub const PROGRAMS: Reader = Reader {
    name: "windows-programs",
    title: "Windows uninstall keys (PowerShell, ConvertTo-Json)",
    recognises: is_programs,
    read: powershell::json,
};

/// `Get-ItemProperty … | Export-Csv`.
pub const PROGRAMS_CSV: Reader = Reader {
    name: "windows-programs-csv",
    title: "Windows uninstall keys (PowerShell, Export-Csv)",
    recognises: is_programs_csv,
    read: powershell::csv,
};

/// `Get-AppxPackage | ConvertTo-Json`.
pub const APPX: Reader = Reader {
    name: "windows-appx",
    title: "Windows AppX packages (Get-AppxPackage, ConvertTo-Json)",
    recognises: |head| (head.is_array() || head.is_object()) && head.has_all(&["Name", "PackageFamilyName"]),
    read: appx::read,
};

/// A name with another property that uninstall keys have; or where the first key has no name, its path.
fn is_programs(head: &Head<'_>) -> bool {
    let others = [
        "DisplayVersion",
        "UninstallString",
        "QuietUninstallString",
        "PSPath",
        "PSChildName",
        "InstallLocation",
    ];
    let named = head.has("DisplayName") && others.iter().any(|property| head.has(property));
    let key = br"CurrentVersion\\Uninstall\\";
    let keyed = || head.has("PSPath") && head.bytes().windows(key.len()).any(|part| part == key);
    (head.is_array() || head.is_object()) && (named || keyed())
}

/// A header of PowerShell's spelling, behind the line `#TYPE` that PowerShell 5 writes.
pub(super) fn is_programs_csv(head: &Head<'_>) -> bool {
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let typed = first.starts_with(b"#TYPE ");
    let header = if typed { lines.next().unwrap_or_default() } else { first };
    let delimiter = super::csv::delimiter(header);
    let mut headings = header.split(|byte| *byte == delimiter).map(|it| it.trim_ascii().trim_ascii());
    let bare =
        |it: &[u8]| it.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(it).to_vec();
    let headings: Vec<Vec<u8>> = headings.by_ref().map(bare).collect();
    let has = |property: &str| headings.iter().any(|heading| heading == property.as_bytes());
    has("DisplayName") && (typed || has("PSPath") || has("PSChildName") || has("UninstallString"))
}

#[cfg(test)]
mod tests;
