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
    let mut records = Records::new(stream, 1 << 20).unwrap();
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
    let denied =
        |error| matches!(error, NoRecord::Stream(error) if error.kind() == io::ErrorKind::PermissionDenied);
    assert!(denied(Records::new(Broken, 9).err().unwrap()));
    let mut records = Records::new(io::Read::chain(&b"a,b\nc"[..], Broken), 9).unwrap();
    assert!(records.next().unwrap().is_some());
    assert!(denied(records.next().err().unwrap()));
}

/// A stream that never ends, and counts what was taken of it.
struct Endless<'a>(u8, &'a std::cell::Cell<usize>);

impl io::Read for Endless<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        into.fill(self.0);
        self.1.set(self.1.get() + into.len());
        Ok(into.len())
    }
}

#[test]
fn of_a_record_that_never_ends_little_is_held() {
    let taken = std::cell::Cell::new(0);
    let limit = 1 << 17;
    for (before, byte) in
        [("", b'a'), ("a\n", b'a'), ("a\n\"", b'a'), ("a\n\"", b','), ("a\n\"\"", b','), ("a\n", b'"')]
    {
        taken.set(0);
        let stream = io::Read::chain(before.as_bytes(), Endless(byte, &taken));
        let ended = Records::new(stream, limit).and_then(|mut records| {
            records.next()?;
            records.next().map(|record| record.map(Record::width))
        });
        assert!(matches!(ended, Err(NoRecord::Endless)), "{before} {byte}");
        assert!((2 * limit..20 * limit).contains(&taken.get()), "{before} {byte} {}", taken.get());
    }
}
