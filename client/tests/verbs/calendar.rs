//! `interdict due --ics`

use std::collections::BTreeMap;

use crate::store::{BOD, KEV, Store, published, revised};

/// The events of a calendar: its lines unfolded, by UID.
fn events(ics: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    assert!(ics.ends_with("END:VCALENDAR\r\n"), "{ics}");
    assert!(!ics.replace("\r\n", "").contains(['\r', '\n']), "every line ends with CRLF");
    assert!(ics.split("\r\n").all(|line| line.len() <= 75), "{ics}");
    let unfolded = ics.replace("\r\n ", "");
    let mut found = BTreeMap::new();
    for event in unfolded.split("BEGIN:VEVENT\r\n").skip(1) {
        let event = event.split("END:VEVENT").next().unwrap();
        let lines = event.lines().filter_map(|line| line.split_once(':'));
        let lines: BTreeMap<String, String> =
            lines.map(|(name, value)| (name.into(), value.into())).collect();
        let uid = lines["UID"].clone();
        assert_eq!(uid.len(), 32 + "@interdict".len(), "{uid}");
        assert!(found.insert(uid, lines).is_none(), "a UID stands twice");
    }
    found
}

fn calendar(store: &Store, arguments: &[&str]) -> BTreeMap<String, BTreeMap<String, String>> {
    let ran = store.run(&[&["due", "--ics", "-"], arguments].concat());
    assert_eq!(ran.code(), 0, "{}", ran.stderr);
    events(&ran.stdout)
}

fn of<'a>(
    events: &'a BTreeMap<String, BTreeMap<String, String>>,
    summary: &str,
) -> Vec<(&'a str, &'a BTreeMap<String, String>)> {
    let found = events.iter().filter(|(_, event)| event["SUMMARY"].starts_with(summary));
    found.map(|(uid, event)| (uid.as_str(), event)).collect()
}

#[test]
fn whole_days_and_recurrences_are_events_and_what_has_no_date_is_counted() {
    let store = Store::with_both();
    let ran = store.run(&["due", "--ics", "dates.ics"]);
    assert_eq!(ran.stdout, "");
    assert_eq!(ran.stderr, "not in the calendar, because they have no date: 1; `interdict due` lists them\n");
    let ics = String::from_utf8(store.read("dates.ics")).unwrap();
    let head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//interdict//due//EN\r\nCALSCALE:GREGORIAN\r\nNAME:Directives\r\n\
                X-WR-CALNAME:Directives\r\nREFRESH-INTERVAL;VALUE=DURATION:PT12H\r\nX-PUBLISHED-TTL:PT12H\r\nBEGIN:VEVENT\r\n";
    assert!(ics.starts_with(head), "{ics}");
    let events = events(&ics);
    let [(_, plan)] = of(&events, "BOD-17-01 plan")[..] else { panic!("{ics}") };
    assert_eq!(plan["DTSTART;VALUE=DATE"], "20171112", "the issuer's day, which is another in UTC");
    assert_eq!(plan["DTSTAMP"], "20170913T120000Z");
    assert_eq!((plan["SEQUENCE"].as_str(), plan["STATUS"].as_str()), ("0", "CONFIRMED"));
    assert_eq!(plan["SUMMARY"], "BOD-17-01 plan: to be complete");
    assert!(plan["DESCRIPTION"].contains("\\nBy Sun 12 Nov 2017\\, 23:59 EST\\n"), "{}", plan["DESCRIPTION"]);
    let status = of(&events, "BOD-17-01 status");
    let days: std::collections::BTreeSet<&str> =
        status.iter().map(|(_, event)| event["DTSTART;VALUE=DATE"].as_str()).collect();
    assert_eq!((days.len(), days.first(), days.last()), (9, Some(&"20180111"), Some(&"20180908")));
    assert_eq!(of(&events, "KEV-1 fix").len(), 2, "subjects that share a date share an event");
    assert_eq!(calendar(&store, &["--all"]).len(), events.len() + 1);
    assert_eq!(store.run(&["due", "--ics", "-"]).stdout, ics, "the same bytes again");
}

#[test]
fn an_event_moves_under_its_name_when_its_date_does() {
    let moved = revised(BOD, 2, &[(r#""n":60,"#, r#""n":70,"#)]);
    let (before, after) = (Store::with_both(), Store::of(&[published(&[BOD, &moved]), published(&[KEV])]));
    let (before, after) = (calendar(&before, &[]), calendar(&after, &[]));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let plan = |events: &BTreeMap<_, BTreeMap<String, String>>| {
        let [(uid, event)] = of(events, "BOD-17-01 plan")[..] else { panic!("{events:?}") };
        let sequence: u32 = event["SEQUENCE"].parse().unwrap();
        (uid.to_owned(), event["DTSTART;VALUE=DATE"].clone(), sequence)
    };
    let ((uid, from, first), (same, to, second)) = (plan(&before), plan(&after));
    assert_eq!((uid, from.as_str(), to.as_str()), (same, "20171112", "20171122"));
    assert!(second > first, "{first}, then {second}");
    let later = calendar(&Store::with_both(), &["--as-of", "2018-03-01"]);
    let status = of(&later, "BOD-17-01 status");
    assert!(
        status.iter().filter(|(uid, _)| before.contains_key(*uid)).count() >= 7,
        "the same dates have the same names"
    );
}

#[test]
fn a_moment_is_in_utc_and_hostile_text_stays_text() {
    let text = BOD
        .replace("Removal of Example-Branded Products", r"Removal, or\r\nBEGIN:VALARM; \u001b[2J")
        .replace(
            r#""offset":{"n":60,"unit":"day","anchor":"issued"}"#,
            r#""at":{"time":"2017-11-12T18:00:00Z","zone":"America/New_York","words":"1 pm"}"#,
        );
    let store = Store::of(&[published(&[&text])]);
    let events = calendar(&store, &[]);
    let [(_, plan)] = of(&events, "BOD-17-01 plan")[..] else { panic!("{events:?}") };
    assert_eq!(plan["DTSTART"], "20171112T180000Z");
    assert!(plan["DESCRIPTION"].starts_with("Removal\\, or"), "{}", plan["DESCRIPTION"]);
    assert!(!plan["DESCRIPTION"].contains('\u{1b}'));
}

#[test]
fn what_has_ended_is_cancelled_where_it_was_due_later_and_a_waiver_ends_in_sight() {
    let closed =
        revised(BOD, 2, &[(r#""status":"in-force""#, r#""status":"closed","revised":"2017-10-20""#)]);
    let store = Store::of(&[published(&[BOD, &closed])]);
    let events = calendar(&store, &["--as-of", "2017-11-01"]);
    assert!(of(&events, "BOD-17-01 identify").is_empty(), "it was due before");
    let [(_, plan)] = of(&events, "BOD-17-01 plan")[..] else { panic!("{events:?}") };
    assert_eq!(plan["STATUS"], "CANCELLED");
    assert!(events.values().all(|event| event["STATUS"] == "CANCELLED"));
    let open = calendar(&store, &["--as-of", "2017-10-01"]);
    assert!(open.values().all(|event| event["STATUS"] == "CONFIRMED"), "not ended yet");

    let waiver = r#""waivers":[{"id":"w","part":"plan","beneficiaries":["DOI"],"from":"2017-09-01","until":"2017-11-30",
        "granted_by":"the Secretary"}],"actions":["#;
    let store = Store::of(&[published(&[&BOD.replace(r#""actions":["#, waiver)])]);
    store.file("config.toml", b"[agency]\nname = \"DOI\"\n");
    let events = calendar(&store, &[]);
    let [(_, plan)] = of(&events, "BOD-17-01 plan")[..] else { panic!("{events:?}") };
    assert_eq!(
        (plan["STATUS"].as_str(), plan["SUMMARY"].as_str()),
        ("TENTATIVE", "BOD-17-01 plan: to be complete (waived)")
    );
    let [(_, end)] = of(&events, "BOD-17-01: waiver w from plan ends")[..] else { panic!("{events:?}") };
    assert_eq!(end["DTSTART;VALUE=DATE"], "20171130");
    let asked = calendar(&store, &["--agency", "NASA"]);
    let [(_, plan)] = of(&asked, "BOD-17-01 plan")[..] else { panic!("{asked:?}") };
    assert_eq!(plan["STATUS"], "CONFIRMED", "the waiver is another's");
}

#[test]
fn a_calendar_without_events_has_a_component_all_the_same() {
    let ran = Store::of(&[]).run(&["due", "--ics", "-"]);
    assert!(ran.stdout.contains("BEGIN:VTIMEZONE\r\n") && !ran.stdout.contains("VEVENT"), "{}", ran.stdout);
}
