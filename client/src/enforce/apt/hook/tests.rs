#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use super::super::listed::Broken;
use super::*;
use crate::enforce::{File, Marker};

const HEAD: &str = r#"{"format":"interdict-apt-bans-1","distribution":"debian"}
{"part":0,"repository":"cisa","directive":"BOD-17-01","revision":2,"subject":"kesl","name":"K","excludes":[{"kind":"package","value":"deb:kesl","versions":"vers:deb/9.0"}]}
{"part":1,"repository":"cisa","directive":"BOD-18-01","revision":1,"subject":"other","name":"O"}
"#;

fn marked(lines: &str) -> Vec<u8> {
    let bytes = format!("{HEAD}{lines}").into_bytes();
    File::drop_in("/bans".into(), bytes, Marker::First("#")).marked(12)
}

fn change(name: &str, version: &str) -> Change {
    let package = Package { name: name.into(), version: version.into(), architecture: Some("amd64".into()) };
    Change { package, present: None }
}

fn list(bytes: &[u8]) -> List {
    List::read(bytes, &BTreeSet::from(["kesl", "partly"]))
}

const KESL: &str = r#"{"package":"kesl","part":0,"stage":"enforce","kind":"package","value":"deb:kesl"}
{"package":"kesl","part":1,"stage":"audit","kind":"purl","value":"pkg:deb/debian/kesl"}
{"package":"partly","part":1,"stage":"enforce","kind":"package","value":"deb:partly","versions":"vers:deb/>=1.0|<2.0"}
{"package":"zzz","part":1,"stage":"enforce","kind":"package","value":"deb:zzz"}
"#;

#[test]
fn each_directive_says_its_own_and_what_it_leaves_out_is_let_through_by_it_alone() {
    let list = list(&marked(KESL));
    assert_eq!(list.broken, None);
    assert!(!list.bans.contains_key("zzz"), "nobody asked");
    let rulings = |version: &str| {
        let changes = [change("kesl", version)];
        hits(&list, &changes)
            .iter()
            .map(|hit| (hit.part.directive.to_string(), hit.ruling))
            .collect::<Vec<_>>()
    };
    let audited = ("BOD-18-01".to_owned(), Ruling::Audited);
    assert_eq!(rulings("1.0"), [("BOD-17-01".to_owned(), Ruling::Vetoed), audited.clone()]);
    assert_eq!(rulings("9.0"), [audited]);
}

#[test]
fn a_range_is_compared_as_dpkg_does_at_its_ends() {
    let list = list(&marked(KESL));
    for (version, vetoed) in [
        ("1.0~rc1", false),
        ("1.0", true),
        ("0:1.00", true),
        ("2.0~rc1", true),
        ("2.0", false),
        ("1:1.0", false),
    ] {
        let changes = [change("partly", version)];
        let rulings: Vec<Ruling> = hits(&list, &changes).iter().map(|hit| hit.ruling).collect();
        assert_eq!(rulings == [Ruling::Vetoed], vetoed, "{version}: {rulings:?}");
    }
    let changes = [change("partly", "1_0")];
    assert_eq!(hits(&list, &changes)[0].ruling, Ruling::Unsure);
}

#[test]
fn a_list_that_is_not_whole_is_used_as_far_as_it_goes_and_says_so() {
    let whole = marked(KESL);
    for (bytes, broken, vetoed) in
        [
            (whole[..whole.len() - 4].to_vec(), Broken::Edited, true),
            (KESL.as_bytes().to_vec(), Broken::Edited, false),
            (Vec::new(), Broken::Edited, false),
            (marked(&format!("nonsense\n{KESL}")), Broken::Line { line: 5 }, true),
            (
                marked(&KESL.replace(
                    r#""stage":"enforce","kind":"package","value":"deb:kesl""#,
                    r#""stage":"never""#,
                )),
                Broken::Line { line: 5 },
                false,
            ),
            (marked("").iter().copied().filter(|byte| *byte != b'{').collect(), Broken::Edited, false),
        ]
    {
        let list = list(&bytes);
        assert_eq!(list.broken, Some(broken), "{}", String::from_utf8_lossy(&bytes));
        let changes = [change("kesl", "1.0")];
        assert_eq!(hits(&list, &changes).iter().any(|hit| hit.ruling == Ruling::Vetoed), vetoed);
    }
    let other =
        File::drop_in("/bans".into(), b"{\"format\":\"other\"}\n".to_vec(), Marker::First("#")).marked(1);
    assert_eq!(List::read(&other, &BTreeSet::new()).broken, Some(Broken::Line { line: 2 }));
}

#[test]
fn what_is_said_names_the_package_and_who_bans_it() {
    let list = list(&marked(KESL));
    let changes = [Change { present: Some("0.9".into()), ..change("kesl", "1.0") }];
    let said: Vec<String> = hits(&list, &changes).iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "vetoed: kesl 1.0 (amd64), instead of 0.9: BOD-17-01 revision 2 of cisa, kesl (K)",
            "banned, let through (audit): kesl 1.0 (amd64), instead of 0.9: BOD-18-01 revision 1 of cisa, other (O)",
        ]
    );
}
