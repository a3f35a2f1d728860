//! Directives that delegated roles list: which role is believed for which, what is kept, and what cannot be hidden
//! (`trust.md`, rules 1, 6, 8, 10 and 12).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::fs;
use std::path::PathBuf;

use ed25519_dalek::SigningKey;
use interdict_client::bundle;
use interdict_client::places::Places;
use interdict_client::store::generation::read_active;
use interdict_host::exit::Exit;
use interdict_host::verifier::Provider;
use interdict_keys_example::Name;
use interdict_schema::issuers;
use interdict_schema::limits::ROLES_ENUMERATED;
use interdict_tests::agency::{Agency, Run};
use interdict_tests::simulator::{Simulator, beginning, days_after, envelope, payload};

/// An authority whose role `team` publishes BOD-2, beside BOD-1 of the top level, and an agency that holds both.
fn two_roles() -> (Simulator, Agency) {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.delegate("targets", "team", &["BOD-2.*", "BOD-3.*"], Name::Targets2);
    authority.directive_of("team", &payload("BOD-2", 1, None));
    authority.publish();
    let agency = Agency::following(&authority);
    (authority, agency)
}

/// Where a file of the repository's part of the active generation lies.
fn in_generation(agency: &Agency, name: &str) -> PathBuf {
    agency.state().join("current/repositories/main").join(name)
}

/// Where a file of the repository's last trusted metadata lies.
fn in_metadata(agency: &Agency, name: &str) -> PathBuf {
    agency.state().join("repositories/main/metadata").join(name)
}

fn holds(agency: &Agency, id: &str) -> bool {
    agency.policy().contains(&format!("\"{id}\""))
}

/// Syncs, and asserts that nothing was accepted and all that was held is held.
#[track_caller]
fn refused(agency: &Agency, authority: &Simulator, exit: Exit, says: &str) -> Run {
    let before = agency.held();
    let run = agency.sync(authority);
    assert_eq!(run.exit(), exit, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(says), "{}", run.stderr);
    assert!(agency.held() == before, "what was held has changed");
    run
}

/// trust.md rule 10
#[test]
fn a_directive_of_a_delegated_role_is_held_with_the_metadata_that_lists_it() {
    let (authority, agency) = two_roles();
    assert!(holds(&agency, "BOD-1") && holds(&agency, "BOD-2"));
    let served = authority.file("metadata/1.team.json");
    assert!(fs::read(in_generation(&agency, "delegated/team.json")).unwrap() == served);
    assert!(fs::read(in_metadata(&agency, "team.json")).unwrap() == served);
    let memory = fs::read_to_string(agency.state().join("repositories/main/memory/memory.json")).unwrap();
    assert!(memory.contains("\"team\":1"), "{memory}");
    let again = agency.sync(&authority);
    assert_eq!(again.exit(), Exit::Done);
    assert!(again.stdout.contains("up to date"), "{}", again.stdout);
    assert_eq!(agency.run(&["status"]).exit(), Exit::Done, "the generation verifies by itself");
}

#[test]
fn a_role_below_a_role_is_found_and_its_new_directives_come_in() {
    let (mut authority, agency) = two_roles();
    authority.delegate("team", "desk", &["BOD-3.*"], Name::Targets3);
    authority.directive_of("desk", &payload("BOD-3", 1, None));
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(holds(&agency, "BOD-2") && holds(&agency, "BOD-3"));
    assert!(in_generation(&agency, "delegated/desk.json").exists());
}

/// trust.md rule 6
#[test]
fn a_role_is_not_believed_outside_of_what_was_delegated_to_it() {
    let (mut authority, agency) = two_roles();
    authority.directive_of("team", &payload("ED-1", 1, None));
    authority.delegate("team", "desk", &["*"], Name::Targets3);
    authority.directive_of("desk", &payload("ED-2", 1, None));
    authority.directive_of("desk", &payload("BOD-3", 1, None));
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(!holds(&agency, "ED-1") && !holds(&agency, "ED-2"), "{}", agency.policy());
    assert!(holds(&agency, "BOD-3"), "what both delegated to it is believed");
}

/// trust.md rule 6
#[test]
fn of_two_roles_that_list_a_directive_the_first_of_the_search_is_believed() {
    let (mut authority, agency) = two_roles();
    // Another text of BOD-3 in each: of the top level, and of a role that comes later.
    let of_the_top = authority.directive(&payload("BOD-3", 1, None));
    let other = String::from_utf8(payload("BOD-3", 1, None)).unwrap().replace("Remove it", "Keep it");
    assert_ne!(authority.directive_of("team", other.as_bytes()), of_the_top);
    authority.publish();
    // Nobody asks for the text that does not count.
    authority.files.retain(|path, bytes| !path.contains("BOD-3") || *bytes != envelope_of(other.as_bytes()));
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(agency.policy().contains(&of_the_top.to_string()), "{}", agency.policy());
}

fn envelope_of(payload: &[u8]) -> Vec<u8> {
    let officers = [Name::Officer1, Name::Officer2];
    envelope(interdict_schema::payload_type::DIRECTIVE, payload, &officers).to_bytes()
}

/// trust.md rule 12
#[test]
fn vanishing_is_judged_over_all_roles() {
    let (mut authority, agency) = two_roles();
    // From the top level to the role and the other way: listed all the while.
    authority.unlist("BOD-1.1.json");
    authority.role("team").targets.clear();
    authority.directive(&payload("BOD-2", 1, None));
    authority.delegate("targets", "second", &["BOD-1.*"], Name::Targets3);
    authority.directive_of("second", &payload("BOD-1", 1, None));
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(holds(&agency, "BOD-1") && holds(&agency, "BOD-2"));
    // From everywhere: carried on, and said.
    authority.role("second").targets.clear();
    authority.directive_of("team", &payload("BOD-3", 1, None));
    authority.publish();
    for _ in 0..2 {
        let run = agency.sync(&authority);
        assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
        assert!(run.stderr.contains("BOD-1: vanished: no longer listed"), "{}", run.stderr);
        assert!(holds(&agency, "BOD-1") && holds(&agency, "BOD-2") && holds(&agency, "BOD-3"));
        assert_eq!(agency.run(&["status"]).exit(), Exit::Refused);
    }
    // The whole role taken away: the same.
    authority.targets.delegations.as_mut().unwrap().roles.retain(|role| role.name != "team");
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("BOD-3: vanished: no longer listed"), "{}", run.stderr);
    assert!(holds(&agency, "BOD-1") && holds(&agency, "BOD-3"));
}

/// Syncs twice, and asserts that the role is set aside with an alarm each time, and that BOD-2 stays as it was.
#[track_caller]
fn set_aside(agency: &Agency, authority: &Simulator, says: &str) {
    for _ in 0..2 {
        let run = agency.sync(authority);
        assert_eq!(run.exit(), Exit::Refused, "{}{}", run.stdout, run.stderr);
        assert!(
            run.stderr.contains("alarm: main: refused-role: ") && run.stderr.contains(says),
            "{}",
            run.stderr
        );
        let kept = "BOD-2: quarantined: delegated role \"team\", which may list it, was refused";
        assert!(run.stderr.contains(kept), "{}", run.stderr);
        assert!(holds(agency, "BOD-2"), "{}", agency.policy());
        let status = agency.run(&["status"]);
        assert_eq!(status.exit(), Exit::Refused, "{}", status.stderr);
        assert!(status.stdout.contains("refused-role"), "{}", status.stdout);
    }
    assert!(agency.run(&["evidence", "list"]).stdout.contains("team.json"));
}

/// trust.md rule 5
#[test]
fn a_delegated_role_signed_by_another_key_is_set_aside_and_everything_else_advances() {
    let (mut authority, agency) = two_roles();
    authority.directive_of("team", &payload("BOD-3", 1, None));
    authority.directive(&payload("ED-1", 1, None));
    authority.delegated.get_mut("team").unwrap().1 = Name::Targets3;
    authority.publish();
    let says = "delegated role \"team\": too few signatures: signatures by 0 of the trusted keys, wanted 1";
    set_aside(&agency, &authority, says);
    assert!(holds(&agency, "ED-1") && holds(&agency, "BOD-1") && !holds(&agency, "BOD-3"));
    let evidence = fs::read_dir(agency.state().join("repositories/main/evidence")).unwrap().count();
    assert_eq!(evidence, 2, "the bytes and the reason are kept");
    assert!(fs::read(in_metadata(&agency, "team.json")).unwrap() == authority.file("metadata/1.team.json"));
    assert!(!in_generation(&agency, "delegated/team.json").exists());
    // Signed as it should be: the alarm ends.
    authority.delegated.get_mut("team").unwrap().1 = Name::Targets2;
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(holds(&agency, "BOD-3") && !agency.policy().contains("quarantined"), "{}", agency.policy());
}

/// trust.md rule 5
#[test]
fn a_delegated_role_that_expires_holds_up_nobody_else() {
    let (mut authority, mut agency) = two_roles();
    let expires = days_after(agency.now, 2);
    authority.role("team").expires = expires;
    authority.publish();
    agency.now = expires.saturating_add_seconds(-1);
    assert_eq!(agency.sync(&authority).exit(), Exit::Done, "good until the second before");
    agency.now = expires;
    authority.directive(&payload("ED-1", 1, None));
    authority.publish();
    set_aside(&agency, &authority, "delegated role \"team\": expired at 2017-09-15T12:00:00Z");
    assert!(holds(&agency, "ED-1"));
}

/// trust.md rule 6
#[test]
fn what_comes_after_a_refused_role_in_the_search_is_not_believed_in_its_place() {
    let (mut authority, agency) = two_roles();
    let other = String::from_utf8(payload("BOD-2", 1, None)).unwrap().replace("forbidden", "harmless");
    authority.delegate("targets", "second", &["BOD-2.*", "BOD-3.*"], Name::Targets1);
    authority.directive_of("second", other.as_bytes());
    authority.directive_of("second", &payload("BOD-3", 1, None));
    authority.delegated.get_mut("team").unwrap().1 = Name::Targets3;
    authority.publish();
    set_aside(&agency, &authority, "too few signatures");
    let policy = agency.policy();
    assert!(policy.contains("forbidden") && !policy.contains("harmless"), "{policy}");
    assert!(!holds(&agency, "BOD-3"), "whether the refused role lists it first is not known");
}

#[test]
fn a_role_that_delegates_to_one_that_is_not_there_takes_only_its_own_names_with_it() {
    let (mut authority, agency) = two_roles();
    authority.delegate("team", "ghost", &["BOD-3.*"], Name::Targets3);
    authority.directive(&payload("ED-1", 1, None));
    authority.publish();
    authority.snapshot.meta.remove("ghost.json").unwrap();
    authority.snapshot.version += 1;
    authority.sign_snapshot();
    authority.timestamp.version += 1;
    authority.sign_timestamp();
    for _ in 0..2 {
        let run = agency.sync(&authority);
        assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
        let says = "refused-role: delegated role \"ghost\": not listed by the trusted snapshot";
        assert!(run.stderr.contains(says), "{}", run.stderr);
        assert!(!run.stderr.contains("quarantined"), "{}", run.stderr);
    }
    assert!(holds(&agency, "BOD-1") && holds(&agency, "BOD-2") && holds(&agency, "ED-1"));
}

#[test]
fn a_refused_role_that_is_all_that_is_left_of_a_damaged_store_lifts_nothing() {
    let (mut authority, agency) = two_roles();
    authority.delegated.get_mut("team").unwrap().1 = Name::Targets3;
    authority.publish();
    let envelope = in_generation(&agency, "envelopes/BOD-2.1.json");
    fs::remove_file(&envelope).unwrap();
    fs::write(&envelope, "{}").unwrap();
    let policy = agency.policy();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("going on would lift it"), "{}", run.stderr);
    assert!(agency.policy() == policy);
}

#[test]
fn an_index_that_claims_that_a_role_was_refused_is_an_alarm() {
    let (_, agency) = two_roles();
    let path = in_generation(&agency, "index.json");
    let mut index: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let directives = index.get_mut("directives").unwrap().as_array_mut().unwrap();
    directives.retain(|held| held.get("id").unwrap() != "BOD-2");
    index.as_object_mut().unwrap().insert("refused_roles".into(), serde_json::json!(["team"]));
    fs::remove_file(&path).unwrap();
    fs::write(&path, serde_json::to_vec(&index).unwrap()).unwrap();
    fs::remove_file(in_generation(&agency, "delegated/team.json")).unwrap();
    let run = agency.run(&["status"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stdout);
    // Nor without the directive's own memory.
    fs::remove_file(agency.state().join("repositories/main/memory/memory.json")).unwrap();
    assert_eq!(agency.run(&["status"]).exit(), Exit::Refused);
}

/// trust.md rule 12
#[test]
fn bytes_that_are_not_the_role_that_the_snapshot_names_end_the_sync() {
    let (mut authority, agency) = two_roles();
    authority.directive(&payload("ED-1", 1, None));
    authority.publish();
    authority.files.get_mut("metadata/2.team.json").unwrap().push(b' ');
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("team.json: more than"), "{}", run.stderr);
    *authority.files.get_mut("metadata/2.team.json").unwrap() =
        authority.file("metadata/1.team.json").to_vec();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("not the file that trusted metadata states"), "{}", run.stderr);
    assert!(!holds(&agency, "ED-1") && holds(&agency, "BOD-2"), "no new generation");
}

/// trust.md rule 14
#[test]
fn a_bundle_of_a_repository_with_a_refused_role_is_not_made_and_one_with_an_expired_role_is_stale() {
    let (mut authority, mut agency) = two_roles();
    authority.role("team").expires = days_after(agency.now, 2);
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    assert_eq!(agency.run(&["bundle", "export", "bundle"]).exit(), Exit::Done);
    let other = {
        let mut other = Agency::trusting(&authority);
        fs::copy(agency.path("bundle"), other.path("bundle")).unwrap();
        other.now = days_after(agency.now, 3);
        other
    };
    let run = other.run(&["bundle", "import", "bundle"]);
    assert_eq!(run.exit(), Exit::Stale, "{}", run.stderr);
    assert!(run.stderr.contains("expired") && other.policy().is_empty(), "{}", run.stderr);
    let run = other.run(&["bundle", "import", "bundle", "--accept-stale", "2"]);
    assert_eq!(run.exit(), Exit::Stale, "{}", run.stderr);
    assert!(holds(&other, "BOD-2"));
    agency.now = days_after(agency.now, 3);
    authority.publish();
    set_aside(&agency, &authority, "expired at");
    let run = agency.run(&["bundle", "export", "bundle"]);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("delegated role \"team\" was refused, and is not held"), "{}", run.stderr);
}

#[test]
fn verify_knows_what_a_delegated_role_lists() {
    let (authority, agency) = two_roles();
    let (_, envelope) = authority.files.iter().find(|(path, _)| path.ends_with(".BOD-2.1.json")).unwrap();
    fs::write(agency.path("BOD-2.1.json"), envelope).unwrap();
    let run = agency.run(&["verify", "BOD-2.1.json"]);
    assert_eq!(run.exit(), Exit::Done, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("listed     yes"), "{}", run.stdout);
}

/// trust.md rule 12
#[test]
fn a_delegated_role_that_is_not_served_is_no_answer_and_hides_nothing() {
    let (mut authority, agency) = two_roles();
    authority.publish();
    authority.files.remove("metadata/2.team.json").unwrap();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
    assert!(holds(&agency, "BOD-1") && holds(&agency, "BOD-2"));
}

/// trust.md rule 8
#[test]
fn refuses_a_snapshot_that_lists_a_delegated_role_in_an_older_version_even_from_memory_alone() {
    let (mut authority, agency) = two_roles();
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    fs::remove_dir_all(agency.state().join("repositories/main/metadata")).unwrap();
    authority.role("team").version = 0;
    authority.publish();
    refused(&agency, &authority, Exit::Refused, "team.json");
}

#[test]
fn refuses_a_snapshot_that_no_longer_lists_a_delegated_role() {
    let (mut authority, agency) = two_roles();
    authority.snapshot.meta.remove("team.json").unwrap();
    authority.snapshot.version += 1;
    authority.sign_snapshot();
    authority.timestamp.version += 1;
    authority.sign_timestamp();
    refused(&agency, &authority, Exit::Refused, "team.json");
}

/// Keys whose secrets nobody has published, but for one.
fn private_but_targets_3(name: Name) -> SigningKey {
    let mut seed = interdict_keys_example::seed(name);
    if name != Name::Targets3 {
        seed.reverse();
    }
    SigningKey::from_bytes(&seed)
}

#[test]
fn an_example_key_that_a_delegation_names_is_refused_unless_it_is_asked_for() {
    let mut founded = Simulator::with(beginning(), private_but_targets_3);
    founded.directive(&payload("BOD-1", 1, None));
    // Of a role, and of a role below a role.
    for (team, desk, refused) in [
        (Name::Targets2, Name::Targets1, false),
        (Name::Targets3, Name::Targets1, true),
        (Name::Targets2, Name::Targets3, true),
    ] {
        let mut authority = founded.clone();
        authority.delegate("targets", "team", &["BOD-2.*"], team);
        authority.delegate("team", "desk", &["BOD-2.*"], desk);
        authority.publish();
        let agency = Agency::trusting(&authority);
        authority.serve_from(&agency.mirror());
        let run = agency.run_without_example_keys(&["sync"]);
        if refused {
            assert_eq!(run.exit(), Exit::Refused, "{team} {desk}: {}", run.stderr);
            assert!(run.stderr.contains("targets-3 is an example key"), "{}", run.stderr);
            // What the top level names concerns everybody; what a role names, that role alone.
            let by_team = desk == Name::Targets3;
            assert_eq!(agency.policy().contains("BOD-1"), by_team, "{}", run.stderr);
            let says = "refused-role: delegated role \"team\": targets-3 is an example key";
            assert_eq!(run.stderr.contains(says), by_team, "{}", run.stderr);
        } else {
            assert_eq!(run.exit(), Exit::Done, "{team} {desk}: {}", run.stderr);
        }
        let allowed = Agency::trusting(&authority);
        assert_eq!(allowed.sync(&authority).exit(), Exit::Done, "where they are asked for");
    }
}

/// trust.md rule 1
#[test]
fn the_list_of_issuers_comes_from_the_top_level_targets_alone() {
    let mut authority = Simulator::new();
    authority.delegate("targets", "team", &["*"], Name::Targets2);
    let listed = authority.targets.targets.remove(issuers::TARGET_PATH).unwrap();
    authority.role("team").targets.insert(issuers::TARGET_PATH.into(), listed);
    authority.publish();
    let agency = Agency::trusting(&authority);
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    assert!(run.stderr.contains("the metadata does not list issuers.json"), "{}", run.stderr);
}

#[test]
fn the_names_of_roles_cannot_take_the_place_of_other_files() {
    let mut authority = Simulator::new();
    for name in ["index", "pinned.root", "2.root", "issuers.1"] {
        authority.delegate("targets", name, &["BOD-1.*"], Name::Targets2);
    }
    authority.directive_of("issuers.1", &payload("BOD-1", 1, None));
    authority.publish();
    let agency = Agency::following(&authority);
    assert!(holds(&agency, "BOD-1"));
    assert!(in_generation(&agency, "delegated/index.json").exists());
    assert_eq!(agency.run(&["status"]).exit(), Exit::Done);
}

#[test]
fn a_delegated_file_that_was_damaged_is_told_and_built_anew() {
    let (authority, agency) = two_roles();
    for path in [in_generation(&agency, "delegated/team.json"), in_metadata(&agency, "team.json")] {
        let whole = fs::read(&path).unwrap();
        // A link into an older generation may share the file: written as a new one.
        fs::remove_file(&path).unwrap();
        fs::write(&path, whole.get(1..).unwrap()).unwrap();
    }
    assert_eq!(agency.run(&["status"]).exit(), Exit::Refused);
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert_eq!(agency.run(&["status"]).exit(), Exit::Done);
    assert!(fs::read(in_metadata(&agency, "team.json")).unwrap() == authority.file("metadata/1.team.json"));
}

#[test]
fn as_many_roles_are_asked_as_may_be_and_not_one_more() {
    let mut authority = Simulator::new();
    for number in 1..=ROLES_ENUMERATED {
        let (name, pattern) = (format!("role-{number}"), format!("BOD-{number}.*"));
        authority.delegate("targets", &name, &[&pattern], Name::Targets2);
    }
    let last = format!("role-{ROLES_ENUMERATED}");
    authority.directive_of(&last, &payload(&format!("BOD-{ROLES_ENUMERATED}"), 1, None));
    authority.publish();
    let agency = Agency::following(&authority);
    assert!(holds(&agency, &format!("BOD-{ROLES_ENUMERATED}")));
    authority.delegate("targets", "one-more", &["BOD-0.*"], Name::Targets2);
    authority.publish();
    let run = agency.sync(&authority);
    assert_eq!(run.exit(), Exit::Refused, "{}", run.stderr);
    let says = format!("found more than {ROLES_ENUMERATED} delegated roles");
    assert!(run.stderr.contains(&says), "{}", run.stderr);
}

#[test]
fn a_bundle_has_every_role_and_what_each_lists() {
    let (mut authority, agency) = two_roles();
    // A role that lists no directive is asked all the same, so it has to come along.
    authority.delegate("team", "empty", &["nothing"], Name::Targets3);
    authority.publish();
    assert_eq!(agency.sync(&authority).exit(), Exit::Done);
    let places = Places { config: agency.path("config.toml"), state: agency.state() };
    let generation = read_active(&places, &Provider).unwrap().unwrap();
    let files = bundle::files(generation.repositories.first().unwrap(), &Provider).unwrap();
    for wanted in ["metadata/2.team.json", "metadata/1.empty.json"] {
        assert!(files.iter().any(|file| file.name == wanted), "{wanted}");
    }
    // Another agency that has nothing but these files.
    let other = Agency::trusting(&authority);
    for file in &files {
        let path = other.mirror().join(&file.name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.bytes).unwrap();
    }
    let run = other.run(&["sync"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(holds(&other, "BOD-1") && holds(&other, "BOD-2"));
}

#[test]
fn a_directive_of_a_delegated_role_that_is_taken_out_of_the_index_is_missed() {
    let (_, agency) = two_roles();
    let path = in_generation(&agency, "index.json");
    let mut index: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let directives = index.get_mut("directives").unwrap().as_array_mut().unwrap();
    directives.retain(|held| held.get("id").unwrap() != "BOD-2");
    fs::remove_file(&path).unwrap();
    fs::write(&path, serde_json::to_vec(&index).unwrap()).unwrap();
    let run = agency.run(&["status"]);
    assert_eq!(run.exit(), Exit::Refused);
    assert!(run.stderr.contains("BOD-2"), "{}", run.stderr);
}
