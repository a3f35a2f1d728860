//! An entry of the list of programs, wherever it was exported from, and which lists an export has not.

use super::super::coverage::{Place, Problem};
use super::super::csv::Column;
use super::super::gathering::{Gathering, row};

/// The values of one uninstall key.
#[derive(Debug, Default)]
pub(super) struct Program<'a> {
    /// The whole path of the key, where it is known.
    pub(super) key: Option<&'a str>,
    /// The key's own name.
    pub(super) id: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    pub(super) version: Option<&'a str>,
    pub(super) publisher: Option<&'a str>,
    pub(super) location: Option<&'a str>,
    pub(super) icon: Option<&'a str>,
    pub(super) host: Option<&'a str>,
}

/// Which of the lists of programs some keys are of.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each of the lists is there or not")]
pub(super) struct Lists {
    machine: bool,
    machine32: bool,
    user: bool,
    users: bool,
    unknown: bool,
}

/// The path of a key without what PowerShell and the registry editor write before the hive.
pub(super) fn without_provider(key: &str) -> &str {
    let key = key.rsplit_once("::").map_or(key, |(_, key)| key);
    key.strip_prefix("Computer\\").unwrap_or(key)
}

/// What stands below `CurrentVersion\Uninstall`: nothing for that key itself, none for another key.
pub(super) fn below_uninstall(key: &str) -> Option<&str> {
    let mut parts = key.split('\\');
    let mut end = 0;
    let mut before = "";
    for part in parts.by_ref() {
        end += part.len() + 1;
        if before.eq_ignore_ascii_case("CurrentVersion") && part.eq_ignore_ascii_case("Uninstall") {
            return Some(key.get(end..).unwrap_or_default());
        }
        before = part;
    }
    None
}

impl Lists {
    /// Notes of which list a key is.
    pub(super) fn see(&mut self, key: Option<&str>) {
        let Some(key) = key.map(without_provider) else { return self.unknown = true };
        let hive = key.split('\\').next().unwrap_or_default().trim_end_matches(':').to_ascii_uppercase();
        match hive.as_str() {
            "HKEY_CURRENT_USER" | "HKCU" => self.user = true,
            "HKEY_USERS" | "HKU" => self.users = true,
            _ if key.split('\\').any(|part| part.eq_ignore_ascii_case("WOW6432Node")) => {
                self.machine32 = true;
            }
            _ => self.machine = true,
        }
    }

    /// Says which lists are not there.
    pub(super) fn say(&self, gathering: &mut Gathering<'_>) {
        let missing = [
            (self.unknown, "from which keys it was exported: rows have no PSPath"),
            (!self.machine && !self.unknown, r"64-bit programs of the machine (HKLM\SOFTWARE)"),
            (!self.machine32 && !self.unknown, r"32-bit programs of the machine (HKLM\SOFTWARE\WOW6432Node)"),
            (!self.user && !self.users && !self.unknown, r"programs of users (HKCU, or HKU of every user)"),
            (self.user && !self.users, "programs of other users (HKU of every user)"),
            (self.users, "programs of users who were not logged on (HKU has those who are)"),
            (true, "AppX packages (Get-AppxPackage -AllUsers)"),
        ];
        for (_, part) in missing.into_iter().filter(|(missing, _)| *missing) {
            gathering.note(row(0), Problem::NotExported { part });
        }
    }
}

impl Program<'_> {
    /// Takes it as a component. A key without any value of ours and without a name of its own is a blank row.
    pub(super) fn keep(&self, place: Place, gathering: &mut Gathering<'_>) {
        let last = || self.key.and_then(|key| key.rsplit('\\').next());
        let Some(name) = self.name.or(self.id).or_else(last) else {
            let blank = [self.version, self.publisher, self.location].iter().all(Option::is_none);
            if !blank {
                gathering.skip(place, Problem::NothingNamed);
            }
            return;
        };
        let key = self.key.map(without_provider);
        let Some(mut component) = gathering.component(name, place, key) else { return };
        component.version = self.version.map(str::to_owned);
        component.add_vendor(self.publisher.unwrap_or_default());
        component.host = self.host.map(Into::into);
        let mut identifiers = gathering.identifiers(place);
        if let Some(key) = key {
            identifiers.trace(&mut component, Column::RegistryKey, key);
        }
        let bare = |path: &str| path.trim().trim_matches('"').trim().to_owned();
        if let Some(path) = self.location.map(bare).filter(|path| !path.is_empty()) {
            identifiers.trace(&mut component, Column::Path, &path);
        } else if let Some(path) = self.icon.map(|icon| bare(without_index(icon))) {
            // An icon may be anything; where it is a file, it is one of the program's.
            component.add_path(&path);
        }
        gathering.keep(component);
    }
}

/// An icon's file: `C:\x.exe,0` names the picture in it, too.
fn without_index(icon: &str) -> &str {
    match icon.rsplit_once(',') {
        Some((file, index)) if index.trim().trim_start_matches('-').bytes().all(|b| b.is_ascii_digit()) => {
            file
        }
        _ => icon,
    }
}
