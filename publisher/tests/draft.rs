//! `draft` and `import`: from a template or a catalogue to what officers sign.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as an attacker or a careless person would"
)]

use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_keys_example::Name;
use interdict_publisher::testing::{Authority, draft};
use interdict_schema::directive::draft::BLANK;

const KEV: &str = include_str!("../../docs/examples/kev-sample.json");

#[test]
fn a_new_draft_stands_beside_its_schema_and_is_never_overwritten() {
    let authority = Authority::new();
    let ran = authority.run(&["draft", "new", "--id", "BOD-30-01", "--issuer", "dhs"]).done();
    assert_eq!(ran.stdout, "BOD-30-01.draft.jsonc\n");
    let text = std::fs::read_to_string(authority.folder().join("BOD-30-01.draft.jsonc")).unwrap();
    assert!(text.contains("\"issued\": \"2017-09-13\""), "the day in the issuer's zone");
    let schema = std::fs::read(authority.folder().join("directive.schema.json")).unwrap();
    assert!(serde_json::from_slice::<serde_json::Value>(&schema).unwrap()["properties"].is_object());
    authority
        .run(&["draft", "new", "--id", "BOD-30-01", "--issuer", "dhs"])
        .ended(Exit::Usage, "nothing is overwritten");
    authority.write("directive.schema.json", "mine");
    let other =
        ["draft", "new", "o.jsonc", "--id", "BOD-30-02", "--issuer", "dhs", "--zone", "Europe/Berlin"];
    authority.run(&other).ended(Exit::Done, "kept directive.schema.json, which was there");
    assert_eq!(std::fs::read(authority.folder().join("directive.schema.json")).unwrap(), b"mine");
    authority
        .run(&["draft", "new", "p.jsonc", "--id", "BOD-30-03", "--issuer", "dhs", "--zone", "Nowhere"])
        .ended(Exit::Usage, "unknown zone \"Nowhere\"");
    authority.run(&["draft", "new", "--id", "BOD 30", "--issuer", "dhs"]).ended(Exit::Usage, "BOD 30");
}

#[test]
fn the_template_is_told_its_blanks_and_can_be_published_without_them() {
    let authority = Authority::founded();
    authority.run(&["draft", "new", "d.jsonc", "--id", "BOD-30-01", "--issuer", "dhs"]).done();
    let ran = authority.run(&["draft", "lint", "d.jsonc"]).ended(Exit::Usage, "errors: ");
    assert!(ran.stdout.contains("[blank]"), "{}", ran.stdout);
    let text = std::fs::read_to_string(authority.folder().join("d.jsonc")).unwrap();
    let filled = text.replace("FILL: deb package", "examplesoft-agent").replace(BLANK, "Example ");
    authority.write("d.jsonc", filled);
    authority.run(&["draft", "lint", "d.jsonc"]).done();
    let envelope = authority.sign("d.jsonc", &[Name::Officer1, Name::Officer2]);
    authority.publish(&[&envelope]).done();
}

#[test]
fn lint_tells_every_problem_of_every_file_and_of_standard_input() {
    let authority = Authority::new();
    authority.write("good.jsonc", draft("BOD-17-01", 1, None));
    authority.run(&["draft", "lint", "good.jsonc"]).ended(Exit::Done, "errors: 0, warnings: 0");
    let bad = draft("BOD-17-01", 1, None)
        .replace("2017-12-12", "2017-08-01")
        .replace("\"edge\": \"complete\", ", "");
    let world = TestWorld::new().stdin(bad);
    let ran = authority.run_in(world, &["draft", "lint", "good.jsonc", "-", "--json"]);
    assert_eq!(ran.exit(), Exit::Usage);
    let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let problems = shown["problems"].as_array().unwrap();
    assert!(problems.len() >= 2 && problems.iter().all(|problem| problem["file"] == "-"), "{shown}");
    assert!(problems.iter().all(|problem| problem["pointer"].as_str().unwrap().starts_with("/actions/0")));
}

#[test]
fn lint_compares_with_the_revision_that_is_published() {
    let authority = Authority::founded();
    let first = authority.issue(&draft("BOD-17-01", 1, None));
    let moved = |revision| draft("BOD-17-01", revision, Some(first)).replace("2017-12-12", "2017-12-14");
    authority.write("d.jsonc", moved(2));
    authority.run(&["draft", "lint", "d.jsonc", "--repo", "repo"]).done();
    authority.write("d.jsonc", moved(3));
    authority.run(&["draft", "lint", "d.jsonc", "--repo", "repo"]).ended(Exit::Usage, "errors: ");
    authority
        .run(&["draft", "lint", "d.jsonc", "--repo", "keys"])
        .ended(Exit::Usage, "hint: is this a repository?");
}

fn with_kev() -> Authority {
    let authority = Authority::founded();
    authority.write("kev.json", KEV);
    authority
}

#[test]
fn the_catalogue_is_imported_signed_and_published_and_again_only_when_it_changed() {
    let authority = with_kev();
    authority.run(&["import", "kev", "kev.json", "-o", "KEV.json", "--issuer", "dhs"]).done();
    let envelope = authority.sign("KEV.json", &[Name::Officer1, Name::Officer2]);
    authority.publish(&[&envelope]).done();

    let update = ["import", "kev", "kev.json", "--update", "--repo", "repo", "-o", "KEV-2.json"];
    let ran = authority.run(&update).done();
    assert_eq!(ran.stdout, "nothing changed: no new revision of KEV\n");
    assert!(!authority.folder().join("KEV-2.json").exists());

    let mut catalogue: serde_json::Value = serde_json::from_str(KEV).unwrap();
    catalogue["vulnerabilities"][0]["dueDate"] = "2030-01-01".into();
    let gone = catalogue["vulnerabilities"].as_array_mut().unwrap().pop().unwrap();
    catalogue["count"] = catalogue["vulnerabilities"].as_array().unwrap().len().into();
    authority.write("kev.json", catalogue.to_string());
    let ran = authority.run(&update).done();
    assert!(ran.stdout.contains("1 entry removed:"), "{}", ran.stdout);
    assert!(ran.stdout.contains(gone["cveID"].as_str().unwrap()) && ran.stdout.contains("1 due date moved:"));
    let envelope = authority.sign("KEV-2.json", &[Name::Officer1, Name::Officer3]);
    authority.publish(&[&envelope]).done();
    authority.run(&["verify", "repo"]).ended(Exit::Done, "directives 1, problems 0");
}

#[test]
fn a_broken_catalogue_says_the_byte_and_leaves_nothing() {
    let authority = with_kev();
    authority.write("kev.json", &KEV[..KEV.len() / 2]);
    let import = ["import", "kev", "kev.json", "-o", "KEV.json", "--issuer", "dhs"];
    authority.run(&import).ended(Exit::Usage, &format!("byte {}", KEV.len() / 2));
    assert!(!authority.folder().join("KEV.json").exists());
    authority.write("kev.json", KEV);
    authority.write("KEV.json", "mine");
    authority.run(&import).ended(Exit::Usage, "KEV.json exists");
    authority
        .run(&["import", "kev", "kev.json", "-o", "K.json", "--update", "--repo", "repo"])
        .ended(Exit::Usage, "KEV is not published yet");
}

#[test]
fn serving_what_is_not_there_is_wrong_use() {
    let authority = Authority::new();
    authority
        .run(&["serve", "--repo", "absent", "--listen", "127.0.0.1:0"])
        .ended(Exit::Usage, "hint: give the repository's folder: --repo DIR");
    authority.run(&["serve", "--listen", "nowhere"]).ended(Exit::Usage, "nowhere");
}

#[test]
fn completions_and_man_pages_are_made_from_the_definitions() {
    let authority = Authority::new();
    for shell in ["bash", "zsh", "fish"] {
        let ran = authority.run(&["completions", shell]).done();
        assert!(ran.stdout.contains("interdict-publisher"));
    }
    authority.run(&["man", "man1"]).done();
    assert!(authority.folder().join("man1/interdict-publisher-publish.1").exists());
}
