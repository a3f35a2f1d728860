//! What of a list this version does not understand (`architecture.md`, invariant 10). Its other rows count all the same.

use alloc::vec::Vec;

use super::{EntityList, EntryFile, FORMAT};
use crate::directive::unsupported::{Found, Unsupported, What, unreadable_rows};
use crate::json::{Decoded, Pointer};

/// Every place of a list that this version does not understand, in the order of their names; rows that cannot be read are
/// among them.
pub fn unsupported(decoded: &Decoded<EntityList>) -> Vec<Unsupported> {
    let mut list = unsupported_words(decoded);
    unreadable_rows(&decoded.value.identifiers, &Pointer::root, &mut list);
    list.sort();
    list
}

/// As [`unsupported`], rows that cannot be read left out: for whoever reads them anyway.
pub fn unsupported_words(decoded: &Decoded<EntityList>) -> Vec<Unsupported> {
    let mut found = Found::default();
    let root = Pointer::root();
    let list = &decoded.value;
    if list.format != FORMAT {
        found.add(root.join("format"), What::Format { found: list.format.clone() });
    }
    decoded.unknown.iter().for_each(|place| found.add(place.clone(), What::Member));
    if let Some(marking) = &list.marking {
        found.word(|| root.join("marking"), "marking", marking);
    }
    found.identifiers(|| root.clone(), &list.identifiers);
    for (number, file) in list.attachments.iter().enumerate() {
        let at = || root.join("attachments").join(number);
        found.word(|| at().join("kind"), "identifier kind", &file.kind);
        if let Some(confidence) = &file.confidence {
            found.word(|| at().join("confidence"), "confidence", confidence);
        }
        if file.kind.is_known() && !EntryFile::may_hold(&file.kind) {
            found.add(at(), What::NotApplied { of: "a file of entries of this kind" });
        }
    }
    found.sorted()
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;

    #[test]
    fn lists_unknown_members_words_and_kinds_with_their_places() {
        let digest = crate::Sha256::of(b"");
        let text = alloc::format!(
            r#"{{"format":"interdict-entity-list/2","id":"BOD-X","revision":1,"title":"t","issuer":"dhs","issued":"2017-09-13",
            "identifiers":[{{"kind":"smell","value":"x"}},{{"kind":"package","value":"x","confidence":"some"}},{{"kind":"domain","value":"com"}}],"more":1,
            "attachments":[{{"kind":"cpe","path":"c.txt","digest":"{digest}","length":0,"entries":0}},
            {{"kind":"sound","path":"s.txt","digest":"{digest}","length":0,"entries":0}}]}}"#
        );
        let found = unsupported(&EntityList::parse(text.as_bytes()).unwrap());
        let places: Vec<String> =
            found.iter().map(|found| alloc::format!("{} {}", found.pointer, found.what)).collect();
        assert_eq!(
            places,
            [
                "/attachments/0 a file of entries of this kind is shown and not applied",
                "/attachments/1/kind unknown identifier kind \"sound\"",
                "/format format \"interdict-entity-list/2\"",
                "/identifiers/0/kind unknown identifier kind \"smell\"",
                "/identifiers/1/confidence unknown confidence \"some\"",
                "/identifiers/2 identifier: not of this kind, byte 0: found a single label, wanted a domain below a top-level domain",
                "/more unknown member",
            ]
        );
    }
}
