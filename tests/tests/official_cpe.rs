//! 10,000 pairs of CPE names, labelled by NIST's reference implementation of name matching (NISTIR 7696).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
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

enum Outcome {
    Agrees,
    /// The reference takes a quoted `*` at the end of the rule's value for a wildcard and so calls `9.\*` wider than
    /// `9.\?.2`. A quoted star is a character (NISTIR 7695, 5.3.2), so the two are disjoint, and we say so.
    QuotedStar,
    Differs,
}

fn compare(line: &str) -> Outcome {
    let fields: Vec<&str> = line.split('\t').collect();
    let [rule, target, relations, superset, subset, equal, disjoint] = fields[..] else {
        return Outcome::Differs;
    };
    let (Ok(rule), Ok(target)) = (Cpe::parse(rule), Cpe::parse(target)) else { return Outcome::Differs };
    let found: String = rule.relations(&target).map(sign).iter().collect();
    if found == relations
        && rule.is_superset_of(&target).to_string() == superset
        && rule.is_subset_of(&target).to_string() == subset
        && rule.is_equal_to(&target).to_string() == equal
        && rule.is_disjoint_from(&target).to_string() == disjoint
    {
        return Outcome::Agrees;
    }
    let quoted_star =
        found.chars().zip(relations.chars()).zip(rule.attributes()).all(|((ours, theirs), rule)| {
            ours == theirs || (ours == '#' && theirs == '>' && rule.to_string().ends_with("\\*"))
        });
    if quoted_star { Outcome::QuotedStar } else { Outcome::Differs }
}

#[test]
fn agrees_with_the_reference_implementation_of_name_matching() {
    let Some(folder) = official::folder("oracles") else { return };
    let pairs = fs::read_to_string(folder.join("cpe-2.3-pairs.tsv")).unwrap();
    let (mut agree, mut quoted_star, mut wrong) = (0, 0, Vec::new());
    for line in pairs.lines().filter(|line| !line.starts_with('#')) {
        match compare(line) {
            Outcome::Agrees => agree += 1,
            Outcome::QuotedStar => quoted_star += 1,
            Outcome::Differs => wrong.push(line),
        }
    }
    let all = agree + quoted_star + wrong.len();
    println!("CPE names: {agree} of {all}, and {quoted_star} where the reference misreads a quoted star");
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((agree, quoted_star), (9_985, 15));
}
