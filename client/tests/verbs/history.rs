//! `interdict history ID`, `interdict diff A B`, and a vendor's response on the page of `show`

use interdict_schema::Sha256;

use crate::store::{BOD, Store, published, revised};

const LATER: (&str, &str) = (r#""n":60,"unit":"day""#, r#""n":75,"unit":"day""#);

/// Two revisions, and another directive that revokes a part.
fn store() -> (Store, String, String) {
    let second = revised(BOD, 2, &[LATER]).replace("PREVIOUS", &Sha256::of(BOD.as_bytes()).to_string());
    let (one, two) = (Sha256::of(BOD.as_bytes()).to_string(), Sha256::of(second.as_bytes()).to_string());
    let other = format!(
        r#"{{"format":"interdict-directive/1","id":"BOD-18-02","revision":1,"status":"in-force","title":"t","issuer":"dhs",
        "zone":"America/New_York","issued":"2017-09-13","relations":[{{"kind":"revokes","reason":"it is done",
        "target":{{"id":"BOD-17-01","revision":1,"digest":"{one}","part":"plan"}}}}]}}"#
    );
    let store = Store::of(&[published(&[BOD, &second]), published(&[&other])]);
    (store, one, two)
}

#[test]
fn every_revision_says_who_signed_it_and_what_it_changed() {
    let (store, one, two) = store();
    let ran = store.run(&["history", "BOD-17-01"]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 7, "{}{}", ran.stdout, ran.stderr);
    assert!(lines[0].starts_with("revision  issued      status    signed by"), "{}", ran.stdout);
    assert!(lines[1].contains("Office B, Office A") && lines[1].contains(&one), "{}", ran.stdout);
    assert!(lines[1].trim_end().ends_with("the first text"), "{}", ran.stdout);
    let moved = "action plan: must plan (complete) by the end of 2017-11-12, America/New_York (2017-11-13T04:59:59Z) \
                 becomes must plan (complete) by the end of 2017-11-27, America/New_York (2017-11-28T04:59:59Z)";
    assert!(lines[2].contains(&two) && lines[2].trim_end().ends_with(moved), "{}", ran.stdout);
    assert_eq!(lines[4], "What other documents do to it");
    let touched: Vec<&str> = lines[6].split_whitespace().collect();
    assert_eq!(touched.join(" "), "BOD-18-02@1 revokes BOD-17-01@1, plan 2017-09-13 it is done");
}

#[test]
fn the_history_as_json_has_every_digest_and_relation() {
    let (store, one, two) = store();
    let ran = store.run(&["history", "BOD-17-01", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(shown["format"], "interdict-history/1");
    assert_eq!(
        (&shown["revisions"][0]["digest"], &shown["revisions"][1]["digest"]),
        (&one.into(), &two.into())
    );
    assert_eq!(
        shown["relations"],
        serde_json::json!([{
            "kind": "revokes", "by": "BOD-18-02", "by_revision": 1, "revision": 1, "part": "plan",
            "effective": "2017-09-13", "reason": "it is done"
        }])
    );
    store.run(&["history", "BOD-99-01"]).is(
        2,
        "",
        "error: no directive BOD-99-01 is held\nhint: `interdict list --all` shows what is held\n",
    );
}

#[test]
fn two_texts_differ_in_a_deadline_and_the_order_of_the_two_matters() {
    let (store, ..) = store();
    let moved = |from: &str, to: &str| {
        format!(
            "action plan: must plan (complete) by the end of {from} becomes must plan (complete) by the end of {to}\n"
        )
    };
    let (old, new) = (
        "2017-11-12, America/New_York (2017-11-13T04:59:59Z)",
        "2017-11-27, America/New_York (2017-11-28T04:59:59Z)",
    );
    let summary = "BOD-17-01@1 to BOD-17-01@2: 1 moved\n";
    store.run(&["diff", "BOD-17-01@1", "BOD-17-01@2"]).is(0, &moved(old, new), summary);
    store.run(&["diff", "BOD-17-01"]).is(0, &moved(old, new), summary);
    store.run(&["diff", "BOD-17-01", "BOD-17-01@1"]).is(
        0,
        &moved(new, old),
        "BOD-17-01@2 to BOD-17-01@1: 1 moved\n",
    );
    let ran = store.run(&["diff", "BOD-17-01", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(shown["format"], "interdict-diff/1");
    assert_eq!(
        (&shown["differences"][0]["change"], &shown["differences"][0]["member"]),
        (&"moved".into(), &"due".into())
    );
    store.run(&["diff", "BOD-17-01@1"]).is(
        2,
        "",
        "error: BOD-17-01 has no revision before 1\nhint: name two texts: interdict diff ID@1 ID@2\n",
    );
    store.run(&["diff", "BOD-17-01", "--from", "2017-09-12", "--to", "2018-01-01"]).is(
        2,
        "",
        "error: BOD-17-01 had no text on 2017-09-12\nhint: its first revision takes effect later\n",
    );
}

#[test]
fn a_vendors_response_is_shown_as_what_changes_nothing() {
    let response = format!(
        r#""issued":"2017-09-13","responses":[{{"id":"lab","vendor":"Example Lab","state":"received","due":"2017-11-03",
        "received":"2017-11-02","document":{{"path":"response.pdf","digest":"{}","media_type":"application/pdf"}}}}],"#,
        Sha256::of(b"")
    );
    let text = BOD.replace(r#""issued":"2017-09-13","#, &response);
    let ran = Store::of(&[published(&[&text])]).run(&["show", "BOD-17-01"]);
    let wanted = format!(
        "\nVendors' responses\n  They change nothing about what is in force: only a revision that says so does.\n  \
         lab: Example Lab, received, may be sent until 2017-11-03, received 2017-11-02\n    \
         document: response.pdf, application/pdf, sha256:{}\n",
        Sha256::of(b"")
    );
    assert!(ran.stdout.contains(&wanted), "{}{}", ran.stdout, ran.stderr);
}
