//! The strict reader: it never panics, what it reads it reads again from what it writes, and the canonical form, where it
//! is JSON, is its own canonical form.
#![no_main]

use interdict_schema::json::{canonical, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = parse(bytes) else { return };
    // Not stricter than JSON, and not laxer.
    assert!(serde_json::from_slice::<serde_json::Value>(bytes).is_ok());
    let written = serde_json::to_vec(&value).unwrap();
    let again = parse(&written).expect("what was written can be read");
    assert_eq!(again, value);
    let bytes = canonical(&value);
    assert_eq!(canonical(&again), bytes);
    // Raw control characters are the only thing that makes canonical JSON no JSON.
    match parse(&bytes) {
        Ok(again) => {
            assert_eq!(again, value);
            assert_eq!(canonical(&again), bytes);
        }
        Err(error) => assert!(bytes.iter().any(|byte| *byte < b' '), "{error}"),
    }
});
