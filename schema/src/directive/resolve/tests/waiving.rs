//! Whom a waiver frees.

use super::*;

#[test]
fn a_waiver_frees_whom_it_names_for_its_time_and_nobody_in_doubt() {
    let waiver = |more: &str| {
        let waivers = alloc::format!(
            r#","waivers":[{{"id":"w","part":"orion","from":"2020-02-01","until":"2020-02-28","granted_by":"o"{more}}}]"#
        );
        Directive::parse(text("D-1", 1, "2020-01-01", &waivers).as_bytes()).unwrap().value
    };
    let us = Profile { names: alloc::vec!["DOE".into()], ..Profile::default() };
    let frees = |directive: &Directive, profile: &Profile, day: &str| {
        waived(directive, Some("orion"), profile, moment(day)).map(|waived| waived.until.unwrap().to_string())
    };
    let named = waiver(r#","beneficiaries":["doe"]"#);
    let end = Some("2020-02-28T23:59:59Z".to_string());
    for (day, wanted) in
        [("2020-01-31", None), ("2020-02-01", end.clone()), ("2020-02-28", end.clone()), ("2020-02-29", None)]
    {
        assert_eq!(frees(&named, &us, day), wanted, "{day}");
    }
    assert_eq!(frees(&named, &Profile::default(), "2020-02-10"), None, "it has not said who it is");
    assert_eq!(waived(&named, Some("report"), &us, moment("2020-02-10")), None);
    let test = waiver(r#","eligibility":"cannot replace it""#);
    assert_eq!(frees(&test, &us, "2020-02-10"), None);
    let claims = Profile { eligible: alloc::vec!["D-1/w".into()], ..us };
    assert_eq!(frees(&test, &claims, "2020-02-10"), end);
    let both = waiver(r#","eligibility":"cannot replace it","beneficiaries":["DOI"]"#);
    assert_eq!(frees(&both, &claims, "2020-02-10"), None);
}
