//! Whether what is published is still what a ceremony builds on.

use interdict_schema::Sha256;
use interdict_schema::ceremony::Kind;

use super::{CeremonyRefusal, Opened, What};
use crate::repository::current::Current;

/// How far what a ceremony is for has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether the new root is still to be installed.
    pub root: bool,
    /// Whether the new targets are.
    pub targets: bool,
    /// Whether the new list of issuers, or the new envelope round the same, is.
    pub issuers: bool,
}

/// Compares a ceremony with what is published; `first` is the fingerprint of the repository's first root.
///
/// # Errors
///
/// [`CeremonyRefusal::OtherRepository`], [`CeremonyRefusal::OtherRoot`], and [`CeremonyRefusal::Moved`] where something else was
/// published since.
pub fn standing(opened: &Opened, first: Sha256, current: &Current) -> Result<Standing, CeremonyRefusal> {
    opened.check_repository(first)?;
    let (Some(file), Some(base)) = (&opened.file().base, opened.base()) else {
        return Err(CeremonyRefusal::NoBase);
    };
    let published = current.root().signed();
    let root = match opened.root() {
        Some(root) if published == root => false,
        root if published.version == file.root => {
            if current.root().canonical() != base.root.canonical() {
                let (found, wanted) = (base.root.fingerprint(), current.root().fingerprint());
                return Err(CeremonyRefusal::OtherRoot { version: file.root, found, wanted });
            }
            root.is_some()
        }
        _ => {
            let (found, published) = (file.root, published.version);
            return Err(CeremonyRefusal::Moved { what: "the root", found, published });
        }
    };
    let targets = match opened.targets() {
        Some(targets) if current.targets().signed() == targets => false,
        Some(_) if current.targets().signed().version != file.targets => {
            let (found, published) = (file.targets, current.targets().signed().version);
            return Err(CeremonyRefusal::Moved { what: "the targets", found, published });
        }
        targets => targets.is_some(),
    };
    let new = opened.documents().iter().find_map(|open| match &open.what {
        What::Issuers(issuers) => Some(&**issuers),
        _ => None,
    });
    let issuers = match new {
        // Of the same list there may be another envelope, for another root.
        Some(new) if **current.issuers() == *new => opened.file().kind == Kind::Root && root,
        Some(_) if current.issuers().version != file.issuers => {
            let (found, published) = (file.issuers.into(), current.issuers().version.into());
            return Err(CeremonyRefusal::Moved { what: "the list of issuers", found, published });
        }
        new => new.is_some(),
    };
    Ok(Standing { root, targets, issuers })
}
