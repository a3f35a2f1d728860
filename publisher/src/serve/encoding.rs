//! Content coding: whether a client wants gzip (RFC 9110 section 12.5.3), and making it (RFC 1952).
//!
//! Not here: which files are worth compressing (`media_type.rs`), and keeping the result (`held.rs`).

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::HeaderMap;
use hyper::body::Bytes;
use hyper::header::ACCEPT_ENCODING;

/// Whether gzip is acceptable and no less welcome than no coding at all.
pub(super) fn wants_gzip(headers: &HeaderMap) -> bool {
    let mut weights = Weights::default();
    for line in headers.get_all(ACCEPT_ENCODING) {
        let Ok(line) = line.to_str() else { return false };
        for member in line.split(',') {
            weights.note(member);
        }
    }
    // Without the field, and for a coding that it does not name, nothing is said in favour of gzip.
    let gzip = weights.gzip.or(weights.any).unwrap_or(0);
    // Not naming `identity` says nothing against gzip either.
    gzip > 0 && gzip >= weights.identity.unwrap_or(0)
}

/// Weights in thousandths.
#[derive(Default)]
struct Weights {
    gzip: Option<u16>,
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

/// The gzip form of a file, or nothing when it is no shorter. The same input gives the same bytes.
pub(super) fn gzip(content: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(content.len() / 3), Compression::default());
    encoder.write_all(content).ok()?;
    let mut compressed = encoder.finish().ok()?;
    compressed.shrink_to_fit();
    (compressed.len() < content.len()).then(|| compressed.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use std::io::Read;

    use super::*;

    fn wants(lines: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCEPT_ENCODING, line.parse().unwrap());
        }
        wants_gzip(&headers)
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
    fn compresses_to_something_that_decompresses() {
        let text = "directive ".repeat(100);
        let mut plain = String::new();
        flate2::read::GzDecoder::new(&*gzip(text.as_bytes()).unwrap()).read_to_string(&mut plain).unwrap();
        assert_eq!(plain, text);
        assert_eq!(gzip(b"short"), None);
    }
}
