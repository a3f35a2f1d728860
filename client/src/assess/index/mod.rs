//! The directives in force, compiled once into tables that a component is looked up in.
//!
//! Every text that a rule names (package, product, vendor) becomes a [`Term`]: one number for each sequence of normalised
//! words. That is coarser than the exact comparison, which follows for the few rules that a term leads to; a component
//! none of whose texts is a term costs a few look-ups and nothing else.
//!
//! | file | what |
//! |---|---|
//! | `bound` | a subject that binds, and its deadlines |
//! | `rule` | terms, the places in which they stand, and rules |
//! | `compile` | from the texts in force to the tables |

mod bound;
mod compile;
mod rule;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use foldhash::{HashMap, HashMapExt as _};
use interdict_schema::Sha256;
use interdict_schema::directive::DirectiveId;
use interdict_schema::directive::unsupported::Unsupported;
use interdict_schema::policy::Source;
use interdict_schema::product::{CveId, Identifier, Name};

pub use self::bound::Bound;
use self::rule::Names;
pub(super) use self::rule::{Place, Rule, Term, key};
use super::assessment::{Missing, NotBinding, NotLookedFor, Unreadable, Why};
use super::attached::Attached;
use super::lookalike::{is_suspect, seen};
use super::namespaces::Namespaces;
use super::traces::Traces;
use crate::as_of::AsOf;

/// The tables.
#[derive(Debug)]
pub struct Index<'a> {
    pub(super) as_of: AsOf,
    pub(super) bound: Vec<Bound<'a>>,
    pub(super) names: Vec<Names>,
    pub(super) rules: Vec<Rule<'a>>,
    terms: HashMap<String, Term>,
    /// Terms by what they look like: made when the first text is met that may pass for another.
    likes: OnceLock<HashMap<String, Vec<Term>>>,
    by_term: HashMap<(Place, Term), Vec<usize>>,
    by_digest: HashMap<Sha256, Vec<usize>>,
    by_cve: HashMap<CveId, Vec<usize>>,
    pub(super) traces: Traces,
    pub(super) namespaces: Namespaces,
    pub(super) unsupported: Vec<(&'a DirectiveId, Unsupported)>,
    pub(super) unreadable: Vec<Unreadable<'a>>,
    pub(super) missing: Vec<Missing<'a>>,
    pub(super) not_binding: Vec<NotBinding<'a>>,
    pub(super) attached: &'a Attached,
    /// The lists that were looked at, by payload digest.
    lists: BTreeSet<Sha256>,
    /// By kind: identifiers that this version cannot compare with a component.
    unmatched: BTreeMap<(String, Why), usize>,
}

impl<'a> Index<'a> {
    /// Compiles the directives for a moment.
    pub fn new(sources: &'a [Source<'a>], attached: &'a Attached, as_of: AsOf) -> Self {
        let mut index = Self {
            as_of,
            bound: Vec::new(),
            names: Vec::new(),
            rules: Vec::new(),
            terms: HashMap::new(),
            likes: OnceLock::new(),
            by_term: HashMap::new(),
            by_digest: HashMap::new(),
            by_cve: HashMap::new(),
            traces: Traces::default(),
            namespaces: Namespaces::default(),
            unsupported: Vec::new(),
            unreadable: Vec::new(),
            missing: Vec::new(),
            not_binding: Vec::new(),
            attached,
            lists: BTreeSet::new(),
            unmatched: attached.not_looked_for.clone(),
        };
        for source in sources {
            index.directive(source);
        }
        index
    }

    /// The term of a text, if some rule names it.
    pub(super) fn term(&self, text: &str) -> Option<Term> {
        let mut room = [0; Name::ASCII_ROOM];
        match Name::of_ascii_in(text, &mut room) {
            Some(words) => self.terms.get(words).copied(),
            None => self.terms.get(&key(text)).copied(),
        }
    }

    /// Whether some rule names a text, or one that looks like it.
    pub(super) fn knows(&self, text: &str) -> bool {
        self.term(text).is_some() || !self.terms_like(text).is_empty()
    }

    /// The terms that look like a text that is not spelled as any; none for a text of visible ASCII.
    pub(super) fn terms_like(&self, text: &str) -> &[Term] {
        if !is_suspect(text) {
            return &[];
        }
        let likes = self.likes.get_or_init(|| {
            let mut likes: HashMap<String, Vec<Term>> = HashMap::new();
            for (words, term) in &self.terms {
                likes.entry(key(&seen(words))).or_default().push(*term);
            }
            for terms in likes.values_mut() {
                terms.sort_unstable();
            }
            likes
        });
        likes.get(&key(&seen(text))).map_or(&[], Vec::as_slice)
    }

    /// Whether some rule names the digest of a file: only then is hashing files of use.
    pub fn names_digests(&self) -> bool {
        !self.by_digest.is_empty()
    }

    /// The rules in which a term stands in this place.
    pub(super) fn rules_at(&self, place: Place, term: Term) -> &[usize] {
        self.by_term.get(&(place, term)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn rules_for_digest(&self, digest: &Sha256) -> &[usize] {
        self.by_digest.get(digest).map_or(&[], Vec::as_slice)
    }

    pub(super) fn rules_for_cve(&self, cve: CveId) -> &[usize] {
        self.by_cve.get(&cve).map_or(&[], Vec::as_slice)
    }

    /// Identifiers that were compared with nothing: kinds that this version does not match, and kinds for which
    /// `compared` says that no component had anything to compare.
    pub(super) fn not_looked_for(&self, compared: impl Fn(&Identifier) -> bool) -> Vec<NotLookedFor> {
        let mut counts = self.unmatched.clone();
        for rule in self.rules.iter().filter(|rule| rule.exclude.is_none() && !compared(&rule.parsed)) {
            *counts.entry((rule.written.kind.to_string(), Why::NothingToCompare)).or_default() += 1;
        }
        let entry = |((kind, why), identifiers)| NotLookedFor { kind, identifiers, why };
        let mut not_looked_for: Vec<NotLookedFor> = counts.into_iter().map(entry).collect();
        not_looked_for.sort_by_key(|not| not.why);
        not_looked_for
    }
}
