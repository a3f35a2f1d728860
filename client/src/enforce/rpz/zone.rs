//! The text of a zone of policies (draft-vixie-dnsop-dns-rpz-00; master file format: RFC 1035, 5), and its serial.
//!
//! Every line is a name of lower-case letters, digits, hyphens, underscores and dots, relative to the zone, and one of two
//! actions. The serial moves only when another line does.

/// What a resolver does about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Answers that there is no such name.
    NxDomain,
    /// Answers as if there were no policy.
    Passthru,
}

/// A zone that is being written.
#[derive(Debug)]
pub struct Zone {
    lines: Vec<u8>,
    longest: usize,
    /// How many names it has, those below them counted with them.
    pub names: usize,
    /// Some of the names that are blocked: those that a resolver is asked for.
    pub asked: Vec<String>,
}

/// How many names a resolver is asked for.
const ASKED: usize = 3;

/// What stands before the serial, and after it.
const BEFORE: &str = "$TTL 60\n@ SOA localhost. nobody.localhost. ";
const AFTER: &str = " 3600 600 2592000 60\n@ NS localhost.\n";

impl Zone {
    /// An empty zone of this name.
    pub fn new(name: &str) -> Self {
        Self { lines: Vec::new(), longest: longest(name), names: 0, asked: Vec::new() }
    }

    /// Writes a name and what is below it. What cannot be a name with the zone's own behind it is left out: no resolver
    /// can look it up.
    pub fn write(&mut self, name: &str, action: Action) {
        let plain = name.starts_with(|first: char| first.is_ascii_alphanumeric());
        if action == Action::NxDomain && plain && self.asked.len() < ASKED && name.len() <= self.longest {
            self.asked.push(name.to_owned());
        }
        let action: &[u8] = match action {
            Action::NxDomain => b" CNAME .\n",
            Action::Passthru => b" CNAME rpz-passthru.\n",
        };
        for (below, length) in [(&b""[..], name.len()), (b"*.", name.len().saturating_add(2))] {
            if length <= self.longest {
                for bytes in [below, name.as_bytes(), action] {
                    self.lines.extend_from_slice(bytes);
                }
            }
        }
        self.names = self.names.saturating_add(1);
    }

    /// The file. `present` is the one that is there now, `least` the serial of the first one.
    pub fn finish(self, present: Option<&[u8]>, least: u32) -> (u32, Vec<u8>) {
        let serial = serial(present, &self.lines, least);
        let head = format!("{BEFORE}{serial}{AFTER}");
        let mut bytes = self.lines;
        bytes.splice(0..0, head.into_bytes());
        (serial, bytes)
    }
}

/// The longest name that fits before a zone's: 253 with both and the dot between them (RFC 1035, 2.3.4).
pub const fn longest(zone: &str) -> usize {
    252_usize.saturating_sub(zone.len())
}

/// The serial of lines: that of the file that is there where they are its lines, and otherwise a later one.
fn serial(present: Option<&[u8]>, lines: &[u8], least: u32) -> u32 {
    match present.and_then(taken_apart) {
        Some((serial, same)) if same == lines => serial,
        Some((serial, _)) => next(serial, least),
        None => least.max(1),
    }
}

/// A file without its serial, which is chosen only when it is written: what is approved stays the same through generations in
/// which no line changes. `None` for one that was not written here.
pub fn without_serial(bytes: &[u8]) -> Option<Vec<u8>> {
    let (_, lines) = taken_apart(bytes)?;
    Some([BEFORE.as_bytes(), b"SERIAL", AFTER.as_bytes(), lines].concat())
}

/// The serial and the lines of a file that was written here.
fn taken_apart(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let rest = bytes.strip_prefix(BEFORE.as_bytes())?;
    let end = rest.iter().position(|byte| *byte == b' ')?;
    let (serial, rest) = rest.split_at_checked(end)?;
    let serial = std::str::from_utf8(serial).ok()?.parse().ok()?;
    Some((serial, rest.strip_prefix(AFTER.as_bytes())?))
}

/// A serial after another (RFC 1982, 3.2): the wanted one where it is later, otherwise the next; never 0, which some
/// programs take for none.
fn next(serial: u32, wanted: u32) -> u32 {
    let ahead = wanted.wrapping_sub(serial);
    let next = if (1..1 << 31).contains(&ahead) { wanted } else { serial.wrapping_add(1) };
    if next == 0 { 1 } else { next }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn file(names: &[&str], present: Option<&[u8]>, least: u32) -> (u32, Vec<u8>) {
        let mut zone = Zone::new("rpz.example");
        for name in names {
            zone.write(name, Action::NxDomain);
        }
        zone.finish(present, least)
    }

    #[test]
    fn the_serial_moves_when_a_name_does_and_then_alone() {
        let (first, one) = file(&["a.example"], None, 12);
        assert_eq!(first, 12);
        assert_eq!(file(&["a.example"], Some(&one), 13), (12, one.clone()));
        let (second, two) = file(&["b.example"], Some(&one), 13);
        assert_eq!(second, 13);
        // The same generation in another mode.
        assert_eq!(file(&["a.example"], Some(&two), 13).0, 14);
        assert_eq!(file(&["a.example"], Some(b"$TTL 60\n@ SOA of somebody else"), 13).0, 13);
    }

    #[test]
    fn without_their_serials_equal_lines_are_equal() {
        let ((_, one), (_, other)) = (file(&["a.example"], None, 12), file(&["a.example"], None, 13));
        assert_ne!(one, other);
        assert_eq!(without_serial(&one), without_serial(&other));
        assert_ne!(without_serial(&one), without_serial(&file(&["b.example"], None, 12).1));
        assert_eq!(without_serial(b"$TTL 60\n@ SOA of somebody else"), None);
    }

    #[test]
    fn a_serial_goes_round_without_becoming_nought() {
        for (serial, wanted, after) in [
            (12, 12, 13),
            (12, 11, 13),
            (12, 40, 40),
            (u32::MAX, 40, 40),
            (u32::MAX, 0, 1),
            (0, 1 << 31, 1),
            (0, (1 << 31) - 1, (1 << 31) - 1),
        ] {
            assert_eq!(next(serial, wanted), after, "{serial} {wanted}");
        }
    }

    #[test]
    fn a_name_is_written_as_far_as_it_fits_before_the_zone() {
        let longest = longest("rpz.example");
        assert_eq!(longest + 1 + "rpz.example".len(), 253);
        for (length, lines) in [(longest - 2, 2), (longest - 1, 1), (longest, 1), (longest + 1, 0)] {
            let mut zone = Zone::new("rpz.example");
            zone.write(&"a".repeat(length), Action::NxDomain);
            assert_eq!(zone.lines.split(|byte| *byte == b'\n').count() - 1, lines, "{length}");
        }
    }
}
