//! The whole way, across both programs: drafted, signed and published by the real publisher, served by the real server,
//! pinned, fetched, verified and held by the real client.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot go on fails")]

use std::net::SocketAddr;

use interdict_host::exit::Exit;
use interdict_keys_example::Name;
use interdict_publisher::serve::{AccessLog, RunningServer, ServeOptions, spawn};
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
