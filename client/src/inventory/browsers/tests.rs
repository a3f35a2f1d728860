#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    reason = "a test that cannot go on fails"
)]

use std::fs;
use std::io::ErrorKind;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::component::Component;
use super::super::coverage::Reading as Read;
use super::*;

const ID: &str = "ahkjpbeeocnddjkakilopmfdlnjdpcdm";
const OTHER: &str = "bhkjpbeeocnddjkakilopmfdlnjdpcdm";

struct Root(TempDir);

impl Root {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, below: &str, text: impl AsRef<[u8]>) {
        let path = self.0.path().join(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn json(&self, below: &str, value: Value) {
        self.file(below, value.to_string());
    }

    fn read(&self) -> Inventory {
        super::read(self.0.path(), &Limits::STANDARD)
    }

    fn label(&self, below: &str) -> String {
        self.0.path().join(below).display().to_string()
    }
}

/// `name version`, the reference, and the traces.
fn told(component: &Component) -> (String, String, Vec<String>) {
    let version = component.version.as_deref().unwrap_or("-");
    let traces = component.traces.iter().map(ToString::to_string).collect();
    (format!("{} {version}", component.name), component.source.reference.clone().unwrap(), traces)
}

fn all(inventory: &Inventory) -> Vec<(String, String, Vec<String>)> {
    inventory.components.iter().map(told).collect()
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

#[test]
fn an_extension_of_chromium_is_known_by_its_id_its_name_in_words_and_its_folder() {
    let root = Root::new();
    let profile = "home/a/.config/google-chrome/Default";
    let extension = format!("{profile}/Extensions/{ID}/2.0_0");
    root.json(
        &format!("{extension}/manifest.json"),
        json!({"name": "__MSG_appName__", "version": "2.0", "default_locale": "en_GB", "author": "AO Example"}),
    );
    let messages = json!({"APPNAME": {"message": "Example Protection"}, "x": 1});
    root.json(&format!("{extension}/_locales/en_GB/messages.json"), messages);
    root.json(
        &format!("{profile}/Secure Preferences"),
        json!({"extensions": {"settings": {ID: {"state": 1, "disable_reasons": [8192], "path": "x/2.0_0"}}}}),
    );
    let inventory = root.read();
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    let path = format!("/{extension}");
    assert_eq!(
        all(&inventory),
        [(
            "Example Protection 2.0".to_owned(),
            format!("Extensions/{ID}/2.0_0, switched off"),
            texts([ID, &path])
        )]
    );
    let found = &inventory.components[0];
    assert_eq!(found.purl.as_ref().unwrap().to_string(), format!("pkg:chrome-extension/{ID}@2.0"));
    assert_eq!(found.vendors, ["AO Example"]);
    assert_eq!(
        (inventory.coverage[0].source.as_str(), inventory.coverage[0].components),
        (root.label(profile).as_str(), 1)
    );
}

#[test]
fn every_layout_of_every_system_is_looked_into() {
    for (family, place) in PLACES {
        for home in ["home/a", "root", "Users/a", "srv/homes/b"] {
            let root = Root::new();
            root.file("etc/passwd", "b:x:1000:1000::/srv/homes/b:/bin/sh\n");
            match family {
                Family::Chromium => root.json(
                    &format!("{home}/{place}/Profile 3/Extensions/{ID}/1_0/manifest.json"),
                    json!({"name": "E", "version": "1"}),
                ),
                Family::Firefox => root.json(
                    &format!("{home}/{place}/x.default/extensions.json"),
                    json!({"addons": [{"id": "a@example.org", "version": "1", "defaultLocale": {"name": "E"}}]}),
                ),
            }
            let inventory = root.read();
            assert!(inventory.is_complete());
            assert_eq!(inventory.components.len(), 1, "{home}/{place}");
            assert_eq!(inventory.components[0].name, "E", "{home}/{place}");
        }
    }
}

#[test]
fn unpacked_ones_and_those_that_came_with_the_browser_are_found_by_the_settings() {
    let root = Root::new();
    root.json("opt/mine/manifest.json", json!({"name": "Mine", "version": "0.1"}));
    root.json(
        "home/a/.config/chromium/Default/Preferences",
        json!({"extensions": {"settings": {
            ID: {"location": 4, "path": "/opt/mine", "state": 0},
            OTHER: {"location": 5, "path": "/opt/gone", "manifest": {"name": "Viewer", "version": "1"}},
            "c".repeat(32): {"path": "removed/1_0"},
            "not-an-id": {"path": "/opt/mine"},
        }}}),
    );
    let inventory = root.read();
    assert!(inventory.is_complete());
    assert_eq!(
        all(&inventory),
        [
            ("Mine 0.1".into(), "/opt/mine, switched off".into(), texts([ID, "/opt/mine"])),
            ("Viewer 1".into(), "/opt/gone".into(), texts([OTHER])),
        ]
    );
}

#[test]
fn what_cannot_be_read_of_a_profile_leaves_it_unknown_and_the_id_is_found_all_the_same() {
    let profile = "home/a/.config/chromium/Default";
    for (file, text) in [
        ("Preferences", "{"),
        ("Secure Preferences", "[1"),
        (&*format!("Extensions/{ID}/1_0/manifest.json"), "{\"name\":"),
        (&*format!("Extensions/{ID}/1_0/manifest.json"), r#"{"name":"__MSG_a__","default_locale":"../x"}"#),
    ] {
        let root = Root::new();
        root.file(&format!("{profile}/Extensions/{ID}/1_0/x"), "");
        root.file(&format!("{profile}/Extensions/{ID}/1_0/manifest.json"), r#"{"name":"E"}"#);
        root.file(&format!("{profile}/{file}"), text);
        let inventory = root.read();
        assert!(matches!(inventory.coverage[0].read, Read::Partial { .. }), "{file}");
        assert_eq!(inventory.components[0].traces[0].to_string(), ID, "{file}");
    }
}

#[test]
fn an_add_on_of_firefox_is_found_and_one_that_its_list_does_not_have() {
    let root = Root::new();
    let firefox = "home/a/.mozilla/firefox";
    root.file(
        &format!("{firefox}/profiles.ini"),
        "[Profile0]\nIsRelative=0\nPath=/srv/profile\n[Profile1]\nPath=new\n",
    );
    root.json(
        "srv/profile/extensions.json",
        json!({"schemaVersion": 36, "addons": [
            {"id": "{D10D0BF8-F5B5-C8B4-A8B2-2B9879E08C5D}", "version": "3.1", "type": "extension", "active": true,
             "path": "/srv/profile/extensions/x.xpi", "defaultLocale": {"name": "Blocker", "creator": "AO Example"}},
            {"id": "theme@example.org", "type": "theme", "active": false},
        ]}),
    );
    for file in ["{d10d0bf8-f5b5-c8b4-a8b2-2b9879e08c5d}.xpi", "put@example.org.xpi", "staged"] {
        root.file(&format!("srv/profile/extensions/{file}"), "");
    }
    let inventory = root.read();
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    let guid = "{d10d0bf8-f5b5-c8b4-a8b2-2b9879e08c5d}";
    assert_eq!(
        all(&inventory),
        [
            (
                "Blocker 3.1".into(),
                "{D10D0BF8-F5B5-C8B4-A8B2-2B9879E08C5D}".into(),
                texts([guid, "/srv/profile/extensions/x.xpi"])
            ),
            (
                "theme@example.org -".into(),
                "theme@example.org, theme, switched off".into(),
                texts(["theme@example.org"])
            ),
            (
                "put@example.org -".into(),
                "extensions/put@example.org.xpi, not in extensions.json".into(),
                texts(["put@example.org"])
            ),
        ]
    );
    assert_eq!(inventory.components[0].vendors, ["AO Example"]);
}

#[test]
fn a_profile_on_another_drive_and_a_list_that_is_broken_were_not_read() {
    let root = Root::new();
    let firefox = "Users/a/AppData/Roaming/Mozilla/Firefox";
    root.file(&format!("{firefox}/profiles.ini"), "[Profile0]\nPath=D:\\moved\n");
    root.file(&format!("{firefox}/Profiles/x/extensions.json"), "{\"addons\":[{}]}");
    let inventory = root.read();
    let reason = Problem::Elsewhere { path: "D:\\moved".into() };
    assert_eq!(inventory.coverage[0].read, Read::Unread { reason });
    assert!(matches!(&inventory.coverage[1].read, Read::Partial { reason: Problem::Json { .. }, .. }));
    assert!(inventory.components.is_empty());
}

#[test]
fn a_link_out_of_the_image_leads_nowhere_and_two_paths_to_one_profile_count_once() {
    let (root, outside) = (Root::new(), Root::new());
    outside.json("chromium/Default/Preferences", json!({}));
    fs::create_dir_all(root.0.path().join("home/a/.config")).unwrap();
    let link = |target: &Path, below: &str| {
        let path = root.0.path().join(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, path).unwrap();
    };
    link(&outside.0.path().join("chromium"), "home/a/.config/chromium");
    assert_eq!(root.read().coverage.len(), 1, "the one that says that nothing is there");
    root.json(
        &format!("var/home/b/.config/vivaldi/Default/Extensions/{ID}/1_0/manifest.json"),
        json!({"name": "E"}),
    );
    link(Path::new("/var/home/b"), "home/b");
    root.file("etc/passwd", "b:x:1:1::/home/b:/bin/sh\n");
    assert_eq!(root.read().components.len(), 1);
}

#[test]
fn a_machine_without_a_browser_was_looked_at_and_one_without_a_root_was_not() {
    let root = Root::new();
    root.file("root/x", "");
    let inventory = root.read();
    assert!(inventory.is_complete() && inventory.components.is_empty());
    assert_eq!(inventory.coverage[0].source, format!("browser profiles of 1 homes below {}", root.label("")));
    let gone = root.0.path().join("gone");
    let path = gone.display().to_string();
    let reason = Problem::Disk { path, kind: ErrorKind::NotFound };
    assert_eq!(super::read(&gone, &Limits::STANDARD).coverage[0].read, Read::Unread { reason });
}

#[test]
fn a_home_that_is_closed_is_one_that_was_not_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = Root::new();
    root.json(
        &format!("home/a/.config/chromium/Default/Extensions/{ID}/1_0/manifest.json"),
        json!({"name": "E"}),
    );
    let home = root.0.path().join("home/a");
    fs::set_permissions(&home, fs::Permissions::from_mode(0o000)).unwrap();
    let is_open = fs::read_dir(&home).is_ok();
    let inventory = root.read();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
    if is_open {
        // The superuser is let in everywhere.
        assert_eq!(inventory.components.len(), 1);
        return;
    }
    let reason = Problem::Disk { path: root.label("home/a"), kind: ErrorKind::PermissionDenied };
    assert_eq!((inventory.coverage.len(), &inventory.coverage[0].read), (2, &Read::Unread { reason }));
}

#[test]
fn drives_of_windows_are_taken_off_and_nothing_else() {
    for (path, below) in [
        (r"C:\Users\a", Some("Users/a")),
        ("d:/x", Some("x")),
        ("/opt/x", None),
        ("x:y", None),
        ("12:/x", None),
    ] {
        assert_eq!(below_the_drive(path).as_deref(), below, "{path}");
    }
}

#[test]
fn settings_that_are_none_leave_a_profile_incomplete() {
    for settings in [json!([]), json!({ID: 1}), json!({ID: {"path": 1}}), json!({ID: {"manifest": "x"}})] {
        let root = Root::new();
        let preferences = json!({"extensions": {"settings": settings}});
        root.json("home/a/.config/google-chrome/Default/Preferences", preferences);
        assert!(!root.read().is_complete(), "{settings}");
    }
    let root = Root::new();
    root.json(
        "home/a/.config/google-chrome/Default/Preferences",
        json!({"extensions": {"settings": {"x": 1}}}),
    );
    assert!(root.read().is_complete());
}

#[test]
fn a_file_of_a_profile_is_read_to_its_limit_and_not_one_byte_beyond() {
    let limit = usize::try_from(Limits::PROFILE_BYTES).unwrap();
    for (length, complete) in [(limit, true), (limit + 1, false)] {
        let root = Root::new();
        root.file(
            "home/a/.config/google-chrome/Default/Preferences",
            format!("{{}}{}", " ".repeat(length - 2)),
        );
        assert_eq!(root.read().is_complete(), complete, "{length}");
    }
}
