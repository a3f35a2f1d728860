//! How the authority stands: what is published, what expires when, whose keys are where, and who still has to sign what.
//!
//! Nothing here changes anything, asks anybody, or opens a key.
//!
//! | file | what is in it |
//! |---|---|
//! | `expiry` | what expires when, and how much that matters |
//! | `published` | what is published, issuer by issuer |
//! | `keys` | the keys of every role and issuer, and where they are |
//! | `pending` | documents that wait for signatures |
//! | `shortfall` | what is published and has too few signatures under a list of issuers |

mod expiry;
mod keys;
mod pending;
mod published;
mod shortfall;

pub use expiry::{Expiry, Urgency, expiries, urgency};
pub use keys::{HeldKey, Holding, NotAtHand, Of, holdings};
pub use pending::{MOST_PENDING, Pending, PendingError, Waiting, pending};
pub use published::{Newest, OfIssuer, of_issuers};
pub use shortfall::{Short, shortfalls};
