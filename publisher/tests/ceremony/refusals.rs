//! What is not signed and not installed, exactly, and that everything is as it was.

use interdict_host::exit::Exit;
use interdict_keys_example::Name;
use interdict_publisher::ceremony::{CeremonyRefusal, MAX_CEREMONY_BYTES, Opened};
use interdict_publisher::testing::{Authority, draft};
use interdict_schema::Sha256;
use serde_json::Value;

use super::{finish, instead, keyid, read, sign, start_on, state, text};

/// A renewal of the root that root keys 1 and 2 have signed.
fn signed() -> Authority {
    let authority = Authority::founded();
    start_on(&authority, &["root"]).done();
    sign(&authority, "c.json", &[Name::Root1, Name::Root2]);
    authority
}

/// The refusal of the file with one change.
fn refused(authority: &Authority, change: impl Fn(&mut Value)) -> CeremonyRefusal {
    let mut file: Value = serde_json::from_str(&text(authority, "c.json")).unwrap();
    change(&mut file);
    let bytes = file.to_string();
    let refusal = Opened::read(bytes.as_bytes()).unwrap_err();
    let before = state(authority);
    authority.write("changed.json", bytes);
    for arguments in [
        &["ceremony", "finish", "changed.json", "--repo", "repo"][..],
        &["ceremony", "sign", "changed.json", "--key", "keys/root-3.key", "--yes"],
        &["ceremony", "show", "changed.json"],
        &["ceremony", "merge", "c.json", "changed.json", "--output", "merged.json"],
    ] {
        let ran = authority.run(arguments);
        assert!(matches!(ran.exit(), Exit::Usage | Exit::Refused), "{arguments:?}: {}", ran.stderr);
    }
    assert_eq!(state(authority), before);
    assert!(!authority.folder().join("merged.json").exists());
    refusal
}

#[test]
fn a_file_that_was_changed_on_its_way_is_refused_wherever_it_was_changed() {
    let authority = signed();
    let root = || "root.json".to_owned();
    let file: Value = serde_json::from_str(&text(&authority, "c.json")).unwrap();
    let wanted: Sha256 = file["documents"][0]["sha256"].as_str().unwrap().parse().unwrap();
    let longer = |file: &mut Value| {
        let text = file["documents"][0]["text"].as_str().unwrap().replace("\"2018-", "\"2028-");
        file["documents"][0]["text"] = text.into();
    };
    let mut changed = file.clone();
    longer(&mut changed);
    let found = Sha256::of(changed["documents"][0]["text"].as_str().unwrap().as_bytes());
    assert_eq!(refused(&authority, longer), CeremonyRefusal::Digest { name: root(), found, wanted });
    // With its digest changed as well, the signatures tell.
    let refusal = refused(&authority, |file| {
        longer(file);
        file["documents"][0]["sha256"] = found.to_string().into();
    });
    let first = [keyid(Name::Root1), keyid(Name::Root2)].into_iter().min().unwrap();
    assert_eq!(refusal, CeremonyRefusal::BadSignature { name: root(), keyid: first.clone() });
    let refusal = refused(&authority, |file| {
        let sig = file["documents"][0]["signatures"][1]["sig"].clone();
        file["documents"][0]["signatures"][0]["sig"] = sig;
    });
    assert_eq!(refusal, CeremonyRefusal::BadSignature { name: root(), keyid: first });
    let refusal = refused(&authority, |file| file["documents"][0]["wanted"][0]["threshold"] = 1.into());
    assert_eq!(refusal, CeremonyRefusal::Quorum { name: root() });
    let refusal = refused(&authority, |file| file["documents"][0]["name"] = "targets.json".into());
    assert_eq!(refusal, CeremonyRefusal::Name { found: "targets.json".into(), wanted: root() });
    let refusal = refused(&authority, |file| file["format"] = "interdict-ceremony/2".into());
    assert_eq!(refusal, CeremonyRefusal::Format { found: "interdict-ceremony/2".into() });
    let refusal = refused(&authority, |file| file["base"]["root"] = 2.into());
    assert_eq!(refusal, CeremonyRefusal::BaseVersion { what: "the root", found: 2, wanted: 1 });
    assert!(matches!(refused(&authority, |file| file["new"] = 1.into()), CeremonyRefusal::Shape(_)));
    let refusal = refused(&authority, |file| {
        let one = file["documents"][0].clone();
        file["documents"].as_array_mut().unwrap().push(one);
    });
    assert_eq!(refusal, CeremonyRefusal::DuplicateName { name: root() });
    let refusal = refused(&authority, |file| file["documents"] = Value::Array(Vec::new()));
    assert_eq!(refusal, CeremonyRefusal::Documents { found: 0 });
    let refusal = refused(&authority, |file| file["kind"] = "issuers".into());
    assert_eq!(refusal, CeremonyRefusal::Kind { name: root() });
    let refusal = refused(&authority, |file| {
        let text = file["documents"][0]["text"].as_str().unwrap().replacen('{', "{ ", 1);
        file["documents"][0]["sha256"] = Sha256::of(text.as_bytes()).to_string().into();
        file["documents"][0]["text"] = text.into();
    });
    assert_eq!(refusal, CeremonyRefusal::NotCanonical { name: root() });
}

#[test]
fn a_file_that_was_cut_off_anywhere_is_refused() {
    let authority = signed();
    let whole = text(&authority, "c.json");
    let before = state(&authority);
    for end in [0, 1, 100, whole.len() / 2, whole.trim_end().len() - 1] {
        let refusal = Opened::read(&whole.as_bytes()[..end]).unwrap_err();
        assert!(matches!(refusal, CeremonyRefusal::Read(_)), "{end}: {refusal:?}");
        authority.write("cut.json", &whole[..end]);
        let ran = finish(&authority, &["cut.json"], &[]).ended(Exit::Usage, "caused by: not a ceremony file");
        assert!(ran.stderr.contains("was it cut off on its way?"), "{}", ran.stderr);
    }
    assert_eq!(state(&authority), before);
}

#[test]
fn a_file_one_byte_too_long_is_not_read() {
    let authority = signed();
    let mut whole = text(&authority, "c.json");
    let most = usize::try_from(MAX_CEREMONY_BYTES).unwrap();
    whole.push_str(&" ".repeat(most - whole.len()));
    authority.write("c.json", &whole);
    authority.run(&["ceremony", "show", "c.json"]).done();
    whole.push(' ');
    authority.write("c.json", &whole);
    authority.run(&["ceremony", "show", "c.json"]).ended(Exit::Usage, &format!("{MAX_CEREMONY_BYTES}"));
}

#[test]
fn a_signature_by_somebody_who_is_not_in_the_role_is_refused() {
    let authority = signed();
    let before = text(&authority, "c.json");
    let sign = ["ceremony", "sign", "c.json", "--yes", "--key", "keys/officer-1.key"];
    let ran = authority.run(&sign).ended(
        Exit::Refused,
        &format!(
            "the key \"example officer-1\" ({}) may sign nothing of this ceremony",
            keyid(Name::Officer1)
        ),
    );
    assert!(ran.stderr.contains("nothing was signed"), "{}", ran.stderr);
    assert_eq!(text(&authority, "c.json"), before);
    let stranger = keyid(Name::Officer1);
    let refusal =
        refused(&authority, |file| file["documents"][0]["signatures"][0]["keyid"] = stranger.clone().into());
    assert_eq!(refusal, CeremonyRefusal::NotInRole { name: "root.json".into(), keyid: stranger.clone() });
}

#[test]
fn a_file_of_another_repository_is_refused() {
    let authority = signed();
    let other = Authority::founded_at(authority.now().saturating_add_seconds(1));
    let theirs = text(&authority, "c.json");
    other.write("c.json", &theirs);
    let (found, wanted) = (read(&authority).root().fingerprint(), read(&other).root().fingerprint());
    let text = format!("found a ceremony of the repository {found}, wanted {wanted}");
    let before = state(&other);
    finish(&other, &["c.json"], &[]).ended(Exit::Refused, &text);
    for known in [&["--repo", "repo"], &["--root", "repo/public/metadata/1.root.json"]] {
        let sign = ["ceremony", "sign", "c.json", "--yes", "--key", "keys/root-3.key"];
        other.run(&[&sign[..], known].concat()).ended(Exit::Refused, &text);
    }
    assert_eq!(state(&other), before);
    assert_eq!(super::text(&other, "c.json"), theirs);
}

#[test]
fn a_file_that_builds_on_an_older_root_is_refused() {
    let authority = signed();
    let replace = instead(Name::Root1, Name::OtherOfficer1);
    let other =
        ["ceremony", "start", "root", "--replace", &replace, "--repo", "repo", "--output", "other.json"];
    authority.run(&other).done();
    sign(&authority, "other.json", &[Name::Root1, Name::Root2, Name::Root3]);
    finish(&authority, &["other.json"], &[]).done();
    let before = state(&authority);
    let moved = "found a ceremony that builds on version 1 of the root, and version 2 is published";
    finish(&authority, &["c.json"], &[]).ended(Exit::Refused, moved);
    for known in [&["--repo", "repo"], &["--root", "repo/public/metadata/2.root.json"]] {
        let sign = ["ceremony", "sign", "c.json", "--yes", "--key", "keys/root-3.key"];
        authority.run(&[&sign[..], known].concat()).ended(Exit::Refused, moved);
    }
    assert_eq!(state(&authority), before);
}

#[test]
fn a_file_that_builds_on_older_targets_or_an_older_list_is_refused() {
    let authority = Authority::founded();
    start_on(&authority, &["targets"]).done();
    sign(&authority, "c.json", &[Name::Targets1, Name::Targets2]);
    authority.issue(&draft("BOD-17-01", 1, None));
    let before = state(&authority);
    finish(&authority, &["c.json"], &[]).ended(
        Exit::Refused,
        "found a ceremony that builds on version 1 of the targets, and version 2 is published",
    );
    assert_eq!(state(&authority), before);
}

#[test]
fn copies_of_two_ceremonies_are_not_made_one() {
    let authority = signed();
    let later =
        ["ceremony", "start", "root", "--lifetime", "200d", "--repo", "repo", "--output", "other.json"];
    authority.run(&later).done();
    let before = state(&authority);
    let ran = finish(&authority, &["c.json", "other.json"], &[]).ended(Exit::Refused, "found the ceremony ");
    assert!(ran.stderr.contains(", wanted copies of "), "{}", ran.stderr);
    assert_eq!(state(&authority), before);
}

#[test]
fn below_the_threshold_nothing_is_installed_and_who_is_missing_is_named() {
    let authority = Authority::founded();
    start_on(&authority, &["root"]).done();
    sign(&authority, "c.json", &[Name::Root3]);
    let before = state(&authority);
    let ran = finish(&authority, &["c.json"], &[])
        .ended(Exit::Refused, "found 1 of the signatures, still missing 1");
    for name in ["root-1", "root-2"] {
        assert!(ran.stderr.contains(&format!("not yet  example {name} (")), "{}", ran.stderr);
    }
    assert!(ran.stderr.contains("hint: let those who are named above sign it"), "{}", ran.stderr);
    assert_eq!(state(&authority), before);
}

#[test]
fn a_ceremony_is_over_at_its_last_second() {
    let mut authority = Authority::founded();
    start_on(&authority, &["root", "--valid-for", "1d"]).done();
    sign(&authority, "c.json", &[Name::Root1]);
    let begun = authority.now();
    let sign = ["ceremony", "sign", "c.json", "--yes", "--key", "keys/root-2.key"];
    authority.set_now(begun.saturating_add_seconds(86_400));
    let before = text(&authority, "c.json");
    authority.run(&sign).ended(Exit::Refused, "the ceremony expired at 2017-09-14T12:00:00Z");
    assert_eq!(text(&authority, "c.json"), before);
    authority.set_now(begun.saturating_add_seconds(86_399));
    authority.run(&sign).done();
    authority.set_now(begun.saturating_add_seconds(86_400));
    let before = state(&authority);
    finish(&authority, &["c.json"], &[]).ended(Exit::Refused, "the ceremony expired at 2017-09-14T12:00:00Z");
    assert_eq!(state(&authority), before);
    authority.set_now(begun.saturating_add_seconds(86_399));
    finish(&authority, &["c.json"], &[]).done();
}

#[test]
fn a_ceremony_never_overwrites_a_file() {
    let authority = signed();
    let before = text(&authority, "c.json");
    start_on(&authority, &["root"]).ended(Exit::Usage, "nothing is overwritten");
    assert_eq!(text(&authority, "c.json"), before);
}

#[test]
fn keys_from_the_environment_sign_no_ceremony() {
    let authority = signed();
    let before = text(&authority, "c.json");
    let sign = ["ceremony", "sign", "c.json", "--yes", "--key", "env:ROOT_KEY"];
    let ran = authority.run(&sign);
    assert_eq!(ran.exit(), Exit::Usage, "{}", ran.stderr);
    assert_eq!(text(&authority, "c.json"), before);
}
