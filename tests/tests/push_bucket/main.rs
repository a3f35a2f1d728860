//! `push` into a bucket of a real S3 implementation (moto): refused and cut off at every object, while clients read there
//! over HTTP. `tests/interop/bucket.sh` says where moto is; elsewhere these tests say that they are skipped.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking, says why it is skipped, and works on real folders"
)]

mod proxy;
mod store;

use interdict_host::exit::Exit;
use interdict_host::testing::TestWorld;
use interdict_tests::pushed::{Publications, Seen};

use proxy::{Fault, Proxy};
use store::Store;

/// The name of the place in the bucket, and its address for clients.
fn place(store: &Store, name: &str) -> (String, String) {
    (format!("s3://directives/{name}"), format!("{}/directives/{name}/", store.url()))
}

fn world(endpoint: &str) -> TestWorld {
    TestWorld::new()
        .variable("AWS_ENDPOINT_URL", endpoint)
        .variable("AWS_REGION", "us-east-1")
        .variable("AWS_ACCESS_KEY_ID", "test")
        .variable("AWS_SECRET_ACCESS_KEY", "test")
}

#[test]
fn a_push_into_a_bucket_that_stops_at_any_object_shows_the_old_publication_or_the_new() {
    let Some(store) = Store::start() else { return };
    let publications = Publications::new();
    // Refused (403), broken (connection closed without an answer).
    for fault in [Fault::Refuse, Fault::Close] {
        for puts in 0..5 {
            let (to, url) = place(&store, &format!("{fault:?}-{puts}"));
            let client = publications.client(&url);
            assert_eq!(Seen::by(&client), None, "nothing is there yet");
            publications.push_before(world(store.url()), &to).done();
            assert_eq!(Seen::by(&client), Some(Seen::Before));
            let proxy = Proxy::start(store.url(), puts, fault);
            let ran = publications.push(world(proxy.url()), &to).ended(Exit::NoAnswer, "error: ");
            assert!(ran.stderr.contains("hint: clients read what was there before"), "{}", ran.stderr);
            let first = publications.client(&url);
            for client in [&client, &first] {
                assert_eq!(Seen::by(client), Some(Seen::Before), "{fault:?} after {puts} objects");
            }
            let ran = publications.push(world(store.url()), &to).done();
            // One at a time would leave exactly the rest; several are on their way at once.
            assert!(ran.stderr.contains("pushed"), "{}", ran.stderr);
            for client in [&client, &first, &publications.client(&url)] {
                assert_eq!(Seen::by(client), Some(Seen::After), "{fault:?} after {puts} objects");
            }
            let again = publications.push(world(store.url()), &to).done();
            assert!(again.stderr.contains("all of it is there already"), "{}", again.stderr);
        }
    }
}

#[test]
fn into_an_empty_prefix_nothing_is_seen_before_all_of_it_is_there() {
    let Some(store) = Store::start() else { return };
    let publications = Publications::new();
    for puts in 0..9 {
        let (to, url) = place(&store, &format!("gov/fresh-{puts}"));
        let client = publications.client(&url);
        let proxy = Proxy::start(store.url(), puts, Fault::Refuse);
        publications.push(world(proxy.url()), &to).ended(Exit::NoAnswer, "the bucket refuses to put ");
        assert_eq!(Seen::by(&client), None, "after {puts} objects");
        publications.push(world(store.url()), &to).done();
        assert_eq!(Seen::by(&client), Some(Seen::After), "after {puts} objects");
    }
}

#[test]
fn every_object_has_its_media_type_and_cache_header_and_damage_is_replaced() {
    let Some(store) = Store::start() else { return };
    let publications = Publications::new();
    let (to, _) = place(&store, "headers");
    let arguments = ["push", &to, "--repo", "repo", "--json"];
    let ran = publications.authority.run_in(world(store.url()), &arguments).done();
    let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let objects = shown["put"].as_array().unwrap();
    assert_eq!(objects.len(), 9, "{shown}");
    let mut types = std::collections::BTreeSet::new();
    for object in objects {
        let name = object["name"].as_str().unwrap();
        let answer = store.get(&format!("/directives/headers/{name}"));
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(answer.field("content-type"), object["media_type"].as_str(), "{name}");
        assert_eq!(answer.field("cache-control"), object["cache_control"].as_str(), "{name}");
        let is_timestamp = name == "metadata/timestamp.json";
        let cache = if is_timestamp { "no-cache" } else { "public, max-age=31536000, immutable" };
        assert_eq!(answer.field("cache-control"), Some(cache), "{name}");
        types.insert(answer.field("content-type").unwrap().to_owned());
    }
    assert!(types.contains("application/json") && types.contains("text/plain; charset=utf-8"), "{types:?}");

    // As long as it was, and other; shorter; and a timestamp that is none.
    let names = objects.iter().map(|object| object["name"].as_str().unwrap());
    for (name, shorter) in names.flat_map(|name| [(name, false), (name, true)]) {
        let path = format!("/directives/headers/{name}");
        let whole = store.get(&path).body;
        let damaged = if shorter { whole[..whole.len() / 2].to_vec() } else { vec![b'x'; whole.len()] };
        store.put(&path, &damaged);
        let ran = publications.push(world(store.url()), &to).done();
        let told = ran.stderr.contains(&format!("warning: {name}: damaged there, replaced"));
        assert_eq!(told, name != "metadata/timestamp.json", "{}", ran.stderr);
        let mended = store.get(&path);
        assert!(mended.body == whole, "{name}");
        assert!(mended.field("cache-control").is_some(), "{name}");
    }
    let older = publications.push_before(world(store.url()), &to);
    older.ended(Exit::Refused, "the destination holds timestamp version 5, and this one is 3");
}

#[test]
fn a_bucket_whose_etags_are_no_digests_is_compared_by_length_and_told() {
    let Some(store) = Store::start() else { return };
    let publications = Publications::new();
    let (to, _) = place(&store, "etags");
    publications.push(world(store.url()), &to).done();
    let proxy = Proxy::start(store.url(), usize::MAX, Fault::ForeignEtags);
    let arguments = ["push", &to, "--repo", "repo", "-v"];
    let ran = publications.authority.run_in(world(proxy.url()), &arguments).done();
    assert!(ran.stderr.contains("all of it is there already"), "{}", ran.stderr);
}

#[test]
fn of_two_pushes_at_once_the_later_one_stops() {
    let Some(store) = Store::start() else { return };
    let publications = Publications::new();
    let (to, url) = place(&store, "race");
    publications.push_before(world(store.url()), &to).done();
    // Between its look and its last file another one puts the same timestamp anew.
    let path = "/directives/race/metadata/timestamp.json";
    let proxy = Proxy::start(store.url(), 4, Fault::Overtake { path, bytes: b"{\"of\":\"another\"}" });
    publications
        .push(world(proxy.url()), &to)
        .ended(Exit::NoAnswer, "was replaced by somebody else meanwhile");
    assert_eq!(store.get(path).body, b"{\"of\":\"another\"}");
    publications.push(world(store.url()), &to).done();
    assert_eq!(Seen::by(&publications.client(&url)), Some(Seen::After));
}

#[test]
fn a_bucket_that_is_not_there_is_no_answer() {
    let Some(store) = Store::start() else { return };
    let publications = Publications::new();
    let ran = publications.push(world(store.url()), "s3://nowhere/x").ended(Exit::NoAnswer, "error: cannot ");
    assert!(ran.stderr.contains("hint: clients read what was there before"), "{}", ran.stderr);
}
