//! The members of JSON and the columns of CSV.
//!
//! They are made of what was assessed and decide nothing. Their names stay as they are; new ones may be added. What makes
//! sentences of them is in `words`.

mod coverage;
mod due;
mod evidence;
mod finding;
mod policy;

pub use self::coverage::{NotBindingRecord, NotLookedForRecord, NoteRecord, SourceRecord, UnsupportedRecord};
pub(super) use self::coverage::{not_binding, not_looked_for, unsupported};
pub use self::due::{DueRecord, WaitingRecord};
pub use self::evidence::{DocumentRecord, EvidenceRecord, ExceptionRecord, ExclusionRecord, ListRecord};
pub use self::finding::{ComponentRecord, FindingRecord, PlaceRecord};
pub(super) use self::policy::exit;
pub use self::policy::{AlarmRecord, ExitRecord, PolicyRecord};

/// The format of the whole JSON document.
pub const FORMAT: &str = "interdict-check/1";
