//! Identifiers: what a rule means, said a second time in the plainest way.

use std::net::IpAddr;

use interdict_schema::product::{
    Answer, Cidr, Cpe, Domain, FilePath, Identifier, Name, PathPattern, ProcessName, RegistryKey,
    cpe::Attribute, identifier::KINDS,
};
use proptest::prelude::*;

/// Whether a pattern of `*` and `?` means a text, by trying everything.
fn globs(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => (0..=text.len()).any(|taken| globs(rest, &text[taken..])),
        Some((wanted, rest)) => text
            .split_first()
            .is_some_and(|(found, after)| (*wanted == '?' || wanted == found) && globs(rest, after)),
    }
}

fn is_in(network: &Cidr, address: IpAddr) -> bool {
    let bit = |address: IpAddr, at: u32| match address {
        IpAddr::V4(four) => four.to_bits() >> (31 - at) & 1 == 1,
        IpAddr::V6(six) => six.to_bits() >> (127 - at) & 1 == 1,
    };
    network.is_ipv4() == address.is_ipv4()
        && (0..u32::from(network.prefix())).all(|at| bit(network.address(), at) == bit(address, at))
}

/// Addresses and networks that have most of their bits in common.
fn near() -> impl Strategy<Value = (u32, u32, u8)> {
    (any::<u32>(), 8..=32_u8, 0..33_u32, any::<u32>()).prop_map(|(base, prefix, shared, other)| {
        let kept = u32::MAX.checked_shl(32 - shared).unwrap_or(0);
        (base & (u32::MAX << (32 - u32::from(prefix))), (base & kept) | (other & !kept), prefix)
    })
}

proptest! {
    #[test]
    fn no_text_is_more_than_an_error_with_a_place_in_it(text in r"\PC{0,40}", kind in prop::sample::select(&KINDS[..])) {
        if let Err(error) = Identifier::parse(kind, &text, None) {
            prop_assert!(error.at() <= text.len(), "{} {}", kind, error);
        }
    }

    #[test]
    fn a_domain_means_what_ends_in_its_labels(rule in r"[a-c]{1,2}(\.[a-c]{1,2}){1,2}", seen in r"[a-c]{1,2}(\.[a-c]{1,2}){0,4}") {
        let (rule, seen) = (Domain::seen(&rule).unwrap(), Domain::seen(&seen).unwrap());
        let labels = |domain: &Domain| -> Vec<String> { domain.as_str().rsplit('.').map(str::to_owned).collect() };
        prop_assert_eq!(rule.matches(&seen), labels(&seen).starts_with(&labels(&rule)));
        prop_assert_eq!(rule.matches(&seen), seen.and_above().any(|above| above == rule.as_str()));
    }

    #[test]
    fn a_network_means_the_addresses_with_its_bits((network, address, prefix) in near()) {
        let network = Cidr::parse(&format!("{}/{prefix}", std::net::Ipv4Addr::from_bits(network))).unwrap();
        let address = IpAddr::from(std::net::Ipv4Addr::from_bits(address));
        prop_assert_eq!(network.contains(address), is_in(&network, address));
        prop_assert_eq!(Cidr::around(address, prefix) == Some(network), is_in(&network, address));
    }

    #[test]
    fn wildcards_of_a_process_mean_what_trying_everything_finds(rule in r"[ab*?]{0,6}x", seen in "[ab]{0,8}x?") {
        prop_assume!(!seen.is_empty());
        let (Ok(pattern), Ok(name)) = (ProcessName::parse(&rule), ProcessName::seen(&seen)) else { return Ok(()) };
        let characters = |text: &str| -> Vec<char> { text.chars().collect() };
        prop_assert_eq!(pattern.matches(&name), globs(&characters(&rule), &characters(&seen)));
    }

    #[test]
    fn a_path_without_wildcards_means_its_parts_and_what_follows(rule in "/[ab]{1,2}(/[ab]{1,2}){1,3}", seen in "/[ab]{1,2}(/[ab]{1,2}){0,4}") {
        let (pattern, path) = (PathPattern::parse(&rule).unwrap(), FilePath::parse(&seen).unwrap());
        let below = format!("{seen}/").starts_with(&format!("{rule}/"));
        prop_assert_eq!(pattern.matches(&path), below);
    }

    #[test]
    fn a_table_by_beginnings_leaves_out_nothing_that_a_rule_means(
        rule in r"(/|C:\\|~/|%AppData%/|HKLM\\SOFTWARE\\)[ab*?]{1,2}([/\\]([ab*?]{1,2}|\*\*)){0,3}",
        seen in r"(/|C:\\|D:\\|/home/a/|C:/Users/x/AppData/Roaming/|HKLM\\SOFTWARE\\)[ab]{1,2}([/\\][ab]{1,2}){0,4}",
    ) {
        if let (Ok(pattern), Ok(path)) = (PathPattern::parse(&rule), FilePath::parse(&seen)) {
            let beginnings: Vec<String> = path.beginnings().collect();
            let led = pattern.beginnings().any(|beginning| beginnings.contains(&beginning));
            prop_assert!(led || !pattern.matches(&path));
        }
        if let (Ok(rule), Ok(key)) = (RegistryKey::parse(&rule), RegistryKey::seen(&seen)) {
            prop_assert!(key.beginnings().any(|beginning| beginning == rule.beginning()) || !rule.matches(&key));
        }
    }

    #[test]
    fn a_name_is_the_same_in_every_letter_case_and_with_any_punctuation(name in "[a-zé]{1,5}( [a-z0-9]{1,4}){0,3}", joint in "[ ,.-]{1,3}") {
        let wanted = Name::of(&name);
        prop_assert_eq!(Name::of(&name.to_uppercase()), wanted.clone());
        prop_assert_eq!(Name::of(&name.replace(' ', &joint)), wanted);
    }

    #[test]
    fn a_cpe_name_is_read_back_from_each_of_its_forms(values in prop::collection::vec(r"(\*|-|[a-b]{1,3}|[a-b.]{1,3}\*|\\[!~:*?]x)", 10)) {
        let name = Cpe::parse(&format!("cpe:2.3:a:{}", values.join(":"))).unwrap();
        prop_assert_eq!(Cpe::parse(&name.to_string()), Ok(name.clone()));
        let uri = Cpe::parse(&name.uri().to_string()).unwrap();
        prop_assert_eq!(&uri, &name, "{}", name.uri());
        prop_assert!(name.attributes().iter().any(Attribute::has_wildcards) || name.matches(&uri) == Answer::Match);
    }

    #[test]
    fn what_a_cpe_rule_is_sure_of_it_is_a_superset_of(rule in r"([ab]|\\[*?.]){0,3}(\*|\?|\\\*|\\\?|a)", seen in r"([ab]|\\[*?.]){1,4}") {
        let of = |version: &str| Cpe::parse(&format!("cpe:2.3:a:v:p:{version}:*:*:*:*:*:*:*"));
        let (Ok(rule), Ok(seen)) = (of(&rule), of(&seen)) else { return Ok(()) };
        prop_assert_eq!(rule.is_superset_of(&seen), rule.matches(&seen) != Answer::NoMatch);
        prop_assert!(!(rule.is_superset_of(&seen) && rule.is_disjoint_from(&seen)));
    }
}
