//! The line that says whose a file is: `interdict: generation 12 sha256 <of all other bytes>`.
//!
//! A file whose line and digest agree was written by this program and is as it was written; the generation tells of which.
//! It proves no more than that: whoever may write the file may write the line.

use interdict_schema::Sha256;

use super::rendered::{File, Marker};

const WORDS: &str = "interdict: generation ";
const DIGEST: &str = " sha256 ";

/// What a marker says of a file, and the rest of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The generation.
    pub generation: u64,
    /// All other bytes.
    pub body: Vec<u8>,
    /// Whether the digest is theirs: nobody has edited it.
    pub whole: bool,
}

impl File {
    /// The file as it is written, with its marker.
    pub fn marked(&self, generation: u64) -> Vec<u8> {
        let digest = Sha256::of(&self.bytes);
        let words = format!("{WORDS}{generation}{DIGEST}{digest}");
        match self.marker {
            Marker::First(comment) => [format!("{comment} {words}\n").as_bytes(), &self.bytes].concat(),
            // Directly behind the body, so that one without a last newline is read back as it was.
            Marker::Last(opens, closes) => {
                [self.bytes.as_slice(), format!("{opens} {words} {closes}\n").as_bytes()].concat()
            }
            Marker::None => self.bytes.clone(),
        }
    }
}

impl Marker {
    /// Takes the marker off. `None` where there is none.
    pub fn read(self, bytes: &[u8]) -> Option<Marked> {
        let (line, body) = match self {
            Self::First(comment) => {
                let end = memchr::memchr(b'\n', bytes)?;
                let line = bytes.get(..end)?.strip_prefix(comment.as_bytes())?.strip_prefix(b" ")?;
                (line, bytes.get(end.checked_add(1)?..)?)
            }
            Self::Last(opens, closes) => {
                let without =
                    bytes.strip_suffix(b"\n")?.strip_suffix(closes.as_bytes())?.strip_suffix(b" ")?;
                let begins = memchr::memmem::rfind(without, format!("{opens} {WORDS}").as_bytes())?;
                let line = without.get(begins..)?.strip_prefix(opens.as_bytes())?.strip_prefix(b" ")?;
                (line, bytes.get(..begins)?)
            }
            Self::None => return None,
        };
        let (generation, digest) = std::str::from_utf8(line).ok()?.strip_prefix(WORDS)?.split_once(DIGEST)?;
        let (generation, digest): (u64, Sha256) = (generation.parse().ok()?, digest.parse().ok()?);
        Some(Marked { generation, body: body.to_vec(), whole: Sha256::of(body) == digest })
    }
}

/// The forms of comments that markers stand in.
const FORMS: [Marker; 6] = [
    Marker::First("#"),
    Marker::First(";"),
    Marker::First("//"),
    Marker::First("--"),
    Marker::Last("<!--", "-->"),
    Marker::Last("/*", "*/"),
];

/// Takes a marker off whose form is not known. `None` where there is none.
pub fn read_any(bytes: &[u8]) -> Option<Marked> {
    FORMS.into_iter().find_map(|marker| marker.read(bytes))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    const MARKERS: [Marker; 3] = [Marker::First("#"), Marker::First("//"), Marker::Last("<!--", "-->")];

    #[test]
    fn what_was_marked_is_read_back_whole_and_what_was_edited_is_not() {
        for marker in MARKERS {
            for body in ["", "a\n", "a", "\n\n", "# interdict: generation 1 sha256 0\nx"] {
                let file = File::drop_in(PathBuf::from("/x"), body.into(), marker);
                let bytes = file.marked(12);
                let wanted = Marked { generation: 12, body: body.into(), whole: true };
                assert_eq!(marker.read(&bytes).as_ref(), Some(&wanted), "{marker:?} {body:?}");
                assert_eq!(read_any(&bytes), Some(wanted), "{marker:?} {body:?}");
                let mut edited = bytes;
                match marker {
                    Marker::Last(..) => edited.insert(0, b'x'),
                    _ => edited.push(b'x'),
                }
                assert_eq!(
                    marker.read(&edited).map(|marked| marked.whole),
                    Some(false),
                    "{marker:?} {body:?}"
                );
            }
        }
    }

    #[test]
    fn what_has_no_marker_is_nobodys_and_what_has_no_comments_is_written_as_it_is() {
        for marker in MARKERS {
            for bytes in [
                "",
                "#",
                "# interdict: generation",
                "# interdict: generation x sha256 0\n",
                "-->\n",
                " -->\n",
            ] {
                assert_eq!(marker.read(bytes.as_bytes()), None, "{marker:?} {bytes:?}");
            }
        }
        let json = File::drop_in(PathBuf::from("/x"), b"{}".to_vec(), Marker::None);
        assert_eq!(json.marked(1), b"{}");
        assert_eq!(Marker::None.read(b"{}"), None);
    }
}
