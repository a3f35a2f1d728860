//! Python versions (PEP 440): `[N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]`, and every spelling that the PEP
//! normalises: letter case, a `v` before it, other names and separators of the stages.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::error::{VersionError, VersionRule};
use super::key::Key;
use super::number::Number;
use super::order::Ordered;
use super::reader::Reader;

/// A Python version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pypi<'a> {
    epoch: Number<'a>,
    /// Without zeros at the end.
    release: Vec<Number<'a>>,
    stage: Stage<'a>,
    /// None is before 0.
    post: Option<Number<'a>>,
    dev: Dev<'a>,
    /// None is before every local version.
    local: Option<Vec<Local<'a>>>,
}

/// How far a version was before its release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage<'a> {
    /// Under development, and neither before nor after a release.
    Dev,
    Alpha(Number<'a>),
    Beta(Number<'a>),
    Candidate(Number<'a>),
    Release,
}

/// Under development, or reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Dev<'a> {
    OnTheWay(Number<'a>),
    Reached,
}

/// A segment of a local version.
#[derive(Debug, Clone, Copy)]
enum Local<'a> {
    Text(&'a str),
    Number(Number<'a>),
}

impl Ord for Local<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let lower = |text: &str| text.bytes().map(|byte| byte.to_ascii_lowercase()).collect::<Vec<_>>();
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => lower(a).cmp(&lower(b)),
            (Self::Text(_), Self::Number(_)) => Ordering::Less,
            (Self::Number(_), Self::Text(_)) => Ordering::Greater,
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
        }
    }
}

impl PartialOrd for Local<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Local<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Local<'_> {}

const SEPARATORS: [&str; 3] = [".", "-", "_"];

/// Goes past one separator, if there is one.
fn separator(reader: &mut Reader) -> bool {
    SEPARATORS.iter().any(|text| reader.eat(text))
}

/// Goes past a separator, one of these names, a separator and a number, which need not be there: `.rc-1`, `rc`.
fn named<'a>(reader: &mut Reader<'a>, names: &[&str]) -> Option<Number<'a>> {
    let place = reader.clone();
    separator(reader);
    let rest = reader.rest();
    let is_here = |name: &&&str| rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let Some(name) = names.iter().find(is_here) else {
        *reader = place;
        return None;
    };
    reader.eat(rest.get(..name.len()).unwrap_or(""));
    separator(reader);
    Some(Number::new(reader.digits()))
}

fn post<'a>(reader: &mut Reader<'a>) -> Option<Number<'a>> {
    let place = reader.clone();
    if reader.eat("-") && reader.is_at_digit() {
        return Some(Number::new(reader.digits()));
    }
    *reader = place;
    named(reader, &["post", "rev", "r"])
}

fn local<'a>(reader: &mut Reader<'a>) -> Result<Vec<Local<'a>>, VersionError> {
    let mut segments = Vec::new();
    loop {
        let segment = reader.run(|c| c.is_ascii_alphanumeric());
        segments.push(match segment {
            "" => return Err(reader.broken(VersionRule::Empty)),
            _ if segment.bytes().all(|byte| byte.is_ascii_digit()) => Local::Number(Number::new(segment)),
            _ => Local::Text(segment),
        });
        if !separator(reader) {
            return Ok(segments);
        }
    }
}

/// The numbers of the release, with a number that is read already before them.
fn release<'a>(first: Number<'a>, reader: &mut Reader<'a>) -> Vec<Number<'a>> {
    let mut numbers = Vec::from([first]);
    loop {
        let place = reader.clone();
        if !(reader.eat(".") && reader.is_at_digit()) {
            *reader = place;
            break;
        }
        numbers.push(Number::new(reader.digits()));
    }
    while numbers.ends_with(&[Number::ZERO]) {
        numbers.pop();
    }
    numbers
}

impl<'a> Ordered<'a> for Pypi<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let mut reader = Reader::new(version)?;
        let _ = reader.eat("v") || reader.eat("V");
        let first = reader.number()?;
        let (epoch, first) = if reader.eat("!") { (first, reader.number()?) } else { (Number::ZERO, first) };
        let release = release(first, &mut reader);
        let stage = if let Some(number) = named(&mut reader, &["alpha", "a"]) {
            Some(Stage::Alpha(number))
        } else if let Some(number) = named(&mut reader, &["beta", "b"]) {
            Some(Stage::Beta(number))
        } else {
            named(&mut reader, &["preview", "pre", "rc", "c"]).map(Stage::Candidate)
        };
        let post = post(&mut reader);
        let dev = named(&mut reader, &["dev"]).map_or(Dev::Reached, Dev::OnTheWay);
        let local = if reader.eat("+") { Some(local(&mut reader)?) } else { None };
        reader.end()?;
        let stage = match (stage, post, dev) {
            (Some(stage), ..) => stage,
            (None, None, Dev::OnTheWay(_)) => Stage::Dev,
            (None, ..) => Stage::Release,
        };
        Ok(Self { epoch, release, stage, post, dev, local })
    }

    fn write_key(&self, key: &mut Key) {
        self.epoch.write_key(key);
        for number in &self.release {
            number.write_key(key);
        }
        let (rank, number) = match self.stage {
            Stage::Dev => (0x01, None),
            Stage::Alpha(number) => (0x02, Some(number)),
            Stage::Beta(number) => (0x03, Some(number)),
            Stage::Candidate(number) => (0x04, Some(number)),
            Stage::Release => (0x05, None),
        };
        key.push_byte(rank);
        if let Some(number) = number {
            number.write_key(key);
        }
        match self.post {
            None => key.push_byte(0x01),
            Some(number) => number.write_key(key),
        }
        match self.dev {
            Dev::OnTheWay(number) => number.write_key(key),
            Dev::Reached => key.push_byte(Key::HIGHEST),
        }
        for segment in self.local.iter().flatten() {
            match segment {
                Local::Text(text) => {
                    key.push_byte(0x02);
                    key.push_text(&text.to_ascii_lowercase());
                }
                Local::Number(number) => number.write_key(key),
            }
        }
        key.push_byte(0x01);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assertions::{ascends, equals, refuses};
    use super::super::order::properties::order_is_total_and_the_keys_follow;
    use super::*;

    #[test]
    fn versions_stand_in_the_order_of_pep_440() {
        // PEP 440, "Summary of permitted suffixes and relative ordering".
        ascends::<Pypi>(&[
            "1.dev0",
            "1.0.dev456",
            "1.0a1.dev1",
            "1.0a1",
            "1.0a2.dev456",
            "1.0a12.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc1.dev456",
            "1.0rc1",
            "1.0",
            "1.0+abc.5",
            "1.0+abc.7",
            "1.0+5",
            "1.0.post456.dev34",
            "1.0.post456",
            "1.0.15",
            "1.1.dev1",
            "1!0.1",
        ]);
    }

    #[test]
    fn every_spelling_that_is_normalised_is_equal() {
        for (a, b) in [
            ("1", "1.0.0"),
            ("v1.0", "1"),
            ("1.0A1", "1.0-alpha_1"),
            ("1.0rc", "1.0.pre0"),
            ("1.0c1", "1.0preview1"),
            ("1.0-1", "1.0.post1"),
            ("1.0.REV2", "1.0r2"),
            ("1.0a-post", "1.0a0.post0"),
            ("1.0.dev", "1.0-DEV0"),
            ("1.0+Ubuntu-1", "1.0+ubuntu.01"),
            ("00!01", "1"),
        ] {
            equals::<Pypi>(a, b);
        }
    }

    #[test]
    fn refuses_what_is_no_python_version() {
        refuses::<Pypi>(&[
            ("", 0, VersionRule::Empty),
            ("french toast", 0, VersionRule::Number),
            ("1.0 ", 3, VersionRule::Character),
            ("1.", 1, VersionRule::Character),
            ("1!", 2, VersionRule::Number),
            ("1.0.foo", 3, VersionRule::Character),
            ("1.0+", 4, VersionRule::Empty),
            ("1.0+a..b", 6, VersionRule::Empty),
            ("1.*", 1, VersionRule::Character),
            ("1.0é", 3, VersionRule::Character),
        ]);
    }

    const VERSION: &str = "([01]!)?[01]{1,2}(\\.[01]){0,2}(\\.?(a|beta|RC|pre)[01]?)?(-1|post[01]?)?(\\.dev[01]?)?(\\+([aA1]{1,2})(\\.[01a]){0,2})?";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn order_is_total_and_keys_follow_it(a in VERSION, b in VERSION, c in VERSION) {
            order_is_total_and_the_keys_follow::<Pypi>([&a, &b, &c])?;
        }
    }
}
