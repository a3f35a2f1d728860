//! What is wrong with an identifier that is a plain text, and what holds for all of them.
//!
//! A value that would match everything (nothing, wildcards alone, a root folder, a public suffix, every address) is
//! refused by the reader of its kind, for the publisher's lint and for the client alike. Not here: the kinds, each of
//! which has a file of its own.

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
    /// A wildcard for whole folders that is not alone in its part of a path.
    #[error("found `**` beside other characters, wanted it alone between two separators")]
    DoubleStar,
    /// An unclosed or empty variable.
    #[error("found a variable without a name or its second `%`, wanted `%Variable%\\…`")]
    Variable,
    /// A process name.
    #[error("found a path separator, wanted a process's file name")]
    ProcessName,
    /// An Apple team id.
    #[error("found another form, wanted 10 upper-case letters and digits")]
    TeamId,
    /// A dotted id.
    #[error("found another form, wanted letters, digits, `-` and `_` in two or more parts joined by `.`")]
    DottedId,
    /// An application's id.
    #[error(
        "found another form, wanted letters, digits, `-` and `_` in two or more parts joined by `.`, or 6 to 12 digits of the App Store"
    )]
    AppId,
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
    /// An Authenticode digest.
    #[error(
        "found another form, wanted 64 lower-case hexadecimal digits (the Authenticode SHA-256, not the file's)"
    )]
    Authenticode,
    /// A code directory hash.
    #[error("found another form, wanted 40 lower-case hexadecimal digits (the CDHash)")]
    CdHash,
    /// A domain label.
    #[error("found another label, wanted 1 to 63 letters, digits and inner `-` (A-labels, no wildcard)")]
    Label,
    /// A label that is no A-label.
    #[error("found `xn--` and no valid A-label behind it (RFC 5891, UTS 46)")]
    ALabel,
    /// A public suffix.
    #[error(
        "found a public suffix, below which everybody has names, wanted a domain that somebody has registered"
    )]
    PublicSuffix,
    /// A single label.
    #[error("found a single label, wanted a domain below a top-level domain")]
    SingleLabel,
    /// A long domain.
    #[error("found more than 253 characters, wanted a domain name")]
    DomainLength,
    /// An address.
    #[error("found no address, wanted IPv4 or IPv6 and `/prefix`")]
    Address,
    /// An address alone.
    #[error("found no address, wanted IPv4 or IPv6")]
    BareAddress,
    /// A prefix length.
    #[error("found another prefix length, wanted 1 to {bits}")]
    Prefix {
        /// Bits of the address.
        bits: u8,
    },
    /// Host bits.
    #[error("found bits set below the prefix, wanted the network's own address")]
    HostBits,
    /// An image's name.
    #[error("found another form, wanted `registry/repository`, with `:tag` and `@sha256:…` or not")]
    ImageName,
    /// An image's tag.
    #[error("found another tag, wanted 1 to 128 letters, digits, `_`, `.` and `-`")]
    ImageTag,
    /// An image's digest.
    #[error("found another digest, wanted `sha256:` and 64 lower-case hexadecimal digits")]
    ImageDigest,
    /// A distinguished name.
    #[error("found a distinguished name without a common name, wanted `CN=…` in it")]
    CommonName,
    /// An autonomous system.
    #[error("found another form, wanted `AS` and a number from 1 to 4294967294")]
    Asn,
}

/// The error of a rule that is broken at a byte.
pub(super) const fn wrong<T>(at: usize, rule: TextRule) -> Result<T, TextError> {
    Err(TextError { at, rule })
}

/// Not empty, not too long, no control characters.
pub(super) fn check_text(text: &str) -> Result<(), TextError> {
    if text.trim().is_empty() {
        return wrong(0, TextRule::Empty);
    }
    if text.len() > IDENTIFIER_LENGTH {
        return wrong(IDENTIFIER_LENGTH, TextRule::TooLong { limit: IDENTIFIER_LENGTH });
    }
    text.find(char::is_control).map_or(Ok(()), |at| wrong(at, TextRule::Control))
}

pub(super) const fn is_wild(c: char) -> bool {
    matches!(c, '*' | '?')
}

pub(super) fn name(text: &str) -> Result<Name, TextError> {
    check_text(text)?;
    if text.chars().all(|c| is_wild(c) || c.is_whitespace()) {
        return Err(TextError { at: 0, rule: TextRule::Everything });
    }
    Name::of(text).ok_or(TextError { at: 0, rule: TextRule::NoWord })
}
