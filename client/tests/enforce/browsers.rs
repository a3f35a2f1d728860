//! Browsers: exactly the intended entries, whatever the identifiers are and whatever the administrator has.

use std::collections::{BTreeMap, BTreeSet};

use interdict_client::enforce::browsers::chromium::{CHROME, CHROMIUM, EDGE, FIRST, LAST};
use interdict_client::enforce::browsers::merge::{Ours, put_in, taken_out};
use interdict_client::enforce::browsers::{Firefox, HEEDED};
use interdict_client::enforce::target::Now;
use interdict_client::enforce::{
    Bans, Fidelity, Mode, Ownership, Part, RenderError, Rendered, Seen, Stage, Target,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::bans::{With as _, bans, made_up, options, part};

const FOLDER: &str = "/etc/chromium/policies/managed";
const FILE: &str = "/etc/firefox/policies/policies.json";
const DISTRIBUTION: &str = "/usr/lib/firefox-esr/distribution/policies.json";
const ID: &str = "abcdefghijklmnopabcdefghijklmnop";

fn render(target: &dyn Target, bans: &Bans, seen: &Seen) -> Rendered {
    target.render(bans, &options(target, Mode::Enforce, &BTreeMap::new(), seen)).unwrap()
}

fn foreign(files: &[(&str, Value)]) -> Seen {
    let mut seen = Seen::default();
    for (path, value) in files {
        let bytes = serde_json::to_vec(value).unwrap();
        seen.add(path.into(), Now { bytes, base: None, ours: false });
    }
    seen
}

fn others(files: &[(&str, Value)]) -> Seen {
    let paths: Vec<String> = files.iter().map(|(name, _)| format!("{FOLDER}/{name}")).collect();
    let files: Vec<(&str, Value)> =
        paths.iter().zip(files).map(|(path, (_, value))| (path.as_str(), value.clone())).collect();
    foreign(&files)
}

/// A rendered file of this name, read again.
fn read(rendered: &Rendered, name: &str) -> Value {
    let file = rendered.files.iter().find(|file| file.path.ends_with(name)).unwrap();
    serde_json::from_slice(&file.bytes).unwrap()
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn verdicts(rendered: &Rendered, bans: &Bans) -> Vec<Fidelity> {
    bans.iter().map(|ban| rendered.verdicts.of(ban.number)).collect()
}

fn one(stage: Stage) -> Part {
    part("BOD-17-01", "one", stage)
}

#[test]
fn what_is_only_audited_or_freed_is_written_nowhere() {
    let targets: [&dyn Target; 4] = [&CHROMIUM, &CHROME, &EDGE, &Firefox];
    for target in targets {
        for (stage, verdict) in [(Stage::Audit, Fidelity::NoAudit), (Stage::Freed, Fidelity::Freed)] {
            let bans = bans(vec![one(stage).with("domain", "banned.example")]);
            let rendered = render(target, &bans, &Seen::default());
            assert_eq!(rendered.files, []);
            assert_eq!(verdicts(&rendered, &bans), [verdict]);
        }
    }
}

#[test]
fn each_family_refuses_the_ids_of_its_own_form_and_leaves_the_other_to_the_other() {
    let guid = "{D10D0BF8-F5B5-C8B4-A8B2-2B9879E08C5d}";
    let ids = [ID, "addon@banned.example", guid, "com.banned.suite", "evil\",\"*\":\"@example.org"];
    let bans = bans(vec![ids.iter().fold(one(Stage::Enforce), |part, id| part.with("extension-id", id))]);
    let chromium = render(&CHROMIUM, &bans, &Seen::default());
    let refusal =
        json!({ "blocked_install_message": "Banned by BOD-17-01.", "installation_mode": "blocked" });
    for name in [FIRST, LAST] {
        assert_eq!(read(&chromium, name)["ExtensionSettings"], json!({ ID: refusal }));
    }
    let unreadable = Fidelity::NotExpressible("not an id of an extension");
    let other = Fidelity::OtherKind;
    assert_eq!(verdicts(&chromium, &bans), [Fidelity::Exact, other, other, other, unreadable]);
    let firefox = render(&Firefox, &bans, &Seen::default());
    let settings = &read(&firefox, "policies.json")["policies"]["ExtensionSettings"];
    let (lower, upper) = (guid.to_ascii_lowercase(), guid.to_ascii_uppercase());
    let wanted = json!({ ids[1]: refusal, guid: refusal, lower: refusal, upper: refusal });
    assert_eq!(*settings, wanted);
    let verdicts = verdicts(&firefox, &bans);
    assert_eq!(
        [verdicts[0], verdicts[1], verdicts[3], verdicts[4]],
        [other, Fidelity::Exact, other, unreadable]
    );
    assert!(matches!(verdicts[2], Fidelity::UnderBlocks(_)));
}

#[test]
fn what_one_order_leaves_out_and_another_bans_is_refused() {
    let left_out = one(Stage::Enforce).with("extension-id", ID).without("extension-id", ID);
    let bans =
        |second| bans(vec![left_out.clone(), part("BOD-18-01", "two", second).with("extension-id", ID)]);
    assert_eq!(render(&CHROMIUM, &bans(Stage::Freed), &Seen::default()).files, []);
    let both = render(&CHROMIUM, &bans(Stage::Enforce), &Seen::default());
    assert_eq!(read(&both, LAST)["ExtensionSettings"][ID]["blocked_install_message"], "Banned by BOD-18-01.");
}

/// Blocked, left out below, and banned again below that by another order.
fn nested() -> Bans {
    let outer = one(Stage::Enforce).with("domain", "banned.example").without("domain", "cert.banned.example");
    bans(vec![outer, part("BOD-18-01", "two", Stage::Enforce).with("domain", "x.cert.banned.example")])
}

#[test]
fn in_chromium_the_narrower_entry_wins_and_in_firefox_always_the_exception() {
    let chromium = render(&CHROMIUM, &nested(), &Seen::default());
    let last = read(&chromium, LAST);
    assert_eq!(last["URLBlocklist"], json!(["banned.example", "x.cert.banned.example"]));
    assert_eq!(last["URLAllowlist"], json!(["cert.banned.example"]));
    assert_eq!(last["PolicyListMultipleSourceMergeList"], json!(["URLAllowlist", "URLBlocklist"]));
    assert!(chromium.files.iter().all(|file| !file.path.ends_with(FIRST)), "no extension, no first file");
    let firefox = render(&Firefox, &nested(), &Seen::default());
    let filter =
        json!({ "Block": ["*://*.banned.example/*"], "Exceptions": ["*://*.cert.banned.example/*"] });
    assert_eq!(read(&firefox, "policies.json")["policies"]["WebsiteFilter"], filter);
    assert!(matches!(
        verdicts(&firefox, &nested())[..],
        [Fidelity::UnderBlocks(_), Fidelity::NotExpressible(_)]
    ));
}

#[test]
fn no_more_names_are_written_than_a_browser_heeds_the_administrators_among_them() {
    for (count, theirs, beyond) in [(HEEDED, 0, 0), (HEEDED + 1, 0, 1), (HEEDED - 1, 1, 0), (HEEDED, 1, 1)] {
        let many = (0..count)
            .fold(one(Stage::Enforce), |part, number| part.with("domain", &format!("n{number:04}.example")));
        let bans = bans(vec![many]);
        let own: Vec<String> = (0..theirs).map(|number| format!("own{number}.example")).collect();
        let chromium = render(&CHROMIUM, &bans, &others(&[("own.json", json!({ "URLBlocklist": own }))]));
        assert_eq!(texts(&read(&chromium, LAST)["URLBlocklist"]).len(), count - beyond);
        let own: Vec<String> = own.iter().map(|name| format!("*://*.{name}/*")).collect();
        let own = json!({ "policies": { "WebsiteFilter": { "Block": own } } });
        let firefox = render(&Firefox, &bans, &foreign(&[(FILE, own)]));
        let filter = &read(&firefox, "policies.json")["policies"]["WebsiteFilter"];
        assert_eq!(texts(&filter["Block"]).len(), count - beyond + theirs);
        for rendered in [chromium, firefox] {
            let all = verdicts(&rendered, &bans);
            let lost = all.iter().filter(|verdict| matches!(verdict, Fidelity::NotExpressible(_))).count();
            assert_eq!(lost, beyond);
            assert_eq!(all.last().is_some_and(|verdict| !verdict.acts()), beyond == 1, "the last by name");
            let told =
                rendered.warnings.iter().any(|warning| warning.0.starts_with("1 domains are not blocked"));
            assert_eq!(told, beyond == 1);
        }
    }
}

#[test]
fn chromium_merges_what_the_administrator_merges_and_says_where_a_file_overrides_ours() {
    let bans = bans(vec![one(Stage::Enforce).with("domain", "banned.example").with("extension-id", ID)]);
    let (lists, dictionaries) =
        ("PolicyListMultipleSourceMergeList", "PolicyDictionaryMultipleSourceMergeList");
    let own = json!({ lists: ["ExtensionInstallBlocklist"], dictionaries: ["Other"] });
    let last = read(&render(&CHROMIUM, &bans, &others(&[("own.json", own)])), LAST);
    assert_eq!(last[lists], json!(["ExtensionInstallBlocklist", "URLAllowlist", "URLBlocklist"]));
    assert_eq!(last[dictionaries], json!(["ExtensionSettings", "Other"]));
    let allowed = json!({ "ExtensionSettings": { format!("x,{ID}"): { "installation_mode": "allowed" } } });
    for (name, own, domain, extension) in [
        ("own.json", allowed.clone(), true, true),
        ("0.json", allowed.clone(), true, false),
        ("zzz.json", allowed, true, false),
        ("zzz.json", json!({ "ExtensionSettings": { ID: { "installation_mode": "removed" } } }), true, true),
        // Nothing of the administrator's is to be merged with ours.
        ("zzz.json", json!({ lists: ["Other"] }), true, true),
        ("zzz.json", json!({ lists: ["Other"], "URLBlocklist": ["own.example"] }), false, true),
        ("zzz.json", json!({ lists: ["*"], "URLBlocklist": ["own.example"] }), true, true),
        ("zzz.json", json!({ dictionaries: [], "ExtensionSettings": { "*": {} } }), true, false),
        ("zzz.json", json!("no policies"), true, true),
    ] {
        let rendered = render(&CHROMIUM, &bans, &others(&[(name, own.clone())]));
        let acts: Vec<bool> = verdicts(&rendered, &bans).iter().map(|verdict| verdict.acts()).collect();
        assert_eq!(acts, [domain, extension], "{name} {own}");
        let blocks = rendered.files.iter().any(|file| file.path.ends_with(LAST))
            && read(&rendered, LAST).get("URLBlocklist").is_some();
        assert_eq!(blocks, domain, "{name} {own}");
        assert_eq!(rendered.warnings.len(), usize::from(own.is_string()), "{name} {own}");
    }
}

#[test]
fn what_the_administrator_lets_through_is_said_and_what_they_block_stays_blocked() {
    let bans = bans(vec![
        one(Stage::Enforce).with("domain", "banned.example").without("domain", "cert.banned.example"),
    ]);
    let pierced = |rendered: &Rendered| matches!(verdicts(rendered, &bans)[..], [Fidelity::UnderBlocks(reason)] if reason.contains("administrator"));
    for (own, is_pierced) in [("www.banned.example", true), ("banned.example/x", true), ("example", false)] {
        let own = others(&[("own.json", json!({ "URLAllowlist": [own] }))]);
        assert_eq!(pierced(&render(&CHROMIUM, &bans, &own)), is_pierced);
    }
    for (own, is_pierced) in
        [("*://*.example/*", true), ("https://banned.example/x", true), ("*://*.org/*", false)]
    {
        let own = json!({ "policies": { "WebsiteFilter": { "Exceptions": [own] } } });
        assert_eq!(pierced(&render(&Firefox, &bans, &foreign(&[(FILE, own)]))), is_pierced);
    }
    let own = others(&[("own.json", json!({ "URLBlocklist": ["*"] }))]);
    assert_eq!(read(&render(&CHROMIUM, &bans, &own), LAST).get("URLAllowlist"), None);
    let own = json!({ "policies": { "WebsiteFilter": { "Block": ["<all_urls>"] } } });
    let merged = read(&render(&Firefox, &bans, &foreign(&[(FILE, own)])), "policies.json");
    assert_eq!(merged["policies"]["WebsiteFilter"].get("Exceptions"), None);
}

#[test]
fn firefox_keeps_what_the_administrator_has_and_changes_between_two_times() {
    let own = json!({ "policies": {
        "DisableTelemetry": true,
        "WebsiteFilter": { "Block": ["*://own.example/*", "*://*.banned.example/*"] },
        "ExtensionSettings": { "*": { "installation_mode": "allowed" }, "a@b": { "installation_mode": "allowed" } },
    } });
    let first = bans(vec![one(Stage::Enforce).with("domain", "banned.example").with("extension-id", "a@b")]);
    let rendered = render(&Firefox, &first, &foreign(&[(FILE, own.clone())]));
    assert_eq!(rendered.files[0].ownership, Ownership::Shared);
    let mut merged = read(&rendered, "policies.json");
    assert_eq!(merged["policies"]["DisableTelemetry"], true);
    assert_eq!(merged["policies"]["ExtensionSettings"]["a@b"]["installation_mode"], "blocked");
    assert_eq!(
        merged["policies"]["WebsiteFilter"]["Block"],
        json!(["*://own.example/*", "*://*.banned.example/*"])
    );
    let back = |bytes: &[u8]| serde_json::from_slice::<Value>(&Firefox.without(bytes).unwrap()).unwrap();
    assert_eq!(back(&rendered.files[0].bytes), own);
    // Edited by hand, and rendered from other bans.
    merged["policies"]["DisablePocket"] = json!(true);
    let second = bans(vec![one(Stage::Enforce).with("domain", "later.example")]);
    let rendered = render(&Firefox, &second, &foreign(&[(FILE, merged)]));
    let again = read(&rendered, "policies.json");
    assert_eq!(
        again["policies"]["WebsiteFilter"]["Block"],
        json!(["*://own.example/*", "*://*.banned.example/*", "*://*.later.example/*"])
    );
    let mut wanted = own;
    wanted["policies"]["DisablePocket"] = json!(true);
    assert_eq!(again["policies"]["ExtensionSettings"], wanted["policies"]["ExtensionSettings"]);
    assert_eq!(back(&rendered.files[0].bytes), wanted);
}

#[test]
fn firefox_takes_over_the_policies_of_the_installation_and_follows_them() {
    let bans = bans(vec![one(Stage::Enforce).with("domain", "banned.example")]);
    let own = json!({ "policies": { "DisableTelemetry": true } });
    let rendered = render(&Firefox, &bans, &foreign(&[(DISTRIBUTION, own)]));
    let taken = read(&rendered, "policies.json");
    assert_eq!(taken["policies"]["DisableTelemetry"], true);
    assert_eq!(taken["interdict"]["taken-from"], DISTRIBUTION);
    let later = json!({ "policies": { "DisablePocket": true } });
    let mut seen = foreign(&[(DISTRIBUTION, later.clone())]);
    seen.add(FILE.into(), Now { bytes: rendered.files[0].bytes.clone(), base: None, ours: true });
    let followed = read(&render(&Firefox, &bans, &seen), "policies.json");
    assert_eq!(followed["policies"].get("DisableTelemetry"), None);
    assert_eq!(followed["policies"]["DisablePocket"], true);
    // Once somebody has edited the copy, it is theirs.
    seen.add(FILE.into(), Now { bytes: rendered.files[0].bytes.clone(), base: None, ours: false });
    let kept = read(&render(&Firefox, &bans, &seen), "policies.json");
    assert_eq!(kept["policies"]["DisableTelemetry"], true);
    assert_eq!(kept["interdict"].get("taken-from"), None);
}

#[test]
fn a_file_that_is_not_of_firefoxs_form_is_refused() {
    let bans = made_up();
    for own in [
        json!([]),
        json!({ "policies": 1 }),
        json!({ "policies": { "ExtensionSettings": [] } }),
        json!({ "policies": { "WebsiteFilter": { "Block": "x" } } }),
    ] {
        for path in [FILE, DISTRIBUTION] {
            let seen = foreign(&[(path, own.clone())]);
            let error = Firefox.render(&bans, &options(&Firefox, Mode::Enforce, &BTreeMap::new(), &seen));
            let wanted = "an object whose policies are of Firefox's form";
            assert_eq!(error, Err(RenderError::Merge { path: path.into(), wanted }), "{own}");
        }
    }
}

#[test]
fn a_setting_that_cannot_be_used_is_refused() {
    let cases: [(&dyn Target, &str, &str); 5] = [
        (&CHROMIUM, "folder", "relative"),
        (&CHROMIUM, "folder", "/etc/../etc"),
        (&CHROMIUM, "program", "google-chrome"),
        (&Firefox, "file", ""),
        (&Firefox, "program", "/usr/bin/firefox"),
    ];
    for (target, key, text) in cases {
        let settings = BTreeMap::from([(key.to_owned(), text.to_owned())]);
        let error = target.render(&made_up(), &options(target, Mode::Enforce, &settings, &Seen::default()));
        assert!(matches!(&error, Err(RenderError::Setting { key: wrong, .. }) if *wrong == key), "{error:?}");
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![any::<bool>().prop_map(Value::from), "[a-c@.]{0,3}".prop_map(Value::from)];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-c@.]{0,3}", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn map_of(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::btree_map("[a-c@.]{0,3}", value, 0..4).prop_map(|map| map.into_iter().collect())
}

/// A file of policies with what concerns us in it, or not.
fn document() -> impl Strategy<Value = Map<String, Value>> {
    let list = || prop::option::of(prop::collection::vec(json_value(), 0..4));
    let filter = (map_of(json_value()), list(), list()).prop_map(|(mut filter, block, exceptions)| {
        filter.extend(block.map(|list| ("Block".to_owned(), Value::from(list))));
        filter.extend(exceptions.map(|list| ("Exceptions".to_owned(), Value::from(list))));
        filter
    });
    let settings = prop::option::of(map_of(json_value()));
    let policies = (map_of(json_value()), settings, prop::option::of(filter));
    let policies = policies.prop_map(|(mut policies, settings, filter)| {
        policies.extend(settings.map(|settings| ("ExtensionSettings".to_owned(), Value::from(settings))));
        policies.extend(filter.map(|filter| ("WebsiteFilter".to_owned(), Value::from(filter))));
        policies
    });
    (map_of(json_value()), prop::option::of(policies)).prop_map(|(mut document, policies)| {
        document.extend(policies.map(|policies| ("policies".to_owned(), Value::from(policies))));
        document
    })
}

proptest! {
    #[test]
    fn what_was_put_in_is_taken_out_and_nothing_else(
        theirs in document(),
        refused in prop::collection::btree_map("[a-c@.]{0,3}", "Banned by [A-Z]{1,3}", 0..3),
        blocked in prop::collection::btree_set("[a-c@.]{0,3}", 0..4),
        let_through in prop::collection::btree_set("[a-c@.]{0,3}", 0..4),
    ) {
        let ours = Ours {
            refused: refused.into_iter().collect(),
            blocked: blocked.into_iter().collect(),
            let_through: let_through.into_iter().collect(),
            taken_from: None,
        };
        let merged = put_in(theirs.clone(), &ours).unwrap();
        for id in &ours.refused {
            prop_assert_eq!(&merged["policies"]["ExtensionSettings"][&id.0]["installation_mode"], "blocked");
        }
        prop_assert_eq!(taken_out(merged), theirs);
    }

    #[test]
    fn of_hostile_identifiers_exactly_the_well_formed_are_written(
        ids in prop::collection::vec(prop_oneof!["\\PC{0,40}", "[a-p]{32}", "[a-p]{31,33}", "[a-z\"*,]{1,4}@[a-z.]{1,5}"], 0..6),
        domains in prop::collection::vec(prop_oneof!["\\PC{0,40}", "[a-c*]{1,2}\\.[a-c/]{1,3}\\.example", "[0-9.]{3,12}"], 0..6),
    ) {
        let mut part = one(Stage::Enforce);
        for id in &ids {
            part = part.with("extension-id", id);
        }
        for domain in &domains {
            part = part.with("domain", domain);
        }
        let bans = bans(vec![part]);
        let rendered = render(&CHROMIUM, &bans, &Seen::default());
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        let refused: BTreeSet<String> =
            ids.iter().filter(|id| id.len() == 32 && id.bytes().all(|b| (b'a'..=b'p').contains(&b))).cloned().collect();
        let acting: BTreeSet<String> = bans
            .iter()
            .filter(|ban| ban.entry.kind.as_str() == "domain" && rendered.verdicts.of(ban.number).acts())
            .map(|ban| ban.entry.value.to_ascii_lowercase())
            .collect();
        prop_assert!(acting.iter().all(|name| plain(name)));
        let mut found = (BTreeSet::new(), BTreeSet::new());
        for file in &rendered.files {
            let policies: Value = serde_json::from_slice(&file.bytes).unwrap();
            let settings = policies["ExtensionSettings"].as_object().cloned().unwrap_or_default();
            found.0.extend(settings.into_iter().map(|(id, _)| id));
            found.1.extend(texts(&policies["URLBlocklist"]));
        }
        prop_assert_eq!(found.0, refused);
        // A name below another that is blocked is not written again.
        let widest = acting.iter().filter(|name| {
            !acting.iter().any(|other| name.len() > other.len() && name.ends_with(&format!(".{other}")))
        });
        prop_assert_eq!(found.1, widest.cloned().collect::<BTreeSet<String>>());
        let firefox = render(&Firefox, &bans, &Seen::default());
        for file in &firefox.files {
            let policies: Value = serde_json::from_slice(&file.bytes).unwrap();
            for id in policies["policies"]["ExtensionSettings"].as_object().into_iter().flatten() {
                prop_assert!(ids.iter().any(|wanted| wanted.eq_ignore_ascii_case(id.0)));
            }
            for pattern in texts(&policies["policies"]["WebsiteFilter"]["Block"]) {
                let name = pattern.strip_prefix("*://*.").and_then(|rest| rest.strip_suffix("/*")).unwrap().to_owned();
                prop_assert!(acting.contains(&name));
            }
        }
    }
}
