#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde_json::Value;

use super::super::{Members, Rows, Word};
use super::*;

#[derive(serde::Deserialize, Debug, PartialEq)]
struct Row<'a> {
    #[serde(borrow)]
    a: Option<Cow<'a, str>>,
    b: Option<Vec<Row<'a>>>,
    c: Option<f64>,
}

/// Texts with something of everything, whole ones and broken ones.
fn texts() -> Vec<String> {
    let whole = [
        r#" { "a" : "x" , "b" : [ { "a" : null } , { } ] , "c" : 1.5e3 , "d" : [ 1 , { "e" : [ ] } , "f" ] } "#,
        "{\n        \"a\": \"eight and eight again\",\r\n\t\"d\": {\n                  \"e\": {}\n }\n}\n",
        r#"{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00","\u0061b":"\ud800","c":-0}"#,
        r#"{"c":18446744073709551615,"d":-9223372036854775808,"e":18446744073709551616,"f":-1e-7,"g":0.1E+2}"#,
        r#"{"x":{"\ud83d\ude00":{"\u0061":1}}}"#,
        r#"{"d":true,"e":false,"f":null,"é":"ü","b":[],"a":"7 bytes"}"#,
        r#"{"b":[["array for a struct",[],2.5]]}"#,
        "[1,-2,3.25,[],{},\"\",[[[]]]]",
    ];
    let broken = [
        "",
        " ",
        "{",
        "[",
        "\"",
        "{\"",
        "{\"a",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{,}",
        "[,]",
        "[1,]",
        "[1 2]",
        "{\"a\" 1}",
        "{1:2}",
        "{}x",
        "{}{}",
        "01",
        "-",
        "1.",
        "1.e3",
        "1e",
        "1e+",
        ".5",
        "+1",
        "tru",
        "nul",
        "truee",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u123",
        "\"\u{1}\"",
        "\"a\tb\"",
        "[\"\\\"]",
        "{\"a\":\"1\",\"a\":\"2\"}",
        "{\"d\":[}]}",
        "{\"d\":{]}",
        "{\"d\":{\"e\"}}",
        "{\"d\":{\"e\":1,}}",
        "{\"d\":[1,]}",
        "{\"d\":{1:1}}",
        "{\"d\":\"\u{1}\"}",
        "{\"d\":01}",
        "{\"d\":1e999}",
        "{\"c\":1e999}",
        "{\"d\":{\"\\ud800\":1}}",
        "[{\"\\ud800\":1}]",
        "\u{feff}{}",
    ];
    let mut texts: Vec<_> = whole.iter().chain(&broken).map(|text| (*text).to_owned()).collect();
    for text in whole {
        let ends = (0..text.len()).filter(|end| text.is_char_boundary(*end));
        for (end, character) in
            ends.flat_map(|end| ['"', '\\', ',', '}', '\u{1f}', '9', ' '].map(|c| (end, c)))
        {
            texts.push(text[..end].to_owned());
            texts.push(format!("{}{character}{}", &text[..end], &text[end..]));
            let rest = text[end..].char_indices().nth(1).map_or("", |(next, _)| &text[end + next..]);
            texts.push(format!("{}{character}{rest}", &text[..end]));
        }
    }
    texts
}

#[test]
fn what_is_read_is_what_serde_json_reads_and_nothing_is_given_up_that_is_plain() {
    fn same<'a, T: Deserialize<'a> + std::fmt::Debug>(text: &'a str) -> bool {
        let theirs: Result<T, _> = serde_json::from_str(text);
        let ours: Option<T> = from_str(text);
        assert_eq!(ours.is_some(), theirs.is_ok(), "{text}");
        assert_eq!(format!("{ours:?}"), format!("{:?}", theirs.ok()), "{text}");
        ours.is_some()
    }
    let texts = texts();
    let mut read = 0;
    for text in &texts {
        read += usize::from(same::<Row<'_>>(text));
        same::<Value>(text);
        same::<IgnoredAny>(text);
        same::<Vec<Option<Word<'_>>>>(text);
        same::<Members<'_>>(text);
        same::<Rows<Row<'_>>>(text);
    }
    assert!(texts.len() > 10_000 && (500..texts.len() - 500).contains(&read), "{read} of {}", texts.len());
}

#[test]
fn nesting_is_read_to_the_level_to_which_serde_json_reads_and_not_one_further() {
    for (levels, read) in [(127, true), (128, false)] {
        let text = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(from_str::<Value>(&text).is_some(), read);
        assert_eq!(serde_json::from_str::<Value>(&text).is_ok(), read);
    }
    // What is passed over has no bound there, and one here, behind which serde_json is asked.
    for (levels, read) in [(128, true), (129, false)] {
        let text = format!("{}{}", "{\"a\":[".repeat(levels / 2), "[".repeat(levels % 2));
        let text = format!("{text}1{}{}", "]".repeat(levels % 2), "]}".repeat(levels / 2));
        assert_eq!(from_str::<IgnoredAny>(&text).is_some(), read);
        assert!(serde_json::from_str::<IgnoredAny>(&text).is_ok());
    }
}
