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

/// trust.md rule 21
#[test]
fn a_directive_that_does_not_bind_this_agency_is_listed_with_the_reason() {
    let store = Store::of(&[published(&[BOD])]);
    store.file("found.csv", FOUND);
    store.file("config.toml", b"[agency]\nname = \"FRB\"\n");
    assert!(store.run(&["check", "found.csv"]).stdout.contains("1 match"), "what is not said binds");
    store.file("config.toml", b"[agency]\nname = \"FRB\"\n[agency.systems]\nnational-security = [\"yes\"]\n");
    let checked = store.run(&["check", "found.csv"]);
    let why = "leaves out systems with national-security yes (44 U.S.C. 3553(d))";
    let wanted = format!("not binding: BOD-17-01: {why}, by [agency] in the configuration");
    assert!(checked.stdout.contains(&wanted), "{}", checked.stdout);
    assert!(store.run(&["list"]).stdout.contains("not bound"));
    let cited = format!("{why}, by FOLDER/config.toml:4 (agency.systems.national-security)\n");
    let shown = store.run(&["show", "BOD-17-01"]).stdout;
    assert!(shown.contains(&format!("does not bind this agency: {cited}")), "{shown}");
    store.run(&["due"]).is(
        0,
        &format!("\nDoes not bind\n  BOD-17-01: {cited}"),
        "no directive in force sets a deadline\n",
    );
    let not = &store.run(&["due", "--json"]).json()["not_binding"][0];
    assert_eq!((&not["directive"], &not["by"][0]["line"]), (&"BOD-17-01".into(), &4.into()));
    let status = store.run(&["status"]);
    assert!(
        status.stdout.contains("1 directive in force, 1 of them does not bind this agency\nno deadline\n"),
        "{}",
        status.stdout
    );
    assert!(!store.run(&["digest", "--within", "60d", "--keep"]).stdout.contains("due until"));
}

/// trust.md rule 21
#[test]
fn an_action_that_is_not_ordered_of_this_agency_has_no_date_and_says_why() {
    let text = BOD.replace(
        r#""id":"plan","modality":"must","kind":"plan","#,
        r#""id":"plan","modality":"must","kind":"plan","when":[{"predicate":"found-any","values":["yes"]}],"#,
    );
    let store = Store::of(&[published(&[&text])]);
    store.file("found.csv", FOUND);
    assert!(store.run(&["due"]).stdout.contains(" plan "), "what nobody has said holds");
    store.file(
        "config.toml",
        b"[agency]\nname = \"FRB\"\n[agency.systems]\n\"BOD-17-01/found-any\" = [\"no\"]\n",
    );
    let why = "ordered where found-any is yes, and the configuration says no";
    let cited = format!("{why}, by FOLDER/config.toml:4 (agency.systems.BOD-17-01/found-any)\n");
    let due = store.run(&["due"]).stdout;
    assert!(due.ends_with(&format!("\nDoes not bind\n  BOD-17-01 plan: {cited}")), "{due}");
    assert!(!due.contains("complete"), "{due}");
    let shown = store.run(&["show", "BOD-17-01"]).stdout;
    assert!(shown.contains(&format!("    does not bind this agency: {cited}")), "{shown}");
    assert!(!shown.contains("12 Nov 2017"), "{shown}");
    let explained = store.run(&["explain", "BOD-17-01", "plan"]).stdout;
    assert!(explained.ends_with(&format!("not due: {cited}")), "{explained}");
    let checked = store.run(&["check", "found.csv"]).stdout;
    assert!(checked.contains(&format!("not binding: BOD-17-01: action plan is {why}")), "{checked}");
    assert!(checked.contains("1 match") && !checked.contains("Sun 12 Nov 2017"), "{checked}");
}

#[test]
fn what_a_supplement_has_replaced_has_its_date_and_names_it() {
    let store = Store::of(&[published(&[BOD]), published(&[SUPPLEMENT])]);
    let plan = |arguments: &[&str]| {
        let ran = store.run(&[arguments, &["--as-of", "2017-09-14"]].concat());
        assert_eq!(ran.code(), 0, "{}", ran.stderr);
        ran
    };
    let due = plan(&["due"]).stdout;
    let row = due.lines().find(|line| line.contains(" plan ")).unwrap();
    assert!(
        row.starts_with("Sun 17 Sep 2017, 23:59 EDT") && row.ends_with("  BOD-17-02 revision 1"),
        "{due}"
    );
    assert_eq!(due.matches("BOD-17-02").count(), 1, "it stands in the text of the other\n{due}");
    let json = plan(&["due", "--json"]).json();
    let rows = json["deadlines"].as_array().unwrap();
    let row = rows.iter().find(|row| row["action"] == "plan").unwrap();
    let ids: Vec<&str> =
        row["sources"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["BOD-17-01", "BOD-17-02"]);
    assert!(rows.iter().filter(|row| row["action"] != "plan").all(|row| row.get("sources").is_none()));
    let explained = plan(&["explain", "BOD-17-01", "plan"]).stdout;
    assert!(
        explained.contains(
            "must attest, complete\nas BOD-17-02 revision 1 has it, in the place of BOD-17-01 revision 1\n"
        ),
        "{explained}"
    );
    assert!(explained.contains("due: Sun 17 Sep 2017, 23:59 EDT"), "{explained}");
    let before = store.run(&["explain", "BOD-17-01", "plan", "--as-of", "2017-09-13"]).stdout;
    assert!(before.contains("due: Sun 12 Nov 2017, 23:59 EST") && !before.contains("BOD-17-02"), "{before}");
    let moved = store.run(&["explain", "BOD-17-02", "two", "--as-of", "2017-09-14"]);
    assert_eq!(moved.code(), 2);
    assert!(moved.stderr.contains("hint: it stands in the text of BOD-17-01"), "{}", moved.stderr);
    let diff = store.run(&["diff", "BOD-17-01", "--from", "2017-09-13", "--to", "2017-09-14"]);
    assert!(diff.stderr.starts_with("BOD-17-01@1 to BOD-17-01@1 with BOD-17-02@1: "), "{}", diff.stderr);
    assert!(diff.stdout.contains("plan: must plan (complete) by the end of 2017-11-12, America/New_York (2017-11-13T04:59:59Z) becomes must attest (complete) by the end of 2017-09-17, America/New_York (2017-09-18T03:59:59Z)"), "{}", diff.stdout);
    let status = store.run_at("2017-09-14T12:00:00Z", &["status"]).stdout;
    assert!(
        status.contains("next deadline: Sun 17 Sep 2017, 23:59 EDT, in 3 days: BOD-17-01 plan"),
        "{status}"
    );
    let digest = store.run_at("2017-09-14T12:00:00Z", &["digest", "--keep"]).stdout;
    assert!(
        digest.lines().any(|line| line.starts_with("Sun 17 Sep 2017") && line.contains("BOD-17-01  plan")),
        "{digest}"
    );
}

#[test]
fn what_has_ended_is_not_due_and_explain_says_by_what() {
    let store = Store::of(&[published(&[BOD]), published(&[&ends("supersedes", "")])]);
    let ran = store.run(&["explain", "BOD-17-01", "plan"]);
    assert!(
        ran.stdout
            .ends_with("not due: superseded by BOD-18-01 revision 1 since Wed 13 Sep 2017: covered there\n"),
        "{}",
        ran.stdout
    );
    assert!(store.run(&["status"]).stdout.contains("1 directive in force, 1 ended\nno deadline\n"));
    let diff = store.run(&["diff", "BOD-17-01", "--from", "2017-09-12", "--to", "2017-09-13"]);
    assert_eq!(diff.code(), 2, "{}", diff.stdout);
}

#[test]
fn waivers_are_shown_with_what_is_left_of_them() {
    let due = |waiver: &str, config: &str, as_of: &str| {
        let store = Store::of(&[published(&[&with_waiver(waiver)])]);
        store.file("config.toml", config.as_bytes());
        store.run(&["due", "--as-of", as_of]).stdout
    };
    let doi = "[agency]\nname = \"DOI\"\n";
    let until =
        r#""beneficiaries":["DOI"],"part":"plan","until":"2017-11-30","conditions":["keep it offline"]"#;
    let text = due(until, doi, "2017-11-20");
    let row = text.lines().find(|line| line.contains(" plan ")).unwrap();
    assert!(
        row.contains("passed") && row.contains("waived until Thu 30 Nov 2017, 23:59 EST, 10 days left"),
        "{text}"
    );
    assert!(
        text.ends_with(
            "\nWaivers\n  BOD-17-01 plan: waived until Thu 30 Nov 2017, 23:59 EST, 10 days left; waiver w of BOD-17-01 revision 1, \
             by the Secretary; granted to DOI; conditions: keep it offline\n"
        ),
        "{text}"
    );
    let last = due(until, doi, "2017-11-30T12:00:00Z");
    assert!(last.contains("less than a day left"), "{last}");
    let over = due(until, doi, "2017-12-01");
    let row = over.lines().find(|line| line.contains(" plan ")).unwrap();
    assert!(row.contains("19 days overdue") && !row.contains("waived"), "{over}");
    assert!(
        over.contains("  BOD-17-01 plan: LAPSED Thu 30 Nov 2017, 23:59 EST: it binds again; waiver w"),
        "{over}"
    );
    let others = due(until, "[agency]\nname = \"FRB\"\n", "2017-11-20");
    assert!(!others.contains("Waivers") && others.contains("8 days overdue"), "{others}");
    let eligible = r#""eligibility":"agencies without staff""#;
    let store = Store::of(&[published(&[&with_waiver(until)])]);
    store.file("config.toml", doi.as_bytes());
    let status = store.run_at("2017-10-20T12:00:00Z", &["status"]).stdout;
    assert!(status.contains("in 53 days: BOD-17-01 begin"), "what is waived by then is not next\n{status}");
    let digest = store.run_at("2017-11-25T12:00:00Z", &["digest", "--keep"]).stdout;
    assert!(digest.contains("waiver w of BOD-17-01, plan: lapses Thu 30 Nov 2017, 23:59 EST\n"), "{digest}");
    let open = due(eligible, "[agency]\nname = \"DOI\"\neligible = [\"BOD-17-01/w\"]\n", "2017-11-20");
    assert!(
        open.contains("all of it: waived without an end: it lasts until a later document ends it"),
        "{open}"
    );
    assert!(!open.contains("overdue"), "{open}");
    let unclaimed = due(eligible, doi, "2017-11-20");
    let words = "all of it: not waived: [agency] does not claim to be eligible for \"BOD-17-01/w\"; waiver w of BOD-17-01 revision 1, \
                 by the Secretary; granted to agencies without staff";
    assert!(unclaimed.contains(words) && unclaimed.contains("overdue"), "{unclaimed}");
}

#[test]
fn what_binds_another_agency_can_be_asked() {
    let text = BOD.replace(r#"{"class":"federal-executive-branch"}"#, r#"{"agency":"DOE"}"#);
    let store = Store::of(&[published(&[&text]), published(&[KEV])]);
    store.file(
        "config.toml",
        b"[agency]\nname = \"DOE\"\nparents = []\n[[component]]\nname = \"NNSA\"\n[[component]]\nname = \"FERC\"\nparents = []\nclasses = []\n",
    );
    let component = store.run(&["due", "--agency", "nnsa"]).stdout;
    assert!(component.contains("BOD-17-01"), "{component}");
    assert!(
        component.ends_with(
            "\nFor whom\n  NNSA: by FOLDER/config.toml:5 (component.0.name), a component of DOE\n  \
             not said of it, and taken to bind: classes, systems\n"
        ),
        "{component}"
    );
    let other = store.run(&["due", "--agency", "FERC"]).stdout;
    assert!(other.contains("KEV-1"), "{other}");
    let why =
        "BOD-17-01: addressed to DOE, and the agency is FERC, by FOLDER/config.toml:8 (component.1.parents)";
    assert!(
        !other.contains("begin-removal") && other.contains(&format!("Does not bind\n  {why}\n")),
        "{other}"
    );
    let listed = store.run(&["due", "--agency", "National Aeronautics and Space Administration"]);
    assert!(listed.stdout.contains("BOD-17-01"), "what it is a component of is not known\n{}", listed.stdout);
    assert!(
        listed.stdout.contains(
            "  NASA, National Aeronautics and Space Administration: of the list of civilian agencies"
        )
    );
    let json = store.run(&["due", "--agency", "NASA", "--json"]).json();
    assert_eq!(json["agency"]["basis"], "listed");
    assert_eq!(json["agency"]["not_said"], serde_json::json!(["classes", "parents", "systems"]));
    store.run(&["due", "--agency", "NOSA"]).is(
        2,
        "",
        "error: no agency \"NOSA\" is known\nhint: describe it as a [[component]] in the configuration, or use its name or acronym as the list of civilian agencies has it\n",
    );
}

#[test]
fn check_says_for_what_a_clock_waits() {
    let waits = |due: &str| {
        let table = r#""tables":[{"id":"t","inputs":[{"id":"exposed","values":["yes","no"]}],"rows":[
            {"when":{"exposed":"yes"},"outcome":"3 days","due":{"offset":{"n":3,"unit":"day","anchor":"issued"}}},
            {"when":{},"outcome":"on upgrade"}]}],"actions":["#;
        let text = BOD
            .replace(r#""due":{"offset":{"n":5,"unit":"day","anchor":"detected"}}"#, due)
            .replace(r#""actions":["#, table);
        let store = Store::of(&[published(&[&text])]);
        store.file("found.csv", FOUND);
        store
    };
    for (due, words) in [
        (
            r#""due":{"offset":{"n":5,"unit":"day","anchor":"event:vendor-release"}}"#,
            "runs from event:vendor-release",
        ),
        (r#""due":{"table":"t"}"#, "depends on exposed; strictest: 3 days, Sat 16 Sep 2017, 23:59 EDT"),
    ] {
        let store = waits(due);
        let table = store.run(&["check", "found.csv"]).stdout;
        let row = table.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("{table}"));
        assert!(row.contains("remove"), "{row}");
        let json = store.run(&["check", "found.csv", "--format", "json"]).json();
        let waiting = &json["findings"][0]["waiting"][0];
        assert_eq!((&waiting["action"], &waiting["because"]), (&"remove".into(), &words.into()));
    }
    let store = waits(r#""due":{"offset":{"n":5,"unit":"day","anchor":"detected"}}"#);
    store.run(&["check", "found.csv"]);
    let json = store.run(&["check", "found.csv", "--format", "json"]).json();
    assert!(json["findings"][0].get("waiting").is_none(), "it was found: {}", json["findings"][0]);
}
