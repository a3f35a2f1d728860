//! `interdict completions SHELL` and `interdict man DIR`

use crate::store::Store;

#[test]
fn completions_know_every_verb() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = Store::empty().run(&["completions", shell]);
        assert_eq!(ran.code(), 0);
        for verb in
            ["setup", "status", "list", "show", "due", "policy", "digest", "verify", "evidence", "man"]
        {
            assert!(ran.stdout.contains(verb), "{shell} {verb}");
        }
    }
    assert_eq!(Store::empty().run(&["completions", "cmd"]).code(), 2);
}

#[test]
fn a_man_page_for_each_verb_is_written_again_and_again() {
    let store = Store::empty();
    for _ in 0..2 {
        let ran = store.run(&["man", "share/man1"]);
        assert_eq!(ran.code(), 0);
        let count =
            std::fs::read_dir(store.places.state.parent().unwrap().join("share/man1")).unwrap().count();
        assert_eq!(ran.stdout, format!("wrote {count} pages into FOLDER/share/man1\n"));
        assert!(String::from_utf8(store.read("share/man1/interdict-status.1")).unwrap().contains(".TH"));
    }
}
