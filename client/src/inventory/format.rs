//! The formats of inventories: one line each in the list below, one reader each in a file of its own.
//!
//! A reader says what it is called, how it knows its format by a [`Head`], and how it reads the bytes. Adding one means: its
//! file, with a [`Reader`] in it, and its line here. Not here: telling which one some bytes are ([`super::detect`]).

use std::fmt;
use std::str::FromStr;

use super::component::Inventory;
use super::detect::DetectError;
use super::head::Head;
use super::limits::Limits;
use super::{alpm, apk, csv, cyclonedx, dpkg, dpkg_list, flatpak, npm, python, rpm, snap};

/// How one format is known and read.
#[derive(Debug)]
pub struct Reader {
    /// The word on the command line and in output: lower case, digits, `-`.
    pub name: &'static str,
    /// What it is, for help and messages.
    pub title: &'static str,
    /// Whether a document begins as this format does. No two readers claim the same document.
    pub recognises: fn(&Head<'_>) -> bool,
    /// Reads a document, named so in the coverage. What is wrong in it is in the coverage.
    pub read: fn(&[u8], &str, &Limits) -> Inventory,
}

macro_rules! formats {
    ($($(#[$doc:meta])* $format:ident => $reader:path,)*) => {
        /// A format that can be read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Format {
            $($(#[$doc])* $format,)*
        }

        impl Format {
            /// All formats, in the order in which they are tried.
            pub const ALL: &'static [Self] = &[$(Self::$format,)*];

            /// How it is known and read.
            pub const fn reader(self) -> &'static Reader {
                match self {
                    $(Self::$format => &$reader,)*
                }
            }
        }
    };
}

formats! {
    /// dpkg's status file.
    Dpkg => dpkg::READER,
    /// What `dpkg -l` or `dpkg-query -W` prints.
    DpkgList => dpkg_list::READER,
    /// rpm's SQLite database.
    RpmSqlite => rpm::READER,
    /// What `rpm -qa` prints.
    RpmQa => rpm::list::READER,
    /// apk's database.
    Apk => apk::READER,
    /// pacman's descriptions of packages.
    Alpm => alpm::READER,
    /// Flatpak's metadata files.
    Flatpak => flatpak::READER,
    /// snapd's state, or a snap's own words.
    Snap => snap::READER,
    /// Metadata of a Python package.
    Python => python::READER,
    /// Node's `package.json` and `package-lock.json`.
    Npm => npm::READER,
    /// `CycloneDX` JSON.
    CycloneDx => cyclonedx::READER,
    /// CSV with a header. The last: a first line of commas is not much to go by.
    Csv => csv::READER,
}

impl Format {
    /// The format's name on the command line.
    pub const fn name(self) -> &'static str {
        self.reader().name
    }

    /// The names of all formats, for messages: `dpkg, cyclonedx, …`.
    pub fn names() -> String {
        Self::ALL.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = DetectError;

    fn from_str(text: &str) -> Result<Self, DetectError> {
        Self::ALL.iter().copied().find(|format| format.name() == text).ok_or(DetectError::Name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back_and_no_two_are_alike() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(*format));
            assert_eq!(Format::ALL.iter().filter(|other| other.name() == format.name()).count(), 1);
        }
        assert_eq!("word".parse::<Format>(), Err(DetectError::Name));
    }
}
