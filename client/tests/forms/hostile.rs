//! What of an inventory and of a directive reaches a parser by others: data, in every form.

use super::FORMS;
use super::fixtures::everything;

/// What each form has to keep from meaning anything.
const WORDS: [&str; 8] = [
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\u{202e}gpj.exe\u{202c}",
    "one\ntwo\r\nthree",
    "]]><failure message=\"x\"/>",
    "\u{1}\u{b}\u{fffe}\u{ffff}",
    "\",\"injected\":\"yes",
];

/// A store with an inventory in which every member of a component that a report shows is hostile.
fn hostile(words: &str) -> super::store::Store {
    let store = everything();
    let text = serde_json::to_string(words).unwrap();
    let line = format!(
        r#"{{"format":"interdict-inventory/1"}}
{{"name":"bad","version":{text},"vendor":{text},"host":{text},"ecosystem":"deb"}}"#
    );
    store.file("hostile.jsonl", format!("{line}\n").as_bytes());
    store
}

#[test]
fn hostile_words_are_data_in_every_form() {
    for words in WORDS {
        let store = hostile(words);
        for (form, _) in FORMS {
            let ran = store.run(&["check", "hostile.jsonl", "--type=jsonl", "--format", form]);
            assert_eq!(ran.code(), 1, "{form} {words:?}: {}", ran.stderr);
            let text = ran.stdout;
            let obeyed = text
                .chars()
                .find(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c));
            assert_eq!(obeyed, None, "{form} {words:?}");
            match form {
                "json" | "sarif" | "cyclonedx-vex" => {
                    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
                    assert!(json.get("injected").is_none());
                }
                "jsonl" => {
                    for line in text.lines() {
                        let json: serde_json::Value = serde_json::from_str(line).unwrap();
                        assert!(json["record"].is_string() && json.get("injected").is_none());
                    }
                }
                "csv" => cells(&text),
                "junit" => xml(&text),
                "html" => markup(&text),
                _ => assert!(!text.contains("\ntwo"), "{text}"),
            }
        }
    }
}

#[test]
fn json_says_the_very_words() {
    for words in WORDS {
        let json = hostile(words).run(&["check", "hostile.jsonl", "--type=jsonl", "--format=json"]).json();
        assert_eq!(json["findings"][0]["component"]["version"], words);
    }
}

/// Every row has as many cells as the header, and none is a formula.
fn cells(text: &str) {
    let (mut rows, mut cell, mut quoted) = (vec![Vec::new()], String::new(), false);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => rows.last_mut().unwrap().push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                rows.last_mut().unwrap().push(std::mem::take(&mut cell));
                rows.push(Vec::new());
            }
            _ => cell.push(letter),
        }
    }
    assert!(!quoted && rows.pop().unwrap().is_empty());
    for row in &rows {
        assert_eq!(row.len(), rows[0].len(), "{row:?}");
        for cell in row {
            assert!(!cell.starts_with(['=', '+', '@', '\t', '\r']) && !cell.contains('\n'), "{cell}");
            assert!(!cell.starts_with('-') || cell.parse::<f64>().is_ok(), "{cell}");
        }
    }
}

/// Only characters of XML 1.0 (2.2), no entity that means another, and one failure.
fn xml(text: &str) {
    let allowed = |c: char| matches!(c, '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(allowed), "{text}");
    assert!(!text.contains("&#") && !text.contains("<![CDATA["), "{text}");
    assert_eq!(text.matches("<failure").count(), 1, "{text}");
    let opened = text.matches('<').count();
    let closed = text.matches('>').count();
    assert_eq!(opened, closed, "{text}");
}

/// No element that the template does not write.
fn markup(text: &str) {
    let ours = "html head meta title style body header h1 p strong main section h2 ul li table caption thead tbody tr th td span code a";
    let ours: Vec<&str> = ours.split(' ').collect();
    for (at, _) in text.match_indices('<') {
        let name: String =
            text[at + 1..].trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        assert!(ours.contains(&name.as_str()) || text[at..].starts_with("<!DOCTYPE html>"), "{name}");
    }
}
