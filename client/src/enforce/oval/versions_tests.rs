#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn spans(scheme: Scheme, all: &[&str], none: &[&str]) -> Vec<Span> {
    let sets = |texts: &[&str]| -> Vec<Set> {
        let read = |text: &&str| Versions::parse_for(text, Some(scheme)).unwrap();
        texts.iter().map(|text| Set::of(&read(text), scheme).unwrap()).collect()
    };
    let (all, none) = (sets(all), sets(none));
    let all: Vec<&Set> = all.iter().collect();
    let none: Vec<&Set> = none.iter().collect();
    Set::spans(&all, &none).unwrap()
}

fn from(text: &str, included: bool) -> (String, bool) {
    (text.to_owned(), included)
}

#[test]
fn a_range_is_its_intervals_and_a_version_alone_is_itself() {
    let deb = |text| spans(Scheme::Deb, &[text], &[]);
    assert_eq!(deb("*"), [Span::All]);
    assert_eq!(deb("1.2"), [Span::One("0:1.2".into())]);
    assert_eq!(deb("<2:1.0"), [Span::To("2:1.0".into(), false)]);
    let between = Span::Between(from("0:1.0", true), from("0:2.0-3", false));
    assert_eq!(deb(">=1.0|<2.0-3"), std::slice::from_ref(&between));
    assert_eq!(deb(">=1.0|<2.0-3|5"), [between, Span::One("0:5".into())]);
    assert_eq!(deb("!=1"), [Span::To("0:1".into(), false), Span::From("0:1".into(), false)]);
}

#[test]
fn what_is_left_out_is_taken_away() {
    let deb = |all: &[&str], none: &[&str]| spans(Scheme::Deb, all, none);
    assert_eq!(deb(&["*"], &["*"]), []);
    assert_eq!(deb(&["*"], &[">=2"]), [Span::To("0:2".into(), false)]);
    let before = Span::Between(from("0:1", true), from("0:2", false));
    assert_eq!(deb(&[">=1"], &["2"]), [before, Span::From("0:2".into(), false)]);
    assert_eq!(deb(&["1.0"], &["0:1.0-0"]), []);
    assert_eq!(deb(&[">=1", "<=3"], &[">2|<=9"]), [Span::Between(from("0:1", true), from("0:2", true))]);
    assert_eq!(deb(&[">=1", "<1"], &[]), []);
}

#[test]
fn a_version_of_rpm_without_a_release_is_every_release() {
    let rpm = |text| spans(Scheme::Rpm, &[text], &[]);
    let last = format!("0:1.0-{EVERY_RELEASE}");
    assert_eq!(rpm("1.0"), [Span::Between(from("0:1.0", true), (last.clone(), true))]);
    assert_eq!(rpm("<=1.0"), [Span::To(last.clone(), true)]);
    assert_eq!(rpm(">1.0"), [Span::From(last, false)]);
    assert_eq!(rpm("<1.0"), [Span::To("0:1.0".into(), false)]);
    assert_eq!(rpm("1:1.0-2"), [Span::One("1:1.0-2".into())]);
}

#[test]
fn a_range_of_another_kind_of_package_means_nothing_here() {
    let range = Versions::parse("vers:rpm/<2").unwrap();
    assert!(Set::of(&range, Scheme::Deb).is_none());
    assert!(Set::of(&Versions::parse("vers:generic/<2").unwrap(), Scheme::Deb).is_none());
    let none = Set::of(&Versions::parse("vers:none/*").unwrap(), Scheme::Deb).unwrap();
    assert_eq!(Set::spans(&[&none], &[]), Some(Vec::new()));
}
