//! What the forms say in the same words: of a finding what it is, why and by when; where a source lies as a URI.
//!
//! Words of directives and inventories are in here as they are: hostile. Each form escapes them in its own way.

use std::borrow::Cow;
use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::record::{DueRecord, EvidenceRecord, FindingRecord};

/// Unreserved characters (RFC 3986, 2.3) and the slash. A colon is encoded, so that no path is taken for a scheme.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A source's label as a URI reference (RFC 3986): `file:///…` for an absolute path, a relative one as it is.
pub(super) fn uri(label: &str) -> String {
    let scheme = if label.starts_with('/') { "file://" } else { "" };
    // Two slashes at the beginning of a reference would name a host.
    let label = if label.starts_with("//") { label.trim_start_matches('/') } else { label };
    let slash = if scheme.is_empty() || label.starts_with('/') { "" } else { "/" };
    format!("{scheme}{slash}{}", utf8_percent_encode(label, PATH))
}

/// Name and version, or what an inventory says of it.
pub(super) fn name(record: &FindingRecord<'_>) -> Cow<'static, str> {
    match (&record.component, record.evidence.first()) {
        (Some(component), _) => match component.version {
            Some(version) => format!("{} {version}", component.name).into(),
            None => component.name.to_owned().into(),
        },
        (None, Some(evidence)) => evidence.found.to_owned().into(),
        (None, None) => "(no component)".into(),
    }
}

/// Where it stands: host, source and row, or the source's own name for it.
pub(super) fn place(record: &FindingRecord<'_>) -> String {
    let mut place = String::new();
    if let Some(host) = record.component.as_ref().and_then(|component| component.host) {
        let _ = write!(place, "{host}, ");
    }
    let source = record.place.source;
    let _ = match record.place.reference {
        Some(reference) => write!(place, "{source}, {reference}"),
        None => write!(place, "{source}, row {}", record.place.row),
    };
    place
}

/// One comparison.
pub(super) fn comparison(evidence: &EvidenceRecord<'_>) -> String {
    let versions = evidence.versions.map_or_else(String::new, |versions| format!(" {versions}"));
    let list = evidence
        .list
        .as_ref()
        .map_or_else(String::new, |list| format!(" of {} revision {}", list.id, list.revision));
    format!(
        "{} {}{versions}{list} meets {} {}",
        evidence.kind, evidence.value, evidence.field, evidence.found
    )
}

/// Why it has its verdict: what it rests on, what makes it doubtful, what leaves it out.
pub(super) fn why(record: &FindingRecord<'_>) -> String {
    let mut parts: Vec<String> = record.evidence.first().map(comparison).into_iter().collect();
    parts.extend(record.doubts.iter().cloned());
    parts.extend(record.exclusion.as_ref().map(|out| format!("{}: {}", out.id, out.reason)));
    parts.extend(record.exception.as_ref().map(|exception| format!("{}: {}", exception.id, exception.words)));
    parts.join("; ")
}

/// What is due first, with the day in the issuer's zone; what was missed before what is to come.
pub(super) fn due(record: &FindingRecord<'_>) -> Option<String> {
    let one = |due: &DueRecord<'_>, words: &str| {
        let paragraph = due.paragraph.map_or_else(String::new, |number| format!(" (paragraph {number})"));
        let edge = due.edge.map_or_else(String::new, |edge| format!("{} ", edge.as_str()));
        format!("{words} {}: {edge}{}{paragraph}", due.at, due.kind)
    };
    let late = record.overdue.as_ref().map(|due| one(due, "overdue since"));
    late.or_else(|| record.next.as_ref().map(|due| one(due, "due by")))
}

/// All of it in one sentence.
pub(super) fn sentence(record: &FindingRecord<'_>) -> String {
    let mut text = format!(
        "{}: {} is {} ({}) of {}: {}",
        record.verdict,
        name(record),
        record.subject_name,
        record.disposition,
        record.directive,
        why(record)
    );
    if let Some(due) = due(record) {
        let _ = write!(text, ". {due}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_uri_that_names_no_host_and_no_scheme() {
        for (label, wanted) in [
            ("/var/lib/dpkg/status", "file:///var/lib/dpkg/status"),
            ("inventories/a b.csv", "inventories/a%20b.csv"),
            ("javascript:alert(1)", "javascript%3Aalert%281%29"),
            ("//example.org/x", "file:///example.org/x"),
            ("standard input", "standard%20input"),
            ("a\u{1b}é?#%", "a%1B%C3%A9%3F%23%25"),
        ] {
            assert_eq!(uri(label), wanted);
        }
    }
}
