//! An identifier that somebody asks about, as an inventory of one component.
//!
//! It is read as a row of our table ([`super::csv`]) with nothing in it but the identifier, so that it means there what
//! it means in an inventory. Not here: files, which the caller has to open; [`file()`] takes what was found in one.

use std::path::Path;

use interdict_schema::Sha256;
use interdict_schema::invisible::is_invisible;
use interdict_schema::product::text::TextError;
use interdict_schema::product::{FilePath, PackageName, ProcessName};
use url::{Host, Url};

use super::component::{Component, Inventory, SourceRow};
use super::coverage::{Coverage, Problem, Reading};
use super::limits::Limits;
use super::{Trace, csv};

/// What an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum AskedKind {
    /// A package URL: pkg:deb/debian/kesl@11
    Purl,
    /// A package's name: kesl, deb:kesl, npm:@scope/name@1.0
    Package,
    /// A CPE name
    Cpe,
    /// The SHA-256 digest of a file, with or without sha256: before it
    Sha256,
    /// A CVE id
    Cve,
    /// A domain
    Domain,
    /// An address
    Ip,
    /// A URL: the domain or address in it
    Url,
    /// A file here: its content, its path and its name
    File,
}

/// A text that is no identifier of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// Nothing.
    #[error("found nothing, wanted an identifier")]
    Empty,
    /// A character that nobody can see.
    #[error("found a character that is not visible at byte {at}, wanted an identifier")]
    Invisible {
        /// The byte.
        at: usize,
    },
    /// No package's name.
    #[error("not a package's name, {0}")]
    Package(TextError),
    /// No URL with a host.
    #[error("found no URL with a host, wanted one as https://www.example.com/path")]
    Url,
    /// Not of its kind.
    #[error(transparent)]
    Row(Problem),
}

impl AskedKind {
    /// What a text is taken for: by its beginning (`pkg:`, `cpe:`, `CVE-`, `sha256:`, a scheme and `://`), as an address or digest, with a slash
    /// as a file, with a dot as a domain, otherwise as a package's name.
    pub fn of(text: &str) -> Self {
        let begins =
            |with: &str| text.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with));
        let is_digest = || text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match text {
            _ if begins("pkg:") => Self::Purl,
            _ if begins("cpe:") => Self::Cpe,
            _ if begins("cve-") => Self::Cve,
            _ if begins("sha256:") || is_digest() => Self::Sha256,
            _ if has_scheme(text) => Self::Url,
            _ if text.parse::<std::net::IpAddr>().is_ok() => Self::Ip,
            // `npm:@scope/name` has a slash; `C:\file` has none, and no ecosystem either.
            _ if PackageName::parse(text).is_ok_and(|name| name.ecosystem().is_some()) => Self::Package,
            _ if text.contains(['/', '\\']) => Self::File,
            _ if text.contains('.') => Self::Domain,
            _ => Self::Package,
        }
    }

    /// The word, as it is given.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Purl => "purl",
            Self::Package => "package",
            Self::Cpe => "cpe",
            Self::Sha256 => "sha256",
            Self::Cve => "cve",
            Self::Domain => "domain",
            Self::Ip => "ip",
            Self::Url => "url",
            Self::File => "file",
        }
    }
}

/// The inventory of an identifier that is no file.
///
/// # Errors
/// What the text is not.
pub fn read(text: &str, kind: AskedKind) -> Result<Inventory, NotAsked> {
    if text.is_empty() {
        return Err(NotAsked::Empty);
    }
    if let Some(at) = text.find(is_invisible) {
        return Err(NotAsked::Invisible { at });
    }
    let cells = match kind {
        AskedKind::Package => package(text)?,
        AskedKind::Sha256 => vec![("sha256", without_prefix(text).to_owned())],
        AskedKind::Url => vec![host(text)?],
        kind => vec![(kind.as_str(), text.to_owned())],
    };
    let mut inventory = csv::read(&table(&cells), text, &Limits::STANDARD);
    match inventory.coverage.pop().map(|coverage| (coverage.read, coverage.notes)) {
        Some((Reading::Partial { reason, .. } | Reading::Unread { reason }, _)) => Err(NotAsked::Row(reason)),
        Some((Reading::Complete, notes)) => {
            if let Some(note) = notes.into_iter().next() {
                return Err(NotAsked::Row(note.problem));
            }
            inventory.coverage.push(Coverage { components: 1, ..Coverage::new(text, None) });
            inventory.components.truncate(1);
            // A row of nothing but blanks is none, and has nothing wrong with it.
            if inventory.components.is_empty() { Err(NotAsked::Empty) } else { Ok(inventory) }
        }
        None => Err(NotAsked::Empty),
    }
}

/// The inventory of a file: its digest, its path, and its name as a process would have it.
pub fn file(label: &str, path: &Path, digest: Sha256) -> Inventory {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_else(|| label.to_owned());
    let mut component =
        Component::named(name.clone(), SourceRow { source: 0, row: 1, byte: None, reference: None });
    component.sha256.push(digest);
    // A path or name that is none in an order hides nothing: no rule could mean it.
    if let Some(path) = path.to_str().and_then(|path| FilePath::parse(path).ok()) {
        component.add_trace(Trace::Path(path));
    }
    if let Ok(process) = ProcessName::parse(&name) {
        component.add_trace(Trace::Process(process));
    }
    let coverage = Coverage { components: 1, ..Coverage::new(label, None) };
    Inventory { components: vec![component], findings: Vec::new(), coverage: vec![coverage] }
}

/// `name`, `ecosystem:name`, either with `@version` behind it.
fn package(text: &str) -> Result<Vec<(&'static str, String)>, NotAsked> {
    let parsed = PackageName::parse(text).map_err(NotAsked::Package)?;
    // The package's name as it is written: how letters count is a matter of its ecosystem.
    let name = parsed
        .ecosystem()
        .and_then(|ecosystem| text.get(ecosystem.len().saturating_add(1)..))
        .unwrap_or(text);
    // The `@` of a scope begins the name.
    let (name, version) = match name.rsplit_once('@') {
        Some((name, version)) if !name.is_empty() && !version.is_empty() => (name, Some(version)),
        _ => (name, None),
    };
    let ecosystem = parsed.ecosystem().map(|ecosystem| ("ecosystem", ecosystem.to_owned()));
    let version = version.map(|version| ("version", version.to_owned()));
    Ok([Some(("name", name.to_owned())), ecosystem, version].into_iter().flatten().collect())
}

/// Whether a text begins with a scheme and `://` (RFC 3986, 3.1).
fn has_scheme(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// The domain or address of a URL, as a browser would reach it: without user, port and path, and in A-labels.
fn host(text: &str) -> Result<(&'static str, String), NotAsked> {
    match Url::parse(text).ok().as_ref().and_then(Url::host) {
        // Of schemes that are not the web's the host stays as it is written.
        Some(Host::Domain(domain)) => Ok(("domain", domain.trim_end_matches('.').to_ascii_lowercase())),
        Some(Host::Ipv4(address)) => Ok(("ip", address.to_string())),
        Some(Host::Ipv6(address)) => Ok(("ip", address.to_string())),
        None => Err(NotAsked::Url),
    }
}

fn without_prefix(text: &str) -> &str {
    text.split_once(':')
        .filter(|(kind, _)| kind.eq_ignore_ascii_case("sha256"))
        .map_or(text, |(_, digest)| digest)
}

fn table(cells: &[(&str, String)]) -> Vec<u8> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let columns = cells.iter().map(|(column, _)| *column);
    let written =
        writer.write_record(columns).and_then(|()| writer.write_record(cells.iter().map(|(_, cell)| cell)));
    written.expect("a vector takes all bytes");
    writer.into_inner().expect("a vector takes all bytes")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    fn a_text_is_taken_for_what_it_looks_like() {
        let digest = "0a".repeat(32);
        for (text, kind) in [
            ("pkg:deb/debian/kesl@11", AskedKind::Purl),
            ("PKG:npm/x", AskedKind::Purl),
            ("cpe:2.3:a:b:c:1:*:*:*:*:*:*:*", AskedKind::Cpe),
            ("cve-2017-0001", AskedKind::Cve),
            (&digest, AskedKind::Sha256),
            ("sha256:0", AskedKind::Sha256),
            ("192.0.2.1", AskedKind::Ip),
            ("2001:db8::1", AskedKind::Ip),
            ("deb:kesl", AskedKind::Package),
            ("npm:@scope/name@1.0", AskedKind::Package),
            ("./kesl", AskedKind::File),
            ("C:\\x\\avp.exe", AskedKind::File),
            ("/opt/kaspersky", AskedKind::File),
            ("www.example.com", AskedKind::Domain),
            ("https://www.example.com/a", AskedKind::Url),
            ("HTTP://192.0.2.1", AskedKind::Url),
            ("//host/share", AskedKind::File),
            ("1://x", AskedKind::File),
            ("kesl", AskedKind::Package),
            ("é", AskedKind::Package),
        ] {
            assert_eq!(AskedKind::of(text), kind, "{text}");
        }
    }

    #[test]
    fn a_name_may_have_an_ecosystem_a_scope_and_a_version() {
        for (text, ecosystem, name, version) in [
            ("kesl", None, "kesl", None),
            ("deb:kesl@11.4-1", Some("deb"), "kesl", Some("11.4-1")),
            ("npm:@scope/name@1.0", Some("npm"), "@scope/name", Some("1.0")),
            ("npm:@scope/name", Some("npm"), "@scope/name", None),
            ("NPM:Left", Some("npm"), "Left", None),
        ] {
            let inventory = read(text, AskedKind::Package).unwrap();
            let found = &inventory.components[0];
            let found = (found.ecosystem.as_deref(), found.name.as_str(), found.version.as_deref());
            assert_eq!(found, (ecosystem, name, version), "{text}");
            assert_eq!((inventory.coverage[0].source.as_str(), inventory.is_complete()), (text, true));
        }
    }

    #[test]
    fn of_a_url_the_host_is_meant_as_a_browser_would_reach_it() {
        for (text, domain) in [
            ("https://www.kaspersky.com/x?y#z", "www.kaspersky.com"),
            ("https://user:pass@KASPERSKY.com:8443/", "kaspersky.com"),
            ("https://kaspersky.com.", "kaspersky.com"),
            ("https://good.example@kaspersky.com/", "kaspersky.com"),
            ("https://kaspersky.com\\@good.example/", "kaspersky.com"),
            ("https://bücher.example", "xn--bcher-kva.example"),
            ("git+ssh://git@Kaspersky.com/a.git", "kaspersky.com"),
        ] {
            assert_eq!(host(text), Ok(("domain", domain.to_owned())), "{text}");
            assert!(read(text, AskedKind::Url).unwrap().is_complete(), "{text}");
        }
        assert_eq!(host("http://0xC0.0.2.1/"), Ok(("ip", "192.0.2.1".to_owned())));
        assert_eq!(host("http://[2001:DB8::1]:80"), Ok(("ip", "2001:db8::1".to_owned())));
        for text in ["https://", "mailto:a@b", "file:///etc/passwd", "https://a b/"] {
            assert_eq!(host(text), Err(NotAsked::Url), "{text}");
        }
    }

    #[test]
    fn what_is_no_identifier_of_its_kind_is_refused_with_the_reason() {
        assert_eq!(read("", AskedKind::Package), Err(NotAsked::Empty));
        for (text, kind) in [("sha256:", AskedKind::Sha256), (" ", AskedKind::Cpe)] {
            assert_eq!(read(text, kind), Err(NotAsked::Empty), "{text:?}");
        }
        assert!(matches!(
            read(&format!("md5:{}", "0a".repeat(32)), AskedKind::Sha256),
            Err(NotAsked::Row(_))
        ));
        assert_eq!(read("a\u{1b}b", AskedKind::Package), Err(NotAsked::Invisible { at: 1 }));
        assert_eq!(read("a\nb", AskedKind::Purl), Err(NotAsked::Invisible { at: 1 }));
        for (text, kind) in [
            ("pkg:", AskedKind::Purl),
            ("cpe:x", AskedKind::Cpe),
            ("CVE-1", AskedKind::Cve),
            ("sha256:0", AskedKind::Sha256),
            ("999.0.0.1", AskedKind::Ip),
        ] {
            assert!(matches!(read(text, kind), Err(NotAsked::Row(_))), "{text}");
        }
        assert!(matches!(read("a*", AskedKind::Package), Err(NotAsked::Package(_))));
    }
}
