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

/// trust.md rule 19
#[test]
fn what_somebody_edited_before_an_undo_is_kept_and_ours_is_put_into_it_at_the_end() {
    let mut ground = Ground::new();
    let rendered = shared(&merged(1, "a@example.org"));
    ground.apply(&[("firefox", &rendered)], &Settings::default()).unwrap();
    ground.write(POLICIES, &merged(2, "a@example.org").to_string());
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    assert_eq!(now(&ground), json!({ "own": 2 }));
    ground.now = at("2018-01-02T00:00:00Z");
    let mut session = ground.session().unwrap();
    assert!(matches!(session.lapse().unwrap(), Back::Resumed { left, .. } if left.is_empty()));
    drop(session);
    assert_eq!(now(&ground), merged(2, "a@example.org"), "theirs is kept, and ours is there again");
    // It is known as ours: undone once more, theirs is what was there before.
    ground.suspend("2018-01-03T00:00:00Z").unwrap();
    assert_eq!(now(&ground), json!({ "own": 2 }));
}

/// trust.md rule 19
#[test]
fn what_somebody_edits_or_removes_while_it_is_suspended_has_ours_in_it_at_the_end() {
    for (theirs, wanted) in [
        (Some(json!({ "own": 3, "policies": { "DisableTelemetry": true } })), 3),
        // Somebody put a copy back that they had made while it was enforced.
        (Some(merged(4, "a@example.org")), 4),
        (None, 0),
    ] {
        let mut ground = Ground::new();
        let rendered = shared(&merged(1, "a@example.org"));
        ground.apply(&[("firefox", &rendered)], &Settings::default()).unwrap();
        ground.suspend("2018-01-02T00:00:00Z").unwrap();
        match &theirs {
            Some(theirs) => ground.write(POLICIES, &theirs.to_string()),
            None => std::fs::remove_file(ground.root.join(&POLICIES[1..])).unwrap(),
        }
        ground.now = at("2018-01-02T00:00:00Z");
        let mut session = ground.session().unwrap();
        assert!(matches!(session.lapse().unwrap(), Back::Resumed { left, .. } if left.is_empty()));
        drop(session);
        let found = now(&ground);
        assert_eq!(found.get("own").and_then(Value::as_u64).unwrap_or(0), wanted, "{found}");
        let mode = &found["policies"]["ExtensionSettings"]["a@example.org"]["installation_mode"];
        assert_eq!(mode, "blocked", "{found}");
        let theirs_too = theirs.as_ref().and_then(|theirs| theirs["policies"].get("DisableTelemetry"));
        assert_eq!(found["policies"].get("DisableTelemetry"), theirs_too);
        ground.suspend("2018-01-03T00:00:00Z").unwrap();
        let own = |text: String| serde_json::from_str::<Value>(&text).unwrap()["own"].clone();
        assert_eq!(ground.text(POLICIES).map(own), theirs.map(|theirs| theirs["own"].clone()));
    }
}

/// trust.md rule 19
#[test]
fn a_shared_file_that_can_no_longer_be_understood_stays_and_is_said_not_to_be_enforced() {
    let mut ground = Ground::new();
    let rendered = shared(&merged(1, "a@example.org"));
    ground.apply(&[("firefox", &rendered)], &Settings::default()).unwrap();
    ground.suspend("2018-01-02T00:00:00Z").unwrap();
    ground.write(POLICIES, "{ \"half\": ");
    ground.now = at("2018-01-02T00:00:00Z");
    let mut session = ground.session().unwrap();
    let back = session.lapse().unwrap();
    let path = [std::path::PathBuf::from(POLICIES)];
    assert!(matches!(&back, Back::Resumed { left, .. } if *left == path), "{back:?}");
    assert_eq!(session.left, path);
    drop(session);
    assert_eq!(ground.text(POLICIES).as_deref(), Some("{ \"half\": "));
}
