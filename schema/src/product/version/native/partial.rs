//! Versions of npm of which parts may be missing or stand for any: `1`, `1.x`, `1.2.*`, `v1.2.3-rc.1`.

use alloc::format;
use alloc::string::String;

use super::{NativeError, NativeRule, Piece, Scheme, successor};
use crate::product::version::VersionRule;

/// A version of npm whose later parts may not be given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Partial<'a> {
    /// Those of major, minor and patch that are given, from the first.
    pub(super) numbers: [Option<&'a str>; 3],
    /// The pre-release with its hyphen, or nothing.
    pub(super) pre_release: &'a str,
    /// Whether a part is written as `x`, `X` or `*`.
    pub(super) has_wildcard: bool,
}

impl<'a> Partial<'a> {
    /// Reads a version or its beginning. Build metadata is left out, as it is not compared.
    pub(super) fn parse(piece: Piece<'a>) -> Result<Self, NativeError> {
        let version = piece.trim();
        let version = version.without("=").unwrap_or(version);
        let version = version.without("v").unwrap_or(version);
        let mut partial = Self { numbers: [None; 3], pre_release: "", has_wildcard: false };
        let (rest, build) = version.cut(version.text.find('+').unwrap_or(version.text.len()));
        if build.text.len() == 1 {
            return Err(build.broken(NativeRule::Version(VersionRule::Empty)));
        }
        let (numbers, pre_release) = rest.cut(rest.text.find('-').unwrap_or(rest.text.len()));
        let mut parts = numbers.split(".");
        for number in &mut partial.numbers {
            let Some(part) = parts.next() else { break };
            match part.text {
                "x" | "X" | "*" => partial.has_wildcard = true,
                // What stands behind a part for any counts no more.
                _ if partial.has_wildcard => {}
                "" => return Err(part.broken(NativeRule::Version(VersionRule::Number))),
                digits if digits.len() > 1 && digits.starts_with('0') => {
                    return Err(part.broken(NativeRule::Version(VersionRule::LeadingZero)));
                }
                digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => *number = Some(digits),
                _ => return Err(part.broken(NativeRule::Version(VersionRule::Character))),
            }
        }
        if let Some(fourth) = parts.next() {
            return Err(fourth.broken(NativeRule::Version(VersionRule::Numbers)));
        }
        if partial.is_full() {
            partial.pre_release = pre_release.text;
            if let Err(error) = Scheme::Npm.key(&partial.filled()) {
                return Err(pre_release.broken(NativeRule::Version(error.rule)));
            }
        } else if !pre_release.text.is_empty() && !partial.has_wildcard {
            return Err(pre_release.broken(NativeRule::Version(VersionRule::Numbers)));
        }
        Ok(partial)
    }

    /// Whether major, minor and patch are given.
    pub(super) const fn is_full(self) -> bool {
        let [.., patch] = self.numbers;
        patch.is_some()
    }

    /// Whether not even the major number is given.
    pub(super) const fn is_any(self) -> bool {
        let [major, ..] = self.numbers;
        major.is_none()
    }

    /// How many numbers are given.
    fn given(self) -> usize {
        self.numbers.iter().flatten().count()
    }

    /// The version with zeros for what is not given.
    pub(super) fn filled(self) -> String {
        let [major, minor, patch] = self.numbers.map(|number| number.unwrap_or("0"));
        format!("{major}.{minor}.{patch}{}", self.pre_release)
    }

    /// The version with the number at a place counted up and zeros behind it.
    pub(super) fn next(self, place: usize) -> String {
        let numbers = self.numbers.map(|number| number.unwrap_or("0"));
        let part = |at: usize, number: &str| match at.cmp(&place) {
            core::cmp::Ordering::Less => String::from(number),
            core::cmp::Ordering::Equal => successor(number),
            core::cmp::Ordering::Greater => String::from("0"),
        };
        let [major, minor, patch] = numbers;
        format!("{}.{}.{}", part(0, major), part(1, minor), part(2, patch))
    }

    /// The first version that begins otherwise than what is given.
    pub(super) fn behind(self) -> String {
        self.next(self.given().saturating_sub(1))
    }

    /// The first version that `^` leaves out: the first number that is not zero is counted up, or the last given.
    pub(super) fn caret(self) -> String {
        let zeros = self.numbers.into_iter().take_while(|number| *number == Some("0")).count();
        self.next(zeros.min(self.given().saturating_sub(1)))
    }

    /// The first version that `~` leaves out: the minor number is counted up, or the major where it stands alone.
    pub(super) fn tilde(self) -> String {
        self.next(self.given().saturating_sub(1).min(1))
    }
}

/// What an operator is called in front of a version of npm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Compared(super::Comparator),
    Caret,
    Tilde,
}

/// The words of one alternative: operators with their versions, blanks between them or not.
pub(super) fn words(
    alternative: Piece<'_>,
) -> impl Iterator<Item = Result<(Operator, Partial<'_>), NativeError>> {
    use super::Comparator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    const OPERATORS: [(&str, Operator); 8] = [
        (">=", Operator::Compared(GreaterOrEqual)),
        ("<=", Operator::Compared(LessOrEqual)),
        ("~>", Operator::Tilde),
        (">", Operator::Compared(Greater)),
        ("<", Operator::Compared(Less)),
        ("=", Operator::Compared(Equal)),
        ("^", Operator::Caret),
        ("~", Operator::Tilde),
    ];
    let mut rest = alternative.trim();
    core::iter::from_fn(move || {
        if rest.text.is_empty() {
            return None;
        }
        let found = OPERATORS.iter().find_map(|(text, operator)| Some((*operator, rest.without(text)?)));
        let (operator, behind) = found.unwrap_or((Operator::Compared(Equal), rest));
        let behind = behind.trim();
        let (version, after) = behind.cut(behind.text.find(char::is_whitespace).unwrap_or(behind.text.len()));
        rest = after.trim();
        Some(Partial::parse(version).map(|partial| (operator, partial)))
    })
}
