//! What is served, and what its fields say.

use std::fs::{self, File};
use std::io::Read;
use std::time::{Duration, SystemTime};

use interdict_publisher::serve::forms;
use interdict_publisher::serve::limits::MAX_HELD_FILE_BYTES;

use crate::client::{Answer, request};
use crate::site::{Site, TIMESTAMP, directive, directive_name, long_content};

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).unwrap();
    plain
}

#[test]
fn serves_a_file_with_everything_a_client_needs_to_know() {
    let site = Site::start();
    let file = File::options().write(true).open(site.root().join("metadata/1.root.json")).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::new(1_505_260_800, 5)).unwrap();

    let answer = site.get("/metadata/1.root.json", &[]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.content, b"{\"version\":1}");
    let etag = answer.field("etag").unwrap();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "strong: {etag}");
    let mut fields: Vec<_> = answer
        .fields
        .iter()
        .filter(|(name, _)| name != "etag" && name != "date")
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    fields.sort();
    assert_eq!(
        fields,
        [
            "accept-ranges: bytes",
            "access-control-allow-origin: *",
            "access-control-expose-headers: *",
            "cache-control: public, max-age=31536000, immutable",
            "content-length: 13",
            "content-type: application/json",
            "last-modified: Wed, 13 Sep 2017 00:00:00 GMT",
            "vary: Accept-Encoding",
            "x-content-type-options: nosniff",
        ]
    );
    assert!(answer.field("date").is_some());
}

#[test]
fn answers_head_with_the_fields_of_get_and_no_content() {
    let site = Site::start();
    for fields in [&[][..], &[("Accept-Encoding", "gzip")][..]] {
        let get = site.get(&format!("/{}", directive_name()), fields);
        let head = site.head(&format!("/{}", directive_name()), fields);
        assert_eq!(head.status, 200);
        let without_date = |fields: &[(String, String)]| {
            fields.iter().filter(|(name, _)| name != "date").cloned().collect::<Vec<_>>()
        };
        assert_eq!(without_date(&head.fields), without_date(&get.fields));
    }
    let head = site.head("/metadata/2.root.json", &[]);
    assert_eq!((head.status, head.field("content-length")), (404, Some("14")));
}

#[test]
fn lets_versioned_files_be_kept_and_the_timestamp_be_asked_for() {
    let site = Site::start();
    fs::write(site.root().join("README.txt"), "read me").unwrap();
    let kept = Some("public, max-age=31536000, immutable");
    assert_eq!(site.get(&format!("/{}", directive_name()), &[]).field("cache-control"), kept);
    assert_eq!(site.get("/metadata/1.root.json", &[]).field("cache-control"), kept);
    assert_eq!(site.get("/metadata/timestamp.json", &[]).field("cache-control"), Some("no-cache"));
    assert_eq!(site.get("/README.txt", &[]).field("cache-control"), Some("no-cache"));
}

#[test]
fn answers_for_the_next_root_with_a_404_that_nobody_stores() {
    let site = Site::start();
    let answer = site.get("/metadata/2.root.json", &[]);
    assert_eq!((answer.status, answer.field("cache-control")), (404, Some("no-store")));
    assert_eq!(answer.field("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.content, b"404 Not Found\n");
    site.publish("metadata/2.root.json", "{\"version\":2}");
    assert_eq!(site.get("/metadata/2.root.json", &[]).status, 200);
}

#[test]
fn shows_a_new_publication_to_the_next_request() {
    let site = Site::start();
    let mut connection = site.connect();
    assert_eq!(connection.get("/metadata/timestamp.json", &[]).content, TIMESTAMP.as_bytes());
    for version in 2..60 {
        let before = connection.get("/metadata/timestamp.json", &[]);
        let content = format!("{{\"version\":{version:04}}}");
        site.publish("metadata/timestamp.json", &content);
        let etag = before.field("etag").unwrap();
        // The old one or the new one, and the new one as soon as the kernel's clock has moved on.
        let answer = until(|| connection.get("/metadata/timestamp.json", &[("If-None-Match", etag)]), 304);
        assert_eq!((answer.status, answer.content), (200, content.into_bytes()));
    }
    fs::remove_file(site.root().join("metadata/timestamp.json")).unwrap();
    assert_eq!(until(|| connection.get("/metadata/timestamp.json", &[]), 200).status, 404);
}

#[test]
fn serves_an_empty_file() {
    let site = Site::start();
    fs::write(site.root().join("empty.txt"), "").unwrap();
    let answer = site.get("/empty.txt", &[("Accept-Encoding", "gzip")]);
    assert_eq!((answer.status, answer.field("content-length")), (200, Some("0")));
    assert_eq!(site.get("/empty.txt", &[("Range", "bytes=0-")]).status, 416);
}

#[test]
fn serves_files_up_to_and_beyond_what_is_kept_in_memory() {
    let site = Site::start();
    let mut connection = site.connect();
    for length in [MAX_HELD_FILE_BYTES, MAX_HELD_FILE_BYTES + 1] {
        let content = long_content(usize::try_from(length).unwrap());
        fs::write(site.root().join("long.json"), &content).unwrap();
        assert!(connection.get("/long.json", &[]).content == content, "{length} bytes");
        assert_eq!(site.head("/long.json", &[]).field("content-length"), Some(length.to_string().as_str()));
        let part = connection.get("/long.json", &[("Range", "bytes=300001-1000000")]);
        assert_eq!(part.status, 206);
        assert!(part.content == content[300_001..=1_000_000], "a part of {length} bytes");
        let coding = [("Accept-Encoding", "gzip")];
        assert!(connection.get("/long.json", &coding).content == content, "{length} bytes");
    }
}

/// Asks again as long as the status is this one.
fn until(mut ask: impl FnMut() -> Answer, before: u16) -> Answer {
    for _ in 0..1_000_000 {
        let answer = ask();
        if answer.status != before {
            return answer;
        }
    }
    panic!("it stays {before}")
}

/// A site whose directive has its compressed forms beside it, as publishing leaves them.
fn with_forms() -> Site {
    let site = Site::start();
    let made = forms(&directive_name(), directive().as_bytes());
    assert_eq!(made.len(), 2);
    for form in made {
        fs::write(site.root().join(directive_name() + form.ending), form.bytes).unwrap();
    }
    site
}

#[test]
fn sends_the_compressed_form_to_those_who_ask() {
    let site = with_forms();
    let path = format!("/{}", directive_name());
    let plain = site.get(&path, &[]);
    assert_eq!(plain.field("content-encoding"), None);
    let gzip = site.get(&path, &[("Accept-Encoding", "br;q=1.0, gzip;q=0.8, *;q=0.1")]);
    assert_eq!(gzip.field("content-encoding"), Some("gzip"));
    assert_eq!(gunzip(&gzip.content), directive().into_bytes());
    let zstd = site.get(&path, &[("Accept-Encoding", "gzip, zstd")]);
    assert_eq!(zstd.field("content-encoding"), Some("zstd"));
    assert_eq!(zstd::bulk::decompress(&zstd.content, 1 << 20).unwrap(), directive().into_bytes());
    for answer in [&plain, &gzip, &zstd] {
        assert_eq!(answer.field("vary"), Some("Accept-Encoding"));
        assert_eq!(answer.field("content-length"), Some(answer.content.len().to_string().as_str()));
        assert_eq!(answer.field("content-type"), Some("application/json"));
    }
    let tags = [&plain, &gzip, &zstd].map(|answer| answer.field("etag").unwrap());
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2], "{tags:?}");
    for refused in ["gzip;q=0", "identity, gzip;q=0.5", "br"] {
        assert_eq!(
            site.get(&path, &[("Accept-Encoding", refused)]).field("content-encoding"),
            None,
            "{refused}"
        );
    }
    assert_eq!(site.get(&path, &[("Accept-Encoding", "gzip"), ("If-None-Match", tags[1])]).status, 304);
    assert_eq!(site.get(&path, &[("If-None-Match", tags[1])]).status, 200);
}

#[test]
fn compresses_nothing_by_itself() {
    let site = Site::start();
    let answer = site.get(&format!("/{}", directive_name()), &[("Accept-Encoding", "gzip, zstd")]);
    assert_eq!((answer.status, answer.field("content-encoding")), (200, None));
    assert_eq!(answer.content, directive().into_bytes());
}

#[test]
fn does_not_believe_a_form_that_is_older_than_its_file_or_no_shorter() {
    let site = with_forms();
    let coding = [("Accept-Encoding", "gzip, zstd")];
    let zst = site.root().join(directive_name() + ".zst");
    File::options().write(true).open(&zst).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    fs::write(site.root().join(directive_name() + ".gz"), directive()).unwrap();
    let answer = site.get(&format!("/{}", directive_name()), &coding);
    assert_eq!(answer.field("content-encoding"), None);
    assert_eq!(answer.content, directive().into_bytes());
}

#[test]
fn lets_the_scripts_of_other_sites_read_and_nothing_more() {
    let site = Site::start();
    let answer = site.get("/metadata/timestamp.json", &[("Origin", "https://agency.example")]);
    assert_eq!(answer.field("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.field("access-control-allow-credentials"), None);
    let mut connection = site.connect();
    connection.send(request(
        "OPTIONS",
        "/metadata/timestamp.json",
        &[
            ("Origin", "https://agency.example"),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "if-none-match"),
        ],
    ));
    let answer = connection.answer();
    assert_eq!((answer.status, answer.field("access-control-allow-methods")), (204, Some("GET, HEAD")));
    assert!(answer.field("access-control-allow-headers").unwrap().contains("If-None-Match"));
}

#[test]
fn a_page_runs_nothing_and_loads_nothing() {
    let site = Site::start();
    fs::write(site.root().join("page.html"), "<script>alert(1)</script>").unwrap();
    let answer = site.get("/page.html", &[]);
    let policy = answer.field("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none';") && policy.ends_with("sandbox"), "{policy}");
}

#[test]
fn holds_no_more_in_memory_than_it_may_and_serves_the_rest_all_the_same() {
    let site = Site::start_with(|options| options.cache_bytes = 0);
    let mut connection = site.connect();
    for _ in 0..3 {
        assert_eq!(connection.get("/metadata/timestamp.json", &[]).content, TIMESTAMP.as_bytes());
    }
}
