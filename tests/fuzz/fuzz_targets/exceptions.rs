//! An agency's file of exceptions, and waivers as an issuer grants them: read or refused, and what is odd has a place in the
//! text.
#![no_main]

use std::path::Path;

use interdict_client::exceptions::Register;
use interdict_schema::waiver::WaiverDocument;
use interdict_schema::waiver::unsupported::unsupported;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        register(text);
    }
    let Ok(decoded) = WaiverDocument::parse(bytes) else { return };
    let document = &decoded.value;
    for found in unsupported(&decoded) {
        let _ = found.what.to_string();
    }
    assert!(interdict_schema::waiver::named_by(&document.target_path()).is_some());
    let _ = document.waiver();
    let written = serde_json::to_vec(document).unwrap();
    let again = WaiverDocument::parse(&written).expect("what was written can be read");
    assert_eq!(again.value, *document);
});

fn register(text: &str) {
    let register = Register::parse(text, Path::new("exceptions.toml"));
    let lines = text.matches('\n').count() + 1;
    for void in &register.void {
        assert!(!void.problems.is_empty());
        for place in void.problems.iter().map(|problem| problem.place).chain([void.place]) {
            assert!((1..=lines).contains(&place.line) && place.column >= 1 && place.column <= text.len() + 1, "{place}");
        }
    }
    if let Some(unreadable) = &register.unreadable {
        assert!(register.exceptions.is_empty() && !unreadable.to_string().is_empty());
    }
    for exception in &register.exceptions {
        assert!(exception.begins() <= exception.ends());
    }
}
