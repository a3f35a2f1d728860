#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use super::super::coverage::Reading;
use super::super::detect;
use super::*;

fn read(text: &str) -> Inventory {
    detect::read(text.as_bytes(), "mac.json", None, &Limits::STANDARD).unwrap()
}

const PROFILE: &str = r#"{"SPApplicationsDataType":[
  {"_name":"Kaspersky","arch_kind":"arch_arm_i64","lastModified":"2017-09-01T00:00:00Z","obtained_from":"identified_developer",
   "path":"/Applications/Kaspersky.app","version":"21.1","signed_by":["Developer ID Application: Kaspersky Lab UK Limited (2Y8XE5CQ94)","Developer ID Certification Authority","Apple Root CA"]},
  {"_name":"Safari","obtained_from":"apple","path":"/Applications/Safari.app","signed_by":["Software Signing","Apple Root CA"]},
  {"path":"/opt/tool.app/","info":"x"}],
 "SPInstallHistoryDataType":[{"_name":"Kaspersky","install_date":"2017-01-01T00:00:00Z","install_version":"20.0","package_source":"package_source_other"},
  {"_name":"macOS 14","install_version":"14.0","package_source":"package_source_apple"}]}"#;

#[test]
fn applications_are_there_and_the_history_is_only_recorded() {
    let inventory = read(PROFILE);
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    assert!(inventory.coverage[0].notes.is_empty());
    let found: Vec<_> = inventory
        .components
        .iter()
        .map(|it| (it.name.as_str(), it.version.as_deref(), it.vendors.join("|"), it.presence))
        .collect();
    assert_eq!(
        found,
        [
            ("Kaspersky", Some("21.1"), "Kaspersky Lab UK Limited".into(), Presence::Installed),
            ("Safari", None, "Apple".into(), Presence::Installed),
            ("tool.app", None, String::new(), Presence::Installed),
            ("Kaspersky", Some("20.0"), String::new(), Presence::Recorded),
            ("macOS 14", Some("14.0"), "Apple".into(), Presence::Recorded),
        ]
    );
    let traces: Vec<_> = inventory.components[0].traces.iter().map(ToString::to_string).collect();
    assert_eq!(
        traces,
        [
            "/Applications/Kaspersky.app",
            "Developer ID Application: Kaspersky Lab UK Limited (2Y8XE5CQ94)",
            "Kaspersky Lab UK Limited",
            "2Y8XE5CQ94"
        ]
    );
    assert_eq!(inventory.components[1].traces.len(), 2);
    assert_eq!(inventory.components[3].source.row, 4);
}

#[test]
fn a_data_type_that_is_not_there_is_said() {
    for (text, part) in [
        (r#"{"SPApplicationsDataType":[]}"#, "what was installed as a package (SPInstallHistoryDataType)"),
        (r#"{"SPInstallHistoryDataType":[]}"#, "applications (SPApplicationsDataType)"),
    ] {
        assert_eq!(read(text).coverage[0].notes[0].problem, Problem::NotExported { part });
    }
}

#[test]
fn a_row_that_is_none_is_named_and_the_rest_is_read() {
    let inventory = read(
        r#"{"SPApplicationsDataType":["x",{"version":"1"},{"_name":"a","path":"not/whole"}],"SPInstallHistoryDataType":[{},7,{"_name":"b"}]}"#,
    );
    let names: Vec<_> = inventory.components.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    let place = Place { row: 1, byte: 0 };
    assert_eq!(inventory.coverage[0].read, Reading::Partial { reason: Problem::RowShape, place, skipped: 4 });
    let one = read(r#"{"SPApplicationsDataType":[{"_name":"a","signed_by":"Software Signing"}]}"#);
    assert_eq!(one.components[0].traces.len(), 1);
}

#[test]
fn limits_hold_at_their_value_and_one_beyond() {
    let read = |components| {
        let limits = Limits { components, ..Limits::STANDARD };
        detect::read(PROFILE.as_bytes(), "x", None, &limits).unwrap()
    };
    assert!(read(5).is_complete());
    for limit in [4, 2] {
        let place = Place { row: count(limit) + 1, byte: 0 };
        let reason = Problem::TooManyComponents { limit };
        assert_eq!(read(limit).coverage[0].read, Reading::Partial { reason, place, skipped: 0 });
    }
}

#[test]
fn a_team_stands_in_brackets_at_the_end() {
    for (text, wanted) in [
        ("Developer ID Application: A (B) Ltd. (2Y8XE5CQ94)", ("A (B) Ltd.", Some("2Y8XE5CQ94"))),
        ("Developer ID Application: A (Europe)", ("A (Europe)", None)),
        ("Software Signing", ("Software Signing", None)),
        ("Developer ID Application:  (2Y8XE5CQ94)", ("Developer ID Application:", Some("2Y8XE5CQ94"))),
        (")", (")", None)),
    ] {
        assert_eq!(signer(text), wanted, "{text}");
    }
}
