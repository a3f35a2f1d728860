//! Drafts with comments: taking the comments out keeps every place, and a payload is its own draft.
#![no_main]

use interdict_schema::directive::draft::{payload_of, strip_comments};
use interdict_schema::json::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(plain) = strip_comments(bytes) {
        assert_eq!(plain.len(), bytes.len());
        assert_eq!(strip_comments(&plain).as_deref(), Ok(plain.as_slice()));
        if let Ok(value) = parse(bytes) {
            assert_eq!(parse(&plain), Ok(value), "JSON has no comments");
        }
    }
    if let Ok(payload) = payload_of(bytes) {
        assert_eq!(payload_of(&payload).expect("a payload is its own draft"), payload);
    }
});
