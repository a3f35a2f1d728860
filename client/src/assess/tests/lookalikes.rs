//! Names that look like one that an order means, and are spelled otherwise.

use interdict_schema::product::Purl;

use super::*;
use crate::inventory::Trace;

const LIKE: &str = "possible: it looks like the name and is spelled with other letters, or with characters that are not visible";

/// `kaspersky` with: a character of no width, a Cyrillic а, a Cyrillic с and р, a Greek ρ, a selector, the bell.
const SPELLINGS: [&str; 6] = [
    "kasp\u{200b}ersky",
    "k\u{430}spersky",
    "kas\u{440}er\u{455}ky",
    "kas\u{3c1}ersky",
    "kaspersky\u{fe0f}",
    "kasp\u{7}ersky",
];

/// Names that are other names, whatever their letters.
const OTHERS: [&str; 7] = [
    "kasper_skarhoj",
    "libkesl-doc",
    "kaspersky.txt",
    "k\u{e1}spersky",
    "\u{43a}\u{430}\u{441}\u{43f}\u{435}\u{440}\u{441}\u{43a}\u{438}\u{439}",
    "\u{5361}\u{5df4}\u{65af}\u{57fa}",
    "kaspersky-\u{430}",
];

#[test]
fn a_package_that_looks_like_a_banned_one_is_possible_and_never_a_match() {
    let rules = [
        json!([{"kind": "package", "value": "kaspersky"}]),
        json!([{"kind": "package", "value": "deb:kaspersky"}]),
        json!([{"kind": "purl", "value": "pkg:deb/kaspersky"}]),
    ];
    let deb = |name: &str| with(name, |c| c.ecosystem = Some("deb".into()));
    for rule in rules.map(identified) {
        for name in SPELLINGS {
            assert_eq!(verdict(&rule, deb(name)), LIKE, "{name:?}");
            assert_eq!(verdict(&rule, deb(&format!("{name}:amd64"))), LIKE, "{name:?}");
        }
        for name in OTHERS {
            assert_eq!(verdict(&rule, deb(name)), "none", "{name:?}");
        }
        assert_eq!(verdict(&rule, deb("kaspersky")), "match");
    }
    let rpm = with("k\u{430}spersky", |c| c.ecosystem = Some("rpm".into()));
    assert_eq!(verdict(&identified(json!([{"kind": "package", "value": "deb:kaspersky"}])), rpm), "none");
}

#[test]
fn a_package_url_and_its_namespace_may_look_like_banned_ones() {
    let found = |text: &str| {
        let purl = Purl::parse(text).unwrap();
        with(purl.name(), |c| c.purl = Some(purl.clone()))
    };
    let rule = identified(json!([{"kind": "purl", "value": "pkg:npm/kaspersky"}]));
    assert_eq!(verdict(&rule, found("pkg:npm/k%D0%B0spersky@1")), LIKE);
    assert_eq!(verdict(&rule, found("pkg:pypi/k%D0%B0spersky@1")), "none");
    let rule = identified(json!([{"kind": "purl-namespace", "value": "pkg:npm/%40kaspersky"}]));
    assert_eq!(verdict(&rule, found("pkg:npm/%40k%D0%B0spersky/sdk@1")), LIKE);
    assert_eq!(verdict(&rule, found("pkg:npm/%40kasper%D0%B0/sdk@1")), "none");
}

#[test]
fn the_words_of_a_maker_are_compared_without_what_nobody_sees_and_by_what_they_look_like() {
    let rule = identified(json!([{"kind": "vendor", "value": "Kaspersky Lab"}]));
    for vendor in ["Kasper\u{200d}sky Lab", "KASPERSKY\u{1b} LAB"] {
        assert_eq!(verdict(&rule, of_vendor("x", vendor)), "match", "{vendor:?}");
    }
    for vendor in ["\u{41a}aspersky L\u{430}b", "K\u{430}sp\u{200b}ersky-Lab"] {
        assert_eq!(verdict(&rule, of_vendor("x", vendor)), LIKE, "{vendor:?}");
    }
    for vendor in OTHERS {
        assert_eq!(verdict(&rule, of_vendor("x", vendor)), "none", "{vendor:?}");
    }
    let signed = with("x", |c| c.add_trace(Trace::Signer("CN=K\u{430}spersky Lab".into())));
    assert_eq!(verdict(&identified(json!([{"kind": "signer", "value": "Kaspersky Lab"}])), signed), LIKE);
}

#[test]
fn a_row_that_only_looks_like_a_banned_name_is_kept_by_readers_that_keep_few() {
    let rule = identified(json!([{"kind": "package", "value": "kaspersky"}]));
    for name in SPELLINGS {
        // The first is kept whatever it is.
        let table = format!("name\nfirst\nvim\n{name}\n");
        assert_eq!(super::kept::kept(&rule, table.as_bytes()), 2, "{name:?}");
    }
}
