//! What apt tells a command of `DPkg::Pre-Install-Pkgs` (apt.conf(5), apt 2.6), versions 2 and 3: its configuration up to a blank
//! line, then a line for each thing that dpkg is about to do.
//!
//! Version 1 is a list of files alone and is refused. Names and versions are as the packages say them, and so is nothing but
//! their form believed.

use thiserror::Error;

use super::meant::Package;

/// The longest text that is read, in bytes. Ten thousand packages at once make two million.
pub const MAX_BYTES: u64 = 64 << 20;

/// What apt is about to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The package, with the version that will be there.
    pub package: Package,
    /// The version that is there now.
    pub present: Option<String>,
}

/// What apt said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The packages that are about to be unpacked. What is configured was unpacked before or stands here too; what is removed
    /// is nobody's business.
    pub unpacked: Vec<Change>,
    /// The first line that could not be read, from 1.
    pub unreadable: Option<usize>,
}

/// Why nothing is known of what apt will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProtocolError {
    /// Not UTF-8.
    #[error("found what is not UTF-8, wanted the protocol of DPkg::Pre-Install-Pkgs")]
    Utf8,
    /// Another version, or none.
    #[error("found no `VERSION 2` or `VERSION 3`, wanted the protocol of DPkg::Pre-Install-Pkgs")]
    Version,
    /// The configuration never ends.
    #[error("found no blank line behind the configuration of apt, wanted the packages there")]
    NoEnd,
}

/// Reads what apt says.
///
/// # Errors
/// [`ProtocolError`]. A line of a package that cannot be read is told in the answer.
pub fn read(bytes: &[u8]) -> Result<Told, ProtocolError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ProtocolError::Utf8)?;
    let mut lines = text.lines().enumerate();
    let version = match lines.next() {
        Some((_, "VERSION 3")) => Version::Three,
        Some((_, "VERSION 2")) => Version::Two,
        _ => return Err(ProtocolError::Version),
    };
    if !lines.any(|(_, line)| line.is_empty()) {
        return Err(ProtocolError::NoEnd);
    }
    let mut told = Told::default();
    for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
        match change(line, version) {
            Some(Action::Unpacked(change)) => told.unpacked.push(change),
            Some(Action::Other) => {}
            None => {
                told.unreadable.get_or_insert(number.saturating_add(1));
            }
        }
    }
    Ok(told)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    Two,
    Three,
}

enum Action {
    Unpacked(Change),
    Other,
}

/// One line. The last field is a file's name, in which there may be blanks.
fn change(line: &str, version: Version) -> Option<Action> {
    let (name, present, new, architecture, action) = match version {
        Version::Two => {
            let mut fields = line.splitn(5, ' ');
            let (name, present) = (fields.next()?, fields.next()?);
            let new = fields.nth(1)?;
            (name, present, new, None, fields.next()?)
        }
        Version::Three => {
            let mut fields = line.splitn(9, ' ');
            let (name, present) = (fields.next()?, fields.next()?);
            let (new, architecture) = (fields.nth(3)?, fields.next()?);
            (name, present, new, Some(architecture), fields.nth(1)?)
        }
    };
    if name.is_empty() || action.is_empty() {
        return None;
    }
    if matches!(action, "**CONFIGURE**" | "**REMOVE**") {
        return Some(Action::Other);
    }
    let there = |text: &str| (!matches!(text, "" | "-")).then(|| text.to_owned());
    let architecture = architecture.and_then(there);
    let package = Package { name: name.to_owned(), version: there(new)?, architecture };
    Some(Action::Unpacked(Change { package, present: there(present) }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    fn package(name: &str, version: &str, architecture: Option<&str>) -> Package {
        Package { name: name.into(), version: version.into(), architecture: architecture.map(Into::into) }
    }

    #[test]
    fn only_what_is_unpacked_counts_and_a_file_may_have_blanks_in_its_name() {
        let text = "VERSION 3\nAPT::Architecture=amd64\nCommandLine::AsString=apt%20install\n\n\
                    new - - none < 1:1.0-1 amd64 same /a b/new_1.0.deb\n\
                    old 1.0 all none < 2.0 all none /c/old_2.0_all.deb\n\
                    gone 2.0 all none > - - none **REMOVE**\n\
                    new - - none < 1:1.0-1 amd64 same **CONFIGURE**\n";
        let told = read(text.as_bytes()).unwrap();
        let new = Change { package: package("new", "1:1.0-1", Some("amd64")), present: None };
        let old = Change { package: package("old", "2.0", Some("all")), present: Some("1.0".into()) };
        assert_eq!(told, Told { unpacked: vec![new, old], unreadable: None });
    }

    #[test]
    fn the_second_version_tells_no_architecture() {
        let told = read(b"VERSION 2\n\nnew - < 1.0 /a b.deb\n").unwrap();
        assert_eq!(told.unpacked, [Change { package: package("new", "1.0", None), present: None }]);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_told_and_the_others_count() {
        let told = read(
            b"VERSION 3\n\nnew - -\nok - - none < 1.0 all none /a.deb\nx - - none < - all none /b.deb\n",
        )
        .unwrap();
        assert_eq!((told.unpacked.len(), told.unreadable), (1, Some(3)));
    }

    #[test]
    fn another_protocol_is_refused() {
        assert_eq!(read(b"/var/cache/apt/archives/a.deb\n"), Err(ProtocolError::Version));
        assert_eq!(read(b""), Err(ProtocolError::Version));
        assert_eq!(read(b"VERSION 3\nA=b\n"), Err(ProtocolError::NoEnd));
        assert_eq!(read(b"VERSION 3\n\xff\n\n"), Err(ProtocolError::Utf8));
    }
}
