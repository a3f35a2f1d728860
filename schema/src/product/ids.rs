//! Ids that platforms give to applications and to who signs them.
//!
//! Each is compared whole. Team ids and Chromium's extension ids have one spelling. Apple's bundle ids have no letter
//! case (Bundle Resources, `CFBundleIdentifier`), nor have the GUIDs of extensions; everything else counts letter by
//! letter, as the stores do.

use alloc::string::{String, ToString as _};
use core::fmt;

use super::text::{TextError, TextRule, check_text, wrong};

macro_rules! id {
    ($(#[$outer:meta])* $name:ident, $read:path) => {
        $(#[$outer])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Reads an id, as a rule or as a source has it.
            ///
            /// # Errors
            /// The byte and the rule that is broken.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                check_text(text)?;
                $read(text).map(Self)
            }

            /// The id as it is compared.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// An Apple developer's team: 10 upper-case letters and digits.
    TeamId, team
}
id! {
    /// An Apple bundle: `com.kaspersky.kav.sysext`, in lower case.
    BundleId, bundle
}
id! {
    /// A telephone's application: an Android package, an iOS bundle or the number that the App Store gives.
    AppId, app
}
id! {
    /// A browser's extension: 32 letters `a` to `p` (Chromium), `{GUID}` or `name@domain` (Firefox), a dotted id
    /// (Safari, editors).
    ExtensionId, extension
}

fn team(text: &str) -> Result<String, TextError> {
    let wanted = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    match text.bytes().position(|b| !wanted(b)) {
        Some(at) => wrong(at, TextRule::TeamId),
        None if text.len() == 10 => Ok(text.to_string()),
        None => wrong(text.len().min(10), TextRule::TeamId),
    }
}

fn dotted(text: &str, rule: TextRule) -> Result<&str, TextError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if let Some(at) = text.find(|c| !allowed(c)) {
        return wrong(at, rule);
    }
    let parts = || text.split('.');
    if parts().count() < 2 || parts().any(str::is_empty) { wrong(0, rule) } else { Ok(text) }
}

fn bundle(text: &str) -> Result<String, TextError> {
    dotted(text, TextRule::DottedId).map(str::to_ascii_lowercase)
}

fn app(text: &str) -> Result<String, TextError> {
    let number = (6..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if number { Ok(text.to_string()) } else { dotted(text, TextRule::AppId).map(str::to_string) }
}

fn extension(text: &str) -> Result<String, TextError> {
    let chromium = text.len() == 32 && text.bytes().all(|b| matches!(b, b'a'..=b'p'));
    let guid = |inner: &str| {
        let groups = [8, 4, 4, 4, 12];
        inner.split('-').count() == groups.len()
            && inner
                .split('-')
                .zip(groups)
                .all(|(part, length)| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    if text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).is_some_and(guid) {
        return Ok(text.to_ascii_lowercase());
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
    let address = text.split_once('@').is_some_and(|(name, domain)| {
        !domain.is_empty() && name.chars().all(allowed) && domain.chars().all(allowed)
    });
    if chromium || address || dotted(text, TextRule::ExtensionId).is_ok() {
        Ok(text.to_string())
    } else {
        wrong(0, TextRule::ExtensionId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_counts_where_the_platform_says_so() {
        assert_eq!(BundleId::parse("com.Kaspersky.KAV"), BundleId::parse("com.kaspersky.kav"));
        assert_ne!(AppId::parse("com.kms.Free"), AppId::parse("com.kms.free"));
        let guid = "{D10D0BF8-F5B5-C8B4-A8B2-2B9879E08C5D}";
        assert_eq!(ExtensionId::parse(guid), ExtensionId::parse(&guid.to_ascii_lowercase()));
        assert_ne!(ExtensionId::parse("a@Example.org"), ExtensionId::parse("a@example.org"));
        assert_eq!(TeamId::parse("2y8XE5CQ94"), wrong(1, TextRule::TeamId));
    }

    #[test]
    fn lengths_hold_at_their_value_and_one_beyond() {
        assert!(TeamId::parse("2Y8XE5CQ94").is_ok());
        assert_eq!(TeamId::parse("2Y8XE5CQ9"), wrong(9, TextRule::TeamId));
        assert_eq!(TeamId::parse("2Y8XE5CQ944"), wrong(10, TextRule::TeamId));
        let chromium = "ahkjpbeeocnddjkakilopmfdlnjdpcdm";
        assert!(ExtensionId::parse(chromium).is_ok());
        for other in [&chromium[1..], "qhkjpbeeocnddjkakilopmfdlnjdpcdm", &chromium.to_uppercase()] {
            assert_eq!(ExtensionId::parse(other), wrong(0, TextRule::ExtensionId), "{other}");
        }
        for (number, taken) in
            [("12345", false), ("123456", true), ("123456789012", true), ("1234567890123", false)]
        {
            assert_eq!(AppId::parse(number).is_ok(), taken, "{number}");
        }
        assert_eq!(AppId::parse("com.kms free"), wrong(7, TextRule::AppId));
        assert_eq!(BundleId::parse("kaspersky"), wrong(0, TextRule::DottedId));
    }
}
