//! Ranges of npm (node-semver, "Ranges") as constraints.
//!
//! Differs from what npm itself installs, as the official suite does: `2.1` is 2.1.0 alone, `>=2.2.x` ends before
//! 2.3.0, bounds in one direction stay side by side, and `~0.8.0-pre` ends before 0.8.1. No list of constraints can
//! say which pre-releases npm leaves out. What npm would install is asked of [`NpmRange`](super::NpmRange).

use alloc::string::String;
use alloc::vec::Vec;

use super::partial::{Operator, Partial, words};
use super::{Comparator, Condition, Native, NativeError, NativeRule, Piece};

pub(super) fn read(native: Piece) -> Result<Native, NativeError> {
    let mut alternatives = Vec::new();
    for alternative in native.split("||") {
        let mut conditions = Vec::new();
        if let Some((from, to)) = alternative.cut_once(" - ") {
            conditions.push(condition(Comparator::GreaterOrEqual, Partial::parse(from)?.filled()));
            conditions.push(condition(Comparator::LessOrEqual, Partial::parse(to)?.filled()));
        } else {
            let words: Vec<_> = words(alternative).collect::<Result<_, _>>()?;
            if let [(Operator::Tilde, partial)] = words.as_slice()
                && let Some(halves) = tilde_of_pre_release(*partial)
            {
                alternatives.extend(halves);
                continue;
            }
            for (operator, partial) in words {
                let nothing = matches!(operator, Operator::Compared(Comparator::Less | Comparator::Greater));
                if nothing && partial.is_any() {
                    return Err(alternative.broken(NativeRule::Impossible));
                }
                one(operator, partial, &mut conditions);
            }
        }
        if conditions.is_empty() {
            return Ok(Native::Any);
        }
        alternatives.push(conditions);
    }
    Ok(Native::AnyOf(alternatives))
}

/// What the official suite makes of `~0.8.0-pre`: up to the release, and from it to the next patch.
fn tilde_of_pre_release(partial: Partial) -> Option<[Vec<Condition>; 2]> {
    if partial.numbers.last() != Some(&Some("0")) || partial.pre_release.is_empty() {
        return None;
    }
    let release = Partial { pre_release: "", ..partial };
    let between = |lower, upper| {
        Vec::from([condition(Comparator::GreaterOrEqual, lower), condition(Comparator::Less, upper)])
    };
    Some([between(partial.filled(), release.filled()), between(release.filled(), release.next(2))])
}

fn condition(comparator: Comparator, version: String) -> Condition {
    Condition { comparator, version }
}

/// Adds what one operator and its version say; nothing where every version is meant.
fn one(operator: Operator, partial: Partial, conditions: &mut Vec<Condition>) {
    let (least, open) = (|| condition(Comparator::GreaterOrEqual, partial.filled()), Comparator::Less);
    match operator {
        _ if partial.is_any() => {}
        Operator::Caret => conditions.extend([least(), condition(open, partial.caret())]),
        Operator::Tilde => conditions.extend([least(), condition(open, partial.tilde())]),
        Operator::Compared(comparator) if partial.has_wildcard => match comparator {
            Comparator::Greater => conditions.push(condition(Comparator::GreaterOrEqual, partial.behind())),
            Comparator::Less => conditions.push(condition(open, partial.filled())),
            Comparator::LessOrEqual => conditions.push(condition(open, partial.behind())),
            _ => conditions.extend([least(), condition(open, partial.behind())]),
        },
        Operator::Compared(comparator) => conditions.push(condition(comparator, partial.filled())),
    }
}
