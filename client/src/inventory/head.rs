//! How a document begins: what readers know their formats by.
//!
//! Nothing is parsed here. The keys of a JSON document are found by a walk over brackets and strings, of the window first and
//! of the whole only when nobody knew the window.

/// Bytes that are looked at first.
pub(super) const WINDOW: usize = 65_536;

/// The beginning of a document.
#[derive(Debug)]
pub struct Head<'a> {
    /// The document, without a byte order mark and blanks before it; of a text never more than the window.
    text: &'a [u8],
    keys: Vec<&'a [u8]>,
}

impl<'a> Head<'a> {
    /// Looks at the first `window` bytes of a document.
    pub fn of(bytes: &'a [u8], window: usize) -> Self {
        let text = super::text::without_mark(bytes).trim_ascii_start();
        let text = text.get(..window.min(text.len())).unwrap_or_default();
        let keys = if matches!(text.first(), Some(b'{' | b'[')) { keys(text) } else { Vec::new() };
        Self { text, keys }
    }

    /// Whether nothing stands there but blanks.
    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether it begins as a JSON object, or as an object on the first of several lines.
    pub fn is_object(&self) -> bool {
        self.text.starts_with(b"{")
    }

    /// Whether it begins as a JSON array.
    pub fn is_array(&self) -> bool {
        self.text.starts_with(b"[")
    }

    /// Whether the JSON object, or the first object of the array, has a member of this name. Escaped names are not known.
    pub fn has(&self, key: &str) -> bool {
        self.keys.contains(&key.as_bytes())
    }

    /// Whether it has all of these.
    pub fn has_all(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.has(key))
    }

    /// The first line of a text, without its end; empty for JSON.
    pub fn first_line(&self) -> &'a [u8] {
        self.lines().next().unwrap_or_default()
    }

    /// The lines that the window holds, without their ends; none for JSON. The last may be cut off.
    pub fn lines(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let text = if self.is_object() || self.is_array() { &[][..] } else { self.text };
        text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end)
    }

    /// The bytes of the window.
    pub const fn bytes(&self) -> &'a [u8] {
        self.text
    }
}

/// The member names of the first object in a document: at depth one, or within an array at depth two. The walk ends with that
/// object.
fn keys(text: &[u8]) -> Vec<&[u8]> {
    let wanted = if text.starts_with(b"[") { 2 } else { 1 };
    let (mut keys, mut depth, mut at) = (Vec::new(), 0_usize, 0);
    while let Some(byte) = text.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= wanted => break,
            b'}' | b']' => depth -= 1,
            b'"' => {
                let Some(length) = string(text.get(at + 1..).unwrap_or_default()) else { break };
                let inside = text.get(at + 1..at + 1 + length).unwrap_or_default();
                at += length + 1;
                let behind = text.get(at + 1..).unwrap_or_default().trim_ascii_start();
                if depth == wanted && behind.starts_with(b":") {
                    keys.push(inside);
                }
            }
            _ => {}
        }
        at += 1;
    }
    keys
}

/// The length of a string up to its closing quotation mark.
fn string(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys_of(text: &str) -> Vec<&str> {
        keys(text.as_bytes()).into_iter().map(|key| std::str::from_utf8(key).unwrap_or("?")).collect()
    }

    #[test]
    fn the_members_of_the_first_object_are_found_and_no_others() {
        for (text, found) in [
            (r#"{"a":{"b":1},"c":["d",{"e":2}],"f":"g"}"#, &["a", "c", "f"][..]),
            (r#"[{"a":1,"b":[{"c":1}]},{"d":1}]"#, &["a", "b"]),
            ("{\"a\" : 1}\n{\"b\":2}\n", &["a"]),
            (r#"{"a\"b":1,"c":"\\"}"#, &["a\\\"b", "c"]),
            (r#"["a","b"]"#, &[]),
            ("{}", &[]),
            (r#"{"a":"cut o"#, &["a"]),
            (r#"{"cut o"#, &[]),
            ("]]]", &[]),
        ] {
            assert_eq!(keys_of(text), found, "{text}");
        }
    }

    #[test]
    fn a_window_ends_where_it_is_told_to() {
        let text = br#"  {"a":1,"b":2}"#;
        assert!(Head::of(text, 13).has("b") && !Head::of(text, 8).has("b"));
        assert!(Head::of(b" \n", WINDOW).is_empty());
        assert_eq!(Head::of(b"\xef\xbb\xbf one\r\ntwo", WINDOW).first_line(), b"one");
    }
}
