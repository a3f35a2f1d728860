//! What an order does to a tree, and what it does not touch.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::super::super::command::Command;
use super::super::super::question::{Expects, Question};
use super::super::{Adopt, ApplyError, Done, NotOurs, Settings, Step, Tools, Whose};
use super::ground::*;

fn marked(comment: &str, body: &str) -> String {
    format!(
        "{comment} interdict: generation 12 sha256 {}\n{body}",
        interdict_schema::Sha256::of(body.as_bytes())
    )
}

#[test]
fn files_of_all_targets_are_judged_put_in_place_taken_up_and_taken_away_to_the_byte() {
    let ground = Ground::new();
    let before = ground.tree();
    let all = (pins("Pin: a\n"), zone("zone\n"), policies("{\"merged\":2}"));
    let all = [("apt", &all.0), ("dns", &all.1), ("fire", &all.2)];
    let applied = ground.apply(&all, &Settings::default()).unwrap();
    let what: Vec<Done> = applied.changed.iter().map(|changed| changed.what).collect();
    assert_eq!(what, [Done::Created, Done::Created, Done::Replaced]);
    assert_eq!(ground.text(PINS), Some(marked("#", "Pin: a\n")));
    assert_eq!(ground.text(ZONE), Some(marked(";", "zone\n")));
    assert_eq!(ground.text(POLICIES).as_deref(), Some("{\"merged\":2}"));
    assert_eq!(
        ground.tool.programs(),
        ["apt-judge", "dns-judge", "fire-judge", "apt-take-up", "dns-take-up", "fire-take-up"]
    );
    // Judged where it is staged: the new bytes, under its own name, and not where the tool reads all that it finds.
    let (judged, held) = ground.tool.calls.lock().unwrap()[0].clone();
    assert_eq!(held, ground.text(PINS));
    assert!(judged.arguments[0].ends_with("/etc/apt/.interdict-stage-1/0/50-interdict"), "{judged:?}");

    let again = ground.apply(&all, &Settings::default()).unwrap();
    assert!(again.changed.is_empty());
    assert_eq!(ground.tool.programs().len(), 6, "nothing is asked of a tool where nothing changes");

    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    assert_eq!(ground.tree(), before);
    assert_eq!(ground.tool.programs()[6..], ["apt-take-up", "dns-take-up", "fire-take-up"]);
}

#[test]
fn a_new_generation_with_the_same_body_changes_nothing() {
    let ground = Ground::new();
    let rendered = pins("a\n");
    ground.apply(&[("apt", &rendered)], &Settings::default()).unwrap();
    let mut next = order(&[("apt", &rendered)]);
    next.generation = 13;
    let applied = ground.session().unwrap().apply(&next, &Settings::default()).unwrap();
    assert!(applied.changed.is_empty());
    assert_eq!((ground.record().generation, ground.record().files[0].generation), (13, 12));
}

#[test]
fn a_file_that_is_no_longer_rendered_goes_and_what_was_there_before_comes_back() {
    let ground = Ground::new();
    let before = ground.tree();
    let (apt, fire, none) = (pins("a"), policies("{}"), rendered(Vec::new(), "judge", "take-up"));
    ground.apply(&[("apt", &apt), ("fire", &fire)], &Settings::default()).unwrap();
    // The other target is not part of this order and stays.
    let applied = ground.apply(&[("fire", &none)], &Settings::default()).unwrap();
    assert_eq!(applied.changed[0].what, Done::Restored);
    assert_eq!(ground.text(POLICIES).as_deref(), Some("{\"own\":1}"));
    assert!(ground.text(PINS).is_some());
    let applied = ground.apply(&[("apt", &none)], &Settings::default()).unwrap();
    assert_eq!(applied.changed[0].what, Done::Removed);
    assert_eq!(ground.tree(), before);
    assert_eq!(fs::read_dir(ground.places.state.join("enforcement")).unwrap().count(), 2, "lock and roots");
}

#[test]
fn a_file_of_somebody_else_or_edited_since_is_reported_and_stays_until_it_is_adopted() {
    let ground = Ground::new();
    let rendered = (pins("new\n"), zone("zone"));
    let both = [("apt", &rendered.0), ("dns", &rendered.1)];
    ground.write(PINS, "by hand");
    let refused = |why| vec![NotOurs { path: PINS.into(), why }];
    let before = ground.tree();
    for _ in 0..2 {
        let error = ground.apply(&both, &Settings::default()).unwrap_err();
        assert!(
            matches!(&error, ApplyError::NotOurs { files } if *files == refused(Whose::Foreign)),
            "{error}"
        );
        assert_eq!(ground.tree(), before, "not the other target's either");
    }
    let adopting = Settings { adopt: Adopt::Yes, ..Settings::default() };
    ground.apply(&both, &adopting).unwrap();
    assert_eq!(ground.text(PINS), Some(marked("#", "new\n")));

    let edited = marked("#", "new\n") + "edited";
    ground.write(PINS, &edited);
    let rendered = pins("newer\n");
    let error = ground.apply(&[("apt", &rendered)], &Settings::default()).unwrap_err();
    assert!(matches!(&error, ApplyError::NotOurs { files } if *files == refused(Whose::Edited)), "{error}");
    let error = ground.suspend("2018-01-02T00:00:00Z").unwrap_err();
    assert!(matches!(&error, ApplyError::NotOurs { files } if *files == refused(Whose::Edited)), "{error}");
    assert_eq!(ground.text(PINS).as_deref(), Some(edited.as_str()));
    ground.apply(&[("apt", &rendered)], &adopting).unwrap();
    let folder = super::super::super::record::folder(&ground.places, &ground.root).join("set-aside");
    let kept = folder.join(interdict_schema::Sha256::of(edited.as_bytes()).to_string());
    assert_eq!(fs::read_to_string(kept).unwrap(), edited, "what was given up is kept");
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    assert_eq!(ground.tree(), before, "what was adopted is there again");
}

#[test]
fn a_file_that_somebody_removed_is_written_again() {
    let ground = Ground::new();
    let rendered = pins("a");
    ground.apply(&[("apt", &rendered)], &Settings::default()).unwrap();
    fs::remove_file(ground.root.join(&PINS[1..])).unwrap();
    let applied = ground.apply(&[("apt", &rendered)], &Settings::default()).unwrap();
    assert_eq!(applied.changed[0].what, Done::Created);
    assert!(ground.text(PINS).is_some());
}

/// trust.md rule 18
#[test]
fn no_link_leads_out_of_the_root_and_none_is_replaced() {
    let ground = Ground::new();
    let outside = ground.outside("outside");
    fs::create_dir(&outside).unwrap();
    fs::remove_dir_all(ground.root.join("etc/apt/preferences.d")).unwrap();
    symlink(&outside, ground.root.join("etc/apt/preferences.d")).unwrap();
    let rendered = pins("a");
    // What the link means is beneath the root, and is not there.
    ground.apply(&[("apt", &rendered)], &Settings::default()).unwrap_err();
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    fs::remove_file(ground.root.join("etc/apt/preferences.d")).unwrap();
    fs::create_dir(ground.root.join("etc/apt/real")).unwrap();
    symlink("/etc/apt/real", ground.root.join("etc/apt/preferences.d")).unwrap();
    let before = ground.tree();
    ground.apply(&[("apt", &rendered)], &Settings::default()).unwrap();
    assert!(ground.text("/etc/apt/real/50-interdict").is_some());
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    assert_eq!(ground.tree(), before);

    let ground = Ground::new();
    symlink("theirs", ground.root.join(&PINS[1..])).unwrap();
    let before = ground.tree();
    let adopting = Settings { adopt: Adopt::Yes, ..Settings::default() };
    let error = ground.apply(&[("apt", &rendered)], &adopting).unwrap_err();
    let files = vec![NotOurs { path: PINS.into(), why: Whose::NotPlain }];
    assert!(matches!(&error, ApplyError::NotOurs { files: found } if *found == files), "{error}");
    assert_eq!(ground.tree(), before);
}

#[test]
fn a_target_whose_tool_is_absent_is_left_out_alone() {
    let mut ground = Ground::new();
    ground.tool.absent.insert("unbound".into());
    let (apt, mut dns) = (pins("a"), zone("z"));
    dns.needs = &["dns-judge", "unbound"];
    let applied = ground.apply(&[("dns", &dns), ("apt", &apt)], &Settings::default()).unwrap();
    assert_eq!((applied.skipped.len(), applied.skipped[0].target.as_str()), (1, "dns"));
    assert_eq!(applied.skipped[0].absent, ["unbound"]);
    assert!(ground.text(PINS).is_some());
    assert_eq!(ground.text(ZONE), None);
    assert_eq!(ground.record().targets, ["apt"]);
}

#[test]
fn what_a_tool_does_not_accept_is_taken_back_and_the_old_taken_up_again() {
    let question = |program| Question {
        about: "it obeys".into(),
        command: Command::of_texts(program, &[]),
        expects: Expects::Contains("as said".into()),
    };
    for (failing, step, taken_up) in [
        ("dns-judge", Step::Validate, 0),
        ("dns-take-up", Step::Activate, 2),
        ("health", Step::HealthCheck, 2),
        ("ask", Step::ReadBack, 2),
    ] {
        let ground = Ground::new();
        let before_any = ground.tree();
        let old = pins("old");
        ground.apply(&[("apt", &old)], &Settings::default()).unwrap();
        let before = ground.tree_without_times();
        ground.tool.fails(failing);
        let (apt, mut dns, fire) = (pins("new"), zone("z"), policies("{}"));
        dns.questions = vec![question("ask")];
        let health =
            crate::enforce::record::Call { program: "health".into(), arguments: Vec::new(), seconds: 1 };
        let settings = Settings { health_check: Some(health), ..Settings::default() };
        let called = ground.tool.programs().len();
        let error = ground.apply(&[("apt", &apt), ("dns", &dns), ("fire", &fire)], &settings).unwrap_err();
        assert!(matches!(&error, ApplyError::Tool { step: found, .. } if *found == step), "{error}");
        assert_eq!(ground.tree_without_times(), before, "{failing}");
        let taken =
            ground.tool.programs()[called..].iter().filter(|program| *program == "apt-take-up").count();
        assert_eq!(taken, taken_up, "{failing}: once the new, once the old");
        assert_eq!(ground.record().files.len(), 1);
        ground.suspend("2018-01-02T00:00:00Z").unwrap();
        assert_eq!(ground.tree(), before_any, "{failing}");
    }
}

#[test]
fn a_tool_that_has_let_go_of_what_is_in_place_is_told_once_more_and_one_that_does_not_obey_is_said() {
    let ground = Ground::new();
    let mut apt = pins("a");
    apt.questions = vec![Question {
        about: "apt refuses kesl".into(),
        command: Command::of_texts("ask", &[]),
        expects: Expects::Success,
    }];
    ground.apply(&[("apt", &apt)], &Settings::default()).unwrap();
    let (tree, called) = (ground.tree(), ground.tool.programs().len());
    let applied = ground.apply(&[("apt", &apt)], &Settings::default()).unwrap();
    assert_eq!((applied.again.len(), applied.replies.len()), (0, 1), "it obeys");
    assert_eq!(ground.tool.programs()[called..], ["ask"]);
    ground.tool.forgets("ask");
    let applied = ground.apply(&[("apt", &apt)], &Settings::default()).unwrap();
    assert_eq!((applied.again, applied.replies.len()), (vec!["apt".to_owned()], 1));
    assert_eq!(ground.tool.programs()[called + 1..], ["ask", "apt-take-up", "ask"]);
    ground.tool.fails("ask");
    let error = ground.apply(&[("apt", &apt)], &Settings::default()).unwrap_err();
    assert!(matches!(error, ApplyError::Tool { step: Step::ReadBack, taken_back: false, .. }), "{error}");
    assert_eq!(ground.tree(), tree);
    assert_eq!(ground.record().files.len(), 1);
}

#[test]
fn the_answers_of_the_tools_are_kept_as_evidence_and_only_the_last_few() {
    let ground = Ground::new();
    let folder = super::super::super::record::folder(&ground.places, &ground.root);
    for number in 0..=super::super::evidence::KEPT {
        let mut apt = pins(&number.to_string());
        apt.questions = vec![Question {
            about: "apt refuses kesl".into(),
            command: Command::of_texts("apt-cache", &["policy"]),
            expects: Expects::Success,
        }];
        let applied = ground.apply(&[("apt", &apt)], &Settings::default()).unwrap();
        assert_eq!(applied.replies.len(), 1);
    }
    assert_eq!(fs::read_dir(folder.join("evidence")).unwrap().count(), super::super::evidence::KEPT);
    let newest = super::super::Evidence::newest(&folder).unwrap().unwrap();
    assert_eq!(newest["replies"][0]["about"], "apt refuses kesl");
    assert_eq!(newest["replies"][0]["ended"]["status"], 0);
}

#[test]
fn beneath_another_root_tools_judge_and_take_nothing_up() {
    let mut ground = Ground::new();
    ground.tools = Tools::Judge;
    let rendered = pins("a");
    let applied = ground.apply(&[("apt", &rendered)], &Settings::default()).unwrap();
    assert!(!applied.taken_up);
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    assert_eq!(ground.tool.programs(), ["apt-judge"]);
    assert_eq!(Tools::of("/".as_ref()), Tools::Obey);
    assert_eq!(Tools::of("/mnt".as_ref()), Tools::Judge);
}

#[test]
fn a_folder_of_the_record_into_which_others_may_write_is_not_used() {
    let ground = Ground::new();
    let rendered = pins("a");
    ground.apply(&[("apt", &rendered)], &Settings::default()).unwrap();
    let folder = ground.places.enforcement();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o775)).unwrap();
    let error = ground.session().unwrap_err();
    assert!(matches!(&error, ApplyError::Writable { path } if *path == folder), "{error}");
}

#[test]
fn a_tool_that_has_to_be_told_to_let_go_is_told_once_nothing_of_it_is_in_place() {
    let ground = Ground::new();
    let (nft, none) = (pins("a"), rendered(Vec::new(), "judge", "nft-take-up"));
    let release = [Command::of_texts("nft-let-go", &["delete"])];
    let mut session = ground.session().unwrap();
    let mut first = order(&[("nft", &nft)]);
    first.targets[0].release = &release;
    session.apply(&first, &Settings::default()).unwrap();
    let mut last = order(&[("nft", &none)]);
    last.targets[0].release = &release;
    session.apply(&last, &Settings::default()).unwrap();
    session.apply(&first, &Settings::default()).unwrap();
    session.suspend(suspension("2018-01-02T00:00:00Z"), Adopt::No).unwrap();
    session.end_now().unwrap();
    assert_eq!(
        ground.tool.programs(),
        [
            ["apt-judge", "apt-take-up"].as_slice(),
            &["judge", "nft-let-go"],
            // Another way of being told than before: both are told.
            &["apt-judge", "apt-take-up", "nft-take-up"],
            &["nft-let-go", "apt-take-up"],
        ]
        .concat()
    );
}
