//! Streams the files of entries of the lists in force past an inventory.

use std::collections::BTreeSet;

use interdict_schema::Sha256;
use interdict_schema::directive::IdentifierKind;
use interdict_schema::entity::{EntryFile, NotEntries};
use interdict_schema::policy::Source;

use super::Failure;
use crate::assess::Attached;
use crate::assess::attached::{Sifted, Texts, Wanted, wanted};
use crate::inventory::{Description, Inventory};
use crate::store::generation::{FileError, Generation, HeldFile};

/// Whether any list that is held has files of entries.
pub(super) fn has_files(generation: &Generation) -> bool {
    let mut lists =
        generation.repositories.iter().flat_map(|held| &held.lists).flat_map(|held| &held.revisions);
    lists.any(|revision| !revision.believed.document.value.attachments.is_empty())
}

/// What may be an entry of a file: all that has to be known where little of what is read can be kept.
pub(super) enum Listed {
    /// Files hold digests and nothing else that a file on a disk has: these, sorted.
    Digests(Vec<Sha256>),
    /// Anything may be.
    Anything,
}

impl Listed {
    /// What the files of entries that are held list, in force or not: 32 bytes for each digest.
    pub(super) fn in_files(generation: &Generation) -> Self {
        let mut digests = Vec::new();
        for held in &generation.repositories {
            let revisions = held.lists.iter().flat_map(|held| &held.revisions);
            for file in revisions.flat_map(|revision| &revision.believed.document.value.attachments) {
                match (&file.kind, held.attachments.get(&file.digest)) {
                    (IdentifierKind::Path, _) => return Self::Anything,
                    (IdentifierKind::Sha256, Some(kept)) => {
                        let read = kept.read(file, &mut |entry| digests.extend(entry.parse::<Sha256>()));
                        // Why it cannot be read is said where its entries are looked for.
                        if read.is_err() {
                            return Self::Anything;
                        }
                    }
                    _ => {}
                }
            }
        }
        digests.sort_unstable();
        digests.dedup();
        Self::Digests(digests)
    }

    /// Whether an entry may mean a file.
    pub(super) fn may_mean(&self, file: &Description) -> bool {
        match self {
            Self::Digests(digests) => file.sha256.iter().any(|found| digests.binary_search(found).is_ok()),
            Self::Anything => true,
        }
    }
}

/// What of the files of entries that the directives in force mean stands in an inventory.
pub(super) fn attached(
    generation: &Generation,
    sources: &[Source<'_>],
    inventory: &Inventory,
) -> Result<Attached, Failure> {
    let mut attached = Attached::default();
    let mut seen = BTreeSet::new();
    for source in sources {
        let directive = &source.directive.document.value;
        if directive.is_ended() {
            continue;
        }
        let resolved =
            directive.subjects.iter().flat_map(|it| source.lists.of_subject(&directive.issuer, it));
        for believed in resolved.filter_map(|found| found.list) {
            if !seen.insert(believed.payload.digest) {
                continue;
            }
            let list = &believed.document.value;
            for (number, file) in list.attachments.iter().enumerate() {
                // A kind that no file can hold is among what is not understood.
                if !EntryFile::may_hold(&file.kind) {
                    continue;
                }
                let texts = match wanted(&file.kind, inventory) {
                    Wanted::Among(texts) => texts,
                    Wanted::Nothing(why) => {
                        attached.not_looked_for(file, why);
                        continue;
                    }
                };
                let held = generation
                    .repositories
                    .iter()
                    .filter(|held| held.name.as_str() == source.repository)
                    .find_map(|held| held.attachments.get(&file.digest));
                // That one is missing is said where the list is resolved.
                let Some(held) = held else { continue };
                match entries(held, file, &texts) {
                    Ok(sifted) => attached.keep(&list.id, believed.payload.digest, number, file, sifted),
                    Err(FileError::Form { source, .. }) if is_of_the_issuer(source) => {
                        attached.unreadable(&list.id, file, source);
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
    Ok(attached)
}

/// The entries of a file that are among these texts, once the whole file was the one that is signed.
fn entries<'t>(held: &HeldFile, file: &EntryFile, texts: &'t Texts) -> Result<Sifted<'t>, FileError> {
    let mut sifted = Sifted::by(texts);
    held.read(file, &mut |entry| sifted.take(entry))?;
    Ok(sifted)
}

/// Whether a file is the one that was signed, and has lines of another form: the issuer's doing, and no damage.
fn is_of_the_issuer(why: NotEntries) -> bool {
    !matches!(why, NotEntries::Longer { .. } | NotEntries::Shorter { .. } | NotEntries::Digest { .. })
}
