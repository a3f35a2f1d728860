//! `cargo demo`: the whole way in one run. See [`interdict_tests::demonstration`].

use std::path::{Path, PathBuf};

use clap::Parser;
use interdict_tests::demonstration::{Options, run};

/// From a draft on the authority's desk to a verified policy file on an agency's machine, with the real programs
#[derive(Debug, Parser)]
#[command(name = "cargo demo", after_help = "Example: cargo demo --as-of 2017-10-10")]
struct Arguments {
    /// A KEV catalogue as CISA publishes it, instead of the shipped sample
    #[arg(long, value_name = "FILE")]
    kev: Option<PathBuf>,

    /// The folder in which everything happens [default: target/demonstration]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// The day as of which deadlines are shown
    #[arg(long, value_name = "DAY", default_value = "2017-10-20")]
    as_of: String,
}

fn main() {
    let Arguments { kev, dir, as_of } = Arguments::parse();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = dir.unwrap_or_else(|| workspace.join("target/demonstration"));
    let kev = kev.map(|path| std::path::absolute(&path).unwrap_or(path));
    run(&Options { kev, folder, as_of });
}
