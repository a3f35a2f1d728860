//! Directives that end or change one another in a circle (strongly connected components, Tarjan 1972, without recursion).

use alloc::vec;
use alloc::vec::Vec;

use super::acting::{Acting, Link};
use super::fault::{Conflict, Found};
use super::timeline::Entry;

/// The circles of relations that end, and of those that change; and the orders of the rest.
pub(super) fn cycles<'a>(entries: &[Entry<'a>], acting: &mut Acting<'a>) -> Vec<Found<'a>> {
    let mut found = Vec::new();
    let ending = Graph::new(entries.len(), acting.relations.iter().filter(|link| link.ends()));
    acting.ending_rank = ending.order(entries, &mut found);
    let changing = Graph::new(entries.len(), acting.relations.iter().filter(|link| link.changes()));
    acting.changing_rank = changing.order(entries, &mut found);
    found
}

/// Links by the directive that they start from.
struct Graph<'a> {
    from: Vec<Vec<Link<'a>>>,
}

/// A directive on the way of the search.
struct Visit {
    number: usize,
    next: usize,
}

impl<'a> Graph<'a> {
    fn new<'l>(size: usize, links: impl Iterator<Item = &'l Link<'a>>) -> Self
    where
        'a: 'l,
    {
        let mut from: Vec<Vec<Link<'a>>> = vec![Vec::new(); size];
        for link in links.filter(|link| link.source != link.target) {
            if let Some(links) = from.get_mut(link.source) {
                links.push(*link);
            }
        }
        Self { from }
    }

    fn links(&self, number: usize) -> &[Link<'a>] {
        self.from.get(number).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every directive, what others depend on first; circles go to `found`.
    fn order(&self, entries: &[Entry<'a>], found: &mut Vec<Found<'a>>) -> Vec<usize> {
        let size = self.from.len();
        let mut search = Search {
            index: vec![usize::MAX; size],
            low: vec![usize::MAX; size],
            waiting: vec![false; size],
            stack: Vec::new(),
            emitted: Vec::with_capacity(size),
            counter: 0,
        };
        for root in 0..size {
            if search.index.get(root) == Some(&usize::MAX) {
                self.component(root, &mut search, &mut |members| {
                    if members.len() > 1 {
                        found.extend(self.circle(members, entries));
                    }
                });
            }
        }
        search.emitted.reverse();
        let mut rank = vec![0; size];
        for (place, number) in search.emitted.iter().enumerate() {
            if let Some(rank) = rank.get_mut(*number) {
                *rank = place;
            }
        }
        rank
    }

    fn component(&self, root: usize, search: &mut Search, on_component: &mut dyn FnMut(&[usize])) {
        let mut path = vec![Visit { number: root, next: 0 }];
        search.enter(root);
        while let Some(Visit { number, next }) = path.last_mut() {
            let number = *number;
            if let Some(link) = self.links(number).get(*next) {
                *next = next.saturating_add(1);
                if search.index.get(link.target) == Some(&usize::MAX) {
                    search.enter(link.target);
                    path.push(Visit { number: link.target, next: 0 });
                } else if search.waiting.get(link.target) == Some(&true) {
                    let low = search.index.get(link.target).copied().unwrap_or(usize::MAX);
                    search.lower(number, low);
                }
                continue;
            }
            path.pop();
            let low = search.low.get(number).copied().unwrap_or(usize::MAX);
            if let Some(parent) = path.last() {
                search.lower(parent.number, low);
            }
            if search.index.get(number) == Some(&low) {
                let members = search.leave(number);
                on_component(&members);
            }
        }
    }

    /// A circle among these, from the first of them by id.
    fn circle(&self, members: &[usize], entries: &[Entry<'a>]) -> Option<Found<'a>> {
        let mut inside = members.to_vec();
        inside.sort_unstable();
        let mut path: Vec<Link<'a>> = Vec::new();
        let mut place = vec![usize::MAX; self.from.len()];
        let mut at = *inside.first()?;
        // Within a component there is always a way on, and it comes back at the latest after all members.
        while place.get(at) == Some(&usize::MAX) {
            *place.get_mut(at)? = path.len();
            let link = self.links(at).iter().find(|link| inside.binary_search(&link.target).is_ok())?;
            path.push(*link);
            at = link.target;
        }
        let mut path = path.split_off(*place.get(at)?);
        let first = path.iter().enumerate().min_by_key(|(_, link)| link.source).map_or(0, |(first, _)| first);
        path.rotate_left(first);
        let step = |link: &Link<'a>| Some((entries.get(link.source)?.document(), link.relation.kind.clone()));
        Some(Found {
            conflict: Conflict::Cycle { steps: path.iter().filter_map(step).collect() },
            since: path.iter().map(|link| link.start).max()?,
            relations: path.iter().map(|link| (link.source, link.relation)).collect(),
        })
    }
}

struct Search {
    index: Vec<usize>,
    low: Vec<usize>,
    waiting: Vec<bool>,
    stack: Vec<usize>,
    emitted: Vec<usize>,
    counter: usize,
}

impl Search {
    fn enter(&mut self, number: usize) {
        for list in [&mut self.index, &mut self.low] {
            if let Some(place) = list.get_mut(number) {
                *place = self.counter;
            }
        }
        self.counter = self.counter.saturating_add(1);
        self.stack.push(number);
        if let Some(waiting) = self.waiting.get_mut(number) {
            *waiting = true;
        }
    }

    fn lower(&mut self, number: usize, low: usize) {
        if let Some(place) = self.low.get_mut(number) {
            *place = (*place).min(low);
        }
    }

    fn leave(&mut self, number: usize) -> Vec<usize> {
        let from = self.stack.iter().rposition(|member| *member == number).unwrap_or(0);
        let members = self.stack.split_off(from);
        for member in &members {
            if let Some(waiting) = self.waiting.get_mut(*member) {
                *waiting = false;
            }
        }
        self.emitted.extend(&members);
        members
    }
}
