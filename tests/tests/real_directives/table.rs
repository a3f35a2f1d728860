//! BOD 26-04: sixteen rows, the three that order an investigation, and what counts where nothing is known.

use std::collections::BTreeMap;

use interdict_schema::directive::deadline::{Deadline, Events, deadline, reach};

use crate::answer::noon;
use crate::fixtures::fixture;

fn answers(kev: &str, exposed: &str, automatable: &str, impact: &str) -> BTreeMap<String, String> {
    [
        ("in-kev", kev),
        ("publicly-exposed", exposed),
        ("automatable", automatable),
        ("technical-impact", impact),
    ]
    .map(|(input, value)| (input.to_owned(), value.to_owned()))
    .into()
}

fn due(action: &str, inputs: BTreeMap<String, String>) -> Deadline {
    let directive = &fixture("bod-26-04").directive;
    let events = Events { detected: Some(noon("2026-11-02")), inputs, ..Events::default() };
    deadline(directive, directive.action(action).unwrap(), None, &events, noon("2026-11-24")).unwrap()
}

fn on(deadline: &Deadline) -> String {
    match deadline {
        Deadline::Once { on, .. } => on.to_string(),
        Deadline::RunsFrom(anchor) => format!("runs from {anchor}"),
        Deadline::Undated { outcome } => outcome.clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn all_sixteen_rows_are_there_and_each_is_reached() {
    let directive = &fixture("bod-26-04").directive;
    let [timelines, triage] = directive.tables.as_slice() else {
        panic!("{} tables", directive.tables.len())
    };
    assert_eq!((timelines.rows.len(), triage.rows.len()), (16, 4));
    for table in [timelines, triage] {
        let reach = reach(table).unwrap();
        assert_eq!((reach.rows.len(), reach.incomplete), (table.rows.len(), false), "{}", table.id);
    }
}

#[test]
fn the_rows_are_those_of_the_published_table() {
    let Some(folder) = interdict_tests::official::folder("ssvc") else { return };
    let text = std::fs::read_to_string(folder.join("cisa_bod_26_04_1_0_0.csv")).unwrap();
    let published: Vec<Vec<&str>> =
        text.lines().skip(1).map(|line| line.split(',').skip(1).collect()).collect();
    let table = &fixture("bod-26-04").directive.tables[0];
    let drafted: Vec<Vec<&str>> = table
        .rows
        .iter()
        .map(|row| {
            let inputs = ["in-kev", "publicly-exposed", "automatable", "technical-impact"];
            inputs.iter().map(|input| row.when[*input].as_str()).chain([row.outcome.as_str()]).collect()
        })
        .collect();
    assert_eq!(drafted, published);
}

#[test]
fn three_fourteen_and_sixty_days_run_from_the_detection() {
    // Found on Monday 2 November 2026.
    assert_eq!(on(&due("remediate", answers("yes", "yes", "yes", "total"))), "2026-11-05");
    assert_eq!(on(&due("remediate", answers("yes", "no", "no", "total"))), "2026-11-16");
    assert_eq!(on(&due("remediate", answers("no", "no", "yes", "total"))), "2027-01-01");
    assert_eq!(on(&due("remediate", answers("no", "no", "no", "total"))), "runs from event:system-upgrade");
}

#[test]
fn only_three_rows_order_an_investigation_besides() {
    let mut ordered = 0;
    for kev in ["no", "yes"] {
        for exposed in ["no", "yes"] {
            for automatable in ["no", "yes"] {
                for impact in ["partial", "total"] {
                    let found = on(&due("triage", answers(kev, exposed, automatable, impact)));
                    let wanted =
                        kev == "yes" && impact == "total" && (exposed == "yes" || automatable == "yes");
                    assert_eq!(found, if wanted { "2026-11-05" } else { "no forensic investigation" });
                    ordered += usize::from(wanted);
                }
            }
        }
    }
    assert_eq!(ordered, 3);
}

#[test]
fn where_nothing_is_known_of_the_asset_the_graver_answer_counts() {
    assert_eq!(on(&due("remediate", BTreeMap::new())), "2026-11-05");
}
