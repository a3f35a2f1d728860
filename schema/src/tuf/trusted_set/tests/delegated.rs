//! TUF 1.0.34, 5.6.7: the search through delegations.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::refused;
use crate::limits::ROLES_VISITED;
use crate::threshold::Shortfall;
use crate::tuf::simulator::{NOW, Simulator, after, key, moment, role_keys};
use crate::tuf::{
    Enumeration, Lookup, Paths, Refusal, RoleName, RoleType, Source, TargetFile, TargetPath, TrustedSet,
    Update,
};

const TARGETS: RoleName = RoleName::Top(RoleType::Targets);

fn all() -> Paths {
    Paths::Patterns(vec!["*".into()])
}

fn role(name: &str) -> RoleName {
    RoleName::from_text(name)
}

fn path(text: &str) -> TargetPath {
    text.parse().unwrap()
}

fn put(simulator: &mut Simulator, name: &str, target: &str) {
    let file = TargetFile::of(name.as_bytes(), None);
    simulator.delegated.get_mut(name).unwrap().targets.insert(target.into(), file);
}

/// Searches as a client does, and returns the roles fetched, in order, and who listed the file.
fn search(simulator: &Simulator, set: &mut TrustedSet<'_>, target: &str) -> (Vec<String>, Option<String>) {
    let mut fetched = Vec::new();
    loop {
        match set.find(&path(target)).unwrap() {
            Lookup::Found { role, .. } => return (fetched, Some(role.as_str().into())),
            Lookup::NotFound => return (fetched, None),
            Lookup::TooManyRoles { limit } => return (fetched, Some(format!("more than {limit}"))),
            Lookup::SetAside { role } => return (fetched, Some(format!("{} is set aside", role.as_str()))),
            Lookup::Needs { role, delegator } => {
                let bytes = simulator.role(role.as_str());
                let update = set.update_delegated(&role, &delegator, &bytes, Source::Remote).unwrap();
                assert!(matches!(update, Update::Accepted(_)));
                fetched.push(role.as_str().into());
            }
        }
    }
}

#[test]
fn goes_depth_first_in_the_order_of_precedence_and_fetches_only_what_it_needs() {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, all(), false);
    simulator.delegate("a", "a1", 12, all(), false);
    simulator.delegate("a", "a2", 13, all(), false);
    simulator.delegate("targets", "b", 14, all(), false);
    simulator.delegate("targets", "c", 15, all(), false);
    put(&mut simulator, "b", "x");
    put(&mut simulator, "c", "x");
    put(&mut simulator, "a1", "y");
    simulator.list();
    let mut set = simulator.complete();
    assert_eq!(search(&simulator, &mut set, "a.json"), (vec![], Some("targets".into())));
    let fetched = ["a", "a1"].map(String::from).to_vec();
    assert_eq!(search(&simulator, &mut set, "y"), (fetched, Some("a1".into())));
    let fetched = ["a2", "b"].map(String::from).to_vec();
    assert_eq!(search(&simulator, &mut set, "x"), (fetched, Some("b".into())));
    assert_eq!(search(&simulator, &mut set, "z"), (vec!["c".into()], None));
    let accepted: Vec<String> = set.accepted().iter().map(|file| file.role().as_str().into()).collect();
    assert_eq!(accepted, ["root", "timestamp", "snapshot", "targets", "a", "a1", "a2", "b", "c"]);
}

#[test]
fn a_terminating_role_ends_the_search_for_its_paths() {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, all(), false);
    simulator.delegate("a", "a1", 12, Paths::Patterns(vec!["x*".into()]), true);
    simulator.delegate("a", "a2", 13, all(), false);
    simulator.delegate("targets", "b", 14, all(), false);
    put(&mut simulator, "a2", "x");
    put(&mut simulator, "b", "x");
    put(&mut simulator, "b", "y");
    simulator.list();
    let fetched = ["a", "a1"].map(String::from).to_vec();
    assert_eq!(search(&simulator, &mut simulator.complete(), "x"), (fetched, None));
    let fetched = ["a", "a2", "b"].map(String::from).to_vec();
    assert_eq!(search(&simulator, &mut simulator.complete(), "y"), (fetched, Some("b".into())));
}

#[test]
fn a_role_is_asked_only_for_paths_entrusted_to_it() {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, Paths::Patterns(vec!["a/*".into()]), false);
    // SHA-256 of "x" begins with 2d711642.
    simulator.delegate("targets", "bin", 12, Paths::HashPrefixes(vec!["2d".into()]), false);
    put(&mut simulator, "a", "x");
    put(&mut simulator, "a", "a/x");
    put(&mut simulator, "a", "a/b/x");
    put(&mut simulator, "bin", "x");
    simulator.list();
    let mut set = simulator.complete();
    assert_eq!(search(&simulator, &mut set, "a/x").1.as_deref(), Some("a"));
    assert_eq!(search(&simulator, &mut set, "a/b/x").1, None);
    assert_eq!(search(&simulator, &mut set, "x").1.as_deref(), Some("bin"));
}

#[test]
fn an_enumeration_asks_each_role_once_and_proposes_what_any_of_them_lists() {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, all(), false);
    simulator.delegate("targets", "b", 12, all(), false);
    simulator.delegate("a", "shared", 13, all(), false);
    // A cycle, and a role that two delegate to.
    simulator.delegate("shared", "a", 11, all(), false);
    simulator.delegate("b", "shared", 13, all(), false);
    put(&mut simulator, "b", "by b");
    put(&mut simulator, "shared", "by shared");
    simulator.list();
    let mut set = simulator.complete();
    let mut asked = Vec::new();
    let names = loop {
        let (role, delegator) = match set.enumerate() {
            Enumeration::All(names) => break names,
            Enumeration::Needs { role, delegator } => (role, delegator),
            Enumeration::TooManyRoles { limit } => panic!("more than {limit}"),
        };
        let bytes = simulator.role(role.as_str());
        let _ = set.update_delegated(&role, &delegator, &bytes, Source::Remote).unwrap();
        asked.push(format!("{} of {}", role.as_str(), delegator.as_str()));
    };
    assert_eq!(asked, ["a of targets", "b of targets", "shared of a"]);
    assert!(names.contains("a.json") && names.contains("by b") && names.contains("by shared"), "{names:?}");
}

#[test]
fn cycles_end() {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, all(), false);
    simulator.delegate("a", "b", 12, all(), false);
    simulator.delegate("b", "a", 11, all(), false);
    simulator.delegate("b", "b", 12, all(), false);
    simulator.list();
    let fetched = ["a", "b"].map(String::from).to_vec();
    assert_eq!(search(&simulator, &mut simulator.complete(), "x"), (fetched, None));
}

#[test]
fn a_search_visits_no_more_roles_than_the_limit() {
    let chain = |length: usize| {
        let mut simulator = Simulator::new();
        let mut above = String::from("targets");
        for number in 0..length {
            let name = format!("r{number}");
            simulator.delegate(&above, &name, 11, all(), false);
            above = name;
        }
        put(&mut simulator, &above, "x");
        simulator.list();
        simulator
    };
    let simulator = chain(ROLES_VISITED);
    let (fetched, found) = search(&simulator, &mut simulator.complete(), "x");
    assert_eq!((fetched.len(), found), (ROLES_VISITED, Some(format!("r{}", ROLES_VISITED - 1))));
    let simulator = chain(ROLES_VISITED + 1);
    let (fetched, found) = search(&simulator, &mut simulator.complete(), "x");
    assert_eq!((fetched.len(), found), (ROLES_VISITED, Some(format!("more than {ROLES_VISITED}"))));
}

#[test]
fn a_role_that_another_vouched_for_is_verified_by_the_keys_of_this_delegator() {
    // "shared" is delegated to by a (key 12) and by b (which trusts key 13 alone for it).
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, Paths::Patterns(vec!["x".into()]), false);
    simulator.delegate("targets", "b", 14, Paths::Patterns(vec!["y".into()]), false);
    simulator.delegate("b", "shared", 13, all(), false);
    simulator.delegate("a", "shared", 12, all(), false);
    put(&mut simulator, "shared", "x");
    put(&mut simulator, "shared", "y");
    simulator.list();
    let mut set = simulator.complete();
    assert_eq!(search(&simulator, &mut set, "x").1.as_deref(), Some("shared"));
    assert!(set.update_delegated(&role("b"), &TARGETS, &simulator.role("b"), Source::Remote).is_ok());
    assert_eq!(set.find(&path("y")), Ok(Lookup::Needs { role: role("shared"), delegator: role("b") }));
    for source in [Source::Local, Source::Remote] {
        assert_eq!(
            refused(&mut set, |set| set.update_delegated(
                &role("shared"),
                &role("b"),
                &simulator.role("shared"),
                source
            )),
            Refusal::Threshold { role: role("shared"), source: Shortfall { found: 0, required: 1 } }
        );
    }
}

#[test]
fn refuses_a_role_that_the_snapshot_does_not_list() {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, all(), false);
    simulator.list();
    simulator.snapshot.meta.remove("a.json");
    simulator.name_snapshot();
    let mut set = simulator.complete();
    let unlisted = Refusal::Unlisted { role: role("a") };
    assert_eq!(set.find(&path("x")), Err(unlisted.clone()));
    assert_eq!(
        refused(&mut set, |set| set.update_delegated(
            &role("a"),
            &TARGETS,
            &simulator.role("a"),
            Source::Remote
        )),
        unlisted
    );
}

#[test]
fn refuses_a_role_that_its_delegator_does_not_name_or_that_has_none() {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, all(), false);
    simulator.delegate("a", "b", 12, all(), false);
    simulator.list();
    let mut set = simulator.complete();
    let mut attempt = |name: &str, delegator: &RoleName| {
        refused(&mut set, |set| {
            set.update_delegated(&role(name), delegator, &simulator.role("b"), Source::Remote)
        })
    };
    assert_eq!(attempt("b", &TARGETS), Refusal::NotDelegated { role: role("b"), delegator: TARGETS });
    assert_eq!(attempt("b", &role("a")), Refusal::OutOfOrder { role: role("b"), wanted: role("a") });
}

#[test]
fn delegated_roles_expire_and_are_bound_to_the_snapshot_like_targets() {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, all(), false);
    simulator.list();
    let yesterday = simulator.role("a");
    for seconds in [-1, 0] {
        simulator.delegated.get_mut("a").unwrap().expires = after(seconds);
        simulator.list();
        assert_eq!(
            refused(&mut simulator.complete(), |set| set.update_delegated(
                &role("a"),
                &TARGETS,
                &simulator.role("a"),
                Source::Remote
            )),
            Refusal::Expired { role: role("a"), expires: after(seconds), now: moment(NOW) }
        );
    }
    simulator.delegated.get_mut("a").unwrap().expires = after(1);
    simulator.list();
    let mut set = simulator.complete();
    let update = |set: &mut TrustedSet<'_>, bytes: &[u8], source| {
        set.update_delegated(&role("a"), &TARGETS, bytes, source)
    };
    // Yesterday's file has the same version and another content.
    assert_eq!(update(&mut set, &yesterday, Source::Local), Ok(Update::Floor));
    assert_eq!(
        refused(&mut set, |set| update(set, &simulator.role("a"), Source::Remote)),
        Refusal::Equivocation { role: role("a"), version: 1 }
    );
    let mut set = simulator.complete();
    assert!(matches!(update(&mut set, &simulator.role("a"), Source::Local), Ok(Update::Accepted(_))));
}

#[test]
fn a_key_of_one_delegated_role_does_not_count_for_its_sibling() {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, all(), false);
    simulator.delegate("targets", "b", 12, all(), false);
    simulator.signers.insert("b".into(), vec![11]);
    simulator.list();
    assert_eq!(
        refused(&mut simulator.complete(), |set| set.update_delegated(
            &role("b"),
            &TARGETS,
            &simulator.role("b"),
            Source::Remote
        )),
        Refusal::Threshold { role: role("b"), source: Shortfall { found: 0, required: 1 } }
    );
}

#[test]
fn one_key_under_two_keyids_counts_once_for_a_delegated_role() {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, all(), false);
    let delegations = simulator.targets.delegations.as_mut().unwrap();
    delegations.keys.insert("other".into(), key(11));
    delegations.roles[0].keys = role_keys(&[11], 2);
    delegations.roles[0].keys.keyids.push("other".into());
    simulator.list();
    assert_eq!(
        refused(&mut simulator.complete(), |set| set.update_delegated(
            &role("a"),
            &TARGETS,
            &simulator.role("a"),
            Source::Remote
        )),
        Refusal::Threshold { role: role("a"), source: Shortfall { found: 1, required: 2 } }
    );
}

#[test]
fn a_role_that_was_set_aside_ends_each_search_that_comes_to_it_and_no_other() {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, Paths::Patterns(vec!["one-*".into()]), false);
    simulator.delegate("a", "below", 12, all(), false);
    simulator.delegate("targets", "b", 13, all(), false);
    for (name, target) in [("a", "one-a"), ("below", "one-below"), ("b", "one-b"), ("b", "two-b")] {
        put(&mut simulator, name, target);
    }
    simulator.list();
    let mut set = simulator.complete();
    set.set_aside(role("a"));
    let undecided = Some(String::from("a is set aside"));
    assert_eq!(search(&simulator, &mut set, "one-a"), (vec![], undecided.clone()));
    // Not even where a later role lists it: whether the earlier one does is not known.
    assert_eq!(search(&simulator, &mut set, "one-b"), (vec![], undecided));
    assert_eq!(search(&simulator, &mut set, "two-b"), (vec!["b".into()], Some("b".into())));
    let Enumeration::All(names) = set.enumerate() else { panic!("nothing else is needed") };
    assert_eq!(names.into_iter().filter(|name| name.contains('-')).collect::<Vec<_>>(), ["one-b", "two-b"]);
    assert!(set.roles_set_aside().eq([&role("a")]));
}

#[test]
fn a_role_that_was_set_aside_counts_where_another_delegator_vouched_for_it() {
    let mut simulator = Simulator::new();
    simulator.delegate("targets", "a", 11, all(), false);
    put(&mut simulator, "a", "file");
    simulator.list();
    let mut set = simulator.complete();
    assert_eq!(search(&simulator, &mut set, "file").1.as_deref(), Some("a"));
    set.set_aside(role("a"));
    assert_eq!(search(&simulator, &mut set, "file").1.as_deref(), Some("a"));
    assert!(matches!(set.enumerate(), Enumeration::All(names) if names.contains("file")));
}
