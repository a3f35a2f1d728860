//! An agency's own exceptions: what it leaves in place for a while although a directive forbids it, and says so
//! (`trust.md`, rule 21).
//!
//! An exception is no waiver. A waiver is the authority's, signed, and frees from a duty; an exception is the agency's own
//! word in a local file, and frees from nothing: what it names is still a finding, still due, still banned in the policy, and
//! is listed as `excepted` with who approved it, why and until when. It names one directive, one part, one identifier and one
//! asset, each exactly, and ends within 90 days.
//!
//! One that cannot be read, names everything or has expired is **void**, and an error until somebody removes it: the finding
//! is then what it would be without. A mistake in one never touches the others; a file that is no TOML at all voids all.
//!
//! | file | what is there |
//! |---|---|
//! | `exception` | an exception that was understood |
//! | `mistake` | what can be wrong with one, and where |
//! | `entry` | one entry of the file |
//! | `register` | the file |
//! | `survey` | what each is worth at a moment |
//! | `aim` | whether what it names is in force |
//!
//! Not here: which findings are excepted (`assess`), how it looks (`presentation`).

mod aim;
mod entry;
mod exception;
mod mistake;
mod register;
mod survey;

pub use aim::Nothing;
pub use exception::{Exception, MAX_DAYS, Named};
pub use mistake::{Mistake, Place, Problem};
pub use register::{MAX_FILE_BYTES, Register, Unreadable, Void};
pub use survey::{Counts, Standing, State, Survey};
