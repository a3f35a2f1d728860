//! What a draft is told before anyone signs it: every problem, with its place, in the order of the document.
//!
//! [`lint`] reads the bytes of a draft, [`lint_directive`] a directive that has been read already. Errors are what must not
//! be signed; warnings may be meant. A document of the wrong shape is told that alone: what it would say is not known yet.
//!
//! Not here: what this version cannot act on once it *is* signed ([`super::unsupported`]), and who may sign it.
//!
//! | file | what is looked at |
//! |---|---|
//! | `written` | blanks of the template, characters that nobody sees, an empty list of addressees |
//! | `fact` | every fact, its code, severity and text |
//! | `document` | title, zone, dates, status, words |
//! | `size` | limits of lists and texts |
//! | `revision` | the chain of revisions |
//! | `reference` | ids, and what refers to them |
//! | `relation` | relations to what is published |
//! | `conflict` | contradictions to what is published |
//! | `paragraph` | the paragraphs of the human text that a problem concerns |
//! | `subject`, `identifier`, `exclude` | the ban list |
//! | `action`, `due`, `clock`, `order` | duties, their deadlines and their order |
//! | `table`, `calendar` | decision tables, calendars of business days |
//! | `annex` | scope, waivers, responses |
//! | `list` | drafts of lists of identifiers ([`crate::entity`]) |
//! | `waiver` | drafts of waivers in documents of their own ([`crate::waiver`]) |

mod action;
mod annex;
mod calendar;
mod clock;
mod conflict;
mod document;
mod due;
mod exclude;
mod fact;
mod identifier;
pub mod list;
mod order;
mod paragraph;
mod reference;
mod relation;
mod revision;
mod size;
mod subject;
mod table;
#[cfg(test)]
mod tests;
pub mod waiver;
mod written;

use core::fmt;

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

pub use fact::{Fact, Known, Severity};

use super::Directive;
use super::draft::{SCHEMA_MEMBER, payload_of, strip_comments};
use super::resolve::{Document, Rights};
use crate::json::{self, Decoded, Pointer, Value};
use crate::limits::{DRAFT_LENGTH, LINT_SHAPE_ERRORS};
use crate::{DateTime, Sha256};

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How much it matters.
    pub severity: Severity,
    /// The place in the document; for something that is missing, the place that lacks it.
    pub pointer: Pointer,
    /// The paragraphs of the human text that it concerns, where the draft names them.
    pub paragraphs: Vec<String>,
    /// What is wrong.
    pub fact: Fact,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (severity, fact) = (self.severity, &self.fact);
        write!(f, "{severity} at {}: {fact} [{}]", self.place(), fact.code())
    }
}

impl Problem {
    /// The place in words: `/actions/2/due (paragraph 4)`.
    pub fn place(&self) -> String {
        match self.paragraphs.as_slice() {
            [] => self.pointer.to_string(),
            [one] => format!("{} (paragraph {one})", self.pointer),
            several => format!("{} (paragraphs {})", self.pointer, several.join(", ")),
        }
    }
}

/// The revision before the one that is linted.
#[derive(Debug, Clone, Copy)]
pub struct Previous<'a> {
    /// Its text.
    pub directive: &'a Directive,
    /// SHA-256 of its payload.
    pub digest: Sha256,
}

/// What is known besides the draft.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The revision before, where it is at hand.
    pub previous: Option<Previous<'a>>,
    /// Every published revision of the directives that the draft's relations name, of those that act on them, and of its own,
    /// where a repository is at hand.
    pub published: Option<&'a [Document<'a>]>,
    /// Whose relations act on the directives of others; nobody's where absent.
    pub rights: Option<&'a Rights>,
    /// From when contradictions to what is published matter; they are not looked for where absent.
    pub now: Option<DateTime>,
}

/// Everything that lint has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report<D = Directive> {
    /// Every problem, in the order of the document.
    pub problems: Vec<Problem>,
    /// The document, where its shape allowed it to be read.
    pub decoded: Option<Decoded<D>>,
}

impl<D> Default for Report<D> {
    fn default() -> Self {
        Self { problems: Vec::new(), decoded: None }
    }
}

impl<D> Report<D> {
    /// What must not be signed.
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error)
    }

    /// What may be meant.
    pub fn warnings(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.severity == Severity::Warning)
    }

    /// Whether nothing stands against signing.
    pub fn may_be_signed(&self) -> bool {
        self.errors().next().is_none()
    }
}

/// The members that every directive has.
const REQUIRED: [&str; 8] = ["format", "id", "revision", "status", "title", "issuer", "zone", "issued"];

/// Every problem of a draft: JSON with or without comments and `$schema`.
pub fn lint(draft: &[u8], context: &Context<'_>) -> Report {
    linted(draft, &REQUIRED, |directive: &Directive, problems| {
        problems.directive(directive, context);
        let digest = || Sha256::of(&payload_of(draft).unwrap_or_default());
        conflict::check(directive, digest, context, problems);
    })
}

/// What holds for every kind of draft; `check` looks at the document once its shape is right.
fn linted<D: for<'de> serde::Deserialize<'de>>(
    draft: &[u8],
    required: &[&str],
    check: impl FnOnce(&D, &mut Problems),
) -> Report<D> {
    let mut problems = Problems::default();
    let plain = match strip_comments(draft) {
        Ok(plain) => plain,
        Err(error) => {
            problems.add(Pointer::root(), Fact::Comment { error });
            return Report { problems: problems.list, decoded: None };
        }
    };
    let value = match json::parse_within(&plain, DRAFT_LENGTH) {
        Ok(value) => value,
        Err(error) => {
            problems.add(Pointer::root(), Fact::Read { error });
            return Report { problems: problems.list, decoded: None };
        }
    };
    let (decoded, shapes) = json::decode_all::<D>(&value, LINT_SHAPE_ERRORS);
    if shapes.len() >= LINT_SHAPE_ERRORS {
        problems.add(Pointer::root(), Fact::MoreShapes { limit: LINT_SHAPE_ERRORS });
    }
    // The decoder stops at the first member that the whole lacks: these are looked for by name.
    let absent =
        required.iter().filter(|name| value.as_object().is_some_and(|object| object.get(name).is_none()));
    for name in absent {
        problems.add(Pointer::root().join(name), Fact::Missing);
    }
    for error in shapes {
        if error.pointer == Pointer::root() && error.message.starts_with("missing field") {
            continue;
        }
        problems.add(error.pointer, Fact::Shape { message: error.message });
    }
    written::check(&value, &mut problems);
    let schema = Pointer::root().join(SCHEMA_MEMBER);
    let decoded = decoded.map(|mut decoded| {
        decoded.unknown.retain(|pointer| *pointer != schema);
        decoded
    });
    if let Some(decoded) = &decoded {
        for pointer in &decoded.unknown {
            problems.add(pointer.clone(), Fact::UnknownMember);
        }
        check(&decoded.value, &mut problems);
    }
    Report { problems: problems.in_order(&value), decoded }
}

/// Every problem of a directive that has been read already, in the order in which this version writes its members.
pub fn lint_directive(directive: &Directive, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Problems::default();
    problems.directive(directive, context);
    let written = serde_json::to_vec(directive).unwrap_or_default();
    conflict::check(directive, || Sha256::of(&written), context, &mut problems);
    match json::parse(&written) {
        Ok(value) => {
            written::check(&value, &mut problems);
            problems.in_order(&value)
        }
        Err(_) => problems.list,
    }
}

/// What has been found so far.
#[derive(Default)]
struct Problems {
    list: Vec<Problem>,
}

impl Problems {
    fn add(&mut self, pointer: Pointer, fact: Fact) {
        self.list.push(Problem { severity: fact.severity(), pointer, paragraphs: Vec::new(), fact });
    }

    fn directive(&mut self, directive: &Directive, context: &Context<'_>) {
        document::check(directive, self);
        size::check(directive, self);
        revision::check(directive, context.previous, self);
        reference::check(directive, self);
        relation::check(directive, context, self);
        subject::check(directive, self);
        identifier::check(directive, self);
        exclude::check(directive, self);
        action::check(directive, self);
        due::check(directive, self);
        table::check(directive, self);
        calendar::check(directive, self);
        annex::check(directive, self);
    }

    /// The problems in the order in which the document has their places, a place before what is inside it; each with its
    /// paragraphs.
    fn in_order(mut self, value: &Value<'_>) -> Vec<Problem> {
        for problem in &mut self.list {
            problem.paragraphs = paragraph::paragraphs(value, &problem.pointer);
        }
        self.list.sort_by_cached_key(|problem| {
            let mut inside = Some(value);
            problem
                .pointer
                .tokens()
                .map(|token| {
                    let (number, below) = step(inside, &token);
                    inside = below;
                    number
                })
                .collect::<Vec<usize>>()
        });
        self.list
    }
}

/// The position of a member or element and its value; one that is missing comes after those that are there.
fn step<'v, 'a>(inside: Option<&'v Value<'a>>, token: &str) -> (usize, Option<&'v Value<'a>>) {
    let found = match inside {
        Some(Value::Object(object)) => object
            .iter()
            .enumerate()
            .find(|(_, (key, _))| *key == token)
            .map(|(number, _)| (number, object.get(token))),
        Some(Value::Array(elements)) => {
            token.parse::<usize>().ok().map(|number| (number, elements.get(number)))
        }
        _ => None,
    };
    found.unwrap_or((usize::MAX, None))
}
