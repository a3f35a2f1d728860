//! Enforcement: what is in force, in the native configuration of the tools that a machine already runs.
//!
//! ```text
//! Generation --bans--> Bans --Target::render--> Rendered --plan--> Plan --apply--> machine
//! ```
//!
//! Only the last arrow touches the machine. A target's renderer is a pure function of the bans, its options and the files
//! that it asked to see; it returns whole files, the commands with which the tool judges and takes them up, the questions
//! with which the effect is read back, and its fidelity to every single ban: nothing is dropped in silence.
//!
//! | room | what is decided there |
//! |---|---|
//! | [`ban`], [`bans`] | what is to be enforced now, and how far (`trust.md`, rules 15 and 21) |
//! | [`stage`] | audit or enforcement: never stricter than the order is at this moment |
//! | [`boundary`] | when something of that changes by itself |
//! | [`fidelity`] | what a target makes of a ban |
//! | [`target`] | what a renderer is; every one of them stands in [`target::ALL`] |
//! | [`rendered`] | what it returns |
//! | [`machine`], [`protected`], [`gates`] | what of it may not be touched here, or not yet |
//! | [`plan`] | what would change, and what is left undone |
//! | [`marker`], [`record`] | whose a file is: the line in it, and the record of what was written |
//! | [`admission`] | root's own store, filled from what was synced, and trusting nothing of it (`trust.md`, rule 17) |
//! | [`journal`] | what was done, by whom, in lines that name each other (`trust.md`, rule 23) |
//! | [`nftables`] | packet filter |
//! | [`rpz`] | DNS response policy zones |
//! | [`apt`] | pins and a hook that vetoes |
//! | [`browsers`] | Chromium, Chrome, Edge and Firefox |
//! | [`dnf`] | excludes of dnf |
//! | [`fapolicyd`] | programs that may not be run |
//! | [`oval`] | OVAL definitions |
//! | [`apply`] | files put in place all or none, taken back, suspended; tools asked |
//! | [`hooks`] | what the operator has run once a policy is applied (`trust.md`, rule 20) |
//! | [`uninstall`] | what is there already and is ordered gone, removed by the package manager |
//! | [`command`], [`question`] | what is asked of the tool: compiled-in argument vectors |
//!
//! Not here: whether a directive is believed and in force, and the comparison with an inventory ([`crate::assess`]).

pub mod admission;
pub mod apply;
pub mod apt;
pub mod ban;
pub mod bans;
pub mod boundary;
pub mod browsers;
pub mod command;
pub mod dnf;
pub mod fapolicyd;
pub mod fidelity;
pub mod gates;
pub mod hooks;
pub mod journal;
pub mod machine;
pub mod marker;
pub mod nftables;
pub mod oval;
pub mod plan;
pub mod protected;
pub mod question;
pub mod record;
pub mod rendered;
pub mod rpz;
pub mod stage;
pub mod target;
pub mod uninstall;

pub use ban::{Ban, Entry, Held, Origin, Part};
pub use bans::Bans;
pub use command::{Argument, Command};
pub use fidelity::{Fidelity, Verdicts};
pub use question::{Expects, Question};
pub use rendered::{File, Marker, Ownership, Rendered, Warning};
pub use stage::{Because, Mode, Stage};
pub use target::{Options, RenderError, Seen, Setting, Target};
