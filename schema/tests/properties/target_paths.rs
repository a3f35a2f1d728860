//! Target paths, and which of them a pattern covers.

use interdict_schema::tuf::delegations::Sought;
use interdict_schema::tuf::{Paths, TargetFile, TargetPath};
use proptest::prelude::*;

use super::delegations::{root_of, set_of};

/// TUF 1.0.34, 4.5, character by character: `*` and `?` stand for anything but `/`.
fn naive(pattern: &[char], path: &[char]) -> bool {
    match (pattern, path) {
        ([], []) => true,
        (['*', rest @ ..], _) if naive(rest, path) => true,
        (['*', ..], [first, rest @ ..]) => *first != '/' && naive(pattern, rest),
        (['?', after @ ..], [first, rest @ ..]) => *first != '/' && naive(after, rest),
        ([want, after @ ..], [have, rest @ ..]) => want == have && naive(after, rest),
        _ => false,
    }
}

fn contains(pattern: &str, path: &TargetPath) -> bool {
    Paths::Patterns(vec![pattern.into()]).contain(&Sought::new(path))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_pattern_covers_what_the_plain_matcher_covers(pattern in "[ab*?/é\\[]{0,10}", path in "[abé\\[/?*]{1,10}") {
        let Ok(target) = path.parse::<TargetPath>() else { return Ok(()) };
        let (pattern_characters, characters): (Vec<char>, Vec<char>) = (pattern.chars().collect(), path.chars().collect());
        prop_assert_eq!(contains(&pattern, &target), naive(&pattern_characters, &characters));
    }

    #[test]
    fn a_pattern_made_from_a_path_covers_it(path in "[abc]{1,4}(/[abc]{1,4}){0,3}", cuts in prop::collection::vec(any::<u8>(), 16)) {
        let target: TargetPath = path.parse().unwrap();
        let mut pattern = String::new();
        for (character, cut) in path.chars().zip(cuts.iter().cycle()) {
            match (character, cut % 4) {
                ('/', _) | (_, 0) => pattern.push(character),
                (_, 1) => pattern.push('?'),
                (_, 2) => pattern.push('*'),
                _ => { pattern.push('*'); pattern.push(character); }
            }
        }
        prop_assert!(contains(&pattern, &target), "{}", pattern);
    }

    #[test]
    fn a_text_is_a_target_path_exactly_where_no_segment_leads_elsewhere(text in "[a.\\\\/\n\u{85}é]{0,8}") {
        let odd = text.chars().any(|character| character.is_control() || character == '\\');
        let segments = text.split('/').all(|segment| !matches!(segment, "" | "." | ".."));
        prop_assert_eq!(text.parse::<TargetPath>().is_ok(), !odd && segments);
    }
}

proptest! {
    #[test]
    fn a_request_stays_beneath_its_base_and_says_the_path_again(path in "[ -~é\u{1f600}]{1,20}", consistent in any::<bool>()) {
        let Ok(target) = path.parse::<TargetPath>() else { return Ok(()) };
        let set = set_of(&root_of(consistent));
        let file = TargetFile::of(b"content", None);
        let request = set.target_request(&target, &file).path;
        prop_assert!(request.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%/".contains(&byte)), "{}", request);
        prop_assert!(request.split('/').all(|segment| !matches!(segment, "" | "." | "..")), "{}", request);
        let said = percent_encoding::percent_decode_str(&request).decode_utf8().unwrap().into_owned();
        let prefix = format!("{}.", file.hashes.sha256.unwrap());
        prop_assert_eq!(if consistent { said.replacen(&prefix, "", 1) } else { said }, path);
    }
}
