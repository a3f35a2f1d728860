//! Compressed forms of what is published, made once and never while serving (gzip RFC 1952, zstd RFC 8878). Not here: who
//! writes them beside their files.
//!
//! A form is a file of the same name with `.gz` or `.zst` at its end, as nginx's `gzip_static`, Caddy and object stores
//! take it too. Only files that never change under their name have forms: nothing can then be newer than its form.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::limits::{MAX_HELD_FILE_BYTES, MIN_FORM_BYTES};
use super::media_type::{Lifetime, media_type};

/// What zstd is told: small files, made once and fetched by everybody.
const ZSTD_LEVEL: i32 = 19;

/// Above this length a lower level is taken: publishing does not wait for seconds.
const LONG_BYTES: u64 = 1024 * 1024;
const ZSTD_LEVEL_LONG: i32 = 9;

/// A compressed form of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// What stands after the file's own name: `.gz` or `.zst`.
    pub ending: &'static str,
    /// The whole form. The same content gives the same bytes with the same version of this program.
    pub bytes: Vec<u8>,
}

/// The forms worth having of a file at a path below the root that is served (`metadata/1.root.json`): those that are
/// shorter than it. None for a path that may change its content, for what is not text, and for what is very short or
/// longer than 8 MiB, which a server does not hold in memory.
pub fn forms(path: &str, content: &[u8]) -> Vec<Form> {
    let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
    let is_worth_it = Lifetime::of(path) == Lifetime::Immutable
        && media_type(path).compressible
        && (MIN_FORM_BYTES..=MAX_HELD_FILE_BYTES).contains(&length);
    if !is_worth_it {
        return Vec::new();
    }
    let level = if length > LONG_BYTES { ZSTD_LEVEL_LONG } else { ZSTD_LEVEL };
    let made = [(".gz", gzip(content)), (".zst", zstd::bulk::compress(content, level).ok())];
    let shorter = |bytes: &Vec<u8>| bytes.len() < content.len();
    made.into_iter()
        .filter_map(|(ending, bytes)| Some(Form { ending, bytes: bytes.filter(shorter)? }))
        .collect()
}

fn gzip(content: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(content.len() / 3), Compression::best());
    encoder.write_all(content).ok()?;
    encoder.finish().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use std::io::Read;

    use super::*;

    #[test]
    fn compresses_to_something_that_decompresses() {
        let text = "directive ".repeat(100).into_bytes();
        let made = forms("metadata/1.root.json", &text);
        let endings: Vec<_> = made.iter().map(|form| form.ending).collect();
        assert_eq!(endings, [".gz", ".zst"]);
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&*made.first().unwrap().bytes).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, text);
        assert_eq!(zstd::bulk::decompress(&made.last().unwrap().bytes, text.len()).unwrap(), text);
    }

    #[test]
    fn makes_no_form_of_what_may_change_or_gains_nothing() {
        let text = "directive ".repeat(100).into_bytes();
        for path in ["metadata/timestamp.json", "README.txt", "metadata/1.root.pdf", "targets/plain.json"] {
            assert_eq!(forms(path, &text), [], "{path}");
        }
        assert_eq!(forms("metadata/1.root.json", &[b'x'; 255]), []);
        assert_eq!(forms("metadata/1.root.json", &[b'x'; 256]).len(), 2);
    }
}
