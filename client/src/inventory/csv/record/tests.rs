#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use proptest::prelude::*;

use super::*;

type Read = (u64, u64, Vec<Vec<u8>>);

/// A stream that gives a few bytes at a time.
struct Few<'a>(&'a [u8], usize);

impl io::Read for Few<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(into.len());
        self.0.read(into.get_mut(..length).unwrap())
    }
}

fn read(stream: impl io::Read) -> Vec<Read> {
    let mut records = Records::new(stream).unwrap();
    let mut read = Vec::new();
    while let Some(record) = records.next().unwrap() {
        let fields: Vec<Vec<u8>> = record.fields().map(<[u8]>::to_vec).collect();
        assert_eq!(record.width(), fields.len());
        assert_eq!(record.length(), fields.iter().map(Vec::len).sum::<usize>());
        read.push((record.place.row, record.place.byte, fields));
    }
    read
}

/// What the crate `csv` reads, and where a record begins behind empty lines.
fn expected(text: &[u8]) -> Vec<Read> {
    let delimiter = delimiter(text.split(|byte| *byte == b'\n').next().unwrap());
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
    let (mut record, mut read) = (csv::ByteRecord::new(), Vec::new());
    loop {
        let (mut row, mut byte) = (reader.position().line(), reader.position().byte());
        if !reader.read_byte_record(&mut record).unwrap() {
            return read;
        }
        while let Some(end @ (b'\r' | b'\n')) = text.get(usize::try_from(byte).unwrap()) {
            row += u64::from(*end == b'\n');
            byte += 1;
        }
        read.push((row, byte, record.iter().map(<[u8]>::to_vec).collect()));
    }
}

proptest! {
    #[test]
    fn records_are_read_as_the_reader_of_csv_reads_them(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "a", "bc", ",", ",", ";", "\t", "\n", "\n", "\r\n", "\r", "\"", "\"\"", ",\"", "\",", "é", "\0", " ",
            ]),
            0..40,
        ),
        few in 1_usize..9,
    ) {
        let text = parts.concat().into_bytes();
        prop_assert_eq!(read(text.as_slice()), expected(&text));
        prop_assert_eq!(read(Few(&text, few)), expected(&text));
    }
}

#[test]
fn records_longer_than_a_piece_are_read_whole() {
    for long in [PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
        for quote in ["", "\""] {
            let long = "x".repeat(long);
            let text = format!("{quote}{long}{quote},b\n{quote}{long}{quote},{quote}{long}{quote}\nc,d");
            assert_eq!(read(text.as_bytes()), expected(text.as_bytes()));
        }
    }
}

#[test]
fn what_the_stream_says_is_handed_on() {
    struct Broken;
    impl io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    assert_eq!(Records::new(Broken).err().unwrap().kind(), io::ErrorKind::PermissionDenied);
    let mut records = Records::new(io::Read::chain(&b"a,b\nc"[..], Broken)).unwrap();
    assert!(records.next().unwrap().is_some());
    assert_eq!(records.next().err().unwrap().kind(), io::ErrorKind::PermissionDenied);
}
