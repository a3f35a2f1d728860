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

#[test]
fn the_list_of_verbs_says_what_each_is_for() {
    for arguments in [["--help"].as_slice(), &["help"], &["-h"]] {
        let help = Store::empty().run(arguments).stdout;
        let list = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
        // What a verb is for goes on in lines that are set further in.
        let begins = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
        let verbs: Vec<&str> = list.lines().filter(begins).collect();
        assert!(verbs.len() > 15, "{help}");
        for verb in verbs {
            assert!(verb.split_whitespace().count() > 1, "{verb:?} says nothing of itself");
        }
    }
}
