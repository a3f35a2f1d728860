//! Numbers with dots between: the general scheme `intdot` (VERS types) and the versions of nginx.

use alloc::vec::Vec;

use super::error::{VersionError, VersionRule};
use super::key::Key;
use super::number::Number;
use super::order::Ordered;
use super::reader::Reader;

/// Numbers with dots between. Reading stops at the first character that is neither digit nor dot, and what stands
/// there does not count (VERS types, `intdot`); nor do zeros at the end, of which VERS says nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Intdot<'a>(Vec<Number<'a>>);

impl<'a> Ordered<'a> for Intdot<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let mut reader = Reader::new(version)?;
        let mut numbers = Vec::new();
        loop {
            numbers.push(reader.number()?);
            if !reader.eat(".") {
                break;
            }
        }
        while numbers.ends_with(&[Number::ZERO]) {
            numbers.pop();
        }
        Ok(Self(numbers))
    }

    fn write_key(&self, key: &mut Key) {
        for number in &self.0 {
            number.write_key(key);
        }
    }
}

/// An nginx version: one to three numbers, those that are not written zero.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Nginx<'a>([Number<'a>; 3]);

impl<'a> Ordered<'a> for Nginx<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let mut reader = Reader::new(version)?;
        let mut numbers = [reader.number()?, Number::ZERO, Number::ZERO];
        for number in numbers.iter_mut().skip(1) {
            if reader.eat(".") {
                *number = reader.number()?;
            }
        }
        match reader.end() {
            Err(error) if reader.eat(".") => Err(VersionError { rule: VersionRule::Numbers, ..error }),
            end => end.map(|()| Self(numbers)),
        }
    }

    fn write_key(&self, key: &mut Key) {
        for number in self.0 {
            number.write_key(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assertions::{ascends, equals, refuses};
    use super::super::order::properties::order_is_total_and_the_keys_follow;
    use super::*;

    #[test]
    fn numbers_stand_in_their_order() {
        ascends::<Intdot>(&["0", "1.2", "1.2.0.1", "1.2.1", "1.10", "10.234.5.12", "18446744073709551616"]);
        // nginx, from its change log.
        ascends::<Nginx>(&["0.8.9", "0.8.40", "0.9.0", "1.4.1", "1.25.5", "1.26.0", "1.27.0"]);
    }

    #[test]
    fn zeros_at_the_end_and_before_a_number_do_not_count() {
        equals::<Intdot>("01.002.0", "1.2");
        equals::<Intdot>("1.2beta", "1.2rc1");
        equals::<Nginx>("1.27", "1.27.0");
    }

    #[test]
    fn refuses_what_holds_no_number_where_one_must_be() {
        refuses::<Intdot>(&[
            ("", 0, VersionRule::Empty),
            ("beta", 0, VersionRule::Number),
            (".1", 0, VersionRule::Number),
            ("1.", 2, VersionRule::Number),
            ("1..2", 2, VersionRule::Number),
        ]);
        refuses::<Nginx>(&[
            ("", 0, VersionRule::Empty),
            ("1.27.x", 5, VersionRule::Number),
            ("1.27.0-r1", 6, VersionRule::Character),
            ("1.27.0.1", 6, VersionRule::Numbers),
        ]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn order_is_total_and_keys_follow_it(
            a in "[01]{1,2}(\\.[01]{1,2}){0,3}a?",
            b in "[01]{1,2}(\\.[01]{1,2}){0,3}",
            c in "[0-9]{1,22}(\\.[01]{1,2}){0,2}",
        ) {
            order_is_total_and_the_keys_follow::<Intdot>([&a, &b, &c])?;
            order_is_total_and_the_keys_follow::<Nginx>([&a, &b, &c])?;
        }
    }
}
