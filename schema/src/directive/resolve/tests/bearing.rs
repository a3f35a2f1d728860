//! What is asked about relations that were left out grows with what bears on them, and not with the repository.

use super::*;
use crate::directive::resolve::{lasting, timeline};

#[test]
fn what_thousands_left_out_on_different_days_is_asked_of_what_bears_on_it_alone() {
    let day =
        |number: i32| jiff::civil::date(2020, 1, 1).checked_add(jiff::Span::new().days(number)).unwrap();
    let ended = (0..1_000).map(|number| text(&alloc::format!("T-{number}"), 1, "2020-01-01", ""));
    let says = (0..1_000).map(|number| {
        let ends = relation("supersedes", &alloc::format!("T-{number}"), "");
        text(&alloc::format!("S-{number}"), 1, "2020-01-01", &ends)
    });
    let revised = |number| alloc::format!(r#","revised":"{}""#, day(number + 1));
    let no_longer =
        (0..1_000).map(|number| text(&alloc::format!("S-{number}"), 2, "2020-01-01", &revised(number)));
    let set = Set::of(&ended.chain(says).chain(no_longer).collect::<Vec<_>>());
    let documents = timeline::ordered(set.documents());
    let asked = lasting::questions(&documents, moment("2030-01-01"));
    // The text that was ended, and the two revisions of what ended it.
    assert_eq!(asked.map(|question| question.documents.len()).collect::<Vec<_>>(), [3; 1_000]);
    let in_force = set.at("2030-01-01");
    assert_eq!(in_force.directives.iter().filter(|resolved| resolved.is_ended()).count(), 1_000);
}

#[test]
fn what_one_directive_closes_besides_bears_on_nothing() {
    let closes = |revision: u32| {
        let target = relation("closes", &alloc::format!("T-{revision}"), "");
        let revised = alloc::format!(r#","revised":"2020-02-{revision:02}"{target}"#);
        text("U-1", revision, "2020-01-01", &revised)
    };
    let targets = (1..21).map(|number| text(&alloc::format!("T-{number}"), 1, "2020-01-01", ""));
    let set = Set::of(&targets.chain((1..21).map(closes)).collect::<Vec<_>>());
    let documents = timeline::ordered(set.documents());
    let asked = lasting::questions(&documents, moment("2030-01-01"));
    assert_eq!(asked.map(|question| question.documents.len()).collect::<Vec<_>>(), [21; 19]);
    let in_force = set.at("2030-01-01");
    assert_eq!(in_force.directives.iter().filter(|resolved| resolved.is_ended()).count(), 20);
}
