#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and write files"
)]

use std::fmt::Write as _;

use super::*;

/// The keys of an entry that is in order, and their values as TOML.
const GOOD: [(&str, &str); 9] = [
    ("id", "\"kiosk-7\""),
    ("directive", "\"BOD-17-01\""),
    ("part", "\"products\""),
    ("identifier", "{ kind = \"package\", value = \"kesl\" }"),
    ("asset", "\"kiosk-7.example.gov\""),
    ("reason", "\"The vendor replaces it in May\""),
    ("approved_by", "\"E. Officer, CISO\""),
    ("from", "2017-09-01"),
    ("until", "2017-11-29"),
];

/// An entry with some values replaced; an empty one takes the key away, and a key that is new is added.
fn entry(changes: &[(&str, &str)]) -> String {
    let mut text = "[[exception]]\n".to_owned();
    let other = |key: &str| changes.iter().find(|(of, _)| *of == key).map(|(_, value)| *value);
    let known = GOOD.iter().map(|(key, value)| (*key, other(key).unwrap_or(value)));
    let new = changes.iter().filter(|(key, _)| GOOD.iter().all(|(known, _)| known != key)).copied();
    for (key, value) in known.chain(new).filter(|(_, value)| !value.is_empty()) {
        writeln!(text, "{key} = {value}").unwrap();
    }
    text
}

fn parse(text: &str) -> Register {
    Register::parse(text, Path::new("/etc/interdict/exceptions.toml"))
}

/// The problems of the only entry, which is void.
#[track_caller]
fn problems(text: &str) -> Vec<String> {
    let register = parse(text);
    assert!(register.exceptions.is_empty() && register.unreadable.is_none(), "{register:?}");
    assert_eq!(register.void.len(), 1, "{register:?}");
    register.void[0].problems.iter().map(ToString::to_string).collect()
}

#[test]
fn an_entry_names_directive_part_identifier_and_asset() {
    let register = parse(&entry(&[("repository", "\"dhs\"")]));
    assert_eq!(register.void, []);
    let exception = &register.exceptions[0];
    assert_eq!(exception.directive.as_str(), "BOD-17-01");
    assert_eq!(exception.repository.as_ref().unwrap().as_str(), "dhs");
    assert_eq!((exception.part.as_str(), exception.asset.as_str()), ("products", "kiosk-7.example.gov"));
    assert_eq!(exception.place, Place { line: 1, column: 1 });
    assert_eq!(exception.begins().to_string(), "2017-09-01T00:00:00Z");
    assert_eq!(exception.ends().to_string(), "2017-11-29T23:59:59Z");
}

#[test]
fn days_and_moments_are_texts_or_tomls_own() {
    for (from, until) in [
        ("\"2017-09-01\"", "\"2017-09-02\""),
        ("2017-09-01T00:00:00Z", "2017-09-02T23:59:59Z"),
        ("\"2017-09-01T00:00:00Z\"", "2017-09-02"),
    ] {
        let register = parse(&entry(&[("from", from), ("until", until)]));
        assert_eq!(register.void, [], "{from} {until}");
        assert_eq!(register.exceptions[0].ends().to_string(), "2017-09-02T23:59:59Z");
    }
    for bad in ["2017-09-01T00:00:00", "2017-09-01T02:00:00+02:00", "2017-09-01T00:00:00.5Z", "\"tomorrow\""]
    {
        let found = problems(&entry(&[("from", bad)]));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("line 9, column 8: from: found "), "{found:?}");
    }
}

/// trust.md rule 21
#[test]
fn ninety_days_are_the_longest_and_one_second_more_is_void() {
    let lasting = |from: &str, until: &str| parse(&entry(&[("from", from), ("until", until)]));
    // 30, 31 and 29 whole days; then one more.
    assert_eq!(lasting("2017-09-01", "2017-11-29").void, []);
    assert_eq!(lasting("2017-09-01", "2017-11-30").exceptions, []);
    let (from, until) = ("2017-09-01T12:00:00Z", "2017-11-30T12:00:00Z");
    assert_eq!(lasting(from, until).void, []);
    let more = problems(&entry(&[("from", from), ("until", "2017-11-30T12:00:01Z")]));
    assert_eq!(
        more,
        [
            "line 10, column 9: found an end at 2017-11-30T12:00:01Z, wanted one at most 90 days after 2017-09-01T12:00:00Z"
        ]
    );
}

#[test]
fn an_end_before_the_beginning_is_void_and_one_at_it_is_not() {
    let (from, until) = ("2017-09-01T12:00:00Z", "2017-09-01T12:00:00Z");
    assert_eq!(parse(&entry(&[("from", from), ("until", until)])).void, []);
    assert_eq!(
        problems(&entry(&[("from", from), ("until", "2017-09-01T11:59:59Z")])),
        [
            "line 10, column 9: found an end at 2017-09-01T11:59:59Z, wanted one after the beginning at 2017-09-01T12:00:00Z"
        ]
    );
}

/// trust.md rule 21
#[test]
fn a_wildcard_is_void_wherever_it_stands() {
    for (key, value, wanted) in [
        ("asset", "\"*\"", "line 6, column 9: asset: found the wildcard '*', wanted one name exactly"),
        ("asset", "\"kiosk-?\"", "line 6, column 9: asset: found the wildcard '?', wanted one name exactly"),
        ("part", "\"prod*\"", "line 4, column 8: part: found the wildcard '*', wanted one name exactly"),
        (
            "directive",
            "\"BOD-*\"",
            "line 3, column 13: directive: byte 4: wanted tokens of letters and digits joined by single hyphens, BOD-17-01 for instance",
        ),
        (
            "identifier",
            "{ kind = \"cpe\", value = \"cpe:2.3:a:*:*:*:*:*:*:*:*:*:*\" }",
            "line 5, column 14: identifier: found a CPE name that would match everything, wanted a vendor or a product in it",
        ),
    ] {
        assert_eq!(problems(&entry(&[(key, value)])), [wanted], "{key} {value}");
    }
}

#[test]
fn every_key_is_needed_and_no_other_is_known() {
    for (key, _) in GOOD {
        let wanted = format!("line 1, column 1: found no {key}, wanted one");
        assert_eq!(problems(&entry(&[(key, "")])), [wanted]);
    }
    assert_eq!(
        problems(&entry(&[("aprroved_by", "\"x\"")])),
        [
            "line 11, column 1: found the key \"aprroved_by\", wanted one of id, repository, directive, part, identifier, asset, reason, approved_by, from, until"
        ]
    );
    assert_eq!(
        problems(&entry(&[("identifier", "{ kind = \"package\", value = \"kesl\", confidence = \"low\" }")])),
        ["line 5, column 50: found the key \"confidence\", wanted one of kind, value, versions"]
    );
}

#[test]
fn everything_that_is_wrong_is_told_in_the_order_of_the_file() {
    let text = entry(&[
        ("id", "\"a b\""),
        ("part", "7"),
        ("identifier", "{ kind = \"smell\", value = \"sulphur\" }"),
        ("reason", "\" \""),
        ("approved_by", "\"x\\u202Ey\""),
    ]);
    assert_eq!(
        problems(&text),
        [
            "line 2, column 6: id: found \"a b\", wanted 1 to 64 of letters, digits, full stops, underscores and hyphens",
            "line 4, column 8: part: found integer, wanted a string",
            "line 5, column 14: identifier: found the kind \"smell\", wanted one that this version compares",
            "line 7, column 10: reason: found a blank, wanted words",
            "line 8, column 15: approved_by: found the character U+202E, wanted visible ones",
        ]
    );
}

#[test]
fn a_text_of_1000_bytes_is_read_and_one_of_1001_is_not_and_an_id_of_64_and_65() {
    let quoted = |length| format!("\"{}\"", "x".repeat(length));
    for (key, longest) in [("reason", 1_000), ("id", 64)] {
        assert_eq!(parse(&entry(&[(key, &quoted(longest))])).void, []);
        assert_eq!(problems(&entry(&[(key, &quoted(longest + 1))])).len(), 1);
    }
}

#[test]
fn one_bad_entry_voids_no_other() {
    let register = parse(&format!("{}\n{}", entry(&[("asset", "\"*\"")]), entry(&[("id", "\"other\"")])));
    assert_eq!(register.exceptions.len(), 1);
    assert_eq!(register.exceptions[0].id, "other");
    assert_eq!(register.void.len(), 1);
    assert_eq!(register.void[0].id.as_deref(), Some("kiosk-7"));
}

#[test]
fn two_of_one_id_void_each_other_and_say_where() {
    let register = parse(&format!("{}\n{}", entry(&[]), entry(&[("asset", "\"another\"")])));
    assert_eq!(register.exceptions, []);
    let said: Vec<String> =
        register.void.iter().flat_map(|void| &void.problems).map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "line 1, column 1: found the id \"kiosk-7\" a second time, the other is at line 12, column 1",
            "line 12, column 1: found the id \"kiosk-7\" a second time, the other is at line 1, column 1",
        ]
    );
    // Also where one of them is void already.
    let register = parse(&format!("{}\n{}", entry(&[]), entry(&[("asset", "\"*\"")])));
    assert_eq!((register.exceptions.len(), register.void.len()), (0, 2));
    assert_eq!(register.void[1].problems.len(), 2);
}

#[test]
fn what_is_no_entry_is_void_and_the_entries_beside_it_count() {
    let register = parse(&format!("{}\n[exeption]\nid = \"x\"\n", entry(&[])));
    assert_eq!(register.exceptions.len(), 1);
    assert_eq!(
        register.void[0].problems[0].to_string(),
        "line 12, column 2: found the key \"exeption\", wanted one of exception"
    );
    for (text, found) in [("exception = 7\n", "integer"), ("exception = [7]\n", "integer")] {
        let register = parse(text);
        let problem = &register.void[0].problems[0].mistake;
        assert_eq!(
            problem.to_string(),
            format!("exception: found {found}, wanted tables, [[exception]]"),
            "{text}"
        );
    }
}

/// trust.md rule 21
#[test]
fn a_file_that_cannot_be_read_is_no_absent_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exceptions.toml");
    assert!(Register::read(&path).is_empty(), "there are none where there is no file");
    std::fs::write(&path, "[[exception]\n").unwrap();
    let said = Register::read(&path).unreadable.unwrap().to_string();
    assert!(said.contains("exceptions.toml: not TOML: line 1, column 13: "), "{said}");
    std::fs::write(&path, [0xff]).unwrap();
    assert!(matches!(Register::read(&path).unreadable, Some(Unreadable::NotUtf8 { .. })));
    let limit = usize::try_from(MAX_FILE_BYTES).unwrap();
    std::fs::write(&path, vec![b'\n'; limit]).unwrap();
    assert!(Register::read(&path).is_empty());
    std::fs::write(&path, vec![b'\n'; limit + 1]).unwrap();
    assert!(matches!(
        Register::read(&path).unreadable,
        Some(Unreadable::Read(ReadError::TooLong { max_bytes: MAX_FILE_BYTES, .. }))
    ));
}

#[test]
fn an_identifier_is_compared_as_it_is_read() {
    let named = |identifier: &str| {
        let register = parse(&entry(&[("identifier", identifier)]));
        register.exceptions[0].identifier.clone()
    };
    let written = |kind: &str, value: &str, versions: Option<&str>| {
        let text = serde_json::json!({"kind": kind, "value": value, "versions": versions});
        serde_json::from_value(text).unwrap()
    };
    let vendor = named("{ kind = \"vendor\", value = \"AO  Kaspersky-Lab\" }");
    assert!(vendor.is(&written("vendor", "ao kaspersky lab", None)));
    assert!(!vendor.is(&written("vendor", "AO Kaspersky", None)));
    assert!(!vendor.is(&written("product", "AO Kaspersky Lab", None)));
    let package = named("{ kind = \"package\", value = \"deb:kesl\" }");
    assert!(package.is(&written("package", "deb:kesl", None)));
    assert!(!package.is(&written("package", "kesl", None)));
    let versions = Some("vers:deb/<1.2");
    assert!(!package.is(&written("package", "deb:kesl", versions)), "all versions are not some");
    let some = named("{ kind = \"package\", value = \"deb:kesl\", versions = \"vers:deb/<1.2\" }");
    assert!(some.is(&written("package", "deb:kesl", versions)));
    assert!(!some.is(&written("package", "deb:kesl", Some("vers:deb/<1.3"))));
}
