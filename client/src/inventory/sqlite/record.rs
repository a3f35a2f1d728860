//! Records: the columns of one row (the database file format, 2.1).

/// The value of a column, as far as it is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum Value<'a> {
    /// NULL, which also stands for the row's number where a column is that; or a floating point number.
    Nothing,
    /// An integer.
    Integer(i64),
    /// Bytes.
    Blob(&'a [u8]),
    /// Text, in the encoding of the database.
    Text(&'a [u8]),
}

/// Columns of one row that are looked at; no table of ours has more.
const COLUMNS: usize = 16;

/// The columns of a record. `None`: it is none.
pub(super) fn read(payload: &[u8]) -> Option<Vec<Value<'_>>> {
    let (length, rest) = varint(payload)?;
    let length = usize::try_from(length).ok()?;
    let mut types = rest.get(..length.checked_sub(payload.len() - rest.len())?)?;
    let mut body = payload.get(length..)?;
    let mut values = Vec::new();
    while !types.is_empty() && values.len() < COLUMNS {
        let (kind, further) = varint(types)?;
        types = further;
        let width = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            12.. => usize::try_from((kind - 12) / 2).ok()?,
            _ => return None,
        };
        let (bytes, further) = body.split_at_checked(width)?;
        body = further;
        values.push(match kind {
            8 | 9 => Value::Integer(kind - 8),
            1..=6 => Value::Integer(integer(bytes)),
            12.. if kind % 2 == 0 => Value::Blob(bytes),
            13.. => Value::Text(bytes),
            _ => Value::Nothing,
        });
    }
    Some(values)
}

/// A variable-length integer: up to nine bytes, the highest first, and what follows it.
pub(super) fn varint(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let mut value: u64 = 0;
    for (nth, byte) in bytes.iter().enumerate().take(9) {
        if nth == 8 {
            value = value << 8 | u64::from(*byte);
        } else {
            value = value << 7 | u64::from(byte & 0x7f);
        }
        if nth == 8 || byte & 0x80 == 0 {
            return Some((value.cast_signed(), bytes.get(nth + 1..)?));
        }
    }
    None
}

fn integer(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    bytes.iter().fold(if negative { -1 } else { 0 }, |value, byte| value << 8 | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_in_every_width_and_sign() {
        for (bytes, value, rest) in [
            (&[0x05, 0x09][..], 5, 1),
            (&[0x81, 0x00], 128, 0),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], -1, 0),
        ] {
            assert_eq!(varint(bytes).map(|(value, rest)| (value, rest.len())), Some((value, rest)));
        }
        assert_eq!(varint(&[]), None);
        assert_eq!(varint(&[0x80; 8]), None);
        for (bytes, value) in [(&[0xff][..], -1), (&[0x01, 0x00], 256), (&[0x80, 0, 0], -8_388_608), (&[], 0)]
        {
            assert_eq!(integer(bytes), value);
        }
    }

    #[test]
    fn a_record_gives_its_columns_and_one_that_is_cut_off_none() {
        let record = [7, 0, 9, 1, 17, 16, 7, 0xfe, b'a', b'b', 1, 2, 0, 0, 0, 0, 0, 0, 0, 0];
        let wanted = [
            Value::Nothing,
            Value::Integer(1),
            Value::Integer(-2),
            Value::Text(b"ab"),
            Value::Blob(&[1, 2]),
            Value::Nothing,
        ];
        assert_eq!(read(&record).as_deref(), Some(&wanted[..]));
        for end in 0..record.len() {
            assert_eq!(read(record.get(..end).unwrap_or_default()), None, "{end}");
        }
        assert_eq!(read(&[2, 10]), None, "a type that the format keeps for itself");
    }
}
