//! `interdict`: the bound party's program.

use std::process::ExitCode;

use interdict_host::world::World;

fn main() -> ExitCode {
    let mut world = World::real();
    let outcome = interdict_client::run(std::env::args_os(), &mut world);
    world.finish(outcome)
}
