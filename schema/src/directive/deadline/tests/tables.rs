//! Decision tables. The rows of BOD 26-04 are retyped from the table that its authority published.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::*;

/// Whether the flaw is known to be exploited, the asset exposed, the attack automatable, and the impact total: what follows.
const BOD_26_04: [(&str, &str, &str, &str, &str); 16] = [
    ("no", "no", "no", "partial", "upgrade"),
    ("yes", "no", "no", "partial", "14"),
    ("no", "yes", "no", "partial", "60"),
    ("no", "no", "yes", "partial", "60"),
    ("no", "no", "no", "total", "upgrade"),
    ("yes", "yes", "no", "partial", "14"),
    ("yes", "no", "yes", "partial", "14"),
    ("no", "yes", "yes", "partial", "14"),
    ("yes", "no", "no", "total", "14"),
    ("no", "yes", "no", "total", "14"),
    ("no", "no", "yes", "total", "60"),
    ("yes", "yes", "yes", "partial", "3"),
    ("yes", "yes", "no", "total", "3 and triage"),
    ("yes", "no", "yes", "total", "3 and triage"),
    ("no", "yes", "yes", "total", "3"),
    ("yes", "yes", "yes", "total", "3 and triage"),
];

fn directive(defaults: bool) -> Directive {
    let rows: Vec<String> = BOD_26_04
        .iter()
        .map(|(kev, exposed, automatable, impact, outcome)| {
            let days = outcome.split(' ').next().unwrap();
            let due = match days.parse::<u32>() {
                Ok(n) => format!(r#","due":{{"offset":{{"n":{n},"unit":"day","anchor":"detected"}}}}"#),
                Err(_) => String::new(),
            };
            format!(
                r#"{{"when":{{"kev":"{kev}","exposed":"{exposed}","automatable":"{automatable}","impact":"{impact}"}},
                "outcome":"{outcome}"{due}}}"#
            )
        })
        .collect();
    let input = |id: &str, values: &str, worst: &str| {
        let default = if defaults { format!(r#","default":"{worst}""#) } else { String::new() };
        format!(r#"{{"id":"{id}","values":[{values}]{default}}}"#)
    };
    let (no_yes, kinds) = (r#""no","yes""#, r#""partial","total""#);
    let inputs = [
        input("kev", no_yes, "yes"),
        input("exposed", no_yes, "yes"),
        input("automatable", no_yes, "yes"),
        input("impact", kinds, "total"),
    ];
    of_table(&inputs.join(","), &rows.join(","))
}

fn of_table(inputs: &str, rows: &str) -> Directive {
    let text = format!(
        r#"{{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"in-force","title":"t","issuer":"i",
        "zone":"America/New_York","issued":"2026-06-10",
        "actions":[{{"id":"fix","modality":"must","kind":"update","due":{{"edge":"complete","table":"t"}}}},
        {{"id":"then","modality":"must","kind":"report","due":{{"offset":{{"n":1,"unit":"day","anchor":"due:fix"}}}}}}],
        "tables":[{{"id":"t","inputs":[{inputs}],"rows":[{rows}]}}]}}"#
    );
    Directive::parse(text.as_bytes()).unwrap().value
}

fn events(detected: bool, inputs: &[(&str, &str)]) -> Events {
    Events {
        detected: detected.then(|| "2026-07-01T12:00:00Z".parse().unwrap()),
        inputs: inputs.iter().map(|(id, value)| ((*id).into(), (*value).into())).collect(),
        ..Events::default()
    }
}

fn of(directive: &Directive, action: &str, events: &Events) -> Deadline {
    let action = directive.action(action).unwrap();
    deadline(directive, action, None, events, "2026-07-01T00:00:00Z".parse().unwrap()).unwrap()
}

/// The date, or the state in short.
fn short(found: &Deadline) -> String {
    match found {
        Deadline::Once { on, .. } => on.to_string(),
        Deadline::Undated { outcome } => outcome.clone(),
        Deadline::RunsFrom(anchor) => format!("from {anchor}"),
        Deadline::DependsOn { inputs, strictest } => {
            let strictest = strictest.as_ref().map(|strictest| {
                format!("row {}: {}, {}", strictest.row, strictest.outcome, short(&strictest.deadline))
            });
            format!("{} ({})", inputs.join(" "), strictest.unwrap_or_default())
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn each_of_the_16_rows_of_bod_26_04_decides() {
    let directive = directive(false);
    for (kev, exposed, automatable, impact, outcome) in BOD_26_04 {
        let known = [("kev", kev), ("exposed", exposed), ("automatable", automatable), ("impact", impact)];
        let wanted = match outcome {
            "3" | "3 and triage" => "2026-07-04",
            "14" => "2026-07-15",
            "60" => "2026-08-30",
            _ => "upgrade",
        };
        assert_eq!(short(&of(&directive, "fix", &events(true, &known))), wanted, "{known:?}");
        let waiting = if wanted == "upgrade" { "upgrade" } else { "from detected" };
        assert_eq!(short(&of(&directive, "fix", &events(false, &known))), waiting, "{known:?}");
    }
}

#[test]
fn the_default_counts_where_an_input_is_not_known() {
    let directive = directive(true);
    assert_eq!(short(&of(&directive, "fix", &events(true, &[]))), "2026-07-04");
    let known = [("kev", "no"), ("automatable", "no"), ("impact", "partial")];
    // Exposed by default: 60 days.
    assert_eq!(short(&of(&directive, "fix", &events(true, &known))), "2026-08-30");
}

#[test]
fn an_unknown_input_without_default_is_a_state_with_the_strictest_outcome() {
    let directive = directive(false);
    let found = |known: &[(&str, &str)]| short(&of(&directive, "fix", &events(true, known)));
    assert_eq!(found(&[]), "kev exposed automatable impact (row 11: 3, 2026-07-04)");
    assert_eq!(
        found(&[("kev", "no"), ("exposed", "no"), ("impact", "total")]),
        "automatable (row 10: 60, 2026-08-30)"
    );
    // What is not known changes nothing here: without exploitation, exposure and automation it is the next upgrade.
    assert_eq!(found(&[("kev", "no"), ("exposed", "no"), ("automatable", "no")]), "upgrade");
    // The impact would change nothing where the rest is at its worst but for the triage, which the outcome says.
    assert_eq!(
        found(&[("kev", "yes"), ("exposed", "yes"), ("automatable", "yes")]),
        "impact (row 11: 3, 2026-07-04)"
    );
    let waiting = short(&of(&directive, "fix", &events(false, &[("kev", "no"), ("exposed", "no")])));
    assert_eq!(waiting, "automatable (row 3: 60, from detected)");
}

#[test]
fn a_value_that_the_table_does_not_list_is_not_taken_for_the_default() {
    let known = [("kev", "perhaps"), ("exposed", "no"), ("automatable", "no"), ("impact", "partial")];
    let found = of(&directive(true), "fix", &events(true, &known));
    assert_eq!(short(&found), "kev (row 1: 14, 2026-07-15)");
}

#[test]
fn a_clock_that_runs_from_an_undecided_date_has_not_started() {
    let directive = directive(false);
    let from = Deadline::RunsFrom(Anchor::Due("fix".into()));
    assert_eq!(of(&directive, "then", &events(true, &[])), from);
    let upgrade = [("kev", "no"), ("exposed", "no"), ("automatable", "no"), ("impact", "total")];
    assert_eq!(of(&directive, "then", &events(true, &upgrade)), from);
    let worst = [("kev", "yes"), ("exposed", "yes"), ("automatable", "yes"), ("impact", "total")];
    assert_eq!(short(&of(&directive, "then", &events(true, &worst))), "2026-07-05");
}

#[test]
fn rows_may_be_dated_by_listing_by_the_earliest_of_several_or_not_at_all() {
    let row =
        |value: &str, due: &str| format!(r#"{{"when":{{"x":"{value}"}},"outcome":"{value}","due":{due}}}"#);
    let rows = [
        row("a", r#"{"offset":{"n":3,"unit":"day","anchor":"earliest-of:detected,notified"}}"#),
        row("b", r#"{"at":{"time":"2026-07-02"}}"#),
        row("c", r#"{"every":{"n":1,"unit":"month","from":"issued"}}"#),
        row("d", r#"{"table":"t"}"#),
    ];
    let directive = of_table(r#"{"id":"x","values":["a","b","c","d"]}"#, &rows.join(","));
    let found = |value: &str, detected| of(&directive, "fix", &events(detected, &[("x", value)]));
    assert_eq!(short(&found("a", true)), "2026-07-04");
    assert_eq!(short(&found("a", false)), "from earliest-of:detected,notified");
    assert_eq!(short(&found("b", false)), "2026-07-02");
    assert!(matches!(found("c", false), Deadline::Recurring { .. }));
    assert_eq!(
        found("d", false),
        Deadline::Unsupported(Unsupported::Dangling { target: "t".into() }),
        "a row that asks its own table"
    );
    // A fixed date is compared with clocks that have not started as if they started now.
    assert_eq!(short(&of(&directive, "fix", &events(false, &[]))), "x (row 1: b, 2026-07-02)");
}

#[test]
fn a_table_that_is_not_there_or_has_no_row_that_fits_is_unsupported() {
    let directive = of_table(
        r#"{"id":"x","values":["a","b"]},{"id":"y","values":["a","b"]}"#,
        r#"{"when":{"x":"a","z":"a"},"outcome":"never"}"#,
    );
    let none = Deadline::Unsupported(Unsupported::NoRow { table: "t".into() });
    assert_eq!(of(&directive, "fix", &events(false, &[("x", "b")])), none);
    assert_eq!(of(&directive, "fix", &events(false, &[])), none);
    let mut missing = directive;
    missing.tables.clear();
    let missing = of(&missing, "fix", &events(false, &[]));
    assert_eq!(missing, Deadline::Unsupported(Unsupported::Table { table: "t".into() }));
}

#[test]
fn what_a_table_can_come_to_is_known() {
    let reach = |inputs: &str, rows: &str| reach(&of_table(inputs, rows).tables[0]);
    let bod = super::super::reach(&directive(false).tables[0]).unwrap();
    assert_eq!((bod.rows.len(), bod.incomplete), (16, false));
    let (inputs, a, b) = (
        r#"{"id":"x","values":["a","b"]}"#,
        r#"{"when":{"x":"a"},"outcome":"a"}"#,
        r#"{"when":{"x":"b"},"outcome":"b"}"#,
    );
    let any = r#"{"when":{},"outcome":"any"}"#;
    let of = |rows: &[&str]| {
        let found = reach(inputs, &rows.join(",")).unwrap();
        (found.rows.into_iter().collect::<Vec<_>>(), found.incomplete)
    };
    assert_eq!(of(&[a, b, any]), (alloc::vec![0, 1], false));
    assert_eq!(of(&[a]), (alloc::vec![0], true));
    assert_eq!(of(&[any, a]), (alloc::vec![0], false));
    // 24 inputs of two values, each row asking for two of them.
    let many: Vec<String> = (0..24).map(|n| format!(r#"{{"id":"i{n}","values":["a","b"]}}"#)).collect();
    let rows: Vec<String> = (0..24)
        .map(|n| format!(r#"{{"when":{{"i{n}":"a","i{}":"a"}},"outcome":"{n}"}}"#, (n + 1) % 24))
        .collect();
    let large = of_table(&many.join(","), &rows.join(","));
    assert_eq!(super::super::reach(&large.tables[0]), None);
    let Deadline::DependsOn { inputs, .. } = super::tables::of(&large, "fix", &events(false, &[])) else {
        panic!("decided")
    };
    assert_eq!(inputs.len(), 24);
}
