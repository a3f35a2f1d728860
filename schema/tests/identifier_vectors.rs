//! `vectors/identifiers.tsv`: each kind of identifier against what sources saw, and where a value is none. Each case says
//! what must come of it and where it comes from, so that another implementation can run the file.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it counted"
)]

use std::collections::BTreeSet;

use interdict_schema::Sha256;
use interdict_schema::product::identifier::KINDS;
use interdict_schema::product::network::address;
use interdict_schema::product::{
    Answer, AppId, Asn, Authenticode, BundleId, CdHash, Cpe, Domain, ExtensionId, FilePath, Identifier,
    Image, Name, ProcessName, Purl, RegistryKey, TeamId, signer,
};

const VECTORS: &str = include_str!("../vectors/identifiers.tsv");

/// Kinds with suites of their own.
const ELSEWHERE: [&str; 3] = ["purl", "package", "product"];

fn compared(rule: &Identifier, seen: &str) -> Answer {
    let digest = seen.to_ascii_lowercase();
    match rule {
        Identifier::Domain(rule) => Answer::when(rule.matches(&Domain::seen(seen).unwrap())),
        Identifier::Cidr(rule) => Answer::when(rule.contains(address(seen).unwrap())),
        Identifier::Asn(rule) => Answer::when(*rule == Asn::parse(seen).unwrap()),
        Identifier::Sha256(rule) => Answer::when(*rule == digest.parse::<Sha256>().unwrap()),
        Identifier::Authenticode(rule) => Answer::when(*rule == Authenticode::parse(&digest).unwrap()),
        Identifier::CdHash(rule) => Answer::when(*rule == CdHash::parse(&digest).unwrap()),
        Identifier::Vendor(rule) => Answer::when(Some(rule) == Name::of(seen).as_ref()),
        Identifier::Signer(rule) => {
            Answer::when(signer::names(seen).iter().any(|name| Name::of(name).as_ref() == Some(rule)))
        }
        Identifier::TeamId(rule) => Answer::when(*rule == TeamId::parse(seen).unwrap()),
        Identifier::BundleId(rule) => Answer::when(*rule == BundleId::parse(seen).unwrap()),
        Identifier::AppId(rule) => Answer::when(*rule == AppId::parse(seen).unwrap()),
        Identifier::ExtensionId(rule) => Answer::when(*rule == ExtensionId::parse(seen).unwrap()),
        Identifier::RegistryKey(rule) => Answer::when(rule.matches(&RegistryKey::seen(seen).unwrap())),
        Identifier::Path(rule) => Answer::when(rule.matches(&FilePath::parse(seen).unwrap())),
        Identifier::Process(rule) => Answer::when(rule.matches(&ProcessName::seen(seen).unwrap())),
        Identifier::Image(rule) => rule.matches(&Image::parse(seen).unwrap()),
        Identifier::Cve(rule) => Answer::when(*rule == seen.parse().unwrap()),
        Identifier::PurlNamespace(rule) => Answer::when(rule.matches(&Purl::parse(seen).unwrap())),
        Identifier::Cpe(rule, _) => rule.matches(&Cpe::parse(seen).unwrap()),
        other => panic!("{other:?} has vectors of its own"),
    }
}

#[test]
fn every_case_comes_to_what_it_says() {
    let cases: Vec<&str> = VECTORS.lines().filter(|line| !line.starts_with('#')).collect();
    let mut kinds = BTreeSet::new();
    let mut wrong = Vec::new();
    for case in &cases {
        let fields: Vec<&str> = case.split('\t').collect();
        let [kind, rule, seen, wanted, origin] = fields[..] else { panic!("{case}") };
        assert!(!origin.is_empty(), "{case}");
        kinds.insert(kind);
        let found = match Identifier::parse(kind, rule, None) {
            Err(error) => format!("error {}", error.at()),
            Ok(rule) => match compared(&rule, seen) {
                Answer::Match => "match".into(),
                Answer::NoMatch => "none".into(),
                Answer::Unknown(_) => "unknown".into(),
            },
        };
        if found != wanted {
            wrong.push(format!("{case}: {found}"));
        }
    }
    println!("identifiers: {} of {}", cases.len() - wrong.len(), cases.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    for kind in KINDS {
        assert!(kinds.contains(kind) || ELSEWHERE.contains(&kind), "{kind} has no case");
    }
}
