//! `JUnit`.

use super::fixtures::everything;

fn xml(arguments: &[&str]) -> String {
    everything().run(&[&["check"], arguments, &["--format", "junit"]].concat()).stdout
}

/// The element after the case of this class.
fn ending<'x>(xml: &'x str, class: &str) -> &'x str {
    let from = xml.find(&format!("classname=\"{class}\"")).unwrap_or_else(|| panic!("{class}: {xml}"));
    let rest = &xml[from..];
    if rest[..rest.find('>').unwrap()].ends_with('/') {
        return "passed";
    }
    let rest = &rest[rest.find('<').unwrap() + 1..];
    &rest[..rest.find([' ', '>']).unwrap()]
}

#[test]
fn a_case_fails_where_the_exit_code_says_so() {
    let xml = xml(&["fleet.csv", "vex.cdx.json"]);
    for (class, wanted) in [
        ("BOD-30-01.bad", "failure"),
        ("BOD-30-01.half", "failure"),
        ("BOD-30-01.faint", "failure"),
        ("BOD-30-01.kept", "failure"),
        ("BOD-30-01.freed", "skipped"),
        ("BOD-30-01.maker", "skipped"),
        ("BOD-30-01.mend", "skipped"),
        ("BOD-30-01.absent", "passed"),
        ("KEV-1.CVE-2017-0001", "failure"),
        ("KEV-1.CVE-2017-0002", "passed"),
        ("KEV-1.CVE-2017-0003", "skipped"),
    ] {
        assert_eq!(ending(&xml, class), wanted, "{class}");
    }
    assert_eq!(xml.matches("<failure ").count(), 6);
    assert!(xml.contains("failures=\"6\" errors=\"0\""), "{xml}");
}

#[test]
fn nothing_passes_where_something_could_not_be_seen() {
    let xml = xml(&["clean.csv", "nowhere"]);
    assert_eq!(ending(&xml, "BOD-30-01.absent"), "skipped");
    assert_eq!(ending(&xml, "coverage.unread"), "error");
    assert!(xml.contains("<testsuite name=\"coverage\" tests=\""));
}
