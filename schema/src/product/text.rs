//! The syntax of identifiers that are plain texts: paths, processes, ids, registry keys, domains, networks.
//!
//! A value that would match everything (nothing, wildcards alone, a root folder, every address) is refused here, for the
//! publisher's lint and for the client alike. Not here yet: public suffixes, which need their list.

use alloc::string::String;
use core::net::IpAddr;

use super::name::Name;
use crate::limits::IDENTIFIER_LENGTH;

/// A text that is not an identifier of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {rule}")]
pub struct TextError {
    /// Byte where the rule is broken.
    pub at: usize,
    /// The rule that is broken.
    pub rule: TextRule,
}

/// A rule of a plain identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextRule {
    /// Nothing there.
    #[error("found nothing, wanted a value")]
    Empty,
    /// Longer than the limit.
    #[error("found more than {limit} bytes, wanted fewer")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// A control character.
    #[error("found a control character, wanted none")]
    Control,
    /// Matches everything.
    #[error("found a value that would match everything")]
    Everything,
    /// No word in a name.
    #[error("found no letter and no digit, wanted a name")]
    NoWord,
    /// A package name.
    #[error("found a blank or a wildcard, wanted one exact package name")]
    PackageCharacter,
    /// An ecosystem.
    #[error("found an unknown ecosystem before `:`, wanted a package-URL type such as `deb` or `rpm`")]
    Ecosystem,
    /// A relative path.
    #[error("found a relative path, wanted `/…`, `C:\\…`, `\\\\server\\…`, `~/…` or `%Variable%\\…`")]
    RelativePath,
    /// A step up in a path.
    #[error("found `..` in a path, wanted none")]
    PathStep,
    /// A process name.
    #[error("found a path separator, wanted a process's file name")]
    ProcessName,
    /// An Apple team id.
    #[error("found another form, wanted 10 upper-case letters and digits")]
    TeamId,
    /// A dotted id.
    #[error("found another form, wanted letters, digits, `-` and `_` in two or more parts joined by `.`")]
    DottedId,
    /// A browser extension's id.
    #[error("found another form, wanted 32 letters a to p, `{{GUID}}`, `name@domain` or a dotted id")]
    ExtensionId,
    /// A registry hive.
    #[error("found no hive, wanted HKLM, HKCU, HKCR, HKU or HKCC, or its long name")]
    Hive,
    /// A registry key.
    #[error("found an empty part of a key, wanted a name between two `\\`")]
    RegistryKey,
    /// A digest.
    #[error("found another form, wanted 64 lower-case hexadecimal digits")]
    Sha256,
    /// A domain label.
    #[error("found another label, wanted 1 to 63 letters, digits and inner `-` (A-labels, no wildcard)")]
    Label,
    /// A single label.
    #[error("found a single label, wanted a domain below a top-level domain")]
    SingleLabel,
    /// A long domain.
    #[error("found more than 253 characters, wanted a domain name")]
    DomainLength,
    /// An address.
    #[error("found no address, wanted IPv4 or IPv6 and `/prefix`")]
    Address,
    /// A prefix length.
    #[error("found another prefix length, wanted 1 to {bits}")]
    Prefix {
        /// Bits of the address.
        bits: u8,
    },
    /// Host bits.
    #[error("found bits set below the prefix, wanted the network's own address")]
    HostBits,
    /// An autonomous system.
    #[error("found another form, wanted `AS` and a number from 1 to 4294967294")]
    Asn,
}

type Checked = Result<(), TextError>;

const fn wrong(at: usize, rule: TextRule) -> Checked {
    Err(TextError { at, rule })
}

/// Not empty, not too long, no control characters.
pub(super) fn check_text(text: &str) -> Checked {
    if text.trim().is_empty() {
        return wrong(0, TextRule::Empty);
    }
    if text.len() > IDENTIFIER_LENGTH {
        return wrong(IDENTIFIER_LENGTH, TextRule::TooLong { limit: IDENTIFIER_LENGTH });
    }
    text.find(char::is_control).map_or(Ok(()), |at| wrong(at, TextRule::Control))
}

const fn is_wild(c: char) -> bool {
    matches!(c, '*' | '?')
}

pub(super) fn name(text: &str) -> Result<Name, TextError> {
    check_text(text)?;
    if text.chars().all(|c| is_wild(c) || c.is_whitespace()) {
        return Err(TextError { at: 0, rule: TextRule::Everything });
    }
    Name::of(text).ok_or(TextError { at: 0, rule: TextRule::NoWord })
}

/// An absolute path of Unix or Windows; `*` and `?` may stand in it, but not make up all of it.
pub(super) fn path(text: &str) -> Checked {
    check_text(text)?;
    let drive = |text: &str| {
        let mut characters = text.chars();
        characters.next().is_some_and(|c| c.is_ascii_alphabetic())
            && characters.next() == Some(':')
            && matches!(characters.next(), Some('\\' | '/'))
    };
    let variable = text.strip_prefix('%').and_then(|rest| rest.split_once('%'));
    let below = if let Some((name, below)) = variable {
        if name.is_empty() || !(below.starts_with('\\') || below.starts_with('/')) {
            return wrong(0, TextRule::RelativePath);
        }
        below
    } else if drive(text) {
        text.get(3..).unwrap_or_default()
    } else if text.starts_with(['/', '\\']) || text.starts_with("~/") {
        text.trim_start_matches('~')
    } else {
        return wrong(0, TextRule::RelativePath);
    };
    if let Some(at) = text
        .split(['/', '\\'])
        .scan(0, |at, part| {
            let start = *at;
            *at += part.len() + 1;
            Some((start, part))
        })
        .find_map(|(at, part)| (part == "..").then_some(at))
    {
        return wrong(at, TextRule::PathStep);
    }
    if below.chars().all(|c| is_wild(c) || matches!(c, '/' | '\\' | '.' | ' ')) {
        return wrong(0, TextRule::Everything);
    }
    Ok(())
}

pub(super) fn process(text: &str) -> Checked {
    check_text(text)?;
    if let Some(at) = text.find(['/', '\\']) {
        return wrong(at, TextRule::ProcessName);
    }
    // `*.exe` is every process of a machine.
    let stem = text.rsplit_once('.').map_or(text, |(stem, _)| stem);
    if stem.chars().all(is_wild) { wrong(0, TextRule::Everything) } else { Ok(()) }
}

pub(super) fn team_id(text: &str) -> Checked {
    check_text(text)?;
    let wanted = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    match text.bytes().position(|b| !wanted(b)) {
        Some(at) => wrong(at, TextRule::TeamId),
        None if text.len() == 10 => Ok(()),
        None => wrong(text.len().min(10), TextRule::TeamId),
    }
}

/// Bundle ids, app ids and the like: `com.kms.free`.
pub(super) fn dotted_id(text: &str) -> Checked {
    check_text(text)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if let Some(at) = text.find(|c| !allowed(c)) {
        return wrong(at, TextRule::DottedId);
    }
    let parts = || text.split('.');
    if parts().count() < 2 || parts().any(str::is_empty) { wrong(0, TextRule::DottedId) } else { Ok(()) }
}

/// Chrome, Firefox (either form), Safari and editors.
pub(super) fn extension_id(text: &str) -> Checked {
    check_text(text)?;
    let chrome = text.len() == 32 && text.bytes().all(|b| matches!(b, b'a'..=b'p'));
    let guid = |inner: &str| {
        let groups = [8, 4, 4, 4, 12];
        inner.split('-').count() == groups.len()
            && inner
                .split('-')
                .zip(groups)
                .all(|(part, length)| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let braced = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).is_some_and(guid);
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
    let address = text.split_once('@').is_some_and(|(name, domain)| {
        !domain.is_empty() && name.chars().all(allowed) && domain.chars().all(allowed)
    });
    if chrome || braced || address || dotted_id(text).is_ok() {
        Ok(())
    } else {
        wrong(0, TextRule::ExtensionId)
    }
}

/// A registry key below a hive.
pub(super) fn registry_key(text: &str) -> Checked {
    const HIVES: [&str; 10] = [
        "HKLM",
        "HKCU",
        "HKCR",
        "HKU",
        "HKCC",
        "HKEY_LOCAL_MACHINE",
        "HKEY_CURRENT_USER",
        "HKEY_CLASSES_ROOT",
        "HKEY_USERS",
        "HKEY_CURRENT_CONFIG",
    ];
    check_text(text)?;
    let (hive, key) = text.split_once('\\').unwrap_or((text, ""));
    if !HIVES.iter().any(|known| known.eq_ignore_ascii_case(hive)) {
        return wrong(0, TextRule::Hive);
    }
    let mut at = hive.len() + 1;
    for part in key.split('\\') {
        if part.is_empty() {
            return wrong(at.min(text.len()), TextRule::RegistryKey);
        }
        at += part.len() + 1;
    }
    if key.chars().all(|c| is_wild(c) || c == '\\') {
        wrong(hive.len() + 1, TextRule::Everything)
    } else {
        Ok(())
    }
}

/// A domain name of A-labels (RFC 1035, 2.3.4; RFC 5890), without wildcard or final dot.
pub(super) fn domain(text: &str) -> Checked {
    check_text(text)?;
    if text.len() > 253 {
        return wrong(253, TextRule::DomainLength);
    }
    let mut at = 0;
    for label in text.split('.') {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let edge = label.starts_with('-') || label.ends_with('-');
        if label.is_empty() || label.len() > 63 || edge || !label.bytes().all(allowed) {
            return wrong(at, TextRule::Label);
        }
        at += label.len() + 1;
    }
    if text.contains('.') { Ok(()) } else { wrong(0, TextRule::SingleLabel) }
}

/// A network (RFC 4632, RFC 4291): an address whose bits below the prefix are zero.
pub(super) fn cidr(text: &str) -> Checked {
    check_text(text)?;
    let Some((address, prefix)) = text.split_once('/') else { return wrong(text.len(), TextRule::Address) };
    let Ok(address) = address.parse::<IpAddr>() else { return wrong(0, TextRule::Address) };
    let (value, bits) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 32_u8),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let at = text.len() - prefix.len();
    let plain = prefix.bytes().all(|b| b.is_ascii_digit()) && (prefix == "0" || !prefix.starts_with('0'));
    let Some(prefix) = prefix.parse::<u8>().ok().filter(|prefix| plain && *prefix <= bits) else {
        return wrong(at, TextRule::Prefix { bits });
    };
    if prefix == 0 {
        return wrong(at, TextRule::Everything);
    }
    // Shifting out 128 bits leaves nothing.
    let below = value.checked_shl(u32::from(prefix)).unwrap_or(0);
    if below == 0 { Ok(()) } else { wrong(0, TextRule::HostBits) }
}

/// An autonomous system number (RFC 6793), `AS` before it or not.
pub(super) fn asn(text: &str) -> Checked {
    check_text(text)?;
    let digits = text.strip_prefix("AS").or_else(|| text.strip_prefix("as")).unwrap_or(text);
    let number =
        Some(digits).filter(|d| d.bytes().all(|b| b.is_ascii_digit())).and_then(|d| d.parse::<u32>().ok());
    match number {
        Some(1..=4_294_967_294) => Ok(()),
        _ => wrong(text.len() - digits.len(), TextRule::Asn),
    }
}

/// The lower-case form in which domains, Windows paths and registry keys are compared.
pub(super) fn folded(text: &str) -> String {
    text.to_lowercase()
}
