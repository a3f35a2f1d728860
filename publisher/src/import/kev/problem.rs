//! What can be wrong with a catalogue, and what can be odd about it.

use std::fmt;

use interdict_schema::DateTime;
use interdict_schema::directive::{DayOrTime, DirectiveId};
use interdict_schema::json::{Pointer, ReadError};
use interdict_schema::product::cve::CveError;
use jiff::civil::Date;

/// A file from which no directive can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KevError {
    /// It breaks off, or is not strict JSON; the byte is where reading stopped.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Some of it is wrong: every place, in the order of the file.
    #[error("{}", Lines(problems))]
    Problems {
        /// At least one.
        problems: Vec<KevProblem>,
    },
    /// The revision before belongs to another directive.
    #[error("found {found} as the revision before, wanted {wanted}")]
    OtherDirective {
        /// The id found.
        found: DirectiveId,
        /// The id wanted.
        wanted: DirectiveId,
    },
}

/// One place that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KevProblem {
    /// The place: `/vulnerabilities/17/dueDate`.
    pub pointer: Pointer,
    /// The entry's CVE as the file spells it, where it has one.
    pub cve: Option<String>,
    /// What is wrong there.
    pub reason: KevReason,
}

impl fmt::Display for KevProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}", self.pointer)?;
        self.cve.as_ref().map_or(Ok(()), |cve| write!(f, " ({cve})"))?;
        write!(f, ": {}", self.reason)
    }
}

/// What can be wrong with a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KevReason {
    /// A value of the wrong shape, or one that is missing.
    #[error("{message}")]
    Shape {
        /// Found and wanted, in serde's words.
        message: String,
    },
    /// Not a CVE id.
    #[error("not a CVE id, {error}")]
    Cve {
        /// The rule that is broken, and the byte where.
        error: CveError,
    },
    /// A CVE that was listed before.
    #[error("found the CVE again, first at {first}")]
    Duplicate {
        /// Where it stands first.
        first: Pointer,
    },
    /// Not a day.
    #[error("found {found:?}, wanted a day, 2025-08-25 for instance")]
    Date {
        /// What stands there.
        found: String,
    },
    /// Not a moment.
    #[error("found {found:?}, wanted a moment, 2025-08-25T17:04:19.979Z for instance")]
    Moment {
        /// What stands there.
        found: String,
    },
    /// An empty text that an entry cannot do without.
    #[error("found nothing, wanted a text")]
    Empty,
    /// A control character within a name, which no identifier may hold.
    #[error("found the control character {found:?} within a name")]
    ControlCharacter {
        /// The first.
        found: char,
    },
    /// Fewer or more entries than the catalogue says.
    #[error("found {found} entries, wanted {stated} as the catalogue says")]
    Count {
        /// How many there are.
        found: usize,
        /// How many it says.
        stated: u64,
    },
    /// No entries, or too many.
    #[error("found {found} entries, wanted 1 to {limit}")]
    Entries {
        /// How many there are.
        found: usize,
        /// The most allowed.
        limit: usize,
    },
}

/// Something odd about an entry that was taken all the same, or about the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KevNote {
    /// The entry; none for the whole.
    pub cve: Option<String>,
    /// What is odd.
    pub remark: KevRemark,
}

impl fmt::Display for KevNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cve.as_ref().map_or(Ok(()), |cve| write!(f, "{cve}: "))?;
        write!(f, "{}", self.remark)
    }
}

/// What can be odd.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KevRemark {
    /// Blanks at the ends of a text were taken away.
    #[error("blanks round {member} were taken away")]
    Trimmed {
        /// The member.
        member: &'static str,
    },
    /// The date had passed when the entry was listed.
    #[error("due on {due}, before it was listed on {added}")]
    DueBeforeAdded {
        /// The date.
        due: Date,
        /// When it was listed.
        added: Date,
    },
    /// A member that this importer does not know, and that the directive does not carry.
    #[error("the member at {pointer} is not known and is left out")]
    Unknown {
        /// The place.
        pointer: Pointer,
    },
    /// A waiver of an entry that is there no longer.
    #[error("is listed no longer, and the waiver {waiver:?} from it is left out")]
    WaiverGone {
        /// The waiver.
        waiver: String,
    },
    /// The catalogue is older than the one before.
    #[error("released at {released}, before the revision that it would follow, of {before}")]
    Older {
        /// When this one was released.
        released: DateTime,
        /// When the one before was.
        before: DayOrTime,
    },
}

struct Lines<'a>(&'a [KevProblem]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(number, problem)| {
            f.write_str(if number == 0 { "" } else { "\n" })?;
            write!(f, "{problem}")
        })
    }
}
