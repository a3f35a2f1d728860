//! Catalogues of known exploited vulnerabilities: what is imported can be read again.
#![no_main]

use interdict_publisher::import::kev::{Options, import};
use interdict_schema::directive::Directive;
use interdict_schema::directive::lint::{Context, lint};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let options = Options {
        id: "KEV".parse().unwrap(),
        issuer: "dhs".into(),
        zone: None,
        implements: None,
        previous: None,
    };
    match import(bytes, &options) {
        Ok(imported) => {
            let written = serde_json::to_vec(&imported.directive).unwrap();
            assert_eq!(
                Directive::parse(&written).expect("what was imported can be read").value,
                imported.directive
            );
            // Lint may still object (to a text that is too long), but has an answer.
            for problem in lint(&written, &Context::default()).problems {
                let _ = problem.to_string();
            }
        }
        Err(error) => drop(error.to_string()),
    }
});
