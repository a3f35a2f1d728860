//! CVE ids (CVE Record Format 5.1: `CVE-YYYY-NNNN`, four digits or more).

use core::fmt;
use core::str::FromStr;

/// A CVE id. Text form: `CVE-2017-0144`, in upper case; read in any case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CveId {
    year: u16,
    number: u64,
}

/// A text that is not a CVE id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {rule}")]
pub struct CveError {
    /// Byte where the rule is broken.
    pub at: usize,
    /// The rule that is broken.
    pub rule: CveRule,
}

/// A rule of CVE ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CveRule {
    /// The prefix.
    #[error("found no `CVE-`")]
    Prefix,
    /// The year.
    #[error("found no year, wanted four digits and `-`, 1999 or later")]
    Year,
    /// The number.
    #[error("found another number, wanted 4 to 19 digits, no zero before more than 4")]
    Number,
}

impl FromStr for CveId {
    type Err = CveError;

    fn from_str(text: &str) -> Result<Self, CveError> {
        let wrong = |at, rule| CveError { at, rule };
        let rest = text
            .get(..4)
            .filter(|prefix| prefix.eq_ignore_ascii_case("cve-"))
            .and_then(|_| text.get(4..))
            .ok_or(wrong(0, CveRule::Prefix))?;
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let (year, number) = rest.split_once('-').ok_or(wrong(4, CveRule::Year))?;
        let year = Some(year)
            .filter(|year| year.len() == 4 && digits(year))
            .and_then(|year| year.parse().ok())
            .filter(|year| *year >= 1999)
            .ok_or(wrong(4, CveRule::Year))?;
        let number = Some(number)
            .filter(|number| (4..=19).contains(&number.len()) && digits(number))
            .filter(|number| number.len() == 4 || !number.starts_with('0'))
            .and_then(|number| number.parse().ok())
            .ok_or(wrong(9, CveRule::Number))?;
        Ok(Self { year, number })
    }
}

impl fmt::Display for CveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CVE-{}-{:04}", self.year, self.number)
    }
}

impl fmt::Debug for CveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn reads_any_case_and_writes_upper_case() {
        for (text, canonical) in [
            ("cve-2017-0144", "CVE-2017-0144"),
            ("CVE-2021-44228", "CVE-2021-44228"),
            ("CVE-2014-0000", "CVE-2014-0000"),
        ] {
            assert_eq!(text.parse::<CveId>().unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn says_at_which_byte_it_is_none() {
        for (text, at, rule) in [
            ("", 0, CveRule::Prefix),
            ("CWE-2017-0144", 0, CveRule::Prefix),
            ("CVE-17-0144", 4, CveRule::Year),
            ("CVE-1998-0144", 4, CveRule::Year),
            ("CVE-2017", 4, CveRule::Year),
            ("CVE-2017-144", 9, CveRule::Number),
            ("CVE-2017-00144", 9, CveRule::Number),
            ("CVE-2017-0144 ", 9, CveRule::Number),
            ("CVE-2017-*", 9, CveRule::Number),
            ("CVE-2017-99999999999999999999", 9, CveRule::Number),
        ] {
            assert_eq!(text.parse::<CveId>(), Err(CveError { at, rule }), "{text}");
        }
    }
}
