//! Conditional requests (RFC 9110 section 13), in the order of section 13.2.2.
//!
//! Pure: header fields and validators in, a verdict out. Fields that do not parse are ignored, as the
//! standard asks; nothing here can turn a whole answer into a wrong one.

use std::time::{Duration, SystemTime};

use hyper::HeaderMap;
use hyper::header::{HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE};

/// What identifies the selected representation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Validators<'a> {
    /// A strong entity tag, quotes included.
    pub(super) etag: &'a [u8],
    /// The last change; only whole seconds are compared, as HTTP dates hold no more.
    pub(super) modified: SystemTime,
    /// Whether the content can never change under its name, so that its date is a strong validator
    /// (RFC 9110 section 8.8.2.2).
    pub(super) content_is_fixed: bool,
}

/// What the conditions of a GET or HEAD come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// No condition, or all hold.
    Proceed,
    /// The client has this already: 304.
    NotModified,
    /// The client wants another one: 412.
    PreconditionFailed,
}

/// Evaluates every condition but `If-Range`.
pub(super) fn evaluate(headers: &HeaderMap, validators: Validators<'_>) -> Verdict {
    if headers.contains_key(IF_MATCH) {
        if !lists(headers, IF_MATCH, validators.etag, Comparison::Strong) {
            return Verdict::PreconditionFailed;
        }
    } else if let Some(date) = date(headers, &IF_UNMODIFIED_SINCE)
        && whole_seconds(validators.modified) > date
    {
        return Verdict::PreconditionFailed;
    }
    if headers.contains_key(IF_NONE_MATCH) {
        if lists(headers, IF_NONE_MATCH, validators.etag, Comparison::Weak) {
            return Verdict::NotModified;
        }
    } else if let Some(date) = date(headers, &IF_MODIFIED_SINCE)
        && whole_seconds(validators.modified) <= date
    {
        return Verdict::NotModified;
    }
    Verdict::Proceed
}

/// Whether a `Range` field counts: without `If-Range` always, with it only for the same representation
/// (RFC 9110 section 13.1.5).
pub(super) fn range_counts(headers: &HeaderMap, validators: Validators<'_>) -> bool {
    let Some(condition) = headers.get(IF_RANGE) else { return true };
    let condition = condition.as_bytes().trim_ascii();
    if condition.starts_with(b"\"") || condition.starts_with(b"W/") {
        return condition == validators.etag;
    }
    // A date is exact or nothing, and proves nothing where two contents may share a second.
    validators.content_is_fixed && date(headers, &IF_RANGE) == Some(whole_seconds(validators.modified))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Strong,
    Weak,
}

/// Whether a list of entity tags, possibly over several lines, names ours, which is strong.
fn lists(headers: &HeaderMap, name: HeaderName, etag: &[u8], comparison: Comparison) -> bool {
    headers.get_all(name).iter().any(|line| line_lists(line.as_bytes(), etag, comparison))
}

fn line_lists(line: &[u8], etag: &[u8], comparison: Comparison) -> bool {
    let mut rest = line.trim_ascii();
    if rest == b"*" {
        return true;
    }
    loop {
        let skipped = rest.iter().take_while(|byte| matches!(byte, b',' | b' ' | b'\t')).count();
        rest = rest.get(skipped..).unwrap_or_default();
        let (weak, opaque) = match rest.strip_prefix(b"W/") {
            Some(opaque) => (true, opaque),
            None => (false, rest),
        };
        // The tag reaches from its opening quote to the next one; no escapes (RFC 9110 section 8.8.3).
        if opaque.first() != Some(&b'"') {
            return false;
        }
        let Some(inner) = opaque.iter().skip(1).position(|byte| *byte == b'"') else { return false };
        let Some((tag, after)) = opaque.split_at_checked(inner + 2) else { return false };
        if tag == etag && (!weak || comparison == Comparison::Weak) {
            return true;
        }
        rest = after;
    }
}

/// A date field that stands exactly once and parses.
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    let mut lines = headers.get_all(name).iter();
    let line = lines.next().filter(|_| lines.next().is_none())?;
    httpdate::parse_http_date(line.to_str().ok()?.trim()).ok()
}

fn whole_seconds(moment: SystemTime) -> SystemTime {
    let seconds = moment.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    /// 2017-09-13T00:00:00Z and a half.
    fn validators() -> Validators<'static> {
        let modified = SystemTime::UNIX_EPOCH + Duration::from_millis(1_505_260_800_500);
        Validators { etag: b"\"a,b\"", modified, content_is_fixed: true }
    }

    const BEFORE: &str = "Tue, 12 Sep 2017 23:59:59 GMT";
    const AT: &str = "Wed, 13 Sep 2017 00:00:00 GMT";
    const AFTER: &str = "Wed, 13 Sep 2017 00:00:01 GMT";

    fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        headers
    }

    fn verdict(fields: &[(&'static str, &str)]) -> Verdict {
        evaluate(&headers(fields), validators())
    }

    #[test]
    fn answers_304_when_the_client_names_our_tag() {
        for tags in ["\"a,b\"", "W/\"a,b\"", "\"x\", \"a,b\"", "\"x\" ,,\tW/\"y\",\"a,b\"", "*", " * "] {
            assert_eq!(verdict(&[("if-none-match", tags)]), Verdict::NotModified, "{tags}");
        }
        for tags in ["", "\"a\"", "a,b", "\"a,b", "\"x\" junk \"a,b\"", "'a,b'", "W/", "w/\"a,b\"", "\"*\""] {
            assert_eq!(verdict(&[("if-none-match", tags)]), Verdict::Proceed, "{tags}");
        }
        assert_eq!(
            verdict(&[("if-none-match", "\"x\""), ("if-none-match", "\"a,b\"")]),
            Verdict::NotModified
        );
    }

    #[test]
    fn compares_dates_in_whole_seconds() {
        assert_eq!(verdict(&[("if-modified-since", BEFORE)]), Verdict::Proceed);
        assert_eq!(verdict(&[("if-modified-since", AT)]), Verdict::NotModified);
        assert_eq!(verdict(&[("if-modified-since", AFTER)]), Verdict::NotModified);
        assert_eq!(verdict(&[("if-modified-since", "yesterday")]), Verdict::Proceed);
        assert_eq!(verdict(&[("if-unmodified-since", BEFORE)]), Verdict::PreconditionFailed);
        assert_eq!(verdict(&[("if-unmodified-since", AT)]), Verdict::Proceed);
    }

    #[test]
    fn lets_tags_overrule_dates() {
        assert_eq!(verdict(&[("if-none-match", "\"x\""), ("if-modified-since", AFTER)]), Verdict::Proceed);
        assert_eq!(verdict(&[("if-match", "\"a,b\""), ("if-unmodified-since", BEFORE)]), Verdict::Proceed);
    }

    #[test]
    fn compares_if_match_strongly() {
        assert_eq!(verdict(&[("if-match", "\"a,b\"")]), Verdict::Proceed);
        assert_eq!(verdict(&[("if-match", "*")]), Verdict::Proceed);
        assert_eq!(verdict(&[("if-match", "W/\"a,b\"")]), Verdict::PreconditionFailed);
        assert_eq!(verdict(&[("if-match", "\"x\""), ("if-none-match", "*")]), Verdict::PreconditionFailed);
    }

    #[test]
    fn lets_a_range_count_only_for_the_same_representation() {
        let counts = |value| range_counts(&headers(&[("if-range", value)]), validators());
        assert!(range_counts(&headers(&[]), validators()));
        assert!(counts("\"a,b\"") && counts(AT));
        for value in ["\"x\"", "W/\"a,b\"", BEFORE, AFTER, "junk", ""] {
            assert!(!counts(value), "{value}");
        }
        let changing = Validators { content_is_fixed: false, ..validators() };
        assert!(!range_counts(&headers(&[("if-range", AT)]), changing));
    }
}
