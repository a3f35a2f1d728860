//! Programs of a Mac: `system_profiler -json SPApplicationsDataType SPInstallHistoryDataType` (macOS 10.15 and later).
//!
//! An application is there. An entry of the installation history was once installed, and may be gone: it is [`Presence::Recorded`].
//! Compared are names, versions, paths, and of the first signature the signer with the team that stands in brackets. Not here:
//! bundle ids, which the profiler does not print; the other data types.

use serde::Deserialize;

use super::component::{Inventory, Presence};
use super::coverage::{Place, Problem};
use super::csv::Column;
use super::format::{Format, Reader};
use super::gathering::{Gathering, row, unread};
use super::json::{Rows, Word, Words, document};
use super::limits::Limits;
use super::text::count;

/// What the profiler prints.
pub const READER: Reader = Reader {
    name: "macos",
    title: "macOS system_profiler -json",
    recognises: |head| {
        head.is_object() && (head.has("SPApplicationsDataType") || head.has("SPInstallHistoryDataType"))
    },
    read,
};

#[derive(Deserialize)]
struct Profile<'a> {
    #[serde(borrow, default, rename = "SPApplicationsDataType")]
    applications: Option<Rows<Application<'a>>>,
    #[serde(borrow, default, rename = "SPInstallHistoryDataType")]
    history: Option<Rows<Installation<'a>>>,
}

#[derive(Deserialize)]
struct Application<'a> {
    #[serde(borrow, default, rename = "_name")]
    name: Word<'a>,
    #[serde(borrow, default)]
    version: Word<'a>,
    #[serde(borrow, default)]
    path: Word<'a>,
    /// `mac_app_store`, `identified_developer`, `apple`, `unknown`.
    #[serde(borrow, default)]
    obtained_from: Word<'a>,
    /// The names of the certificates, the signer's first.
    #[serde(borrow, default)]
    signed_by: Words<'a>,
}

#[derive(Deserialize)]
struct Installation<'a> {
    #[serde(borrow, default, rename = "_name")]
    name: Word<'a>,
    #[serde(borrow, default, rename = "install_version")]
    version: Word<'a>,
    /// `package_source_apple` or `package_source_other`.
    #[serde(borrow, default, rename = "package_source")]
    from: Word<'a>,
}

/// Reads a profile.
fn read(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    let profile: Profile<'_> = match document(bytes) {
        Ok(profile) => profile,
        Err(problem) => return unread(source, Format::MacOs, problem),
    };
    let mut gathering = Gathering::new(source, Format::MacOs, limits);
    let applications = profile.applications.as_ref().map_or(&[][..], |rows| &rows.0);
    for (place, application) in (1..).map(row).zip(applications) {
        match application {
            Some(application) => self::application(application, place, &mut gathering),
            None => gathering.skip(place, Problem::RowShape),
        }
    }
    // Rows go on counting behind the applications.
    let history = profile.history.as_ref().map_or(&[][..], |rows| &rows.0);
    for (place, installation) in (count(applications.len()) + 1..).map(row).zip(history) {
        match installation {
            Some(installation) => self::installation(installation, place, &mut gathering),
            None => gathering.skip(place, Problem::RowShape),
        }
    }
    let missing = [
        (profile.applications.is_none(), "applications (SPApplicationsDataType)"),
        (profile.history.is_none(), "what was installed as a package (SPInstallHistoryDataType)"),
    ];
    for (_, part) in missing.into_iter().filter(|(missing, _)| *missing) {
        gathering.note(row(0), Problem::NotExported { part });
    }
    gathering.finish()
}

fn application(application: &Application<'_>, place: Place, gathering: &mut Gathering<'_>) {
    let path = application.path.text();
    let from_path = || path.and_then(|path| path.trim_end_matches('/').rsplit('/').next());
    let Some(name) = application.name.text().or_else(from_path) else {
        return gathering.skip(place, Problem::NothingNamed);
    };
    let Some(mut component) = gathering.component(name, place, None) else { return };
    component.version = application.version.owned();
    if application.obtained_from.text() == Some("apple") {
        component.add_vendor("Apple");
    }
    let mut identifiers = gathering.identifiers(place);
    if let Some(path) = path {
        identifiers.trace(&mut component, Column::Path, path);
    }
    if let Some(certificate) = application.signed_by.texts().next() {
        let (signer, team) = signer(certificate);
        identifiers.trace(&mut component, Column::Signer, certificate);
        if signer != certificate {
            // What stands before the name says what the certificate is for.
            identifiers.trace(&mut component, Column::Signer, signer);
            component.add_vendor(signer);
        }
        if let Some(team) = team {
            identifiers.trace(&mut component, Column::TeamId, team);
        }
    }
    gathering.keep(component);
}

fn installation(installation: &Installation<'_>, place: Place, gathering: &mut Gathering<'_>) {
    let Some(name) = installation.name.text() else {
        return gathering.skip(place, Problem::NothingNamed);
    };
    let Some(mut component) = gathering.component(name, place, None) else { return };
    component.version = installation.version.owned();
    component.presence = Presence::Recorded;
    if installation.from.text() == Some("package_source_apple") {
        component.add_vendor("Apple");
    }
    gathering.keep(component);
}

/// Name and team in `Developer ID Application: Name (TEAM123456)`.
fn signer(certificate: &str) -> (&str, Option<&str>) {
    let is_team =
        |text: &str| text.len() == 10 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let bracketed = certificate.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    let (rest, team) = match bracketed.filter(|(_, team)| is_team(team)) {
        Some((rest, team)) => (rest.trim_end(), Some(team)),
        None => (certificate, None),
    };
    let kinds = [
        "Developer ID Application:",
        "Developer ID Installer:",
        "Apple Distribution:",
        "Apple Development:",
        "3rd Party Mac Developer Application:",
        "Mac Developer:",
    ];
    let name = kinds.iter().find_map(|kind| rest.strip_prefix(kind)).map(str::trim);
    (name.filter(|name| !name.is_empty()).unwrap_or(rest), team)
}

#[cfg(test)]
mod tests;
