//! Before there is a policy, every verb says how to begin.

use crate::store::Store;

const VERBS: [&[&str]; 7] =
    [&["status"], &["list"], &["show", "BOD-17-01"], &["due"], &["policy"], &["digest"], &["verify", "-"]];

#[test]
fn nothing_set_up_is_wrong_use() {
    let store = Store::empty();
    for verb in VERBS {
        store.run(verb).is(
            2,
            "",
            "error: no repository is set up in FOLDER/config.toml\n\
             hint: begin with `interdict setup URL`, then `interdict trust ROOT.json` and `interdict sync`\n",
        );
    }
}

#[test]
fn set_up_and_not_trusted_is_wrong_use() {
    let store = Store::empty();
    store.configure(&["main"]);
    for verb in VERBS {
        store.run(verb).is(
            2,
            "",
            "error: there is no policy yet: repository main has no pinned root\n\
             hint: pin its root with `interdict trust ROOT.json --name main`, then run `interdict sync`\n",
        );
    }
}

#[test]
fn trusted_and_not_synced_is_no_answer() {
    let store = Store::empty();
    store.configure(&["main"]);
    store.trust("main");
    for verb in VERBS {
        store.run(verb).is(
            3,
            "",
            "error: there is no policy yet: nothing was fetched into FOLDER/state\n\
             hint: fetch and verify it with `interdict sync`\n",
        );
    }
}

#[test]
fn json_is_asked_for_errors_too() {
    let ran = Store::empty().run(&["status", "--json"]);
    assert!(
        ran.stderr.starts_with(r#"{"error":"no repository is set up in FOLDER/config.toml""#),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.ends_with("\"exit\":\"usage\",\"code\":2}\n"), "{}", ran.stderr);
}
