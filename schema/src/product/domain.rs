//! Domain names: as A-labels, with everything below them, never a public suffix.
//!
//! The names are RFC 1035, 2.3.4 in the lower case of A-labels (RFC 5890, 2.3.2.1). A directive writes A-labels, so that
//! what is signed is what a resolver asks for; an inventory may write Unicode, which UTS 46 maps (non-transitional, as
//! IDNA 2008 wants it). The public suffix list is compiled in: the day that it grows, a domain in an old directive may
//! become a suffix; it is then kept and reported, and not matched. The list's private part counts too: `github.io` is
//! nobody's, and an issuer lists the names below it.
//! Not here: addresses, and names in other trees (`.onion` is a name like any other).

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

use super::text::{TextError, TextRule, check_text, wrong};

/// A domain name of lower-case A-labels, without a final dot. 1 to 253 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Domain(String);

impl Domain {
    /// Reads the domain of a rule: A-labels in any letter case.
    ///
    /// # Errors
    /// The byte and the rule that is broken: another label, a single label, a public suffix.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        check_text(text)?;
        if text.len() > 253 {
            return wrong(253, TextRule::DomainLength);
        }
        let mut at = 0;
        for label in text.split('.') {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            let edge = label.starts_with('-') || label.ends_with('-');
            if label.is_empty() || label.len() > 63 || edge || !label.bytes().all(allowed) {
                return wrong(at, TextRule::Label);
            }
            let lower = label.to_ascii_lowercase();
            // What decodes and encodes to something else is two names for one thing.
            if lower.starts_with("xn--") && ascii(&lower).as_deref() != Some(lower.as_str()) {
                return wrong(at, TextRule::ALabel);
            }
            at += label.len() + 1;
        }
        if !text.contains('.') {
            return wrong(0, TextRule::SingleLabel);
        }
        let domain = Self(text.to_ascii_lowercase());
        // Labels that are right one by one can be wrong together: beside one that is written from right to left, none
        // begins with a digit (RFC 5893, 2).
        if let Some(at) =
            domain.0.find("xn--").filter(|_| ascii(&domain.0).as_deref() != Some(domain.as_str()))
        {
            return wrong(at, TextRule::ALabel);
        }
        if domain.is_public_suffix() { wrong(0, TextRule::PublicSuffix) } else { Ok(domain) }
    }

    /// The domain that a source saw: Unicode or A-labels, a final dot or none, a suffix or not.
    ///
    /// # Errors
    /// The byte and the rule that is broken.
    pub fn seen(text: &str) -> Result<Self, TextError> {
        check_text(text)?;
        let text = text.strip_suffix('.').unwrap_or(text);
        match ascii(text) {
            Some(domain) if domain.is_empty() => wrong(0, TextRule::Empty),
            Some(domain) if domain.len() > 253 => wrong(text.len().min(253), TextRule::DomainLength),
            Some(domain) => match domain.split('.').find(|label| label.is_empty() || label.len() > 63) {
                Some(_) => wrong(0, TextRule::Label),
                None => Ok(Self(domain.into_owned())),
            },
            None => wrong(0, TextRule::Label),
        }
    }

    /// The name, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether everybody can register names directly below it (publicsuffix.org, both parts of the list, and every
    /// top-level domain).
    pub fn is_public_suffix(&self) -> bool {
        psl::domain(self.0.as_bytes()).is_none()
    }

    /// The name that somebody has registered, `example.co.uk` of `www.example.co.uk`; nothing for a public suffix.
    pub fn registered(&self) -> Option<&str> {
        psl::domain_str(&self.0)
    }

    /// The name and all above it, the longest first.
    pub fn and_above(&self) -> impl Iterator<Item = &str> {
        core::iter::successors(Some(self.0.as_str()), |name| name.split_once('.').map(|(_, above)| above))
    }

    /// Whether this rule means a domain: the same one, or one below it.
    pub fn matches(&self, seen: &Self) -> bool {
        seen.0.strip_suffix(self.0.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

/// The A-labels of a name (UTS 46, processing without transitional mapping), underscores allowed as services have them.
fn ascii(text: &str) -> Option<Cow<'_, str>> {
    const DENIED: AsciiDenyList = AsciiDenyList::new(true, "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~");
    let mapped = Uts46::new().to_ascii(text.as_bytes(), DENIED, Hyphens::Allow, DnsLength::Ignore).ok()?;
    if mapped.bytes().any(|b| b.is_ascii_uppercase()) {
        return Some(Cow::Owned(mapped.to_ascii_lowercase()));
    }
    Some(mapped)
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(text: &str) -> Domain {
        Domain::parse(text).unwrap()
    }

    #[test]
    fn a_domain_means_itself_and_what_is_below_it() {
        let rule = domain("Kaspersky.com");
        for seen in ["kaspersky.com", "www.KASPERSKY.com.", "a.b.kaspersky.com"] {
            assert!(rule.matches(&Domain::seen(seen).unwrap()), "{seen}");
        }
        for seen in ["notkaspersky.com", "kaspersky.com.example.org", "com", "kaspersky.co"] {
            assert!(!rule.matches(&Domain::seen(seen).unwrap()), "{seen}");
        }
    }

    // Made from the rules of RFC 5890 and UTS 46; the Unicode forms are German words.
    #[test]
    fn what_a_source_saw_in_unicode_is_compared_as_a_labels() {
        for (seen, rule) in [
            ("Bücher.example", "xn--bcher-kva.example"),
            ("www.STRASSE.example", "strasse.example"),
            // Not transitional: ß is a letter of its own.
            ("straße.example", "xn--strae-oqa.example"),
            ("ｆｕｌｌ。example", "full.example"),
            ("_dmarc.example.org", "example.org"),
        ] {
            assert!(domain(rule).matches(&Domain::seen(seen).unwrap()), "{seen}");
        }
        assert!(!domain("strasse.example").matches(&Domain::seen("straße.example").unwrap()));
        for seen in
            ["", ".", "a..example", "a b.example", "https://a.example", "*.a.example", "xn--a.example"]
        {
            assert!(Domain::seen(seen).is_err(), "{seen}");
        }
    }

    #[test]
    fn a_public_suffix_is_refused_and_what_is_registered_below_one_is_not() {
        for suffix in ["co.uk", "GOV.UK", "k12.ma.us", "foo.ck", "github.io", "xn--55qx5d.cn"] {
            assert_eq!(Domain::parse(suffix), wrong(0, TextRule::PublicSuffix), "{suffix}");
        }
        assert_eq!(Domain::parse("net"), wrong(0, TextRule::SingleLabel));
        for registered in ["example.co.uk", "www.ck", "example.github.io", "kaspersky-labs.com"] {
            assert!(Domain::parse(registered).is_ok(), "{registered}");
        }
        assert_eq!(domain("a.b.example.co.uk").registered(), Some("example.co.uk"));
    }

    #[test]
    fn says_at_which_byte_it_is_none() {
        for (text, at, rule) in [
            ("*.kaspersky.com", 0, TextRule::Label),
            ("kaspersky.com.", 14, TextRule::Label),
            ("a.-b.example", 2, TextRule::Label),
            ("käse.example", 0, TextRule::Label),
            ("a.xn--a.example", 2, TextRule::ALabel),
            // U+0706 is written from right to left, so that no label beside it begins with a digit.
            ("a.xn--clb.0ale", 2, TextRule::ALabel),
            ("xn--strasse-.example", 0, TextRule::Label),
        ] {
            assert_eq!(Domain::parse(text), wrong(at, rule), "{text}");
        }
        let label = "a".repeat(63);
        let longest = alloc::format!("{label}.{label}.{label}.{}.example", "a".repeat(53));
        assert_eq!(longest.len(), 253);
        assert!(Domain::parse(&longest).is_ok());
        assert_eq!(Domain::parse(&alloc::format!("a{longest}")), wrong(253, TextRule::DomainLength));
        assert_eq!(Domain::parse(&alloc::format!("{label}a.example")), wrong(0, TextRule::Label));
    }
}
