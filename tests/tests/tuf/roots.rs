//! Roots that follow the trusted one (TUF 1.0.34, 5.3).

use interdict_keys_example::Name::{self, Officer1, Officer2, Officer3, Root1, Root2, Root3};
use interdict_tests::simulator::{Simulator, beginning, days_after, role_keys, tuf_key};

use super::client::Client;
use super::one_target;
use super::site::Site;

#[test]
fn new_roots_are_walked_and_kept_and_one_that_has_expired_ends_it_there() {
    let (mut repository, client) = one_target();
    repository.publish_root();
    repository.root.expires = beginning();
    repository.publish_root();
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 1);
    assert_eq!(
        site.requests(),
        ["/metadata/2.root.json 200", "/metadata/3.root.json 200", "/metadata/4.root.json 404"]
    );
    assert_eq!(client.json_files(), ["root.json"]);
    assert!(client.kept("root.json") == repository.file("metadata/3.root.json"));
    repository.root.expires = days_after(beginning(), 365);
    repository.publish_root();
    site.serve(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    assert_eq!(site.requests()[0], "/metadata/4.root.json 200");
}

#[test]
fn an_expired_root_in_the_folder_leads_to_its_successor() {
    let (mut repository, mut client) = one_target();
    repository.root.expires = days_after(beginning(), 5);
    repository.publish_root();
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    client.now = days_after(beginning(), 6);
    assert_eq!(client.refresh(&site.metadata()), 1, "no successor yet");
    assert!(client.said().contains("expired"), "{}", client.said());
    repository.root.expires = days_after(beginning(), 365);
    repository.publish_root();
    site.serve(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    assert!(client.kept("root.json") == repository.file("metadata/3.root.json"));
}

/// A root: who its root role names, how many of them must sign, and who does.
type Step = (&'static [Name], u32, &'static [Name]);

/// Serves a chain of roots to a client that has the first, and gives the exit code and the version it then trusts.
fn walk(chain: &[Step]) -> (u8, String) {
    let mut repository = Simulator::new();
    repository.root.version = 0;
    for (named, threshold, signers) in chain {
        repository.root.keys.extend(named.iter().copied().map(tuf_key));
        repository.root.roles.root = role_keys(named, *threshold);
        repository.root_signers = signers.to_vec();
        repository.publish_root();
    }
    let (site, client) = (Site::of(&repository), Client::trusting(&repository));
    let code = client.refresh(&site.metadata());
    let versions = client.versions();
    (code, versions.split(',').next().unwrap().to_owned())
}

#[test]
fn a_root_follows_when_the_thresholds_of_the_old_and_of_the_new_root_signed_it() {
    let chains: [(&str, &[Step]); 7] = [
        (
            "a key is replaced",
            &[(&[Root1], 1, &[Root1]), (&[Root2], 1, &[Root1, Root2]), (&[Root2], 1, &[Root2])],
        ),
        (
            "strangers sign too",
            &[(&[Root1], 1, &[Officer1, Root1]), (&[Root2], 1, &[Officer1, Root2, Officer2, Root1])],
        ),
        (
            "others of the same keys sign",
            &[
                (&[Root1, Root2, Root3], 2, &[Root1, Root2]),
                (&[Root1, Root2, Root3], 2, &[Root3, Root2]),
                (&[Root1, Root2, Root3], 2, &[Root3, Root1]),
            ],
        ),
        (
            "one of three is replaced, and two that stayed sign",
            &[(&[Root1, Root2, Root3], 2, &[Root1, Root3]), (&[Root1, Root2, Officer1], 2, &[Root1, Root2])],
        ),
        (
            "all are replaced",
            &[
                (&[Root1, Root2, Root3], 2, &[Root1, Root2]),
                (&[Officer1, Officer2, Officer3], 2, &[Root1, Root2, Officer1, Officer2]),
                (&[Officer1, Officer2, Officer3], 2, &[Officer2, Officer3]),
            ],
        ),
        ("the threshold rises", &[(&[Root1], 1, &[Root1]), (&[Root1, Root2], 2, &[Root1, Root2])]),
        (
            "the threshold falls",
            &[
                (&[Root1, Root2, Root3], 2, &[Root1, Root2]),
                (&[Root1, Root2, Root3], 1, &[Root1, Root3]),
                (&[Root1, Root2, Root3], 1, &[Root3]),
            ],
        ),
    ];
    for (what, chain) in chains {
        assert_eq!(walk(chain), (0, format!("root {}", chain.len())), "{what}");
    }
}

#[test]
fn a_root_below_the_threshold_of_the_old_or_of_the_new_root_does_not_follow() {
    let chains: [(&str, &[Step]); 6] = [
        ("not by the old key", &[(&[Root1], 1, &[Root1]), (&[Root2], 1, &[Root2, Officer1])]),
        ("not by the new key", &[(&[Root1], 1, &[Root1]), (&[Root2], 1, &[Root1, Officer1])]),
        (
            "one short of the old ones",
            &[(&[Root1, Root2, Root3], 2, &[Root1, Root2]), (&[Root1, Officer1], 2, &[Root1, Officer1])],
        ),
        (
            "one short of the new ones",
            &[(&[Root1, Root2, Root3], 2, &[Root1, Root2]), (&[Root1, Officer1], 2, &[Root1, Root2])],
        ),
        (
            "the threshold rises and is not met",
            &[(&[Root1, Root2], 1, &[Root1]), (&[Root1, Root2], 2, &[Root2])],
        ),
        (
            "the threshold falls and the old one is not met",
            &[(&[Root1, Root2], 2, &[Root1, Root2]), (&[Root1, Root2], 1, &[Root1])],
        ),
    ];
    for (what, chain) in chains {
        assert_eq!(walk(chain), (1, "root 1".to_owned()), "{what}");
    }
}
