//! What a renderer is.
//!
//! A new target costs one file, the line that names it in `enforce/mod.rs`, and one in [`ALL`]. It reads nothing and runs nothing: what it has to know of the machine it
//! asks for by [`Target::reads`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use interdict_schema::DateTime;
use thiserror::Error;

use super::bans::Bans;
use super::command::Command;
use super::rendered::Rendered;
use super::stage::Mode;

/// Every target, in the order in which they are shown and applied.
pub const ALL: &[&dyn Target] = &[
    &super::rpz::DnsRpz,
    &super::nftables::Nftables,
    &super::apt::Apt,
    &super::browsers::chromium::CHROMIUM,
    &super::browsers::chromium::CHROME,
    &super::browsers::chromium::EDGE,
    &super::browsers::Firefox,
    &super::dnf::Dnf,
    &super::fapolicyd::Fapolicyd,
    &super::oval::Oval,
];

/// The target of this name.
pub fn named(name: &str) -> Option<&'static dyn Target> {
    ALL.iter().copied().find(|target| target.name() == name)
}

/// A tool that obeys.
pub trait Target: Debug + Sync {
    /// Its name on the command line, in the configuration and in plans: lower case, hyphens.
    fn name(&self) -> &'static str;

    /// What it does, in a sentence without a full stop: `answers NXDOMAIN for banned domains`.
    fn about(&self) -> &'static str;

    /// What can be set in the configuration's `[enforce.<name>]`, each with what counts where it is not.
    fn settings(&self) -> &'static [Setting];

    /// The files of the machine that rendering must see, as they are now.
    fn reads(&self, options: &Options<'_>) -> Vec<PathBuf> {
        let _ = options;
        Vec::new()
    }

    /// The folders of the machine of which rendering must see every file, as they are now: a tool that takes several files
    /// together is understood only from all of them.
    fn reads_folders(&self, options: &Options<'_>) -> Vec<PathBuf> {
        let _ = options;
        Vec::new()
    }

    /// A file that this target shares, without what it put there, empty where nothing else is in it; `None` where it put nothing
    /// there. Only for those of [`Ownership::Shared`](super::Ownership::Shared).
    fn without(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let _ = bytes;
        None
    }

    /// A file of this target as people approve it: without what is chosen only when it is written, as the serial of a zone, so that a
    /// plan stays the same until something else changes.
    fn approved<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        Cow::Borrowed(bytes)
    }

    /// A file that this target shares, as it is now (`None` where it is gone), with what was this target's in the bytes of an earlier
    /// one put into it again. `None` where that cannot be done. Only for those of [`Ownership::Shared`](super::Ownership::Shared).
    fn put_again(&self, earlier: &[u8], now: Option<&[u8]>) -> Option<Vec<u8>> {
        let _ = (earlier, now);
        None
    }

    /// How the tool lets go of what it took up, where nothing of this target lies on the machine any more after an undo.
    /// Empty where it is enough to run [`Rendered::activate`] once more, as for a tool that reads its folder anew.
    fn release(&self) -> Vec<Command> {
        Vec::new()
    }

    /// Renders the bans. Equal arguments give equal files, to the byte.
    ///
    /// # Errors
    /// [`RenderError`]: nothing of this target is written.
    fn render(&self, bans: &Bans, options: &Options<'_>) -> Result<Rendered, RenderError>;
}

/// Something of a target that an operator may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its key.
    pub key: &'static str,
    /// What it is, without a full stop.
    pub about: &'static str,
    /// What counts where it is not set.
    pub default: &'static str,
}

/// What a renderer is given besides the bans.
#[derive(Debug, Clone)]
pub struct Options<'o> {
    /// The moment for which the bans were derived.
    pub now: DateTime,
    /// What was asked for; the stage of every ban has it in it already.
    pub mode: Mode,
    /// What is set of this target.
    pub settings: &'o BTreeMap<String, String>,
    /// Its settings and their defaults.
    pub known: &'static [Setting],
    /// The files that it asked to see.
    pub seen: &'o Seen,
}

impl<'o> Options<'o> {
    /// A setting, or its default; empty for one that the target does not have.
    pub fn setting(&self, key: &str) -> &'o str {
        let default =
            || self.known.iter().find(|setting| setting.key == key).map_or("", |found| found.default);
        self.settings.get(key).map_or_else(default, String::as_str)
    }

    /// A setting that is a path.
    pub fn path(&self, key: &str) -> PathBuf {
        PathBuf::from(self.setting(key))
    }
}

/// Files of the machine, as they are now. One that this program wrote is given without its marker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen(BTreeMap<PathBuf, Now>);

/// What a file is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Now {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it was before this program first merged into it; `None` where it did not, or there was no file.
    pub base: Option<Vec<u8>>,
    /// Whether this program wrote it.
    pub ours: bool,
}

impl Seen {
    /// Adds a file.
    pub fn add(&mut self, path: PathBuf, now: Now) {
        self.0.insert(path, now);
    }

    /// The files of a folder, by name.
    pub fn below<'s>(&'s self, folder: &'s Path) -> impl Iterator<Item = (&'s Path, &'s Now)> {
        let files = self.0.iter().map(|(path, now)| (path.as_path(), now));
        files.filter(move |(path, _)| path.parent() == Some(folder))
    }

    /// A file, where there is one.
    pub fn file(&self, path: &Path) -> Option<&Now> {
        self.0.get(path)
    }
}

/// Why a target cannot be rendered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RenderError {
    /// A setting that the target cannot use.
    #[error("setting {key}: found {found:?}, wanted {wanted}")]
    Setting {
        /// Which.
        key: &'static str,
        /// What is set.
        found: String,
        /// What is allowed.
        wanted: &'static str,
    },
    /// A file of the machine that must be merged into and cannot be understood.
    #[error("{}: found what cannot be merged into, wanted {wanted}", path.display())]
    Merge {
        /// The file.
        path: PathBuf,
        /// What it must be.
        wanted: &'static str,
    },
}
