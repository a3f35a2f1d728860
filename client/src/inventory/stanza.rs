//! Stanzas: lines up to a blank one, as dpkg and apk keep their databases.
//!
//! A stanza that is broken ends the reading of its file: what follows is not known.

use super::component::Component;
use super::coverage::{Place, Problem};
use super::rows::Rows;
use super::text::without_mark;

/// Why a stanza is none, and where.
pub(super) type Broken = (Place, Problem);

/// Reads each stanza of a file into at most one component.
pub(super) fn each(
    bytes: &[u8],
    rows: &mut Rows<'_>,
    mut component: impl FnMut(&[u8], Place, &mut Rows<'_>) -> Result<Option<Component>, Broken>,
) {
    let body = without_mark(bytes);
    let mut at = bytes.len() - body.len();
    let mut rest = body;
    while let Some((stanza, length)) = next(rest) {
        if !stanza.is_empty() {
            let place = rows.next_row(at);
            let limit = rows.limits().row_bytes;
            let read = if stanza.len() > limit {
                Err((place, Problem::RowTooLong { limit }))
            } else {
                component(stanza, place, rows)
            };
            match read {
                Ok(Some(found)) => rows.add(found, place),
                Ok(None) => {}
                Err((place, problem)) => return rows.stop(place, problem),
            }
            if rows.is_full() {
                return;
            }
        }
        at += length;
        rest = rest.get(length..).unwrap_or_default();
    }
}

/// The bytes up to the next blank line, and how far they reach with it. A blank line first gives an empty stanza.
fn next(bytes: &[u8]) -> Option<(&[u8], usize)> {
    if bytes.is_empty() {
        return None;
    }
    let mut at = 0;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if line.iter().all(u8::is_ascii_whitespace) {
            return Some((bytes.get(..at).unwrap_or_default(), at + line.len()));
        }
        at += line.len();
    }
    Some((bytes, bytes.len()))
}
