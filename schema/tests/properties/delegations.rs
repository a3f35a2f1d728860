//! The search through delegations, against a plain recursion, on random trees with cycles and roles that two delegate to.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::{Signer, SigningKey};
use interdict_schema::DateTime;
use interdict_schema::key::{Ed25519Only, PublicKey};
use interdict_schema::tuf::{
    DelegatedRole, Delegations, Key, Keys, Lookup, MetaFile, Paths, Role, RoleKeys, RoleName, Roles, Root,
    Signature, Snapshot, Source, TargetFile, Targets, Timestamp, TimestampMeta, TrustedSet, Unsigned, Update,
};
use proptest::prelude::*;

const NOW: &str = "2026-01-01T00:00:00Z";

fn later() -> DateTime {
    NOW.parse::<DateTime>().unwrap().saturating_add_seconds(3_600)
}

fn secret() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

fn key() -> Key {
    Key::of(&PublicKey::ed25519(secret().verifying_key().as_bytes()).unwrap())
}

fn keys() -> Keys {
    [(key().keyid(), key())].into()
}

fn role_keys() -> RoleKeys {
    RoleKeys { keyids: vec![key().keyid()], threshold: 1 }
}

fn sign<T: Role>(document: &T) -> Vec<u8> {
    let unsigned = Unsigned::new(document).unwrap();
    let sig = secret().sign(unsigned.message()).to_bytes().to_vec();
    unsigned.with_signatures([Signature { keyid: key().keyid(), sig }])
}

/// A root with one key for everything.
pub fn root_of(consistent_snapshot: bool) -> Root {
    let roles =
        Roles { root: role_keys(), timestamp: role_keys(), snapshot: role_keys(), targets: role_keys() };
    Root { version: 1, expires: later(), consistent_snapshot, keys: keys(), roles }
}

/// A set that trusts this root.
pub fn set_of(root: &Root) -> TrustedSet<'static> {
    TrustedSet::new(&sign(root), NOW.parse().unwrap(), &Ed25519Only).unwrap()
}

/// One edge: to which role, for which pattern, terminating or not.
type Edge = (usize, &'static str, bool);

/// Roles by number, 0 the top: whether it lists the file, and to whom it delegates.
type Forest = Vec<(bool, Vec<Edge>)>;

const ROLES: usize = 7;
const SOUGHT: &str = "a/b";

fn forest() -> impl Strategy<Value = Forest> {
    let pattern = prop::sample::select(vec!["a/*", "*/*", "*", "?/b", "c/*"]);
    let edge = (1..ROLES, pattern, prop::bool::weighted(0.25));
    let role = (prop::bool::weighted(0.15), prop::collection::vec(edge, 0..4));
    prop::collection::vec(role, ROLES).prop_map(|mut roles| {
        for (_, edges) in &mut roles {
            // No role is delegated to twice by the same delegator.
            let mut seen = BTreeSet::new();
            edges.retain(|(role, ..)| seen.insert(*role));
        }
        roles
    })
}

enum Outcome {
    Found(usize),
    /// A terminating delegation ended everything.
    Ended,
    GoOn,
}

/// TUF 1.0.34, 5.6.7 as a recursion. `order` notes the roles in the order in which they are asked.
fn naive(forest: &Forest, role: usize, order: &mut Vec<usize>) -> Outcome {
    if order.contains(&role) {
        return Outcome::GoOn;
    }
    order.push(role);
    let (lists, edges) = &forest[role];
    if *lists {
        return Outcome::Found(role);
    }
    for (below, pattern, terminating) in edges {
        if matches!(*pattern, "a/*" | "*/*" | "?/b") {
            match naive(forest, *below, order) {
                Outcome::GoOn if *terminating => return Outcome::Ended,
                Outcome::GoOn => {}
                other => return other,
            }
        }
    }
    Outcome::GoOn
}

fn name(role: usize) -> RoleName {
    RoleName::from_text(&if role == 0 { "targets".into() } else { format!("role-{role}") })
}

fn targets(role: usize, (lists, edges): &(bool, Vec<Edge>)) -> Targets {
    let mut targets = BTreeMap::new();
    if *lists {
        targets.insert(SOUGHT.into(), TargetFile::of(&[u8::try_from(role).unwrap()], None));
    }
    let roles = edges
        .iter()
        .map(|(below, pattern, terminating)| DelegatedRole {
            name: name(*below).as_str().into(),
            keys: role_keys(),
            paths: Paths::Patterns(vec![(*pattern).into()]),
            terminating: *terminating,
        })
        .collect();
    Targets { version: 1, expires: later(), targets, delegations: Some(Delegations { keys: keys(), roles }) }
}

proptest! {
    #[test]
    fn the_search_finds_what_a_plain_recursion_finds_and_asks_for_roles_in_its_order(forest in forest()) {
        let files: BTreeMap<RoleName, Vec<u8>> = forest
            .iter()
            .enumerate()
            .map(|(role, description)| (name(role), sign(&targets(role, description))))
            .collect();
        let meta = files.iter().map(|(role, bytes)| (role.meta_name(), MetaFile::of(1, bytes))).collect();
        let snapshot = sign(&Snapshot { version: 1, expires: later(), meta });
        let meta = TimestampMeta { snapshot: MetaFile::of(1, &snapshot) };
        let mut set = set_of(&root_of(true));
        set.finish_root().unwrap();
        let timestamp = sign(&Timestamp { version: 1, expires: later(), meta });
        for update in [
            set.update_timestamp(&timestamp, Source::Remote),
            set.update_snapshot(&snapshot, Source::Remote),
            set.update_targets(&files[&name(0)], Source::Remote),
        ] {
            prop_assert!(matches!(update, Ok(Update::Accepted(_))));
        }

        let mut asked = vec![0];
        let path = SOUGHT.parse().unwrap();
        let found = loop {
            match set.find(&path).unwrap() {
                Lookup::Found { role, file } => break Some((role, file.length)),
                Lookup::NotFound => break None,
                Lookup::Needs { role, delegator } => {
                    let number = (0..ROLES).find(|number| name(*number) == role).unwrap();
                    // Only the delegator of this search vouches, so a role may be asked for once for each delegator.
                    prop_assert!(!asked.contains(&number), "{} is asked for twice", role);
                    asked.push(number);
                    let update = set.update_delegated(&role, &delegator, &files[&role], Source::Remote);
                    prop_assert!(matches!(update, Ok(Update::Accepted(_))));
                }
                Lookup::TooManyRoles { .. } | Lookup::SetAside { .. } => {
                    panic!("seven roles are not too many, and none is set aside")
                }
            }
        };
        let mut order = Vec::new();
        let wanted = match naive(&forest, 0, &mut order) {
            Outcome::Found(role) => Some((name(role), 1)),
            Outcome::Ended | Outcome::GoOn => None,
        };
        prop_assert_eq!(found, wanted);
        prop_assert_eq!(asked, order);
    }
}
