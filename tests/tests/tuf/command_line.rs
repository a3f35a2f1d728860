//! The command line itself: exit codes, the spelling of URLs, and what a crash leaves behind.

use std::fs;
use std::path::Path;

use interdict_host::lock::Lock;
use interdict_host::write::{Disk, Operation};
use interdict_keys_example::Name;
use interdict_tests::simulator::Simulator;

use super::client::Client;
use super::site::Site;
use super::{TOP_LEVEL, one_target};

#[test]
fn urls_are_taken_with_and_without_a_slash() {
    let repository = Simulator::new();
    for slash in ["", "/"] {
        let (client, site) = (Client::trusting(&repository), Site::of(&repository));
        let urls = [site.metadata(), site.targets()].map(|url| format!("{url}{slash}"));
        assert_eq!(client.download_from(&urls[0], &urls[1], &["issuers.json"]), 0, "{}", client.said());
        let asked = site.requests();
        assert_eq!(asked[..4], TOP_LEVEL);
        assert!(asked[4].starts_with("/targets/") && asked[4].ends_with(".issuers.json 200"), "{asked:?}");
    }
}

#[test]
fn every_failure_is_exit_1_and_nothing_else() {
    let (repository, client) = one_target();
    let site = Site::of(&repository);
    let (metadata, targets) = (site.metadata(), site.targets());
    for arguments in [
        vec!["refresh"],
        vec!["--metadata-url", "ftp://x/", "refresh"],
        vec!["--metadata-url", "a-folder", "refresh"],
        vec!["--metadata-url", "http://127.0.0.1:1/", "refresh"],
        vec!["--metadata-url", &metadata, "download"],
        vec!["--metadata-url", &metadata, "--target-dir", "t", "--target-base-url", &targets, "download"],
        vec!["--metadata-url", &metadata, "--target-name", "file.txt", "--target-dir", "t", "download"],
        vec![
            "--metadata-url",
            &metadata,
            "--target-name",
            "file.txt",
            "--target-base-url",
            &targets,
            "download",
        ],
        vec!["--no-such-option", "refresh"],
        vec!["no-such-command"],
        vec![],
        vec!["init"],
        vec!["init", "no-such-file"],
    ] {
        assert_eq!(client.run(&arguments), 1, "{arguments:?}");
        assert!(
            client.said().starts_with("error: ") || client.said().contains("Usage: "),
            "{}",
            client.said()
        );
    }
    assert_eq!(site.requests(), [""; 0]);
    assert_eq!(client.run(&["--help"]), 0);
}

#[test]
fn a_crash_after_any_write_leaves_a_folder_that_the_next_run_accepts() {
    let mut repository = Simulator::new();
    repository.publish_root();
    repository.delegate("targets", "role", &["*"], Name::Targets2);
    repository.target_by("role", "file.txt", b"content");
    repository.publish();
    let site = Site::of(&repository);
    for steps in 0.. {
        let mut client = Client::trusting(&repository);
        client.disk = interdict_host::write::Disk::stopping_after(steps);
        let code = client.download(&site, &["file.txt"]);
        client.disk = interdict_host::write::Disk::default();
        assert_eq!(client.download(&site, &["file.txt"]), 0, "{steps}: {}", client.said());
        assert!(client.targets().contains(&("file.txt".to_owned(), b"content".to_vec())), "{steps}");
        if code == 0 {
            assert!(steps > 20, "{steps} steps");
            break;
        }
    }
}

#[test]
fn a_refresh_waits_for_each_file_and_once_for_the_folder_however_it_ends() {
    let (repository, mut client) = one_target();
    let mut lacking = repository.clone();
    lacking.files.retain(|path, _| !path.ends_with("targets.json"));
    let site = Site::of(&lacking);
    let refresh = |client: &mut Client| {
        client.disk = Disk::recording();
        let code = client.refresh(&site.metadata());
        let steps = client.disk.steps().into_iter().filter(|step| step.operation == Operation::Sync);
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        (code, steps.map(|step| name(&step.path)).collect::<Vec<_>>())
    };
    let synced = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(refresh(&mut client), (1, synced(&["timestamp.json", "snapshot.json", "metadata"])));
    site.serve(&repository);
    assert_eq!(refresh(&mut client), (0, synced(&["targets.json", "metadata"])));
    assert_eq!(refresh(&mut client), (0, synced(&[])), "nothing new");
}

/// After a power failure before the folder was synced, any of the names may be there, and any may not.
#[test]
fn any_mix_of_old_and_new_files_is_a_folder_that_the_next_run_accepts() {
    let (mut repository, old) = one_target();
    let site = Site::of(&repository);
    assert_eq!(old.refresh(&site.metadata()), 0, "{}", old.said());
    let before = old.everything();
    repository.target("another.txt", b"another");
    repository.publish();
    site.serve(&repository);
    assert_eq!(old.refresh(&site.metadata()), 0, "{}", old.said());
    let after = old.everything();
    let names = ["timestamp.json", "snapshot.json", "targets.json"];
    for mix in 0..1 << names.len() {
        let client = Client::trusting(&repository);
        for (at, name) in names.iter().enumerate() {
            let files = if mix >> at & 1 == 1 { &after } else { &before };
            assert_ne!(before[*name], after[*name]);
            fs::write(client.metadata_dir().join(name), &files[*name]).unwrap();
        }
        assert_eq!(client.refresh(&site.metadata()), 0, "{mix}: {}", client.said());
        assert!(client.everything() == after, "{mix}");
    }
}

#[test]
fn one_process_at_a_time_works_in_a_folder() {
    let (repository, client) = one_target();
    let site = Site::of(&repository);
    let lock = Lock::acquire(&client.metadata_dir().join("lock")).unwrap();
    assert_eq!(client.refresh(&site.metadata()), 1);
    let wanted = format!("lock is locked by process {}\n", std::process::id());
    assert!(client.said().ends_with(&wanted), "{}", client.said());
    assert_eq!(client.init(repository.pin()), 1);
    assert_eq!(site.requests(), [""; 0]);
    drop(lock);
    assert_eq!(client.refresh(&site.metadata()), 0, "{}", client.said());
}
