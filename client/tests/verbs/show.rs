//! `interdict show ID`

use interdict_schema::policy::Mark;

use crate::store::{BOD, KEV, Published, Store, published, revised};

#[test]
fn the_page_says_who_is_bound_what_is_banned_and_what_by_when() {
    Store::with_both().run(&["show", "BOD-17-01"]).is(
        0,
        r"BOD-17-01, revision 1: Removal of Example-Branded Products
in-force

issuer      Department of Homeland Security (dhs)
signatory   E. Officer, Acting Secretary
legal basis 44 U.S.C. 3553(b)(2)
issued      Wed 13 Sep 2017 (America/New_York)
effective   Wed 13 Sep 2017 (America/New_York)
repository  main
digest      sha256:2ccb324d1fa7671b55de2487cf190eab78bc61ecf74fd0f91d23593e37b3cdf7
signed by   2 of the issuer's keys, 2 required
            ed25519:f047fe5a6e6aae4625ab3e240238cfb4735582bcc55b9d94ef1c25eae8207b94 (Office B)
            ed25519:f76644fa61b5dd7e7eb477349825f860fddb55439f23064e131a78a1c7a7184f (Office A)

Who is bound
  federal-executive-branch
  not systems: national-security yes: 44 U.S.C. 3553(d)

What is banned: 1 subject
  products: Example products [prohibited]
    maker: AO Example Lab (named), also Example Lab
    products: Example Antivirus
    embedded: out (code inside other makers' products is left out)
    package: kesl, klnagent
    vendor: Example Lab (review)
    left out (training): training services
      product: Example Training
    note: a note\u{1b}[2J that \u{202e} hides

What must be done
  identify: must identify (1)
    a report that nothing was found: required
  plan: must plan
    answer: Contact (text)
  begin: must begin-removal
    unless the issuer directs otherwise
  status: must report
  remove: must notify

By when
due                                                            local time                  left         action    kind           edge      subjects
Fri 13 Oct 2017, 23:59 EDT                                     Sat 14 Oct 2017, 03:59 UTC  in 30 days   identify  identify       report    1
Sun 12 Nov 2017, 23:59 EST                                     Mon 13 Nov 2017, 04:59 UTC  in 60 days   plan      plan           complete  1
Tue 12 Dec 2017, 23:59 EST, unless directed otherwise          Wed 13 Dec 2017, 04:59 UTC  in 90 days   begin     begin-removal  begin     1
Thu 11 Jan 2018, 23:59 EST, every 30 days until action:remove  Fri 12 Jan 2018, 04:59 UTC  in 120 days  status    report         report    1
runs from detected                                                                                      remove    notify                   1
",
        "",
    );
}

#[test]
fn json_is_the_exact_payload() {
    let second = revised(BOD, 2, &[("Removal of", "Ban on")]);
    let directive = published(&[BOD, &second]);
    let store = Store::of(std::slice::from_ref(&directive));
    let shown = |arguments: &[&str]| store.run(arguments).stdout.into_bytes();
    assert_eq!(shown(&["show", "BOD-17-01", "--json"]), directive.payloads[1]);
    assert_eq!(shown(&["show", "BOD-17-01", "--json", "--revision", "1"]), directive.payloads[0]);
}

#[test]
fn an_earlier_text_says_that_it_was_replaced() {
    let second = revised(BOD, 2, &[("Removal of", "Ban on")]);
    let store = Store::of(&[published(&[BOD, &second])]);
    let ran = store.run(&["show", "BOD-17-01", "--revision", "1"]);
    let beginning = "BOD-17-01, revision 1: Removal of Example-Branded Products\nreplaced by revision 2\n";
    assert!(ran.stdout.starts_with(beginning), "{}", ran.stdout);
}

#[test]
fn what_is_not_held_is_wrong_use() {
    let store = Store::with_both();
    store.run(&["show", "BOD-18-01"]).is(
        2,
        "",
        "error: no directive, no list and no waiver BOD-18-01 is held\nhint: `interdict list --all` shows what is held\n",
    );
    store.run(&["show", "BOD-17-01", "--revision", "2"]).is(
        2,
        "",
        "error: no revision 2 of BOD-17-01 is held, the newest is 1\n",
    );
    let bad = store.run(&["show", "BOD-17-01", "--revision", "0"]);
    assert!(bad.stderr.contains("wanted a revision: a whole number from 1"), "{}", bad.stderr);
}

#[test]
fn of_two_repositories_with_one_name_the_reader_says_which() {
    let store = Store::empty();
    store.configure(&["main", "other"]);
    let other = BOD.replace("Removal of", "Ban on");
    store.sync_two(&[published(&[BOD])], &[published(&[&other])]);
    store.run(&["show", "BOD-17-01"]).is(
        2,
        "",
        "error: 2 repositories have a directive BOD-17-01\nhint: say which with `--repository NAME`\n",
    );
    let ran = store.run(&["show", "BOD-17-01", "--repository", "other"]);
    assert!(
        ran.stdout.starts_with("BOD-17-01, revision 1: Ban on Example-Branded Products\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn every_mark_and_every_place_that_is_not_understood_is_said() {
    let strange = BOD.replace("\"prohibited\"", "\"frowned-upon\"");
    for (mark, line) in [
        (Mark::Vanished, "vanished: the repository no longer lists it; it stays in force\n"),
        (
            Mark::SignatureWithdrawn,
            "signature-withdrawn: the keys that signed it no longer count; it stays in force\n",
        ),
        (
            Mark::Quarantined,
            "quarantined: a newer text was refused; this is the last one that was consistent\n",
        ),
    ] {
        let store = Store::of(&[Published { marks: vec![mark], ..published(&[&strange]) }]);
        let ran = store.run(&["show", "BOD-17-01"]);
        assert!(ran.stdout.contains(line), "{}", ran.stdout);
        let section = "Not understood by this version\n  /subjects/0/disposition: unknown disposition \"frowned-upon\"\n";
        assert!(ran.stdout.contains(section), "{}", ran.stdout);
    }
}

#[test]
fn relations_waivers_and_the_smaller_fields_are_shown() {
    let rich = KEV.replace(
        r#""issued":"2017-09-01","#,
        r#""issued":"2017-09-01","effective":"2017-09-02T16:00:00Z","public_from":"2017-09-03","marking":"TLP:GREEN",
        "summary":"A summary.","relations":[{"kind":"supplements","target":{"id":"BOD-17-01","part":"plan"}}],
        "waivers":[{"id":"w","part":"fix","beneficiaries":["Agency A"],"conditions":["isolation"],"from":"2017-09-01","granted_by":"CISA"}],"#,
    );
    let rich = rich.replace(
        r#""kind":"update","#,
        r#""kind":"update","description":"Update it","after":["plan"],"alternatives":["remove"],"signatory":"the CIO","#,
    );
    let store = Store::of(&[published(&[&rich])]);
    let shown = store.run(&["show", "KEV-1"]).stdout;
    for line in [
        "effective   Sat 2 Sep 2017, 12:00 EDT (local: Sat 2 Sep 2017, 16:00 UTC)",
        "public      Sun 3 Sep 2017 (America/New_York)",
        "marking     TLP:GREEN",
        "supplements BOD-17-01, plan",
        "A summary.",
        "  everyone who reads it",
        "What it is about: 3 subjects",
        "  CVE-2017-0001: One [remediate]",
        "    due: 2017-09-22",
        "  fix: must update: Update it",
        "    after: plan",
        "    or instead: remove",
        "    signed by: the CIO",
        "  w: Agency A from fix, from 2017-09-01, open-ended, granted by CISA; conditions: isolation",
        "  supplements BOD-17-01, plan: no such directive has taken effect",
    ] {
        assert!(shown.lines().any(|found| found == line), "{line}\n{shown}");
    }
}

#[test]
fn of_many_deadlines_those_that_passed_are_counted_and_the_first_to_come_shown() {
    let of = |count: usize, passed: usize| {
        let action = |number: usize| {
            let year = if number < passed { 2016 } else { 2018 };
            format!(
                r#"{{"id":"a{number}","modality":"must","kind":"plan","due":{{"at":{{"time":"{year}-01-{:02}"}}}}}}"#,
                1 + number
            )
        };
        let actions: Vec<String> = (0..count).map(action).collect();
        let (head, _) = KEV.split_once("\"actions\":[").unwrap();
        let text = format!("{head}\"actions\":[{}]}}", actions.join(","));
        let shown = Store::of(&[published(&[&text])]).run(&["show", "KEV-1"]).stdout;
        shown.split_once("By when\n").unwrap().1.to_owned()
    };
    assert_eq!(of(24, 4).lines().count(), 25, "a header, and a row each");
    let cut = of(30, 4);
    let lines: Vec<&str> = cut.lines().collect();
    assert_eq!(lines[0], "4 deadlines passed: `interdict due` has all");
    assert!(lines[2].contains(" a4 "), "{cut}");
    assert_eq!((lines.len(), lines[26]), (27, "and 2 more deadlines: `interdict due` has all"));
    assert!(!of(25, 1).contains("more"), "{}", of(25, 1));
}

#[test]
fn of_many_subjects_the_first_are_named_and_the_rest_counted() {
    let subject = |number: usize| format!(r#"{{"id":"s{number}","name":"S","disposition":"remediate"}}"#);
    let of = |count: usize| {
        let subjects: Vec<String> = (0..count).map(subject).collect();
        let (head, tail) = KEV.split_once("\"subjects\":[").unwrap();
        let text = format!(
            "{head}\"subjects\":[{}],{}",
            subjects.join(","),
            &tail[tail.find("\"actions\"").unwrap()..]
        );
        Store::of(&[published(&[&text])]).run(&["show", "KEV-1"]).stdout
    };
    assert!(!of(12).contains("more"), "{}", of(12));
    assert!(of(13).contains("  and 1 more: `interdict show KEV-1 --json` has all\n"), "{}", of(13));
}
