//! A key is gone: lost, or in somebody else's hands. What that means for its role or issuer, and exactly what has to be done.
//!
//! Pure: `plan` decides and prints nothing; the steps of a plan are the commands that people and this program run.
//!
//! | file | what is in it |
//! |---|---|
//! | `owner` | whose key it is |
//! | `plan` | the steps, and what they are for |
//! | `role` | the steps for a key of a role |
//! | `officer` | the steps for an officer's key |
//! | `list` | the next list of issuers, with the key marked |

mod list;
mod officer;
mod owner;
mod plan;
mod role;

pub use list::{ListError, next_list, vouched};
pub use officer::{OfficerPlan, draft_name, envelope_name, next_state, officer_plan};
pub use owner::{NoOwner, Owned, Owner, owner};
pub use plan::{By, Event, Means, Plan, Step, quoted};
pub use role::{RolePlan, role_plan};
