//! Which names a browser blocks with all below them, and which it lets through below those.
//!
//! Invariants: of two bans of one name the strictest counts; what a part leaves out is left out of that part alone. No more
//! names than a browser heeds, so that it does not drop one in silence; the widest first, then by name, so that equal bans give
//! equal lists. A name is written only together with all that is let through below it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use interdict_schema::directive::IdentifierKind;
use interdict_schema::product::{Domain, Identifier};

use super::super::rpz::tree::{self, Point, Says};
use super::super::{Bans, Entry, Fidelity, Part, Stage, Verdicts};
use super::pattern::Pattern;

/// What a browser can do, and what the administrator has written already.
#[derive(Debug, Clone)]
pub struct Room {
    /// How many names may be blocked.
    pub blocks: usize,
    /// How many may be let through.
    pub lets_through: usize,
    /// Which entry wins.
    pub wins: Wins,
    /// What the administrator blocks.
    pub blocked: Vec<Pattern>,
    /// What the administrator lets through.
    pub let_through: Vec<Pattern>,
}

/// Which entry wins where one blocks and one lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wins {
    /// The more specific one, and of equal ones that which lets through.
    Specific,
    /// Always the one that lets through.
    LetThrough,
}

/// Names in canonical order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pages {
    /// Blocked, with all below.
    pub blocked: BTreeSet<String>,
    /// Let through, with all below.
    pub let_through: BTreeSet<String>,
    /// How many names there is no room for.
    pub beyond: usize,
    /// How many are let through of which the administrator blocks some pages.
    pub opened: usize,
}

const UNREADABLE: Fidelity = Fidelity::NotExpressible("not a domain that may be banned");
const ADDRESS: Fidelity = Fidelity::NotExpressible("a browser takes it for an address");
const LEAVES_OUT: Fidelity = Fidelity::NotExpressible("what the order leaves out cannot be let through");
const BEYOND: Fidelity =
    Fidelity::NotExpressible("beyond the 1,000 entries of a list that the browser heeds");
const LET_THROUGH: Fidelity = Fidelity::NotExpressible(
    "below what another order leaves out, which the browser lets through altogether",
);
const PAGES: Fidelity =
    Fidelity::UnderBlocks("pages and frames alone: what other pages load from there still loads");
const PIERCED: Fidelity =
    Fidelity::UnderBlocks("the administrator's own policy lets some of it through, or all of it");

/// The names, and what becomes of every domain.
pub fn pages(bans: &Bans, room: &Room, verdicts: &mut Verdicts) -> Pages {
    let (points, enforced) = points(bans, verdicts);
    let turns = tree::turns(&points, bans.parts.len());
    let around: HashMap<&str, bool> = turns.iter().copied().collect();
    let turn =
        |name: &str| above(name).find_map(|name| around.get_key_value(name).map(|(at, is)| (*at, *is)));
    let (chosen, lost) = choose(&turns, &around, room);
    let pages = written(chosen, room, lost.len());
    for (number, name) in enforced {
        let verdict = match turn(&name) {
            // Its own part leaves it out, so that nothing of it is banned.
            None | Some((_, false)) => Fidelity::Exact,
            Some((at, true)) if lost.contains(at) => BEYOND,
            Some((at, true)) if !pages.blocked.contains(at) => LET_THROUGH,
            Some((at, true)) if pierced(at, room) => PIERCED,
            Some((_, true)) => PAGES,
        };
        verdicts.set(number, verdict);
    }
    pages
}

fn above(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.split_once('.').map(|(_, above)| above))
}

fn pierced(name: &str, room: &Room) -> bool {
    room.let_through.iter().any(|pattern| match room.wins {
        Wins::Specific => pattern.is_within(name),
        Wins::LetThrough => pattern.meets(name),
    })
}

/// What there is room for: blocked names with those that are let through directly below each; and the blocked ones for which
/// there is none.
fn choose<'n>(
    turns: &[(&'n str, bool)],
    around: &HashMap<&'n str, bool>,
    room: &Room,
) -> (BTreeMap<&'n str, Vec<&'n str>>, HashSet<&'n str>) {
    let outer = |name: &str| {
        above(name).skip(1).find_map(|name| around.get_key_value(name).map(|(at, is)| (*at, *is)))
    };
    let mut groups: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut blocked = Vec::new();
    for (name, blocks) in turns {
        if !blocks {
            if let Some((above, _)) = outer(name) {
                groups.entry(above).or_default().push(name);
            }
        } else if room.wins == Wins::Specific || outer(name).is_none() {
            blocked.push((name.bytes().filter(|byte| *byte == b'.').count(), *name));
        }
    }
    blocked.sort_unstable();
    let mut chosen = BTreeMap::new();
    let mut lost = HashSet::new();
    let mut let_through = 0_usize;
    for (_, name) in blocked {
        let mut below = groups.remove(name).unwrap_or_default();
        // What the administrator blocks as well stays blocked.
        below.retain(|name| !room.blocked.iter().any(|pattern| pattern.covers(name)));
        let with = let_through.saturating_add(below.len());
        if chosen.len() >= room.blocks || with > room.lets_through {
            lost.insert(name);
        } else {
            let_through = with;
            chosen.insert(name, below);
        }
    }
    (chosen, lost)
}

fn written(chosen: BTreeMap<&str, Vec<&str>>, room: &Room, beyond: usize) -> Pages {
    let mut pages = Pages { beyond, ..Pages::default() };
    for (name, below) in chosen {
        pages.blocked.insert(name.to_owned());
        pages.let_through.extend(below.into_iter().map(ToOwned::to_owned));
    }
    let opened = |name: &&String| room.blocked.iter().any(|pattern| pattern.meets(name));
    pages.opened = pages.let_through.iter().filter(opened).count();
    pages
}

/// What all parts say, in canonical order; and every ban that is enforced, by its number.
fn points(bans: &Bans, verdicts: &mut Verdicts) -> (Vec<Point>, Vec<(usize, String)>) {
    let mut points = Vec::new();
    let mut enforced = Vec::new();
    let mut number = 0_usize;
    for (at, part) in bans.parts.iter().enumerate() {
        let left_out = left_out(part);
        let before = points.len();
        for entry in &part.entries {
            if entry.kind == IdentifierKind::Domain {
                let stage = if entry.held.is_some() { part.stage.min(Stage::Audit) } else { part.stage };
                match judged(entry, stage, left_out.as_ref()) {
                    Ok(name) => {
                        enforced.push((number, name.as_str().to_owned()));
                        points.push(Point { name, part: at, says: Says::Blocked });
                    }
                    Err(verdict) => verdicts.set(number, verdict),
                }
            }
            number = number.saturating_add(1);
        }
        if points.len() > before {
            let names = left_out.unwrap_or_default();
            points.extend(names.into_iter().map(|name| Point { name, part: at, says: Says::LeftOut }));
        }
    }
    tree::sort(&mut points);
    (points, enforced)
}

fn judged(entry: &Entry, stage: Stage, left_out: Option<&Vec<Domain>>) -> Result<Domain, Fidelity> {
    if stage == Stage::Freed {
        return Err(Fidelity::Freed);
    }
    let name = domain(entry).ok_or(UNREADABLE)?;
    if is_address(&name) {
        return Err(ADDRESS);
    }
    match (stage, left_out) {
        (Stage::Audit, _) => Err(Fidelity::NoAudit),
        (_, None) => Err(LEAVES_OUT),
        (_, Some(_)) => Ok(name),
    }
}

fn domain(entry: &Entry) -> Option<Domain> {
    match entry.read() {
        Ok(Identifier::Domain(name)) => Some(name),
        _ => None,
    }
}

/// The domains that a part leaves out; `None` where one of them cannot be let through.
fn left_out(part: &Part) -> Option<Vec<Domain>> {
    let excluded = part.excluded.iter().filter(|entry| entry.kind == IdentifierKind::Domain);
    excluded.map(|entry| domain(entry).filter(|name| !is_address(name))).collect()
}

/// Whether a browser reads a host as an address of version 4: its last label is a number (WHATWG URL, 3.5).
fn is_address(name: &Domain) -> bool {
    let last = name.as_str().rsplit('.').next().unwrap_or_default();
    let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    last.bytes().all(|byte| byte.is_ascii_digit()) || last.strip_prefix("0x").is_some_and(hexadecimal)
}
