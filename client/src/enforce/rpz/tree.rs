//! Which names a zone of policies must have, so that it means exactly what is banned.
//!
//! Invariants: a name and all below it are blocked where a ban of the stage [`Stage::Enforce`] means them and its own part
//! does not leave them out; logged where one of the stage [`Stage::Audit`] does and they are not blocked. What is banned
//! by a wider name already is not written twice.
//!
//! One trap decides the form. A wildcard of the DNS does not reach below a name that exists (RFC 4592, 2.2.1), and a name
//! exists as soon as there is one below it. `*.a.example` beside a passthru for `x.y.a.example` would let `z.y.a.example`
//! through, which unbound indeed does. So every name between two written ones is written too.

use interdict_schema::product::Domain;

use super::super::Stage;
use super::zone::{Action, Zone};

/// A name of a part, which means the name and all below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The name.
    pub name: Domain,
    /// The part's number among all.
    pub part: usize,
    /// What the part says of it.
    pub says: Says,
}

/// What a part says of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// It is blocked.
    Blocked,
    /// It is logged.
    Logged,
    /// It is left out.
    LeftOut,
}

impl Says {
    /// What a ban of a stage says; nothing where it is freed.
    pub const fn of(stage: Stage) -> Option<Self> {
        match stage {
            Stage::Freed => None,
            Stage::Audit => Some(Self::Logged),
            Stage::Enforce => Some(Self::Blocked),
        }
    }
}

/// How many of a part's names one is at or below.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    blocked: usize,
    logged: usize,
    left_out: usize,
}

/// Where the walk is: the names that the present one is below, and what all parts together say of it.
#[derive(Debug)]
struct Walk<'p> {
    /// From the widest to the narrowest, with what was said there.
    above: Vec<&'p [Point]>,
    parts: Vec<Counts>,
    blocking: usize,
    logging: usize,
}

impl<'p> Walk<'p> {
    fn new(parts: usize) -> Self {
        Self { above: Vec::new(), parts: vec![Counts::default(); parts], blocking: 0, logging: 0 }
    }

    fn count(&mut self, points: &[Point], by: fn(usize, usize) -> usize) {
        for point in points {
            let Some(counts) = self.parts.get_mut(point.part) else { continue };
            let before = *counts;
            match point.says {
                Says::Blocked => counts.blocked = by(counts.blocked, 1),
                Says::Logged => counts.logged = by(counts.logged, 1),
                Says::LeftOut => counts.left_out = by(counts.left_out, 1),
            }
            let after = *counts;
            let acts = |counts: Counts, of: usize| usize::from(counts.left_out == 0 && of > 0);
            let change = |of: usize, was: usize, is: usize| of.saturating_add(is).saturating_sub(was);
            self.blocking = change(self.blocking, acts(before, before.blocked), acts(after, after.blocked));
            self.logging = change(self.logging, acts(before, before.logged), acts(after, after.logged));
        }
    }

    /// Goes to a name, which comes after all before in canonical order.
    fn to(&mut self, points: &'p [Point]) {
        let name = name(points);
        while let Some(last) = self.above.pop_if(|above| !is_at_or_below(name, self::name(above))) {
            self.count(last, usize::saturating_sub);
        }
        self.count(points, usize::saturating_add);
        self.above.push(points);
    }
}

fn name(points: &[Point]) -> &str {
    points.first().map_or("", |point| point.name.as_str())
}

fn is_at_or_below(name: &str, above: &str) -> bool {
    name.strip_suffix(above).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Puts points into canonical order (RFC 4034, 6.1): every name directly before all that is below it.
pub fn sort(points: &mut Vec<Point>) {
    points.sort_unstable_by(|one, other| {
        let rest = |point: &Point| (point.part, point.says);
        labels(&one.name).cmp(labels(&other.name)).then_with(|| rest(one).cmp(&rest(other)))
    });
    points.dedup();
}

fn labels(name: &Domain) -> impl Iterator<Item = &str> {
    name.as_str().rsplit('.')
}

/// Writes into both zones what sorted points of so many parts come to.
pub fn write(points: &[Point], parts: usize, blocked: &mut Zone, logged: &mut Zone) {
    let mut walk = Walk::new(parts);
    let mut written: Vec<(&str, Action)> = Vec::new();
    let mut in_log: Option<&str> = None;
    for at in points.chunk_by(|one, other| one.name == other.name) {
        walk.to(at);
        let name = name(at);
        let blocks = walk.blocking > 0;
        while written.pop_if(|(above, _)| !is_at_or_below(name, above)).is_some() {}
        let around = written.last().copied();
        if blocks != around.is_some_and(|(_, action)| action == Action::NxDomain) {
            if let Some((above, action)) = around {
                for between in between(name, above) {
                    blocked.write(between, action);
                    written.push((between, action));
                }
            }
            let action = if blocks { Action::NxDomain } else { Action::Passthru };
            blocked.write(name, action);
            written.push((name, action));
        }
        if walk.logging > 0 && !blocks && !in_log.is_some_and(|above| is_at_or_below(name, above)) {
            logged.write(name, Action::Passthru);
            in_log = Some(name);
        }
    }
}

/// The names of sorted points of so many parts at which blocking begins (`true`) or ends (`false`), each before those below
/// it. Between two of them nothing changes. For tools whose most specific entry wins.
pub fn turns(points: &[Point], parts: usize) -> Vec<(&str, bool)> {
    let mut walk = Walk::new(parts);
    let mut around: Vec<(&str, bool)> = Vec::new();
    let mut turns = Vec::new();
    for at in points.chunk_by(|one, other| one.name == other.name) {
        walk.to(at);
        let (name, blocks) = (name(at), walk.blocking > 0);
        while around.pop_if(|(above, _)| !is_at_or_below(name, above)).is_some() {}
        if blocks != around.last().is_some_and(|(_, blocks)| *blocks) {
            around.push((name, blocks));
            turns.push((name, blocks));
        }
    }
    turns
}

/// The names between one and another above it, the widest first.
fn between<'n>(name: &'n str, above: &str) -> Vec<&'n str> {
    let up = std::iter::successors(name.split_once('.'), |(_, name)| name.split_once('.'));
    let mut names: Vec<&str> = up.map(|(_, name)| name).take_while(|name| name.len() > above.len()).collect();
    names.reverse();
    names
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
