//! Files into bytes: bounded, and out of gzip (RFC 1952) or zstd (RFC 8878) where the content begins like one.
//!
//! What is packed twice is unpacked once, and then is no known format. Not here: archives of several files.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::coverage::Problem;
use super::limits::Limits;
use super::text::count;

const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

/// The memory that a zstd frame may ask for: what `zstd --long` asks for.
const WINDOW: u64 = 128 << 20;

/// Reads a stream into memory and unpacks it, up to the limits. `path` is named in the problem.
///
/// # Errors
/// What the system said, that it is longer than a limit, or that it is no whole gzip or zstd stream.
pub fn bounded(stream: impl Read, path: &str, limits: &Limits) -> Result<Vec<u8>, Problem> {
    bounded_behind(Vec::new(), stream, path, limits)
}

/// As [`bounded`], behind what was read of it already.
pub(super) fn bounded_behind(
    begun: Vec<u8>,
    stream: impl Read,
    path: &str,
    limits: &Limits,
) -> Result<Vec<u8>, Problem> {
    let disk = |error: io::Error| Problem::Disk { path: path.to_owned(), kind: error.kind() };
    let bytes = up_to(begun, stream, limits.file_bytes).map_err(disk)?;
    let limit = limits.file_bytes;
    let bytes = bytes.ok_or(Problem::FileTooLong { limit })?;
    let broken = |packing| move |_: io::Error| Problem::Packed { packing };
    let limit = limits.unpacked_bytes;
    let unpacked = if bytes.starts_with(GZIP) {
        up_to(Vec::new(), MultiGzDecoder::new(bytes.as_slice()), limit).map_err(broken("gzip"))?
    } else if bytes.starts_with(ZSTD) {
        up_to(Vec::new(), Frames::of(&bytes), limit).map_err(broken("zstd"))?
    } else {
        return Ok(bytes);
    };
    unpacked.ok_or(Problem::UnpackedTooLong { limit })
}

/// Whether bytes begin as a packed file does.
pub(super) fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(GZIP) || bytes.starts_with(ZSTD)
}

/// A stream that is read piece by piece up to a limit: what goes on behind it ends in [`io::ErrorKind::FileTooLarge`].
pub(super) struct Bounded<R> {
    stream: R,
    left: u64,
}

impl<R> Bounded<R> {
    pub(super) const fn new(stream: R, limit: u64) -> Self {
        Self { stream, left: limit }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.stream.read(into)?;
        self.left = self.left.checked_sub(count(length)).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(length)
    }
}

/// At most `limit` bytes with those that are there; none where there are more.
fn up_to(mut bytes: Vec<u8>, stream: impl Read, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let left = limit.saturating_add(1).saturating_sub(count(bytes.len()));
    stream.take(left).read_to_end(&mut bytes)?;
    Ok((count(bytes.len()) <= limit).then_some(bytes))
}

/// The frames of a zstd stream, one behind the other (RFC 8878 section 3). Each frame's checksum is compared where it has one.
struct Frames<'a> {
    rest: &'a [u8],
    open: Option<StreamingDecoder<&'a [u8], FrameDecoder>>,
}

impl<'a> Frames<'a> {
    const fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, open: None }
    }

    fn next_frame(&mut self) -> io::Result<()> {
        // Section 3.1.2: sixteen magic numbers begin a frame to be skipped, of the length that follows.
        if let [0x50..=0x5f, 0x2a, 0x4d, 0x18, rest @ ..] = self.rest {
            let (length, rest) = rest.split_first_chunk::<4>().ok_or(io::ErrorKind::UnexpectedEof)?;
            let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
            self.rest = rest.get(length..).ok_or(io::ErrorKind::UnexpectedEof)?;
            return Ok(());
        }
        let frame =
            StreamingDecoder::new_with_max_window_size(self.rest, WINDOW).map_err(io::Error::other)?;
        self.open = Some(frame);
        Ok(())
    }
}

impl Read for Frames<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.open {
                let length = frame.read(into)?;
                if length > 0 || into.is_empty() {
                    return Ok(length);
                }
                let said = frame.decoder.get_checksum_from_data();
                if said.is_some() && said != frame.decoder.get_calculated_checksum() {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                self.rest = frame.get_ref();
                self.open = None;
            } else if self.rest.is_empty() {
                return Ok(0);
            } else {
                self.next_frame()?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        compress_to_vec(text, CompressionLevel::Fastest)
    }

    fn read(bytes: &[u8]) -> Result<Vec<u8>, Problem> {
        bounded(bytes, "x", &Limits { file_bytes: 64, unpacked_bytes: 8, ..Limits::STANDARD })
    }

    #[test]
    fn a_stream_ends_at_the_limit_and_not_one_beyond() {
        let limits = Limits { file_bytes: 4, ..Limits::STANDARD };
        assert_eq!(bounded(&b"abcd"[..], "x", &limits), Ok(b"abcd".to_vec()));
        assert_eq!(bounded(&b"abcde"[..], "x", &limits), Err(Problem::FileTooLong { limit: 4 }));
    }

    #[test]
    fn what_is_packed_ends_at_the_limit_of_what_comes_out() {
        for pack in [gzip, zstd] {
            assert_eq!(read(&pack(b"12345678")), Ok(b"12345678".to_vec()));
            assert_eq!(read(&pack(b"123456789")), Err(Problem::UnpackedTooLong { limit: 8 }));
            assert_eq!(read(&pack(&[0; 4_096])), Err(Problem::UnpackedTooLong { limit: 8 }));
        }
    }

    #[test]
    fn streams_behind_one_another_are_one_text() {
        for pack in [gzip, zstd] {
            assert_eq!(read(&[pack(b"abc"), pack(b"def")].concat()), Ok(b"abcdef".to_vec()));
        }
        let skipped = [&b"\x53\x2a\x4d\x18\x02\0\0\0zz"[..], &zstd(b"abc")].concat();
        assert_eq!(read(&[zstd(b""), skipped].concat()), Ok(b"abc".to_vec()));
    }

    #[test]
    fn a_frame_asks_for_as_much_memory_as_is_given_and_no_more() {
        // RFC 8878, 3.1.1.1.2: two to the power of 27, and an eighth more; then an empty last block.
        let frame = |window: u8| [ZSTD, &[0, window, 1, 0, 0]].concat();
        assert_eq!(read(&frame(17 << 3)), Ok(Vec::new()));
        assert_eq!(read(&frame(17 << 3 | 1)), Err(Problem::Packed { packing: "zstd" }));
    }

    #[test]
    fn a_stream_that_is_cut_off_or_changed_gives_nothing() {
        for (packing, whole) in [("gzip", gzip(b"abcdefg")), ("zstd", zstd(b"abcdefg"))] {
            for end in 4..whole.len() {
                assert_eq!(read(&whole[..end]), Err(Problem::Packed { packing }), "{packing} {end}");
            }
            let behind = [&whole[..], b"more"].concat();
            assert_eq!(read(&behind), Err(Problem::Packed { packing }), "{packing}");
        }
    }
}
