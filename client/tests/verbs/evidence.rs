//! `interdict evidence list` and `interdict evidence show ID`

use interdict_client::store::evidence::{Refused, keep};
use interdict_host::write::Disk;

use crate::store::{Store, at};

fn store() -> Store {
    let store = Store::empty();
    let folder = store.places.repository(&"main".parse().unwrap()).evidence();
    let refused = |kind, reason, second: &str| {
        let file = "metadata/timestamp.json";
        let refused = Refused {
            kind,
            reason,
            file,
            source: "https://main.example.gov/",
            bytes: reason.as_bytes(),
            at: at(second),
        };
        keep(&Disk::default(), &folder, refused).unwrap();
    };
    refused("rollback", "found version 3, wanted 4 or more", "2017-09-13T12:00:00Z");
    refused("rollback", "found version 3, wanted 4 or more", "2017-09-14T12:00:00Z");
    refused("expired", "expired\u{1b}[2J", "2017-09-15T12:00:00Z");
    store
}

#[test]
fn a_row_for_each_thing_that_was_refused() {
    store().run(&["evidence", "list"]).is(
        0,
        "\
id                                         repository  file                     source                     first                       last                        times  reason
rollback-c66bb24c7e278fc0a6fec6885089b255  main        metadata/timestamp.json  https://main.example.gov/  Wed 13 Sep 2017, 12:00 UTC  Thu 14 Sep 2017, 12:00 UTC      2  found version 3, wanted 4 or more
expired-45ca63d0c338b45c6c8b61b7f8e81fa8   main        metadata/timestamp.json  https://main.example.gov/  Fri 15 Sep 2017, 12:00 UTC  Fri 15 Sep 2017, 12:00 UTC      1  expired\\u{1b}[2J
",
        "",
    );
}

#[test]
fn one_of_them_is_shown_by_the_beginning_of_its_id() {
    let store = store();
    let ran = store.run(&["evidence", "show", "rollback"]);
    ran.is(
        0,
        "\
id          rollback-c66bb24c7e278fc0a6fec6885089b255
repository  main
refused     found version 3, wanted 4 or more
file        metadata/timestamp.json
source      https://main.example.gov/
first       Wed 13 Sep 2017, 12:00 UTC
last        Thu 14 Sep 2017, 12:00 UTC
times       2
digest      sha256:c66bb24c7e278fc0a6fec6885089b2558a77a5e294555c855dcebeb6abcafe33
bytes       33 in FOLDER/state/repositories/main/evidence/rollback-c66bb24c7e278fc0a6fec6885089b255.bytes
",
        "",
    );
    let json = store.run(&["evidence", "show", "rollback", "--json"]).json();
    assert_eq!((&json["kind"], &json["count"]), (&"rollback".into(), &2.into()));
    let bytes = json["bytes"].as_str().unwrap().replace("FOLDER/", "");
    assert_eq!(store.read(&bytes), b"found version 3, wanted 4 or more");
}

#[test]
fn an_id_must_lead_to_one() {
    let store = store();
    store.run(&["evidence", "show", "freeze"]).is(
        2,
        "",
        "error: no evidence has an id that begins with \"freeze\"\nhint: `interdict evidence list` shows the ids\n",
    );
    store.run(&["evidence", "show", ""]).is(
        2,
        "",
        "error: 2 pieces of evidence have an id that begins with \"\"\n\
         hint: give more of the id, as `interdict evidence list` shows it\n",
    );
}

#[test]
fn without_evidence_it_is_said() {
    Store::with_both().run(&["evidence", "list"]).is(0, "", "nothing was refused so far\n");
    let json = Store::empty().run(&["evidence", "list", "--json"]).json();
    assert_eq!(json, serde_json::json!({"format": "interdict-evidence/1", "evidence": []}));
}
