//! Writing CPE names: the well-formed name (NISTIR 7695, 5.5) and the URI (6.1.2). The formatted string is `Display`.

use core::fmt::{self, Write as _};

use super::{ATTRIBUTES, Attribute, Cpe, Unit};

/// A name as `wfn:[part="a",vendor="…"]`; attributes that are ANY are left out.
#[derive(Debug, Clone, Copy)]
pub struct WellFormedName<'c>(&'c Cpe);

/// A name as `cpe:/a:vendor:product`, attributes of CPE 2.3 packed into the edition where there are any.
#[derive(Debug, Clone, Copy)]
pub struct Uri<'c>(&'c Cpe);

impl Cpe {
    /// The well-formed name.
    pub const fn well_formed_name(&self) -> WellFormedName<'_> {
        WellFormedName(self)
    }

    /// The URI.
    pub const fn uri(&self) -> Uri<'_> {
        Uri(self)
    }
}

impl fmt::Display for WellFormedName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wfn:[")?;
        let said = ATTRIBUTES.iter().zip(self.0.attributes()).filter(|(_, value)| **value != Attribute::Any);
        for (number, (name, value)) in said.enumerate() {
            write!(f, "{}{name}=", if number == 0 { "" } else { "," })?;
            match value {
                Attribute::Any => f.write_str("ANY")?,
                Attribute::NotApplicable => f.write_str("NA")?,
                Attribute::Value(units) => {
                    f.write_char('"')?;
                    for unit in units {
                        match unit {
                            Unit::One => f.write_char('?')?,
                            Unit::Many => f.write_char('*')?,
                            Unit::Is(c) if unit.is_quoted() => write!(f, "\\{c}")?,
                            Unit::Is(c) => f.write_char(*c)?,
                        }
                    }
                    f.write_char('"')?;
                }
            }
        }
        f.write_char(']')
    }
}

impl fmt::Display for Uri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [part, vendor, product, version, update, edition, language, rest @ ..] = self.0.attributes();
        f.write_str("cpe:/")?;
        let packed = rest.iter().any(|value| *value != Attribute::Any);
        let said = |value: &Attribute| *value != Attribute::Any;
        // Components at the end that are ANY are left out.
        let components = [part, vendor, product, version, update, edition, language];
        let last = components.iter().rposition(|value| said(value)).map_or(0, |last| last + 1);
        let last = if packed { last.max(6) } else { last };
        for (number, value) in components.into_iter().enumerate().take(last) {
            if number > 0 {
                f.write_char(':')?;
            }
            if number == 5 && packed {
                for value in core::iter::once(edition).chain(rest) {
                    f.write_char('~')?;
                    component(value, f)?;
                }
            } else {
                component(value, f)?;
            }
        }
        Ok(())
    }
}

fn component(value: &Attribute, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        Attribute::Any => Ok(()),
        Attribute::NotApplicable => f.write_char('-'),
        // A lone hyphen would read as "not applicable".
        Attribute::Value(units) if matches!(units.as_ref(), [Unit::Is('-')]) => f.write_str("%2d"),
        Attribute::Value(units) => units.iter().try_for_each(|unit| match unit {
            Unit::One => f.write_str("%01"),
            Unit::Many => f.write_str("%02"),
            Unit::Is(c) if unit.is_quoted() && !matches!(c, '.' | '-') => write!(f, "%{:02x}", u32::from(*c)),
            Unit::Is(c) => f.write_char(*c),
        }),
    }
}
