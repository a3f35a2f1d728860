//! `interdict exceptions`, and what the other verbs say of them.

use serde_json::json;

use crate::store::{KEV, Store, published, revised};

/// An entry of the file, with some values replaced.
pub fn entry(changes: &[(&str, &str)]) -> String {
    let known = [
        ("id", "\"kiosk-7\""),
        ("directive", "\"BOD-17-01\""),
        ("part", "\"products\""),
        ("identifier", "{ kind = \"package\", value = \"kesl\" }"),
        ("asset", "\"kiosk-7\""),
        ("reason", "\"The replacement comes in October\""),
        ("approved_by", "\"E. Officer, CISO\""),
        ("from", "2017-09-01"),
        ("until", "2017-09-30"),
    ];
    let value = |key: &str, known: &str| {
        let other = changes.iter().find(|(of, _)| *of == key);
        other.map_or_else(|| known.to_owned(), |(_, value)| (*value).to_owned())
    };
    let new = changes.iter().filter(|(key, _)| known.iter().all(|(of, _)| of != key));
    let lines = known.iter().map(|(key, known)| format!("{key} = {}\n", value(key, known)));
    let lines = lines.chain(new.map(|(key, value)| format!("{key} = {value}\n")));
    format!("[[exception]]\n{}\n", lines.collect::<String>())
}

/// A store with both directives and a file of these entries.
pub fn with(entries: &[&[(&str, &str)]]) -> Store {
    let store = Store::with_both();
    let text: String = entries.iter().map(|changes| entry(changes)).collect();
    store.file("exceptions.toml", text.as_bytes());
    store
}

#[test]
fn each_is_shown_with_its_state_and_the_days_that_it_has_left() {
    let store = with(&[
        &[],
        &[("id", "\"later\""), ("from", "2017-10-01"), ("until", "2017-10-31T12:00:00Z")],
        &[("id", "\"aimless\""), ("part", "\"nothing\"")],
    ]);
    store.run(&["exceptions"]).is(
        0,
        "\
exception  state      left          directive  part      identifier    asset    until
kiosk-7    in effect  17 days left  BOD-17-01  products  package kesl  kiosk-7  2017-09-30T23:59:59Z
later      not begun  48 days left  BOD-17-01  products  package kesl  kiosk-7  2017-10-31T12:00:00Z
aimless    in effect  17 days left  BOD-17-01  nothing   package kesl  kiosk-7  2017-09-30T23:59:59Z

kiosk-7: The replacement comes in October, approved by E. Officer, CISO
later: The replacement comes in October, approved by E. Officer, CISO
aimless: The replacement comes in October, approved by E. Officer, CISO
  matches nothing: the directive has no such part
2 exceptions in effect, 1 not begun, 1 matching nothing
",
        "warning: exception aimless matches nothing: the directive has no such part\n",
    );
}

#[test]
fn without_a_file_there_is_none_and_nothing_is_said_of_them_elsewhere() {
    let store = Store::with_both();
    store.run(&["exceptions"]).is(0, "", "no exceptions: there are none in FOLDER/exceptions.toml\n");
    for verb in ["list", "due", "status"] {
        assert!(!store.run(&[verb]).stdout.contains("exception"), "{verb}");
        let json = store.run(&[verb, "--json"]).json();
        assert_eq!(json["exceptions"]["in_effect"], 0, "{verb}");
    }
}

#[test]
fn json_has_instants_and_the_reasons() {
    let store = with(&[&[("asset", "\"*\"")], &[("id", "\"other\""), ("repository", "\"main\"")]]);
    let ran = store.run(&["exceptions", "--json"]);
    assert_eq!(ran.code(), 2);
    let mut json = ran.json();
    let file = json["file"].take();
    assert!(file.as_str().unwrap().ends_with("/exceptions.toml"));
    assert_eq!(
        json,
        json!({
            "format": "interdict-exceptions/1", "file": null, "at": "2017-09-13T12:00:00Z",
            "in_effect": 1, "not_begun": 0, "expired": 0, "void": 1, "matching_nothing": 0,
            "entries": [{
                "id": "other", "state": "in-effect", "repository": "main", "directive": "BOD-17-01",
                "part": "products", "identifier": {"kind": "package", "value": "kesl"}, "asset": "kiosk-7",
                "reason": "The replacement comes in October", "approved_by": "E. Officer, CISO",
                "from": "2017-09-01T00:00:00Z", "until": "2017-09-30T23:59:59Z", "days_left": 17, "line": 12,
            }],
            "void_entries": [{"id": "kiosk-7", "line": 1, "problems": [
                {"line": 6, "column": 9, "problem": "asset: found the wildcard '*', wanted one name exactly"},
            ]}],
            "exit": "usage", "exits": ["usage"],
        })
    );
    assert_eq!(
        ran.stderr,
        "{\"error\":\"FOLDER/exceptions.toml: exception kiosk-7 is void: line 6, column 9: asset: found the wildcard '*', wanted one name exactly\",\
         \"causes\":[],\"hint\":\"mend it or remove it: until then it does not count\",\"exit\":\"usage\",\"code\":2}\n"
    );
}

const VERBS: [&[&str]; 5] = [&["list"], &["due"], &["status"], &["digest", "--keep"], &["check", "host.csv"]];

/// trust.md rule 21
#[test]
fn every_report_says_that_there_is_one_and_what_is_void_is_an_error_everywhere() {
    let store = with(&[&[]]);
    store.file("host.csv", b"name,host\nbash,kiosk-7\n");
    for verb in VERBS {
        let ran = store.run(verb);
        assert!(ran.stdout.contains("1 exception in effect"), "{verb:?}: {}", ran.stdout);
        assert_eq!(ran.code(), 0, "{verb:?}: {}{}", ran.stdout, ran.stderr);
    }
    let store = with(&[&[("until", "2017-09-12")], &[("id", "\"vague\""), ("reason", "\"\"")]]);
    store.file("host.csv", b"name,host\nbash,kiosk-7\n");
    for verb in VERBS {
        let ran = store.run(verb);
        assert!(ran.stdout.contains("0 exceptions in effect, 1 expired, 1 void"), "{verb:?}: {}", ran.stdout);
        assert_eq!(ran.code(), 2, "{verb:?}");
        assert_eq!(
            ran.stderr,
            "\
error: FOLDER/exceptions.toml: exception vague is void: line 18, column 10: reason: found a blank, wanted words
hint: mend it or remove it: until then it does not count
error: FOLDER/exceptions.toml: line 1, column 1: exception kiosk-7 expired at 2017-09-12T23:59:59Z and is void
hint: remove it; or have it approved anew, with another `from` and `until`
",
            "{verb:?}"
        );
    }
}

/// trust.md rule 21
#[test]
fn a_file_that_cannot_be_read_voids_all_of_it_and_is_an_error() {
    let store = Store::with_both();
    store.file("exceptions.toml", b"[[exception]\n");
    store.file("host.csv", b"name,host\nkesl,kiosk-7\n");
    for verb in VERBS {
        let ran = store.run(verb);
        assert_eq!(ran.code(), 2, "{verb:?}");
        assert!(ran.stdout.contains("0 exceptions in effect, 1 void"), "{verb:?}: {}", ran.stdout);
        assert!(
            ran.stderr.starts_with("error: FOLDER/exceptions.toml: not TOML: line 1, column 13: "),
            "{verb:?}: {}",
            ran.stderr
        );
    }
    // What the disk does not give is no answer, and no absence.
    std::fs::remove_file(store.places.exceptions()).unwrap();
    std::fs::create_dir(store.places.exceptions()).unwrap();
    let ran = store.run(&["exceptions"]);
    assert_eq!((ran.code(), ran.stderr.contains("is not a plain file")), (3, true), "{}", ran.stderr);
}

/// trust.md rule 21
#[test]
fn the_last_second_counts_and_the_one_after_is_an_error() {
    let store = with(&[&[("from", "2017-09-13T13:00:00Z"), ("until", "2017-09-13T14:00:00Z")]]);
    for (now, state, code, days) in [
        ("2017-09-13T12:59:59Z", "not-begun", 0, 0),
        ("2017-09-13T13:00:00Z", "in-effect", 0, 0),
        ("2017-09-13T14:00:00Z", "in-effect", 0, 0),
        ("2017-09-13T14:00:01Z", "expired", 2, -1),
    ] {
        let ran = store.run_at(now, &["exceptions", "--json"]);
        let entry = &ran.json()["entries"][0];
        assert_eq!((&entry["state"], &entry["days_left"]), (&json!(state), &json!(days)), "{now}");
        assert_eq!(ran.code(), code, "{now}");
    }
}

/// trust.md rule 9
/// trust.md rule 21
#[test]
fn a_clock_that_is_behind_brings_no_exception_back() {
    // The last refresh was at noon; the clock says an hour before the end, which was a minute before that refresh.
    let store = with(&[&[("until", "2017-09-13T11:59:00Z")]]);
    let ran = store.run_at("2017-09-13T11:00:00Z", &["exceptions", "--json"]);
    let json = ran.json();
    assert_eq!(
        (&json["entries"][0]["state"], &json["at"]),
        (&json!("expired"), &json!("2017-09-13T12:00:00Z"))
    );
    store.file("host.csv", b"name,host\nkesl,kiosk-7\n");
    for as_of in [None, Some("--as-of=2017-09-13T10:00:00Z")] {
        let verb: Vec<&str> = ["check", "host.csv", "--format=json"].into_iter().chain(as_of).collect();
        let ran = store.run_at("2017-09-13T11:00:00Z", &verb);
        assert_eq!(ran.code(), 2, "{as_of:?}: {}", ran.stderr);
        let outcome = ran.outcome.all();
        assert!(outcome.contains(&interdict_host::exit::Exit::Findings), "{outcome:?}");
        assert_eq!(ran.json()["counts"]["excepted"], 0, "{as_of:?}");
        assert_eq!(ran.json()["counts"]["match"], 1, "{as_of:?}");
    }
}

#[test]
fn what_names_nothing_that_is_in_force_is_said() {
    for (changes, said) in [
        (&[("directive", "\"BOD-99-01\"")][..], "no such directive is held"),
        (&[("repository", "\"other\"")], "no such directive is held"),
        (&[("part", "\"product\"")], "the directive has no such part"),
        (&[("identifier", "{ kind = \"package\", value = \"kes\" }")], "the part has no such identifier"),
        (&[("identifier", "{ kind = \"product\", value = \"kesl\" }")], "the part has no such identifier"),
        (
            &[("identifier", "{ kind = \"package\", value = \"kesl\", versions = \"vers:deb/<2\" }")],
            "the part has no such identifier",
        ),
    ] {
        let ran = with(&[changes]).run(&["exceptions", "--json"]);
        assert_eq!(ran.json()["entries"][0]["matches_nothing"], said);
        assert_eq!((ran.code(), &ran.json()["matching_nothing"]), (0, &json!(1)), "{}", ran.stderr);
        assert_eq!(ran.stderr, format!("warning: exception kiosk-7 matches nothing: {said}\n"));
    }
    // Another spelling of the identifier is the same.
    let vendor = [("identifier", "{ kind = \"vendor\", value = \"EXAMPLE  lab\" }")];
    assert_eq!(with(&[&vendor]).run(&["exceptions", "--json"]).json()["matching_nothing"], 0);
}

#[test]
fn what_was_closed_and_what_two_repositories_have_is_said() {
    let closed = revised(KEV, 2, &[(r#""status":"in-force""#, r#""status":"closed""#)]);
    let store = Store::of(&[published(&[KEV, &closed])]);
    let cve = entry(&[
        ("directive", "\"KEV-1\""),
        ("part", "\"CVE-2017-0001\""),
        ("identifier", "{ kind = \"cve\", value = \"CVE-2017-0001\" }"),
    ]);
    store.file("exceptions.toml", cve.as_bytes());
    let nothing =
        |store: &Store| store.run(&["exceptions", "--json"]).json()["entries"][0]["matches_nothing"].clone();
    assert_eq!(nothing(&store), "the directive has ended");
    let store = Store::empty();
    store.configure(&["main", "other"]);
    store.sync_two(&[published(&[KEV])], &[published(&[KEV])]);
    store.file("exceptions.toml", cve.as_bytes());
    assert_eq!(nothing(&store), "2 repositories have this directive: name one as `repository`");
    store.file("host.csv", b"name,host,cve\nx,kiosk-7,CVE-2017-0001\n");
    let verdicts = |store: &Store| -> Vec<String> {
        let json = store.run(&["check", "host.csv", "--format=json"]).json();
        let findings = json["findings"].as_array().unwrap().iter();
        findings
            .map(|row| {
                format!("{} {}", row["repository"].as_str().unwrap(), row["verdict"].as_str().unwrap())
            })
            .collect()
    };
    assert_eq!(verdicts(&store), ["main match", "other match"], "which is meant is not guessed");
    store.file("exceptions.toml", cve.replace("part =", "repository = \"other\"\npart =").as_bytes());
    assert_eq!(verdicts(&store), ["main match", "other excepted"]);
}

/// trust.md rule 21
#[test]
fn the_policy_is_the_same_with_an_exception_and_the_deadlines_too() {
    let (plain, store) = (Store::with_both(), with(&[&[]]));
    for verb in [&["policy", "--format=json"][..], &["policy", "--format=tsv"]] {
        assert_eq!(store.run(verb).stdout, plain.run(verb).stdout, "{verb:?}");
    }
    let (due, without) = (store.run(&["due", "--json"]).json(), plain.run(&["due", "--json"]).json());
    assert_eq!(due["deadlines"], without["deadlines"]);
    assert_eq!(due["exceptions"]["in_effect"], 1);
}
