//! Deadlines, the clocks that they run by, and the order of actions.

use alloc::{format, vec};

use super::*;

#[test]
fn a_due_states_one_date_in_known_words() {
    for (due, wanted) in [
        ("{}", vec!["due-forms /actions/0/due"]),
        (r#"{"at":{"time":"2018-01-05"},"ongoing":true}"#, vec!["due-forms /actions/0/due"]),
        (r#"{"every":{"n":0,"unit":"day","from":"issued"}}"#, vec!["every-zero /actions/0/due/every/n"]),
        (
            r#"{"offset":{"n":1,"unit":"fortnight","anchor":"issued"}}"#,
            vec!["unknown-word /actions/0/due/offset/unit"],
        ),
        (
            r#"{"offset":{"n":1,"unit":"day","anchor":"moonrise"}}"#,
            vec!["unknown-word /actions/0/due/offset/anchor"],
        ),
        (
            r#"{"offset":{"n":1,"unit":"day","anchor":"issued","roll":"forth"}}"#,
            vec!["unknown-word /actions/0/due/offset/roll"],
        ),
        (r#"{"edge":"middle","ongoing":true}"#, vec!["unknown-word /actions/0/due/edge"]),
        (
            r#"{"at":{"time":"2018-01-05","zone":"Mars/Olympus"}}"#,
            vec!["unknown-zone /actions/0/due/at/zone"],
        ),
        (r#"{"by_subject":true}"#, vec!["subjects-without-due /actions/0/due/by_subject"]),
        (
            r#"{"offset":{"n":1,"unit":"day","anchor":"listed"}}"#,
            vec!["subjects-without-listed /actions/0/due/offset/anchor"],
        ),
        (
            r#"{"every":{"n":1,"unit":"day","from":"listed"}}"#,
            vec!["subjects-without-listed /actions/0/due/every/from"],
        ),
        (
            r#"{"offset":{"n":10,"unit":"business-day","anchor":"issued"}}"#,
            vec!["calendar-missing /actions/0/due/offset/calendar"],
        ),
        (
            r#"{"offset":{"n":4294967295,"unit":"year","anchor":"issued"}}"#,
            vec!["not-computed /actions/0/due"],
        ),
    ] {
        assert_eq!(action(&format!(",\"due\":{due}")), wanted, "{due}");
    }
}

#[test]
fn a_deadline_on_a_weekend_wants_a_roll_that_says_whether_it_stands() {
    let at = |n: u32, roll: &str| {
        format!(r#","due":{{"offset":{{"n":{n},"unit":"day","anchor":"issued"{roll}}}}}"#)
    };
    assert_eq!(
        message(&draft("", "", &at(60, ""))),
        "warning at /actions/0/due/offset: falls on Sunday, 2017-11-12, and no roll says whether that stands [falls-on-a-weekend]"
    );
    assert_eq!(action(&at(60, r#","roll":"none""#)), NOTHING);
    assert_eq!(action(&at(58, "")), NOTHING);
    assert_eq!(action(&at(59, "")), ["falls-on-a-weekend /actions/0/due/offset"]);
    assert_eq!(action(&at(61, "")), NOTHING);
}

#[test]
fn a_deadline_comes_after_the_directive() {
    let at = |day: &str| format!(r#","due":{{"at":{{"time":"{day}"}}}}"#);
    assert_eq!(action(&at("2017-09-12")), ["due-before-issued /actions/0/due"]);
    assert_eq!(action(&at("2017-09-13")), NOTHING);
    let effective = |day: &str| of(&draft(r#""effective":"2017-10-01","#, "", &at(day)));
    assert_eq!(effective("2017-09-30"), ["due-before-effective /actions/0/due"]);
    assert_eq!(effective("2017-10-01"), NOTHING);
}

#[test]
fn hours_are_counted_from_a_moment() {
    let hours = r#","due":{"offset":{"n":48,"unit":"hour","anchor":"issued"}}"#;
    assert_eq!(action(hours), ["hours-from-a-day /actions/0/due/offset"]);
    assert_eq!(of(&draft(r#""issued":"2017-09-13T16:00:00Z","#, "", hours)), NOTHING);
}

#[test]
fn an_abbreviation_that_the_clocks_contradict_is_flagged() {
    let at = |time: &str, words: &str| format!(r#","due":{{"at":{{"time":"{time}","words":"{words}"}}}}"#);
    assert_eq!(
        message(&draft("", "", &at("2020-07-17T18:00:00Z", "2:00 pm EST, July 17"))),
        "warning at /actions/0/due/at/words: found EST in the words, wanted EDT: that is what America/New_York goes by at that moment [zone-abbreviation]"
    );
    for fine in [
        at("2020-07-17T18:00:00Z", "2:00 pm EDT"),
        at("2020-01-17T19:00:00Z", "2:00 pm EST"),
        at("2020-07-17", "2 pm, BEST EFFORT"),
        at("2020-07-17T18:00:00Z", "2:00 p.m. Eastern Daylight Time"),
        at("2020-07-17T18:00:00Z", "2:00 p.m. Eastern Time, Ω"),
    ] {
        assert_eq!(action(&fine), NOTHING, "{fine}");
    }
}

#[test]
fn so_is_a_name_in_full_that_the_clocks_contradict() {
    let at = |zone: &str, words: &str| {
        let zone = format!(r#""time":"2020-07-17T18:00:00Z","zone":"{zone}""#);
        message(&draft("", "", &format!(r#","due":{{"at":{{{zone},"words":"{words}"}}}}"#)))
    };
    let said = |found: &str, wanted: &str, zone: &str| {
        format!(
            "warning at /actions/0/due/at/words: found {found} in the words, wanted {wanted}: that is what {zone} goes by at \
             that moment [zone-abbreviation]"
        )
    };
    assert_eq!(
        at("America/New_York", "Ω 2:00 p.m. eastern Standard time"),
        said("eastern Standard time", "EDT", "America/New_York")
    );
    assert_eq!(
        at("Europe/Berlin", "8 pm Central European Time"),
        said("Central European Time", "CEST", "Europe/Berlin")
    );
    assert_eq!(
        at("America/New_York", "Australian Eastern Standard Time"),
        said("Australian Eastern Standard Time", "EDT", "America/New_York")
    );
}

#[test]
fn begin_and_complete_are_not_confused() {
    let due = r#""offset":{"n":90,"unit":"day","anchor":"issued"}"#;
    let act = |kind: &str, edge: &str| {
        actions(&format!(r#"{{"id":"a","modality":"must","kind":"{kind}","due":{{{edge}{due}}}}}"#))
    };
    assert_eq!(act("remove", ""), ["remove-without-edge /actions/0/due/edge"]);
    assert_eq!(act("remove", r#""edge":"begin","#), NOTHING);
    assert_eq!(act("remove", r#""edge":"complete","#), NOTHING);
    assert_eq!(act("begin-removal", r#""edge":"complete","#), ["begin-and-complete /actions/0/due/edge"]);
    assert_eq!(act("begin-removal", r#""edge":"begin","#), NOTHING);
    assert_eq!(actions(r#"{"id":"a","modality":"must","kind":"remove"}"#), NOTHING);
}

#[test]
fn a_reporting_duty_says_what_silence_means() {
    let act = |members: &str| {
        actions(&format!(
            r#"{{"id":"b","modality":"must","kind":"block"}},{{"id":"a","modality":"must",{members}}}"#
        ))
    };
    for kind in ["report", "identify", "attest"] {
        assert_eq!(
            act(&format!(r#""kind":"{kind}""#)),
            ["negative-report-missing /actions/1/negative_report"]
        );
        for answer in ["required", "not-required"] {
            assert_eq!(act(&format!(r#""kind":"{kind}","negative_report":"{answer}""#)), NOTHING);
        }
    }
    assert_eq!(
        act(r#""kind":"hunt","due":{"edge":"report","ongoing":true}"#),
        ["negative-report-missing /actions/1/negative_report"]
    );
    assert_eq!(
        act(r#""kind":"hunt","negative_report":"maybe""#),
        ["unknown-word /actions/1/negative_report"]
    );
}

#[test]
fn an_action_that_must_follow_one_that_is_due_later_is_flagged() {
    let act = |id: &str, n: u32, after: &str| {
        format!(
            r#"{{"id":"{id}","modality":"must","kind":"block","after":[{after}],"due":{{"offset":{{"n":{n},"unit":"day","anchor":"issued"}}}}}}"#
        )
    };
    assert_eq!(
        actions(&[act("a", 30, "\"b\""), act("b", 33, "")].join(",")),
        ["after-later /actions/0/after/0"]
    );
    assert_eq!(actions(&[act("a", 33, "\"b\""), act("b", 33, "")].join(",")), NOTHING);
}

#[test]
fn a_deadline_on_a_holiday_wants_a_roll_that_says_whether_it_stands() {
    // 26 days: Columbus Day, 9 October 2017.
    let at = |more: &str| format!(r#","due":{{"offset":{{"n":26,"unit":"day","anchor":"issued"{more}}}}}"#);
    assert_eq!(
        message(&draft("", "", &at(r#","calendar":"us-federal""#))),
        "warning at /actions/0/due/offset: falls on Columbus Day, 2017-10-09, and no roll says whether that stands [falls-on-a-holiday]"
    );
    assert_eq!(action(&at(r#","calendar":"us-federal","roll":"none""#)), NOTHING);
    assert_eq!(action(&at("")), NOTHING);
    let own = r#""calendars":[{"id":"c","base":"us-federal"}],"#;
    assert_eq!(of(&draft(own, "", &at(""))), ["falls-on-a-holiday /actions/0/due/offset"]);
    assert_eq!(
        action(r#","due":{"every":{"n":60,"unit":"day","from":"issued"}}"#),
        ["falls-on-a-weekend /actions/0/due/every"]
    );
}

#[test]
fn a_calendar_that_another_action_names_counts_for_those_that_name_none() {
    let act = |id: &str, due: &str| {
        format!(
            r#"{{"id":"{id}","modality":"must","kind":"block","due":{{"offset":{{{due},"anchor":"issued"}}}}}}"#
        )
    };
    let business = act("a", r#""n":10,"unit":"business-day","calendar":"us-federal""#);
    let holiday = r#""n":26,"unit":"day""#;
    let two = |due: &str| actions(&[business.clone(), act("b", due)].join(","));
    assert_eq!(two(holiday), ["falls-on-a-holiday /actions/1/due/offset"]);
    assert_eq!(two(&format!(r#"{holiday},"roll":"none""#)), NOTHING);
    assert_eq!(two(r#""n":27,"unit":"day""#), NOTHING);
    assert_eq!(two(r#""n":31,"unit":"day""#), ["falls-on-a-weekend /actions/1/due/offset"]);
    // A calendar of its own is the one that is meant.
    let plain = r#""calendars":[{"id":"plain"}],"#;
    let own = act("b", r#""n":26,"unit":"day","calendar":"plain""#);
    let list = format!("{plain}\"actions\":[{}],", [business, own].join(","));
    assert_eq!(members(&list), NOTHING);
}

#[test]
fn an_order_is_followed_through_actions_without_a_date_and_ends_in_circles() {
    let act = |id: &str, n: Option<u32>, after: &str| {
        let due = n.map(|n| format!(r#","due":{{"offset":{{"n":{n},"unit":"day","anchor":"issued"}}}}"#));
        let due = due.unwrap_or_default();
        format!(r#"{{"id":"{id}","modality":"must","kind":"block","after":[{after}]{due}}}"#)
    };
    let through = |own: u32, between: &str| {
        let list = [act("a", Some(own), r#""c""#), act("c", None, between), act("b", Some(33), "")];
        draft(&format!("\"actions\":[{}],", list.join(",")), "", "")
    };
    assert_eq!(
        message(&through(30, r#""b""#)),
        "warning at /actions/0/after/0: must come after \"b\", which is due on 2017-10-16, later than this on 2017-10-13 \
         [after-later]"
    );
    assert_eq!(of(&through(33, r#""b""#)), NOTHING);
    // A circle has been told of, and hides nothing.
    let found = of(&through(30, r#""c","b""#));
    assert!(found.iter().any(|problem| problem == "after-later /actions/0/after/0"), "{found:?}");
    let circle = [act("a", Some(30), r#""c""#), act("c", None, r#""d""#), act("d", None, r#""c""#)];
    let found = actions(&circle.join(","));
    assert!(!found.iter().any(|problem| problem.starts_with("after-later")), "{found:?}");
    assert!(found.iter().any(|problem| problem.starts_with("circle")), "{found:?}");
}
