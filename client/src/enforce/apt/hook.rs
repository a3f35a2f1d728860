//! Which of the packages that are about to be unpacked are banned.
//!
//! Decided over values: the list, whose every line was rendered from the verified policy and lies where only root can write, and
//! what apt says. A ban is a veto where it is enforced and means the package without a doubt; what an order leaves out is let
//! through by that order. What cannot be compared is told and goes on (`trust.md`, rule 20).

use std::fmt;

use interdict_schema::product::Answer;

use super::super::Stage;
use super::listed::{List, Listed, Part};
use super::meant::{Package, answer};
use super::protocol::Change;

/// What is said of a package, and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ruling {
    /// A ban perhaps means it: it cannot be compared.
    Unsure,
    /// It is banned, and that is not enforced yet or not here.
    Audited,
    /// It is not unpacked.
    Vetoed,
}

/// A package that a ban means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit<'l> {
    /// What becomes of it.
    pub ruling: Ruling,
    /// The package.
    pub package: &'l Package,
    /// The version that is there now.
    pub present: Option<&'l str>,
    /// Who bans it.
    pub part: &'l Part,
}

/// All that the list says of what is about to be unpacked: one hit for each part, the strictest of the part.
pub fn hits<'l>(list: &'l List, changes: &'l [Change]) -> Vec<Hit<'l>> {
    let mut hits: Vec<Hit<'l>> = Vec::new();
    for change in changes {
        let of_change = hits.len();
        for ban in list.bans.get(&change.package.name).into_iter().flatten() {
            let Some((part, ruling)) = judge(list, ban, &change.package) else { continue };
            let mut told = hits.iter_mut().skip(of_change);
            match told.find(|hit| std::ptr::eq(hit.part, part)) {
                Some(hit) => hit.ruling = hit.ruling.max(ruling),
                None => hits.push(Hit {
                    ruling,
                    package: &change.package,
                    present: change.present.as_deref(),
                    part,
                }),
            }
        }
    }
    hits
}

fn judge<'l>(list: &'l List, ban: &Listed, package: &Package) -> Option<(&'l Part, Ruling)> {
    let distribution = list.distribution.as_deref();
    // A part that cannot be read may leave this out.
    let (part, left_out) = list.parts.get(&ban.part)?;
    let answers = left_out.iter().map(|exclude| answer(exclude, package, distribution));
    let excluded = answers.fold(Answer::NoMatch, |all, one| match (all, one) {
        (Answer::Match, _) | (_, Answer::Match) => Answer::Match,
        (Answer::NoMatch, one) => one,
        (all, _) => all,
    });
    let ruling = match (answer(&ban.identifier, package, distribution), excluded) {
        (Answer::NoMatch, _) | (_, Answer::Match) => return None,
        (Answer::Match, Answer::NoMatch) if ban.stage == Stage::Enforce => Ruling::Vetoed,
        (Answer::Match, Answer::NoMatch) => Ruling::Audited,
        (_, _) => Ruling::Unsure,
    };
    Some((part, ruling))
}

impl fmt::Display for Hit<'_> {
    /// One line, of which the package's and the directive's texts are still to be escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Package { name, version, architecture } = self.package;
        f.write_str(match self.ruling {
            Ruling::Vetoed => "vetoed: ",
            Ruling::Audited => "banned, let through (audit): ",
            Ruling::Unsure => "let through, perhaps banned: ",
        })?;
        write!(f, "{name} {version}")?;
        if let Some(architecture) = architecture {
            write!(f, " ({architecture})")?;
        }
        if let Some(present) = self.present {
            write!(f, ", instead of {present}")?;
        }
        let Part { directive, revision, subject, name, repository, .. } = self.part;
        write!(f, ": {directive} revision {revision} of {repository}, {subject} ({name})")?;
        match self.ruling {
            Ruling::Unsure => f.write_str(", which versions or builds are meant cannot be compared"),
            Ruling::Vetoed | Ruling::Audited => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
