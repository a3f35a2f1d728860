//! What an administrator's own entry of a list of pages means, as far as it meets a domain.
//!
//! Chromium writes filters (`example.com`, `.example.com`, `https://example.com:8080/path`,
//! <https://support.google.com/chrome/a/answer/9942583>), Firefox match patterns (`*://*.example.com/*`). Only the host is compared;
//! what narrows an entry further, or cannot be understood, makes it one that is not whole.

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    reach: Reach,
    whole: bool,
}

/// The hosts that an entry means.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reach {
    All,
    At(String),
    From(String),
}

impl Pattern {
    /// A filter of Chromium's.
    pub fn filter(text: &str) -> Self {
        let (scheme, rest) = text.split_once("://").map_or((false, text), |(_, rest)| (true, rest));
        let end = rest.find(['/', ':', '?', '#']).unwrap_or(rest.len());
        let (host, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host).to_ascii_lowercase();
        let reach = match host.strip_prefix('.') {
            Some(host) => Reach::At(host.to_owned()),
            None if host.is_empty() || host == "*" => Reach::All,
            None => Reach::From(host),
        };
        Self { reach, whole: !scheme && behind.is_empty() }
    }

    /// A match pattern of Firefox's.
    pub fn matching(text: &str) -> Self {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Self { reach: Reach::All, whole: text == "<all_urls>" };
        };
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = host.to_ascii_lowercase();
        let reach = match host.strip_prefix("*.") {
            Some(host) => Reach::From(host.to_owned()),
            None if host == "*" => Reach::All,
            None => Reach::At(host),
        };
        Self { reach, whole: scheme == "*" && path == "*" }
    }

    /// Whether it means all pages of a name and of all names below.
    pub fn covers(&self, name: &str) -> bool {
        self.whole
            && match &self.reach {
                Reach::All => true,
                Reach::At(_) => false,
                Reach::From(host) => is_at_or_below(name, host),
            }
    }

    /// Whether it means a page of a name, or of one below.
    pub fn meets(&self, name: &str) -> bool {
        match &self.reach {
            Reach::All => true,
            Reach::At(host) => is_at_or_below(host, name),
            Reach::From(host) => is_at_or_below(host, name) || is_at_or_below(name, host),
        }
    }

    /// Whether it names a name, or one below: what is more specific wins in Chromium, and of two that are not, the one that
    /// lets through.
    pub fn is_within(&self, name: &str) -> bool {
        match &self.reach {
            Reach::All => false,
            Reach::At(host) | Reach::From(host) => is_at_or_below(host, name),
        }
    }
}

fn is_at_or_below(name: &str, above: &str) -> bool {
    name.strip_suffix(above).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_means_a_host_and_all_below_and_with_a_dot_before_it_the_host_alone() {
        for (text, covers, within, meets) in [
            ("example.com", true, true, true),
            ("com", true, false, true),
            ("*", true, false, true),
            (".example.com", false, true, true),
            ("a.example.com", false, true, true),
            ("https://example.com", false, true, true),
            ("example.com/path", false, true, true),
            ("example.com:8080", false, true, true),
            ("HTTPS://USER@EXAMPLE.COM?x=1", false, true, true),
            ("file://*", false, false, true),
            ("notexample.com", false, false, false),
            ("example.org", false, false, false),
        ] {
            let pattern = Pattern::filter(text);
            let found = (pattern.covers("example.com"), pattern.is_within("example.com"));
            assert_eq!((found.0, found.1, pattern.meets("example.com")), (covers, within, meets), "{text}");
        }
    }

    #[test]
    fn a_match_pattern_means_the_host_alone_and_with_a_star_before_it_all_below_too() {
        for (text, covers, meets) in [
            ("*://*.example.com/*", true, true),
            ("*://*/*", true, true),
            ("<all_urls>", true, true),
            ("*://*.com/*", true, true),
            ("*://example.com/*", false, true),
            ("*://a.example.com/*", false, true),
            ("https://*.example.com/*", false, true),
            ("*://*.example.com/path", false, true),
            ("nonsense", false, true),
            ("*://*.notexample.com/*", false, false),
            ("*://com/*", false, false),
        ] {
            let pattern = Pattern::matching(text);
            assert_eq!(
                (pattern.covers("example.com"), pattern.meets("example.com")),
                (covers, meets),
                "{text}"
            );
        }
    }
}
