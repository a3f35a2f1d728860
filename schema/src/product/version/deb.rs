//! Debian versions: `[epoch:]upstream[-revision]` (Debian Policy 4.7, 5.6.12; the order of `dpkg`).
//!
//! Differs: like `dpkg --compare-versions`, an upstream part need not begin with a digit, and a plain letter may
//! stand where Policy wants a digit; what packages really carry compares as apt compares it.

use core::cmp::Ordering;

use super::error::{VersionError, VersionRule};
use super::key::Key;
use super::order::Ordered;

/// A Debian version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deb<'a> {
    epoch: &'a str,
    upstream: &'a str,
    revision: &'a str,
}

/// The byte of a tilde in a key, before that of the end.
const TILDE: u8 = 0x01;
/// The byte of the end of a text or a part.
const END: u8 = 0x02;

impl<'a> Ordered<'a> for Deb<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let (epoch, rest, at) = match version.split_once(':') {
            Some((epoch, rest)) => (epoch, rest, epoch.len() + 1),
            None => ("0", version, 0),
        };
        if epoch.is_empty() || epoch.parse::<i32>().is_err() || !epoch.bytes().all(|b| b.is_ascii_digit()) {
            return Err(VersionError::new(0, VersionRule::Epoch));
        }
        if rest.is_empty() {
            return Err(VersionError::new(at, VersionRule::Empty));
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '~' | ':');
        if let Some(offset) = rest.find(|c| !allowed(c)) {
            return Err(VersionError::new(at + offset, VersionRule::Character));
        }
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, "0"));
        Ok(Self { epoch: epoch.trim_start_matches('0'), upstream, revision })
    }

    fn write_key(&self, key: &mut Key) {
        key.push_number(self.epoch);
        write_part(self.upstream, key);
        write_part(self.revision, key);
    }
}

/// A run of other characters and the number behind it, and what is left.
fn split(part: &str) -> (&str, &str, &str) {
    let (text, rest) = part.split_at(part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len()));
    let (number, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
    (text, number.trim_start_matches('0'), rest)
}

/// Where a character sorts: a tilde before the end, letters before all else. One byte each.
fn weight(byte: Option<u8>) -> u8 {
    match byte {
        Some(b'~') => TILDE,
        None => END,
        Some(letter) if letter.is_ascii_alphabetic() => letter,
        Some(other) => 0x80 | other,
    }
}

fn compare_part(mut a: &str, mut b: &str) -> Ordering {
    while !(a.is_empty() && b.is_empty()) {
        let ((text_a, number_a, rest_a), (text_b, number_b, rest_b)) = (split(a), split(b));
        for at in 0..text_a.len().max(text_b.len()) {
            let order =
                weight(text_a.as_bytes().get(at).copied()).cmp(&weight(text_b.as_bytes().get(at).copied()));
            if order.is_ne() {
                return order;
            }
        }
        let order = number_a.len().cmp(&number_b.len()).then_with(|| number_a.cmp(number_b));
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
    Ordering::Equal
}

/// Text and number in turn, and an end. The first pair is always written, as nothing equals 0; behind a number only
/// a text that is not empty can follow, so the end cannot be taken for one.
fn write_part(mut part: &str, key: &mut Key) {
    loop {
        let (text, number, rest) = split(part);
        text.bytes().for_each(|byte| key.push_byte(weight(Some(byte))));
        key.push_byte(END);
        key.push_number(number);
        part = rest;
        if part.is_empty() {
            return key.push_byte(END);
        }
    }
}

impl Ord for Deb<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.epoch.len().cmp(&other.epoch.len()))
            .then_with(|| self.epoch.cmp(other.epoch))
            .then_with(|| compare_part(self.upstream, other.upstream))
            .then_with(|| compare_part(self.revision, other.revision))
    }
}

impl PartialOrd for Deb<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Deb<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Deb<'_> {}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use proptest::prelude::*;

    use super::super::order::{compare, properties};
    use super::*;

    #[test]
    fn tilde_before_the_end_before_letters_before_the_rest() {
        let rising = [
            "1~~", "1~~a", "1~", "1", "1a", "1+", "1.0", "1.1", "1.1-1", "1.1-1+b1", "1.1-2", "1.10", "1:0",
            "2:0~rc1",
        ];
        for (at, a) in rising.iter().enumerate() {
            for (other, b) in rising.iter().enumerate() {
                assert_eq!(compare::<Deb>(a, b).unwrap(), at.cmp(&other), "{a} {b}");
            }
        }
        for (a, b) in [("8x", "8x00"), ("0:1", "1"), ("1", "1-0"), ("1", "01"), ("1.", "1.0")] {
            assert_eq!(compare::<Deb>(a, b).unwrap(), Ordering::Equal, "{a} {b}");
        }
    }

    #[test]
    fn says_at_which_byte_it_is_none() {
        for (text, at, rule) in [
            ("", 0, VersionRule::Empty),
            ("1:", 2, VersionRule::Empty),
            ("a:1", 0, VersionRule::Epoch),
            ("2147483648:1", 0, VersionRule::Epoch),
            ("1_0", 1, VersionRule::Character),
            ("1.0 ", 3, VersionRule::Character),
        ] {
            assert_eq!(Deb::parse(text), Err(VersionError::new(at, rule)), "{text}");
        }
        assert!(Deb::parse("2147483647:1").is_ok());
    }

    proptest! {
        #[test]
        fn order_is_total_and_the_keys_follow(texts in ["([01]:)?[01a.~+-]{1,5}", "[01a.~+-]{1,5}", "[09az.~+:-]{1,9}"]) {
            let [a, b, c] = &texts;
            properties::order_is_total_and_the_keys_follow::<Deb>([a, b, c])?;
        }
    }
}
