//! Lists of issuers.
#![no_main]

use interdict_schema::issuers::Issuers;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(issuers) = Issuers::parse(bytes) else { return };
    if issuers.check(&[]).is_ok() {
        for issuer in &issuers.issuers {
            for key in &issuer.keys {
                if let Some(key) = key.public_key() {
                    assert!(issuers.check(&[key]).is_err(), "a key that also serves the repository");
                }
            }
        }
    }
    if let Ok(id) = "BOD-17-01".parse() {
        let _ = issuers.issuer_of(&id);
    }
    let written = serde_json::to_vec(&issuers).unwrap();
    assert_eq!(Issuers::parse(&written).expect("what was written can be read"), issuers);
});
