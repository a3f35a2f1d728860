//! Reading CPE names: the formatted string (NISTIR 7695, 6.2) and the URI binding (6.1).

use alloc::vec::Vec;

use super::{Attribute, Cpe, Unit};
use crate::limits::CPE_LENGTH;

/// A text that is not a CPE name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {rule}")]
pub struct CpeError {
    /// Byte where the rule is broken.
    pub at: usize,
    /// The rule that is broken.
    pub rule: CpeRule,
}

/// A rule of CPE names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CpeRule {
    /// Longer than the limit.
    #[error("found more than {limit} bytes, wanted a CPE name")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// Neither binding.
    #[error("found neither `cpe:2.3:` nor `cpe:/`")]
    Prefix,
    /// Too few attributes.
    #[error("found {found} attributes, wanted part, vendor and product at least")]
    TooFew {
        /// Attributes found.
        found: usize,
    },
    /// Too many attributes.
    #[error("found more than {wanted} attributes, wanted {wanted} at most")]
    TooMany {
        /// Attributes that the binding has.
        wanted: usize,
    },
    /// A part that does not exist.
    #[error("found another part, wanted `a`, `o`, `h` or `*`")]
    Part,
    /// An empty attribute in a formatted string.
    #[error("found an empty attribute, wanted `*`, `-` or a value")]
    Empty,
    /// A wildcard inside a value.
    #[error("found a wildcard inside a value, wanted it at an end, or quoted")]
    Wildcard,
    /// A wildcard for any value where a value was wanted.
    #[error("found a wildcard alone as a value, wanted nothing in its place: any value is meant by that")]
    WildcardAlone,
    /// A character that may not stand here unquoted, or not at all.
    #[error("found a character that wants a backslash before it, or that no value may hold")]
    Character,
    /// A backslash with nothing to quote.
    #[error("found a backslash that quotes nothing, wanted punctuation after it")]
    Quote,
    /// A `%` that encodes nothing.
    #[error("found `%` without the code of a punctuation character")]
    Percent,
    /// A packed edition that is not five fields.
    #[error("found {found} fields in a packed edition, wanted five, each after `~`")]
    Packed {
        /// Fields found.
        found: usize,
    },
}

type Read<T> = Result<T, CpeError>;

const fn wrong<T>(at: usize, rule: CpeRule) -> Read<T> {
    Err(CpeError { at, rule })
}

pub(super) fn parse(text: &str) -> Read<Cpe> {
    if text.len() > CPE_LENGTH {
        return wrong(CPE_LENGTH, CpeRule::TooLong { limit: CPE_LENGTH });
    }
    let starts =
        |prefix: &str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if starts("cpe:2.3:") {
        formatted(text, 8)
    } else if starts("cpe:/") {
        uri(text, 5)
    } else {
        wrong(0, CpeRule::Prefix)
    }
}

/// Splits at unquoted colons; every piece comes with the byte it starts at.
fn pieces(text: &str, at: usize) -> Vec<(usize, &str)> {
    let mut pieces = Vec::new();
    let (mut start, mut quoted) = (at, false);
    for (index, c) in text.char_indices().filter(|&(index, _)| index >= at) {
        if c == ':' && !quoted {
            pieces.push((start, text.get(start..index).unwrap_or_default()));
            start = index + 1;
        }
        quoted = c == '\\' && !quoted;
    }
    pieces.push((start, text.get(start..).unwrap_or_default()));
    pieces
}

fn formatted(text: &str, at: usize) -> Read<Cpe> {
    let pieces = pieces(text, at);
    if pieces.len() < 3 {
        return wrong(text.len(), CpeRule::TooFew { found: pieces.len() });
    }
    if let Some((at, _)) = pieces.get(11) {
        return wrong(at.saturating_sub(1), CpeRule::TooMany { wanted: 11 });
    }
    let mut name = Cpe { attributes: [const { Attribute::Any }; 11], written: 0 };
    for (slot, &(at, piece)) in name.attributes.iter_mut().zip(&pieces) {
        *slot = match piece {
            "" => return wrong(at, CpeRule::Empty),
            "*" => Attribute::Any,
            "-" => Attribute::NotApplicable,
            value => formatted_value(value, at)?,
        };
        name.written += 1;
    }
    check_part(name, at)
}

fn formatted_value(text: &str, at: usize) -> Read<Attribute> {
    let mut units = Vec::with_capacity(text.len());
    let mut characters = text.char_indices();
    while let Some((index, c)) = characters.next() {
        units.push(match c {
            '\\' => match characters.next() {
                Some((_, quoted)) if quoted.is_ascii_punctuation() => (at + index, Unit::Is(quoted)),
                _ => return wrong(at + index, CpeRule::Quote),
            },
            '*' => (at + index, Unit::Many),
            '?' => (at + index, Unit::One),
            c if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') => {
                (at + index, Unit::Is(c.to_ascii_lowercase()))
            }
            _ => return wrong(at + index, CpeRule::Character),
        });
    }
    value(&units)
}

/// Wildcards at the ends: one `*`, or a run of `?`; something between them. A `*` alone is no value (NISTIR 7695, 5.3.2),
/// and would be written as ANY is.
fn value(units: &[(usize, Unit)]) -> Read<Attribute> {
    if let [(at, Unit::Many)] = units {
        return wrong(*at, CpeRule::WildcardAlone);
    }
    let wild = |&(_, unit): &&(usize, Unit)| !matches!(unit, Unit::Is(_));
    let front = units.iter().take_while(wild).count();
    let back = units.iter().rev().take_while(wild).count();
    for (index, (at, unit)) in units.iter().enumerate() {
        let inside = index >= front && index < units.len() - back.min(units.len());
        let run = if index < front { front } else { back };
        if (inside && !matches!(unit, Unit::Is(_))) || (!inside && *unit == Unit::Many && run > 1) {
            return wrong(*at, CpeRule::Wildcard);
        }
    }
    Ok(Attribute::Value(units.iter().map(|(_, unit)| *unit).collect()))
}

fn check_part(name: Cpe, at: usize) -> Read<Cpe> {
    match name.part() {
        Attribute::Any => Ok(name),
        Attribute::Value(units) if matches!(units.as_ref(), [Unit::Is('a' | 'o' | 'h')]) => Ok(name),
        _ => wrong(at, CpeRule::Part),
    }
}

/// The URI has seven components; the sixth may pack five attributes between tildes.
fn uri(text: &str, at: usize) -> Read<Cpe> {
    let pieces = pieces(text, at);
    if let Some((at, _)) = pieces.get(7) {
        return wrong(at.saturating_sub(1), CpeRule::TooMany { wanted: 7 });
    }
    let mut name = Cpe { attributes: [const { Attribute::Any }; 11], written: 11 };
    let [part, vendor, product, version, update, edition, language, rest @ ..] = &mut name.attributes;
    let mut pieces = pieces.into_iter();
    for slot in [part, vendor, product, version, update] {
        let Some((at, piece)) = pieces.next() else { break };
        *slot = uri_value(piece, at)?;
    }
    if let Some((at, piece)) = pieces.next() {
        if let Some(packed) = piece.strip_prefix('~') {
            let found = packed.split('~').count();
            if found != 5 {
                return wrong(at, CpeRule::Packed { found });
            }
            let mut at = at + 1;
            for (slot, field) in core::iter::once(edition).chain(rest).zip(packed.split('~')) {
                *slot = uri_value(field, at)?;
                at += field.len() + 1;
            }
        } else {
            *edition = uri_value(piece, at)?;
        }
    }
    if let Some((at, piece)) = pieces.next() {
        *language = uri_value(piece, at)?;
    }
    check_part(name, at)
}

fn uri_value(text: &str, at: usize) -> Read<Attribute> {
    match text {
        "" => return Ok(Attribute::Any),
        "-" => return Ok(Attribute::NotApplicable),
        _ => {}
    }
    let mut units = Vec::with_capacity(text.len());
    let mut bytes = text.bytes().enumerate();
    while let Some((index, byte)) = bytes.next() {
        let unit = match byte {
            b'%' => {
                let mut digit = || bytes.next().and_then(|(_, b)| char::from(b).to_digit(16));
                match digit().zip(digit()).map(|(high, low)| high * 16 + low).and_then(char::from_u32) {
                    Some('\u{1}') => Unit::One,
                    Some('\u{2}') => Unit::Many,
                    Some(c) if c.is_ascii_punctuation() => Unit::Is(c),
                    _ => return wrong(at + index, CpeRule::Percent),
                }
            }
            b if b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'~') => {
                Unit::Is(char::from(b.to_ascii_lowercase()))
            }
            _ => return wrong(at + index, CpeRule::Character),
        };
        units.push((at + index, unit));
    }
    value(&units)
}
