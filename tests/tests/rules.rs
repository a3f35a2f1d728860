//! Sentences of the rules of trust that no attack tells better. Each test names its rule; `docs/trust.md` lists them all.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use interdict_host::clock::ClockError;
use interdict_host::exit::Exit;
use interdict_keys_example::Name;
use interdict_schema::issuers::{self, Issuer};
use interdict_schema::payload_type;
use interdict_tests::agency::Agency;
use interdict_tests::simulator::{
    Simulator, beginning, days_after, envelope, issuer_key, payload, role_keys, tuf_key,
};

fn one_directive() -> (Simulator, Agency) {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    let agency = Agency::following(&authority);
    (authority, agency)
}

/// Syncs, and asserts that nothing was accepted and all that was held is held.
#[track_caller]
fn refused(agency: &Agency, authority: &Simulator, says: &str) {
    let policy = agency.policy();
    let run = agency.sync(authority);
    assert_eq!(run.exit(), Exit::Refused, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(says), "{}", run.stderr);
    assert!(agency.policy() == policy, "what was held has changed");
}

/// trust.md rule 1
#[test]
fn the_list_of_issuers_has_a_payload_type_of_its_own() {
    let (mut authority, agency) = one_directive();
    authority.issuers.version += 1;
    let list = serde_json::to_vec(&authority.issuers).unwrap();
    let file = envelope(payload_type::DIRECTIVE, &list, &authority.root_signers);
    authority.target(issuers::TARGET_PATH, &file.to_bytes());
    authority.publish();
    refused(&agency, &authority, "found payload type \"application/vnd.interdict.directive+json\"");
}

/// trust.md rule 1
#[test]
fn a_second_list_of_issuers_of_one_version_is_refused_and_kept_as_equivocation() {
    let (mut authority, agency) = one_directive();
    authority.issuers.version -= 1;
    authority.issuers.issuers[0].name = "Somebody else".into();
    authority.publish_issuers();
    authority.publish();
    refused(
        &agency,
        &authority,
        "version 1 of the list of issuers has another content than the remembered one",
    );
    assert!(agency.run(&["evidence", "list"]).stdout.contains("equivocation-"));
}

/// trust.md rule 1
#[test]
fn a_root_with_other_keys_has_to_sign_the_list_of_issuers_anew() {
    let (mut authority, agency) = one_directive();
    let new = [Name::Targets2, Name::Targets3];
    authority.root.keys.extend(new.map(tuf_key));
    authority.root.roles.root = role_keys(&new, 2);
    authority.root_signers = [Name::Root1, Name::Root2].into_iter().chain(new).collect();
    authority.publish_root();
    authority.publish();
    refused(&agency, &authority, "signatures by 0 of the trusted keys, wanted 2");
    authority.root_signers = new.to_vec();
    authority.publish_issuers();
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
}

/// trust.md rule 1
#[test]
fn no_key_of_a_delegated_role_speaks_for_an_issuer() {
    let (mut authority, agency) = one_directive();
    authority.delegate("targets", "team", &["BOD-2.*"], Name::Officer1);
    authority.publish();
    refused(&agency, &authority, "dhs");
    // Named by a role for another: that role alone is set aside.
    let (mut authority, agency) = one_directive();
    authority.delegate("targets", "team", &["BOD-2.*"], Name::Targets2);
    authority.delegate("team", "desk", &["BOD-2.*"], Name::Officer1);
    authority.directive_of("desk", &payload("BOD-2", 1, None));
    authority.directive(&payload("ED-1", 1, None));
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("refused-role: delegated role \"team\": "), "{}", run.stderr);
    let policy = agency.policy();
    assert!(policy.contains("ED-1") && policy.contains("BOD-1") && !policy.contains("BOD-2"), "{policy}");
    assert_eq!(agency.run(&["status"]).exit(), Exit::Refused);
}

/// trust.md rule 5
#[test]
fn a_relation_to_another_issuers_directive_lifts_nothing_and_is_not_passed_over() {
    let (mut authority, agency) = one_directive();
    authority.issuers.issuers.push(Issuer {
        id: "other".into(),
        name: "Another issuer".into(),
        threshold: 2,
        prefixes: vec!["OTH".into()],
        may_amend: Vec::new(),
        keys: [Name::OtherOfficer1, Name::OtherOfficer2].map(issuer_key).to_vec(),
    });
    authority.publish_issuers();
    let relation = r#""relations":[{"kind":"revokes","target":{"id":"BOD-1"}}],"subjects""#;
    let text = String::from_utf8(payload("OTH-1", 1, None)).unwrap();
    let text = text.replace("\"dhs\"", "\"other\"").replace("\"subjects\"", relation);
    authority.directive_by(text.as_bytes(), &[Name::OtherOfficer1, Name::OtherOfficer2]);
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    let policy: serde_json::Value = serde_json::from_str(&agency.policy()).unwrap();
    let directives = policy["directives"].as_array().unwrap();
    let of = |id: &str| directives.iter().find(|directive| directive["id"] == id).unwrap();
    assert_eq!((&of("BOD-1")["status"], &of("OTH-1")["status"]), (&"in-force".into(), &"in-force".into()));
    let bans = policy["rules"].as_array().unwrap();
    assert!(bans.iter().any(|rule| rule["directive"] == "BOD-1" && rule["until"].is_null()), "{policy}");
}

/// trust.md rule 7
#[test]
fn nothing_that_was_fetched_or_bundled_becomes_the_pin() {
    let (mut authority, agency) = one_directive();
    let pinned =
        |agency: &Agency| fs::read(agency.state().join("repositories/main/trust/pinned.root.json")).unwrap();
    let pin = pinned(&agency);
    authority.publish_root();
    authority.publish_root();
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    assert!(pinned(&agency) == pin && pin == authority.pin());
    assert_eq!(agency.run(&["bundle", "export", "bundle"]).exit(), Exit::Done);
    let other = Agency::trusting(&authority);
    fs::copy(agency.path("bundle"), other.path("bundle")).unwrap();
    assert_eq!(other.run(&["bundle", "import", "bundle"]).exit(), Exit::Done);
    assert!(pinned(&other) == pin);
    // Nor does anything become one where there is none.
    let none = Agency::new();
    assert_eq!(none.run(&["setup", none.mirror().to_str().unwrap()]).exit(), Exit::Done);
    fs::copy(agency.path("bundle"), none.path("bundle")).unwrap();
    assert_eq!(none.run(&["bundle", "import", "bundle"]).exit(), Exit::Usage);
    assert_eq!(none.sync(&authority).exit(), Exit::Usage);
    assert!(!none.state().join("repositories/main/trust").exists());
}

/// trust.md rule 9
#[test]
fn a_wild_clock_cannot_forbid_what_comes_after() {
    let (mut authority, mut agency) = one_directive();
    // Most of a year ahead, somebody admits what has expired since.
    let right = days_after(beginning(), 8);
    agency.now = days_after(beginning(), 300);
    authority.directive(&payload("ED-1", 1, None));
    authority.publish();
    let carried = {
        let other = Agency::following(&authority);
        assert_eq!(other.run(&["bundle", "export", "bundle"]).exit(), Exit::Done);
        fs::read(other.path("bundle")).unwrap()
    };
    fs::write(agency.path("bundle"), carried).unwrap();
    let run = agency.run(&["bundle", "import", "bundle", "--accept-stale", "300"]);
    assert_eq!(run.exit(), Exit::Stale, "{}", run.stderr);
    assert!(agency.policy().contains("ED-1"), "it was accepted: {}", run.stderr);
    agency.now = right;
    authority.timestamp.expires = days_after(right, 7);
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
}

/// trust.md rule 9
#[test]
fn a_clock_that_cannot_be_read_accepts_nothing() {
    let (mut authority, agency) = one_directive();
    authority.publish();
    authority.serve_from(&agency.mirror());
    let before = agency.held();
    let broken = |test: interdict_host::testing::TestWorld| {
        test.clock.fail(ClockError::Unreadable);
        test
    };
    let run = agency.run_arranged(broken, &["sync"]);
    assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
    assert!(run.stderr.contains("clock"), "{}", run.stderr);
    assert!(agency.held() == before);
}

/// trust.md rule 13
#[test]
fn an_equal_timestamp_in_other_bytes_keeps_ours() {
    let (mut authority, agency) = one_directive();
    let ours = authority.file("metadata/timestamp.json").to_vec();
    let mut spaced = ours.clone();
    spaced.push(b'\n');
    assert_ne!(spaced, ours);
    authority.files.insert("metadata/timestamp.json".into(), spaced);
    let before = agency.held();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(run.stdout.contains("up to date"), "{}", run.stdout);
    assert!(agency.held() == before);
}

/// trust.md rule 15
#[test]
fn the_policy_file_holds_instants_and_is_the_same_whenever_it_is_derived() {
    let (_, mut agency) = one_directive();
    let file = agency.policy();
    let policy: serde_json::Value = serde_json::from_str(&file).unwrap();
    let is_instant = |value: &serde_json::Value| {
        value.as_str().is_some_and(|text| text.parse::<interdict_schema::DateTime>().is_ok())
    };
    for of in [&policy, &policy["repositories"][0]] {
        assert!(is_instant(&of["verified_at"]) && is_instant(&of["fresh_until"]), "{file}");
    }
    let rules = policy["rules"].as_array().unwrap();
    assert!(!rules.is_empty());
    for rule in rules {
        assert!(is_instant(&rule["audit_from"]) && is_instant(&rule["block_from"]), "{rule}");
    }
    for state in ["\"fresh\"", "\"stale\"", "\"blocked\"", "\"expired\""] {
        assert!(!file.contains(state), "{file}");
    }
    // Years later, and stale: the very same bytes. What the clock says is said beside them.
    agency.now = days_after(agency.now, 1_000);
    let run = agency.run(&["policy"]);
    assert!(run.stdout == file && run.stderr.contains("warning: stale: "), "{}", run.stderr);
    assert!(agency.policy() == file);
    assert_eq!(agency.run(&["status"]).exit(), Exit::Stale);
}

/// trust.md rule 16
#[test]
fn a_script_that_has_resolved_current_once_reads_one_generation_to_its_end() {
    let (mut authority, agency) = one_directive();
    let link = agency.state().join("current");
    let resolved = fs::canonicalize(&link).unwrap();
    let sums = fs::read_to_string(resolved.join("SHA256SUMS")).unwrap();
    for number in 2..=3 {
        authority.directive(&payload(&format!("BOD-{number}"), 1, None));
        authority.publish();
        assert_eq!(agency.sync(&authority).exit(), Exit::Done);
        assert_ne!(fs::canonicalize(&link).unwrap(), resolved);
        // Nothing of it has changed: no file was written over, none has gone.
        for line in sums.lines() {
            let (digest, file) = line.split_once("  ").unwrap();
            let bytes = fs::read(resolved.join(file)).unwrap();
            assert_eq!(interdict_schema::Sha256::of(&bytes).to_string(), digest, "{file}");
        }
    }
}

/// trust.md rule 21
#[test]
fn an_unset_predicate_binds() {
    let mut authority = Simulator::new();
    let scope = r#""scope":{"systems":[{"predicate":"high-value-asset"}],"excluded_systems":[{"predicate":"national-security-system"}]},"subjects""#;
    let text = String::from_utf8(payload("BOD-1", 1, None)).unwrap().replace("\"subjects\"", scope);
    authority.directive(text.as_bytes());
    authority.publish();
    let agency = Agency::following(&authority);
    fs::write(agency.path("inventory.csv"), "package,version\nforbidden,1.0\n").unwrap();
    let run = agency.run(&["check", "inventory.csv"]);
    assert!(run.outcome.contains(Exit::Findings), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("BOD-1"), "{}", run.stdout);
}

/// trust.md rule 22
#[test]
fn evidence_is_its_owners_alone_and_its_names_are_our_own() {
    let (mut authority, agency) = one_directive();
    authority.files.insert("metadata/timestamp.json".into(), b"../../etc/passwd".to_vec());
    assert_eq!(agency.sync(&authority).exit(), Exit::Refused);
    let folder = agency.state().join("repositories/main/evidence");
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    let mut names = 0;
    for entry in fs::read_dir(&folder).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        let (id, extension) = name.split_once('.').unwrap();
        assert!(id.starts_with("not-json-") && ["bytes", "json"].contains(&extension), "{name}");
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        names += 1;
    }
    assert_eq!(names, 2);
}

/// trust.md rule 22
#[test]
fn evidence_that_cannot_be_kept_fails_no_sync() {
    let (mut authority, agency) = one_directive();
    let folder = agency.state().join("repositories/main/evidence");
    fs::write(&folder, "a file in its place").unwrap();
    authority.directive_by(&payload("BOD-2", 1, None), &[Name::Officer1]);
    authority.directive(&payload("ED-1", 1, None));
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("BOD-2: quarantined"), "{}", run.stderr);
    assert!(agency.policy().contains("ED-1"), "everything else advances");
}
