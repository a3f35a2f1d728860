//! Copies of one ceremony that were signed apart, made one.

use interdict_schema::ceremony::{Ceremony, Document};

use super::{CeremonyRefusal, Opened, What};

/// Makes copies one: the signatures of all of them. A copy from before the targets were added gives its signatures to what is
/// not yet listed by them.
///
/// # Errors
///
/// [`CeremonyRefusal::OtherCeremony`] where they are no copies of one another.
pub fn merge(copies: Vec<Opened>) -> Result<Opened, CeremonyRefusal> {
    // The furthest first: nothing is taken back.
    let mut copies = copies;
    copies.sort_by_key(|copy| copy.targets().is_none());
    let mut copies = copies.into_iter();
    let Some(first) = copies.next() else { return Err(CeremonyRefusal::Documents { found: 0 }) };
    let closed = first.targets().is_some();
    let mut file = first.file().clone();
    for copy in copies {
        let found = bare(copy.file(), closed && copy.targets().is_none());
        if found != bare(&file, closed && copy.targets().is_none()) {
            return Err(CeremonyRefusal::OtherCeremony { found: copy.digest(), wanted: first.digest() });
        }
        let same_step = copy.targets().is_some() == closed;
        for (document, open) in copy.file().documents.iter().zip(copy.documents()) {
            let listed = closed && open.what.is_in_an_envelope();
            if listed && same_step && file.documents.iter().all(|there| there != document) {
                // Listed by the same targets, and so with the same signatures.
                return Err(CeremonyRefusal::Closed { name: document.name.clone() });
            }
            if !listed {
                add(&mut file, document);
            }
        }
    }
    Opened::new(file)
}

fn add(file: &mut Ceremony, document: &Document) {
    for there in file.documents.iter_mut().filter(|there| there.name == document.name) {
        for signature in &document.signatures {
            if there.signatures.iter().all(|known| known.keyid != signature.keyid) {
                there.signatures.push(signature.clone());
            }
        }
        there.signatures.sort_unstable();
    }
}

/// A file without its signatures; without the targets as well, where a copy does not have them yet.
fn bare(file: &Ceremony, without_targets: bool) -> Ceremony {
    let mut bare = file.clone();
    bare.documents.iter_mut().for_each(|document| document.signatures.clear());
    if without_targets {
        let is_targets = |document: &Document| matches!(What::read(document), Ok(What::Targets(_)));
        bare.documents.retain(|document| !is_targets(document));
        // Which targets they follow was settled when they were added.
        bare.base.iter_mut().for_each(|base| base.targets = 0);
    }
    bare
}
