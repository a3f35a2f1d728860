//! Maven versions (Maven, "POM Reference", Version Order Specification).
//!
//! A version is a row of numbers and qualifiers, each with the separator before it: a dot, or a hyphen, which stands
//! also wherever digits and letters meet. What means nothing (`0`, `ga`, `final`, `release`) is left out at the end and
//! before every hyphen. Any text is a version, except one with a character that no file name or range can hold.
//!
//! Differs: the specification goes on with "nothing" where one version ends, and by it `1.0.alpha < 1 < 1-1 <
//! 1.0.alpha`. Here the end is a token in the order of tokens, and what means nothing is left out also before a
//! pre-release behind a dot: `1.0.alpha` is `1-alpha`, as Maven 3.9 has it.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::error::VersionError;
use super::key::Key;
use super::number::Number;
use super::order::Ordered;
use super::reader::Reader;

/// A Maven version: its tokens, [`Token::End`] the last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Maven<'a>(Vec<Token<'a>>);

/// A token. Tokens at the same place stand in this order. The separator before a qualifier does not matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Token<'a> {
    Alpha,
    Beta,
    Milestone,
    ReleaseCandidate,
    Snapshot,
    End,
    /// `ga`, `final` or `release` with something behind it.
    Release,
    ServicePack,
    /// Any other qualifier, in lower case.
    Qualifier(Cow<'a, str>),
    Hyphen(Number<'a>),
    Dot(Number<'a>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Separator {
    Dot,
    Hyphen,
}

impl<'a> Token<'a> {
    fn number(separator: Separator, digits: &'a str) -> Self {
        match separator {
            Separator::Dot => Self::Dot(Number::new(digits)),
            Separator::Hyphen => Self::Hyphen(Number::new(digits)),
        }
    }

    /// A qualifier; `a`, `b` and `m` are short for others where a digit follows at once.
    fn qualifier(text: &'a str, digit_follows: bool) -> Self {
        let lower: Cow<'a, str> = if text.chars().any(char::is_uppercase) {
            Cow::Owned(text.to_lowercase())
        } else {
            Cow::Borrowed(text)
        };
        match (&*lower, digit_follows) {
            ("alpha", _) | ("a", true) => Self::Alpha,
            ("beta", _) | ("b", true) => Self::Beta,
            ("milestone", _) | ("m", true) => Self::Milestone,
            ("rc" | "cr", _) => Self::ReleaseCandidate,
            ("snapshot", _) => Self::Snapshot,
            ("ga" | "final" | "release", _) => Self::Release,
            ("sp", _) => Self::ServicePack,
            _ => Self::Qualifier(lower),
        }
    }

    /// Whether it means nothing where nothing follows.
    fn is_nothing(&self) -> bool {
        match self {
            Self::Release => true,
            Self::Hyphen(number) | Self::Dot(number) => number.is_zero(),
            _ => false,
        }
    }
}

/// Whether a version may hold a character: none that Maven forbids in the names of files, or that ranges take.
fn is_allowed(character: char) -> bool {
    !character.is_control() && !character.is_whitespace() && !"\\/:\"<>|?*[](){},".contains(character)
}

/// Adds a token, and takes away what means nothing before it, where it does so.
fn push<'a>(tokens: &mut Vec<Token<'a>>, separator: Separator, token: Token<'a>) {
    if separator == Separator::Hyphen || token <= Token::End {
        while tokens.last().is_some_and(Token::is_nothing) {
            tokens.pop();
        }
    }
    tokens.push(token);
}

impl<'a> Ordered<'a> for Maven<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let mut reader = Reader::new(version)?;
        let mut tokens = Vec::new();
        let mut separator = Separator::Dot;
        loop {
            let digits = reader.digits();
            let token = if digits.is_empty() {
                match reader.run(|c| is_allowed(c) && !c.is_ascii_digit() && !matches!(c, '.' | '-')) {
                    "" => None,
                    text => Some(Token::qualifier(text, reader.is_at_digit())),
                }
            } else {
                Some(Token::number(separator, digits))
            };
            let nothing = token.is_none();
            push(&mut tokens, separator, token.unwrap_or_else(|| Token::number(separator, "")));
            separator = if reader.eat(".") {
                Separator::Dot
            } else if reader.eat("-") {
                Separator::Hyphen
            } else if reader.is_at_end() || nothing {
                break;
            } else {
                // Between digits and letters.
                Separator::Hyphen
            };
        }
        reader.end()?;
        push(&mut tokens, Separator::Hyphen, Token::End);
        Ok(Self(tokens))
    }

    fn write_key(&self, key: &mut Key) {
        for token in &self.0 {
            match token {
                Token::Alpha => key.push_byte(0x01),
                Token::Beta => key.push_byte(0x02),
                Token::Milestone => key.push_byte(0x03),
                Token::ReleaseCandidate => key.push_byte(0x04),
                Token::Snapshot => key.push_byte(0x05),
                Token::End => key.push_byte(0x06),
                Token::Release => key.push_byte(0x07),
                Token::ServicePack => key.push_byte(0x08),
                Token::Qualifier(text) => {
                    key.push_byte(0x09);
                    key.push_text(text);
                }
                Token::Hyphen(number) => {
                    key.push_byte(0x0A);
                    number.write_key(key);
                }
                Token::Dot(number) => number.write_key(key),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assertions::{ascends, equals, refuses};
    use super::super::error::VersionRule;
    use super::super::order::properties::order_is_total_and_the_keys_follow;
    use super::*;

    #[test]
    fn versions_stand_in_the_order_of_the_pom_reference() {
        // POM Reference, Version Order Specification: the qualifiers in their order, then the prefixes in theirs.
        ascends::<Maven>(&[
            "1-alpha",
            "1-alpha-2",
            "1.a3",
            "1-a10",
            "1-beta-1",
            "1-milestone",
            "1-rc",
            "1-cr2",
            "1-snapshot",
            "1",
            "1-sp",
            "1-bar",
            "1-foo",
            "1.foo2",
            "1-foo10",
            "1-1",
            "1-10",
            "1.0.foo",
            "1.1-rc",
            "1.1",
            "1.10",
            "2",
        ]);
        // Netty, Hibernate, Guava and Log4j, as released.
        ascends::<Maven>(&[
            "4.0.0.Alpha8",
            "4.0.0.Beta1",
            "4.0.0.CR9",
            "4.0.0.Final",
            "4.0.1.Final",
            "4.1.0.Beta1",
        ]);
        ascends::<Maven>(&[
            "2.0-alpha1",
            "2.0-beta9",
            "2.0-rc1",
            "2.0",
            "2.0.1",
            "2.14.1",
            "2.15.0",
            "2.17.1",
        ]);
        ascends::<Maven>(&["31.1-android", "31.1-jre", "32.0.0-jre"]);
    }

    #[test]
    fn what_means_nothing_does_not_count() {
        // POM Reference, "Trimming" and "End Result".
        for (a, b) in [
            ("1.0.0", "1"),
            ("1.ga", "1"),
            ("1-final", "1.0"),
            ("1.RELEASE", "1"),
            ("1.", "1-"),
            ("1.0.0-foo.0.0", "1-foo"),
            ("1.0.0-0.0.0", "1"),
            ("1a1", "1-alpha-1"),
            ("1.foo", "1-foo"),
            ("1.0.RC2", "1-rc-2"),
            ("1-1.foo-bar1baz-.1", "1-1.foo-bar-1-baz-0.1"),
        ] {
            equals::<Maven>(a, b);
        }
    }

    #[test]
    fn refuses_what_no_maven_version_may_hold() {
        refuses::<Maven>(&[
            ("", 0, VersionRule::Empty),
            ("${revision}", 1, VersionRule::Character),
            ("[1.0,2.0)", 0, VersionRule::Character),
            ("1.0 ", 3, VersionRule::Character),
            ("1.\u{0}", 2, VersionRule::Character),
            ("1.0/2", 3, VersionRule::Character),
        ]);
    }

    const VERSION: &str =
        "[01]{0,2}([.-]{0,2}([01]{1,2}|a|B|m|rc|alpha|Snapshot|ga|FINAL|release|sp|x|xy|_|é)){0,5}[.-]?";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn order_is_total_and_keys_follow_it(a in VERSION, b in VERSION, c in VERSION) {
            order_is_total_and_the_keys_follow::<Maven>([&a, &b, &c])?;
        }
    }
}
