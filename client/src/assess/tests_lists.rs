//! Subjects that name lists of identifiers: rows and entries recognise as the subject's own identifiers do, and what is
//! missing is told.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail by panicking"
)]

use interdict_schema::Verified;
use interdict_schema::believe::Believed;
use interdict_schema::directive::IdentifierKind;
use interdict_schema::entity::resolve::HeldRevisions;
use interdict_schema::entity::{EntityList, EntryFile, Lists};
use interdict_schema::policy::Source;
use interdict_schema::product::Domain;
use serde_json::{Value, json};

use super::attached::{Sifted, Texts, Wanted, wanted};
use super::*;
use crate::inventory::{Component, Inventory, LooseFinding, SourceRow, Trace};
use crate::testing_signed as signed;

fn list(rows: Value, attachments: Value) -> Verified<Believed<EntityList>> {
    let mut text = json!({"format": "interdict-entity-list/1", "id": "BOD-X", "revision": 1, "title": "X", "issuer": "dhs",
        "issued": "2017-09-13"});
    text["identifiers"] = rows;
    text["attachments"] = attachments;
    signed::believed_list(&serde_json::to_vec(&text).unwrap())
}

fn directive(id: &str, own: Value, from: Value) -> Verified<Believed> {
    let mut text = json!({"format": "interdict-directive/1", "id": id, "revision": 1, "status": "in-force", "title": "t",
        "issuer": "dhs", "zone": "UTC", "issued": "2017-09-13",
        "subjects": [{"id": "s", "name": "S", "disposition": "prohibited"}]});
    text["subjects"][0]["identifiers"] = own;
    text["subjects"][0]["identifiers_from"] = from;
    signed::believed(&serde_json::to_vec(&text).unwrap())
}

fn row() -> SourceRow {
    SourceRow { source: 0, row: 1, byte: None, reference: None }
}

fn of(name: &str, vendor: Option<&str>) -> Component {
    let mut component = Component::named(name, row());
    if let Some(vendor) = vendor {
        component.add_vendor(vendor);
    }
    component
}

fn inventory(components: Vec<Component>) -> Inventory {
    Inventory { components, ..Inventory::default() }
}

fn assessed<T>(
    directives: &[Verified<Believed>],
    lists: &[Verified<Believed<EntityList>>],
    attached: &Attached,
    inventory: &Inventory,
    look: impl FnOnce(&Assessment<'_>) -> T,
) -> T {
    let held = lists.iter().map(|list| HeldRevisions { revisions: vec![list], marks: Vec::new() });
    let files = lists.iter().flat_map(|list| &list.document.value.attachments);
    let lists = std::sync::Arc::new(Lists::new(held, files.map(|file| (file.digest, file.path.clone()))));
    let source = |directive| Source {
        repository: "main",
        directive,
        marks: Vec::new(),
        lists: lists.clone(),
        ended: None,
        waivers: None,
        granted: &[],
    };
    let sources: Vec<Source<'_>> = directives.iter().map(source).collect();
    look(&assess(&sources, attached, inventory, "2017-10-01T00:00:00Z".parse().unwrap()))
}

/// Directive and verdict of every judgement, and the list of its first evidence.
fn verdicts(assessment: &Assessment<'_>) -> Vec<(String, &'static str, Option<String>)> {
    let verdict = |judgement: &Judgement<'_>| {
        let id = assessment.bound_of(judgement).directive().id.to_string();
        let list = judgement.evidence[0].list.map(|list| list.id.to_string());
        (id, judgement.verdict.as_str(), list)
    };
    assessment.judgements.iter().map(verdict).collect()
}

#[test]
fn one_list_recognises_for_every_directive_that_names_it_and_the_evidence_says_so() {
    let list = list(json!([{"kind": "package", "value": "kesl"}]), json!([]));
    let from = json!([{"list": "BOD-X"}]);
    let one = directive("BOD-1", json!([{"kind": "package", "value": "own"}]), from.clone());
    let two = directive("BOD-2", json!([]), from);
    let inventory = inventory(vec![of("kesl", None), of("own", None)]);
    assessed(&[one, two], &[list], &Attached::default(), &inventory, |assessment| {
        let x = Some("BOD-X".to_owned());
        assert_eq!(
            verdicts(assessment),
            [
                ("BOD-1".into(), "match", x.clone()),
                ("BOD-1".into(), "match", None),
                ("BOD-2".into(), "match", x)
            ]
        );
        assert_eq!(assessment.missing, []);
    });
}

#[test]
fn rows_of_a_list_never_narrow_what_a_subject_is_without_it() {
    let list = list(json!([{"kind": "product", "value": "Reader"}]), json!([]));
    let own = json!([{"kind": "vendor", "value": "Example"}]);
    let directive = directive("BOD-1", own, json!([{"list": "BOD-X"}]));
    let inventory = inventory(vec![of("Writer", Some("Example"))]);
    assessed(&[directive], &[list], &Attached::default(), &inventory, |assessment| {
        assert_eq!(verdicts(assessment), [("BOD-1".into(), "match", None)]);
    });
}

#[test]
fn a_vendor_beside_a_product_in_the_list_counts_with_it_alone() {
    let rows = json!([{"kind": "vendor", "value": "Example"}, {"kind": "product", "value": "Reader"}]);
    let list = list(rows, json!([]));
    let directive = directive("BOD-1", json!([]), json!([{"list": "BOD-X"}]));
    let mut reader = of("acroread", Some("Example"));
    reader.product = Some("Reader".into());
    let inventory = inventory(vec![of("Writer", Some("Example")), reader]);
    assessed(&[directive], &[list], &Attached::default(), &inventory, |assessment| {
        assert_eq!(verdicts(assessment).len(), 1);
        assert_eq!(assessment.findings().next().unwrap().component.unwrap().name, "acroread");
    });
}

#[test]
fn a_list_that_is_missing_is_told_of_and_everything_else_holds() {
    let own = json!([{"kind": "package", "value": "own"}]);
    let from = json!([{"list": "BOD-X", "min_revision": 2}, {"list": "BOD-Y"}]);
    let directive = directive("BOD-1", own, from);
    let list = list(json!([{"kind": "package", "value": "kesl"}]), json!([]));
    let inventory = inventory(vec![of("own", None), of("kesl", None)]);
    assessed(&[directive], &[list], &Attached::default(), &inventory, |assessment| {
        assert_eq!(verdicts(assessment).len(), 2);
        let gaps: Vec<String> = assessment.missing.iter().map(|missing| missing.gap.to_string()).collect();
        assert_eq!(
            gaps,
            ["the newest revision of list BOD-X is 1, wanted at least 2", "list BOD-Y is not held"]
        );
    });
}

#[test]
fn what_of_a_list_is_not_understood_is_told_once_for_all_directives() {
    let list = list(json!([{"kind": "smell", "value": "x"}, {"kind": "sha256", "value": "00"}]), json!([]));
    let from = json!([{"list": "BOD-X"}]);
    let both = [directive("BOD-1", json!([]), from.clone()), directive("BOD-2", json!([]), from)];
    let inventory = inventory(vec![of("a", None)]);
    assessed(&both, &[list], &Attached::default(), &inventory, |assessment| {
        let places: Vec<String> =
            assessment.unsupported.iter().map(|(id, place)| format!("{id} {}", place.pointer)).collect();
        assert_eq!(places, ["BOD-X /identifiers/0/kind"]);
        assert_eq!(assessment.unreadable.len(), 2);
    });
}

#[test]
fn entries_that_stand_in_the_inventory_recognise_as_rows_do() {
    let digest = interdict_schema::Sha256::of(b"x");
    let file = json!({"kind": "sha256", "path": "h.txt", "digest": digest, "length": 65, "entries": 1,
        "source": "seen", "confidence": "low"});
    let list = list(json!([]), json!([file]));
    let mut component = of("a", None);
    component.sha256 = vec![digest];
    let inventory = inventory(vec![component]);
    let named = &list.document.value.attachments[0];
    let Wanted::Among(texts) = wanted(&named.kind, &inventory) else { panic!("the inventory has a digest") };
    assert!(has(&texts, &digest.to_string()));
    assert!(!has(&texts, &interdict_schema::Sha256::of(b"y").to_string()));
    let mut attached = Attached::default();
    let mut sifted = Sifted::by(&texts);
    sifted.take(&digest.to_string());
    attached.keep(&list.document.value.id, list.payload.digest, 0, named, sifted);
    let directive = directive("BOD-1", json!([]), json!([{"list": "BOD-X"}]));
    assessed(&[directive], &[list], &attached, &inventory, |assessment| {
        assert_eq!(verdicts(assessment), [("BOD-1".into(), "possible", Some("BOD-X".into()))]);
        assert_eq!(assessment.judgements[0].evidence[0].identifier.source.as_deref(), Some("seen"));
    });
}

#[test]
fn entries_are_wanted_by_what_the_inventory_can_be_compared_with() {
    let mut component = of("@scope/name:amd64", None);
    component.ecosystem = Some("deb".into());
    let mut full = inventory(vec![component, of("kesl", None)]);
    let Wanted::Among(names) = wanted(&IdentifierKind::Package, &full) else { panic!("there are names") };
    assert!(has(&names, "kesl") && has(&names, "KESL") && !has(&names, "libkesl-doc"));
    assert!(matches!(wanted(&IdentifierKind::Sha256, &full), Wanted::Nothing(Why::NothingToCompare)));
    assert!(matches!(wanted(&IdentifierKind::Domain, &full), Wanted::Nothing(Why::NothingToCompare)));
    let seen = Trace::Domain(Domain::seen("update.bad.example.org").unwrap());
    full.components[1].traces = vec![seen, Trace::Address("192.0.2.7".parse().unwrap())];
    let Wanted::Among(domains) = wanted(&IdentifierKind::Domain, &full) else { panic!("a domain was seen") };
    assert!(has(&domains, "bad.example.org") && has(&domains, "BAD.example.org"));
    assert!(!has(&domains, "d.example.org") && domains.may_have("org").is_err());
    let Wanted::Among(networks) = wanted(&IdentifierKind::Cidr, &full) else { panic!("an address was seen") };
    assert!(has(&networks, "192.0.2.0/24") && !has(&networks, "198.51.100.0/24"));
    full.findings.push(LooseFinding { cve: "CVE-2021-44228".parse().unwrap(), affects: None, source: row() });
    let Wanted::Among(cves) = wanted(&IdentifierKind::Cve, &full) else { panic!("there is a finding") };
    assert!(has(&cves, "CVE-2021-44228") && !has(&cves, "CVE-2021-4422"));
}

fn has(texts: &Texts, entry: &str) -> bool {
    texts.may_have(entry).unwrap()
}

#[test]
fn entries_that_are_not_of_their_kind_are_counted_and_the_first_is_named() {
    let mut component = of("kesl", None);
    component.sha256 = vec![interdict_schema::Sha256::of(b"x")];
    component.traces = vec![
        Trace::Domain(Domain::seen("bad.example.org").unwrap()),
        Trace::Address("192.0.2.7".parse().unwrap()),
    ];
    component.cves = vec!["CVE-2021-44228".parse().unwrap()];
    let inventory = inventory(vec![component]);
    let digest = interdict_schema::Sha256::of(b"x").to_string();
    for (kind, entries, kept, malformed) in [
        (
            "sha256",
            vec!["abc", &digest, "zz"],
            1,
            Some((
                2,
                1,
                "not of this kind, byte 3: found another form, wanted 64 lower-case hexadecimal digits",
            )),
        ),
        (
            "cve",
            vec!["CVE-2021-44228", "CVE-21-1"],
            1,
            Some((1, 2, "not a CVE id, byte 4: found no year, wanted four digits and `-`, 1999 or later")),
        ),
        (
            "domain",
            vec!["bad.example.org", "co.uk", "not a domain"],
            1,
            Some((
                2,
                2,
                "not of this kind, byte 0: found a public suffix, below which everybody has names, wanted a domain that somebody has registered",
            )),
        ),
        (
            "cidr",
            vec!["192.0.2.0/24", "192.0.2.1/24"],
            1,
            Some((
                1,
                2,
                "not of this kind, byte 0: found bits set below the prefix, wanted the network's own address",
            )),
        ),
        (
            "package",
            vec!["a b", "kesl"],
            1,
            Some((
                1,
                1,
                "not of this kind, byte 1: found a blank or a wildcard, wanted one exact package name",
            )),
        ),
        ("domain", vec!["bad.example.org", "other.example.org"], 1, None),
    ] {
        let file =
            json!({"kind": kind, "path": "e.txt", "digest": digest, "length": 1, "entries": entries.len()});
        let list = list(json!([]), json!([file]));
        let named = &list.document.value.attachments[0];
        let Wanted::Among(texts) = wanted(&named.kind, &inventory) else { panic!("{kind}") };
        let mut sifted = Sifted::by(&texts);
        for entry in &entries {
            sifted.take(entry);
        }
        let mut attached = Attached::default();
        attached.keep(&list.document.value.id, list.payload.digest, 0, named, sifted);
        let directive = directive("BOD-1", json!([]), json!([{"list": "BOD-X"}]));
        assessed(&[directive], &[list], &attached, &inventory, |assessment| {
            assert_eq!(verdicts(assessment).len(), kept, "{kind}");
            let told: Vec<_> = assessment.malformed_entries.iter().collect();
            let Some((count, line, words)) = malformed else { return assert!(told.is_empty(), "{kind}") };
            let [told] = &told[..] else { panic!("{kind}") };
            assert_eq!((told.entries, told.line, told.path.as_str()), (count, line, "e.txt"), "{kind}");
            assert_eq!(told.error.to_string(), words, "{kind}");
        });
    }
}

/// What entries of a kind are to an inventory with one component of these columns.
fn looked_up(kind: &IdentifierKind, columns: &str, values: &str, entries: &[&str]) -> Vec<Option<bool>> {
    let table = format!("name,{columns}\nx,{values}\n");
    let inventory =
        crate::inventory::csv::read(table.as_bytes(), "t.csv", &crate::inventory::Limits::STANDARD);
    let Wanted::Among(texts) = wanted(kind, &inventory) else { panic!("{columns} can be compared") };
    entries.iter().map(|entry| texts.may_have(entry).ok()).collect()
}

#[test]
fn entries_of_every_kind_that_a_file_may_hold_are_looked_up_as_their_kind_is_compared() {
    let digest = "0a".repeat(32);
    let hash = "0b".repeat(20);
    let path = r"C:\Program Files\KL\avp.exe";
    for (kind, column, seen, entry, friend) in [
        (IdentifierKind::Sha256, "sha256", digest.as_str(), digest.as_str(), "0c".repeat(32).as_str()),
        (IdentifierKind::Authenticode, "authenticode", &digest, &digest, &"0c".repeat(32)),
        (IdentifierKind::Cdhash, "cdhash", &hash, &hash, &"0c".repeat(20)),
        (IdentifierKind::Package, "ecosystem", "deb", "deb:X", "deb:y"),
        (IdentifierKind::Purl, "purl", "pkg:npm/x@1", "pkg:npm/x@1", "pkg:npm/y@1"),
        (IdentifierKind::PurlNamespace, "purl", "pkg:npm/%40k/y@1", "pkg:npm/@k", "pkg:npm/%40kk"),
        (IdentifierKind::Path, "path", path, r"%ProgramFiles%\kl", r"C:\KL\avp.exe"),
        (
            IdentifierKind::RegistryKey,
            "registry_key",
            r"HKLM\SOFTWARE\KL\a",
            r"HKLM\Software\kl",
            r"HKLM\SOFTWARE\KM",
        ),
        (IdentifierKind::Process, "process", "avp.exe", "AVP.exe", "avpx.exe"),
        (IdentifierKind::Process, "process", "avp.exe", "av?.exe", "ax*.exe"),
        (IdentifierKind::Image, "image", "k/kesl:11", "docker.io/k/kesl", "k/kesl2"),
        (IdentifierKind::Asn, "asn", "AS64496", "AS64496", "AS64497"),
        (IdentifierKind::TeamId, "team_id", "2Y8XE5CQ94", "2Y8XE5CQ94", "2Y8XE5CQ95"),
    ] {
        assert!(EntryFile::may_hold(&kind));
        let found = looked_up(&kind, column, seen, &[entry, friend, "\u{1}"]);
        assert_eq!(found, [Some(true), Some(false), None], "{kind:?}");
    }
    for kind in [IdentifierKind::Cpe, IdentifierKind::Vendor, IdentifierKind::Product, IdentifierKind::Signer]
    {
        assert!(!EntryFile::may_hold(&kind), "{kind:?}");
    }
}

#[test]
fn a_vendor_of_cpe_names_in_a_list_means_all_that_it_makes() {
    let list = list(json!([{"kind": "cpe", "value": "cpe:2.3:a:kaspersky:*"}]), json!([]));
    let directive = directive("BOD-1", json!([]), json!([{"list": "BOD-X"}]));
    let named = |cpe: &str| {
        let mut component = of("x", None);
        component.cpe = vec![cpe.parse().unwrap()];
        component
    };
    let inventory = inventory(vec![
        named("cpe:2.3:a:kaspersky:anti-virus:21.3:*:*:*:*:*:*:*"),
        named("cpe:2.3:a:kasperskyos:anti-virus:21.3:*:*:*:*:*:*:*"),
        named("cpe:2.3:h:kaspersky:box:-:*:*:*:*:*:*:*"),
    ]);
    assessed(&[directive], &[list], &Attached::default(), &inventory, |assessment| {
        assert_eq!(verdicts(assessment), [("BOD-1".into(), "match", Some("BOD-X".into()))]);
    });
}
