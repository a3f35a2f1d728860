//! Requests that are too much, too odd, or no HTTP.

use interdict_publisher::serve::limits::{MAX_HEADER_BYTES, MAX_TARGET_BYTES};

use crate::client::{Answer, Connection, request};
use crate::site::{Site, TIMESTAMP};

fn answer_to(site: &Site, request: &str) -> Answer {
    let mut connection = site.connect();
    connection.send_what_it_takes(request);
    connection.answer()
}

#[test]
fn allows_get_and_head_alone() {
    let site = Site::start();
    for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND", "get"] {
        let answer = answer_to(&site, &request(method, "/metadata/timestamp.json", &[]));
        assert_eq!((answer.status, answer.field("allow")), (405, Some("GET, HEAD")), "{method}");
        assert_eq!(answer.field("cache-control"), Some("no-store"));
    }
    assert_eq!(answer_to(&site, &request("OPTIONS", "*", &[])).status, 405);
    assert_eq!(answer_to(&site, &request("CONNECT", "publisher.example:443", &[])).status, 405);
}

#[test]
fn never_takes_the_content_of_a_request_for_the_next_request() {
    let site = Site::start();
    let smuggled = request("GET", "/metadata/1.root.json", &[]);
    let length = smuggled.len().to_string();
    let chunked = format!("{:x}\r\n{smuggled}\r\n0\r\n\r\n", smuggled.len());
    for (framing, content) in
        [(("Content-Length", length.as_str()), &smuggled), (("Transfer-Encoding", "chunked"), &chunked)]
    {
        for method in ["POST", "GET"] {
            let mut connection = site.connect();
            connection.send(request(method, "/metadata/timestamp.json", &[framing]) + content);
            assert_eq!(connection.answer().status, if method == "GET" { 200 } else { 405 });
            connection.send_what_it_takes(request("GET", "/end", &[("Connection", "close")]));
            connection.rest();
        }
    }
    let lines = site.lines.clone();
    site.server.stop().unwrap();
    assert!(lines.text().contains("\"POST /metadata/timestamp.json HTTP/1.1\" 405"));
    assert!(!lines.text().contains("1.root.json"), "{}", lines.text());
}

#[test]
fn serves_the_longest_target_and_answers_414_to_a_longer_one() {
    let site = Site::start();
    let path = "/metadata/timestamp.json?";
    let longest = format!("{path}{}", "x".repeat(MAX_TARGET_BYTES - path.len()));
    assert_eq!(answer_to(&site, &request("GET", &longest, &[])).status, 200);
    let answer = answer_to(&site, &request("GET", &format!("{longest}x"), &[]));
    assert_eq!((answer.status, answer.field("cache-control")), (414, Some("no-store")));
}

#[test]
fn serves_the_longest_header_and_answers_431_to_a_longer_one() {
    let site = Site::start();
    let filler = |length| request("GET", "/metadata/timestamp.json", &[("X", &"x".repeat(length))]);
    let longest = filler(MAX_HEADER_BYTES - filler(0).len());
    assert_eq!(longest.len(), MAX_HEADER_BYTES);
    assert_eq!(answer_to(&site, &longest).status, 200);
    let longer = filler(MAX_HEADER_BYTES - filler(0).len() + 1);
    assert_eq!(answer_to(&site, &longer).status, 431);
    assert_eq!(answer_to(&site, &filler(10 * MAX_HEADER_BYTES)).status, 431);
    let endless = format!("GET /{}", "x".repeat(3 * MAX_HEADER_BYTES));
    assert_eq!(answer_to(&site, &endless).status, 431);
}

#[test]
fn reads_a_hundred_fields_and_answers_431_to_more() {
    let site = Site::start();
    // `Host` is the hundredth.
    let ninety_nine = vec![("X", "x"); 99];
    assert_eq!(answer_to(&site, &request("GET", "/metadata/timestamp.json", &ninety_nine)).status, 200);
    let hundred = vec![("X", "x"); 100];
    assert_eq!(answer_to(&site, &request("GET", "/metadata/timestamp.json", &hundred)).status, 431);
}

#[test]
fn answers_400_to_what_is_not_http() {
    let site = Site::start();
    for bytes in [
        "\0\u{1}\u{2}\r\n\r\n",
        "GET\r\n\r\n",
        "GET /metadata/timestamp.json\r\n\r\n",
        "GET /metadata/timestamp.json HTTP/3.7\r\nHost: x\r\n\r\n",
        "GET /metadata/time stamp.json HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /metadata/time\0stamp.json HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /metadata/timestamp.json HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        "GET /metadata/timestamp.json HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET /metadata/timestamp.json HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET /metadata/timestamp.json HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    ] {
        let mut connection = site.connect();
        connection.send(bytes);
        assert_eq!(connection.head().status, 400, "{bytes:?}");
        assert!(connection.rest().is_empty(), "closed after {bytes:?}");
    }
    assert_eq!(site.get("/metadata/timestamp.json", &[]).status, 200);
}

#[test]
fn wants_exactly_one_host_in_http_1_1() {
    let site = Site::start();
    let target = "GET /metadata/timestamp.json";
    assert_eq!(answer_to(&site, &format!("{target} HTTP/1.1\r\n\r\n")).status, 400);
    assert_eq!(answer_to(&site, &format!("{target} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")).status, 400);
    assert_eq!(answer_to(&site, &format!("{target} HTTP/1.1\r\nHost:\r\n\r\n")).status, 200);
}

#[test]
fn serves_http_1_0_and_closes() {
    let site = Site::start();
    let mut connection = site.connect();
    connection.send("GET /metadata/timestamp.json HTTP/1.0\r\n\r\n");
    assert_eq!(connection.answer().content, TIMESTAMP.as_bytes());
    assert!(connection.rest().is_empty());
}

#[test]
fn survives_an_http_2_client() {
    let site = Site::start();
    let mut connection = site.connect();
    connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0");
    connection.rest();
    assert_eq!(site.get("/metadata/timestamp.json", &[]).status, 200);
}

#[test]
fn answers_several_requests_on_one_connection_in_order() {
    let site = Site::start();
    let mut connection = site.connect();
    let paths = ["/metadata/timestamp.json", "/absent", "/metadata/1.root.json"];
    connection.send(paths.map(|path| request("GET", path, &[])).concat());
    assert_eq!(connection.answer().content, TIMESTAMP.as_bytes());
    assert_eq!(connection.answer().status, 404);
    assert_eq!(connection.answer().content, b"{\"version\":1}");
    connection.send(request("GET", paths[0], &[("Connection", "close")]));
    assert_eq!(connection.answer().status, 200);
    assert!(connection.rest().is_empty());
}

#[test]
fn records_each_request_in_one_line() {
    let site = Site::start();
    let answered = |connection: &mut Connection| connection.head();
    let mut connection = site.connect();
    connection.get("/metadata/timestamp.json", &[]);
    connection.get("/%0a%22GET?é", &[]);
    connection.send(request("HEAD", "/metadata/1.root.json", &[]));
    answered(&mut connection);
    connection.send("nonsense\r\n\r\n");
    answered(&mut connection);
    let mut connection = site.connect();
    connection.send_what_it_takes("x".repeat(MAX_HEADER_BYTES + 1));
    answered(&mut connection);
    drop(connection);

    let lines = site.lines.clone();
    site.server.stop().unwrap();
    let moment = "127.0.0.1 - - [13/Sep/2017:12:00:00 +0000]";
    let length = TIMESTAMP.len();
    assert_eq!(
        lines.text(),
        format!(
            "{moment} \"GET /metadata/timestamp.json HTTP/1.1\" 200 {length}\n\
             {moment} \"GET /%0a%22GET?\\xc3\\xa9 HTTP/1.1\" 400 16\n\
             {moment} \"HEAD /metadata/1.root.json HTTP/1.1\" 200 0\n\
             {moment} \"-\" 400 0\n\
             {moment} \"-\" 431 0\n"
        )
    );
}
