//! Writes the simulator's repository into a folder, for measuring the programs as whole processes:
//! `simulated-repository FOLDER COUNT`, with so many directives, fresh as of the machine's clock. The root to pin is
//! `FOLDER/metadata/1.root.json`.

use std::path::PathBuf;
use std::process::ExitCode;

use interdict_host::world::World;
use interdict_tests::simulator::Simulator;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().map(PathBuf::from);
    let count = arguments.next().and_then(|count| count.to_str()?.parse::<u32>().ok());
    let (Some(folder), Some(count), Ok(now)) = (folder, count, World::real().now()) else {
        return ExitCode::from(2);
    };
    let mut authority = Simulator::at(now);
    authority.publish_directives(count);
    authority.serve_from(&folder);
    ExitCode::SUCCESS
}
