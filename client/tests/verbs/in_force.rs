//! Which text is in force, whom it binds and who is freed of it, as the verbs show it.

use interdict_schema::policy::Mark;

use crate::store::{BOD, KEV, Published, Store, published, revised};

/// A supplement that takes the place of one action, a day after the directive.
const SUPPLEMENT: &str = r#"{"format":"interdict-directive/1","id":"BOD-17-02","revision":1,"status":"in-force",
  "title":"A supplement","issuer":"dhs","zone":"America/New_York","issued":"2017-09-12",
  "actions":[{"id":"two","modality":"must","kind":"attest","description":"Say so in writing","due":{"edge":"complete","offset":{"n":5,"unit":"day","anchor":"issued"}}}],
  "relations":[{"kind":"supplements","target":{"id":"BOD-17-01","part":"plan"},"by":"two","effective":"2017-09-14"}]}"#;

fn ends(kind: &str, extra: &str) -> String {
    format!(
        r#"{{"format":"interdict-directive/1","id":"BOD-18-01","revision":1,"status":"in-force","title":"It ends another",
        "issuer":"dhs","zone":"America/New_York","issued":"2017-09-01",
        "relations":[{{"kind":"{kind}","target":{{"id":"BOD-17-01"}},"reason":"covered there"{extra}}}]}}"#
    )
}

fn with_waiver(waiver: &str) -> String {
    BOD.replace(r#""actions":["#, &format!(r#""waivers":[{{"id":"w","from":"2017-09-01","granted_by":"the Secretary",{waiver}}}],"actions":["#))
}

const FOUND: &[u8] = b"name,version\nkesl,11\n";

#[test]
fn the_text_of_a_day_names_the_document_behind_each_part() {
    let store = Store::of(&[published(&[BOD]), published(&[SUPPLEMENT])]);
    let before = store.run(&["show", "BOD-17-01", "--as-of", "2017-09-13"]).stdout;
    assert!(
        before.contains("  plan: must plan\n") && before.contains("  plan: BOD-17-01 revision 1\n"),
        "{before}"
    );
    let after = store.run(&["show", "BOD-17-01", "--as-of", "2017-09-14"]).stdout;
    for line in [
        "in-force",
        "  plan: must attest: Say so in writing",
        "  products: BOD-17-01 revision 1",
        "  plan: BOD-17-01 revision 1; BOD-17-02 revision 1 (two) supplements it since Thu 14 Sep 2017",
    ] {
        assert!(after.lines().any(|found| found == line), "{line}\n{after}");
    }
    assert!(
        after.contains("Sun 17 Sep 2017, 23:59 EDT"),
        "the clock runs from the supplement's issue\n{after}"
    );
    let json = store.run(&["show", "BOD-17-01", "--as-of", "2017-09-14", "--json"]).json();
    assert_eq!(json["sources"]["plan"][1]["document"]["id"], "BOD-17-02");
    assert_eq!(json["directive"]["actions"][1]["kind"], "attest");
    assert_eq!(json["state"]["is"], "in-force");
    let supplement = store.run(&["show", "BOD-17-02", "--as-of", "2017-09-14"]).stdout;
    assert!(supplement.contains("  two: stands in the text of BOD-17-01\n"), "{supplement}");
}

#[test]
fn what_another_directive_has_ended_binds_no_longer_and_says_by_what() {
    let store = Store::of(&[published(&[BOD]), published(&[&ends("supersedes", "")])]);
    store.file("found.csv", FOUND);
    let checked = store.run(&["check", "found.csv"]);
    assert_eq!(checked.code(), 0, "{}", checked.stdout);
    assert!(
        checked.stdout.contains("not binding: BOD-17-01: superseded by BOD-18-01 revision 1\n"),
        "{}",
        checked.stdout
    );
    assert!(!store.run(&["due"]).stdout.contains("BOD-17-01"));
    let all = store.run(&["list", "--all"]).stdout;
    let words = "superseded by BOD-18-01 revision 1 since Wed 13 Sep 2017: covered there";
    assert!(all.contains(words), "{all}");
    assert!(store.run(&["show", "BOD-17-01"]).stdout.contains(words));
    let policy = store.run(&["policy"]).json();
    assert!(policy["rules"].as_array().unwrap().is_empty(), "{policy}");
}

#[test]
fn a_check_says_in_what_way_and_by_which_document_something_no_longer_binds() {
    let closed = revised(BOD, 2, &[(r#""status":"in-force""#, r#""status":"closed""#)]);
    for (texts, because) in [
        (published(&[&ends("supersedes", "")]), "superseded by BOD-18-01 revision 1"),
        (published(&[&ends("revokes", "")]), "revoked by BOD-18-01 revision 1"),
        (published(&[&ends("closes", "")]), "closed by BOD-18-01 revision 1"),
        (published(&[KEV]), "closed"),
    ] {
        let own = if because == "closed" { published(&[BOD, &closed]) } else { published(&[BOD]) };
        let store = Store::of(&[own, texts]);
        store.file("found.csv", FOUND);
        let checked = store.run(&["check", "found.csv"]).stdout;
        assert!(checked.contains(&format!("not binding: BOD-17-01: {because}\n")), "{checked}");
        let json = store.run(&["check", "found.csv", "--format", "json"]).json();
        assert_eq!(json["not_binding"][0]["because"], because);
    }
}

/// trust.md rule 5
#[test]
fn what_is_not_entitled_not_yet_effective_or_of_withdrawn_keys_lifts_nothing() {
    let later = ends("revokes", r#","effective":"2017-09-14""#);
    let wrong = ends("revokes", "").replace(r#""id":"BOD-17-01"}"#, r#""id":"BOD-17-01","revision":2}"#);
    let withdrawn = Published { marks: vec![Mark::SignatureWithdrawn], ..published(&[&ends("revokes", "")]) };
    for other in [published(&[&later]), published(&[&wrong]), withdrawn] {
        let store = Store::of(&[published(&[BOD]), other]);
        store.file("found.csv", FOUND);
        let checked = store.run(&["check", "found.csv"]);
        assert!(checked.stdout.contains("1 match"), "{}", checked.stdout);
        let policy = store.run(&["policy"]).json();
        assert_eq!(policy["rules"].as_array().unwrap().len(), 1);
    }
}

/// trust.md rule 5
#[test]
fn a_circle_is_an_alarm_and_both_directives_bind() {
    let circle = revised(
        BOD,
        2,
        &[(r#""actions":["#, r#""relations":[{"kind":"revokes","target":{"id":"BOD-18-01"}}],"actions":["#)],
    );
    let store =
        Store::of(&[published(&[BOD, &circle]), published(&[&ends("revokes", "")]), published(&[KEV])]);
    store.file("found.csv", FOUND);
    let checked = store.run(&["check", "found.csv"]);
    assert_eq!(checked.code(), 4, "{}", checked.stdout);
    assert!(checked.stdout.contains("1 match"), "{}", checked.stdout);
    let status = store.run(&["status"]);
    assert_eq!(status.code(), 4);
    let circle = "found a circle of relations: BOD-17-01 revision 2 revokes BOD-18-01 revision 1 revokes BOD-17-01 revision 2";
    assert!(status.stdout.contains(circle), "{}", status.stdout);
    let policy = store.run(&["policy"]).json();
    let marks = |id: &str| {
        let directives = policy["directives"].as_array().unwrap();
        directives.iter().find(|directive| directive["id"] == id).unwrap()["marks"].clone()
    };
    assert_eq!(
        (marks("BOD-17-01"), marks("BOD-18-01")),
        (serde_json::json!(["quarantined"]), serde_json::json!(["quarantined"]))
    );
    assert!(marks("KEV-1").is_null());
}

#[test]
fn a_waiver_frees_the_agency_that_it_names_for_its_time() {
    let text = with_waiver(
        r#""part":"products","beneficiaries":["DOE"],"until":"2017-09-30","conditions":["keep it offline"]"#,
    );
    let store = Store::of(&[published(&[&text])]);
    store.file("found.csv", FOUND);
    let check = |now: &str| store.run_at(now, &["check", "found.csv"]);
    assert!(check("2017-09-14T00:00:00Z").stdout.contains("1 match"), "it has not said who it is");
    store.file("config.toml", b"[agency]\nname = \"DOE\"\n");
    let waived = check("2017-09-14T00:00:00Z");
    assert_eq!(waived.code(), 0, "{}", waived.stdout);
    let words = "w: waived until 2017-10-01T03:59:59Z, granted by the Secretary; conditions: keep it offline";
    assert!(waived.stdout.contains("waived") && waived.stdout.contains(words), "{}", waived.stdout);
    assert!(waived.stdout.contains("0 match, 0 possible, 1 waived, 0 excluded"), "{}", waived.stdout);
    let over = store.run(&["check", "found.csv", "--as-of", "2017-10-01"]);
    assert!(over.stdout.contains("1 match"), "{}", over.stdout);
    store.file("config.toml", b"[agency]\nname = \"DOI\"\n");
    assert!(check("2017-09-14T00:00:00Z").stdout.contains("1 match"));
}

#[test]
fn a_directive_that_does_not_bind_this_agency_is_listed_with_the_reason() {
    let store = Store::of(&[published(&[BOD])]);
    store.file("found.csv", FOUND);
    store.file("config.toml", b"[agency]\nname = \"FRB\"\n");
    assert!(store.run(&["check", "found.csv"]).stdout.contains("1 match"), "what is not said binds");
    store.file("config.toml", b"[agency]\nname = \"FRB\"\n[agency.systems]\nnational-security = [\"yes\"]\n");
    let checked = store.run(&["check", "found.csv"]);
    let why =
        "leaves out systems with national-security yes (44 U.S.C. 3553(d)), by [agency] in the configuration";
    assert!(checked.stdout.contains(&format!("not binding: BOD-17-01: {why}")), "{}", checked.stdout);
    assert!(store.run(&["list"]).stdout.contains("not bound"));
    assert!(store.run(&["show", "BOD-17-01"]).stdout.contains(&format!("does not bind this agency: {why}")));
    assert!(!store.run(&["due"]).stdout.contains("BOD-17-01"));
}
