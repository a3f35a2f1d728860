//! `interdict check`, run as a person runs it, over a store that was verified, with the directive and the inventories that
//! the project ships.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::format_collect,
    clippy::needless_pass_by_value,
    reason = "a test may fail by panicking and write files; the store serves other tests too"
)]

#[path = "verbs/store.rs"]
mod store;

use std::fmt::Write as _;
use std::path::PathBuf;

use interdict_client::store::generation::{Alarm, AlarmKind};
use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_schema::directive::{Directive, draft};
use serde_json::{Value, json};
use store::{Published, Store, published};

fn example(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/examples").join(path)
}

/// BOD 17-01 as the project ships it.
fn bod_17_01() -> Published {
    let text = std::fs::read(example("directives/bod-17-01.draft.jsonc")).unwrap();
    let payload = draft::payload_of(&text).unwrap();
    Published { payloads: vec![payload], marks: Vec::new() }
}

const AS_OF: &str = "--as-of=2017-10-02";

/// Every row of a result as `verdict name`, sorted.
fn rows(result: &Value) -> Vec<String> {
    let row = |finding: &Value| {
        format!(
            "{} {}",
            finding["verdict"].as_str().unwrap(),
            finding["component"]["name"].as_str().unwrap_or("(no component)")
        )
    };
    let mut rows: Vec<String> = result["findings"].as_array().unwrap().iter().map(row).collect();
    rows.sort();
    rows
}

fn check(store: &Store, file: &str) -> store::Ran {
    let path = example(file);
    store.run(&["check", path.to_str().unwrap(), "--format=json", AS_OF])
}

/// A list once shipped `.net`: signed all the same, it is kept, reported and never compared, and ends with 6.
#[test]
fn a_signed_identifier_that_means_everybody_is_reported_and_blocks_nobody() {
    let directive = json!({
        "format": "interdict-directive/1", "id": "BOD-99-01", "revision": 1, "status": "in-force", "title": "t",
        "issuer": "dhs", "zone": "UTC", "issued": "2017-09-13",
        "subjects": [{"id": "s", "name": "S", "disposition": "prohibited", "identifiers": [
            {"kind": "domain", "value": "net"}, {"kind": "domain", "value": "co.uk"},
            {"kind": "cidr", "value": "0.0.0.0/0"}, {"kind": "path", "value": "/"},
        ]}],
    });
    let payload = serde_json::to_vec(&directive).unwrap();
    let store = Store::of(&[Published { payloads: vec![payload], marks: Vec::new() }]);
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("hosts.csv");
    std::fs::write(&table, "domain,ip,path\nexample.net,192.0.2.1,/bin/sh\nexample.co.uk,192.0.2.2,/etc\n")
        .unwrap();
    let ran = store.run(&["check", table.to_str().unwrap(), "--format=json", AS_OF]);
    assert_eq!(ran.code(), 6, "{}", ran.stderr);
    let result = ran.json();
    assert!(rows(&result).is_empty());
    let unsupported: Vec<&str> = result["unsupported"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| place["place"].as_str().unwrap())
        .collect();
    assert_eq!(unsupported, ["s, domain net", "s, domain co.uk", "s, cidr 0.0.0.0/0", "s, path /"]);
}

#[test]
fn the_example_inventories_hold_what_their_makers_put_there_and_no_false_friend() {
    let store = Store::of(&[bod_17_01()]);
    for (file, code, wanted) in [
        ("inventories/clean-host.csv", 0, &[][..]),
        (
            "inventories/linux-server-dpkg-status",
            1,
            &[
                "match kav4fs",
                "match kesl",
                "match kesl-gui",
                "match klnagent64",
                // Removed; its configuration is left.
                "possible klnagent",
            ],
        ),
        (
            "inventories/workstation.cdx.json",
            1,
            &[
                "excluded Kaspersky Anti-Virus Engine",
                "match Kaspersky Anti-Virus",
                "match Kaspersky Endpoint Security",
                "possible TinyCheck",
            ],
        ),
        (
            "inventories/procurement.csv",
            1,
            &[
                "excluded Kaspersky Security Training",
                "excluded Kaspersky Threat Intelligence",
                "match KASPERSKY PRIVATE SECURITY NETWORK",
                "match Kaspersky Password Manager",
                "match Kaspersky Small Office Security",
                "match Kaspersky Total Security",
            ],
        ),
    ] {
        let ran = check(&store, file);
        assert_eq!(rows(&ran.json()), wanted, "{file}");
        assert_eq!(ran.code(), code, "{file} {}", ran.stderr);
    }
}

#[test]
fn every_identifier_that_an_inventory_can_hold_is_found_on_a_synthetic_host() {
    let bod = bod_17_01();
    let directive = Directive::parse(&bod.payloads[0]).unwrap().value;
    let mut table = "name,vendor,ecosystem,cpe,host\n".to_owned();
    let mut wanted = Vec::new();
    for (number, identifier) in directive.subjects[0].identifiers.iter().enumerate() {
        let value = &identifier.value;
        let host = format!("h{number}");
        match identifier.kind.as_str() {
            "vendor" => writeln!(table, "Anything,\"{value}\",,,{host}").unwrap(),
            "package" => {
                let (ecosystem, name) = value.split_once(':').unwrap_or(("", value));
                writeln!(table, "{name},,{ecosystem},,{host}").unwrap();
            }
            "cpe" => {
                // A product and a version where the rule leaves them open.
                let parts: Vec<&str> = value.split(':').collect();
                let product = if parts[4] == "*" { "whatever" } else { parts[4] };
                let (vendor, rest) = (parts[3], ":*".repeat(6));
                writeln!(table, "Anything,,,cpe:2.3:a:{vendor}:{product}:1.0{rest},{host}").unwrap();
            }
            _ => continue,
        }
        let doubtful = identifier.confidence.as_ref().is_some_and(|c| matches!(c.as_str(), "low" | "review"));
        wanted.push((host, if doubtful { "possible" } else { "match" }.to_owned()));
    }
    assert!(wanted.len() > 20);
    let store = Store::of(&[bod]);
    store.file("host.csv", table.as_bytes());
    let result = store.run(&["check", "host.csv", "--format=json", AS_OF]).json();
    let mut found: Vec<(String, String)> = result["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&finding["component"]["host"]), text(&finding["verdict"]))
        })
        .collect();
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
}

#[test]
fn a_finding_carries_its_evidence_its_place_and_its_deadline() {
    let store = Store::of(&[bod_17_01()]);
    let result = check(&store, "inventories/linux-server-dpkg-status").json();
    let finding =
        result["findings"].as_array().unwrap().iter().find(|f| f["component"]["name"] == "kesl").unwrap();
    assert_eq!(finding["directive"], "BOD-17-01");
    assert_eq!(finding["revision"], 1);
    assert_eq!(finding["digest"].as_str().unwrap().len(), 64);
    let evidence = &finding["evidence"][0];
    assert_eq!(
        (&evidence["kind"], &evidence["value"], &evidence["confidence"], &evidence["certainty"]),
        (&json!("package"), &json!("kesl"), &json!("high"), &json!("exact"))
    );
    assert_eq!((&evidence["field"], &evidence["found"]), (&json!("name"), &json!("kesl")));
    let source = finding["source"].as_str().unwrap();
    assert!(source.ends_with("linux-server-dpkg-status") && finding["row"].as_u64().unwrap() > 1);
    let next = &finding["next"];
    assert_eq!((&next["action"], &next["paragraph"]), (&json!("identify"), &json!("1")));
    assert_eq!((&next["at"], &next["days_left"]), (&json!("2017-10-14T03:59:59Z"), &json!(11)));
    assert_eq!(finding["overdue"], Value::Null);
    let kinds: Vec<&str> = result["coverage"]["not_looked_for"]
        .as_array()
        .unwrap()
        .iter()
        .map(|not| not["kind"].as_str().unwrap())
        .collect();
    for kind in ["path", "process", "registry-key", "team-id", "extension-id", "domain"] {
        assert!(kinds.contains(&kind), "{kind}");
    }
}

fn subject(extra: Value) -> String {
    let mut subject = json!({"id": "s", "name": "S", "disposition": "prohibited",
        "identifiers": [{"kind": "package", "value": "kesl"}]});
    subject.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    json!({"format": "interdict-directive/1", "id": "BOD-1", "revision": 1, "status": "in-force", "title": "T",
        "issuer": "dhs", "zone": "UTC", "issued": "2017-09-01", "subjects": [subject]})
    .to_string()
}

#[test]
fn each_exit_code_means_one_thing_and_the_first_of_4_3_5_6_1_wins() {
    let plain = published(&[&subject(json!({}))]);
    let strange = published(&[&subject(json!({"identifiers": [
        {"kind": "package", "value": "kesl"}, {"kind": "smell", "value": "sulphur"}]}))]);
    let doubtful = |disposition: &str| {
        published(&[&subject(json!({"disposition": disposition,
            "identifiers": [{"kind": "package", "value": "kesl", "confidence": "low"}]}))])
    };
    let ranged = |disposition: &str| {
        published(&[&subject(json!({"disposition": disposition,
            "identifiers": [{"kind": "package", "value": "kesl", "versions": "vers:deb/<2"}]}))])
    };
    let (clean, dirty, torn) = ("name\nbash\n", "name\nkesl\n", "name\nkesl\na,b\n");
    let now = "2017-09-13T12:00:00Z";
    let later = "2017-09-20T12:00:00Z";
    for (directive, table, at, wanted) in [
        (&plain, clean, now, vec![Exit::Done]),
        (&plain, dirty, now, vec![Exit::Findings]),
        (&plain, "name\n", now, vec![Exit::NoAnswer]),
        (&plain, torn, now, vec![Exit::NoAnswer, Exit::Findings]),
        (&plain, clean, "2017-09-20T11:59:59Z", vec![Exit::Done]),
        (&plain, clean, later, vec![Exit::Stale]),
        (&plain, clean, "2017-09-13T11:59:59Z", vec![Exit::Stale]),
        (&plain, dirty, later, vec![Exit::Stale, Exit::Findings]),
        (&strange, clean, now, vec![Exit::Unsupported]),
        (&strange, torn, later, vec![Exit::NoAnswer, Exit::Stale, Exit::Unsupported, Exit::Findings]),
        (&doubtful("prohibited"), dirty, now, vec![Exit::Findings]),
        (&doubtful("restricted"), dirty, now, vec![Exit::Done]),
        (&doubtful("remediate"), dirty, now, vec![Exit::Done]),
        (&ranged("prohibited"), dirty, now, vec![Exit::Findings]),
        (&ranged("restricted"), dirty, now, vec![Exit::Findings]),
        (&ranged("remediate"), dirty, now, vec![Exit::Findings]),
        (&ranged("remediate"), "name,version,ecosystem\nkesl,2,deb\n", now, vec![Exit::Done]),
    ] {
        let store = Store::of(std::slice::from_ref(directive));
        store.file("t.csv", table.as_bytes());
        // What deadlines are reckoned as of changes nothing about freshness.
        let ran = store.run_at(at, &["check", "t.csv", "--format=json", "--as-of=2017-09-14"]);
        assert_eq!(ran.outcome.all(), wanted, "{table:?} {at}");
        assert_eq!(ran.json()["code"], wanted[0].code());
    }
    let store = Store::empty();
    store.configure(&["main"]);
    let alarm = Alarm { kind: AlarmKind::Vanished, directive: None, reason: "r".into() };
    store.sync(&[plain], &[alarm]);
    store.file("t.csv", dirty.as_bytes());
    assert_eq!(store.run(&["check", "t.csv"]).outcome.all(), [Exit::Refused, Exit::Findings]);
}

#[test]
fn without_a_policy_or_with_a_file_that_is_no_inventory_it_says_what_to_do() {
    let store = Store::empty();
    let ran = store.run(&["check"]);
    assert!(ran.code() != 0 && ran.stderr.contains("interdict setup URL"), "{}", ran.stderr);
    let store = Store::of(&[bod_17_01()]);
    store.file("letter.txt", b"Dear Sir");
    let ran = store.run(&["check", "letter.txt"]);
    assert_eq!(ran.code(), 2);
    assert!(ran.stderr.contains("letter.txt is no inventory"), "{}", ran.stderr);
    assert_eq!(store.run(&["check", "-"]).code(), 2);
    store.file("assets.csv", b"name,version\nkesl,11\n");
    let ran = store.run(&["check", "letter.txt", "assets.csv"]);
    assert_eq!(ran.outcome.all(), [Exit::NoAnswer, Exit::Findings], "{}", ran.stdout);
    assert!(ran.stdout.contains("not read: letter.txt: found an unknown format"), "{}", ran.stdout);
    let ran = store.run(&["check", "absent.csv"]);
    assert_eq!(ran.code(), 3);
    assert!(ran.stdout.contains("not read: absent.csv"), "{}", ran.stdout);
}

#[test]
fn a_machine_is_read_below_a_root_and_one_without_packages_is_no_clean_one() {
    let store = Store::of(&[bod_17_01()]);
    let root = tempfile::tempdir().unwrap();
    let arguments = ["check", "--root", root.path().to_str().unwrap()];
    let ran = store.run(&arguments);
    assert_eq!(ran.outcome.all(), [Exit::NoAnswer]);
    assert!(ran.stdout.contains("this is no clean result"), "{}", ran.stdout);
    let dpkg = root.path().join("var/lib/dpkg");
    std::fs::create_dir_all(&dpkg).unwrap();
    std::fs::copy(example("inventories/linux-server-dpkg-status"), dpkg.join("status")).unwrap();
    assert_eq!(store.run(&arguments).outcome.all(), [Exit::Findings]);
}

#[test]
fn hosts_of_every_distribution_are_recognised_and_their_false_friends_are_not() {
    let store = Store::of(&[bod_17_01()]);
    let pacman = |name: &str| format!("%NAME%\n{name}\n\n%VERSION%\n1-1\n\n");
    let files = [
        ("alpine/lib/apk/db/installed", "P:kesl\nV:11-r0\n\nP:libkesl-doc\nV:1-r0\n\n".to_owned()),
        ("arch/var/lib/pacman/local/kesl-1-1/desc", pacman("kesl")),
        ("arch/var/lib/pacman/local/libkesl-doc-1-1/desc", pacman("libkesl-doc")),
        ("distroless/var/lib/dpkg/status.d/kesl", "Package: kesl\nVersion: 11\n".to_owned()),
        ("distroless/var/lib/dpkg/status.d/doc", "Package: libkesl-doc\nVersion: 1\n".to_owned()),
    ];
    for (path, text) in &files {
        store.file(path, text.as_bytes());
    }
    for host in ["alpine", "arch", "distroless"] {
        let ran = store.run(&["check", "--root", host, "--format=json", AS_OF]);
        assert_eq!(rows(&ran.json()), ["match kesl"], "{host}");
        assert_eq!(ran.outcome.all(), [Exit::Findings], "{host}: {}", ran.stdout);
    }
    store.file("rpm-qa", b"kesl-11.4.0-1135.x86_64\nlibkesl-doc-1.0-1.noarch\n");
    store.file("dpkg-l", b"ii  kesl 11.4.0-1135 amd64 x\nii  libkesl-doc 1.0 all x\n");
    for list in ["rpm-qa", "dpkg-l"] {
        let ran = store.run(&["check", list, "--format=json", AS_OF]);
        assert_eq!((rows(&ran.json()), ran.code()), (vec!["match kesl".to_owned()], 1), "{list}");
    }
}

#[test]
fn possible_hits_on_what_wants_repair_are_one_line_unless_all_are_wanted() {
    let catalogue = published(&[&subject(json!({"disposition": "remediate", "identifiers": [
        {"kind": "vendor", "value": "Adobe"}, {"kind": "product", "value": "Acrobat and Reader"},
        {"kind": "cve", "value": "CVE-2017-0001"}]}))]);
    let store = Store::of(&[catalogue]);
    store.file("t.csv", b"name,vendor,cve\nAcrobat and Reader,ADOBE,\nx,,CVE-2017-0001\nAcrobat,Adobe,\n");
    let ran = store.run(&["check", "t.csv", "--format=json", AS_OF]);
    let result = ran.json();
    assert_eq!(rows(&result), ["match x"]);
    assert_eq!(result["summaries"], json!([{"directive": "BOD-1", "subjects": 1, "components": 1}]));
    assert_eq!(ran.code(), 1);
    let all = store.run(&["check", "t.csv", "--format=json", "--all", AS_OF]).json();
    assert_eq!(rows(&all), ["match x", "possible Acrobat and Reader"]);
    assert_eq!(all["summaries"], json!([]));
    let table = store.run(&["check", "t.csv", AS_OF]).stdout;
    assert!(table.contains("BOD-1: 1 different components may be meant by 1 entries"), "{table}");
}

#[test]
fn an_unknown_is_told_with_its_reason_in_every_form_and_comes_before_a_possible() {
    let catalogue = published(&[&subject(json!({"disposition": "remediate", "identifiers": [
        {"kind": "package", "value": "kesl", "versions": "vers:deb/<2"},
        {"kind": "package", "value": "klnagent", "confidence": "low"}]}))]);
    let store = Store::of(&[catalogue]);
    store.file("t.csv", b"name,version,ecosystem\nklnagent,1,deb\nkesl,1_0,deb\nkesl,2,deb\n");
    let why = "the component's version cannot be read as its kind is written";
    let ran = store.run(&["check", "t.csv", "--format=json", AS_OF]);
    let result = ran.json();
    assert_eq!((rows(&result), ran.code()), (vec!["unknown kesl".to_owned()], 1));
    assert_eq!(result["findings"][0]["doubts"], json!([why]));
    let counts = json!({"match": 0, "unknown": 1, "possible": 0, "waived": 0, "excepted": 0, "excluded": 0, "summarised": 1});
    assert_eq!(result["counts"], counts);
    let all = store.run(&["check", "t.csv", "--format=json", "--all", AS_OF]).json();
    let order: Vec<&str> =
        all["findings"].as_array().unwrap().iter().map(|row| row["verdict"].as_str().unwrap()).collect();
    assert_eq!(order, ["unknown", "possible"]);
    let lines = store.run(&["check", "t.csv", "--format=jsonl", AS_OF]).stdout;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["record"], &lines[0]["verdict"]), (&json!("finding"), &json!("unknown")));
    assert_eq!(lines.last().unwrap()["counts"], counts);
    let csv = store.run(&["check", "t.csv", "--format=csv", AS_OF]).stdout;
    let row = csv.lines().nth(1).unwrap();
    assert!(row.starts_with("unknown,BOD-1,") && row.contains(why), "{row}");
    let table = store.run(&["check", "t.csv", AS_OF]).stdout;
    assert!(table.contains(&format!("package kesl: {why}")), "{table}");
    assert!(
        table.starts_with("found     0 match, 1 unknown, 0 possible, 0 excluded; 1 outstanding on 1 asset\n"),
        "{table}"
    );
}

#[test]
fn json_lines_end_with_how_it_ended() {
    let store = Store::of(&[bod_17_01()]);
    let path = example("inventories/workstation.cdx.json");
    let ran = store.run(&["check", path.to_str().unwrap(), "--format=jsonl", AS_OF]);
    let lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let records: Vec<&str> = lines.iter().map(|line| line["record"].as_str().unwrap()).collect();
    assert_eq!(records.iter().filter(|record| **record == "finding").count(), 4);
    assert_eq!(records.iter().filter(|record| **record == "source").count(), 1);
    let end = lines.last().unwrap();
    assert_eq!((&end["record"], &end["code"], &end["complete"]), (&json!("end"), &json!(1), &json!(true)));
}

#[test]
fn a_hostile_name_neither_computes_in_a_spreadsheet_nor_moves_the_cursor() {
    let store = Store::of(&[bod_17_01()]);
    let table =
        "name,vendor,version\n\"=cmd|' /C calc'!A1\",Kaspersky,-1\n\"a\u{1b}[2J\u{202e}b\",Kaspersky,1\n";
    store.file("t.csv", table.as_bytes());
    let csv = store.run(&["check", "t.csv", "--format=csv", AS_OF]);
    let mut reader = csv::Reader::from_reader(csv.stdout.as_bytes());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|heading| heading == name).unwrap();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(&records[0][column("name")], "'=cmd|' /C calc'!A1");
    assert_eq!(&records[0][column("version")], "'-1");
    assert_eq!(&records[0][column("days_left")], "11");
    assert_eq!(records.iter().filter(|record| &record[0] == "read").count(), 1);
    let text = store.run(&["check", "t.csv", AS_OF]).stdout;
    assert!(!text.contains(['\u{1b}', '\u{202e}']) && text.contains("\\u{1b}[2J\\u{202e}"), "{text}");
}

#[test]
fn the_table_fits_the_terminal_and_says_in_words_what_it_paints() {
    let store = Store::of(&[bod_17_01()]);
    let path = example("inventories/workstation.cdx.json");
    let arguments = ["check", path.to_str().unwrap(), AS_OF, "--color=never"];
    let text = store.run_in(TestWorld::new().terminal(100), &arguments).stdout;
    for word in ["match", "possible", "excluded", "Fri 13 Oct 2017", "embedded-out", "not looked for"] {
        assert!(text.contains(word), "{word}\n{text}");
    }
    let table: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.starts_with("verdict"))
        .take_while(|line| !line.is_empty())
        .collect();
    assert!(table.iter().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn several_inventories_are_compared_together_and_each_is_named() {
    let store = Store::of(&[bod_17_01()]);
    store.file("a.csv", b"name,vendor\nA,Kaspersky Lab\n");
    store.file("b.csv", b"name,vendor\nA,Kaspersky Lab\nB,x\n");
    let result = store.run(&["check", "a.csv", "b.csv", "--format=json", AS_OF]).json();
    let places: Vec<&str> =
        result["findings"].as_array().unwrap().iter().map(|f| f["source"].as_str().unwrap()).collect();
    assert_eq!(places, ["a.csv", "b.csv"]);
    assert_eq!(result["coverage"]["components"], 3);
    let piped = TestWorld::new().stdin("name,vendor\nA,Kaspersky Lab\n");
    assert_eq!(store.run_in(piped, &["check", "-", "--type=csv", AS_OF]).code(), 1);
}

/// A directive with a clock that runs from detection.
fn from_detection() -> Published {
    let directive = json!({
        "format": "interdict-directive/1", "id": "BOD-26-1", "revision": 1, "status": "in-force", "title": "Three days",
        "issuer": "dhs", "zone": "America/New_York", "issued": "2017-09-13",
        "subjects": [{"id": "kesl", "name": "KESL", "disposition": "prohibited",
            "identifiers": [{"kind": "package", "value": "deb:kesl"}]}],
        "actions": [{"id": "remove", "modality": "must", "kind": "remove",
            "due": {"edge": "complete", "offset": {"n": 3, "unit": "day", "anchor": "detected"}}}],
    });
    Published { payloads: vec![serde_json::to_vec(&directive).unwrap()], marks: Vec::new() }
}

#[test]
fn a_clock_that_runs_from_detection_runs_from_the_first_find_of_each_machine() {
    let store = Store::of(&[from_detection()]);
    let inventory = store.places.state.join("fleet.csv");
    let detections = store.places.detections();
    let check = |rows: &str, extra: &[&str]| {
        std::fs::write(&inventory, format!("name,version,ecosystem,host\n{rows}")).unwrap();
        let arguments = [&["check", inventory.to_str().unwrap(), "--format=json"], extra].concat();
        let ran = store.run(&arguments);
        let result: Value = serde_json::from_str(&ran.stdout).unwrap();
        let findings = result["findings"].as_array().unwrap();
        let next = |finding: &Value| {
            (
                finding["component"]["host"].clone(),
                finding["detected_at"].clone(),
                finding["next"]["at"].clone(),
            )
        };
        (findings.iter().map(next).collect::<Vec<_>>(), ran)
    };
    let (asked, _) = check("kesl,1,deb,h1\n", &[AS_OF]);
    assert_eq!(asked, [(json!("h1"), Value::Null, Value::Null)], "another day's question is no find");
    assert!(!detections.exists());
    let (first, ran) = check("kesl,1,deb,h1\n", &[]);
    assert_eq!(ran.outcome.exit(), Exit::Findings, "{}", ran.stderr);
    let (_, found, due) = first[0].clone();
    assert_ne!((&found, &due), (&Value::Null, &Value::Null));
    let kept = std::fs::read(&detections).unwrap();
    let (again, _) = check("kesl,2,deb,h1\n", &[]);
    assert_eq!(again, [(json!("h1"), found, due)], "another version starts no new clock");
    assert_eq!(std::fs::read(&detections).unwrap(), kept, "nothing new, nothing written");
    let ran = store.run(&["due", "--json"]);
    let rows: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(rows["deadlines"][0]["runs_from"], Value::Null, "{rows}");
    std::fs::write(&detections, b"damaged").unwrap();
    let (damaged, ran) = check("kesl,1,deb,h1\n", &[]);
    assert_eq!(ran.outcome.exit(), Exit::Findings);
    assert_eq!(damaged.len(), 1);
    assert!(ran.stderr.contains("the times of detection are damaged"), "{}", ran.stderr);
    assert_eq!(std::fs::read(&detections).unwrap(), b"damaged", "a damaged file is never written over");
}

/// A directive that names an extension, a file by its digest, a folder and a process.
fn traces() -> Published {
    let digest = interdict_schema::Sha256::of(b"banned").to_string();
    let directive = json!({
        "format": "interdict-directive/1", "id": "BOD-99-02", "revision": 1, "status": "in-force", "title": "t",
        "issuer": "dhs", "zone": "UTC", "issued": "2017-09-13",
        "subjects": [{"id": "s", "name": "S", "disposition": "prohibited", "identifiers": [
            {"kind": "extension-id", "value": "ahkjpbeeocnddjkakilopmfdlnjdpcdm"},
            {"kind": "sha256", "value": digest}, {"kind": "path", "value": "/opt/kesl"},
            {"kind": "package", "value": "kesl"}, {"kind": "vendor", "value": "AO Example"},
        ]}],
    });
    Published { payloads: vec![serde_json::to_vec(&directive).unwrap()], marks: Vec::new() }
}

fn put(root: &std::path::Path, below: &str, bytes: &[u8]) {
    let path = root.join(below);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn files_are_found_by_digest_and_path_and_never_by_what_they_are_called() {
    let store = Store::of(&[traces()]);
    let folder = tempfile::tempdir().unwrap();
    for (below, bytes) in [
        ("srv/renamed.txt", &b"banned"[..]),
        ("opt/kesl/bin/x", b"x"),
        ("opt/kesl2/x", b"x"),
        ("home/kesl", b"x"),
        ("home/AO Example", b"x"),
    ] {
        put(folder.path(), below, bytes);
    }
    let root = folder.path().to_str().unwrap();
    let ran = store.run(&["check", "--root", root, "--files", "/", "--format=json", AS_OF]);
    assert_eq!(ran.code(), 1, "{}", ran.stderr);
    let result = ran.json();
    assert_eq!(rows(&result), ["match renamed.txt", "match x"]);
    let place = |finding: &Value| finding["reference"].as_str().unwrap().to_owned();
    let places: Vec<String> = result["findings"].as_array().unwrap().iter().map(place).collect();
    assert!(places.contains(&"opt/kesl/bin/x".to_owned()), "{places:?}");
    assert_eq!(result["coverage"]["sources"][0]["components"], 5);
    // On this machine the folder has another path, and files may stand beside inventories.
    put(folder.path(), "assets.csv", b"name\nkesl\n");
    let table = folder.path().join("assets.csv");
    let arguments = ["check", table.to_str().unwrap(), "--files", root, "--format=json", AS_OF];
    assert_eq!(rows(&store.run(&arguments).json()), ["match kesl", "match renamed.txt"]);
    // What names a package or a maker was compared with no file.
    let kinds = |result: &Value| {
        let kind = |not: &Value| not["kind"].as_str().unwrap().to_owned();
        result["coverage"]["not_looked_for"].as_array().unwrap().iter().map(kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&result), ["extension-id", "package", "vendor"]);
    let gone = store.run(&["check", "--files", "/nowhere/at/all", "--format=json", AS_OF]);
    assert_eq!((gone.code(), gone.json()["coverage"]["sources"][0]["read"].as_str()), (3, Some("unread")));
}

#[test]
fn the_browsers_of_an_image_are_looked_into_with_its_packages() {
    let store = Store::of(&[traces()]);
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "var/lib/dpkg/status", b"Package: a\nStatus: install ok installed\nVersion: 1\n");
    let extension = "home/a/.config/chromium/Default/Extensions/ahkjpbeeocnddjkakilopmfdlnjdpcdm/1_0";
    put(folder.path(), &format!("{extension}/manifest.json"), br#"{"name":"Protection","version":"1"}"#);
    let ran = store.run(&["check", "--root", folder.path().to_str().unwrap(), "--format=json", AS_OF]);
    assert_eq!(rows(&ran.json()), ["match Protection"]);
    assert_eq!(ran.code(), 1);
    let table = store.run(&["check", "--root", folder.path().to_str().unwrap(), AS_OF]).stdout;
    assert!(table.contains("chromium/Default (1 components)\n"), "{table}");
}

/// Whoever runs the tests, the process of the test itself is theirs.
#[test]
fn the_processes_of_this_machine_are_looked_at() {
    let store = Store::of(&[traces()]);
    if !std::path::Path::new("/proc/self/exe").exists() {
        return;
    }
    let result = store.run(&["check", "--format=json", AS_OF]).json();
    let sources = result["coverage"]["sources"].as_array().unwrap();
    let proc = sources.iter().find(|source| source["source"] == "/proc").unwrap();
    assert!(proc["components"].as_u64().unwrap() >= 1, "{proc}");
}
