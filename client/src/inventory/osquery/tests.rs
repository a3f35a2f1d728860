#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use super::super::component::Presence;
use super::super::coverage::Reading;
use super::super::detect;
use super::*;

fn read(text: &str) -> Inventory {
    detect::read(text.as_bytes(), "osqueryd.results.log", None, &Limits::STANDARD).unwrap()
}

fn names(inventory: &Inventory) -> Vec<&str> {
    inventory.components.iter().map(|found| found.name.as_str()).collect()
}

/// A line of a differential log of one query on one host.
fn line(action: &str, epoch: u64, counter: u64, program: &str) -> String {
    let time = 1_500_000_000 + epoch * 1_000 + counter;
    format!(
        r#"{{"name":"pack_it_programs","hostIdentifier":"ws-17","unixTime":{time},"epoch":{epoch},"counter":{counter},"numerics":false,"columns":{{"name":"{program}","version":"1"}},"action":"{action}"}}"#
    )
}

fn faults(inventory: &Inventory) -> Vec<(u64, LogFault)> {
    let fault = |problem: &Problem| match problem {
        Problem::Osquery { fault, .. } => Some(*fault),
        _ => None,
    };
    let notes = &inventory.coverage[0].notes;
    notes.iter().filter_map(|note| Some((note.place.row, fault(&note.problem)?))).collect()
}

#[test]
fn a_differential_log_is_folded_before_anything_is_compared() {
    let log = [
        line("added", 0, 0, "kept"),
        line("added", 0, 0, "gone"),
        line("added", 0, 3, "later"),
        line("removed", 0, 5, "gone"),
    ];
    let inventory = read(&log.join("\n"));
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    assert_eq!(names(&inventory), ["kept", "later"]);
    assert_eq!(inventory.components[0].host.as_deref(), Some("ws-17"));
    assert_eq!(inventory.components[1].source.row, 3);
}

#[test]
fn another_epoch_and_a_first_change_begin_anew() {
    let log = [line("added", 1, 0, "old"), line("added", 2, 0, "new"), line("added", 2, 0, "newer")];
    assert_eq!(names(&read(&log.join("\n"))), ["new", "newer"]);
    let again = line("added", 1, 0, "again").replace("1500001000", "1500001999");
    let log = [line("added", 1, 0, "old"), line("added", 1, 1, "older"), again];
    let inventory = read(&log.join("\n"));
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    assert_eq!(names(&inventory), ["again"]);
}

#[test]
fn a_log_that_says_too_little_is_not_complete() {
    let inventory = read(&[line("added", 0, 7, "a"), line("removed", 0, 8, "b")].join("\n"));
    assert_eq!(faults(&inventory), [(1, LogFault::Beginning), (2, LogFault::Removal)]);
    assert!(!inventory.is_complete() && names(&inventory) == ["a"]);

    let inventory = read(&[line("added", 0, 0, "a"), line("added", 1, 2, "b")].join("\n"));
    assert_eq!(faults(&inventory), [(2, LogFault::Beginning)]);
    assert!(!inventory.is_complete());

    let inventory =
        read(&[line("added", 0, 0, "a"), line("added", 0, 9, "b"), line("removed", 0, 3, "a")].join("\n"));
    assert_eq!(faults(&inventory), [(3, LogFault::Order)]);
    assert!(!inventory.is_complete());

    let bare =
        r#"{"name":"programs","hostIdentifier":"h","columns":{"name":"a","version":"1"},"action":"added"}"#;
    assert_eq!(faults(&read(bare)), [(1, LogFault::Beginning)]);
}

#[test]
fn a_row_that_is_there_twice_goes_one_at_a_time() {
    let log = [line("added", 0, 0, "a"), line("added", 0, 0, "a"), line("removed", 0, 1, "a")];
    assert_eq!(names(&read(&log.join("\n"))), ["a"]);
    let log = [&log[..], &[line("removed", 0, 2, "a")]].concat();
    let inventory = read(&log.join("\n"));
    assert!(inventory.is_complete() && inventory.components.is_empty());
}

#[test]
fn batches_and_snapshots_come_in_lines_and_in_one_document() {
    let first = r#"{"diffResults":{"added":[{"name":"a","version":"1"},{"name":"b","version":"1"}],"removed":""},"name":"programs","hostIdentifier":"h","epoch":0,"counter":0,"unixTime":"10"}"#;
    let second = r#"{"diffResults":{"removed":[{"version":"1","name":"a"}],"added":[{"name":"a","version":"2"}]},"name":"programs","hostIdentifier":"h","epoch":0,"counter":1,"unixTime":"11"}"#;
    let third = r#"{"snapshot":[{"name":"c","version":"1"}],"action":"snapshot","name":"other","hostIdentifier":"h","unixTime":5,"epoch":0,"counter":0}"#;
    let fourth = r#"{"snapshot":[{"name":"d","version":"1"}],"action":"snapshot","name":"other","hostIdentifier":"h","unixTime":6,"epoch":0,"counter":0}"#;
    let lines = [first, second, third, fourth];
    for text in
        [lines.join("\n"), format!("[{}]", lines.join(",\n")), format!("\u{feff}[\n{}]", lines.join(","))]
    {
        let inventory = read(&text);
        assert!(inventory.is_complete(), "{:?}", inventory.coverage);
        let found: Vec<_> =
            inventory.components.iter().map(|it| (it.name.as_str(), it.version.as_deref())).collect();
        assert_eq!(found, [("b", Some("1")), ("a", Some("2")), ("d", Some("1"))], "{text}");
    }
    let pretty = third.replace(',', ",\n");
    assert_eq!(names(&read(&pretty)), ["c"]);
    let empty = format!("{third}\n{}", third.replace(r#"[{"name":"c","version":"1"}]"#, "[]"));
    assert_eq!(names(&read(&empty)), [""; 0]);
}

#[test]
fn a_snapshot_that_is_logged_row_by_row_is_replaced_by_the_next() {
    let row = |time: u64, name: &str| {
        format!(
            r#"{{"name":"programs","hostIdentifier":"h","unixTime":{time},"epoch":0,"counter":0,"columns":{{"name":"{name}","version":"1"}},"action":"snapshot"}}"#
        )
    };
    let inventory = read(&[row(1, "a"), row(1, "b"), row(2, "c"), row(2, "b")].join("\n"));
    assert!(inventory.is_complete(), "{:?}", inventory.coverage);
    assert_eq!(names(&inventory), ["c", "b"]);
}

#[test]
fn hosts_and_queries_are_folded_apart() {
    let other = line("removed", 0, 1, "a").replace("ws-17", "ws-18");
    let inventory = read(&[line("added", 0, 0, "a"), other].join("\n"));
    assert_eq!((names(&inventory), faults(&inventory).len()), (vec!["a"], 2));
    let other = line("added", 0, 0, "a").replace("pack_it", "pack_x");
    assert_eq!(names(&read(&[line("added", 0, 0, "a"), other].join("\n"))), ["a", "a"]);
}

/// A snapshot of one row.
fn snapshot(query: &str, columns: &str) -> Inventory {
    read(&format!(r#"{{"snapshot":[{columns}],"name":"{query}","hostIdentifier":"h","unixTime":1}}"#))
}

#[test]
fn tables_are_known_by_their_columns() {
    let digest = "0a".repeat(32);
    let hash =
        format!(r#"{{"path":"/opt/kesl/kesl","directory":"/opt/kesl","md5":"x","sha256":"{digest}"}}"#);
    let traces = |columns: &str| {
        let inventory = snapshot("q", columns);
        assert!(inventory.is_complete(), "{columns} {:?}", inventory.coverage);
        let found = &inventory.components[0];
        let mut all: Vec<String> = vec![
            found.name.clone(),
            found.version.clone().unwrap_or_default(),
            found.vendors.join("|"),
            found.purl.as_ref().map(ToString::to_string).unwrap_or_default(),
        ];
        all.extend(found.traces.iter().map(ToString::to_string));
        all.extend(found.sha256.iter().map(ToString::to_string));
        all.join(" ; ")
    };
    for (columns, wanted) in [
        (
            r#"{"name":"Endpoint","version":"11","install_location":"C:\\Program Files\\Kaspersky Lab\\","publisher":"AO Kaspersky Lab","identifying_number":"{x}"}"#,
            r"Endpoint ; 11 ; AO Kaspersky Lab ;  ; C:\Program Files\Kaspersky Lab\",
        ),
        (
            r#"{"name":"kesl","version":"11-1","source":"","revision":"1","arch":"amd64","status":"install ok installed","maintainer":"AO <x@y>"}"#,
            "kesl ; 11-1 ;  ; pkg:deb/kesl@11-1?arch=amd64",
        ),
        (
            r#"{"name":"kesl","version":"11","release":"1","epoch":"2","arch":"x86_64","vendor":"Kaspersky"}"#,
            "kesl ; 2:11-1 ; Kaspersky ; pkg:rpm/kesl@11-1?arch=x86_64&epoch=2",
        ),
        (r#"{"name":"kesl","version":11,"release":"1","epoch":0}"#, "kesl ; 11-1 ;  ; pkg:rpm/kesl@11-1"),
        (
            r#"{"name":"Kaspersky.app","path":"/Applications/Kaspersky.app","bundle_identifier":"com.kaspersky.kav","bundle_short_version":"21.1"}"#,
            "Kaspersky ; 21.1 ;  ;  ; com.kaspersky.kav ; /Applications/Kaspersky.app",
        ),
        (
            r#"{"name":"Protection","identifier":"ahkjpbeeocnddjkakilopmfdlnjdpcdm","version":"1","profile":"Default","update_url":"x"}"#,
            "Protection ; 1 ;  ;  ; ahkjpbeeocnddjkakilopmfdlnjdpcdm",
        ),
        (
            r#"{"name":"Protection","identifier":"light@kaspersky.com","version":"1","creator":"AO Kaspersky","active":"1"}"#,
            "Protection ; 1 ; AO Kaspersky ;  ; light@kaspersky.com",
        ),
        (
            r#"{"pid":"7","name":"klnagent","path":"/opt/kaspersky/klnagent64","cmdline":"x"}"#,
            "klnagent ;  ;  ;  ; klnagent64 ; /opt/kaspersky/klnagent64",
        ),
        (r#"{"pid":"7","name":"kthreadd","path":"","cmdline":""}"#, "kthreadd ;  ;  ;  ; kthreadd"),
        (
            r#"{"name":"Requests","version":"2","author":"A","path":"/usr/lib/python3/dist-packages"}"#,
            "Requests ; 2 ;  ; pkg:pypi/requests@2 ; /usr/lib/python3/dist-packages",
        ),
        (
            r#"{"name":"@a/b","version":"2","path":"/usr/lib/node_modules/@a/b"}"#,
            "@a/b ; 2 ;  ; pkg:npm/%40a/b@2 ; /usr/lib/node_modules/@a/b",
        ),
        (hash.as_str(), &format!("kesl ;  ;  ;  ; /opt/kesl/kesl ; {digest}")),
    ] {
        assert_eq!(traces(columns), wanted);
    }
}

#[test]
fn a_querys_name_tells_the_table_where_columns_do_not() {
    let found = |query: &str| {
        let inventory = snapshot(query, r#"{"name":"x","version":"1"}"#);
        inventory.components[0].ecosystem.clone()
    };
    assert_eq!(found("pack_it_python_packages").as_deref(), Some("pypi"));
    assert_eq!(found("pack/it/npm_packages").as_deref(), Some("npm"));
    assert_eq!(found("xnpm_packages"), None);
}

#[test]
fn a_package_that_is_gone_is_not_there_and_an_unknown_state_is_said() {
    let row = |status: &str| {
        snapshot("deb_packages", &format!(r#"{{"name":"a","version":"1","status":"{status}"}}"#))
    };
    assert!(row("deinstall ok not-installed").components.is_empty());
    assert_eq!(row("deinstall ok config-files").components[0].presence, Presence::Residual);
    let odd = row("odd");
    let place = Place { row: 1, byte: 0 };
    assert_eq!(odd.coverage[0].read, Reading::Partial { reason: Problem::Status, place, skipped: 1 });
}

#[test]
fn what_names_no_product_is_said_once_and_a_broken_line_is_named() {
    let uptime = r#"{"snapshot":[{"days":"1"},{"days":"2"}],"name":"uptime","hostIdentifier":"h"}"#;
    let inventory = read(uptime);
    assert!(inventory.is_complete());
    assert_eq!(faults(&inventory), [(1, LogFault::Unused)]);
    let log =
        [line("added", 0, 0, "a"), "{\"name\":".into(), "7".into(), line("oddly", 0, 0, "b")].join("\n");
    let inventory = read(&log);
    assert_eq!(names(&inventory), ["a"]);
    let Reading::Partial { reason: Problem::Json { .. }, place, skipped: 3 } = &inventory.coverage[0].read
    else {
        panic!("{:?}", inventory.coverage)
    };
    assert_eq!(place.row, 2);
}

#[test]
fn what_osqueryi_prints_is_a_snapshot_of_no_host() {
    let inventory = read(r#"[{"name":"a","version":"1","install_location":"","identifying_number":""},7]"#);
    assert_eq!(names(&inventory), ["a"]);
    let place = Place { row: 2, byte: 0 };
    assert_eq!(inventory.coverage[0].read, Reading::Partial { reason: Problem::RowShape, place, skipped: 1 });
}

#[test]
fn limits_hold_at_their_value_and_one_beyond() {
    let log = [
        line("added", 0, 0, "a"),
        line("added", 0, 0, "b"),
        line("removed", 0, 1, "b"),
        line("added", 0, 2, "c"),
    ]
    .join("\n");
    let read = |components, row_bytes| {
        let limits = Limits { row_bytes, components, ..Limits::STANDARD };
        detect::read(log.as_bytes(), "x", None, &limits).unwrap()
    };
    assert!(read(2, 13).is_complete(), "{:?}", read(2, 13).coverage);
    let reason = Problem::TooManyComponents { limit: 1 };
    assert!(
        matches!(&read(1, 13).coverage[0].read, Reading::Partial { reason: found, .. } if *found == reason)
    );
    let reason = Problem::RowTooLong { limit: 12 };
    assert!(
        matches!(&read(2, 12).coverage[0].read, Reading::Partial { reason: found, skipped: 3, .. } if *found == reason)
    );
}
