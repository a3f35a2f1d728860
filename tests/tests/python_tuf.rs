//! A repository that a TUF library by others wrote, refreshed by our client. `tests/interop/run.sh` has it written and says
//! where; elsewhere there is nothing to read, and this test says that it is skipped.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, says why it is skipped, and works on real folders"
)]

use std::fs;
use std::path::PathBuf;

use interdict_client::fetch::{Directory, Fetch, Folder};
use interdict_client::foreign::{Download, Foreign, ForeignError, begin};
use interdict_client::places::Places;
use interdict_client::store::memory::Memory;
use interdict_client::store::roots;
use interdict_client::sync::Salvage;
use interdict_client::update::{Distrust, MetadataFolder, Refresh, SameVersion, Store, UpdateError};
use interdict_host::verifier::Provider;
use interdict_host::world::World;
use interdict_host::write::Disk;
use interdict_schema::key::Ed25519Only;
use interdict_schema::threshold::Shortfall;
use interdict_schema::tuf::{Lookup, Refusal, RoleName, RoleType, TargetPath, TrustedSet};

#[test]
fn a_repository_by_python_tuf_is_refreshed_and_its_target_downloaded() {
    let Some(theirs) = std::env::var_os("INTERDICT_PYTHON_TUF").map(PathBuf::from) else {
        eprintln!("skipped: INTERDICT_PYTHON_TUF names no repository");
        return;
    };
    let now = World::real().now().unwrap();
    let pin = fs::read(theirs.join("metadata/1.root.json")).unwrap();
    let state = tempfile::tempdir().unwrap();
    let places = Places { config: state.path().join("config.toml"), state: state.path().join("state") }
        .repository(&"theirs".parse().unwrap());
    let disk = Disk::default();
    let set = TrustedSet::new(&pin, now, &Ed25519Only).unwrap();
    roots::pin(&disk, &places, set.accepted().first().unwrap()).unwrap();
    let mut memory = Memory::new(1);
    let fetch = Directory::new(theirs.clone());
    let salvage = Salvage::default();
    let storage = Store { disk: &disk, places: &places, salvage: &salvage };
    let same_version = SameVersion::Refused;
    let refresh =
        Refresh { storage: &storage, fetch: &fetch, now, as_of: now, verifier: &Ed25519Only, same_version };
    for run in ["cold", "warm"] {
        let stored = roots::read(&places).unwrap().unwrap();
        let refreshed = refresh.run(&stored, &mut memory).unwrap();
        assert!(refreshed.damage.is_empty(), "{run}: {:?}", refreshed.damage);
        assert_eq!(refreshed.roots.len(), 2, "{run}: the second root was walked to");
        let set = refreshed.set;
        let path = "a.txt".parse().unwrap();
        let Ok(Lookup::Found { file, .. }) = set.find(&path) else { panic!("{run}: a.txt is not listed") };
        let request = set.target_request(&path, file);
        let bytes = fetch.fetch(Folder::Targets, &request.path, request.max_bytes).unwrap();
        set.verify_target(&path, file, &bytes).unwrap();
        assert_eq!(bytes, b"what the target says\n", "{run}");
    }

    // The same with one digit of a signature changed: below the threshold of two.
    let targets = theirs.join("metadata/1.targets.json");
    let text = fs::read_to_string(&targets).unwrap();
    let at = text.find("\"sig\": \"").unwrap() + 8;
    let digit = if text.get(at..=at).unwrap() == "0" { "1" } else { "0" };
    let mut changed = text.clone();
    changed.replace_range(at..=at, digit);
    fs::write(theirs.join("metadata/1.targets.json"), &changed).unwrap();
    fs::remove_file(places.metadata().join(RoleName::from(RoleType::Targets).file_name())).unwrap();
    let outcome = refresh.run(&roots::read(&places).unwrap().unwrap(), &mut memory);
    fs::write(&targets, text).unwrap();
    match outcome {
        Err(UpdateError::Refused { file, source, .. }) => {
            assert_eq!(file, "metadata/1.targets.json");
            let expected = Refusal::Threshold {
                role: RoleType::Targets.into(),
                source: Shortfall { found: 1, required: 2 },
            };
            assert_eq!(*source, Distrust::Metadata(expected));
        }
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("a changed signature was accepted"),
    }
}

#[test]
fn delegations_hash_bins_and_keys_of_every_kind_by_python_tuf_are_followed() {
    let Some(theirs) = std::env::var_os("INTERDICT_PYTHON_TUF_DELEGATED").map(PathBuf::from) else {
        eprintln!("skipped: INTERDICT_PYTHON_TUF_DELEGATED names no repository");
        return;
    };
    let now = World::real().now().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let storage = MetadataFolder::new(Disk::default(), folder.path().join("metadata"));
    begin(&storage, &fs::read(theirs.join("metadata/1.root.json")).unwrap(), now, &Provider).unwrap();
    let fetch = Directory::new(theirs.clone());
    let foreign = Foreign { storage: &storage, fetch: &fetch, now, verifier: &Provider };
    let into = folder.path().join("targets");
    for wanted in [Download::Fetched, Download::Held] {
        let mut set = foreign.refresh().unwrap();
        assert_eq!(set.root().signed().version, 2);
        let binned = (0..8).map(|number| format!("binned-{number}.txt"));
        for path in ["top.txt", "team/a.txt", "team/desk/b.txt"].map(str::to_owned).into_iter().chain(binned)
        {
            let target: TargetPath = path.parse().unwrap();
            assert_eq!(foreign.download(&mut set, &target, &into).unwrap(), wanted, "{path}");
            assert_eq!(fs::read_to_string(into.join(target.file_name())).unwrap(), path);
        }
        let strange = foreign.download(&mut set, &"team/c.txt".parse().unwrap(), &into);
        assert!(matches!(strange, Err(ForeignError::NotListed { .. })), "{strange:?}");
    }
    // Without the algorithms not even the root is trusted.
    let nothing = MetadataFolder::new(Disk::default(), folder.path().join("nothing"));
    let root = fs::read(theirs.join("metadata/1.root.json")).unwrap();
    assert!(matches!(begin(&nothing, &root, now, &Ed25519Only), Err(ForeignError::Root(_))));
}
