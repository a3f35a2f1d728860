use super::*;
use crate::Sha256;
use crate::believe::Attested;
use crate::policy::Form;
use crate::policy::tests::{believed, directive};
use crate::threshold::Count;

fn policy(directive: &Verified<Believed>) -> Policy {
    let lists = Arc::new(Lists::default());
    let source = Source {
        repository: "r",
        directive,
        marks: Vec::new(),
        lists,
        ended: None,
        waivers: None,
        granted: &[],
    };
    derive(1, Vec::new(), BTreeMap::new(), alloc::vec![source]).policy()
}

#[test]
fn what_would_match_everything_is_in_no_rule_and_is_counted() {
    let text = r#"{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"in-force","title":"t","issuer":"i",
            "zone":"UTC","issued":"2017-09-13","subjects":[{"id":"s","name":"S","disposition":"prohibited","identifiers":[
            {"kind":"domain","value":"example.com"},{"kind":"domain","value":"com"},{"kind":"domain","value":"co.uk"},
            {"kind":"cidr","value":"0.0.0.0/0"},{"kind":"smell","value":"*"},{"kind":"cve","value":"CVE-1"}]}]}"#;
    let policy = policy(&believed(text));
    let values: Vec<&str> = policy
        .rules
        .iter()
        .flat_map(|rule| &rule.identifiers)
        .map(|row| row.identifier.value.as_str())
        .collect();
    assert_eq!(values, ["example.com", "*", "CVE-1"]);
    assert_eq!(policy.directives.first().map(|directive| directive.unsupported), Some(5));
}

fn block(disposition: &str, actions: &str) -> Option<String> {
    policy(&directive("T-1", "in-force", disposition, actions))
        .rules
        .first()
        .and_then(|rule| rule.block_from)
        .map(|at| at.to_string())
}

const BEGIN: &str = r#"{"id":"begin","modality":"must","kind":"begin-removal","due":{"edge":"begin","offset":{"n":90,"unit":"day","anchor":"issued"}}}"#;
const REMOVE: &str = r#"{"id":"remove","modality":"must","kind":"remove","due":{"edge":"complete","at":{"time":"2017-12-01"}}}"#;
const SHOULD: &str = r#"{"id":"block","modality":"should","kind":"block"}"#;

#[test]
fn a_removal_without_a_date_that_follows_a_beginning_does_not_block_before_it() {
    let after = r#"{"id":"remove","modality":"must","kind":"remove","after":["begin"]}"#;
    let both = alloc::format!("{BEGIN},{after}");
    assert_eq!(block("prohibited", &both).as_deref(), Some("2017-12-12T05:00:00Z"));
    let circle = r#"{"id":"a","modality":"must","kind":"remove","after":["b"]},{"id":"b","modality":"must","kind":"block","after":["a"]}"#;
    assert_eq!(block("prohibited", circle).as_deref(), Some("2017-09-13T04:00:00Z"));
    let waiting = r#"{"id":"a","modality":"must","kind":"remove","after":["b"]},{"id":"b","modality":"must","kind":"identify","due":{"offset":{"n":1,"unit":"day","anchor":"detected"}}}"#;
    assert_eq!(block("prohibited", waiting), None);
    let nowhere = r#"{"id":"a","modality":"must","kind":"remove","after":["b"]}"#;
    assert_eq!(block("prohibited", nowhere).as_deref(), Some("2017-09-13T04:00:00Z"));
}

#[test]
fn a_block_begins_with_the_earliest_action_that_takes_the_subject_out_of_use() {
    assert_eq!(block("prohibited", BEGIN).as_deref(), Some("2017-12-12T05:00:00Z"));
    assert_eq!(
        block("prohibited", &alloc::format!("{BEGIN},{REMOVE}")).as_deref(),
        Some("2017-12-02T04:59:59Z")
    );
    assert_eq!(
        block("prohibited", r#"{"id":"b","modality":"must","kind":"block"}"#).as_deref(),
        Some("2017-09-13T04:00:00Z")
    );
}

#[test]
fn a_block_begins_by_the_same_arithmetic_as_every_deadline() {
    let due = |edge: &str| {
        alloc::format!(
            r#"{{"id":"a","modality":"must","kind":"block","due":{{"edge":"{edge}","offset":{{"n":40,"unit":"business-day",
                "anchor":"issued","calendar":"us-federal"}}}}}}"#
        )
    };
    // Columbus Day and the observed Veterans Day do not count.
    assert_eq!(block("prohibited", &due("complete")).unwrap(), "2017-11-10T04:59:59Z");
    assert_eq!(block("prohibited", &due("begin")).unwrap(), "2017-11-09T05:00:00Z");
    let rolled = r#"{"id":"a","modality":"must","kind":"remove","due":{"edge":"complete","offset":{"n":60,"unit":"day",
            "anchor":"issued","roll":"next-business-day","calendar":"us-federal"}}}"#;
    assert_eq!(block("prohibited", rolled).unwrap(), "2017-11-14T04:59:59Z");
}

#[test]
fn a_table_that_must_know_more_starts_no_block_and_says_what_it_must_know() {
    let of = |default: &str| {
        let table = alloc::format!(
            r#"],"tables":[{{"id":"t","inputs":[{{"id":"exposed","values":["yes","no"]{default}}}],"rows":[
                {{"when":{{"exposed":"yes"}},"outcome":"3 days","due":{{"offset":{{"n":3,"unit":"day","anchor":"issued"}}}}}},
                {{"when":{{}},"outcome":"on upgrade"}}]}}"#
        );
        let action = r#"{"id":"a","modality":"must","kind":"remove","due":{"edge":"complete","table":"t"}}"#;
        let policy = policy(&directive("T-1", "in-force", "prohibited", &alloc::format!("{action}{table}")));
        let rule = policy.rules.into_iter().next().unwrap();
        let deadline = rule.deadlines.into_iter().next().unwrap();
        let text = |at: DateTime| alloc::format!("{at}");
        (rule.block_from.map(text), deadline.at.map(text), deadline.runs_from)
    };
    assert_eq!(of(""), (None, None, Some("depends-on:exposed".into())));
    assert_eq!(of(r#","default":"no""#), (None, None, Some("undated".into())));
    let date = Some("2017-09-17T03:59:59Z".into());
    assert_eq!(of(r#","default":"yes""#), (date.clone(), date, None));
}

#[test]
fn nothing_blocks_that_is_not_prohibited_or_only_recommended() {
    assert_eq!(block("remediate", BEGIN), None);
    assert_eq!(block("prohibited", SHOULD), None);
    assert_eq!(
        block(
            "prohibited",
            r#"{"id":"b","modality":"must","kind":"remove","due":{"edge":"complete","offset":{"n":1,"unit":"day","anchor":"detected"}}}"#
        ),
        None
    );
}

#[test]
fn what_is_not_ordered_of_the_agency_starts_no_block_and_has_no_date() {
    let when = r#""when":[{"predicate":"signs","values":["yes"]}]"#;
    let ongoing = r#""due":{"ongoing":true}"#;
    let action = alloc::format!(r#"{{"id":"b","modality":"must","kind":"block",{when},{ongoing}}},{REMOVE}"#);
    let directive = directive("T-1", "in-force", "prohibited", &action);
    let found = |signs: Option<&str>| {
        let mut profile = Profile::default();
        if let Some(signs) = signs {
            profile.systems.insert("signs".into(), alloc::vec![signs.into()]);
        }
        let waivers = Some((&profile, DateTime::EPOCH));
        let lists = Arc::new(Lists::default());
        let granted = &[];
        let source = Source {
            repository: "r",
            directive: &directive,
            marks: Vec::new(),
            lists,
            ended: None,
            waivers,
            granted,
        };
        let policy = derive(1, Vec::new(), BTreeMap::new(), alloc::vec![source]).policy();
        let rule = policy.rules.into_iter().next().unwrap();
        let of_it = rule.deadlines.into_iter().find(|deadline| deadline.action == "b").unwrap();
        (rule.block_from.unwrap().to_string(), of_it.runs_from)
    };
    let ongoing = || Some("ongoing".into());
    assert_eq!(found(None), ("2017-09-13T04:00:00Z".into(), ongoing()), "what nobody has said holds");
    assert_eq!(found(Some("yes")), ("2017-09-13T04:00:00Z".into(), ongoing()));
    let of_the_other = "2017-12-02T04:59:59Z".into();
    assert_eq!(found(Some("no")), (of_the_other, Some("not-ordered".into())), "and it is told");
}

#[test]
fn rows_of_a_list_are_named_with_it_and_what_is_missing_is_told() {
    let text = r#"{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"in-force","title":"t","issuer":"i",
            "zone":"UTC","issued":"2017-09-13","subjects":[{"id":"s","name":"S","disposition":"prohibited",
            "identifiers":[{"kind":"package","value":"own"}],"identifiers_from":[{"list":"T-L"},{"list":"T-M"}]}]}"#;
    let hashes = Sha256::of(b"hashes");
    let list = alloc::format!(
        r#"{{"format":"interdict-entity-list/1","id":"T-L","revision":1,"title":"l","issuer":"i","issued":"2017-09-13",
            "identifiers":[{{"kind":"package","value":"row","source":"seen"}}],
            "attachments":[{{"kind":"sha256","path":"h.txt","digest":"{hashes}","length":65,"entries":1,"confidence":"low"}}]}}"#
    );
    let payload = |text: &str| Attested {
        digest: Sha256::of(text.as_bytes()),
        signed_by: Count { keys: Vec::new(), required: 1 },
    };
    let document = Directive::parse(text.as_bytes()).unwrap();
    let directive = Verified::attest(Believed { document, payload: payload(text) });
    let document = entity::EntityList::parse(list.as_bytes()).unwrap();
    let list = Verified::attest(Believed { document, payload: payload(&list) });
    let held =
        entity::resolve::HeldRevisions { revisions: alloc::vec![&list], marks: alloc::vec![Mark::Vanished] };
    let lists = Arc::new(Lists::new([held], [(hashes, "repositories/r/attachments/h".into())]));
    let source = Source {
        repository: "r",
        directive: &directive,
        marks: Vec::new(),
        lists: Arc::clone(&lists),
        ended: None,
        waivers: None,
        granted: &[],
    };
    let derivation = derive(1, Vec::new(), BTreeMap::from([("r", lists)]), alloc::vec![source]);
    let policy = derivation.policy();
    let json = serde_json::to_value(&policy).unwrap();
    let digest = list.payload.digest;
    assert_eq!(
        json.pointer("/lists").unwrap(),
        &serde_json::json!([{"repository": "r", "id": "T-L", "revision": 1, "digest": digest, "title": "l",
            "marks": ["vanished"]}])
    );
    assert_eq!(
        json.pointer("/rules/0/identifiers").unwrap(),
        &serde_json::json!([{"kind": "package", "value": "own"},
            {"kind": "package", "value": "row", "source": "seen", "list": "T-L"}])
    );
    assert_eq!(
        json.pointer("/rules/0/lists").unwrap(),
        &serde_json::json!([
            {"list": "T-L", "revision": 1, "digest": digest, "attachments": [{"kind": "sha256", "entries": 1,
                "digest": hashes, "file": "repositories/r/attachments/h", "confidence": "low"}]},
            {"list": "T-M", "gaps": ["list T-M is not held"]}])
    );
    let written = |form: Form| {
        let mut bytes = Vec::new();
        let Ok(()) = derivation.write(&[form], |_, part| {
            bytes.extend_from_slice(part);
            Ok::<(), core::convert::Infallible>(())
        });
        String::from_utf8(bytes).unwrap()
    };
    let table = written(Form::Tsv);
    let rows: Vec<Vec<&str>> =
        table.lines().skip(2).map(|row| row.split('\t').skip(6).take(2).collect()).collect();
    assert_eq!(
        rows,
        [["package", "own"], ["package", "row"], ["entries:sha256", "repositories/r/attachments/h"]]
    );
    let whole = written(Form::Json);
    assert_eq!(serde_json::from_str::<Policy>(&whole).unwrap(), policy);
    assert_eq!(whole.trim_end(), serde_json::to_string_pretty(&policy).unwrap());
}

#[test]
fn only_closing_or_revoking_lifts_a_rule() {
    for (status, rules) in [("in-force", 1), ("paused", 1), ("closed", 0), ("revoked", 0)] {
        let policy = policy(&directive("T-1", status, "prohibited", BEGIN));
        assert_eq!((policy.rules.len(), policy.directives.len()), (rules, 1), "{status}");
    }
}

#[test]
fn a_policy_without_repositories_is_stale_from_the_beginning() {
    assert_eq!(derive(1, Vec::new(), BTreeMap::new(), Vec::new()).fresh_until(), DateTime::EPOCH);
}
