//! Identifiers that somebody asks about: read as any kind, one component that is complete, or a refusal.
#![no_main]

use interdict_client::inventory::asked::{self, AskedKind};
use libfuzzer_sys::fuzz_target;

const KINDS: [AskedKind; 7] = [
    AskedKind::Purl,
    AskedKind::Package,
    AskedKind::Cpe,
    AskedKind::Sha256,
    AskedKind::Cve,
    AskedKind::Domain,
    AskedKind::Ip,
];

fuzz_target!(|text: &str| {
    let _ = AskedKind::of(text);
    for kind in KINDS {
        match asked::read(text, kind) {
            Ok(inventory) => {
                assert!(inventory.is_complete());
                assert_eq!((inventory.components.len(), inventory.coverage.len()), (1, 1), "{kind:?}");
                assert!(!text.chars().any(interdict_schema::invisible::is_invisible));
            }
            Err(refused) => assert!(refused.to_string().len() < 1_000 + 8 * text.len()),
        }
    }
});
