//! Bytes into text, and identifiers out of text, as every reader needs them.

use std::borrow::Cow;

use interdict_schema::Sha256;
use interdict_schema::product::network::address;
use interdict_schema::product::text::{TextError, TextRule};
use interdict_schema::product::{
    AppId, Asn, Authenticode, BundleId, CdHash, Cpe, Domain, ExtensionId, FilePath, Identifier,
    IdentifierError, Image, ProcessName, Purl, RegistryKey, TeamId,
};

use super::component::Description;
use super::coverage::{Coverage, Locally, Place, Problem};
use super::csv::Column;
use super::implied;
use super::limits::Limits;
use super::trace::Trace;

/// The bytes behind a UTF-8 byte order mark, if there is one.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// A text without blanks round it, quick where there are none.
pub(super) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
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
    // Faster than asking for replacements that nearly no text needs.
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.into();
    }
    coverage.note(place, Problem::Utf8, limits);
    String::from_utf8_lossy(bytes)
}

/// The name before an address in angle brackets: `AO Kaspersky Lab <support@example.org>`.
pub(super) fn before_address(text: &str) -> Option<String> {
    let name = text.split('<').next().unwrap_or_default().trim();
    (!name.is_empty()).then(|| name.to_owned())
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

    pub(super) fn purl(&mut self, component: &mut Description, text: &str) {
        match Purl::parse_lenient(trimmed(text)) {
            Ok(purl) => {
                component.ecosystem.get_or_insert_with(|| purl.package_type().to_owned());
                if let Some(trace) = implied::by_purl(&purl) {
                    component.add_trace(trace);
                }
                component.purl = Some(purl);
            }
            Err(error) => self.note(Problem::Purl(error)),
        }
    }

    pub(super) fn cpe(&mut self, component: &mut Description, text: &str) {
        match Cpe::parse(trimmed(text)) {
            Ok(cpe) => component.cpe.push(cpe),
            Err(error) => self.note(Problem::Cpe(error)),
        }
    }

    pub(super) fn sha256(&mut self, component: &mut Description, text: &str) {
        let text = trimmed(text);
        // Tools print digests in either case.
        let text = if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
        match text.parse::<Sha256>() {
            Ok(digest) => component.sha256.push(digest),
            Err(_) => {
                // Only this reader says at which byte.
                if let Err(IdentifierError::Text(error)) = Identifier::parse("sha256", &text, None) {
                    self.note(Problem::Text { column: Column::Sha256.name(), error });
                }
            }
        }
    }

    /// What was seen of a component, in a column of its kind.
    pub(super) fn trace(&mut self, component: &mut Description, column: Column, text: &str) {
        let text = text.trim();
        // Tools print digests in either case.
        let digest = || text.to_ascii_lowercase();
        let read = match column {
            Column::Authenticode => Authenticode::parse(&digest()).map(Trace::Authenticode),
            Column::CdHash => CdHash::parse(&digest()).map(Trace::CdHash),
            Column::Path => FilePath::parse(text).map(Trace::Path),
            Column::Process => ProcessName::seen(text).map(Trace::Process),
            Column::Signer => Ok(Trace::Signer(text.to_owned())),
            Column::TeamId => TeamId::parse(text).map(Trace::TeamId),
            Column::BundleId => BundleId::parse(text).map(Trace::BundleId),
            Column::AppId => AppId::parse(text).map(Trace::AppId),
            Column::ExtensionId => ExtensionId::parse(text).map(Trace::ExtensionId),
            Column::RegistryKey => RegistryKey::seen(text).map(Trace::RegistryKey),
            Column::Domain => Domain::seen(text).map(Trace::Domain),
            Column::Ip => address(text).map(Trace::Address),
            Column::Asn => Asn::parse(text).map(Trace::Asn),
            Column::Image => Image::parse(text).map(Trace::Image),
            // Columns with a field of their own.
            _ => return,
        };
        match read {
            Ok(trace) => component.add_trace(trace),
            Err(error) => {
                self.note(match local(text, error, column) {
                    Some(found) => Problem::Local { column: column.name(), found },
                    None => Problem::Text { column: column.name(), error },
                });
            }
        }
    }

    pub(super) fn cve(&mut self, component: &mut Description, text: &str) {
        match text.trim().parse() {
            Ok(cve) => component.cves.push(cve),
            Err(error) => self.note(Problem::Cve(error)),
        }
    }
}

/// What a value is that means something only where it was seen, if it is that.
///
/// A path that begins with a variable (`$HOME`) is a place that is not known here, and hides something; one that begins with
/// nothing is where the source's reader would look for it, and no rule means a relative path.
fn local(text: &str, error: TextError, column: Column) -> Option<Locally> {
    let account = || text.split_once('\\').is_some_and(|(domain, user)| is_short(domain) && is_account(user));
    match (column, error.rule) {
        (Column::Domain, _) if account() => Some(Locally::Account),
        (Column::Path, TextRule::RelativePath) if !text.starts_with(['$', '%', '~']) => Some(Locally::Path),
        _ => None,
    }
}

/// A short name of a Windows domain or machine: up to 15 letters, digits and hyphens.
fn is_short(domain: &str) -> bool {
    (1..=15).contains(&domain.len()) && domain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn is_account(user: &str) -> bool {
    !user.is_empty() && !user.contains(['/', '\\', '@'])
}

#[cfg(test)]
mod tests {
    use super::trimmed;

    #[test]
    fn blanks_of_every_kind_are_trimmed() {
        for text in [
            "",
            "a",
            " a",
            "a b",
            "a ",
            "\u{a0}a",
            "a\u{85}",
            "\u{2003}a\u{3000}",
            "é",
            " é ",
            "a\u{b}",
            "~!",
            " ",
            "\u{7f}",
        ] {
            assert_eq!(trimmed(text), text.trim(), "{text:?}");
        }
    }
}
