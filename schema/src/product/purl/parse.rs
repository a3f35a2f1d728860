//! Reading package URLs (ECMA-427, section 5.6: parse from the right, then from the left).

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::Purl;
use super::error::{PurlError, PurlRule};
use super::types::{self, Namespace};
use crate::limits::PURL_LENGTH;

/// How much a reader forgives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Every rule of the type, and keys in lower case.
    Strict,
    /// What tools write: any case of keys, namespaces and qualifiers as they come.
    Lenient,
}

type Read<T> = Result<T, PurlError>;

pub(super) const fn wrong<T>(at: usize, rule: PurlRule) -> Read<T> {
    Err(PurlError { at, rule })
}

pub(super) fn parse(text: &str, manner: Manner) -> Read<Purl> {
    if text.len() > PURL_LENGTH {
        return wrong(PURL_LENGTH, PurlRule::TooLong { limit: PURL_LENGTH });
    }
    if let Some(at) = control(text) {
        return wrong(at, PurlRule::Control);
    }
    let (rest, subpath) = match text.rsplit_once('#') {
        Some((rest, subpath)) => (rest, subpath_of(subpath, rest.len() + 1)?),
        None => (text, None),
    };
    let (rest, qualifiers) = match rest.rsplit_once('?') {
        Some((rest, qualifiers)) => (rest, qualifiers_of(qualifiers, rest.len() + 1, manner)?),
        None => (rest, BTreeMap::new()),
    };
    let Some((scheme, after)) = rest.split_once(':') else { return wrong(0, PurlRule::Scheme) };
    if !scheme.eq_ignore_ascii_case("pkg") {
        return wrong(0, PurlRule::Scheme);
    }
    let after = after.trim_start_matches('/');
    let type_at = rest.len() - after.len();
    let (package_type, path) = after.split_once('/').unwrap_or((after, ""));
    let package_type = type_of(package_type, path.is_empty(), type_at)?;

    let path = path.trim_start_matches('/');
    let path_at = rest.len() - path.len();
    let (path, version) = split_version(path.trim_end_matches('/'));
    let version = version.map(|text| decode(text, path_at + path.len() + 1)).transpose()?;
    // A Git host is the namespace, and everything below it the repository's name.
    let split = if package_type == "git" { path.split_once('/') } else { path.rsplit_once('/') };
    let (namespace, name) = split.unwrap_or(("", path));
    let name_at = path_at + path.len() - name.len();
    let namespace = namespace_of(namespace, path_at)?;
    let name = decode(name, name_at)?;
    let version = version.filter(|version| !version.is_empty());
    finish(Purl { package_type, namespace, name, version, qualifiers, subpath }, name_at, manner)
}

/// The first control character.
fn control(text: &str) -> Option<usize> {
    // Whole, and not to the first that is other: that is several bytes at once.
    let plain = text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    if plain { None } else { text.find(char::is_control) }
}

/// Reads a type and a namespace alone, and the byte at which the namespace stands.
pub(super) fn namespace(text: &str) -> Read<(String, Option<String>, usize)> {
    if text.len() > PURL_LENGTH {
        return wrong(PURL_LENGTH, PurlRule::TooLong { limit: PURL_LENGTH });
    }
    if let Some(at) = control(text) {
        return wrong(at, PurlRule::Control);
    }
    let Some((scheme, after)) = text.split_once(':') else { return wrong(0, PurlRule::Scheme) };
    if !scheme.eq_ignore_ascii_case("pkg") {
        return wrong(0, PurlRule::Scheme);
    }
    let after = after.trim_start_matches('/');
    let type_at = text.len() - after.len();
    let (package_type, path) = after.split_once('/').unwrap_or((after, ""));
    let package_type = type_of(package_type, false, type_at)?;
    let path = path.trim_start_matches('/');
    let at = text.len() - path.len();
    // An `@` that begins a segment is a scope's, as in `split_version`.
    let version = path
        .match_indices('@')
        .map(|(at, _)| at)
        .find(|at| path.get(..*at).is_some_and(|before| !before.is_empty() && !before.ends_with('/')));
    let more = path.find(['?', '#']);
    if let Some(offset) = [version, more].into_iter().flatten().min() {
        return wrong(at + offset, PurlRule::NamespaceAlone);
    }
    Ok((package_type, namespace_of(path, at)?, at))
}

/// The version begins at the last `@`, unless that one begins a segment, as in `@scope/name`.
fn split_version(path: &str) -> (&str, Option<&str>) {
    match path.rsplit_once('@') {
        Some((before, after)) if after.contains('/') && (before.is_empty() || before.ends_with('/')) => {
            (path, None)
        }
        Some((before, after)) => (before, Some(after)),
        None => (path, None),
    }
}

fn type_of(text: &str, alone: bool, at: usize) -> Read<String> {
    if text.is_empty() {
        return wrong(at, PurlRule::TypeMissing);
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    if let Some((offset, _)) =
        text.char_indices().find(|&(i, c)| !allowed(c) || (i == 0 && !c.is_ascii_alphabetic()))
    {
        let rule = if alone { PurlRule::TypeMissing } else { PurlRule::TypeCharacter };
        return wrong(at + offset, rule);
    }
    Ok(text.to_ascii_lowercase())
}

fn namespace_of(text: &str, at: usize) -> Read<Option<String>> {
    // Nearly all are one plain segment, or none.
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'/')) {
        return Ok((!text.is_empty()).then(|| text.to_string()));
    }
    let mut segments = Vec::new();
    let mut at = at;
    for segment in text.split('/') {
        let decoded = decode(segment, at)?;
        if decoded.contains('/') {
            return wrong(at, PurlRule::SlashInSegment);
        }
        if !decoded.is_empty() {
            segments.push(decoded);
        }
        at += segment.len() + 1;
    }
    Ok((!segments.is_empty()).then(|| segments.join("/")))
}

fn subpath_of(text: &str, at: usize) -> Read<Option<String>> {
    let mut segments = Vec::new();
    let mut at = at;
    for segment in text.split('/') {
        let decoded = decode(segment, at)?;
        if decoded.contains('/') {
            return wrong(at, PurlRule::SlashInSegment);
        }
        if !matches!(decoded.as_str(), "" | "." | "..") {
            segments.push(decoded);
        }
        at += segment.len() + 1;
    }
    Ok((!segments.is_empty()).then(|| segments.join("/")))
}

fn qualifiers_of(text: &str, at: usize, manner: Manner) -> Read<BTreeMap<String, String>> {
    let mut qualifiers = BTreeMap::new();
    let mut at = at;
    for pair in text.split('&').filter(|_| !text.is_empty()) {
        let Some((key, value)) = pair.split_once('=') else { return wrong(at, PurlRule::QualifierValue) };
        let decoded = decode(value, at + key.len() + 1)?;
        // The official suite refuses `Arch` and reads `repositorY_url`: the first letter decides.
        if manner == Manner::Strict && key.starts_with(|c: char| c.is_ascii_uppercase()) {
            return wrong(at, PurlRule::QualifierKey);
        }
        let key = key.to_ascii_lowercase();
        check_key(&key, at)?;
        if !decoded.is_empty() && qualifiers.insert(key, decoded).is_some() {
            return wrong(at, PurlRule::QualifierTwice);
        }
        at += pair.len() + 1;
    }
    Ok(qualifiers)
}

fn check_key(key: &str, at: usize) -> Read<()> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    if !key.starts_with(|c: char| c.is_ascii_lowercase()) {
        return wrong(at, PurlRule::QualifierKey);
    }
    key.find(|c| !allowed(c)).map_or(Ok(()), |offset| wrong(at + offset, PurlRule::QualifierKey))
}

/// Percent-decoding (RFC 3986, 2.1) that refuses what it cannot decode.
fn decode(text: &str, at: usize) -> Read<String> {
    if !text.contains('%') {
        return Ok(text.to_string());
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes().enumerate();
    while let Some((offset, byte)) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let digit = |next: Option<(usize, u8)>| {
            next.and_then(|(_, b)| char::from(b).to_digit(16)).and_then(|d| u8::try_from(d).ok())
        };
        let (Some(high), Some(low)) = (digit(bytes.next()), digit(bytes.next())) else {
            return wrong(at + offset, PurlRule::Percent);
        };
        decoded.push(high * 16 + low);
    }
    let decoded = String::from_utf8(decoded).or(wrong(at, PurlRule::Utf8))?;
    if decoded.contains(char::is_control) { wrong(at, PurlRule::Control) } else { Ok(decoded) }
}

/// Applies the rules of the type; `at` is where the name stands.
pub(super) fn finish(purl: Purl, at: usize, manner: Manner) -> Read<Purl> {
    let Purl { package_type, namespace, name, version, qualifiers, subpath } = purl;
    let name = if package_type == "git" { without_empty_segments(&name) } else { name };
    if name.is_empty() {
        return wrong(at, PurlRule::NameMissing);
    }
    let rules = types::rules_of(&package_type);
    let namespace = namespace.map(|text| rules.namespace(text));
    let version = version.map(|text| rules.version(text));
    let name = rules.name(name, &package_type, namespace.as_deref(), &qualifiers);
    if !types::allows_name(&package_type, &name) {
        return wrong(at, PurlRule::Name);
    }
    if version.as_ref().is_some_and(|version| !types::allows_version(&package_type, version)) {
        return wrong(at, PurlRule::Version);
    }
    if manner == Manner::Strict {
        match (rules.namespace, &namespace) {
            (Namespace::Required, None) => return wrong(at, PurlRule::NamespaceMissing),
            (Namespace::Prohibited, Some(_)) => return wrong(at, PurlRule::NamespaceProhibited),
            _ => {}
        }
        if let Some(key) = rules.qualifier.filter(|key| !qualifiers.contains_key(*key)) {
            return wrong(at, PurlRule::QualifierMissing { key });
        }
    }
    Ok(Purl { package_type, namespace, name, version, qualifiers, subpath })
}

fn without_empty_segments(path: &str) -> String {
    path.split('/').filter(|segment| !segment.is_empty()).collect::<Vec<_>>().join("/")
}

/// Checks parts that did not come from a text.
pub(super) fn build(parts: Purl) -> Read<Purl> {
    let package_type = type_of(&parts.package_type, false, 0)?;
    parts.qualifiers.keys().try_for_each(|key| check_key(key, 0))?;
    let texts = [&parts.namespace, &parts.version, &parts.subpath].into_iter().flatten();
    let texts = texts.chain(parts.qualifiers.values()).chain([&parts.name]);
    if texts.clone().any(|text| text.contains(char::is_control)) {
        return wrong(0, PurlRule::Control);
    }
    if texts.map(String::len).fold(0, usize::saturating_add) > PURL_LENGTH {
        return wrong(0, PurlRule::TooLong { limit: PURL_LENGTH });
    }
    let filled = |text: &String| !text.is_empty();
    let inside = |path: String| {
        let segments = path.split('/').filter(|segment| !matches!(*segment, "" | "." | ".."));
        segments.collect::<Vec<_>>().join("/")
    };
    finish(
        Purl {
            package_type,
            namespace: parts.namespace.map(|path| without_empty_segments(&path)).filter(filled),
            name: parts.name,
            version: parts.version.filter(filled),
            qualifiers: parts.qualifiers.into_iter().filter(|(_, value)| filled(value)).collect(),
            subpath: parts.subpath.map(inside).filter(filled),
        },
        0,
        Manner::Strict,
    )
}
