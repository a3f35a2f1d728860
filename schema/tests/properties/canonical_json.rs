//! Canonical JSON: whatever the order, blanks and escapes of a text, equal values have equal bytes, and no others.

use interdict_schema::json::{canonical, parse};
use proptest::prelude::*;

/// A document as its meaning: the members of an object have no order.
#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Null,
    Bool(bool),
    Integer(i128),
    Text(String),
    List(Vec<Tree>),
    Members(Vec<(String, Tree)>),
}

fn text() -> impl Strategy<Value = String> {
    // Few characters, so that keys share prefixes; some that sort differently by UTF-16, some that are escaped.
    let one = prop_oneof![
        prop::sample::select(vec![
            'a',
            'b',
            '"',
            '\\',
            '/',
            '\n',
            '\0',
            '\u{7f}',
            'é',
            '\u{ff5e}',
            '\u{1f600}'
        ]),
        any::<char>(),
    ];
    prop::collection::vec(one, 0..5).prop_map(|characters| characters.into_iter().collect())
}

fn tree() -> impl Strategy<Value = Tree> {
    let integer = prop_oneof![
        (-9_223_372_036_854_775_808..=18_446_744_073_709_551_615_i128),
        (-3..=3_i128),
        prop::sample::select(vec![i128::from(i64::MIN), i128::from(i64::MAX), i128::from(u64::MAX)]),
    ];
    let leaf = prop_oneof![
        Just(Tree::Null),
        any::<bool>().prop_map(Tree::Bool),
        integer.prop_map(Tree::Integer),
        text().prop_map(Tree::Text),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Tree::List),
            prop::collection::btree_map(text(), inner, 0..6)
                .prop_map(|members| Tree::Members(members.into_iter().collect())),
        ]
    })
}

/// Choices of a writer: which member comes next, where blanks stand, what is escaped.
struct Whim(u64);

impl Whim {
    /// A number below `bound` (xorshift64).
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    fn blank(&mut self) -> &'static str {
        ["", "", " ", "\n\t", "\r "][self.below(5)]
    }

    fn string(&mut self, text: &str) -> String {
        let mut out = String::from("\"");
        for character in text.chars() {
            let must = character < ' ' || matches!(character, '"' | '\\');
            if must || self.below(4) == 0 {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let digits = format!("{unit:04x}");
                    out.push_str("\\u");
                    out.push_str(&if self.below(2) == 0 { digits } else { digits.to_uppercase() });
                }
            } else {
                out.push(character);
            }
        }
        out + "\""
    }

    fn write(&mut self, tree: &Tree) -> String {
        let body = match tree {
            Tree::Null => "null".into(),
            Tree::Bool(value) => value.to_string(),
            Tree::Integer(value) => value.to_string(),
            Tree::Text(text) => self.string(text),
            Tree::List(elements) => {
                let elements: Vec<String> = elements.iter().map(|element| self.write(element)).collect();
                format!("[{}{}]", self.blank(), elements.join(","))
            }
            Tree::Members(members) => {
                let mut rest: Vec<&(String, Tree)> = members.iter().collect();
                let mut out = Vec::new();
                while !rest.is_empty() {
                    let (key, value) = rest.remove(self.below(rest.len()));
                    out.push(format!(
                        "{}{}{}:{}",
                        self.blank(),
                        self.string(key),
                        self.blank(),
                        self.write(value)
                    ));
                }
                format!("{{{}{}}}", out.join(","), self.blank())
            }
        };
        format!("{}{body}{}", self.blank(), self.blank())
    }
}

/// OLPC canonical JSON, as plainly as it can be said.
fn naive(tree: &Tree) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    match tree {
        Tree::Null => "null".into(),
        Tree::Bool(value) => value.to_string(),
        Tree::Integer(value) => value.to_string(),
        Tree::Text(text) => quoted(text),
        Tree::List(elements) => format!("[{}]", elements.iter().map(naive).collect::<Vec<_>>().join(",")),
        Tree::Members(members) => {
            let mut members: Vec<(Vec<char>, String)> = members
                .iter()
                .map(|(key, value)| (key.chars().collect(), format!("{}:{}", quoted(key), naive(value))))
                .collect();
            members.sort();
            format!("{{{}}}", members.into_iter().map(|(_, member)| member).collect::<Vec<_>>().join(","))
        }
    }
}

fn canonical_of(text: &str) -> Vec<u8> {
    canonical(&parse(text.as_bytes()).unwrap())
}

proptest! {
    #[test]
    fn canonical_bytes_are_those_of_the_plain_reference_however_a_document_is_written(
        tree in tree(), whims in (1_u64.., 1_u64..),
    ) {
        let (one, other) = (Whim(whims.0).write(&tree), Whim(whims.1).write(&tree));
        prop_assert_eq!(canonical_of(&one), naive(&tree).into_bytes());
        prop_assert_eq!(parse(one.as_bytes()).unwrap(), parse(other.as_bytes()).unwrap());
        prop_assert_eq!(canonical_of(&one), canonical_of(&other));
    }

    #[test]
    fn canonical_bytes_that_are_json_are_their_own_canonical_bytes(tree in tree(), whim in 1_u64..) {
        let bytes = canonical_of(&Whim(whim).write(&tree));
        match parse(&bytes) {
            Ok(again) => prop_assert_eq!(canonical(&again), bytes),
            Err(_) => prop_assert!(bytes.iter().any(|byte| *byte < b' ')),
        }
    }

    #[test]
    fn only_equal_values_have_equal_bytes(one in tree(), other in tree(), whim in 1_u64..) {
        let (a, b) = (Whim(whim).write(&one), Whim(whim).write(&other));
        prop_assert_eq!(one == other, canonical_of(&a) == canonical_of(&b));
        prop_assert_eq!(one == other, parse(a.as_bytes()).unwrap() == parse(b.as_bytes()).unwrap());
    }

    #[test]
    fn what_the_strict_reader_takes_is_what_every_reader_takes(text in "[\\[\\]{}:,\"a0-2.e\\- \\\\u]{0,16}") {
        if let Ok(value) = parse(text.as_bytes()) {
            let theirs: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(serde_json::to_value(&value).unwrap(), theirs);
        }
    }
}
