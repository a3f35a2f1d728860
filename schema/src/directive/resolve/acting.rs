//! Which relations act at a moment: those whose issuer may, whose target is what they name, and that have begun.

use alloc::vec::Vec;

use super::Rights;
use super::fault::{NoEffect, WithoutEffect};
use super::timeline::Entry;
use crate::DateTime;
use crate::directive::{Directive, DirectiveId, Relation, Target};

/// A relation that acts, unless its directive has ended.
#[derive(Clone, Copy)]
pub(super) struct Link<'a> {
    /// The directive that says so.
    pub source: usize,
    /// Its place among the relations of the text.
    pub number: usize,
    /// The directive that it is about.
    pub target: usize,
    /// What it says.
    pub relation: &'a Relation,
    /// Since when.
    pub start: DateTime,
}

impl<'a> Link<'a> {
    pub fn part(&self) -> Option<&'a str> {
        self.relation.target.part.as_deref()
    }

    pub fn ends(&self) -> bool {
        self.relation.ends()
    }

    /// Whether it puts parts into the text of the target.
    pub fn changes(&self) -> bool {
        self.relation.changes()
    }

    pub fn without_effect(&self, entries: &[Entry<'_>], why: NoEffect) -> Option<WithoutEffect> {
        let source = entries.get(self.source)?;
        Some(WithoutEffect {
            document: source.document(),
            relation: self.number,
            kind: self.relation.kind.clone(),
            target: self.relation.target.id.clone(),
            why,
        })
    }
}

/// The relations at a moment.
pub(super) struct Acting<'a> {
    /// Those that act, by the id of their directive and their place in it.
    pub relations: Vec<Link<'a>>,
    /// Those that do not.
    pub without_effect: Vec<WithoutEffect>,
    /// The first later moment at which one of them takes effect.
    pub next: Option<DateTime>,
    /// Directives in an order in which one that ends another comes before it.
    pub ending_rank: Vec<usize>,
    /// Directives in an order in which one that changes another comes before it.
    pub changing_rank: Vec<usize>,
}

/// The places of directives by id. The beginnings of the names lie side by side, so that a search reads few of the texts.
struct Index<'a>(Vec<(u128, &'a DirectiveId)>);

impl<'a> Index<'a> {
    fn of(entries: &[Entry<'a>]) -> Self {
        Self(entries.iter().map(|entry| (entry.id().leading(), entry.id())).collect())
    }

    fn place(&self, id: &DirectiveId) -> Option<usize> {
        let leading = id.leading();
        self.0.binary_search_by(|(other, own)| other.cmp(&leading).then_with(|| (*own).cmp(id))).ok()
    }
}

/// The relations of every text.
pub(super) fn acting<'a>(entries: &[Entry<'a>], rights: &Rights, as_of: DateTime) -> Acting<'a> {
    let index = Index::of(entries);
    let mut acting = Acting {
        relations: Vec::new(),
        without_effect: Vec::new(),
        next: None,
        ending_rank: Vec::new(),
        changing_rank: Vec::new(),
    };
    for (source, entry) in entries.iter().enumerate() {
        for (number, relation) in entry.text().relations.iter().enumerate() {
            let target = index.place(&relation.target.id);
            let about = target.and_then(|target| entries.get(target));
            let judged = judge(entry, relation, about, rights);
            // Nothing acts on what has not begun: a part put into such a text would bind nobody in the meantime.
            let own = entry.relation_start(relation);
            let begun = about.filter(|about| about.since <= as_of);
            let why = match (judged, target) {
                (Ok(()), Some(target)) => {
                    let start = about.map_or(DateTime::MAX, |about| about.since).max(own);
                    if start <= as_of {
                        acting.relations.push(Link { source, number, target, relation, start });
                        continue;
                    }
                    acting.next = Some(acting.next.map_or(start, |next| next.min(start)));
                    NoEffect::Absent
                }
                // What has not begun is not asked what it is: nobody need have held it by then.
                (Err(_), _) if begun.is_none() => match judge(entry, relation, None, rights) {
                    Err(why) => why,
                    Ok(()) => NoEffect::Absent,
                },
                (Err(why), _) => why,
                (Ok(()), None) => NoEffect::Absent,
            };
            // What takes effect later has no effect to miss, and says nothing about today.
            if own <= as_of {
                acting.without_effect.push(WithoutEffect {
                    document: entry.document(),
                    relation: number,
                    kind: relation.kind.clone(),
                    target: relation.target.id.clone(),
                    why,
                });
            }
        }
    }
    acting
}

fn judge(
    source: &Entry<'_>,
    relation: &Relation,
    target: Option<&Entry<'_>>,
    rights: &Rights,
) -> Result<(), NoEffect> {
    if !relation.kind.is_known() {
        return Err(NoEffect::UnknownKind);
    }
    let Some(target) = target else { return Err(NoEffect::Absent) };
    if source.id() == target.id() && (relation.target.part.is_none() || !relation.ends()) {
        return Err(NoEffect::Itself);
    }
    if !rights.allow(&source.text().issuer, target.text()) {
        let (issuer, of) = (source.text().issuer.clone(), target.text().issuer.clone());
        return Err(NoEffect::NotEntitled { issuer, of });
    }
    if !source.acts() {
        let withdrawn = !source.suspended;
        return Err(if withdrawn { NoEffect::SignatureWithdrawn } else { NoEffect::InConflict });
    }
    names(&relation.target, target)?;
    match &relation.target.part {
        Some(part) if !has_part(target.text(), part) => Err(NoEffect::NoPart { part: part.clone() }),
        _ => Ok(()),
    }
}

/// Whether a target is a document that is held: a digest is the proof which text its author had before them, a revision
/// says that no other is meant.
fn names(target: &Target, entry: &Entry<'_>) -> Result<(), NoEffect> {
    let of_revision = |revision| entry.revisions.iter().find(|d| d.document.directive.revision == revision);
    if let Some(digest) = target.digest {
        let found = match target.revision {
            Some(revision) => of_revision(revision).is_some_and(|dated| dated.document.digest == digest),
            None => entry.revisions.iter().any(|dated| dated.document.digest == digest),
        };
        if !found {
            return Err(NoEffect::Digest { wanted: digest });
        }
    }
    match target.revision {
        Some(wanted) if wanted != entry.text().revision => {
            Err(NoEffect::OtherRevision { wanted, found: entry.text().revision })
        }
        _ => Ok(()),
    }
}

/// Whether a text has an action or a subject of this name.
pub(super) fn has_part(text: &Directive, part: &str) -> bool {
    text.action(part).is_some() || text.subjects.iter().any(|subject| subject.id == part)
}
