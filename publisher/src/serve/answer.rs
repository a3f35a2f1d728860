//! From a request to the answer: which status, which fields, which bytes (RFC 9110).
//!
//! Not here: the grammar of paths (`path.rs`), conditions (`conditional.rs`), ranges (`range.rs`), codings
//! (`encoding.rs`), and what hyper refuses before we see it: 400 for what is not HTTP, 431 for too much header.
//!
//! Differs: a request line beyond the limit of the whole header is 431 as well, not 414 (RFC 9112
//! section 3); hyper reads both into the same buffer.

use hyper::body::Bytes;
use hyper::header::{
    ACCEPT_RANGES, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    HOST, HeaderName, HeaderValue, LAST_MODIFIED, RANGE, RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{HeaderMap, Method, Request, Response, StatusCode, Version};

use super::body::Content;
use super::conditional::{Validators, Verdict, evaluate, range_counts};
use super::encoding::wants_gzip;
use super::held::Facts;
use super::limits::{MAX_TARGET_BYTES, UNSTORED};
use super::load::{Site, Source, gzip_form};
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
            LookupError::Io(cause) => {
                tracing::error!(%cause, "a file cannot be read");
                StatusCode::INTERNAL_SERVER_ERROR.into()
            }
        }
    }
}

/// The answer to a request; its own content, if it has any, is left unread.
pub(super) async fn answer<B>(site: &Site, request: &Request<B>) -> Response<Content> {
    match file_answer(site, request).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(request.method()),
    }
}

async fn file_answer<B>(site: &Site, request: &Request<B>) -> Result<Response<Content>, Refusal> {
    let path = requested_path(request)?;
    let headers = request.headers();
    let source = site.load(&path).await?;
    let ranged = request.method() == Method::GET && headers.contains_key(RANGE);
    let gzip = match &source {
        Source::Held(file) if !ranged && wants_gzip(headers) => gzip_form(file).await?,
        _ => None,
    };
    let facts = source.facts();
    let etag = if gzip.is_some() { &facts.gzip_etag } else { &facts.etag };
    let validators = Validators {
        etag: etag.as_bytes(),
        modified: facts.stamp.modified_at(),
        content_is_fixed: facts.lifetime == Lifetime::Immutable,
    };
    let mut response = match evaluate(headers, validators) {
        Verdict::PreconditionFailed => return Err(StatusCode::PRECONDITION_FAILED.into()),
        Verdict::NotModified => {
            let mut response = Response::new(Content::Empty);
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        }
        Verdict::Proceed => {
            let range = headers.get(RANGE).filter(|_| ranged && range_counts(headers, validators));
            with_content(&source, gzip, range, request.method())?
        }
    };
    describe(response.headers_mut(), facts, etag);
    Ok(response)
}

/// Everything about a request that is wrong whatever lies on disk.
fn requested_path<B>(request: &Request<B>) -> Result<RequestPath<'_>, Refusal> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let field = Some((ALLOW, HeaderValue::from_static("GET, HEAD")));
        return Err(Refusal { status: StatusCode::METHOD_NOT_ALLOWED, field });
    }
    // RFC 9112 section 3.2: exactly one Host in HTTP/1.1.
    let hosts = request.headers().get_all(HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        return Err(StatusCode::BAD_REQUEST.into());
    }
    let target = request.uri();
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
    Ok(RequestPath::parse(target.path())?)
}

/// 200 or 206 with the file, its gzip form, or the part of it that is asked for.
fn with_content(
    source: &Source,
    gzip: Option<Bytes>,
    range: Option<&HeaderValue>,
    method: &Method,
) -> Result<Response<Content>, Refusal> {
    let facts = source.facts();
    let length = facts.stamp.length;
    let is_gzip = gzip.is_some();
    let (content, slice) = match range.map_or(Part::Whole, |range| part(range.as_bytes(), length)) {
        Part::Whole => (gzip.map_or_else(|| cut(source, 0, length), Content::Whole), None),
        Part::Slice { first, last } => (cut(source, first, last - first + 1), Some((first, last))),
        Part::Unsatisfiable => {
            let value = content_range(format!("bytes */{length}"));
            let field = Some((CONTENT_RANGE, value));
            return Err(Refusal { status: StatusCode::RANGE_NOT_SATISFIABLE, field });
        }
    };
    let content_length = content.left();
    let mut response = Response::new(if method == Method::HEAD { Content::Empty } else { content });
    let headers = response.headers_mut();
    headers.reserve(12);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(facts.media_type.name));
    headers.insert(CONTENT_LENGTH, content_length.into());
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if is_gzip {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Some((first, last)) = slice {
        headers.insert(CONTENT_RANGE, content_range(format!("bytes {first}-{last}/{length}")));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// `length` bytes of the plain file from `first` on; both lie within it.
fn cut(source: &Source, first: u64, length: u64) -> Content {
    match source {
        Source::Held(file) => {
            let start = usize::try_from(first).unwrap_or(usize::MAX).min(file.content.len());
            let end = usize::try_from(first + length).unwrap_or(usize::MAX).min(file.content.len());
            Content::Whole(file.content.slice(start..end))
        }
        Source::OnDisk(file, _) => Content::from_disk(file.clone(), first, length),
    }
}

fn content_range(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("digits and ASCII punctuation only")
}

/// The fields that 200, 206 and 304 share.
fn describe(headers: &mut HeaderMap, facts: &Facts, etag: &HeaderValue) {
    headers.insert(ETAG, etag.clone());
    headers.insert(LAST_MODIFIED, facts.last_modified.clone());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(facts.lifetime.cache_control()));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if facts.media_type.compressible {
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
}

impl Refusal {
    fn into_response(self, method: &Method) -> Response<Content> {
        // The status line again, for people.
        let text = format!("{}\n", self.status);
        let length = text.len();
        let content = if method == Method::HEAD { Content::Empty } else { Content::Whole(text.into()) };
        let mut response = Response::new(content);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(CONTENT_LENGTH, length.into());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(UNSTORED));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.extend(self.field);
        response
    }
}
