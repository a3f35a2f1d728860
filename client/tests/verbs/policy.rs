//! `interdict policy`

use crate::store::Store;

const FORMATS: [(&str, &str); 3] =
    [("json", "policy.json"), ("jsonl", "policy.jsonl"), ("tsv", "policy.tsv")];

#[test]
fn each_format_is_the_file_that_scripts_read() {
    let store = Store::with_both();
    for (format, file) in FORMATS {
        let ran = store.run(&["policy", "--format", format]);
        let file = store.read(&format!("state/current/{file}"));
        assert!(!file.is_empty());
        ran.is(0, std::str::from_utf8(&file).unwrap(), "");
    }
    assert_eq!(store.run(&["policy"]).json()["format"], "interdict-policy/1");
}

/// trust.md rule 16
#[test]
fn the_path_is_printed_once_the_file_was_checked() {
    let store = Store::with_both();
    store.run(&["policy", "--path"]).is(0, "FOLDER/state/current/policy.json\n", "");
    store.run(&["policy", "--path", "--format", "tsv"]).is(0, "FOLDER/state/current/policy.tsv\n", "");
    store.file("state/current/policy.tsv", b"");
    assert_eq!(store.run(&["policy", "--path"]).code(), 0);
    assert_eq!(store.run(&["policy", "--path", "--format", "tsv"]).code(), 4);
}

#[test]
fn a_file_that_says_something_else_is_refused_and_nothing_printed() {
    let store = Store::with_both();
    for (format, file) in FORMATS {
        let path = format!("state/current/{file}");
        let whole = store.read(&path);
        for at in [0, whole.len() / 2, whole.len() - 1] {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            store.file(&path, &bytes);
            store.run(&["policy", "--format", format]).is(
                4,
                "",
                &format!(
                    "error: FOLDER/state/current/{file} is not what the verified directives say\n\
                     hint: something changed the file, so scripts must not rely on it; `interdict sync` writes it anew\n"
                ),
            );
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_refused() {
    let store = Store::with_both();
    std::fs::remove_file(store.places.current().join("policy.json")).unwrap();
    let ran = store.run(&["policy"]);
    assert_eq!((ran.code(), ran.stdout.as_str()), (4, ""));
}
