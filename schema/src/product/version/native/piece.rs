//! A part of a native range that knows where it stands.

use alloc::string::ToString as _;

use super::{Comparator, Condition, NativeError, NativeRule, Scheme, VersionRule};

/// A part of a text, and at which byte of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    /// Byte of the whole text.
    pub(super) at: usize,
    /// The part.
    pub(super) text: &'a str,
}

impl<'a> Piece<'a> {
    pub(super) const fn whole(text: &'a str) -> Self {
        Self { at: 0, text }
    }

    /// Without the blanks around it.
    pub(super) fn trim(self) -> Self {
        let text = self.text.trim_start();
        Self { at: self.at + (self.text.len() - text.len()), text: text.trim_end() }
    }

    /// Without `prefix`, where it begins with it.
    pub(super) fn without(self, prefix: &str) -> Option<Self> {
        let text = self.text.strip_prefix(prefix)?;
        Some(Self { at: self.at + prefix.len(), text })
    }

    /// What stands before and behind the byte `place`, which itself is in the latter.
    pub(super) fn cut(self, place: usize) -> (Self, Self) {
        let (before, behind) = self.text.split_at_checked(place).unwrap_or((self.text, ""));
        (Self { at: self.at, text: before }, Self { at: self.at + before.len(), text: behind })
    }

    /// What stands before and behind the first `separator`.
    pub(super) fn cut_once(self, separator: &str) -> Option<(Self, Self)> {
        let (before, behind) = self.cut(self.text.find(separator)?);
        Some((before, behind.without(separator)?))
    }

    /// The parts between separators.
    pub(super) fn split(self, separator: &'a str) -> impl Iterator<Item = Self> {
        let mut rest = Some(self);
        core::iter::from_fn(move || {
            let piece = rest?;
            let (part, behind) =
                piece.cut_once(separator).map_or((piece, None), |(part, behind)| (part, Some(behind)));
            rest = behind;
            Some(part)
        })
    }

    /// The parts between blanks, none of them empty.
    pub(super) fn words(self) -> impl Iterator<Item = Self> {
        let mut rest = self.trim();
        core::iter::from_fn(move || {
            let (word, behind) = rest.cut(rest.text.find(char::is_whitespace).unwrap_or(rest.text.len()));
            rest = behind.trim();
            (!word.text.is_empty()).then_some(word)
        })
    }

    /// This rule, broken where it begins.
    pub(super) const fn broken(self, rule: NativeRule) -> NativeError {
        NativeError { at: self.at, rule }
    }

    /// A condition with this version, without the blanks around it.
    ///
    /// # Errors
    /// [`NativeRule::Version`] where it is none, or has characters that no constraint can (vers-spec 5.3.3.2).
    pub(super) fn condition(self, scheme: Scheme, comparator: Comparator) -> Result<Condition, NativeError> {
        let version = self.trim();
        if let Some(at) = version.text.find(|character: char| !character.is_ascii()) {
            return Err(NativeError { at: version.at + at, rule: VersionRule::Character.into() });
        }
        match scheme.key(version.text) {
            Ok(_) => Ok(Condition { comparator, version: version.text.to_string() }),
            Err(error) => Err(NativeError { at: version.at + error.at, rule: error.rule.into() }),
        }
    }
}
