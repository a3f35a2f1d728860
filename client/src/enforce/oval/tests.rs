#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use interdict_schema::directive::Revision;
use interdict_schema::{DateTime, Sha256};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::super::{Because, Entry, Held, Mode, Origin, Seen};
use super::*;

fn part(subject: &str, stage: Stage, entries: &[(&str, &str, Option<&str>)]) -> Part {
    let now: DateTime = "2018-01-15T12:00:00Z".parse().unwrap();
    let origin = Origin {
        repository: "cisa".into(),
        directive: "BOD-01-01".parse().unwrap(),
        revision: Revision::FIRST,
        digest: Sha256::of(b"x"),
        subject: subject.into(),
        name: "]]><script>\u{0}\u{1b}\u{202e}\u{ffff}\"'&".into(),
        actions: Vec::new(),
    };
    let entry = |(kind, value, versions): &(&str, &str, Option<&str>)| Entry {
        kind: IdentifierKind::from(*kind),
        value: (*value).into(),
        versions: versions.map(Into::into),
        held: None,
    };
    Part {
        origin,
        stage,
        because: Because::Ordered { from: now },
        entries: entries.iter().map(entry).collect(),
        excluded: Vec::new(),
        gaps: Vec::new(),
    }
}

fn rendered(parts: Vec<Part>) -> Rendered {
    render(parts, &[]).unwrap()
}

fn render(parts: Vec<Part>, settings: &[(&str, &str)]) -> Result<Rendered, RenderError> {
    let settings: BTreeMap<String, String> =
        settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let (seen, known) = (Seen::default(), Oval.settings());
    let now = "2018-01-15T12:00:00Z".parse().unwrap();
    let options = Options { now, mode: Mode::Enforce, settings: &settings, known, seen: &seen };
    Oval.render(&Bans { generation: 1, parts }, &options)
}

/// What a document has: its ids by what they are of, references to ids, and texts by their element.
#[derive(Debug, Default)]
struct Found {
    ids: Vec<String>,
    references: BTreeSet<String>,
    texts: Vec<(String, String)>,
}

fn found(rendered: &Rendered) -> Found {
    let text = String::from_utf8(rendered.files[0].bytes.clone()).unwrap();
    let is_carried =
        |c: char| c >= ' ' && !('\u{7f}'..'\u{a0}').contains(&c) && !matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(text.chars().all(|c| c == '\n' || is_carried(c)));
    let mut reader = Reader::from_str(&text);
    let mut found = Found::default();
    let mut open: Vec<String> = Vec::new();
    let mut said = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                open.push(start.name().as_ref().to_owned());
                attributes(&start, &mut found);
                said.clear();
            }
            Event::Empty(start) => attributes(&start, &mut found),
            Event::Text(text) => said.push_str(&text),
            Event::GeneralRef(name) => {
                said.push_str(quick_xml::escape::resolve_predefined_entity(&name).unwrap());
            }
            Event::End(_) => {
                found.texts.push((open.pop().unwrap(), std::mem::take(&mut said)));
            }
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(open, Vec::<String>::new());
    found
}

fn attributes(start: &quick_xml::events::BytesStart<'_>, found: &mut Found) {
    for attribute in start.attributes() {
        let attribute = attribute.unwrap();
        let value = attribute.value.into_owned();
        match attribute.key.as_ref() {
            "id" => found.ids.push(value),
            key if key.ends_with("_ref") => {
                found.references.insert(value);
            }
            _ => {}
        }
    }
}

impl Found {
    /// The texts of all elements of a name.
    fn of(&self, element: &str) -> Vec<&str> {
        let all = self.texts.iter().filter(|(name, _)| name == element);
        let mut texts: Vec<&str> = all.map(|(_, text)| text.as_str()).collect();
        texts.sort_unstable();
        texts
    }

    /// Every id is there once, and everything that is named is there.
    fn is_whole(&self) {
        let ids: BTreeSet<&String> = self.ids.iter().collect();
        assert_eq!(ids.len(), self.ids.len());
        assert!(self.references.iter().filter(|id| id.starts_with("oval:")).all(|id| ids.contains(id)));
        for id in ids {
            let number = id.rsplit(':').next().unwrap();
            assert!(number.parse::<u64>().is_ok_and(|read| read > 0 && read.to_string() == number));
        }
    }

    fn packages(&self) -> Vec<&str> {
        let mut names = self.of("linux:name");
        // The two that say whether their database can be read.
        names.retain(|name| !matches!(*name, "dpkg" | "rpm"));
        names
    }
}

#[test]
fn an_enforced_ban_is_found_and_said_to_be_blocked_by_nobody() {
    let entries = [
        ("package", "deb:a", None),
        ("package", "b", None),
        ("purl", "pkg:deb/debian/c@1?arch=amd64", None),
        ("path", "/opt/d", None),
        ("registry-key", r"HKLM\SOFTWARE\E", None),
    ];
    let written = rendered(vec![part("s", Stage::Enforce, &entries)]);
    for number in 0..entries.len() {
        assert_eq!(written.verdicts.of(number), BLOCKS_NOTHING);
    }
    let audited = rendered(vec![part("s", Stage::Audit, &entries)]);
    let verdicts: Vec<Fidelity> = (0..entries.len()).map(|number| audited.verdicts.of(number)).collect();
    let less = Fidelity::UnderBlocks(ANY_TOOL);
    assert_eq!(verdicts, [Fidelity::Exact, less, Fidelity::Exact, Fidelity::Exact, Fidelity::Exact]);
    assert_eq!(audited.files, written.files);
    let found = found(&written);
    found.is_whole();
    assert_eq!(found.packages(), ["a", "b", "b", "c"]);
    assert_eq!(found.of("unix:filepath"), ["/opt/d"]);
    assert_eq!(found.of("unix:path"), ["/opt/d"]);
    assert_eq!(found.of("win:key"), [r"software\e", r"software\e"]);
}

#[test]
fn what_is_freed_is_not_there_and_what_is_held_is() {
    let freed =
        rendered(vec![part("s", Stage::Freed, &[("package", "deb:a", None), ("domain", "a.example", None)])]);
    assert_eq!(freed.verdicts.of(0), Fidelity::Freed);
    assert_eq!(freed.verdicts.of(1), Fidelity::OtherKind);
    assert_eq!(found(&freed).packages(), [""; 0]);
    let mut held = part("s", Stage::Enforce, &[("package", "deb:a", None)]);
    held.entries[0].held = Some(Held::Confidence);
    let held = rendered(vec![held]);
    assert_eq!(held.verdicts.of(0), Fidelity::Exact);
    assert_eq!(found(&held).packages(), ["a"]);
}

#[test]
fn the_same_rule_has_the_same_ids_beside_others() {
    let one = || part("one", Stage::Enforce, &[("package", "deb:a", Some("<2"))]);
    let other = part("other", Stage::Enforce, &[("package", "deb:b", None), ("path", "/opt/a", None)]);
    let alone: BTreeSet<String> = found(&rendered(vec![one()])).ids.into_iter().collect();
    let both: BTreeSet<String> = found(&rendered(vec![other, one()])).ids.into_iter().collect();
    assert!(alone.is_subset(&both));
    // Two of one name are two all the same.
    let twice = rendered(vec![one(), one()]);
    found(&twice).is_whole();
}

#[test]
fn what_an_order_leaves_out_is_taken_away_where_a_scanner_can_tell_it() {
    let mut all = part(
        "s",
        Stage::Audit,
        &[("package", "deb:a", None), ("path", "/opt/a", None), ("path", "/opt/*/b", None)],
    );
    let without =
        part("x", Stage::Audit, &[("package", "deb:a", Some(">=2")), ("path", "/opt/a/uninstall", None)]);
    all.excluded = without.entries;
    let rendered = rendered(vec![all]);
    let verdicts: Vec<Fidelity> = (0..3).map(|number| rendered.verdicts.of(number)).collect();
    assert_eq!(verdicts, [Fidelity::Exact, Fidelity::Exact, Fidelity::OverBlocks(FINDS_MORE)]);
    let found = found(&rendered);
    assert_eq!(found.of("linux:evr"), ["0:2"]);
    assert!(found.of("unix:filepath").contains(&"^/opt/a/uninstall(/.*)?$"));
    assert_eq!(found.of("filter").len(), 1);
}

#[test]
fn a_wildcard_stays_between_its_separators_and_all_else_is_literal() {
    let entries = [
        ("path", "/opt/a.b*/c?/**/d[1]", None),
        ("path", r"%ProgramFiles%\A b\*", None),
        ("registry-key", r"HKCU\Software\K.L*", None),
    ];
    let found = found(&rendered(vec![part("s", Stage::Audit, &entries)]));
    assert_eq!(found.of("unix:path"), [r"^/opt/a\.b[^/]*/c[^/](/[^/]+)*/d\[1\]$"]);
    let windows = found.of("win:path");
    assert_eq!(windows.len(), 2);
    assert!(
        windows.iter().all(|path| path.starts_with(r"^[a-zA-Z]:\\[pP][rR]") && path.ends_with(r"\\[^\\]*$"))
    );
    let users = r"^[^\\]+\\[sS][oO][fF][tT][wW][aA][rR][eE]\\[kK]\.[lL][^\\]*$";
    assert_eq!(found.of("win:key"), [users; 2]);
}

#[test]
fn refuses_settings_that_are_no_place_no_namespace_or_no_class() {
    for (key, value) in [
        ("file", "relative.xml"),
        ("file", "/etc/../x.xml"),
        ("file", "/etc/passwd"),
        ("namespace", ""),
        ("namespace", "a:b"),
        ("class", "patch"),
    ] {
        let error = render(Vec::new(), &[(key, value)]).unwrap_err();
        assert!(matches!(error, RenderError::Setting { key: found, .. } if found == key), "{key} {value}");
    }
    assert!(render(Vec::new(), &[("namespace", &"a".repeat(100))]).is_ok());
    assert!(render(Vec::new(), &[("namespace", &"a".repeat(101))]).is_err());
}

#[test]
fn says_from_when_on_a_document_is_not_judged_and_scanners_suffer() {
    let names: Vec<String> = (0..MANY).map(|number| format!("deb:p{number}")).collect();
    let entries: Vec<(&str, &str, Option<&str>)> =
        names.iter().map(|name| ("package", name.as_str(), None)).collect();
    let of = |count: usize| rendered(vec![part("s", Stage::Audit, &entries[..count])]);
    let judged = |rendered: &Rendered| rendered.validate[0].arguments[1] == Argument::Text("validate");
    let warned = |rendered: &Rendered| {
        rendered.warnings.iter().map(|one| one.0.contains("memory")).collect::<Vec<_>>()
    };
    for (count, is_judged, warnings) in [
        (JUDGED, true, &[][..]),
        (JUDGED + 1, false, &[false][..]),
        (MANY - 1, false, &[false][..]),
        (MANY, false, &[true][..]),
    ] {
        let rendered = of(count);
        assert_eq!(judged(&rendered), is_judged, "{count}");
        assert_eq!(warned(&rendered), warnings, "{count}");
    }
}

/// What stands between the type and the name is a distribution's, and one word; a version is one of dpkg's.
fn is_told(purl: &interdict_schema::product::Purl) -> bool {
    use interdict_schema::product::version::Scheme;
    purl.namespace().is_none_or(|namespace| namespace == "debian")
        && purl.qualifiers().is_empty()
        && purl.subpath().is_none()
        && purl.version().is_none_or(|version| Scheme::Deb.key(version).is_ok())
}

fn hostile() -> impl Strategy<Value = String> {
    const BITS: &[&str] = &[
        "<", ">", "&", "\"", "'", "]]>", "<!--", "-->", "*", "?", "$", "\\", "/", ":", "\n", "\u{0}",
        "\u{1b}", "\u{fffe}", "é", "a", "b1", ".", "-", "+", " ", "%0A", "@",
    ];
    prop::collection::vec(prop::sample::select(BITS), 1..9).prop_map(|bits| bits.concat())
}

proptest! {
    /// Whatever is banned, the document is whole, and has exactly the names that were read.
    #[test]
    fn hostile_text_adds_nothing_to_the_document(texts in prop::collection::vec((0_usize..6, hostile()), 1..12)) {
        let values: Vec<(&str, String)> = texts.iter().map(|(kind, text)| match kind {
            0 => ("package", format!("deb:{text}")),
            1 => ("package", text.clone()),
            2 => ("purl", format!("pkg:deb/debian/{text}")),
            3 => ("path", format!("/opt/{text}")),
            4 => ("path", format!(r"C:\{text}")),
            _ => ("registry-key", format!(r"HKLM\SOFTWARE\{text}")),
        }).collect();
        let entries: Vec<(&str, &str, Option<&str>)> = values.iter().map(|(kind, value)| (*kind, value.as_str(), None)).collect();
        let part = part("s", Stage::Audit, &entries);
        let identifiers: Vec<Identifier> = part.entries.iter().filter_map(|entry| entry.read().ok()).collect();
        let rendered = rendered(vec![part]);
        let found = found(&rendered);
        found.is_whole();
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        for identifier in &identifiers {
            let name = match identifier {
                Identifier::Package(package, _) if package.ecosystem().is_none_or(|of| matches!(of, "deb" | "rpm")) => package.name(),
                Identifier::Purl(purl, _) if is_told(purl) => purl.name(),
                _ => continue,
            };
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-');
            if name.chars().all(plain) && !name.starts_with(['.', '+', '-']) {
                wanted.insert(name.to_owned());
            }
        }
        let names: BTreeSet<String> = found.packages().into_iter().map(str::to_owned).collect();
        prop_assert_eq!(names, wanted);
        // A path that is written has a verdict that says so, and the other way round.
        let acted = (0..entries.len()).filter(|number| rendered.verdicts.of(*number).acts()).count();
        prop_assert_eq!(acted == 0, found.references.iter().filter(|id| id.contains(":tst:")).count() == 2);
    }
}
