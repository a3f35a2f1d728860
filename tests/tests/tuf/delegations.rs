//! The search through delegated roles (TUF 1.0.34, 5.6.7).

use interdict_keys_example::Name;
use interdict_tests::simulator::Simulator;

use super::client::Client;
use super::site::{RawServer, Site};

#[test]
fn delegations_are_searched_lazily_depth_first_with_one_request_a_role() {
    let mut repository = Simulator::new();
    for (delegator, name, patterns) in [
        ("targets", "A", ["*"]),
        ("targets", "other", ["*.py"]),
        ("targets", "B", ["*"]),
        ("A", "C", ["*"]),
        ("A", "D", ["*"]),
        ("D", "A", ["*"]),
        ("B", "C", ["*"]),
        ("B", "E", ["*"]),
    ] {
        repository.delegate(delegator, name, &patterns, Name::Targets2);
    }
    repository.target_by("D", "found", b"by D");
    repository.publish();
    let site = Site::of(&repository);
    let asked = |site: &Site| -> Vec<String> {
        let requests = site.requests();
        requests.iter().filter(|line| line.contains("/metadata/1.")).cloned().collect()
    };
    let roles = |names: &[&str]| -> Vec<String> {
        names.iter().map(|name| format!("/metadata/1.{name}.json 200")).collect()
    };
    let client = Client::trusting(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0);
    assert!(asked(&site).is_empty(), "a refresh asks for no delegated role");
    assert_eq!(client.download(&site, &["found"]), 0, "{}", client.said());
    assert_eq!(asked(&site), roles(&["A", "C", "D"]));
    assert_eq!(client.download(&site, &["absent"]), 1);
    assert_eq!(asked(&site), roles(&["B", "E"]), "what is held is not asked for again");
    assert_eq!(
        client.json_files(),
        [
            "A.json",
            "B.json",
            "C.json",
            "D.json",
            "E.json",
            "root.json",
            "snapshot.json",
            "targets.json",
            "timestamp.json"
        ]
    );
    repository.role("targets").delegations.as_mut().unwrap().roles[0].terminating = true;
    repository.publish();
    site.serve(&repository);
    let client = Client::trusting(&repository);
    assert_eq!(client.download(&site, &["absent"]), 1);
    let requests = site.requests();
    assert_eq!(requests[4..], ["A", "C", "D"].map(|name| format!("/metadata/2.{name}.json 200")));
}

#[test]
fn a_role_counts_only_on_the_word_of_the_delegator_of_this_lookup_cached_or_not() {
    let mut repository = Simulator::new();
    repository.delegate("targets", "A", &["a-*"], Name::Targets2);
    repository.delegate("targets", "B", &["b-*"], Name::Targets2);
    repository.delegate("A", "shared", &["*"], Name::Targets3);
    // B names another key for the same role.
    let wrong = repository.delegate("B", "shared", &["*"], Name::Targets2);
    assert_eq!(wrong.name, "shared");
    repository.target_by("shared", "a-file", b"a");
    repository.target_by("shared", "b-file", b"b");
    repository.publish();
    let site = Site::of(&repository);
    let client = Client::trusting(&repository);
    assert_eq!(client.download(&site, &["a-file"]), 0, "{}", client.said());
    // In the folder from the run before, and in the set from the lookup before.
    assert_eq!(client.download(&site, &["b-file"]), 1);
    assert!(client.said().contains("shared"), "{}", client.said());
    assert_eq!(client.download(&site, &["a-file", "b-file"]), 1);
    assert_eq!(client.targets().len(), 1);
}

#[test]
fn odd_role_names_are_quoted_in_requests_and_are_safe_file_names() {
    for (name, quoted) in [
        ("?", "%3F"),
        ("#", "%23"),
        ("/delegated", "%2Fdelegated"),
        ("../delegated", "..%2Fdelegated"),
        ("a b", "a%20b"),
        (".", "."),
        ("..", ".."),
        ("%2e", "%252e"),
        ("rôle", "r%C3%B4le"),
    ] {
        let mut repository = Simulator::new();
        repository.delegate("targets", name, &["*"], Name::Targets2);
        repository.publish();
        let server = RawServer::of(&repository);
        let client = Client::trusting(&repository);
        assert_eq!(client.download_from(&server.url("metadata"), &server.url("targets"), &["absent"]), 1);
        assert!(client.said().contains("no role that may list absent does"), "{}", client.said());
        assert_eq!(server.requests()[4..], [format!("/metadata/1.{quoted}.json")]);
        assert_eq!(client.json_files().len(), 5, "{name}");
        assert!(client.json_files().contains(&format!("{quoted}.json")), "{name}");
        assert_eq!(client.download_from(&server.url("metadata"), &server.url("targets"), &["absent"]), 1);
        assert_eq!(server.requests().len(), 2, "the role is held");
    }
}

#[test]
fn roles_are_visited_in_the_order_in_which_the_search_comes_to_them() {
    type Delegation = (&'static str, &'static str, &'static str);
    let all = |names: &[(&'static str, &'static str)]| -> Vec<Delegation> {
        names.iter().map(|(from, to)| (*from, *to, "*")).collect()
    };
    for (what, delegations, terminating, visited) in [
        ("one", all(&[("targets", "K")]), None, "K"),
        ("siblings, the first that is named first", all(&[("targets", "L"), ("targets", "K")]), None, "L K"),
        ("a child before a sibling", all(&[("targets", "K"), ("targets", "L"), ("K", "M")]), None, "K M L"),
        (
            "a grandchild before a sibling",
            all(&[("targets", "K"), ("targets", "L"), ("K", "M"), ("M", "N")]),
            None,
            "K M N L",
        ),
        ("below the last one too", all(&[("targets", "K"), ("targets", "L"), ("L", "M")]), None, "K L M"),
        (
            "a terminating child ends it for everybody",
            all(&[("targets", "K"), ("targets", "L"), ("K", "M"), ("K", "N")]),
            Some("K"),
            "K M",
        ),
        (
            "but for what is below it",
            all(&[("targets", "K"), ("targets", "L"), ("K", "M"), ("M", "N")]),
            Some("K"),
            "K M N",
        ),
        ("a circle", all(&[("targets", "K"), ("K", "L"), ("L", "M"), ("M", "K")]), None, "K L M"),
        (
            "one that two delegate to",
            all(&[("targets", "K"), ("targets", "L"), ("L", "M"), ("K", "M")]),
            None,
            "K M L",
        ),
        (
            "a branch for other names is not entered",
            vec![("targets", "K", "*.rpm"), ("targets", "L", "*"), ("K", "M", "*")],
            None,
            "L",
        ),
        (
            "nor one below",
            vec![("targets", "K", "*"), ("K", "M", "*.rpm"), ("M", "N", "*"), ("targets", "L", "*")],
            None,
            "K L",
        ),
        (
            "one that two delegate to, the first of them for other names",
            vec![("targets", "K", "*"), ("targets", "L", "*"), ("K", "M", "*.rpm"), ("L", "M", "*")],
            None,
            "K L M",
        ),
    ] {
        let mut repository = Simulator::new();
        for (delegator, name, pattern) in delegations {
            repository.delegate(delegator, name, &[pattern], Name::Targets2);
        }
        if let Some(delegator) = terminating {
            repository.role(delegator).delegations.as_mut().unwrap().roles[0].terminating = true;
        }
        repository.publish();
        let (site, client) = (Site::of(&repository), Client::trusting(&repository));
        assert_eq!(client.download(&site, &["absent"]), 1, "{what}");
        let asked: Vec<String> = site.requests().split_off(4);
        let wanted: Vec<String> =
            visited.split(' ').map(|name| format!("/metadata/1.{name}.json 200")).collect();
        assert_eq!(asked, wanted, "{what}");
    }
}

#[test]
fn a_target_is_found_where_every_role_on_the_way_was_given_its_path() {
    let mut repository = Simulator::new();
    repository.delegate("targets", "texts", &["*.txt", "*.rst"], Name::Targets2);
    repository.delegate("targets", "builds", &["builds/*/*"], Name::Targets2);
    repository.delegate("builds", "arm", &["builds/arm/*"], Name::Targets3);
    repository.delegate("builds", "amd", &["builds/amd/*.tar"], Name::Targets3);
    for (role, path) in [
        ("targets", "index"),
        ("texts", "read.rst"),
        ("arm", "builds/arm/one"),
        ("amd", "builds/amd/two.tar"),
        ("amd", "builds/ppc/three.tar"),
    ] {
        repository.target_by(role, path, path.as_bytes());
    }
    repository.publish();
    for (path, visited) in [
        ("index", vec![]),
        ("read.rst", vec!["texts"]),
        ("builds/arm/one", vec!["builds", "arm"]),
        ("builds/amd/two.tar", vec!["builds", "amd"]),
    ] {
        let (site, client) = (Site::of(&repository), Client::trusting(&repository));
        assert_eq!(client.download(&site, &[path]), 0, "{path}: {}", client.said());
        assert_eq!(client.targets()[0].1, path.as_bytes());
        let asked = site.requests();
        let wanted: Vec<String> = visited.iter().map(|name| format!("/metadata/1.{name}.json 200")).collect();
        assert_eq!(asked[4..asked.len() - 1], wanted, "{path}");
    }
    // The role that lists it was never given its path.
    let (site, client) = (Site::of(&repository), Client::trusting(&repository));
    assert_eq!(client.download(&site, &["builds/ppc/three.tar"]), 1);
    assert_eq!(site.requests()[4..], ["/metadata/1.builds.json 200"]);
}
