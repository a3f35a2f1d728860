//! The constraints of a range: read, decoded, sorted, written.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use super::VersionRange;
use super::encoding::{Spelling, decode, encode, position};
use super::error::{RangeError, RangeRule};
use super::intervals::Intervals;
use crate::product::version::{Comparator, Key, Scheme, VersionError};

/// One constraint: a comparator and a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// How versions stand to the version.
    pub comparator: Comparator,
    /// The version, decoded.
    pub version: String,
    /// Its key in the scheme, if the scheme is known and can read it.
    key: Option<Result<Key, VersionError>>,
    /// The byte of the text at which it stands.
    at: usize,
}

/// A scheme and its constraints, sorted by version. None at all: `*`, unless [`is_star`](Self::is_star) says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraints {
    name: String,
    scheme: Option<Scheme>,
    star: bool,
    list: Vec<Constraint>,
    length: usize,
}

/// Whether the text must be canonical.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Canonical,
    Any,
}

/// The names of ranges without a scheme.
const WITHOUT_SCHEME: [&str; 2] = ["all", "none"];

impl Constraints {
    /// Reads constraints that are sorted and encoded as the specification wants them.
    ///
    /// A version that its scheme cannot read is no error here, as a single one need not be compared
    /// ([`range`](Self::range) says).
    ///
    /// # Errors
    /// The byte and the rule that is broken.
    pub fn parse(text: &str) -> Result<Self, RangeError> {
        Self::read(text, Form::Canonical)
    }

    /// Reads constraints in any order and any valid encoding, and sorts them.
    ///
    /// # Errors
    /// The byte and the rule that is broken; a version that cannot be sorted is one.
    pub fn sorted(text: &str) -> Result<Self, RangeError> {
        Self::read(text, Form::Any)
    }

    fn read(text: &str, form: Form) -> Result<Self, RangeError> {
        let wrong = |at, rule| Err(RangeError::new(at, rule));
        if let Some(at) = blank(text) {
            return wrong(at, RangeRule::Blank);
        }
        let Some(rest) = text.strip_prefix("vers:") else { return wrong(0, RangeRule::Prefix) };
        let Some((name, constraints)) = rest.split_once('/') else {
            return wrong(text.len(), RangeRule::NoConstraints);
        };
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
        if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(allowed) {
            return wrong(5, RangeRule::Scheme);
        }
        if name == "invalid" {
            return wrong(5, RangeRule::Invalid);
        }
        let start = 5 + name.len() + 1;
        let mut read = Self {
            name: name.to_string(),
            scheme: Scheme::parse(name),
            star: constraints == "*",
            list: Vec::new(),
            length: text.len(),
        };
        if read.star {
            return Ok(read);
        }
        if WITHOUT_SCHEME.contains(&name) {
            return wrong(start, RangeRule::StarWanted);
        }
        if constraints.is_empty() {
            return wrong(start, RangeRule::NoConstraints);
        }
        let mut at = start;
        for part in constraints.split('|') {
            if part.is_empty() {
                return wrong(
                    at,
                    match () {
                        () if at == start => RangeRule::LeadingPipe,
                        () if at == text.len() => RangeRule::TrailingPipe,
                        () => RangeRule::ConsecutivePipes,
                    },
                );
            }
            read.list.push(constraint(part, at, read.scheme, form)?);
            at += part.len() + 1;
        }
        read.order(form)?;
        Ok(read)
    }

    /// Constraints of a scheme, sorted; they stand in no text, so that the byte of what breaks a rule is its version's.
    pub(in crate::product::version) fn new(
        scheme: Scheme,
        list: impl IntoIterator<Item = (Comparator, String)>,
    ) -> Result<Self, RangeError> {
        let list = list.into_iter().map(|(comparator, version)| Constraint {
            key: Some(scheme.key(&version)),
            comparator,
            version,
            at: 0,
        });
        let mut made = Self {
            name: scheme.name().to_string(),
            scheme: Some(scheme),
            star: false,
            list: list.collect(),
            length: 0,
        };
        made.order(Form::Any)?;
        Ok(made)
    }

    /// The constraint of a scheme that every version meets.
    pub(in crate::product::version) fn star(scheme: Scheme) -> Self {
        Self {
            name: scheme.name().to_string(),
            scheme: Some(scheme),
            star: true,
            list: Vec::new(),
            length: 0,
        }
    }

    /// Sorts, or checks that all are sorted. A version that cannot be read stands in no order.
    fn order(&mut self, form: Form) -> Result<(), RangeError> {
        if self.scheme.is_none() || self.list.len() < 2 {
            return Ok(());
        }
        for constraint in &self.list {
            constraint.key()?;
        }
        if form == Form::Any {
            self.list.sort_by(|a, b| a.readable().cmp(&b.readable()).then(a.comparator.cmp(&b.comparator)));
        }
        for (before, behind) in self.list.iter().zip(self.list.iter().skip(1)) {
            if before.readable() > behind.readable() {
                return Err(RangeError::new(behind.at, RangeRule::NotSorted));
            }
        }
        Ok(())
    }

    /// Checks that each version stands once and that comparators take turns (vers-spec 5.4).
    ///
    /// # Errors
    /// The byte of the constraint that cannot stand behind those before it.
    pub fn check_sequence(&self) -> Result<(), RangeError> {
        let mut bound: Option<Comparator> = None;
        let mut single = false;
        let mut before: Option<&Constraint> = None;
        for constraint in &self.list {
            let wrong = |rule| Err(RangeError::new(constraint.at, rule));
            if before.is_some_and(|before| before.is_same_version(constraint)) {
                return wrong(RangeRule::Duplicate);
            }
            before = Some(constraint);
            match constraint.comparator {
                Comparator::Unequal => {}
                Comparator::Equal => single = true,
                comparator => {
                    let upper = comparator.is_upper();
                    if (upper && single) || bound.is_some_and(|bound| bound.is_upper() == upper) {
                        return wrong(RangeRule::Sequence);
                    }
                    bound = Some(comparator);
                    single = false;
                }
            }
        }
        Ok(())
    }

    /// What they mean.
    ///
    /// # Errors
    /// [`RangeRule::SchemeUnknown`]; a version that is none of its scheme, with its byte; nothing there.
    pub fn range(&self) -> Result<VersionRange, RangeError> {
        self.meaning(|| self.to_string())
    }

    /// What they mean; `text` is their canonical text.
    pub(super) fn meaning(&self, text: impl FnOnce() -> String) -> Result<VersionRange, RangeError> {
        if self.star {
            let none = self.name == "none";
            let all = if none { Intervals::default() } else { Intervals::everything() };
            return Ok(VersionRange::new(self.scheme, all, text()));
        }
        let Some(scheme) = self.scheme else { return Err(RangeError::new(5, RangeRule::SchemeUnknown)) };
        if self.list.is_empty() {
            return Err(RangeError::new(self.length, RangeRule::NoConstraints));
        }
        let spans = self.list.iter().map(|constraint| Ok((constraint.comparator, constraint.span(scheme)?)));
        let spans: Vec<_> = spans.collect::<Result<_, RangeError>>()?;
        Ok(VersionRange::new(Some(scheme), Intervals::of(&spans), text()))
    }

    /// The scheme's name as written.
    pub fn scheme_name(&self) -> &str {
        &self.name
    }

    /// Whether all versions are meant: `*`, which stands alone. Of the scheme `none` it means none.
    pub const fn is_star(&self) -> bool {
        self.star
    }

    /// The constraints, sorted by version.
    pub fn as_slice(&self) -> &[Constraint] {
        &self.list
    }
}

impl Constraint {
    /// Its key, or why there is none.
    fn key(&self) -> Result<&Key, RangeError> {
        match &self.key {
            Some(Ok(key)) => Ok(key),
            Some(Err(error)) => {
                let at = position(&encode(&self.version), error.at) + self.comparator.as_str().len();
                Err(RangeError::new(self.at + at, RangeRule::Version(error.rule)))
            }
            None => Err(RangeError::new(5, RangeRule::SchemeUnknown)),
        }
    }

    /// The keys between which its version lies.
    fn span(&self, scheme: Scheme) -> Result<(Key, Key), RangeError> {
        let key = self.key()?;
        let open = scheme.open_span(&self.version).ok().flatten();
        Ok(open.unwrap_or_else(|| (key.clone(), key.clone())))
    }

    fn readable(&self) -> Option<&Key> {
        self.key.as_ref()?.as_ref().ok()
    }

    fn is_same_version(&self, other: &Self) -> bool {
        match (self.readable(), other.readable()) {
            (Some(key), Some(other)) => key == other,
            _ => self.version == other.version,
        }
    }
}

/// The first blank or control character of a text.
pub(in crate::product) fn blank(text: &str) -> Option<usize> {
    // Nearly every text has none but these.
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    text.find(|c: char| c.is_control() || c.is_whitespace())
}

/// Reads one constraint at a byte of the text.
fn constraint(part: &str, at: usize, scheme: Option<Scheme>, form: Form) -> Result<Constraint, RangeError> {
    let (comparator, written) = Comparator::split(part);
    let start = at + part.len() - written.len();
    let wrong = |rule| Err(RangeError::new(start, rule));
    match written {
        "" => return wrong(RangeRule::NoVersion),
        "*" => return wrong(RangeRule::StarNotAlone),
        _ if written.starts_with('=') => return wrong(RangeRule::Equals),
        _ => {}
    }
    let spelling = if form == Form::Canonical { Spelling::Canonical } else { Spelling::Any };
    let version = decode(written, start, spelling)?;
    let lower = |c| matches!(c, 't' | 'z');
    match version.find(lower) {
        Some(offset) if scheme == Some(Scheme::Datetime) => {
            return Err(RangeError::new(start + offset, RangeRule::DatetimeCase));
        }
        _ => {}
    }
    Ok(Constraint { key: scheme.map(|scheme| scheme.key(&version)), comparator, version, at })
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.comparator.as_str(), encode(&self.version))
    }
}

impl fmt::Display for Constraints {
    /// The canonical text, with equal or needless constraints where they were given.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "vers:{}/", self.name)?;
        if self.star {
            return f.write_str("*");
        }
        for (number, constraint) in self.list.iter().enumerate() {
            let separator = if number == 0 { "" } else { "|" };
            write!(f, "{separator}{constraint}")?;
        }
        Ok(())
    }
}
