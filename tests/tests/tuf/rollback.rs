//! Versions that go down, roles that vanish, and how a repository recovers from versions that went up too far.

use interdict_keys_example::Name;
use interdict_schema::tuf::{MetaFile, RoleKeys};
use interdict_tests::simulator::{Simulator, role_keys, tuf_key};

use super::client::Client;
use super::one_target;
use super::site::Site;

#[test]
fn a_root_that_changes_the_timestamp_keys_recovers_from_fast_forward() {
    let (mut repository, client) = one_target();
    repository.timestamp.version = 99_998;
    repository.snapshot.version = 99_998;
    repository.publish();
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0);
    repository.root.roles.timestamp = interdict_tests::simulator::role_keys(&[Name::Targets3], 1);
    repository.root.keys.extend([interdict_tests::simulator::tuf_key(Name::Targets3)]);
    repository.signers[2] = Name::Targets3;
    repository.publish_root();
    (repository.timestamp.version, repository.snapshot.version) = (1, 1);
    repository.publish();
    site.serve(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    assert!(client.kept("timestamp.json") == repository.file("metadata/timestamp.json"));
}

/// A client that has refreshed twice, and the repository that it knows.
fn known(arrange: impl FnOnce(&mut Simulator)) -> (Simulator, Site, Client) {
    let (mut repository, client) = one_target();
    arrange(&mut repository);
    repository.publish();
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    (repository, site, client)
}

#[test]
fn a_timestamp_that_goes_down_is_refused_and_nothing_after_it_is_asked_for() {
    let (mut repository, site, client) = known(|_| ());
    repository.timestamp.version = 1;
    repository.sign_timestamp();
    site.serve(&repository);
    site.requests();
    let before = client.everything();
    assert_eq!(client.refresh(&site.metadata()), 1);
    assert!(client.said().contains("found version 1, wanted at least the trusted 3"), "{}", client.said());
    assert_eq!(site.requests(), ["/metadata/2.root.json 404", "/metadata/timestamp.json 200"]);
    assert!(client.everything() == before);
}

/// States no lengths and digests, as many repositories do not.
fn bare(file: &mut MetaFile) {
    (file.length, file.hashes) = (None, None);
}

#[test]
fn a_newer_timestamp_of_an_older_snapshot_is_not_kept_with_digests_or_without() {
    for digests in [true, false] {
        let (mut repository, site, client) = known(|_| ());
        repository.snapshot.version = 1;
        repository.sign_snapshot();
        repository.timestamp.version += 1;
        if !digests {
            bare(&mut repository.timestamp.meta.snapshot);
        }
        repository.sign_timestamp();
        site.serve(&repository);
        site.requests();
        let before = client.everything();
        assert_eq!(client.refresh(&site.metadata()), 1);
        assert_eq!(site.requests().last().unwrap(), "/metadata/timestamp.json 200");
        let older =
            "timestamp: found version 1 listed for \"snapshot.json\", wanted at least the trusted 3\n";
        assert!(client.said().ends_with(older), "{}", client.said());
        assert!(client.everything() == before);
    }
}

#[test]
fn a_newer_snapshot_of_older_targets_is_not_kept_with_digests_or_without() {
    for digests in [true, false] {
        let (mut repository, site, client) = known(|_| ());
        repository.targets.version = 0;
        repository.publish();
        if !digests {
            repository.snapshot.meta.values_mut().for_each(bare);
            repository.sign_snapshot();
            bare(&mut repository.timestamp.meta.snapshot);
            repository.sign_timestamp();
        }
        site.serve(&repository);
        assert_eq!(client.refresh(&site.metadata()), 1);
        let older = "snapshot: found version 1 listed for \"targets.json\", wanted at least the trusted 3\n";
        assert!(client.said().ends_with(older), "{}", client.said());
        assert_eq!(client.versions(), "root 1, snapshot 3, targets 3, timestamp 4");
    }
}

#[test]
fn a_role_that_a_newer_snapshot_no_longer_lists_is_missed() {
    let (mut repository, site, client) = known(|repository| {
        repository.delegate("targets", "role", &["*.bin"], Name::Targets2);
    });
    repository.snapshot.meta.remove("role.json").unwrap();
    repository.snapshot.version += 1;
    repository.sign_snapshot();
    repository.timestamp.version += 1;
    repository.sign_timestamp();
    site.serve(&repository);
    assert_eq!(client.refresh(&site.metadata()), 1);
    assert!(client.said().ends_with("snapshot: no longer lists \"role.json\"\n"), "{}", client.said());
    assert_eq!(client.versions(), "root 1, snapshot 3, targets 3, timestamp 4");
}

#[test]
fn a_root_that_changes_the_snapshot_keys_lets_targets_go_down_and_roles_go() {
    let (mut repository, site, client) = known(|repository| {
        repository.targets.version = 99_998;
        repository.delegate("targets", "role", &["*.bin"], Name::Targets2);
    });
    replace_keys(&mut repository, |root| &mut root.roles.snapshot);
    repository.signers[1] = Name::Targets3;
    (repository.targets.version, repository.targets.delegations) = (0, None);
    repository.delegated.clear();
    repository.snapshot.meta.clear();
    repository.publish();
    site.serve(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    assert!(client.versions().contains("targets 1,"), "{}", client.versions());
}

#[test]
fn a_root_that_changes_the_keys_of_snapshot_and_timestamp_lets_both_go_down() {
    let (mut repository, site, client) = known(|repository| {
        (repository.snapshot.version, repository.timestamp.version) = (99_998, 99_998);
    });
    repository.root.roles.timestamp = role_keys(&[Name::Targets3], 1);
    replace_keys(&mut repository, |root| &mut root.roles.snapshot);
    repository.signers = [Name::Targets1, Name::Targets3, Name::Targets3];
    (repository.snapshot.version, repository.timestamp.version) = (0, 0);
    repository.publish();
    site.serve(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    assert_eq!(client.versions(), "root 2, snapshot 1, targets 4, timestamp 1");
}

/// Publishes a root that gives a role another key.
fn replace_keys(
    repository: &mut Simulator,
    role: impl FnOnce(&mut interdict_schema::tuf::Root) -> &mut RoleKeys,
) {
    *role(&mut repository.root) = role_keys(&[Name::Targets3], 1);
    repository.root.keys.extend([tuf_key(Name::Targets3)]);
    repository.publish_root();
}
