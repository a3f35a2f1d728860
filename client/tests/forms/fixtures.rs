//! Policies and inventories.

use super::store::{KEV, Store, published};

/// Words that are markup, a formula, control sequences, and characters that turn the order of words or that XML lacks.
pub const HOSTILE: &str = "<script>alert(1)</script>]]>&amp;\"'\u{1b}[2J\u{9b}2J\u{7f}\u{202e}\u{fffe}";

/// A run, and how it ends.
pub struct Case {
    pub name: &'static str,
    pub store: Store,
    pub arguments: &'static [&'static str],
    pub code: u8,
}

pub fn cases() -> Vec<Case> {
    let case = |name, store, arguments, code| Case { name, store, arguments, code };
    let broken: &[&str] = &["fleet.csv", "broken.cdx.json", "rows.csv", "nowhere"];
    vec![
        case("everything", everything(), &["fleet.csv", "vex.cdx.json"], 1),
        case("all", everything(), &["fleet.csv", "--all"], 1),
        case("broken", everything(), broken, 3),
        case("clean", everything(), &["clean.csv"], 0),
        case("nothing", everything(), &["empty.csv"], 3),
        case("unsupported", unsupported(), &["fleet.csv"], 6),
        case("void", void(), &["fleet.csv"], 2),
        case("alarmed", alarmed(), &["fleet.csv"], 4),
    ]
}

/// A directive of which something has each verdict, with hostile words wherever its author may write.
pub fn directive() -> String {
    let hostile = serde_json::to_string(HOSTILE).unwrap();
    let subject = |id: &str, name: &str, disposition: &str, rest: &str| {
        format!(r#"{{"id":"{id}","name":{name},"disposition":"{disposition}",{rest}}}"#)
    };
    let package =
        |value: &str, more: &str| format!(r#""identifiers":[{{"kind":"package","value":"{value}"{more}}}]"#);
    let excludes = format!(
        r#","excludes":[{{"id":"spared","reason":{hostile},"identifiers":[{{"kind":"product","value":"Spared"}}]}}]"#
    );
    let vendor = r#""identifiers":[{"kind":"vendor","value":"Bad Maker"}]"#.to_owned() + &excludes;
    let versions = r#","versions":"vers:deb/<2""#;
    let subjects = [
        subject("bad", &hostile, "prohibited", &package("bad", "")),
        subject("half", "\"Half\"", "prohibited", &package("deb:half", versions)),
        subject("faint", "\"Faint\"", "prohibited", &package("faint", r#","confidence":"low""#)),
        subject("kept", "\"Kept\"", "prohibited", &package("kept", "")),
        subject("freed", "\"Freed\"", "prohibited", &package("freed", "")),
        subject("maker", "\"Bad Maker\"", "prohibited", &vendor),
        subject("absent", "\"Absent\"", "prohibited", &package("absent", "")),
        subject(
            "mend",
            "\"To be mended\"",
            "remediate",
            r#""identifiers":[{"kind":"cpe","value":"cpe:2.3:a:mender:tool:*:*:*:*:*:*:*:*"}]"#,
        ),
    ];
    format!(
        r#"{{"format":"interdict-directive/1","id":"BOD-30-01","revision":1,"status":"in-force","title":{hostile},
        "issuer":"dhs","zone":"America/New_York","issued":"2017-08-01","language":"en-US","subjects":[{}],
        "waivers":[{{"id":"w","part":"freed","from":"2017-09-01","until":"2017-12-31","granted_by":{hostile}}}],
        "actions":[
          {{"id":"plan","modality":"must","kind":"plan","paragraph":"2","description":{hostile},"due":{{"edge":"complete","offset":{{"n":60,"unit":"day","anchor":"issued"}}}}}},
          {{"id":"remove","modality":"must","kind":"remove","paragraph":"3","subjects":["bad","half","kept","maker"],"due":{{"edge":"complete","offset":{{"n":30,"unit":"day","anchor":"issued"}}}}}}]}}"#,
        subjects.join(",")
    )
}

fn exception(until: &str) -> String {
    format!(
        "[[exception]]\nid = \"kiosk\"\ndirective = \"BOD-30-01\"\npart = \"kept\"\n\
         identifier = {{ kind = \"package\", value = \"kept\" }}\nasset = \"h-2\"\nreason = \"<b>Later</b>\"\n\
         approved_by = \"E. Officer\"\nfrom = 2017-09-01\nuntil = {until}\n"
    )
}

/// One thing of each verdict.
pub fn fleet() -> String {
    let quoted = format!("\"{}\"", HOSTILE.replace('"', "\"\""));
    format!(
        "name,version,vendor,ecosystem,cpe,host\nbad,{quoted},{quoted},deb,,{quoted}\nbad,2,,deb,,h-2\nhalf,,,deb,,h-1\nfaint,1,,,,h-1\n\
         kept,1,,,,h-2\nfreed,1,,,,h-1\nSpared,1,Bad Maker,,,h-1\ntool,,,,cpe:2.3:a:mender:tool:1:*:*:*:*:*:*:*,h-1\n=fine(),1,,,,h-1\n"
    )
}

const VEX: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[
  {"type":"library","bom-ref":"x","name":"touched","version":"1","purl":"pkg:npm/touched@1"},
  {"type":"library","bom-ref":"y","name":"untouched","version":"1","purl":"pkg:npm/untouched@1"}],
  "vulnerabilities":[{"id":"CVE-2017-0001","affects":[{"ref":"x"}]},
  {"id":"CVE-2017-0003","affects":[{"ref":"y"}],"analysis":{"state":"false_positive"}}]}"#;

fn with(directives: &[&str]) -> Store {
    let directives: Vec<_> = directives.iter().map(|text| published(&[text])).collect();
    let store = Store::of(&directives);
    store.file("exceptions.toml", exception("2017-09-30").as_bytes());
    store.file("fleet.csv", fleet().as_bytes());
    store.file("vex.cdx.json", VEX.as_bytes());
    store.file(
        "broken.cdx.json",
        br#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"bad"},"#,
    );
    store.file("rows.csv", b"name,version\nbad,1\none,two,three\nfine,1\n");
    store.file("clean.csv", b"name,version,host\nfine,1,h-1\n");
    store.file("empty.csv", b"name,version\n");
    store
}

pub fn everything() -> Store {
    with(&[&directive(), KEV])
}

pub fn unsupported() -> Store {
    let text = directive().replace(
        r#""identifiers":[{"kind":"package","value":"absent"}]"#,
        r#""identifiers":[{"kind":"domain","value":"net"}]"#,
    );
    with(&[&text])
}

pub fn void() -> Store {
    let store = everything();
    store.file("exceptions.toml", exception("2017-09-12").as_bytes());
    store
}

pub fn alarmed() -> Store {
    use interdict_client::store::generation::{Alarm, AlarmKind};
    let store = everything();
    let alarm = Alarm {
        kind: AlarmKind::Quarantined,
        directive: Some("BOD-30-01".parse().unwrap()),
        reason: HOSTILE.to_owned(),
    };
    store.sync(&[published(&[&directive()]), published(&[KEV])], &[alarm]);
    store
}
