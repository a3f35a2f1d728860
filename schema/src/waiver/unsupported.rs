//! What of a waiver this version does not understand (`architecture.md`, invariant 10). It then frees nobody: the word that
//! is not understood may be the one that says for whom, or until when.

use alloc::vec::Vec;

use super::{FORMAT, WaiverDocument};
use crate::directive::unsupported::{Found, Unsupported, What};
use crate::json::{Decoded, Pointer};

/// Every place of a waiver that this version does not understand, in the order of their names.
pub fn unsupported(decoded: &Decoded<WaiverDocument>) -> Vec<Unsupported> {
    let mut found = Found::default();
    let root = Pointer::root();
    let waiver = &decoded.value;
    if waiver.format != FORMAT {
        found.add(root.join("format"), What::Format { found: waiver.format.clone() });
    }
    decoded.unknown.iter().for_each(|place| found.add(place.clone(), What::Member));
    found.word(|| root.join("status"), "status", &waiver.status);
    if let Some(marking) = &waiver.marking {
        found.word(|| root.join("marking"), "marking", marking);
    }
    found.sorted()
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};

    use super::*;

    #[test]
    fn lists_unknown_members_and_words_with_their_places() {
        let text = br#"{"format":"interdict-waiver/2","id":"BOD-X","revision":1,"status":"paused","title":"t","issuer":"dhs",
            "issued":"2018-09-19","target":{"id":"BOD-1","only_systems":["mail"]},"from":"2018-09-20","granted_by":"g"}"#;
        let places: Vec<String> = unsupported(&WaiverDocument::parse(text).unwrap())
            .iter()
            .map(|found| alloc::format!("{} {}", found.pointer, found.what))
            .collect();
        let wanted = [
            "/format format \"interdict-waiver/2\"",
            "/status unknown status \"paused\"",
            "/target/only_systems unknown member",
        ];
        assert_eq!(places, wanted.map(ToString::to_string));
    }
}
