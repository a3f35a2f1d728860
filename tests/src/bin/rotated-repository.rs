//! Writes a repository before and after its keys change, for TUF clients by others: `rotated-repository FOLDER`, fresh as of
//! the machine's clock. Each of the folders below is one that our server serves; the root to pin is
//! `before/public/metadata/1.root.json`.
//!
//! | folder | what it holds | what a client does that has seen `before` |
//! |---|---|---|
//! | `before` | root 1: two of three root keys, one targets key | |
//! | `after` | root 2: one root key and the timestamp key are others, targets need two signatures; one more directive | reads it |
//! | `revoked` | the same, but the revoked timestamp key has signed the newest timestamp | refuses it |
//! | `alone` | the same, but one targets key alone has signed the newest targets | refuses it |
//! | `usurped` | root 2 is signed by one of the old root keys beside the new one: less than the old threshold | refuses it |

use std::path::PathBuf;
use std::process::ExitCode;

use interdict_host::world::World;
use interdict_keys_example::Name;
use interdict_tests::simulator::{Simulator, payload, role_keys, tuf_key};

/// The example keys have no fourth root key and no second timestamp key: another issuer's officers lend theirs.
const NEW_ROOT: Name = Name::OtherOfficer1;
const NEW_TIMESTAMP: Name = Name::OtherOfficer2;

fn rotate(authority: &mut Simulator, root_signers: &[Name]) {
    let root = &mut authority.root;
    root.keys.remove(&tuf_key(Name::Root1).0);
    root.keys.remove(&tuf_key(Name::Timestamp).0);
    root.keys.extend([NEW_ROOT, NEW_TIMESTAMP, Name::Targets2].map(tuf_key));
    root.roles.root = role_keys(&[Name::Root2, Name::Root3, NEW_ROOT], 2);
    root.roles.timestamp = role_keys(&[NEW_TIMESTAMP], 1);
    root.roles.targets = role_keys(&[Name::Targets1, Name::Targets2], 2);
    authority.root_signers = root_signers.to_vec();
    authority.publish_root();
    // The list of issuers is believed by the keys of the newest root.
    authority.root_signers = vec![Name::Root2, NEW_ROOT];
    authority.publish_issuers();
    authority.signers = [Name::Targets1, Name::Snapshot, NEW_TIMESTAMP];
    authority.cosigners = vec![Name::Targets2];
    authority.directive(&payload("BOD-3", 1, None));
    authority.publish();
}

fn main() -> ExitCode {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let (Some(folder), Ok(now)) = (folder, World::real().now()) else {
        return ExitCode::from(2);
    };
    let write = |authority: &Simulator, name: &str| authority.serve_from(&folder.join(name).join("public"));

    let mut before = Simulator::at(now);
    before.publish_directives(2);
    write(&before, "before");

    // Two old keys and two new ones, of which one is both.
    let mut after = before.clone();
    rotate(&mut after, &[Name::Root1, Name::Root2, NEW_ROOT]);
    write(&after, "after");

    let mut revoked = after.clone();
    revoked.signers = [Name::Targets1, Name::Snapshot, Name::Timestamp];
    revoked.publish();
    write(&revoked, "revoked");

    let mut alone = after;
    alone.cosigners.clear();
    alone.publish();
    write(&alone, "alone");

    let mut usurped = before;
    rotate(&mut usurped, &[Name::Root2, NEW_ROOT]);
    write(&usurped, "usurped");
    ExitCode::SUCCESS
}
