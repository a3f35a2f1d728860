//! Wildcards in one part of a path or key: `*` any characters, `?` one. There is no quoting, and no `[…]`.

/// Whether a pattern means a text. Linear in the length of both, but for one return to the last `*`: a pattern of
/// `m` and a text of `n` characters take at most `m * n` steps.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    let mut last_star = None;
    loop {
        let at = text.clone();
        match (pattern.next(), text.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                last_star = Some((pattern.clone(), at.clone()));
                text = at;
            }
            (Some('?'), Some(_)) => {}
            (Some(wanted), Some(found)) if wanted == found => {}
            _ => {
                // The last star takes one character more.
                let Some((after, mut from)) = last_star else { return false };
                if from.next().is_none() {
                    return false;
                }
                (pattern, text) = (after.clone(), from.clone());
                last_star = Some((after, from));
            }
        }
    }
}

/// Whether wildcards stand in a text.
pub(super) fn is_glob(text: &str) -> bool {
    text.contains(super::text::is_wild)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_number_of_characters_and_a_question_mark_one() {
        for (pattern, text, wanted) in [
            ("", "", true),
            ("*", "", true),
            ("**", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "abcbc", true),
            ("a*c", "abcb", false),
            ("*.sys", "klflt.sys", true),
            ("*.sys", "klflt.sys.bak", false),
            ("kl?.sys", "klx.sys", true),
            ("kl?.sys", "kl.sys", false),
            ("?", "", false),
            ("?", "ß", true),
            ("a*b*c*d", "aXbYbZcWd", true),
            ("*a", "bab", false),
            ("kes", "kesl", false),
        ] {
            assert_eq!(matches(pattern, text), wanted, "{pattern} {text}");
        }
    }
}
