//! What operators ask: `/metrics` and `/healthz`, on a listener of their own.

use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};

use super::answer::words;
use super::body::Content;
use super::metrics::page;
use super::shared::Shared;
use super::tree::LookupError;

/// The answer to an operator's request.
pub(super) fn answer(shared: &Shared, request: &Parts) -> Response<Content> {
    let method = &request.method;
    if method != Method::GET && method != Method::HEAD {
        return words(method, StatusCode::METHOD_NOT_ALLOWED, "GET or HEAD\n".to_owned());
    }
    match request.uri.path() {
        "/metrics" => {
            let mut gauges = shared.site.gauges();
            gauges.addresses = u64::try_from(shared.peers.len()).unwrap_or(u64::MAX);
            let mut response = words(method, StatusCode::OK, page(&shared.counters, gauges));
            let form = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
            response.headers_mut().insert(CONTENT_TYPE, form);
            response
        }
        "/healthz" => {
            let (status, text) = health(shared);
            words(method, status, text.to_owned())
        }
        _ => words(method, StatusCode::NOT_FOUND, "/metrics or /healthz\n".to_owned()),
    }
}

/// Whether clients get what they come for, and what to do where they do not.
fn health(shared: &Shared) -> (StatusCode, &'static str) {
    let unwell = |text| (StatusCode::SERVICE_UNAVAILABLE, text);
    if shared.is_draining() {
        return unwell("stopping\n");
    }
    if shared.site.tree.is_gone() {
        return unwell("the folder that is served has been removed or replaced: restart the server\n");
    }
    match shared.site.publication() {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(LookupError::NotFound) => unwell(
            "no metadata/timestamp.json in the folder that is served: publish, or give another --repo\n",
        ),
        Err(LookupError::Denied) => {
            unwell("metadata/timestamp.json may not be read: check its owner and its mode\n")
        }
        Err(LookupError::Unavailable | LookupError::Io(_)) => {
            unwell("metadata/timestamp.json cannot be read: check the disk and the number of open files\n")
        }
    }
}
