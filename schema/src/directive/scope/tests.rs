//! Who is bound.

use alloc::vec;

use super::*;

fn scope(json: &str) -> Scope {
    serde_json::from_str(json).unwrap()
}

fn said(names: &[&str], parents: Option<&[&str]>, classes: Option<&[&str]>) -> Profile {
    let list = |list: &[&str]| list.iter().map(|name| (*name).into()).collect::<Vec<String>>();
    Profile {
        names: list(names),
        parents: parents.map(list),
        classes: classes.map(list),
        ..Profile::default()
    }
}

#[test]
fn what_an_agency_has_not_said_binds() {
    let addressed = scope(r#"{"addressees":[{"class":"federal-executive-branch"},{"agency":"DOE"}]}"#);
    let reason = |profile: &Profile| addressed.binds(profile).map_err(|why| alloc::format!("{why}"));
    assert_eq!(reason(&Profile::default()), Ok(()));
    assert_eq!(reason(&said(&["FRB"], None, Some(&[]))), Ok(()), "it may be a component");
    assert_eq!(reason(&said(&["FRB"], Some(&[]), None)), Ok(()), "it may be of the class");
    assert_eq!(
        reason(&said(&["FRB"], Some(&[]), Some(&["independent"]))),
        Err("addressed to federal-executive-branch, DOE, and the agency is FRB, of class independent".into())
    );
    assert_eq!(reason(&said(&["NNSA"], Some(&["doe"]), Some(&[]))), Ok(()), "a component of an addressee");
}

#[test]
fn what_is_left_out_is_so_by_what_the_agency_says_alone() {
    let out = scope(
        r#"{"except":[{"agency":"DOD","reason":"44 U.S.C. 3553(e)"}],
        "systems":[{"predicate":"operated-by","values":["agency"]},{"predicate":"on-behalf-of","values":["agency"]}],
        "except_systems":[{"predicate":"national-security","values":["yes"],"reason":"3553(d)"}]}"#,
    );
    assert_eq!(out.binds(&Profile::default()), Ok(()));
    let why = |profile: &Profile| out.binds(profile).unwrap_err();
    assert_eq!(
        alloc::format!("{}", why(&said(&["DISA"], Some(&["DOD"]), None))),
        "leaves out DOD (44 U.S.C. 3553(e))"
    );
    let systems = |list: &[(&str, &[&str])]| Profile {
        systems: list
            .iter()
            .map(|(name, values)| ((*name).into(), values.iter().map(|v| (*v).into()).collect()))
            .collect(),
        ..Profile::default()
    };
    let secret = systems(&[("national-security", &["yes"])]);
    assert_eq!(alloc::format!("{}", why(&secret)), "leaves out systems with national-security yes (3553(d))");
    assert_eq!(out.binds(&systems(&[("national-security", &["yes", "no"])])), Ok(()), "some of them are not");
    assert_eq!(
        out.binds(&systems(&[("operated-by", &["vendor"])])),
        Ok(()),
        "the other predicate is not known"
    );
    let neither = systems(&[("operated-by", &["vendor"]), ("on-behalf-of", &["nobody"])]);
    assert_eq!(
        why(&neither),
        NotBound::Systems {
            wanted: "operated-by agency; on-behalf-of agency".into(),
            found: "operated-by vendor; on-behalf-of nobody".into(),
            by: vec![Said::System("operated-by".into()), Said::System("on-behalf-of".into())],
        }
    );
    let nobody = Addressee { class: None, agency: None, reason: None };
    assert_eq!(Scope { except: vec![nobody], ..Scope::default() }.binds(&secret), Ok(()));
}

#[test]
fn each_reason_names_what_the_agency_has_said() {
    let by = |scope: &Scope, profile: &Profile| scope.binds(profile).unwrap_err().rests_on().to_vec();
    let both = scope(r#"{"addressees":[{"class":"federal-executive-branch"},{"agency":"DOE"}]}"#);
    let other = said(&["FRB"], Some(&[]), Some(&["independent"]));
    assert_eq!(by(&both, &other), [Said::Classes, Said::Parents]);
    let out = scope(r#"{"except":[{"agency":"DOD"},{"class":"intelligence"}]}"#);
    assert_eq!(by(&out, &said(&["dod"], None, None)), [Said::Names]);
    assert_eq!(by(&out, &said(&["DISA"], Some(&["DOD"]), None)), [Said::Parents]);
    assert_eq!(by(&out, &said(&["NSA"], None, Some(&["intelligence"]))), [Said::Classes]);
}

#[test]
fn an_action_is_ordered_unless_what_it_depends_on_is_said_not_to_be_so() {
    let action: Action = serde_json::from_str(
        r#"{"id":"a","modality":"must","kind":"disconnect","when":[{"predicate":"signs","values":["yes","not-examined"]},
        {"predicate":"mail","values":["yes"]}]}"#,
    )
    .unwrap();
    let id: DirectiveId = "ED-21-02".parse().unwrap();
    let asked = |systems: &[(&str, &[&str])]| {
        let list = |values: &[&str]| values.iter().map(|value| (*value).into()).collect();
        let systems = systems.iter().map(|(name, values)| ((*name).into(), list(values))).collect();
        action.binds(&id, &Profile { systems, ..Profile::default() })
    };
    assert_eq!(asked(&[]), Ok(()), "nobody has said");
    assert_eq!(asked(&[("signs", &["yes"]), ("mail", &["yes"])]), Ok(()));
    assert_eq!(asked(&[("signs", &["no", "not-examined"])]), Ok(()), "of some systems it is so");
    let why = |by: &str| NotBound::When {
        predicate: "signs".into(),
        wanted: "yes or not-examined".into(),
        found: "no".into(),
        by: vec![Said::System(by.into())],
    };
    assert_eq!(asked(&[("signs", &["no"])]), Err(why("signs")));
    assert_eq!(asked(&[("ED-21-02/signs", &["no"]), ("signs", &["yes"])]), Err(why("ED-21-02/signs")));
    assert_eq!(asked(&[("ED-20-02/signs", &["no"])]), Ok(()), "another directive asked");
    assert_eq!(asked(&[("signs", &[])]).unwrap_err().rests_on(), [Said::System("signs".into())]);
}
