//! Who signed a program: the names in the subject of a code-signing certificate.
//!
//! Names are compared as all names are ([`Name`]): whole, never parts of words. A source gives the common name alone or
//! the whole distinguished name (RFC 4514, or with blanks after the commas as Windows and openssl print it); then the
//! common name and the organisation are both names of the signer. Not here: certificates, and whether a signature holds.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use super::name::Name;
use super::text::{self, TextError, TextRule, wrong};

/// The name by which a rule knows a signer: a common name, or that of a distinguished name.
///
/// # Errors
/// No name, or a distinguished name without a common name.
pub fn name(text: &str) -> Result<Name, TextError> {
    match attributes(text) {
        None => text::name(text),
        Some(attributes) => match attributes.iter().find(|(kind, _)| kind == "cn") {
            Some((_, value)) => text::name(value).map_err(|error| TextError { at: 0, ..error }),
            None => wrong(0, TextRule::CommonName),
        },
    }
}

/// The names of a signer that a source saw: the text itself, or common name and organisation. Not empty, unless the text
/// holds no name.
pub fn names(text: &str) -> Vec<String> {
    match attributes(text) {
        None => alloc::vec![text.trim().to_owned()],
        Some(attributes) => {
            let named = |(kind, _): &(String, String)| matches!(kind.as_str(), "cn" | "o");
            attributes.into_iter().filter(named).map(|(_, value)| value).collect()
        }
    }
}

/// The attributes of a distinguished name; nothing where the text is none.
fn attributes(text: &str) -> Option<Vec<(String, String)>> {
    const KINDS: [&str; 16] = [
        "cn",
        "o",
        "ou",
        "c",
        "l",
        "st",
        "s",
        "street",
        "serialnumber",
        "e",
        "emailaddress",
        "postalcode",
        "dc",
        "uid",
        "businesscategory",
        "title",
    ];
    let is_kind = |kind: &str| {
        KINDS.contains(&kind)
            || kind.strip_prefix("oid.").unwrap_or(kind).split('.').all(|arc| arc.parse::<u32>().is_ok())
    };
    let mut attributes: Vec<(String, String)> = Vec::new();
    // openssl puts a slash before every attribute.
    let (text, separators): (&str, &[char]) = match text.trim().strip_prefix('/') {
        Some(rest) => (rest, &['/']),
        None => (text.trim(), &[',', ';', '+']),
    };
    for piece in pieces(text, separators) {
        let (kind, value) = match piece.split_once('=') {
            Some((kind, value)) => (kind.trim().to_ascii_lowercase(), value.trim()),
            None => (String::new(), piece.trim()),
        };
        if is_kind(&kind) {
            attributes.push((kind, unquoted(value)));
        } else {
            // A comma that nobody quoted is part of the value before it.
            let (_, before) = attributes.last_mut()?;
            before.push_str(", ");
            before.push_str(&unquoted(piece.trim()));
        }
    }
    Some(attributes)
}

/// Splits where no quotes and no backslash keep together.
fn pieces<'t>(text: &'t str, separators: &[char]) -> Vec<&'t str> {
    let (mut pieces, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        if separators.contains(&c) && !quoted && !escaped {
            pieces.push(text.get(start..at).unwrap_or_default());
            start = at + c.len_utf8();
        }
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
    }
    pieces.push(text.get(start..).unwrap_or_default());
    pieces
}

/// A value without its quotes and backslashes (RFC 4514, 2.4; codes of bytes stay as they are).
fn unquoted(value: &str) -> String {
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => plain.extend(characters.next()),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    // The forms are those that certutil, signtool, openssl 1.0 and openssl 3 print; the names are of the directive.
    #[test]
    fn a_distinguished_name_has_the_names_of_common_name_and_organisation() {
        let wanted = ["Kaspersky Lab, Inc.", "AO Kaspersky Lab"];
        for text in [
            r#"CN="Kaspersky Lab, Inc.", O=AO Kaspersky Lab, L=Moscow, C=RU"#,
            r"CN=Kaspersky Lab\, Inc.,O=AO Kaspersky Lab,C=RU",
            "CN=Kaspersky Lab, Inc., O=AO Kaspersky Lab, C=RU",
            "/CN=Kaspersky Lab, Inc./O=AO Kaspersky Lab/C=RU",
            "C = RU, CN = \"Kaspersky Lab, Inc.\", O = AO Kaspersky Lab, OID.2.5.4.15=Private Organization",
            "CN=Kaspersky Lab\\, Inc.+O=AO Kaspersky Lab",
        ] {
            assert_eq!(names(text), wanted, "{text}");
            assert_eq!(name(text), text::name("Kaspersky Lab, Inc."), "{text}");
        }
        assert_eq!(names(" Kaspersky Lab, Inc. "), ["Kaspersky Lab, Inc."]);
        assert_eq!(names("1+1=2 Software"), ["1+1=2 Software"]);
    }

    #[test]
    fn a_rule_names_a_signer() {
        assert_eq!(name("O=AO Kaspersky Lab, C=RU"), wrong(0, TextRule::CommonName));
        assert_eq!(name("CN=*"), wrong(0, TextRule::Everything));
        assert_eq!(name("..."), wrong(0, TextRule::NoWord));
        assert_eq!(name("AO Kaspersky Lab"), text::name("ao kaspersky-lab"));
    }
}
