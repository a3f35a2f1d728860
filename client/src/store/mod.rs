//! What the client keeps on disk, and the only code that reads and writes it.
//!
//! Reading verifies: nobody trusts a file because it is local. Writing takes what verification returned and nothing else,
//! whole and durably, so that a crash at any point leaves a store that the next run accepts.
//!
//! | file | what it keeps |
//! |---|---|
//! | [`roots`] | the pin, and the roots that followed it |
//! | [`metadata`] | the last trusted timestamp, snapshot and targets |
//! | [`memory`] | what must never go down |
//! | [`inspection`] | what was whole when it was last looked at, and what it looked like from outside |
//! | [`generation`] | everything that a policy rests on, as of one moment |
//! | [`evidence`] | what was refused, and why |
//! | [`digest`] | what the last digest told |
//! | [`detections`] | when each subject was first found on an asset |

pub mod detections;
pub mod digest;
pub mod evidence;
pub mod generation;
pub mod history;
pub mod inspection;
pub mod memory;
pub mod metadata;
pub mod roots;
