//! What the header fields say about a file, worked out once for each content.
//!
//! Every answer of 200 and 304 is one of the sets of fields made here, so that a request only copies them.

use hyper::HeaderMap;
use hyper::body::Bytes;
use hyper::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL,
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue,
    LAST_MODIFIED, VARY, X_CONTENT_TYPE_OPTIONS,
};

use super::encoding::Coding;
use super::media_type::{Lifetime, MediaType, media_type};
use super::tree::Stamp;

/// Pages that are served run nothing, load nothing and stand in nobody's frame.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                           form-action 'none'; frame-ancestors 'none'; sandbox";

/// One content of one path.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) stamp: Stamp,
    pub(super) media_type: MediaType,
    pub(super) lifetime: Lifetime,
    last_modified: HeaderValue,
    tag: String,
}

impl Facts {
    pub(super) fn of(path: &str, stamp: Stamp) -> Self {
        let Stamp { inode, length, modified } = stamp;
        Self {
            stamp,
            media_type: media_type(path),
            lifetime: Lifetime::of(path),
            last_modified: value(httpdate::fmt_http_date(stamp.modified_at())),
            tag: format!("{:x}-{length:x}-{inode:x}", modified.as_nanos()),
        }
    }

    /// The strong entity tag of one form: each is a representation of its own (RFC 9110 section 8.8.3.3).
    pub(super) fn etag(&self, coding: Coding) -> HeaderValue {
        let tag = &self.tag;
        value(match coding {
            Coding::Identity => format!("\"{tag}\""),
            Coding::Gzip => format!("\"{tag}-gzip\""),
            Coding::Zstd => format!("\"{tag}-zstd\""),
        })
    }

    /// The fields that 200, 206 and 304 share.
    pub(super) fn shared(&self, etag: &HeaderValue) -> HeaderMap {
        let mut fields = HeaderMap::with_capacity(16);
        fields.insert(ETAG, etag.clone());
        fields.insert(LAST_MODIFIED, self.last_modified.clone());
        fields.insert(CACHE_CONTROL, HeaderValue::from_static(self.lifetime.cache_control()));
        fields.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        // Public files, for anybody's scripts to read (Fetch, 3.3): there is nothing to be had by a cookie.
        fields.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        fields.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
        if self.media_type.compressible {
            fields.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        }
        if self.media_type.is_shown() {
            fields.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
        }
        fields
    }

    /// The fields of 200 and 206, for content of a length.
    pub(super) fn with_content(&self, shared: &HeaderMap, coding: Coding, length: u64) -> HeaderMap {
        let mut fields = shared.clone();
        fields.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type.name));
        fields.insert(CONTENT_LENGTH, length.into());
        fields.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        match coding {
            Coding::Identity => {}
            Coding::Gzip => drop(fields.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"))),
            Coding::Zstd => drop(fields.insert(CONTENT_ENCODING, HeaderValue::from_static("zstd"))),
        }
        fields
    }
}

/// One form of a file in memory, with its fields.
#[derive(Debug)]
pub(super) struct Representation {
    pub(super) content: Bytes,
    pub(super) etag: HeaderValue,
    /// Of 304.
    pub(super) shared: HeaderMap,
    /// Of 200.
    pub(super) whole: HeaderMap,
}

impl Representation {
    pub(super) fn new(facts: &Facts, coding: Coding, content: Bytes) -> Self {
        let etag = facts.etag(coding);
        let shared = facts.shared(&etag);
        let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
        let whole = facts.with_content(&shared, coding, length);
        Self { content, etag, shared, whole }
    }
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("printable ASCII only")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use std::time::Duration;

    use super::*;

    fn facts(path: &str) -> Facts {
        Facts::of(path, Stamp { inode: 0x2a, length: 600, modified: Duration::new(1_505_260_800, 0) })
    }

    #[test]
    fn tags_the_forms_of_a_file_differently() {
        let facts = facts("a.json");
        assert_eq!(facts.etag(Coding::Identity), "\"14e3c2b8ee520000-258-2a\"");
        assert_eq!(facts.etag(Coding::Gzip), "\"14e3c2b8ee520000-258-2a-gzip\"");
        assert_eq!(facts.etag(Coding::Zstd), "\"14e3c2b8ee520000-258-2a-zstd\"");
        assert_eq!(facts.last_modified, "Wed, 13 Sep 2017 00:00:00 GMT");
    }

    #[test]
    fn only_pages_carry_a_policy_for_pages() {
        for (path, shown) in [("a.html", true), ("a.xml", true), ("a.json", false), ("a.pdf", false)] {
            let facts = facts(path);
            let fields = facts.shared(&facts.etag(Coding::Identity));
            assert_eq!(fields.contains_key(CONTENT_SECURITY_POLICY), shown, "{path}");
        }
    }
}
