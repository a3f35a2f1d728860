//! A place in a version that is being read, from the first byte to the last.

use super::error::{VersionError, VersionRule};
use super::number::Number;

/// A version, and how far it has been read.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    version: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// At the beginning of a version.
    ///
    /// # Errors
    /// [`VersionRule::Empty`] where there is none.
    pub(crate) const fn new(version: &'a str) -> Result<Self, VersionError> {
        if version.is_empty() {
            Err(VersionError::new(0, VersionRule::Empty))
        } else {
            Ok(Self { version, at: 0 })
        }
    }

    /// What has not been read.
    pub(crate) fn rest(&self) -> &'a str {
        self.version.get(self.at..).unwrap_or("")
    }

    /// Whether all has been read.
    pub(crate) fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    /// This rule, broken here.
    pub(crate) const fn broken(&self, rule: VersionRule) -> VersionError {
        VersionError::new(self.at, rule)
    }

    /// Goes past `text`, where it stands here.
    pub(crate) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Goes past every character of this kind.
    pub(crate) fn run(&mut self, is_one: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let (run, _) = rest.split_at(rest.find(|character| !is_one(character)).unwrap_or(rest.len()));
        self.at += run.len();
        run
    }

    /// Goes past one byte of this kind, where it stands here. Of ASCII kinds alone.
    pub(crate) fn one(&mut self, is_one: impl Fn(&u8) -> bool) -> Option<u8> {
        let found = self.rest().bytes().next().filter(|byte| byte.is_ascii() && is_one(byte))?;
        self.at += 1;
        Some(found)
    }

    /// Whether a digit stands here.
    pub(crate) fn is_at_digit(&self) -> bool {
        self.rest().starts_with(|character: char| character.is_ascii_digit())
    }

    /// Goes past ASCII digits, none or more.
    pub(crate) fn digits(&mut self) -> &'a str {
        self.run(|character| character.is_ascii_digit())
    }

    /// Goes past a number.
    ///
    /// # Errors
    /// [`VersionRule::Number`] where no digit stands.
    pub(crate) fn number(&mut self) -> Result<Number<'a>, VersionError> {
        match self.digits() {
            "" => Err(self.broken(VersionRule::Number)),
            digits => Ok(Number::new(digits)),
        }
    }

    /// # Errors
    /// [`VersionRule::Character`] where something is left.
    pub(crate) fn end(&self) -> Result<(), VersionError> {
        if self.is_at_end() { Ok(()) } else { Err(self.broken(VersionRule::Character)) }
    }
}
