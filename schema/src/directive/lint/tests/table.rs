//! Decision tables and calendars.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::*;

fn table(rows: &str) -> Vec<String> {
    let input = |id: &str| format!(r#"{{"id":"{id}","values":["a","b"],"default":"a"}}"#);
    members(&format!(r#""tables":[{{"id":"t","inputs":[{},{}],"rows":[{rows}]}}],"#, input("x"), input("y")))
}

#[test]
fn a_table_decides_for_all_values_and_every_row_of_it_decides_something() {
    let row = |when: &str| format!(r#"{{"when":{{{when}}},"outcome":"o"}}"#);
    let (a, b, any) = (row(r#""x":"a""#), row(r#""x":"b""#), row(""));
    assert_eq!(table(&[a.as_str(), &b].join(",")), NOTHING);
    assert_eq!(table(&[a.as_str(), &any].join(",")), NOTHING);
    assert_eq!(table(&a), ["table-incomplete /tables/0/rows"]);
    assert_eq!(table(&[a.as_str(), &b, &any].join(",")), ["row-unreachable /tables/0/rows/2"]);
    assert_eq!(
        table(&[a.as_str(), &row(r#""x":"c""#), &b].join(",")),
        ["table-value /tables/0/rows/1/when/x"]
    );
    assert_eq!(table(&row(r#""z":"a""#)), ["dangling /tables/0/rows/0/when/z"]);
    let due = |due: &str| table(&format!(r#"{{"when":{{}},"outcome":"o","due":{due}}}"#));
    assert_eq!(due("{}"), ["due-forms /tables/0/rows/0/due"]);
    assert_eq!(due(r#"{"table":"t"}"#), ["not-computed /tables/0/rows/0/due"]);
    assert_eq!(due(r#"{"table":"u"}"#), ["dangling /tables/0/rows/0/due/table"]);
    assert_eq!(
        due(r#"{"offset":{"n":60,"unit":"day","anchor":"issued"}}"#),
        ["falls-on-a-weekend /tables/0/rows/0/due/offset"]
    );
    assert_eq!(
        due(r#"{"at":{"time":"2020-07-17T18:00:00Z","words":"2:00 pm EST"}}"#),
        ["zone-abbreviation /tables/0/rows/0/due/at/words"]
    );
}

#[test]
fn an_input_that_may_be_unknown_wants_a_default_that_it_can_take() {
    let one = |input: &str| {
        members(&format!(
            r#""tables":[{{"id":"t","inputs":[{input}],"rows":[{{"when":{{}},"outcome":"o"}}]}}],"#
        ))
    };
    assert_eq!(one(r#"{"id":"x","values":["a"]}"#), ["input-without-default /tables/0/inputs/0/default"]);
    assert_eq!(one(r#"{"id":"x","values":["a"],"default":"b"}"#), ["table-value /tables/0/inputs/0/default"]);
    let inputs: Vec<String> =
        (0..24).map(|n| format!(r#"{{"id":"i{n}","values":["a","b"],"default":"a"}}"#)).collect();
    let rows: Vec<String> = (0..24)
        .map(|n| format!(r#"{{"when":{{"i{n}":"a","i{}":"a"}},"outcome":"{n}"}}"#, (n + 1) % 24))
        .collect();
    let large =
        format!(r#""tables":[{{"id":"t","inputs":[{}],"rows":[{}]}}],"#, inputs.join(","), rows.join(","));
    assert_eq!(members(&large), ["table-too-large /tables/0/rows"]);
}

#[test]
fn a_calendar_has_business_days_and_holidays_and_leads_somewhere() {
    let calendars = |list: &str| members(&format!(r#""calendars":[{list}],"#));
    assert_eq!(calendars(r#"{"id":"c","base":"us-federal-dc","weekend":[]}"#), NOTHING);
    for (given, wanted) in [
        (r#"{"id":"us-federal"}"#, "calendar-built-in /calendars/0/id"),
        (r#"{"id":"c"},{"id":"c"}"#, "duplicate-id /calendars/1/id"),
        (r#"{"id":"c","base":"moon"}"#, "dangling /calendars/0/base"),
        (r#"{"id":"c","base":"c"}"#, "circle /calendars/0/base"),
        (r#"{"id":"b","base":"c"},{"id":"c","base":"d"},{"id":"d","base":"c"}"#, "circle /calendars/0/base"),
        (r#"{"id":"c","weekend":["caturday"]}"#, "unknown-word /calendars/0/weekend/0"),
        (
            r#"{"id":"c","weekend":["monday","tuesday","wednesday","thursday","friday","saturday","sunday"]}"#,
            "no-business-days /calendars/0/weekend",
        ),
        (
            r#"{"id":"c","holidays":[{"day":"2020-01-01","name":"n"},{"day":"2020-01-01","name":"m"}]}"#,
            "duplicate-holiday /calendars/0/holidays/1/day",
        ),
        (r#"{"id":"c","holidays":[{"day":"2020-01-01","name":""}]}"#, "empty /calendars/0/holidays/0/name"),
    ] {
        assert_eq!(calendars(given), [wanted], "{given}");
    }
}

#[test]
fn business_days_name_a_calendar_that_is_there() {
    let due = |form: &str| action(&format!(",\"due\":{{{form}}}"));
    assert_eq!(
        due(r#""offset":{"n":1,"unit":"day","anchor":"issued","roll":"next-business-day"}"#),
        ["calendar-missing /actions/0/due/offset/calendar"]
    );
    assert_eq!(
        due(
            r#""offset":{"n":1,"unit":"hour","anchor":"detected","roll":"next-business-day","calendar":"us-federal"}"#
        ),
        ["hours-roll /actions/0/due/offset/roll"]
    );
    assert_eq!(
        due(r#""every":{"n":1,"unit":"business-day","from":"issued"}"#),
        ["calendar-missing /actions/0/due/every/calendar"]
    );
    assert_eq!(
        due(r#""offset":{"n":1,"unit":"business-day","anchor":"issued","calendar":"moon"}"#),
        ["dangling /actions/0/due/offset/calendar"]
    );
    assert_eq!(
        due(r#""every":{"n":1,"unit":"business-day","from":"issued","calendar":"moon"}"#),
        ["dangling /actions/0/due/every/calendar"]
    );
    assert_eq!(
        due(r#""every":{"n":1,"unit":"business-day","from":"issued","calendar":"us-federal"}"#),
        NOTHING
    );
}
