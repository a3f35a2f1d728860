//! 10,000 pairs of CPE names, labelled by NIST's reference implementation of name matching (NISTIR 7696).

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it counted"
)]

use std::fs;

use interdict_schema::product::Cpe;
use interdict_schema::product::cpe::Relation;
use interdict_tests::official;

const fn sign(relation: Relation) -> char {
    match relation {
        Relation::Superset => '>',
        Relation::Subset => '<',
        Relation::Equal => '=',
        Relation::Disjoint => '#',
        Relation::Undefined => 'U',
    }
}

fn agrees(line: &str) -> bool {
    let fields: Vec<&str> = line.split('\t').collect();
    let [rule, target, relations, superset, subset, equal, disjoint] = fields[..] else { return false };
    let (Ok(rule), Ok(target)) = (Cpe::parse(rule), Cpe::parse(target)) else { return false };
    let found: String = rule.relations(&target).map(sign).iter().collect();
    found == relations
        && rule.is_superset_of(&target).to_string() == superset
        && rule.is_subset_of(&target).to_string() == subset
        && rule.is_equal_to(&target).to_string() == equal
        && rule.is_disjoint_from(&target).to_string() == disjoint
}

#[test]
fn agrees_with_the_reference_implementation_of_name_matching() {
    let Some(folder) = official::folder("oracles") else { return };
    let pairs = fs::read_to_string(folder.join("cpe-2.3-pairs.tsv")).unwrap();
    let lines: Vec<&str> = pairs.lines().filter(|line| !line.starts_with('#')).collect();
    let wrong: Vec<&str> = lines.iter().copied().filter(|line| !agrees(line)).collect();
    println!("CPE names: {} of {}", lines.len() - wrong.len(), lines.len());
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(lines.len(), 10_000);
}
