//! Conditional requests and ranges.

use crate::site::{Site, TIMESTAMP, directive, directive_name};

#[test]
fn answers_304_to_a_client_that_has_the_file() {
    let site = Site::start();
    let mut connection = site.connect();
    let full = connection.get("/metadata/timestamp.json", &[]);
    let tag = full.field("etag").unwrap();
    let date = full.field("last-modified").unwrap();
    for condition in [("If-None-Match", tag), ("If-None-Match", "*"), ("If-Modified-Since", date)] {
        let answer = connection.get("/metadata/timestamp.json", &[condition]);
        assert_eq!(answer.status, 304, "{condition:?}");
        for name in ["etag", "last-modified", "cache-control", "vary"] {
            assert_eq!(answer.field(name), full.field(name), "{name}");
        }
        assert_eq!((answer.field("content-length"), answer.field("content-type")), (None, None));
    }
    assert_eq!(site.head("/metadata/timestamp.json", &[("If-None-Match", tag)]).status, 304);
    let stale = [("If-None-Match", "\"another\""), ("If-Modified-Since", date)];
    assert_eq!(connection.get("/metadata/timestamp.json", &stale).status, 200);
}

#[test]
fn answers_412_to_a_client_that_wants_another_file() {
    let site = Site::start();
    for condition in [("If-Match", "\"another\""), ("If-Unmodified-Since", "Wed, 13 Sep 2017 00:00:00 GMT")] {
        let answer = site.get("/metadata/timestamp.json", &[condition]);
        assert_eq!((answer.status, answer.field("cache-control")), (412, Some("no-store")), "{condition:?}");
    }
}

#[test]
fn sends_the_part_that_a_range_names() {
    let site = Site::start();
    let text = TIMESTAMP.as_bytes();
    let length = text.len();
    let mut connection = site.connect();
    for (range, first, last) in [
        ("bytes=0-0", 0, 0),
        ("bytes=5-9", 5, 9),
        ("bytes=40-", 40, length - 1),
        ("bytes=-3", length - 3, length - 1),
    ] {
        let answer = connection.get("/metadata/timestamp.json", &[("Range", range)]);
        assert_eq!((answer.status, &answer.content[..]), (206, &text[first..=last]), "{range}");
        let content_range = format!("bytes {first}-{last}/{length}");
        assert_eq!(answer.field("content-range"), Some(content_range.as_str()));
        assert_eq!(answer.field("content-type"), Some("application/json"));
    }
}

#[test]
fn answers_416_where_nothing_of_a_range_exists() {
    let site = Site::start();
    let length = TIMESTAMP.len();
    let answer = site.get("/metadata/timestamp.json", &[("Range", &format!("bytes={length}-"))]);
    assert_eq!(answer.status, 416);
    assert_eq!(answer.field("content-range"), Some(format!("bytes */{length}").as_str()));
    let answer = site.get("/metadata/timestamp.json", &[("Range", &format!("bytes={}-", length - 1))]);
    assert_eq!((answer.status, answer.content.len()), (206, 1));
}

#[test]
fn sends_everything_where_a_range_does_not_count() {
    let site = Site::start();
    for range in ["bytes=0-1,4-5", "lines=1-2", "bytes=9-1", "bytes"] {
        let answer = site.get("/metadata/timestamp.json", &[("Range", range)]);
        assert_eq!((answer.status, answer.content), (200, TIMESTAMP.as_bytes().to_vec()), "{range}");
    }
    assert_eq!(site.head("/metadata/timestamp.json", &[("Range", "bytes=0-1")]).status, 200);
}

#[test]
fn resumes_only_the_same_content() {
    let site = Site::start();
    let path = format!("/{}", directive_name());
    let full = site.get(&path, &[]);
    let range = ("Range", "bytes=10-19");
    for condition in [full.field("etag").unwrap(), full.field("last-modified").unwrap()] {
        let answer = site.get(&path, &[range, ("If-Range", condition)]);
        assert_eq!(
            (answer.status, &answer.content[..]),
            (206, &directive().as_bytes()[10..20]),
            "{condition}"
        );
    }
    let compressed = full.field("etag").unwrap().replacen('"', "", 2);
    let compressed = format!("\"{compressed}-gzip\"");
    for condition in ["\"another\"", "Wed, 13 Sep 2017 00:00:00 GMT", &compressed] {
        assert_eq!(site.get(&path, &[range, ("If-Range", condition)]).status, 200, "{condition}");
    }
    // The timestamp may change twice within the second that a date holds.
    let date = site.get("/metadata/timestamp.json", &[]);
    let date = date.field("last-modified").unwrap();
    assert_eq!(site.get("/metadata/timestamp.json", &[range, ("If-Range", date)]).status, 200);
}

#[test]
fn never_compresses_a_part() {
    let site = Site::start();
    let fields = [("Range", "bytes=0-99"), ("Accept-Encoding", "gzip")];
    let answer = site.get(&format!("/{}", directive_name()), &fields);
    assert_eq!((answer.status, answer.field("content-encoding")), (206, None));
    assert_eq!(answer.content, directive().as_bytes()[..100]);
    assert_eq!(answer.field("vary"), Some("Accept-Encoding"));
}
