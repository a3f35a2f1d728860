//! What an assessment says.
//!
//! | file | what |
//! |---|---|
//! | `verdict` | verdicts, and what they rest on |
//! | `field` | the fields of a component |
//! | `doubt` | why something is no match |
//! | `exclusion` | what leaves a hit out |
//! | `gap` | what was not looked for, and which subjects do not bind |
//! | `finding` | the rows: each judgement at each place |

mod doubt;
mod exclusion;
mod field;
mod finding;
mod gap;
mod verdict;

use interdict_schema::directive::DirectiveId;
use interdict_schema::directive::unsupported::Unsupported;
use interdict_schema::entity::NotEntries;

pub use self::doubt::Doubt;
pub use self::exclusion::Exclusion;
pub use self::field::Field;
pub use self::finding::Finding;
pub use self::gap::{Because, Missing, NotBinding, NotLookedFor, Unreadable, Why};
pub use self::verdict::{Evidence, Found, Judgement, Verdict};
use super::attached::Malformed;
use super::index::Bound;
use crate::as_of::AsOf;
use crate::inventory::Inventory;
use crate::store::detections::Detections;

/// The result of comparing an inventory with directives.
#[derive(Debug)]
#[must_use = "an assessment that is dropped is a finding that nobody hears of"]
pub struct Assessment<'a> {
    /// The moment it holds for.
    pub as_of: AsOf,
    /// What was compared, with its coverage.
    pub inventory: &'a Inventory,
    /// How many different components had anything in common with a rule, and were compared; the others have nothing. Of a
    /// source of which little is kept, those of what is kept.
    pub compared: usize,
    /// Every subject that binds at that moment.
    pub bound: Vec<Bound<'a>>,
    /// Every verdict, by directive, worst first.
    pub judgements: Vec<Judgement<'a>>,
    /// Identifiers that nothing was compared with, by kind.
    pub not_looked_for: Vec<NotLookedFor>,
    /// Places of binding directives that this version does not understand.
    pub unsupported: Vec<(&'a DirectiveId, Unsupported)>,
    /// Lists that binding subjects mean, and what of them is missing.
    pub missing: Vec<Missing<'a>>,
    /// Files of entries whose lines are not of their form: list, target path and why.
    pub unreadable_files: Vec<(&'a DirectiveId, &'a str, NotEntries)>,
    /// Entries of files that are not of their kind, by file. Of a file that nothing was compared with none is known.
    pub malformed_entries: &'a [Malformed],
    /// Identifiers of binding directives that are not of their kind.
    pub unreadable: Vec<Unreadable<'a>>,
    /// Subjects that do not bind at that moment, and why.
    pub not_binding: Vec<NotBinding<'a>>,
    /// What assets are called that the inventory does not name.
    pub assets: Assets,
    /// When subjects were first found, as far as that is remembered. It moves dates and no verdict.
    pub detections: Detections,
}

/// What the assets are called of what names no host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assets {
    /// The one that all of it is: this machine, or the name that was given.
    pub one: Option<String>,
    /// Where there is none, the name of each source, by its number in the coverage. A source beyond these has its label.
    pub sources: Vec<String>,
}
