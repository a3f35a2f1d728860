//! `key lost` and `key compromised`: the plan for each role and for officers, and that its commands run as they are printed.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, and touch files as an attacker or a careless person would"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_keys_example::{Name, key};
use interdict_publisher::repository::client_view;
use interdict_publisher::repository::files::Folder;
use interdict_publisher::testing::{Authority, Ran, draft};
use interdict_schema::directive::Directive;
use interdict_schema::issuers::KeyState::{self, Active, Compromised, Retired};
use interdict_schema::key::PublicKey;
use interdict_schema::tuf::{Key, RoleType};
use serde_json::{Value, json};

const NEW: &str = "keys/other-officer-1.key";

fn keyid(name: Name) -> String {
    Key::of(&PublicKey::ed25519(key(name).verifying_key().as_bytes()).unwrap()).keyid()
}

/// The plan of a key, and what was done of it, as JSON.
fn gone(authority: &Authority, event: &str, name: Name, more: &[&str]) -> (Ran, Value) {
    let keyid = keyid(name);
    let ran = authority.run(&[&["key", event, &keyid, "--repo", "repo", "--json"], more].concat());
    let shown = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr));
    (ran, shown)
}

/// Key files that are carried away, so that only their holders have them.
fn carry_away(authority: &Authority, names: &[Name]) {
    std::fs::create_dir_all(authority.folder().join("away")).unwrap();
    for name in names {
        let file = format!("{name}.key");
        let from = authority.folder().join("keys").join(&file);
        std::fs::rename(from, authority.folder().join("away").join(&file)).unwrap();
    }
}

/// Carries out the steps that are not done, as they were printed; `KEY` is each holder's in turn.
fn follow(authority: &Authority, shown: &Value, holders: &[&[&str]]) {
    let mut holders = holders.iter();
    for (index, step) in shown["steps"].as_array().unwrap().iter().enumerate() {
        let done = shown["done"].as_array().unwrap().contains(&json!(index + 1));
        let Some(command) = step["command"].as_array().filter(|_| !done) else { continue };
        let command: Vec<&str> = command.iter().map(|argument| argument.as_str().unwrap()).collect();
        assert_eq!(command[0], "interdict-publisher");
        if command.contains(&"KEY") {
            for holder in *holders.next().unwrap_or_else(|| panic!("nobody for {command:?}")) {
                let own: Vec<&str> = command[1..]
                    .iter()
                    .map(|argument| if *argument == "KEY" { holder } else { *argument })
                    .collect();
                authority.run(&[&own[..], &["--yes"]].concat()).done();
            }
        } else {
            authority.run(&command[1..]).done();
        }
    }
    assert!(holders.next().is_none(), "somebody was not needed: {shown}");
}

/// Everything of the repository but its lock.
fn state(authority: &Authority) -> BTreeMap<PathBuf, Vec<u8>> {
    fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_type().unwrap().is_dir() {
                collect(&entry.path(), files);
            } else if entry.file_name() != "publisher.lock" {
                files.insert(entry.path(), std::fs::read(entry.path()).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    collect(&authority.repository(), &mut files);
    files
}

/// The keyids of a role, as a client that has the first root learns them; all that is published is believed.
fn keyids(authority: &Authority, role: RoleType) -> Vec<String> {
    let files = Folder::new(authority.public());
    let set = client_view::trusted_set(&files, authority.now()).unwrap();
    let (_, issuers) = client_view::issuers(&set, &files).unwrap();
    for (path, file) in
        set.targets().unwrap().signed().targets.iter().filter(|(path, _)| *path != "issuers.json")
    {
        client_view::document::<Directive>(&set, &files, path, file, &issuers).unwrap();
    }
    set.root().signed().role(role).keyids.clone()
}

fn states(authority: &Authority) -> Vec<KeyState> {
    let files = Folder::new(authority.public());
    let set = client_view::trusted_set(&files, authority.now()).unwrap();
    let (_, issuers) = client_view::issuers(&set, &files).unwrap();
    issuers.issuers[0].keys.iter().map(|key| key.state).collect()
}

fn verbs(authority: &Authority) -> Vec<String> {
    let text = std::fs::read_to_string(authority.repository().join("journal.jsonl")).unwrap();
    let entries = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    entries.map(|entry| entry["what"]["verb"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_compromised_online_key_is_replaced_at_once_where_the_root_keys_are_here() {
    for (name, role) in [(Name::Timestamp, RoleType::Timestamp), (Name::Snapshot, RoleType::Snapshot)] {
        let authority = Authority::founded();
        authority.issue(&draft("BOD-17-01", 1, None));
        let (ran, shown) = gone(&authority, "compromised", name, &["--with", NEW, "--yes"]);
        assert_eq!(ran.exit(), Exit::Done, "{}", ran.stderr);
        assert_eq!((&shown["role"], &shown["clients"]), (&role.to_string().into(), &"follow-along".into()));
        assert_eq!(shown["done"], json!([1, 2]));
        assert_eq!(keyids(&authority, role), [keyid(Name::OtherOfficer1)]);
        assert!(verbs(&authority).contains(&"key-compromised".to_owned()));
        authority.run(&["refresh", "--snapshot", "--repo", "repo"]).done();
        authority.run(&["journal", "verify", "--repo", "repo"]).done();
    }
}

#[test]
fn the_plan_is_shown_before_anything_happens_and_nothing_happens_without_a_yes() {
    let authority = Authority::founded();
    let keyid = keyid(Name::Timestamp);
    let before = state(&authority);
    let arguments = ["key", "compromised", &keyid[..8], "--with", NEW, "--repo", "repo"];
    let ran = authority.run(&arguments).ended(Exit::Usage, "read what is shown above, then add --yes");
    let wanted = format!(
        "key      {keyid} (example timestamp), a key of the timestamp role: compromised\n\
         means    whoever has it and the network can keep from clients, for as long as it counts, that there is something new\n\
         clients  follow along: nobody has to do anything there\n\n\
         1. this program, after a yes: sign the next root with the root keys that are here, and install it\n   \
         interdict-publisher rotate timestamp --replace {keyid}={NEW} --repo repo --key {NEW} --key "
    );
    assert!(ran.stdout.starts_with(&wanted), "{}", ran.stdout);
    let ran = authority.run_in(TestWorld::new().terminal(80).stdin("no\n"), &arguments);
    assert!(ran.ended(Exit::Usage, "not confirmed; nothing was changed").stdout.starts_with(&wanted));
    authority.run(&[&arguments[..], &["--dry-run"]].concat()).done();
    assert_eq!(state(&authority), before);
    let ran = authority.run_in(TestWorld::new().terminal(80).stdin("yes\n"), &arguments).done();
    assert!(ran.stdout.starts_with(&wanted), "{}", ran.stdout);
}

#[test]
fn a_lost_key_is_replaced_by_a_file_that_travels_where_the_root_keys_are_elsewhere() {
    let roots = [Name::Root1, Name::Root2, Name::Root3];
    for (name, role, signers) in [
        (Name::Timestamp, RoleType::Timestamp, &["away/root-1.key", "away/root-3.key"][..]),
        (Name::Snapshot, RoleType::Snapshot, &["away/root-1.key", "away/root-3.key"]),
        (Name::Root2, RoleType::Root, &["away/root-1.key", "away/root-3.key"]),
    ] {
        let authority = Authority::founded();
        authority.issue(&draft("BOD-17-01", 1, None));
        carry_away(&authority, &roots);
        let before = state(&authority);
        let (ran, shown) = gone(&authority, "lost", name, &["--with", NEW, "--yes"]);
        assert_eq!(ran.exit(), Exit::Findings, "others still have to sign: {}", ran.stderr);
        assert_eq!((&shown["role"], &shown["done"]), (&role.to_string().into(), &json!([1])));
        assert_eq!(shown["steps"][1]["by"]["holders"]["of"], 2);
        let after = state(&authority);
        assert!(
            before
                .iter()
                .all(|(path, bytes)| path.ends_with("journal.jsonl") || after.get(path) == Some(bytes))
        );
        // Again: whoever has signed the file meanwhile loses nothing.
        let file = authority.folder().join("repo/pending/root-2.ceremony.json");
        let there = std::fs::read(&file).unwrap();
        gone(&authority, "lost", name, &["--with", NEW, "--yes"]);
        assert_eq!(std::fs::read(&file).unwrap(), there);
        let status = authority.run(&["status", "--repo", "repo"]).done().stdout;
        let line = "root.json (root-2.ceremony.json): 0 of 2 signatures, nobody has signed; may sign: ";
        assert!(status.contains(line), "{status}");
        follow(&authority, &shown, &[signers]);
        let keys = keyids(&authority, role);
        assert!(keys.contains(&keyid(Name::OtherOfficer1)) && !keys.contains(&keyid(name)), "{keys:?}");
        authority.run(&["refresh", "--snapshot", "--repo", "repo"]).done();
    }
}

#[test]
fn a_role_that_may_shrink_needs_no_other_key() {
    let authority = Authority::founded();
    let (ran, shown) = gone(&authority, "lost", Name::Root3, &["--yes"]);
    assert_eq!(ran.exit(), Exit::Done, "{}", ran.stderr);
    assert!(shown["steps"][0]["command"].as_array().unwrap().contains(&"--remove".into()), "{shown}");
    assert_eq!(keyids(&authority, RoleType::Root).len(), 2);
}

#[test]
fn a_targets_key_without_which_too_few_are_left_needs_another_first() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    std::fs::remove_file(authority.folder().join("keys/targets-2.key")).unwrap();
    let before = state(&authority);
    let (ran, shown) = gone(&authority, "lost", Name::Targets2, &["--yes"]);
    assert_eq!((ran.exit(), &shown["done"]), (Exit::Findings, &json!([])));
    assert_eq!(state(&authority), before);
    let command = &shown["steps"][0]["command"];
    assert_eq!((&command[1], &command[2]), (&"key".into(), &"new".into()));
    let means = shown["means"].to_string();
    assert!(means.contains("1 keys of the targets role are left and 2 must sign"), "{means}");
    let (ran, shown) = gone(&authority, "lost", Name::Targets2, &["--with", "keys/targets-3.key", "--yes"]);
    assert_eq!((ran.exit(), &shown["done"]), (Exit::Done, &json!([1, 2])), "{}", ran.stderr);
    assert!(keyids(&authority, RoleType::Targets).contains(&keyid(Name::Targets3)));
    authority.issue(&draft("ED-21-01", 1, None));
}

#[test]
fn a_root_below_its_threshold_means_a_new_repository_and_that_every_client_pins_anew() {
    let authority = Authority::founded();
    gone(&authority, "lost", Name::Root3, &["--yes"]);
    let before = state(&authority);
    let (ran, shown) = gone(&authority, "lost", Name::Root2, &["--with", NEW, "--yes"]);
    assert_eq!(
        (ran.exit(), &shown["clients"], &shown["done"]),
        (Exit::Findings, &"pin-anew".into(), &json!([]))
    );
    let text = shown.to_string();
    for wanted in [
        "1 root keys are left and 2 must sign: nobody can ever sign the next root",
        "look for a copy of the key",
        "interdict trust ROOT.json --replace-trust",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert_eq!(state(&authority), before, "nothing is done that this program cannot do");
}

#[test]
fn a_root_key_that_somebody_else_has_as_well_signs_the_next_root_once_more() {
    for elsewhere in [false, true] {
        let authority = Authority::founded();
        gone(&authority, "lost", Name::Root3, &["--yes"]);
        if elsewhere {
            carry_away(&authority, &[Name::Root1, Name::Root2]);
        }
        let (ran, shown) = gone(&authority, "compromised", Name::Root2, &["--with", NEW, "--yes"]);
        assert_eq!(shown["clients"], "follow-along");
        let text = shown.to_string();
        assert!(text.contains("has to be signed with this key once more, by its holder"), "{text}");
        assert!(!text.contains("look for a copy"), "{text}");
        if elsewhere {
            assert_eq!(ran.exit(), Exit::Findings, "{}", ran.stderr);
            follow(&authority, &shown, &[&["away/root-1.key", "away/root-2.key", NEW]]);
        } else {
            assert_eq!(ran.exit(), Exit::Done, "{}", ran.stderr);
        }
        let keys = keyids(&authority, RoleType::Root);
        assert!(
            keys.contains(&keyid(Name::OtherOfficer1)) && !keys.contains(&keyid(Name::Root2)),
            "{keys:?}"
        );
    }
}

#[test]
fn a_lost_officers_key_is_retired_and_goes_on_counting_for_what_it_signed() {
    let authority = Authority::founded();
    let digest = authority.issue(&draft("BOD-17-01", 1, None));
    let (ran, shown) = gone(&authority, "lost", Name::Officer1, &["--with", NEW, "--yes"]);
    assert_eq!(
        (ran.exit(), &shown["issuer"], &shown["done"]),
        (Exit::Findings, &"dhs".into(), &json!([1, 2]))
    );
    assert_eq!(shown["signed_again"], json!([]));
    let draft =
        std::fs::read_to_string(authority.folder().join("repo/pending/issuers-2.draft.jsonc")).unwrap();
    let list: Value = serde_json::from_str(&draft).unwrap();
    let keys = list["issuers"][0]["keys"].as_array().unwrap();
    assert_eq!((&keys[0]["state"], &keys[0]["vouches"]), (&"retired".into(), &json!([digest])));
    assert_eq!(
        (&keys[3]["state"], &keys[3]["holder"]),
        (&"active".into(), &"example other-officer-1".into())
    );
    follow(&authority, &shown, &[&["keys/root-1.key", "keys/root-2.key"]]);

    assert_eq!(states(&authority), [Retired, Active, Active, Active]);
    keyids(&authority, RoleType::Root);
    // The one in its place signs from now on, and the lost one no longer.
    authority.write("d.jsonc", self::draft("ED-21-01", 1, None));
    let envelope = authority.sign("d.jsonc", &[Name::Officer2, Name::OtherOfficer1]);
    authority.publish(&[&envelope]).done();
    authority
        .run(&["sign", &envelope, "--key", "keys/officer-1.key", "--repo", "repo", "--yes"])
        .ended(Exit::Refused, "is not an active key of the issuer");
}

#[test]
fn what_a_compromised_officers_key_signed_is_listed_and_signed_again_before_the_list_is_installed() {
    let authority = Authority::founded();
    let first = authority.issue(&draft("BOD-17-01", 1, None));
    let second = authority.issue(&draft("BOD-17-01", 2, Some(first)));
    let (ran, shown) = gone(&authority, "compromised", Name::Officer2, &["--yes"]);
    assert_eq!(ran.exit(), Exit::Findings, "{}", ran.stderr);
    let again = |path: &str, digest| {
        json!({ "path": path, "digest": digest, "issuer": "dhs", "signatures": 1, "threshold": 2,
                "may_sign": ["example officer-3"] })
    };
    assert_eq!(
        shown["signed_again"],
        json!([again("BOD-17-01.1.json", first), again("BOD-17-01.2.json", second)])
    );
    let status = authority.run(&["status", "--repo", "repo"]).done().stdout;
    assert!(status.contains("BOD-17-01.2.json (BOD-17-01.2.envelope.json): published"), "{status}");
    let line = "issuers.json (issuers-2.ceremony.json): 0 of 2 signatures, nobody has signed; may sign: ";
    assert!(status.contains(line), "{status}");
    assert!(
        status.contains("  BOD-17-01.1.json  1 of 2 signatures; may sign: example officer-3\n"),
        "{status}"
    );
    // Nobody is left out: the list alone is refused.
    follow(
        &authority,
        &shown,
        &[&["keys/officer-3.key"], &["keys/officer-3.key"], &["keys/root-3.key", "keys/root-1.key"]],
    );

    assert_eq!(states(&authority), [Active, Compromised, Active]);
    keyids(&authority, RoleType::Root);
    let status = authority.run(&["status", "--repo", "repo"]).done().stdout;
    assert!(status.contains("issuers.json (issuers-2.ceremony.json): published"), "{status}");
    let verbs = verbs(&authority);
    assert!(
        verbs.contains(&"key-compromised".to_owned()) && verbs.contains(&"ceremony-finish".to_owned()),
        "{verbs:?}"
    );
    gone(&authority, "lost", Name::Officer3, &["--dry-run"]).0.done();
    authority
        .run(&["key", "compromised", &keyid(Name::Officer2), "--repo", "repo"])
        .ended(Exit::Usage, "as compromised already");
}

#[test]
fn the_list_alone_is_refused_before_the_documents_are_signed_again() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    gone(&authority, "compromised", Name::Officer1, &["--yes"]);
    let file = "repo/pending/issuers-2.ceremony.json";
    for root in ["keys/root-1.key", "keys/root-2.key"] {
        authority.run(&["ceremony", "sign", file, "--key", root, "--yes"]).done();
    }
    authority
        .run(&["ceremony", "finish", file, "--repo", "repo"])
        .ended(Exit::Refused, "BOD-17-01.1.json is published, and would no longer be believed");
    assert_eq!(states(&authority), [KeyState::Active; 3]);
}

#[test]
fn who_is_new_signs_nothing_again_where_others_can() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    let (_, shown) = gone(&authority, "compromised", Name::Officer1, &["--with", NEW, "--yes"]);
    assert_eq!(shown["signed_again"][0]["may_sign"], json!(["example officer-3"]));
    follow(&authority, &shown, &[&["keys/officer-3.key"], &["keys/root-1.key", "keys/root-2.key"]]);
    assert_eq!(states(&authority), [Compromised, Active, Active, Active]);
}

#[test]
fn where_the_new_officer_has_to_sign_again_the_list_is_published_with_it() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    let (_, shown) = gone(&authority, "lost", Name::Officer3, &["--yes"]);
    follow(&authority, &shown, &[&["keys/root-1.key", "keys/root-2.key"]]);
    let (_, shown) = gone(&authority, "compromised", Name::Officer1, &["--with", NEW, "--yes"]);
    assert_eq!(shown["signed_again"][0]["may_sign"], json!(["example other-officer-1"]));
    follow(&authority, &shown, &[&[NEW], &["keys/root-1.key", "keys/root-2.key"]]);

    assert_eq!(states(&authority), [Compromised, Active, Retired, Active]);
    keyids(&authority, RoleType::Root);
}

#[test]
fn too_few_officers_are_said_before_anything_is_drafted() {
    let authority = Authority::founded();
    authority.issue(&draft("BOD-17-01", 1, None));
    let (_, shown) = gone(&authority, "lost", Name::Officer3, &["--yes"]);
    assert!(
        shown["means"].to_string().contains("2 officers of dhs are left, as many as must sign"),
        "{shown}"
    );
    follow(&authority, &shown, &[&["keys/root-1.key", "keys/root-2.key"]]);
    let (_, shown) = gone(&authority, "lost", Name::Officer1, &["--dry-run"]);
    let means = shown["means"].to_string();
    assert!(
        means.contains("1 officers of dhs are left and 2 must sign: nothing new can be signed"),
        "{means}"
    );
}

#[test]
fn a_key_of_nobody_of_several_or_in_place_of_itself_is_refused() {
    let authority = Authority::founded();
    let before = state(&authority);
    let lost = |keyid: &str, more: &[&str]| {
        authority.run(&[&["key", "lost", keyid, "--repo", "repo", "--yes"], more].concat())
    };
    lost("0000000000", &[]).ended(
        Exit::Usage,
        "no role and no issuer has a key 0000000000\nhint: `interdict-publisher status` shows every key that counts",
    );
    lost("0000000", &[]).ended(Exit::Usage, "not a keyid, wanted its 64 hexadecimal digits");
    lost(&keyid(Name::Timestamp), &["--with", "keys/timestamp.key"])
        .ended(Exit::Usage, "the key that takes its place is the same key");
    lost(&keyid(Name::Timestamp), &["--with", "keys/snapshot.key"])
        .ended(Exit::Usage, "serves already, wanted one that serves nowhere");
    // An officer of the list, a stolen one above all, takes nobody's place in it.
    for serves in ["keys/officer-3.key", "keys/targets-1.key"] {
        lost(&keyid(Name::Officer1), &["--with", serves])
            .ended(Exit::Usage, "serves already, wanted one that serves nowhere");
    }
    assert_eq!(
        state(&authority)
            .into_iter()
            .filter(|(path, _)| !path.ends_with("journal.jsonl"))
            .collect::<Vec<_>>(),
        before.into_iter().filter(|(path, _)| !path.ends_with("journal.jsonl")).collect::<Vec<_>>()
    );
}

#[test]
fn something_else_in_the_way_of_the_draft_is_left_alone() {
    let authority = Authority::founded();
    std::fs::create_dir(authority.repository().join("pending")).unwrap();
    let path = authority.write("repo/pending/issuers-2.draft.jsonc", "somebody's own");
    authority
        .run(&["key", "lost", &keyid(Name::Officer1), "--repo", "repo", "--yes"])
        .ended(Exit::Usage, "issuers-2.draft.jsonc holds something else\nhint: it is perhaps of another key");
    assert_eq!(std::fs::read(path).unwrap(), b"somebody's own");
}
