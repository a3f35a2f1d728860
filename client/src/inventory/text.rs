//! Bytes into text, and identifiers out of text, as every reader needs them.

use std::borrow::Cow;

use interdict_schema::Sha256;
use interdict_schema::product::{Cpe, Purl};

use super::component::Component;
use super::coverage::{Coverage, Place, Problem};
use super::limits::Limits;

/// The bytes behind a UTF-8 byte order mark, if there is one.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// A count as the type that places use.
pub(super) fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// The text in some bytes; what is not UTF-8 is replaced and noted.
pub(super) fn text<'a>(
    bytes: &'a [u8],
    place: Place,
    coverage: &mut Coverage,
    limits: &Limits,
) -> Cow<'a, str> {
    let text = String::from_utf8_lossy(bytes);
    if matches!(text, Cow::Owned(_)) {
        coverage.note(place, Problem::Utf8, limits);
    }
    text
}

/// Reads identifiers into a component; one that does not parse is noted.
pub(super) struct Identifiers<'a> {
    pub(super) coverage: &'a mut Coverage,
    pub(super) limits: &'a Limits,
    pub(super) place: Place,
}

impl Identifiers<'_> {
    fn note(&mut self, problem: Problem) {
        self.coverage.note(self.place, problem, self.limits);
    }

    pub(super) fn purl(&mut self, component: &mut Component, text: &str) {
        match Purl::parse_lenient(text.trim()) {
            Ok(purl) => {
                component.ecosystem.get_or_insert_with(|| purl.package_type().to_owned());
                component.purl = Some(purl);
            }
            Err(error) => self.note(Problem::Purl(error)),
        }
    }

    pub(super) fn cpe(&mut self, component: &mut Component, text: &str) {
        match Cpe::parse(text.trim()) {
            Ok(cpe) => component.cpe.push(cpe),
            Err(error) => self.note(Problem::Cpe(error)),
        }
    }

    pub(super) fn sha256(&mut self, component: &mut Component, text: &str) {
        match text.trim().to_ascii_lowercase().parse::<Sha256>() {
            Ok(digest) => component.sha256.push(digest),
            Err(_) => self.note(Problem::Sha256),
        }
    }

    pub(super) fn cve(&mut self, component: &mut Component, text: &str) {
        match text.trim().parse() {
            Ok(cve) => component.cves.push(cve),
            Err(error) => self.note(Problem::Cve(error)),
        }
    }
}
