//! `interdict-publisher`: see [`interdict_publisher`].

use std::process::ExitCode;

use interdict_host::world::World;

fn main() -> ExitCode {
    let mut world = World::real();
    let arguments = std::env::args_os();
    let outcome = interdict_publisher::run(arguments, &mut world);
    world.finish(outcome)
}
