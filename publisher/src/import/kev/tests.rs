#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

use interdict_schema::directive::deadline::{Deadline, Events, deadline};
use interdict_schema::directive::lint::{Context, lint, lint_directive};
use interdict_schema::json::ReadReason;
use interdict_schema::{DateTime, Sha256};

use super::*;

const SAMPLE: &str = include_str!("../../../../docs/examples/kev-sample.json");

fn options(previous: Option<Previous<'_>>) -> Options<'_> {
    Options { id: DEFAULT_ID.parse().unwrap(), issuer: "dhs".into(), zone: None, implements: None, previous }
}

fn imported(text: &str) -> Imported {
    import(text.as_bytes(), &options(None)).unwrap()
}

/// `place (CVE): reason` of everything that is wrong.
fn wrong(text: &str) -> Vec<String> {
    match import(text.as_bytes(), &options(None)).unwrap_err() {
        KevError::Problems { problems } => problems.iter().map(ToString::to_string).collect(),
        other => panic!("{other}"),
    }
}

fn payload(directive: &Directive) -> Vec<u8> {
    serde_json::to_vec(directive).unwrap()
}

/// The real catalogue; none on a machine without it.
fn real() -> Option<Vec<u8>> {
    let beside = || std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let path = std::env::var_os("INTERDICT_DATA")
        .map_or_else(beside, Into::into)
        .join("kev/known_exploited_vulnerabilities.json");
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!("skipped: no data at {}", path.display());
    }
    bytes
}

#[test]
fn the_sample_becomes_a_directive_with_a_subject_an_entry() {
    let Imported { directive, notes } = imported(SAMPLE);
    assert_eq!(directive.subjects.len(), 8);
    assert_eq!(
        (directive.id.as_str(), directive.revision, directive.previous),
        ("KEV", Revision::FIRST, None)
    );
    assert_eq!(directive.issued.to_string(), "2025-08-25T17:04:19Z");
    assert_eq!(
        notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["CVE-2020-1472: due on 2020-09-21, before it was listed on 2021-11-03"]
    );
    let log4j = directive.subjects.iter().find(|subject| subject.id == "CVE-2021-44228").unwrap();
    assert_eq!(log4j.name, "Apache Log4j2");
    assert_eq!(log4j.disposition, Disposition::Remediate);
    let identifiers: Vec<(&str, &str, bool)> = log4j
        .identifiers
        .iter()
        .map(|identifier| {
            (identifier.kind.as_str(), identifier.value.as_str(), identifier.confidence.is_none())
        })
        .collect();
    assert_eq!(
        identifiers,
        [("cve", "CVE-2021-44228", true), ("vendor", "Apache", false), ("product", "Log4j2", false)]
    );
    let due = deadline(
        &directive,
        directive.action(ACTION).unwrap(),
        Some(log4j),
        &Events::default(),
        DateTime::EPOCH,
    );
    let Some(Deadline::Once { end, .. }) = due else { panic!("{due:?}") };
    assert_eq!(end.to_string(), "2021-12-25T04:59:59Z");
}

#[test]
fn the_sample_lints_without_errors_and_its_payload_reads_back() {
    let directive = imported(SAMPLE).directive;
    let payload = payload(&directive);
    let report = lint(&payload, &Context::default());
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "warning at /subjects/7/due: due on 2020-09-21, before it was listed on 2021-11-03 [due-before-listed]"
        ]
    );
    let read = Directive::parse(&payload).unwrap();
    assert_eq!((read.value, read.unknown), (directive, Vec::new()));
}

#[test]
fn a_file_that_breaks_off_gives_nothing_and_says_at_which_byte_it_stopped() {
    for cut in [0, 1, 100, SAMPLE.len() / 2, SAMPLE.len() - 3] {
        let refused = import(SAMPLE.as_bytes().get(..cut).unwrap(), &options(None)).unwrap_err();
        let KevError::Read(error) = &refused else { panic!("{cut}: {refused}") };
        assert_eq!((error.byte, &error.reason), (cut, &ReadReason::Truncated), "{refused}");
    }
}

#[test]
fn what_is_wrong_is_listed_with_entry_and_member() {
    let text = SAMPLE
        .replace("\"dueDate\": \"2025-09-15\"", "\"dueDate\": \"15 September\"")
        .replace("\"vendorProject\": \"Red Hat\"", "\"vendorProject\": \" \"")
        .replace("\"cveID\": \"CVE-2014-0160\"", "\"cveID\": \"CVE-14-0160\"")
        .replace("\"cveID\": \"CVE-2022-0847\"", "\"cveID\": \"cve-2017-0144\"")
        .replace("\"count\": 8", "\"count\": 9");
    let found = wrong(&text);
    assert_eq!(found.len(), 5, "{found:#?}");
    for (found, wanted) in found.iter().zip([
        "at /count: found 8 entries, wanted 9 as the catalogue says",
        "at /vulnerabilities/0/dueDate (CVE-2025-48384): found \"15 September\", wanted a day, 2025-08-25 for instance",
        "at /vulnerabilities/1/vendorProject (CVE-2021-4034): found nothing, wanted a text",
        "at /vulnerabilities/2/cveID (CVE-14-0160): not a CVE id, ",
        "at /vulnerabilities/4/cveID (CVE-2017-0144): found the CVE again, first at /vulnerabilities/3/cveID",
    ]) {
        assert!(found.starts_with(wanted), "{found}");
    }
}

#[test]
fn values_of_a_wrong_shape_are_all_listed_with_their_entry() {
    let text = SAMPLE
        .replace("\"product\": \"Polkit\"", "\"product\": 4")
        .replace("\"dueDate\": \"2022-05-25\"", "\"dueDat\": \"2022-05-25\"");
    let found = wrong(&text);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found.first().unwrap().starts_with("at /vulnerabilities/1/product (CVE-2021-4034): invalid type")
    );
    assert_eq!(found.get(1).unwrap(), "at /vulnerabilities/2 (CVE-2014-0160): missing field `dueDate`");
}

#[test]
fn a_catalogue_that_is_none_is_refused() {
    assert_eq!(
        wrong(r#"{"catalogVersion":"1","dateReleased":"today","count":0,"vulnerabilities":[]}"#),
        [
            "at /dateReleased: found \"today\", wanted a moment, 2025-08-25T17:04:19.979Z for instance",
            "at /vulnerabilities: found 0 entries, wanted 1 to 100000",
        ]
    );
    let twice = SAMPLE.replacen("\"product\"", "\"cveID\"", 1);
    let refused = import(twice.as_bytes(), &options(None)).unwrap_err();
    let KevError::Read(error) = &refused else { panic!("{refused}") };
    assert_eq!(error.reason, ReadReason::DuplicateKey { key: "cveID".into() });
}

#[test]
fn blanks_are_trimmed_and_noted_and_unknown_members_are_named() {
    let text = SAMPLE.replace("\"product\": \"Polkit\"", "\"product\": \"Polkit \", \"score\": 9");
    let Imported { directive, notes } = imported(&text);
    let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
    assert!(notes.contains(&"CVE-2021-4034: blanks round product were taken away".into()), "{notes:?}");
    assert!(
        notes.contains(&"the member at /vulnerabilities/1/score is not known and is left out".into()),
        "{notes:?}"
    );
    assert_eq!(directive.subjects, imported(SAMPLE).directive.subjects);
}

#[test]
fn an_entry_that_names_no_product_is_recognised_by_its_cve_alone() {
    let text = SAMPLE.replace("\"product\": \"Netlogon\"", "\"product\": \"Multiple Products\"");
    let directive = imported(&text).directive;
    let kinds: Vec<&str> = directive
        .subjects
        .last()
        .unwrap()
        .identifiers
        .iter()
        .map(|identifier| identifier.kind.as_str())
        .collect();
    assert_eq!(kinds, ["cve"]);
}

#[test]
fn an_update_is_the_next_revision_and_its_changes_are_said_in_words() {
    let first = imported(SAMPLE).directive;
    let digest = Sha256::of(&payload(&first));
    let text = SAMPLE
        .replace("2025-08-25T17", "2025-08-26T17")
        .replace("\"dueDate\": \"2025-09-15\"", "\"dueDate\": \"2025-09-01\"")
        .replace("\"dateAdded\": \"2022-05-04\"", "\"dateAdded\": \"2022-05-05\"")
        .replace("Install the maker's correction, or stop using the product.\",\n      \"dueDate\": \"2022-05-16\"", "Install it.\",\n      \"dueDate\": \"2022-05-16\"")
        .replace("CVE-2021-4034", "CVE-2021-4035");
    let next =
        import(text.as_bytes(), &options(Some(Previous { directive: &first, digest }))).unwrap().directive;
    assert_eq!((next.revision.number(), next.previous), (2, Some(digest)));
    let previous = Some(Previous { directive: &first, digest });
    assert!(
        lint_directive(&next, &Context { previous, ..Context::default() })
            .iter()
            .all(|problem| problem.fact.code() == "due-before-listed")
    );
    assert_eq!(
        diff(&first, &next).to_string(),
        "1 entry added:\n  CVE-2021-4035  Red Hat Polkit, due on 2022-07-18\n\
         1 entry removed:\n  CVE-2021-4034  Red Hat Polkit, due on 2022-07-18\n\
         1 due date moved:\n  CVE-2025-48384  from 2025-09-15 to 2025-09-01, 14 days earlier\n\
         1 date of listing moved:\n  CVE-2014-0160  from 2022-05-04 to 2022-05-05, 1 day later\n\
         1 entry edited otherwise:\n  CVE-2022-0847  Required action\n"
    );
    assert_eq!(diff(&first, &first).to_string(), "nothing has changed\n");
}

#[test]
fn an_older_catalogue_is_noted_and_one_of_another_directive_refused() {
    let first = imported(SAMPLE).directive;
    let digest = Sha256::of(&payload(&first));
    let previous = Some(Previous { directive: &first, digest });
    let older = SAMPLE.replace("2025-08-25T17", "2025-08-24T17");
    let notes = import(older.as_bytes(), &options(previous)).unwrap().notes;
    assert_eq!(
        notes.first().unwrap().to_string(),
        "released at 2025-08-24T17:04:19Z, before the revision that it would follow, of 2025-08-25T17:04:19Z"
    );
    let other = Options { id: "OTHER".parse().unwrap(), ..options(previous) };
    assert_eq!(
        import(SAMPLE.as_bytes(), &other).unwrap_err().to_string(),
        "found KEV as the revision before, wanted OTHER"
    );
}

#[test]
fn the_real_catalogue_is_taken_whole() {
    let Some(bytes) = real() else { return };
    let Imported { directive, notes } = import(&bytes, &options(None)).unwrap();
    assert_eq!(directive.subjects.len(), 1_404);
    let early = notes.iter().filter(|note| matches!(note.remark, KevRemark::DueBeforeAdded { .. })).count();
    assert_eq!(early, 15);
    assert!(notes.iter().any(|note| note.remark == KevRemark::Trimmed { member: "product" }));
    let report = lint(&payload(&directive), &Context::default());
    assert_eq!(report.errors().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
    assert!(report.warnings().all(|problem| problem.fact.code() == "due-before-listed"));
    assert_eq!(report.warnings().count(), 15);
}

#[test]
fn the_real_catalogue_cut_off_anywhere_is_refused_at_that_byte() {
    let Some(bytes) = real() else { return };
    for part in 1..20 {
        let mut cut = bytes.len() * part / 20;
        // Inside a character the place is its first byte.
        while !bytes.get(cut).is_some_and(u8::is_ascii) {
            cut += 1;
        }
        let refused = import(bytes.get(..cut).unwrap(), &options(None)).unwrap_err();
        let KevError::Read(error) = &refused else { panic!("{refused}") };
        assert_eq!(error.byte, cut, "{refused}");
    }
}

#[test]
fn what_the_catalogue_implements_is_said_once_and_kept_in_later_revisions() {
    let target = Target {
        id: "BOD-22-01".parse().unwrap(),
        revision: None,
        digest: None,
        part: Some("remediate".into()),
    };
    let first = import(SAMPLE.as_bytes(), &Options { implements: Some(target.clone()), ..options(None) })
        .unwrap()
        .directive;
    let [relation] = first.relations.as_slice() else { panic!("{:?}", first.relations) };
    assert_eq!((&relation.kind, &relation.target), (&RelationKind::Implements, &target));
    let previous = Previous { directive: &first, digest: Sha256::of(b"") };
    let second = import(SAMPLE.as_bytes(), &options(Some(previous))).unwrap().directive;
    assert_eq!(second.relations, first.relations);
}

/// A first revision that an authority has added to by hand.
fn by_hand() -> Directive {
    let first = imported(SAMPLE).directive;
    let mut value = serde_json::to_value(&first).unwrap();
    let place = |id: &str| first.subjects.iter().position(|subject| subject.id == id).unwrap();
    let bash = place("CVE-2021-4034");
    value["zone"] = "Europe/Berlin".into();
    value["summary"] = "In our own words.".into();
    value["effective"] = "2025-09-01".into();
    value["scope"] = serde_json::json!({ "addressees": [{ "class": "federal-executive-branch" }] });
    value["definitions"] = serde_json::json!([{ "term": "product", "meaning": "what is installed" }]);
    value["waivers"] = serde_json::json!([
        { "id": "lab", "part": "CVE-2021-4034", "beneficiaries": ["Lab"], "from": "2025-09-01", "granted_by": "CISO" },
        { "id": "ship", "part": "CVE-2022-0847", "beneficiaries": ["Ship"], "from": "2025-09-01", "granted_by": "CISO" },
    ]);
    value["actions"][0]["paragraph"] = "3".into();
    let report = serde_json::json!({ "id": "report", "modality": "must", "kind": "report", "negative_report": "required" });
    value["actions"].as_array_mut().unwrap().push(report);
    let subject = &mut value["subjects"][bash];
    subject["embedded"] = "out".into();
    subject["excludes"] = serde_json::json!([{ "id": "backport", "reason": "patched", "identifiers": [{ "kind": "package", "value": "polkit" }] }]);
    subject["notes"].as_array_mut().unwrap().push("Ask the help desk first.".into());
    let purl = serde_json::json!({ "kind": "purl", "value": "pkg:deb/debian/policykit-1" });
    subject["identifiers"].as_array_mut().unwrap().push(purl);
    let own = serde_json::json!({ "id": "own", "name": "Ours", "disposition": "remediate", "identifiers": [{ "kind": "package", "value": "ours" }] });
    value["subjects"].as_array_mut().unwrap().push(own);
    let relations = serde_json::json!([
        { "kind": "supersedes", "target": { "id": "KEV-OLD" } },
        { "kind": "implements", "target": { "id": "BOD-22-01" } },
    ]);
    value["relations"] = relations;
    Directive::parse(&serde_json::to_vec(&value).unwrap()).unwrap().value
}

#[test]
fn an_update_keeps_all_that_the_catalogue_does_not_say() {
    let first = by_hand();
    let digest = Sha256::of(&payload(&first));
    let text = SAMPLE.replace("2025-08-25T17", "2025-10-02T17").replace("2022-07-18", "2022-07-19");
    let imported = import(text.as_bytes(), &options(Some(Previous { directive: &first, digest }))).unwrap();
    let next = imported.directive;
    assert!(imported.notes.iter().all(|note| !matches!(note.remark, KevRemark::WaiverGone { .. })));
    // What the catalogue does say, and nothing else, is another.
    let mut expected = first.clone();
    let released = DayOrTime::Time("2025-10-02T17:04:19Z".parse().unwrap());
    expected.revision = first.revision.next();
    expected.previous = Some(digest);
    expected.issued = released;
    expected.revised = Some(released);
    let moved = expected.subjects.iter_mut().find(|subject| subject.id == "CVE-2021-4034").unwrap();
    moved.due = Some("2022-07-19".parse().unwrap());
    assert_eq!(next, expected);
    // The same again changes nothing.
    let again = import(text.as_bytes(), &options(Some(Previous { directive: &next, digest }))).unwrap();
    assert!(diff(&next, &again.directive).is_empty());
    assert_eq!(again.directive.subjects, next.subjects);
}

#[test]
fn a_waiver_of_an_entry_that_is_gone_goes_with_it_and_that_is_said() {
    let first = by_hand();
    let previous = Some(Previous { directive: &first, digest: Sha256::of(b"") });
    let text = SAMPLE.replace("CVE-2021-4034", "CVE-2021-4035");
    let imported = import(text.as_bytes(), &options(previous)).unwrap();
    let left: Vec<&str> = imported.directive.waivers.iter().map(|waiver| waiver.id.as_str()).collect();
    assert_eq!(left, ["ship"]);
    let notes: Vec<String> = imported.notes.iter().map(ToString::to_string).collect();
    assert!(
        notes.contains(
            &"CVE-2021-4034: is listed no longer, and the waiver \"lab\" from it is left out".into()
        ),
        "{notes:?}"
    );
    assert!(imported.directive.subjects.iter().any(|subject| subject.id == "own"));
}

#[test]
fn another_target_takes_the_place_of_what_it_implemented_and_of_no_other_relation() {
    let first = by_hand();
    let previous = Some(Previous { directive: &first, digest: Sha256::of(b"") });
    let target = Target { id: "BOD-30-01".parse().unwrap(), revision: None, digest: None, part: None };
    let with = Options { implements: Some(target), zone: Some("UTC".into()), ..options(previous) };
    let next = import(SAMPLE.as_bytes(), &with).unwrap().directive;
    let relations: Vec<String> =
        next.relations.iter().map(|relation| format!("{} {}", relation.kind, relation.target.id)).collect();
    assert_eq!(relations, ["supersedes KEV-OLD", "implements BOD-30-01"]);
    assert_eq!(next.zone, "UTC");
}
