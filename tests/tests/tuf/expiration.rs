//! Lifetimes, and the clock by which they are judged.

use std::fs;
use std::process::Command;

use interdict_host::world::World;
use interdict_keys_example::Name;
use interdict_tests::simulator::{Simulator, beginning, days_after};

use super::client::Client;
use super::one_target;
use super::site::Site;

#[test]
fn an_expired_local_timestamp_does_not_stop_an_update_and_still_serves_as_the_floor() {
    let (mut repository, mut client) = one_target();
    repository.publish();
    let site = Site::of(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0);
    let (now, later) = (repository.timestamp.expires, days_after(beginning(), 300));
    client.now = now;
    assert_eq!(client.refresh(&site.metadata()), 1, "nothing newer is there");
    assert!(client.said().contains("expired"), "{}", client.said());
    repository.timestamp.expires = later;
    repository.snapshot.expires = later;
    // A lower version, signed anew.
    repository.timestamp.version = 2;
    repository.sign_timestamp();
    site.serve(&repository);
    assert_eq!(client.refresh(&site.metadata()), 1);
    assert!(client.said().contains("wanted at least the trusted 3"), "{}", client.said());
    repository.timestamp.version = 3;
    repository.publish();
    site.serve(&repository);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
    assert!(client.kept("timestamp.json") == repository.file("metadata/timestamp.json"));
}

#[test]
fn a_delegated_role_that_has_expired_is_not_used_and_a_newer_one_is() {
    let mut repository = Simulator::new();
    repository.delegate("targets", "role", &["*"], Name::Targets2);
    repository.role("role").expires = days_after(beginning(), 5);
    repository.target_by("role", "first", b"1");
    repository.target_by("role", "second", b"2");
    repository.publish();
    let site = Site::of(&repository);
    let mut client = Client::trusting(&repository);
    assert_eq!(client.download(&site, &["first"]), 0, "{}", client.said());
    client.now = days_after(beginning(), 6);
    assert_eq!(client.download(&site, &["second"]), 1);
    assert_eq!(client.targets().len(), 1);
    repository.role("role").expires = days_after(beginning(), 20);
    repository.publish();
    site.serve(&repository);
    assert_eq!(client.download(&site, &["second"]), 0, "{}", client.said());
    // Expired from the first: never trusted.
    repository.role("role").expires = beginning();
    repository.publish();
    site.serve(&repository);
    let fresh = Client::trusting(&repository);
    assert_eq!(fresh.download(&site, &["first"]), 1);
    assert_eq!(fresh.json_files(), ["root.json", "snapshot.json", "targets.json", "timestamp.json"]);
}

#[test]
fn the_clock_is_the_systems_and_can_be_shifted_under_the_program() {
    if Command::new("faketime").arg("--version").output().is_err() {
        eprintln!("skipped: faketime is not installed");
        return;
    }
    let program = interdict_tests::programs::build().unwrap().client;
    let repository = Simulator::at(World::real().now().unwrap());
    let (site, client) = (Site::of(&repository), Client::new());
    fs::create_dir(client.metadata_dir()).unwrap();
    let root = client.metadata_dir().with_file_name("initial.json");
    fs::write(&root, repository.pin()).unwrap();
    let run = |shift: &str, arguments: &[&str]| {
        let mut command = Command::new("faketime");
        command.args(["-f", shift]).arg(&program).args(["tuf", "--metadata-dir"]).arg(client.metadata_dir());
        let output = command.args(arguments).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let refresh = ["--metadata-url", &site.metadata(), "refresh"];
    assert_eq!(run("+0d", &["init", root.to_str().unwrap()]), (0, String::new()));
    assert_eq!(run("+6d", &refresh), (0, String::new()));
    // The timestamp is good for seven days.
    let (code, said) = run("+8d", &refresh);
    assert_eq!(code, 1);
    assert!(said.contains("expired"), "{said}");
    assert_eq!(run("+0d", &refresh), (0, String::new()), "no floor under the clock");
}

#[test]
fn a_newer_role_that_has_expired_is_not_kept_and_those_before_it_are() {
    for (role, kept) in [
        ("timestamp", "snapshot 1, targets 1, timestamp 1"),
        ("snapshot", "snapshot 1, targets 1, timestamp 2"),
        ("targets", "snapshot 2, targets 1, timestamp 2"),
    ] {
        let mut repository = Simulator::new();
        let (site, client) = (Site::of(&repository), Client::trusting(&repository));
        assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
        match role {
            "timestamp" => repository.timestamp.expires = beginning(),
            "snapshot" => repository.snapshot.expires = beginning(),
            _ => repository.targets.expires = beginning(),
        }
        repository.publish();
        site.serve(&repository);
        assert_eq!(client.refresh(&site.metadata()), 1, "{role}");
        let now = beginning();
        let wanted = format!("{role}: expired at {now}, found at {now}\n");
        assert!(client.said().ends_with(&wanted), "{role}: {}", client.said());
        assert_eq!(client.versions(), format!("root 1, {kept}"));
    }
}

/// trust.md rule 9
#[test]
fn there_is_no_floor_under_the_clock() {
    let (repository, mut client) = one_target();
    let site = Site::of(&repository);
    client.now = days_after(beginning(), 3);
    assert_eq!(client.refresh(&site.metadata()), 0);
    client.now = beginning();
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
}
