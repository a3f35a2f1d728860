//! The last arrow: from what the targets rendered to the machine, and back again.
//!
//! ```text
//! Session (lock, record, what a crash left)
//!   apply    judged staged, in place all or none, taken up, read back; else everything is taken back
//!   suspend  what was there before is there again until a stated moment (undo, break-glass)
//!   lapse    a suspension that is over, a confirmation that never came
//! ```
//!
//! | room | what is decided there |
//! |---|---|
//! | [`session`] | who may write, and what happens first |
//! | [`changes`] | whose each file is, and so what may become of it |
//! | [`carry_out`] | the order of things, and what takes everything back |
//! | [`suspend`] | undoing, break-glass, confirmation |
//! | [`transaction`], `intent`, `store` | all or none, also over a crash |
//! | [`tree`] | files beneath a root, without ever leaving it |
//! | [`runner`] | commands, run |
//! | [`evidence`] | what the tools answered |
//!
//! Beneath a root that is not `/` files are judged and written, and no tool takes anything up: none of the tools of this machine
//! obeys that tree.
//!
//! Not here: what is rendered, gates and approval ([`plan`](super::plan)), and who may speak at all.

mod attributes;
pub mod carry_out;
pub mod changes;
pub mod error;
pub mod evidence;
mod intent;
pub mod runner;
pub mod session;
mod store;
pub mod suspend;
pub mod transaction;
pub mod tree;

pub use super::plan::Adopt;
pub use attributes::Lost;
pub use carry_out::{Applied, Kept, Order, Ordered, Settings, Skipped};
pub use changes::{Changed, Done};
pub use error::{ApplyError, NotOurs, Step, Whose};
pub use evidence::{Evidence, Reply};
pub use runner::{Answer, Ended, Runner, SystemRunner};
pub use session::{Machine, Session, Tools};
pub use suspend::{Back, LONGEST_HOURS};
pub use transaction::Recovered;

#[cfg(test)]
mod tests;
