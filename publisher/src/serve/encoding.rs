//! Content coding: which form of a file a client likes best (RFC 9110 section 12.5.3; gzip RFC 1952, zstd RFC 8878).
//!
//! Not here: making the forms, which never happens while serving (`forms.rs`), and finding them
//! (`load.rs`).

use hyper::HeaderMap;
use hyper::header::ACCEPT_ENCODING;

/// A form in which the content of a file may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// As it is.
    Identity,
    Gzip,
    Zstd,
}

/// The coding that a client likes best of those that there are. Without the field, and for a coding that it does not
/// name, nothing is said in its favour; among equals the shorter form, which is zstd's. `*` alone is understood as
/// gzip, which everybody can read.
pub(super) fn preferred(headers: &HeaderMap, gzip: bool, zstd: bool) -> Coding {
    let mut weights = Weights::default();
    for line in headers.get_all(ACCEPT_ENCODING) {
        let Ok(line) = line.to_str() else { return Coding::Identity };
        for member in line.split(',') {
            weights.note(member);
        }
    }
    // Not naming `identity` says nothing against the others.
    let identity = weights.identity.unwrap_or(0).max(1);
    let with_gzip = weights.gzip.or(weights.any).filter(|_| gzip).unwrap_or(0);
    let with_zstd = weights.zstd.filter(|_| zstd).unwrap_or(0);
    if with_zstd >= identity && with_zstd >= with_gzip {
        Coding::Zstd
    } else if with_gzip >= identity {
        Coding::Gzip
    } else {
        Coding::Identity
    }
}

/// Weights in thousandths.
#[derive(Default)]
struct Weights {
    gzip: Option<u16>,
    zstd: Option<u16>,
    identity: Option<u16>,
    any: Option<u16>,
}

impl Weights {
    fn note(&mut self, member: &str) {
        let (coding, parameters) = match member.split_once(';') {
            Some((coding, parameters)) => (coding, Some(parameters)),
            None => (member, None),
        };
        // A weight that does not parse refuses: the plain file is always right.
        let weight = parameters.map_or(1000, |parameters| weight(parameters).unwrap_or(0));
        let coding = coding.trim();
        let place = if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") {
            &mut self.gzip
        } else if coding.eq_ignore_ascii_case("zstd") {
            &mut self.zstd
        } else if coding.eq_ignore_ascii_case("identity") {
            &mut self.identity
        } else if coding == "*" {
            &mut self.any
        } else {
            return;
        };
        *place = Some(weight);
    }
}

/// `q=0.125` in thousandths (RFC 9110 section 12.4.2).
fn weight(parameters: &str) -> Option<u16> {
    let (name, value) = parameters.trim().split_once('=')?;
    if !name.eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn wants(lines: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCEPT_ENCODING, line.parse().unwrap());
        }
        preferred(&headers, true, false) == Coding::Gzip
    }

    #[test]
    fn sends_gzip_to_those_who_want_it() {
        for line in [
            "gzip",
            "GZIP",
            "x-gzip",
            "deflate, gzip",
            "gzip;q=0.001",
            "gzip; q=1.000",
            "*",
            "br;q=1, *;q=0.5",
            "identity;q=0.5, gzip;q=0.5",
            "gzip;Q=0.5",
            "gzip, identity",
        ] {
            assert!(wants(&[line]), "{line}");
        }
        assert!(wants(&["br", "gzip"]));
    }

    #[test]
    fn sends_the_plain_file_to_everyone_else() {
        for line in [
            "",
            "br",
            "identity",
            "gzip;q=0",
            "gzip;q=0.000",
            "*;q=0",
            "gzip;q=0, *",
            "identity, gzip;q=0.5",
            "gzip;q=2",
            "gzip;q=0.1234",
            "gzip;q=",
            "gzip;q",
            "gzip;level=9",
            "gzipp",
            "gzip;q=-1",
            "gzip;q=1.001",
        ] {
            assert!(!wants(&[line]), "{line}");
        }
        assert!(!wants(&[]));
    }

    #[test]
    fn sends_the_shortest_of_those_that_are_liked_best() {
        let chosen = |line: &str, gzip, zstd| {
            let mut headers = HeaderMap::new();
            headers.append(ACCEPT_ENCODING, line.parse().unwrap());
            preferred(&headers, gzip, zstd)
        };
        for (line, both) in [
            ("gzip, zstd", Coding::Zstd),
            ("gzip, deflate, br, zstd", Coding::Zstd),
            ("gzip, zstd;q=0.9", Coding::Gzip),
            ("zstd;q=0, gzip", Coding::Gzip),
            ("*", Coding::Gzip),
            ("zstd, identity;q=0.5", Coding::Zstd),
            ("identity, zstd;q=0.9", Coding::Identity),
            ("", Coding::Identity),
        ] {
            assert_eq!(chosen(line, true, true), both, "{line}");
            assert_eq!(chosen(line, false, false), Coding::Identity, "{line}");
        }
        assert_eq!(chosen("gzip, zstd", true, false), Coding::Gzip);
        assert_eq!(chosen("gzip, zstd", false, true), Coding::Zstd);
        assert_eq!(chosen("gzip", false, true), Coding::Identity);
    }
}
