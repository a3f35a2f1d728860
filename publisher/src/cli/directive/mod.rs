//! `directive`: drafts about a directive that is published. Each is linted, signed and published like any other.

mod relate;
mod response;
mod target;
mod waive;

use clap::Subcommand;
use interdict_host::world::World;

use super::Verdict;

/// Drafts what changes a published directive: amendments, supplements, waivers, its end, a vendor's response
#[derive(Debug, Subcommand)]
pub enum DirectiveVerb {
    Amend(relate::AmendArgs),
    Supplement(relate::SupplementArgs),
    Supersede(relate::SupersedeArgs),
    Close(relate::CloseArgs),
    Revoke(relate::RevokeArgs),
    Waive(waive::WaiveArgs),
    #[command(subcommand)]
    Response(response::ResponseVerb),
}

impl DirectiveVerb {
    pub fn json(&self) -> bool {
        match self {
            Self::Amend(args) => args.json(),
            Self::Supplement(args) => args.json(),
            Self::Supersede(args) => args.json(),
            Self::Close(args) => args.json(),
            Self::Revoke(args) => args.json(),
            Self::Waive(args) => args.json(),
            Self::Response(verb) => verb.json(),
        }
    }

    pub fn run(&self, world: &mut World) -> Verdict {
        match self {
            Self::Amend(args) => args.run(world),
            Self::Supplement(args) => args.run(world),
            Self::Supersede(args) => args.run(world),
            Self::Close(args) => args.run(world),
            Self::Revoke(args) => args.run(world),
            Self::Waive(args) => args.run(world),
            Self::Response(verb) => verb.run(world),
        }
    }
}
