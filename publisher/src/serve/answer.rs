//! From a request to the answer: which status, which fields, which bytes (RFC 9110).
//!
//! Not here: the grammar of paths (`path.rs`), conditions (`conditional.rs`), ranges (`range.rs`), codings
//! (`encoding.rs`), and what hyper refuses before we see it: 400 for what is not HTTP, 431 for too much header.
//!
//! Differs: a request line beyond the limit of the whole header is 431 as well, not 414 (RFC 9112
//! section 3); hyper reads both into the same buffer.

use std::time::Duration;

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, CACHE_CONTROL, CONTENT_LENGTH,
    CONTENT_RANGE, CONTENT_TYPE, HOST, HeaderName, HeaderValue, ORIGIN, RANGE, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode, Version};

use super::body::Content;
use super::conditional::{Validators, Verdict, evaluate, range_counts};
use super::encoding::{Coding, preferred};
use super::facts::Representation;
use super::held::HeldFile;
use super::limits::{MAX_TARGET_BYTES, UNSTORED};
use super::load::{Site, Source};
use super::media_type::Lifetime;
use super::path::{PathRefusal, RequestPath};
use super::range::{Part, part};
use super::tree::LookupError;

/// A status that sends no file, with the field that belongs to it.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    field: Option<(HeaderName, HeaderValue)>,
}

impl From<StatusCode> for Refusal {
    fn from(status: StatusCode) -> Self {
        Self { status, field: None }
    }
}

impl From<PathRefusal> for Refusal {
    fn from(refusal: PathRefusal) -> Self {
        match refusal {
            PathRefusal::Malformed => StatusCode::BAD_REQUEST.into(),
            PathRefusal::Unserved => StatusCode::NOT_FOUND.into(),
        }
    }
}

impl From<LookupError> for Refusal {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::NotFound => StatusCode::NOT_FOUND.into(),
            LookupError::Denied => StatusCode::FORBIDDEN.into(),
            LookupError::Unavailable => Self {
                status: StatusCode::SERVICE_UNAVAILABLE,
                field: Some((RETRY_AFTER, HeaderValue::from_static("1"))),
            },
            LookupError::Io(_) => StatusCode::INTERNAL_SERVER_ERROR.into(),
        }
    }
}

/// The answer to a request for a file.
pub(super) async fn answer(site: &Site, request: &Parts) -> Response<Content> {
    match file_answer(site, request).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(&request.method),
    }
}

/// The answer to an address that asks too often.
pub(super) fn too_many(request: &Parts, wait: Duration) -> Response<Content> {
    // At least one second: zero would be an invitation.
    let seconds = wait.as_secs().saturating_add(1);
    let field = Some((RETRY_AFTER, seconds.into()));
    Refusal { status: StatusCode::TOO_MANY_REQUESTS, field }.into_response(&request.method)
}

/// A few words for people, never kept.
pub(super) fn words(method: &Method, status: StatusCode, text: String) -> Response<Content> {
    let length = text.len();
    let content = if method == Method::HEAD { Content::Empty } else { Content::Whole(text.into()) };
    let mut response = Response::new(content);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CONTENT_LENGTH, length.into());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(UNSTORED));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A script may see why, too.
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

async fn file_answer(site: &Site, request: &Parts) -> Result<Response<Content>, Refusal> {
    if is_preflight(request) {
        return Ok(preflight());
    }
    check(request)?;
    if let Some(file) = site.at_hand(request.uri.path()) {
        return held_answer(&file, request);
    }
    let path = RequestPath::parse(request.uri.path())?;
    match site.load(&path).await {
        Ok(Source::Held(file)) => held_answer(&file, request),
        Ok(source @ Source::OnDisk(..)) => {
            let facts = source.facts();
            let etag = facts.etag(Coding::Identity);
            let form = Representation {
                content: hyper::body::Bytes::new(),
                shared: facts.shared(&etag),
                whole: facts.with_content(&facts.shared(&etag), Coding::Identity, facts.stamp.length),
                etag,
            };
            form_answer(&source, &form, request)
        }
        Err(error) => {
            if let LookupError::Denied | LookupError::Io(_) = &error {
                tracing::error!(path = path.as_str(), error = %Whole(&error), "a file cannot be read; check its owner, its mode and the disk");
            }
            Err(error.into())
        }
    }
}

/// An error with its cause, on one line.
struct Whole<'a>(&'a LookupError);

impl std::fmt::Display for Whole<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            LookupError::Io(cause) => write!(formatter, "{}: {cause}", self.0),
            other => write!(formatter, "{other}"),
        }
    }
}

/// The form of a file in memory that the client likes best.
fn held_answer(file: &std::sync::Arc<HeldFile>, request: &Parts) -> Result<Response<Content>, Refusal> {
    let has_forms = file.gzip.is_some() || file.zstd.is_some();
    let is_ranged = || request.method == Method::GET && request.headers.contains_key(RANGE);
    let coding = if has_forms && !is_ranged() {
        preferred(&request.headers, file.gzip.is_some(), file.zstd.is_some())
    } else {
        Coding::Identity
    };
    let form = match coding {
        Coding::Identity => Some(&file.plain),
        Coding::Gzip => file.gzip.as_ref(),
        Coding::Zstd => file.zstd.as_ref(),
    };
    form_answer(&Source::Held(std::sync::Arc::clone(file)), form.unwrap_or(&file.plain), request)
}

fn form_answer(
    source: &Source,
    form: &Representation,
    request: &Parts,
) -> Result<Response<Content>, Refusal> {
    let facts = source.facts();
    let validators = Validators {
        etag: form.etag.as_bytes(),
        modified: facts.stamp.modified_at(),
        content_is_fixed: facts.lifetime == Lifetime::Immutable,
    };
    match evaluate(&request.headers, validators) {
        Verdict::PreconditionFailed => Err(StatusCode::PRECONDITION_FAILED.into()),
        Verdict::NotModified => {
            let mut response = Response::new(Content::Empty);
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.headers_mut() = form.shared.clone();
            Ok(response)
        }
        Verdict::Proceed => {
            let range = request
                .headers
                .get(RANGE)
                .filter(|_| request.method == Method::GET && range_counts(&request.headers, validators));
            let length = facts.stamp.length;
            match range.map_or(Part::Whole, |range| part(range.as_bytes(), length)) {
                Part::Whole => Ok(whole(source, form, &request.method)),
                Part::Slice { first, last } => Ok(slice(source, form, first, last)),
                Part::Unsatisfiable => {
                    let field = Some((CONTENT_RANGE, content_range(format!("bytes */{length}"))));
                    Err(Refusal { status: StatusCode::RANGE_NOT_SATISFIABLE, field })
                }
            }
        }
    }
}

/// Whether a browser asks if a script may ask (Fetch, 3.3.2).
fn is_preflight(request: &Parts) -> bool {
    request.method == Method::OPTIONS
        && request.headers.contains_key(ORIGIN)
        && request.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight() -> Response<Content> {
    let mut response = Response::new(Content::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD"));
    let fields = "If-Match, If-Modified-Since, If-None-Match, If-Range, If-Unmodified-Since, Range";
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(fields));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

/// Everything about a request that is wrong whatever lies on disk.
fn check(request: &Parts) -> Result<(), Refusal> {
    if request.method != Method::GET && request.method != Method::HEAD {
        let field = Some((ALLOW, HeaderValue::from_static("GET, HEAD")));
        return Err(Refusal { status: StatusCode::METHOD_NOT_ALLOWED, field });
    }
    // RFC 9112 section 3.2: exactly one Host in HTTP/1.1.
    let mut hosts = request.headers.get_all(HOST).iter();
    let (host, another) = (hosts.next(), hosts.next());
    if another.is_some() || (host.is_none() && request.version == Version::HTTP_11) {
        return Err(StatusCode::BAD_REQUEST.into());
    }
    let target = &request.uri;
    let target_bytes = target.path_and_query().map_or(0, |text| text.as_str().len())
        + target.authority().map_or(0, |text| text.as_str().len())
        + target.scheme_str().map_or(0, |text| text.len() + "://".len());
    if target_bytes > MAX_TARGET_BYTES {
        return Err(StatusCode::URI_TOO_LONG.into());
    }
    // The absolute form must be understood (RFC 9112 section 3.2.2); other schemes and user names are not ours.
    let ours = matches!(target.scheme_str(), None | Some("http" | "https"));
    if !ours || target.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(StatusCode::BAD_REQUEST.into());
    }
    Ok(())
}

/// 200 with all of a form.
fn whole(source: &Source, form: &Representation, method: &Method) -> Response<Content> {
    let content = match source {
        _ if method == Method::HEAD => Content::Empty,
        Source::Held(_) => Content::Whole(form.content.clone()),
        Source::OnDisk(file, facts) => Content::from_disk(file.clone(), 0, facts.stamp.length),
    };
    let mut response = Response::new(content);
    *response.headers_mut() = form.whole.clone();
    response
}

/// 206 with a part of the plain file.
fn slice(source: &Source, form: &Representation, first: u64, last: u64) -> Response<Content> {
    let content = cut(source, form, first, last - first + 1);
    let length = content.left();
    let mut response = Response::new(content);
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    let headers = response.headers_mut();
    *headers = form.whole.clone();
    headers.insert(CONTENT_LENGTH, length.into());
    let whole = source.facts().stamp.length;
    headers.insert(CONTENT_RANGE, content_range(format!("bytes {first}-{last}/{whole}")));
    response
}

/// `length` bytes of the plain file from `first` on; both lie within it.
fn cut(source: &Source, form: &Representation, first: u64, length: u64) -> Content {
    match source {
        Source::Held(_) => {
            let content = &form.content;
            let start = usize::try_from(first).unwrap_or(usize::MAX).min(content.len());
            let end = usize::try_from(first + length).unwrap_or(usize::MAX).min(content.len());
            Content::Whole(content.slice(start..end))
        }
        Source::OnDisk(file, _) => Content::from_disk(file.clone(), first, length),
    }
}

fn content_range(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("digits and ASCII punctuation only")
}

impl Refusal {
    fn into_response(self, method: &Method) -> Response<Content> {
        // The status line again, for people.
        let mut response = words(method, self.status, format!("{}\n", self.status));
        response.headers_mut().extend(self.field);
        response
    }
}
