//! JSON Pointer (RFC 6901): the place of a value in a document.

use core::fmt;

use alloc::string::String;

/// A place in a document: empty for the whole, `/subjects/0/id` for a part.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// The place of a member, or of an element by its number, below this one.
    #[must_use]
    pub fn join(&self, token: impl fmt::Display) -> Self {
        let mut text = self.0.clone();
        text.push('/');
        for character in alloc::format!("{token}").chars() {
            match character {
                '~' => text.push_str("~0"),
                '/' => text.push_str("~1"),
                other => text.push(other),
            }
        }
        Self(text)
    }

    /// The place that contains this one, and the last token unescaped; none for the whole document.
    pub fn split_last(&self) -> Option<(Self, String)> {
        let (parent, token) = self.0.rsplit_once('/')?;
        Some((Self(parent.into()), token.replace("~1", "/").replace("~0", "~")))
    }

    /// The pointer's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tokens from the outermost, unescaped.
    pub fn tokens(&self) -> impl Iterator<Item = String> {
        self.0.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"))
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "/" } else { &self.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_unescapes_the_two_special_characters() {
        let place = Pointer::root().join("a/b").join("~c").join(3);
        assert_eq!(place.as_str(), "/a~1b/~0c/3");
        assert!(place.tokens().eq(["a/b", "~c", "3"]));
        assert_eq!(place.split_last().map(|(_, last)| last).as_deref(), Some("3"));
        assert_eq!(Pointer::root().split_last(), None);
    }
}
