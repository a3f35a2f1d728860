//! The whole way, across both programs: drafted, signed and published by the real publisher, served by the real server,
//! pinned, fetched, verified and held by the real client.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot go on fails")]

use std::net::SocketAddr;

use interdict_host::exit::Exit;
use interdict_keys_example::Name;
use interdict_publisher::serve::{AccessLog, RunningServer, ServeOptions, spawn};
use interdict_schema::Sha256;
use interdict_tests::agency::Agency;
use interdict_tests::authority::{Authority, draft};

const DIRECTIVE: &str = include_str!("../../docs/examples/directives/bod-17-01.draft.jsonc");
const KEV: &str = include_str!("../../docs/examples/kev-sample.json");

const DAY: i64 = 86_400;

/// An authority that has published BOD 17-01 and the sample of KEV, at the client's beginning.
fn published() -> Authority {
    let authority = Authority::founded_at(Agency::new().now);
    authority.issue(DIRECTIVE);
    authority.write("kev.json", KEV);
    authority.run(&["import", "kev", "kev.json", "-o", "KEV.json", "--issuer", "dhs"]).done();
    let envelope = authority.sign("KEV.json", &[Name::Officer2, Name::Officer3]);
    authority.publish(&[&envelope]).done();
    authority
}

fn served(authority: &Authority) -> RunningServer {
    let anywhere: SocketAddr = "127.0.0.1:0".parse().unwrap();
    spawn(ServeOptions::new(authority.public(), anywhere), AccessLog::none()).unwrap()
}

#[track_caller]
fn done(agency: &Agency, arguments: &[&str]) -> String {
    let run = agency.run(arguments);
    assert_eq!(run.exit(), Exit::Done, "{arguments:?}: {}{}", run.stdout, run.stderr);
    run.stdout
}

/// An agency that follows what is served there.
fn following(authority: &Authority, url: &str) -> Agency {
    let mut agency = Agency::new();
    agency.now = authority.now();
    done(&agency, &["setup", url]);
    let run = agency.trust(&authority.root());
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    done(&agency, &["sync"]);
    agency
}

#[test]
fn what_the_publisher_publishes_the_client_believes_over_http_and_from_a_folder() {
    let authority = published();
    let server = served(&authority);
    let folder = authority.public();
    for url in [server.url(), folder.to_str().unwrap().to_owned()] {
        let agency = following(&authority, &url);
        let policy: serde_json::Value = serde_json::from_str(&agency.policy()).unwrap();
        let text = policy.to_string();
        assert!(text.contains("BOD-17-01") && text.contains("KEV"), "{text}");
        // The payload that the client shows is the one that the officers signed, byte for byte.
        let envelope = std::fs::read(authority.folder().join("BOD-17-01.1.envelope.json")).unwrap();
        let envelope = interdict_schema::dsse::Envelope::parse(&envelope, 1_000_000).unwrap();
        let shown = done(&agency, &["show", "BOD-17-01", "--json"]);
        assert_eq!(shown.trim_end().as_bytes(), envelope.payload);
    }
    server.stop().unwrap();
}

/// A list of identifiers with two packages, the second only where there is a revision before it.
fn list(revision: u32, previous: Option<Sha256>, attachment: &str) -> String {
    let (before, second) = previous.map_or_else(Default::default, |digest| {
        (format!("\"previous\": \"{digest}\","), r#", { "kind": "package", "value": "later" }"#)
    });
    format!(
        r#"{{ "format": "interdict-entity-list/1", "id": "BOD-X", "revision": {revision}, {before}
        "title": "Products of X", "issuer": "dhs", "issued": "2017-09-13",
        "identifiers": [{{ "kind": "package", "value": "listed", "source": "seen", "confidence": "high" }}{second}],
        "attachments": [{attachment}] }}"#
    )
}

#[test]
fn two_directives_share_a_list_that_is_revised_on_its_own_from_draft_to_findings() {
    let authority = Authority::founded_at(Agency::new().now);
    let bad = Sha256::of(b"bad");
    authority.write("BOD-X.hashes.1.txt", format!("{bad}\n"));
    let entries = ["draft", "entries", "BOD-X.hashes.1.txt", "--kind", "sha256"];
    let attachment = authority.run(&entries).done().stdout;
    let first = list(1, None, attachment.trim_end());
    authority.write("list.jsonc", &first);
    authority.run(&["draft", "lint", "list.jsonc", "--repo", "repo"]).done();
    let mut envelopes = vec![authority.sign("list.jsonc", &[Name::Officer1, Name::Officer2])];
    for id in ["BOD-17-02", "ED-17-02"] {
        let naming = r#""identifiers_from": [{ "list": "BOD-X" }], "disposition""#;
        authority.write("draft.jsonc", draft(id, 1, None).replace("\"disposition\"", naming));
        envelopes.push(authority.sign("draft.jsonc", &[Name::Officer1, Name::Officer3]));
    }
    let mut publish = vec!["publish", "--repo", "repo", "--attach", "BOD-X.hashes.1.txt"];
    publish.extend(envelopes.iter().map(String::as_str));
    authority.run(&publish).done();
    let server = served(&authority);
    let agency = following(&authority, &server.url());
    let inventory = format!(
        "name,version,sha256\nlisted,1,\nlater,1,\nrenamed,1,{bad}\nharmless,1,{}\n",
        Sha256::of(b"")
    );
    std::fs::write(agency.path("assets.csv"), inventory).unwrap();
    let found = || {
        let run = agency.run(&["check", "assets.csv", "--format", "json"]);
        assert_eq!(run.exit(), Exit::Findings, "{}{}", run.stdout, run.stderr);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let finding = |it: &serde_json::Value| {
            let text = |at: &str| it.pointer(at).unwrap().as_str().unwrap().to_owned();
            format!("{} {} {}", text("/directive"), text("/component/name"), text("/evidence/0/list/id"))
        };
        let mut found: Vec<String> =
            report.pointer("/findings").unwrap().as_array().unwrap().iter().map(finding).collect();
        found.sort();
        found
    };
    let both = |names: &[&str]| -> Vec<String> {
        let of = |id: &'static str| names.iter().map(move |name| format!("{id} {name} BOD-X"));
        of("BOD-17-02").chain(of("ED-17-02")).collect()
    };
    assert_eq!(found(), both(&["listed", "renamed"]));

    let payload = interdict_schema::directive::draft::payload_of(first.as_bytes()).unwrap();
    authority.write("next.jsonc", list(2, Some(Sha256::of(&payload)), attachment.trim_end()));
    let envelope = authority.sign("next.jsonc", &[Name::Officer2, Name::Officer3]);
    authority.publish(&[&envelope]).done();
    done(&agency, &["sync"]);
    assert_eq!(found(), both(&["later", "listed", "renamed"]));
    assert!(done(&agency, &["list"]).contains("BOD-17-02, ED-17-02"));
    authority.run(&["verify", "repo"]).done();
    server.stop().unwrap();
}

#[test]
fn revisions_and_refreshes_reach_the_client_and_staleness_is_shouted() {
    let mut authority = published();
    let server = served(&authority);
    let mut agency = following(&authority, &server.url());

    // A day later the authority refreshes: the client is fresh for longer.
    let tomorrow = authority.now().saturating_add_seconds(DAY);
    authority.set_now(tomorrow);
    authority.run(&["refresh", "--repo", "repo"]).done();
    agency.now = tomorrow;
    done(&agency, &["sync"]);

    // The next revision of a directive takes the place of the one before.
    let first = authority.issue(&draft("ED-17-01", 1, None));
    done(&agency, &["sync"]);
    authority.issue(&draft("ED-17-01", 2, Some(first)).replace("2017-12-12", "2017-12-24"));
    done(&agency, &["sync"]);
    assert!(done(&agency, &["show", "ED-17-01", "--json"]).contains("2017-12-24"));

    // Ten days on nobody has refreshed: refused as stale, and the policy stays what it was.
    let policy = agency.policy();
    agency.now = tomorrow.saturating_add_seconds(10 * DAY);
    let run = agency.run(&["sync"]);
    assert_ne!(run.exit(), Exit::Done, "{}", run.stdout);
    assert_eq!(agency.policy(), policy);
    authority.set_now(agency.now);
    authority.run(&["refresh", "--repo", "repo"]).done();
    done(&agency, &["sync"]);
    server.stop().unwrap();
}
