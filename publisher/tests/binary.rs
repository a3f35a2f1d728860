//! The program itself starts, writes its results to standard output and its errors to standard error.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_interdict-publisher")).args(arguments).output().unwrap()
}

#[test]
fn says_its_version_and_its_verbs() {
    let version = run(&["--version"]);
    assert_eq!(version.status.code(), Some(0));
    assert_eq!(version.stdout, format!("interdict-publisher {}\n", env!("CARGO_PKG_VERSION")).into_bytes());
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    for verb in [
        "key",
        "init",
        "draft",
        "import",
        "sign",
        "publish",
        "refresh",
        "verify",
        "serve",
        "completions",
        "man",
    ] {
        assert!(help.contains(&format!("\n  {verb} ")), "{verb}");
        let help = run(&[verb, "--help"]);
        assert_eq!(help.status.code(), Some(0), "{verb}");
    }
}

#[test]
fn every_verb_has_an_example() {
    for verb in [
        &["key", "new"][..],
        &["key", "show"],
        &["key", "public"],
        &["key", "list"],
        &["key", "import"],
        &["key", "export"],
        &["init"],
        &["draft", "new"],
        &["draft", "lint"],
        &["import", "kev"],
        &["sign"],
        &["publish"],
        &["refresh"],
        &["verify"],
        &["serve"],
        &["completions"],
        &["man"],
    ] {
        let help = String::from_utf8(run(&[verb, &["--help"]].concat()).stdout).unwrap();
        assert!(help.contains("Example"), "{verb:?}");
    }
}

#[test]
fn an_error_is_text_or_one_line_of_json_with_its_exit_code_and_a_hint() {
    let text = run(&["publish", "absent.json", "--repo", "/nowhere"]);
    assert_eq!((text.status.code(), text.stdout.as_slice()), (Some(2), &b""[..]));
    let stderr = String::from_utf8(text.stderr).unwrap();
    assert!(stderr.starts_with("error: cannot open /nowhere/publisher.toml\n"), "{stderr}");
    assert!(
        stderr.ends_with("hint: is this a repository? `interdict-publisher init DIR` makes one\n"),
        "{stderr}"
    );
    let json = run(&["publish", "absent.json", "--repo", "/nowhere", "--json"]);
    let shown: serde_json::Value = serde_json::from_slice(&json.stderr).unwrap();
    assert_eq!((&shown["exit"], &shown["code"]), (&"usage".into(), &2.into()));
}
