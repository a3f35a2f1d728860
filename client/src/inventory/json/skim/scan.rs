//! Over JSON text: blanks, strings, numbers, and whole values that nobody asks for.

use super::Odd;

/// A place in a text.
pub(super) struct Scan<'de> {
    text: &'de str,
    at: usize,
}

/// A byte in each of eight.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The highest bit of each byte that is zero; what stands behind the first such byte says nothing.
const fn zero(word: u64) -> u64 {
    word.wrapping_sub(each(1)) & !word & each(0x80)
}

/// The highest bit of each byte that ends or interrupts a string: a quotation mark, a backslash, a control character. What
/// stands behind the first says nothing.
const fn stops(word: u64) -> u64 {
    let control = word.wrapping_sub(each(b' ')) & !word & each(0x80);
    zero(word ^ each(b'"')) | zero(word ^ each(b'\\')) | control
}

/// How many bytes stand before the first that is marked.
fn before(marks: u64) -> usize {
    usize::try_from(marks.trailing_zeros() / 8).unwrap_or_default()
}

impl<'de> Scan<'de> {
    pub(super) const fn of(text: &'de str) -> Self {
        Self { text, at: 0 }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next eight bytes.
    fn word(&self) -> Option<u64> {
        let rest = self.text.as_bytes().get(self.at..)?;
        rest.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// The next byte that is not blank, which is not passed.
    pub(super) fn peek(&mut self) -> Option<u8> {
        match self.byte()? {
            b' ' | b'\n' | b'\r' | b'\t' => self.behind_blanks(),
            other => Some(other),
        }
    }

    fn behind_blanks(&mut self) -> Option<u8> {
        loop {
            self.at += 1;
            // A line's indentation.
            while let Some(word) = self.word() {
                let blanks = before(word ^ each(b' '));
                self.at += blanks;
                if blanks < 8 {
                    break;
                }
            }
            match self.byte()? {
                b' ' | b'\n' | b'\r' | b'\t' => {}
                other => return Some(other),
            }
        }
    }

    /// Passes one byte.
    pub(super) const fn pass(&mut self) {
        self.at += 1;
    }

    /// Passes this byte, which must be the next that is not blank.
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Odd> {
        if self.peek() != Some(byte) {
            return Err(Odd);
        }
        self.pass();
        Ok(())
    }

    /// Passes these bytes.
    pub(super) fn literal(&mut self, literal: &str) -> Result<(), Odd> {
        let rest = self.text.as_bytes().get(self.at..).ok_or(Odd)?;
        if !rest.starts_with(literal.as_bytes()) {
            return Err(Odd);
        }
        self.at += literal.len();
        Ok(())
    }

    /// Passes a string; its text with the quotation marks, and whether it has escapes.
    pub(super) fn string(&mut self) -> Result<(&'de str, bool), Odd> {
        let from = self.at;
        let escapes = self.pass_string()?;
        Ok((self.text.get(from..self.at).ok_or(Odd)?, escapes))
    }

    /// Passes a number; its text.
    pub(super) fn number(&mut self) -> Result<&'de str, Odd> {
        let from = self.at;
        self.pass_number()?;
        self.text.get(from..self.at).ok_or(Odd)
    }

    fn pass_string(&mut self) -> Result<bool, Odd> {
        let mut escapes = false;
        self.pass();
        loop {
            while let Some(word) = self.word() {
                let stops = stops(word);
                if stops != 0 {
                    self.at += before(stops);
                    break;
                }
                self.at += 8;
            }
            match self.byte().ok_or(Odd)? {
                b'"' => {
                    self.pass();
                    return Ok(escapes);
                }
                b'\\' => {
                    escapes = true;
                    self.pass_escape()?;
                }
                ..b' ' => return Err(Odd),
                // The last bytes of the text, one by one.
                _ => self.pass(),
            }
        }
    }

    /// RFC 8259, section 7.
    fn pass_escape(&mut self) -> Result<(), Odd> {
        self.pass();
        let escape = self.byte().ok_or(Odd)?;
        self.pass();
        match escape {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => {
                let digits = self.text.as_bytes().get(self.at..self.at + 4).ok_or(Odd)?;
                self.at += 4;
                if digits.iter().all(u8::is_ascii_hexdigit) { Ok(()) } else { Err(Odd) }
            }
            _ => Err(Odd),
        }
    }

    /// RFC 8259, section 6.
    fn pass_number(&mut self) -> Result<(), Odd> {
        if self.byte() == Some(b'-') {
            self.pass();
        }
        if self.byte() == Some(b'0') {
            self.pass();
        } else {
            self.pass_digits()?;
        }
        if self.byte() == Some(b'.') {
            self.pass();
            self.pass_digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.pass();
            if let Some(b'+' | b'-') = self.byte() {
                self.pass();
            }
            self.pass_digits()?;
        }
        Ok(())
    }

    fn pass_digits(&mut self) -> Result<(), Odd> {
        let from = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.pass();
        }
        if self.at > from { Ok(()) } else { Err(Odd) }
    }

    /// Passes a value with everything in it, at most 128 levels.
    pub(super) fn pass_value(&mut self) -> Result<(), Odd> {
        // One bit for each level, the innermost the lowest: whether it is an object.
        let (mut objects, mut levels) = (0_u128, 0_u32);
        loop {
            match self.peek().ok_or(Odd)? {
                b'"' => _ = self.pass_string()?,
                b'-' | b'0'..=b'9' => self.pass_number()?,
                open @ (b'{' | b'[') => {
                    self.pass();
                    let object = open == b'{';
                    if self.peek() == Some(if object { b'}' } else { b']' }) {
                        self.pass();
                    } else {
                        levels += 1;
                        if levels > u128::BITS {
                            return Err(Odd);
                        }
                        objects = objects << 1 | u128::from(object);
                        if object {
                            self.pass_name()?;
                        }
                        continue;
                    }
                }
                b't' => self.literal("true")?,
                b'f' => self.literal("false")?,
                b'n' => self.literal("null")?,
                _ => return Err(Odd),
            }
            loop {
                if levels == 0 {
                    return Ok(());
                }
                let object = objects & 1 == 1;
                match self.peek().ok_or(Odd)? {
                    b',' => {
                        self.pass();
                        if object {
                            self.pass_name()?;
                        }
                        break;
                    }
                    b'}' if object => self.pass(),
                    b']' if !object => self.pass(),
                    _ => return Err(Odd),
                }
                objects >>= 1;
                levels -= 1;
            }
        }
    }

    /// Passes a member's name and the colon.
    fn pass_name(&mut self) -> Result<(), Odd> {
        if self.peek() != Some(b'"') {
            return Err(Odd);
        }
        self.pass_string()?;
        self.expect(b':')
    }
}
