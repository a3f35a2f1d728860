//! The policy as JSON, JSON Lines and tab-separated values, a part at a time: a policy of any length takes the memory of one
//! directive.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::{Derivation, FORMAT, PolicyDeadline, Repository, Rule};
use crate::DateTime;

/// The columns of [`Form::Tsv`].
const COLUMNS: [&str; 14] = [
    "repository",
    "directive",
    "revision",
    "subject",
    "name",
    "disposition",
    "kind",
    "value",
    "audit_from",
    "block_from",
    "until",
    "waived_until",
    "next_action",
    "next_deadline",
];

/// In front of the kind in a row whose value is the name of a file, one value a line.
const ENTRIES: &str = "entries:";

/// How a policy is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// The whole [`Policy`](super::Policy) as indented JSON with a line end.
    Json,
    /// One rule a line, each with `verified_at` and `fresh_until`, so that a line can be judged alone.
    JsonLines,
    /// One identifier a line, under a line of column names; the first line is a comment with `verified_at` and `fresh_until`.
    ///
    /// Tabs, line ends and other control characters of a value are written as blanks. An absent instant is `-`.
    Tsv,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Json, Self::JsonLines, Self::Tsv];
}

impl Derivation<'_> {
    /// Writes the policy in these forms at once, deriving each rule once: `write` is given the parts of each form in their
    /// order. Equal inputs give equal bytes.
    ///
    /// # Errors
    /// The first error of `write`, after which nothing more is derived.
    pub fn write<E>(
        &self,
        forms: &[Form],
        mut write: impl FnMut(Form, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let is_asked = |form: Form| forms.contains(&form);
        if is_asked(Form::Json) {
            write(Form::Json, &self.json_head())?;
            let mut list = List::default();
            for state in self.directives() {
                write(Form::Json, &list.element(&state))?;
            }
            write(Form::Json, list.end())?;
            let mut list = List::default();
            for state in self.lists() {
                if !list.begun {
                    write(Form::Json, b",\n  \"lists\": [")?;
                }
                write(Form::Json, &list.element(&state))?;
            }
            if list.begun {
                write(Form::Json, list.end())?;
            }
            let mut list = List::default();
            for state in self.waivers() {
                if !list.begun {
                    write(Form::Json, b",\n  \"waivers\": [")?;
                }
                write(Form::Json, &list.element(state))?;
            }
            if list.begun {
                write(Form::Json, list.end())?;
            }
            write(Form::Json, b",\n  \"rules\": [")?;
        }
        if is_asked(Form::Tsv) {
            write(Form::Tsv, self.tsv_head().as_bytes())?;
        }
        let mut list = List::default();
        for rule in self.rules() {
            if is_asked(Form::Json) {
                write(Form::Json, &list.element(&rule))?;
            }
            if is_asked(Form::JsonLines) {
                write(Form::JsonLines, &self.json_line(&rule))?;
            }
            if is_asked(Form::Tsv) {
                write(Form::Tsv, tsv_lines(&rule).as_bytes())?;
            }
        }
        if is_asked(Form::Json) {
            write(Form::Json, list.end())?;
            write(Form::Json, b"\n}\n")?;
        }
        Ok(())
    }

    /// What stands before the first directive.
    fn json_head(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Head<'a> {
            format: &'a str,
            generation: u64,
            verified_at: DateTime,
            fresh_until: DateTime,
            repositories: &'a [Repository],
        }
        let mut bytes = pretty(&Head {
            format: FORMAT,
            generation: self.generation,
            verified_at: self.verified_at,
            fresh_until: self.fresh_until,
            repositories: &self.repositories,
        });
        // The end of the object, before which the two long members stand.
        bytes.truncate(bytes.len().saturating_sub("\n}".len()));
        bytes.extend_from_slice(b",\n  \"directives\": [");
        bytes
    }

    fn json_line(&self, rule: &Rule) -> Vec<u8> {
        #[derive(Serialize)]
        struct Line<'a> {
            verified_at: DateTime,
            fresh_until: DateTime,
            #[serde(flatten)]
            rule: &'a Rule,
        }
        let line = Line { verified_at: self.verified_at, fresh_until: self.fresh_until, rule };
        let mut bytes = serde_json::to_vec(&line).expect("a rule has only string keys");
        bytes.push(b'\n');
        bytes
    }

    fn tsv_head(&self) -> String {
        alloc::format!(
            "# verified_at={} fresh_until={}\n{}\n",
            self.verified_at,
            self.fresh_until,
            COLUMNS.join("\t")
        )
    }
}

fn pretty<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec_pretty(value).expect("a policy has only string keys")
}

/// A list that is a member of the document, as `serde_json` indents it.
#[derive(Default)]
struct List {
    begun: bool,
}

impl List {
    /// The next element, with what separates it from the one before it. In JSON a line end is never part of a value, so that
    /// every one of them is followed by two more steps of indentation.
    fn element<T: Serialize>(&mut self, value: &T) -> Vec<u8> {
        let element = pretty(value);
        let mut bytes = Vec::with_capacity(element.len().saturating_mul(2));
        bytes.extend_from_slice(if self.begun { b",\n    " } else { b"\n    " });
        self.begun = true;
        for (number, line) in element.split(|byte| *byte == b'\n').enumerate() {
            if number > 0 {
                bytes.extend_from_slice(b"\n    ");
            }
            bytes.extend_from_slice(line);
        }
        bytes
    }

    /// What ends it; an empty one stays on its line.
    fn end(&self) -> &'static [u8] {
        if self.begun { b"\n  ]" } else { b"]" }
    }
}

fn tsv_lines(rule: &Rule) -> String {
    let mut text = String::new();
    let next = rule.deadlines.first();
    let instant = |at: Option<DateTime>| at.map_or_else(|| "-".into(), |at| at.to_string());
    let rows = rule.identifiers.iter().map(|row| {
        let identifier = &row.identifier;
        (identifier.kind.to_string(), identifier.value.clone())
    });
    // A million lines stay where they are: the row names the file.
    let files = rule.lists.iter().flat_map(|list| &list.attachments);
    let files = files.map(|file| (alloc::format!("{ENTRIES}{}", file.kind), file.file.clone()));
    for (kind, value) in rows.chain(files) {
        let cells = [
            rule.repository.clone(),
            rule.directive.to_string(),
            rule.revision.to_string(),
            rule.subject.clone(),
            rule.name.clone(),
            rule.disposition.to_string(),
            kind,
            value,
            rule.audit_from.to_string(),
            instant(rule.block_from),
            instant(rule.until),
            instant(rule.waived_until),
            next.map_or_else(|| "-".into(), |next| next.action.clone()),
            instant(next.and_then(|next: &PolicyDeadline| next.at)),
        ];
        text.push_str(&cells.map(cell).join("\t"));
        text.push('\n');
    }
    text
}

fn cell(text: String) -> String {
    if text.contains(char::is_control) {
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use core::convert::Infallible;

    use alloc::collections::BTreeMap;
    use alloc::sync::Arc;

    use super::*;
    use crate::Verified;
    use crate::believe::Believed;
    use crate::entity::Lists;
    use crate::policy::{Source, derive, tests::directive};

    fn source(directive: &Verified<Believed>) -> Source<'_> {
        Source {
            repository: "r",
            directive,
            marks: Vec::new(),
            lists: Arc::new(Lists::default()),
            ended: None,
            waivers: None,
            granted: &[],
        }
    }

    fn written(derivation: &Derivation<'_>, forms: &[Form], form: Form) -> String {
        let mut bytes = Vec::new();
        let Ok(()) = derivation.write(forms, |of, part| {
            if of == form {
                bytes.extend_from_slice(part);
            }
            Ok::<(), Infallible>(())
        });
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_parts_of_json_make_the_document_that_the_whole_policy_is() {
        let directives = [
            directive("T-1", "in-force", "prohibited", r#"{"id":"b","modality":"must","kind":"block"}"#),
            directive("T-2", "closed", "prohibited", ""),
            directive("T-3", "in-force", "remediate", ""),
        ];
        let repository = Repository {
            name: "r".into(),
            verified_at: DateTime::EPOCH,
            fresh_until: DateTime::EPOCH,
            timestamp: 1,
            root: 1,
        };
        for count in 0..=directives.len() {
            let sources = directives.iter().take(count).map(source);
            let repositories = alloc::vec![repository.clone(); count.min(1)];
            let derivation = derive(7, repositories, BTreeMap::new(), sources.collect());
            let mut whole = serde_json::to_string_pretty(&derivation.policy()).unwrap();
            whole.push('\n');
            assert_eq!(written(&derivation, &[Form::Json], Form::Json), whole, "{count} directives");
        }
    }

    #[test]
    fn a_form_is_the_same_alone_and_together_with_the_others() {
        let directive = directive("T-1", "in-force", "prohibited", "");
        let sources = alloc::vec![source(&directive)];
        let derivation = derive(1, Vec::new(), BTreeMap::new(), sources);
        for form in Form::ALL {
            let together = written(&derivation, &Form::ALL, form);
            assert_eq!(written(&derivation, &[form], form), together);
            assert!(!together.is_empty());
        }
    }

    #[test]
    fn nothing_is_derived_after_a_part_was_not_taken() {
        let directives =
            [directive("T-1", "in-force", "prohibited", ""), directive("T-2", "in-force", "prohibited", "")];
        let sources = directives.iter().map(source);
        let derivation = derive(1, Vec::new(), BTreeMap::new(), sources.collect());
        let mut taken = 0;
        let result = derivation.write(&[Form::JsonLines], |_, _| {
            taken += 1;
            Err("full")
        });
        assert_eq!((result, taken), (Err("full"), 1));
    }
}
