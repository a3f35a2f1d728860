//! The client as a program that other programs can call, where a test of this package needs one: cargo builds the programs of no
//! other package for it.

use std::process::ExitCode;

use interdict_host::world::World;

fn main() -> ExitCode {
    let mut world = World::real();
    let outcome = interdict_client::run(std::env::args_os(), &mut world);
    world.finish(outcome)
}
