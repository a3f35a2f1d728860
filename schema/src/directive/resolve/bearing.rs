//! Which documents bear on how a directive stands, so that a question about one is not answered by resolving all.
//!
//! Against the direction of relations, in whatever revision, is found all that can say something of a directive: what ends
//! it, changes it or stands beside it, what does so to that, and every circle that comes back to it. Two that change one text
//! can contradict each other, so each text that one of these changes belongs to them, with all that bears on it in turn. What
//! they merely end bears on nothing: a directive that closes thousands stands as it would if it closed one.

use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

use super::Document;
use crate::directive::DirectiveId;

/// The directives of a repository and who says something of whom.
pub(super) struct Bearing<'d, 'a> {
    /// The revisions of each, by id.
    revisions: Vec<&'d [Document<'a>]>,
    /// Of each, those that have a relation to it.
    about: Vec<Vec<usize>>,
    /// Of each, those that it changes.
    changed: Vec<Vec<usize>>,
}

impl<'d, 'a> Bearing<'d, 'a> {
    /// Of documents that are in order ([`super::timeline::ordered`]).
    pub fn of(documents: &'d [Document<'a>]) -> Self {
        let revisions: Vec<&[Document<'a>]> =
            documents.chunk_by(|one, other| one.directive.id == other.directive.id).collect();
        let none = vec![Vec::new(); revisions.len()];
        let mut bearing = Self { revisions, about: none.clone(), changed: none };
        for source in 0..bearing.revisions.len() {
            let own = bearing.revisions.get(source).copied().unwrap_or_default();
            for relation in own.iter().flat_map(|document| &document.directive.relations) {
                let Some(target) = bearing.place(&relation.target.id) else { continue };
                bearing.about.get_mut(target).into_iter().for_each(|about| about.push(source));
                if relation.changes() {
                    bearing.changed.get_mut(source).into_iter().for_each(|changed| changed.push(target));
                }
            }
        }
        bearing
    }

    fn place(&self, id: &DirectiveId) -> Option<usize> {
        let of = |own: &&[Document<'a>]| own.first().map(|document| &document.directive.id);
        self.revisions.binary_search_by(|own| of(own).cmp(&Some(id))).ok()
    }

    /// These directives and those to which any revision of them has a relation.
    pub fn with_targets<'i>(&self, ids: &'i BTreeSet<DirectiveId>) -> impl Iterator<Item = &'i DirectiveId>
    where
        'a: 'i,
    {
        let own = ids.iter().filter_map(|id| self.revisions.get(self.place(id)?)).copied().flatten();
        ids.iter()
            .chain(own.flat_map(|document| &document.directive.relations).map(|relation| &relation.target.id))
    }

    /// All documents that bear on these directives, and their own, in order.
    pub fn on<'i>(&self, ids: impl IntoIterator<Item = &'i DirectiveId>) -> Vec<Document<'a>> {
        let mut waiting: Vec<usize> = ids.into_iter().filter_map(|id| self.place(id)).collect();
        let mut found = BTreeSet::new();
        while let Some(number) = waiting.pop() {
            if found.insert(number) {
                let further = [&self.about, &self.changed].map(|lists| lists.get(number));
                waiting.extend(further.into_iter().flatten().flatten());
            }
        }
        found
            .into_iter()
            .filter_map(|number| self.revisions.get(number))
            .copied()
            .flatten()
            .copied()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use proptest::prelude::*;

    use super::*;
    use crate::directive::Directive;
    use crate::directive::resolve::timeline::ordered;
    use crate::directive::resolve::{Acts, Rights, resolve};
    use crate::{DateTime, Sha256};

    const KINDS: [&str; 4] = ["supersedes", "amends", "supplements", "closes"];

    /// Number, revision, day, and a relation: its kind, target, and whether it is about a part.
    type Drawn = (u32, u32, u32, Option<(usize, u32, bool)>);

    fn text((number, revision, day, relation): Drawn) -> String {
        let relation = relation.map(|(kind, target, part)| {
            let kind = KINDS.get(kind).copied().unwrap_or_default();
            let part = if part { r#","part":"a""# } else { "" };
            alloc::format!(r#"{{"kind":"{kind}","target":{{"id":"D-{target}"{part}}}}}"#)
        });
        alloc::format!(
            r#"{{"format":"interdict-directive/1","id":"D-{number}","revision":{revision},"status":"in-force",
            "title":"t","issuer":"dhs","zone":"UTC","issued":"2020-01-{day:02}","revised":"2020-01-{day:02}",
            "actions":[{{"id":"a","modality":"must","kind":"remove","description":"{number}.{revision}"}}],
            "relations":[{}]}}"#,
            relation.unwrap_or_default()
        )
    }

    proptest! {
        #[test]
        fn what_bears_on_a_directive_is_enough_to_say_how_it_stands(
            drawn in prop::collection::vec(
                (0..6_u32, 1..4_u32, 1..9_u32, prop::option::of((0..KINDS.len(), 0..6_u32, any::<bool>()))),
                1..14,
            ),
            day in 1..10_u32,
        ) {
            let read = |drawn: &Drawn| {
                let text = text(*drawn);
                (Directive::parse(text.as_bytes()).expect("a directive").value, Sha256::of(text.as_bytes()))
            };
            let held: Vec<(Directive, Sha256)> = drawn.iter().map(read).collect();
            let documents = ordered(held.iter().map(|(directive, digest)| Document {
                directive,
                digest: *digest,
                acts: Acts::Fully,
            }));
            let as_of: DateTime = alloc::format!("2020-01-{day:02}T12:00:00Z").parse().expect("a moment");
            let bearing = Bearing::of(&documents);
            for resolved in resolve(documents.iter().copied(), &Rights::none(), as_of).directives {
                let near = resolve(bearing.on([&resolved.document.id]), &Rights::none(), as_of);
                let same = near.get(&resolved.document.id).expect("it bears on itself");
                prop_assert_eq!((&resolved.text, &resolved.situation), (&same.text, &same.situation));
            }
        }
    }
}
