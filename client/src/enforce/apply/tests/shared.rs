//! A file that is shared with the administrator: what they edit stays, whenever they do it.

use serde_json::{Value, json};

use super::super::super::rendered::{Ownership, Rendered};
use super::super::{Back, Settings};
use super::ground::*;

/// Firefox's file with an add-on that is refused, and with something of the administrator's.
fn merged(own: u64, addon: &str) -> Value {
    let refusal = json!({ "blocked_install_message": "Banned by X-1.", "installation_mode": "blocked" });
    json!({
        "interdict": { "added": { "ExtensionSettings": [addon] }, "made": ["policies", "ExtensionSettings"] },
        "own": own,
        "policies": { "ExtensionSettings": { addon: refusal } },
    })
}

fn shared(value: &Value) -> Rendered {
    let mut rendered = policies(&value.to_string());
    rendered.files[0].ownership = Ownership::Shared;
    rendered
}

fn now(ground: &Ground) -> Value {
    serde_json::from_str(&ground.text(POLICIES).unwrap()).unwrap()
}

#[test]
fn what_somebody_edits_in_a_shared_file_stays_when_it_is_written_again_and_when_it_is_undone() {
    let ground = Ground::new();
    let apply = |value: &Value| {
        ground.apply(&[("firefox", &shared(value))], &Settings::default()).unwrap();
        assert_eq!(now(&ground), *value);
    };
    apply(&merged(1, "a@example.org"));
    ground.write(POLICIES, &merged(2, "a@example.org").to_string());
    apply(&merged(2, "b@example.org"));
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    assert_eq!(now(&ground), json!({ "own": 2 }));
}

#[test]
fn a_shared_file_that_nobody_edited_is_undone_to_the_byte() {
    let ground = Ground::new();
    let before = ground.tree();
    let rendered = shared(&merged(1, "a@example.org"));
    ground.apply(&[("firefox", &rendered)], &Settings::default()).unwrap();
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    assert_eq!(ground.tree(), before);
}

#[test]
fn what_somebody_edited_before_an_undo_is_left_alone_after_it_until_the_next_apply() {
    let mut ground = Ground::new();
    let rendered = shared(&merged(1, "a@example.org"));
    ground.apply(&[("firefox", &rendered)], &Settings::default()).unwrap();
    ground.write(POLICIES, &merged(2, "a@example.org").to_string());
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    assert_eq!(now(&ground), json!({ "own": 2 }));
    ground.now = at("2018-01-02T00:00:00Z");
    let mut session = ground.session().unwrap();
    assert!(matches!(session.lapse().unwrap(), Back::Resumed { .. }));
    assert_eq!(session.left, [std::path::PathBuf::from(POLICIES)]);
    drop(session);
    assert_eq!(now(&ground), json!({ "own": 2 }), "what they edited is not overwritten by what was withheld");
    let rendered = shared(&merged(2, "a@example.org"));
    ground.apply(&[("firefox", &rendered)], &Settings::default()).unwrap();
    assert_eq!(now(&ground), merged(2, "a@example.org"));
}
