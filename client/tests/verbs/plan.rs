//! `interdict plan`, beneath a root that the test makes.

use std::os::unix::fs::PermissionsExt;

use crate::store::{BOD, Store, published};

/// The day before the removal begins, and the day itself, in New York.
const BEFORE: &str = "2017-12-12T04:59:59Z";
const BEGUN: &str = "2017-12-12T05:00:00Z";

/// The directive, which bans a domain as well.
fn domains(identifiers: &str) -> String {
    let from = r#"{"kind":"package","value":"klnagent"}"#;
    assert!(BOD.contains(from));
    BOD.replace(from, &format!("{from},{identifiers}"))
}

const DOMAIN: &str = r#"{"kind":"domain","value":"banned.example"}"#;

/// A store with that directive, and an image with packages and the tools of the target.
fn store(identifiers: &str) -> Store {
    let store = Store::of(&[published(&[&domains(identifiers)])]);
    let package = |name: &str| {
        format!(
            "Package: {name}\nStatus: install ok installed\nVersion: 11.4\nArchitecture: amd64\nMaintainer: x\n\n"
        )
    };
    store.file("image/var/lib/dpkg/status", (package("kesl") + &package("sudo")).as_bytes());
    for program in ["unbound", "unbound-checkconf", "unbound-control"] {
        store.file(&format!("image/usr/sbin/{program}"), b"");
    }
    store
}

fn plan(store: &Store, now: &str, more: &[&str]) -> crate::store::Ran {
    let root = store.places.config.with_file_name("image");
    let root = root.to_str().unwrap();
    store.run_at(now, &[&["plan", "--target", "dns-rpz", "--root", root], more].concat())
}

fn file<'j>(plan: &'j serde_json::Value, end: &str) -> &'j serde_json::Value {
    let files = plan["planned"]["targets"][0]["files"].as_array().unwrap();
    files.iter().find(|file| file["path"].as_str().unwrap().ends_with(end)).unwrap()
}

const BLOCKED: &str = "/rpz.interdict.invalid.zone";
const LOGGED: &str = "/rpz-audit.interdict.invalid.zone";

#[test]
fn a_rule_is_logged_to_the_second_before_its_removal_begins_and_blocked_from_then_on() {
    let store = store(DOMAIN);
    for (now, mode, stage, because) in [
        (BEFORE, "--enforce", "audit", "to be taken out of use from 2017-12-12T05:00:00Z"),
        (BEGUN, "--enforce", "enforce", "ordered out of use since 2017-12-12T05:00:00Z"),
        (BEGUN, "--audit", "audit", "audit was asked for"),
    ] {
        let json = plan(&store, now, &[mode, "--json"]).json();
        let part = &json["planned"]["parts"][0];
        assert_eq!((part["stage"].as_str(), part["because"].as_str()), (Some(stage), Some(because)));
        assert_eq!(part["directive"], "BOD-17-01");
        assert_eq!(part["actions"], serde_json::json!(["begin"]));
        assert_eq!(part["enforced_by"], serde_json::json!({"dns-rpz": 1}));
        let blocked = file(&json, BLOCKED)["diff"].as_str().unwrap().contains("banned.example");
        assert_eq!(blocked, stage == "enforce", "{now} {mode}");
    }
}

#[test]
fn the_mode_and_the_targets_of_the_configuration_count_where_nothing_is_said() {
    let store = store(DOMAIN);
    let root = store.places.config.with_file_name("image");
    let config = std::fs::read_to_string(&store.places.config).unwrap();
    let run = |enforce: &str, more: &[&str]| {
        std::fs::write(&store.places.config, format!("{config}\n{enforce}")).unwrap();
        store.run_at(BEGUN, &[&["plan", "--root", root.to_str().unwrap(), "--json"], more].concat())
    };
    let ran = run("", &[]);
    assert_eq!(ran.code(), 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("no target is chosen, neither by --target nor by `targets` in [enforce]"));
    assert!(ran.stderr.contains("dns-rpz (answers NXDOMAIN"), "{}", ran.stderr);
    let ran = run("", &["--target", "iptables"]);
    assert_eq!(ran.code(), 2);
    assert!(ran.stderr.contains(r#"found the target \"iptables\", wanted one of "#), "{}", ran.stderr);
    let settings = "[enforce]\nmode = \"enforce\"\ntargets = [\"dns-rpz\"]\n[enforce.dns-rpz]\nzone = \"rpz.example\"\nport = 5353\n";
    let json = run(settings, &[]).json();
    assert_eq!(json["planned"]["mode"], "enforce");
    let settings = &json["planned"]["targets"][0]["settings"];
    assert_eq!((&settings["zone"], &settings["port"]), (&"rpz.example".into(), &"5353".into()));
    assert_eq!(
        run("[enforce]\nmode = \"enforce\"\n", &["--audit", "--target", "dns-rpz"]).json()["planned"]["mode"],
        "audit"
    );
    let ran = run("[enforce.dns-rpz]\ncolour = \"red\"\n", &[]);
    assert_eq!(ran.code(), 2);
    assert!(ran.stderr.contains("unknown field `colour`, wanted one of server, zone,"), "{}", ran.stderr);
}

#[test]
fn what_no_target_enforces_is_said_with_its_reason_and_ends_with_1() {
    let long = format!("{}example", "a-label-of-fifty-six-characters-so-that-four-are-too-many.".repeat(4));
    let domain = |name: &str| format!(r#"{{"kind":"domain","value":"{name}"}}"#);
    let more = [DOMAIN, &domain("com"), &domain(&long), r#"{"kind":"hologram","value":"x"}"#].join(",");
    let store = store(&more);
    let ran = plan(&store, BEGUN, &["--enforce"]);
    let wanted = "NOT enforced by any of these targets: 5 of 6\n\
                  1 domain: dns-rpz: too long a name with the zone's behind it (LONG)\n\
                  1 hologram: no chosen target takes this kind (x)\n\
                  2 package: no chosen target takes this kind (kesl, klnagent)\n\
                  1 vendor: no chosen target takes this kind (Example Lab)\n";
    assert!(ran.stdout.contains(&wanted.replace("LONG", &long)), "{}", ran.stdout);
    assert_eq!(ran.outcome.all().iter().map(|exit| exit.code()).collect::<Vec<_>>(), [5, 6, 1]);
    assert!(ran.stdout.contains("interdict plan --out PLAN, then interdict apply PLAN"));
    assert!(ran.stderr.contains("BOD-17-01 products: nothing is enforced by domain com: "), "{}", ran.stderr);
}

#[test]
fn what_is_found_and_no_target_touches_is_told_as_such() {
    let store = store(DOMAIN);
    let ran = plan(&store, BEGUN, &["--enforce", "--json"]);
    let impact = &ran.json()["impact"];
    assert_eq!([&impact["blocked"], &impact["audited"], &impact["untouched"]], [&0, &0, &1]);
    let hit = &impact["hits"][0];
    assert_eq!((&hit["component"], &hit["verdict"]), (&"kesl".into(), &"match".into()));
    assert_eq!(hit["targets"], serde_json::json!([]));
    let page = plan(&store, BEGUN, &["--enforce"]).stdout;
    let wanted = "0 findings are blocked, 0 logged, 1 touched by none of these targets\n\
                  not touched: kesl 11.4, match of BOD-17-01 products (FOLDER/image/var/lib/dpkg/status)\n";
    assert!(page.contains(wanted), "{page}");
}

#[test]
fn what_a_target_blocks_of_what_is_found_is_told_and_only_logged_before_its_removal_begins() {
    let store = store(DOMAIN);
    for program in ["apt-get", "apt-cache", "apt-config"] {
        store.file(&format!("image/usr/bin/{program}"), b"");
    }
    let root = store.places.config.with_file_name("image");
    for (now, counts, stage) in [(BEFORE, [0, 1, 0], "audit"), (BEGUN, [1, 0, 0], "enforce")] {
        let arguments = ["plan", "--target", "apt", "--enforce", "--json", "--root", root.to_str().unwrap()];
        let json = store.run_at(now, &arguments).json();
        let impact = &json["impact"];
        assert_eq!(
            [&impact["blocked"], &impact["audited"], &impact["untouched"]],
            [&counts[0], &counts[1], &counts[2]]
        );
        let hit = &impact["hits"][0];
        assert_eq!((&hit["component"], &hit["stage"]), (&"kesl".into(), &stage.into()));
        assert_eq!(hit["targets"], serde_json::json!(["apt"]));
    }
}

#[test]
fn a_ban_of_what_the_machine_needs_is_refused_and_shouted() {
    let needed = r#"{"kind":"domain","value":"example.gov"},{"kind":"package","value":"deb:sudo"}"#;
    let store = store(&format!("{DOMAIN},{needed}"));
    let ran = plan(&store, BEGUN, &["--enforce"]);
    let wanted = "refused: protected on this machine\n\
                  BOD-17-01 products: domain example.gov would hit the repository at main.example.gov, which says what is lifted\n\
                  BOD-17-01 products: package deb:sudo would hit how an administrator gets in: sudo\n";
    assert!(ran.stdout.contains(wanted), "{}", ran.stdout);
    let json = plan(&store, BEGUN, &["--enforce", "--json"]).json();
    let blocked = file(&json, BLOCKED)["diff"].as_str().unwrap();
    assert!(blocked.contains("banned.example") && !blocked.contains("example.gov"), "{blocked}");
    let held = &json["planned"]["parts"][0]["held"];
    assert_eq!(held["protected: how an administrator gets in: sudo"], 1);
}

#[test]
fn what_waits_for_its_replacement_is_logged_until_that_is_there() {
    let store = store(DOMAIN);
    let config = std::fs::read_to_string(&store.places.config).unwrap();
    let gate = "[[enforce.replacement-present]]\ndirective = \"BOD-17-01\"\npart = \"products\"\npackage = \"clamav\"\n";
    std::fs::write(&store.places.config, format!("{config}\n{gate}")).unwrap();
    let before = plan(&store, BEGUN, &["--enforce", "--json"]).json();
    let blocks =
        |json: &serde_json::Value| file(json, BLOCKED)["diff"].as_str().unwrap().contains("banned.example");
    assert!(!blocks(&before));
    assert_eq!(before["planned"]["gates"][0]["present"], false);
    let page = plan(&store, BEGUN, &["--enforce"]).stdout;
    assert!(
        page.contains(
            "BOD-17-01 products waits for package clamav: it is not there, so that nothing of it is blocked\n"
        ),
        "{page}"
    );
    let status = String::from_utf8(store.read("image/var/lib/dpkg/status")).unwrap();
    store.file("image/var/lib/dpkg/status", status.replace("Package: sudo", "Package: clamav").as_bytes());
    let after = plan(&store, BEGUN, &["--enforce", "--json"]).json();
    assert!(blocks(&after));
    assert_ne!(before["digest"], after["digest"], "what is approved has changed");
}

#[test]
fn a_plan_that_is_written_down_says_the_same_however_late_it_is_made_again() {
    let store = store(DOMAIN);
    let ran = plan(&store, BEGUN, &["--enforce", "--out", "plan.json"]);
    assert!(
        ran.stdout.ends_with("written to plan.json; to carry it out: interdict apply plan.json\n"),
        "{}",
        ran.stdout
    );
    let path = store.places.config.with_file_name("plan.json");
    let first = interdict_client::enforce::plan::read(&path).unwrap();
    let journal = std::fs::read_to_string(store.places.journal()).unwrap();
    assert_eq!(journal.lines().count(), 1, "{journal}");
    assert!(journal.contains(r#""verb":"plan""#) && journal.contains(&first.digest.to_string()), "{journal}");
    let later = plan(&store, "2017-12-13T05:00:00Z", &["--enforce", "--json"]).json();
    assert_eq!(later["digest"], first.digest.to_string());
    assert_ne!(later["made_at"], first.made_at.to_string());
    // As the page about formats has it.
    let planned = serde_json::to_vec(&first.planned).unwrap();
    assert_eq!(interdict_schema::Sha256::of(&planned), first.digest);
    // Whoever changes it is found out.
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("\"adopt\": false", "\"adopt\": true", 1)).unwrap();
    assert_eq!(
        std::fs::read_to_string(store.places.journal()).unwrap(),
        journal,
        "what is only shown is no entry"
    );
    let refused = interdict_client::enforce::plan::read(&path).unwrap_err().to_string();
    assert!(refused.contains("it was changed since it was made"), "{refused}");
    std::fs::write(&path, text.replacen("interdict-plan/1", "interdict-plan/2", 1)).unwrap();
    let refused = interdict_client::enforce::plan::read(&path).unwrap_err().to_string();
    assert!(refused.contains("found the format \"interdict-plan/2\""), "{refused}");
}

#[test]
fn a_file_of_somebody_else_is_in_the_way_until_it_is_adopted() {
    let store = store(DOMAIN);
    store.file(&format!("image/etc/unbound/interdict{BLOCKED}"), b"; ours\n");
    let json = plan(&store, BEGUN, &["--enforce", "--json"]).json();
    let blocked = file(&json, BLOCKED);
    assert_eq!(blocked["change"], "refused");
    assert!(
        blocked["because"]
            .as_str()
            .unwrap()
            .starts_with("not written by this program; `--adopt` takes it over")
    );
    assert_eq!(file(&json, LOGGED)["change"], "created");
    let json = plan(&store, BEGUN, &["--enforce", "--adopt", "--json"]).json();
    assert_eq!(file(&json, BLOCKED)["change"], "changed");
}

#[test]
fn what_is_there_already_is_unchanged() {
    let store = store(DOMAIN);
    let first = plan(&store, BEGUN, &["--enforce", "--json"]).json();
    for file in first["planned"]["targets"][0]["files"].as_array().unwrap() {
        // What is created is the whole of the file.
        let lines = file["diff"].as_str().unwrap().lines().skip(3);
        let body: Vec<&str> = lines.map(|line| line.strip_prefix('+').unwrap()).collect();
        let body = body.join("\n") + "\n";
        let digest = interdict_schema::Sha256::of(body.as_bytes());
        assert_eq!(file["after"]["sha256"], digest.to_string());
        // The serial is chosen when it is written.
        let body = body.replace(" SERIAL ", " 1 ");
        let digest = interdict_schema::Sha256::of(body.as_bytes());
        let comment = if body.starts_with("$TTL") { ";" } else { "#" };
        let path = format!("image{}", file["path"].as_str().unwrap());
        store.file(&path, format!("{comment} interdict: generation 1 sha256 {digest}\n{body}").as_bytes());
        let at = store.places.config.with_file_name(path);
        std::fs::set_permissions(at, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let again = plan(&store, BEGUN, &["--enforce", "--json"]).json();
    for file in again["planned"]["targets"][0]["files"].as_array().unwrap() {
        assert_eq!(file["change"], "unchanged", "{file}");
        assert_eq!(file["diff"], serde_json::Value::Null);
    }
}

#[test]
fn a_target_whose_tool_is_not_here_ends_with_3_and_writes_nothing() {
    let store = store(DOMAIN);
    let config = std::fs::read_to_string(&store.places.config).unwrap();
    let none = "[enforce.dns-rpz]\nserver = \"nsd\"\n";
    std::fs::write(&store.places.config, format!("{config}\n{none}")).unwrap();
    let ran = plan(&store, "2017-09-14T12:00:00Z", &["--json"]);
    let target = &ran.json()["planned"]["targets"][0];
    assert_eq!((&target["state"], &target["files"]), (&"failed".into(), &serde_json::json!([])));
    assert!(
        target["error"].as_str().unwrap().starts_with("setting server: found \"nsd\", wanted "),
        "{target}"
    );
    assert_eq!(ran.code(), 3);
}

#[test]
fn a_damaged_record_of_what_was_written_is_refused() {
    let store = store(DOMAIN);
    let root = store.places.config.with_file_name("image");
    let record = interdict_client::enforce::record::Record::path(&store.places, &root);
    std::fs::create_dir_all(record.parent().unwrap()).unwrap();
    std::fs::write(record, "{}").unwrap();
    let ran = plan(&store, BEGUN, &[]);
    assert_eq!(ran.code(), 4);
    assert!(ran.stderr.contains("not a record of enforcement, missing field `format`"), "{}", ran.stderr);
}
