//! What `interdict check` makes of an agency's exceptions.

use serde_json::{Value, json};

use super::exceptions::{entry, with};
use crate::store::{BOD, Store, published};

/// Each row as `verdict name host`, in the order of the report.
fn rows(json: &Value) -> Vec<String> {
    let row = |row: &Value| {
        let words = [&row["verdict"], &row["component"]["name"], &row["component"]["host"]];
        words.map(|word| word.as_str().unwrap_or("-")).join(" ")
    };
    json["findings"].as_array().unwrap().iter().map(row).collect()
}

const FLEET: &[u8] =
    b"name,version,host\nkesl,1,kiosk-6\nkesl,1,kiosk-7\nkesl,1,KIOSK-7\nkesl,1,kiosk-70\nkesl,1,\n";

/// trust.md rule 21
#[test]
fn only_what_stands_on_the_named_asset_is_excepted_and_it_is_a_finding_all_the_same() {
    let store = with(&[&[]]);
    store.file("fleet.csv", FLEET);
    let ran = store.run(&["check", "fleet.csv", "--format=json"]);
    let json = ran.json();
    assert_eq!(
        rows(&json),
        [
            "match kesl kiosk-6",
            "match kesl KIOSK-7",
            "match kesl kiosk-70",
            "match kesl -",
            "excepted kesl kiosk-7"
        ]
    );
    assert_eq!((&json["counts"]["match"], &json["counts"]["excepted"]), (&json!(4), &json!(1)));
    let excepted = &json["findings"][4];
    assert_eq!(
        excepted["exception"],
        json!({"id": "kiosk-7", "reason": "The replacement comes in October", "approved_by": "E. Officer, CISO",
            "from": "2017-09-01T00:00:00Z", "until": "2017-09-30T23:59:59Z", "otherwise": "match"})
    );
    assert_eq!(excepted["exclusion"], Value::Null, "nothing is left out");
    assert_eq!((&excepted["next"], &excepted["asset"]), (&json["findings"][0]["next"], &json!("kiosk-7")));
    assert_eq!(excepted["next"]["action"], "remove");
    // Where it is all that is found, the code is that of a finding.
    store.file("fleet.csv", b"name,version,host\nkesl,1,kiosk-7\n");
    let ran = store.run(&["check", "fleet.csv", "--format=json"]);
    assert_eq!((rows(&ran.json()), ran.code()), (vec!["excepted kesl kiosk-7".to_owned()], 1));
}

#[test]
fn every_form_shows_who_approved_it_why_and_until_when() {
    let store = with(&[&[]]);
    store.file("fleet.csv", b"name,version,host\nkesl,1,kiosk-7\nkesl,1,kiosk-6\n");
    for form in ["table", "json", "jsonl", "csv"] {
        let ran = store.run(&["check", "fleet.csv", "--format", form]);
        assert_eq!(ran.code(), 1, "{form}");
        for words in [
            "excepted",
            "kiosk-7",
            "E. Officer, CISO",
            "The replacement comes in October",
            "2017-09-30T23:59:59Z",
        ] {
            assert!(ran.stdout.contains(words), "{form}: {words}: {}", ran.stdout);
        }
    }
    let table = store.run(&["check", "fleet.csv"]).stdout;
    let row = table.lines().find(|line| line.starts_with("excepted ")).unwrap();
    assert_eq!(
        row,
        "excepted  kesl 1     kiosk-7, row 2  kiosk-7: excepted until 2017-09-30T23:59:59Z, approved by E. Officer, CISO: The replacement comes in October (package kesl)  Mon 18 Sep 2017, in 5 days  b78271a4de80"
    );
    assert!(
        table.contains(
            "exception kiosk-7: in effect: BOD-17-01 products, package kesl on kiosk-7, until 2017-09-30T23:59:59Z, 17 days left; \
             approved by E. Officer, CISO: The replacement comes in October\n1 exception in effect\n"
        ),
        "{table}"
    );
    assert!(
        table.starts_with(
            "found     1 match, 0 possible, 1 excepted, 0 excluded; 2 outstanding on 2 assets\n"
        )
    );
    let csv = store.run(&["check", "fleet.csv", "--format=csv"]).stdout;
    assert!(csv.contains("\nexception,BOD-17-01,"), "{csv}");
    let jsonl = store.run(&["check", "fleet.csv", "--format=jsonl"]).stdout;
    let records: Vec<Value> = jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = records.last().unwrap();
    assert_eq!((&last["record"], &last["exceptions"]["in_effect"]), (&json!("end"), &json!(1)));
    assert_eq!(records.iter().filter(|line| line["record"] == "exception").count(), 1);
}

/// trust.md rule 21
#[test]
fn what_is_void_excepts_nothing_and_hides_nothing_of_what_counts() {
    let store = with(&[
        &[("until", "2017-09-12")],
        &[("id", "\"vague\""), ("approved_by", "\"\"")],
        &[("id", "\"later\""), ("from", "2017-09-14")],
        &[("id", "\"counts\""), ("asset", "\"kiosk-6\"")],
    ]);
    store.file("fleet.csv", FLEET);
    let ran = store.run(&["check", "fleet.csv", "--format=json"]);
    assert_eq!(ran.code(), 2);
    assert_eq!(ran.json()["exits"], json!(["usage", "findings"]));
    let rows = rows(&ran.json());
    assert_eq!(rows.iter().filter(|row| row.starts_with("match ")).count(), 4, "{rows:?}");
    assert!(rows.contains(&"excepted kesl kiosk-6".to_owned()), "{rows:?}");
}

#[test]
fn a_day_that_is_asked_about_lies_within_it_as_well() {
    let store = with(&[&[]]);
    store.file("fleet.csv", b"name,version,host\nkesl,1,kiosk-7\n");
    // Days begin in the issuer's zone.
    for (as_of, verdict) in [
        ("2017-09-30T23:59:59Z", "excepted kesl kiosk-7"),
        ("2017-10-01T00:00:00Z", "match kesl kiosk-7"),
        ("2017-10-12", "match kesl kiosk-7"),
    ] {
        let ran = store.run(&["check", "fleet.csv", "--format=json", "--as-of", as_of]);
        assert_eq!(rows(&ran.json()), [verdict], "{as_of}");
        assert_eq!(ran.code(), 1, "{as_of}");
    }
}

/// A directive that recognises by package, by vendor and product, by CVE and by domain.
fn many() -> Store {
    let directive = json!({
        "format": "interdict-directive/1", "id": "BOD-1", "revision": 1, "status": "in-force", "title": "T",
        "issuer": "dhs", "zone": "UTC", "issued": "2017-09-01",
        "subjects": [
            {"id": "products", "name": "P", "disposition": "prohibited", "identifiers": [
                {"kind": "package", "value": "kesl"}, {"kind": "vendor", "value": "Example Lab"},
                {"kind": "domain", "value": "one.example.net"}, {"kind": "domain", "value": "two.example.net"},
                {"kind": "package", "value": "doubtful", "confidence": "low"}]},
            {"id": "holes", "name": "H", "disposition": "remediate", "identifiers": [
                {"kind": "cve", "value": "CVE-2017-0001"}, {"kind": "cve", "value": "CVE-2017-0002"},
                {"kind": "package", "value": "torn"}]},
        ],
    });
    Store::of(&[published(&[&directive.to_string()])])
}

/// The verdict on a table, with exceptions of these parts and identifiers for the asset `h`.
fn verdicts(table: &str, named: &[(&str, &str, &str)]) -> Vec<String> {
    let store = many();
    store.file("table.csv", table.as_bytes());
    let entries: String = named
        .iter()
        .enumerate()
        .map(|(number, (part, kind, value))| {
            entry(&[
                ("id", &format!("\"e{number}\"")),
                ("directive", "\"BOD-1\""),
                ("part", &format!("\"{part}\"")),
                ("identifier", &format!("{{ kind = \"{kind}\", value = \"{value}\" }}")),
                ("asset", "\"h\""),
            ])
        })
        .collect();
    store.file("exceptions.toml", entries.as_bytes());
    let json = store.run(&["check", "table.csv", "--format=json"]).json();
    let row = |row: &Value| {
        format!("{} {}", row["verdict"].as_str().unwrap(), row["component"]["name"].as_str().unwrap())
    };
    json["findings"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn whoever_excepts_a_package_excepts_it_as_a_product_of_its_vendor_and_not_the_other_way_round() {
    let table = "name,vendor,host\nkesl,Example Lab,h\nother,Example Lab,h\n";
    let package = ("products", "package", "kesl");
    assert_eq!(verdicts(table, &[package]), ["match other", "excepted kesl"]);
    let vendor = ("products", "vendor", "Example Lab");
    assert_eq!(verdicts(table, &[vendor]), ["match kesl", "excepted other"]);
    assert_eq!(verdicts(table, &[package, vendor]), ["excepted kesl", "excepted other"]);
}

#[test]
fn one_vulnerability_or_domain_excepts_no_other_beside_it() {
    let table = "name,host,cve\nx,h,CVE-2017-0001|CVE-2017-0002\n";
    let (one, two) = (("holes", "cve", "CVE-2017-0001"), ("holes", "cve", "CVE-2017-0002"));
    assert_eq!(verdicts(table, &[one]), ["match x"]);
    assert_eq!(verdicts(table, &[one, two]), ["excepted x"]);
    let table = "name,host,domain\nx,h,a.one.example.net|two.example.net\n";
    let (one, two) = (("products", "domain", "one.example.net"), ("products", "domain", "TWO.example.net"));
    assert_eq!(verdicts(table, &[two]), ["match x"]);
    assert_eq!(verdicts(table, &[one, two]), ["excepted x"]);
    // And none of another part.
    assert_eq!(verdicts(table, &[("holes", "domain", "one.example.net"), two]), ["match x"]);
}

#[test]
fn a_possible_of_what_is_prohibited_can_be_excepted_and_what_is_no_finding_cannot() {
    let table = "name,host\ndoubtful,h\ntorn,h\n";
    let (doubtful, torn) = (("products", "package", "doubtful"), ("holes", "package", "torn"));
    // What only wants repair and may be meant is in the summary, which is no finding.
    assert_eq!(verdicts(table, &[]), ["possible doubtful"]);
    assert_eq!(verdicts(table, &[doubtful, torn]), ["excepted doubtful"]);
}

#[test]
fn this_machine_is_known_by_its_name_and_a_source_that_names_none_by_its_path() {
    let root = tempfile::tempdir().unwrap();
    let write = |below: &str, text: &str| {
        let path = root.path().join(below);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let status = "Package: kesl\nStatus: install ok installed\nVersion: 1\n";
    write("var/lib/dpkg/status", status);
    write("etc/hostname", "kiosk-7\n");
    let store = with(&[&[]]);
    let here = ["check", "--format=json", "--root", root.path().to_str().unwrap()];
    let json = store.run(&here).json();
    assert_eq!(
        (&json["findings"][0]["verdict"], &json["findings"][0]["asset"]),
        (&json!("excepted"), &json!("kiosk-7"))
    );
    write("etc/hostname", "kiosk-8\n");
    assert_eq!(store.run(&here).json()["findings"][0]["verdict"], "match");
    store.file("status", status.as_bytes());
    assert_eq!(
        store.run(&["check", "status", "--format=json"]).json()["findings"][0]["asset"],
        "FOLDER/status"
    );
    // The file itself is meant, however it is given, and a name that is given is meant whatever the file.
    let excepting = |asset: &str, arguments: &[&str]| {
        let asset = asset.replace("FOLDER", &store.folder());
        store.file("exceptions.toml", entry(&[("asset", &format!("\"{asset}\""))]).as_bytes());
        store.run(&[&["check", "--format=json"], arguments].concat()).json()["findings"][0]["verdict"].take()
    };
    let absolute = format!("{}/status", store.folder());
    for given in ["status", "./status", &absolute] {
        assert_eq!(excepting("FOLDER/status", &[given]), "excepted", "{given}");
    }
    assert_eq!(excepting("FOLDER/status", &["status", "--asset", "kiosk-7"]), "match");
    assert_eq!(excepting("kiosk-7", &["status", "--asset", "kiosk-7"]), "excepted");
}

#[test]
fn a_vulnerability_of_no_component_can_be_excepted() {
    let store = many();
    let sbom = json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [],
        "vulnerabilities": [{"id": "CVE-2017-0001"}]});
    store.file("h", sbom.to_string().as_bytes());
    let named = [
        ("directive", "\"BOD-1\""),
        ("part", "\"holes\""),
        ("identifier", "{ kind = \"cve\", value = \"cve-2017-0001\" }"),
        ("asset", "\"h\""),
    ];
    store.file("exceptions.toml", entry(&named).as_bytes());
    let json = store.run(&["check", "h", "--asset=h", "--format=json"]).json();
    assert_eq!(json["findings"][0]["verdict"], "excepted", "{json}");
}

/// The clock of an excepted finding runs: it is remembered as found.
#[test]
fn when_it_was_found_is_remembered() {
    let store = with(&[&[]]);
    store.file("fleet.csv", b"name,version,host\nkesl,1,kiosk-7\n");
    store.run(&["check", "fleet.csv"]);
    let json = store.run_at("2017-09-15T12:00:00Z", &["check", "fleet.csv", "--format=json"]).json();
    let finding = &json["findings"][0];
    assert_eq!(
        (&finding["verdict"], &finding["detected_at"]),
        (&json!("excepted"), &json!("2017-09-13T12:00:00Z"))
    );
}

#[test]
fn an_unknown_is_excepted_too_and_says_what_it_is_otherwise() {
    let ranged = BOD.replace(
        r#"{"kind":"package","value":"kesl""#,
        r#"{"kind":"package","value":"kesl","versions":"vers:deb/<12""#,
    );
    assert_ne!(ranged, BOD);
    let store = Store::of(&[published(&[&ranged])]);
    let versions = r#"{ kind = "package", value = "kesl", versions = "vers:deb/<12" }"#;
    store.file("exceptions.toml", entry(&[("identifier", versions)]).as_bytes());
    store.file("fleet.csv", b"name,version,ecosystem,host\nkesl,,deb,kiosk-7\nkesl,,deb,kiosk-6\n");
    let ran = store.run(&["check", "fleet.csv", "--format=json"]);
    let json = ran.json();
    assert_eq!(
        (rows(&json), ran.code()),
        (vec!["unknown kesl kiosk-6".to_owned(), "excepted kesl kiosk-7".to_owned()], 1)
    );
    assert_eq!(json["findings"][1]["exception"]["otherwise"], "unknown");
    assert!(!json["findings"][1]["doubts"].as_array().unwrap().is_empty(), "why it is unknown is still said");
}
