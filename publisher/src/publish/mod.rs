//! From what is published and what is to be added, to what is published next.
//!
//! [`stage()`] decides: it is pure, and what it returns has not been signed. [`sign_staged`] signs it, [`self_check`] reads it
//! as a client that holds today's roots will, and only then [`write`](crate::repository::write) touches the disk.
//!
//! | file | what is in it |
//! |---|---|
//! | `stage` | the decision |
//! | `change` | what is to be added |
//! | `waived` | waivers of what is not there |
//! | `entries` | files of entries of lists, line by line |
//! | `refusal` | why it is not |
//! | `contradiction` | directives that contradict one another |
//! | `issuers` | what a new list of issuers has to keep |
//! | `listing` | target entries and their `custom` |
//! | `succession` | a change of root: what has to be signed anew for it, and in which order it goes live |
//! | `founding` | a new repository's root and list of issuers |
//! | `signing` | the metadata, signed in its order |
//! | `check` | the staged repository, read as a client reads it |

mod change;
mod check;
mod contradiction;
mod entries;
mod founding;
mod issuers;
mod listing;
mod refusal;
mod signing;
mod stage;
mod succession;
mod waived;

pub use change::{Change, ChangeError};
pub use check::{SelfCheckError, self_check};
pub use entries::{EntriesRefusal, WrongEntry, check_entries, check_lines};
pub use founding::{Founding, FoundingRefusal, first_targets, issuers_envelope};
pub use listing::{custom, custom_of_list, custom_of_waiver};
pub use refusal::StageRefusal;
pub use signing::{SignStagedError, SignedElsewhere, first_metadata, sign_staged, sign_succession};
pub use stage::{Resign, Stage, Staged, resign, stage};
pub use succession::{InstallOrder, counts_under, in_order, succeed};
