//! Root enforces from a store of its own, and whoever owns the state of the sync gains what a mirror gains. Each test is what
//! somebody does who broke into the user that syncs.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use interdict_client::enforce::admission::{self, Admission, AdmissionError, admit};
use interdict_client::places::Places;
use interdict_client::store::generation::{Generation, read_active};
use interdict_host::example_keys::ExampleKeys;
use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_host::verifier::Provider;
use interdict_keys_example::Name;
use interdict_schema::Sha256;
use interdict_tests::agency::Agency;
use interdict_tests::simulator::{Simulator, days_after, list_payload, payload, payload_from};

/// The machine of an agency, and its root.
struct Machine {
    agency: Agency,
    places: Places,
}

impl Machine {
    fn new(authority: &Simulator) -> Self {
        let agency = Agency::following(authority);
        let places = Places { config: agency.path("config.toml"), state: agency.state() };
        let machine = Self { agency, places };
        machine.pin(authority.pin());
        machine
    }

    fn pin(&self, root: &[u8]) {
        let path = self.places.root_pin(&"main".parse().unwrap());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, root).unwrap();
    }

    fn try_admit(&self) -> Result<Admission, AdmissionError> {
        let test = TestWorld::new().at(self.agency.now);
        admit(&self.places, &test.world, ExampleKeys::Allow)
    }

    #[track_caller]
    fn admit(&self) -> Admission {
        self.try_admit().unwrap()
    }

    /// Admits, and asserts that nothing has to be said.
    #[track_caller]
    fn admits(&self) -> Generation {
        let admission = self.admit();
        assert!(admission.told.is_empty(), "{}", told(&admission));
        self.own()
    }

    /// Admits, and asserts that what root held stays as it was, and why.
    #[track_caller]
    fn refuses(&self, exit: Exit, says: &str) {
        let before = self.files();
        let admission = self.admit();
        assert!(!admission.is_new);
        assert!(told(&admission).contains(says), "{}", told(&admission));
        assert_eq!(admission.outcome().exit(), exit, "{}", told(&admission));
        assert!(self.files() == before, "what root holds has changed");
    }

    fn own_places(&self) -> Places {
        admission::own(&self.places)
    }

    fn own(&self) -> Generation {
        read_active(&self.own_places(), &Provider).unwrap().unwrap()
    }

    /// The generation of the user that syncs.
    fn theirs(&self, below: &str) -> PathBuf {
        self.agency.state().join("current").canonicalize().unwrap().join(below)
    }

    /// What root's policy rests on.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(&self.own_places().state.join("generations"), &mut files);
        files.sort();
        files
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), files);
        } else {
            files.push((entry.path(), fs::read(entry.path()).unwrap()));
        }
    }
}

fn told(admission: &Admission) -> String {
    admission.told.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn ids(generation: &Generation) -> Vec<String> {
    generation.directives().map(|(_, held)| held.id().to_string()).collect()
}

fn one_directive() -> (Simulator, Machine) {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    let machine = Machine::new(&authority);
    (authority, machine)
}

/// The state of a sync, to be put back later.
fn keep(machine: &Machine) -> PathBuf {
    let kept = machine.agency.path("kept");
    let ran = std::process::Command::new("cp").arg("-a").arg(machine.theirs("")).arg(&kept).status().unwrap();
    assert!(ran.success());
    kept
}

/// Puts a generation in the place of the active one, under its number.
fn replace(machine: &Machine, with: &Path) {
    let active = machine.theirs("");
    fs::remove_dir_all(&active).unwrap();
    fs::rename(with, &active).unwrap();
}

/// trust.md rule 17
#[test]
fn what_was_synced_is_admitted_once_and_a_policy_derived_from_it_that_nobody_else_wrote() {
    let (authority, machine) = one_directive();
    let theirs = machine.theirs("policy.json");
    let derived = fs::read(&theirs).unwrap();
    fs::write(&theirs, "{\"rules\":[]}").unwrap();
    fs::write(machine.theirs("status.json"), "{}").unwrap();
    let own = machine.admits();
    assert_eq!(ids(&own), ["BOD-1"]);
    assert_eq!(fs::read(machine.own_places().current().join("policy.json")).unwrap(), derived);
    let again = machine.admit();
    assert!(!again.is_new && again.told.is_empty(), "{}", told(&again));
    assert_eq!(machine.own().number, own.number);
    let _ = authority;
}

/// trust.md rule 17
#[test]
fn an_older_generation_is_refused_from_roots_own_memory() {
    let (mut authority, machine) = one_directive();
    let old = keep(&machine);
    authority.directive(&payload("BOD-2", 1, None));
    authority.publish();
    assert_eq!(machine.agency.sync(&authority).exit(), Exit::Done);
    assert_eq!(ids(&machine.admits()), ["BOD-1", "BOD-2"]);
    // All that the user has, memory included, is put back to what it was.
    replace(&machine, &old);
    machine.refuses(Exit::Refused, "found version 2, wanted at least the trusted 3");
    assert_eq!(ids(&machine.own()), ["BOD-1", "BOD-2"]);
}

/// trust.md rule 17
#[test]
fn a_generation_of_another_authority_is_refused_from_roots_own_pin() {
    let (_, machine) = one_directive();
    machine.admits();
    let mut other = Simulator::with(machine.agency.now, |name| {
        let mut seed = *interdict_keys_example::key(name).as_bytes();
        seed[0] ^= 1;
        ed25519_dalek::SigningKey::from_bytes(&seed)
    });
    other.directive(&payload("BOD-9", 1, None));
    other.publish();
    let stranger = Agency::following(&other);
    let theirs = stranger.state().join("current").canonicalize().unwrap();
    let forged = machine.agency.path("forged");
    assert!(std::process::Command::new("cp").arg("-a").arg(theirs).arg(&forged).status().unwrap().success());
    replace(&machine, &forged);
    machine.refuses(Exit::Refused, "signatures by 0 of the trusted keys");
}

/// trust.md rule 17
#[test]
fn what_the_index_says_without_a_signature_is_not_read() {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.directive(&payload("BOD-2", 1, None));
    authority.publish();
    let machine = Machine::new(&authority);
    // A directive is taken out of the index with an alarm that excuses it, and the agency is made another.
    let path = machine.theirs("repositories/main/index.json");
    let mut index: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    index["directives"].as_array_mut().unwrap().retain(|found| found["id"] != "BOD-2");
    index["alarms"] =
        serde_json::json!([{ "kind": "quarantined", "directive": "BOD-2", "reason": "excused" }]);
    index["profile"]["names"] = serde_json::json!(["Somebody waived"]);
    fs::write(&path, serde_json::to_vec(&index).unwrap()).unwrap();
    let own = machine.admits();
    assert_eq!(ids(&own), ["BOD-1", "BOD-2"]);
    assert!(own.repositories[0].profile.names.is_empty() && own.repositories[0].alarms.is_empty());
}

/// trust.md rule 17
#[test]
fn a_text_that_is_kept_back_is_an_alarm_and_everything_else_advances() {
    let (mut authority, machine) = one_directive();
    machine.admits();
    authority.directive(&payload("BOD-2", 1, None));
    authority.directive(&payload("BOD-3", 1, None));
    authority.publish();
    assert_eq!(machine.agency.sync(&authority).exit(), Exit::Done);
    fs::remove_file(machine.theirs("repositories/main/envelopes/BOD-2.1.json")).unwrap();
    let admission = machine.admit();
    assert!(admission.is_new);
    let own = machine.own();
    assert_eq!(ids(&own), ["BOD-1", "BOD-3"]);
    let raised = own.repositories[0].raised();
    let reasons: Vec<&str> = raised.iter().map(|alarm| alarm.reason.as_str()).collect();
    assert!(
        reasons[0].contains("revision 1 is listed, and was left out of what was carried here"),
        "{reasons:?}"
    );
    // What was held before cannot be taken away like that.
    fs::remove_file(machine.theirs("repositories/main/envelopes/BOD-1.1.json")).unwrap();
    machine.admit();
    assert_eq!(ids(&machine.own()), ["BOD-1", "BOD-3"]);
}

/// trust.md rule 17
#[test]
fn a_changed_byte_of_an_envelope_is_refused_and_what_root_holds_stays() {
    let (mut authority, machine) = one_directive();
    machine.admits();
    authority.directive(&payload("BOD-2", 1, None));
    authority.publish();
    assert_eq!(machine.agency.sync(&authority).exit(), Exit::Done);
    let path = machine.theirs("repositories/main/envelopes/BOD-2.1.json");
    let mut bytes = fs::read(&path).unwrap();
    bytes[40] ^= 1;
    fs::write(&path, bytes).unwrap();
    machine.refuses(Exit::Refused, "BOD-2.1.json was refused");
}

/// trust.md rule 17
#[test]
fn no_link_in_the_state_is_followed_and_no_device_or_pipe_is_read() {
    let (mut authority, machine) = one_directive();
    machine.admits();
    authority.publish();
    assert_eq!(machine.agency.sync(&authority).exit(), Exit::Done);
    let state = machine.agency.state();
    let secret = machine.agency.path("secret");
    fs::write(&secret, "secret").unwrap();
    let timestamp = machine.theirs("repositories/main/timestamp.json");
    let whole = fs::read(&timestamp).unwrap();
    // A file.
    fs::remove_file(&timestamp).unwrap();
    symlink(&secret, &timestamp).unwrap();
    machine.refuses(Exit::NoAnswer, "cannot open");
    // A pipe, which would hold root until somebody writes.
    fs::remove_file(&timestamp).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &timestamp,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    machine.refuses(Exit::NoAnswer, "is not a plain file");
    fs::remove_file(&timestamp).unwrap();
    fs::write(&timestamp, &whole).unwrap();
    // A folder in the generation, the generation, the folder of generations.
    for folder in [
        "current/repositories/main/envelopes",
        "current/repositories/main",
        "current/repositories",
        "generations",
    ] {
        let folder = state
            .join(folder)
            .parent()
            .unwrap()
            .canonicalize()
            .unwrap()
            .join(Path::new(folder).file_name().unwrap());
        let aside = machine.agency.path("aside");
        fs::rename(&folder, &aside).unwrap();
        symlink(&aside, &folder).unwrap();
        let admission = machine.admit();
        assert!(!admission.is_new || folder.ends_with("envelopes"), "{}", folder.display());
        assert_ne!(ids(&machine.own()), Vec::<String>::new(), "{}", told(&admission));
        fs::remove_file(&folder).unwrap();
        fs::rename(&aside, &folder).unwrap();
    }
    // The active generation leads out of the state.
    for target in ["/etc", "generations/../../kept", "generations/000002/x", "generations/"] {
        fs::remove_file(state.join("current")).unwrap();
        symlink(target, state.join("current")).unwrap();
        machine.refuses(Exit::Refused, &format!("leads to {target:?}, wanted generations/<number>"));
    }
}

/// trust.md rule 17
#[test]
fn a_generation_that_is_switched_meanwhile_is_read_as_it_was_opened() {
    let (mut authority, machine) = one_directive();
    let opened = admission::carried::OpenGeneration::active(&machine.agency.state()).unwrap().unwrap();
    let carried = opened.repository(&"main".parse().unwrap()).unwrap().unwrap();
    authority.directive(&payload("BOD-2", 1, None));
    authority.publish();
    assert_eq!(machine.agency.sync(&authority).exit(), Exit::Done);
    assert_eq!(carried.directives().iter().map(ToString::to_string).collect::<Vec<_>>(), ["BOD-1"]);
}

/// trust.md rule 17
#[test]
fn nothing_is_read_beyond_the_length_that_was_asked_for() {
    use interdict_client::fetch::{Fetch, FetchError, Folder};
    let (_, machine) = one_directive();
    let opened = admission::carried::OpenGeneration::active(&machine.agency.state()).unwrap().unwrap();
    let carried = opened.repository(&"main".parse().unwrap()).unwrap().unwrap();
    let length = fs::metadata(machine.theirs("repositories/main/timestamp.json")).unwrap().len();
    assert!(carried.fetch(Folder::Metadata, "timestamp.json", length).is_ok());
    let longer = carried.fetch(Folder::Metadata, "timestamp.json", length - 1);
    assert!(matches!(longer, Err(FetchError::TooLong { .. })), "{longer:?}");
    for path in ["../index.json", "..", "1.", "", "a/b", "index.json", "2.%2e%2e.json"] {
        let found = carried.fetch(Folder::Metadata, path, 1_000_000);
        assert!(
            matches!(found, Err(FetchError::NotFound { .. } | FetchError::Folder(_))),
            "{path}: {found:?}"
        );
        let found = carried.fetch(Folder::Targets, path, 1_000_000);
        assert!(
            matches!(found, Err(FetchError::NotFound { .. } | FetchError::Folder(_))),
            "{path}: {found:?}"
        );
    }
}

/// trust.md rule 17
#[test]
fn what_was_refused_in_a_sync_is_an_alarm_for_root_too_and_holds_nobody_else_up() {
    let (mut authority, machine) = one_directive();
    machine.admits();
    authority.directive_by(&payload("BOD-2", 1, None), &[Name::Officer1]);
    authority.directive(&payload("BOD-3", 1, None));
    authority.publish();
    assert_eq!(machine.agency.sync(&authority).exit(), Exit::Refused);
    let admission = machine.admit();
    assert!(admission.is_new, "{}", told(&admission));
    let own = machine.own();
    assert_eq!(ids(&own), ["BOD-1", "BOD-3"]);
    assert!(
        own.repositories[0]
            .raised()
            .iter()
            .any(|alarm| alarm.directive.as_ref().unwrap().as_str() == "BOD-2")
    );
}

/// trust.md rule 17
#[test]
fn a_role_that_was_refused_in_a_sync_is_set_aside_by_root_too() {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.delegate("targets", "team", &["BOD-2.*"], Name::Targets2);
    authority.directive_of("team", &payload("BOD-2", 1, None));
    authority.publish();
    let machine = Machine::new(&authority);
    assert_eq!(ids(&machine.admits()), ["BOD-1", "BOD-2"]);
    authority.delegated.get_mut("team").unwrap().1 = Name::Targets3;
    authority.directive(&payload("BOD-3", 1, None));
    authority.publish();
    assert_eq!(machine.agency.sync(&authority).exit(), Exit::Refused);
    let admission = machine.admit();
    assert!(admission.is_new, "{}", told(&admission));
    let own = machine.own();
    assert_eq!(ids(&own), ["BOD-1", "BOD-2", "BOD-3"]);
    assert!(
        own.repositories[0]
            .raised()
            .iter()
            .any(|alarm| alarm.reason.contains("left out of what was carried here"))
    );
}

/// trust.md rule 17
#[test]
fn lists_and_their_files_of_entries_are_admitted_with_what_names_them() {
    let mut authority = Simulator::new();
    let file = format!("{}\n", Sha256::of(b"listed"));
    authority.target("hashes.txt", file.as_bytes());
    let members = format!(
        r#""attachments":[{{"kind":"sha256","path":"hashes.txt","digest":"{}","length":65,"entries":1}}]"#,
        Sha256::of(file.as_bytes())
    );
    authority.list(&list_payload("BOD-X", 1, None, &members));
    authority.directive(&payload_from("BOD-1", r#"[{"list":"BOD-X"}]"#));
    authority.publish();
    let machine = Machine::new(&authority);
    let theirs = fs::read(machine.theirs("policy.json")).unwrap();
    machine.admits();
    assert_eq!(fs::read(machine.own_places().current().join("policy.json")).unwrap(), theirs);
}

/// trust.md rule 17
#[test]
fn stale_metadata_adds_and_never_loosens_and_lifts_nothing_that_root_holds() {
    let (mut authority, mut machine) = one_directive();
    machine.admits();
    authority.directive(&payload("BOD-2", 1, None));
    authority.publish();
    assert_eq!(machine.agency.sync(&authority).exit(), Exit::Done);
    machine.agency.now = days_after(authority.timestamp.expires, 30);
    let admission = machine.admit();
    assert!(admission.is_new, "{}", told(&admission));
    assert_eq!(ids(&machine.own()), ["BOD-1", "BOD-2"]);
    assert!(machine.own().repositories[0].fresh_until <= machine.agency.now, "and it stays stale");
}

/// trust.md rule 17
#[test]
fn a_pin_or_configuration_that_others_may_write_ends_it_before_anything_is_read() {
    let (_, machine) = one_directive();
    let pin = machine.places.root_pin(&"main".parse().unwrap());
    let allow = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    for (path, right) in [(pin.clone(), 0o644), (pin.parent().unwrap().to_path_buf(), 0o755)] {
        allow(&path, right | 0o020);
        let admission = machine.admit();
        let says = format!("{} may be written to by others", path.display());
        assert!(told(&admission).contains(&says), "{}", told(&admission));
        assert_eq!((admission.is_new, admission.outcome().exit()), (false, Exit::Refused));
        allow(&path, right);
    }
    allow(&machine.places.config, 0o666);
    let error = machine.try_admit().unwrap_err();
    assert!(matches!(error, AdmissionError::NotOwned(_)), "{error}");
    assert_eq!(error.exit(), Exit::Refused);
    allow(&machine.places.config, 0o644);
    machine.admits();
}

/// trust.md rule 17
#[test]
fn root_keeps_nothing_in_a_folder_of_the_user_that_syncs_and_enforces_nothing_without_a_pin() {
    let (_, machine) = one_directive();
    fs::remove_file(machine.places.root_pin(&"main".parse().unwrap())).unwrap();
    let admission = machine.admit();
    assert!(
        told(&admission).contains("repository main is not pinned for enforcement"),
        "{}",
        told(&admission)
    );
    assert_eq!(admission.outcome().exit(), Exit::Usage);
    let state = machine.agency.state();
    if std::os::unix::fs::chown(&state, Some(12_345), None).is_err() {
        eprintln!("skipped: only root can give a folder away");
        return;
    }
    let error = machine.try_admit().unwrap_err();
    assert_eq!(error.to_string(), format!("{} belongs to user 12345, wanted root", state.display()));
}

/// trust.md rule 17
#[test]
fn another_pin_begins_anew_with_the_metadata_and_keeps_what_is_remembered_of_directives() {
    let (mut authority, machine) = one_directive();
    machine.admits();
    let first = machine.own().number;
    authority.publish_root();
    authority.publish();
    assert_eq!(machine.agency.sync(&authority).exit(), Exit::Done);
    machine.pin(authority.file("metadata/2.root.json"));
    let own = machine.admits();
    assert_eq!((ids(&own), own.number), (vec!["BOD-1".to_owned()], first + 1));
    // The memory is lost, and the pin is the same: that is no beginning.
    let name = "main".parse().unwrap();
    fs::remove_file(machine.own_places().repository(&name).memory()).unwrap();
    machine.refuses(Exit::Refused, "the memory of versions and directives is missing");
}

/// trust.md rule 17
#[test]
fn one_pin_of_root_is_enough_and_the_user_that_syncs_begins_from_it() {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    let agency = Agency::new();
    let mirror = agency.mirror();
    assert_eq!(agency.run(&["setup", mirror.to_str().unwrap()]).exit(), Exit::Done);
    let places = Places { config: agency.path("config.toml"), state: agency.state() };
    assert_eq!(agency.sync(&authority).exit(), Exit::Usage, "nobody has pinned anything");
    let machine = Machine { agency, places };
    machine.pin(authority.pin());
    assert_eq!(machine.agency.sync(&authority).exit(), Exit::Done);
    machine.admits();
}

/// trust.md rule 17
#[test]
fn trust_as_root_pins_for_enforcement_too_once_it_was_compared_and_is_in_the_journal() {
    let (authority, machine) = one_directive();
    let pin = machine.places.root_pin(&"main".parse().unwrap());
    fs::remove_file(&pin).unwrap();
    let root = machine.agency.path("root.json");
    let trust = |fingerprint: &str| {
        let as_root = |mut test: TestWorld| {
            test.world.is_root = true;
            test
        };
        machine.agency.run_arranged(as_root, &["trust", root.to_str().unwrap(), "--fingerprint", fingerprint])
    };
    assert_eq!(trust(&"0".repeat(64)).exit(), Exit::Refused);
    assert!(!pin.exists(), "nobody has compared it");
    let role = interdict_schema::tuf::RoleType::Root.into();
    let parsed = interdict_schema::tuf::Metadata::<interdict_schema::tuf::Root>::parse(
        authority.pin(),
        &role,
        1_000_000,
    );
    let fingerprint = parsed.unwrap().fingerprint().to_string();
    assert_eq!(trust(&fingerprint).exit(), Exit::Done);
    assert_eq!(fs::read(&pin).unwrap(), authority.pin());
    machine.admits();
    assert_eq!(trust(&fingerprint).exit(), Exit::Done, "the same once more changes nothing");
    let journal = machine.agency.run(&["journal", "--json"]).stdout;
    let journal: serde_json::Value = serde_json::from_str(&journal).unwrap();
    let entries = journal["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!(entries[0]["what"]["verb"], "trust");
    assert_eq!(entries[0]["what"]["fingerprint"], fingerprint.as_str());
}

/// trust.md rule 16
#[test]
fn scripts_of_root_read_the_policy_that_was_applied_and_not_the_one_that_was_synced() {
    let (mut authority, machine) = one_directive();
    let disk = interdict_host::write::Disk::default();
    let first = machine.admits().number;
    assert_eq!(admission::active::folder(&machine.places).unwrap(), None);
    let folder = admission::active::activate(&disk, &machine.places, &machine.own_places(), first).unwrap();
    let resolved = admission::active::folder(&machine.places).unwrap().unwrap();
    assert_eq!(resolved.canonicalize().unwrap(), folder.canonicalize().unwrap());
    let policy = fs::read_to_string(resolved.join("policy.json")).unwrap();
    for number in 2..6 {
        authority.directive(&payload(&format!("BOD-{number}"), 1, None));
        authority.publish();
        assert_eq!(machine.agency.sync(&authority).exit(), Exit::Done);
        machine.admits();
    }
    // What was applied is still there, although root's store keeps no generation of that age.
    assert!(!machine.own_places().generation(first).exists());
    assert_eq!(fs::read_to_string(resolved.join("policy.json")).unwrap(), policy);
    let newest = machine.own().number;
    admission::active::activate(&disk, &machine.places, &machine.own_places(), newest).unwrap();
    let resolved = admission::active::folder(&machine.places).unwrap().unwrap();
    assert!(fs::read_to_string(resolved.join("policy.json")).unwrap().contains("BOD-5"));
    // Root's store is lost, and counts from 1 again.
    fs::remove_dir_all(machine.own_places().state).unwrap();
    assert_eq!(machine.admits().number, first);
    admission::active::activate(&disk, &machine.places, &machine.own_places(), first).unwrap();
    let resolved = admission::active::folder(&machine.places).unwrap().unwrap();
    assert!(fs::read_to_string(resolved.join("policy.json")).unwrap().contains("BOD-5"));
    admission::active::deactivate(&disk, &machine.places).unwrap();
    assert_eq!(admission::active::folder(&machine.places).unwrap(), None);
}
