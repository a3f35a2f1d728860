//! UTF-16 into UTF-8, where a byte order mark says that it is UTF-16: Windows writes registry exports and redirected output so.
//!
//! Places in what is read are then of the UTF-8 text. Not here: UTF-16 without a mark, which is no known format.

use std::borrow::Cow;

use super::text::count;

/// Whether a byte order mark says that it is UTF-16.
pub(super) fn is_marked(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
}

/// The text in some bytes as UTF-8, and the first byte of the source that is no whole character, if there is one.
pub(super) fn decoded(bytes: &[u8]) -> (Cow<'_, [u8]>, Option<u64>) {
    let unit: fn([u8; 2]) -> u16 = if bytes.starts_with(b"\xff\xfe") {
        u16::from_le_bytes
    } else if bytes.starts_with(b"\xfe\xff") {
        u16::from_be_bytes
    } else {
        return (Cow::Borrowed(bytes), None);
    };
    let body = bytes.get(2..).unwrap_or_default();
    let (pairs, rest) = body.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    let (mut at, mut broken) = (2_usize, None);
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let character = character.unwrap_or_else(|_| {
            broken.get_or_insert(at);
            char::REPLACEMENT_CHARACTER
        });
        at += character.len_utf16() * 2;
        text.push(character);
    }
    if !rest.is_empty() {
        broken.get_or_insert(at);
        text.push(char::REPLACEMENT_CHARACTER);
    }
    (Cow::Owned(text.into_bytes()), broken.map(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_either_order_is_read_and_what_is_broken_is_named() {
        for (bytes, text, broken) in [
            (&b"\xff\xfea\0\xe4\0"[..], "a\u{e4}", None),
            (b"\xfe\xff\0a\x20\xac", "a\u{20ac}", None),
            (b"\xff\xfe\x3d\xd8\x00\xdea\0", "\u{1f600}a", None),
            (b"\xff\xfea\0\x3d\xd8b\0\x3d\xd8", "a\u{fffd}b\u{fffd}", Some(4)),
            (b"\xff\xfea\0b", "a\u{fffd}", Some(4)),
            (b"\xff\xfe", "", None),
            (b"a\xff\xfe", "", None),
        ] {
            let (found, place) = decoded(bytes);
            let wanted = if bytes.starts_with(b"a") { bytes } else { text.as_bytes() };
            assert_eq!((&*found, place), (wanted, broken), "{bytes:?}");
        }
    }
}
