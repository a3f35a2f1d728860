//! What was seen of a component, against each kind of rule; and the names of entities.

use interdict_schema::product::text::TextRule;
use interdict_schema::product::{Identifier as Parsed, IdentifierError};
use serde_json::json;

use super::*;

/// A component as a table with one column beside its name has it.
fn row_of(column: &str, value: &str) -> Component {
    let table = format!("name,{column}\nx,\"{value}\"\n");
    let mut inventory = csv::read(table.as_bytes(), "t.csv", &Limits::STANDARD);
    assert!(inventory.is_complete(), "{column} {value}: {:?}", inventory.coverage);
    inventory.components.remove(0)
}

/// The verdict of a rule on a row.
fn of(kind: &str, rule: &str, column: &str, value: &str) -> String {
    verdict(&identified(json!([{ "kind": kind, "value": rule }])), row_of(column, value))
}

#[test]
fn each_kind_recognises_what_an_inventory_says_and_not_what_looks_alike() {
    let (digest, other) = ("0a".repeat(32), "0b".repeat(32));
    let (hash, other_hash) = ("0a".repeat(20), "0b".repeat(20));
    for (kind, rule, column, found, friend) in [
        ("authenticode", digest.as_str(), "authenticode", digest.to_uppercase().as_str(), other.as_str()),
        ("cdhash", &hash, "cdhash", &hash, &other_hash),
        ("path", "/opt/kaspersky/kesl", "path", "/opt/kaspersky/kesl/bin/kesl", "/opt/kaspersky/kesl2"),
        (
            "path",
            r"%ProgramFiles%\Kaspersky Lab",
            "install location",
            r"D:\Program Files\KASPERSKY LAB\x",
            r"C:\Kaspersky Lab",
        ),
        ("path", "/opt/**/klnagent", "path", "/opt/a/b/klnagent/c", "/srv/a/klnagent"),
        ("process", "avp.exe", "process", r"C:\x\AVP.EXE", "avpx.exe"),
        ("process", "kl*.exe", "process", "klnagent.exe", "svchost.exe"),
        ("signer", "AO Kaspersky Lab", "signer", "CN=Kaspersky, O=AO Kaspersky Lab", "CN=AO Kaspersky Labs"),
        ("team-id", "2Y8XE5CQ94", "team_id", "2Y8XE5CQ94", "2Y8XE5CQ95"),
        ("bundle-id", "com.kaspersky.kav", "bundle id", "com.Kaspersky.kav", "com.kaspersky.kav.sysext"),
        ("app-id", "com.kms.free", "app_id", "com.kms.free", "com.kms.freedom"),
        (
            "extension-id",
            "ahkjpbeeocnddjkakilopmfdlnjdpcdm",
            "extension_id",
            "ahkjpbeeocnddjkakilopmfdlnjdpcdm",
            "bhkjpbeeocnddjkakilopmfdlnjdpcdm",
        ),
        (
            "registry-key",
            r"HKLM\SOFTWARE\KL",
            "registry_key",
            r"HKLM\SOFTWARE\WOW6432Node\kl\x",
            r"HKLM\SOFTWARE\KLM",
        ),
        ("domain", "kaspersky.com", "domain", "www.Kaspersky.com.", "notkaspersky.com"),
        ("cidr", "192.0.2.0/24", "ip", "::ffff:192.0.2.9", "192.0.3.9"),
        ("cidr", "2001:db8::/32", "ip", "2001:db8::9", "2001:db9::9"),
        ("asn", "AS64496", "asn", "64496", "AS64497"),
        ("image", "kaspersky/kesl", "image", "docker.io/kaspersky/kesl:11", "kaspersky/kesl-gui"),
    ] {
        assert_eq!(of(kind, rule, column, found), "match", "{kind} {rule} {found}");
        assert_eq!(of(kind, rule, column, friend), "none", "{kind} {rule} {friend}");
    }
}

#[test]
fn digests_of_one_kind_are_not_compared_with_those_of_another() {
    let digest = "0a".repeat(32);
    assert_eq!(of("sha256", &digest, "authenticode", &digest), "none");
    assert_eq!(of("authenticode", &digest, "sha256", &digest), "none");
}

#[test]
fn evidence_says_which_rule_met_what_in_which_field() {
    let rule = identified(json!([
        {"kind": "path", "value": "/opt/kaspersky"}, {"kind": "domain", "value": "kaspersky.com"},
        {"kind": "process", "value": "k*", "confidence": "low"},
    ]));
    let table = "name,path,domain,process\nx,/opt/kaspersky/a|/srv/b,kaspersky.com,kesl\n";
    let inventory = csv::read(table.as_bytes(), "t.csv", &Limits::STANDARD);
    assessed(&rule, &inventory, |assessment| {
        let evidence: Vec<(&str, &str, usize)> = assessment.judgements[0]
            .evidence
            .iter()
            .map(|evidence| (evidence.field.as_str(), &*evidence.found, evidence.doubts.len()))
            .collect();
        assert_eq!(
            evidence,
            [("path", "/opt/kaspersky/a", 0), ("domain", "kaspersky.com", 0), ("process", "kesl", 1)]
        );
        assert!(assessment.not_looked_for.is_empty());
    });
}

#[test]
fn what_was_seen_in_every_version_wants_no_repair_by_itself() {
    let of = |kind: &str, value: &str| {
        directive(json!({"disposition": "remediate", "identifiers": [{"kind": kind, "value": value}]}))
    };
    let path = verdict(&of("path", "/opt/kaspersky"), row_of("path", "/opt/kaspersky"));
    assert_eq!(path, "possible: the directive names no versions");
    assert_eq!(verdict(&of("image", "a/b:1"), row_of("image", "a/b:1")), "match");
    assert_eq!(
        verdict(&of("image", "a/b"), row_of("image", "a/b:1")),
        "possible: the directive names no versions"
    );
}

fn made_by(entities: Value, identifiers: Value) -> Value {
    directive(json!({ "entities": entities, "identifiers": identifiers }))
}

#[test]
fn an_entitys_other_names_are_recognised_where_one_of_them_is_an_identifier() {
    let rule = made_by(
        json!([{"name": "AO Kaspersky Lab", "aliases": ["Kaspersky", "Лаборатория Касперского"]}, {"name": "Other"}]),
        json!([{"kind": "vendor", "value": "ao kaspersky-lab"}, {"kind": "signer", "value": "Kaspersky"}]),
    );
    for vendor in ["Kaspersky", "AO Kaspersky Lab", "ЛАБОРАТОРИЯ касперского"] {
        assert_eq!(verdict(&rule, of_vendor("x", vendor)), "match", "{vendor}");
        assert_eq!(verdict(&rule, row_of("signer", vendor)), "match", "{vendor}");
    }
    for vendor in ["Kaspersky Lab", "Other", "Kaspersky Inc"] {
        assert_eq!(verdict(&rule, of_vendor("x", vendor)), "none", "{vendor}");
    }
}

#[test]
fn an_entity_alone_recognises_nothing_and_beside_a_product_it_does() {
    let entities = json!([{"name": "Example", "aliases": ["Example, Inc."]}]);
    let rule = made_by(entities.clone(), json!([{"kind": "cpe", "value": "cpe:2.3:a:example:reader"}]));
    assert_eq!(verdict(&rule, of_vendor("Other Product", "Example, Inc.")), "none");
    let rule = made_by(entities, json!([{"kind": "product", "value": "Reader"}]));
    assert_eq!(verdict(&rule, of_vendor("reader", "EXAMPLE INC")), "match");
    assert_eq!(verdict(&rule, of_vendor("Other", "Example")), "none");
    assert_eq!(verdict(&rule, of_vendor("Reader", "Example Ltd")), "none");
}

#[test]
fn what_would_match_everything_is_kept_and_not_compared() {
    for (kind, value, rule) in [
        ("domain", "com", TextRule::SingleLabel),
        ("domain", "co.uk", TextRule::PublicSuffix),
        ("cidr", "0.0.0.0/0", TextRule::Everything),
        ("path", "/", TextRule::Everything),
        ("vendor", "*", TextRule::Everything),
        ("process", "*.exe", TextRule::Everything),
        ("registry-key", r"HKLM\SOFTWARE", TextRule::Everything),
    ] {
        let directive = identified(json!([{ "kind": kind, "value": value }]));
        let table = "name,vendor,domain,ip,path,process,registry_key\n\
            *,*,example.co.uk,192.0.2.1,/opt/x,a.exe,HKLM\\SOFTWARE\\x\n";
        let inventory = csv::read(table.as_bytes(), "t.csv", &Limits::STANDARD);
        assessed(&directive, &inventory, |assessment| {
            assert!(assessment.judgements.is_empty(), "{kind} {value}");
            let [unreadable] = &assessment.unreadable[..] else { panic!("{kind} {value}") };
            let IdentifierError::Text(error) = unreadable.error else { panic!("{:?}", unreadable.error) };
            assert_eq!(error.rule, rule, "{kind} {value}");
            assert_eq!(unreadable.identifier.value, value);
            assert!(Parsed::parse(kind, value, None).unwrap_err().is_everything());
        });
    }
}

#[test]
fn a_value_that_is_not_of_its_column_leaves_the_source_incomplete() {
    let table = "name,path,ip,team_id\na,opt/x,192.0.2,2y8XE5CQ94\n";
    let inventory = csv::read(table.as_bytes(), "t.csv", &Limits::STANDARD);
    assert!(!inventory.is_complete());
    let notes: Vec<String> = inventory.coverage[0]
        .notes
        .iter()
        .map(|note| format!("{} {}", note.place.row, note.problem))
        .collect();
    assert_eq!(
        notes,
        [
            "2 found a relative path in column path, which nothing can be compared with",
            "2 not a value of column ip, byte 0: found no address, wanted IPv4 or IPv6",
            "2 not a value of column team_id, byte 1: found another form, wanted 10 upper-case letters and digits",
        ]
    );
}

#[test]
fn a_row_may_be_nothing_but_what_was_seen() {
    let inventory = csv::read(b"ip,host\n192.0.2.1,h1\n", "t.csv", &Limits::STANDARD);
    assert!(inventory.is_complete(), "{inventory:?}");
    assert_eq!(inventory.components[0].name, "192.0.2.1");
}
